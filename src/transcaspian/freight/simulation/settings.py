"""The question, and the assumptions that stand in no table.

Each assumption has a range and a reason and is listed under every answer. They describe how much times scatter and
how often ships break down; no publication gives them for this corridor.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from transcaspian.errors import InputError, Problem
from transcaspian.freight.simulation.weather import DURATION_CV, DURATION_CV_RANGE, DURATION_CV_REASON

LONGEST_RUN_DAYS = 3700


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number without a source."""

    name: str
    value: float
    low: float
    high: float
    reason: str

    def as_json(self) -> Mapping[str, object]:
        """One entry of `defaults_used`."""
        return {
            "name": self.name,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "basis": "assumption",
            "reason": self.reason,
        }


TRAVEL_CV = Assumption(
    "travel_time_cv", 0.2, 0.1, 0.4, "scatter of a train's or lorry's running time; no published distribution"
)
OPERATION_CV = Assumption(
    "operation_time_cv", 0.6, 0.3, 1.0, "border and terminal hours of CAREC spread by more than half their mean"
)
SAILING_CV = Assumption("sailing_time_cv", 0.1, 0.05, 0.2, "crossings reported at 18 to 22 hours")
HANDLING_CV = Assumption("handling_time_cv", 0.3, 0.1, 0.5, "mean of 20.1 h and limit of 30 h for a box ship at Alat")
BREAKDOWN_CHANCE = Assumption(
    "breakdown_chance_per_voyage", 0.01, 0.002, 0.03, "no record is published; about one repair a ship and year"
)
REPAIR_H = Assumption("repair_h", 120.0, 24.0, 480.0, "from a day alongside to weeks in dock")
TURNAROUND_H = Assumption(
    "turnaround_h", 72.0, 24.0, 240.0, "from the consignee to the start of the way back, when it is empty"
)
WARM_UP_DAYS = Assumption(
    "warm_up_days", 90.0, 60.0, 120.0, "the run begins empty; twice the longest ordinary journey and its return"
)
STORM_CV = Assumption("closure_length_cv", DURATION_CV, *DURATION_CV_RANGE, DURATION_CV_REASON)
ASSUMPTIONS = (
    TRAVEL_CV,
    OPERATION_CV,
    SAILING_CV,
    HANDLING_CV,
    BREAKDOWN_CHANCE,
    REPAIR_H,
    TURNAROUND_H,
    WARM_UP_DAYS,
    STORM_CV,
)


@dataclass(frozen=True, slots=True)
class GivenClosure:
    """A port that is shut from a day for some days."""

    port: str
    since: dt.date
    days: float


@dataclass(frozen=True, slots=True)
class CrossingQuestion:
    """What is asked of the simulation: the days [since, until), and what differs from the tables."""

    since: dt.date
    until: dt.date
    growth: float = 1.0  # factor on all demand
    level_m_bs: float | None = None  # mean level of the sea, else that of the dates
    projection: str | None = None
    closures: tuple[GivenClosure, ...] = ()
    storms: bool = True  # False: the given closures are the record of what happened, and none is drawn before their end

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise InputError(problems)


def _problems(question: CrossingQuestion) -> list[Problem]:
    found = []
    days = (question.until - question.since).days
    if days < 1:
        what = f"the run from {question.since} until {question.until} has no day"
        found.append(Problem("simulate.run", "--until", what, "let it end after it begins."))
    if days > LONGEST_RUN_DAYS:
        what = f"the run of {days} days is longer than ten years"
        found.append(Problem("simulate.run", "--until", what, "ask for at most ten years at once."))
    if not (math.isfinite(question.growth) and question.growth > 0):
        what = f"{question.growth:g} is no factor for demand"
        found.append(Problem("simulate.growth", "--growth", what, "give a number above 0; 1.5 is half as much again."))
    for closure in question.closures:
        where = f"--close {closure.port}:{closure.since}:{closure.days:g}"
        if not (math.isfinite(closure.days) and closure.days > 0):
            found.append(Problem("simulate.closure", where, "has no day", "give the number of days, above 0."))
        elif closure.since >= question.until:
            what = f"begins after the run, which ends on {question.until}"
            found.append(Problem("simulate.closure", where, what, "move the closure, or end the run later."))
        elif closure.since + dt.timedelta(days=closure.days) <= question.since:
            what = f"is over before the run, which begins on {question.since}"
            found.append(Problem("simulate.closure", where, what, "move the closure, or begin the run earlier."))
    return found
