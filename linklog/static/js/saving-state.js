/* <saving-state> says in one line how safe the text is, and in a second what happened to it. What it says stands in its template,
   by name. */

import { textOf } from "./texts.js";

class SavingState extends HTMLElement {
  its(name) {
    return this.querySelector(`[data-part=${name}]`);
  }

  // Whether all that is typed is saved shows at once, but is not said aloud
  mark(isUnsaved) {
    this.its("state").toggleAttribute("data-unsaved", isUnsaved);
  }

  say(name, values) {
    const state = this.its("state");
    const text = textOf(this, name, values);
    state.dataset.state = name;
    if (state.textContent !== text) state.textContent = text; // said aloud once
  }

  // With a button that does something about it, if there is a `label` for it
  notice(name, values, label, act) {
    const notice = this.its("notice");
    notice.textContent = textOf(this, name, values);
    notice.hidden = false;
    if (!label) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: textOf(this, label) });
    button.addEventListener("click", act);
    notice.append(" ", button);
  }

  settle() {
    this.its("notice").hidden = true;
  }
}

customElements.define("saving-state", SavingState);
