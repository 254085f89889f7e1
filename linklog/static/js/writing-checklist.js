/* <writing-checklist data-source="/…" data-links="/…"> shows what could still be done for the post in the form of its <post-editor>,
   with a button where a button can do it. Other people's sites are asked whether links are dead only while the list is seen. */

import { setText } from "./text-editing.js";

const PAUSE = 700; // milliseconds more than the editor waits before it tells of a change
const ROUNDS = 5; // in which many links, or slow ones, are looked at

class WritingChecklist extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("post-editor");
    this.list = this.querySelector("ul");
    this.editor.addEventListener("linklog:edited", () => this.later());
    this.addEventListener("click", ({ target }) => this.fix(target.closest("button")));
    new IntersectionObserver((entries) => this.seen(entries.at(-1).isIntersecting)).observe(this);
  }

  seen(isSeen) {
    this.isSeen = isSeen;
    if (isSeen) this.refresh();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (this.isSeen) this.refresh(); }, PAUSE);
  }

  async refresh() {
    clearTimeout(this.timer);
    this.pending?.abort();
    const { signal } = this.pending = new AbortController();
    try {
      let left = await this.ask(this.dataset.source, signal);
      for (let round = 0; left && round < ROUNDS; round += 1) {
        const before = left;
        left = await this.ask(this.dataset.links, signal);
        if (left === before) break;
      }
    } catch {
      // Offline, signed out, or asked again meanwhile: the list stays as it is until the next pause
    }
  }

  // Shows what `source` says, and returns how many links it does not know yet
  async ask(source, signal) {
    const { csrfmiddlewaretoken, capture } = this.editor.form.elements;
    const response = await fetch(source, {
      method: "POST",
      body: new URLSearchParams({ ...this.editor.fields(), capture: capture?.value ?? "" }),
      headers: { "Accept": "application/json", "X-CSRFToken": csrfmiddlewaretoken.value },
      signal,
    });
    if (!response.ok) return 0;
    const { items, links_left: left } = await response.json();
    this.show(items);
    return left;
  }

  show(items) {
    const focused = document.activeElement.closest("writing-checklist li")?.dataset.name;
    this.list.replaceChildren(...items.map((item) => this.item(item)));
    if (focused) this.list.querySelector(`[data-name="${focused}"] button`)?.focus();
    const open = items.filter(({ state }) => state === "open").length;
    const count = this.querySelector("[data-part=count]");
    const text = (open ? count.dataset.open : count.dataset.none).replace("{n}", open).replace("{all}", items.length);
    if (count.textContent !== text) count.textContent = text;
  }

  item(item) {
    const row = this.querySelector("template").content.cloneNode(true).querySelector("li");
    Object.assign(row.dataset, { name: item.name, state: item.state });
    for (const part of ["title", "reason", "fix", "button"]) {
      const element = row.querySelector(`[data-part=${part}]`);
      element.textContent = item[part];
      if (!item[part]) element.remove();
    }
    const state = row.querySelector("[data-part=state]");
    state.textContent = `: ${state.dataset[item.state]}`;
    Object.assign(row.querySelector("button")?.dataset ?? {}, { into: item.into, text: item.text });
    return row;
  }

  fix(button) {
    if (!button) return;
    const { into, text } = button.dataset;
    if (into) setText(this.editor.form.elements[into], text);
    else this.editor.insert(text);
    this.refresh();
  }
}

customElements.define("writing-checklist", WritingChecklist);
