// The map of one shipment: base map, routes by mode and colour, marks, names, tooltips.
// Layers from below: world, other routes, chosen route, hit lines, marks, names, numbers.

const FONTS = { sans: 'system-ui, "Segoe UI", "Liberation Sans", sans-serif', serif: 'Georgia, "Liberation Serif", serif' };
const NEAR_ZOOM = 2.4; // from here on every place of every route is named
const RANK = { gauge: 1, seaport: 2, oil_terminal: 2, border_station: 3 };

class RouteMap {
  /** @param events {choose(alternativeId), leg(legId), hover(legId | null)} */
  constructor(figure, topology, data, events) {
    Object.assign(this, { figure, data, events, shipment: null, chosen: null });
    this.svg = figure.querySelector('svg');
    this.tip = figure.querySelector('.map-tip');
    this.world = this.group('world', this.svg);
    this.drawWorld(topology);
    [this.routes, this.hits] = ['routes', 'hits'].map((name) => this.group(name, this.svg));
    [this.marks, this.names, this.numbers] = ['marks', 'names', 'numbers'].map((name) => this.group(name, this.svg));
    this.view = new MapView(this.svg, (view, resting) => this.place(view, resting));
    this.svg.addEventListener('keydown', (event) => event.key === '0' && this.fitAll());
    new ResizeObserver(() => this.resized()).observe(this.svg);
  }

  node(name, attributes = {}, parent = null) {
    const made = document.createElementNS(this.svg.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent?.append(made);
    return made;
  }

  group(name, parent) {
    return this.node('g', { class: name }, parent);
  }

  drawWorld(topology) {
    const arcs = projectArcs(topology);
    const { countries, coast, borders, seas } = topology.objects;
    this.node('circle', { class: 'globe', r: HORIZON.toFixed(1) }, this.world);
    for (const [name, d] of [
      ['graticule', graticuleDrawing(15)],
      ['land', areaDrawing(countries, arcs)],
      ['borders', lineDrawing(borders, arcs)],
      ['coast', lineDrawing(coast, arcs)],
    ]) {
      this.node('path', { class: name, d }, this.world);
    }
    const [scale] = topology.transform.scale;
    const area = (g, at, caps) => ({
      text: g.properties.name,
      at: project(at),
      radius: (g.properties.radius_deg * RADIANS * GLOBE),
      caps,
    });
    this.areas = [
      ...seas.geometries.map((g) => area(g, g.coordinates.map((v) => v * scale), false)),
      ...countries.geometries.map((g) => area(g, g.properties.label, true)).sort((a, b) => b.radius - a.radius),
    ].filter(({ at }) => Math.hypot(...at) < 0.93 * HORIZON);
  }

  /** Draws a shipment's routes and shows all of them. */
  show(shipmentId) {
    this.shipment = this.data.shipments.find((each) => each.id === shipmentId);
    this.routes.replaceChildren();
    this.hits.replaceChildren();
    for (const alternative of this.shipment.alternatives) {
      const parent = this.node('g', { class: `route c${alternative.colour}`, 'data-id': alternative.id }, this.routes);
      alternative.points = [];
      for (const leg of alternative.legs.filter((each) => each.path.length > 1)) {
        leg.points = projectPath(leg.path);
        alternative.points.push(...leg.points);
        this.drawLeg(leg, parent);
      }
    }
    this.fitAll();
  }

  drawLeg(leg, parent) {
    const d = drawing(leg.points);
    const mode = `leg ${leg.mode}`;
    this.node('path', { class: 'casing', d }, parent);
    this.node('path', { class: mode, d, 'data-leg': leg.id }, parent);
    if (leg.mode === 'pipeline') this.node('path', { class: 'core', d }, parent);
  }

  /** Brings one alternative to the front, with its marks and names. */
  choose(alternativeId) {
    this.chosen = this.shipment.alternatives.find((each) => each.id === alternativeId) ?? null;
    for (const group of this.routes.children) group.classList.toggle('chosen', group.dataset.id === alternativeId);
    const front = this.routes.querySelector('.chosen');
    if (front) this.routes.append(front);
    this.drawHits();
    this.placesOfView();
    this.place(this.view.view, true);
  }

  /** Wide unseen lines that take the pointer and the focus, the chosen route's on top. */
  drawHits() {
    this.hits.replaceChildren();
    const order = [...this.shipment.alternatives].sort((a, b) => (a === this.chosen) - (b === this.chosen));
    for (const alternative of order) {
      for (const leg of alternative.legs.filter((each) => each.points)) {
        const hit = this.node('path', { d: drawing(leg.points), class: 'hit' }, this.hits);
        const chosen = alternative === this.chosen;
        if (chosen) {
          for (const [key, value] of [['tabindex', 0], ['role', 'button'], ['aria-label', leg.tip.join(', ')]]) {
            hit.setAttribute(key, value);
          }
        }
        this.listenToLeg(hit, alternative, leg, chosen);
      }
    }
  }

  listenToLeg(hit, alternative, leg, chosen) {
    const lines = chosen ? leg.tip : [`${alternative.number}  ${alternative.label}`, ...leg.tip];
    const act = () => (chosen ? this.events.leg(leg.id) : this.events.choose(alternative.id));
    hit.addEventListener('pointermove', (event) => this.showTip(lines, this.view.place(event)));
    hit.addEventListener('pointerenter', () => chosen && this.events.hover(leg.id));
    for (const name of ['pointerleave', 'blur']) {
      hit.addEventListener(name, () => {
        this.tip.hidden = true;
        this.events.hover(null);
      });
    }
    hit.addEventListener('focus', () => {
      if (!hit.matches(':focus-visible')) return;
      const middle = leg.points[Math.floor(leg.points.length / 2)];
      this.view.reveal(middle);
      this.showTip(lines, this.view.toScreen(middle));
      this.events.hover(leg.id);
    });
    hit.addEventListener('click', () => this.view.moved < 5 && act());
    hit.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        act();
      }
    });
  }

  showTip([title, ...lines], [x, y]) {
    const [width, height] = this.view.size;
    const strong = document.createElement('strong');
    strong.textContent = title;
    this.tip.replaceChildren(strong, ...lines.map((line) => Object.assign(document.createElement('span'), { textContent: line })));
    this.tip.hidden = false;
    const { offsetWidth, offsetHeight } = this.tip;
    const left = Math.max(4, Math.min(width - offsetWidth - 4, x + 14));
    const top = y + 16 + offsetHeight < height ? y + 16 : y - offsetHeight - 12;
    this.tip.style.transform = `translate(${left}px, ${Math.max(4, top)}px)`;
  }

  /** Marks one leg on the map while its row is pointed at. */
  highlight(legId) {
    for (const line of this.routes.querySelectorAll('.lit')) line.classList.remove('lit');
    if (legId) this.routes.querySelector(`[data-leg="${legId}"]`)?.classList.add('lit');
  }

  /** Collects the places to mark: each once, with its best rank, and whether the chosen route calls there. */
  placesOfView() {
    const found = new Map();
    for (const alternative of this.shipment.alternatives) {
      const chosen = alternative === this.chosen;
      const { legs } = alternative;
      for (const leg of legs) {
        for (const id of [leg.from, leg.to]) {
          const place = this.data.places[id];
          if (!place || place.kind === 'waypoint') continue;
          const here = found.get(id) ?? { id, name: place.name, at: project(place.at), kind: place.kind, chosen: false };
          here.chosen ||= chosen;
          here.gauge ||= chosen && leg.operation === 'change_gauge';
          here.end ||= id === legs[0].from || id === legs[legs.length - 1].to;
          found.set(id, here);
        }
      }
    }
    const rank = (p) => (p.end ? 0 : (p.chosen ? 0 : 5) + (RANK[p.gauge ? 'gauge' : p.kind] ?? 4));
    this.stops = [...found.values()].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
    this.marks.replaceChildren();
    for (const stop of [...this.stops].reverse()) {
      const shape = stop.gauge ? ['path', { d: 'M0-6L6 0L0 6L-6 0Z' }] : ['circle', { r: stop.end ? 5.5 : stop.chosen ? 3.6 : 2.2 }];
      const kind = ['mark', stop.chosen && 'chosen', stop.end && 'end', stop.gauge && 'gauge'].filter(Boolean).join(' ');
      stop.mark = this.node(shape[0], { ...shape[1], class: `${kind} c${this.chosen?.colour ?? 1}` }, this.marks);
      this.node('title', {}, stop.mark).textContent = stop.name;
    }
  }

  /** Puts everything where the view wants it; names and numbers are laid out anew only when the map rests. */
  place({ k, x, y }, resting) {
    const transform = `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${k.toFixed(5)})`;
    for (const layer of [this.world, this.routes, this.hits]) layer.setAttribute('transform', transform);
    this.figure.classList.toggle('moving', !resting);
    if (!this.stops) return;
    for (const { mark, at } of this.stops) {
      const [px, py] = this.view.toScreen(at);
      mark.setAttribute('transform', `translate(${px.toFixed(1)} ${py.toFixed(1)})`);
    }
    if (resting) this.layOut(k);
    this.drawScale(k);
  }

  layOut(k) {
    const [width, height] = this.view.size;
    const frame = [6, 6, width - 6, height - 6];
    const corners = [...this.figure.querySelectorAll('.map-buttons, .map-legend, .map-scale')];
    const origin = this.svg.getBoundingClientRect();
    const taken = corners.map((each) => {
      const box = each.getBoundingClientRect();
      return [box.left - origin.left - 4, box.top - origin.top - 4, box.right - origin.left + 4, box.bottom - origin.top + 4];
    });
    const seen = this.stops.filter(({ chosen, end, kind }) => chosen || end || k > NEAR_ZOOM || kind === 'seaport');
    const names = seen.map((stop) => {
      const size = stop.end ? 13.5 : stop.chosen ? 12.5 : 11;
      const at = this.view.toScreen(stop.at);
      return { stop, text: stop.name, at, gap: stop.end || stop.gauge ? 9 : 7, size, must: stop.end, font: `${stop.end ? 650 : 500} ${size}px ${FONTS.sans}` };
    });
    for (const { at, stop } of names) {
      const r = stop.end ? 6 : stop.chosen ? 4 : 2;
      taken.push([at[0] - r, at[1] - r, at[0] + r, at[1] + r]);
    }
    this.names.replaceChildren();
    const drawn = this.shipment.alternatives.map((alternative) => this.spread(alternative.points));
    const lines = drawn.flat().map(([x, y]) => [x - 5, y - 4, x + 5, y + 4]);
    const ends = names.filter(({ stop }) => stop.end);
    this.writeStops(ends, placeNames(ends, taken, lines, frame));
    this.layOutNumbers(drawn, taken, frame);
    const others = names.filter(({ stop }) => !stop.end);
    this.writeStops(others, placeNames(others, taken, lines, frame));
    this.layOutAreas(k, taken, lines, frame);
  }

  writeStops(names, spots) {
    names.forEach(({ stop, text, size }, i) => {
      const kind = [stop.chosen && 'chosen', stop.end && 'end'].filter(Boolean).join(' ');
      if (spots[i]) this.write(text, spots[i], kind, size);
    });
  }

  layOutAreas(k, taken, lines, frame) {
    const areas = this.areas.map(({ text, at, radius, caps }) => {
      const size = Math.min(caps ? 13 : 15, Math.max(10, (radius * k) / 9));
      const font = caps ? `500 ${size}px ${FONTS.sans}` : `italic ${size}px ${FONTS.serif}`;
      return { text: caps ? text.toUpperCase() : text, at: this.view.toScreen(at), radius: radius * k, size, font, spacing: caps ? 1.2 : 0.4, caps };
    });
    const spots = placeAreaNames(areas, taken, lines, frame);
    areas.forEach(({ text, size, caps }, i) => {
      if (spots[i]) this.write(text, spots[i], caps ? 'country' : 'water', size);
    });
  }

  write(text, { x, y, anchor }, kind, size) {
    const made = this.node('text', { x: x.toFixed(1), y: y.toFixed(1), 'text-anchor': anchor, class: kind, 'font-size': size }, this.names);
    made.textContent = text;
  }

  /** Each route's number, where the route is furthest from the others inside the frame. */
  layOutNumbers(lines, taken, [x0, y0, x1, y1]) {
    this.numbers.replaceChildren();
    const inFrame = ([x, y]) => x > x0 + 12 && x < x1 - 12 && y > y0 + 12 && y < y1 - 12;
    this.shipment.alternatives.forEach((alternative, i) => {
      const others = lines.flatMap((line, j) => (j === i ? [] : line));
      let best = null;
      for (const at of lines[i].filter(inFrame)) {
        const box = [at[0] - 11, at[1] - 11, at[0] + 11, at[1] + 11];
        const room = others.reduce((least, o) => Math.min(least, Math.hypot(o[0] - at[0], o[1] - at[1])), 90);
        if (!overlaps(box, taken) && (!best || room > best.room)) best = { at, box, room };
      }
      if (!best) return;
      taken.push(best.box);
      const g = this.node('g', { class: `number c${alternative.colour}`, transform: `translate(${best.at.map((v) => v.toFixed(1))})` }, this.numbers);
      this.node('circle', { r: 9.5 }, g);
      this.node('text', { 'text-anchor': 'middle', y: 4 }, g).textContent = alternative.number;
      g.addEventListener('click', () => this.events.choose(alternative.id));
    });
  }

  /** The screen points of a line, about every 14 pixels. */
  spread(points) {
    const out = [];
    let last = null;
    for (const at of points.map((p) => this.view.toScreen(p))) {
      const gap = last ? Math.hypot(at[0] - last[0], at[1] - last[1]) : 0;
      for (let i = 1, n = Math.min(60, Math.floor(gap / 14)); i <= n; i += 1) {
        out.push([last[0] + ((at[0] - last[0]) * i) / n, last[1] + ((at[1] - last[1]) * i) / n]);
      }
      if (!last || gap >= 14) last = at;
    }
    return out;
  }

  /** A bar of a round number of kilometres, about 100 pixels; true in area everywhere, in length near the middle. */
  drawScale(k) {
    const kmPerPixel = EARTH_RADIUS_KM / (GLOBE * k);
    const power = 10 ** Math.floor(Math.log10(100 * kmPerPixel));
    const km = [5, 2, 1].map((f) => f * power).find((each) => each <= 110 * kmPerPixel) ?? power;
    this.figure.querySelector('.map-scale i').style.width = `${(km / kmPerPixel).toFixed(0)}px`;
    this.figure.querySelector('.map-scale span').textContent = `${km.toLocaleString('en').replace(/,/g, '\u202f')} km`;
  }

  get padding() {
    return this.view.size[0] < 560 ? [30, 46, 64, 40] : [44, 70, 60, 70];
  }

  fitAll() {
    this.view.fit(this.shipment?.alternatives.flatMap((each) => each.points) ?? [], this.padding);
  }

  fitChosen() {
    this.view.fit(this.chosen?.points ?? [], this.padding);
  }

  resized() {
    const [width, height] = this.view.size;
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    if (this.shipment && !this.view.touched) this.fitAll();
  }
}
