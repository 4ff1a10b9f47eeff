"""What others project for the Caspian, as levels by year: one publisher's scenario, or the span of several.

Between the last measured year and the years that a source names, low, mid and high go along straight lines; beyond
its last year a source says nothing. Several sources together give the median of their mids and the span of their
ranges: the spread is the message, no source is preferred. Only those speak whose next named year is the nearest, for
a straight line to 2100 is not what a study of that year says of 2030; so the span jumps where a source's years end.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.names import folded
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.tables import Estimate3
from transcaspian.errors import InputError, Problem, did_you_mean


@dataclass(frozen=True, slots=True)
class Projection:
    """One scenario of one publisher: levels at the years it names, in order."""

    name: str  # the ids of its rows without the year, such as `kazhydromet-optimistic`
    publisher: str
    points: tuple[tuple[int, Estimate3], ...]  # year, metres in the Baltic system
    cells: tuple[Cell, ...]

    @property
    def last_year(self) -> int:
        """The last year it says anything about."""
        return self.points[-1][0]

    def next_named_year(self, year: int) -> int:
        """The first year it names that is not before `year`."""
        return next(named for named, _ in self.points if named >= year)

    def level_m_bs(self, year: int, start: tuple[int, Estimate3]) -> Estimate3:
        """The level of `year`, on straight lines from the measured `start` through its own points."""
        points = [start, *(point for point in self.points if point[0] > start[0])]
        for (first, before), (last, after) in pairwise(points):
            if first <= year <= last:
                share = (year - first) / (last - first)
                return Estimate3(*(_between(one, other, share) for one, other in _pairs(before, after)))
        raise ValueError(f"{self.name} ends in {self.last_year}")


def projections(corridor: Corridor) -> dict[str, Projection]:
    """Every projection of the corridor by name, in the order of the table."""
    table = corridor["sea_projections"]
    rows: dict[str, list[int]] = {}
    for row, row_id in enumerate(table):
        name = row_id.removesuffix(f"-{table.text(row, 'year')}")
        rows.setdefault(name, []).append(row)
    found: dict[str, Projection] = {}
    for name, own in rows.items():
        own.sort(key=lambda row: table.text(row, "year"))
        levels = [(int(table.text(row, "year")), table.estimate(row, "level_m_bs")) for row in own]
        points = tuple((year, level) for year, level in levels if level is not None)
        cells = tuple(("sea_projections", table.text(row, "id"), "level_m_bs") for row in own)
        found[name] = Projection(name, table.text(own[0], "publisher"), points, cells)
    return found


def find_projections(corridor: Corridor, name: str | None) -> list[Projection]:
    """Those that `name` means: one, all of a publisher, or all there are for `None`.

    Raises
    ------
    InputError
        If no projection and no publisher is called so, with near names.
    """
    known = projections(corridor)
    if name is None:
        return list(known.values())
    if name in known:
        return [known[name]]
    word = folded(name)
    family = [one for one in known.values() if folded(one.name).startswith(f"{word}-") or folded(one.publisher) == word]
    if not family:
        mend = did_you_mean(name, known) or f"the projections are {', '.join(known) or 'none'}."
        raise InputError(Problem("sea.projection", "--projection", f"there is no projection {name!r}", mend))
    return family


def projected_level(
    chosen: list[Projection], year: int, start: tuple[int, Estimate3]
) -> tuple[Estimate3, list[Projection]]:
    """The level of a `year` after the measured `start`, and the projections that speak of it.

    Raises
    ------
    InputError
        If none of the chosen ones reaches the year.
    """
    reaching = [one for one in chosen if one.last_year >= year]
    if not reaching:
        ends = ", ".join(f"{one.name} in {one.last_year}" for one in chosen) or "there are none"
        what = f"no projection reaches {year}: they end: {ends}"
        raise InputError(
            Problem("sea.year", "--year", what, "name an earlier year, or give the level itself: --level.")
        )
    nearest = min(one.next_named_year(year) for one in reaching)
    speaking = [one for one in reaching if one.next_named_year(year) == nearest]
    levels = [one.level_m_bs(year, start) for one in speaking]
    low, high = min(level.low for level in levels), max(level.high for level in levels)
    return Estimate3(low, median(level.mid for level in levels), high), speaking


def _pairs(one: Estimate3, other: Estimate3) -> tuple[tuple[float, float], ...]:
    return (one.low, other.low), (one.mid, other.mid), (one.high, other.high)


def _between(one: float, other: float, share: float) -> float:
    # Exact at both ends, so that a source's own years come back to the last digit.
    return one if share == 0 else other if share == 1 else one + (other - one) * share
