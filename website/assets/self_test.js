// The self-test: all statements on one page, the result explained beside them; nothing is kept anywhere.

import { call } from "./api.js";
import { busy, byId, goTo, isBusy, made, mark, showOnly, summarise, text, unmark } from "./dom.js";

const form = byId("self-test");
const questions = byId("questions");
const result = byId("result");
const all = [...document.querySelectorAll("[data-statement]")];
const tones = ["important", "consider", "strength"];

function assignment() {
  return form.elements.assignment.value;
}

function asked() {
  return all.filter((each) => each.dataset.assignments.split(" ").includes(assignment()));
}

function answer(statement) {
  return form.elements[statement.dataset.statement].value;
}

/** Show the statements of the chosen assignment, numbered, and how many are answered. */
function arrange() {
  const shown = asked();
  for (const each of all) each.hidden = !shown.includes(each);
  shown.forEach((each, index) => {
    each.querySelector(".statement__number").textContent = text("statement", { number: index + 1, total: shown.length });
  });
  count();
}

function count() {
  const shown = asked();
  const answered = shown.filter(answer).length;
  byId("answered").textContent = text("answered", { answered, total: shown.length });
  byId("bar").max = shown.length;
  byId("bar").value = answered;
}

function complain(unanswered) {
  const shown = asked();
  const faults = unanswered.map((each) => {
    const group = each.querySelector(".govuk-form-group");
    mark(group, each.dataset.statement, text("missing"), group.querySelector(".govuk-radios"));
    const number = shown.indexOf(each) + 1;
    return {
      words: text("error.statement", { number, theme: each.dataset.theme }),
      field: each.querySelector("input"),
    };
  });
  summarise(byId("missing"), byId("missing-list"), faults);
}

async function submit(event) {
  event.preventDefault();
  const button = byId("submit");
  if (isBusy(button)) return;
  byId("missing").hidden = true;
  byId("failed").hidden = true;
  const shown = asked();
  const unanswered = shown.filter((each) => !answer(each));
  if (unanswered.length) {
    complain(unanswered);
    return;
  }
  const done = busy(button, text("working"));
  try {
    const answers = Object.fromEntries(shown.map((each) => [each.dataset.statement, answer(each)]));
    tell(await call("/api/self-test", { method: "POST", body: { assignments: [assignment()], answers } }));
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    byId("failed").hidden = false;
    goTo(byId("failed"));
  } finally {
    done();
  }
}

function tell(outcome) {
  byId("result-of").textContent = text("result.of", { assignment: text(`assignment.${assignment()}`) });
  byId("result-level").textContent = text(`level.${outcome.level}.heading`) ?? outcome.heading;
  byId("result-text").textContent = text(`level.${outcome.level}.text`) ?? outcome.text;
  for (const tone of tones) {
    const found = outcome.feedback.filter((each) => each.tone === tone);
    byId(tone).hidden = found.length === 0;
    byId(tone).querySelector("dl").replaceChildren(...found.flatMap(explained));
  }
  const steps = document.querySelector(`template[data-steps="${outcome.level}"]`);
  byId("steps").replaceChildren(steps.content.cloneNode(true));
  showOnly(result, questions);
  history.pushState({ result: true }, "");
  goTo(byId("result-heading"));
}

function explained({ name, theme, tone, text: words }) {
  const statement = all.find((each) => each.dataset.statement === name);
  const advice = made("dd", text(`statement.${name}.${tone === "strength" ? "strength" : "low"}`) ?? words);
  const heading = made("dt", statement.dataset.theme || theme);
  if (tone === "strength") return [heading, advice];
  // What there is to talk about is easier to talk about with one's own answer beside it.
  const said = statement.querySelector("legend").textContent.trim();
  const chosen = form.querySelector(`input[name="${name}"]:checked`).closest(".govuk-radios__item").textContent.trim();
  return [heading, made("dd", `${said} – ${chosen}.`, "tone__statement"), advice];
}

function back() {
  showOnly(questions, result);
  goTo(document.querySelector("h1"));
}

function begin() {
  form.reset();
  for (const each of document.querySelectorAll(".govuk-form-group--error")) unmark(each);
  const wished = new URLSearchParams(location.search).get("uppdrag");
  const choice = [...form.elements.assignment].find((each) => each.value === wished);
  if (choice) choice.checked = true;
  arrange();
}

form.addEventListener("submit", submit);
form.addEventListener("change", (event) => {
  if (event.target.name === "assignment") arrange();
  else {
    unmark(event.target.closest(".govuk-form-group"));
    count();
  }
});
byId("print").addEventListener("click", () => window.print());
byId("change").addEventListener("click", () => history.back());
byId("again").addEventListener("click", () => {
  begin();
  history.back();
});
window.addEventListener("popstate", (event) => {
  if (event.state?.result && byId("result-level").textContent) showOnly(result, questions);
  else if (!result.hidden) back();
});
// What the browser itself would fill in again after a reload is cleared too: nothing is kept.
begin();
