// One board: what it shows and every step of why, what its device says, its log, and the operator's message.

import * as api from "./api.js";
import { delivery, validity } from "./boardParts.js";
import { board as boardShape } from "./boardShapes.js";
import { lengthOf, span, time } from "./clock.js";
import { h, setChildren } from "./dom.js";
import { MessageForm } from "./messageForm.js";
import { face, words } from "./multi.js";
import { poll } from "./poll.js";
import { number, percent, revisionWords } from "./words.js";

// The log is read where it is stored, a moment behind the feed.
const LOG_EVERY = 5_000;

export function boardView({ watch, attempt }, at, id) {
  const state = h("div", { class: "board-state" });
  const log = h("div", { class: "scroll" });
  const form = new MessageForm(at, id, show);

  function show(board) {
    setChildren(state,
      h("section", { class: "tile shows" }, h("h2", {}, "Shows"), face(board.multi, board), h("p", {}, validity(board)), board.multi && h("p", { class: "hint" }, h("code", {}, board.multi))),
      h("section", { class: "tile" }, h("h2", {}, "Device"), h("p", {}, delivery(board)), device(board)),
      h("section", { class: "tile wide" }, h("h2", {}, "Why"), reasons(board)));
    form.show(board);
  }

  async function loadLog() {
    setChildren(log, logTable(await api.boardLog(at, id)));
  }

  async function load() {
    show(await api.board(at, id));
    await loadLog();
  }

  function take(name, data) {
    const found = name === "board" && boardShape(data);
    if (found && found.intersection === at && found.board === id) {
      show(found);
    }
  }

  return {
    title: `Board ${at} / ${id}`,
    element: h("div", { class: "view" }, h("p", { class: "back" }, h("a", { href: "#/boards" }, "All boards")),
      h("h1", {}, `Board ${at} / ${id}`), state, form.element, h("h2", {}, "Changes of the last day"), log),
    load,
    follow: () => watch({ intersections: [at], kinds: ["board", "health"] }, take),
    start: () => [poll(LOG_EVERY, () => attempt(loadLog), LOG_EVERY)],
    tick() {},
    stop: () => form.stop(),
  };
}

function device(board) {
  const { status, online, onlineSince } = board;
  const connection = online === undefined ? "It never said whether it is connected." : `${online ? "Online" : "Offline"} since ${time(onlineSince)}.`;
  const said = status ? ` It said "${status.state}" at ${time(status.received, true)}.` : " It has said nothing yet.";
  return h("p", { class: "hint" }, connection, said);
}

function reasons(board) {
  const { because, lost, rule, step, version } = board.reason;
  return [
    h("p", {}, h("strong", {}, board.why)),
    h("p", { class: "hint" }, ["rule ", rule, step && `, step ${step}`, version !== undefined && `, version ${version}`, because.held && `, held by ${because.held}`,
      board.judgedUntil && `; judged until ${time(board.judgedUntil)}`, `; ${board.changesLeft} changes by rule left in this hour`]),
    because.windows.length > 0 && windowsTable(because),
    board.manual && !board.manual.shown && h("p", {}, `The operator's message "${words(board.manual.multi)}" waits: something of higher priority is shown.`),
    board.otherwise && h("p", {}, `Otherwise it would show "${words(board.otherwise.multi)}" (priority ${board.otherwise.priority ?? "–"}): ${board.otherwise.why}`),
    lost.length > 0 && h("ul", {}, lost.map((loser) => h("li", {}, `Not shown: ${loser.rule}${loser.step ? `, ${loser.step}` : ""}, priority ${loser.priority}: ${loser.why}`))),
  ];
}

function windowsTable({ approach, window, windows }) {
  const titles = ["Window", "Value", "Begins at", "Ends at", "Coverage", "Revision"];
  return h("div", { class: "scroll" }, h("table", {}, h("caption", {}, `The windows of ${approach ?? "the approach"} that led to it`),
    h("thead", {}, h("tr", {}, titles.map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, windows.map((judged) => h("tr", {}, h("th", { scope: "row" }, window ? span(judged.start, lengthOf(window)) : time(judged.start)),
      h("td", {}, `${judged.metric === "speedRatio" ? "speed ratio" : judged.metric} ${number(judged.value, 2)}`), h("td", {}, number(judged.enter, 2)), h("td", {}, number(judged.exit, 2)),
      h("td", {}, percent(judged.coverage)), h("td", {}, revisionWords(judged.revision) || judged.revision))))));
}

function logTable(lines) {
  const titles = ["Time", "Showed", "Priority", "Why", "By"];
  return lines.length === 0
    ? h("p", { class: "hint" }, "None.")
    : h("table", {}, h("thead", {}, h("tr", {}, titles.map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, lines.toReversed().map((line) => h("tr", {}, h("th", { scope: "row" }, time(line.time, true)), h("td", {}, line.multi === "" ? "blank" : h("code", {}, line.multi)),
        h("td", {}, line.priority ?? "–"), h("td", {}, [line.reason.rule, line.reason.step && ` ${line.reason.step}`, line.reason.because.event !== line.reason.rule && `: ${line.reason.because.event}`]), h("td", {}, line.author ?? "the rules")))));
}
