/* <image-list> shows the images in the text of its <post-editor>, each with its alt text, which is the one in the Markdown: what is
   changed here changes there, and the other way round. Where there is a language model, it can be asked for a draft. */

import { draftAlt } from "./alt-draft.js";
import { imagesIn } from "./markdown-images.js";
import { amendText } from "./text-editing.js";
import { textOf } from "./texts.js";

const PAUSE = 400; // milliseconds more than the editor waits before it tells of a change
const WORDS_AROUND = 600; // characters
const BY_ITSELF = "linklog-draft-alt"; // in localStorage

class ImageList extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("post-editor");
    this.body = this.editor.querySelector("textarea[name=body]");
    this.rows = new Map(); // by what is shown, and the how manieth of these it is
    this.left = this.editor.querySelector("[data-part=images-left]");
    this.editor.addEventListener("linklog:edited", () => this.follow());
    this.editor.addEventListener("linklog:uploaded", () => this.uploaded());
    this.left.addEventListener("click", () => this.open());
    this.addEventListener("input", ({ target }) => this.typed(target));
    this.addEventListener("click", ({ target }) => this.press(target.closest("button")));
    this.always = this.querySelector("input[type=checkbox]");
    if (this.always) this.remember();
    this.follow();
  }

  its(name, within = this) {
    return within.querySelector(`[data-part=${name}]`);
  }

  images() {
    const seen = new Map();
    return imagesIn(this.body.value).filter(({ src }) => src && !src.startsWith("uploading:")).map((image) => {
      seen.set(image.src, (seen.get(image.src) ?? 0) + 1);
      return { ...image, key: `${seen.get(image.src)} ${image.src}` };
    });
  }

  imageOf(row) {
    return this.images().find(({ key }) => this.rows.get(key) === row);
  }

  rowOf(element) {
    return [...this.rows.values()].find((row) => row.contains(element));
  }

  // What the text says is shown at once, and what the server knows of it soon after
  follow() {
    const images = this.images();
    const keys = new Set(images.map(({ key }) => key));
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue;
      row.drafting?.abort();
      row.remove();
      this.rows.delete(key);
    }
    images.forEach((image, place) => {
      const row = this.rows.get(image.key) ?? this.row(image);
      const list = this.its("list");
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
      const field = row.querySelector("textarea");
      if (!row.drafting && field.value.replace(/\s+/g, " ") !== image.alt) field.value = image.alt;
    });
    this.later();
  }

  row({ key, src }) {
    const row = this.its("row").content.firstElementChild.cloneNode(true);
    const field = row.querySelector("textarea");
    row.hint = field.placeholder;
    row.label = field.getAttribute("aria-label");
    this.call(row, decodeURIComponentSafely(src.split(/[?#]/)[0].split("/").at(-1)) || src);
    this.rows.set(key, row);
    this.told = ""; // of this row nothing is known yet
    return row;
  }

  call(row, name) {
    this.its("name", row).textContent = name;
    row.querySelector("textarea").setAttribute("aria-label", `${row.label}: ${name}`);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  // The server is asked again only for images or descriptions that it was not told of
  async ask(mark = {}) {
    clearTimeout(this.timer);
    const images = this.images();
    const told = JSON.stringify([mark, images.map(({ src, alt }) => [src, alt])]);
    if (told === this.told) return this.count();
    this.asking?.abort();
    const { signal } = this.asking = new AbortController();
    const answer = images.length ? await this.send(mark, signal) : [];
    if (!answer) return;
    this.told = told;
    this.show(answer);
  }

  // [{src, name, thumbnail, state, draft}]; null where it is not to be had: the list stays as it is until the next pause
  async send(mark, signal) {
    const body = new URLSearchParams({ ...this.editor.fields(), ...mark });
    const headers = { "Accept": "application/json", "X-CSRFToken": this.csrf };
    try {
      const response = await fetch(this.dataset.source, { method: "POST", body, headers, signal });
      return response.ok ? (await response.json()).images : null;
    } catch {
      return null;
    }
  }

  get csrf() { return this.editor.form.elements.csrfmiddlewaretoken.value; }

  // What the server does not name is a film or a sound
  show(answer) {
    const facts = new Map(answer.map((image) => [image.src, image]));
    for (const image of this.images()) {
      const row = this.rows.get(image.key);
      if (row) this.showFacts(row, facts.get(image.src) ?? { state: "" }, image);
    }
    this.count();
  }

  showFacts(row, { name, thumbnail, state, draft }, { alt }) {
    if (name) this.call(row, name);
    const picture = row.querySelector("img");
    if (thumbnail && picture.getAttribute("src") !== thumbnail) picture.src = thumbnail;
    picture.hidden = !thumbnail;
    row.hidden = !state;
    row.dataset.state = state;
    row.draft = draft;
    row.querySelector("textarea").placeholder = draft || row.hint;
    this.its("state", row).textContent = state && textOf(this, state);
    const acts = {
      confirm: state === "drafted" && alt.trim(),
      take: state === "drafted" && !alt.trim() && draft,
      decorative: state !== "decorative" && !alt.trim(),
      described: state === "decorative",
    };
    for (const [name, isThere] of Object.entries(acts)) {
      const button = row.querySelector(`[data-act=${name}]`);
      if (!isThere && button === document.activeElement) row.querySelector("textarea").focus();
      button.hidden = !isThere;
    }
  }

  // How many nobody has described or looked at
  count() {
    const shown = [...this.rows.values()].filter((row) => row.dataset.state);
    const wanting = shown.filter(({ dataset }) => ["none", "drafted"].includes(dataset.state));
    this.left.hidden = !wanting.length;
    this.left.textContent = textOf(this, wanting.length === 1 ? "left-one" : "left", { n: wanting.length });
    this.its("none").hidden = shown.length > 0;
    const bare = this.bare();
    const all = this.querySelector("[data-act=draft-all]");
    if (!all) return;
    all.textContent = textOf(this, bare.length === 1 ? "draft-one" : "draft-all", { n: bare.length });
    all.hidden = !bare.length;
  }

  bare() {
    return [...this.its("list").children].filter((row) => !row.drafting && ["none", "drafted"].includes(row.dataset.state)
      && !row.querySelector("textarea").value.trim());
  }

  open() {
    const pane = this.editor.querySelector("[name=pane][value=images]");
    pane.checked = true;
    pane.dispatchEvent(new Event("change", { bubbles: true }));
    this.querySelector("li:is([data-state=none], [data-state=drafted]) textarea")?.focus();
  }

  typed(field) {
    const row = field.matches("textarea") && this.rowOf(field);
    if (row) this.write(row, field.value);
  }

  write(row, alt) {
    const image = this.imageOf(row);
    if (image && image.alt !== alt.replace(/\s+/g, " ")) amendText(this.body, image.start, image.end, image.write(alt));
  }

  async press(button) {
    const row = this.rowOf(button);
    const acts = {
      "confirm": () => this.mark(row, "reviewed"),
      "decorative": () => this.mark(row, "decorative"),
      "described": () => this.mark(row, "none"),
      "take": () => this.put(row, row.draft),
      "draft": () => this.draft(row),
      "stop": () => row.drafting?.abort(),
      "draft-all": () => this.draftAll(),
    };
    await acts[button?.dataset.act]?.();
  }

  async mark(row, state) {
    await this.editor.schedule.now(); // what is said of it is said of a text that is there
    const image = this.imageOf(row);
    if (image) await this.ask({ src: image.src, state });
  }

  put(row, alt) {
    row.querySelector("textarea").value = alt;
    this.write(row, alt);
    this.later();
  }

  // Drafts

  remember() {
    try {
      this.always.checked = localStorage.getItem(BY_ITSELF) === "yes";
    } catch {
      // It is asked for each time.
    }
    this.always.addEventListener("change", () => {
      try {
        localStorage.setItem(BY_ITSELF, this.always.checked ? "yes" : "no");
      } catch {
        // As above.
      }
    });
  }

  async uploaded() {
    this.follow();
    await this.ask();
    if (this.always?.checked) await this.draftAll();
  }

  async draftAll() {
    this.isStopped = false;
    for (const row of this.bare()) {
      if (this.isStopped) break;
      if (row.draft) this.put(row, row.draft);
      else await this.draft(row);
    }
  }

  async draft(row) {
    const image = this.imageOf(row);
    if (row.drafting || !image) return;
    row.drafting = new AbortController();
    row.toggleAttribute("data-drafting", true);
    this.its("said", row).textContent = textOf(this, "drafting");
    const field = row.querySelector("textarea");
    field.readOnly = true;
    let problem = "";
    try {
      await this.editor.schedule.now();
      await this.stream(row, field, image);
    } catch (error) {
      problem = row.drafting.signal.aborted ? "stopped" : error.message || "not-drafted";
    }
    this.isStopped = problem !== "";
    if (problem) this.its("said", row).textContent = textOf(this, problem);
    row.drafting = null;
    row.removeAttribute("data-drafting");
    field.readOnly = false;
    this.follow();
  }

  async stream(row, field, { src, title, alt, start, end }) {
    const { value } = this.body;
    const fields = {
      code: this.editor.dataset.code, src, title: this.editor.fields().title || title,
      before: value.slice(Math.max(start - WORDS_AROUND, 0), start), after: value.slice(end, end + WORDS_AROUND),
    };
    let text = "";
    for await (const piece of draftAlt(this.dataset.drafts, fields, this.csrf, row.drafting.signal)) {
      text = piece.done ? piece.text : text + piece.text;
      field.value = text;
      if (!piece.done) continue;
      this.its("said", row).textContent = textOf(this, "drafted-for", { cost: piece.cost });
      if (this.imageOf(row)?.alt === alt) this.write(row, text); // else the author wrote one meanwhile
    }
  }
}

function decodeURIComponentSafely(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

customElements.define("image-list", ImageList);
