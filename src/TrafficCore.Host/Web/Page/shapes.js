// What the page reads of the API's answers, by the names of their schemas in /openapi/v1.json; a test compares them. Instants become Unix milliseconds.

export const instant = (text) => (text === undefined ? undefined : Date.parse(text));

// CityAnswer
export function city(json) {
  return { name: json.city, timeZone: json.timeZone, windows: json.windows };
}

// FlowRowAnswer
export function row(json) {
  return {
    start: instant(json.start), volume: json.volume, flowRate: json.flowRate, occupancy: json.occupancy, speed: json.speed,
    letter: json.levelOfService, level: json.level, method: json.losMethod, speedRatio: json.speedRatio,
    coverage: json.coverage, readings: json.readings, expected: json.expected, health: json.health, revision: json.revision,
  };
}

// LatestAnswer
export function latest(json) {
  return { window: json.window, row: row(json.row) };
}

// IntersectionAnswer
export function intersection(json) {
  return { id: json.id, name: json.name ?? json.id, learnt: json.learnt, latest: json.latest && latest(json.latest), approaches: json.approaches };
}

// IntersectionDetailAnswer
export function intersectionDetail(json) {
  return {
    id: json.id, name: json.name ?? json.id, learnt: json.learnt, window: json.window, row: json.row && row(json.row),
    approaches: json.approaches.map(approach), detectors: json.detectors.map(detector),
  };
}

// ApproachAnswer
export function approach(json) {
  return { id: json.id, bearing: json.bearing, freeFlowSpeed: json.freeFlowSpeed, row: json.row && row(json.row) };
}

// DetectorAnswer
export function detector(json) {
  return { id: json.id, approach: json.approach, lane: json.lane, functions: json.functions, row: json.row && row(json.row) };
}

// FlowSeriesAnswer
export function series(json) {
  return { window: json.window, rows: json.rows.map(row) };
}

// CityIndexSeriesAnswer
export function indexSeries(json) {
  return { window: json.window, method: json.method, rows: json.rows.map(indexRow) };
}

// CityIndexRowAnswer
export function indexRow(json) {
  return { start: instant(json.start), tpi: json.tpi, level: json.level, congestedShare: json.congestedShare, coverage: json.coverage, revision: json.revision };
}

// LiveWindowAnswer
export function liveWindow(json) {
  return {
    intersection: json.intersection, window: json.window, start: instant(json.start), open: json.open === true, row: json.row && row(json.row),
    approaches: Object.fromEntries(Object.entries(json.approaches).map(([id, value]) => [id, row(value)])),
  };
}

// HealthAnswer
export function health(json) {
  return { status: json.status, reasons: json.reasons };
}

// SessionAnswer
export function session(json) {
  return { name: json.name, role: json.role, token: json.csrfToken };
}

// LedgerAnswer
export function ledger(json) {
  return {
    received: json.received, stored: json.stored, duplicate: json.duplicate, late: json.late, rejected: json.rejected,
    corrupt: json.corrupt, inFlight: json.inFlight, unexplained: json.unexplained, missing: json.sequence.missing,
  };
}

// SinkAnswer
export function sink(json) {
  return { name: json.name, lagSeconds: json.lagSeconds, lagRecords: json.lagRecords, trouble: json.trouble };
}
