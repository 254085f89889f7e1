/* <page-screenshot> has a picture taken of the page that the post links to. The author cuts out what matters, and it is uploaded like any
   other image, with the page as its credit. */

import "./image-cropper.js";

const ASK_EVERY = 700; // milliseconds
const TAKEN_WITHIN = 120_000;

class PageScreenshot extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("post-editor");
    this.dialog = this.querySelector("dialog");
    this.cropper = this.querySelector("image-cropper");
    this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    this.editor.append(this.dialog); // its pane may be hidden when there is something to show
    this.editor.addEventListener("linklog:edited", () => this.offer());
    this.parts.start.addEventListener("click", () => this.take());
    this.parts.look.addEventListener("click", () => this.dialog.showModal());
    this.parts.cancel.addEventListener("click", () => this.dialog.close());
    this.parts.use.addEventListener("click", () => this.use());
    this.cropper.addEventListener("linklog:cropped", () => { this.parts.size.textContent = this.cropper.size.join(" × "); });
    this.offer();
  }

  get url() {
    return this.editor.form.elements.link_url.value.trim();
  }

  offer() {
    this.parts.start.hidden = !/^https?:\/\/[^\s/]/i.test(this.url) || Boolean(this.isTaking);
  }

  say(text) {
    this.parts.said.textContent = text;
  }

  async take() {
    const { said, look } = this.parts;
    this.isTaking = true;
    look.hidden = true;
    this.say(said.dataset.taking);
    try {
      this.page = await this.taken();
      await this.cropper.show(this.page.picture);
      this.show();
    } catch (error) {
      this.say(error.problem ?? said.dataset.failed);
    }
    this.isTaking = false;
    this.offer();
  }

  // Who went on writing meanwhile is not interrupted
  show() {
    const isWaiting = [document.body, this.parts.start].includes(document.activeElement);
    this.parts.look.hidden = false;
    this.say(this.parts.said.dataset.ready);
    if (isWaiting) this.dialog.showModal();
  }

  async taken() {
    const until = Date.now() + TAKEN_WITHIN;
    let told = await this.ask(this.dataset.start, {
      method: "POST",
      body: new URLSearchParams({ url: this.url }),
      headers: { "X-CSRFToken": this.editor.form.elements.csrfmiddlewaretoken.value },
    });
    const { follow } = told;
    while (told.state === "waiting" && Date.now() < until) {
      await new Promise((resolve) => { setTimeout(resolve, ASK_EVERY); });
      told = await this.ask(follow);
    }
    if (told.state !== "ready") throw told;
    return told;
  }

  async ask(address, { headers, ...options } = {}) {
    const response = await fetch(address, { ...options, headers: { "Accept": "application/json", ...headers } });
    const answer = await response.json();
    if (!response.ok) throw answer;
    return answer;
  }

  async use() {
    const { url, title } = this.page;
    const cut = await this.cropper.cut();
    this.dialog.close();
    this.editor.imageUploads.upload([new File([cut], `${new URL(url).hostname}.png`, { type: "image/png" })], {
      alt: "",
      credit_url: url,
      credit_title: title,
    });
  }
}

customElements.define("page-screenshot", PageScreenshot);
