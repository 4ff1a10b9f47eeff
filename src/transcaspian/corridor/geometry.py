"""Distances and lines on the sphere (haversine formula, Sinnott 1984; mean Earth radius 6,371.0088 km)."""

from __future__ import annotations

import math

EARTH_RADIUS_KM = 6371.0088  # IUGG mean radius R1

Point = tuple[float, float]  # longitude, latitude in degrees


def great_circle_km(start: Point, end: Point) -> float:
    """The shortest distance over the sphere between two (longitude, latitude) points, kilometres."""
    lon_a, lat_a, lon_b, lat_b = map(math.radians, (*start, *end))
    chord = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


def great_circle_line(start: Point, end: Point, *, step_km: float = 150.0) -> list[Point]:
    """Points along the great circle from `start` to `end`, both included, at most `step_km` apart."""
    length_km = great_circle_km(start, end)
    pieces = max(1, math.ceil(length_km / step_km))
    if pieces == 1:
        return [start, end]
    angle = length_km / EARTH_RADIUS_KM
    a, b = _unit_vector(start), _unit_vector(end)
    line: list[Point] = []
    for piece in range(pieces + 1):
        share = piece / pieces
        weight_a = math.sin((1 - share) * angle) / math.sin(angle)
        weight_b = math.sin(share * angle) / math.sin(angle)
        x, y, z = (weight_a * p + weight_b * q for p, q in zip(a, b, strict=True))
        line.append((math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))))
    return line


def _unit_vector(point: Point) -> tuple[float, float, float]:
    lon, lat = map(math.radians, point)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
