// Asks again and again while somebody looks; what has no feed.

/** Calls at once, or after a first wait, then so often after each call has ended, while the page is visible; the returned function ends it. */
export function poll(milliseconds, call, first = 0) {
  let timer = setTimeout(again, first);
  let isOver = false;
  async function again() {
    if (!document.hidden) {
      await call();
    }
    if (!isOver) {
      timer = setTimeout(again, milliseconds);
    }
  }
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
