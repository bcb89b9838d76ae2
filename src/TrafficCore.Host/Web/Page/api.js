// Every request that the page makes. Answers come back in the page's own shapes; what went wrong is a Problem.

import * as boardShapes from "./boardShapes.js";
import { setBy } from "./clock.js";
import { credentials, refused } from "./session.js";
import * as shapes from "./shapes.js";

/** An answer that is none, in the words of its problem details (RFC 9457); status 0: there was no answer. */
export class Problem extends Error {
  constructor(status, details = {}) {
    super(status === 401 && !details.detail ? "It asks who you are." : details.detail ?? details.title ?? (status === 0 ? "The service does not answer." : `The service answered ${status}.`));
    this.status = status;
    this.errors = details.errors ?? {};
  }
}

export const city = async () => shapes.city(await json("/api/v1/city"));

export const intersections = async () => (await json("/api/v1/intersections")).map(shapes.intersection);

export const intersection = async (id, window) =>
  shapes.intersectionDetail(await json(`/api/v1/intersections/${encodeURIComponent(id)}?window=${encodeURIComponent(window)}`));

export const flow = async (id, window) =>
  shapes.series(await json(`/api/v1/intersections/${encodeURIComponent(id)}/flow?window=${encodeURIComponent(window)}`));

export const approachFlow = async (id, approach, window) =>
  shapes.series(await json(`/api/v1/intersections/${encodeURIComponent(id)}/approaches/${encodeURIComponent(approach)}/flow?window=${encodeURIComponent(window)}`));

export const cityIndex = async (window) => shapes.indexSeries(await json(`/api/v1/city/index?window=${encodeURIComponent(window)}`));

export const ledger = async () => shapes.ledger(await json("/api/v1/ledger"));

export const sinks = async () => (await json("/api/v1/sinks")).map(shapes.sink);

export const boards = async () => (await json("/api/v1/boards")).map(boardShapes.board);

export const board = async (at, id) => boardShapes.board(await json(`/api/v1/boards/${encodeURIComponent(at)}/${encodeURIComponent(id)}`));

export const boardLog = async (at, id) => (await json(`/api/v1/boards/${encodeURIComponent(at)}/${encodeURIComponent(id)}/messages`)).map(boardShapes.logged);

export const sendMessage = async (at, id, form) =>
  boardShapes.board(await json(`/api/v1/boards/${encodeURIComponent(at)}/${encodeURIComponent(id)}/message`, { method: "PUT", body: boardShapes.command(form) }));

export const withdrawMessage = async (at, id) =>
  boardShapes.board(await json(`/api/v1/boards/${encodeURIComponent(at)}/${encodeURIComponent(id)}/message`, { method: "DELETE" }));

export const whoAmI = async () => shapes.session(await json("/api/v1/session", { isAsking: true }));

export const logIn = async (name, password) => shapes.session(await json("/api/v1/session", { method: "POST", body: { name, password }, isAsking: true }));

export const logOut = () => request("/api/v1/session", { method: "DELETE" });

/** The live feed: an answer that goes on. Lists may be empty, which asks for everything. */
export function live({ intersections: ids = [], window, kinds = [] }, signal) {
  const query = [...ids.map((id) => ["intersection", id]), ...(window ? [["window", window]] : []), ...(kinds.length > 0 ? [["kinds", kinds.join(",")]] : [])];
  const question = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return request(`/api/v1/live${question && "?"}${question}`, { signal });
}

async function json(path, options) {
  const answer = await request(path, options);
  try {
    return await answer.json();
  } catch {
    throw new Problem(0);
  }
}

async function request(path, { method = "GET", body, signal, isAsking = false } = {}) {
  const headers = { ...credentials(method), ...(body && { "Content-Type": "application/json" }) };
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal, cache: "no-store", credentials: "same-origin", redirect: "error" });
  } catch {
    throw new Problem(0);
  }
  setBy(answer);
  if (answer.ok) {
    return answer;
  }
  const problem = new Problem(answer.status, await answer.json().catch(() => ({})));
  if (answer.status === 401 && !isAsking) {
    refused(method !== "GET");
  }
  throw problem;
}
