// A long list: searched, filtered and sorted as a whole, shown a page at a time, so that ten thousand rows cost what fifty do and only what is seen is streamed.

import { h, setChildren, setOrder, setText } from "./dom.js";

/** Rows of a page: few enough to be read, and that their ids fit into the address of the feed. */
export const PAGE = 50;

/** Who types into the search or turns several pages opens one stream, not five; ms. */
export const TURN_WAIT = 300;

const order = new Intl.Collator("en", { numeric: true }).compare;

/** Columns are { title, show(item), isFixed }; a fixed one is made once. Sorts and filters are { name: test or comparison }. */
export class List {
  #rows = new Map();
  #page = 0;
  #shown = [];

  constructor({ caption, columns, keyOf, textOf, sorts, filters, onPage }) {
    Object.assign(this, { columns, keyOf, textOf, sorts, filters, onPage });
    this.items = () => [];
    this.search = h("input", { type: "search", placeholder: "name or id", oninput: () => this.#restart() });
    this.sort = choice(sorts, () => this.#restart());
    this.filter = choice(filters, () => this.#restart());
    this.body = h("tbody", { role: "rowgroup" });
    this.empty = h("p", { class: "hint" });
    this.pager = h("p", { class: "pager", role: "group", "aria-label": "Pages" });
    const head = columns.map(({ title }) => h("th", { scope: "col", role: "columnheader" }, title));
    this.element = h("section", { class: "list" },
      h("form", { class: "controls", role: "search", onsubmit: (event) => event.preventDefault() },
        h("label", {}, "Search", this.search), h("label", {}, "Show", this.filter), h("label", {}, "Order", this.sort)),
      // A table that narrow screens lay out as cards stays a table for who hears it.
      h("table", { class: "cards", role: "table" }, h("caption", { class: "unseen" }, caption),
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)), this.body),
      this.empty, this.pager);
  }

  /** Items on the page that is seen. */
  get shown() {
    return this.#shown;
  }

  /** Finds, sorts and shows anew. While somebody is in the table with the keyboard the order stays, unless told otherwise: rows must not move away under the fingers. */
  refresh(force = true) {
    if (!force && this.body.contains(document.activeElement)) {
      this.#shown.forEach((item) => this.update(item));
      return;
    }
    const words = this.search.value.trim().toLowerCase();
    const found = [...this.items()].filter((item) => this.filters[this.filter.value](item) && this.textOf(item).toLowerCase().includes(words));
    found.sort((one, other) => this.sorts[this.sort.value](one, other) || order(this.keyOf(one), this.keyOf(other)));
    this.#page = Math.min(this.#page, Math.max(0, Math.ceil(found.length / PAGE) - 1));
    const before = this.#shown.map(this.keyOf).sort().join(" ");
    this.#shown = found.slice(this.#page * PAGE, (this.#page + 1) * PAGE);
    setOrder(this.body, this.#shown.map((item) => this.update(item)));
    this.#forget();
    setText(this.empty, found.length === 0 ? "Nothing is like that." : "");
    this.#showPager(found.length);
    if (this.#shown.map(this.keyOf).sort().join(" ") !== before) {
      this.onPage();
    }
  }

  /** Writes a row anew, if it is seen; a row is made when it is first seen. */
  update(item) {
    const key = this.keyOf(item);
    if (!this.#shown.includes(item)) {
      return undefined;
    }
    let row = this.#rows.get(key);
    if (!row) {
      row = h("tr", { role: "row" }, this.columns.map(({ title, isFixed, show }) =>
        h(isFixed ? "th" : "td", { role: isFixed ? "rowheader" : "cell", scope: isFixed && "row", "data-title": title }, isFixed && show(item))));
      this.#rows.set(key, row);
    }
    this.columns.forEach(({ isFixed, show }, at) => isFixed || setChildren(row.children[at], ...show(item)));
    return row;
  }

  #forget() {
    const keys = new Set(this.#shown.map(this.keyOf));
    for (const key of this.#rows.keys()) {
      if (!keys.has(key)) {
        this.#rows.delete(key);
      }
    }
  }

  #restart() {
    this.#page = 0;
    this.refresh();
  }

  #showPager(count) {
    const pages = Math.max(1, Math.ceil(count / PAGE));
    const turn = (by) => {
      this.#page += by;
      this.refresh();
      this.element.scrollIntoView({ block: "start" });
    };
    const text = `${count === 0 ? 0 : this.#page * PAGE + 1}–${Math.min(count, (this.#page + 1) * PAGE)} of ${count}`;
    if (this.pager.dataset.text !== `${text} ${pages}`) {
      this.pager.dataset.text = `${text} ${pages}`;
      setChildren(this.pager,
        pages > 1 && h("button", { type: "button", disabled: this.#page === 0, onclick: () => turn(-1) }, "Previous"),
        h("span", { role: "status" }, text),
        pages > 1 && h("button", { type: "button", disabled: this.#page === pages - 1, onclick: () => turn(1) }, "Next"));
    }
  }
}

function choice(options, onchange) {
  return h("select", { onchange }, Object.keys(options).map((name) => h("option", { value: name }, name)));
}
