// Follow an application with reference and receipt code, add to it, and withdraw it. All of it lives in this page's
// memory only.

import { call } from "./api.js";
import { busy, byId, goTo, isBusy, made, mark, showOnly, summarise, text, unmark } from "./dom.js";
import { counted, markFault, read, unmarkAll, wire } from "./fields.js";
import { isEmail, isPhone, isPostalCode } from "./formats.js";

const form = byId("receipt");
const door = byId("door");
const status = byId("status");
const confirm = byId("confirm");
const supplement = byId("supplement");
const addition = byId("application");
const corrected = JSON.parse(byId("corrected").content.textContent);
const LONGEST = 2000;
const times = new Intl.DateTimeFormat(document.documentElement.lang === "sv" ? "sv-SE" : "en-GB", {
  dateStyle: "long",
  timeStyle: "short",
  timeZone: "Europe/Stockholm",
});
const lists = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" });
const SHOWN = 3;
const FINAL = new Set(["withdrawn", "closed", "erased"]);
let credentials = null;
let application = null;
let names = new Map();
let asked = null;
// The number of the supplement that is being written: made when its form is opened, and kept until it is sent.
let key = null;

function ask(method, delivery) {
  return askFor(delivery ? `?delivery=${encodeURIComponent(delivery.number)}` : "", method);
}

function askFor(path, method, body, headers = {}) {
  return call(`/api/applications/${encodeURIComponent(credentials.reference)}${path}`, {
    method,
    headers: { "receipt-code": credentials.code, ...headers },
    body,
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
  const names = problem.recipients.map((each) => each.name).join(", ");
  byId("failed-text").textContent = names
    ? text("supplement.unavailable", { names })
    : known
      ? (text(`problem.${problem.slug}`) ?? problem.detail)
      : text(lost);
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
  const open = fetched.deliveries.filter((each) => !FINAL.has(each.state)).length;
  byId("withdraw-all").hidden = open < 2;
  byId("add").hidden = open < 1;
  byId("sharing").hidden = fetched.shareRecipients === null;
  byId("sharing-yes").hidden = fetched.shareRecipients !== true;
  byId("sharing-no").hidden = fetched.shareRecipients !== false;
  byId("done").hidden = true;
  showOnly(status, door, confirm, supplement);
}

function done(words) {
  byId("done").textContent = words;
  byId("done").hidden = false;
  goTo(byId("status-heading"));
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
    .flatMap((name) => (name === "openedAt" ? openings(delivery) : [text(name, { time: time(delivery[name]) })]));
  const meant = delivery.municipalities.map((code) => names.get(code) ?? code).join(", ");
  if (meant !== delivery.recipient.name && names.size) lines.unshift(text("for", { municipalities: meant }));
  within("times").textContent = [...lines, text("number", { number: delivery.number })].join("\n");
  const button = within("withdraw");
  button.textContent = text("withdraw.one", { recipient: delivery.recipient.name });
  button.hidden = FINAL.has(delivery.state);
  button.addEventListener("click", () => confirmOf(delivery));
  return element;
}

// The latest few, by role and never by name; the rest as a number.
function openings({ openedAt, openings: every }) {
  if (!every.length) return [text("openedAt", { time: time(openedAt) })];
  const shown = every
    .slice(0, SHOWN)
    .map(({ at, role }) => text("openedBy", { time: time(at), role: text(`openedBy.${role}`) ?? "" }));
  const rest = every.length - shown.length;
  return rest ? [...shown, text("openedBy.more", { count: rest })] : shown;
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
  showOnly(confirm, door, status, supplement);
  goTo(byId("confirm-heading"));
}

function withdraw() {
  const delivery = asked;
  return trying(
    byId("yes"),
    async () => {
      show(await ask("DELETE", delivery));
      done(delivery ? text("withdrawn.one", { recipient: delivery.recipient.name }) : text("withdrawn.all"));
    },
    "failed.withdraw",
  );
}

// ---------------------------------------------------------------- whether the recipients may know of each other

function share(button, consent) {
  return trying(
    button,
    async () => {
      const fetched = await askFor("/share-recipients", "PUT", { share: consent });
      show(fetched);
      done(text(`sharing.${consent ? "yes" : "no"}.done`));
    },
    "failed.withdraw",
  );
}

// ---------------------------------------------------------------- adding and correcting

function write() {
  if (key === null) {
    key = crypto.randomUUID();
    byId("fields").replaceChildren(byId("empty").content.cloneNode(true));
    for (const unchanged of byId("fields").querySelectorAll('[type="radio"][value=""]')) unchanged.checked = true;
    count();
  }
  byId("failed").hidden = true;
  showOnly(supplement, door, status, confirm);
  goTo(byId("supplement-heading"));
}

function count() {
  byId("left").textContent = counted(byId("q-message"), LONGEST);
}

/** What is sent: a message, and only those answers that were filled in. */
function written() {
  // Which parts of an address are asked is known to the server; here every part that was filled in goes along.
  const whole = { together: false, assignments: ["any"] };
  const said = byId("q-message").value;
  const answers = corrected.map((each) => {
    const members = each.members.map((member) => ({ ...member, assignments: whole.assignments }));
    return [each.name, wire({ ...each, members }, read(each), whole)];
  });
  return {
    questionSet: addition.dataset.questionSet,
    answers: Object.fromEntries(answers.filter(([, value]) => value !== undefined)),
    ...(said.trim() ? { message: said } : {}),
  };
}

/** Faults that can be told before anything is sent; the server judges all of it. */
function faultsOf({ answers, message: said }) {
  const faults = [];
  if (!said && !Object.keys(answers).length) faults.push({ pointer: "/message", code: "nothing" });
  if ([...(said ?? "").trim()].length > LONGEST) faults.push({ pointer: "/message", code: "tooLong" });
  if (answers.mobile && !isPhone(answers.mobile)) faults.push({ pointer: "/answers/mobile", code: "invalidPhone" });
  if (answers.email && !isEmail(answers.email)) faults.push({ pointer: "/answers/email", code: "invalidEmail" });
  if (answers.address?.postalCode && !isPostalCode(answers.address.postalCode)) {
    faults.push({ pointer: "/answers/address/postalCode", code: "invalidPostalCode" });
  }
  return faults;
}

function tell(faults) {
  const told = faults.map(({ pointer, code }) => {
    const nothing = code === "nothing" || (code === "required" && pointer === "/message");
    const words = nothing
      ? text("supplement.required")
      : (text(`error.${code}`, { longest: LONGEST }) ?? text("error.other"));
    return { words, field: markFault(pointer, words) };
  });
  summarise(byId("unfit"), byId("unfit-list"), told);
}

async function send(event) {
  event.preventDefault();
  if (isBusy(byId("send"))) return;
  unmarkAll(addition);
  byId("unfit").hidden = true;
  byId("failed").hidden = true;
  const body = written();
  const faults = faultsOf(body);
  if (faults.length) {
    tell(faults);
    return;
  }
  await trying(
    byId("send"),
    async () => {
      try {
        const { deliveries } = await askFor("/supplement", "POST", body, { "idempotency-key": key });
        forget();
        show(application);
        done(text("supplement.sent", { recipients: lists.format(deliveries.map((each) => each.recipient.name)) }));
      } catch (problem) {
        if (problem.slug === "invalid-answers") {
          tell(problem.errors);
          return;
        }
        if (problem.slug === "key-reused") {
          // What was written first has arrived, though no answer told so; what was changed since is another supplement.
          key = crypto.randomUUID();
          problem.detail = text("supplement.reused");
        }
        throw problem;
      }
    },
    "failed.supplement",
  );
}

function forget() {
  byId("fields").replaceChildren();
  byId("unfit").hidden = true;
  key = null;
}

function leave() {
  credentials = null;
  application = null;
  forget();
  byId("deliveries").replaceChildren();
  byId("failed").hidden = true;
  showOnly(door, status, confirm, supplement);
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
  showOnly(status, door, confirm, supplement);
  goTo(byId("status-heading"));
});
byId("add").addEventListener("click", write);
byId("back").addEventListener("click", () => {
  byId("failed").hidden = true;
  showOnly(status, door, confirm, supplement);
  goTo(byId("status-heading"));
});
addition.addEventListener("submit", send);
addition.addEventListener("input", count);
byId("share").addEventListener("click", () => share(byId("share"), true));
byId("unshare").addEventListener("click", () => share(byId("unshare"), false));
byId("close").addEventListener("click", leave);
// A page that comes back from the browser's memory must not show what somebody else left in it.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) leave();
});
