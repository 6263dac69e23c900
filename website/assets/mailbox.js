// What the pages of the mailbox have in common: the door, who one is and for whom, calls in that name, words and times.

import { call } from "./api.js";
import { busy, byId, goTo, isBusy, made, mark, text, unmark } from "./dom.js";
import { SignInFailed, SignedOut, begin, choose, chosen, finish, forget, introduce, introduced, leave, person, returns, token } from "./session.js";

const ORIGIN = document.querySelector('meta[name="api"]').content;
const LEADS = new Set(["colleagues", "recipient-settings"]);
const PATIENCE = 60_000;
const PARTING = 5_000;
const ZONE = { timeZone: "Europe/Stockholm" };
const days = new Intl.DateTimeFormat("sv-SE", { ...ZONE, weekday: "short", day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat("sv-SE", { ...ZONE, day: "numeric", month: "long", year: "numeric" });
const clock = new Intl.DateTimeFormat("sv-SE", { ...ZONE, hour: "2-digit", minute: "2-digit" });
const dates = new Intl.DateTimeFormat("sv-SE", { ...ZONE, dateStyle: "short" });
let me = null;
let place = null;
let opened = null;
let stranger = false;

// ---------------------------------------------------------------- the door

function stand(state) {
  for (const each of ["out", "choosing", "in"]) document.body.classList.toggle(`mailbox--${each}`, each === state);
}

/** Show the door with words about why one stands before it. */
function door(why) {
  stand("out");
  if (!why) return;
  byId("door-heading").textContent = text(why);
  byId("door-lead").textContent = text(`${why}.lead`);
  // A stranger is signed in, as somebody else than she who belongs here.
  stranger = why === "stranger";
  byId("enter").textContent = text(stranger ? "enter.other" : "enter.again");
  goTo(byId("door-heading"));
}

/** Where to come back to: this page and, at a letter, its number, which never leaves the browser but for the API. */
function here() {
  return `${location.pathname}${location.hash}`;
}

/**
 * Let whoever comes in, as far as she may, and `open` the page for her: `{person, recipient, role, leads, handles}`.
 *
 * `returned` is called when she comes back to a page that the browser has kept.
 */
export async function enter(open, returned = () => {}) {
  opened = open;
  byId("enter").addEventListener("click", () => (stranger ? signOut() : signIn()));
  byId("leave").addEventListener("click", signOut);
  byId("switch").addEventListener("click", () => offer(true));
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (person()) returned();
    else location.reload();
  });
  if (returns()) {
    try {
      const there = await finish();
      if (there.split("#")[0] !== location.pathname) {
        location.replace(there);
        return;
      }
      // Another place on this very page fetches nothing anew.
      history.replaceState(null, "", there);
    } catch (error) {
      refuse(error);
      return;
    }
  }
  if (!person()) {
    door();
    return;
  }
  try {
    const known = introduced();
    me = known ?? (await meet());
    await settle();
    // A place that was given or taken since shows at the next page.
    if (known) meet().catch(() => {});
  } catch (error) {
    refuse(error);
  }
}

async function meet() {
  const found = await ask("/api/mailbox/me", { anybody: true });
  introduce(found);
  return found;
}

async function settle() {
  const at = me.recipients.find((each) => each.id === chosen()) ?? (me.recipients.length === 1 ? me.recipients[0] : null);
  if (!me.recipients.length) door("stranger");
  else if (!at) offer(false);
  else await come(at);
}

function offer(again) {
  byId("choices").replaceChildren(
    ...me.recipients.map((each) => {
      const item = made("li");
      const button = made("button", each.name, "choices__one");
      button.type = "button";
      button.append(made("span", text(`role.${each.role}`), "quiet"));
      button.addEventListener("click", () => {
        choose(each.id);
        // At another recipient, what this page shows is not theirs.
        if (again) location.assign("/brevlada/");
        else come(each).catch(refuse);
      });
      item.append(button);
      return item;
    }),
  );
  stand("choosing");
  goTo(byId("choice-heading"));
}

async function come(at) {
  place = at;
  choose(at.id);
  const leads = at.role === "localAdministrator";
  byId("who-recipient").textContent = at.name;
  byId("who-name").textContent = me.person.name ?? "";
  byId("switch").hidden = me.recipients.length < 2;
  for (const item of document.querySelectorAll(".menu [data-page]")) item.hidden = LEADS.has(item.dataset.page) && !leads;
  stand("in");
  await opened({ person: me.person, recipient: at, role: at.role, leads, handles: at.role !== "reader" });
}

async function signIn() {
  const button = byId("enter");
  if (isBusy(button)) return;
  const done = busy(button, text("working"));
  try {
    await begin(here());
  } catch (error) {
    refuse(error);
  } finally {
    done();
  }
}

async function signOut() {
  const button = byId("leave");
  if (isBusy(button)) return;
  busy(button, text("working"));
  // Every session ends, wherever it is; if that call is lost or slow, this tab forgets all the same.
  await Promise.race([
    ask("/api/members/me/sign-out", { method: "POST", anybody: true }).catch(() => {}),
    new Promise((resolve) => setTimeout(resolve, PARTING)),
  ]);
  await leave();
}

/** Show what stopped somebody at the door, or within the room where it is a problem of a call. */
export function refuse(error) {
  if (error instanceof SignedOut) door(error.expired ? "expired" : undefined);
  else if (error instanceof SignInFailed) door("unset");
  else if (error.slug === "not-a-member") door("stranger");
  else if (error.status === undefined) throw error;
  else if (document.body.classList.contains("mailbox--in")) tell(error);
  else door("refused");
}

// ---------------------------------------------------------------- calls

function named({ headers = {}, anybody = false }, access) {
  const at = anybody || !place ? {} : { recipient: place.id };
  return { ...headers, ...at, authorization: `Bearer ${access}` };
}

/** Do something with a token, once more with a new one where it was refused; `SignedOut` where that is refused too. */
async function withToken(work) {
  try {
    return await work(await token());
  } catch (problem) {
    if (problem.status !== 401) throw problem;
  }
  try {
    return await work(await token(true));
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    forget();
    throw new SignedOut(true);
  }
}

/** Call the API for the chosen recipient; every call here is safe to repeat. */
export function ask(path, options = {}) {
  return withToken(async (access) => {
    const { method, body } = options;
    return call(path, { method, body, headers: named(options, access) });
  });
}

/** Fetch a file and let the browser save it under the name that the API gives. */
export function save(path, fallback) {
  return withToken(async (access) => {
    let answer;
    try {
      answer = await fetch(`${ORIGIN}${path}`, {
        headers: named({}, access),
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      throw Object.assign(new Error("no answer"), { status: 0 });
    }
    if (!answer.ok) {
      const body = await answer.json().catch(() => null);
      throw Object.assign(new Error(`status ${answer.status}`), { status: answer.status, detail: body?.detail ?? null });
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = fallback;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

/** Say what is wrong, in words. */
export function words(problem) {
  if (problem.slug === "already-claimed") {
    const name = problem.handler?.name;
    return name ? text("taken", { name }) : text("taken.unknown");
  }
  return (problem.status ? problem.detail : null) ?? text("offline");
}

/** Show a problem at the top of the page. */
export function tell(problem) {
  byId("failed-text").textContent = words(problem);
  byId("failed").hidden = false;
  goTo(byId("failed"));
}

/** Do something that may fail, with a button that waits; say so where it did. Gives whether it went well. */
export async function trying(button, work) {
  if (isBusy(button)) return false;
  byId("failed").hidden = true;
  const done = busy(button, text("working"));
  try {
    await work();
    return true;
  } catch (error) {
    refuse(error);
    return false;
  } finally {
    done();
  }
}

/** Mark the fields of a form that the API has found something wrong with; each has its words under `error.<name>`. */
export function markFaults(form, problem) {
  for (const { pointer } of problem.errors ?? []) {
    const name = pointer.split("/").at(-1);
    const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
    const group = field?.closest(".govuk-form-group");
    const said = text(`error.${name}`);
    if (group && said) mark(group, name, said, group.querySelector("fieldset .govuk-checkboxes") ?? field);
  }
}

/** Take away what `markFaults` did. */
export function unmarkFaults(form) {
  for (const group of form.querySelectorAll(".govuk-form-group--error")) unmark(group);
}

// ---------------------------------------------------------------- words and times

/** A moment as one says it: "i dag 16:30", "tors 26 nov. 16:30". */
export function moment(at) {
  return `${day(at)} ${clock.format(new Date(at))}`;
}

/** A day as one says it, seen from today. */
export function day(at) {
  const date = dates.format(new Date(at));
  for (const [word, hours] of [["today", 0], ["yesterday", -24], ["tomorrow", 24]]) {
    if (date === dates.format(new Date(Date.now() + hours * 3_600_000))) return text(word).replace(" ", "\u00a0");
  }
  // The day stays in one piece, whatever comes after it may go to a line of its own.
  return days.format(new Date(at)).replaceAll(" ", "\u00a0");
}

/** A day with its year. */
export function date(at) {
  return whole.format(new Date(at));
}

/** Several names in one line. */
export function listed(group, codes) {
  return codes.map((code) => text(`${group}.${code}`) ?? code).join(", ");
}

/** A number as a link that calls it, a Swedish mobile number as one reads it aloud. */
export function telephone(number) {
  const link = made("a", number.replace(/^\+46(7\d)(\d{3})(\d\d)(\d\d)$/, "0$1-$2 $3 $4"), "govuk-link");
  link.href = `tel:${number.replace(/[^0-9+]/g, "")}`;
  return link;
}

/** Where a letter is read. */
export function addressOf(number) {
  return `/brevlada/anmalan/#${encodeURIComponent(number)}`;
}

/** What somebody who handles is called. */
export function nameOf(who) {
  if (!who) return text("nobody");
  if (who.id === person()) return text("me");
  return who.name ?? text("unnamed");
}
