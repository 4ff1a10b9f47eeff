"""Queues that grow without end: where demand is above capacity, a mean wait means nothing.

Daily lengths of each queue, averaged over replications, are compared between the thirds of the window. A queue
starves when each third is longer than the one before, the last one half as long again as the first and longer by what
is plainly a queue, and when it is near its longest at the end: storms and seasons come and go. (A queue that has grown
evenly from the start of a warm-up of a quarter has thirds like 15, 27 and 39.) With the seasons such a queue may shrink
for a while: one that never clears on any day, and is half as long again in the last week as in the first, starves too.
In less than four
months only a queue that never clears and whose servers never rest can be told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transcaspian.freight.simulation._world import Floats

SHORTEST_DAYS = 120
GROWTH = 1.5
LEAST = {"jobs": 5.0, "ships": 3.0, "units": 100.0, "t": 30000.0}  # longer by so much, by what is counted


@dataclass(frozen=True, slots=True)
class Growth:
    """How a queue developed."""

    starving: bool
    per_day: float  # slope of the straight line through the days
    at_end: float  # mean of the last week


NEVER_RESTS = 0.99  # utilisation


def growth_of(series: Floats, counted: str, *, utilisation: float = 0.0) -> Growth:
    """How one queue developed.

    Parameters
    ----------
    series
        Mean length on each day, shape (days,).
    counted
        A key of LEAST.
    utilisation
        Of its servers, where that is known.
    """
    days = series.size
    if days < 2:
        return Growth(False, 0.0, float(series[-1]) if days else 0.0)
    slope = float(np.polyfit(np.arange(days), series, 1)[0])
    at_end = float(series[-7:].mean())
    if days < SHORTEST_DAYS:
        flooded = utilisation >= NEVER_RESTS and float(series.min()) > LEAST[counted] and slope > 0
        return Growth(flooded, slope, at_end)
    first, middle, last = (float(part.mean()) for part in np.array_split(series, 3))
    rises = first < middle < last and last > GROWTH * first and last - first > LEAST[counted]
    never_clears = float(series.min()) > LEAST[counted] and at_end > GROWTH * float(series[:7].mean())
    starving = (rises or never_clears) and slope > 0 and at_end > 0.8 * float(series.max())
    return Growth(starving, slope, at_end)
