// The one stream of the page: what the view shows is asked for, nothing else. When it breaks, it says so at once and comes back by itself.

import * as api from "./api.js";
import { read } from "./events.js";

// The service says something every 15 s (Live:KeepAlive); after two of these and a little, the connection is taken for dead.
const SILENCE = 35_000;

// The service's own "retry"; it doubles up to half a minute, and a part of it is random so that a hundred pages do not come back as one.
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;

/** Tells "state" when the connection comes and goes. */
export class Feed extends EventTarget {
  #current;

  /** live, lost, or refused (who asks has to sign in); and why. */
  state = { phase: "connecting", words: "" };

  /** Asks for other things from now on; what was asked for before ends. */
  watch(filter, onEvent) {
    this.#current?.abort();
    this.#current = new AbortController();
    this.#run(filter, onEvent, this.#current.signal);
  }

  async #run(filter, onEvent, signal) {
    for (let wait = FIRST_WAIT; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const problem = await this.#follow(filter, onEvent, signal, () => (wait = FIRST_WAIT));
      if (signal.aborted) {
        return;
      }
      this.#tell(problem.status === 401 ? "refused" : "lost", problem.message);
      if (problem.status === 401) {
        return; // who signs in begins anew
      }
      await pause(wait * (0.5 + Math.random() / 2), signal);
    }
  }

  // Returns what ended it.
  async #follow(filter, onEvent, signal, onLive) {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener("abort", stop, { once: true });
    let watchdog = setTimeout(stop, SILENCE);
    try {
      const answer = await api.live(filter, attempt.signal);
      await read(answer, (name, data) => signal.aborted || onEvent(name, data), () => {
        clearTimeout(watchdog);
        watchdog = setTimeout(stop, SILENCE);
        onLive();
        if (!signal.aborted) {
          this.#tell("live", "");
        }
      });
      return new api.Problem(0, { detail: "The service has ended the connection." });
    } catch (error) {
      return error instanceof api.Problem ? error : new api.Problem(0, { detail: attempt.signal.aborted ? "Nothing was heard for a while." : "The connection broke." });
    } finally {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", stop);
      attempt.abort();
    }
  }

  #tell(phase, words) {
    if (this.state.phase !== phase || this.state.words !== words) {
      this.state = { phase, words };
      this.dispatchEvent(new Event("state"));
    }
  }
}

// Until the time is over, or the machine is back on a network, or asked to stop.
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
    window.addEventListener("online", done);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      window.removeEventListener("online", done);
      resolve();
    }
  });
}
