// Starts the page: which view the address asks for, the feed, and whether what is seen is of now.

import * as api from "./api.js";
import { boardView } from "./boardView.js";
import { boardsView } from "./boardsView.js";
import { CityModel } from "./cityModel.js";
import { cityView } from "./cityView.js";
import { now, setZone, time } from "./clock.js";
import { h, setChildren, setText } from "./dom.js";
import { Feed } from "./feed.js";
import { intersectionView } from "./intersectionView.js";
import { caller, session } from "./session.js";
import * as signIn from "./signIn.js";
import * as strip from "./strip.js";

// A board that is not there yet, a database that is being rebuilt: worth another look soon.
const RETRY = 5_000;

const feed = new Feed();
const problem = document.getElementById("problem");
let info = {};
let view;
let stops = [];
let followed; // "view", "health" or nothing yet
let retry;
let lostAt;

// Health is in every view's question, and the page's, not the view's.
const context = {
  watch: (filter, take) => feed.watch(filter, (name, data) => (name === "health" ? strip.takeHealth(data) : take(name, data))),
  attempt,
  reload: load,
  model: new CityModel(),
  info: () => info,
};

/** Makes a request of a view; what went wrong is said above it. */
async function attempt(call) {
  try {
    await call();
    problem.hidden = true;
    return true;
  } catch (error) {
    // Whether the service answers, and whom, is said of the connection.
    problem.hidden = error.status === 0 || error.status === 401;
    setText(problem, error.message);
    return false;
  }
}

function route() {
  const [place, ...rest] = location.hash.replace(/^#\/?/u, "").split("/").map(decode);
  const made = place === "intersections" && rest.length === 1 ? intersectionView(context, rest[0])
    : place === "boards" && rest.length === 2 ? boardView(context, rest[0], rest[1])
    : place === "boards" ? boardsView(context)
    : cityView(context);
  leaveView();
  view = made;
  document.title = `${made.title} – TrafficCore${info.name ? ` ${info.name}` : ""}`;
  setChildren(document.getElementById("main"), made.element);
  for (const link of document.querySelectorAll("nav a")) {
    const isHere = link.dataset.view === (place === "boards" ? "boards" : "city");
    isHere ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  stops = made.start();
  load();
}

function leaveView() {
  stops.forEach((stop) => stop());
  view?.stop();
  followed = undefined;
}

/** What a view shows is asked for first, then followed. While that fails it is tried again, and the feed is held by the service's health alone. */
async function load() {
  const asked = view;
  const isLoaded = await attempt(asked.load);
  if (asked !== view || followed === "view") {
    return;
  }
  if (isLoaded) {
    followed = "view";
    asked.follow();
    return;
  }
  clearTimeout(retry);
  retry = setTimeout(() => asked === view && load(), RETRY);
  if (followed === undefined) {
    followed = "health";
    context.watch({ kinds: ["health"] }, () => {});
  }
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function learn() {
  info = await api.city().catch(() => info);
  setZone(info.timeZone ?? "UTC");
  setText(document.getElementById("city-name"), info.name ?? "");
}

// Who signs in goes on where they were, with what they have written; who signs out leaves nothing behind.
async function beSomebodyElse() {
  const isFirst = info.timeZone === undefined;
  if (caller() === undefined) {
    [info, context.model] = [{}, new CityModel()];
  }
  await learn();
  if (isFirst || caller() === undefined) {
    route();
  } else {
    followed = undefined;
    load();
  }
}

// What is seen while the connection is away is of the time before: it says so, and looks so.
function showConnection() {
  const { phase, words } = feed.state;
  const banner = document.getElementById("stale");
  const isBack = phase === "live" && lostAt !== undefined;
  lostAt = phase === "live" ? undefined : (lostAt ?? now());
  document.body.dataset.connection = phase === "live" ? "live" : "stale";
  setText(document.getElementById("connection"), { live: "Live", lost: "Connection lost", refused: "Not signed in" }[phase]);
  banner.hidden = phase === "live";
  setChildren(banner, ...(phase === "refused" && info.timeZone === undefined
    ? [h("strong", {}, "Nobody is signed in. ")]
    : [h("strong", {}, `Stale since ${time(lostAt ?? now(), true)}. `), `What is seen here is of before. ${words} `]),
  phase === "lost" && "The page tries again by itself.", phase === "refused" && h("button", { type: "button", onclick: () => signIn.open(words) }, "Sign in"));
  if (isBack) {
    learn().then(load);
  }
}

feed.addEventListener("state", showConnection);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address is the view's
  document.getElementById("main").focus();
});
window.addEventListener("hashchange", () => {
  route();
  document.getElementById("main").focus();
});
setInterval(() => {
  strip.tickClock();
  view?.tick();
}, 1000);

await signIn.begin();
session.addEventListener("changed", beSomebodyElse);
await learn();
route();
strip.begin();
