// Small things that several views show: a level with its words and method, how far to trust a row, which window it is of.

import { span } from "./clock.js";
import { isStale } from "./cityModel.js";
import { h } from "./dom.js";
import { coverageWord, levelWords, methodName, number, percent, readingsWords, revisionWords } from "./words.js";

/** Letter, number, words and method; the colour only repeats them. */
export function level(row) {
  if (row?.level === undefined) {
    return [h("span", { class: "level level-none" }, "–"), " ", h("span", { class: "words" }, row ? "not judged" : "nothing published")];
  }
  const ratio = row.speedRatio === undefined ? "" : ` ${number(row.speedRatio, 2)}`;
  return [
    h("span", { class: `level level-${row.level}` }, row.letter, " ", row.level), " ",
    h("span", { class: "words" }, levelWords(row.level, row.method), h("small", {}, methodName(row.method), ratio)),
  ];
}

/** Coverage as a bar, a number and a word. */
export function coverage(row) {
  if (!row) {
    return ["–"];
  }
  const share = row.coverage ?? 0;
  const word = coverageWord(row.coverage);
  const bar = h("span", { class: `bar bar-${word.replaceAll(" ", "-")}`, "aria-hidden": "true" }, h("span"));
  bar.firstElementChild.style.width = `${Math.min(100, share * 100)}%`;
  return [bar, `${percent(row.coverage)} `, h("small", { class: "words" }, word, ", ", readingsWords(row))];
}

/** The window that a row is of, whether it was corrected, and whether it is of the past. */
export function window(row, length) {
  if (!row) {
    return [h("span", { class: "state stale-mark" }, "no data")];
  }
  return [
    span(row.start, length),
    revisionWords(row.revision) && h("small", { class: "state revised" }, revisionWords(row.revision)),
    isStale(row, length) && h("small", { class: "state stale-mark" }, "stale: nothing newer has come"),
  ];
}

/** What is in the window that is not over. */
export function open(found) {
  return found?.row ? [h("strong", {}, number(found.row.volume)), " veh", h("small", {}, `since ${span(found.start, found.length).split("–")[0]}, ${percent(found.row.coverage)} in`)] : ["–"];
}
