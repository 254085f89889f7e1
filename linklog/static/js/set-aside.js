/* <set-aside> lists the texts that gave way to others while this post was written, in this browser, until the author forgets them. */

import { timeOf } from "./local-copy.js";

const MOST = 20;

class SetAside extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("post-editor");
    this.key = `linklog-aside:${this.editor.dataset.user}:${this.editor.dataset.code}`;
    this.texts = this.read();
    this.addEventListener("click", (event) => {
      const { choice } = event.target.dataset;
      if (!choice) return;
      const [text] = this.texts.splice([...this.its("list").children].indexOf(event.target.closest("li")), 1);
      if (choice === "insert") this.editor.insert(text.text);
      this.keep();
    });
    this.show();
  }

  its(name, within = this) {
    return within.querySelector(`[data-part=${name}]`);
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      return [];
    }
  }

  add(name, text) {
    if (!text.trim() || this.texts.some((other) => other.name === name && other.text === text)) return;
    this.texts = [{ name, text, time: Date.now() }, ...this.texts].slice(0, MOST);
    this.keep();
  }

  keep() {
    try {
      if (this.texts.length) localStorage.setItem(this.key, JSON.stringify(this.texts));
      else localStorage.removeItem(this.key);
    } catch {
      // They last as long as this page.
    }
    this.show();
  }

  show() {
    const template = this.querySelector("template");
    this.its("list").replaceChildren(...this.texts.map(({ name, text, time }) => {
      const item = template.content.firstElementChild.cloneNode(true);
      this.its("name", item).textContent = this.editor.labelOf(name);
      this.its("time", item).textContent = timeOf(time);
      this.its("text", item).textContent = text;
      return item;
    }));
    this.its("count").textContent = this.texts.length;
    this.hidden = this.texts.length === 0;
  }
}

customElements.define("set-aside", SetAside);
