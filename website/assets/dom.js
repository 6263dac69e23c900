// What the pages have in common: their texts, and what one does with elements.

const texts = new Map(
  Array.from(document.querySelector("#texts")?.content.children ?? [], (each) => [each.dataset.key, each.textContent]),
);

/** Give the element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Give a text of the page with its {names} filled in; undefined where the page has none. */
export function text(key, values = {}) {
  return texts.get(key)?.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Make an element with text in it. */
export function made(tag, content = "", classes = "") {
  const element = document.createElement(tag);
  element.textContent = content;
  if (classes) element.className = classes;
  return element;
}

/** Show exactly one of several elements. */
export function showOnly(shown, ...others) {
  for (const each of others) each.hidden = true;
  shown.hidden = false;
}

/** Move the eye and the keyboard to a heading or a summary. */
export function goTo(element) {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "start" });
}

/** Say beside a button that something is under way; gives back what ends it. A second press does nothing meanwhile. */
export function busy(button, words) {
  const before = button.textContent;
  button.textContent = words;
  button.setAttribute("aria-disabled", "true");
  return () => {
    button.textContent = before;
    button.removeAttribute("aria-disabled");
  };
}

/** Whether the button waits for an answer. */
export function isBusy(button) {
  return button.getAttribute("aria-disabled") === "true";
}

/** Mark a form group as wrong, with words above its field. */
export function mark(group, id, words, described) {
  unmark(group);
  const message = made("p", words, "govuk-error-message");
  message.id = `${id}-error`;
  group.classList.add("govuk-form-group--error");
  described.before(message);
  const field = group.querySelector("fieldset, input");
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), message.id].filter(Boolean).join(" "));
}

/** Take away what `mark` did. */
export function unmark(group) {
  const message = group.querySelector(".govuk-error-message");
  if (!message) return;
  const field = group.querySelector("fieldset, input");
  const rest = field.getAttribute("aria-describedby").split(" ").filter((each) => each !== message.id);
  if (rest.length) field.setAttribute("aria-describedby", rest.join(" "));
  else field.removeAttribute("aria-describedby");
  message.remove();
  group.classList.remove("govuk-form-group--error");
}

/** Fill a summary of faults with links to their fields, or to the address where those stand, and go to it. */
export function summarise(summary, list, faults) {
  list.replaceChildren(
    ...faults.map(({ words, field, href }) => {
      const item = made("li");
      const link = made("a", words);
      link.href = href ?? `#${field.id}`;
      item.append(link);
      if (!field) return item;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        goTo(field);
        field.closest(".govuk-form-group").scrollIntoView({ block: "center" });
      });
      return item;
    }),
  );
  summary.hidden = false;
  goTo(summary);
}
