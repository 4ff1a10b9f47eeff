"""Stochastic equilibrium over given paths with shared limits, by Newton's method on how full the limits are.

Answers: which flows choose themselves, when everybody waits at limits that all fill together?
Takes: plain arrays.  Gives: `FixedPoint`.  Never knows: places, cargo.

Everybody of want w chooses among its paths by path-size logit at the waits; the waits follow from how full the limits
are; how full they are follows from the choice: a fixed point of as many unknowns as limits, however many paths (Daganzo
and Sheffi, 1977; dual view of Fisk, 1980). Solved by Newton's method with a line search (Bell, 1998, has it for logit),
and by self-regulated averages (Liu, He and He, 2009) where a step does not help. Cargo may use limits in units of its
own (a wagon and a box take different parts of a train), which the equilibrium on links in `freight/equilibrium` cannot
say; with one unit the two agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from transcaspian.errors import InputError, Problem
from transcaspian.freight.flows._waits_kernel import solve_small

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Waits = Callable[[Floats], tuple[Floats, Floats]]

RESIDUAL = 1e-10
ROUNDS = 200
_LEAST_STEP = 1e-3
_FULL_AT_FIRST = 0.9  # utilisation
_GREW, _FELL = 1.8, 0.05  # as in `equilibrium/stochastic.py`


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceProblem:
    """Paths, what they use, and who wants to go."""

    first: Ints  # (n_wants + 1,) paths of each want
    amount: Floats  # (n_wants,) tonnes
    cost: Floats  # (n_paths,) generalised cost without waits, USD per tonne
    scale: Floats  # (n_paths,) of the logit, per USD of a tonne; the same for all paths of a want
    path_size: Floats  # (n_paths,)
    hour: Floats  # (n_paths,) USD per tonne and hour of waiting
    use: sparse.csr_array  # (n_paths, n_limits) share of the limit's whole capacity for each tonne
    passes: sparse.csr_array  # (n_paths, n_limits) how often a path waits there


@dataclass(frozen=True, slots=True)
class Round:
    """One line of the convergence report."""

    iteration: int
    residual: float
    gap: float  # what all would save on their cheapest path, over what they pay: 0 in a user equilibrium
    step: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class FixedPoint:
    """Flows that choose themselves, or as near to it as was reached."""

    flow: Floats  # (n_paths,) tonnes
    utilisation: Floats  # (n_limits,) of capacity
    wait_h: Floats  # (n_limits,)
    residual: float  # sum of |choice − flow| over all demand
    converged: bool
    rounds: tuple[Round, ...]
    seconds: float


def solve_fixed_point(
    problem: ChoiceProblem,
    waits_h: Waits,
    *,
    start: Floats | None = None,
    sharpness: float = 1.0,
    residual: float = RESIDUAL,
    rounds: int = ROUNDS,
) -> FixedPoint:
    """Find the fixed point.

    Parameters
    ----------
    problem
        Paths and demand; wants without paths carry nothing.
    waits_h
        Waits at given utilisations of the limits, and their slopes; all of shape (n_limits,).
    start
        Utilisations to begin with, of a neighbour; else those of the choice without any waits.
    sharpness
        Factor on all scales, above 0: as it grows, the answer tends to the user equilibrium among the paths.
    residual
        To be reached, above 0.
    rounds
        At most, at least 1.

    Raises
    ------
    InputError
        If a setting is out of its bounds.
    """
    if not (sharpness > 0.0 and residual > 0.0 and rounds >= 1):
        what = f"sharpness {sharpness:g}, residual {residual:g} or rounds {rounds} is not above 0"
        raise InputError(Problem("flows.settings", "solve_fixed_point", what, "give positive numbers."))
    began = time.perf_counter()
    choice = _Choice(problem, waits_h, sharpness)
    if start is None:  # what nobody would begin with is a queue without end
        full = np.minimum(choice.use_of(choice.flow(np.zeros(problem.use.shape[1]))), _FULL_AT_FIRST)
    else:
        full = start.copy()
    report: list[Round] = []
    weight, last, newton = 0.0, np.inf, True
    while True:
        flow, off = choice.off(full)
        there = choice.residual(full, flow, off)
        report.append(Round(len(report) + 1, there, choice.gap(flow, full), weight, time.perf_counter() - began))
        if there <= residual or len(report) >= rounds:
            break
        move = choice.newton_move(full, flow, off) if newton else None
        step, taken = _line_search(choice, full, off, move)
        if taken is None:  # the Newton step does not help here: average towards the choice
            size = float(np.abs(off).sum())
            weight = 1.0 if weight < 1.0 else weight + (_GREW if size >= last else _FELL)
            last = size
            step, taken = 1.0 / weight, full + off / weight
        full = taken
        report[-1] = replace(report[-1], step=step)
    return FixedPoint(
        flow, full, waits_h(full)[0], there, there <= residual, tuple(report), time.perf_counter() - began
    )


def _line_search(choice: _Choice, full: Floats, off: Floats, move: Floats | None) -> tuple[float, Floats | None]:
    """The longest halving of a Newton step that brings flows and choice nearer to each other."""
    if move is None or not np.all(np.isfinite(move)):
        return 0.0, None
    size, step = float(np.abs(off).sum()), 1.0
    while step >= _LEAST_STEP:
        there = np.maximum(full + step * move, 0.0)
        if float(np.abs(choice.off(there)[1]).sum()) < (1.0 - 1e-4 * step) * size:
            return step, there
        step *= 0.5
    return 0.0, None


class _Choice:
    """The logit choice at given utilisations."""

    def __init__(self, problem: ChoiceProblem, waits_h: Waits, sharpness: float) -> None:
        self.problem, self.waits_h = problem, waits_h
        counts = np.diff(problem.first)
        self.starts = problem.first[:-1][counts > 0]
        self.rows = np.repeat(np.arange(self.starts.size), counts[counts > 0])
        self.amount = problem.amount[counts > 0]
        self.scale = problem.scale * sharpness
        self.use_t = problem.use.T.tocsr()
        self.passes = problem.passes.toarray()
        self.waited = self.passes.any(axis=0)

    def flow(self, wait: Floats) -> Floats:
        """Tonnes on each path at these waits."""
        if not self.starts.size:
            return np.zeros(0)
        utility = np.log(self.problem.path_size) - self.scale * self.cost(wait)
        weight = np.exp(utility - np.maximum.reduceat(utility, self.starts)[self.rows])
        share: Floats = weight / np.add.reduceat(weight, self.starts)[self.rows]
        return share * self.amount[self.rows]

    def cost(self, wait: Floats) -> Floats:
        """Generalised cost of each path at these waits."""
        return np.asarray(self.problem.cost + self.problem.hour * (self.problem.passes @ wait))

    def use_of(self, flow: Floats) -> Floats:
        """Utilisation of the limits by these flows."""
        return np.asarray(self.use_t @ flow)

    def off(self, full: Floats) -> tuple[Floats, Floats]:
        """The choice at these utilisations, and how far the utilisations it makes are from them."""
        flow = self.flow(self.waits_h(full)[0])
        return flow, self.use_of(flow) - full

    def residual(self, full: Floats, flow: Floats, off: Floats) -> float:
        """Sum over paths of |choice at what the flows fill − flow|, over all demand."""
        total = float(self.amount.sum())
        if total <= 0.0:
            return 0.0
        again = self.flow(self.waits_h(full + off)[0])
        return float(np.abs(again - flow).sum() / total)

    def gap(self, flow: Floats, full: Floats) -> float:
        """Relative gap of a user equilibrium among the paths, in cost and waits (constants included)."""
        if not self.starts.size:
            return 0.0
        cost = self.cost(self.waits_h(full)[0])
        spent = float(flow @ np.abs(cost))
        least = np.minimum.reduceat(cost, self.starts)[self.rows]
        return float(flow @ (cost - least)) / spent if spent > 0 else 0.0

    def newton_move(self, full: Floats, flow: Floats, off: Floats) -> Floats | None:
        """Step to where a linear choice would meet itself."""
        slope = self.waits_h(full)[1]
        sloping = np.flatnonzero((slope > 0.0) & self.waited)
        if not sloping.size:
            return off
        # d flow / d wait: −scale · flow · hour · (passes − mean of the want's passes), want by want.
        passes = self.passes[:, sloping] * (self.problem.hour * self.scale)[:, None]
        share = flow / np.maximum(self.amount[self.rows], 1e-300)
        mean = np.add.reduceat(share[:, None] * passes, self.starts, axis=0)[self.rows]
        response = -(flow[:, None] * (passes - mean)) * slope[sloping]
        # Only limits at which somebody waits feed back; the others follow.
        jacobian = np.ascontiguousarray(np.eye(sloping.size) - self.use_t[sloping] @ response)
        feeding = off[sloping].copy()
        if not solve_small(jacobian, feeding):
            return None
        return np.asarray(off + self.use_t @ (response @ feeding))
