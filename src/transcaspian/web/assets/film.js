// What is where at an hour: the film's columns unpacked, and places along its paths. Pure; times in ticks from the start.

/** A line of projected points that can be asked for the place at a share of its length. */
class Track {
  constructor({ at, mode }) {
    this.points = projectPath(at);
    this.mode = mode;
    this.ends = [0];
    for (let i = 1; i < this.points.length; i += 1) {
      const [a, b] = [this.points[i - 1], this.points[i]];
      this.ends.push(this.ends[i - 1] + Math.hypot(b[0] - a[0], b[1] - a[1]));
    }
  }

  get length() {
    return this.ends[this.ends.length - 1];
  }

  /** [x, y, dx, dy]: the place at a share from 0 to 1, and the direction there as a unit vector. */
  at(share) {
    const far = Math.min(1, Math.max(0, share)) * this.length;
    let i = 1;
    while (i < this.ends.length - 1 && this.ends[i] < far) i += 1;
    const [a, b] = [this.points[i - 1], this.points[i] ?? this.points[i - 1]];
    const step = this.ends[i] - this.ends[i - 1] || 1;
    const f = (far - this.ends[i - 1]) / step;
    return [a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]), (b[0] - a[0]) / step, (b[1] - a[1]) / step];
  }
}

class Film {
  constructor(data) {
    this.data = data;
    this.perHour = data.ticks_per_hour;
    this.perDay = 24 * this.perHour;
    this.end = Math.round(data.hours * this.perHour);
    this.days = Math.ceil(data.hours / 24);
    this.since = Date.parse(data.since + (data.since.includes('+') ? '' : 'Z'));
    this.tracks = data.paths.map((path) => new Track(path));
    for (const rows of [data.voyages, data.moves]) this.unpack(rows);
    this.ports = data.ports.map((port) => ({ ...port, point: project(port.at), queues: {} }));
    for (const queue of data.ship_queues) this.addQueue('ships', queue);
    for (const queue of data.cargo_queues) this.addQueue(queue.unit, queue);
    this.most = {}; // of each unit, over all ports and days
    for (const { queues } of this.ports) {
      for (const [unit, byDay] of Object.entries(queues)) this.most[unit] = Math.max(this.most[unit] ?? 1, ...byDay);
    }
    for (const port of this.ports) port.queues = Object.fromEntries(Object.entries(port.queues).filter(([, days]) => Math.max(...days) > 0));
  }

  /** Steps of departure become times, and each day gets the rows that are under way in it. */
  unpack(rows) {
    let now = 0;
    rows.departs = rows.departs.map((step) => (now += step));
    rows.byDay = Array.from({ length: this.days }, () => []);
    rows.departs.forEach((from, row) => {
      const [first, last] = [from, from + rows.lasts[row]].map((tick) => Math.floor(tick / this.perDay));
      for (let day = Math.max(0, first); day <= Math.min(this.days - 1, last); day += 1) rows.byDay[day].push(row);
    });
  }

  addQueue(unit, { port, by_day }) {
    const sums = (this.ports[port].queues[unit] ??= by_day.map(() => 0));
    by_day.forEach((count, day) => (sums[day] += count));
  }

  day(tick) {
    return Math.min(this.days - 1, Math.max(0, Math.floor(tick / this.perDay)));
  }

  /** Rows under way at a tick, with the share of the way that lies behind them. */
  underWay(rows, tick) {
    const found = [];
    for (const row of rows.byDay[this.day(tick)]) {
      const gone = tick - rows.departs[row];
      if (gone >= 0 && gone < rows.lasts[row]) found.push({ row, share: gone / rows.lasts[row] });
    }
    return found;
  }

  ships(tick) {
    const { ship, side, load, departs, lasts } = this.data.voyages;
    return this.underWay(this.data.voyages, tick).map(({ row, share }) => {
      const { name, kind, path } = this.data.ships[ship[row]];
      return { name, kind, path, share, back: side[row] === 1, load: load[row] / 100, arrives: departs[row] + lasts[row] };
    });
  }

  trains(tick) {
    const { path, units } = this.data.moves;
    return this.underWay(this.data.moves, tick).map(({ row, share }) => ({ path: path[row], share, units: units[row] }));
  }

  isShut(port, tick) {
    return port.shut.some(([from, until]) => from <= tick && tick < until);
  }

  /** Ships that wait, all ports, by day; and whether any port is shut then. */
  get waiting() {
    return Array.from({ length: this.days }, (_, day) => this.ports.reduce((sum, { queues }) => sum + (queues.ships?.[day] ?? 0), 0));
  }

  get shutDays() {
    return Array.from({ length: this.days }, (_, day) => {
      const [from, until] = [day * this.perDay, (day + 1) * this.perDay];
      return this.ports.some(({ shut }) => shut.some(([a, b]) => a < until && b > from));
    });
  }

  date(tick) {
    return new Date(this.since + (tick / this.perHour) * 3600e3);
  }
}
