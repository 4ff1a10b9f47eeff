"""When ports are shut: storms that strike groups of neighbouring ports, and closures given by date.

Storms of a group come as a Poisson process whose rate changes by month; each port of the group is struck by a storm
with a probability of its own, and is shut for a lognormal time of its own mean, so that each port's closed days a
year are those of its row and neighbours are shut together (a shock model: Marshall and Olkin, 1967). Storms that
overlap join. Draws are keyed by group and number of the storm: scenarios with one seed meet the same storms, and a
closure given by date takes nothing from those that are drawn. The process runs through the whole run: after a given
storm it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcaspian.freight.simulation._world import Floats
from transcaspian.runs._draws_kernel import exponential, lognormal, uniform
from transcaspian.runs.streams import stream_key

DURATION_CV = 0.8
DURATION_CV_RANGE = (0.4, 1.2)
DURATION_CV_REASON = "no distribution of closures is published; the few dated ones lasted one to seven days"

Intervals = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class StormGroup:
    """Ports that the same storms strike."""

    name: str
    gates: tuple[int, ...]
    chance: tuple[float, ...]  # of being struck by a storm of the group
    mean_h: tuple[float, ...]  # how long a struck port is shut
    rate_per_h: Floats  # storms of the group, by period, shape (P,)


@dataclass(frozen=True, slots=True)
class Weather:
    """All storm groups of a plan."""

    groups: tuple[StormGroup, ...] = ()

    def closures(self, period_h: npt.NDArray[np.float64], *, seed: int, replication: int) -> dict[int, Intervals]:
        """One replication's closed intervals by gate, in order and joined, in hours of the run."""
        shut: dict[int, Intervals] = {}
        for group in self.groups:
            key = stream_key(seed, replication, f"weather.{group.name}")
            for number, start_h in enumerate(_storms(key, group, period_h)):
                for place, gate in enumerate(group.gates):
                    counter = number * len(group.gates) + place
                    if uniform(key, 1, counter) < group.chance[place]:
                        hours = lognormal(key, 2, counter, group.mean_h[place], DURATION_CV)
                        shut.setdefault(gate, []).append((start_h, start_h + hours))
        return {gate: joined(intervals) for gate, intervals in shut.items()}


def _storms(key: np.uint64, group: StormGroup, period_h: npt.NDArray[np.float64]) -> Iterable[float]:
    """When storms begin: the rate's integral between two of them is exponential of mean 1 (Çinlar, 1975)."""
    need, number = exponential(key, 0, 0, 1.0), 0
    for period, rate in enumerate(group.rate_per_h):
        at_h, end_h = float(period_h[period]), float(period_h[period + 1])
        while rate > 0 and need <= (end_h - at_h) * rate:
            at_h += need / rate
            yield at_h
            number += 1
            need = exponential(key, 0, number, 1.0)
        need -= (end_h - at_h) * rate


def joined(intervals: Sequence[tuple[float, float]]) -> Intervals:
    """The union of intervals, in order."""
    union: Intervals = []
    for start, end in sorted(intervals):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union
