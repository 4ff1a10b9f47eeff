"""A fresh world for one replication of a plan, and its run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from transcaspian.errors import InputError, Problem
from transcaspian.freight.simulation._views import addresses
from transcaspian.freight.simulation._world import (
    DONE,
    END,
    FREE_LOT,
    MORE_EVENTS,
    MORE_LOTS,
    MORE_MOVES,
    MORE_STARTS,
    MORE_VOYAGES,
    N_BINS,
    N_CAUSES,
    N_COUNTERS,
    SERVE,
    STREAMS,
    TRAVEL,
    Floats,
    Records,
    World,
    gate_record,
    lot_record,
)
from transcaspian.freight.simulation._year_kernel import run_year
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.weather import Intervals, joined
from transcaspian.runs.streams import stream_key

# How many things fit at first, and when it must stop growing: a system that takes more has run away.
_FIRST_SIZES = {MORE_LOTS: 1 << 14, MORE_EVENTS: 1 << 14, MORE_STARTS: 1 << 8, MORE_VOYAGES: 1 << 14, MORE_MOVES: 0}
_LARGEST_LOTS = 1 << 20
_MOST_TO_COME = 3e7  # consignments in one run of the crossing


def run_world(plan: Plan, *, seed: int, replication: int, antithetic: bool = False, trace: bool = False) -> World:
    """One replication, run to its end.

    Parameters
    ----------
    plan
        What is simulated.
    seed, replication
        Name the random numbers; equal ones give equal worlds, to the byte.
    antithetic
        True: every uniform u of the kernel's streams becomes 1 - u; storms stay as they are.
    trace
        True: moves of traced flows are logged, for the animated map.

    Returns
    -------
    world
        After its last event.

    Raises
    ------
    InputError
        If more consignments pile up than fit any memory: demand is far above capacity.
    """
    closures = shut_intervals(plan, seed=seed, replication=replication)
    keys = np.array([stream_key(seed, replication, name, antithetic=antithetic) for name in STREAMS], dtype=np.uint64)
    sizes = dict(_FIRST_SIZES)
    if trace:
        sizes[MORE_MOVES] = 1 << 14
    while True:
        world = _fresh(plan, closures, keys, sizes)
        table = addresses(world)  # must live until the kernel returns
        status = run_year(table.ctypes.data)
        if status == DONE:
            return world
        sizes[status] = 4 * sizes[status]
        if sizes[MORE_LOTS] > _LARGEST_LOTS:
            raise InputError(_flooded(f"more than {_LARGEST_LOTS:,} consignments are under way at once"))


def check_demand(plan: Plan) -> None:
    """Refuse a plan whose consignments nobody can wait for.

    Raises
    ------
    InputError
        If more than thirty million would come.
    """
    to_come = float((plan.rate.sum(axis=1) * np.diff(plan.period_h)).sum())
    if to_come > _MOST_TO_COME:
        raise InputError(_flooded(f"{to_come:.2g} consignments would come"))


def _flooded(what: str) -> Problem:
    mend = "lower the demand or raise the capacity."
    return Problem("simulate.flooded", "--growth", f"{what}: demand is far above capacity", mend)


def shut_intervals(plan: Plan, *, seed: int, replication: int) -> dict[int, Intervals]:
    """The closed intervals of each gate in one replication: drawn and given, joined."""
    shut = plan.weather.closures(plan.period_h, seed=seed, replication=replication)
    if plan.weather_from_h > 0:
        shut = {gate: _after(intervals, plan.weather_from_h) for gate, intervals in shut.items()}
    for gate, start_h, end_h in plan.given:
        shut.setdefault(gate, []).append((start_h, end_h))
    return {gate: joined(intervals) for gate, intervals in shut.items() if intervals}


def _after(intervals: Intervals, hour: float) -> Intervals:
    """The part of intervals after an hour."""
    return [(max(start, hour), end) for start, end in intervals if end > hour]


def _fresh(plan: Plan, closures: Mapping[int, Intervals], keys: np.ndarray, sizes: Mapping[int, int]) -> World:
    """The world at hour 0."""
    gates, shut_from_h, shut_until_h = _gates(plan, closures)
    turns = sorted(
        (hour, sign, gate)
        for gate, intervals in closures.items()
        for start, end in intervals
        for hour, sign in ((start, 1), (end, -1))
        if hour < plan.end_h
    )
    n_flows, n_stations, n_berths, n_ends = (
        len(plan.flow_info), len(plan.station_ids), len(plan.berth_ids), len(plan.end_ports),
    )  # fmt: skip
    n_months, days = len(plan.months), plan.days if plan.daily else 0
    lots = np.zeros(sizes[MORE_LOTS], dtype=lot_record)
    lots["next"] = np.arange(1, lots.size + 1)
    lots["next"][-1] = -1
    counters = np.zeros(N_COUNTERS, dtype=np.int64)
    counters[FREE_LOT] = 0
    most = plan.servers.max(axis=0, initial=0) if n_stations else np.zeros(0, dtype=np.int64)
    stations = plan.stations.copy()
    stations["first_server"] = np.concatenate(([0], np.cumsum(most)[:-1])) if n_stations else 0
    stages, berths, ships, flows = plan.stages.copy(), plan.berths.copy(), plan.ships.copy(), plan.flows.copy()
    stages["sigma"], berths["sigma"] = _sigma(stages["cv"]), _sigma(berths["cv"])
    ships["sail_sigma"] = _sigma(np.maximum(ships["sail_cv"], 0.0))
    first = flows["first_stage"]
    flows["passing"] = (
        (stages["kind"][first] == SERVE)
        & (np.append(stages["kind"], TRAVEL)[first + 1] == END)
        & (flows["empties"] < 0)
    )
    sizes_e = sizes[MORE_EVENTS]
    return World(
        lots=lots,
        flows=flows,
        stages=stages,
        stations=stations,
        services=plan.services.copy(),
        ends=plan.ends.copy(),
        ships=ships,
        berths=berths,
        gates=gates,
        yards=plan.yards.copy(),
        free_h=np.zeros(int(most.sum())),
        starts_h=np.zeros((n_stations, sizes[MORE_STARTS] if plan.daily else 0)),
        shut_from_h=shut_from_h,
        shut_until_h=shut_until_h,
        turn_h=np.array([hour for hour, _, _ in turns], dtype=np.float64),
        turn_gate=np.array([gate for _, _, gate in turns], dtype=np.int64),
        turn_sign=np.array([sign for _, sign, _ in turns], dtype=np.int64),
        period_h=plan.period_h,
        period_month=plan.period_month,
        rate=plan.rate,
        payload_t=plan.payload_t,
        active=plan.active,
        servers=plan.servers,
        berth_servers=plan.berth_servers,
        room=plan.room,
        yard_units=plan.yard_units,
        ship_berth=plan.ship_berth,
        unit_h=plan.unit_h,
        waiting=np.zeros((n_ends, len(plan.unit_loads))),
        keys=keys,
        window_h=np.array(plan.window_h),
        heap_h=np.zeros(sizes_e),
        heap_rank=np.zeros(sizes_e, dtype=np.int64),
        heap_who=np.zeros(sizes_e, dtype=np.int64),
        counters=counters,
        wait_bins=np.zeros((n_stations + n_berths + len(plan.yard_ids), N_BINS), dtype=np.int64),
        journey_bins=np.zeros((n_flows, N_BINS)),
        journeys=np.zeros((n_flows, 2 + N_CAUSES)),
        shipped=np.zeros((n_months, n_flows)),
        created=np.zeros((n_months, n_flows)),
        arrived=np.zeros((n_months, n_flows)),
        trains=np.zeros((n_months, len(plan.service_ids)), dtype=np.int64),
        calls=np.zeros((n_months, n_berths), dtype=np.int64),
        queue_ships=np.zeros((days, n_berths), dtype=np.int64),
        queue_jobs=np.zeros((days, n_stations), dtype=np.int64),
        queue_units=np.zeros((days, n_ends)),
        voyages=np.zeros((sizes[MORE_VOYAGES] if len(plan.ship_ids) else 1, 6)),
        moves=np.zeros((sizes[MORE_MOVES], 4)),
    )


def _sigma(cv: Floats) -> Floats:
    """Deviation of the logarithm of a lognormal number with this coefficient of variation."""
    sigma: Floats = np.sqrt(np.log1p(cv * cv))
    return sigma


def _gates(plan: Plan, closures: Mapping[int, Intervals]) -> tuple[Records, np.ndarray, np.ndarray]:
    """Gates that all stand open, with their intervals in two flat arrays."""
    gates = np.zeros(len(plan.gate_ids), dtype=gate_record)
    gates["first"] = -1
    gates["last"] = -1
    shut_from_h: list[float] = []
    shut_until_h: list[float] = []
    for gate in range(len(plan.gate_ids)):
        gates[gate]["first_interval"] = len(shut_from_h)
        for start, end in closures.get(gate, ()):
            shut_from_h.append(start)
            shut_until_h.append(end)
        gates[gate]["last_interval"] = len(shut_from_h)
    return gates, np.array(shut_from_h, dtype=np.float64), np.array(shut_until_h, dtype=np.float64)
