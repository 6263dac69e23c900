// The inbox: who to call first. What others do shows by itself, and nothing moves under the reader's hand.

import { byId, goTo, made, text } from "./dom.js";
import { addressOf, ask, day, enter, listed, moment, nameOf, refuse, telephone, trying } from "./mailbox.js";

const PACE = 20_000;
const SLOWEST = 160_000;
// Whoever has left her desk learns nothing, and asks for nothing.
const IDLE = 600_000;
const VIEWS = new Map(
  Array.from(document.querySelectorAll("[data-view]"), (each) => [each.hash, each.dataset.view]),
);
const WAITING = new Set(["delivered", "opened", "claimed"]);
const filters = byId("filter-form");
const rows = byId("rows");
let shown = new Map();
let cursor = null;
let found = null;
let fresh = [];
let timer = 0;
let pace = PACE;
let touched = Date.now();
let asked = 0;

function view() {
  return VIEWS.get(location.hash) ?? "waiting";
}

function query(more = {}) {
  const chosen = [...new FormData(filters)].filter(([, value]) => value);
  return new URLSearchParams({ view: view(), ...Object.fromEntries(chosen), ...more });
}

function filtered() {
  return [...new FormData(filters)].filter(([, value]) => value).length;
}

function fetched(more) {
  return ask(`/api/mailbox/deliveries?${query(more)}`);
}

/** Fetch the first page anew and show it. */
async function load() {
  const mine = ++asked;
  found = null;
  fresh = [];
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === view()) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  byId("found-heading").hidden = true;
  byId("found-note").hidden = true;
  byId("filters").hidden = false;
  byId("filter-count").textContent = filtered() ? text("filter.count", { count: filtered() }) : "";
  byId("list").setAttribute("aria-busy", "true");
  say(text("loading"));
  try {
    const page = await fetched();
    if (mine !== asked) return;
    put(page.deliveries, page.cursor);
    summarise(page.summary);
    say("");
    again(PACE);
  } catch (error) {
    if (mine !== asked) return;
    say("");
    refuse(error);
    again(SLOWEST);
  } finally {
    byId("list").removeAttribute("aria-busy");
  }
}

function put(deliveries, next) {
  shown = new Map();
  rows.replaceChildren();
  add(deliveries, next);
}

function add(deliveries, next) {
  for (const each of deliveries) {
    if (shown.has(each.number)) continue;
    const row = byId("row").content.cloneNode(true).firstElementChild;
    shown.set(each.number, { row, told: each });
    fill(row, each);
    rows.append(row);
  }
  cursor = next;
  byId("more").hidden = !next;
  byId("list").hidden = !shown.size;
  byId("keys").hidden = !shown.size;
  const which = found !== null ? "found" : filtered() ? "filtered" : view();
  byId("empty").textContent = text(`empty.${which}`);
  byId("empty").hidden = shown.size > 0;
}

function fill(row, told) {
  const within = (part) => row.querySelector(`.line__${part}`);
  const waits = WAITING.has(told.state) && !told.contactedAt && !told.canary;
  const late = row.querySelector(".late");
  within("when").textContent = waits ? moment(told.dueAt) : "–";
  late.hidden = !told.overdue;
  row.classList.toggle("line--late", told.overdue);
  row.classList.toggle("line--new", told.state === "delivered");
  row.classList.toggle("line--over", ["closed", "withdrawn"].includes(told.state));
  const name = within("name");
  name.href = addressOf(told.number);
  name.textContent = told.card?.name ?? text("unreadable");
  within("number").textContent = told.number;
  within("call").replaceChildren(...(told.card ? [telephone(told.card.telephone)] : []));
  within("best").textContent = told.card ? listed("bestContactTime", told.card.bestTime) : "";
  within("what").textContent = listed("assignment", told.assignments);
  within("start").textContent = told.card ? text("start", { when: lower(text(`startWindow.${told.card.startWindow}`) ?? "") }) : "";
  within("suggestion").textContent = text(`step.${told.nextStep}`) ?? told.nextStep;
  within("origin").textContent = text(`origin.${told.origin}`);
  within("received").textContent = told.receivedAt ? moment(told.receivedAt) : "";
  const tag = within("tag");
  tag.textContent = told.canary ? text("canary") : (text(`state.${told.state}`) ?? told.state);
  tag.className = `govuk-tag line__tag line__tag--${told.state}`;
  within("handler").textContent = told.handler ? nameOf(told.handler) : text("handler.none");
  within("note").textContent = told.supplementedAt ? text("supplemented", { when: day(told.supplementedAt) }) : "";
}

function lower(words) {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function summarise(summary) {
  if (!summary) return;
  const parts = ["new", "waiting", "overdue"].map((name) => {
    const count = summary[name] >= 100 ? "99+" : summary[name];
    return made("span", text(`summary.${name}`, { count }), `bar__count${name === "overdue" && summary.overdue ? " late" : ""}`);
  });
  byId("summary").replaceChildren(...parts);
}

function say(words, offered = false) {
  if (byId("fresh").textContent !== words) byId("fresh").textContent = words;
  byId("show-fresh").hidden = !offered;
}

// ---------------------------------------------------------------- what others do

/** Look again after a while; not while the page is out of sight or nobody is there. */
function again(pause) {
  clearTimeout(timer);
  pace = pause;
  timer = setTimeout(look, pause);
}

async function look() {
  if (document.hidden || !navigator.onLine || found !== null) {
    again(PACE);
    return;
  }
  if (Date.now() - touched > IDLE) {
    say(text("still"));
    return;
  }
  const mine = asked;
  try {
    // No card and no letter: where they stand is all that is asked for, and nothing that anybody must answer for.
    const page = await ask(`/api/mailbox/states?${query()}`);
    if (mine !== asked) return;
    compare(page);
    summarise(page.summary);
    again(PACE);
  } catch (error) {
    if (error.status === undefined) {
      refuse(error);
      return;
    }
    say(text("lost"));
    again(Math.min(pace * 2, SLOWEST));
  }
}

/** Bring what is shown up to date where it stands; what is new is told of, and shown when it is asked for. */
function compare(page) {
  const now = new Map(page.states.map((each) => [each.number, each]));
  fresh = page.states.filter((each) => !shown.has(each.number));
  let corrected = false;
  for (const [number, { row, told }] of shown) {
    const then = { ...told, ...now.get(number) };
    if (JSON.stringify(then) !== JSON.stringify(told)) {
      corrected ||= then.supplementedAt !== told.supplementedAt;
      shown.get(number).told = then;
      fill(row, then);
    }
    // Beyond the first page nothing is known of a row that is missing there.
    const gone = !now.has(number) && !page.more;
    row.classList.toggle("line--gone", gone);
    if (gone) row.querySelector(".line__note").textContent = text("gone");
  }
  // Where the first due stands first, whatever is new stands last: on a first page that is full, rows have moved up.
  const count = page.more && view() === "waiting" ? 0 : fresh.length;
  say(count ? text(count === 1 ? "fresh.one" : "fresh.many", { count }) : "", count > 0);
  // A number that was corrected stands on a card.
  if (corrected) refresh().catch(refuse);
}

/** Fetch the first page anew for what its cards say, and leave all where it stands. */
async function refresh() {
  const mine = asked;
  const page = await fetched();
  if (mine !== asked) return;
  for (const told of page.deliveries) {
    if (!shown.has(told.number)) continue;
    shown.get(told.number).told = told;
    fill(shown.get(told.number).row, told);
  }
}

function wake() {
  const slept = Date.now() - touched > IDLE;
  touched = Date.now();
  if (slept && !document.hidden) look();
}

// ---------------------------------------------------------------- searching, filtering, walking

async function find(event) {
  event.preventDefault();
  const words = byId("words").value.trim();
  if (!words) {
    if (found !== null) load();
    return;
  }
  await trying(byId("find-button"), async () => {
    const page = await ask("/api/mailbox/search", { method: "POST", body: { text: words } }).catch((problem) => {
      // What holds no word is told in the words of this page.
      throw problem.status === 422 ? Object.assign(problem, { detail: text("unsearchable") }) : problem;
    });
    asked += 1;
    found = words;
    say("");
    put(page.deliveries, null);
    byId("filters").hidden = true;
    for (const link of document.querySelectorAll("[data-view]")) link.removeAttribute("aria-current");
    const count = page.deliveries.length;
    const heading = byId("found-heading");
    heading.textContent = text(count === 1 ? "found.one" : "found", { count });
    heading.hidden = false;
    const note = byId("found-note");
    note.textContent = [page.more && "found.more", !page.complete && "found.incomplete"].filter(Boolean).map((key) => text(key)).join(" ");
    note.hidden = !note.textContent;
    goTo(heading);
  });
}

function more() {
  return trying(byId("more"), async () => {
    const before = shown.size;
    const page = await fetched({ cursor });
    add(page.deliveries, page.cursor);
    rows.querySelectorAll(".line__name")[before]?.focus();
  });
}

/** Within the list, arrows and j and k go from family to family. */
function walk(event) {
  const at = event.target.closest(".line");
  if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
  const names = [...rows.querySelectorAll(".line__name")];
  const now = names.indexOf(at.querySelector(".line__name"));
  const steps = { ArrowDown: now + 1, j: now + 1, ArrowUp: now - 1, k: now - 1, Home: 0, End: names.length - 1 };
  const next = names[steps[event.key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

enter(
  async () => {
    addEventListener("hashchange", () => {
      if (!VIEWS.has(location.hash) && location.hash) return;
      byId("words").value = "";
      load();
    });
    for (const link of document.querySelectorAll("[data-view]")) {
      // The view that is shown already has no change of address to tell of.
      link.addEventListener("click", () => {
        if (link.hash === location.hash && found !== null) load();
      });
    }
    filters.addEventListener("change", load);
    filters.addEventListener("reset", () => setTimeout(load));
    byId("find").addEventListener("submit", find);
    byId("words").addEventListener("search", () => {
      if (!byId("words").value && found !== null) load();
    });
    byId("more").addEventListener("click", more);
    byId("show-fresh").addEventListener("click", async () => {
      const [first] = fresh;
      await load();
      shown.get(first?.number)?.row.querySelector(".line__name").focus();
    });
    rows.addEventListener("keydown", walk);
    for (const name of ["pointerdown", "keydown", "scroll"]) addEventListener(name, wake, { passive: true });
    document.addEventListener("visibilitychange", () => {
      touched = Date.now();
      if (!document.hidden) look();
    });
    addEventListener("online", () => again(0));
    await load();
  },
  () => look(),
);
