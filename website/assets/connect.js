// A municipality asks to be connected: the price as it chooses, and one request however often it is sent.

import { call } from "./api.js";
import { clear, show, tell } from "./asked.js";
import { busy, byId, goTo, isBusy, made, showOnly, text } from "./dom.js";

const form = byId("request");
const kronor = new Intl.NumberFormat("sv-SE");
const chosen = new Map();
let key = crypto.randomUUID();

function isUnit() {
  return form.elements.kind.value === "unit";
}

function selected() {
  const option = form.elements.municipalities.selectedOptions[0];
  return option?.value ? option : null;
}

/** Those that shall be served: the unit's members, or the one that is chosen. */
function members() {
  const one = selected();
  const last = one ? [[one.value, one]] : [];
  return [...new Map(isUnit() ? [...chosen, ...last] : last).values()];
}

function price() {
  const found = members();
  const sum = (name) => found.reduce((total, each) => total + Number(each.dataset[name]), 0);
  const values = { people: kronor.format(sum("people")), fee: kronor.format(sum("ore") / 100) };
  byId("price-text").textContent = found.length ? text("price", values) : text("price.none");
}

function list() {
  byId("members").replaceChildren(
    ...[...chosen.values()].map((option) => {
      const item = made("li", `${option.text} `);
      const remove = made("button", text("member.remove", { name: option.text }), "govuk-button govuk-button--secondary");
      remove.type = "button";
      remove.addEventListener("click", () => {
        chosen.delete(option.value);
        list();
        byId("add").focus();
      });
      item.append(remove);
      return item;
    }),
  );
  price();
}

function add() {
  const one = selected();
  if (one) chosen.set(one.value, one);
  form.elements.municipalities.value = "";
  list();
}

function written() {
  const value = (id) => byId(id).value.trim();
  return {
    municipalities: members().map((each) => each.value),
    ...(isUnit() ? { unit: value("unit") } : {}),
    assignments: [...form.querySelectorAll("input[name=assignments]:checked")].map((each) => each.value),
    functionMailbox: value("functionMailbox"),
    responsible: { name: value("responsible-name"), mobile: value("responsible-mobile") },
    invoice: { name: value("invoice-name"), address: value("invoice-address"), reference: value("invoice-reference") },
  };
}

async function send(event) {
  event.preventDefault();
  if (isBusy(byId("send"))) return;
  clear(form, byId("missing"), byId("failed"));
  const done = busy(byId("send"), text("sending"));
  try {
    const options = { method: "POST", headers: { "idempotency-key": key }, body: written() };
    const { request } = await call("/api/onboarding/requests", options);
    byId("sent-text").textContent = text("sent.text", { request });
    showOnly(byId("sent"), byId("asking"));
    goTo(byId("sent-heading"));
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    // Other words under the same key are another request.
    if (problem.slug === "key-reused") key = crypto.randomUUID();
    if (!show(form, problem, byId("missing"), byId("missing-list"))) tell(problem);
  } finally {
    done();
  }
}

form.addEventListener("submit", send);
form.elements.municipalities.addEventListener("change", price);
byId("add").addEventListener("click", add);
for (const radio of form.elements.kind) {
  radio.addEventListener("change", () => {
    byId("unit-part").hidden = !isUnit();
    byId("members-part").hidden = !isUnit();
    list();
  });
}
