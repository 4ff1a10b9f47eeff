"""The arc model equation by equation, in linopy: to be read, and to hold the other two against.

| symbol | title | unit | where |
|---|---|---|---|
| `flow[commodity, period, arc]` | what enters an arc | t per period | variable, at least 0 |
| `unmet[commodity, period]` | what stays at the origin | t per period | variable, 0 to `amount` |
| `cost` | arc cost of the commodity's class | USD per t | `FlowNetwork.cost` |
| `amount` | what stands ready at the origin | t per period | `Demand.amount` |
| `price` | price of leaving it | USD per t | `Demand.unmet_usd` |
| `usage` | capacity used per unit of flow | unit per t | `Limits.usage` |
| `capacity` | what a limit lets through | unit per period | `Limits.capacity` |

`unmet` stops at `amount`: cargo may not be stored first and left behind in a cheaper period.
Dense arrays over all combinations: for some ten thousand columns, not for a million. t stands for the unit of flow.
"""

from __future__ import annotations

from typing import Any

import linopy
import numpy as np
import xarray as xr

from transcaspian.freight.capacity.checks import check_problem
from transcaspian.freight.capacity.problem import FlowProblem


def write_equations(problem: FlowProblem) -> linopy.Model:
    """The whole model; its constraints are `node_balance`, `limit` and `pooled_limit`."""
    check_problem(problem)
    model = linopy.Model()
    add_variables(model, problem)
    add_node_balance(model, problem)
    add_limits(model, problem)
    add_pooled_limits(model, problem)
    cost, price = _arc_cost(problem), _over(problem, "unmet_usd")
    model.add_objective((_flow(model) * cost).sum() + (_unmet(model) * price).sum())
    return model


def add_variables(model: linopy.Model, problem: FlowProblem) -> None:
    """`flow` where the class is allowed, the cargo not yet there and the horizon long enough; `unmet` where asked."""
    network, demand = problem.network, problem.demand
    period = np.arange(problem.n_periods)
    allowed = np.isfinite(network.cost[:, period % network.cost.shape[1]][demand.cargo])
    allowed &= (network.tail[None, :] != demand.destination[:, None])[:, None, :]
    allowed &= (period[:, None] + network.lag[None, :] < problem.n_periods)[None]
    mask = _array(allowed, "commodity", "period", "arc")
    model.add_variables(lower=xr.zeros_like(mask, dtype=float), mask=mask, name="flow")
    asked = _over(problem, "amount")
    model.add_variables(lower=xr.zeros_like(asked), upper=asked, mask=asked > 0.0, name="unmet")


def add_node_balance(model: linopy.Model, problem: FlowProblem) -> None:
    """What leaves a node, less what arrives there, plus what is left there, is what stands ready; t per period.

    sum_{arcs out of n} flow[k, t, a] - sum_{arcs a into n} flow[k, t - lag_a, a] + unmet[k, t] (at the origin)
    = amount[k, t] (at the origin), else 0, for every node n but the destination, which takes what comes.
    """
    network, demand = problem.network, problem.demand
    node = np.arange(network.n_nodes)
    leaves = _array(network.tail[:, None] == node, "arc", "node")
    origin = _array(demand.origin[:, None] == node, "commodity", "node")
    elsewhere = _array(demand.destination[:, None] != node, "commodity", "node")
    balance = (_flow(model) * leaves).sum("arc") + _unmet(model) * origin
    for lag in np.unique(network.lag):
        arrives = _array((network.head[:, None] == node) & (network.lag[:, None] == lag), "arc", "node")
        balance = balance - (_flow(model, before=int(lag)) * arrives).sum("arc")
    ready = _over(problem, "amount") * origin
    mask = elsewhere & xr.ones_like(ready, dtype=bool)
    model.add_constraints(balance == ready, name="node_balance", mask=mask)


def add_limits(model: linopy.Model, problem: FlowProblem) -> None:
    """What all cargo uses of a limit in a period is at most its capacity then; units of the limit per period.

    sum_{k, a} usage[limit, k, a] flow[k, t, a] <= capacity[limit, t], wherever the capacity is finite.
    """
    capacity = _capacity(problem)
    single = np.isfinite(capacity) & ~_array(problem.limits.pooled, "limit")
    if single.any():
        model.add_constraints(_use(model, problem) <= capacity.where(single, 0.0), name="limit", mask=single)


def add_pooled_limits(model: linopy.Model, problem: FlowProblem) -> None:
    """What all cargo uses of a pooled limit over all periods is at most the sum of its capacities; units of the limit.

    sum_{t, k, a} usage[limit, k, a] flow[k, t, a] <= sum_t capacity[limit, t].
    """
    capacity = _capacity(problem).sum("period")
    pooled = np.isfinite(capacity) & _array(problem.limits.pooled, "limit")
    if pooled.any():
        use = _use(model, problem).sum("period")
        model.add_constraints(use <= capacity.where(pooled, 0.0), name="pooled_limit", mask=pooled)


def _flow(model: linopy.Model, *, before: int = 0) -> Any:
    """`flow`, of so many periods before; where there is no such variable, 0."""
    flow = model["flow"].shift(period=before) if before else model["flow"]
    return flow.fillna(0)


def _unmet(model: linopy.Model) -> Any:
    return model["unmet"].fillna(0)


def _use(model: linopy.Model, problem: FlowProblem) -> Any:
    limits, n_arcs = problem.limits, problem.network.n_arcs
    usage = np.zeros((len(limits.id), problem.network.n_classes, n_arcs))
    for entry, (limit, arc) in enumerate(zip(limits.limit, limits.arc, strict=True)):
        usage[limit, :, arc] += limits.usage[:, entry]
    per_commodity = _array(usage[:, problem.demand.cargo], "limit", "commodity", "arc")
    return (_flow(model) * per_commodity).sum(["commodity", "arc"])


def _arc_cost(problem: FlowProblem) -> xr.DataArray:
    network = problem.network
    cost = network.cost[:, np.arange(problem.n_periods) % network.cost.shape[1]][problem.demand.cargo]
    return _array(np.where(np.isfinite(cost), cost, 0.0), "commodity", "period", "arc")


def _capacity(problem: FlowProblem) -> xr.DataArray:
    return _array(problem.limits.capacity, "limit", "period")


def _over(problem: FlowProblem, column: str) -> xr.DataArray:
    values = np.where(problem.demand.amount > 0.0, getattr(problem.demand, column), 0.0)
    return _array(values, "commodity", "period")


def _array(values: Any, *axes: str) -> xr.DataArray:
    """Values with named axes, numbered from 0."""
    return xr.DataArray(
        values, dims=axes, coords={axis: np.arange(n) for axis, n in zip(axes, values.shape, strict=True)}
    )
