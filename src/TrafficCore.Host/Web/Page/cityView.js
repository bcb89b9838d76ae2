// The city: its index, how many intersections are at which level, and all of them, the worst first.

import * as badge from "./badge.js";
import { current, isStale } from "./cityModel.js";
import { IndexTiles, LevelsTile } from "./cityTiles.js";
import { lengthOf } from "./clock.js";
import { h } from "./dom.js";
import { List, PAGE, TURN_WAIT } from "./list.js";
import { poll } from "./poll.js";
import { number } from "./words.js";

// The list is asked for as a whole with each of the shortest windows: what is not seen is not streamed, and moves up by it. Not more often than that, since it is long,
// and not so rarely that what is current looks stale (cityModel.js).
const LIST_LEAST = 30_000;
const LIST_MOST = 60_000;
const ORDER_EVERY = 1_000;

const order = new Intl.Collator("en", { numeric: true }).compare;
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
  const index = new IndexTiles();
  const levels = new LevelsTile();
  const list = new List({
    caption: "Intersections", columns: columns(), keyOf: (item) => item.id, textOf: (item) => `${item.id} ${item.name}`, sorts: SORTS, filters: FILTERS, onPage: turn,
  });
  list.items = () => model.items.values();
  let arranged;
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
    levels.draw(model.items.values());
    await index.load(info().windows ?? []);
  }

  function arrange() {
    if (arranged !== model.taken) {
      arranged = model.taken;
      list.refresh(false);
      levels.draw(model.items.values());
      index.draw();
    }
  }

  return {
    title: "City",
    element: h("div", { class: "view" }, h("h1", {}, "Intersections"),
      h("div", { class: "tiles" }, index.element, levels.element, index.chartElement), list.element),
    load,
    follow() {
      isStarted = true;
      follow();
    },
    start() {
      const listEvery = Math.min(Math.max(lengthOf(info().windows?.[0] ?? "60s"), LIST_LEAST), LIST_MOST);
      return [poll(listEvery, reload, listEvery), poll(ORDER_EVERY, arrange)];
    },
    tick: () => list.shown.filter(hasTurned).forEach((item) => {
      list.update(item);
      arranged = undefined;
    }),
    stop: () => clearTimeout(turning),
  };
}

// A row is written anew in the moment in which it becomes stale.
function hasTurned(item) {
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
