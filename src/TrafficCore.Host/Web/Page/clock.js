// The service's time, in the zone of the city. The browser's own clock may be wrong.

let offset = 0;
let zone = "UTC";

/** Learns how far this browser's clock is from the service's, from the Date of an answer (whole seconds, so half of one is added). */
export function setBy(response) {
  const date = Date.parse(response.headers.get("Date"));
  if (!Number.isNaN(date)) {
    offset = date + 500 - Date.now();
  }
}

/** Now, as the service has it; Unix milliseconds. */
export function now() {
  return Date.now() + offset;
}

/** Takes the zone of the city; one that this browser does not know is UTC. */
export function setZone(name) {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    zone = name;
  } catch {
    zone = "UTC";
  }
}

export function zoneName() {
  return zone;
}

/** 14:05, or 14:05:10 where seconds count; with the date when it is another day than today. */
export function time(at, seconds = false) {
  if (at === undefined || Number.isNaN(at)) {
    return "–";
  }
  const day = format(at, { year: "numeric", month: "2-digit", day: "2-digit" });
  const today = format(now(), { year: "numeric", month: "2-digit", day: "2-digit" });
  const hours = format(at, { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hourCycle: "h23" });
  return day === today ? hours : `${day} ${hours}`;
}

/** 14:05–14:06: a window. */
export function span(start, length) {
  const seconds = length % 60_000 !== 0;
  return `${time(start, seconds)}–${time(start + length, seconds).split(" ").at(-1)}`;
}

/** Milliseconds of a length such as 60s, as the API names it. */
export function lengthOf(window) {
  return Number.parseInt(window, 10) * (window.endsWith("ms") ? 1 : 1000);
}

/** 60 s, 15 min, 2 h: a length in words. */
export function lengthWords(window) {
  const seconds = lengthOf(window) / 1000;
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function format(at, parts) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...parts }).format(at);
}
