// Choosing municipalities: all 290 with how each receives applications, at most five recipients.

import { call } from "./api.js";
import { byId, goTo, made, text } from "./dom.js";

const MOST = 5;
const AT_ONCE = 8;
const swedish = new Intl.Collator("sv");
const lists = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" });

let known = [];
let shown = AT_ONCE;
let form = null;

/** Begin; `state` gives and takes what is chosen: {chosen, assignments(), home(), changed()}. */
export function start(state) {
  form = state;
  byId("chooser-name").addEventListener("input", again);
  byId("chooser-county").addEventListener("change", again);
  byId("chooser-retry").addEventListener("click", fetchAll);
  // Enter in the search searches; it must not send the step.
  byId("chooser-name").addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  byId("chooser-more").addEventListener("click", () => {
    const next = shown;
    shown += AT_ONCE;
    list();
    goTo(byId("chooser-found").children[next]);
  });
  byId("chooser-found").addEventListener("click", ({ target }) => {
    if (target.matches(".found__choose")) choose(target.dataset.code);
  });
  byId("chosen").addEventListener("click", ({ target }) => {
    if (target.matches("[data-code]")) remove(target.dataset.code);
  });
}

/** Show what there is to choose from; fetched anew until it was fetched once. */
export async function show() {
  chosenList();
  if (known.length) list();
  else await fetchAll();
}

/** Fetch ahead of time, so that the names of the municipalities are there when somebody is asked for their own. */
export function prepare() {
  return known.length ? null : fetchAll();
}

/** Give all municipalities by code and name, in Swedish order. */
export function names() {
  return [...known].sort((one, other) => swedish.compare(one.name, other.name));
}

/** Give names as one reads them out. */
export function listed(words) {
  return lists.format(words);
}

/** How many recipients are chosen: a joint unit counts once, however many of its municipalities were chosen. */
export function recipientsOf(chosen) {
  return new Set(chosen.map((each) => each.recipient?.id ?? each.code)).size;
}

/** Give what is wrong with the choice, as {code, names} or null. */
export function fault(chosen, assignments) {
  if (!chosen.length) return { code: "required", names: "" };
  const bad = chosen.filter((each) => !receives(each, assignments));
  if (bad.length) return { code: "cannotReceive", names: lists.format(bad.map((each) => each.name)) };
  return recipientsOf(chosen) > MOST ? { code: "tooMany", names: "" } : null;
}

function receives(municipality, assignments) {
  return municipality.recipient !== null && assignments.every((each) => municipality.assignments.includes(each));
}

async function fetchAll() {
  byId("chooser-failed").hidden = true;
  byId("chooser-count").textContent = text("chooser.loading");
  try {
    known = (await call("/api/recipients")).municipalities;
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    byId("chooser-count").textContent = "";
    byId("chooser-failed").hidden = false;
    return;
  } finally {
    byId("chooser-found").classList.remove("coming");
  }
  form.fetched();
  if (form.chosen.length) {
    // What is known of those chosen may have changed since they were.
    const now = new Map(known.map((each) => [each.code, each]));
    form.chosen = form.chosen.map((each) => brief(now.get(each.code) ?? each));
    form.changed();
  }
  chosenList();
  list();
}

function brief({ code, name, county, recipient, assignments }) {
  return { code, name, county, recipient, assignments };
}

function again() {
  shown = AT_ONCE;
  list();
}

/** Letters as people type them: without regard to capitals, and é as e; å, ä and ö are letters of their own. */
function plain(words) {
  return words.trim().toLocaleLowerCase("sv").replaceAll("é", "e");
}

/** Without a search: the home municipality and its county first, since neighbours are what one looks for. */
function found() {
  const name = plain(byId("chooser-name").value);
  const county = byId("chooser-county").value;
  const home = known.find((each) => each.code === form.home());
  const near = (each) => (each === home ? 0 : home && each.county === home.county ? 1 : 2);
  const begins = (each) => (name && plain(each.name).startsWith(name) ? 0 : 1);
  const ready = (each) => (receives(each, form.assignments()) ? 0 : each.recipient ? 1 : 2);
  return known
    .filter((each) => plain(each.name).includes(name) && (!county || each.county === county))
    .sort(
      (one, other) =>
        begins(one) - begins(other) ||
        near(one) - near(other) ||
        ready(one) - ready(other) ||
        swedish.compare(one.name, other.name),
    );
}

function list() {
  const all = found();
  byId("chooser-found").replaceChildren(...all.slice(0, shown).map(item));
  byId("chooser-more").hidden = all.length <= shown;
  const home = known.find((each) => each.code === form.home());
  const searched = byId("chooser-name").value.trim() || byId("chooser-county").value;
  if (!all.length) byId("chooser-count").textContent = text("chooser.none");
  else if (searched || !home) byId("chooser-count").textContent = text("chooser.count", { count: all.length });
  else byId("chooser-count").textContent = text("chooser.near", { county: home.county });
}

function item(municipality) {
  const { code, name, county, recipient, contact } = municipality;
  const element = byId("chooser-item").content.cloneNode(true).firstElementChild;
  const within = (part) => element.querySelector(`.found__${part}`);
  within("name").textContent = name;
  within("county").textContent = county;
  within("says").textContent = says(municipality);
  const button = within("choose");
  const isChosen = form.chosen.some((each) => each.code === code);
  button.hidden = !receives(municipality, form.assignments()) && !isChosen;
  button.dataset.code = code;
  button.textContent = text(isChosen ? "chooser.chosen" : "chooser.choose", { name });
  button.setAttribute("aria-disabled", String(isChosen));
  if (!recipient) {
    if (contact.telephone) within("contact").append(way(`tel:${contact.telephone.replace(/[^\d+]/g, "")}`, text("chooser.call", contact)));
    if (contact.web?.startsWith("https://")) within("contact").append(way(contact.web, text("chooser.web")));
  }
  return element;
}

function says({ recipient, assignments, name }) {
  if (!recipient) return text("chooser.unconnected", { name });
  const lacking = form.assignments().filter((each) => !assignments.includes(each));
  if (lacking.length) return text("chooser.lacking", { lacking: lists.format(lacking) });
  if (recipient.name === name) return "";
  const others = known.filter((each) => each.recipient?.id === recipient.id && each.name !== name);
  return text("chooser.unit", {
    recipient: recipient.name,
    others: lists.format(others.slice(0, 6).map((each) => each.name)),
  });
}

function way(address, words) {
  const link = made("a", words, "govuk-link");
  link.href = address;
  return link;
}

function choose(code) {
  const municipality = known.find((each) => each.code === code);
  if (!municipality || form.chosen.some((each) => each.code === code)) return;
  const next = [...form.chosen, brief(municipality)];
  if (recipientsOf(next) > MOST) {
    byId("chooser-count").textContent = text("chooser.full");
    goTo(byId("chosen-heading"));
    return;
  }
  form.chosen = next;
  form.changed();
  chosenList();
  list();
  goTo(byId("chosen-heading"));
}

function remove(code) {
  form.chosen = form.chosen.filter((each) => each.code !== code);
  form.changed();
  chosenList();
  if (known.length) list();
  goTo(byId("chosen-heading"));
}

function chosenList() {
  const { chosen } = form;
  byId("chosen-heading").textContent = text("chooser.heading", { count: recipientsOf(chosen), most: MOST });
  byId("chosen").replaceChildren(
    ...chosen.map(({ code, name, recipient }) => {
      const line = made("li", "", "chosen__item");
      const told = recipient && recipient.name !== name ? text("chooser.through", { name, recipient: recipient.name }) : name;
      const button = made("button", text("chooser.remove", { name }), "govuk-button govuk-button--secondary");
      button.type = "button";
      button.dataset.code = code;
      line.append(made("span", told), button);
      return line;
    }),
  );
}
