"""What the page is given: shipments with their alternatives, places and claims, as plain JSON-like dicts.

The keys are those of `route … --json`; a figure that is not known is `None`.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

from transcaspian.web.figures import Range

# `from` is a word of Python, hence the functional form.
Leg = TypedDict(
    "Leg",
    {
        "kind": str,  # move | operation
        "operation": str | None,  # load | unload | tranship | change_gauge | cross_border | clear_customs | wait
        "mode": str | None,  # rail | sea | road | pipeline
        "from": str,  # place id
        "to": str,
        "gauge_mm": int | None,
        "operator": str | None,
        "time_h": Range | None,
        "cost_usd": Range | None,
        "co2_kg": Range | None,
        "distance_km": float | None,
        "claims": list[str],
        "path": NotRequired[list[list[float]]],  # [[longitude, latitude], …] in degrees
    },
)


class Border(TypedDict):
    """One crossing from a country into the next."""

    from_country: str
    to_country: str
    place: str


class Assumption(TypedDict):
    """One cell that rests on judgement: which, why, and how far it may be off."""

    cell: str
    reason: str
    low: float | None
    high: float | None


class Reliability(TypedDict):
    """How far the time may spread, hours."""

    spread_h: float


class Alternative(TypedDict):
    """One way to carry the load, door to door."""

    corridor: str
    label: str
    time_h: Range
    cost_usd: Range
    co2_kg: Range
    reliability: Reliability
    distance_km: float
    legs: list[Leg]
    borders: list[Border]
    claims: list[str]
    assumptions: list[Assumption]


class Shipment(TypedDict):
    """One question with its answers."""

    id: str
    title: str
    question: str
    load: str
    alternatives: list[Alternative]


class Claim(TypedDict):
    """One published figure."""

    text: str
    publisher: str
    date: str
    url: str
    value: float | str | None
    unit: str
    period: str


class Place(TypedDict):
    """Where something stands, degrees east and north."""

    name: str
    lat: float
    lon: float
    country: str
    kind: str


Places = dict[str, Place]
Claims = dict[str, Claim]


def place_name(places: Places, place_id: str) -> str:
    """The place's name, or its id when the table lacks it."""
    return places[place_id]["name"] if place_id in places else place_id


def gauge_changes(alternative: Alternative) -> list[tuple[Leg, int | None, int | None]]:
    """Each change of gauge with the gauges of the rail moves before and after it."""
    changes = []
    for at, leg in enumerate(alternative["legs"]):
        if leg["operation"] == "change_gauge":
            before = (each["gauge_mm"] for each in reversed(alternative["legs"][:at]) if each["gauge_mm"])
            after = (each["gauge_mm"] for each in alternative["legs"][at + 1 :] if each["gauge_mm"])
            changes.append((leg, next(before, None), next(after, None)))
    return changes
