// The map of a simulation: the world below as SVG, what moves above it on a canvas, names on top of the world.

const MAP_FONTS = { sans: 'system-ui, "Segoe UI", "Liberation Sans", sans-serif', serif: 'Georgia, "Liberation Serif", serif' };
const CARGO_UNITS = ['ships', 'containers', 'wagons and lorries', 't'];
const TAIL = 0.05; // part of its way that a ship draws behind it
const BAR_ROOM = 30; // px between two ports, below which bars would lie on each other
const LANE = 3.5; // px to the right of the line: the two directions do not cover each other

class SimulationMap {
  constructor(figure, topology, film) {
    Object.assign(this, { figure, film, tick: 0, shown: [] });
    this.svg = figure.querySelector('svg');
    this.canvas = figure.querySelector('canvas');
    this.pen = this.canvas.getContext('2d');
    this.tip = figure.querySelector('.map-tip');
    this.palette = new Palette();
    this.world = this.node('g', { class: 'world' }, this.svg);
    this.drawWorld(topology);
    this.top = figure.querySelector('#names'); // names lie over what moves
    this.names = this.node('g', { class: 'names' }, this.top);
    this.placePorts();
    this.view = new MapView(this.svg, (view, resting) => this.place(view, resting));
    this.svg.addEventListener('keydown', (event) => event.key === '0' && this.fitSea());
    this.svg.addEventListener('pointermove', (event) => this.point(event));
    this.svg.addEventListener('pointerdown', (event) => this.point(event));
    this.svg.addEventListener('pointerleave', () => (this.tip.hidden = true));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw(this.tick));
    new ResizeObserver(() => this.resized()).observe(this.svg);
  }

  node(name, attributes = {}, parent = null) {
    const made = document.createElementNS(this.svg.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent?.append(made);
    return made;
  }

  drawWorld(topology) {
    const arcs = projectArcs(topology);
    const { countries, coast, borders, seas } = topology.objects;
    this.node('circle', { class: 'globe', r: HORIZON.toFixed(1) }, this.world);
    const lines = (mode) => this.film.tracks.filter((track) => track.mode === mode).map(({ points }) => drawing(points)).join('');
    for (const [name, d] of [
      ['land', areaDrawing(countries, arcs)],
      ['borders', lineDrawing(borders, arcs)],
      ['coast', lineDrawing(coast, arcs)],
      ['lanes', lines('sea')],
      ['tracks', lines('rail')],
    ]) {
      this.node('path', { class: name, d }, this.world);
    }
    const [scale] = topology.transform.scale;
    const area = (g, at, caps) => ({ text: g.properties.name, at: project(at), radius: g.properties.radius_deg * RADIANS * GLOBE, caps });
    this.areas = [
      ...seas.geometries.map((g) => area(g, g.coordinates.map((v) => v * scale), false)),
      ...countries.geometries.map((g) => area(g, g.properties.label, true)).sort((a, b) => b.radius - a.radius),
    ].filter(({ at }) => Math.hypot(...at) < 0.93 * HORIZON);
  }

  /** Which ports have cargo waiting, and on which side of each the land lies: away from its sea lanes. */
  placePorts() {
    const lanes = this.film.data.ships.map(({ path }) => this.film.tracks[path].points);
    this.sea = lanes.flat();
    for (const port of this.film.ports) {
      const mine = lanes.filter((points) => [points[0], points[points.length - 1]].some((p) => Math.hypot(p[0] - port.point[0], p[1] - port.point[1]) < 0.5));
      const middle = mine.length ? mine.flat().reduce((sum, p) => sum + p[0], 0) / mine.flat().length : port.point[0];
      port.side = middle <= port.point[0] ? 1 : -1;
      port.bars = mine.length > 0 && CARGO_UNITS.slice(1).some((unit) => port.queues[unit]);
      port.called = mine.length > 0;
    }
  }

  get barSize() {
    return this.view.size[0] < 560 ? { length: 42, thick: 3 } : { length: 84, thick: 4 };
  }

  /** Draws the hour `tick`; keeps where each ship stands, for pointing at it. */
  draw(tick) {
    this.tick = tick;
    const { pen, palette } = this;
    const [width, height] = this.view.size;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const small = width < 560;
    for (const { path, share, units } of this.film.trains(tick)) {
      const track = this.film.tracks[path];
      const [x, y, dx, dy] = track.at(share);
      const [sx, sy] = this.view.toScreen([x, y]);
      if (sx < -20 || sy < -20 || sx > width + 20 || sy > height + 20) continue;
      if (track.mode === 'rail') drawTrain(pen, palette, [sx - dy * 2, sy + dx * 2, dx, dy], units >= 20 ? 9 : 4);
      else drawShip(pen, palette, { kind: 'feeder', load: 1 }, [sx - dy * LANE, sy + dx * LANE], 3);
    }
    this.shown = this.film.ships(tick).map((ship) => this.drawShip(ship, small ? 4.5 : 5.5));
    const day = this.film.day(tick);
    for (const port of this.film.ports) {
      const at = this.view.toScreen(port.point);
      if (port.bars && this.roomy) this.drawBars(port, at, day);
      drawPort(pen, palette, at, this.film.isShut(port, tick));
    }
  }

  drawShip(ship, r) {
    const track = this.film.tracks[ship.path];
    const way = ship.back ? 1 - ship.share : ship.share;
    const turn = ship.back ? -1 : 1;
    const spot = (share) => {
      const [x, y, dx, dy] = track.at(share);
      const [sx, sy] = this.view.toScreen([x, y]);
      return [sx - dy * turn * LANE, sy + dx * turn * LANE];
    };
    const at = spot(way);
    const tail = spot(way - turn * Math.min(TAIL, ship.share));
    this.pen.beginPath();
    this.pen.moveTo(...tail);
    this.pen.lineTo(...at);
    this.pen.strokeStyle = this.palette.get(SHIP_COLOURS[ship.kind] ?? '--ink');
    this.pen.globalAlpha = 0.45;
    this.pen.lineWidth = 3;
    this.pen.stroke();
    this.pen.globalAlpha = 1;
    drawShip(this.pen, this.palette, ship, at, r);
    return { ...ship, at };
  }

  drawBars(port, [x, y], day) {
    const bars = CARGO_UNITS.filter((unit) => port.queues[unit]).map((unit) => {
      const count = port.queues[unit][day] ?? 0;
      return [unit, count / this.film.most[unit], unit === 'ships' && count ? String(count) : ''];
    });
    drawBars(this.pen, this.palette, [x + 11 * port.side, y - 1], bars, { side: port.side, ...this.barSize });
  }

  /** Tells about the ship under the pointer. */
  point(event) {
    const [x, y] = this.view.place(event);
    const near = this.shown.filter(({ at }) => Math.hypot(at[0] - x, at[1] - y) < 12).sort((a, b) => Math.hypot(a.at[0] - x, a.at[1] - y) - Math.hypot(b.at[0] - x, b.at[1] - y));
    this.tip.hidden = !near.length;
    if (!near.length) return;
    const [{ name, kind, load, arrives }] = near;
    const strong = document.createElement('strong');
    strong.textContent = name;
    const lines = [kind.replaceAll('_', ' '), `${Math.round(100 * load)} % loaded`, `arrives ${hourText(this.film.date(arrives))}`];
    this.tip.replaceChildren(strong, ...lines.map((line) => Object.assign(document.createElement('span'), { textContent: line })));
    const left = Math.max(4, Math.min(this.view.size[0] - this.tip.offsetWidth - 4, x + 14));
    this.tip.style.transform = `translate(${left}px, ${Math.max(4, y - this.tip.offsetHeight - 12)}px)`;
  }

  place({ k, x, y }, resting) {
    this.world.setAttribute('transform', `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${k.toFixed(5)})`);
    this.figure.classList.toggle('moving', !resting);
    if (resting) this.layOut(k);
    this.drawScale(k);
    if (this.ratio) this.draw(this.tick);
  }

  /** Names: ports with bars above them, other ports and places where there is room, then seas and countries. */
  layOut(k) {
    const [width, height] = this.view.size;
    const frame = [4, 4, width - 4, height - 4];
    const { length, thick } = this.barSize;
    const origin = this.svg.getBoundingClientRect();
    const taken = [...this.figure.querySelectorAll('.map-buttons, .map-scale')].map((each) => {
      const box = each.getBoundingClientRect();
      return [box.left - origin.left - 4, box.top - origin.top - 4, box.right - origin.left + 4, box.bottom - origin.top + 4];
    });
    this.names.replaceChildren();
    const lines = this.film.tracks.flatMap(({ points }) => points.map((p) => this.view.toScreen(p))).map(([x, y]) => [x - 5, y - 4, x + 5, y + 4]);
    for (const port of this.film.ports.filter(({ bars }) => bars && this.roomy)) {
      const [x, y] = this.view.toScreen(port.point);
      const start = x + 11 * port.side;
      const wide = Math.max(length + 18, textWidth(port.name, `650 13px ${MAP_FONTS.sans}`));
      taken.push([Math.min(x - 8, start - (port.side < 0 ? wide : 0)), y - 17, Math.max(x + 8, start + (port.side > 0 ? wide : 0)), y + 4 * (thick + 2)]);
      this.write(port.name, { x: start, y: y - 5, anchor: port.side > 0 ? 'start' : 'end' }, 'end', 13);
    }
    const others = this.film.ports.filter(({ bars, called }) => !(bars && this.roomy) && (called || k > 0.9)).sort((a, b) => b.bars - a.bars);
    for (const { point } of this.film.ports) {
      const [x, y] = this.view.toScreen(point);
      taken.push([x - 6, y - 6, x + 6, y + 6]);
    }
    const name = (text, at, kind, size) => ({ text, at: this.view.toScreen(at), gap: 8, size, kind, must: false, font: `500 ${size}px ${MAP_FONTS.sans}` });
    const named = [
      ...others.map(({ name: text, point, called }) => name(text, point, called ? 'chosen' : '', 12)),
      ...this.film.data.places.map((place) => name(place.name, project(place.at), '', 11)),
    ];
    placeNames(named, taken, lines, frame).forEach((spot, i) => spot && this.write(named[i].text, spot, named[i].kind, named[i].size));
    const areas = this.areas.map(({ text, at, radius, caps }) => {
      const size = Math.min(caps ? 13 : 15, Math.max(10, (radius * k) / 9));
      const font = caps ? `500 ${size}px ${MAP_FONTS.sans}` : `italic ${size}px ${MAP_FONTS.serif}`;
      return { text: caps ? text.toUpperCase() : text, at: this.view.toScreen(at), radius: radius * k, size, font, spacing: caps ? 1.2 : 0.4, caps };
    });
    placeAreaNames(areas, taken, lines, frame).forEach((spot, i) => spot && this.write(areas[i].text, spot, areas[i].caps ? 'country' : 'water', areas[i].size));
  }

  write(text, { x, y, anchor }, kind, size) {
    const made = this.node('text', { x: x.toFixed(1), y: y.toFixed(1), 'text-anchor': anchor, class: kind, 'font-size': size }, this.names);
    made.textContent = text;
  }

  drawScale(k) {
    const kmPerPixel = EARTH_RADIUS_KM / (GLOBE * k);
    const power = 10 ** Math.floor(Math.log10(100 * kmPerPixel));
    const km = [5, 2, 1].map((f) => f * power).find((each) => each <= 110 * kmPerPixel) ?? power;
    this.figure.querySelector('.map-scale i').style.width = `${(km / kmPerPixel).toFixed(0)}px`;
    this.figure.querySelector('.map-scale span').textContent = `${km.toLocaleString('en').replace(/,/g, '\u202f')} km`;
  }

  /** Whether the bars of the ports lie apart at this zoom. */
  get roomy() {
    const busy = this.film.ports.filter(({ bars }) => bars).map(({ point }) => point);
    const gaps = busy.flatMap((a, i) => busy.slice(0, i).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1])));
    return Math.min(Infinity, ...gaps) * this.view.view.k >= BAR_ROOM;
  }

  get padding() {
    return this.view.size[0] < 560 ? [34, 118, 46, 74] : [40, 130, 50, 130];
  }

  /** The whole sea, or its busy middle where bars would else lie on each other. */
  fitSea() {
    this.view.fit(this.sea, this.padding);
    if (!this.roomy) this.view.fit(this.film.ports.filter(({ bars }) => bars).map(({ point }) => point), this.padding);
  }

  fitAll() {
    this.view.fit(this.film.tracks.flatMap(({ points }) => points), [30, 50, 40, 30]);
  }

  resized() {
    const [width, height] = this.view.size;
    this.ratio = window.devicePixelRatio || 1;
    for (const svg of [this.svg, this.top]) svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    [this.canvas.width, this.canvas.height] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
    if (this.view.touched) this.place(this.view.view, true);
    else this.fitSea();
  }
}
