"""Queues that grow without end: where demand is above capacity, a mean wait means nothing.

Daily lengths of each queue, averaged over replications, are compared between the first and the last third of the
window. A queue starves when the last third is more than three times the first and longer by what is plainly a queue,
and when the straight line through all days rises. A window of less than two months is too short to tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transcaspian.freight.simulation._world import Floats

SHORTEST_DAYS = 60
GROWTH = 3.0
LEAST = {"jobs": 5.0, "ships": 3.0, "units": 100.0, "t": 30000.0}  # longer by so much, by what is counted


@dataclass(frozen=True, slots=True)
class Growth:
    """How a queue developed."""

    starving: bool
    per_day: float  # slope of the straight line through the days
    at_end: float  # mean of the last week


def growth_of(series: Floats, counted: str) -> Growth:
    """How one queue developed.

    Parameters
    ----------
    series
        Mean length on each day, shape (days,).
    counted
        A key of LEAST.
    """
    days = series.size
    if days < 2:
        return Growth(False, 0.0, float(series[-1]) if days else 0.0)
    slope = float(np.polyfit(np.arange(days), series, 1)[0])
    third = days // 3
    first, last = float(series[:third].mean()) if third else 0.0, float(series[-third:].mean()) if third else 0.0
    starving = days >= SHORTEST_DAYS and last > GROWTH * first and last - first > LEAST[counted] and slope > 0
    # Seasonal peaks come and go: a queue that grows without end is longest when the run ends.
    starving = starving and float(series[-7:].mean()) > 0.8 * float(series.max())
    return Growth(bool(starving), slope, float(series[-7:].mean()))
