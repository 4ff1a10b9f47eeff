"""How much of a corridor rests on sources: cells by basis, per table and between China's border and the Black Sea.

That stretch is counted twice. The *through ways* are what a through container or wagon meets: the shortest ways by
rail and sea from each Chinese border station, over each Caspian crossing, to each Georgian seaport; of these the
length, speed and capacities of the links, the time to tranship, change gauge and cross borders at their places, and
the capacities of the facilities there. The *region* is wider: links of all modes within Kazakhstan, Uzbekistan,
Turkmenistan, Azerbaijan and Georgia and to the Chinese border stations, with every operation and facility in the five
countries. Claimed and derived cells count as sourced.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.network_checks import side_of, ways
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.standards import STANDARD_COLUMNS, own_or_standard

REGION = frozenset({"KZ", "UZ", "TM", "AZ", "GE"})
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "links": ("length_km", "speed_km_per_h", "capacity_trains_per_day", "capacity_t_per_day"),
    "facilities": ("capacity_units_per_day", "capacity_t_per_day"),
    "operations": ("time_h",),
}


@dataclass(frozen=True, slots=True)
class Cells:
    """Non-empty quantities, by what they rest on; `total` also holds those without any provenance."""

    total: int
    claimed: int
    derived: int
    assumed: int

    @property
    def share(self) -> float:
        """Claimed and derived cells over all, 0 to 1; 1 where there is no quantity."""
        return (self.claimed + self.derived) / self.total if self.total else 1.0

    def as_json(self) -> dict[str, Any]:
        """The four counts, and the share rounded to a tenth of a per cent."""
        return {
            "total": self.total,
            "claimed": self.claimed,
            "derived": self.derived,
            "assumed": self.assumed,
            "share_claimed_or_derived": round(self.share, 3),
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """Rows and cells of every table, of all tables, and on the stretch; links by mode and gauge."""

    rows: Mapping[str, int]
    tables: Mapping[str, Cells]
    all: Cells
    through: Cells
    through_columns: Mapping[str, Cells]  # `links.length_km` and so on
    region: Cells
    region_columns: Mapping[str, Cells]
    links_by_mode: Mapping[str, int]  # `rail_1520`, `sea` and so on

    def as_json(self) -> dict[str, Any]:
        """The same with plain words and numbers."""
        return {
            "tables": {name: cells.as_json() for name, cells in self.tables.items()},
            "china_border_to_black_sea": _stretch_json(self.through, self.through_columns),
            "china_border_to_black_sea_region": _stretch_json(self.region, self.region_columns),
            "links_by_mode_and_gauge": dict(self.links_by_mode),
        }


def coverage(corridor: Corridor) -> Coverage:
    """The bases of all quantities in the tables of the base year.

    Parameters
    ----------
    corridor
        As loaded; changes are not looked at.

    Returns
    -------
    coverage
        Counts of rows and cells; nothing is judged here.
    """
    cells = {name: _cells_of(corridor, name) for name in corridor.base}
    through, region = _cells_in(corridor, _through_rows(corridor)), _cells_in(corridor, _region_rows(corridor))
    links = corridor.base["links"]
    return Coverage(
        rows={name: len(table) for name, table in corridor.base.items()},
        tables={name: _count(corridor, found) for name, found in cells.items()},
        all=_count(corridor, [cell for found in cells.values() for cell in found]),
        through=_count(corridor, [cell for found in through.values() for cell in found]),
        through_columns={name: _count(corridor, found) for name, found in through.items()},
        region=_count(corridor, [cell for found in region.values() for cell in found]),
        region_columns={name: _count(corridor, found) for name, found in region.items()},
        links_by_mode=dict(sorted(Counter(side_of(links, row) for row in range(len(links))).items())),
    )


def _stretch_json(cells: Cells, columns: Mapping[str, Cells]) -> dict[str, Any]:
    return {**cells.as_json(), "columns": {name: found.as_json() for name, found in columns.items()}}


def _cells_of(corridor: Corridor, name: str) -> list[Cell]:
    table = corridor.base[name]
    return [
        (name, row_id, column)
        for column in table.low
        for row_id, value in zip(table, table.floats(column), strict=True)
        if not math.isnan(value)
    ]


def _cells_in(corridor: Corridor, rows: Mapping[str, Iterable[str]]) -> dict[str, list[Cell]]:
    """By `table.column`: the lengths, speeds, times and capacities of the given rows.

    A standard figure counts once for each row that uses it: that is what a container on its way rests on.
    """
    found: dict[str, list[Cell]] = {}
    for name, columns in _COLUMNS.items():
        chosen = frozenset(rows[name])
        for cell in _cells_of(corridor, name):
            if cell[2] in columns and cell[1] in chosen:
                found.setdefault(f"{name}.{cell[2]}", []).append(cell)
        for row_id in sorted(chosen) if name in STANDARD_COLUMNS else ():
            used = own_or_standard(corridor.base, name, corridor.base[name].get_row(row_id))
            if used and used[1][0] == "standards":
                found.setdefault(f"{name}.{STANDARD_COLUMNS[name]}", []).append(used[1])
    return found


def _region_rows(corridor: Corridor) -> dict[str, list[str]]:
    """The links, operations and facilities of the five countries, by table."""
    country = _countries(corridor)
    links = corridor.base["links"]
    found = {
        name: [row_id for row, row_id in enumerate(table) if country[table.text(row, "place")] in REGION]
        for name, table in corridor.base.items()
        if name in {"operations", "facilities"}
    }
    return {**found, "links": [row_id for row, row_id in enumerate(links) if _is_in_region(corridor, row)]}


def _through_rows(corridor: Corridor) -> dict[str, list[str]]:
    """The links of the through ways, and what a through container or wagon meets at their places, by table."""
    links, operations, facilities = (corridor.base[name] for name in ("links", "operations", "facilities"))
    on_way = sorted(through_links(corridor))
    places = {links.text(row, end) for row in on_way for end in ("from_place", "to_place")}
    met = [
        operation
        for row, operation in enumerate(operations)
        if operations.text(row, "place") in places
        and operations.text(row, "operation") in {"tranship", "change_gauge", "cross_border"}
        and not {operations.text(row, "from_side"), operations.text(row, "to_side")} & {"road", "pipeline"}
        and not {"TEU", "FEU", "wagon"}.isdisjoint(operations.items(row, "unit_loads"))
    ]
    return {
        "links": [links.text(row, "id") for row in on_way],
        "operations": met,
        "facilities": [f for row, f in enumerate(facilities) if facilities.text(row, "place") in places],
    }


def _countries(corridor: Corridor) -> dict[str, str]:
    places = corridor.base["places"]
    return dict(zip(places, places.texts("country"), strict=True))


def _is_in_region(corridor: Corridor, link: int) -> bool:
    """True for a link with both ends in the five countries, or one there and one in a Chinese border station."""
    links, places = corridor.base["links"], corridor.base["places"]
    inside = border = 0
    for end in ("from_place", "to_place"):
        row = places.get_row(links.text(link, end))
        country = places.text(row, "country")
        inside += country in REGION
        border += country == "CN" and places.text(row, "kind") == "border_station"
    return inside == 2 or (inside == 1 and border == 1)


def through_links(corridor: Corridor) -> set[int]:
    """Rows of the links on the shortest ways by rail and sea that the head of this file describes."""
    links, places = corridor.base["links"], corridor.base["places"]
    country = _countries(corridor)
    rail: dict[str, list[tuple[str, int]]] = {}
    crossings: list[tuple[str, str, int]] = []
    for row in range(len(links)):
        mode, status = links.text(row, "mode"), links.text(row, "status")
        carried = {"TEU", "FEU", "wagon"} & set(links.items(row, "unit_loads"))
        if status != "open" or not carried or mode not in {"rail", "sea"} or not _is_in_region(corridor, row):
            continue
        for start, end in ways(links, row):
            if mode == "sea":
                crossings.append((start, end, row))
            else:
                rail.setdefault(start, []).append((end, row))
    borders = [p for r, p in enumerate(places) if country[p] == "CN" and places.text(r, "kind") == "border_station"]
    ports = [p for r, p in enumerate(places) if country[p] == "GE" and places.text(r, "kind") == "seaport"]
    length_km = links.floats("length_km").tolist()
    onward = {landed: _shortest_ways(rail, landed, length_km) for _, landed, _ in crossings}
    found: set[int] = set()
    for border in borders:
        inland = _shortest_ways(rail, border, length_km)
        for start, landed, crossing in crossings:
            for port in ports:
                if start in inland and port in onward[landed]:
                    found |= {crossing, *inland[start], *onward[landed][port]}
    return found


def _shortest_ways(
    rail: Mapping[str, Iterable[tuple[str, int]]], start: str, length_km: Sequence[float]
) -> dict[str, tuple[int, ...]]:
    """The links of the shortest way from `start` to every place by rail (Dijkstra, 1959)."""
    done: dict[str, tuple[int, ...]] = {}
    edge: list[tuple[float, str, tuple[int, ...]]] = [(0.0, start, ())]
    while edge:
        km, place, way = heapq.heappop(edge)
        if place in done:
            continue
        done[place] = way
        for onward, link in rail.get(place, ()):
            if onward not in done:
                heapq.heappush(edge, (km + length_km[link], onward, (*way, link)))
    return done


def _count(corridor: Corridor, cells: list[Cell]) -> Cells:
    origins = corridor.provenance.origins
    by_basis = Counter(origins[cell].basis for cell in cells if cell in origins)
    return Cells(len(cells), by_basis["claim"], by_basis["derived"], by_basis["assumption"])
