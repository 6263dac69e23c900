// Who has looked at what, and the two things that whoever leads does about it: looks through, and says who may go on.

import { byId, goTo, made, text } from "./dom.js";
import { addressOf, ask, date, enter, moment, refuse, trying } from "./mailbox.js";

const MANY = 3;
let cursor = null;
let sample = [];
// A review is told once, however often it is sent.
let key = crypto.randomUUID();

function row(line) {
  const element = byId("row").content.cloneNode(true).firstElementChild;
  const within = (part) => element.querySelector(`.log__${part}`);
  within("at").textContent = moment(line.at);
  within("person").append(made("span", line.person.name ?? text("unnamed")), made("span", text(`role.${line.role}`) ?? "", "quiet"));
  within("kind").textContent = text(`kind.${line.kind}`) ?? line.kind;
  within("reason").textContent = text(`reason.${line.reason}`) ?? line.reason ?? "";
  const numbers = line.deliveries ?? [];
  for (const number of numbers.slice(0, MANY)) {
    const link = made("a", number, "govuk-link log__number");
    link.href = addressOf(number);
    within("deliveries").append(link, " ");
  }
  if (numbers.length > MANY) within("deliveries").append(made("span", text("many", { count: numbers.length - MANY }), "quiet"));
  return element;
}

async function load(more = {}) {
  const delivery = byId("delivery").value.trim();
  const query = new URLSearchParams({ ...(delivery ? { delivery } : {}), ...more });
  const page = await ask(`/api/mailbox/access-log?${query}`);
  if (!more.cursor) byId("lines").replaceChildren();
  byId("lines").append(...page.lines.map(row));
  cursor = page.cursor;
  byId("more").hidden = !cursor;
  byId("lines-none").textContent = byId("lines").childElementCount ? "" : text("none");
}

async function review() {
  const found = await ask("/api/mailbox/access-review");
  ({ sample } = found);
  byId("sample").replaceChildren(...sample.map(row));
  byId("sample-none").hidden = sample.length > 0;
  byId("review-form").hidden = !sample.length;
  byId("review-due").hidden = !found.due;
  byId("reviews").replaceChildren(
    ...found.reviews.map((each) => {
      const finding = text(`finding.${each.finding}`);
      const item = made("li", text("review.of", { when: date(each.at), by: each.by?.name ?? text("unnamed"), lines: each.lines?.length ?? each.lines, finding }));
      if (each.note) item.append(made("span", each.note, "said"));
      return item;
    }),
  );
  byId("review").hidden = false;
}

async function confirmation() {
  const found = await ask("/api/mailbox/access-confirmation");
  byId("persons").replaceChildren(
    ...found.persons.map((each) => {
      const item = made("li");
      const label = made("label", `${each.name ?? text("unnamed")} · ${text(`role.${each.role}`) ?? ""}`);
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", value: each.id, checked: false });
      label.prepend(box, " ");
      item.append(label);
      return item;
    }),
  );
  byId("confirm-last").textContent = found.confirmedAt ? text("confirm.last", { when: date(found.confirmedAt) }) : text("confirm.never");
  byId("confirm-due").hidden = !found.due;
  byId("confirm").hidden = false;
}

/** Show the certificates of what was erased: when, and why, and nothing of whom. */
async function erasures() {
  const found = await ask("/api/mailbox/erasures");
  byId("erasures").replaceChildren(
    ...found.erasures.map((each) => {
      const { number, erasedAt, goneAt } = each;
      const when = { received: date(each.receivedAt), decided: date(each.decidedAt), erased: erasedAt && moment(erasedAt), gone: goneAt && moment(goneAt) };
      const reason = text(`erased.${each.reason}`) ?? each.reason;
      return made("li", text(erasedAt ? "erased" : "erasing", { number, reason, ...when }));
    }),
  );
  byId("erasures-none").hidden = found.erasures.length > 0;
  byId("erasures-some").hidden = !found.erasures.length;
  byId("erasures-part").hidden = false;
}

function done(words, heading) {
  byId("done").textContent = words;
  byId("done").hidden = false;
  goTo(heading);
}

function reviewed(event) {
  event.preventDefault();
  return trying(byId("review-do"), async () => {
    const note = byId("review-note").value.trim();
    const finding = new FormData(byId("review-form")).get("finding");
    await ask("/api/mailbox/access-review", {
      method: "POST",
      body: { lines: sample.map((each) => each.sequence), finding, ...(note ? { note } : {}) },
      headers: { "idempotency-key": key },
    });
    key = crypto.randomUUID();
    byId("review-form").reset();
    await review();
    done(text("review.done"), byId("review-heading"));
  });
}

function confirmed(event) {
  event.preventDefault();
  return trying(byId("confirm-do"), async () => {
    const persons = [...byId("persons").querySelectorAll("input:checked")].map((each) => each.value);
    await ask("/api/mailbox/access-confirmation", { method: "POST", body: { persons } });
    await confirmation();
    done(text("confirm.done"), byId("confirm-heading"));
  });
}

enter(async ({ leads }) => {
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    trying(byId("find-do"), () => load());
  });
  byId("more").addEventListener("click", () => trying(byId("more"), () => load({ cursor })));
  byId("review-form").addEventListener("submit", reviewed);
  byId("confirm-form").addEventListener("submit", confirmed);
  const parts = [load(), ...(leads ? [review(), confirmation(), erasures()] : [])];
  const failed = (await Promise.allSettled(parts)).find((each) => each.status === "rejected");
  if (failed) {
    byId("lines-none").textContent = "";
    refuse(failed.reason);
  }
});
