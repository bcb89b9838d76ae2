// Who has logged in. The cookie is the browser's, the token for commands and an API key live in this module alone: never in an address, never in storage.

let who;
let key;

/** Tells "changed" when somebody has logged in or out, and "refused" when the API asks for a login. */
export const session = new EventTarget();

/** Who has logged in: name, role, token; undefined: nobody, which may be enough. */
export const caller = () => who;

/** Whether the one who has logged in may command boards. Nobody in particular may try: on a machine without accounts it works, elsewhere the API asks for a login. */
export const mayCommand = () => who === undefined || who.role === "operator" || who.role === "admin";

/** Headers that prove who asks. */
export function credentials(method) {
  return {
    ...(key && { Authorization: `Bearer ${key}` }),
    ...(who?.token && method !== "GET" && { "X-CSRF-TOKEN": who.token }),
  };
}

/** The API has refused a request for want of a login. */
export function refused(isCommand) {
  session.dispatchEvent(new CustomEvent("refused", { detail: { isCommand } }));
}

export function enter(caller) {
  who = caller;
  session.dispatchEvent(new Event("changed"));
}

/** From now on requests carry this key; undefined: none. */
export function useKey(text) {
  key = text;
}

export function leave() {
  who = undefined;
  key = undefined;
  session.dispatchEvent(new Event("changed"));
}
