// <noted-links data-keep="/…"> notes links down in this browser while there is no network, and sends them to the inbox when there is.
// Its form, list and status are optional: the front page only sends.

const KEY = "linklog-noted-links";

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || [];
  } catch {
    return [];
  }
}

function store(links) {
  try {
    if (links.length) localStorage.setItem(KEY, JSON.stringify(links));
    else localStorage.removeItem(KEY);
    return true;
  } catch {
    return false;
  }
}

class NotedLinks extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form?.addEventListener("submit", (event) => this.note(event));
    this.fill();
    this.show();
    window.addEventListener("online", this);
    if (navigator.onLine) this.send();
  }

  disconnectedCallback() {
    window.removeEventListener("online", this);
  }

  handleEvent() {
    this.send();
  }

  // What was to be opened without a network, by a share or a bookmarklet, is proposed
  fill() {
    const asked = new URLSearchParams(location.search);
    if (!this.form) return;
    const text = asked.get("text") || "";
    const url = asked.get("url") || text.match(/https?:\/\/\S+/g)?.at(-1) || "";
    this.form.elements.url.value = url;
    this.form.elements.text.value = text.replace(url, "").trim();
  }

  note(event) {
    event.preventDefault();
    const link = Object.fromEntries(new FormData(this.form));
    if (store([...stored(), link])) this.form.reset();
    this.show();
    if (navigator.onLine) this.send();
  }

  async send() {
    let sent = 0;
    for (const link of stored()) {
      if (!(await this.keep(link))) break;
      store(stored().filter((other) => JSON.stringify(other) !== JSON.stringify(link)));
      sent += 1;
    }
    this.show();
    if (!sent) return;
    if (this.form) this.say(this.dataset.sent);
    else location.reload();
  }

  // Whether the site has the link now
  async keep(link) {
    const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] || "";
    const headers = { Accept: "application/json", "X-CSRFToken": token };
    try {
      return (await fetch(this.dataset.keep, { method: "POST", headers, body: new URLSearchParams(link) })).ok;
    } catch {
      return false;
    }
  }

  say(sentence) {
    this.querySelector("[role=status]").textContent = sentence;
  }

  show() {
    this.querySelector("ul")?.replaceChildren(...stored().map((link) => {
      const item = document.createElement("li");
      item.textContent = link.url;
      return item;
    }));
  }
}

customElements.define("noted-links", NotedLinks);
