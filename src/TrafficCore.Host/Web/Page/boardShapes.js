// What the page reads of the API's answers about boards, as shapes.js does; and what it sends.

import { instant } from "./shapes.js";

// BoardAnswer
export function board(json) {
  return {
    intersection: json.intersection, board: json.board, lines: json.lines, characters: json.characters, pages: json.pages, watches: json.watches,
    id: json.messageId, multi: json.multi, text: json.text, priority: json.priority, expires: instant(json.expires), since: instant(json.since),
    judgedUntil: instant(json.judgedUntil), reason: reason(json.reason), why: json.why, otherwise: json.otherwise && alternative(json.otherwise),
    manual: json.manual && manual(json.manual), changesLeft: json.changesLeft, delivery: json.delivery, resends: json.resends,
    online: json.online, onlineSince: instant(json.onlineSince), status: json.status && status(json.status),
  };
}

// BoardReasonAnswer
export function reason(json) {
  return { rule: json.rule, version: json.version, step: json.step, because: cause(json.because), lost: (json.lost ?? []).map(loser) };
}

// BoardCauseAnswer
export function cause(json) {
  return {
    event: json.event, since: instant(json.since), held: json.held, author: json.author, note: json.note, approach: json.approach,
    window: json.window, windows: (json.windows ?? []).map(judgedWindow),
  };
}

// BoardWindowAnswer
export function judgedWindow(json) {
  return { start: instant(json.start), metric: json.metric, value: json.value, enter: json.enter, exit: json.exit, coverage: json.coverage, revision: json.revision };
}

// BoardLoserAnswer
export function loser(json) {
  return { rule: json.rule, step: json.step, priority: json.priority, why: json.why };
}

// BoardAlternativeAnswer
export function alternative(json) {
  return { multi: json.multi, priority: json.priority, expires: instant(json.expires), rule: json.rule, why: json.why };
}

// ManualMessageAnswer
export function manual(json) {
  return { multi: json.multi, priority: json.priority, since: instant(json.since), expires: instant(json.expires), author: json.author, note: json.note, shown: json.shown };
}

// BoardStatusAnswer
export function status(json) {
  return { id: json.id, state: json.state, multi: json.multi, error: json.error, received: instant(json.received) };
}

// BoardMessageAnswer
export function logged(json) {
  return { time: instant(json.time), state: json.state, multi: json.multi, priority: json.priority, author: json.author, reason: reason(json.reason) };
}

// BoardCommandRequest
export function command(form) {
  const json = {};
  if (form.isMulti) {
    json.multi = form.content;
  } else {
    json.text = form.content.split("\n").map((line) => line.trimEnd());
  }
  json.priority = form.priority;
  json.duration = form.duration || undefined;
  json.author = form.author || undefined;
  json.note = form.note || undefined;
  return json;
}
