// One intersection: its numbers, the window that fills, approaches, detectors, the last hour, and the boards that watch it.

import * as api from "./api.js";
import * as badge from "./badge.js";
import { boardRow, watchesOf } from "./boardParts.js";
import { board as boardShape } from "./boardShapes.js";
import { isStale } from "./cityModel.js";
import { lengthOf, lengthWords, span } from "./clock.js";
import { h, setChildren, setText } from "./dom.js";
import { History } from "./history.js";
import { poll } from "./poll.js";
import { liveWindow } from "./shapes.js";
import { boundWords, functionsWords, healthWords, levelWords, number, percent, vehicles } from "./words.js";

// What is published is told by the feed; rows that are late by more than that are not missed for long.
const ROWS_EVERY = 60_000;

export function intersectionView({ watch, attempt, info }, id) {
  const parts = frame(id);
  const boards = new Map();
  const lengths = info().windows ?? ["60s"];
  const history = new History();
  let [window] = lengths;
  let detail;
  let open;
  let asking;
  let wasStale;

  const pick = h("select", { onchange: () => change(pick.value) }, lengths.map((name) => h("option", { value: name }, lengthWords(name))));
  parts.controls.append(h("label", {}, "Window", pick));
  parts.element.append(history.element);

  function change(name) {
    [window, open] = [name, undefined];
    attempt(load);
    follow();
  }

  function follow() {
    const also = [...boards.values()].map((board) => board.intersection);
    watch({ intersections: [...new Set([id, ...also])], window, kinds: ["window", "board", "health"] }, take);
  }

  function take(name, data) {
    if (name === "board") {
      keep(boardShape(data));
    } else if (name === "window") {
      const found = liveWindow(data);
      if (found.intersection === id && found.window === window) {
        found.open ? fill(found) : ask();
      }
    }
  }

  function keep(board) {
    if (watchesOf(board, id)) {
      boards.set(`${board.intersection}/${board.board}`, board);
      drawBoards(parts, boards);
    }
  }

  function fill(found) {
    open = found;
    draw();
  }

  // A window was published or corrected: its rows are asked for, and once more when others came meanwhile.
  async function ask() {
    if (asking) {
      asking = "again";
      return;
    }
    do {
      asking = "once";
      await attempt(loadRows);
    } while (asking === "again");
    asking = undefined;
  }

  async function loadRows() {
    detail = await api.intersection(id, window);
    if (open && detail.row && open.start <= detail.row.start) {
      open = undefined;
    }
    draw();
    drawDetectors(parts, detail, lengthOf(window));
    await history.load(detail);
  }

  async function load() {
    await loadRows();
    boards.clear();
    drawBoards(parts, boards);
    (await api.boards()).forEach(keep);
  }

  function draw() {
    if (detail) {
      drawHead(parts, detail, open, lengthOf(window));
      drawApproaches(parts, detail, open, lengthOf(window));
    }
  }

  function tick() {
    const stale = detail?.row && isStale(detail.row, lengthOf(window));
    if (stale !== wasStale) {
      wasStale = stale;
      draw();
      drawDetectors(parts, detail, lengthOf(window));
    }
  }

  return { title: id, element: parts.element, load, follow, tick, start: () => [poll(ROWS_EVERY, ask, ROWS_EVERY)], stop() {} };
}

function frame(id) {
  const parts = {
    name: h("h1", {}, id), controls: h("div", { class: "controls" }), tiles: h("div", { class: "tiles six" }),
    filling: h("div", { class: "filling" }), approaches: h("tbody", { role: "rowgroup" }), detectors: h("tbody", { role: "rowgroup" }), boards: h("div", { class: "board-list" }),
  };
  parts.element = h("div", { class: "view" },
    h("p", { class: "back" }, h("a", { href: "#/" }, "All intersections")), parts.name, parts.controls, parts.tiles, parts.filling,
    h("h2", {}, "Boards that watch it"), parts.boards,
    h("h2", {}, "Approaches"), table("Approaches", ["Approach", "Level of service", "Flow, veh/h", "Speed, km/h", "Occupancy, %", "Coverage", "Window", "Now"], parts.approaches),
    h("h2", {}, "Detectors"), table("Detectors", ["Detector", "Approach and lane", "Functions", "Vehicles", "Speed, km/h", "Occupancy, %", "Coverage", "Health"], parts.detectors));
  return parts;
}

function table(caption, titles, body) {
  body.titles = titles;
  return h("table", { class: "cards", role: "table" }, h("caption", { class: "unseen" }, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, titles.map((title) => h("th", { scope: "col", role: "columnheader" }, title)))), body);
}

function drawHead(parts, detail, open, length) {
  const { row } = detail;
  setText(parts.name, detail.name === detail.id ? detail.id : `${detail.name} (${detail.id})`);
  setChildren(parts.tiles,
    tile("Level of service", badge.level(row)), tile("Flow", [h("strong", {}, number(row?.flowRate)), " veh/h"]), tile("Speed", [h("strong", {}, number(row?.speed, 1)), " km/h"]),
    tile("Occupancy", [h("strong", {}, number(row?.occupancy, 1)), " %"]), tile("Coverage", badge.coverage(row)), tile("Window", badge.window(row, length)));
  if (!open?.row) {
    setChildren(parts.filling);
    return;
  }
  const level = open.row.level === undefined ? "" : `, so far ${levelWords(open.row.level, open.row.method)}`;
  setChildren(parts.filling,
    h("strong", {}, `Now ${span(open.start, length)}: `), `${vehicles(open.row.volume)}${level}, ${percent(open.row.coverage)} of the window is in `,
    h("progress", { max: 1, value: open.row.coverage ?? 0, "aria-label": "Part of the open window that is in" }), " open: these numbers still change");
}

function tile(title, children) {
  return h("section", { class: "tile" }, h("h2", {}, title), h("p", { class: "value" }, children));
}

function drawApproaches(parts, detail, open, length) {
  cells(parts.approaches, detail.approaches.map(({ id, freeFlowSpeed, bearing, row }) => [
    [id, bearing !== undefined && h("small", {}, boundWords(bearing)), freeFlowSpeed !== undefined && h("small", {}, `free flow ${number(freeFlowSpeed)} km/h`)],
    badge.level(row), [number(row?.flowRate)], [number(row?.speed, 1)], [number(row?.occupancy, 1)], badge.coverage(row), badge.window(row, length),
    badge.open(open && { start: open.start, length, row: open.approaches[id] }),
  ]));
}

function drawDetectors(parts, detail, length) {
  cells(parts.detectors, detail.detectors.map(({ id, approach, lane, functions, row }) => [
    [id], [approach ?? "–", lane !== undefined && ` lane ${lane}`], [functionsWords(functions)], [number(row?.volume)], [number(row?.speed, 1)], [number(row?.occupancy, 1)], badge.coverage(row),
    [row && isStale(row, length) ? h("span", { class: "stale-mark" }, "stale") : h("span", { class: row && row.health !== "ok" ? "state stale-mark" : "" }, row ? healthWords(row.health) : "no row")],
  ]));
}

function cells(body, rows) {
  setChildren(body, ...rows.map((row) => h("tr", { role: "row" }, row.map((children, at) =>
    h(at === 0 ? "th" : "td", { role: at === 0 ? "rowheader" : "cell", scope: at === 0 && "row", "data-title": body.titles[at] }, children)))));
}

function drawBoards(parts, boards) {
  setChildren(parts.boards, ...(boards.size > 0 ? [...boards.values()].map(boardRow) : [h("p", { class: "hint" }, "None.")]));
}
