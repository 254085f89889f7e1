/* <signed-out> asks to sign in again in another window, and notices when that is done. */

const INTERVAL = 5000; // milliseconds

/* The CSRF token of whoever is signed in; null for nobody. Rejects where the site cannot be reached. */
export async function csrfOfSession(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return (await response.json()).csrf;
}

class SignedOut extends HTMLElement {
  // Resolves to a CSRF token once somebody is signed in again
  wait({ session, signIn }) {
    this.querySelector("[data-part=sign-in]").href = signIn;
    this.hidden = false;
    this.waiting ??= this.ask(session).finally(() => {
      this.waiting = null;
      this.hidden = true;
    });
    return this.waiting;
  }

  async ask(session) {
    for (;;) {
      await new Promise((resolve) => {
        setTimeout(resolve, INTERVAL);
        window.addEventListener("focus", resolve, { once: true });
      });
      const csrf = await csrfOfSession(session).catch(() => null);
      if (csrf) return csrf;
    }
  }

  show() {
    this.querySelector("section").focus();
  }
}

customElements.define("signed-out", SignedOut);
