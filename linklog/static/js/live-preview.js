/* <live-preview> shows the page that the form of its <post-editor> would make, in a frame that can run nothing: the server renders,
   the frame is sandboxed. While one writes only what changed is put anew, so that it keeps its place. */

import { syncNode } from "./node-sync.js";

const PAUSE = 80; // milliseconds without a key

class LivePreview extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("post-editor");
    this.frame = this.querySelector("iframe");
    this.trouble = this.querySelector("[role=status]");
    this.editor.addEventListener("input", () => this.changed());
    this.editor.addEventListener("linklog:saved", () => { if (!this.trouble.hidden) this.changed(); });
    new IntersectionObserver((entries) => this.seen(entries.at(-1).isIntersecting)).observe(this);
    new MutationObserver(() => this.dress()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  // Nothing is rendered for a preview that nobody sees
  seen(isSeen) {
    this.isSeen = isSeen;
    if (isSeen && this.isStale !== false) this.changed();
  }

  changed() {
    this.isStale = true;
    clearTimeout(this.timer);
    if (this.isSeen) this.timer = setTimeout(() => this.refresh(), PAUSE);
  }

  // One at a time: the next waits, so that the server is not asked for what nobody waits for
  async refresh() {
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.isStale) {
      this.isStale = false;
      await this.render();
    }
    this.isBusy = false;
  }

  async render() {
    const { csrfmiddlewaretoken, token } = this.editor.form.elements;
    const body = new URLSearchParams({ ...this.editor.fields(), token: token.value });
    try {
      const response = await fetch(this.editor.dataset.preview, {
        method: "POST", body, headers: { "X-CSRFToken": csrfmiddlewaretoken.value },
      });
      if (!response.ok) throw new Error(response.status);
      await this.show(await response.text());
      this.trouble.hidden = true;
    } catch {
      this.trouble.hidden = false;
    }
  }

  async show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const image of page.querySelectorAll("main img:not([src])")) image.replaceWith(image.alt); // it is on its way
    const main = this.frame.contentDocument?.querySelector("main");
    if (main) this.follow(syncNode(main, page.querySelector("main")));
    else await this.open(page);
    this.dispatchEvent(new CustomEvent("linklog:previewed", { bubbles: true }));
  }

  open(page) {
    for (const script of page.querySelectorAll("script")) script.remove(); // they would not run, and the console would say so
    return new Promise((resolve) => {
      this.frame.addEventListener("load", () => {
        for (const kind of ["click", "auxclick", "submit"]) {
          this.frame.contentDocument.addEventListener(kind, (event) => event.preventDefault(), true);
        }
        this.dress();
        resolve();
      }, { once: true });
      this.frame.srcdoc = page.documentElement.outerHTML;
    });
  }

  // The colours that were chosen for this page
  dress() {
    const { theme } = document.documentElement.dataset;
    const root = this.frame.contentDocument?.documentElement;
    if (root && theme) root.dataset.theme = theme;
    else if (root) delete root.dataset.theme;
  }

  // What changed comes into view
  follow(node) {
    const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (!element) return;
    const view = this.frame.contentWindow;
    const { top, bottom } = element.getBoundingClientRect();
    if (bottom < 0 || top > view.innerHeight) view.scrollBy(0, top - view.innerHeight / 3);
  }
}

customElements.define("live-preview", LivePreview);
