// What a MULTI string (NTCIP 1203) looks like on a board of fixed cells: pages of lines. Colours, fonts and times are left out; the string itself is shown beside.

import { h } from "./dom.js";

const PARTS = /\[\[|\]\]|\[([^\]]*)\]|[^[\]]+/gu;
const SIDES = { 2: "start", 3: "centre", 4: "end" };

/** Pages of lines of { text, side }. */
export function pages(multi) {
  const found = [[{ text: "", side: SIDES[3] }]];
  let side = SIDES[3];
  for (const [part, tag] of multi.matchAll(PARTS)) {
    const page = found.at(-1);
    if (tag === undefined) {
      page.at(-1).text += part === "[[" ? "[" : part === "]]" ? "]" : part;
      page.at(-1).side = side;
    } else if (/^np$/iu.test(tag)) {
      found.push([{ text: "", side }]);
    } else if (/^nl\d?$/iu.test(tag)) {
      page.push({ text: "", side });
    } else if (/^jl\d?$/iu.test(tag)) {
      side = SIDES[tag.slice(2) || 3] ?? side;
    }
  }
  return found;
}

/** What is written on it, for a sentence. */
export function words(multi) {
  return pages(multi).flat().map(({ text }) => text).filter((text) => text !== "").join(" / ");
}

/** The face of a board with a message: each page as it is, side by side, since nothing here blinks. */
export function face(multi, { lines, characters }) {
  return h("div", { class: "faces" }, pages(multi).map((page) => {
    const panel = h("div", { class: "face" }, rows(page, lines).map(({ text, side }) => h("div", { class: `face-line ${side}` }, text || "\u00a0")));
    panel.style.setProperty("--cells", characters);
    return panel;
  }));
}

// A board has all its lines, also those that are dark; the text stands in the middle, as the service composes it.
function rows(page, lines) {
  const dark = Math.max(0, lines - page.length);
  const above = Math.floor(dark / 2);
  const none = { text: "", side: SIDES[3] };
  return [...Array(above).fill(none), ...page, ...Array(dark - above).fill(none)];
}
