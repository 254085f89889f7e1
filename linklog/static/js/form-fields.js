/* The fields of a form as plain texts, and back; and which of them the author has touched. */

import { setText } from "./text-editing.js";

const NAMES = [ // as linklog/write/fields.py has them
  "kind", "title", "link_url", "body", "via_url", "via_title", "context", "language", "card_image", "tag_names", "person_names", "slug",
  "published", "follow_up", "series", "series_position",
];

export class FormFields {
  constructor(form) {
    this.form = form;
    this.touched = new Set();
    form.addEventListener("input", ({ target }) => { if (!this.isPutting) this.touched.add(target.name); });
  }

  read() {
    const names = NAMES.filter((name) => this.form.elements[name]);
    return Object.fromEntries(names.map((name) => [name, this.form.elements[name].value]));
  }

  put(texts) {
    this.isPutting = true;
    for (const [name, text] of Object.entries(texts)) {
      const field = this.form.elements[name];
      if (field && field.value !== text) setText(field, text);
    }
    this.isPutting = false;
  }

  hasFocus(name) {
    return [this.form.elements[name]].flat().includes(document.activeElement);
  }

  labelOf(name) {
    return this.form.elements[name]?.labels?.[0]?.innerText.trim() || name; // what is hidden for other kinds is not in it
  }
}
