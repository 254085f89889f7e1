/* The images in a Markdown text: where each stands, what it shows, and its alt text, which can be changed without touching the rest.
   A small part of CommonMark (https://spec.commonmark.org/0.31.2/#images): what stands in code is no image. */

const FENCE = /^(?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*(`{3,}|~{3,})/;
const LIST_ITEM = /^\s{0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const DEFINITION = /^ {0,3}\[((?:[^\\[\]]|\\.)+)\]:\s*(?:<([^<>\n]*)>|(\S+))/gm;
const ESCAPED = /\\([!-/:-@[-`{-~])|&(?:#\d{1,7}|#x[\da-f]{1,6}|\w{2,31});/gi;
const LONGEST_LABEL = 2500;

/* [{alt, src, title, start, end, write(alt) → Markdown}] in the order of the text */
export function imagesIn(text) {
  const spoken = withoutCode(text);
  const definitions = definitionsIn(spoken);
  const images = [];
  for (let place = 0; place < spoken.length; place += 1) {
    const letter = spoken[place];
    if (letter === "\\") place += 1;
    else if (letter === "`") place = endOfCode(spoken, place);
    else if (letter === "!" && spoken[place + 1] === "[") {
      const image = imageAt(spoken, place, definitions);
      if (image) {
        images.push(image);
        place = image.end - 1;
      }
    }
  }
  return images;
}

/* `text` as alt text: Markdown that says just that */
export function escapeAlt(text) {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\[\]*`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[a-z/!?])|~(?=~)|&(?=#?\w+;)/giu, "\\$&");
}

// Blocks of code become blanks, so that every place stays what it was
function withoutCode(text) {
  let fence = "";
  let isAfterBlank = true;
  let isInList = false;
  return text.split("\n").map((line) => {
    const [, mark = ""] = FENCE.exec(line) ?? [];
    const isBlank = !line.trim();
    if (fence) {
      const isClosed = mark.startsWith(fence) && !line.replace(/^[\s>]*/, "").slice(mark.length).trim();
      if (isClosed) fence = "";
      return " ".repeat(line.length);
    }
    if (mark && !(mark[0] === "`" && line.slice(line.indexOf(mark) + mark.length).includes("`"))) {
      fence = mark;
      return " ".repeat(line.length);
    }
    const isIndented = /^(?: {4}|\t)/.test(line);
    if (!isBlank && !isIndented) isInList = LIST_ITEM.test(line) || (isInList && (!isAfterBlank || /^\s/.test(line)));
    const isCode = isIndented && isAfterBlank && !isInList;
    isAfterBlank = isBlank || isCode;
    return isCode ? " ".repeat(line.length) : line;
  }).join("\n");
}

function definitionsIn(text) {
  const found = new Map();
  for (const [, label, bracketed, bare] of text.matchAll(DEFINITION)) {
    if (!found.has(key(label))) found.set(key(label), bracketed ?? bare);
  }
  return found;
}

function key(label) {
  return label.trim().replace(/\s+/g, " ").toLowerCase();
}

// The place of the last backtick of a code span that begins at `place`, or of its marks where it has no end
function endOfCode(text, place) {
  const [marks] = /^`+/.exec(text.slice(place, place + 100));
  const paragraph = text.indexOf("\n\n", place);
  const rest = text.slice(place + marks.length, paragraph < 0 ? text.length : paragraph);
  const closing = new RegExp(`(?<!\`)${marks}(?!\`)`).exec(rest);
  return place + marks.length - 1 + (closing ? closing.index + marks.length : 0);
}

function imageAt(text, start, definitions) {
  const close = closing(text, start + 1);
  if (close < 0) return null;
  const label = text.slice(start + 2, close);
  const make = (src, title, end, tail) => ({
    alt: unescaped(label), src: unescaped(src), title, start, end, write: (alt) => `![${escapeAlt(alt)}]${tail}`,
  });
  const target = text[close + 1] === "(" && targetAt(text, close + 2);
  if (target) return make(target.src, target.title, target.end, text.slice(close + 1, target.end));
  const [whole, named] = /^\[((?:[^\\[\]]|\\.)*)\]/.exec(text.slice(close + 1, close + LONGEST_LABEL)) ?? ["", ""];
  const src = definitions.get(key(named || label));
  return src === undefined ? null : make(src, "", close + 1 + whole.length, `[${named || label}]`);
}

// Where the bracket that opens at `open` closes, in the same paragraph; -1 for nowhere
function closing(text, open) {
  let depth = 0;
  for (let place = open; place < text.length && place < open + LONGEST_LABEL; place += 1) {
    const letter = text[place];
    if (letter === "\\") place += 1;
    else if (letter === "`") place = endOfCode(text, place);
    else if (letter === "\n" && text[place + 1] === "\n") return -1;
    else if (letter === "[") depth += 1;
    else if (letter === "]" && (depth -= 1) === 0) return place;
  }
  return -1;
}

// The address and title from `place` on, just after "(", and where all of it ends
function targetAt(text, place) {
  const rest = text.slice(place, place + LONGEST_LABEL);
  const [before, bracketed, bare] = /^\s*(?:<((?:[^<>\\\n]|\\.)*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.|\([^\s()]*\))*\))*))/.exec(rest);
  const title = /^\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\(((?:[^()\\]|\\.)*)\))/.exec(rest.slice(before.length));
  const inside = before.length + (title?.[0].length ?? 0);
  const [blank] = /^\s*/.exec(rest.slice(inside));
  if (rest[inside + blank.length] !== ")" || /\n\s*\n/.test(rest.slice(0, inside + blank.length))) return null;
  const said = title ? title[1] ?? title[2] ?? title[3] : "";
  return { src: bracketed ?? bare, title: unescaped(said), end: place + inside + blank.length + 1 };
}

function unescaped(text) {
  return text.replace(ESCAPED, (whole, letter) => letter ?? decoded(whole)).replace(/\s+/g, " ");
}

function decoded(entity) {
  const field = document.createElement("textarea");
  field.innerHTML = entity;
  return field.value;
}
