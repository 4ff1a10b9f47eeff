// The clock: play, pause, speed, scrubber and keys; and what stands beside the map at its hour.

const element = (id) => document.getElementById(id);
const dayText = (date) => date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const hourText = (date) => `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })}, ${String(date.getUTCHours()).padStart(2, '0')}:00`;
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const CALM_STEP_MS = 1000; // with reduced motion the picture changes once a second, without gliding

class Player {
  constructor(film, map) {
    Object.assign(this, { film, map, tick: 0, playing: false, before: 0, day: -1 });
    this.time = element('time');
    this.time.max = Math.floor(film.end / film.perHour);
    this.rows = [...document.querySelectorAll('table.ports tbody tr')];
    this.drawTimeline();
    this.listen();
    this.show(this.startTick());
  }

  /** The hour in the address, else the beginning. */
  startTick() {
    const hour = Number(new URLSearchParams(location.hash.slice(1)).get('h'));
    return Number.isFinite(hour) ? hour * this.film.perHour : 0;
  }

  listen() {
    element('play').addEventListener('click', () => this.play(!this.playing));
    element('back').addEventListener('click', () => this.step(-24));
    element('on').addEventListener('click', () => this.step(24));
    this.time.addEventListener('input', () => this.show(Number(this.time.value) * this.film.perHour));
    window.addEventListener('hashchange', () => this.show(this.startTick()));
    document.addEventListener('visibilitychange', () => document.hidden && this.play(false));
    document.addEventListener('keydown', (event) => {
      const taken = event.target.closest('button, select, a, summary');
      if (event.key !== ' ' || taken || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.play(!this.playing);
    });
    for (const button of document.querySelectorAll('[data-map]')) {
      const act = { in: () => this.map.view.zoom(1.6), out: () => this.map.view.zoom(1 / 1.6), sea: () => this.map.fitSea(), all: () => this.map.fitAll() };
      button.addEventListener('click', act[button.dataset.map]);
    }
  }

  step(hours) {
    this.show(this.tick + hours * this.film.perHour);
  }

  play(on) {
    if (on && this.tick >= this.film.end - 1) this.show(0);
    this.playing = on;
    element('play').textContent = on ? 'Pause' : 'Play';
    element('play').setAttribute('aria-pressed', on);
    this.before = performance.now();
    if (on) requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    if (!this.playing) return;
    const gone = now - this.before;
    if (!calm.matches || gone >= CALM_STEP_MS) {
      this.before = now;
      const hours = (Math.max(0, Math.min(gone, calm.matches ? CALM_STEP_MS : 100)) / 1000) * Number(element('speed').value);
      this.show(this.tick + hours * this.film.perHour);
      if (this.tick >= this.film.end - 1) return this.play(false);
    }
    requestAnimationFrame((next) => this.frame(next));
  }

  /** Everything at one tick. */
  show(tick) {
    const { film } = this;
    this.tick = Math.min(film.end - 1, Math.max(0, tick));
    this.map.draw(this.tick);
    const date = film.date(this.tick);
    const hour = `${String(date.getUTCHours()).padStart(2, '0')}:00`;
    element('clock').textContent = `${dayText(date)}, ${hour}`;
    element('clock').dateTime = date.toISOString().slice(0, 13) + ':00Z';
    this.time.value = Math.floor(this.tick / film.perHour);
    this.time.setAttribute('aria-valuetext', `${dayText(date)}, ${hour}`);
    const shut = film.ports.filter((port) => film.isShut(port, this.tick));
    const trains = film.trains(this.tick).length;
    element('counts').textContent =
      `${this.map.shown.length} ships at sea · ${trains} trains and groups of wagons under way · ` +
      (shut.length ? `shut: ${shut.map(({ name }) => name).join(', ')}` : 'all ports open');
    this.showPorts(film.day(this.tick));
  }

  showPorts(day) {
    for (const row of this.rows) {
      const port = this.film.ports[Number(row.dataset.port)];
      row.querySelector('em').hidden = !this.film.isShut(port, this.tick);
      if (day === this.day) continue;
      for (const cell of row.querySelectorAll('[data-unit]')) {
        const count = port.queues[cell.dataset.unit]?.[day] ?? 0;
        cell.querySelector('span').textContent = count.toLocaleString('en').replace(/,/g, '\u202f');
        cell.querySelector('i').style.setProperty('--share', count / this.film.most[cell.dataset.unit]);
      }
    }
    this.day = day;
  }

  /** Ships that wait, over the whole run, with the days on which a port is shut, and the months. */
  drawTimeline() {
    const { film } = this;
    const svg = element('timeline');
    const waiting = film.waiting;
    const most = Math.max(1, ...waiting);
    svg.setAttribute('viewBox', `0 0 ${film.days} 40`);
    const area = waiting.map((count, day) => `L${day} ${(34 - (32 * count) / most).toFixed(1)}H${day + 1}`).join('');
    this.map.node('path', { class: 'waiting', d: `M0 34${area}V34Z` }, svg);
    const shut = film.shutDays.map((is, day) => (is ? `M${day} 35H${day + 1}V39H${day}Z` : '')).join('');
    this.map.node('path', { class: 'shut-days', d: shut }, svg);
    const step = film.days > 800 ? 'numeric' : undefined;
    for (let day = 0; day < film.days; day += 1) {
      const date = film.date(day * film.perDay);
      const first = day === 0 || (date.getUTCDate() === 1 && (!step || date.getUTCMonth() === 0));
      if (!first || film.days - day < 10) continue;
      const name = step ? String(date.getUTCFullYear()) : date.toLocaleDateString('en-GB', { month: 'short', timeZone: 'UTC' });
      const label = Object.assign(document.createElement('span'), { textContent: name });
      label.style.left = `${(100 * day) / film.days}%`;
      element('months').append(label);
    }
  }
}

const film = new Film(JSON.parse(element('film').textContent));
const simulationMap = new SimulationMap(element('map'), JSON.parse(element('basemap').textContent), film);
for (const mark of document.querySelectorAll('.mark-of')) {
  const pen = mark.getContext('2d');
  const draw = () => {
    pen.setTransform(2, 0, 0, 2, 0, 0);
    pen.clearRect(0, 0, 18, 18);
    drawShip(pen, simulationMap.palette, { kind: mark.dataset.kind, load: 0.6 }, [9, 9], 5.5);
  };
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
}
simulationMap.resized();
new Player(film, simulationMap);
