/* <search-live> around a search form and what it found: both follow the typing. The server renders; this swaps the parts marked
   data-live, keeps the address in step, and leaves the focus where it was. Without JavaScript the form and its links do the same. */

const PAUSE = 150; // milliseconds without a key before the server is asked
const IN_HEAD = "link[rel=canonical], link[rel=alternate]";

class SearchLive extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.field = this.form.elements.q;
    this.trouble = this.querySelector("[role=alert]");
    this.isSettled = true; // whether the address is worth going back to
    this.search = location.search;
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.field.addEventListener("input", () => this.type());
    this.field.addEventListener("change", () => { this.isSettled = true; });
    this.addEventListener("click", (event) => this.follow(event));
    window.addEventListener("popstate", this);
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this);
    this.stop();
  }

  // Back and forward, but not to another place on this page
  handleEvent() {
    if (location.search === this.search) return;
    this.search = location.search;
    this.isSettled = true;
    this.field.value = new URLSearchParams(location.search).get("q") ?? "";
    this.show(location.href);
  }

  type() {
    this.stop();
    this.timer = setTimeout(() => {
      const address = this.address();
      this.visit(address, this.isSettled);
      this.isSettled = false;
      const isUnfinished = this.field.selectionEnd === this.field.value.length && !/\s$/.test(this.field.value);
      this.show(isUnfinished ? `${address}${address.includes("?") ? "&" : "?"}typing=1` : address);
    }, PAUSE);
  }

  submit(event) {
    event.preventDefault();
    this.visit(this.address(), this.isSettled);
    this.isSettled = true;
    this.show(location.href);
  }

  async follow(event) {
    const link = event.target.closest("a");
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || link.origin !== location.origin || link.pathname !== location.pathname) return;
    event.preventDefault();
    const { key } = link.dataset;
    if (!await this.show(link.href)) return;
    this.visit(link.href, true);
    this.isSettled = true;
    this.field.value = new URL(link.href).searchParams.get("q") ?? "";
    (key && this.querySelector(`[data-key="${CSS.escape(key)}"]`) || this.querySelector("h1")).focus();
  }

  // The address of what the form asks for
  address() {
    const asked = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => value.trim()));
    return this.form.getAttribute("action") + (asked.size ? `?${asked}` : "");
  }

  visit(address, isNew) {
    if (new URL(address, location.href).href === location.href) return;
    if (isNew) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    this.search = location.search;
  }

  stop() {
    clearTimeout(this.timer);
    this.pending?.abort();
  }

  // True where what is found at `address` is shown now; otherwise the page stays as it was, and says why
  async show(address) {
    this.stop();
    const pending = this.pending = new AbortController();
    this.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { signal: pending.signal });
      const found = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!response.ok) return this.refuse(found.querySelector("[data-refusal]")?.textContent);
      this.swap(found);
      return true;
    } catch (error) {
      return error.name === "AbortError" ? false : this.refuse();
    } finally {
      if (this.pending === pending) this.removeAttribute("aria-busy");
    }
  }

  refuse(sentence = this.dataset.trouble) {
    this.trouble.textContent = sentence;
    this.trouble.hidden = false;
    return false;
  }

  swap(found) {
    const open = [...this.querySelectorAll("details[open]")].map((details) => details.id);
    for (const part of this.querySelectorAll("[data-live]")) {
      part.replaceChildren(...found.getElementById(part.id).childNodes);
    }
    for (const details of this.querySelectorAll("details")) details.open ||= open.includes(details.id);
    const links = found.querySelectorAll(IN_HEAD);
    document.querySelectorAll(IN_HEAD).forEach((link, place) => { link.href = links[place].getAttribute("href"); });
    document.title = found.title;
    this.trouble.hidden = true;
  }
}

// Not before the page is parsed: an element is connected before what it holds is there.
const define = () => customElements.define("search-live", SearchLive);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", define);
else define();
