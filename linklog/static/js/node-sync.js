/* Making one tree of nodes like another with as few changes as can be, so that what stays the same is neither loaded nor laid out
   anew. Gives the first node that changed, or null. */

// Whether one can be made the other from within
function isAlike(one, other) {
  if (one.nodeType !== Node.ELEMENT_NODE || one.nodeName !== other.nodeName) return one.isEqualNode(other);
  return (one.childNodes.length && other.childNodes.length) || one.isEqualNode(other);
}

function syncAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

export function syncNode(old, fresh) {
  syncAttributes(old, fresh);
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  let start = 0;
  while (start < before.length && start < after.length && before[start].isEqualNode(after[start])) start += 1;
  let same = 0;
  const least = Math.min(before.length, after.length) - start;
  while (same < least && before.at(-1 - same).isEqualNode(after.at(-1 - same))) same += 1;
  const gone = before.slice(start, before.length - same);
  const come = after.slice(start, after.length - same);
  if (gone.length && gone.length === come.length && gone.every((node, place) => isAlike(node, come[place]))) {
    return gone.map((node, place) => (node.isEqualNode(come[place]) ? null : syncNode(node, come[place]))).find(Boolean) ?? null;
  }
  const behind = before[before.length - same] ?? null;
  for (const node of gone) node.remove();
  for (const node of come) old.insertBefore(old.ownerDocument.adoptNode(node), behind);
  return come[0] ?? (gone.length ? behind ?? old : null);
}
