// The self-test: all statements on one page or one at a time, and the result explained; nothing is kept anywhere.

import { call } from "./api.js";
import { busy, byId, goTo, isBusy, made, mark, showOnly, summarise, text, unmark } from "./dom.js";

const form = byId("self-test");
const questions = byId("questions");
const result = byId("result");
const all = [...document.querySelectorAll("[data-statement]")];
const setup = document.querySelectorAll("[data-setup]");
const tones = ["important", "consider", "strength"];
const title = document.title;

// Which statement is shown when they come one at a time: 0 before the first, and whenever all are on one page.
let step = 0;

function assignment() {
  return form.elements.assignment.value;
}

function asked() {
  return all.filter((each) => each.dataset.assignments.split(" ").includes(assignment()));
}

function answer(statement) {
  return form.elements[statement.dataset.statement].value;
}

function oneAtATime() {
  return form.elements.mode.value === "one";
}

/** Whether the button leads to the next statement rather than to the result. */
function goesOn() {
  return oneAtATime() && step < asked().length;
}

/** Show the statements of the chosen assignment, or the one whose turn it is, numbered, and how many are answered. */
function arrange() {
  const shown = asked();
  for (const each of all) each.hidden = oneAtATime() ? each !== shown[step - 1] : !shown.includes(each);
  shown.forEach((each, index) => {
    each.querySelector(".statement__number").textContent = text("statement", { number: index + 1, total: shown.length });
  });
  for (const part of setup) part.hidden = step > 0;
  byId("progress").hidden = oneAtATime() && step === 0;
  byId("progress").classList.toggle("progress--still", oneAtATime());
  byId("back").hidden = step === 0;
  byId("submit").textContent = text(goesOn() ? (step ? "onward" : "begin") : "submit");
  count();
}

/** Show the questions: all of them, or the statement whose turn it is, where the eye and the keyboard then are. */
function show(wanted) {
  const shown = asked();
  // No further than the first that is not answered, wherever the browser's own history leads.
  const unanswered = shown.findIndex((each) => !answer(each));
  step = oneAtATime() ? Math.min(wanted, unanswered < 0 ? shown.length : unanswered + 1) : 0;
  byId("missing").hidden = true;
  byId("failed").hidden = true;
  showOnly(questions, result);
  arrange();
  const current = shown[step - 1];
  document.title = current ? `${current.querySelector(".statement__number").textContent} – ${title}` : title;
  goTo(current ?? document.querySelector("h1"));
}

/** Go to a statement, so that the browser's back button leads here again. */
function go(wanted) {
  history.pushState({ step: wanted }, "");
  show(wanted);
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
  const unanswered = (goesOn() ? shown.slice(0, step) : shown).filter((each) => !answer(each));
  if (unanswered.length) {
    complain(unanswered);
    return;
  }
  if (goesOn()) {
    go(step + 1);
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
  history.pushState({ result: true }, "");
  showResult();
}

function showResult() {
  showOnly(result, questions);
  document.title = `${text("result")} – ${title}`;
  goTo(byId("result-heading"));
}

/** Forget the result once it is no longer that of the answers. */
function forget() {
  byId("result-level").textContent = "";
}

function explained({ name, theme, tone, text: swedish }) {
  const statement = all.find((each) => each.dataset.statement === name);
  const advice = made("dd", text(`statement.${name}.${tone === "strength" ? "strength" : "low"}`) ?? swedish);
  const heading = made("dt", statement.dataset.theme || theme);
  if (tone === "strength") return [heading, advice];
  // What there is to talk about is easier to talk about with one's own answer beside it.
  const words = statement.querySelector("legend").textContent.trim();
  const chosen = form.querySelector(`input[name="${name}"]:checked`).closest(".govuk-radios__item").textContent.trim();
  return [heading, made("dd", text("said", { statement: words, answer: chosen }), "tone__statement"), advice];
}

function begin(mode) {
  form.reset();
  form.elements.mode.value = mode;
  forget();
  for (const each of document.querySelectorAll(".govuk-form-group--error")) unmark(each);
  const wished = new URLSearchParams(location.search).get("uppdrag");
  const choice = [...form.elements.assignment].find((each) => each.value === wished);
  if (choice) choice.checked = true;
  step = 0;
  arrange();
}

form.addEventListener("submit", submit);
form.addEventListener("change", (event) => {
  forget();
  if (["assignment", "mode"].includes(event.target.name)) arrange();
  else {
    unmark(event.target.closest(".govuk-form-group"));
    count();
  }
});
byId("back").addEventListener("click", () => history.back());
byId("print").addEventListener("click", () => window.print());
byId("change").addEventListener("click", () => go(1));
byId("again").addEventListener("click", () => {
  begin(form.elements.mode.value);
  go(0);
});
window.addEventListener("popstate", ({ state }) => {
  // A link within the page has no state, and moves nothing here.
  if (state?.result && byId("result-level").textContent) showResult();
  else if (state && (!result.hidden || state.step !== step)) show(state.step ?? 0);
});
byId("modes").hidden = false;
for (const each of all) {
  each.tabIndex = -1;
  each.setAttribute("role", "group");
  each.setAttribute("aria-labelledby", `${each.dataset.statement}-number`);
}
// What the browser itself would fill in again after a reload is cleared too: nothing is kept.
begin("all");
history.replaceState({ step: 0 }, "");
