/* <model-suggestion data-source="/…" data-about="…" data-fields="title body"> asks a language model when its button is pressed, sends these
   fields of its form, and shows what comes as plain text, each with a button that puts it into the field it is for,
   or copies it where it is for none. */

import { insertText, replaceText, setText } from "./text-editing.js";

class ModelSuggestion extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ul");
    this.button = this.querySelector("[data-part=ask]");
    this.button.addEventListener("click", () => this.ask());
    this.list.addEventListener("click", ({ target }) => this.use(target.closest("button")));
  }

  get form() { return this.closest("form"); }

  async ask() {
    if (this.isAsking) return;
    this.isAsking = true;
    this.button.setAttribute("aria-disabled", "true");
    this.list.replaceChildren();
    this.say(this.dataset.waiting);
    try {
      const response = await fetch(this.dataset.source, {
        method: "POST",
        body: this.question(),
        headers: { "Accept": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
      });
      const answer = await response.json();
      if (response.ok) this.show(answer);
      else this.say(answer.problem);
    } catch {
      this.say(this.dataset.failed);
    }
    this.button.removeAttribute("aria-disabled");
    this.isAsking = false;
  }

  question() {
    const names = (this.dataset.fields ?? "").split(" ").filter(Boolean);
    const body = new URLSearchParams(names.map((name) => [name, this.form.elements[name]?.value ?? ""]));
    body.set("about", this.dataset.about);
    return body;
  }

  show({ suggestion, cost }) {
    this.list.replaceChildren(...suggestion.map(({ text, label, field, value }) => {
      const item = this.querySelector("template").content.cloneNode(true);
      for (const [name, words] of Object.entries({ text, label })) {
        const part = item.querySelector(`[data-part=${name}]`);
        if (part) part.textContent = words;
      }
      Object.assign(item.querySelector("button").dataset, { field, value });
      return item;
    }));
    this.say(`${suggestion.length ? "" : `${this.dataset.none} `}${cost}`);
  }

  use(button) {
    if (!button) return;
    const { field: name, value } = button.dataset;
    if (!name) {
      this.copy(button, value);
      return;
    }
    const field = this.form.elements[name];
    const item = button.closest("li");
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    if (name === "tag_names") {
      const given = field.value.replace(/[\s,]+$/, "");
      setText(field, `${given ? `${given}, ` : ""}${value}, `);
      (next?.querySelector("button") ?? this.button).focus();
      return;
    }
    field.focus();
    if (name === "body") insertText(field, value);
    else replaceText(field, 0, field.value.length, value);
  }

  async copy(button, text) {
    try {
      await navigator.clipboard.writeText(text);
      this.say(this.dataset.copied);
    } catch {
      getSelection().selectAllChildren(button.closest("li").querySelector("[data-part=text]")); // no permission, or no https
    }
  }

  say(sentence) {
    this.querySelector("[role=status]").textContent = sentence ?? this.dataset.failed;
  }
}

customElements.define("model-suggestion", ModelSuggestion);
