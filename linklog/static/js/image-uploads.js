/* <image-uploads> takes files that are pasted, dropped or picked in the texts of its <post-editor>. At once a placeholder stands at the
   cursor; once a file is in the library, its Markdown takes the place of the placeholder, wherever that stands by then.
   upload(files, {alt, credit_url, credit_title}) does the same for others; settled() resolves once none is on its way. */

import { escapeAlt, imagesIn } from "./markdown-images.js";
import { amendText, insertText } from "./text-editing.js";
import { textOf } from "./texts.js";
import { Upload } from "./upload.js";

const AT_ONCE = 2;
const SCHEME = "uploading:";
const LONGEST_NAME = 40;
const THUMBNAIL = 96; // pixels

class ImageUploads extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("post-editor");
    this.fields = [...this.editor.querySelectorAll("textarea[name]")];
    this.picker = this.querySelector("input[type=file]");
    this.rows = new Map(); // of uploads, and of the marks of placeholders that no upload of this window has
    for (const field of this.fields) this.listen(field);
    this.editor.addEventListener("linklog:edited", () => this.look());
    this.editor.addEventListener("linklog:pick", () => this.picker.click());
    this.picker.addEventListener("change", () => this.picked());
    this.addEventListener("click", ({ target }) => this.press(target.closest("button")));
    window.addEventListener("beforeunload", (event) => { if (this.running.length) event.preventDefault(); });
    this.look();
  }

  listen(field) {
    field.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (!files.length || event.clipboardData.getData("text/plain")) return; // words with a picture of them are words
      event.preventDefault();
      this.upload(files, {}, field);
    });
    field.addEventListener("dragover", (event) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    });
    field.addEventListener("drop", (event) => this.drop(event, field));
    field.addEventListener("compositionstart", () => { this.isComposing = true; });
    field.addEventListener("compositionend", () => {
      this.isComposing = false;
      this.complete();
    });
    field.addEventListener("input", ({ inputType = "" }) => {
      if (!inputType.startsWith("history")) this.complete(); // who undoes may want the placeholder gone as well
    });
  }

  drop(event, field) {
    const files = [...event.dataTransfer.files];
    if (!files.length) return;
    event.preventDefault();
    const place = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    field.focus();
    if (place?.offsetNode === field) field.setSelectionRange(place.offset, place.offset);
    this.upload(files, {}, field);
  }

  // The words that are selected say what it shows
  picked() {
    const { body } = this.editor.form.elements;
    const alt = body.value.slice(body.selectionStart, body.selectionEnd);
    body.focus();
    this.upload([...this.picker.files], alt.includes("\n") ? {} : { alt });
    this.picker.value = "";
  }

  get uploads() { return [...this.rows.keys()].filter((one) => one instanceof Upload); }

  get running() { return this.uploads.filter((upload) => !upload.isSettled); }

  upload(files, facts = {}, field = this.editor.form.elements.body) {
    const made = [...files].map((file) => this.make(file, facts, field));
    if (!made.length) return;
    const before = field.value.slice(0, field.selectionStart);
    const gap = imagesIn(before).at(-1)?.end === before.length ? "\n\n" : ""; // one after the other is not side by side
    insertText(field, gap + made.map(({ placeholder }) => placeholder).join("\n\n"));
    this.say("started", { n: made.length });
    for (const upload of made) this.weigh(upload);
    this.next();
  }

  // What is too large is told before it is sent
  weigh(upload) {
    const { size, type } = upload.file;
    const most = Number(/^(?:audio|video)\//.test(type) ? this.dataset.mostClip : this.dataset.mostImage);
    if (size <= most) return;
    upload.fail(textOf(this, "too-large", { size: megabytes(size), most: megabytes(most) }));
    this.ended(upload);
  }

  make(file, facts, field) {
    const site = {
      upload: this.dataset.upload,
      stateOf: (code) => this.dataset.document.replace("CODE", code),
      csrf: () => this.editor.form.elements.csrfmiddlewaretoken.value,
      renewSession: () => this.editor.renewSession(),
    };
    const upload = new Upload(file, facts, site, () => this.changed(upload));
    const name = file.name.slice(0, LONGEST_NAME);
    upload.field = field;
    upload.mark = `${SCHEME}${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
    upload.words = textOf(this, "uploading", { name }).replace(/\s+/g, " ");
    upload.placeholder = `![${escapeAlt(upload.words)}](${upload.mark})`;
    this.rows.set(upload, this.row(file.name));
    this.show(upload);
    this.draw(upload);
    return upload;
  }

  next() {
    const queued = this.running.filter(({ state }) => state === "queued");
    const free = AT_ONCE - (this.running.length - queued.length);
    for (const upload of queued.slice(0, Math.max(free, 0))) {
      upload.run().then(() => this.ended(upload));
    }
  }

  ended(upload) {
    if (upload.state === "failed") this.say("failed", { name: upload.file.name });
    if (upload.state === "done") {
      this.complete();
      this.say("done", { name: upload.file.name });
      this.tell(upload);
    }
    this.next();
  }

  tell({ media }) {
    this.dispatchEvent(new CustomEvent("linklog:uploaded", { bubbles: true, detail: media }));
  }

  // The placeholders of what is done become their Markdown
  complete() {
    if (this.isCompleting || this.isComposing) return;
    this.isCompleting = true; // each change is an input as well
    for (const upload of this.uploads.filter(({ state }) => state === "done")) {
      const image = placeholderIn(upload.field, upload.mark);
      if (!image) continue;
      const [own] = image.alt === upload.words ? [] : imagesIn(upload.media.markdown);
      amendText(upload.field, image.start, image.end, own ? own.write(image.alt) : upload.media.markdown);
      upload.isPlaced = true;
    }
    this.isCompleting = false;
    this.look();
  }

  // Resolves to whether every file that was taken stands in the text: none failed, and no placeholder is left
  async settled() {
    if (this.running.length) await new Promise((resolve) => { this.whenSettled = resolve; });
    this.complete();
    return !this.fields.some((field) => placeholdersIn(field).length);
  }

  changed(upload) {
    this.show(upload);
    if (!this.running.length) this.whenSettled?.();
  }

  // The list

  row(name) {
    const row = this.its("row").content.firstElementChild.cloneNode(true);
    this.its("name", row).textContent = name;
    for (const button of row.querySelectorAll("button")) button.setAttribute("aria-label", `${button.textContent}: ${name}`);
    this.its("progress", row).setAttribute("aria-label", name);
    this.its("list").append(row);
    return row;
  }

  its(name, within = this) {
    return within.querySelector(`[data-part=${name}]`);
  }

  show(upload) {
    const row = this.rows.get(upload);
    if (!row) return;
    const { state, sent, problem } = upload;
    row.dataset.state = state;
    this.its("state", row).textContent = textOf(this, (state === "failed" && problem) || state);
    const progress = this.its("progress", row);
    if (state === "sending") progress.value = sent;
    else progress.removeAttribute("value");
    if (state === "cancelled") this.forget(upload);
  }

  // What needs nobody any more leaves the list, and what other windows left in the text is in it
  look() {
    const marks = new Set(this.fields.flatMap((field) => placeholdersIn(field).map(({ src }) => src)));
    const mine = new Set(this.uploads.map(({ mark }) => mark));
    for (const upload of this.uploads) {
      if (upload.state === "done") this.rows.get(upload).hidden = Boolean(upload.isPlaced);
    }
    for (const mark of this.rows.keys()) if (typeof mark === "string" && !marks.has(mark)) this.forget(mark);
    for (const mark of marks) {
      if (mine.has(mark) || this.rows.has(mark)) continue;
      const row = this.row(textOf(this, "left"));
      row.dataset.state = "left";
      this.its("state", row).textContent = textOf(this, "left-why");
      this.rows.set(mark, row);
    }
  }

  forget(key) {
    const row = this.rows.get(key);
    const mark = key.mark ?? key;
    this.rows.delete(key);
    if (row.contains(document.activeElement)) this.editor.form.elements.body.focus();
    row.remove();
    for (const field of this.fields) {
      const image = placeholderIn(field, mark);
      if (image) amendText(field, image.start, image.end + blankAfter(field.value, image), "");
    }
    this.look();
  }

  press(button) {
    if (!button) return;
    const [key] = [...this.rows].find(([, row]) => row.contains(button));
    const acts = {
      cancel: () => key.cancel(),
      remove: () => this.forget(key),
      again: () => {
        key.become("queued");
        this.next();
      },
      place: () => {
        key.isPlaced = true;
        this.editor.insert(key.media.markdown);
        this.look();
      },
    };
    acts[button.dataset.act]();
  }

  say(name, values) {
    this.its("said").textContent = textOf(this, `said-${name}`, values);
  }

  async draw({ file }) {
    const canvas = this.its("thumbnail", [...this.rows.values()].at(-1));
    try {
      const image = await createImageBitmap(file, { resizeHeight: THUMBNAIL });
      canvas.width = Math.min(image.width, THUMBNAIL);
      canvas.height = image.height;
      canvas.getContext("2d").drawImage(image, (canvas.width - image.width) / 2, 0);
      image.close();
      canvas.hidden = false;
    } catch {
      // No image that this browser knows: the name is enough
    }
  }
}

function placeholdersIn(field) {
  return field.value.includes(SCHEME) ? imagesIn(field.value).filter(({ src }) => src.startsWith(SCHEME)) : [];
}

function placeholderIn(field, mark) {
  return placeholdersIn(field).find(({ src }) => src === mark);
}

// What is a paragraph of its own goes with the blank line that follows it
function blankAfter(text, { start, end }) {
  return text.startsWith("\n\n", end) && (!start || text.slice(0, start).endsWith("\n\n")) ? 2 : 0;
}

function megabytes(bytes) {
  return (bytes / 1_000_000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: bytes < 10_000_000 ? 1 : 0 });
}

customElements.define("image-uploads", ImageUploads);
