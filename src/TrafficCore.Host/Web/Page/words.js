// What numbers are called. A value that is not known is a dash that says so, never 0.

const METHODS = {
  "gbt33171-speed-ratio": {
    name: "GB/T 33171 speed ratio",
    words: ["unobstructed", "mostly unobstructed", "lightly congested", "moderately congested", "severely congested"],
  },
  "hcm7-speed-ratio": { name: "HCM 7 speed ratio", words: [] },
  occupancy: { name: "by occupancy", words: [] },
};

const HEALTH = {
  ok: "ok",
  silent: "silent: nothing was received",
  "stuck-on": "stuck on: occupied all the time, nobody counted",
  chatter: "chatter: more vehicles than can be",
  inconsistent: "inconsistent: its values contradict each other",
};

const DELIVERIES = {
  pending: ["waiting", "Sent, the board has not answered yet"],
  confirmed: ["ok", "Confirmed by the board"],
  unconfirmed: ["bad", "The board does not answer"],
  mismatch: ["bad", "The board shows something else"],
  rejected: ["bad", "The board refused it"],
  failed: ["bad", "The board reports a failure"],
  offline: ["bad", "The board is offline"],
};

/** A number with so many decimals at most; a dash when it is not known. */
export function number(value, decimals = 0) {
  return value === undefined ? "–" : value.toLocaleString("en-GB", { maximumFractionDigits: decimals, minimumFractionDigits: decimals });
}

export function vehicles(count) {
  return count === 1 ? "1 vehicle" : `${number(count)} vehicles`;
}

/** Direction of travel, degrees clockwise from north, in the words of the road. */
export function boundWords(bearing) {
  const sides = ["north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"];
  return `${sides[Math.round((((bearing % 360) + 360) % 360) / 45) % 8]}bound`;
}

export function percent(share) {
  return share === undefined ? "–" : `${number(share * 100)} %`;
}

export function methodName(method) {
  return METHODS[method]?.name ?? method;
}

/** What a level is called by its method, when that has words. */
export function levelWords(level, method) {
  return METHODS[method]?.words[level - 1] ?? `level ${level}`;
}

/** The index of the city has the words of GB/T 33171. */
export function indexWords(level) {
  return METHODS["gbt33171-speed-ratio"].words[level - 1] ?? `level ${level}`;
}

/** How far to trust a row: a word for its coverage. Half is what board rules ask for unless they say otherwise. */
export function coverageWord(coverage) {
  return coverage === undefined ? "not known" : coverage >= 0.995 ? "whole" : coverage >= 0.5 ? "partial" : coverage > 0 ? "thin" : "no data";
}

export function readingsWords(row) {
  return row.expected === undefined ? `${number(row.readings)} readings` : `${number(row.readings)} of ${number(row.expected)} readings`;
}

/** First publications have revision 1. */
export function revisionWords(revision) {
  return revision > 1 ? `corrected, revision ${revision}` : "";
}

export function healthWords(health) {
  return health === undefined ? "–" : (HEALTH[health] ?? health);
}

/** Of a board: whether it is well (ok, waiting, bad), and in words. */
export function deliveryWords(delivery) {
  return DELIVERIES[delivery] ?? ["waiting", delivery];
}

export function functionsWords(functions) {
  return functions.length === 0 ? "–" : functions.join(", ");
}
