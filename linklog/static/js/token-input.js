// <token-input data-separator="," data-source="/…"> around a text input: completes the name being typed from the source's
// {"names": […]}, offers one that is new to be made, and ends a name on Enter. A combobox as the ARIA Authoring Practices describe it;
// without JavaScript it stays a plain input.

class TokenInput extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = document.createElement("ul");
    this.list.id = `${this.input.id}-suggestions`;
    this.list.className = "token-suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.append(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
    })) this.input.setAttribute(name, value);
    // Not before it is used: a browser that goes Back restores only fields it may complete
    this.input.addEventListener("focus", () => this.input.setAttribute("autocomplete", "off"), { once: true });
    this.input.addEventListener("input", () => this.ask());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      if (event.target.role === "option") this.end(event.target.dataset.name);
    });
  }

  get separator() { return this.dataset.separator; }

  // Where the name under the cursor begins and ends
  span() {
    const { value, selectionStart } = this.input;
    const start = value.lastIndexOf(this.separator, selectionStart - 1) + 1;
    const end = value.indexOf(this.separator, selectionStart);
    return [start, end === -1 ? value.length : end];
  }

  async ask() {
    const [start, end] = this.span();
    const query = this.input.value.slice(start, end).trim();
    this.pending?.abort();
    if (!query || document.activeElement !== this.input) return this.close(); // a script filled it
    this.pending = new AbortController();
    try {
      const address = `${this.dataset.source}?q=${encodeURIComponent(query)}`;
      const response = await fetch(address, { signal: this.pending.signal });
      if (response.ok) this.show((await response.json()).names, query);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(names, query) {
    const isNew = this.dataset.new && !names.some((name) => name.toLowerCase() === query.toLowerCase());
    this.list.replaceChildren(...[...names, ...(isNew ? [query] : [])].map((name, index) => {
      const option = document.createElement("li");
      option.role = "option";
      option.id = `${this.list.id}-${index}`;
      option.dataset.name = name;
      option.textContent = index < names.length ? name : this.dataset.new.replace("{name}", name);
      return option;
    }));
    this.list.hidden = !this.list.firstElementChild;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark(null);
  }

  mark(option) {
    for (const other of this.list.children) other.ariaSelected = String(other === option);
    this.marked = option;
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.key === "Enter" && !this.marked && this.isNaming(event)) {
      this.end(this.input.value.slice(...this.span()).trim());
      event.preventDefault();
    }
    if (this.list.hidden) return;
    const options = [...this.list.children];
    const place = options.indexOf(this.marked);
    if (event.key === "ArrowDown") this.mark(options[(place + 1) % options.length]);
    else if (event.key === "ArrowUp") this.mark(options[(place + options.length - (place < 0 ? 0 : 1)) % options.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && this.marked) this.end(this.marked.dataset.name);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }

  // Whether Enter ends a name. While signs are composed of several keys, or with the keys that send the form, it means something else.
  isNaming(event) {
    return !event.isComposing && !event.ctrlKey && !event.metaKey && this.input.value.slice(...this.span()).trim() !== "";
  }

  // `name` stands where one was being typed, and the next can follow
  end(name) {
    const [start, end] = this.span();
    const { value } = this.input;
    const before = value.slice(0, start) + (start ? " " : "") + name + this.separator + " ";
    this.input.value = before + value.slice(end).replace(/^[\s,;]+/, "");
    this.input.setSelectionRange(before.length, before.length);
    this.input.dispatchEvent(new Event("input", { bubbles: true })); // a script's change is not told by itself
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(null);
  }
}

// Not before the page is parsed: an element is connected before the input within it is there.
const define = () => customElements.define("token-input", TokenInput);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", define);
else define();
