"""User equilibrium and system optimum: everybody on a cheapest path, or everybody's cost together at its least.

Answers: who goes which way when delays depend on flows?  Start reading at `user_equilibrium`.
Takes: `Network` and `Demand`.  Gives: `Equilibrium`.  Never knows: places, commodities, files.

Wardrop's first principle (1952) as the minimum of Beckmann, McGuire and Winsten (1956), solved on paths: rounds of
column generation (`_columns_kernel.py`) alternate with sweeps that shift flow between paths (`_shift_kernel.py`).
"""

from __future__ import annotations

import time

import numpy as np

from transcaspian.errors import InputError, Problem
from transcaspian.freight.equilibrium._columns_kernel import add_columns
from transcaspian.freight.equilibrium._delay_kernel import delays_at
from transcaspian.freight.equilibrium._load_kernel import Costs, Load, Paths, load_paths, load_trees
from transcaspian.freight.equilibrium._search_kernel import Trips
from transcaspian.freight.equilibrium._shift_kernel import shift_flows
from transcaspian.freight.equilibrium._swaps_kernel import find_swaps
from transcaspian.freight.equilibrium.demand import Demand, group_trips
from transcaspian.freight.equilibrium.network import Network, number_for_search, renumbered
from transcaspian.freight.equilibrium.path_flows import (
    PathFlows,
    class_flow_of,
    fixed_cost,
    own_paths,
    paths_in_use,
    written_once,
)
from transcaspian.freight.equilibrium.result import Equilibrium, Round

GAP = 1e-6  # relative gap that counts as equilibrium unless another is asked for
ROUNDS = 1000  # at most; 8 to 20 are usual
STALLED = 30  # rounds without a smaller gap: rounding is all that is left

# Settings of the method, found on the public test networks; they change the time it takes, not the answer.
_LAPS = 3  # loadings on trees before there are paths
_NEW_PATH = 0.001  # a new path must be cheaper by this part of the last relative gap
_ENOUGH = 0.03  # sweeps end when the paths known hold less than this part of the excess
_IDLE = 0.1  # a pair waits while its excess is below this part of the average
_NEWTON = 1e-3  # relative gap from which on all pairs are moved together,
_PATIENCE = 6  # or rounds after which they are in any case
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
        paths, _ = own_paths(start, network, demand, numbering, trips, rows)
    report: list[Round] = []
    least, since, near = np.inf, 0, 1.0
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
        shift_flows(
            costs, paths, load, swaps, _ENOUGH * excess, _IDLE, _SWEEPS, near < _NEWTON or len(report) > _PATIENCE
        )
    class_flow = class_flow_of(costs, trips, paths)
    own_time = delays_at(delays, load.flow)[0]
    unmet = np.zeros(len(demand))
    unmet[rows] = trips.unmet
    back = np.argsort(numbering.link)
    return Equilibrium(
        flow=written_once(load.flow[back]),
        class_flow=written_once(class_flow[:, back]),
        time=written_once(own_time[back]),
        objective=objective,
        total_cost=float(load.flow @ own_time) + fixed_cost(costs, class_flow),
        relative_gap=near,
        converged=near <= gap and not fresh,
        rounds=tuple(report),
        seconds=time.perf_counter() - began,
        paths=paths_in_use(paths, rows, len(demand), numbering.link),
        unmet=written_once(unmet),
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
