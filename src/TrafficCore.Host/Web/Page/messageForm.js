// An operator's message: written, sent, withdrawn. What the API finds wrong stands at its field.

import * as api from "./api.js";
import { time } from "./clock.js";
import { h, setChildren, setText } from "./dom.js";
import { face, words } from "./multi.js";
import { caller, mayCommand, session } from "./session.js";

// As the contract has it: IRIS "high_1", above what rules say by default.
const PRIORITY = 11;

export class MessageForm {
  #at;
  #id;
  #show;
  #problems = new Map();

  constructor(at, id, show) {
    [this.#at, this.#id, this.#show] = [at, id, show];
    this.content = h("textarea", { name: "content", rows: 3, required: true, spellcheck: "false", oninput: () => this.#preview() });
    this.kind = h("select", { name: "kind", onchange: () => this.#preview() }, h("option", { value: "text" }, "plain lines"), h("option", { value: "multi" }, "MULTI"));
    this.priority = h("input", { name: "priority", type: "number", min: 1, max: 255, value: PRIORITY });
    this.duration = h("input", { name: "duration", value: "1h", list: "durations", size: 6 });
    this.note = h("input", { name: "note", maxlength: 200 });
    this.author = h("input", { name: "author", maxlength: 64, autocomplete: "name" });
    this.authorField = this.#field("Your name", this.author, "author");
    this.preview = h("div", { class: "preview", "aria-label": "Preview" });
    this.outcome = h("p", { class: "outcome", role: "status" });
    this.problem = h("p", { class: "problem", role: "alert" });
    this.standing = h("p", { class: "standing" });
    this.withdraw = h("button", { type: "button", hidden: true, onclick: () => this.#do(() => api.withdrawMessage(at, id), "Withdrawn.") }, "Withdraw the message");
    this.fields = h("fieldset", {}, h("legend", { class: "unseen" }, "Message"),
      h("div", { class: "write" },
        h("div", {}, this.#field("Text", this.content, "text", "multi"), this.preview),
        h("div", { class: "fields" }, this.#field("Written as", this.kind), this.#field("Priority, 1 to 255", this.priority, "priority"),
          this.#field("Stays for (30m, 8h)", this.duration, "duration", "expires"), this.#field("Note", this.note, "note"), this.authorField)),
      h("datalist", { id: "durations" }, ["15m", "30m", "1h", "2h", "8h", "1d"].map((value) => h("option", { value }))),
      h("p", { class: "buttons" }, h("button", { type: "submit", class: "primary" }, "Send to the board"), this.withdraw));
    this.element = h("form", { class: "tile message", novalidate: true, onsubmit: (event) => this.#send(event) },
      h("h2", {}, "Operator's message"), this.standing, this.fields, this.problem, this.outcome);
    session.addEventListener("changed", this.#permit);
    this.#permit();
  }

  stop() {
    session.removeEventListener("changed", this.#permit);
  }

  /** Takes the board as it is. */
  show(board) {
    this.board = board;
    this.content.rows = Math.min(8, Math.max(2, board.lines * Math.min(board.pages, 2)));
    this.withdraw.hidden = !board.manual;
    const standing = board.manual && `${board.manual.shown ? "Shown" : "Waiting behind something of higher priority"}: "${words(board.manual.multi)}", priority ${board.manual.priority}, by ${board.manual.author ?? "nobody named"}, until ${time(board.manual.expires)}.`;
    setText(this.standing, standing ?? `None stands. The board has ${board.lines} lines of ${board.characters} characters, ${board.pages} pages.`);
    this.#preview();
  }

  #field(title, input, ...names) {
    const problem = h("span", { class: "problem" });
    names.forEach((name) => this.#problems.set(name, { input, problem }));
    return h("label", {}, title, input, problem);
  }

  #permit = () => {
    this.fields.disabled = !mayCommand();
    this.authorField.hidden = caller() !== undefined;
    setText(this.problem, mayCommand() ? "" : "Your account may look, not command: that takes the role operator.");
  };

  #preview() {
    if (this.board) {
      const text = this.content.value;
      const multi = this.kind.value === "multi" ? text : lines(text, this.board.lines);
      setChildren(this.preview, text.trim() && face(multi, this.board));
    }
  }

  async #send(event) {
    event.preventDefault();
    const form = {
      content: this.content.value, isMulti: this.kind.value === "multi", priority: Number(this.priority.value), duration: this.duration.value.trim(),
      note: this.note.value.trim(), author: caller() ? "" : this.author.value.trim(),
    };
    await this.#do(() => api.sendMessage(this.#at, this.#id, form), "Taken.");
  }

  async #do(call, done) {
    this.#clear();
    try {
      const board = await call();
      this.#show(board);
      setText(this.outcome, board.manual && !board.manual.shown ? `${done} Something of higher priority is shown.` : done);
    } catch (error) {
      this.#tell(error);
    }
  }

  #clear() {
    setText(this.outcome, "");
    setText(this.problem, "");
    this.#problems.forEach(({ input, problem }) => (setText(problem, ""), input.removeAttribute("aria-invalid")));
  }

  #tell(error) {
    let isNamed = false;
    for (const [name, wrong] of Object.entries(error.errors ?? {})) {
      const field = this.#problems.get(name);
      if (field) {
        setText(field.problem, wrong.join("; "));
        field.input.setAttribute("aria-invalid", "true");
        isNamed || field.input.focus();
        isNamed = true;
      }
    }
    setText(this.problem, isNamed ? "The message was not sent; see above." : error.status === 401 ? "Sign in, then send it again." : error.message);
  }
}

// As the service composes plain lines: so many on a page, brackets doubled.
function lines(text, perPage) {
  const written = text.split("\n").map((line) => line.split("|")[0].trimEnd()).filter((line) => line.length > 0).map((line) => line.replace(/[[\]]/gu, "$&$&"));
  const pages = [];
  for (let at = 0; at < written.length; at += perPage) {
    pages.push(written.slice(at, at + perPage).join("[nl]"));
  }
  return pages.join("[np]");
}
