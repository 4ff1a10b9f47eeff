"""The same problem written arc by arc, for HiGHS as it is: the reference that column generation must equal.

One column per commodity, period and arc, one balance per commodity, period and node: the formulation of the
textbooks (Ahuja, Magnanti and Orlin, 1993, chapter 17), with about a million columns where the path formulation needs
some thousands. The matrix is built whole by array arithmetic and passed whole. `arc_equations.py` writes the same
model equation by equation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix

from transcaspian.freight.capacity.checks import check_problem
from transcaspian.freight.capacity.problem import Floats, FlowProblem, Ints

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ArcModel:
    """minimise cost @ x, subject to low <= matrix @ x <= high, 0 <= x <= most; flows first, then unmet demand."""

    cost: Floats  # (n_columns,) USD per unit of flow
    most: Floats  # (n_columns,) of unmet demand what is asked: stock may not be left behind in a cheaper period
    matrix: Any  # scipy csc_matrix (n_rows, n_columns)
    low: Floats  # (n_rows,)
    high: Floats  # (n_rows,)
    commodity: Ints  # (n_flows,) of each flow column
    period: Ints
    arc: Ints
    unmet_commodity: Ints  # (n_unmet,) of each unmet column
    unmet_period: Ints
    limit_row: Longs  # (n_limits, n_periods) row of the matrix, -1 where nothing limits

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return int(self.cost.size)


@dataclass(frozen=True, slots=True, eq=False)
class ArcAnswer:
    """Optimum of the arc model, in the caller's units."""

    objective_usd: float
    flow: Floats  # (n_flows,) in the order of the model's columns
    unmet: Floats  # (n_commodities, n_periods)
    price_usd: Floats  # (n_limits, n_periods) per unit of capacity, at least 0
    simplex_iterations: int


def build_arc_model(problem: FlowProblem) -> ArcModel:
    """The model as one sparse matrix, without the arcs a commodity may not use or that leave its destination."""
    check_problem(problem)
    network, demand, n_periods = problem.network, problem.demand, problem.n_periods
    commodity, period, arc = _flow_columns(problem)
    asked_by, asked_in = (numbers.astype(np.int32) for numbers in np.nonzero(demand.amount > 0.0))
    n_flows, n_nodes = arc.size, network.n_nodes
    column = np.arange(n_flows)
    later = period + network.lag[arc]
    arrives = (network.head[arc] != demand.destination[commodity]) & (later < n_periods)
    n_balances = len(demand.id) * n_periods * n_nodes

    def balance(who: Ints, when: Ints, node: Ints) -> Longs:
        number: Longs = (who.astype(np.int64) * n_periods + when) * n_nodes + node
        return number

    limit_row, capacity = _limit_rows(problem, n_balances)
    used_row, used_column, used = _usage_entries(problem, commodity, period, arc, limit_row)
    source = balance(asked_by, asked_in, demand.origin[asked_by])
    rows = [
        balance(commodity, period, network.tail[arc]),
        balance(commodity, later, network.head[arc])[arrives],
        used_row,
        source,
    ]
    columns = [column, column[arrives], used_column, n_flows + np.arange(source.size)]
    values = [np.ones(n_flows), -np.ones(int(arrives.sum())), used, np.ones(source.size)]
    shape = (n_balances + capacity.size, n_flows + source.size)
    matrix = csc_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    high = np.concatenate([np.zeros(n_balances), capacity])
    high[source] = demand.amount[asked_by, asked_in]
    low = np.concatenate([high[:n_balances], np.full(capacity.size, -np.inf)])
    n_cost = network.cost.shape[1]
    fare = network.cost[demand.cargo[commodity], period % n_cost, arc]
    cost = np.concatenate([fare, demand.unmet_usd[asked_by, asked_in]])
    most = np.concatenate([np.full(n_flows, np.inf), demand.amount[asked_by, asked_in]])
    return ArcModel(cost, most, matrix, low, high, commodity, period, arc, asked_by, asked_in, limit_row)


def pass_to_highs(model: ArcModel, **options: Any) -> Any:
    """A `highspy.Highs` that holds the model and has not run yet; `options` are HiGHS's own."""
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = model.n_columns, model.high.size
    programme.col_cost_ = model.cost
    programme.col_lower_, programme.col_upper_ = np.zeros(model.n_columns), model.most
    programme.row_lower_, programme.row_upper_ = model.low, model.high
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_ = model.matrix.indptr
    programme.a_matrix_.index_ = model.matrix.indices
    programme.a_matrix_.value_ = model.matrix.data
    make: Any = highspy.Highs  # highspy leaves its constructor without types
    highs = make()
    for name, value in {"output_flag": False, "threads": 1, **options}.items():
        highs.setOptionValue(name, value)
    highs.passModel(programme)
    return highs


def solve_arc_model(problem: FlowProblem, **options: Any) -> ArcAnswer:
    """Solve the arc model with HiGHS; for comparison and small problems only.

    Raises
    ------
    InputError
        If the problem is wrong; see `solve_capacity_flow`.
    RuntimeError
        If HiGHS does not reach an optimum, as with a negative-cost cycle.
    """
    model = build_arc_model(problem)
    highs = pass_to_highs(model, **options)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS ended with status {highs.modelStatusToString(highs.getModelStatus())}")
    solution, info = highs.getSolution(), highs.getInfo()
    value, dual = np.array(solution.col_value), np.array(solution.row_dual)
    unmet = np.zeros(problem.demand.amount.shape)
    unmet[model.unmet_commodity, model.unmet_period] = value[model.arc.size :]
    price = np.where(model.limit_row >= 0, np.maximum(-dual[model.limit_row], 0.0), 0.0)
    flow = value[: model.arc.size]
    return ArcAnswer(info.objective_function_value, flow, unmet, price, info.simplex_iteration_count)


def _flow_columns(problem: FlowProblem) -> tuple[Ints, Ints, Ints]:
    """Commodity, period and arc of every flow that may be above 0."""
    network, demand = problem.network, problem.demand
    n_cost = network.cost.shape[1]
    period = np.arange(problem.n_periods)
    open_arc = np.isfinite(network.cost)[demand.cargo][:, period % n_cost]  # (n_commodities, n_periods, n_arcs)
    open_arc &= (network.tail[None, :] != demand.destination[:, None])[:, None, :]
    open_arc &= (period[:, None] + network.lag[None, :] < problem.n_periods)[None]
    commodity, when, arc = np.nonzero(open_arc)
    return commodity.astype(np.int32), when.astype(np.int32), arc.astype(np.int32)


def _limit_rows(problem: FlowProblem, after: int) -> tuple[Longs, Floats]:
    """The row of every limit and period, and the capacities in the order of these rows."""
    limits = problem.limits
    single = np.isfinite(limits.capacity) & ~limits.pooled[:, None]
    row = np.full(limits.capacity.shape, -1, np.int64)
    row[single] = after + np.arange(single.sum())
    together = np.flatnonzero(limits.pooled & np.isfinite(limits.capacity).all(axis=1))
    row[together] = after + single.sum() + np.arange(together.size)[:, None]
    return row, np.concatenate([limits.capacity[single], limits.capacity[together].sum(axis=1)])


def _usage_entries(
    problem: FlowProblem, commodity: Ints, period: Ints, arc: Ints, limit_row: Longs
) -> tuple[Longs, Longs, Floats]:
    """Row, column and units of capacity for every use of a limit by a flow."""
    limits, demand = problem.limits, problem.demand
    order = np.argsort(limits.arc, kind="stable")
    count = np.bincount(limits.arc, minlength=problem.network.n_arcs)
    first = np.concatenate([[0], np.cumsum(count)])
    column = np.repeat(np.arange(arc.size), count[arc])
    within = np.arange(column.size) - np.repeat(np.cumsum(count[arc]) - count[arc], count[arc])
    use = order[first[arc[column]] + within]
    row = limit_row[limits.limit[use], period[column]]
    value = limits.usage[demand.cargo[commodity[column]], use]
    real = (row >= 0) & (value > 0.0)
    return row[real], column[real], value[real]
