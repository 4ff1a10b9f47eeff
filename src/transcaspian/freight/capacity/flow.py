"""The face of the room: `solve_capacity_flow(problem)` gives flows, unmet demand and the price of every limit."""

from __future__ import annotations

from dataclasses import replace

from transcaspian.freight.capacity.answer import dearest_rows, frozen_answer
from transcaspian.freight.capacity.checks import check_problem
from transcaspian.freight.capacity.generation import Generation
from transcaspian.freight.capacity.paths import PathSearch
from transcaspian.freight.capacity.prices import price_ranges
from transcaspian.freight.capacity.problem import FlowProblem
from transcaspian.freight.capacity.result import CapacityFlow

PROOF = 1e-9  # relative gap between objective and bound at which the answer counts as proven
SMOOTHING = 0.0  # share of the best prices so far in those asked with


def solve_capacity_flow(
    problem: FlowProblem,
    *,
    ranges: int | None = None,
    kinks: int = 20,
    gap: float = PROOF,
    max_rounds: int = 1000,
    smoothing: float = SMOOTHING,
) -> CapacityFlow:
    """Carry the demand at least total cost within all limits, and price every limit.

    Multi-commodity flow over several periods by column generation (Dantzig and Wolfe, 1960; Tomlin, 1966), exact,
    with a Lagrangian bound that proves it.

    Parameters
    ----------
    problem
        Network, limits and demand; see `problem.py` for shapes and units.
    ranges
        For how many priced limits (by period, the largest rent first) the range of the price is worked out; all of
        them unless said.
    kinks
        How many of these may be solved again where the capacity stands on a kink of the cost curve; the others are
        marked as not settled.
    gap
        Relative gap between objective and bound at which to stop; 0 runs until no path improves.
    max_rounds
        Stop after this many rounds; `convergence` then says how far it came.
    smoothing
        Share of the best prices so far in those used for pricing, from 0 to below 1 (Wentges, 1997).

    Returns
    -------
    CapacityFlow
        Frozen; demand that is not carried is in `unmet` with its reason.

    Raises
    ------
    InputError
        If an array has the wrong shape or an impossible value, a price of unmet demand is missing, or a cycle of
        arcs has negative cost; all problems at once.
    """
    check_problem(problem)
    search = PathSearch(problem)
    generation = Generation(search, smoothing=smoothing)
    optimum = generation.solve(gap=gap, max_rounds=max_rounds)
    answer = frozen_answer(problem, generation, optimum, gap=gap)
    rows = dearest_rows(optimum, search, ranges)
    return replace(answer, ranges=tuple(price_ranges(generation, optimum.answer, rows, kinks=kinks)))
