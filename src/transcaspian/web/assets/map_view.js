// Pan and zoom: one view {k, x, y}, screen = map * k + (x, y), in CSS pixels of the drawing.

const MAX_ZOOM = 22;
const WHEEL_STEP = 1.0018;

/** Follows wheel, drag, pinch and keys on `svg`; calls `onChange(view, resting)` after each change. */
class MapView {
  constructor(svg, onChange) {
    this.svg = svg;
    this.onChange = onChange;
    this.view = { k: 0.4, x: 0, y: 0 };
    this.pointers = new Map();
    this.moved = 0;
    this.awake = false; // the wheel belongs to the page until the map is clicked or focused
    this.resting = 0;
    this.touched = false; // whether a person has moved the map since the last fit
    this.listen();
  }

  get size() {
    return [this.svg.clientWidth || 800, this.svg.clientHeight || 450];
  }

  toScreen([x, y]) {
    return [x * this.view.k + this.view.x, y * this.view.k + this.view.y];
  }

  /** Shows the box of these projected points inside the padding [top, right, bottom, left]. */
  fit(points, [top, right, bottom, left]) {
    if (!points.length) return;
    const [width, height] = this.size;
    const xs = points.map((p) => p[0]);
    const ys = points.map((p) => p[1]);
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const room = [Math.max(60, width - left - right), Math.max(60, height - top - bottom)];
    const k = Math.min(room[0] / Math.max(20, x1 - x0), room[1] / Math.max(20, y1 - y0), MAX_ZOOM);
    this.view = {
      k,
      x: left + room[0] / 2 - (k * (x0 + x1)) / 2,
      y: top + room[1] / 2 - (k * (y0 + y1)) / 2,
    };
    this.touched = false;
    this.change(true);
  }

  /** Brings a projected point to the middle if it lies outside the frame. */
  reveal(point) {
    const [width, height] = this.size;
    const [x, y] = this.toScreen(point);
    if (x < 10 || y < 10 || x > width - 10 || y > height - 10) this.pan(width / 2 - x, height / 2 - y);
  }

  /** Zooms by a factor about a point of the screen, the middle by default. */
  zoom(factor, at) {
    const [width, height] = this.size;
    const [px, py] = at ?? [width / 2, height / 2];
    const least = (0.45 * Math.min(width, height)) / HORIZON;
    const k = Math.min(MAX_ZOOM, Math.max(least, this.view.k * factor));
    const f = k / this.view.k;
    this.view = { k, x: px - f * (px - this.view.x), y: py - f * (py - this.view.y) };
    this.touched = true;
    this.change(false);
  }

  pan(dx, dy) {
    this.view.x += dx;
    this.view.y += dy;
    this.touched = true;
    this.change(false);
  }

  /** Keeps the globe under the middle of the map and tells the listener, once more when all is still. */
  change(resting) {
    const [width, height] = this.size;
    const { view } = this;
    const [cx, cy] = [(width / 2 - view.x) / view.k, (height / 2 - view.y) / view.k];
    const off = Math.hypot(cx, cy) / HORIZON;
    if (off > 1) {
      view.x += cx * (1 - 1 / off) * view.k;
      view.y += cy * (1 - 1 / off) * view.k;
    }
    this.onChange(view, resting);
    clearTimeout(this.resting);
    if (!resting) this.resting = setTimeout(() => this.onChange(view, true), 140);
  }

  listen() {
    const { svg } = this;
    svg.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    svg.addEventListener('pointerdown', (event) => this.down(event));
    svg.addEventListener('pointermove', (event) => this.move(event));
    for (const name of ['pointerup', 'pointercancel']) svg.addEventListener(name, (event) => this.up(event));
    svg.addEventListener('dblclick', (event) => this.zoom(2, this.place(event)));
    svg.addEventListener('keydown', (event) => this.key(event));
    svg.addEventListener('blur', () => {
      this.awake = false;
    });
    svg.parentElement.addEventListener('pointerleave', () => {
      this.awake = false;
    });
  }

  place(event) {
    const box = this.svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  wheel(event) {
    if (!this.awake && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    this.zoom(WHEEL_STEP ** (-event.deltaY * lines), this.place(event));
  }

  down(event) {
    if (event.button) return;
    this.awake = true;
    this.moved = 0;
    this.pointers.set(event.pointerId, this.place(event));
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.place(event);
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.pointers.set(event.pointerId, now);
    this.moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    // Captured only once it is a drag, so that a plain click still reaches the line beneath it.
    if (this.moved > 4 && !this.svg.hasPointerCapture(event.pointerId)) this.svg.setPointerCapture(event.pointerId);
    if (!others.length) {
      this.pan(now[0] - before[0], now[1] - before[1]);
      return;
    }
    const [other] = others;
    const gap = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
    this.zoom(gap(now) / Math.max(1, gap(before)), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
    this.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
  }

  up(event) {
    this.pointers.delete(event.pointerId);
  }

  key(event) {
    const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (steps[event.key]) this.pan(...steps[event.key]);
    else if (event.key === '+' || event.key === '=') this.zoom(1.5);
    else if (event.key === '-') this.zoom(1 / 1.5);
    else return;
    event.preventDefault();
  }
}
