"""User equilibrium and system optimum: everybody on a cheapest path, or everybody's cost together at its least.

Answers: who goes which way when delays depend on flows?  Start reading at `user_equilibrium`.
Takes: `Network` and `Demand`.  Gives: `Equilibrium`.  Never knows: places, commodities, files.

Wardrop's first principle (1952) as the minimum of Beckmann, McGuire and Winsten (1956), solved on paths: rounds of
column generation (`_columns_kernel.py`) alternate with sweeps that shift flow between paths (`_shift_kernel.py`).
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight.equilibrium._columns_kernel import add_columns
from transcaspian.freight.equilibrium._delay_kernel import delays_at
from transcaspian.freight.equilibrium._load_kernel import Costs, Load, Paths, class_flows, load_paths, load_trees, pick_paths
from transcaspian.freight.equilibrium._search_kernel import Trips
from transcaspian.freight.equilibrium._shift_kernel import shift_flows
from transcaspian.freight.equilibrium._swaps_kernel import find_swaps
from transcaspian.freight.equilibrium.demand import Demand, group_trips
from transcaspian.freight.equilibrium.network import Network, Numbering, number_for_search, renumbered
from transcaspian.freight.equilibrium.result import Equilibrium, PathFlows, Round

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

GAP = 1e-6  # relative gap that counts as equilibrium unless another is asked for
ROUNDS = 1000  # at most; 8 to 20 are usual
STALLED = 30  # rounds without a smaller gap: rounding is all that is left

# Settings of the method, found on the public test networks; they change the time it takes, not the answer.
_LAPS = 2  # loadings on trees before there are paths
_NEW_PATH = 0.01  # a new path must be cheaper by this part of the last relative gap
_ENOUGH = 0.03  # sweeps end when the paths known hold less than this part of the excess
_IDLE = 0.1  # a pair waits while its excess is below this part of the average
_NEWTON = 1e-3  # relative gap from which on all pairs are moved together
_SWEEPS = 20  # at most, per round

_NO_PATHS = Paths(np.zeros(1, np.int32), np.zeros(0), np.zeros(1, np.int32), np.zeros(0, np.int32))


def user_equilibrium(
    network: Network, demand: Demand, *, gap: float = GAP, start: PathFlows | None = None, rounds: int = ROUNDS
) -> Equilibrium:
    """Flows at which nobody finds a cheaper path (Wardrop's first principle, 1952).

    Path-based gradient projection: Jayakrishnan et al. (1994), in the greedy order of Xie, Nie and Liu (2018).

    Parameters
    ----------
    network
        Links with delays; each class pays the delay and its own fixed cost, in units of time.
    demand
        Pairs. What nothing connects is not loaded and stands in `unmet` of the result.
    gap
        Relative gap to be reached: what all would save on cheapest paths, over what they spend. Above 0.
    start
        Paths to begin with, as in the result for a neighbouring question with the same pairs in the same order.
        Their flows are scaled to this demand.
    rounds
        Rounds of column generation at most, at least 1.

    Returns
    -------
    Equilibrium
        With `converged` false when the gap was not reached; `objective` is Beckmann's.

    Raises
    ------
    InputError
        If the gap or the number of rounds is out of its bounds, or the paths to begin with are not of this network.
    """
    return _solve(network, demand, gap, start, rounds, marginal=False)


def system_optimum(
    network: Network, demand: Demand, *, gap: float = GAP, start: PathFlows | None = None, rounds: int = ROUNDS
) -> Equilibrium:
    """Flows at which all together spend least (Wardrop's second principle, 1952).

    The equilibrium under marginal costs, `time + flow * slope` (Pigou, 1920): what each unit meets and what it does to
    all others. Parameters, errors and result as in `user_equilibrium`; `objective` is the total cost, and the gap is
    measured in marginal costs. Beyond a queue's knee the total stays convex, so that the optimum is the only one.
    """
    return _solve(network, demand, gap, start, rounds, marginal=True)


def _solve(
    network: Network, demand: Demand, gap: float, start: PathFlows | None, rounds: int, *, marginal: bool
) -> Equilibrium:
    began = time.perf_counter()
    _check_settings(gap, rounds)
    numbering = number_for_search(network)
    trips, rows = group_trips(demand, numbering)
    delays = renumbered(network.delays, numbering.link).columns()
    costs = Costs(delays, np.ascontiguousarray(network.fixed[:, numbering.link]), marginal)
    load = Load(*(np.zeros(network.n_links) for _ in Load._fields))
    load_paths(costs, load, _NO_PATHS)
    if start is None:
        paths = load_trees(numbering.star, costs, trips, load, _LAPS)
    else:
        paths = given_paths(start, network, demand, numbering, trips, rows)
    report: list[Round] = []
    least, since, near, fresh = np.inf, 0, 1.0, False
    while True:
        load_paths(costs, load, paths)
        objective = _objective(costs, trips, paths, load)
        tolerance = max(_NEW_PATH * min(near, 0.01), 1e-15)
        paths, several, spent, excess, fresh = add_columns(numbering.star, costs, trips, paths, load, tolerance)
        near = excess / spent if spent > 0.0 else 0.0
        report.append(Round(len(report) + 1, near, objective, time.perf_counter() - began))
        least, since = (near, 0) if near < least else (least, since + 1)
        if (near <= gap and not fresh) or len(report) == rounds or since == STALLED:
            break
        swaps = find_swaps(trips, paths, several, network.n_links)
        shift_flows(costs, paths, load, swaps, _ENOUGH * excess, _IDLE, _SWEEPS, near < _NEWTON)
    class_flow = class_flow_of(costs, trips, paths)
    own_time = delays_at(delays, load.flow)[0]
    unmet = np.zeros(len(demand))
    unmet[rows] = trips.unmet
    back = np.argsort(numbering.link)
    return Equilibrium(
        flow=_still(load.flow[back]),
        class_flow=_still(class_flow[:, back]),
        time=_still(own_time[back]),
        objective=objective,
        total_cost=float(load.flow @ own_time) + fixed_cost(costs, class_flow),
        relative_gap=near,
        converged=near <= gap and not fresh,
        rounds=tuple(report),
        seconds=time.perf_counter() - began,
        paths=paths_in_use(paths, rows, len(demand), numbering.link),
        unmet=_still(unmet),
    )


def _check_settings(gap: float, rounds: int) -> None:
    problems = []
    if not 0.0 < gap < 1.0:
        what = f"{gap:g} is not above 0 and below 1"
        problems.append(Problem("equilibrium.gap", "gap", what, "give a relative gap such as 1e-6."))
    if rounds < 1:
        problems.append(Problem("equilibrium.rounds", "rounds", f"{rounds} is below 1", "allow a round at least."))
    if problems:
        raise InputError(problems)


def _objective(costs: Costs, trips: Trips, paths: Paths, load: Load) -> float:
    """What is minimised: Beckmann's objective, or with marginal costs the total cost."""
    own_time, _, _, integral = delays_at(costs.delays, load.flow)
    shared = float(load.flow @ own_time) if costs.marginal else float(integral.sum())
    class_flow = load.flow[None, :] if len(costs.fixed) == 1 else class_flow_of(costs, trips, paths)
    return shared + fixed_cost(costs, class_flow)


def class_flow_of(costs: Costs, trips: Trips, paths: Paths) -> Floats:
    """Flow of each class on each link, shape (n_classes, n_links)."""
    flow = np.zeros(costs.fixed.shape)
    class_flows(trips, paths, flow)
    return flow


def fixed_cost(costs: Costs, class_flow: Floats) -> float:
    """What all classes pay besides the delay."""
    used = class_flow > 0.0  # where a class may not go its cost is infinite, and its flow zero
    return float(class_flow[used] @ costs.fixed[used])


def paths_in_use(paths: Paths, rows: npt.NDArray[np.int64], n_pairs: int, name: Ints) -> PathFlows:
    """The paths with flow in the order of the demand, links with the network's numbers."""
    pair = np.repeat(rows, np.diff(paths.first))
    used = np.flatnonzero(paths.flow > 0.0)
    chosen = used[np.argsort(pair[used], kind="stable")].astype(np.int32)
    picked = pick_paths(paths, _starts(pair[chosen], n_pairs), chosen, name)
    return PathFlows(*(_still(column) for column in picked))


def given_paths(
    start: PathFlows,
    network: Network,
    demand: Demand,
    numbering: Numbering,
    trips: Trips,
    rows: npt.NDArray[np.int64],
) -> Paths:
    """The paths to begin with, in the kernels' order and numbers, with flows that add up to the demand."""
    check_paths(start, network, demand)
    n_paths, count = np.diff(start.first)[rows], int(start.flow.size)
    pair = np.repeat(np.arange(rows.size), n_paths)
    chosen = np.concatenate([np.arange(start.first[row], start.first[row + 1]) for row in rows] or [np.zeros(0)])
    usable = _open_paths(start, network, demand)[chosen.astype(np.int64)] if count else np.zeros(0, np.bool_)
    pair, chosen = pair[usable], chosen[usable].astype(np.int32)
    flow = np.maximum(start.flow[chosen], 0.0)
    total = np.bincount(pair, flow, minlength=rows.size)
    flow = np.where(total[pair] > 0.0, flow * (trips.amount / np.where(total > 0.0, total, 1.0))[pair], 0.0)
    number = np.argsort(numbering.link).astype(np.int32)
    writable = Paths(*(np.array(getattr(start, name)) for name in Paths._fields))
    picked: Paths = pick_paths(writable, _starts(pair, rows.size), chosen, number)
    return picked._replace(flow=flow)


def check_paths(paths: PathFlows, network: Network, demand: Demand) -> None:
    """Refuse paths that are not chains of the network's links from each pair's origin to its destination."""
    if paths.first.size != len(demand) + 1 or paths.link_first.size != paths.flow.size + 1:
        what = f"{paths.first.size - 1} pairs with paths for {len(demand)} pairs of demand"
        raise InputError(Problem("equilibrium.paths", "paths", what, "give paths for the same pairs."))
    lengths = np.diff(paths.link_first)
    if not (np.all(lengths > 0) and np.all((paths.links >= 0) & (paths.links < network.n_links))):
        what = "a path is empty or has links that are not there"
        raise InputError(Problem("equilibrium.paths", "paths", what, "give paths of this network."))
    pair = np.repeat(np.arange(len(demand)), np.diff(paths.first))
    starts, stops = paths.link_first[:-1], paths.link_first[1:] - 1
    tail, head = network.tail[paths.links], network.head[paths.links]
    joined = np.ones(paths.links.size, np.bool_)
    joined[1:] = head[:-1] == tail[1:]
    joined[starts] = tail[starts] == demand.origin[pair]
    broken = ~np.logical_and.reduceat(joined, starts) if pair.size else np.zeros(0, np.bool_)
    broken |= head[stops] != demand.destination[pair]
    problems = [
        Problem("equilibrium.paths", f"pair {pair[path]}, path {path}", "does not lead from origin to destination",
                "give the links in travel order.")
        for path in np.flatnonzero(broken)
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def _open_paths(paths: PathFlows, network: Network, demand: Demand) -> npt.NDArray[np.bool_]:
    """Paths that their class may use and that pass no node closed to through traffic."""
    starts = paths.link_first[:-1]
    pair = np.repeat(np.arange(len(demand)), np.diff(paths.first))
    kind = np.repeat(demand.kind[pair], np.diff(paths.link_first))
    open_ = np.isfinite(network.fixed[kind, paths.links])
    passes = ~network.no_through[network.tail[paths.links]]
    passes[starts] = True
    return np.asarray(np.logical_and.reduceat(open_ & passes, starts))


def _starts(pair: npt.NDArray[np.int64], n_pairs: int) -> Ints:
    """First path of each pair, from the pair of each path, ascending."""
    first = np.zeros(n_pairs + 1, np.int32)
    np.cumsum(np.bincount(pair, minlength=n_pairs), out=first[1:])
    return first


def _still(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
