// What a recipient decides for itself: its hours, what it recruits for, what it asks, where it is reached, how long it keeps.

import { byId, goTo, made, text } from "./dom.js";
import { ask, enter, markFaults, refuse, trying, unmarkFaults } from "./mailbox.js";

const form = byId("settings");
let told = null;

function boxes(name) {
  return [...form.querySelectorAll(`input[name="${name}"]`)];
}

function show(found) {
  told = found;
  byId("closingTime").value = found.closingTime.slice(0, 5);
  for (const name of ["assignments", "extendedQuestions"]) {
    for (const box of boxes(name)) box.checked = found[name].includes(box.value);
  }
  byId("telephone").value = found.contact?.telephone ?? "";
  byId("web").value = found.contact?.web ?? "";
  byId("retention").replaceChildren(...Object.entries(found.retention ?? {}).map(term));
  byId("none").textContent = "";
  form.hidden = false;
}

function term([name, value]) {
  const part = byId("term").content.cloneNode(true).firstElementChild;
  const field = part.querySelector("input");
  const label = part.querySelector("label");
  field.id = `retention-${name}`;
  label.htmlFor = field.id;
  field.name = name;
  field.value = value;
  label.textContent = text(`retention.${name}`) ?? name;
  return part;
}

function written() {
  const checked = (name) => boxes(name).filter((box) => box.checked).map((box) => box.value);
  const terms = [...byId("retention").querySelectorAll("input")].map((field) => [field.name, Number(field.value)]);
  return {
    ...told,
    closingTime: byId("closingTime").value,
    assignments: checked("assignments"),
    extendedQuestions: checked("extendedQuestions"),
    contact: { ...told.contact, telephone: byId("telephone").value.trim() || null, web: byId("web").value.trim() || null },
    retention: Object.fromEntries(terms),
  };
}

function write(event) {
  event.preventDefault();
  byId("done").hidden = true;
  unmarkFaults(form);
  return trying(byId("save"), async () => {
    try {
      show(await ask("/api/members/settings", { method: "PUT", body: written() }));
    } catch (problem) {
      markFaults(form, problem);
      throw problem;
    }
    byId("done").textContent = text("done");
    byId("done").hidden = false;
    goTo(byId("settings-heading"));
  });
}

enter(async () => {
  form.addEventListener("submit", write);
  try {
    show(await ask("/api/members/settings"));
  } catch (error) {
    byId("none").replaceChildren(made("span"));
    refuse(error);
  }
});
