// Marks on the canvas: a shape and a colour for each kind of ship, filled from below as far as it is loaded.

const SHIP_COLOURS = { feeder: '--c3', rail_ferry: '--c4', ropax: '--c1', tanker: '--c2', dry_cargo: '--c5' };
const SHAPES = {
  feeder: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  rail_ferry: [[0, -1.25], [1.2, 0.95], [-1.2, 0.95]],
  ropax: [[0, -1.35], [1.35, 0], [0, 1.35], [-1.35, 0]],
  dry_cargo: [[-0.6, -1.1], [0.6, -1.1], [1.2, 0], [0.6, 1.1], [-0.6, 1.1], [-1.2, 0]],
}; // a tanker is round
const UNIT_COLOURS = { ships: '--c1', containers: '--c3', 'wagons and lorries': '--c4', t: '--c5' };

/** Colours of the page's theme, read once and again when it changes. */
class Palette {
  constructor() {
    this.read();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.read());
  }

  read() {
    const style = getComputedStyle(document.documentElement);
    const names = ['--c1', '--c2', '--c3', '--c4', '--c5', '--ink', '--muted', '--card', '--halo', '--t-rail'];
    this.colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name).trim()]));
  }

  get(name) {
    return this.colours[name] ?? this.colours['--ink'];
  }
}

function shipOutline(pen, kind, [x, y], r) {
  pen.beginPath();
  const shape = SHAPES[kind];
  if (!shape) pen.arc(x, y, 1.1 * r, 0, 2 * Math.PI);
  else shape.forEach(([a, b], i) => (i ? pen.lineTo(x + a * r, y + b * r) : pen.moveTo(x + a * r, y + b * r)));
  pen.closePath();
}

/** A ship of a kind at a place; `load` from 0 to 1. */
function drawShip(pen, palette, { kind, load }, [x, y], r) {
  const colour = palette.get(SHIP_COLOURS[kind] ?? '--ink');
  pen.lineJoin = 'round';
  shipOutline(pen, kind, [x, y], r);
  pen.strokeStyle = palette.get('--halo');
  pen.lineWidth = 4;
  pen.stroke();
  pen.fillStyle = palette.get('--card');
  pen.fill();
  pen.save();
  pen.clip();
  pen.fillStyle = colour;
  pen.fillRect(x - 2 * r, y + 1.35 * r - 2.7 * r * load, 4 * r, 3 * r);
  pen.restore();
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.stroke();
}

/** A train as a short stroke along its way. */
function drawTrain(pen, palette, [x, y, dx, dy], length) {
  for (const [width, colour] of [[5.5, '--halo'], [3, '--t-rail']]) {
    pen.beginPath();
    pen.moveTo(x - (dx * length) / 2, y - (dy * length) / 2);
    pen.lineTo(x + (dx * length) / 2, y + (dy * length) / 2);
    pen.lineCap = 'round';
    pen.strokeStyle = palette.get(colour);
    pen.lineWidth = width;
    pen.stroke();
  }
}

/** A port: a dot, or a crossed disc while it is shut. */
function drawPort(pen, palette, [x, y], shut) {
  pen.beginPath();
  pen.arc(x, y, shut ? 8 : 4.5, 0, 2 * Math.PI);
  pen.fillStyle = palette.get(shut ? '--c2' : '--ink');
  pen.strokeStyle = palette.get('--halo');
  pen.lineWidth = 2;
  pen.fill();
  pen.stroke();
  if (!shut) return;
  pen.beginPath();
  for (const side of [-1, 1]) {
    pen.moveTo(x - 3.5, y - 3.5 * side);
    pen.lineTo(x + 3.5, y + 3.5 * side);
  }
  pen.stroke();
}

/** Bars of what waits at a port, to the side away from the sea; `bars` as [unit, share of the largest, words]. */
function drawBars(pen, palette, [x, y], bars, { side, length, thick }) {
  bars.forEach(([unit, share, words], i) => {
    const top = y + i * (thick + 1.5);
    const size = share > 0 ? Math.max(1.5, share * length) : 0;
    if (!size) return;
    pen.fillStyle = palette.get('--halo');
    pen.fillRect(side > 0 ? x - 1 : x - size - 1, top - 1, size + 2, thick + 2);
    pen.fillStyle = palette.get(UNIT_COLOURS[unit]);
    pen.fillRect(side > 0 ? x : x - size, top, size, thick);
    if (!words) return;
    pen.font = `600 10px ${MAP_FONTS.sans}`;
    pen.textAlign = side > 0 ? 'left' : 'right';
    pen.fillStyle = palette.get('--ink');
    pen.fillText(words, side > 0 ? x + size + 4 : x - size - 4, top + thick + 1);
  });
}
