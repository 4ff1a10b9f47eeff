// Names on the map: greedy placement, the most important first, none over another (after Christensen, Marks, Shieber 1995).

const canvas = document.createElement('canvas').getContext('2d');

function textWidth(text, font) {
  canvas.font = font;
  return canvas.measureText(text).width;
}

function overlaps(box, boxes) {
  return boxes.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]);
}

// Where a name may stand beside its mark: anchor, offset of the text's start, in units of (gap, height).
const SPOTS = [
  ['start', 1, 0.32],
  ['end', -1, 0.32],
  ['middle', 0, -0.75],
  ['middle', 0, 1.45],
  ['start', 0.75, -0.45],
  ['start', 0.75, 1.1],
  ['end', -0.75, -0.45],
  ['end', -0.75, 1.1],
];

/**
 * Places names beside points; a name crosses a line only when no other spot is free.
 *
 * @param names [{text, at: [x, y] on screen, gap, size, font, must}], the most important first
 * @param taken boxes [x0, y0, x1, y1] that stay free; grows by every name placed
 * @param lines boxes along the routes
 * @param frame the box in which names must lie
 * @returns for each name {x, y, anchor}, or null when there is no room (never for one that `must` stand)
 */
function placeNames(names, taken, lines, frame) {
  return names.map((name) => {
    const spots = SPOTS.map((spot) => spotOf(name, spot)).filter(({ box }) => within(box, frame));
    const free = spots.filter(({ box }) => !overlaps(box, taken));
    const found = free.find(({ box }) => !overlaps(box, lines)) ?? free[0] ?? (name.must ? spots[0] : undefined);
    if (found) taken.push(found.box);
    return found ?? null;
  });
}

function spotOf({ text, at, gap, size, font }, [anchor, side, drop]) {
  const width = textWidth(text, font);
  const x = at[0] + side * gap;
  const y = at[1] + drop * size - (drop < 0 ? gap * 0.2 : 0);
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { x, y, anchor, box: [left - 2, y - size * 0.9, left + width + 2, y + size * 0.3] };
}

function within(box, frame) {
  return box[0] >= frame[0] && box[1] >= frame[1] && box[2] <= frame[2] && box[3] <= frame[3];
}

// How far the name of an area may leave the area's middle, in parts of its radius.
const SHIFTS = [[0, 0], [0, 0.3], [0, -0.3], [0, 0.6], [0, -0.6], [0.4, 0], [-0.4, 0], [0.4, 0.5], [-0.4, 0.5], [0.4, -0.5], [-0.4, -0.5]];

/** Places names of areas near their own middle, where the area is wide enough for them. */
function placeAreaNames(names, taken, lines, frame) {
  return names.map(({ text, at, radius, size, font, spacing }) => {
    const width = textWidth(text, font) + spacing * text.length;
    if (width > radius * 2.5) return null;
    for (const [right, down] of SHIFTS) {
      const [x, y] = [at[0] + right * radius, at[1] + down * radius];
      const box = [x - width / 2 - 3, y - size, x + width / 2 + 3, y + size * 0.5];
      if (within(box, frame) && !overlaps(box, taken) && !overlaps(box, lines)) {
        taken.push(box);
        return { x, y: y + size * 0.2, anchor: 'middle' };
      }
    }
    return null;
  });
}
