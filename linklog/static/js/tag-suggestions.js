/* <tag-suggestions data-source="/…"> asks which tags suit what stands in the form of its <post-editor>, once the author pauses, and
   shows each as a button that adds it. */

import { setText } from "./text-editing.js";

const PAUSE = 700; // milliseconds more than the editor waits before it tells of a change
const ASKED_BY = ["kind", "title", "link_url", "body", "tag_names", "person_names"];

class TagSuggestions extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("post-editor");
    this.list = this.querySelector("ul");
    this.editor.addEventListener("linklog:edited", () => this.later());
    this.list.addEventListener("click", ({ target }) => this.add(target.closest("button")));
    customElements.whenDefined("post-editor").then(() => this.ask());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    clearTimeout(this.timer);
    const { csrfmiddlewaretoken, capture } = this.editor.form.elements;
    const fields = this.editor.fields();
    const body = new URLSearchParams(ASKED_BY.map((name) => [name, fields[name] ?? ""]));
    body.set("capture", capture?.value ?? "");
    if (body.toString() === this.asked) return;
    this.asked = body.toString();
    this.pending?.abort();
    this.pending = new AbortController();
    try {
      const response = await fetch(this.dataset.source, {
        method: "POST",
        body,
        headers: { "Accept": "application/json", "X-CSRFToken": csrfmiddlewaretoken.value },
        signal: this.pending.signal,
      });
      if (response.ok) this.show((await response.json()).tags);
      else this.asked = "";
    } catch (error) {
      if (error.name !== "AbortError") this.asked = ""; // offline: asked again at the next pause
    }
  }

  show(tags) {
    const focused = this.list.contains(document.activeElement);
    this.list.replaceChildren(...tags.map((tag) => {
      const item = this.querySelector("template").content.cloneNode(true);
      for (const part of ["name", "reason"]) item.querySelector(`[data-part=${part}]`).textContent = tag[part];
      item.querySelector("button").dataset.name = tag.name;
      return item;
    }));
    if (focused) this.list.querySelector("button")?.focus();
  }

  add(button) {
    if (!button) return;
    const field = this.editor.form.elements.tag_names;
    const given = field.value.replace(/[\s,]+$/, "");
    setText(field, `${given ? `${given}, ` : ""}${button.dataset.name}, `);
    const next = button.parentElement.nextElementSibling ?? button.parentElement.previousElementSibling;
    button.parentElement.remove();
    next?.querySelector("button").focus();
  }
}

customElements.define("tag-suggestions", TagSuggestions);
