/* Changing the text of a field as typing does: it can be undone, and whoever listens hears of it. */

// At the cursor, or in place of what is selected
export function insertText(field, text) {
  // The only way into the undo stack that browsers have; https://w3c.github.io/editing/docs/execCommand/
  const isDone = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (isDone) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  tell(field);
}

export function replaceText(field, start, end, text) {
  field.setSelectionRange(start, end);
  insertText(field, text);
}

// All of it, from elsewhere: the cursor stays by the words it stands in
export function setText(field, text) {
  const { value, selectionStart } = field;
  const isAtCursor = field === document.activeElement && typeof selectionStart === "number";
  field.value = text;
  if (isAtCursor) {
    const isAfterChange = text.endsWith(value.slice(selectionStart)) && !text.startsWith(value.slice(0, selectionStart));
    const place = isAfterChange ? text.length - (value.length - selectionStart) : selectionStart;
    field.setSelectionRange(place, place);
  }
  tell(field);
}

function tell(field) {
  const target = field instanceof RadioNodeList ? field[0] : field;
  target.dispatchEvent(new Event("input", { bubbles: true }));
}
