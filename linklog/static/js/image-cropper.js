/* <image-cropper> around an image and a box with handles: what lies in the box is kept. Handles name the edges that they move in
   data-edges; a slider is one edge, which arrow keys move as well. show(address) and cut() are for others; linklog:cropped tells of a change. */

const STEPS = { ArrowUp: -10, ArrowLeft: -10, ArrowDown: 10, ArrowRight: 10, PageUp: -100, PageDown: 100, Home: -Infinity, End: Infinity };
const OTHER = { left: "right", right: "left", top: "bottom", bottom: "top" };
const LEAST = 64; // pixels on the screen, so that no handle covers another
const SHAPE = 0.625; // of the first box: a screen's

class ImageCropper extends HTMLElement {
  connectedCallback() {
    if (this.image) return; // it was moved
    this.image = this.querySelector("img");
    this.box = this.querySelector(".crop-box");
    this.addEventListener("pointerdown", (event) => this.grip(event));
    this.addEventListener("keydown", (event) => this.key(event));
  }

  async show(address) {
    this.image.src = address;
    await this.image.decode();
    const { naturalWidth: right, naturalHeight } = this.image;
    this.edges = { left: 0, top: 0, right, bottom: Math.min(naturalHeight, Math.round(right * SHAPE)) };
    this.draw();
  }

  get size() {
    const { left, top, right, bottom } = this.edges;
    return [right - left, bottom - top];
  }

  // Pixels of the image for one of the screen
  get scale() {
    return this.image.naturalWidth / this.image.clientWidth;
  }

  grip(event) {
    const handle = event.target.closest("[data-edges]");
    if (!handle || event.button) return;
    event.preventDefault();
    handle.focus?.({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const drag = (moved) => this.drag(handle, moved);
    handle.addEventListener("pointermove", drag);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", drag), { once: true });
  }

  drag(handle, { clientX, clientY }) {
    const { left, top } = this.image.getBoundingClientRect();
    const place = { left: clientX - left, right: clientX - left, top: clientY - top, bottom: clientY - top };
    for (const edge of handle.dataset.edges.split(" ")) this.put(edge, place[edge] * this.scale);
    handle.scrollIntoView({ block: "nearest" }); // a page is longer than the window on it
  }

  key(event) {
    const edge = event.target.dataset.edges;
    if (!(event.key in STEPS) || !edge || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.put(edge, this.edges[edge] + STEPS[event.key]);
    event.target.scrollIntoView({ block: "nearest" });
  }

  // Within the image, and not past the edge on the other side
  put(edge, place) {
    const [lowest, highest] = this.range(edge);
    this.edges[edge] = Math.round(Math.min(Math.max(place, lowest), highest));
    this.draw();
  }

  range(edge) {
    const least = LEAST * this.scale;
    const whole = edge === "left" || edge === "right" ? this.image.naturalWidth : this.image.naturalHeight;
    const other = this.edges[OTHER[edge]];
    return edge === "left" || edge === "top" ? [0, Math.max(0, other - least)] : [Math.min(whole, other + least), whole];
  }

  draw() {
    const { naturalWidth, naturalHeight } = this.image;
    const { left, top, right, bottom } = this.edges;
    const parts = [top / naturalHeight, 1 - right / naturalWidth, 1 - bottom / naturalHeight, left / naturalWidth];
    this.box.style.inset = parts.map((part) => `${part * 100}%`).join(" ");
    for (const slider of this.querySelectorAll("[role=slider]")) {
      const [lowest, highest] = this.range(slider.dataset.edges);
      slider.ariaValueMin = Math.round(lowest);
      slider.ariaValueMax = Math.round(highest);
      slider.ariaValueNow = this.edges[slider.dataset.edges];
    }
    this.dispatchEvent(new CustomEvent("linklog:cropped"));
  }

  // What lies in the box, as a PNG
  cut() {
    const { left, top } = this.edges;
    const [width, height] = this.size;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d").drawImage(this.image, left, top, width, height, 0, 0, width, height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }
}

customElements.define("image-cropper", ImageCropper);
