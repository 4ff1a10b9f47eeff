"""From the last master programme to the frozen result: rounding cleared, scales undone, reasons named."""

from __future__ import annotations

import numpy as np

from transcaspian.freight.capacity._search_kernel import Floats, Ints
from transcaspian.freight.capacity.generation import Generation, Optimum
from transcaspian.freight.capacity.master import SolverFailure
from transcaspian.freight.capacity.paths import Columns, PathSearch
from transcaspian.freight.capacity.problem import FlowProblem
from transcaspian.freight.capacity.result import CapacityFlow, Convergence, UnmetReason

_PROOF_ROUNDING = 1e-8  # relative: the master's tolerance times a margin
_TINY = 1e-9  # flows and prices below this, in scaled units, are the solver's rounding


def frozen_answer(problem: FlowProblem, generation: Generation, optimum: Optimum, *, gap: float) -> CapacityFlow:
    """The optimum in the caller's numbers and units, without ranges yet."""
    search, master = generation.search, generation.master
    flow, left = _cleared(optimum, master.columns, search)
    paths = master.columns.pick(np.flatnonzero(flow > 0.0))
    flow = flow[flow > 0.0]
    money = search.money_scale * search.flow_scale
    objective = float(flow @ paths.cost + left @ search.unmet)
    if optimum.bound > objective + _PROOF_ROUNDING * abs(objective):
        raise SolverFailure(f"the bound {optimum.bound} lies above the objective {objective}: please report this")
    bound = min(optimum.bound, objective)  # above it by rounding at most
    relative = (objective - bound) / abs(objective) if objective else 0.0
    arc, period = (paths.step % search.n_arcs).astype(np.int32), (paths.step // search.n_arcs).astype(np.int32)
    commodity = search.commodity[paths.demand]
    by_arc = _by_arc(commodity, paths, flow, search)
    price = np.where(optimum.answer.row_price > _TINY, optimum.answer.row_price, 0.0)
    per_unit = price * search.money_scale / search.capacity_unit
    next_unit = search.unmet - optimum.answer.demand_price
    shape = problem.demand.amount.shape
    result = CapacityFlow(
        problem=problem,
        objective_usd=objective * money,
        bound_usd=bound * money,
        path_commodity=commodity,
        path_period=search.period[paths.demand],
        path_flow=flow * search.flow_scale,
        path_cost_usd=paths.cost * search.money_scale,
        path_first=paths.first,
        step_arc=arc,
        step_period=period,
        flow_commodity=by_arc[0],
        flow_period=by_arc[1],
        flow_arc=by_arc[2],
        flow=by_arc[3] * search.flow_scale,
        unmet=_table(left * search.flow_scale, search, shape, 0.0),
        unmet_reason=_table(_reasons(left, search), search, shape, 0).astype(np.int8),
        next_unit_usd=_table(next_unit * search.money_scale, search, shape, np.nan),
        limit_use=_use(problem, by_arc, search),
        price_usd=_limit_table(problem, per_unit, search),
        ranges=(),
        convergence=Convergence(
            relative_gap=relative,
            proven=relative <= max(gap, _TINY),
            rounds=optimum.rounds,
            columns=len(master.columns),
            rows_in_sight=master.rows_in_sight,
            rows=search.n_rows,
            simplex_iterations=master.iterations,
        ),
    )
    _freeze(result)
    return result


def dearest_rows(optimum: Optimum, search: PathSearch, count: int | None) -> list[int]:
    """Up to `count` priced rows (`None`: all), the largest rent first (price times capacity), so closed ones last."""
    price = np.where(optimum.answer.row_price > _TINY, optimum.answer.row_price, 0.0)
    order = np.lexsort((-price, -price * search.capacity))
    return [int(row) for row in order if price[row] > 0.0][:count]


def _cleared(optimum: Optimum, columns: Columns, search: PathSearch) -> tuple[Floats, Floats]:
    """Column flows and unmet amounts that add up to the demand exactly; nothing flows where nothing may."""
    flow = optimum.answer.flow.copy()
    closed = np.zeros(flow.size, bool)
    closed[columns.column_of_entry()[search.capacity[columns.row] == 0.0]] = True
    flow[closed | (flow <= _TINY)] = 0.0
    carried = np.bincount(columns.demand, weights=flow, minlength=search.n_demands)
    left = np.maximum(search.amount - carried, 0.0)
    left[left <= _TINY * (1.0 + search.amount)] = 0.0
    left[carried == 0.0] = search.amount[carried == 0.0]
    share = np.ones(search.n_demands)
    np.divide(search.amount - left, carried, out=share, where=carried > 0.0)
    return flow * share[columns.demand], left


def _by_arc(commodity: Ints, paths: Columns, flow: Floats, search: PathSearch) -> tuple[Ints, Ints, Ints, Floats]:
    """Commodity, period, arc and flow, paths added up, sorted in this order."""
    steps = search.n_arcs * search.n_periods
    path = np.repeat(np.arange(len(paths)), np.diff(paths.first))
    key, entry = np.unique(commodity[path].astype(np.int64) * steps + paths.step, return_inverse=True)
    total = np.bincount(entry, weights=flow[path], minlength=key.size).astype(float)
    who, period, arc = key // steps, key % steps // search.n_arcs, key % search.n_arcs
    return who.astype(np.int32), period.astype(np.int32), arc.astype(np.int32), total


def _reasons(left: Floats, search: PathSearch) -> Ints:
    """Why each demand that stays behind does so, asked of the network without prices and without closed limits."""
    reason = np.full(search.n_demands, int(UnmetReason.NONE), np.int32)
    if not left.any():
        return reason
    nothing = np.full(search.n_demands, -np.inf)
    free = search.cheapest(np.zeros(search.n_rows), nothing, everywhere=True)[0]
    walls = np.where(search.capacity == 0.0, np.inf, 0.0)
    around = search.cheapest(walls, nothing, everywhere=True)[0] if walls.any() else free
    why = np.full(search.n_demands, int(UnmetReason.FULL))
    why[around >= search.unmet] = UnmetReason.CLOSED
    why[free >= search.unmet] = UnmetReason.DEARER_THAN_UNMET
    why[np.isinf(free)] = UnmetReason.NO_WAY
    reason[left > 0.0] = why[left > 0.0]
    return reason


def _table(values: Floats | Ints, search: PathSearch, shape: tuple[int, ...], empty: float) -> Floats:
    table = np.full(shape, empty, float)
    table[search.commodity, search.period] = values
    return table


def _limit_table(problem: FlowProblem, values: Floats, search: PathSearch) -> Floats:
    table = np.zeros(problem.limits.capacity.shape)
    single = search.row_period >= 0
    table[search.row_limit[single], search.row_period[single]] = values[single]
    table[search.row_limit[~single]] = values[~single, None]
    return table


def _use(problem: FlowProblem, by_arc: tuple[Ints, Ints, Ints, Floats], search: PathSearch) -> Floats:
    """Capacity used of every limit in every period, limited or not."""
    limits, demand = problem.limits, problem.demand
    who, period, arc, flow = by_arc
    order = np.argsort(limits.arc, kind="stable")
    count = np.bincount(limits.arc, minlength=search.n_arcs)
    first = np.concatenate([[0], np.cumsum(count)])
    entry = np.repeat(np.arange(arc.size), count[arc])
    within = np.arange(entry.size) - np.repeat(np.cumsum(count[arc]) - count[arc], count[arc])
    use = order[np.repeat(first[arc], count[arc]) + within]
    table = np.zeros(limits.capacity.shape)
    amount = flow[entry] * limits.usage[demand.cargo[who[entry]], use] * search.flow_scale
    np.add.at(table, (limits.limit[use], period[entry]), amount)
    return table


def _freeze(result: CapacityFlow) -> None:
    for name in result.__dataclass_fields__:
        value = getattr(result, name)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
