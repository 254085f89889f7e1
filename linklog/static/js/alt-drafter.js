/* <alt-drafter> asks a language model for the alt text of one image, and lets it flow into the textarea of its form, where the author
   mends it and saves it. What is sent stands in the element: data-code, data-src, data-title, data-before, data-after. */

import { draftAlt } from "./alt-draft.js";
import { textOf } from "./texts.js";

const SENT = ["code", "src", "title", "before", "after"];

class AltDrafter extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.field = this.form.elements.alt;
    this.button = this.querySelector("button");
    this.button.addEventListener("click", () => (this.drafting ? this.drafting.abort() : this.draft()));
  }

  async draft() {
    const former = this.field.value;
    this.drafting = new AbortController();
    this.tell("drafting", "stop");
    this.field.readOnly = true;
    try {
      await this.stream();
    } catch (error) {
      this.field.value = former;
      this.tell(this.drafting.signal.aborted ? "stopped" : error.message || "not-drafted", "draft");
    }
    this.field.readOnly = false;
    this.drafting = null;
  }

  async stream() {
    const fields = Object.fromEntries(SENT.map((name) => [name, this.dataset[name]]));
    const csrf = this.form.elements.csrfmiddlewaretoken.value;
    let text = "";
    for await (const piece of draftAlt(this.dataset.source, fields, csrf, this.drafting.signal)) {
      text = piece.done ? piece.text : text + piece.text;
      this.field.value = text;
      if (piece.done) this.tell("drafted-for", "draft", piece);
    }
  }

  tell(name, act, values = {}) {
    this.querySelector("[role=status]").textContent = textOf(this, name, values);
    this.button.textContent = textOf(this, act);
  }
}

customElements.define("alt-drafter", AltDrafter);
