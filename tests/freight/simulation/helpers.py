"""Plans by hand, parts of plans, and intervals for tests of the simulation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._views import addresses
from transcaspian.freight.simulation._world import Floats, World
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.weather import Weather
from transcaspian.freight.simulation.world import _FIRST_SIZES, _fresh, run_world

CONFIDENCE = 0.999


def interval(samples: Sequence[float] | Floats, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Student's interval of the mean of independent samples."""
    values = np.asarray(samples, dtype=np.float64)
    half = stats.t.ppf(0.5 + confidence / 2, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size)
    return float(values.mean() - half), float(values.mean() + half)


def assert_mean(samples: Sequence[float] | Floats, expected: float, *, widest: float = 0.1) -> None:
    """The interval holds the expected mean, and is narrow enough to say something (`widest`: relative half width)."""
    low, high = interval(samples)
    assert low <= expected <= high, f"expected {expected:.5g}, found {low:.5g} to {high:.5g}"
    assert high - low <= 2 * widest * abs(expected), f"too wide to tell: {low:.5g} to {high:.5g}"


def differences(
    plan: Plan, other: Plan, value: Callable[[World], float], *, replications: int, seed: int = 5
) -> Floats:
    """Value in `other` less value in `plan`, replication by replication with the same random numbers."""
    return np.array([
        value(run_world(other, seed=seed, replication=n)) - value(run_world(plan, seed=seed, replication=n))
        for n in range(replications)
    ])  # fmt: skip


def fresh(plan: Plan) -> tuple[World, np.ndarray]:
    """A world at hour 0 without closures or draws, and its addresses: keep both while a kernel uses them."""
    world = _fresh(plan, {}, np.ones(len(w.STREAMS), dtype=np.uint64), dict(_FIRST_SIZES))
    return world, addresses(world)


def counted_from_the_start(plan: Plan) -> Plan:
    """The same run without a warm-up: everything is counted, in one month."""
    return replace(plan, since=plan.start, months=("all",), period_month=np.zeros_like(plan.period_month))


def window(plan: Plan, first: dt.date, days: int) -> Plan:
    """The same run; only these days are counted, in no month."""
    since = dt.datetime.combine(first, dt.time())
    none = np.full_like(plan.period_month, -1)
    return replace(plan, since=since, until=since + dt.timedelta(days=days), period_month=none, months=())


def only_lines(plan: Plan, lines: Sequence[str]) -> Plan:
    """Only the cargo of these crossings, so that a run takes a moment."""
    keep = np.array([flow.service in lines for flow in plan.flow_info])
    return replace(plan, rate=np.where(keep, plan.rate, 0.0))


def with_ships(plan: Plan, line: str, count: int) -> Plan:
    """A plan whose line has so many ships: the last ones go, or the last one is doubled."""
    own = np.flatnonzero(plan.ships["line"] == plan.line_ids.index(line))
    active = plan.active.copy()
    active[:, own[count:]] = 0
    rows = np.concatenate((np.arange(plan.ships.size), np.repeat(own[-1], max(0, count - own.size))))
    return replace(
        plan,
        ship_ids=tuple(f"{plan.ship_ids[row]}{'' if n == row else '-again'}" for n, row in enumerate(rows)),
        ships=plan.ships[rows],
        active=np.ascontiguousarray(active[:, rows]),
        payload_t=np.ascontiguousarray(plan.payload_t[:, rows]),
        room=plan.room[rows],
        ship_berth=plan.ship_berth[rows],
    )


def tiny_plan(
    *, ships: int, berths: int, service_h: float, sail_h: float, hours: float, distribution: int = w.EXPONENTIAL
) -> Plan:
    """Ships without cargo or patience that ply between two ports: berths at A, a berth for each and no work at B.

    A ship is away for an exponential passage out and one back, 2 × `sail_h` on average; then it wants `service_h` of
    one of the berths at A. The classic repair shop: machines, repairmen.
    """
    start = dt.datetime(2024, 1, 1)
    fleet = np.zeros(ships, dtype=w.ship_record)
    for name in ("next", "first", "last"):
        fleet[name] = -1
    fleet["sail_h"], fleet["sail_cv"] = sail_h, -1.0
    ends = np.zeros(2, dtype=w.end_record)
    for name in ("line_gate", "yard", "first", "last", "idle_first", "idle_last"):
        ends[name] = -1
    ends["gate"], ends["policy"], ends["full_share"], ends["lightest_t"] = (0, 1), w.WHEN_FULL, 1.0, np.inf
    quays = np.zeros(2, dtype=w.berth_record)
    quays["gate"], quays["first"], quays["last"] = (0, 1), -1, -1
    quays["distribution"], quays["call_h"] = distribution, (2 * service_h, 0.0)  # half for discharge
    return Plan(
        start=start, since=start + dt.timedelta(hours=0.1 * hours), until=start + dt.timedelta(hours=1.1 * hours),
        flow_info=(), station_ids=(), service_ids=(), line_ids=("line",), end_ports=("A", "B"),
        ship_ids=tuple(f"ship-{n}" for n in range(ships)), berth_ids=("A.berths", "B.berths"), yard_ids=(),
        gate_ids=("A", "B"), unit_loads=("t",), months=(),
        flows=np.zeros(0, dtype=w.flow_record), stages=np.zeros(0, dtype=w.stage_record),
        stations=np.zeros(0, dtype=w.station_record), services=np.zeros(0, dtype=w.service_record),
        ends=ends, ships=fleet, berths=quays, yards=np.zeros(0, dtype=w.yard_record),
        period_h=np.array([0.0, 1.1 * hours]), period_month=np.array([-1], dtype=np.int64),
        rate=np.zeros((1, 0)), payload_t=np.zeros((1, ships, 2)), active=np.ones((1, ships), dtype=np.int64),
        servers=np.zeros((1, 0), dtype=np.int64), berth_servers=np.array([[berths, ships]], dtype=np.int64),
        room=np.zeros((ships, 1)), yard_units=np.ones(1), ship_berth=np.tile(np.array([0, 1]), (ships, 1)),
        unit_h=np.zeros((2, 1)), weather=Weather(),
    )  # fmt: skip
