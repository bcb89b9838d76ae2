// The city: its index, how many intersections are at which level, and all of them, the worst first.

import * as api from "./api.js";
import * as badge from "./badge.js";
import { isStale } from "./cityModel.js";
import { Chart } from "./chart.js";
import { lengthOf, span } from "./clock.js";
import { h, setChildren } from "./dom.js";
import { List, PAGE, TURN_WAIT } from "./list.js";
import { poll } from "./poll.js";
import { indexWords, levelWords, number, percent, revisionWords } from "./words.js";

// The list is asked for as a whole with each of the shortest windows: what is not seen is not streamed, and moves up by it. Not more often than that, since it is long,
// and not so rarely that what is current looks stale (cityModel.js).
const LIST_LEAST = 30_000;
const LIST_MOST = 60_000;
const ORDER_EVERY = 2_000;

// GB/T 33171 has none of longer windows.
const LONGEST_INDEX = 900_000;

const order = new Intl.Collator("en", { numeric: true }).compare;
const current = (item) => (item.row && !isStale(item.row, item.length) ? item.row : undefined);
const descending = (value) => (one, other) => (value(other) ?? -1) - (value(one) ?? -1);

const SORTS = {
  "worst first": (one, other) => (current(other)?.level ?? 0) - (current(one)?.level ?? 0) || (current(one)?.speedRatio ?? 9) - (current(other)?.speedRatio ?? 9),
  "most flow first": descending((item) => current(item)?.flowRate),
  "least coverage first": (one, other) => (current(one)?.coverage ?? -1) - (current(other)?.coverage ?? -1),
  "by name": (one, other) => order(one.name, other.name),
};

const FILTERS = {
  all: () => true,
  "congested (level 3 and worse)": (item) => current(item)?.level >= 3,
  "partial or no data": (item) => !(current(item)?.coverage >= 0.995),
  "stale or silent": (item) => !current(item),
};

export function cityView({ model, watch, reload, info }) {
  const index = h("section", { class: "tile", hidden: true, "aria-label": "Congestion index" });
  const indexChart = new Chart({ title: "Index (TPI)", unit: "of 10", decimals: 1, most: 10, classOf: (row) => `level-${row.level}` });
  const levels = h("section", { class: "tile", hidden: true, "aria-label": "Levels of service" });
  const list = new List({
    caption: "Intersections", columns: columns(), keyOf: (item) => item.id, textOf: (item) => `${item.id} ${item.name}`, sorts: SORTS, filters: FILTERS, onPage: turn,
  });
  list.items = () => model.items.values();
  let isDirty = false;
  let isStarted = false;
  let turning;

  // A city that fits on a page is followed whole: what is learnt appears by itself then.
  function follow() {
    const ids = list.shown.map((item) => item.id);
    const isWhole = model.items.size <= PAGE;
    const kinds = isWhole || ids.length > 0 ? ["window", "health"] : ["health"];
    watch({ intersections: isWhole ? [] : ids, window: info().windows?.[0], kinds }, take);
  }

  function turn() {
    if (isStarted && model.items.size > PAGE) {
      clearTimeout(turning);
      turning = setTimeout(follow, TURN_WAIT);
    }
  }

  function take(name, data) {
    const size = model.items.size;
    const item = model.take(name, data);
    isDirty ||= item !== undefined;
    if (item) {
      list.update(item);
    }
    if (model.items.size !== size) {
      list.refresh(false);
    }
  }

  async function load() {
    await model.load();
    list.refresh(false);
    drawLevels(levels, model);
    await drawIndex(index, indexChart, info().windows);
  }

  function arrange() {
    if (isDirty) {
      isDirty = false;
      list.refresh(false);
      drawLevels(levels, model);
    }
  }

  return {
    title: "City",
    element: h("div", { class: "view" }, h("h1", {}, "Intersections"),
      h("div", { class: "tiles" }, index, levels, h("section", { class: "tile wide", hidden: true }, indexChart.element)), list.element),
    load,
    follow() {
      isStarted = true;
      follow();
    },
    start() {
      const listEvery = Math.min(Math.max(lengthOf(info().windows?.[0] ?? "60s"), LIST_LEAST), LIST_MOST);
      return [poll(listEvery, reload, listEvery), poll(ORDER_EVERY, arrange)];
    },
    tick: () => list.shown.forEach((item) => badgeIsOld(item) && list.update(item)),
    stop: () => clearTimeout(turning),
  };
}

// A row is written anew in the moment in which it becomes stale.
function badgeIsOld(item) {
  const stale = item.row !== undefined && isStale(item.row, item.length);
  const isNews = item.wasStale !== stale;
  item.wasStale = stale;
  return isNews;
}

function columns() {
  return [
    { title: "Intersection", isFixed: true, show: (item) => [h("a", { href: `#/intersections/${encodeURIComponent(item.id)}` }, item.name), item.name !== item.id && h("small", {}, item.id), item.learnt && h("small", {}, "learnt")] },
    { title: "Level of service", show: (item) => badge.level(item.row) },
    { title: "Flow, veh/h", show: (item) => [number(item.row?.flowRate)] },
    { title: "Speed, km/h", show: (item) => [number(item.row?.speed, 1)] },
    { title: "Occupancy, %", show: (item) => [number(item.row?.occupancy, 1)] },
    { title: "Coverage", show: (item) => badge.coverage(item.row) },
    { title: "Window", show: (item) => badge.window(item.row, item.length) },
    { title: "Now", show: (item) => badge.open(item.open) },
  ];
}

// Of a minute, or the next longer one: shorter ones jump, and the 15 minutes of the standard come late.
async function drawIndex(tile, chart, windows) {
  const short = (windows ?? []).filter((window) => lengthOf(window) <= LONGEST_INDEX);
  if (short.length === 0) {
    return;
  }
  const series = await api.cityIndex(short.find((window) => lengthOf(window) >= 60_000) ?? short.at(-1));
  const length = lengthOf(series.window);
  chart.draw(series.rows.map((row) => ({ ...row, value: row.tpi })), length);
  const last = series.rows.at(-1);
  tile.hidden = false;
  chart.element.parentElement.hidden = last === undefined;
  setChildren(tile, h("h2", {}, "Congestion index"),
    ...(last
      ? [
        h("p", { class: "big" }, h("span", { class: `level level-${last.level}` }, number(last.tpi, 1)), " ", indexWords(last.level)),
        h("p", { class: "hint" }, `TPI, 0 to 10 · ${span(last.start, length)}${isStale(last, length) ? " (stale)" : ""} · ${percent(last.congestedShare)} of the length congested · coverage ${percent(last.coverage)} ${revisionWords(last.revision)}`),
      ]
      : [h("p", { class: "big" }, "–"), h("p", { class: "hint" }, "No window with a known speed yet. It needs speeds, and free-flow speeds in the network file.")]),
    h("p", { class: "hint" }, series.method));
}

function drawLevels(tile, model) {
  tile.hidden = false;
  const counts = new Map();
  let methods = [];
  for (const item of model.items.values()) {
    const row = current(item);
    const key = row ? (row.level ?? "not judged") : "no current data";
    counts.set(key, (counts.get(key) ?? 0) + 1);
    methods.push(row?.method);
  }
  methods = methods.filter((method) => method && method !== "occupancy");
  const keys = [...[1, 2, 3, 4, 5, 6].filter((level) => counts.has(level)).reverse(), ...["not judged", "no current data"].filter((key) => counts.has(key))];
  const bar = h("div", { class: "shares", "aria-hidden": "true" }, keys.map((key) => {
    const part = h("span", { class: typeof key === "number" ? `level-${key}` : "level-none" });
    part.style.flexGrow = counts.get(key);
    return part;
  }));
  setChildren(tile, h("h2", {}, `${number(model.items.size)} intersections`), bar, h("ul", { class: "legend" }, keys.map((key) => h("li", {},
    h("span", { class: `level ${typeof key === "number" ? `level-${key}` : "level-none"}` }, typeof key === "number" ? key : "–"), " ",
    h("strong", {}, number(counts.get(key))), " ", typeof key === "number" ? levelWords(key, methods[0]) : key))));
}
