/* Changing the text of a field as typing does: it can be undone, and whoever listens hears of it. */

// At the cursor, or in place of what is selected
export function insertText(field, text) {
  // The only way into the undo stack that browsers have; https://w3c.github.io/editing/docs/execCommand/
  const hasFocus = field === document.activeElement; // what has it is what is changed
  if (hasFocus && (text ? document.execCommand("insertText", false, text) : document.execCommand("delete"))) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  tell(field);
}

export function replaceText(field, start, end, text) {
  field.setSelectionRange(start, end);
  insertText(field, text);
}

// A part of it, from elsewhere: cursor, focus and view stay. Only where the field has the focus can it be undone.
export function amendText(field, start, end, text) {
  const { selectionStart, selectionEnd, selectionDirection } = field;
  const view = [scrollX, scrollY];
  const moved = (place) => (place <= start ? place : start + text.length + Math.max(place - end, 0));
  if (field === document.activeElement) replaceText(field, start, end, text);
  else field.setRangeText(text, start, end, "preserve");
  field.setSelectionRange(moved(selectionStart), moved(selectionEnd), selectionDirection);
  scrollTo(...view);
  if (field !== document.activeElement) tell(field);
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
