// <copy-text> holds a text in <code> and a button that copies it, and says so in <output>.

class CopyText extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.copy());
  }

  async copy() {
    const code = this.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      const output = this.querySelector("output");
      output.textContent = output.dataset.done;
    } catch {
      getSelection().selectAllChildren(code); // no permission, or no https: it can be copied by hand
    }
  }
}

customElements.define("copy-text", CopyText);
