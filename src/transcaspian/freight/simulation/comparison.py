"""The simulated year 2024 beside what was counted: facility by facility, with the misses.

`data/crossing_counts.csv` says of each count whether the demand or a time was fitted to it, whether it is an input,
or whether it is only compared. Nothing else was fitted.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from transcaspian.corridor import BASE_YEAR, Corridor
from transcaspian.errors import InputError, Problem
from transcaspian.freight.simulation._world import Floats
from transcaspian.freight.simulation.answer import simulate
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import HOURS_PER_DAY
from transcaspian.freight.simulation.replication import lost_days
from transcaspian.freight.simulation.result import SimulationResult
from transcaspian.freight.simulation.settings import CrossingQuestion

REPLICATIONS, SEED = 20, 1
_WEATHER_REPLICATIONS = 200  # weather alone is drawn quickly
FITTED, INPUT, COMPARED = "fit", "input", "compare"


@dataclass(frozen=True, slots=True)
class Count:
    """One published count of the crossing."""

    id: str
    name: str
    measure: str  # what of the result: throughput.NAME, handling_h.FACILITY, hours_per_trip.SHIP, …
    low: float
    high: float
    use: str  # fit, input or compare
    claims: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class CountComparison:
    """A count beside the simulated years."""

    count: Count
    mean: float
    p10: float
    p90: float

    @property
    def off_percent(self) -> float:
        """How far the mean lies outside the published range, in per cent of its nearer end; 0 inside."""
        if self.mean < self.count.low:
            return 100.0 * (self.mean / self.count.low - 1.0)
        if self.mean > self.count.high:
            return 100.0 * (self.mean / self.count.high - 1.0)
        return 0.0


@cache
def published_counts() -> tuple[Count, ...]:
    """The packaged counts, in the order of the file."""
    path = Path(__file__).resolve().parents[2] / "data" / "crossing_counts.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            Count(row["id"], row["name"], row["measure"], float(row["low"]), float(row["high"]), row["use"],
                  tuple(row["claims"].split(";")), row["note"])
            for row in csv.DictReader(file)
        )  # fmt: skip


def compare_counts(corridor: Corridor, *, replications: int = REPLICATIONS, seed: int = SEED) -> list[CountComparison]:
    """The base year, simulated, beside every published count.

    Parameters
    ----------
    corridor
        The base, without changes.
    replications, seed
        Of the year; the weather of November and December is drawn 200 times.

    Raises
    ------
    InputError
        If a count names a measure that the result does not have.
    """
    year = CrossingQuestion(dt.date(BASE_YEAR, 1, 1), dt.date(BASE_YEAR + 1, 1, 1))
    result = simulate(corridor, year, replications=replications, seed=seed)
    found = []
    for count in published_counts():
        values = _measured(corridor, result, count)
        low, high = np.quantile(values, (0.1, 0.9))
        found.append(CountComparison(count, float(values.mean()), float(low), float(high)))
    return found


def _measured(corridor: Corridor, result: SimulationResult, count: Count) -> Floats:
    """One measure of every replication, shape (R,)."""
    kind, _, name = count.measure.partition(".")
    plan, arrays = result.plan, result.arrays
    if kind == "throughput" and name in result.throughput:
        return result.throughput[name]
    if kind == "handling_h" and name in result.facility_ids:
        table = arrays["facilities"][:, result.facility_ids.index(name)]
        return np.asarray(table[:, 8] / np.maximum(table[:, 7], 1.0))
    hours = plan.window_h[1] - plan.window_h[0]
    if kind == "hours_per_trip" and name in plan.ship_ids:
        trips = arrays["vessels"][:, plan.ship_ids.index(name), :2].sum(axis=1)
        return np.asarray(hours / np.maximum(trips, 1.0))
    if kind == "round_trip_d" and name in plan.line_ids:
        ships = [n for n, line in enumerate(plan.ships["line"]) if plan.line_ids[int(line)] == name]
        trips = arrays["vessels"][:, ships, 0].sum(axis=1) / len(ships)
        return np.asarray(hours / HOURS_PER_DAY / np.maximum(trips, 1.0))
    if kind == "shut_share" and name in plan.gate_ids:
        return _shut_share(corridor, name)
    what = f"{count.measure!r} is nothing that the simulation measures"
    mend = "use throughput, handling_h, hours_per_trip, round_trip_d or shut_share with a name of the result."
    raise InputError(Problem("simulate.measure", f"crossing_counts.csv, {count.id}", what, mend))


def _shut_share(corridor: Corridor, port: str) -> Floats:
    """Share of November and December for which a port is shut, by replication."""
    since, until = dt.date(BASE_YEAR, 11, 1), dt.date(BASE_YEAR + 1, 1, 1)
    plan = build_plan(corridor, CrossingQuestion(since, until))
    gate = plan.gate_ids.index(port)
    days = [lost_days(plan, seed=SEED, replication=number)[gate] for number in range(_WEATHER_REPLICATIONS)]
    return np.array(days) / (until - since).days


def counts_json(comparisons: Sequence[CountComparison]) -> list[dict[str, object]]:
    """Rows for the JSON envelope."""
    return [
        {
            "id": one.count.id,
            "name": one.count.name,
            "measure": one.count.measure,
            "use": one.count.use,
            "published": {"low": one.count.low, "high": one.count.high},
            "ours": {"mean": _number(one.mean), "p10": _number(one.p10), "p90": _number(one.p90)},
            "off_percent": round(one.off_percent, 1),
            "claims": list(one.count.claims),
            "note": one.count.note,
        }
        for one in comparisons
    ]


def _number(value: float) -> float:
    return float(f"{value:.5g}")
