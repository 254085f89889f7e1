/* <list-filter> shows only the items of its list whose text holds what is typed in its field, and says how many those are. */

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

class ListFilter extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.items = [...this.querySelectorAll("li")].map((item) => [item, fold(item.querySelector("a").textContent)]);
    this.field.addEventListener("input", () => this.filter());
    this.filter();
  }

  filter() {
    const wanted = fold(this.field.value.trim());
    let shown = 0;
    for (const [item, text] of this.items) {
      item.hidden = !text.includes(wanted);
      if (!item.hidden) shown += 1;
    }
    const output = this.querySelector("output");
    output.textContent = wanted ? (shown ? String(shown) : output.dataset.none) : "";
  }
}

customElements.define("list-filter", ListFilter);
