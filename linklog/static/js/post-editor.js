/* <post-editor> around the form of a post saves while one writes, keeps in this browser what is not saved yet, and merges what was
   saved elsewhere. It never moves the focus or the cursor. The other elements of the page read and fill the form through it:
   fields(), fill(name, text), insert(markdown), labelOf(name), and the events linklog:edited, :saved, :conflict, :offline, :signed-out. */

import "./edit-conflict.js";
import "./saving-state.js";
import "./set-aside.js";
import { FormFields } from "./form-fields.js";
import { LocalCopy, timeOf } from "./local-copy.js";
import { isSame, merge } from "./merge.js";
import { sendFields } from "./save-request.js";
import { SaveSchedule } from "./save-schedule.js";
import { csrfOfSession } from "./signed-out.js";
import { insertText } from "./text-editing.js";

const TOLD_AFTER = 300; // milliseconds without a key before other elements hear of a change
const KEPT_AFTER = 250; // milliseconds from a change to its local copy
const SLOW = 1000; // a save that takes longer is spoken of

class PostEditor extends HTMLElement {
  connectedCallback() {
    for (const name of ["saving-state", "edit-conflict", "set-aside", "signed-out", "image-uploads"]) {
      this[name.replace(/-./, (letters) => letters[1].toUpperCase())] = this.querySelector(name);
    }
    this.form = this.querySelector("form#editor");
    this.values = new FormFields(this.form);
    this.shown = this.fields();
    this.ground = { token: this.dataset.token, base: this.shown, sent: [] }; // what the fields were written upon
    this.told = new Set();
    this.copy = new LocalCopy(this.dataset.user, this.dataset.code);
    this.schedule = new SaveSchedule(() => this.save());
    this.channel = new BroadcastChannel(`linklog:${this.dataset.user}:${this.dataset.code}`);
    if (!this.isNew) for (const [name, text] of Object.entries(this.shown)) if (text) this.values.touched.add(name);
    this.listen();
    if ("unsaved" in this.dataset) this.savingState.say("new");
    this.restore();
    this.grow();
  }

  listen() {
    this.form.addEventListener("input", () => this.edited());
    this.form.addEventListener("change", () => this.edited());
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("linklog:resolved", ({ detail }) => this.resolve(detail));
    this.channel.addEventListener("message", ({ data }) => this.hear(data));
    window.addEventListener("online", () => this.saveNow());
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty && !this.copy.isKept) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => this.saveNow());
  }

  get isNew() { return this.ground.token === "0"; }

  get isDirty() { return !isSame(this.fields(), this.ground.base); }

  // What other elements may ask for

  fields() {
    return this.values.read();
  }

  // Fills a field unless the author has touched it. A new post of which the author wrote nothing yet is not saved for that.
  fill(name, text) {
    if (this.values.touched.has(name)) return;
    const isBare = this.isNew && !this.isDirty;
    this.values.put({ [name]: text });
    if (!isBare) return;
    this.ground.base = this.fields();
    this.savingState.mark(false);
  }

  insert(markdown) {
    this.form.elements.body.focus();
    insertText(this.form.elements.body, markdown);
  }

  labelOf(name) {
    return this.values.labelOf(name);
  }

  // Writing

  edited() {
    this.keeping ??= setTimeout(() => this.keep(), KEPT_AFTER);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell("edited", { fields: this.fields() }), TOLD_AFTER);
    this.savingState.mark(this.isDirty);
    this.schedule.changed();
    this.grow();
  }

  // The field is as high as its text, where the style sheet cannot say so
  grow() {
    if (CSS.supports("field-sizing", "content")) return;
    const { style } = this.form.elements.body;
    style.blockSize = "auto";
    style.blockSize = `${this.form.elements.body.scrollHeight + 2}px`;
  }

  key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit(this.querySelector("button[data-primary]"));
  }

  // Keeping in this browser

  keep() {
    clearTimeout(this.keeping);
    this.keeping = null;
    if (!this.isDirty) return this.copy.drop();
    const trouble = this.copy.keep({ ...this.ground, fields: this.fields(), url: this.address() });
    if (trouble && !this.told.has(trouble)) this.savingState.notice(trouble);
    this.told.add(trouble);
  }

  // Where this text is found again: a post that is not saved yet has its code in the address
  address() {
    const url = new URL(location.href);
    if (this.isNew) url.searchParams.set("code", this.dataset.code);
    return url.href;
  }

  restore() {
    const [newest, ...older] = this.copy.left();
    if (!newest) return;
    this.ground = { token: newest.token, base: newest.base, sent: newest.sent };
    this.values.put(newest.fields);
    this.meet({ token: this.dataset.token, fields: this.shown });
    this.ground.sent = [...newest.sent, newest.fields]; // what was on its way when its window closed may arrive yet
    for (const copy of older) this.setApart(copy.fields);
    this.keep();
    for (const { key } of [newest, ...older]) this.copy.drop(key);
    if (isSame(this.fields(), this.shown)) return;
    this.savingState.notice("put-back", { time: timeOf(newest.time) }, "undo", () => {
      const { shown } = this;
      this.savingState.settle();
      this.setApart(this.fields(), shown);
      this.values.put(shown);
    });
  }

  // What differs of `fields` gave way
  setApart(fields, to = this.fields()) {
    for (const [name, text] of Object.entries(fields)) if (text !== to[name]) this.setAside.add(name, text);
  }

  // Saving

  saveNow() {
    if (!this.isDirty) return;
    this.keep();
    this.schedule.now();
  }

  async save() {
    const fields = this.fields();
    if (this.editConflict.isOpen) return false;
    if (isSame(fields, this.ground.base)) {
      this.keep();
      return true;
    }
    const { sent } = this.ground;
    this.ground.sent = [...sent.slice(0, 4), ...sent.slice(4).slice(-4), fields]; // any of them may have arrived
    const slow = setTimeout(() => this.savingState.say("saving"), SLOW);
    try {
      const { status, answer } = await this.send(fields).finally(() => clearTimeout(slow));
      return await this.take(status, answer, fields);
    } catch {
      return this.offline();
    }
  }

  send(fields) {
    return sendFields(this.dataset.save, this.form, fields, this.ground.token);
  }

  take(status, answer, fields) {
    if (status === 200 && answer.token) return this.acknowledge(answer, fields);
    if (status === 409 && answer.token) return this.meet(answer);
    if ((status === 401 || status === 403) && !this.isRenewed) {
      this.isRenewed = true;
      return this.renewSession();
    }
    if (status >= 400 && status < 500 && answer.problem) return this.refuse(answer.problem);
    return this.offline();
  }

  acknowledge(answer, fields) {
    const upon = this.ground.token;
    for (const [name, text] of Object.entries(answer.fields ?? {})) { // as the server put them in order
      if (this.values.hasFocus(name) || this.fields()[name] !== fields[name]) continue;
      fields[name] = text;
      this.values.put({ [name]: text });
    }
    this.stand(answer.token, fields);
    this.keep();
    if (answer.url && answer.url !== location.pathname) history.replaceState(history.state, "", answer.url);
    this.savingState.say(answer.has_working_copy ? "unpublished" : "saved", { time: answer.saved });
    this.channel.postMessage({ upon, token: answer.token, fields, saved: answer.saved });
    this.tell("saved", answer);
    return true;
  }

  stand(token, base) {
    this.refusal = "";
    this.ground = { token, base, sent: [] };
    this.form.elements.token.value = token;
    this.schedule.wait = 0;
    this.isRenewed = false;
    this.savingState.mark(this.isDirty);
  }

  // What was saved elsewhere meets what stands here
  meet(state) {
    const mine = this.fields();
    const { taken, clashes } = merge(this.ground.base, this.ground.sent, mine, state.fields);
    this.values.put(taken);
    if (clashes.length) {
      this.meeting = state;
      this.editConflict.open(clashes, mine, state);
      this.keep();
      this.savingState.say("conflict");
      this.savingState.notice("unsaved", {}, "choose", () => this.editConflict.show());
      this.tell("conflict", { names: clashes });
      return false;
    }
    this.stand(state.token, { ...mine, ...state.fields });
    if (Object.keys(taken).length) {
      this.savingState.notice(state.saved_by ? "merged" : "merged-window", { name: state.saved_by });
    }
    if (state.saved) this.savingState.say("saved", { time: state.saved });
    if (this.isDirty) this.schedule.again();
    return true;
  }

  resolve({ name, text, aside, left }) {
    this.setAside.add(name, aside);
    this.values.put({ [name]: text });
    if (left) return;
    this.stand(this.meeting.token, { ...this.fields(), ...this.meeting.fields });
    this.savingState.say("saved", { time: this.meeting.saved });
    this.savingState.settle();
    this.keep();
    this.schedule.now();
    this.form.elements[name].focus?.();
  }

  // Another window of this browser saved this post
  hear({ upon, token, fields, saved }) {
    const isNext = upon === this.ground.token && !this.schedule.running && !this.editConflict.isOpen;
    if (isNext) this.meet({ token, fields, saved });
  }

  refuse(problem) {
    this.schedule.wait = 0;
    this.refusal = problem;
    this.savingState.say("refused");
    this.savingState.notice(problem);
    return false;
  }

  offline() {
    this.keep();
    this.savingState.say(this.copy.isKept ? "offline" : "unkept");
    this.tell("offline");
    this.schedule.later();
    return false;
  }

  // Nobody may be signed in, or somebody anew, and then the form still has the CSRF token of before
  async renewSession() {
    this.keep();
    let csrf = await csrfOfSession(this.dataset.session);
    if (!csrf) {
      this.savingState.say("signed-out");
      this.savingState.notice("kept", {}, "sign-in", () => this.signedOut.show());
      this.tell("signed-out");
      csrf = await this.signedOut.wait(this.dataset);
      this.savingState.settle();
    }
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = csrf;
    if (this.isDirty) this.schedule.again();
    return true;
  }

  // The browser sends the form once no file is on its way, all is saved and somebody is signed in
  async submit(event) {
    if (this.isReady) return;
    event.preventDefault();
    if (this.isSubmitting) return;
    this.isSubmitting = true;
    try {
      this.isReady = await this.hasFiles(event.submitter) && await this.schedule.now() && await this.renewSession();
    } catch {
      this.offline();
    }
    if (this.isReady) this.form.requestSubmit(event.submitter);
    else if (this.editConflict.isOpen) this.editConflict.show();
    else this.savingState.notice(this.filesLeft || this.refusal || "not-sent");
    this.isReady = this.isSubmitting = false;
  }

  // Whether all files stand in the text; a draft may be saved without
  async hasFiles(submitter) {
    this.filesLeft = "";
    const { name, value } = submitter ?? {};
    const leaves = name === "action" && !["delete", "discard"].includes(value);
    if (!leaves || !this.imageUploads) return true;
    const isWaiting = this.imageUploads.running.length > 0;
    if (isWaiting) this.savingState.notice("uploads-wait");
    const isWhole = await this.imageUploads.settled();
    if (isWaiting) this.savingState.settle();
    if (isWhole || (value === "save" && this.dataset.state === "draft")) return true;
    this.filesLeft = "uploads-left";
    return false;
  }

  leave() {
    if (!this.isDirty) return;
    this.keep();
    if (!this.schedule.running && !this.editConflict.isOpen) this.send(this.fields()).catch(() => {});
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`linklog:${name}`, { bubbles: true, detail }));
  }
}

customElements.define("post-editor", PostEditor);
