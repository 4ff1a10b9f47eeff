"""Storms at the moorings and the first stock, drawn; named random streams, one for each replication.

Storms alternate with calm (a Markov chain in continuous time). A storm lasts an exponential time; in calm the next one
comes at a rate that changes by month, nought outside the season. Mean length and closed days of a year are those of
`closures`. The rate of a mooring is measured over months, storms included, so in calm weather it is that rate over the
open share of the season. Draws are keyed by the row of `closures` and the number of the storm: two scenarios with one
seed meet the same storms, and moorings of one row are shut together.
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
from transcaspian.runs import stream_key
from transcaspian.runs._draws_kernel import exponential, uniform

_WARM_UP_DAYS = 60  # before the first day, so that a run may begin in a storm
_CALM, _STORM = 0, 1  # entities of a stream


@dataclass(frozen=True, slots=True)
class Storms:
    """The storms of one mooring: closed share and mean length by month; without a row of `closures`, no storm."""

    closed_share: tuple[float, ...]  # January to December
    mean_days: float
    name: str = ""  # of the row of `closures`


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
        found.append(Storms(shares, max(0.05, float(closures.floats("mean_duration_h")[row]) / 24), name))
    return found


def expected_open(storms: Sequence[Storms], days: Sequence[dt.date]) -> Floats:
    """Ones: on average a mooring loads at its measured rate, shape (days, moorings)."""
    return np.ones((len(days), len(storms)))


def draw_weather(storms: Sequence[Storms], days: Sequence[dt.date], *, seed: int, replication: int) -> Floats:
    """Open share of each day over the mean open share of its month, shape (days, moorings)."""
    found = np.ones((len(days), len(storms)))
    first = days[0] - dt.timedelta(days=_WARM_UP_DAYS)
    months = [(first + dt.timedelta(days=day)).month - 1 for day in range(len(days) + _WARM_UP_DAYS)]
    for mooring, own in enumerate(storms):
        if not any(own.closed_share):
            continue
        share = np.array(own.closed_share)[months]
        closed = _closed(share, own.mean_days, stream_key(seed, replication, f"oil.weather.{own.name}"))
        found[:, mooring] = (1 - closed[_WARM_UP_DAYS:]) / (1 - share[_WARM_UP_DAYS:])
    return found


def draw_stock(run: Run, *, seed: int, replication: int) -> Floats:
    """First stock of each tank farm between its low and high, kt; one that a scenario has set is exact."""
    tables = run.dated.on(run.period.start, run.reader.acting(run.period.start))
    table = tables.state["oil_storage"]
    mid = run.reader.first_stock_kt()
    low, high = 1000 * table.low["stock_mt"], 1000 * table.high["stock_mt"]
    keys = [stream_key(seed, replication, f"oil.stock.{store}") for store in run.network.store_id]
    drawn = np.array([uniform(key, 0, 0) for key in keys])
    wide = np.isfinite(low) & np.isfinite(high) & (low < high)
    cap = 1000 * tables.floats("oil_storage", "capacity_mt", empty=np.inf)
    return np.where(wide, np.minimum(low + drawn * (high - low), cap), mid)


def _closed(share: Floats, mean_days: float, key: np.uint64) -> Floats:
    """Closed share of each day; `share` is the mean of it on that day, the year round.

    The integral of the rate of storms over the calm before one is exponential of mean 1 (Çinlar, 1975), so calm that
    reaches beyond the season goes on in the next.
    """
    closed = np.zeros(share.size)
    rate = share / ((1 - share) * mean_days)  # per day of calm
    at, number = 0.0, 0
    need = exponential(key, _CALM, number, 1.0)
    while at < share.size:
        day = int(at)
        if need > (day + 1 - at) * rate[day]:
            need -= (day + 1 - at) * rate[day]
            at = day + 1.0
            continue
        at += need / rate[day]
        length = exponential(key, _STORM, number, mean_days)
        _close(closed, at, at + length)
        at, number = at + length, number + 1
        need = exponential(key, _CALM, number, 1.0)
    return np.minimum(1.0, closed)


def _close(closed: Floats, start: float, end: float) -> None:
    """Add a storm to the closed share of each day."""
    for day in range(int(start), min(int(np.ceil(end)), closed.size)):
        closed[day] += min(end, day + 1) - max(start, day)
