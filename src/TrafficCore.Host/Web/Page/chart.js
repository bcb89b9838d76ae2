// A series over time as bars, drawn here, and the same as a table.

import { span, time } from "./clock.js";
import { h, setChildren, setText, svg } from "./dom.js";
import { number, percent } from "./words.js";

const HEIGHT = 150;
const LEFT = 46;
const BOTTOM = 18;
const TOP = 6;

export class Chart {
  /** classOf gives a bar's class; most is the end of the scale where it has one; width is that of the drawing, which is as wide as there is room. */
  constructor({ title, unit, decimals = 0, most, width = 520, classOf = () => "" }) {
    Object.assign(this, { title, unit, decimals, most, width, classOf });
    this.latest = h("span", { class: "latest" });
    this.svg = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img" });
    this.body = h("tbody");
    this.element = h("figure", { class: "chart" },
      h("figcaption", {}, title, " ", this.latest),
      this.svg,
      h("details", {}, h("summary", {}, "As a table"),
        h("div", { class: "scroll" }, h("table", {}, h("caption", { class: "unseen" }, title),
          h("thead", {}, h("tr", {}, ["Window", `${title}, ${unit}`, "Coverage"].map((name) => h("th", { scope: "col" }, name)))), this.body))));
  }

  /** Rows are { start, value, coverage }, ascending; what is not known is a gap. */
  draw(rows, length) {
    const known = rows.filter((row) => row.value !== undefined);
    const last = known.at(-1);
    const words = last ? `${number(last.value, this.decimals)} ${this.unit}, ${span(last.start, length)}` : "nothing is known";
    setText(this.latest, words);
    this.svg.setAttribute("aria-label", `${this.title} of ${rows.length} windows; the latest: ${words}`);
    setChildren(this.svg, ...(known.length > 0 ? this.#bars(rows, known, length) : []));
    setChildren(this.body, ...rows.toReversed().map((row) => h("tr", {},
      h("th", { scope: "row" }, span(row.start, length)), h("td", {}, number(row.value, this.decimals)), h("td", {}, percent(row.coverage)))));
  }

  #bars(rows, known, length) {
    const top = this.most ?? round(Math.max(...known.map((row) => row.value)));
    const [from, to] = [rows[0].start, rows.at(-1).start + length];
    const x = (at) => LEFT + ((at - from) / (to - from)) * (this.width - LEFT - 4);
    const y = (value) => HEIGHT - BOTTOM - (Math.min(value, top) / top) * (HEIGHT - BOTTOM - TOP);
    const width = Math.max(1, x(from + length) - x(from) - 1);
    const lines = [0, top / 2, top].flatMap((value) => [
      svg("line", { class: "grid", x1: LEFT, x2: this.width - 4, y1: y(value), y2: y(value) }),
      svg("text", { class: "axis", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, number(value, top < 4 ? 1 : 0)),
    ]);
    const bars = known.map((row) => svg("rect", {
      class: `column ${this.classOf(row)} ${row.coverage < 0.5 ? "thin" : ""}`, x: x(row.start), y: y(row.value), width, height: Math.max(1, y(0) - y(row.value)),
    }));
    return [
      ...lines, ...bars,
      svg("text", { class: "axis", x: LEFT, y: HEIGHT - 4 }, time(from)),
      svg("text", { class: "axis", x: this.width - 4, y: HEIGHT - 4, "text-anchor": "end" }, time(to)),
    ];
  }
}

// The next of 1, 2, 5, 10, 20, 50, ...
function round(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}
