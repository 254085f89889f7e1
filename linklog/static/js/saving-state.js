/* <saving-state> says in one line how safe the text is, and in a second what happened to it. What it says stands in its template,
   by name; a name that is not there is said as it is, for it is a sentence of the server's. */

class SavingState extends HTMLElement {
  its(name) {
    return this.querySelector(`[data-part=${name}]`);
  }

  text(name, values = {}) {
    const text = this.its("texts").content.querySelector(`[data-text="${name}"]`)?.textContent ?? name;
    return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  // Whether all that is typed is saved shows at once, but is not said aloud
  mark(isUnsaved) {
    this.its("state").toggleAttribute("data-unsaved", isUnsaved);
  }

  say(name, values) {
    const state = this.its("state");
    const text = this.text(name, values);
    state.dataset.state = name;
    if (state.textContent !== text) state.textContent = text; // said aloud once
  }

  // With a button that does something about it, if there is a `label` for it
  notice(name, values, label, act) {
    const notice = this.its("notice");
    notice.textContent = this.text(name, values);
    notice.hidden = false;
    if (!label) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: this.text(label) });
    button.addEventListener("click", act);
    notice.append(" ", button);
  }

  settle() {
    this.its("notice").hidden = true;
  }
}

customElements.define("saving-state", SavingState);
