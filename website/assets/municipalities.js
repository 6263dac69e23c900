// All 290 municipalities: which are connected, what they look for, and the ordinary way to all others.

import { call } from "./api.js";
import { byId, goTo, made, text } from "./dom.js";

const AT_ONCE = 20;
const form = byId("search");
const list = byId("found");
const swedish = new Intl.Collator("sv");
let known = [];
let shown = AT_ONCE;

/** Letters as people type them: without regard to capitals, and é as e; å, ä and ö are letters of their own. */
function plain(words) {
  return words.trim().toLocaleLowerCase("sv").replaceAll("é", "e");
}

function matching() {
  const name = plain(form.elements.name.value);
  const county = form.elements.county.value;
  const assignment = form.elements.assignment.value;
  const only = form.elements.only.checked;
  return known.filter(
    (each) =>
      plain(each.name).includes(name) &&
      (!county || each.county === county) &&
      (!assignment || each.assignments.includes(assignment)) &&
      (!only || each.recipient),
  );
}

/** Those that begin with what was typed come first, then the connected ones, then by name. */
function order(one, other) {
  const name = plain(form.elements.name.value);
  const begins = (each) => Number(name !== "" && plain(each.name).startsWith(name));
  return (
    begins(other) - begins(one) ||
    Number(other.recipient !== null) - Number(one.recipient !== null) ||
    swedish.compare(one.name, other.name)
  );
}

function show() {
  const found = matching().sort(order);
  list.replaceChildren(...found.slice(0, shown).map(item));
  byId("more").hidden = found.length <= shown;
  const key = found.length === 1 ? "count.one" : "count";
  byId("count").textContent = found.length ? text(key, { count: found.length, all: known.length }) : text("none");
}

function item(municipality) {
  const { name, county, recipient, assignments, contact } = municipality;
  const element = byId("municipality").content.cloneNode(true).firstElementChild;
  const within = (part) => element.querySelector(`.found__${part}`);
  within("name").textContent = name;
  within("county").textContent = county;
  const tag = element.querySelector(".govuk-tag");
  tag.textContent = text(recipient ? "connected" : "unconnected");
  tag.classList.toggle("govuk-tag--good", recipient !== null);
  if (recipient && recipient.name !== name) within("unit").textContent = text("unit", { recipient: recipient.name });
  if (recipient && assignments.length) {
    within("seeks").textContent = `${text("seeks")}: ${assignments.join(", ")}.`;
  }
  if (contact.telephone) within("contact").append(way(`tel:${contact.telephone.replace(/[^\d+]/g, "")}`, text("call", contact)));
  if (contact.web?.startsWith("https://")) within("contact").append(way(contact.web, text("web")));
  if (!contact.telephone && !contact.web) within("contact").textContent = text("way");
  return element;
}

function way(address, words) {
  const link = made("a", words, "govuk-link");
  link.href = address;
  return link;
}

async function fetchAll() {
  byId("failed").hidden = true;
  byId("count").textContent = byId("count").dataset.loading;
  try {
    known = (await call("/api/recipients")).municipalities;
    show();
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    byId("count").textContent = "";
    byId("failed").hidden = false;
  }
  list.classList.remove("coming");
}

function again() {
  shown = AT_ONCE;
  if (known.length) show();
}

form.addEventListener("input", again);
form.addEventListener("submit", (event) => event.preventDefault());
byId("more").addEventListener("click", () => {
  const next = shown;
  shown += AT_ONCE;
  show();
  goTo(list.children[next]);
});
byId("retry").addEventListener("click", fetchAll);
await fetchAll();
