// The last windows of an intersection or one of its approaches: flow, speed and occupancy.

import * as api from "./api.js";
import { Chart } from "./chart.js";
import { lengthOf } from "./clock.js";
import { h, setText } from "./dom.js";

const WHOLE = "the intersection";

export class History {
  constructor() {
    this.charts = [
      ["flowRate", new Chart({ title: "Flow", unit: "veh/h", classOf: (row) => (row.level ? `level-${row.level}` : "") })],
      ["speed", new Chart({ title: "Speed", unit: "km/h", decimals: 1 })],
      ["occupancy", new Chart({ title: "Occupancy", unit: "%", decimals: 1 })],
    ];
    this.pick = h("select", { onchange: () => this.#draw() });
    this.problem = h("p", { class: "problem", role: "alert" });
    this.element = h("section", {}, h("h2", {}, "The last 60 windows"),
      h("div", { class: "controls" }, h("label", {}, "Of", this.pick)), this.problem, h("div", { class: "charts" }, this.charts.map(([, chart]) => chart.element)));
  }

  /** Takes the intersection as it is: its approaches, and its latest rows, which the stored history may not have yet. */
  async load(detail) {
    this.detail = detail;
    if (this.pick.options.length !== detail.approaches.length + 1) {
      this.pick.replaceChildren(h("option", { value: "" }, WHOLE), ...detail.approaches.map(({ id }) => h("option", { value: id }, `approach ${id}`)));
    }
    await this.#draw();
  }

  async #draw() {
    const [approach, { id, window, row, approaches }] = [this.pick.value, this.detail];
    try {
      const series = await (approach ? api.approachFlow(id, approach, window) : api.flow(id, window));
      const rows = withLatest(series.rows, approach ? approaches.find((one) => one.id === approach)?.row : row);
      this.charts.forEach(([name, chart]) => chart.draw(rows.map((one) => ({ ...one, value: one[name] })), lengthOf(window)));
      setText(this.problem, "");
    } catch (error) {
      setText(this.problem, error.message);
    }
  }
}

function withLatest(rows, latest) {
  return latest ? [...rows.filter((row) => row.start < latest.start), latest] : rows;
}
