// What is known of the intersections: the list of the API, and what the feed says since.

import * as api from "./api.js";
import { lengthOf, now } from "./clock.js";
import * as shapes from "./shapes.js";

// A window comes within seconds of its end; one that ended so many lengths ago, and a minute at least, is not the traffic of now.
const STALE_LENGTHS = 3;
const STALE_LEAST = 60_000;

/** Whether a row is of the past: nothing newer has come for so long that its numbers must not be taken for those of now. */
export function isStale(row, length) {
  return now() > row.start + length + Math.max(STALE_LENGTHS * length, STALE_LEAST);
}

/** The row of an item, as long as it is of now. */
export function current(item) {
  return item.row && !isStale(item.row, item.length) ? item.row : undefined;
}

export class CityModel {
  /** By id: { id, name, learnt, window, row, open }. */
  items = new Map();

  /** How many rows were taken: another number means that order and counts may be others. */
  taken = 0;

  async load() {
    const before = this.items;
    this.items = new Map();
    for (const found of await api.intersections()) {
      const item = before.get(found.id) ?? { id: found.id };
      this.items.set(found.id, item);
      this.#name(item, found);
    }
  }

  /** Takes an event of the feed; the item that it changed, if it did. */
  take(name, data) {
    if (name === "intersection") {
      const found = shapes.intersection(data);
      const item = this.items.get(found.id) ?? { id: found.id };
      this.items.set(found.id, item);
      return this.#name(item, found);
    }
    if (name === "window") {
      const window = shapes.liveWindow(data);
      const item = this.items.get(window.intersection);
      return item && (window.open ? open(item, window) : this.#publish(item, window));
    }
    return undefined;
  }

  #name(item, { name, learnt, latest }) {
    Object.assign(item, { name, learnt });
    return latest ? this.#publish(item, { window: latest.window, start: latest.row.start, row: latest.row }) : item;
  }

  #publish(item, { window, start, row }) {
    if (item.open && item.open.start <= start) {
      item.open = undefined;
    }
    if (!row || (item.row && (start < item.row.start || (start === item.row.start && row.revision < item.row.revision)))) {
      return item; // a correction of an earlier window
    }
    this.taken++;
    return Object.assign(item, { window, row, length: lengthOf(window) });
  }
}

function open(item, { window, start, row }) {
  item.open = { start, row, length: lengthOf(window) };
  return item;
}
