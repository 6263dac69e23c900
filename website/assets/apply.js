// The application: which page of the form is shown, what applies, what is wrong, and the way from begin to receipt.

import { Problem } from "./api.js";
import * as chooser from "./chooser.js";
import { busy, byId, goTo, isBusy, made, summarise, text } from "./dom.js";
import * as store from "./draft.js";
import * as fields from "./fields.js";
import * as identification from "./identification.js";
import { judge, shown, together } from "./judge.js";
import { read } from "./logic.js";
import { prepare, send } from "./sending.js";

const page = byId("form-page");
const form = byId("application");
const logic = read(JSON.parse(byId("logic").content.textContent));
const questions = new Map(logic.questions.map((each) => [each.name, each]));
const language = document.documentElement.lang;
const title = document.title;
const SAFE_PLACE = "https://www.smhi.se/";
const APART = new Set(["stops", "check"]);
const FREE = new Set(["start", "stops", "stop-protectedIdentity", "stop-knownChild", "open", "wipe"]);

let draft = store.draft(logic.version);
let current = "start";
let ready = false;
let identity = null;
let isFilled = false;
let toCheck = false;

// ---------------------------------------------------------------- what applies

/** The answers as they would be sent, whether right or wrong; `context` is what decides which questions are asked. */
function answered() {
  const assignments = draft.raw.assignments ?? [];
  const context = { assignments, together: together(draft.raw) };
  const wire = {};
  for (const question of logic.questions) {
    if (!question.stored || question.type === "municipalities") continue;
    const value = fields.wire(question, draft.raw[question.name], context);
    if (value !== undefined) wire[question.name] = value;
  }
  const extended = draft.municipalities.flatMap((each) => each.recipient?.extendedQuestions ?? []);
  const circumstances = { extended, recipients: chooser.recipientsOf(draft.municipalities), today: today() };
  const visible = shown(logic, wire, circumstances).map((each) => each.name);
  // What is hidden keeps what was typed, and is neither judged nor sent.
  const sent = Object.fromEntries(Object.entries(wire).filter(([name]) => visible.includes(name)));
  return { context, circumstances, visible, sent };
}

function today() {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm" }).format(new Date());
}

/** Every fault, with its words: {pointer, name, words}; who must identify is told of it before sending, not before. */
function faultsOf({ circumstances, sent }, sending = false) {
  const found = judge(logic, sent, circumstances).map(({ pointer, code }) => told(pointer, code));
  if (sending && identity?.required && !identification.of("applicant", draft.key)) {
    found.push({ pointer: "/answers/identityNumber", name: "identityNumber", words: text("error.identify") });
  }
  const choice = chooser.fault(draft.municipalities, draft.raw.assignments ?? []);
  if (choice) {
    const words = text(`error.municipalities.${choice.code}`, choice);
    found.push({ pointer: "/municipalities", name: "municipalities", words });
  }
  return found;
}

/** A fault by pointer and code, in words; what the page has no words for is told as an answer that cannot be used. */
function told(pointer, code) {
  const parts = pointer.split("/").filter((each) => each && each !== "answers");
  const question = questions.get(parts[0]);
  const member = question?.members?.find((each) => each.name === parts.at(-1));
  const spec = member ?? question ?? {};
  const year = new Date().getFullYear();
  const values = { longest: spec.longest, most: spec.most, minimum: spec.minimum, maximum: spec.maximum ?? year };
  const kind = spec.type === "interpreter" ? "single" : spec.type;
  const words = text(`error.${code}.${parts[0]}`, values) ?? text(`error.${code}.${kind}`, values) ?? text(`error.${code}`, values);
  return { pointer, name: parts[0] ?? "", words: words ?? text("error.other") };
}

/** The steps that have something to answer, in their order. */
function stepsShown(visible) {
  return logic.steps.filter(
    (step) => step.name === "municipalities" || step.name === "check" || step.questions.some((each) => visible.includes(each)),
  );
}

// ---------------------------------------------------------------- showing

/** Show the questions that apply, and hide the others with what belongs to them. */
function arrange() {
  const { context, visible } = answered();
  const shownNow = new Set(visible);
  for (const element of form.querySelectorAll("[data-question]")) {
    const question = questions.get(element.dataset.question);
    element.hidden = question.stored && question.type !== "municipalities" && !shownNow.has(question.name);
  }
  for (const each of form.querySelectorAll('[data-adult="coApplicant"]')) each.hidden = !context.together;
  for (const each of form.querySelectorAll("[data-adult='applicant'] .govuk-fieldset__legend")) each.hidden = !context.together;
  for (const each of form.querySelectorAll("[data-when]")) {
    const question = each.closest("[data-question]").dataset.question;
    each.hidden = draft.raw[question]?.needed !== each.dataset.when;
  }
  for (const part of form.querySelectorAll("[data-member]")) {
    const question = questions.get(part.closest("[data-question]").dataset.question);
    const member = question.members.find((each) => each.name === part.dataset.member);
    part.hidden = !member.assignments.some((each) => context.assignments.includes(each));
  }
  for (const group of form.querySelectorAll("[data-items]")) {
    const name = group.closest("[data-question]").dataset.question;
    const none = draft.raw[name]?.none === true;
    group.hidden = none;
    group.parentElement.querySelector("[data-add]").hidden = none || group.children.length >= (questions.get(name).most ?? 20);
  }
  for (const count of form.querySelectorAll("[data-count]")) {
    count.textContent = fields.counted(byId(count.dataset.count), Number(count.dataset.longest));
  }
}

function route() {
  const [wanted, question] = decodeURIComponent(location.hash.slice(1) || "start").split("/");
  const step = page.querySelector(`[data-step="${CSS.escape(wanted)}"]`) ? wanted : "start";
  if (draft.receipt && !["receipt", "wipe", "start"].includes(step)) return go("receipt", true);
  if (step === "receipt" && !draft.receipt) return go("start", true);
  if (!draft.cleared && !FREE.has(step) && !draft.receipt) return go("stops", true);
  const { visible } = answered();
  const isStep = logic.steps.some((each) => each.name === step);
  if (isStep && !APART.has(step) && !stepsShown(visible).some((each) => each.name === step)) return go("tasks", true);
  show(step);
  if (question && questions.has(question)) goTo(fields.fieldOf(`/answers/${question}`));
  return undefined;
}

function go(step, instead = false) {
  if (instead) {
    history.replaceState(null, "", `#${step}`);
    route();
  } else if (location.hash === `#${step}`) route();
  else location.hash = step;
}

/** Show one page of the form, and bring eye and keyboard to its heading. */
function show(step) {
  current = step;
  byId("missing").hidden = true;
  for (const each of page.querySelectorAll("[data-step]")) each.hidden = each.dataset.step !== step;
  const isStep = logic.steps.some((each) => each.name === step);
  form.hidden = !isStep;
  if (step !== "start") prepared();
  const { visible } = answered();
  const steps = stepsShown(visible).filter((each) => !APART.has(each.name));
  const index = steps.findIndex((each) => each.name === step);
  // Before an assignment is chosen nobody knows how many steps there are.
  byId("where").hidden = index === -1 || !draft.raw.assignments?.length;
  if (index !== -1) byId("where").textContent = text("where", { number: index + 1, total: steps.length });
  document.body.classList.toggle("in-form", !["start", "receipt"].includes(step));
  byId("foot").hidden = !draft.cleared || FREE.has(step) || ["receipt", "save", "sending"].includes(step);
  byId("foot").querySelector('[href="#tasks"]').hidden = step === "tasks";
  if (step === "start") showStart();
  else fetchAhead();
  if (step === "tasks") showTasks();
  if (step === "municipalities") void chooser.show();
  if (step === "check") showCheck();
  if (step === "receipt") showReceipt();
  if (step === "open") byId("open-replaces").hidden = !store.begun();
  if (step === "wipe") byId("wipe-sent").hidden = draft.receipt === null;
  const heading = page.querySelector(`[data-step="${step}"] h1`);
  document.title = step === "start" ? title : `${heading.textContent.trim()} – ${title}`;
  for (const link of document.querySelectorAll("header a[hreflang]")) link.hash = location.hash;
  if (ready) {
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
}

/** What saving needs is fetched while there is a network, which may be gone later; but first comes what is to be seen. */
function fetchAhead() {
  if (!ready) return void setTimeout(fetchAhead, 500);
  if (current !== "municipalities") void chooser.prepare();
  void import("./sealed_file.js").catch(() => null);
  void import("./copy.js").catch(() => null);
  return undefined;
}

function showStart() {
  byId("begin-again").hidden = !store.begun();
  byId("begin-new").hidden = store.begun();
  if (draft.receipt) byId("continue").textContent = text("continue.receipt");
}

function statusOf(step, faults, visible) {
  const own = step.questions.filter((each) => visible.includes(each));
  const some = own.some((each) => filled(each)) || (step.name === "municipalities" && draft.municipalities.length > 0);
  const wrong = faults.some((each) => step.questions.includes(each.name));
  if (!wrong && (draft.visited.includes(step.name) || own.every((each) => filled(each)))) return "done";
  return some ? "begun" : "new";
}

function filled(name) {
  const question = questions.get(name);
  return fields.wire(question, draft.raw[name], { assignments: draft.raw.assignments ?? [], together: together(draft.raw) }) !== undefined;
}

function showTasks() {
  const now = answered();
  const faults = faultsOf(now);
  const steps = stepsShown(now.visible).filter((each) => !APART.has(each.name));
  const statuses = steps.map((step) => statusOf(step, faults, now.visible));
  const done = statuses.filter((each) => each === "done").length;
  byId("progress").textContent = text("progress", { done, total: steps.length });
  byId("tasks").replaceChildren(
    ...steps.map((step, index) => task(step.name, text(`step.${step.name}`), statuses[index])),
    task("check", text("step.check"), done === steps.length ? "ready" : "waits"),
  );
}

function task(step, words, status) {
  const line = made("li", "", "tasks__item");
  const link = made("a", words, "govuk-link");
  link.href = `#${step}`;
  const tag = made("strong", text(`status.${status}`), `govuk-tag${status === "done" ? " govuk-tag--good" : ""}`);
  tag.id = `status-${step}`;
  link.setAttribute("aria-describedby", tag.id);
  line.append(link, tag);
  return line;
}

// ---------------------------------------------------------------- checking

function showCheck() {
  const now = answered();
  const faults = faultsOf(now, true).filter((each) => !logic.steps.at(-1).questions.includes(each.name));
  byId("incomplete").hidden = faults.length === 0;
  byId("answers").replaceChildren(
    ...stepsShown(now.visible)
      .filter((each) => !APART.has(each.name))
      .flatMap((step) => {
        const lines = step.questions.filter((each) => each === "municipalities" || now.visible.includes(each));
        const list = made("dl", "", "answers");
        list.append(...lines.map((name) => line(step, name, now, faults)));
        return [made("h2", text(`step.${step.name}`), "govuk-heading-m"), list];
      }),
  );
  byId("send-note").textContent = text("send.note", { names: chooser.listed(draft.municipalities.map((each) => each.name)) });
  prepare();
}

function line(step, name, now, faults) {
  const row = made("div", "", "answers__row");
  const words = wordsOf(name, now.context);
  const wrong = faults.find((each) => each.name === name);
  const answer = made("dd", "", "answers__answer");
  if (wrong) answer.append(made("strong", wrong.words, "answers__wrong"));
  if (words.length) answer.append(...words.map((each) => made("span", each)));
  else if (!wrong) answer.append(made("span", text("unanswered"), "quiet"));
  const change = made("a", text("change"), "govuk-link");
  change.href = `#${step.name}/${name}`;
  change.dataset.change = "";
  const label = fields.labelled(name);
  change.append(made("span", ` ${label}`, "govuk-visually-hidden"));
  const ways = made("dd", "", "answers__change");
  ways.append(change);
  row.append(made("dt", label), answer, ways);
  return row;
}

function wordsOf(name, context) {
  if (name !== "municipalities") return fields.words(questions.get(name), draft.raw[name], context);
  return draft.municipalities.map((each) =>
    each.recipient && each.recipient.name !== each.name
      ? text("chooser.through", { name: each.name, recipient: each.recipient.name })
      : each.name,
  );
}

/** Tell faults above the form and beside their fields; those of other steps are linked to where they stand. */
function complain(faults, here) {
  const linked = faults.map((fault) => {
    const label = fields.labelled(fault.name, fault.pointer);
    // What is no sentence of its own is told apart from what is wrong with it.
    const words = label ? `${label}${/\p{P}$/u.test(label) ? "" : ":"} ${fault.words}` : fault.words;
    const step = logic.steps.find((each) => each.questions.includes(fault.name))?.name ?? "check";
    if (step === here) return { words, field: fields.markFault(fault.pointer, fault.words) };
    return { words, href: `#${step}/${fault.name}` };
  });
  summarise(byId("missing"), byId("missing-list"), linked);
}

function unsaid(event) {
  const field = event.target;
  const group = field.closest(".govuk-form-group");
  if (group?.classList.contains("govuk-form-group--error")) fields.unmarkAll(group);
}

// ---------------------------------------------------------------- going on

function submitted(event) {
  event.preventDefault();
  fields.unmarkAll(form);
  byId("missing").hidden = true;
  if (current === "stops") return stops();
  if (current === "check") return void sendAll();
  const step = logic.steps.find((each) => each.name === current);
  const now = answered();
  if (!draft.visited.includes(current)) draft.visited.push(current);
  keep();
  const faults = faultsOf(now).filter((each) => step.questions.includes(each.name));
  if (faults.length) return complain(faults, current);
  if (toCheck) {
    toCheck = false;
    return go("check");
  }
  const steps = stepsShown(now.visible).map((each) => each.name);
  if (current === "municipalities" && !draft.visited.includes(steps[steps.indexOf(current) + 1])) return go("tasks");
  return go(steps[steps.indexOf(current) + 1]);
}

/** The two questions before everything else: their answers stand in the fields only, and are never kept. */
function stops() {
  const answers = logic.steps[0].questions.map((name) => [name, fields.read(questions.get(name))]);
  const missing = answers.filter(([, answer]) => !answer).map(([name]) => told(`/answers/${name}`, "required"));
  const stop = answers.find(([, answer]) => answer && answer !== "no");
  if (stop) {
    form.reset();
    fill();
    return go(`stop-${stop[0]}`);
  }
  if (missing.length) return complain(missing, "stops");
  draft.cleared = true;
  keep();
  return go("assignment");
}

async function sendAll() {
  const now = answered();
  const faults = faultsOf(now, true);
  if (faults.length) return complain(faults, "check");
  const identifications = identification.tokens(draft.key);
  const body = {
    questionSet: draft.version,
    municipalities: draft.municipalities.map((each) => each.code),
    answers: now.sent,
    ...(draft.campaign ? { campaign: draft.campaign } : {}),
    ...(identifications ? { identifications } : {}),
  };
  return deliver(body);
}

/** Send a body, and show what became of it. An earlier try whose outcome nobody knows is asked for first by its key. */
async function deliver(body) {
  if (current === "sending") return;
  const earlier = draft.tried;
  draft.tried = body;
  keep();
  show("sending");
  try {
    accepted(await send(body, draft.key, telling));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.slug === "key-reused" && earlier && JSON.stringify(earlier) !== JSON.stringify(body)) {
      await recover(earlier);
    } else refused(problem);
  }
}

/** The first try had arrived, and the answers were changed after it: its receipt is the one that counts. */
async function recover(earlier) {
  draft.tried = earlier;
  try {
    accepted(await send(earlier, draft.key, telling), true);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    refused(problem);
  }
}

function telling(attempt) {
  byId("sending-how").textContent = attempt === 1 ? text("sending") : text("sending.again", { attempt });
}

function accepted(receipt, earlier = false) {
  draft.receipt = { ...receipt, earlier };
  draft.tried = null;
  keep();
  go("receipt");
}

function refused(problem) {
  if (problem.status === 422 && problem.errors.length && problem.slug === "invalid-answers") {
    // Nothing was stored: what is sent next is judged anew.
    draft.tried = null;
    keep();
    go("check", true);
    return complain(problem.errors.map(({ pointer, code }) => told(pointer, code)), "check");
  }
  const unknown = problem.status === 0 || problem.status >= 500;
  const kind = unknown ? "unknown" : (problem.slug ?? "unknown");
  if (!unknown) draft.tried = null;
  keep();
  show("unsent");
  byId("unsent-title").textContent = text(unknown ? "unsent.unknown.title" : "unsent.refused.title");
  byId("unsent-text").textContent = unknown
    ? text("unsent.unknown")
    : (text(`problem.${kind}`) ?? (language.startsWith("sv") ? problem.detail : null) ?? text("unsent.refused"));
  byId("unsent-more").replaceChildren();
  if (problem.slug && !unknown) {
    const link = made("a", text("unsent.read"), "govuk-link");
    link.href = `${text("page.problem")}${encodeURIComponent(problem.slug)}/`;
    byId("unsent-more").append(link);
  }
  const list = byId("unsent-list");
  list.hidden = problem.recipients.length === 0;
  list.replaceChildren(
    ...problem.recipients.map((each) => made("li", text(`reason.${each.reason}`, { name: each.name }) ?? each.name)),
  );
  byId("again").textContent = text(problem.recipients.length ? "unsent.choose" : "unsent.again");
  byId("again").dataset.way = problem.recipients.length ? "municipalities" : problem.slug === "key-reused" ? "renew" : "again";
  if (problem.slug === "key-reused") byId("again").textContent = text("unsent.renew");
  if (problem.slug?.startsWith("identification-")) {
    if (problem.slug === "identification-refused") identification.forget();
    byId("again").textContent = text("unsent.identify");
    byId("again").dataset.way = "aboutYou/identityNumber";
    void learnIdentity();
  }
  return undefined;
}

function again() {
  const { way } = byId("again").dataset;
  if (way.startsWith("aboutYou") || way === "municipalities") return go(way);
  if (way === "renew") store.renew();
  return void sendAll();
}

// ---------------------------------------------------------------- the receipt

function showReceipt() {
  const { reference, receiptCode, submittedAt, deliveries, earlier } = draft.receipt;
  byId("receipt-sent").textContent = text("receipt.sent", { time: time(submittedAt) });
  byId("receipt-earlier").hidden = !earlier;
  byId("receipt-reference").textContent = reference;
  byId("receipt-code").textContent = receiptCode;
  byId("receipt-deliveries").replaceChildren(
    ...deliveries.map(({ number, recipient, municipalities }) => {
      const item = made("li");
      item.append(made("strong", meant(recipient, municipalities)), made("span", ` ${text("receipt.number", { number })}`, "quiet"));
      return item;
    }),
  );
}

/** A recipient by the names that were chosen: a joint unit says nothing to who chose its municipalities. */
function meant(recipient, codes) {
  const names = draft.municipalities.filter((each) => codes.includes(each.code)).map((each) => each.name);
  const name = chooser.listed(names);
  return !name || name === recipient.name ? recipient.name : text("chooser.through", { name, recipient: recipient.name });
}

function time(moment) {
  return new Intl.DateTimeFormat(language.startsWith("sv") ? "sv-SE" : "en-GB", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "Europe/Stockholm",
  }).format(new Date(moment));
}

async function download() {
  const { copyOf } = await import("./copy.js");
  const now = answered();
  const sections = stepsShown(now.visible)
    .filter((each) => each.name !== "stops")
    .map((step) => ({
      heading: text(`step.${step.name}`),
      lines: step.questions
        .filter((each) => each === "municipalities" || now.visible.includes(each))
        .map((name) => ({ label: fields.labelled(name), words: wordsOf(name, now.context) })),
    }));
  const { reference, receiptCode, submittedAt, deliveries } = draft.receipt;
  const facts = [
    [text("reference"), reference],
    [text("code"), receiptCode],
    [text("copy.time"), time(submittedAt)],
    [text("copy.to"), deliveries.map((each) => `${meant(each.recipient, each.municipalities)} (${each.number})`).join(", ")],
  ];
  hand(copyOf({ language, title: text("copy.title"), note: text("copy.note"), facts, sections }), `anmalan-${reference}.html`, "text/html");
}

function hand(content, name, type) {
  const link = made("a");
  link.href = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// ---------------------------------------------------------------- keeping, and forgetting

function keep() {
  byId("unstored").hidden = store.keep();
}

function typed(event) {
  const element = event.target.closest("[data-question]");
  const question = questions.get(element?.dataset.question);
  unsaid(event);
  if (!question?.stored || question.type === "municipalities") return;
  apart(question, event.target);
  draft.raw[question.name] = fields.read(question);
  keep();
  arrange();
  if (question.name === "homeMunicipality") void chooser.show();
}

/** "None of these" and something at once cannot both be meant: the last one said counts. */
function apart(question, field) {
  if (question.type !== "multi" || !field.checked || !question.exclusive) return;
  const alone = question.exclusive.includes(field.value);
  for (const other of form.querySelectorAll(`[name="${field.name}"]:checked`)) {
    if (other !== field && (alone || question.exclusive.includes(other.value))) other.checked = false;
  }
}

function grouped(event) {
  const { add, remove, leave, begin: role } = event.target.dataset;
  if (role !== undefined) return void identify(role, event.target);
  if (leave !== undefined) return away();
  if (event.target.closest("[data-change]")) toCheck = true;
  const question = questions.get(event.target.closest("[data-question]")?.dataset.question);
  if (add === undefined && remove === undefined) return undefined;
  const { none = false, items = [] } = fields.read(question);
  const next = add === undefined ? items.filter((_, index) => index !== Number(remove)) : [...items, question.type === "languages" ? "" : {}];
  draft.raw[question.name] = { none, items: next };
  fields.build(question, next);
  keep();
  arrange();
  goTo(add === undefined ? byId(`q-${question.name}`) : fields.item(question, next.length - 1));
  return undefined;
}

/** Leave at once: what was typed is taken away. The pages before this one stay in the browser's history, as is said. */
function away() {
  store.wipe(logic.version);
  window.onbeforeunload = null;
  location.replace(SAFE_PLACE);
}

function wipe() {
  store.wipe(logic.version);
  draft = store.draft(logic.version);
  toCheck = false;
  form.reset();
  fill();
  showIdentity();
  go("start");
}

async function save(event) {
  event.preventDefault();
  const phrase = byId("save-phrase").value;
  const said = byId("save-said");
  if (phrase.length < 8) {
    said.textContent = text("save.short");
    return goTo(byId("save-phrase"));
  }
  said.textContent = text("save.working");
  const { sealed } = await import("./sealed_file.js");
  const { receipt: _, ...content } = draft;
  hand(await sealed({ ...content, receipt: null }, phrase), "intresseanmalan.utkast", "application/json");
  byId("save-form").reset();
  said.textContent = text("save.done");
  return undefined;
}

async function open(event) {
  event.preventDefault();
  byId("missing").hidden = true;
  const file = byId("open-file").files[0];
  const fail = (why, field) => summarise(byId("missing"), byId("missing-list"), [{ words: text(`open.fail.${why}`), field }]);
  if (!file) return fail("missing", byId("open-file"));
  const { opened, Unreadable } = await import("./sealed_file.js");
  try {
    const found = await opened(await file.text(), byId("open-phrase").value);
    if (!store.isDraft(found)) throw new Unreadable("file");
    store.replace(found);
  } catch (problem) {
    if (!(problem instanceof Unreadable)) throw problem;
    return fail(problem.why, byId(problem.why === "phrase" ? "open-phrase" : "open-file"));
  }
  byId("open-form").reset();
  draft = store.draft(logic.version);
  if (elsewhere()) return undefined;
  fill();
  keep();
  return go("tasks");
}

// ---------------------------------------------------------------- e-identification

const PROVEN = {
  applicant: { name: "name", identityNumber: "identityNumber" },
  coApplicant: { name: "coApplicantName", identityNumber: "coApplicantIdentityNumber" },
};

/** Learn whether identification is asked for; where no answer comes, the server says so when it is sent. */
async function learnIdentity() {
  identity = await identification.required().catch(() => null);
  showIdentity();
}

/** Fill in and lock what an identification vouches for, and offer one to who has none. */
function showIdentity() {
  for (const box of form.querySelectorAll("[data-identify]")) {
    const role = box.dataset.identify;
    const who = identification.of(role, draft.key);
    box.hidden = !identity?.required && !who;
    const values = { ...identity, ...who };
    box.querySelector("[data-identify-words]").textContent = text(who ? "identify.done" : `identify.${role}.need`, values);
    box.querySelector("[data-begin]").hidden = who !== null;
    box.querySelector("[data-identify-other]").hidden = who !== null || role !== "applicant";
    for (const [part, name] of Object.entries(PROVEN[role])) {
      const field = byId(`q-${name}`);
      field.readOnly = who !== null;
      if (who) draft.raw[name] = who[part];
      if (who) field.value = who[part];
    }
    if (role === "coApplicant") {
      const field = byId("q-coApplicantConfirmed");
      field.disabled = who !== null;
      if (who) field.checked = draft.raw.coApplicantConfirmed = true;
    }
    if (who) keep();
  }
}

async function identify(role, button) {
  const told = button.closest("[data-identify]").querySelector("[data-identify-failed]");
  if (isBusy(button)) return;
  told.textContent = "";
  const done = busy(button, text("identify.working"));
  keep();
  try {
    await identification.begin(role, draft.key, `${location.pathname}#${current}/${PROVEN[role].identityNumber}`);
  } catch {
    told.textContent = text("identify.failed");
    done();
  }
}

// ---------------------------------------------------------------- beginning

/** Make the form ready to be seen: not before, since the first page is for reading. */
function prepared() {
  if (!isFilled) {
    fill();
    showIdentity();
    void learnIdentity();
  }
  arrange();
}

/** Put what was typed into the fields. */
function fill() {
  isFilled = true;
  for (const question of logic.questions) {
    if (question.type !== "municipalities" && question.stored) fields.write(question, draft.raw[question.name]);
  }
}

/** A draft of another version of the questions goes on with its own. */
function elsewhere() {
  const wanted = store.begun() ? (text(`page.${draft.version}`) ?? text("page.current")) : text("page.current");
  if (location.pathname === wanted || (store.begun() && draft.version === logic.version)) return false;
  location.replace(`${wanted}${location.search}${location.hash}`);
  return true;
}

/** Let the question of where one lives offer every municipality. */
function nameMunicipalities() {
  for (const question of logic.questions.filter((each) => each.type === "municipality")) {
    const options = chooser.names().map(({ code, name }) => new Option(name, code));
    const select = byId(`q-${question.name}`);
    select.replaceChildren(select.options[0], ...options);
    fields.write(question, draft.raw[question.name]);
  }
  if (current === "check") showCheck();
}

function fromAddress() {
  const query = new URLSearchParams(location.search);
  const campaign = query.get("kampanj");
  if (campaign && /^[a-z0-9-]{1,40}$/.test(campaign)) draft.campaign = campaign;
  const wished = query.get("uppdrag");
  if (questions.get("assignments").choices.includes(wished) && !draft.raw.assignments) draft.raw.assignments = [wished];
}


function begin() {
  if (elsewhere()) return;
  fromAddress();
  chooser.start({
    get chosen() {
      return draft.municipalities;
    },
    set chosen(next) {
      draft.municipalities = next;
    },
    assignments: () => draft.raw.assignments ?? [],
    home: () => draft.raw.homeMunicipality ?? "",
    changed: () => {
      // The list comes by itself; nothing is kept of who has not begun.
      if (store.begun()) keep();
      arrange();
    },
    fetched: nameMunicipalities,
  });
  form.addEventListener("submit", submitted);
  form.addEventListener("input", typed);
  page.addEventListener("click", grouped);
  byId("again").addEventListener("click", again);
  byId("download").addEventListener("click", download);
  byId("print").addEventListener("click", () => window.print());
  byId("save-form").addEventListener("submit", save);
  byId("open-form").addEventListener("submit", open);
  byId("wipe-yes").addEventListener("click", wipe);
  byId("wipe-no").addEventListener("click", () => history.back());
  window.addEventListener("hashchange", route);
  // A page that comes back from the browser's memory shows what this tab holds now, not what it held then.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  // Asked only where nothing keeps what was typed.
  window.onbeforeunload = (event) => {
    if (!store.isStored() && store.begun() && !draft.receipt) event.preventDefault();
  };
  for (const each of page.querySelectorAll(".form__live")) each.hidden = false;
  route();
  document.documentElement.className = "";
  ready = true;
}

begin();
