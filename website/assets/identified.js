// The page that the provider of e-identification sends people back to: finishes, and goes on to the form.

import { busy, byId, goTo, isBusy, text } from "./dom.js";
import { begin, begun, finish } from "./identification.js";

const search = location.search;
const way = begun();

// The code is worth nothing once it is used, and still it has no business in the history.
history.replaceState(null, "", location.pathname);

/** The form's own page; only a path of this site is ever gone to, and the first page where none is known. */
function back() {
  return way && /^\/(?![/\\])/.test(way.back) ? way.back : byId("back").getAttribute("href");
}

function reasonOf(problem) {
  if (problem.reason) return problem.reason;
  if (problem.code && text(`failed.${problem.code}`)) return problem.code;
  if (problem.status === 0) return "network";
  return { "identification-unavailable": "unavailable", "identification-off": "off" }[problem.slug] ?? "failed";
}

function fail(problem) {
  const reason = reasonOf(problem);
  byId("waiting").hidden = true;
  byId("failed-text").textContent = text(`failed.${reason}`);
  byId("back").hidden = !way;
  byId("again").hidden = !way || reason === "off" || reason === "underAge";
  byId("ways").hidden = false;
  byId("failed").hidden = false;
  goTo(byId("failed"));
}

byId("back").href = back();
byId("again").addEventListener("click", async () => {
  if (isBusy(byId("again"))) return;
  const done = busy(byId("again"), text("working"));
  try {
    await begin(way.role, way.draft, way.back);
  } catch (problem) {
    fail(problem);
    done();
  }
});

try {
  await finish(search);
  location.replace(back());
} catch (problem) {
  fail(problem);
}
