"""Periods of a run: months, cut where something in the corridor changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation._world import Floats, Ints
from transcaspian.freight.simulation.settings import WARM_UP_DAYS, CrossingQuestion

HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True)
class Periods:
    """P periods from the start of the warm-up to the end of the run."""

    start: dt.date
    first_days: tuple[dt.date, ...]
    middle_days: tuple[dt.date, ...]
    hours: Floats  # (P + 1,) bounds
    month: Ints  # (P,) row in `months`, -1 in the warm-up
    months: tuple[str, ...]
    states: tuple[Corridor, ...]  # the corridor in each, without dated closures: those are gates


def make_periods(corridor: Corridor, question: CrossingQuestion) -> Periods:
    """Cut the run into periods in which nothing changes.

    Parameters
    ----------
    corridor
        With its upgrades and the changes of a scenario, dated ones too.
    question
        Its days; the warm-up goes before them.
    """
    start = question.since - dt.timedelta(days=round(WARM_UP_DAYS.value))
    plain = replace(corridor, changes=tuple(change for change in corridor.changes if not is_dated_closure(change)))
    bounds = {start, question.since, question.until}
    bounds.update(plain.change_days(start, question.until))
    month = start.replace(day=1)
    while month < question.until:
        if month > start:
            bounds.add(month)
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    days = sorted(day for day in bounds if start <= day <= question.until)
    first_days, ends = days[:-1], days[1:]
    labels = [f"{day:%Y-%m}" for day in first_days if day >= question.since]
    months = tuple(dict.fromkeys(labels))
    return Periods(
        start=start,
        first_days=tuple(first_days),
        middle_days=tuple(day + (end - day) / 2 for day, end in zip(first_days, ends, strict=True)),
        hours=np.array([(day - start).days * HOURS_PER_DAY for day in days]),
        month=np.array(
            [months.index(f"{day:%Y-%m}") if day >= question.since else -1 for day in first_days], dtype=np.int64
        ),
        months=months,
        states=_states(plain, first_days),
    )


def is_dated_closure(change: object) -> bool:
    """True for a closure with a beginning or an end: the simulation lives through it."""
    act, since, until = (getattr(change, name) for name in ("act", "since", "until"))
    return act == "close" and (since is not None or until is not None)


def _states(corridor: Corridor, days: Sequence[dt.date]) -> tuple[Corridor, ...]:
    """The corridor on each day; one object for days between which nothing changes."""
    found: list[Corridor] = []
    for number, day in enumerate(days):
        if number and not corridor.change_days(days[number - 1] + dt.timedelta(days=1), day + dt.timedelta(days=1)):
            found.append(found[-1])
        else:
            found.append(corridor.at(day))
    return tuple(found)
