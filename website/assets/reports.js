// The monthly reports: which there are, each as a page of figures with bars, and as files.

import { chart } from "./chart.js";
import { byId, goTo, made, text } from "./dom.js";
import { ask, enter, save, trying } from "./mailbox.js";

const KINDS = ["pdf", "xlsx", "csv", "json"];
const HIDDEN = "–";
const months = new Intl.DateTimeFormat("sv-SE", { month: "long", year: "numeric", timeZone: "UTC" });
const short = new Intl.DateTimeFormat("sv-SE", { month: "short", year: "numeric", timeZone: "UTC" });

function day(month) {
  return new Date(`${month}-01T00:00:00Z`);
}

function get(month, kind) {
  const button = made("button", text("get", { kind: text(`kind.${kind}`) }), "link");
  button.type = "button";
  button.addEventListener("click", () =>
    trying(button, () => save(`/api/mailbox/reports/${encodeURIComponent(month)}.${kind}`, `rapport-${month}.${kind}`)),
  );
  return button;
}

function counted({ count, atLeast }) {
  if (count === null) return HIDDEN;
  return atLeast ? text("atLeast", { count }) : `${count}`;
}

function share(found) {
  return found?.share === null || found?.share === undefined ? HIDDEN : `${found.share} %`;
}

/** Make one dimension's chart of the levels that are told at all: counts of the first, shares of each. */
function figure(levels, heads) {
  const [own] = levels;
  const model = levels.find(Boolean);
  return chart({
    caption: model.label,
    heads,
    whole: model.asked,
    rows: model.bins.map((bin, place) => ({
      label: bin.label,
      value: bin.count,
      cells: [own ? counted(own.bins[place]) : HIDDEN, ...levels.map((each) => share(each?.bins[place]))],
    })),
  });
}

function named(section) {
  return section.name ?? text(`level.${section.level}`);
}

function span(section) {
  if (!section.tables.length) return text("nothing", { name: named(section) });
  const [from, to] = [section.from, section.to].map((each) => months.format(day(each)));
  return text("span", { name: named(section), families: section.families, from, to });
}

/** Make what is told side by side: the recipient's own, its county, and the nation. */
function beside(sections) {
  const told = sections.filter((each) => each.tables.length);
  const found = sections.map((each) => made("p", span(each), "column"));
  if (!told.length) return found;
  const known = told.map((each) => new Map(each.tables.map((table) => [table.dimension, table])));
  const names = new Set(known.toSorted((one, other) => other.size - one.size).flatMap((each) => [...each.keys()]));
  const heads = [text("answer"), text("count"), ...told.map((each, place) => text(place ? `beside.${each.level}` : "share"))];
  const figures = made("div", "", "report__figures");
  figures.append(...[...names].map((name) => figure(known.map((each) => each.get(name)), heads)));
  return [...found, figures];
}

function show(report) {
  const { month, received } = report;
  byId("report-heading").textContent = months.format(day(month));
  byId("files").replaceChildren(...KINDS.map((kind) => get(month, kind)));
  byId("received").replaceChildren(
    chart({
      caption: text("received"),
      heads: [text("month"), text("count")],
      rows: received.map(({ month: each, applications }) => ({
        label: short.format(day(each)),
        value: applications,
        cells: [`${applications}`],
      })),
    }),
  );
  byId("stages").replaceChildren(
    chart({
      caption: text("stages"),
      heads: [text("stage"), text("count")],
      whole: report.stages[0].count,
      rows: report.stages.map(({ label, count }) => ({ label, value: count, cells: [`${count}`] })),
    }),
  );
  byId("parts").replaceChildren(...beside(report.sections));
  byId("report").hidden = false;
}

async function open(month) {
  show(await ask(`/api/mailbox/reports/${encodeURIComponent(month)}.json`));
}

enter(async () => {
  const { reports } = await ask("/api/mailbox/reports");
  byId("none").hidden = reports.length > 0;
  if (!reports.length) return;
  const choice = byId("month");
  choice.replaceChildren(...reports.map(({ month }) => Object.assign(made("option", months.format(day(month))), { value: month })));
  byId("choosing-month").hidden = reports.length < 2;
  byId("show").addEventListener("click", (event) =>
    trying(event.currentTarget, async () => {
      await open(choice.value);
      goTo(byId("report-heading"));
    }),
  );
  await open(reports[0].month);
});
