// What stands below every view: the ledger and the databases; and above it, whether the service is well and the connection is there.

import * as api from "./api.js";
import { now, time, zoneName } from "./clock.js";
import { h, setChildren, setText } from "./dom.js";
import { poll } from "./poll.js";
import { health as healthShape } from "./shapes.js";
import { number } from "./words.js";

const EVERY = 5_000;
const ledgerLine = document.getElementById("ledger");
const sinkLine = document.getElementById("sinks");
const healthBanner = document.getElementById("health");

let heard;

/** Asks for the ledger and the databases from now on. */
export function begin() {
  poll(EVERY, async () => {
    try {
      const [ledger, sinks] = await Promise.all([api.ledger(), api.sinks()]);
      heard = now();
      drawLedger(ledger);
      drawSinks(sinks);
    } catch (error) {
      if (error.status === 401) {
        heard = undefined;
        setChildren(ledgerLine);
        setChildren(sinkLine);
        return;
      }
      const since = heard === undefined ? "" : ` The numbers are those of ${time(heard, true)}.`;
      ledgerLine.dataset.problem = "true";
      setText(sinkLine, `${error.message}${since}`);
    }
  });
}

/** Takes the health event of the feed. */
export function takeHealth(data) {
  const { status, reasons } = healthShape(data);
  healthBanner.hidden = status === "ready" && reasons.length === 0;
  healthBanner.dataset.status = status;
  setChildren(healthBanner, h("strong", {}, status === "ready" ? "The service works, but: " : "The service is not ready: "), h("ul", {}, reasons.map((reason) => h("li", {}, reason))));
}

/** Writes the time of the service, in the city's zone. */
export function tickClock() {
  setText(document.getElementById("clock"), `${time(now(), true)} ${zoneName()}`);
}

function drawLedger(ledger) {
  const rejected = Object.values(ledger.rejected).reduce((sum, count) => sum + count, 0);
  const parts = [
    ["received", ledger.received], ["stored", ledger.stored], ["duplicate", ledger.duplicate], ["late", ledger.late], ["rejected", rejected], ["corrupt", ledger.corrupt], ["in flight", ledger.inFlight],
  ];
  delete ledgerLine.dataset.problem;
  setChildren(ledgerLine, h("strong", {}, "Ledger "), ...parts.map(([name, count], at) => [at === 0 ? "" : at === 1 ? " = " : " + ", h("span", { class: "count" }, `${number(count)} ${name}`)]),
    h("span", { class: ledger.unexplained === 0 ? "state ok-mark" : "state stale-mark" }, ` unexplained ${number(ledger.unexplained)}`),
    ledger.missing > 0 && h("span", {}, ` · ${number(ledger.missing)} missing on the way in`));
}

function drawSinks(sinks) {
  setChildren(sinkLine, ...sinks.map((sink) => h("span", { class: "sink" }, h("strong", {}, sink.name), ` ${number(sink.lagSeconds, 1)} s behind`,
    sink.lagRecords > 0 && `, ${number(sink.lagRecords)} records`, sink.trouble && h("span", { class: "state stale-mark" }, ` ${sink.trouble}`))));
}
