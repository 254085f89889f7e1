/* <theme-switch> holds three radio buttons: auto, light, dark. The choice is kept in this browser and shared by its tabs. */

const KEY = "theme";

function stored() {
  try {
    return localStorage.getItem(KEY) || "auto";
  } catch {
    return "auto";
  }
}

function store(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is forbidden: the choice lasts as long as this page.
  }
}

function apply(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.show(stored());
    this.addEventListener("change", (event) => {
      store(event.target.value);
      apply(event.target.value);
    });
    window.addEventListener("storage", this);
  }

  disconnectedCallback() {
    window.removeEventListener("storage", this);
  }

  handleEvent(event) {
    if (event.key !== KEY) return;
    apply(event.newValue || "auto");
    this.show(event.newValue || "auto");
  }

  show(theme) {
    for (const input of this.querySelectorAll("input")) input.checked = input.value === theme;
  }
}

customElements.define("theme-switch", ThemeSwitch);
