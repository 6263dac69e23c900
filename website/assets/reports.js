// The monthly reports: a list, and each as a file.

import { byId, made, text } from "./dom.js";
import { ask, enter, save, trying } from "./mailbox.js";

const KINDS = ["pdf", "xlsx"];
const months = new Intl.DateTimeFormat("sv-SE", { month: "long", year: "numeric", timeZone: "UTC" });

function item({ month }) {
  const element = made("li", "", "choices__row");
  element.append(made("strong", months.format(new Date(`${month}-01T00:00:00Z`))));
  for (const kind of KINDS) {
    const button = made("button", text("get", { kind: kind.toUpperCase() }), "link");
    button.type = "button";
    button.addEventListener("click", () =>
      trying(button, () => save(`/api/mailbox/reports/${encodeURIComponent(month)}.${kind}`, `${month}.${kind}`)),
    );
    element.append(" ", button);
  }
  return element;
}

enter(async () => {
  const { reports } = await ask("/api/mailbox/reports").catch((problem) => {
    if (problem.status !== 404) throw problem;
    return { reports: [] };
  });
  byId("list").replaceChildren(...reports.map(item));
  byId("none").hidden = reports.length > 0;
});
