"""The months of a year on a corridor that changes: which state each month has, and for how long what is shut.

A dated closure that takes part of a month takes that part of the month's capacity; one that takes all of it leaves
nothing. Everything else that changes within a month acts from the next one on.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Corridor, Network, build_network
from transcaspian.corridor.changes import RowChange

Floats = npt.NDArray[np.float64]

MONTHS = 12
# Columns that say how much passes, never which way there is nor what it takes: they leave the network as it is.
CAPACITY_ONLY: Mapping[str, frozenset[str]] = {
    "facilities": frozenset(
        {"servers", "rate_units_per_h", "capacity_units_per_day", "capacity_t_per_day", "fixed_h", "storage_units"}
    ),
    "links": frozenset({"capacity_trains_per_day", "capacity_t_per_day", "domestic_share", "tracks"}),
}
_UNREAD = frozenset({"fleets", "vessels", "demand", "demand_routes", "seasons", "depths", "upgrades", "closures"})


@dataclass(frozen=True, eq=False)
class Year:
    """Twelve months; consecutive months in which nothing changes share one state and one network."""

    corridor: Corridor
    year: int
    states: tuple[Corridor, ...]  # (12,) without dated closures
    networks: tuple[Network, ...]  # (12,)
    shut: Mapping[str, Floats]  # by row id: share of each month for which a dated closure shuts it, (12,)

    @cached_property
    def days(self) -> Floats:
        """Days of each month, (12,)."""
        return np.array([calendar.monthrange(self.year, month + 1)[1] for month in range(MONTHS)], float)

    @property
    def middle_days(self) -> tuple[dt.date, ...]:
        """A day in the middle of each month."""
        return tuple(dt.date(self.year, month + 1, 15) for month in range(MONTHS))

    @cached_property
    def weather_open(self) -> Mapping[str, Floats]:
        """By port: share of each month (12,) that weather leaves open, by the closed days a year of its months."""
        found: dict[str, Floats] = {}
        for month, state in enumerate(self.states):
            table = state["closures"]
            for row in range(len(table)):
                listed = [int(text) - 1 for text in table.items(row, "months")]
                closed = table.estimate(row, "closed_days_per_year")
                if month in listed and closed is not None:
                    share = found.setdefault(table.text(row, "place"), np.ones(MONTHS))
                    share[month] *= max(0.0, 1.0 - closed.mid / float(self.days[listed].sum()))
        return found

    def groups(self) -> list[tuple[Network, list[int]]]:
        """Months by network, in the order of the year."""
        found: dict[int, tuple[Network, list[int]]] = {}
        for month, network in enumerate(self.networks):
            found.setdefault(id(network), (network, []))[1].append(month)
        return list(found.values())

    def open_share(self, *row_ids: str) -> Floats:
        """Share of each month for which none of the rows is shut by a dated closure, (12,)."""
        share = np.ones(MONTHS)
        for row_id in row_ids:
            share = np.minimum(share, 1.0 - self.shut.get(row_id, np.zeros(MONTHS)))
        return share


@lru_cache(maxsize=8)
def make_year(corridor: Corridor, year: int) -> Year:
    """The months of `year`: upgrades in service by then, and the changes of a scenario, are in force."""
    dated = [change for change in corridor.changes if _is_dated_closure(change)]
    plain = replace(corridor, changes=tuple(change for change in corridor.changes if not _is_dated_closure(change)))
    first_days = [dt.date(year, month + 1, 1) for month in range(MONTHS)]
    states = _states(plain, first_days)
    networks: list[Network] = []
    for month, state in enumerate(states):
        same = month > 0 and _same_network(states[month - 1], state)
        networks.append(networks[-1] if same else build_network(state))
    return Year(corridor, year, states, tuple(networks), _shut_shares(dated, year))


def _is_dated_closure(change: RowChange) -> bool:
    return change.act == "close" and (change.since is not None or change.until is not None)


def _states(corridor: Corridor, days: Sequence[dt.date]) -> tuple[Corridor, ...]:
    found: list[Corridor] = []
    for number, day in enumerate(days):
        before = days[number - 1] + dt.timedelta(days=1) if number else day
        changed = not number or corridor.change_days(before, day + dt.timedelta(days=1))
        found.append(corridor.at(day) if changed else found[-1])
    return tuple(found)


def _same_network(one: Corridor, other: Corridor) -> bool:
    """True when both states have the same arcs with the same values: they differ in capacities only, if at all."""
    if one is other:
        return True
    if one.closed != other.closed:
        return False
    for name, table in one.tables.items():
        fellow = other.tables[name]
        if table is fellow or name in _UNREAD:
            continue
        free = CAPACITY_ONLY.get(name, frozenset())
        for column in table.mid:
            if column not in free and not _equal(table.mid[column], fellow.mid[column]):
                return False
            ends = ((table.low, fellow.low), (table.high, fellow.high))
            if column in table.low and column not in free and not all(_equal(a[column], b[column]) for a, b in ends):
                return False
    return True


def _equal(one: npt.NDArray[np.generic], other: npt.NDArray[np.generic]) -> bool:
    if one is other:
        return True
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def _shut_shares(closures: Sequence[RowChange], year: int) -> dict[str, Floats]:
    """Share of each month that the closures of each row cover; overlapping days count once."""
    shut: dict[str, list[set[int]]] = {}
    for change in closures:
        months = shut.setdefault(change.row_id, [set() for _ in range(MONTHS)])
        day = max(change.since or dt.date(year, 1, 1), dt.date(year, 1, 1))
        end = min(change.until or dt.date(year + 1, 1, 1), dt.date(year + 1, 1, 1))
        while day < end:
            months[day.month - 1].add(day.day)
            day += dt.timedelta(days=1)
    lengths = [calendar.monthrange(year, month + 1)[1] for month in range(MONTHS)]
    return {
        row_id: np.array([len(days) / length for days, length in zip(months, lengths, strict=True)])
        for row_id, months in shut.items()
    }
