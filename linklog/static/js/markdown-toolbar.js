/* <markdown-toolbar> puts Markdown around what is selected in the text it aria-controls: by button, by key, and while one types.
   Every change can be undone as typing can. */

import { insertText, replaceText } from "./text-editing.js";

const KEYS = { b: "bold", i: "italic", k: "link", e: "code" };
const IS_ADDRESS = /^https?:\/\/\S+$/;
const MARKER = /^(\s*)(?:([-*+]|\d{1,9}[.)])( +)(\[[ xX]\] )?|((?:> ?)+))/;

function selected(field) {
  return field.value.slice(field.selectionStart, field.selectionEnd);
}

// The marks go where they stand already
function wrap(field, mark) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const text = selected(field);
  const { length } = mark;
  if (value.slice(start - length, start) === mark && value.slice(end, end + length) === mark) {
    replaceText(field, start - length, end + length, text);
    field.setSelectionRange(start - length, end - length);
  } else {
    insertText(field, mark + text + mark);
    field.setSelectionRange(start + length, end + length);
  }
}

// The whole lines of the selection
function lines(field) {
  const { selectionStart, selectionEnd, value } = field;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  return [start, end < 0 ? value.length : end];
}

const FORMATS = {
  bold(field) { wrap(field, "**"); },

  italic(field) { wrap(field, "*"); },

  code(field) {
    const text = selected(field);
    if (text.includes("\n")) insertText(field, `\`\`\`\n${text.replace(/\n$/, "")}\n\`\`\`\n`);
    else wrap(field, "`");
  },

  link(field) {
    const start = field.selectionStart;
    const text = selected(field);
    if (IS_ADDRESS.test(text)) {
      insertText(field, `[](${text})`);
      field.setSelectionRange(start + 1, start + 1);
    } else {
      insertText(field, `[${text}](https://)`);
      const address = start + text.length + 3;
      field.setSelectionRange(text ? address : start + 1, text ? address + "https://".length : start + 1);
    }
  },

  image(field) { field.dispatchEvent(new CustomEvent("linklog:pick", { bubbles: true })); },

  "image-link"(field) {
    const start = field.selectionStart;
    const text = selected(field);
    const [alt, address] = IS_ADDRESS.test(text) ? ["", text] : [text, "https://"];
    const shown = alt || field.dataset.alt || "alt";
    insertText(field, `![${shown}](${address})`);
    field.setSelectionRange(start + 2, start + 2 + shown.length);
  },

  quote(field) {
    const [start, end] = lines(field);
    const text = field.value.slice(start, end).split("\n");
    const isQuoted = text.every((line) => line.startsWith(">"));
    replaceText(field, start, end, text.map((line) => (isQuoted ? line.replace(/^> ?/, "") : `> ${line}`)).join("\n"));
  },
};

class MarkdownToolbar extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("aria-controls"));
    this.buttons = [...this.querySelectorAll("button")];
    for (const button of this.buttons.slice(1)) button.tabIndex = -1; // one stop for Tab; arrows go on from there
    this.addEventListener("pointerdown", (event) => event.preventDefault()); // the text keeps focus, a phone its keyboard
    this.addEventListener("click", ({ target }) => this.apply(target.closest("button")?.dataset.format));
    this.addEventListener("keydown", (event) => this.walk(event));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("paste", (event) => this.paste(event));
    this.field.addEventListener("beforeinput", (event) => this.breakLine(event));
  }

  apply(format) {
    if (!format) return;
    this.field.focus();
    FORMATS[format](this.field);
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
    const isQuote = event.shiftKey && (event.code === "Digit9" || event.code === "Period");
    const format = isQuote ? "quote" : !event.shiftKey && KEYS[event.key.toLowerCase()];
    if (!format) return;
    event.preventDefault();
    this.apply(format);
  }

  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const here = this.buttons.indexOf(document.activeElement);
    const next = this.buttons.at((here + step) % this.buttons.length);
    event.preventDefault();
    for (const button of this.buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  // An address over words makes them a link
  paste(event) {
    const address = event.clipboardData.getData("text/plain").trim();
    const text = selected(this.field);
    if (!text || text.includes("\n") || !IS_ADDRESS.test(address) || IS_ADDRESS.test(text)) return;
    event.preventDefault();
    insertText(this.field, `[${text}](${address.replaceAll(")", "%29")})`);
  }

  // Enter goes on with a list or quote, and ends it on an empty line of it
  breakLine(event) {
    const { selectionStart: cursor, selectionEnd, value } = this.field;
    if (event.inputType !== "insertLineBreak" || event.isComposing || cursor !== selectionEnd) return;
    const start = value.lastIndexOf("\n", cursor - 1) + 1;
    const line = value.slice(start, cursor);
    const [marker, indent, bullet, space, box, quote] = MARKER.exec(line) ?? [""];
    const isInCode = (value.slice(0, start).match(/^(```|~~~)/gm) ?? []).length % 2;
    if (!marker || isInCode) return;
    event.preventDefault();
    if (line.length === marker.length) return replaceText(this.field, start, cursor, "\n"); // an empty line, or what follows would join it
    const next = quote ?? `${parseInt(bullet, 10) + 1 || ""}${bullet.at(-1)}${space}${box ? "[ ] " : ""}`;
    insertText(this.field, `\n${indent}${next}`);
  }
}

customElements.define("markdown-toolbar", MarkdownToolbar);
