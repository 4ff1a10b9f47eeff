"""Coastlines and borders for the page's map, from Natural Earth as the npm package `world-atlas` carries it.

Run:    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
        python tools/map/build_basemap.py package/countries-10m.json
Gives:  src/transcaspian/data/map/basemap.topo.json, a TopoJSON file of one topology: fine around the Caspian
        and the Black Sea, middling between the Atlantic and the Yellow Sea, coarse elsewhere.  Because arcs are
        thinned as shared arcs, neighbours keep meeting and no seam shows where the detail changes.
Method: Douglas and Peucker (1973) on each arc, the tolerance depending on where a point lies.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from shapely.geometry import Polygon
from shapely.ops import polylabel

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # west, south, east, north, degrees

OUT = Path(__file__).resolve().parents[2] / "src/transcaspian/data/map/basemap.topo.json"
GRID_DEG = 0.005  # coordinates are whole multiples of this

# The first box that holds a point gives the tolerance, in degrees of latitude.
DETAIL: tuple[tuple[Box, float], ...] = (
    ((46.0, 36.0, 56.0, 48.0), 0.005),  # the Caspian: Absheron, Mangystau, the bar of Kara-Bogaz-Gol
    ((22.0, 35.0, 46.0, 48.0), 0.010),  # Black Sea, Marmara, the Caucasus
    ((46.0, 34.0, 90.0, 56.0), 0.018),  # Central Asia
    ((-12.0, 28.0, 46.0, 62.0), 0.025),  # Europe and the eastern Mediterranean
    ((0.0, 8.0, 125.0, 62.0), 0.045),
    ((-180.0, -90.0, 180.0, 90.0), 0.2),
)

# The de facto lines of Natural Earth 4.1 are joined where the United Nations see one country, and where a leased
# or ceasefire area would draw a border that no train and no ship crosses.
JOINED = {
    "Baikonur": "Kazakhstan",
    "N. Cyprus": "Cyprus",
    "Cyprus U.N. Buffer Zone": "Cyprus",
    "Akrotiri": "Cyprus",
    "Dhekelia": "Cyprus",
    "Somaliland": "Somalia",
    "USNB Guantanamo Bay": "Cuba",
}
CRIMEA: Point = (34.3, 45.2)  # UN General Assembly resolution 68/262: part of Ukraine
FULL_NAMES = {
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Central African Rep.": "Central African Republic",
    "Dem. Rep. Congo": "DR Congo",
    "Macedonia": "North Macedonia",
    "S. Sudan": "South Sudan",
    "Turkey": "Türkiye",
    "United States of America": "United States",
    "W. Sahara": "Western Sahara",
    "eSwatini": "Eswatini",
}

# Where the name of a sea is written, and the half width of free water there, in degrees; placed by hand.
SEAS: tuple[tuple[str, Point, float], ...] = (
    ("Caspian Sea", (50.9, 41.6), 1.7),
    ("Black Sea", (34.4, 43.2), 3.2),
    ("Mediterranean Sea", (18.2, 34.6), 4.5),
    ("Red Sea", (38.0, 20.4), 1.8),
    ("Gulf of Aden", (48.0, 12.4), 1.8),
    ("Persian Gulf", (51.4, 27.3), 1.4),
    ("Arabian Sea", (64.0, 15.0), 6.0),
    ("Bay of Bengal", (88.5, 14.0), 5.0),
    ("South China Sea", (113.5, 13.0), 4.5),
    ("East China Sea", (125.0, 28.5), 3.2),
    ("Baltic Sea", (19.6, 57.2), 1.7),
    ("North Sea", (3.0, 56.4), 2.8),
    ("Barents Sea", (40.0, 73.5), 6.0),
    ("Atlantic Ocean", (-24.0, 30.0), 10.0),
    ("Indian Ocean", (75.0, -12.0), 14.0),
)


def tolerance_deg(point: Point) -> float:
    """How far the thinned line may run beside this point, degrees."""
    for (west, south, east, north), tolerance in DETAIL:
        if west <= point[0] <= east and south <= point[1] <= north:
            return tolerance
    raise ValueError(f"{point} lies outside the world")


def decode_arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """The arcs of a quantised TopoJSON file as longitudes and latitudes."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            line.append((x * kx + dx, y * ky + dy))
        arcs.append(line)
    return arcs


def thin(line: list[Point]) -> list[Point]:
    """The line with its ends and every point that the tolerance does not let go."""
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    if line[0] == line[-1] and len(line) > 3:  # a ring of its own: hold it open at the point furthest off
        far = max(range(len(line)), key=lambda i: math.dist(line[0], line[i]))
        keep.add(far)
        spans = [(0, far), (far, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        worst, at = 0.0, -1
        for i in range(first + 1, last):
            share = _distance_deg(line[i], line[first], line[last]) / tolerance_deg(line[i])
            if share > worst:
                worst, at = share, i
        if worst > 1.0:
            keep.add(at)
            spans += [(first, at), (at, last)]
    return [line[i] for i in sorted(keep)]


def _distance_deg(point: Point, start: Point, end: Point) -> float:
    """Distance to a short segment, degrees of latitude, longitudes shrunk by the cosine of the latitude."""
    shrink = math.cos(math.radians(point[1]))
    px, py = (point[0] - start[0]) * shrink, point[1] - start[1]
    ex, ey = (end[0] - start[0]) * shrink, end[1] - start[1]
    length2 = ex * ex + ey * ey
    along = 0.0 if length2 == 0 else min(1.0, max(0.0, (px * ex + py * ey) / length2))
    return math.hypot(px - along * ex, py - along * ey)


def ring_points(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    """The points of a ring of arc numbers; `~n` is arc n walked backwards."""
    points: list[Point] = []
    for number in ring:
        line = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += line if not points else line[1:]
    return points


def countries(topology: dict[str, Any], arcs: list[list[Point]]) -> dict[str, list[list[list[int]]]]:
    """Country name -> polygons as rings of arc numbers, joined as the tables above say."""
    found: dict[str, list[list[list[int]]]] = defaultdict(list)
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            owner = JOINED.get(name, name)
            if name == "Russia" and _holds(ring_points(polygon[0], arcs), CRIMEA):
                owner = "Ukraine"
            found[FULL_NAMES.get(owner, owner)].append(polygon)
    return dict(sorted(found.items()))


def _holds(ring: list[Point], point: Point) -> bool:
    """Whether the ring encloses the point (even-odd rule)."""
    inside = False
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 > point[1]) != (y1 > point[1]) and point[0] < (x1 - x0) * (point[1] - y0) / (y1 - y0) + x0:
            inside = not inside
    return inside


def worth_drawing(ring: list[int], arcs: list[list[Point]]) -> bool:
    """Whether the thinned ring still encloses an area that can be seen where it lies."""
    points = ring_points(ring, arcs)
    if len(set(points)) < 3:
        return False
    area = abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(points))) / 2
    return area > (4 * min(tolerance_deg(point) for point in points)) ** 2 / 4


def label_of(polygons: list[list[list[int]]], arcs: list[list[Point]]) -> tuple[Point, float]:
    """Where a country's name fits best and the free radius there, degrees (pole of inaccessibility)."""
    outlines = [Polygon(ring_points(polygon[0], arcs)).buffer(0) for polygon in polygons]
    parts = [part for shape in outlines for part in getattr(shape, "geoms", [shape])]
    largest = max(parts, key=lambda part: part.area)
    spot = polylabel(largest, tolerance=0.1)
    return (round(spot.x, 2), round(spot.y, 2)), round(largest.exterior.distance(spot), 2)


def build(topology: dict[str, Any]) -> dict[str, Any]:
    """The compact topology: thinned arcs, countries with labels, coast and borders as lines, names of seas."""
    full = decode_arcs(topology)
    arcs = [thin(line) for line in full]
    owners: dict[int, set[str]] = defaultdict(set)
    uses: dict[int, int] = defaultdict(int)
    shapes = []
    for name, polygons in countries(topology, full).items():
        kept = [p for p in ([r for r in rings if worth_drawing(r, arcs)] for rings in polygons) if p]
        if not kept:
            continue
        spot, radius = label_of(kept, arcs)
        shapes.append((name, kept, {"name": name, "label": list(spot), "radius_deg": radius}))
        for number in (n for polygon in kept for ring in polygon for n in ring):
            owners[max(number, ~number)].add(name)
            uses[max(number, ~number)] += 1
    used = sorted(owners)
    new = {old: i for i, old in enumerate(used)}
    coast = [n for n in used if uses[n] == 1 and not _on_date_line(arcs[n])]
    borders = [n for n in used if len(owners[n]) > 1]

    def renumber(ring: list[int]) -> list[int]:
        return [new[n] if n >= 0 else ~new[~n] for n in ring]

    def lines(numbers: list[int]) -> dict[str, Any]:
        return {"type": "MultiLineString", "arcs": [[new[n]] for n in numbers]}

    land = [
        {"type": "MultiPolygon", "properties": about, "arcs": [[renumber(r) for r in p] for p in kept]}
        for _, kept, about in shapes
    ]
    seas = [
        {
            "type": "Point",
            "properties": {"name": name, "radius_deg": radius},
            "coordinates": [round(x / GRID_DEG) for x in spot],
        }
        for name, spot, radius in SEAS
    ]
    return {
        "type": "Topology",
        "transform": {"scale": [GRID_DEG, GRID_DEG], "translate": [0, 0]},
        "objects": {
            "countries": {"type": "GeometryCollection", "geometries": land},
            "coast": lines(coast),
            "borders": lines(borders),
            "seas": {"type": "GeometryCollection", "geometries": seas},
        },
        "arcs": [encode(arcs[n]) for n in used],
    }


def _on_date_line(line: list[Point]) -> bool:
    """Whether the arc is only the cut that Natural Earth makes at 180 degrees."""
    return all(abs(abs(lon) - 180) < 0.01 for lon, _ in line)


def encode(line: list[Point]) -> list[list[int]]:
    """Whole steps on the grid from point to point, the first from zero; steps of nothing fall away."""
    steps: list[list[int]] = []
    x = y = 0
    for lon, lat in line:
        here_x, here_y = round(lon / GRID_DEG), round(lat / GRID_DEG)
        if not steps or (here_x, here_y) != (x, y):
            steps.append([here_x - x, here_y - y])
        x, y = here_x, here_y
    return steps if len(steps) > 1 else [*steps, [0, 0]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("countries", type=Path, help="countries-10m.json of the npm package world-atlas")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    topology = build(json.loads(options.countries.read_text(encoding="utf-8")))
    text = json.dumps(topology, ensure_ascii=False, separators=(",", ":"))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text + "\n", encoding="utf-8")
    points = sum(map(len, topology["arcs"]))
    print(f"{options.out.name}: {len(text) / 1000:.0f} kB, {len(topology['arcs'])} arcs, {points} points")


if __name__ == "__main__":
    main()
