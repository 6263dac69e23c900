// Bars that are read as a table: each stands beside its figure, so that whoever sees none misses nothing.

import { made } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

/** Draw a bar of `part` of `whole`; it tells nothing that its row does not say. */
function bar(part, whole) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("class", "measure");
  drawn.setAttribute("aria-hidden", "true");
  drawn.setAttribute("focusable", "false");
  for (const [name, width] of [
    ["measure__whole", 100],
    ["measure__part", whole > 0 ? (100 * part) / whole : 0],
  ]) {
    const rectangle = document.createElementNS(SVG, "rect");
    rectangle.setAttribute("class", name);
    rectangle.setAttribute("width", `${width}%`);
    rectangle.setAttribute("height", "100%");
    rectangle.setAttribute("rx", "2");
    drawn.append(rectangle);
  }
  return drawn;
}

/**
 * Make a chart: `caption`, `heads` of its columns, and `rows` of `{label, value, cells}`; a `value` of null has no bar.
 *
 * Bars are parts of `whole`, or of the greatest value where nothing is said.
 */
export function chart({ caption, heads, rows, whole }) {
  const most = whole ?? Math.max(0, ...rows.map((each) => each.value ?? 0));
  const table = made("table", "", "chart");
  table.append(made("caption", caption, "chart__title"));
  const head = made("tr");
  heads.forEach((words, place) => {
    const cell = made("th", words, place ? "chart__figure" : "");
    cell.scope = "col";
    head.append(cell);
    if (!place) head.append(made("td", "", "chart__bar"));
  });
  const top = made("thead");
  top.append(head);
  const body = made("tbody");
  for (const { label, value, cells } of rows) {
    const row = made("tr");
    const name = made("th", label, "chart__label");
    name.scope = "row";
    const drawn = made("td", "", "chart__bar");
    if (value !== null) drawn.append(bar(value, most));
    row.append(name, drawn, ...cells.map((words) => made("td", words, "chart__figure")));
    body.append(row);
  }
  table.append(top, body);
  return table;
}
