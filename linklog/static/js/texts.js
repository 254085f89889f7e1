/* What a script says stands in the template of its element, by name, so that it can be translated:
   <template data-part="texts"><p data-text="saved">Saved {time}</p></template>. */

// A name that is not there is said as it is, for it is a sentence of the server's
export function textOf(element, name, values = {}) {
  const text = element.querySelector("template[data-part=texts]").content.querySelector(`[data-text="${name}"]`)?.textContent ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
