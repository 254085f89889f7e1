// <install-app data-worker data-scope> makes the author's pages work as an app: it registers the service worker, and shows its button
// (if it has one) once the browser offers to install.

class InstallApp extends HTMLElement {
  connectedCallback() {
    navigator.serviceWorker?.register(this.dataset.worker, { scope: this.dataset.scope });
    this.button = this.querySelector("button");
    if (!this.button) return;
    this.button.addEventListener("click", () => this.offer.prompt());
    window.addEventListener("beforeinstallprompt", this);
    window.addEventListener("appinstalled", this);
  }

  disconnectedCallback() {
    window.removeEventListener("beforeinstallprompt", this);
    window.removeEventListener("appinstalled", this);
  }

  handleEvent(event) {
    event.preventDefault();
    this.offer = event;
    this.button.hidden = event.type === "appinstalled";
  }
}

customElements.define("install-app", InstallApp);
