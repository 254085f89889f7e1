/* Alt text as a language model writes it: pieces of text first, then {done, text, cost}. */

/* Throws {message: a sentence of the server's, or ""} */
export async function* draftAlt(address, fields, csrf, signal) {
  const response = await fetch(address, {
    method: "POST", body: new URLSearchParams(fields), headers: { "Accept": "application/x-ndjson", "X-CSRFToken": csrf }, signal,
  });
  const isStream = response.headers.get("Content-Type")?.startsWith("application/x-ndjson");
  if (!isStream) throw new Error((await response.json().catch(() => ({}))).problem ?? "");
  let rest = "";
  for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();;) {
    const { value = "", done } = await reader.read();
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) {
      const piece = JSON.parse(line);
      if (piece.problem) throw new Error(piece.problem);
      yield piece;
    }
    if (done) return;
  }
}
