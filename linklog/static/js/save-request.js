/* What the server is asked to keep, and what it answers. */

const ANSWER_WITHIN = 30_000; // milliseconds
const KEEPALIVE_LENGTH = 60_000; // what a browser still sends when its page is gone: 64 kB in all

/* {status, answer}; rejects where there is no network or no server */
export async function sendFields(address, form, fields, token) {
  const { csrfmiddlewaretoken, capture } = form.elements;
  const body = new URLSearchParams({ ...fields, token, capture: capture?.value ?? "" });
  const response = await fetch(address, {
    method: "POST",
    body,
    headers: { "Accept": "application/json", "X-CSRFToken": csrfmiddlewaretoken.value },
    keepalive: body.toString().length < KEEPALIVE_LENGTH,
    signal: AbortSignal.timeout(ANSWER_WITHIN),
  });
  return { status: response.status, answer: await response.json().catch(() => ({})) };
}
