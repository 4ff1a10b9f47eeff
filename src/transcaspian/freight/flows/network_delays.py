"""What flows do to each other: waiting at every limit of the corridor as a function of how full it is.

Answers: how long does a tonne wait at this berth, border, line or crossing when so much passes it?
Start reading at `make_limit_delays`.  Takes: the limits of `limits.py`.  Gives: `LimitDelays`.

The wait comes on top of the times of the tables. By default every limit is a queue (Sakasegawa, 1977; see
`equilibrium/delays.py`) whose customers are lots: trains at gauge changes and borders, ships' calls at berths, sailings
of a fleet. Beyond the knee of 95 % the wait goes on as its tangent: it says "too full", not how long it takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from transcaspian.corridor import Network
from transcaspian.errors import InputError, Problem
from transcaspian.freight.equilibrium._delay_kernel import DelayColumns
from transcaspian.freight.equilibrium.delays import KNEE, Delays, bpr, conical, davidson, join_delays, queue
from transcaspian.freight.flows._waits_kernel import waits_at
from transcaspian.freight.flows.cargo import HOURS_PER_DAY, Ints
from transcaspian.freight.flows.limits import CapacityLimit
from transcaspian.freight.flows.months import Floats

Curve = Literal["queue", "bpr", "conical", "davidson"]
CURVES: tuple[Curve, ...] = ("queue", "bpr", "conical", "davidson")

# What arrives together, in units of the limit. Assumptions; only the product with the unit's service time matters.
LOTS: Mapping[str, float] = {"TEU": 110.0, "t": 1400.0, "truck": 10.0, "berth-hour": 12.0, "t aboard": 4000.0}
LOT_RANGES: Mapping[str, tuple[float, float]] = {
    "TEU": (50, 240), "t": (1000, 4000), "truck": (1, 40), "berth-hour": (6, 24), "t aboard": (2000, 9000),
}  # fmt: skip

# (ca² + cs²) / 2 of lots: they come at random, and are served with half the scatter of chance.
VARIABILITY = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class LimitDelays:
    """Limits with the functions of their waits; `delays` takes utilisation, so its capacities are all 1."""

    limits: tuple[CapacityLimit, ...]
    capacity: Floats  # (n_limits,) units in the whole period
    delays: Delays
    columns: DelayColumns  # the same, as the kernel takes it
    shared: Ints  # (n_limits,) number of the row and direction that a limit is a measure of

    def waits_h(self, utilisation: Floats) -> tuple[Floats, Floats]:
        """Hours that each passage waits, and their change with utilisation; both (n_limits,).

        Trains and tonnes of one line, or cranes and berths of one terminal, make one wait: the longest of them, and 0
        at the others.
        """
        wait, slope = waits_at(self.columns, np.ascontiguousarray(utilisation))
        longest = np.zeros(int(self.shared.max(initial=-1)) + 1)
        np.maximum.at(longest, self.shared, wait)
        counts = wait >= longest[self.shared]
        return np.where(counts, wait, 0.0), np.where(counts, slope, 0.0)


def make_limit_delays(
    network: Network, limits: Sequence[CapacityLimit], *, facilities: Curve = "queue", links: Curve = "queue"
) -> LimitDelays:
    """Delay functions for limits that are not infinite.

    Parameters
    ----------
    network
        Whose arcs the limits name; their times are the free times of curves that scale them.
    limits
        From `gather_year_limits`.
    facilities, links
        Which curve berths, borders, gauge changes and ships follow, and which railway lines do.

    Raises
    ------
    InputError
        If a curve is unknown, or a limit of zero stands where cargo must pass (close the row instead).
    """
    for name, curve in (("facilities", facilities), ("links", links)):
        if curve not in CURVES:
            what = f"{curve!r} is no delay function"
            raise InputError(Problem("flows.curve", name, what, f"use {', '.join(CURVES)}."))
    kept = [limit for limit in limits if np.isfinite(limit.capacity).all()]
    capacity = np.array([float(limit.capacity.sum()) for limit in kept])
    parts = [_curve(network, limit, links if limit.kind == "link" else facilities) for limit in kept]
    delays = join_delays(parts) if parts else queue(np.zeros(0), np.ones(0), service=np.zeros(0))
    known: dict[tuple[str, str, str], int] = {}
    shared = [known.setdefault((limit.kind, limit.row, limit.place), len(known)) for limit in kept]
    return LimitDelays(tuple(kept), capacity, delays, delays.columns(), np.array(shared, np.int32))


def lot_of(measure: str) -> float:
    """Units that arrive together at a limit with this measure."""
    return LOTS.get(measure, LOTS["berth-hour"] if measure.startswith("berth-hour") else 1.0)


def delay_defaults() -> list[dict[str, Any]]:
    """The assumptions of this module, for the list of defaults of a result."""
    rows: list[dict[str, Any]] = [
        {"name": f"lot.{measure}", "value": lot, "low": LOT_RANGES[measure][0], "high": LOT_RANGES[measure][1],
         "basis": "assumption", "reason": "what arrives together at a limit that counts so: a train, a ship's call"}
        for measure, lot in LOTS.items()
    ]  # fmt: skip
    rows.append({"name": "knee", "value": KNEE, "low": 0.9, "high": 0.99, "basis": "assumption",
                 "reason": "utilisation beyond which a queue's wait goes on as its tangent"})  # fmt: skip
    rows.append({"name": "variability", "value": VARIABILITY, "low": 0.5, "high": 1.0, "basis": "assumption",
                 "reason": "half the squared coefficients of variation of arrivals and services"})  # fmt: skip
    return rows


def _curve(network: Network, limit: CapacityLimit, curve: Curve) -> Delays:
    servers = _servers(network, limit)
    per_day = float(limit.per_day.mean()) or 1e-9
    if curve == "queue":
        service = lot_of(limit.measure) * servers * HOURS_PER_DAY / per_day
        return queue(0.0, 1.0, service=service, servers=servers, variability=VARIABILITY)
    free = _free_h(network, limit)
    made = bpr(free, 1.0) if curve == "bpr" else conical(free, 1.0) if curve == "conical" else davidson(free, 1.0)
    return Delays(made.shape, np.zeros(1), made.scale, made.capacity, made.exponent, made.knee)  # the extra alone


def _servers(network: Network, limit: CapacityLimit) -> float:
    """Berths, tracks or bays; a line and a fleet are one."""
    if limit.kind != "facility":
        return 1.0
    facilities = network.corridor["facilities"]
    if limit.row not in facilities:
        return 1.0
    found = facilities.estimate(facilities.get_row(limit.row), "servers")
    return max(1.0, found.mid) if found else 1.0


def _free_h(network: Network, limit: CapacityLimit) -> float:
    """Mean time of its arcs, over the unit loads that may use them."""
    usable = network.allowed[:, limit.arcs]
    return float(network.time_h[1][:, limit.arcs][usable].mean()) if usable.any() else 0.0
