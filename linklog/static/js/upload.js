/* One file on its way to the library: sent with its progress, sent again after a network that failed, asked about until it is ready.
   `changed` is called at every change of `state`: "queued", "sending", "preparing", "waiting" (for a network), "signed-out", "done"
   (then `media` is what the server says of it), "failed" (then `problem` is the server's sentence why, or a name), "cancelled". */

const FIRST_RETRY = 2000; // milliseconds
const LAST_RETRY = 30_000;
const FIRST_POLL = 300;
const LAST_POLL = 5000;
const STALLED = 60_000; // without a byte or an answer
const IS_PASSING = new Set([0, 429, 502, 503, 504]);
const IS_SETTLED = new Set(["done", "failed", "cancelled"]);

class Problem extends Error {}

export class Upload {
  // `facts`: what is sent with the file; `site`: {upload, stateOf(code), csrf(), renewSession()}
  constructor(file, facts, site, changed) {
    Object.assign(this, { file, facts, site, changed, state: "queued", sent: 0, problem: "", media: null });
  }

  get isSettled() { return IS_SETTLED.has(this.state); }

  become(state, facts = {}) {
    Object.assign(this, { state }, facts);
    this.changed(this);
  }

  cancel() {
    this.request?.abort();
    this.become("cancelled");
    this.wake?.();
  }

  fail(problem) {
    this.become("failed", { problem });
  }

  // Never rejects
  async run() {
    try {
      const answer = await this.trying(() => this.send());
      const media = await this.ready(answer);
      if (this.state !== "cancelled") this.become("done", { media });
    } catch (error) {
      if (this.state !== "cancelled") this.fail(error instanceof Problem ? error.message : "");
    }
  }

  // What `ask` is answered, asked again as long as the network or the server is away
  async trying(ask) {
    for (let wait = FIRST_RETRY; this.state !== "cancelled"; wait = Math.min(wait * 2, LAST_RETRY)) {
      const { status, answer } = await ask();
      if (status >= 200 && status < 300 && answer.code) {
        this.isRenewed = false;
        return answer;
      }
      if (this.state === "cancelled") break;
      if ((status === 401 || status === 403) && !this.isRenewed) {
        this.isRenewed = true;
        this.become("signed-out");
        await this.site.renewSession().catch(() => {});
      } else if (IS_PASSING.has(status)) {
        this.become("waiting");
        await this.pause(wait);
      } else {
        throw new Problem(answer.problem ?? "");
      }
    }
    return {};
  }

  async send() {
    await this.file.slice(0, 1).arrayBuffer().catch(() => { throw new Problem("unreadable"); }); // a folder, or gone from the disk
    const body = new FormData();
    body.append("file", this.file, this.file.name);
    for (const [name, text] of Object.entries({ name: this.file.name, ...this.facts })) if (text) body.append(name, text);
    this.become("sending", { sent: 0 });
    return new Promise((resolve) => {
      const request = this.request = new XMLHttpRequest();
      const stalled = () => { this.stalling = setTimeout(() => request.abort(), STALLED); };
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        clearTimeout(this.stalling);
        stalled();
        if (loaded < total) this.become("sending", { sent: loaded / total });
        else this.become("preparing");
      });
      request.addEventListener("loadend", () => {
        clearTimeout(this.stalling);
        resolve({ status: request.status, answer: request.response ?? {} });
      });
      request.open("POST", this.site.upload);
      request.responseType = "json";
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", this.site.csrf());
      request.send(body);
      stalled();
    });
  }

  // It is safe there; what readers see of it may still be made
  async ready(answer) {
    for (let wait = FIRST_POLL; answer.state === "waiting"; wait = Math.min(wait * 2, LAST_POLL)) {
      this.become("preparing");
      await this.pause(wait);
      answer = await this.trying(() => this.ask(answer.code));
    }
    if (answer.state === "failed") throw new Problem(answer.problem);
    return answer;
  }

  async ask(code) {
    try {
      const response = await fetch(this.site.stateOf(code), { headers: { Accept: "application/json" }, cache: "no-store" });
      return { status: response.status, answer: await response.json().catch(() => ({})) };
    } catch {
      return { status: 0, answer: {} };
    }
  }

  // Until `wait` is over, the network is back, or it is cancelled
  pause(wait) {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, wait);
      window.addEventListener("online", resolve, { once: true });
    });
  }
}
