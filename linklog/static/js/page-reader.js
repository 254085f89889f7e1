/* <page-reader> has the linked page read, fills what the author has not touched, and shows what was found and written before.
   In what it shows, data-insert puts Markdown into the text (data-first: at its beginning), data-link changes the link. */

import { replaceText, setText } from "./text-editing.js";

const BESIDE = matchMedia("(min-width: 68.75rem)"); // as in write.css: the text is seen beside what is shown

class PageReader extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("post-editor");
    this.found = this.querySelector(".page-found");
    this.isNew = this.editor.dataset.token === "0";
    this.addEventListener("click", (event) => this.press(event));
    this.editor.addEventListener("linklog:edited", () => this.offer());
    this.editor.addEventListener("change", (event) => this.begin(event));
    if ("now" in this.dataset) this.read();
    else this.offer();
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  get url() { return this.editor.form.elements.link_url.value.trim(); }

  // The button, where there is a page that is not shown
  offer() {
    const isPage = /^https?:\/\/[^\s/]/i.test(this.url);
    this.part("again").hidden = !isPage || this.url === this.shown || Boolean(this.reading);
    this.part("none").hidden = isPage || Boolean(this.found.firstElementChild);
  }

  // A new post begins with its link: what can be filled in is. Later it is the author who asks.
  begin({ target, isTrusted }) {
    const { link_url: link, title } = this.editor.form.elements;
    this.offer();
    if (isTrusted && target === link && this.isNew && !title.value && !this.part("again").hidden) this.read({ again: "1" });
  }

  press({ target }) {
    const button = target.closest("button");
    if (!button) return;
    const { body, link_url: link } = this.editor.form.elements;
    if (button === this.part("again")) this.read({ again: "1" });
    if (button.dataset.link) {
      setText(link, button.dataset.link);
      this.shown = button.dataset.link;
      button.closest("p").remove();
    }
    if (!button.dataset.insert) return;
    if ("first" in button.dataset) {
      body.focus();
      replaceText(body, 0, 0, button.dataset.insert);
    } else this.editor.insert(button.dataset.insert);
  }

  async read(more = {}) {
    if (this.reading) return;
    const { title, text, via, code } = this.dataset;
    const { csrfmiddlewaretoken, capture } = this.editor.form.elements;
    const url = more.again ? this.url : this.dataset.url;
    const kind = this.editor.fields().kind ?? "";
    this.state("reading");
    this.reading = fetch(this.dataset.read, {
      method: "POST",
      body: new URLSearchParams({ url, title, text, via, code, kind, capture: capture?.value ?? "", ...more }),
      headers: { "Accept": "application/json", "X-CSRFToken": csrfmiddlewaretoken.value },
    });
    try {
      const response = await this.reading;
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.problem);
      this.show(answer, more.again);
    } catch {
      this.state("unreached");
    }
    this.reading = null;
    this.offer();
  }

  state(name) {
    for (const part of ["reading", "unreached", "none"]) this.part(part).hidden = part !== name;
    this.part("again").hidden = true;
  }

  show({ fields, html }, isAsked) {
    this.state("");
    // Who opens a post again may have left a field empty on purpose
    if (this.isNew || isAsked) for (const [name, text] of Object.entries(fields)) this.propose(name, text);
    this.shown = this.url;
    const page = new DOMParser().parseFromString(html, "text/html");
    this.found.replaceChildren(...page.body.childNodes);
    this.turnUp();
  }

  // Into what is empty or as it came along with the link
  propose(name, text) {
    const given = { title: this.dataset.title, link_url: this.dataset.url, via_url: this.dataset.via };
    const now = this.editor.fields()[name];
    if (text && (now === "" || now === given[name])) this.editor.fill(name, text);
  }

  // Beside the text it is shown once; where there is no room beside it, its tab says that there is something
  turnUp() {
    const tab = this.editor.querySelector("input[name=pane][value=page]");
    const isUntouched = this.editor.querySelector("input[name=pane]:checked")?.value === "text";
    if (!tab || !isUntouched || !this.found.querySelector(".page-group, .page-pin, .page-problem")) return;
    if (BESIDE.matches) tab.checked = true;
    else tab.closest("label").dataset.news = "";
  }
}

customElements.define("page-reader", PageReader);
