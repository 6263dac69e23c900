// Who works for the recipient: invited, given another role, signed out, removed.

import { byId, goTo, made, mark, text, unmark } from "./dom.js";
import { ask, date, enter, markFaults, refuse, trying } from "./mailbox.js";

let me = null;
let asked = null;

function path(person, rest = "") {
  return `/api/members/${encodeURIComponent(person.id)}${rest}`;
}

async function load() {
  const found = await ask("/api/members");
  byId("rows").replaceChildren(...found.colleagues.map(row));
  byId("none").textContent = "";
  byId("list").hidden = false;
  byId("warnings").replaceChildren(...found.warnings.map((each) => made("li", text(`warning.${each}`) ?? each)));
}

function row(person) {
  const element = byId("row").content.cloneNode(true).firstElementChild;
  const within = (part) => element.querySelector(`.person__${part}`);
  const name = person.name ?? person.email;
  within("name").textContent = name;
  within("email").textContent = person.email ?? "";
  const role = within("role");
  role.value = person.role;
  role.setAttribute("aria-label", text("role.of", { name }));
  role.addEventListener("change", () => change(person, role));
  within("invited").textContent = person.invitedAt ? date(person.invitedAt) : "";
  within("seen").textContent = person.lastSeenOn ? date(person.lastSeenOn) : text("never");
  within("ends").textContent = person.endsOn ? text("ends", { when: date(person.endsOn) }) : "";
  const out = within("out");
  out.textContent = text("out");
  out.setAttribute("aria-label", `${text("out")}: ${name}`);
  out.addEventListener("click", () =>
    trying(out, async () => {
      await ask(path(person, "/sign-out"), { method: "POST" });
      done(text("out.done", { name }));
    }),
  );
  const remove = within("remove");
  remove.textContent = text("remove");
  remove.setAttribute("aria-label", `${text("remove")}: ${name}`);
  remove.addEventListener("click", () => sure(text("remove.sure", { name }), text("remove.text", { name }), () => part(person, false)));
  // Whoever leads does not shut herself out by a slip; a colleague who leads can.
  out.hidden = person.id === me.person.id;
  remove.hidden = out.hidden;
  return element;
}

function done(words) {
  byId("done").textContent = words;
  byId("done").hidden = false;
  goTo(byId("colleagues-heading"));
}

async function change(person, role) {
  byId("done").hidden = true;
  byId("failed").hidden = true;
  const chosen = role.value;
  // Until it is done it is as it was.
  role.value = person.role;
  try {
    await become(person, chosen, false);
  } catch (error) {
    refuse(error);
  }
}

/** Ask before something is done: `work` does it, once it is affirmed. */
function sure(heading, words, work) {
  asked = work;
  byId("sure-heading").textContent = heading;
  byId("sure-text").textContent = words;
  byId("sure").hidden = false;
  goTo(byId("sure-heading"));
}

function stay() {
  byId("sure").hidden = true;
  goTo(byId("colleagues-heading"));
}

/** Do something that may leave too few: then it is asked once more, in the API's own words. */
async function few(work) {
  try {
    await work();
  } catch (problem) {
    if (problem.slug !== "confirmation-needed") throw problem;
    return problem;
  }
  byId("sure").hidden = true;
  await load();
  return null;
}

async function become(person, role, confirm) {
  const name = person.name ?? person.email;
  const body = { role, name: person.name, ...(confirm ? { confirm } : {}) };
  const problem = await few(() => ask(path(person), { method: "PUT", body }));
  if (problem) sure(text("role.sure", { name }), problem.detail, () => become(person, role, true));
  else done(text("role.done", { name }));
}

async function part(person, confirm) {
  const name = person.name ?? person.email;
  const problem = await few(() => ask(path(person, confirm ? "?confirm=true" : ""), { method: "DELETE" }));
  if (problem) sure(text("remove.still", { name }), problem.detail, () => part(person, true));
  else done(text("remove.done", { name }));
}

function affirmed() {
  return trying(byId("yes"), () => asked());
}

function invite(event) {
  event.preventDefault();
  const form = byId("invite");
  let first = null;
  for (const [name, right] of [["name", (said) => said], ["email", (said) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(said)]]) {
    const field = byId(name);
    unmark(field.closest(".govuk-form-group"));
    if (right(field.value.trim())) continue;
    mark(field.closest(".govuk-form-group"), name, text(`error.${name}`), field);
    first ??= field;
  }
  if (first) {
    first.focus();
    return undefined;
  }
  const body = { email: byId("email").value.trim(), name: byId("name").value.trim(), role: byId("role").value };
  return trying(byId("invite-do"), async () => {
    try {
      await ask("/api/members", { method: "POST", body });
    } catch (problem) {
      markFaults(form, problem);
      throw problem;
    }
    form.reset();
    await load();
    done(text("invite.done", { email: body.email }));
  });
}

enter(async (who) => {
  me = who;
  byId("invite").addEventListener("submit", invite);
  byId("yes").addEventListener("click", affirmed);
  byId("no").addEventListener("click", stay);
  try {
    await load();
  } catch (error) {
    byId("none").textContent = "";
    byId("list").hidden = true;
    refuse(error);
  }
});
