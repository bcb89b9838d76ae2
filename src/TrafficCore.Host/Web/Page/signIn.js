// The dialog for signing in, and what the header says of it.

import * as api from "./api.js";
import { h, setChildren, setText } from "./dom.js";
import { caller, enter, leave, session, useKey } from "./session.js";

const dialog = document.getElementById("sign-in");
const form = dialog.querySelector("form");
const problem = form.querySelector(".problem");

// Who has said "not now" is asked again by a command, or by the button beside "Stale", and not by whatever the page asks for meanwhile.
let isDeclined = false;

/** Learns whether somebody has logged in already, and listens for requests that need it. */
export async function begin() {
  form.addEventListener("submit", submit);
  form.querySelector("[value=cancel]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    isDeclined = caller() === undefined;
    form.reset();
  });
  session.addEventListener("refused", ({ detail }) => (isDeclined && !detail.isCommand) || open("The service asks who you are."));
  session.addEventListener("changed", showAccount);
  await api.whoAmI().then(enter, () => showAccount());
}

/** Opens the dialog, unless it is open. */
export function open(why) {
  if (!dialog.open) {
    setText(document.getElementById("sign-in-why"), why);
    setText(problem, "");
    dialog.showModal();
  }
}

async function submit(event) {
  event.preventDefault();
  const { name, password, key } = form.elements;
  try {
    useKey(key.value.trim() || undefined);
    enter(key.value ? await api.whoAmI() : await api.logIn(name.value.trim(), password.value));
    dialog.close();
  } catch (error) {
    useKey(undefined);
    setText(problem, key.value && error.status === 401 ? "The key is not known, or its time is over." : error.message);
  }
}

function showAccount() {
  const who = caller();
  setChildren(
    document.getElementById("account"),
    who && [`${who.name} (${who.role ?? "no role"}) `, h("button", { type: "button", onclick: logOut }, "Sign out")],
  );
}

async function logOut() {
  isDeclined = false;
  await api.logOut().catch(() => {});
  leave();
}
