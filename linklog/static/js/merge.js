/* Three-way merge of a form's fields, field by field. */

export function isSame(one, other) {
  return Object.keys({ ...one, ...other }).every((name) => (one[name] ?? "") === (other[name] ?? ""));
}

/* What `theirs` brings to `mine`, both written upon `base`: fields to take over, and names of fields that both changed.
   `sent` are texts of mine that may have arrived without an answer, and so are not news where they come back. */
export function merge(base, sent, mine, theirs) {
  const taken = {};
  const clashes = [];
  for (const [name, text] of Object.entries(theirs)) {
    const isNews = text !== base[name] && !sent.some((fields) => fields[name] === text);
    if (!(name in mine) || mine[name] === text || !isNews) continue;
    if (mine[name] === base[name]) taken[name] = text;
    else clashes.push(name);
  }
  return { taken, clashes };
}
