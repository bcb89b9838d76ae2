// What the views say of boards.

import { time } from "./clock.js";
import { h } from "./dom.js";
import { face } from "./multi.js";
import { deliveryWords } from "./words.js";

/** Whether a board shows the state of an approach of an intersection, or stands there. */
export function watchesOf(board, intersection) {
  return board.intersection === intersection || board.watches.some((watched) => watched.startsWith(`${intersection}/`));
}

export function boardLink(board) {
  return h("a", { href: `#/boards/${encodeURIComponent(board.intersection)}/${encodeURIComponent(board.board)}` }, `${board.intersection} / ${board.board}`);
}

/** Whether the device agrees, in words. */
export function delivery(board) {
  const [kind, words] = deliveryWords(board.delivery);
  const again = board.resends > 0 ? `, sent again ${board.resends} times` : "";
  return [h("span", { class: `delivery delivery-${kind}` }, words), " ", again && h("small", {}, again), board.status?.error && h("small", {}, `It says: ${board.status.error}`)];
}

/** How long it stands. */
export function validity(board) {
  return board.multi === "" ? ["blank"] : [`priority ${board.priority ?? "–"} `, h("small", {}, `since ${time(board.since)}, until ${time(board.expires)} unless it is upheld`)];
}

/** A board among others. */
export function boardRow(board) {
  return h("article", { class: "board" }, face(board.multi, board), h("div", {}, h("p", {}, boardLink(board)), h("p", {}, board.why), h("p", {}, delivery(board))));
}
