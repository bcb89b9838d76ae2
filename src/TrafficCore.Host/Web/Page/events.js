// Reads an event stream (WHATWG HTML, server-sent events) from an answer: EventSource could send no key, and tells nothing of why it failed.

/** Calls back for each event with its name and its data as JSON, and for whatever comes, comments too; returns when the stream ends. */
export async function read(answer, onEvent, onAnything) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = { name: "message", data: [] };
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    onAnything();
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (event.data.length > 0) {
          onEvent(event.name, JSON.parse(event.data.join("\n")));
        }
        event = { name: "message", data: [] };
      } else if (line.startsWith("event: ")) {
        event.name = line.slice(7);
      } else if (line.startsWith("data: ")) {
        event.data.push(line.slice(6));
      }
    }
  }
}
