// What the two pages of a municipality's way in have in common: faults beside their fields, and what was not answered.

import { byId, goTo, mark, summarise, text, unmark } from "./dom.js";

/** Take away all marks within a form, and the summaries above it. */
export function clear(form, ...summaries) {
  for (const group of form.querySelectorAll(".govuk-form-group--error")) unmark(group);
  for (const summary of summaries) summary.hidden = true;
}

/** Show what the API found wrong, each beside its field and in the summary; whatever was typed stays. */
export function show(form, problem, summary, list) {
  const found = problem.errors.map(({ pointer, code }) => {
    const words = text(`error${pointer.replaceAll("/", ".")}.${code}`) ?? text(`error.${code}`) ?? text("error.other");
    const field = fieldOf(form, pointer);
    const group = field?.closest(".govuk-form-group");
    if (!group) return { words, field: form.querySelector("input, select") };
    const boxes = group.querySelector(".govuk-checkboxes, .govuk-radios");
    if (!group.querySelector(".govuk-error-message")) mark(group, field.id, words, boxes ?? field);
    return { words: `${named(field)}: ${words}`, field };
  });
  // In the order in which one meets them on the page.
  found.sort((one, other) => (one.field.compareDocumentPosition(other.field) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  if (found.length) summarise(summary, list, found);
  return found.length > 0;
}

/** What a field is called; one of several people by whose it is. */
function named(field) {
  const whose = field.closest(".person")?.querySelector("legend").textContent;
  const own = field.matches("input, select") ? field.labels[0].textContent.trim() : field.textContent.trim();
  return [whose, own].filter(Boolean).join(", ");
}

/** The field of a pointer: `/invoice/name` is `invoice-name`, `/municipalities/0` the whole of `municipalities`. */
function fieldOf(form, pointer) {
  const parts = pointer.split("/").filter(Boolean);
  for (let length = parts.length; length > 0; length -= 1) {
    const id = parts.slice(0, length).join("-");
    const field = form.querySelector(`[id="${CSS.escape(id)}"]`);
    if (field) return field;
  }
  return null;
}

/** Tell what is no fault of any field: no answer, not confirmed, or what the API says itself. */
export function tell(problem) {
  const unsure = problem.status === 503;
  const missing = problem.missing?.map((each) => each.text).join(" ");
  const words = problem.status === 0 ? text("failed.network") : unsure ? text("failed.unsure") : problem.detail;
  byId("failed-text").textContent = [words ?? text("failed.network"), missing].filter(Boolean).join(" ");
  byId("failed").hidden = false;
  goTo(byId("failed"));
}
