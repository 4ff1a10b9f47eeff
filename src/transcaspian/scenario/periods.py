"""The run that is asked about, and each change's part of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from transcaspian.errors import Problem
from transcaspian.scenario.model import Change
from transcaspian.scenario.problems import Report, ScenarioError


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` (included) to `until` (not included); `None` is open."""

    since: dt.date | None
    until: dt.date | None

    def first_common_day(self, other: Period) -> dt.date | None:
        """The first day of both, or `None` when they have none in common; open periods begin on 1 January 1."""
        first = max(self.since or dt.date.min, other.since or dt.date.min)
        last = min(self.until or dt.date.max, other.until or dt.date.max)
        return first if first < last else None


@dataclass(frozen=True, slots=True)
class Run:
    """The days [start, end) that a question is about."""

    start: dt.date
    end: dt.date


def get_run(base_year: int, start: dt.date | None, end: dt.date | None) -> Run:
    """The run from `start` to `end`, by default the base year; without `end` it lasts to the next 1 January.

    Raises
    ------
    ScenarioError
        If it has no day.
    """
    first = start or dt.date(base_year, 1, 1)
    last = end or dt.date(first.year + 1, 1, 1)
    if last <= first:
        what = f"the run from {first} until {last} has no day: until is the first day no longer in it"
        raise ScenarioError(Problem("scenario.run", "", what, "let it end after it begins."))
    return Run(first, last)


def period_in_run(change: Change, number: int, run: Run, report: Report) -> Period | None:
    """The part of the run in which a change acts, or `None` with the reason in the report.

    A change that lasts the whole run comes back without dates, like one that never had any.
    """
    since, until = change.since, change.until
    if since and until and until <= since:
        what = f"from {since} until {until} is no day: until is the first day no longer in force"
        report.add("period", what, f"let it end on {_next_day(since)} or later.", change=number, key="until")
        return None
    days = f"the run is from {run.start} until {run.end}"
    if since and since >= run.end:
        what = f"begins on {since}, after the run"
        report.add("after_run", what, f"{days}: move the change or the run.", change=number, key="from")
        return None
    if until and until <= run.start:
        what = f"is over on {until}, before the run"
        report.add("before_run", what, f"{days}: move the change or the run.", change=number, key="until")
        return None
    if since and since < run.start:
        what = f"began on {since}, before the run, and acts from {run.start}"
        report.add("cut", what, f"{days}.", change=number, key="from", severity="warning")
    if until and until > run.end:
        what = f"lasts until {until}, beyond the run, and acts until {run.end}"
        report.add("cut", what, f"{days}.", change=number, key="until", severity="warning")
    if (since or run.start) <= run.start and (until or run.end) >= run.end:
        return Period(None, None)
    return Period(since and max(since, run.start), until and min(until, run.end))


def _next_day(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1) if day < dt.date.max else day
