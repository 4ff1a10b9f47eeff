"""Static meets dynamic: equilibrium and simulation in turns, until flows and waits agree.

The equilibrium says who takes which crossing at given waits; the simulation says how long ships, trains and cargo wait
when so much comes, with storms, full ships and chance. Each round hands the assigned tonnes to the simulation as its
arrivals, and the simulated waits back as a correction of the delay functions:

    correction(k + 1) = correction(k) + step (simulated wait(k) - wait in the equilibrium(k)),

so that the functions say how waits change with flow, the simulation how long they are. At the fixed point both see
the same flows and the same waits. The same seed is used in every round (common random numbers), so that rounds differ
by their flows alone; each wait has its own step, which halves when its error turns its sign and grows while it does not
(as Rprop does; Riedmiller and Braun, 1993). What has not agreed after the last round is said.

Only what both models have is corrected and compared: berths by their hours, borders, gauge changes and lines with
limited paths of whose tonnes nine tenths cross the sea, and waiting for a ship. A berth whose tightest limit is a
yearly figure, which the simulation does not know, keeps the wait of its delay function; so does a line full of other
cargo.
Cargo that the equilibrium sends over a crossing on which the tables give it no route is added to what is alike.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.corridor.changes import RowChange
from transcaspian.corridor.network import ArcKind
from transcaspian.errors import InputError, Problem
from transcaspian.freight.flows.assignment import Assigned, solve_equilibrium
from transcaspian.freight.flows.capacity import CostChange
from transcaspian.freight.flows.limits import BERTHS
from transcaspian.freight.flows.result import FlowResult, LimitFlow
from transcaspian.freight.simulation import CrossingQuestion, SimulationResult, simulate
from transcaspian.freight.simulation.chains import BACK
from transcaspian.freight.simulation.fleet import lines_of

FLOWS_AGREE = 0.002  # share of all simulated tonnes that may still change their crossing between two rounds
WAITS_AGREE_H = 0.5  # hours a passage by which simulated and assumed waits may differ, weighted by tonnes
ROUNDS = 16
REPLICATIONS = 4
STEP = 0.7
_SMALLEST_STEP, _LARGEST_STEP = 0.05, 1.0
_SEEN = 0.9  # of a row's tonnes that must be in the simulation for its wait to be that of the row

Share = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class LoopRound:
    """One line of the convergence table."""

    round: int
    flow_change: float  # share of the tonnes on the simulated crossings that took another one than in the last round
    wait_gap_h: float  # simulated less assumed wait, absolute, mean over passages weighted by tonnes
    simulated_wait_h: float  # mean over the same passages
    assumed_wait_h: float
    step: float  # mean over the waits that are corrected
    simulated_t: float  # tonnes over the crossings that the simulation had as arrivals


@dataclass(frozen=True, eq=False)
class LoopResult:
    """The last round, and how it got there."""

    flows: FlowResult
    simulation: SimulationResult
    assigned: Assigned
    rounds: tuple[LoopRound, ...]
    converged: bool
    correction_h: Mapping[str, float]  # by row of a limit


def solve_loop(corridor: Corridor, **settings: Any) -> FlowResult:
    """The flows of the last round, with the convergence table in them; `settings` as in `run_loop`."""
    return run_loop(corridor, **settings).flows


def run_loop(
    corridor: Corridor,
    *,
    year: int = 2024,
    growth: float = 1.0,
    rounds: int = ROUNDS,
    replications: int = REPLICATIONS,
    seed: int = 1,
    change_cost: CostChange | None = None,
    progress: Callable[[LoopRound], None] | None = None,
) -> LoopResult:
    """Equilibrium and simulation of a year in turns.

    Parameters
    ----------
    corridor
        With the changes of a scenario.
    year, growth
        As in `solve_equilibrium`.
    rounds
        At most so many, at least 2.
    replications
        Simulated years in a round; their mean wait is what the equilibrium gets.
    seed
        Of the simulation, the same in every round.
    change_cost
        What a policy makes of the tariffs, see `tariffs.py`.
    progress
        Called after every round.

    Returns
    -------
    LoopResult
        `converged` is false, and a note says by how much, where flows and waits did not come to agree.

    Raises
    ------
    InputError
        If there are fewer than 2 rounds, or one of the two models cannot use the tables.
    """
    if rounds < 2:
        raise InputError(Problem("flows.rounds", "--rounds", f"{rounds} rounds show nothing", "give 2 or more."))
    began = time.perf_counter()
    question = CrossingQuestion(dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
    correction: dict[str, float] = {}
    table: list[LoopRound] = []
    before: Share = {}
    start: Assigned | None = None
    steps: dict[str, float] = {}
    last: dict[str, float] = {}
    while True:
        result, start = solve_equilibrium(
            corridor, year=year, growth=growth, start=start, extra_wait_h=correction, change_cost=change_cost
        )
        share = crossing_shares(corridor, start)
        arrivals, simulated_t = with_arrivals(corridor, share, start, growth=growth)
        run = simulate(arrivals, replace(question, growth=growth), replications=replications, seed=seed, workers=1)
        waits = simulated_waits_h(run, corridor)
        assumed, weight = _comparable(corridor, result, start)
        gap, mean_simulated, mean_assumed = _disagreement(waits, assumed, weight)
        step = float(np.mean(list(steps.values()))) if steps else STEP
        line = LoopRound(
            len(table) + 1, _change(before, share), gap, mean_simulated, mean_assumed, step, simulated_t
        )  # fmt: skip
        table.append(line)
        if progress is not None:
            progress(line)
        agree = line.flow_change <= FLOWS_AGREE and gap <= WAITS_AGREE_H and len(table) > 1
        if agree or len(table) >= rounds:
            break
        errors = {row: wait - assumed[row].delay_h for row, wait in waits.items() if row in assumed}
        for row, error in errors.items():
            if row in last and error * last[row] != 0.0:
                factor = 0.5 if error * last[row] < 0.0 else 1.2
                steps[row] = min(_LARGEST_STEP, max(_SMALLEST_STEP, steps[row] * factor))
            correction[row] = correction.get(row, 0.0) + steps.setdefault(row, STEP) * error
        before, last = share, errors
    seconds = time.perf_counter() - began
    return LoopResult(_told(result, table, seconds, agree), run, start, tuple(table), agree, correction)


def crossing_shares(corridor: Corridor, assigned: Assigned) -> Share:
    """By row of demand and service with ships: the share of the row's tonnes that crosses by it."""
    lines = set(lines_of(corridor))
    wants = assigned.prepared.wants
    carried: Share = {}
    asked: dict[str, float] = {}
    for period in assigned.flows:
        sets, network = period.sets, period.sets.network
        ids = [str(one) for one in network.corridor["services"].mid["id"]]
        for want, amount in enumerate(period.amount_t):
            asked[wants.id[want]] = asked.get(wants.id[want], 0.0) + float(amount)
        sails = (network.kind[sets.arcs] == ArcKind.MOVE) & (network.service[sets.arcs] >= 0)
        owner = np.repeat(np.arange(sets.n_paths), np.diff(sets.arc_first))[sails]
        service = network.service[sets.arcs[sails]]
        for path, row in np.unique(np.column_stack((owner, service)), axis=0).tolist():
            if ids[row] in lines and period.flow_t[path] > 0:
                key = (wants.id[int(sets.want[path])], ids[row])
                carried[key] = carried.get(key, 0.0) + float(period.flow_t[path])
    return {key: tonnes / asked[key[0]] for key, tonnes in carried.items() if asked[key[0]] > 0}


def with_arrivals(corridor: Corridor, share: Share, assigned: Assigned, *, growth: float) -> tuple[Corridor, float]:
    """The corridor whose demand routes carry the assigned shares, and the tonnes a year on them.

    Cargo without a route on its crossing is added to the routes of the same unit load on that crossing.
    """
    routes, demand = corridor["demand_routes"], corridor["demand"]
    wants = assigned.prepared.wants
    tonnes = {want: float(wants.amount_t[row].sum()) * growth for row, want in enumerate(wants.id)}
    loads = {want: demand.text(demand.get_row(want), "unit_load") for want in wants.id}
    base: dict[tuple[str, str], float] = {}
    for row in range(len(routes)):
        key = (routes.text(row, "demand"), routes.text(row, "service"))
        found = routes.estimate(row, "share")
        base[key] = base.get(key, 0.0) + (found.mid if found else 1.0)
    wanted: dict[tuple[str, str], float] = {}
    routed: dict[tuple[str, str], float] = {}
    for (want, service), part in share.items():
        kind = (service, loads[want])
        wanted[kind] = wanted.get(kind, 0.0) + part * tonnes[want]
        if (want, service) in base:
            routed[kind] = routed.get(kind, 0.0) + part * tonnes[want]
    changes, simulated = [], 0.0
    for row, route in enumerate(routes):
        key = (routes.text(row, "demand"), routes.text(row, "service"))
        found = routes.estimate(row, "share")
        own = (found.mid if found else 1.0) / base[key] if base[key] > 0 else 0.0
        kind = (key[1], loads.get(key[0], ""))
        alike = wanted.get(kind, 0.0) / routed[kind] if routed.get(kind, 0.0) > 0 else 1.0
        value = share.get(key, 0.0) * own * alike
        simulated += value * tonnes.get(key[0], 0.0)
        changes.append(RowChange("demand_routes", route, "set", "share", value, origin="loop"))
    return corridor.with_changes(changes), simulated


def simulated_waits_h(run: SimulationResult, corridor: Corridor) -> dict[str, float]:
    """Mean wait of the simulated year, hours, by row of a limit: facility, link (both directions), service.

    Waiting for a ship follows from Little's law, queue over arrivals, and counts what exceeds the wait for a departure
    that the network already has.
    """
    columns = run.arrays["facilities"].mean(axis=0)
    sums: dict[str, list[float]] = {}
    for name, row in zip(run.facility_ids, columns, strict=True):
        both = sums.setdefault(name.removesuffix(BACK), [0.0, 0.0])
        both[0] += float(row[0] * row[1])
        both[1] += float(row[0])
    waits = {name: hours / jobs for name, (hours, jobs) in sums.items() if jobs > 0}
    waits.update(_ship_waits_h(run, corridor))
    return waits


def _ship_waits_h(run: SimulationResult, corridor: Corridor) -> dict[str, float]:
    plan, services = run.plan, corridor["services"]
    hours = plan.window_h[1] - plan.window_h[0]
    units = run.arrays["shipped"].mean(axis=0).sum(axis=0)  # (F,) in the window
    queue = run.arrays["queue_units"].mean(axis=(0, 1))  # (n_ends,)
    found = {}
    for line, service in enumerate(plan.line_ids):
        shipped = sum(float(units[n]) for n, flow in enumerate(plan.flow_info) if flow.service == service)
        waiting = float(queue[2 * line] + queue[2 * line + 1])
        departures = services.estimate(services.get_row(service), "departures_per_week")
        usual = 84.0 / departures.mid if departures and departures.mid > 0 else 0.0
        if shipped > 0:
            found[service] = max(0.0, waiting * hours / shipped - usual)
    return found


def _comparable(
    corridor: Corridor, result: FlowResult, assigned: Assigned
) -> tuple[dict[str, LimitFlow], dict[str, float]]:
    """The rows whose wait both models know, and the tonnes that pass each."""
    lines = lines_of(corridor)
    whole, seen = _row_tonnes(assigned, set(lines))
    kinds = dict(zip(corridor["facilities"], corridor["facilities"].texts("kind"), strict=True))
    found = {}
    for one in (*result.facilities, *result.links, *result.fleets):
        if one.unit == "" or whole.get(one.id, 0.0) <= 0.0 or seen.get(one.id, 0.0) < _SEEN * whole[one.id]:
            continue
        if kinds.get(one.id) in BERTHS and not one.unit.startswith("berth-hour"):
            continue
        if one.id not in kinds and one.id not in corridor["links"] and one.id not in lines:
            continue
        found[one.id] = one
    return found, whole


def _row_tonnes(assigned: Assigned, lines: set[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Tonnes over every facility, link and service, and those of them on paths that cross by a simulated line."""
    whole: dict[str, float] = {}
    seen: dict[str, float] = {}
    for period in assigned.flows:
        sets, network = period.sets, period.sets.network
        owner = np.repeat(np.arange(sets.n_paths), np.diff(sets.arc_first))
        services = network.corridor["services"].mid["id"]
        by_line = np.array([str(one) in lines for one in services], bool)
        sails = (network.kind[sets.arcs] == ArcKind.MOVE) & (network.service[sets.arcs] >= 0)
        crosses = np.zeros(sets.n_paths, bool)
        crosses[owner[sails][by_line[network.service[sets.arcs[sails]]]]] = True
        for name, of_arc in (("facilities", network.facility), ("links", network.link), ("services", network.service)):
            rows = of_arc[sets.arcs]
            ids = network.corridor[name].mid["id"]
            for path, row in np.unique(np.column_stack((owner, rows))[rows >= 0], axis=0).tolist():
                tonnes = float(period.flow_t[path])
                whole[str(ids[row])] = whole.get(str(ids[row]), 0.0) + tonnes
                if crosses[path]:
                    seen[str(ids[row])] = seen.get(str(ids[row]), 0.0) + tonnes
    return whole, seen


def _disagreement(
    waits: Mapping[str, float], assumed: Mapping[str, LimitFlow], weight: Mapping[str, float]
) -> tuple[float, float, float]:
    """Mean |simulated − assumed| wait, and both means, weighted by the tonnes that pass."""
    rows = [row for row in waits if row in assumed]
    whole = sum(weight[row] for row in rows)
    if whole <= 0.0:
        return 0.0, 0.0, 0.0
    gap = sum(weight[row] * abs(waits[row] - assumed[row].delay_h) for row in rows)
    simulated = sum(weight[row] * waits[row] for row in rows)
    return gap / whole, simulated / whole, sum(weight[row] * assumed[row].delay_h for row in rows) / whole


def _change(before: Share, now: Share) -> float:
    """Half the absolute change of the shares over their sum: what part of the crossings' cargo moved."""
    whole = sum(now.values()) or 1.0
    moved = sum(abs(now.get(key, 0.0) - before.get(key, 0.0)) for key in {*before, *now})
    return moved / 2.0 / whole


def _told(result: FlowResult, table: Sequence[LoopRound], seconds: float, agree: bool) -> FlowResult:
    last = table[-1]
    lines = tuple(
        {"round": float(one.round), "flow_change": one.flow_change, "wait_gap_h": one.wait_gap_h,
         "simulated_wait_h": one.simulated_wait_h, "assumed_wait_h": one.assumed_wait_h, "step": one.step}
        for one in table
    )  # fmt: skip
    notes = list(result.notes)
    if not agree:
        notes.append(
            f"flows and waits did not come to agree in {len(table)} rounds: {100 * last.flow_change:.2g} % of the "
            f"cargo still changes its crossing, and waits differ by {last.wait_gap_h:.2g} h a passage"
        )
    convergence = replace(
        result.convergence, relative_gap=last.flow_change, iterations=len(table), seconds=seconds,
        converged=agree and result.convergence.converged, rounds=lines,
    )  # fmt: skip
    return replace(result, method="loop", convergence=convergence, notes=tuple(notes))
