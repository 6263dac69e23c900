// Follow an application with reference and receipt code, and withdraw it. Both live in this page's memory only.

import { call } from "./api.js";
import { busy, byId, goTo, isBusy, made, mark, showOnly, summarise, text, unmark } from "./dom.js";

const form = byId("receipt");
const door = byId("door");
const status = byId("status");
const confirm = byId("confirm");
const times = new Intl.DateTimeFormat(document.documentElement.lang === "sv" ? "sv-SE" : "en-GB", {
  dateStyle: "long",
  timeStyle: "short",
  timeZone: "Europe/Stockholm",
});
const FINAL = new Set(["withdrawn", "closed"]);
let credentials = null;
let application = null;
let names = new Map();
let asked = null;

function ask(method, delivery) {
  const query = delivery ? `?delivery=${encodeURIComponent(delivery.number)}` : "";
  return call(`/api/applications/${encodeURIComponent(credentials.reference)}${query}`, {
    method,
    headers: { "receipt-code": credentials.code },
  });
}

/** Letters and figures only: what people write between them, and a character that no header can carry, is left out. */
function entered(name) {
  return form.elements[name].value.replace(/[^0-9A-Za-z]/g, "");
}

async function open(event) {
  event.preventDefault();
  const button = byId("open");
  if (isBusy(button)) return;
  byId("missing").hidden = true;
  byId("failed").hidden = true;
  const faults = [];
  for (const name of ["reference", "code"]) {
    const field = form.elements[name];
    const group = field.closest(".govuk-form-group");
    unmark(group);
    if (!entered(name)) {
      mark(group, name, text(`${name}.missing`), field);
      faults.push({ words: text(`${name}.missing`), field });
    }
  }
  if (faults.length) {
    summarise(byId("missing"), byId("missing-list"), faults);
    return;
  }
  credentials = { reference: entered("reference"), code: entered("code") };
  await trying(button, async () => {
    show(await ask("GET"));
    form.reset();
    goTo(byId("status-heading"));
  });
}

/** Do something that may fail, and say so where it did. */
async function trying(button, work, lost = "failed.network") {
  if (isBusy(button)) return;
  byId("failed").hidden = true;
  const done = busy(button, text("working"));
  try {
    await work();
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    fail(problem, lost);
  } finally {
    done();
  }
}

function fail(problem, lost) {
  const known = problem.slug && problem.detail;
  byId("failed-text").textContent = known ? (text(`problem.${problem.slug}`) ?? problem.detail) : text(lost);
  byId("failed-more").replaceChildren();
  if (known) {
    const link = made("a", text("failed.read"), "govuk-link");
    const start = document.documentElement.lang === "sv" ? "" : `/${document.documentElement.lang}`;
    link.href = `${start}/problem/${encodeURIComponent(problem.slug)}/`;
    byId("failed-more").append(link);
  }
  byId("failed").hidden = false;
  goTo(byId("failed"));
}

function show(fetched) {
  application = fetched;
  byId("status-heading").textContent = text("of", { reference: grouped(fetched.reference) });
  byId("submitted").textContent = text("submitted", { time: time(fetched.submittedAt) });
  byId("deliveries").replaceChildren(...fetched.deliveries.map(item));
  byId("withdraw-all").hidden = fetched.deliveries.filter((each) => !FINAL.has(each.state)).length < 2;
  byId("done").hidden = true;
  showOnly(status, door, confirm);
}

function item(delivery) {
  const element = byId("delivery").content.cloneNode(true).firstElementChild;
  const within = (part) => element.querySelector(`.delivery__${part}`);
  within("recipient").textContent = delivery.recipient.name;
  within("state").textContent = text(`state.${delivery.state}`) ?? delivery.state;
  within("state").classList.toggle("govuk-tag--good", !["queued", ...FINAL].includes(delivery.state));
  within("text").textContent = text(`state.${delivery.state}.text`) ?? "";
  const lines = ["receivedAt", "openedAt", "contactedAt"]
    .filter((name) => delivery[name])
    .map((name) => text(name, { time: time(delivery[name]) }));
  const meant = delivery.municipalities.map((code) => names.get(code) ?? code).join(", ");
  if (meant !== delivery.recipient.name && names.size) lines.unshift(text("for", { municipalities: meant }));
  within("times").textContent = [...lines, text("number", { number: delivery.number })].join("\n");
  const button = within("withdraw");
  button.textContent = text("withdraw.one", { recipient: delivery.recipient.name });
  button.hidden = FINAL.has(delivery.state);
  button.addEventListener("click", () => confirmOf(delivery));
  return element;
}

function time(moment) {
  return times.format(new Date(moment));
}

function grouped(reference) {
  return reference.includes("-") ? reference : reference.replace(/(.{4})(?=.)/g, "$1-");
}

function confirmOf(delivery) {
  asked = delivery;
  byId("failed").hidden = true;
  byId("confirm-heading").textContent = delivery
    ? text("confirm.one", { recipient: delivery.recipient.name })
    : text("confirm.all");
  showOnly(confirm, door, status);
  goTo(byId("confirm-heading"));
}

function withdraw() {
  const delivery = asked;
  return trying(
    byId("yes"),
    async () => {
      show(await ask("DELETE", delivery));
      byId("done").textContent = delivery
        ? text("withdrawn.one", { recipient: delivery.recipient.name })
        : text("withdrawn.all");
      byId("done").hidden = false;
      goTo(byId("status-heading"));
    },
    "failed.withdraw",
  );
}

function leave() {
  credentials = null;
  application = null;
  byId("deliveries").replaceChildren();
  byId("failed").hidden = true;
  showOnly(door, status, confirm);
  goTo(document.querySelector("h1"));
}

/** The names of the municipalities are a help, not a need: without them the recipient's own name stands alone. */
async function learnNames() {
  try {
    names = new Map((await call("/api/recipients")).municipalities.map((each) => [each.code, each.name]));
  } catch {
    names = new Map();
  }
}

form.addEventListener("submit", async (event) => {
  if (!names.size) void learnNames().then(() => application && !status.hidden && show(application));
  await open(event);
});
byId("refresh").addEventListener("click", () => trying(byId("refresh"), async () => show(await ask("GET"))));
byId("withdraw-all").addEventListener("click", () => confirmOf(null));
byId("yes").addEventListener("click", withdraw);
byId("no").addEventListener("click", () => {
  byId("failed").hidden = true;
  showOnly(status, door, confirm);
  goTo(byId("status-heading"));
});
byId("close").addEventListener("click", leave);
// A page that comes back from the browser's memory must not show what somebody else left in it.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) leave();
});
