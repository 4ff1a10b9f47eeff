"""Which corridor a route belongs to, and what makes two routes different.

A corridor is told by its doors, not by its length: deep sea, the crossing of the Caspian between its eastern shore
and Azerbaijan, the land of Russia, the land of Iran.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import ArcKind, Network

Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CORRIDOR_DOORS = ("caspian", "russia", "iran", "suez", "cape", "ocean")
OCEAN = frozenset({"suez", "cape", "ocean"})
EAST_SHORE = frozenset({"KZ", "TM"})
TITLES = {
    "middle": "Middle",
    "northern": "Northern",
    "russia_caucasus": "Russia–Caucasus",
    "southern": "Southern",
    "north_south": "North–South",
    "ocean": "Ocean",
    "pipeline": "Pipeline",
    "regional": "Regional",
}

COUNTRIES = {
    "AM": "Armenia",
    "AZ": "Azerbaijan",
    "BY": "Belarus",
    "GE": "Georgia",
    "IR": "Iran",
    "KG": "Kyrgyzstan",
    "KZ": "Kazakhstan",
    "RU": "Russia",
    "TM": "Turkmenistan",
    "TR": "Türkiye",
    "UZ": "Uzbekistan",
}


@dataclass(frozen=True, slots=True)
class Door:
    """A move, or an entry into a country, that tells corridors apart."""

    kind: str  # suez, cape, ocean (deep sea), caspian, sea, russia, iran, mode
    detail: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Signatures:
    """Symbols by arc, shape (n_arcs,): 0 where an arc does not tell routes apart.

    `fine` tells seaports and modes apart; `coarse` only the countries at the two ends of a sea leg, the way by
    Suez or by the Cape, and the lands of Russia and Iran. `doors` holds the door of each arc that has one.
    """

    fine: Longs
    coarse: Longs
    doors: dict[int, Door]
    entered: dict[int, str]  # by border arc: the country it lets into


@lru_cache(maxsize=16)
def signatures(network: Network) -> Signatures:
    """What each arc of the network adds to the signature of a route."""
    doors: dict[int, Door] = {}
    fine_words: dict[tuple[str, ...], int] = {}
    coarse_words: dict[tuple[str, ...], int] = {}
    fine, coarse = np.zeros(network.n_arcs, np.int64), np.zeros(network.n_arcs, np.int64)
    for arc in range(network.n_arcs):
        door = _door(network, arc)
        if door is None:
            continue
        doors[arc] = door
        fine[arc] = fine_words.setdefault((door.kind, *door.detail), len(fine_words) + 1)
        if door.kind != "mode":
            coarse[arc] = coarse_words.setdefault(_without_ports(door), len(coarse_words) + 1)
    for array in (fine, coarse):
        array.setflags(write=False)
    borders = np.flatnonzero(network.kind == ArcKind.CROSS_BORDER).tolist()
    entered = {arc: network.nodes[network.tail[arc]].place[:2] for arc in borders}
    return Signatures(fine, coarse, doors, entered)


def _without_ports(door: Door) -> tuple[str, ...]:
    if door.kind in {"caspian", "sea", *OCEAN}:
        start, end = door.detail
        return (door.kind, start[:2], end[:2])
    return (door.kind, *door.detail)


def _door(network: Network, arc: int) -> Door | None:
    kind = ArcKind(network.kind[arc])
    tail, head = network.nodes[network.tail[arc]], network.nodes[network.head[arc]]
    if kind == ArcKind.MOVE and head.side == "sea":
        return _sea_door(network, arc, tail.place, head.place)
    if kind == ArcKind.CROSS_BORDER and head.side != "sea":
        entered = head.place[:2]
        if entered in {"RU", "IR"}:
            return Door("russia" if entered == "RU" else "iran", ())
        return None
    if kind == ArcKind.LOAD or (kind == ArcKind.TRANSHIP and head.side != "sea"):
        return Door("mode", (head.side.split("_")[0],))
    return None


def _sea_door(network: Network, arc: int, start: str, end: str) -> Door:
    links = network.corridor["links"]
    link = int(network.link[arc])
    if links.text(link, "emission_factor") == "sea_deep":
        via = links.items(link, "via")
        way = "suez" if "EGSUZ" in via else "cape" if "XZ_CAPE" in via else "ocean"
        return Door(way, (start, end))
    shores = {start[:2], end[:2]}
    caspian = shores & EAST_SHORE and "AZ" in shores
    return Door("caspian" if caspian else "sea", (start, end))


def corridor_of(network: Network, arcs: Sequence[int]) -> str:
    """The corridor of a route, one of the keys of `TITLES`.

    Through Russia and on into Azerbaijan or Georgia is `russia_caucasus` (the railway by Samur and Yalama is its
    spine); `northern` is every other way through Russia.
    """
    known = signatures(network).doors
    doors = [known[arc] for arc in arcs if arc in known]
    kinds = {door.kind for door in doors}
    countries = {network.nodes[network.head[arc]].place[:2] for arc in arcs}
    ends = {network.nodes[network.tail[arcs[0]]].place[:2], network.nodes[network.head[arcs[-1]]].place[:2]}
    if kinds & OCEAN:
        return "ocean"
    if "caspian" in kinds:
        return "middle"
    passed = countries - ends
    if {"RU", "IR"} <= countries:
        return "north_south"
    if "IR" in passed:
        return "southern"
    if "RU" in passed:
        return "russia_caucasus" if {"AZ", "GE"} & countries else "northern"
    if {door.detail for door in doors if door.kind == "mode"} == {("pipeline",)}:
        return "pipeline"
    return "regional"


@lru_cache(maxsize=64)
def doors_except(network: Network, kind: str) -> Flags:
    """Flags, shape (n_arcs,), of the arcs that are a corridor's door of another kind than `kind`."""
    flags = np.zeros(network.n_arcs, dtype=np.bool_)
    for arc, door in signatures(network).doors.items():
        flags[arc] = door.kind in CORRIDOR_DOORS and door.kind != kind
    flags.setflags(write=False)
    return flags


def label(network: Network, arcs: Sequence[int]) -> str:
    """A short name a forwarder would use, such as "Middle by Aktau–Alat and Poti–Constanta"."""
    corridor = corridor_of(network, arcs)
    gates = list(_gates(network, arcs))
    modes = {network.nodes[network.tail[a]].side.split("_")[0] for a in arcs if network.kind[a] == ArcKind.MOVE}
    by_land = sorted(modes - {"sea"}) or ["land"]
    if not gates:
        passed = _lands(network, arcs, corridor)
        way = " and ".join(by_land)
        return f"{TITLES[corridor]} by {way}{' through ' + ' and '.join(passed) if passed else ''}"
    extra = f", partly by {' and '.join(sorted(modes & {'road', 'pipeline'}))}" if modes & {"road", "pipeline"} else ""
    return f"{TITLES[corridor]} by {' and '.join(gates)}{extra}"


def _gates(network: Network, arcs: Sequence[int]) -> Iterator[str]:
    """The sea legs of a route, and Baku–Tbilisi–Kars where it takes that railway."""
    places = network.corridor["places"]

    def name(place: str) -> str:
        return places.text(places.get_row(place), "name").split(" (")[0].split(",")[0]

    doors = signatures(network).doors
    for arc in arcs:
        door = doors.get(arc)
        if door is not None and door.kind in {"caspian", "sea", *OCEAN}:
            start, end = door.detail
            by = {"suez": " by Suez", "cape": " by the Cape"}.get(door.kind, "")
            yield f"{name(start)}–{name(end)}{by}"
        if network.kind[arc] == ArcKind.CROSS_BORDER:
            node = network.nodes[network.tail[arc]]
            if {node.stage[-2:], node.place[:2]} == {"GE", "TR"} and node.side.startswith("rail"):
                yield "Baku–Tbilisi–Kars"


def _lands(network: Network, arcs: Sequence[int], corridor: str) -> list[str]:
    """The countries that a reader would name a land route by."""
    borders = signatures(network).entered
    entered = [borders[arc] for arc in arcs if arc in borders]
    telling = {
        "northern": ("RU", "BY"),
        "russia_caucasus": ("RU", "AZ"),
        "southern": ("TM", "IR"),
        "north_south": ("RU", "AZ", "IR"),
    }.get(corridor)
    passed = list(dict.fromkeys(entered[:-1]))
    return [COUNTRIES.get(c, c) for c in passed if telling is None or c in telling]
