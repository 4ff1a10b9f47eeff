"""What every row holds on a day: base, upgrades, dated rates, and the changes of a scenario, in this order.

The corridor's tables stand in the base year; oil rates and capacities of other years stand in `oil_rates`. A run of
2022 takes those of 2022, and a scenario has the last word. Its dated changes are grouped into *events*, one for each
period, so that a plan made on a day can leave out what nobody knows yet (`knowledge.py`).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Corridor, Estimate3, RowChange, Table
from transcaspian.corridor.changes import changed_estimate
from transcaspian.errors import InputError, Problem

Floats = npt.NDArray[np.float64]
_TURN = {"set": 0, "scale": 1, "add": 2}


@dataclass(frozen=True, slots=True)
class Event:
    """The changes of a scenario that share a period [since, until); `None` is open."""

    since: dt.date | None
    until: dt.date | None
    changes: tuple[RowChange, ...]

    def covers(self, day: dt.date) -> bool:
        """True when it is under way on `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of `oil_rates`: a value of one cell from a day on."""

    row_id: str
    table: str
    row: int
    target: str
    column: str
    since: dt.date | None
    until: dt.date | None
    value: Estimate3


class DatedTables:
    """The tables of one corridor, asked day by day with the events that are taken to be in force."""

    def __init__(self, corridor: Corridor) -> None:
        self.corridor = corridor
        self.rates = load_rates(corridor)
        self.standing = tuple(change for change in corridor.changes if not _dated(change))
        periods: dict[tuple[dt.date | None, dt.date | None], list[RowChange]] = {}
        for change in corridor.changes:
            if _dated(change):
                periods.setdefault((change.since, change.until), []).append(change)
        self.events = tuple(
            Event(since, until, tuple(changes))
            for (since, until), changes in sorted(periods.items(), key=lambda item: str(item[0]))
        )

    def change_days(self, start: dt.date, end: dt.date) -> list[dt.date]:
        """Days in (start, end) on which a rate, an upgrade, an event or the month changes."""
        days = set(self.corridor.change_days(start, end))
        periods = [(rate.since, rate.until) for rate in self.rates]
        periods += [(event.since, event.until) for event in self.events]
        days |= {day for period in periods for day in period if day is not None}
        year, month = start.year, start.month
        while (first := dt.date(year, month, 1)) < end:
            days.add(first)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return sorted(day for day in days if start < day < end)

    def on(self, day: dt.date, events: Iterable[int]) -> DayTables:
        """The tables of `day` with exactly these events in force."""
        acting = [change for number in events for change in self.events[number].changes]
        undated = tuple(replace(change, since=None, until=None) for change in acting)
        changes = (*self.standing, *undated)
        state = replace(self.corridor, changes=changes, day=day)
        touched: dict[tuple[str, str, str], list[RowChange]] = {}
        for change in changes:
            touched.setdefault((change.table, change.row_id, change.column), []).append(change)
        values: dict[tuple[str, str], list[tuple[int, float]]] = {}
        for rate in self.rates:
            if (rate.since and rate.since > day) or (rate.until and rate.until <= day):
                continue
            value = rate.value
            for change in sorted(touched.get((rate.table, rate.target, rate.column), ()), key=_turn):
                value = changed_estimate(value, change)
            values.setdefault((rate.table, rate.column), []).append((rate.row, value.mid))
        return DayTables(day, state, values)


@dataclass(frozen=True, slots=True, eq=False)
class DayTables:
    """The effective tables of one day."""

    day: dt.date
    state: Corridor
    values: dict[tuple[str, str], list[tuple[int, float]]]

    def floats(self, table: str, column: str, *, empty: float) -> Floats:
        """A quantity of every row, `empty` where its cell is."""
        found = self.state[table].floats(column).astype(np.float64)  # a copy
        for row, value in self.values.get((table, column), ()):
            found[row] = value
        found[np.isnan(found)] = empty
        return found

    def open(self, table: str) -> npt.NDArray[np.bool_]:
        """Rows that are built and not closed."""
        own = self.state[table]
        built = [word in {"", "open"} for word in own.texts("status")] if "status" in own.mid else [True] * len(own)
        closed = self.state.closed
        return np.array([ok and row_id not in closed for ok, row_id in zip(built, own, strict=True)], dtype=bool)


def load_rates(corridor: Corridor) -> tuple[Rate, ...]:
    """The dated values of the corridor, as its undated changes leave them.

    Raises
    ------
    InputError
        With every target or column that does not exist, every period without a day, and every cell with two values on
        one day.
    """
    table = corridor["oil_rates"]
    problems: list[Problem] = []
    found: list[Rate] = []
    for row, row_id in enumerate(table):
        where = f"oil_rates.csv, line {table.lines[row]}"
        target, column = table.text(row, "target"), table.text(row, "column")
        name = corridor.find_table(target)
        value = table.estimate(row, "value")
        if name is None or column not in corridor.base[name].low:
            what = f"{target}.{column} is no quantity of a row" if name else f"no row has the id {target!r}"
            problems.append(Problem("oil.unknown_id", where, what, "name a row and one of its quantities."))
            continue
        since, until = (_date(table, row, key) for key in ("effective_from", "effective_until"))
        if since and until and until <= since:
            what = f"from {since} until {until} is no day"
            problems.append(Problem("oil.dates", where, what, "let effective_until be later than effective_from."))
        elif value is not None:
            own_row = corridor.base[name].get_row(target)
            found.append(Rate(row_id, name, own_row, target, column, since, until, value))
    problems += _overlaps(found)
    if problems:
        raise InputError(problems)
    return tuple(found)


def _overlaps(rates: Sequence[Rate]) -> list[Problem]:
    cells: dict[tuple[str, str], list[Rate]] = {}
    for rate in rates:
        cells.setdefault((rate.target, rate.column), []).append(rate)
    problems = []
    for own in cells.values():
        ordered = sorted(own, key=lambda rate: rate.since or dt.date.min)
        for first, second in itertools.pairwise(ordered):
            if first.until is None or first.until > (second.since or dt.date.min):
                what = (
                    f"{second.row_id} begins before {first.row_id} ends: {first.target}.{first.column} has two values"
                )
                mend = "end one period on the day on which the other begins."
                problems.append(Problem("oil.dates", "oil_rates.csv", what, mend))
    return problems


def _date(table: Table, row: int, column: str) -> dt.date | None:
    text = table.text(row, column)
    return dt.date.fromisoformat(text) if text else None


def _dated(change: RowChange) -> bool:
    return change.since is not None or change.until is not None


def _turn(change: RowChange) -> tuple[int, dt.date]:
    return _TURN.get(change.act, -1), change.since or dt.date.min
