// <passkey-form data-ask="create|get|fetch" data-options="id of a JSON script" data-failed="sentence">: a form that is sent with a passkey's answer.
// It stays hidden where the browser knows no passkeys. With "fetch" the options come from the form's own address.

const KNOWN = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

class PasskeyForm extends HTMLElement {
  connectedCallback() {
    if (!KNOWN) return;
    this.form = this.querySelector("form");
    this.hidden = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  async send() {
    const error = this.querySelector("[role=alert]");
    error.hidden = true;
    try {
      const credential = await this.ask();
      this.form.elements.credential.value = JSON.stringify(credential);
      this.form.submit();
    } catch {
      // Browsers do not tell refusals from failures, lest a site learn which passkeys there are
      error.textContent = this.dataset.failed;
      error.hidden = false;
    }
  }

  async ask() {
    const { publicKey } = await this.options();
    if (this.dataset.ask !== "create") {
      return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
    }
    publicKey.authenticatorSelection = {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    };
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  }

  async options() {
    if (this.dataset.ask !== "fetch") {
      return JSON.parse(document.getElementById(this.dataset.options).textContent);
    }
    const response = await fetch(this.form.action, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.statusText);
    return (await response.json()).request_options;
  }
}

customElements.define("passkey-form", PasskeyForm);
