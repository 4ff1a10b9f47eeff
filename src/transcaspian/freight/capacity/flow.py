"""The face of the room: `solve_capacity_flow(problem)` gives flows, unmet demand and the price of every limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from transcaspian.errors import InputError, Problem
from transcaspian.freight.capacity.answer import dearest_rows, frozen_answer
from transcaspian.freight.capacity.checks import check_problem
from transcaspian.freight.capacity.generation import Generation
from transcaspian.freight.capacity.paths import PathSearch
from transcaspian.freight.capacity.periods import start_by_period
from transcaspian.freight.capacity.prices import price_ranges
from transcaspian.freight.capacity.problem import FlowProblem
from transcaspian.freight.capacity.result import CapacityFlow

PROOF = 1e-9  # relative gap between objective and bound at which the answer counts as proven
SMOOTHING = 0.0  # share of the best prices so far in those asked with
_MANY_ROWS = 4000  # from here on the master costs more than solving each period alone beforehand; measured


def solve_capacity_flow(
    problem: FlowProblem,
    *,
    ranges: int | None = None,
    kinks: int = 20,
    gap: float = PROOF,
    max_rounds: int = 1000,
    smoothing: float = SMOOTHING,
    start: CapacityFlow | None = None,
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
    start
        The answer to a problem like this one, on the same arcs and with the same limits and commodities (amounts,
        costs and capacities may differ): its paths and prices save rounds and change nothing else.

    Returns
    -------
    CapacityFlow
        Frozen; demand that is not carried is in `unmet` with its reason.

    Raises
    ------
    InputError
        If an array has the wrong shape or an impossible value, a price of unmet demand is missing, or a cycle of
        arcs has negative cost; all problems at once.
    SolverFailure
        If HiGHS gives up, which is no fault of the input.
    """
    check_problem(problem)
    search = PathSearch(problem)
    generation = Generation(search, smoothing=smoothing)
    if start is not None:
        _prime(generation, problem, start)
    elif search.n_rows >= _MANY_ROWS and problem.n_periods > 1:
        start_by_period(generation, problem)
    optimum = generation.solve(gap=gap, max_rounds=max_rounds)
    answer = frozen_answer(problem, generation, optimum, gap=gap)
    rows = dearest_rows(optimum, search, ranges)
    return replace(answer, ranges=tuple(price_ranges(generation, optimum.answer, rows, kinks=kinks)))


def _prime(generation: Generation, problem: FlowProblem, start: CapacityFlow) -> None:
    search, old = generation.search, start.problem
    pairs = [(getattr(problem.network, name), getattr(old.network, name)) for name in ("tail", "head", "lag")]
    pairs += [(problem.demand.origin, old.demand.origin), (problem.demand.destination, old.demand.destination)]
    same = all(np.array_equal(mine, other) for mine, other in pairs) and problem.limits.id == old.limits.id
    if not same or problem.n_periods != old.n_periods:
        what = "is the answer to a problem with other arcs, limits, commodities or periods."
        raise InputError(Problem("flow.input", "start", what, "give an answer on the same ones, or none."))
    step = start.step_period.astype(np.int64) * search.n_arcs + start.step_arc
    columns = search.known_columns(start.path_commodity, start.path_period, start.path_first, step)
    price = start.price_usd[search.row_limit, np.maximum(search.row_period, 0)]
    generation.prime(columns, price * search.capacity_unit / search.money_scale)
