"""Where places and links are drawn, WGS 84."""

from __future__ import annotations

from itertools import pairwise

from transcaspian.corridor.geometry import Point, great_circle_line
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.tables import Table

WGS84 = "EPSG:4326"
_COORDINATE_DIGITS = 6  # a tenth of a metre


def link_line(corridor: Corridor, link: int) -> list[Point]:
    """The drawn line of a link: great circles through its `via`, (longitude, latitude) in degrees."""
    links = corridor["links"]
    stops = (links.text(link, "from_place"), *links.items(link, "via"), links.text(link, "to_place"))
    points = [place_point(corridor["places"], stop) for stop in stops]
    line = [points[0]]
    for start, end in pairwise(points):
        line += great_circle_line(start, end)[1:]
    return [(round(x, _COORDINATE_DIGITS), round(y, _COORDINATE_DIGITS)) for x, y in line]


def place_point(places: Table, place: str) -> Point:
    """Where a place stands, (longitude, latitude) in degrees."""
    row = places.get_row(place)
    return float(places.floats("longitude_deg")[row]), float(places.floats("latitude_deg")[row])
