"""The closures table as storm groups: neighbours that are shut together, and how often.

A port's closed days fall evenly on its months. Closures of a Poisson process with mean length D overlap, so a port
that is to be shut for the share f of the time needs them at the rate -ln(1 - f) / D (the busy fraction of the
infinite-server queue: Takács, 1962).
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Mapping

import numpy as np

from transcaspian.corridor import BASE_YEAR, Corridor
from transcaspian.errors import InputError, Problem
from transcaspian.freight.simulation.periods import Periods
from transcaspian.freight.simulation.weather import StormGroup

_MOST = 0.95  # of the time: beyond it a port is closed, not stormy


def storm_groups(periods: Periods, gates: Mapping[str, int]) -> tuple[StormGroup, ...]:
    """Storm groups of the ports that are gates, with their rates in each period.

    Raises
    ------
    InputError
        If a port would be shut for more than 95 % of its months.
    """
    table = periods.states[0]["closures"]
    rows = [row for row in range(len(table)) if table.text(row, "place") in gates]
    months = [day.month for day in periods.first_days]
    groups = []
    for members in _components(periods.states[0], rows):
        rate = np.array([[_rate_per_h(state, row, month) for row in members]
                         for state, month in zip(periods.states, months, strict=True)])  # fmt: skip
        most = rate.max(axis=1)
        top = rate.max(axis=0)
        if not most.any():
            continue
        groups.append(
            StormGroup(
                name="+".join(table.text(row, "id") for row in members),
                gates=tuple(gates[table.text(row, "place")] for row in members),
                chance=tuple(float(one / top.max()) for one in top),
                mean_h=tuple(float(table.floats("mean_duration_h")[row]) for row in members),
                rate_per_h=most,
            )
        )
    return tuple(groups)


def _components(corridor: Corridor, rows: list[int]) -> list[list[int]]:
    """Rows of one cause and the same months whose ports name each other, in the order of the table."""
    table = corridor["closures"]
    left, found = list(rows), []
    while left:
        group, grown = [left.pop(0)], True
        while grown:
            named = {place for row in group for place in table.items(row, "correlated_with")}
            own = {table.text(row, "place") for row in group}
            kind = (table.text(group[0], "cause"), table.items(group[0], "months"))
            joins = [
                row for row in left
                if (table.text(row, "place") in named or own & set(table.items(row, "correlated_with")))
                and (table.text(row, "cause"), table.items(row, "months")) == kind
            ]  # fmt: skip
            left = [row for row in left if row not in joins]
            group += joins
            grown = bool(joins)
        found.append(sorted(group))
    return found


def _rate_per_h(corridor: Corridor, row: int, month: int) -> float:
    """Closures an hour of one row in a month."""
    table = corridor["closures"]
    months = [int(word) for word in table.items(row, "months")] or list(range(1, 13))
    if month not in months:
        return 0.0
    days = table.floats("closed_days_per_year")[row]
    length_h = table.floats("mean_duration_h")[row]
    if math.isnan(days) or math.isnan(length_h) or days <= 0:
        return 0.0
    in_months = sum(calendar.monthrange(BASE_YEAR, one)[1] for one in months)
    share = float(days) / in_months
    if share >= _MOST:
        what = f"{table.text(row, 'id')} is shut on {days:g} of the {in_months} days of its months"
        raise InputError(Problem("simulate.closures", "closures.csv", what, "close the port in a scenario instead."))
    return -math.log(1.0 - share) / float(length_h)
