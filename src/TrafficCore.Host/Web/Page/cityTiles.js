// What is said of the city as a whole: its index, and how many intersections are at which level.

import * as api from "./api.js";
import { Chart } from "./chart.js";
import { current, isStale } from "./cityModel.js";
import { lengthOf, span } from "./clock.js";
import { h, setChildren } from "./dom.js";
import { indexWords, levelWords, number, percent, revisionWords } from "./words.js";

// GB/T 33171 has no index of longer windows. One of a minute, or the next longer, is shown: shorter ones jump, and the 15 minutes of the standard come late.
const LONGEST = 900_000;
const SHORTEST = 60_000;

export class IndexTiles {
  #chart = new Chart({ title: "Index (TPI)", unit: "of 10", decimals: 1, most: 10, width: 860, classOf: (row) => `level-${row.level}` });
  #series;

  element = h("section", { class: "tile", hidden: true, "aria-label": "Congestion index" });
  chartElement = h("section", { class: "tile wide", hidden: true }, this.#chart.element);

  async load(windows) {
    const short = windows.filter((window) => lengthOf(window) <= LONGEST);
    if (short.length > 0) {
      this.#series = await api.cityIndex(short.find((window) => lengthOf(window) >= SHORTEST) ?? short.at(-1));
      this.#chart.draw(this.#series.rows.map((row) => ({ ...row, value: row.tpi })), lengthOf(this.#series.window));
      this.draw();
    }
  }

  draw() {
    const last = this.#series?.rows.at(-1);
    this.element.hidden = this.#series === undefined;
    this.chartElement.hidden = last === undefined;
    if (last) {
      this.#say(last, lengthOf(this.#series.window));
    } else {
      setChildren(this.element, h("h2", {}, "Congestion index"), h("p", { class: "big" }, "–"),
        h("p", { class: "hint" }, "No window with a known speed yet. It needs speeds, and free-flow speeds in the network file."));
    }
  }

  #say(last, length) {
    const stale = isStale(last, length);
    setChildren(this.element, h("h2", {}, "Congestion index"),
      h("p", { class: "big" }, h("span", { class: `level ${stale ? "level-none" : `level-${last.level}`}` }, number(last.tpi, 1)), " ", indexWords(last.level)),
      h("p", {}, span(last.start, length), stale && h("span", { class: "state stale-mark" }, " stale: nothing newer has come"), last.revision > 1 && h("span", { class: "state revised" }, ` ${revisionWords(last.revision)}`)),
      h("p", { class: "hint" }, `${percent(last.congestedShare)} of the known length congested, coverage ${percent(last.coverage)}`),
      h("p", { class: "hint" }, `TPI, 0 to 10, by ${this.#series.method}`));
  }
}

export class LevelsTile {
  element = h("section", { class: "tile", hidden: true, "aria-label": "Levels of service" });

  draw(items) {
    const counts = new Map();
    let method;
    for (const item of items) {
      const row = current(item);
      const key = row ? (row.level ?? "not judged") : "no current data";
      counts.set(key, (counts.get(key) ?? 0) + 1);
      method = row?.method && row.method !== "occupancy" ? row.method : method; // occupancy uses the scale of the method by speed
    }
    const keys = [6, 5, 4, 3, 2, 1, "not judged", "no current data"].filter((key) => counts.has(key));
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    this.element.hidden = false;
    setChildren(this.element, h("h2", {}, `${number(all)} intersections`),
      h("div", { class: "shares", "aria-hidden": "true" }, keys.map((key) => share(key, counts.get(key)))),
      h("ul", { class: "legend" }, keys.map((key) => h("li", {},
        h("span", { class: `level ${classOf(key)}` }, typeof key === "number" ? key : "–"), " ", h("strong", {}, number(counts.get(key))), " ",
        typeof key === "number" ? levelWords(key, method) : key))));
  }
}

function share(key, count) {
  const part = h("span", { class: classOf(key) });
  part.style.flexGrow = count;
  return part;
}

function classOf(key) {
  return typeof key === "number" ? `level-${key}` : "level-none";
}
