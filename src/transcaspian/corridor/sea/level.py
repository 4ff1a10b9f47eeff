"""How high the Caspian stands: measured yearly means, projections, and the season around them.

Levels are metres in the Baltic system and mean the whole sea; a gauge's own offset belongs to the depths of its port.
A yearly mean is the first row of its year in `sea_levels` that is no single gauge's (`…_gauge`). Years after the
last measured one come from `projections.py`. What a scenario does to the level is done to the year that is asked for.
The row of the sea may name the year whose level stands on all days (`level_year`), and the projection to follow.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor.changes import RowChange, apply_changes
from transcaspian.corridor.model import BASE_YEAR, Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.ranges import ZERO, exact, total
from transcaspian.corridor.sea.projections import find_projections, projected_level
from transcaspian.corridor.tables import Estimate3
from transcaspian.errors import InputError, Problem

_ONE_GAUGE = "_gauge"  # ending of a series that is read at one port
_SEA: Cell = ("sea", "sea", "level_m_bs")


@dataclass(frozen=True, slots=True)
class SeaLevel:
    """The mean level of a year, and what it rests on."""

    level_m_bs: Estimate3
    basis: str  # given, base_year, measured, projected
    year: int | None
    projections: tuple[str, ...] = ()  # by name; several are taken together
    by_scenario: bool = False  # a scenario set or moved it
    cells: tuple[Cell, ...] = ()


def sea_level(
    corridor: Corridor, *, year: int | None = None, level_m_bs: float | None = None, projection: str | None = None
) -> SeaLevel:
    """The mean level of a year, or exactly the one that is given.

    Parameters
    ----------
    corridor
        Its scenario, if any, has the last word over a year's level.
    year
        A measured year, or a later one, for which projections stand in.
    level_m_bs
        Metres in the Baltic system, taken as exact.
    projection
        For a year not yet measured: the name of a projection, or a publisher for all of its scenarios; without it
        all projections that speak of the year are taken together.

    Returns
    -------
    level
        Without year and level that of the base year.

    Raises
    ------
    InputError
        If the level is no level of the Caspian, is given twice, or nobody measured or projects the year.
    """
    moves = _moves(corridor)
    if level_m_bs is not None:
        _check_given(corridor, level_m_bs, year, projection, moves)
        return SeaLevel(exact(level_m_bs), "given", None)
    standing, followed = _of_the_row(corridor, "level_year"), _of_the_row(corridor, "projection")
    if projection is not None and followed:
        what = f"the sea already follows {followed!r}, by its row or by a scenario"
        raise InputError(Problem("sea.projection", "--projection", what, "delete --projection, or that change."))
    year = int(standing) if standing else year
    if projection is not None and year is None:
        what = "a projection needs the year that is asked for"
        raise InputError(Problem("sea.projection", "--projection", what, "give --year too."))
    found = _of_year(corridor, year, projection or followed or None) if year is not None else _of_base(corridor)
    if not moves:
        return found
    moved = _moved(corridor, found.level_m_bs, [move for move in moves if move.column == "level_m_bs"])
    return SeaLevel(moved, found.basis, found.year, found.projections, by_scenario=True, cells=found.cells)


def seasonal_anomaly_m(corridor: Corridor, day: dt.date) -> Estimate3:
    """How far the level of a day lies above its year's mean: monthly values, joined from mid-month to mid-month."""
    table = corridor["sea_season"]
    if not len(table):
        return ZERO
    months = np.array([float(month) for month in table.texts("month")])
    first, next_first = day.replace(day=1), (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    # 1.0 is the middle of January: day 1 of a month lies half a month before its middle.
    place = day.month - 0.5 + ((day - first).days + 0.5) / (next_first - first).days
    columns = (table.low["anomaly_m"], table.floats("anomaly_m"), table.high["anomaly_m"])
    return Estimate3(*(float(np.interp(place, months, column, period=12)) for column in columns))


def level_on(
    corridor: Corridor, day: dt.date, *, level_m_bs: float | None = None, projection: str | None = None
) -> Estimate3:
    """The level of one day: the mean level with the season on it, metres in the Baltic system.

    A yearly mean belongs to the first of July; between two of them the mean goes along a straight line, and where
    only one of the two is known it stays. A given `level_m_bs` is the mean of the whole time.

    Raises
    ------
    InputError
        As `sea_level`.
    """
    mean = sea_level(corridor, year=None if level_m_bs is not None else day.year, level_m_bs=level_m_bs,
                     projection=None if level_m_bs is not None else projection).level_m_bs  # fmt: skip
    if level_m_bs is None and not _of_the_row(corridor, "level_year"):
        mean = _along_the_years(corridor, day, mean, projection)
    return total((mean, seasonal_anomaly_m(corridor, day)), correlation=0)


def yearly_means(corridor: Corridor) -> Mapping[int, tuple[str, Estimate3]]:
    """By year, ascending: the row of `sea_levels` that counts, and its level."""
    table = corridor["sea_levels"]
    found: dict[int, tuple[str, Estimate3]] = {}
    for row, row_id in enumerate(table):
        level = table.estimate(row, "level_m_bs")
        if level is not None and not table.text(row, "series").endswith(_ONE_GAUGE):
            found.setdefault(int(table.text(row, "year")), (row_id, level))
    return dict(sorted(found.items()))


def _along_the_years(corridor: Corridor, day: dt.date, mean: Estimate3, projection: str | None) -> Estimate3:
    middle = dt.date(day.year, 7, 1)
    neighbour = day.year + (1 if day >= middle else -1)
    try:
        other = sea_level(corridor, year=neighbour, projection=projection).level_m_bs
    except InputError:
        return mean
    share = abs((day - middle).days) / abs((dt.date(neighbour, 7, 1) - middle).days)
    ends = ((mean.low, other.low), (mean.mid, other.mid), (mean.high, other.high))
    return Estimate3(*(one + (two - one) * share for one, two in ends))


def _of_base(corridor: Corridor) -> SeaLevel:
    table = corridor.base["sea"]
    level = table.estimate(table.get_row("sea"), "level_m_bs")
    assert level is not None  # the schema requires it
    return SeaLevel(level, "base_year", BASE_YEAR, cells=(_SEA,))


def _of_year(corridor: Corridor, year: int, projection: str | None) -> SeaLevel:
    means = yearly_means(corridor)
    if year in means:
        row_id, level = means[year]
        return SeaLevel(level, "measured", year, cells=(("sea_levels", row_id, "level_m_bs"),))
    last = max(means, default=None)
    if last is None or year < last:
        what = f"there is no yearly mean of {year}; there is one of {_spans(list(means))}"
        mend = "take one of these years or a later one, or give the level itself: --level."
        raise InputError(Problem("sea.year", "--year", what, mend))
    row_id, start = means[last]
    level, speaking = projected_level(find_projections(corridor, projection), year, (last, start))
    cells = (("sea_levels", row_id, "level_m_bs"), *(cell for one in speaking for cell in one.cells))
    return SeaLevel(level, "projected", year, tuple(one.name for one in speaking), cells=cells)


def _spans(years: list[int]) -> str:
    """`1977, 1993–2025`."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in spans) or "no year"


def _moves(corridor: Corridor) -> list[RowChange]:
    """What scenarios do to the level on the corridor's day."""
    return [
        change
        for change in corridor.changes
        if (change.table, change.row_id) == _SEA[:2]
        and change.column in {"level_m_bs", "level_year", "projection"}
        and change.in_force(corridor.day)
    ]


def _of_the_row(corridor: Corridor, column: str) -> str:
    """What the row of the sea says of its year or projection; empty when it leaves them to the question."""
    table = corridor["sea"]
    return table.text(table.get_row("sea"), column)


def _moved(corridor: Corridor, level: Estimate3, moves: list[RowChange]) -> Estimate3:
    table = corridor.base["sea"]
    row = table.get_row("sea")
    changed, _ = apply_changes({"sea": table.with_estimate(row, "level_m_bs", level)}, moves)
    moved = changed["sea"].estimate(row, "level_m_bs")
    assert moved is not None
    return moved


def _check_given(
    corridor: Corridor, level_m_bs: float, year: int | None, projection: str | None, moves: list[RowChange]
) -> None:
    field = corridor.base["sea"].schema.field("level_m_bs")
    lowest, highest = field.minimum or -math.inf, field.maximum or math.inf
    problems: list[Problem] = []
    if not lowest <= level_m_bs <= highest:
        what = f"{level_m_bs:g} m is no level of the Caspian: metres in the Baltic system, {lowest:g} to {highest:g}"
        below = -abs(level_m_bs)
        mend = f"did you mean {below:g}?" if lowest <= below <= highest else "the sea stands near -29."
        problems.append(Problem("sea.level", "--level", what, mend))
    if year is not None:
        problems.append(
            Problem("sea.two_levels", "--level", "--year gives a level too", "give one: --level or --year.")
        )
    if projection is not None:
        what = "a level that is given needs no projection"
        problems.append(
            Problem("sea.projection", "--projection", what, "delete it, or give --year instead of --level.")
        )
    if moves:
        what = f"the level is given, and set by {moves[0].origin or 'a change'} too"
        problems.append(Problem("sea.two_levels", "--level", what, "delete --level, or that change."))
    if problems:
        raise InputError(problems)
