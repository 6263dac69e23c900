// Between what stands in the fields and what is kept and sent: reads them, fills them, tells them in words.

import { made, text } from "./dom.js";

const ADULTS = ["applicant", "coApplicant"];
const root = document.getElementById("application");

/** The form's own index: a search through all of its many fields would take a phone a while. */
function all(name) {
  const found = root.elements[name];
  if (!found) return [];
  return found instanceof RadioNodeList ? [...found] : [found];
}

/** What a question is called, without what is said beside it; a part that a fault points at by what it is called itself. */
export function labelled(name, pointer = "") {
  const part = document.getElementById(`q-${pointer.split("/").slice(2).join("-")}`);
  if (part?.matches(":is([data-member], [data-when]) :is(select, [type=text])")) return part.labels[0].textContent.trim();
  const heading = place(name)?.querySelector("legend, .question__heading, label");
  const beside = heading?.querySelector("span")?.textContent ?? "";
  return heading ? heading.textContent.replace(beside, "").trim() : "";
}

/** The element that holds a question. */
export function place(name) {
  return document.getElementById(`at-${name}`);
}

// ---------------------------------------------------------------- as typed

/** Give what stands in the fields of a question, as it was typed. */
export function read(question) {
  const id = `q-${question.name}`;
  switch (question.type) {
    case "address":
      return Object.fromEntries(question.members.map((member) => [member.name, readOne(member.type, `${id}-${member.name}`)]));
    case "interpreter":
      return { needed: readOne("single", `${id}-needed`), language: readOne("text", `${id}-language`) };
    case "group":
    case "languages":
      return {
        none: all(`${id}-none`).some((each) => each.checked),
        items: itemsOf(question).map((_, index) => readItem(question, `${id}-${index}`)),
      };
    default:
      return question.perAdult
        ? Object.fromEntries(ADULTS.map((adult) => [adult, readOne(question.type, `${id}-${adult}`)]))
        : readOne(question.type, id);
  }
}

function readItem(question, id) {
  if (question.type === "languages") return readOne("text", id);
  return Object.fromEntries(question.members.map((member) => [member.name, readOne(member.type, `${id}-${member.name}`)]));
}

function readOne(kind, name) {
  const fields = all(name);
  switch (kind) {
    case "single":
      return fields.find((each) => each.checked)?.value ?? "";
    case "multi":
      return fields.filter((each) => each.checked).map((each) => each.value);
    case "confirm":
      return fields.some((each) => each.checked);
    default:
      return fields[0]?.value ?? "";
  }
}

/** Put what was typed back into the fields of a question; what does not fit there is left out. */
export function write(question, raw) {
  const id = `q-${question.name}`;
  switch (question.type) {
    case "address":
      for (const member of question.members) writeOne(member.type, `${id}-${member.name}`, raw?.[member.name]);
      break;
    case "interpreter":
      writeOne("single", `${id}-needed`, raw?.needed);
      writeOne("text", `${id}-language`, raw?.language);
      break;
    case "group":
    case "languages":
      for (const field of all(`${id}-none`)) field.checked = raw?.none === true;
      build(question, Array.isArray(raw?.items) ? raw.items : []);
      break;
    default:
      if (question.perAdult) for (const adult of ADULTS) writeOne(question.type, `${id}-${adult}`, raw?.[adult]);
      else writeOne(question.type, id, raw);
  }
}

function writeOne(kind, name, raw) {
  for (const field of all(name)) {
    if (kind === "single") field.checked = field.value === raw;
    else if (kind === "multi") field.checked = Array.isArray(raw) && raw.includes(field.value);
    else if (kind === "confirm") field.checked = raw === true;
    else field.value = typeof raw === "string" ? raw : "";
  }
}

// ---------------------------------------------------------------- items of a group

function itemsOf(question) {
  return [...place(question.name).querySelectorAll("[data-items] > li")];
}

/** Build the items of a group anew. */
export function build(question, items) {
  const list = place(question.name).querySelector("[data-items]");
  list.replaceChildren(...items.map((_, index) => itemElement(question, index)));
  items.forEach((item, index) => {
    const id = `q-${question.name}-${index}`;
    if (question.type === "languages") writeOne("text", id, item);
    else for (const member of question.members) writeOne(member.type, `${id}-${member.name}`, item?.[member.name]);
  });
  place(question.name).querySelector("[data-add]").hidden = items.length >= (question.most ?? 20);
}

function itemElement(question, index) {
  const template = place(question.name).querySelector("template[data-item]");
  const element = template.content.cloneNode(true).firstElementChild;
  for (const each of element.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      const value = each.getAttribute(name);
      if (value) each.setAttribute(name, value.replace(/-00(?=-|$)/g, `-${index}`));
    }
  }
  if (question.type === "languages") {
    const options = [...document.getElementById("q-interpreter-language").options].slice(1);
    element.querySelector("select").append(...options.map((each) => each.cloneNode(true)));
  }
  const heading = element.querySelector(".group__number");
  const words = `${heading.dataset.words} ${index + 1}`;
  heading.textContent = words;
  const remove = element.querySelector("[data-remove]");
  remove.dataset.remove = index;
  remove.textContent = text("remove", { what: words.toLocaleLowerCase(document.documentElement.lang) });
  return element;
}

/** Give the heading element of an item, to go to. */
export function item(question, index) {
  return itemsOf(question)[index];
}

// ---------------------------------------------------------------- as sent

/** Give a typed answer as it is sent; undefined where nothing was typed. */
export function wire(question, raw, { together, assignments }) {
  switch (question.type) {
    case "address": {
      const asked = question.members.filter((member) => member.assignments.some((each) => assignments.includes(each)));
      const parts = asked.map((member) => [member.name, wireOne(member.type, raw?.[member.name])]);
      return some(Object.fromEntries(parts.filter(([, value]) => value !== undefined)));
    }
    case "interpreter": {
      if (!raw?.needed) return undefined;
      const speaks = raw.needed === "yes" && raw.language;
      return speaks ? { needed: raw.needed, language: raw.language } : { needed: raw.needed };
    }
    case "languages": {
      const codes = (raw?.items ?? []).filter((each) => each);
      return codes.length ? codes : undefined;
    }
    case "group": {
      if (raw?.none) return [];
      const items = (raw?.items ?? []).map((each) =>
        Object.fromEntries(
          question.members
            .map((member) => [member.name, wireOne(member.type, each?.[member.name])])
            .filter(([, value]) => value !== undefined),
        ),
      );
      return items.length ? items : undefined;
    }
    default: {
      if (!question.perAdult) return wireOne(question.type, raw);
      const adults = together ? ADULTS : ADULTS.slice(0, 1);
      const told = adults.map((adult) => [adult, wireOne(question.type, raw?.[adult])]);
      return some(Object.fromEntries(told.filter(([, value]) => value !== undefined)));
    }
  }
}

function some(parts) {
  return Object.keys(parts).length ? parts : undefined;
}

function wireOne(kind, raw) {
  switch (kind) {
    case "multi":
      return raw?.length ? raw : undefined;
    case "confirm":
      return raw === true ? true : undefined;
    case "number":
    case "year":
      // What is no number goes as it stands, and is told to be none.
      return /^\s*[+-]?\d{1,9}\s*$/.test(raw ?? "") ? Number(raw) : raw?.trim() || undefined;
    default:
      return typeof raw === "string" && raw.trim() ? raw : undefined;
  }
}

// ---------------------------------------------------------------- in words

/** Give an answer in words, one line each; an empty list where nothing was answered. */
export function words(question, raw, { together, assignments }) {
  const id = `q-${question.name}`;
  switch (question.type) {
    case "address":
      return [
        question.members
          .filter((member) => member.assignments.some((each) => assignments.includes(each)))
          .map((member) => raw?.[member.name]?.trim())
          .filter(Boolean)
          .join(", "),
      ].filter(Boolean);
    case "interpreter": {
      const needed = wordsOne("single", `${id}-needed`, raw?.needed);
      const language = raw?.needed === "yes" ? wordsOne("select", `${id}-language`, raw?.language) : [];
      return needed.length ? [[...needed, ...language].join(", ")] : [];
    }
    case "languages":
      return (raw?.items ?? []).flatMap((code, index) => wordsOne("select", `${id}-${index}`, code));
    case "group":
      if (raw?.none) return [labelOf(all(`${id}-none`)[0])];
      return (raw?.items ?? []).map((each, index) =>
        question.members
          .flatMap((member) => wordsOne(member.type, `${id}-${index}-${member.name}`, each?.[member.name]))
          .join(", "),
      );
    default: {
      if (!question.perAdult) return wordsOne(question.type, id, raw);
      if (!together) return wordsOne(question.type, `${id}-applicant`, raw?.applicant);
      return ADULTS.flatMap((adult) => {
        const told = wordsOne(question.type, `${id}-${adult}`, raw?.[adult]);
        return told.length ? [text("of", { adult: text(`adult.${adult}`), answer: told.join("; ") })] : [];
      });
    }
  }
}

function wordsOne(kind, name, raw) {
  if (raw === undefined || raw === "" || raw === false) return [];
  const fields = all(name);
  if (kind === "confirm") return [text("yes")];
  if (kind === "single" || kind === "multi") {
    const chosen = [raw].flat();
    return fields.filter((each) => chosen.includes(each.value)).map(labelOf);
  }
  if (fields[0]?.tagName === "SELECT") {
    return [...fields[0].options].filter((each) => each.value === raw && raw).map((each) => each.text);
  }
  return String(raw).trim() ? [String(raw).trim()] : [];
}

function labelOf(field) {
  return field.labels[0].textContent.trim();
}

// ---------------------------------------------------------------- faults

/** Mark what a fault points at, with words; gives what to go to. */
export function markFault(pointer, told) {
  const field = fieldOf(pointer);
  const group = field.closest(".govuk-form-group");
  const id = `${field.id}-error`;
  if (!group || document.getElementById(id)) return field;
  const message = made("p", told, "govuk-error-message");
  message.id = id;
  const isGroup = field.matches("fieldset");
  const described = isGroup
    ? field.querySelector(":scope > .group__none")
    : (group.querySelector(".govuk-radios, .govuk-checkboxes") ?? field);
  described.before(message);
  const owner = isGroup ? field : (described.closest(".govuk-form-group fieldset") ?? field);
  describe(group.contains(owner) ? owner : field, (ids) => [...ids, id]);
  group.classList.add("govuk-form-group--error");
  return field;
}

/** Take all marks away within an element. */
export function unmarkAll(within) {
  for (const message of within.querySelectorAll(".govuk-error-message")) {
    for (const owner of within.querySelectorAll(`[aria-describedby~="${message.id}"]`)) {
      describe(owner, (ids) => ids.filter((each) => each !== message.id));
    }
    message.closest(".govuk-form-group").classList.remove("govuk-form-group--error");
    message.remove();
  }
}

function describe(owner, change) {
  const ids = change((owner.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (ids.length) owner.setAttribute("aria-describedby", ids.join(" "));
  else owner.removeAttribute("aria-describedby");
}

/** Give the field that a pointer names, or the nearest thing around it. */
export function fieldOf(pointer) {
  const parts = pointer.split("/").filter((each) => each && each !== "answers");
  for (let length = parts.length; length > 0; length -= 1) {
    const id = `q-${parts.slice(0, length).join("-")}`;
    for (const found of [id, `${id}-applicant`, `${id}-needed`, `${id}-street`, `${id}-city`]) {
      const field = document.getElementById(found);
      if (field && root.contains(field) && !field.closest("[hidden]:not(.step)")) return field;
    }
  }
  return root.querySelector("input, select, textarea");
}

/** Words of the count below a long text. */
export function counted(field, longest) {
  const left = longest - [...field.value.trim()].length;
  return text(left < 0 ? "count.over" : "count.left", { count: Math.abs(left) });
}
