"""A start for large problems: solve every period alone, then put their bases side by side.

Without stock and slow arcs the periods hang together by nothing but pooled limits, so the paths and the basis of the
twelve small programmes are nearly those of the large one, for a fraction of the pivots. What ties the periods together
is left to the column generation that follows; the answer is the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from transcaspian.freight.capacity._search_kernel import Ints
from transcaspian.freight.capacity.generation import Generation
from transcaspian.freight.capacity.paths import PathSearch
from transcaspian.freight.capacity.problem import FlowProblem

_ROUGH = 1e-6  # relative gap at which a period is left


def start_by_period(generation: Generation, problem: FlowProblem) -> None:
    """Fill the master with the paths, limits in sight and basis of the periods solved alone."""
    search, master = generation.search, generation.master
    row_of = _row_table(search, problem)
    none = np.empty(0, bool)
    basic_columns, basic_rows, basic_demands = [none], [none], np.ones(search.n_demands, bool)
    rows, number = [np.empty(0, np.int32)], search.demand_table()
    for period in range(problem.n_periods):
        alone = Generation(PathSearch(_only(problem, period)))
        alone.solve(gap=_ROUGH, max_rounds=1000)
        small, columns = alone.search, alone.master.columns
        commodity = small.commodity[columns.demand]
        here = np.full(len(columns), period, np.int32)
        step = columns.step + period * search.n_arcs
        master.add_columns(search.known_columns(commodity, here, columns.first, step))
        column, row, demand = alone.master.basis()
        basic_columns.append(column)
        basic_rows.append(row)
        basic_demands[number[small.commodity, period]] = demand
        rows.append(row_of[small.row_limit[alone.master.rows], period])
    master.add_rows(np.concatenate(rows))
    master.set_basis(np.concatenate(basic_columns), np.concatenate(basic_rows), basic_demands)


def _only(problem: FlowProblem, period: int) -> FlowProblem:
    """One period of the problem, without pooled limits; arcs with a lag lead nowhere in it."""
    network, limits, demand = problem.network, problem.limits, problem.demand
    here = slice(period, period + 1)
    cost = network.cost if network.cost.shape[1] == 1 else network.cost[:, here]
    capacity = np.where(limits.pooled[:, None], np.inf, limits.capacity[:, here])
    return FlowProblem(
        replace(network, cost=cost),
        replace(limits, capacity=capacity),
        replace(demand, amount=demand.amount[:, here], unmet_usd=demand.unmet_usd[:, here]),
    )


def _row_table(search: PathSearch, problem: FlowProblem) -> Ints:
    table = np.full(problem.limits.capacity.shape, -1, np.int32)
    single = search.row_period >= 0
    table[search.row_limit[single], search.row_period[single]] = np.flatnonzero(single)
    return table
