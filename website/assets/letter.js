// One letter: who to call and what to talk about on one screen, all of it below, and what one does with it beside.

import { byId, goTo, made, showOnly, text } from "./dom.js";
import { ask, date, enter, moment, nameOf, refuse, save, telephone, trying } from "./mailbox.js";
import { keyOf, settled, type, typed } from "./notes.js";

const LOCKED = new Set(["closed", "withdrawn"]);
const UNCLAIMED = new Set(["delivered", "opened"]);
const REASONED = new Set(["resting", "closed"]);
const BOOKED = new Set(["informationMeeting", "phoneInterview"]);
const RESULTS = ["reached", "notReached", "messageLeft"];
const PACE = 20_000;
const SLOWEST = 160_000;
const IDLE = 600_000;
let me = null;
let letter = null;
let number = "";
let timer = 0;
let touched = Date.now();
let colleagues = null;

function path(rest = "") {
  return `/api/mailbox/deliveries/${encodeURIComponent(number)}${rest}`;
}

/** The number of the letter stands behind the # of the address, which is sent to nobody. */
function addressed() {
  return decodeURIComponent(location.hash.slice(1));
}

async function load() {
  const wanted = addressed();
  if (!/^[0-9A-Za-z-]+$/.test(wanted)) {
    empty("none");
    return;
  }
  if (wanted !== number) empty("loading");
  number = wanted;
  try {
    const found = await ask(path());
    if (number !== wanted) return;
    show(found);
  } catch (error) {
    if (number !== wanted) return;
    if (error.status === 404) empty("none");
    else refuse(error);
  }
}

function empty(why) {
  letter = null;
  byId("letter").hidden = true;
  byId("closed").hidden = false;
  byId("closed-heading").textContent = text(why);
  byId("closed-text").textContent = text(`${why}.lead`);
}

function show(found) {
  const before = letter;
  letter = found;
  const { compilation } = found;
  byId("name").textContent = answerOf("who", "name") ?? text("none");
  byId("number").textContent = text("number", { number: found.number });
  document.title = document.title.replace(/^[^–]*/, `${text("of", { number: found.number })} `);
  byId("origin").textContent = text(`origin.${found.origin}`);
  byId("received").textContent = text("received", { when: moment(found.receivedAt) });
  byId("overview").replaceChildren(...compilation.overview.lines.map(line));
  byId("step-heading").textContent = compilation.nextStep.heading;
  byId("step").textContent = compilation.nextStep.text;
  byId("step-why").textContent = compilation.nextStep.why;
  byId("step-note").textContent = compilation.nextStep.note;
  const talk = Object.values(compilation.overview.indicators).flatMap((group) => group.items);
  byId("talk").replaceChildren(...(talk.length ? talk.map(brief) : [made("li", text("talk.none"))]));
  byId("signs-groups").replaceChildren(...Object.values(compilation.indicators).map(group));
  byId("sections").replaceChildren(...compilation.sections.map(section));
  labels(byId("orally"), compilation.toldOrally);
  byId("orally").hidden = !compilation.toldOrally.labels.length;
  labels(byId("not-asked"), compilation.notAsked);
  unsaid(compilation);
  byId("supplements-list").replaceChildren(...found.supplements.map(supplement));
  byId("supplements-none").hidden = found.supplements.length > 0;
  const { others } = found;
  byId("others").hidden = !others;
  if (others) {
    const count = text(others.count === 1 ? "others.one" : "others.many", { count: others.count });
    byId("others").textContent = `${count} ${text(others.contacted ? "others.contacted" : "others.waiting")}`;
  }
  byId("guard").hidden = !me.handles;
  const changed = corrected("mobile");
  byId("telephone").replaceChildren(telephone(changed ?? answerOf("contact", "mobile") ?? ""));
  const best = text("best", { when: corrected("bestContactTime") ?? answerOf("contact", "bestContactTime") ?? "" });
  byId("best").textContent = changed ? `${best} ${text("changed")}` : best;
  // Whoever calls without the interpreter that was asked for has called in vain.
  byId("interpreter").hidden = found.answers.interpreter?.needed !== "yes";
  byId("interpreter").textContent = text("interpreter", {
    answer: corrected("interpreter") ?? answerOf("contact", "interpreter") ?? "",
  });
  byId("note").value = typed(found.number);
  status();
  past();
  showOnly(byId("letter"), byId("closed"));
  // The whole first screen is what one came for: nothing scrolls to the name.
  if (before?.number !== found.number) byId("name").focus({ preventScroll: true });
}

function answerOf(lineName, name) {
  const { lines } = letter.compilation.overview;
  return lines.find((each) => each.name === lineName)?.items.find((each) => each.name === name)?.answer;
}

/** What the latest supplement says of a question, or undefined. */
function corrected(name) {
  return letter.supplements.flatMap((each) => each.items).filter((each) => each.name === name).at(-1)?.answer;
}

// ---------------------------------------------------------------- the parts

function line({ name, heading, items }) {
  const group = made("div", "", `overview__line overview__line--${name}`);
  const words = made("dd");
  // Read on in one breath: the heading runs into its line.
  for (const { name: question, label, answer } of items) {
    const bit = made("span", "", "overview__bit");
    if (label) bit.append(made("span", `${label}: `, "overview__label"));
    const calls = question === "mobile" && letter.state !== "withdrawn";
    // Nobody calls a number that was taken back.
    if (calls && corrected("mobile")) bit.append(`${answer} ${text("changed")}`);
    else bit.append(calls ? telephone(answer) : answer.replaceAll("\n", "; "));
    words.append(bit, " ");
  }
  group.append(made("dt", heading), words);
  return group;
}

function brief(sign) {
  const item = made("li", "", `sign sign--${sign.level}`);
  item.append(made("strong", sign.mark ?? sign.levelLabel, "sign__level"), " ", made("span", sign.text));
  return item;
}

function group({ heading, items }) {
  const part = made("div", "", "signs__group");
  part.append(made("h3", heading, "govuk-heading-s"));
  if (!items.length) part.append(made("p", text("talk.none"), "govuk-body-s"));
  for (const sign of items) {
    const details = made("details", "", `sign sign--${sign.level}`);
    const summary = made("summary");
    summary.append(made("strong", sign.mark ?? sign.levelLabel, "sign__level"), " ", made("span", sign.text));
    details.append(summary, made("p", sign.why, "sign__why"), answers(sign.triggers));
    part.append(details);
  }
  return part;
}

function answers(items) {
  const list = made("dl", "", "given");
  for (const { label, answer, state } of items) {
    const row = made("div", "", `given__row given__row--${state}`);
    const said = { toldOrally: text("told.orally"), notAnswered: text("not.answered") }[state] ?? answer;
    row.append(made("dt", label), made("dd", said));
    list.append(row);
  }
  return list;
}

function section({ heading, items }) {
  const part = made("section", "", "sections__one");
  part.append(made("h3", heading, "govuk-heading-s"), answers(items));
  return part;
}

/** Tell on the first screen how much is not there: how many, not which, for some of them are of what is delicate. */
function unsaid({ toldOrally, notAsked }) {
  const orally = toldOrally.labels.length;
  const asked = notAsked.labels.length;
  const counted = (what, count) => text(`unsaid.${what}.${count === 1 ? "one" : "many"}`, { count });
  const words = orally ? [counted("orally", orally)] : [];
  words.push(asked ? counted("asked", asked) : text("unsaid.asked.none"));
  byId("unsaid").textContent = words.join(" ");
  byId("unsaid-read").hidden = !orally && !asked;
}

function labels(place, { heading, labels: names }) {
  place.replaceChildren();
  if (!names.length) return;
  const list = made("ul", "", "names");
  list.append(...names.map((name) => made("li", name)));
  place.append(made("h3", heading, "govuk-heading-s"), list);
}

function supplement(told) {
  const part = made("section", "", "supplement");
  part.append(made("h3", text("version", { version: told.version, when: moment(told.receivedAt) }), "govuk-heading-s"));
  if (told.message) part.append(made("p", told.message, "govuk-body said"));
  if (told.items.length) part.append(answers(told.items.map((each) => ({ ...each, state: "answered" }))));
  return part;
}

// ---------------------------------------------------------------- where it stands

/** Show the state, who handles, and what may be done by whoever looks. */
function status() {
  const { state, handler, supplementedAt } = letter;
  const tag = byId("state");
  tag.textContent = text(`state.${state}`) ?? state;
  tag.className = `govuk-tag line__tag--${state}`;
  const locked = LOCKED.has(state);
  byId("locked").hidden = !locked;
  if (locked) {
    byId("locked-heading").textContent = text(state, { when: letter.withdrawnAt ? moment(letter.withdrawnAt) : "" });
    byId("locked-text").textContent = text(`${state}.lead`);
  }
  // By when to call is told until somebody has reached the family, or nobody is to.
  byId("due").hidden = locked || Boolean(letter.contactedAt);
  byId("due").textContent = text(letter.overdue ? "due.passed" : "due", { when: moment(letter.dueAt) });
  byId("due").classList.toggle("late", letter.overdue);
  byId("call").hidden = state === "withdrawn";
  byId("supplemented").hidden = !supplementedAt;
  if (supplementedAt) byId("supplemented-text").textContent = text("supplemented.at", { when: moment(supplementedAt) });
  byId("guarded").hidden = !letter.protected;
  if (letter.protected) {
    const [own, others] = [true, false].map((mine) => letter.readers.filter((each) => (each.id === me.person.id) === mine));
    byId("guarded").textContent = text("guarded.by", { names: [...own, ...others].map(nameOf).join(", ") });
  }
  const mine = handler?.id === me.person.id;
  const works = me.handles && !locked;
  const free = works && (!handler || mine);
  const leads = works && handler && (mine || me.leads);
  const who = mine ? text("handled.me") : handler ? text("handled.by", { name: nameOf(handler) }) : text("handled.nobody");
  byId("handler").textContent = who;
  byId("claim").hidden = !works || Boolean(handler);
  byId("release").hidden = !leads;
  byId("hand").hidden = !leads;
  byId("log").hidden = !works;
  byId("results").hidden = !free;
  byId("next").hidden = !free;
  byId("transfer-part").hidden = !free;
  byId("unguard").hidden = !letter.protected;
  byId("guard-form").hidden = !free && !leads;
  ending(locked);
}

/** Show how long the letter stays, and what may be done about that; only what is closed or withdrawn can be erased. */
function ending(locked) {
  const { held, erasesOn } = letter;
  byId("ending").hidden = !me.handles;
  byId("ending-told").textContent = held ? text("ending.held") : erasesOn ? text("ending.on", { day: erasesOn }) : text("ending.rule");
  byId("hold").hidden = held;
  byId("unhold").hidden = !held;
  byId("erase-form").hidden = !locked || held;
}

function past() {
  byId("history-list").replaceChildren(...letter.history.map(event).reverse());
  byId("history-none").hidden = letter.history.length > 0;
}

function event(told) {
  const item = made("li", "", "history__one");
  const what = text(`event.${told.kind}`, {
    to: told.to?.id === me.person.id ? text("you") : nameOf(told.to),
    result: text(`result.${told.result}`) ?? "",
    outcome: text(`outcome.${told.outcome}`) ?? "",
  });
  item.append(made("span", `${moment(told.at)} · ${nameOf(told.by)}`, "history__when quiet"), made("span", what ?? told.kind));
  if (told.reason) item.append(made("span", text("why", { reason: text(`reason.${told.reason}`) })));
  if (told.bookedAt) item.append(made("span", text("booked.at", { when: moment(told.bookedAt), day: date(told.bookedAt) })));
  if (told.text) item.append(made("span", told.text, "said"));
  if (!told.readable) item.append(made("span", text("event.unreadable")));
  return item;
}

// ---------------------------------------------------------------- what one does

/** Take in what the API says of the delivery after something was done, and what was done; a supplement is fetched. */
async function done(told, words, did) {
  const newer = told.supplementedAt !== letter.supplementedAt;
  letter = { ...letter, ...told, history: [...letter.history, ...(did ? [{ ...EVENT, at: new Date().toISOString(), by: me.person, ...did }] : [])] };
  status();
  past();
  const note = byId("done");
  note.textContent = newer ? `${words} ${text("came")}` : words;
  note.hidden = false;
  if (newer) await load();
}

const EVENT = { to: null, result: null, outcome: null, reason: null, bookedAt: null, text: null, readable: true };

/** Do something with the delivery; where a colleague or the family was faster, show how it stands now. */
async function doing(button, work) {
  byId("done").hidden = true;
  return trying(button, async () => {
    try {
      await work();
    } catch (problem) {
      if (problem.status !== 409) throw problem;
      settled(number);
      if (problem.handler) letter = { ...letter, handler: problem.handler, state: UNCLAIMED.has(letter.state) ? "claimed" : letter.state };
      if (problem.slug === "handling-locked") await load();
      else status();
      throw problem;
    }
  });
}

/** Send what is to be known once only, however often it is sent; the words stay until it is sure that they are saved. */
async function send(kind, body, words, did, spends = false) {
  const sent = number;
  let told;
  try {
    told = await ask(path(`/${kind}`), { method: "POST", body, headers: { "idempotency-key": keyOf(sent, kind, body) } });
  } catch (problem) {
    // Refused is known; whatever else may have gone through.
    if (problem.status >= 400 && problem.status < 500) settled(sent);
    throw problem;
  }
  settled(sent, spends);
  if (spends) byId("note").value = "";
  await done(told, words, { kind, ...did });
}

function claim() {
  return doing(byId("claim"), async () => {
    await done(await ask(path("/claim"), { method: "POST" }), text("done.claim"), { kind: "claim" });
    goTo(byId("note"));
  });
}

function release() {
  return doing(byId("release"), async () => {
    await done(await ask(path("/release"), { method: "POST" }), text("done.release"), { kind: "release" });
  });
}

function contact(result) {
  const note = byId("note").value.trim();
  return doing(byId(`result-${result}`), () =>
    send("contact", { result, ...(note ? { note } : {}) }, text("done.contact", { result: text(`result.${result}`) }), { result, text: note || null }, true),
  );
}

function write() {
  const said = byId("note").value.trim();
  if (!said) {
    byId("note").focus();
    byId("done").textContent = text("error.note");
    byId("done").hidden = false;
    return undefined;
  }
  return doing(byId("write"), () => send("note", { text: said }, text("done.note"), { text: said }, true));
}

async function conclude(event) {
  event.preventDefault();
  const outcome = byId("outcome").value;
  const reason = REASONED.has(outcome) ? byId("reason").value : "";
  const when = BOOKED.has(outcome) ? byId("booked").value : "";
  const wrong = byId("next-wrong");
  const fault = !outcome ? "outcome" : outcome === "closed" && !reason ? "reason" : byId("booked").validity.badInput ? "booked" : null;
  wrong.hidden = !fault;
  if (fault) {
    wrong.textContent = text(`error.${fault}`);
    byId(fault).focus();
    return;
  }
  const bookedAt = when ? new Date(when).toISOString().replace(/\.\d+Z$/, "Z") : null;
  const body = { outcome, ...(reason ? { reason } : {}), ...(bookedAt ? { bookedAt } : {}) };
  const words = text("done.outcome", { outcome: text(`outcome.${outcome}`) });
  const well = await doing(byId("next-do"), () => send("outcome", body, words, { outcome, reason: reason || null, bookedAt }));
  if (!well) return;
  byId("next-form").reset();
  parts();
  byId("next").open = false;
}

function parts() {
  const outcome = byId("outcome").value;
  byId("reason-part").hidden = !REASONED.has(outcome);
  byId("booked-part").hidden = !BOOKED.has(outcome);
}

function transfer() {
  const outcome = "transferredToCaseSystem";
  return doing(byId("transfer"), () => send("outcome", { outcome }, text("done.transfer"), { outcome }));
}

function take(kind) {
  return trying(byId(kind), async () => {
    await save(path(`/compilation.${kind}`), `${letter.number}.${kind}`);
    byId("done").textContent = text("done.saved");
    byId("done").hidden = false;
  });
}

// ---------------------------------------------------------------- colleagues

async function known() {
  colleagues ??= (await ask("/api/mailbox/colleagues")).colleagues;
  return colleagues;
}

async function offerHands() {
  if (!byId("hand").open) return;
  try {
    const others = (await known()).filter((each) => each.role !== "reader" && each.id !== letter.handler?.id);
    byId("to").replaceChildren(
      ...others.map((each) => {
        const option = made("option", each.id === me.person.id ? nameOf(each) : (each.name ?? text("unnamed")));
        option.value = each.id;
        return option;
      }),
    );
    byId("hand-none").hidden = others.length > 0;
    byId("hand-do").hidden = !others.length;
  } catch (error) {
    refuse(error);
  }
}

async function hand(event) {
  event.preventDefault();
  const to = colleagues?.find((each) => each.id === byId("to").value);
  if (!to) return;
  const well = await doing(byId("hand-do"), async () => {
    const told = await ask(path("/handover"), { method: "POST", body: { to: to.id } });
    await done(told, text("done.handover", { name: nameOf(to) }), { kind: "handover", to });
  });
  if (well) byId("hand").open = false;
}

async function offerReaders() {
  if (!byId("guard").open) return;
  try {
    const may = new Set((letter.readers ?? []).map((each) => each.id));
    byId("readers").replaceChildren(
      ...(await known())
        .filter((each) => each.id !== me.person.id)
        .map((each) => {
          const item = made("li");
          const label = made("label", each.name ?? text("unnamed"));
          const box = document.createElement("input");
          Object.assign(box, { type: "checkbox", value: each.id, checked: may.has(each.id) });
          label.prepend(box, " ");
          item.append(label);
          return item;
        }),
    );
  } catch (error) {
    refuse(error);
  }
}

function guard(event) {
  event.preventDefault();
  const readers = [...byId("readers").querySelectorAll("input:checked")].map((each) => each.value);
  return doing(byId("guard-do"), async () => {
    await ask(path("/protect"), { method: "POST", body: { readers } });
    await load();
    byId("done").textContent = text("done.protect");
    byId("done").hidden = false;
  });
}

function hold(verb) {
  return doing(byId(verb), async () => {
    await ask(path(`/${verb}`), { method: "POST" });
    await load();
    byId("done").textContent = text(`done.${verb}`);
    byId("done").hidden = false;
  });
}

function erase(event) {
  event.preventDefault();
  const reason = byId("erase-reason").value;
  byId("erase-wrong").hidden = Boolean(reason);
  if (!reason) return;
  return doing(byId("erase-do"), async () => {
    await ask(path("/erase"), { method: "POST", body: { reason } });
    location.assign(document.querySelector(".back a").href);
  });
}

function unguard() {
  return doing(byId("unguard"), async () => {
    await ask(path("/unprotect"), { method: "POST" });
    await load();
    byId("done").textContent = text("done.unprotect");
    byId("done").hidden = false;
  });
}

// ---------------------------------------------------------------- coming and going

/** Look after a while whether others have done something; not while the page is out of sight or nobody is there. */
function again(pause) {
  clearTimeout(timer);
  timer = setTimeout(() => look(pause), pause);
}

async function look(pause = PACE) {
  const there = !document.hidden && navigator.onLine && Date.now() - touched < IDLE;
  if (!letter || !there) {
    again(PACE);
    return;
  }
  const open = letter;
  try {
    const told = await ask(`/api/mailbox/states/${encodeURIComponent(open.number)}`);
    again(PACE);
    // Whatever was done here meanwhile has told of itself.
    if (letter === open) await learn(told);
  } catch (error) {
    if (error.status === undefined) {
      refuse(error);
      return;
    }
    if (error.status === 404 && letter === open) empty("none");
    again(Math.min(pause * 2, SLOWEST));
  }
}

/** Show what somebody else has done with the letter that is open. */
async function learn(told) {
  const changed = (name) => JSON.stringify(told[name]) !== JSON.stringify(letter[name]);
  const newer = changed("supplementedAt");
  const over = changed("state") && LOCKED.has(told.state);
  const passed = !newer && !over && changed("handler") && told.handler && told.handler.id !== me.person.id;
  if (!newer && !changed("state") && !changed("handler") && !changed("overdue")) return;
  const { state, handler, contactedAt, withdrawnAt, supplementedAt, dueAt, overdue } = told;
  letter = { ...letter, state, handler, contactedAt, withdrawnAt, supplementedAt, dueAt, overdue };
  status();
  const words = newer ? text("came") : over ? text(state, { when: withdrawnAt ? moment(withdrawnAt) : "" }) : passed ? text("handled.by", { name: nameOf(handler) }) : "";
  byId("done").textContent = words;
  byId("done").hidden = !words;
  // What came is read, and is an opening.
  if (newer) await load();
}

function returned() {
  touched = Date.now();
  if (!document.hidden) look();
}

function moved() {
  // A place on the page is no number: the address keeps the letter's.
  if (document.getElementById(location.hash.slice(1))) history.replaceState(null, "", `#${encodeURIComponent(number)}`);
  else load();
}

enter(async (who) => {
  me = who;
  addEventListener("hashchange", moved);
  document.addEventListener("visibilitychange", returned);
  byId("note").addEventListener("input", () => type(number, byId("note").value));
  byId("claim").addEventListener("click", claim);
  byId("release").addEventListener("click", release);
  for (const result of RESULTS) byId(`result-${result}`).addEventListener("click", () => contact(result));
  byId("write").addEventListener("click", write);
  byId("outcome").addEventListener("change", parts);
  byId("next-form").addEventListener("submit", conclude);
  byId("pdf").addEventListener("click", () => take("pdf"));
  byId("json").addEventListener("click", () => take("json"));
  byId("transfer").addEventListener("click", transfer);
  byId("hand").addEventListener("toggle", offerHands);
  byId("hand-form").addEventListener("submit", hand);
  byId("guard").addEventListener("toggle", offerReaders);
  byId("guard-form").addEventListener("submit", guard);
  byId("unguard").addEventListener("click", unguard);
  for (const verb of ["hold", "unhold"]) byId(verb).addEventListener("click", () => hold(verb));
  byId("erase-form").addEventListener("submit", erase);
  for (const button of document.querySelectorAll("[data-go]")) {
    button.addEventListener("click", () => goTo(byId(button.dataset.go)));
  }
  for (const name of ["pointerdown", "keydown", "scroll"]) addEventListener(name, () => (touched = Date.now()), { passive: true });
  await load();
  again(PACE);
}, returned);
