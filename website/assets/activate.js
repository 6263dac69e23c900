// The page that the link opens: each step is saved by itself, and none touches what was typed in another.

import { call } from "./api.js";
import { clear, show, tell } from "./asked.js";
import { busy, byId, goTo, isBusy, made, text } from "./dom.js";

const LEAST = 2;
// The link's secret stands after the hash, which no browser sends: it goes in the body of every call, and nowhere else.
const [request = "", secret = ""] = decodeURIComponent(location.hash.slice(1)).split(".");
const moment = new Intl.DateTimeFormat("sv-SE", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Stockholm" });
let standing = null;

const SENT = {
  "/mailbox": () => ({}),
  "/code": () => ({}),
  "/responsible": () => ({ name: value("responsible-name"), mobile: value("responsible-mobile") }),
  "/mobile": () => ({ code: value("mobile-code").replace(/\s/g, "") }),
  "/agreement": () => ({ version: standing.agreementVersion }),
  "/people": () => ({ people: rows().map(written) }),
  "/invoice": () => ({ name: value("invoice-name"), address: value("invoice-address"), reference: value("invoice-reference") }),
};
/** Where the faults of a step stand: the API points within the step, the fields are named by it. */
const WITHIN = { "/responsible": "/responsible", "/mobile": "/mobile", "/invoice": "/invoice" };
const STEPS = {
  mailbox: () => standing.mailboxProven,
  responsible: () => standing.responsibleProven,
  agreement: () => standing.agreement !== null,
  people: () => standing.people.length >= LEAST,
  invoice: () => standing.invoice !== null,
};

function value(id) {
  return byId(id).value.trim();
}

function rows() {
  return [...byId("people").children];
}

function written(row) {
  return Object.fromEntries([...row.querySelectorAll("input")].map((field) => [field.dataset.part, field.value.trim()]));
}

function number() {
  for (const [index, row] of rows().entries()) {
    row.querySelector("legend").textContent = text("person", { number: index + 1 });
    for (const field of row.querySelectorAll("input")) {
      field.id = `people-${index}-${field.dataset.part}`;
      row.querySelector(`label[data-part=${field.dataset.part}]`).htmlFor = field.id;
    }
    const remove = row.querySelector(".person__remove");
    remove.textContent = text("person.remove", { number: index + 1 });
    remove.hidden = rows().length <= LEAST;
  }
}

function person(known = {}) {
  const row = byId("person").content.cloneNode(true).firstElementChild;
  for (const field of row.querySelectorAll("input")) field.value = known[field.dataset.part] ?? "";
  row.querySelector(".person__remove").addEventListener("click", () => {
    row.remove();
    number();
    goTo(byId("people-heading"));
  });
  byId("people").append(row);
  number();
  return row;
}

/** Show how far it has come; leaves every field as it is. */
function tellHowFar(found) {
  standing = found;
  byId("left").replaceChildren(...found.missing.map((each) => made("li", each.text)));
  byId("left-heading").textContent = text(found.missing.length ? "left" : "left.none");
  byId("whom").textContent = text("whom", { recipient: found.recipient });
  byId("ready").hidden = found.missing.length > 0;
  byId("address").textContent = found.functionMailbox;
  for (const [name, done] of Object.entries(STEPS)) byId(`${name}-done`).hidden = !done();
  byId("mailbox-save").hidden = found.mailboxProven;
  byId("code-ask").hidden = found.responsible === null || found.responsibleProven;
  byId("mobile-form").hidden = !found.codeSent || found.responsibleProven;
  byId("code-sent").hidden = !found.codeSent;
  byId("code-sent").textContent = text("code.sent", { tries: found.triesLeft });
  byId("agreement-save").hidden = found.agreement?.version === found.agreementVersion;
  byId("accepted").hidden = found.agreement === null;
  if (found.agreement) {
    const at = moment.format(new Date(found.agreement.acceptedAt));
    byId("accepted").textContent = text("accepted", { ...found.agreement, at });
  }
}

function fill(found) {
  tellHowFar(found);
  for (const part of ["name", "mobile"]) byId(`responsible-${part}`).value = found.responsible?.[part] ?? "";
  for (const part of ["name", "address", "reference"]) byId(`invoice-${part}`).value = found.invoice?.[part] ?? "";
  byId("people").replaceChildren();
  for (const one of found.people) person(one);
  while (rows().length < LEAST) person();
  byId("none").textContent = "";
  byId("page").hidden = false;
}

function ask(step, sent = {}) {
  return call(`/api/onboarding/activation${step}`, { method: "POST", body: { request, secret, ...sent } });
}

async function take(event) {
  event.preventDefault();
  const form = event.target;
  const step = form.dataset.step;
  const button = form.querySelector("button[type=submit]");
  if (isBusy(button)) return;
  for (const each of document.querySelectorAll("form[data-step]")) clear(each, byId("faults"), byId("failed"));
  const done = busy(button, text("saving"));
  try {
    const found = await ask(step, SENT[step]());
    if (step === "/mobile") byId("mobile-code").value = "";
    tellHowFar(found);
    goTo(step === "/code" ? byId("mobile-code") : form.closest("section").querySelector("h2"));
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (problem.slug === "code-refused") await ask("").then(tellHowFar);
    problem.errors = problem.errors.map((each) => ({ ...each, pointer: `${WITHIN[step] ?? ""}${each.pointer}` }));
    if (!show(form, problem, byId("faults"), byId("faults-list"))) tell(problem);
  } finally {
    done();
  }
}

for (const form of document.querySelectorAll("form[data-step]")) form.addEventListener("submit", take);
byId("person-add").addEventListener("click", () => goTo(person().querySelector("input")));
window.addEventListener("hashchange", () => location.reload());
try {
  if (secret) fill(await ask(""));
  else byId("none").textContent = text("nolink");
} catch (problem) {
  if (problem.status === undefined) throw problem;
  byId("none").textContent = text("closed");
  tell(problem);
}
