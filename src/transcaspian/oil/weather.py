"""Storms at the moorings and the first stock, drawn; named random streams, one for each replication.

Storms alternate with calm, both of exponential length (a Markov chain in continuous time), in the months in which they
come; their mean length and the closed days of a year are those of `closures`. The rate of a mooring is measured over
months, storms included, so in calm weather it is that rate over the open share of the season.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.oil.dated import Floats
from transcaspian.oil.planning import Run

_STREAMS = {"storms": 1, "stock": 2}
_WARM_UP_DAYS = 60  # before the first day, so that a run may begin in a storm


@dataclass(frozen=True, slots=True)
class Storms:
    """The storms of one mooring: closed share and mean length by month; no row of `closures`, no storm."""

    closed_share: tuple[float, ...]  # January to December
    mean_days: float


def stream(seed: int, replication: int, name: str) -> np.random.Generator:
    """The random stream of this name in this replication (Philox; Salmon et al., 2011): the same on any worker."""
    return np.random.Generator(np.random.Philox(key=[seed, replication * 16 + _STREAMS[name]]))


def storms_of(corridor: Corridor) -> list[Storms]:
    """The storms of every mooring, in the order of `oil_moorings`."""
    closures, found = corridor["closures"], []
    for name in corridor["oil_moorings"].texts("closure"):
        if not name:
            found.append(Storms((0.0,) * 12, 1.0))
            continue
        row = closures.get_row(name)
        months = [int(month) for month in closures.items(row, "months")] or list(range(1, 13))
        season = sum(calendar.monthrange(2023, month)[1] for month in months)
        share = min(0.95, float(closures.floats("closed_days_per_year")[row]) / season)
        shares = tuple(share if month in months else 0.0 for month in range(1, 13))
        found.append(Storms(shares, max(0.05, float(closures.floats("mean_duration_h")[row]) / 24)))
    return found


def expected_open(storms: Sequence[Storms], days: Sequence[dt.date]) -> Floats:
    """Ones: on average a mooring loads at its measured rate, shape (days, moorings)."""
    return np.ones((len(days), len(storms)))


def draw_weather(storms: Sequence[Storms], days: Sequence[dt.date], generator: np.random.Generator) -> Floats:
    """Open share of each day over the mean open share of its month, shape (days, moorings)."""
    found = np.ones((len(days), len(storms)))
    first = days[0] - dt.timedelta(days=_WARM_UP_DAYS)
    for mooring, own in enumerate(storms):
        if not any(own.closed_share):
            continue
        closed = np.zeros(len(days) + _WARM_UP_DAYS)
        at, stormy = 0.0, False
        while at < closed.size:
            month = (first + dt.timedelta(days=int(at))).month - 1
            share = own.closed_share[month]
            if stormy:
                length = generator.exponential(own.mean_days)
                _close(closed, at, at + length)
            elif share > 0:
                length = generator.exponential(own.mean_days * (1 - share) / share)
            else:  # out of season: another calm day
                at += 1.0
                continue
            at, stormy = at + length, not stormy
        mean = np.array([1 - own.closed_share[day.month - 1] for day in days])
        found[:, mooring] = (1 - np.minimum(1.0, closed[_WARM_UP_DAYS:])) / mean
    return found


def draw_stock(run: Run, generator: np.random.Generator) -> Floats:
    """First stock of each tank farm between its low and high, kt; one that a scenario has set is exact."""
    tables = run.dated.on(run.period.start, run.reader.acting(run.period.start))
    table = tables.state["oil_storage"]
    mid = run.reader.first_stock_kt()
    low, high = 1000 * table.low["stock_mt"], 1000 * table.high["stock_mt"]
    uniform = generator.random(mid.size)
    wide = np.isfinite(low) & np.isfinite(high) & (low < high)
    cap = 1000 * tables.floats("oil_storage", "capacity_mt", empty=np.inf)
    return np.where(wide, np.minimum(low + uniform * (high - low), cap), mid)


def _close(closed: Floats, start: float, end: float) -> None:
    """Add a storm to the closed share of each day."""
    for day in range(int(start), min(int(np.ceil(end)), closed.size)):
        closed[day] += min(end, day + 1) - max(start, day)
