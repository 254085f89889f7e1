/* <video-frame> in a form: its button sends the picture that the page's film shows now as the form's file. */

class VideoFrame extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.take());
  }

  async take() {
    const form = this.closest("form");
    const film = document.querySelector("video.shown");
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [film.videoWidth, film.videoHeight];
    try {
      canvas.getContext("2d").drawImage(film, 0, 0);
      const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/png")); // not of a film of another site
      const files = new DataTransfer();
      files.items.add(new File([picture], "poster.png", { type: "image/png" }));
      form.elements.file.files = files.files;
    } catch {
      this.querySelector("[role=status]").textContent = this.dataset.failed;
      return;
    }
    form.requestSubmit();
  }
}

customElements.define("video-frame", VideoFrame);
