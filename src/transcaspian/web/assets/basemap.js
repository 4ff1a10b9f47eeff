// The base map: projection, TopoJSON arcs, great circles. Pure functions; longitudes and latitudes in degrees.

const EARTH_RADIUS_KM = 6371;
const GLOBE = 1000; // radius of the Earth in map units
const CENTRE = [58, 36]; // middle of the map: between the Caspian and the Hindu Kush
const HORIZON_DEG = 112; // nothing beyond is drawn
const RADIANS = Math.PI / 180;
const [CENTRE_SIN, CENTRE_COS] = [Math.sin(CENTRE[1] * RADIANS), Math.cos(CENTRE[1] * RADIANS)];
const HORIZON = 2 * GLOBE * Math.sin((HORIZON_DEG * RADIANS) / 2);

/** Lambert's azimuthal equal-area projection (Snyder 1987, eq. 24-2); points beyond the horizon go to its rim. */
function project([lon, lat]) {
  const turn = (lon - CENTRE[0]) * RADIANS;
  const sin = Math.sin(lat * RADIANS);
  const cos = Math.cos(lat * RADIANS);
  const depth = CENTRE_SIN * sin + CENTRE_COS * cos * Math.cos(turn);
  const stretch = GLOBE * Math.sqrt(2 / Math.max(1e-9, 1 + depth));
  const x = stretch * cos * Math.sin(turn);
  const y = -stretch * (CENTRE_COS * sin - CENTRE_SIN * cos * Math.cos(turn));
  const far = Math.hypot(x, y);
  return far > HORIZON ? [(x * HORIZON) / far, (y * HORIZON) / far] : [x, y];
}

/** Points of a great circle about one degree apart; the start is left out. */
function greatCircle(start, end) {
  const a = toVector(start);
  const b = toVector(end);
  const angle = Math.acos(Math.min(1, Math.max(-1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
  const steps = Math.ceil(angle / RADIANS);
  if (steps < 2) return [end];
  const points = [];
  for (let step = 1; step <= steps; step += 1) {
    const f = Math.sin((1 - step / steps) * angle) / Math.sin(angle);
    const g = Math.sin((step / steps) * angle) / Math.sin(angle);
    const [x, y, z] = [0, 1, 2].map((i) => f * a[i] + g * b[i]);
    points.push([Math.atan2(y, x) / RADIANS, Math.atan2(z, Math.hypot(x, y)) / RADIANS]);
  }
  return points;
}

function toVector([lon, lat]) {
  const cos = Math.cos(lat * RADIANS);
  return [cos * Math.cos(lon * RADIANS), cos * Math.sin(lon * RADIANS), Math.sin(lat * RADIANS)];
}

/** A path of [lon, lat] as projected points, long steps bent along great circles. */
function projectPath(path) {
  const points = path.slice(0, 1);
  for (let i = 1; i < path.length; i += 1) points.push(...greatCircle(path[i - 1], path[i]));
  return points.map(project);
}

/** Projected arcs of a quantised TopoJSON file. */
function projectArcs(topology) {
  const [scaleX, scaleY] = topology.transform.scale;
  return topology.arcs.map((steps) => {
    let x = 0;
    let y = 0;
    return steps.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return project([x * scaleX, y * scaleY]);
    });
  });
}

function drawing(points) {
  return points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(2)}`).join('');
}

/** The `d` of all polygons of a collection; rings are chains of arc numbers, `~n` walked backwards. */
function areaDrawing(collection, arcs) {
  const ring = (numbers) =>
    `${drawing(numbers.flatMap((n, i) => (n >= 0 ? arcs[n] : arcs[~n].slice().reverse()).slice(i ? 1 : 0)))}Z`;
  return collection.geometries.flatMap((g) => g.arcs.flatMap((polygon) => polygon.map(ring))).join('');
}

/** The `d` of lines; the ones that lie beyond the horizon are left out. */
function lineDrawing(lines, arcs) {
  const seen = lines.arcs.map(([n]) => arcs[n]).filter((arc) => arc.some((p) => Math.hypot(...p) < HORIZON - 1));
  return seen.map(drawing).join('');
}

/** The `d` of meridians and parallels every `step` degrees. */
function graticuleDrawing(step) {
  const lines = [];
  const range = (from, to, by) => Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, i) => from + i * by);
  for (const lon of range(-180, 179, step)) lines.push(range(-80, 80, 2).map((lat) => [lon, lat]));
  for (const lat of range(-75, 75, step)) lines.push(range(-180, 180, 2).map((lon) => [lon, lat]));
  const drawn = [];
  for (const line of lines) {
    let part = [];
    for (const point of line.map(project)) {
      if (Math.hypot(...point) < HORIZON - 1) part.push(point);
      else if (part.length) drawn.push(part.splice(0));
    }
    if (part.length) drawn.push(part);
  }
  return drawn.map(drawing).join('');
}
