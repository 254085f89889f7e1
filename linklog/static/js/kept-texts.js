/* <kept-texts data-user="1" data-code="but not of this post"> names the unsaved texts that this browser keeps, and leads to them. */

import { copiesOf, timeOf } from "./local-copy.js";

class KeptTexts extends HTMLElement {
  connectedCallback() {
    const template = this.querySelector("template");
    const newest = new Map(copiesOf(this.dataset.user).reverse().map((copy) => [copy.code, copy]));
    newest.delete(this.dataset.code);
    this.querySelector("ul").replaceChildren(...[...newest.values()].reverse().map(({ fields, time, url }) => {
      const item = template.content.firstElementChild.cloneNode(true);
      const link = item.querySelector("a");
      item.querySelector("time").textContent = timeOf(time);
      if (new URL(url, location.href).origin === location.origin) link.href = url;
      item.querySelector("[data-part=text]").textContent = (fields.title || fields.body || fields.link_url || "").slice(0, 60);
      return item;
    }));
    this.hidden = newest.size === 0;
  }
}

customElements.define("kept-texts", KeptTexts);
