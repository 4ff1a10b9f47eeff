"""Stochastic user equilibrium: everybody chooses by logit among given paths, at the delays all choices make together.

Answers: who goes which way when nobody knows, or wants, the cheapest path exactly?
Takes: `Network`, `Demand`, choice sets.  Gives: `StochasticEquilibrium`.  Never knows: places, commodities.

Daganzo and Sheffi (1977); for logit the minimum of Fisk's objective (1980). Found as a fixed point by averaging: each
round moves part of the way from the flows of the day to what the choice would be at their delays.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight.equilibrium._delay_kernel import delays_at
from transcaspian.freight.equilibrium._load_kernel import Costs, Load, load_paths
from transcaspian.freight.equilibrium._logit_kernel import choose
from transcaspian.freight.equilibrium.demand import Demand, group_trips
from transcaspian.freight.equilibrium.network import Network, number_for_search, renumbered
from transcaspian.freight.equilibrium.path_flows import PathFlows, class_flow_of, own_paths, with_flow, written_once

Floats = npt.NDArray[np.float64]
Averages = Literal["self_regulated", "weighted", "successive"]

RESIDUAL = 1e-8  # relative residual that counts as a fixed point unless another is asked for
ROUNDS = 20_000

# Self-regulated averages (Liu, He and He, 2009): the step is 1/beta, and beta grows by the first where the residual
# grew, by the second where it fell. Any first above 1 and second below 1 will do; these are our choice.
_GREW, _FELL = 1.8, 0.05
_WEIGHT = 1.0  # weighted averages: round k counts k to this power; 0 gives the plain method of successive averages


@dataclass(frozen=True, slots=True)
class StochasticRound:
    """One line of the convergence report."""

    iteration: int
    residual: float
    step: float  # how much of the way to the choice is gone
    seconds: float  # since the start


@dataclass(frozen=True, slots=True, eq=False)
class StochasticEquilibrium:
    """Flows that choose themselves; arrays are read-only."""

    flow: Floats  # (n_links,) of all classes
    class_flow: Floats  # (n_classes, n_links)
    time: Floats  # (n_links,) at these flows
    residual: float  # sum over all paths of |choice - flow|, over the demand that has paths
    converged: bool
    rounds: tuple[StochasticRound, ...]
    seconds: float
    paths: PathFlows  # the choice sets with their flows
    unmet: Floats  # (n_pairs,) demand without any path

    @property
    def iterations(self) -> int:
        """Rounds of averaging."""
        return len(self.rounds)


def stochastic_equilibrium(
    network: Network,
    demand: Demand,
    paths: PathFlows,
    *,
    scale: npt.ArrayLike,
    path_size: npt.ArrayLike | None = None,
    path_size_weight: float = 1.0,
    averages: Averages = "self_regulated",
    residual: float = RESIDUAL,
    rounds: int = ROUNDS,
) -> StochasticEquilibrium:
    """Logit or path-size logit equilibrium over given paths.

    The share of path k is `PS_k ** weight * exp(-scale * cost_k)` over the sum of its pair's paths; without path sizes
    it is plain logit. As the scale grows it tends to the user equilibrium among these paths.

    Parameters
    ----------
    network, demand
        As for the user equilibrium.
    paths
        Choice sets, such as `choice_sets` gives; flows in them are where the averaging begins, if there are any.
    scale
        How sharply all choose the cheaper path, per unit of time, above 0: one number, or one for each class.
    path_size
        From `path_sizes`, shape (n_paths,); none: plain logit.
    path_size_weight
        Their weight in the utility; Ben-Akiva and Bierlaire (1999) take 1.
    averages
        Step of the averaging: "self_regulated" (Liu, He and He, 2009), "weighted" (MSWA, same authors), or "successive"
        (MSA: Sheffi and Powell, 1982).
    residual
        Relative residual to be reached, above 0.
    rounds
        Rounds at most, at least 1.

    Raises
    ------
    InputError
        If a number is out of its bounds, or the paths are not of this network and demand.
    """
    began = time.perf_counter()
    numbering = number_for_search(network)
    trips, rows = group_trips(demand, numbering)
    sharp = np.broadcast_to(np.asarray(scale, np.float64), (network.n_classes,)).copy()
    _check(sharp, residual, rounds, averages)
    state, origin_of_path = own_paths(paths, network, demand, numbering, trips, rows)
    bias = _bias(path_size, path_size_weight, len(paths))[origin_of_path]
    lost = np.diff(state.first) == 0
    trips.unmet[lost], trips.amount[lost] = trips.amount[lost], 0.0
    delays = renumbered(network.delays, numbering.link).columns()
    costs = Costs(delays, np.ascontiguousarray(network.fixed[:, numbering.link]), False)
    load = Load(*(np.zeros(network.n_links) for _ in Load._fields))
    total = max(float(trips.amount.sum()), np.finfo(np.float64).tiny)
    chosen = np.empty(state.flow.size)
    if not state.flow.any():  # begin with the choice on the empty network
        load_paths(costs, load, state)
        choose(costs, trips, state, load, sharp, bias, chosen)
        state.flow[:] = chosen
    report: list[StochasticRound] = []
    steps = _Steps(averages)
    while True:
        load_paths(costs, load, state)
        absolute, length = choose(costs, trips, state, load, sharp, bias, chosen)
        step = steps.next(length)
        report.append(StochasticRound(len(report) + 1, absolute / total, step, time.perf_counter() - began))
        if absolute / total <= residual or len(report) == rounds:
            break
        state.flow[:] += step * (chosen - state.flow)
    back = np.argsort(numbering.link)
    unmet = np.zeros(len(demand))
    unmet[rows] = trips.unmet
    return StochasticEquilibrium(
        flow=written_once(load.flow[back]),
        class_flow=written_once(class_flow_of(costs, trips, state)[:, back]),
        time=written_once(delays_at(delays, load.flow)[0][back]),
        residual=report[-1].residual,
        converged=report[-1].residual <= residual,
        rounds=tuple(report),
        seconds=time.perf_counter() - began,
        paths=with_flow(paths, origin_of_path, state.flow),
        unmet=written_once(unmet),
    )


class _Steps:
    """How much of the way to go, round after round."""

    def __init__(self, averages: Averages) -> None:
        self.averages = averages
        self.count = 0
        self.sum = 0.0
        self.last = np.inf

    def next(self, length: float) -> float:
        """The next step, given the length of the difference between choice and flow."""
        self.count += 1
        if self.averages == "self_regulated":
            self.sum += 1.0 if self.count == 1 else (_GREW if length >= self.last else _FELL)
            self.last = length
            return 1.0 / self.sum
        weight = self.count**_WEIGHT if self.averages == "weighted" else 1.0
        self.sum += weight
        return weight / self.sum


def _bias(path_size: npt.ArrayLike | None, weight: float, n_paths: int) -> Floats:
    """What path sizes add to the utility of each path."""
    if path_size is None:
        return np.zeros(n_paths)
    size = np.asarray(path_size, np.float64)
    if size.shape != (n_paths,) or not np.all((size > 0.0) & (size <= 1.0 + 1e-12)) or not np.isfinite(weight):
        what = "these are not a path size above 0 and at most 1 for each path, with a finite weight"
        raise InputError(Problem("equilibrium.path_size", "path_size", what, "take them from `path_sizes`."))
    return np.asarray(weight * np.log(size))


def _check(scale: Floats, residual: float, rounds: int, averages: str) -> None:
    problems = [
        Problem("equilibrium.scale", f"scale, class {kind}", f"{scale[kind]:g} is not above 0", "give a finite number.")
        for kind in np.flatnonzero(~(np.isfinite(scale) & (scale > 0.0)))
    ]
    if not residual > 0.0:
        what = f"{residual:g} is not above 0"
        problems.append(Problem("equilibrium.gap", "residual", what, "give a residual such as 1e-6."))
    if rounds < 1:
        problems.append(Problem("equilibrium.rounds", "rounds", f"{rounds} is below 1", "allow a round at least."))
    if averages not in ("self_regulated", "weighted", "successive"):
        mend = "choose self_regulated, weighted or successive."
        problems.append(Problem("equilibrium.averages", "averages", f"{averages!r} is no way to average", mend))
    if problems:
        raise InputError(problems)
