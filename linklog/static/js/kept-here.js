// <kept-here> shows the texts that editors of this browser could not save yet (see local-copy.js), whole, so that they can be read and
// copied without a network. It imports nothing: the page without a network loads what the service worker kept, and no more.

const PREFIX = "linklog:";

function copies() {
  const found = new Map();
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      const copy = JSON.parse(localStorage.getItem(key));
      if (copy?.fields && (found.get(copy.code)?.time ?? 0) < copy.time) found.set(copy.code, copy);
    }
  } catch {
    // Storage is forbidden, or holds what is not ours.
  }
  return [...found.values()].sort((one, other) => other.time - one.time);
}

class KeptHere extends HTMLElement {
  connectedCallback() {
    const template = this.querySelector("template");
    const kept = copies();
    this.querySelector("ul").replaceChildren(...kept.map(({ fields, time }) => {
      const item = template.content.firstElementChild.cloneNode(true);
      const text = [fields.title, fields.link_url, fields.body].filter(Boolean).join("\n\n");
      item.querySelector("summary span").textContent = text.split("\n")[0].slice(0, 80);
      item.querySelector("time").textContent = new Date(time).toLocaleString(document.documentElement.lang);
      item.querySelector("pre").textContent = text;
      return item;
    }));
    this.querySelector(".nothing").hidden = kept.length > 0;
  }
}

customElements.define("kept-here", KeptHere);
