/* <edit-conflict> shows both texts of each field that was changed here and elsewhere, and lets the author choose. It tells
   linklog:resolved with {name, text: what the field becomes, aside: what would be lost, left: how many are still open}. */

const BETWEEN = { body: "\n\n", context: "\n\n", title: " / ", via_title: " / ", tag_names: ", ", person_names: "; " };

class EditConflict extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("post-editor");
    this.theirs = {};
    this.addEventListener("click", (event) => {
      const { choice } = event.target.dataset;
      if (choice) this.choose(event.target.closest("fieldset"), choice);
    });
    this.editor.addEventListener("linklog:edited", ({ detail }) => this.follow(detail.fields));
  }

  get isOpen() { return !this.hidden; }

  its(name, within = this) {
    return within.querySelector(`[data-part=${name}]`);
  }

  // `state`: what is saved elsewhere, as the server tells it
  open(names, mine, state) {
    this.theirs = state.fields;
    const who = this.its("who");
    who.textContent = state.saved_by
      ? who.dataset.someone.replace("{name}", state.saved_by).replace("{time}", state.saved) : who.dataset.window;
    this.its("difference").hidden = !state.diff_html;
    this.its("diff").innerHTML = state.diff_html ?? ""; // escaped by the server
    this.its("clashes").replaceChildren(...names.map((name) => this.clash(name)));
    this.follow(mine);
    this.hidden = false;
  }

  clash(name) {
    const fieldset = this.its("clash").content.firstElementChild.cloneNode(true);
    fieldset.dataset.name = name;
    fieldset.querySelector("legend").textContent = this.editor.labelOf(name);
    this.its("theirs", fieldset).textContent = this.theirs[name];
    fieldset.querySelector("[data-choice=both]").hidden = !(name in BETWEEN);
    return fieldset;
  }

  // The author may go on writing meanwhile
  follow(fields) {
    for (const fieldset of this.its("clashes").children) {
      this.its("mine", fieldset).textContent = fields[fieldset.dataset.name];
    }
  }

  choose(fieldset, choice) {
    const { name } = fieldset.dataset;
    const mine = this.editor.fields()[name];
    const theirs = this.theirs[name];
    fieldset.remove();
    const left = this.its("clashes").children.length;
    this.hidden = !left;
    const [text, aside] = {
      mine: [mine, theirs], theirs: [theirs, mine], both: [[mine, theirs].filter(Boolean).join(BETWEEN[name]), ""],
    }[choice];
    this.dispatchEvent(new CustomEvent("linklog:resolved", { bubbles: true, detail: { name, text, aside, left } }));
    if (left) this.querySelector("[data-choice]").focus();
  }

  show() {
    this.querySelector("section").focus();
  }
}

customElements.define("edit-conflict", EditConflict);
