// All boards: what each shows, why, and whether its device agrees.

import * as api from "./api.js";
import { boardLink, delivery, validity } from "./boardParts.js";
import { board as boardShape } from "./boardShapes.js";
import { h } from "./dom.js";
import { List, PAGE, TURN_WAIT } from "./list.js";
import { face } from "./multi.js";
import { poll } from "./poll.js";
import { deliveryWords } from "./words.js";

const LIST_EVERY = 60_000;
const RANK = { bad: 0, waiting: 1, ok: 2 };

const rank = (board) => RANK[deliveryWords(board.delivery)[0]];
const SORTS = {
  "trouble first": (one, other) => rank(one) - rank(other) || (other.priority ?? 0) - (one.priority ?? 0),
  "highest priority first": (one, other) => (other.priority ?? 0) - (one.priority ?? 0),
  "by name": () => 0,
};
const FILTERS = {
  all: () => true,
  "showing something": (board) => board.multi !== "",
  "operators' messages": (board) => board.manual !== undefined,
  "not confirmed": (board) => board.delivery !== "confirmed",
};

const keyOf = (board) => `${board.intersection}/${board.board}`;

export function boardsView({ watch, reload }) {
  const boards = new Map();
  const list = new List({
    caption: "Boards", columns: columns(), keyOf, textOf: (board) => `${keyOf(board)} ${board.text} ${board.why}`, sorts: SORTS, filters: FILTERS, onPage: turn,
  });
  list.items = () => boards.values();
  let isStarted = false;
  let turning;

  function follow() {
    isStarted = true;
    const isWhole = boards.size <= PAGE;
    const ids = [...new Set(list.shown.map((board) => board.intersection))];
    watch({ intersections: isWhole ? [] : ids, kinds: isWhole || ids.length > 0 ? ["board", "health"] : ["health"] }, take);
  }

  function turn() {
    if (isStarted && boards.size > PAGE) {
      clearTimeout(turning);
      turning = setTimeout(follow, TURN_WAIT);
    }
  }

  // The same object, so that the list knows it again.
  const keep = (board, before = boards) => boards.set(keyOf(board), Object.assign(before.get(keyOf(board)) ?? {}, blank(), board));

  function take(name, data) {
    if (name === "board") {
      const board = boardShape(data);
      if (boards.has(keyOf(board)) || boards.size <= PAGE) {
        keep(board);
        list.refresh(false);
      }
    }
  }

  async function load() {
    const found = await api.boards();
    const before = new Map(boards);
    boards.clear();
    found.forEach((board) => keep(board, before));
    list.refresh(false);
  }

  return {
    title: "Boards",
    element: h("div", { class: "view" }, h("h1", {}, "Boards"), list.element),
    load,
    follow,
    start: () => [poll(LIST_EVERY, reload, LIST_EVERY)],
    tick() {},
    stop: () => clearTimeout(turning),
  };
}

// What an earlier state had and the next has not.
function blank() {
  return { manual: undefined, otherwise: undefined, priority: undefined, expires: undefined, status: undefined };
}

function columns() {
  return [
    { title: "Board", isFixed: true, show: (board) => [boardLink(board)] },
    { title: "Shows", show: (board) => [face(board.multi, board)] },
    { title: "Why", show: (board) => [board.why] },
    { title: "Valid", show: validity },
    { title: "Device", show: delivery },
  ];
}
