"""Small problems in a few words, and what must hold of every answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from transcaspian.freight.capacity import CapacityFlow, Demand, FlowNetwork, FlowProblem, Limits

Arc = tuple[int, int, float] | tuple[int, int, float, int]  # tail, head, USD per t, lag in periods (0)
EXACT = 1e-7  # relative to the size of the demands and prices of the problem: the solver's tolerance times a margin


def toy(
    arcs: Sequence[Arc],
    limits: Mapping[str, tuple[Sequence[float], Mapping[int, float]]],
    wants: Mapping[str, tuple[int, int, Sequence[float]]],
    *,
    unmet: float | Mapping[str, float] = 100.0,
    cargo: Mapping[str, int] | None = None,
    pooled: Sequence[str] = (),
    appetite: Sequence[float] = (1.0,),
    n_nodes: int | None = None,
) -> FlowProblem:
    """`limits`: capacity by period, and what each arc uses; `wants`: origin, destination, amount by period.

    `appetite` multiplies the use of every limit, one value per class of cargo.
    """
    n_arcs, n_classes = len(arcs), len(appetite)
    lag = [arc[3] if len(arc) > 3 else 0 for arc in arcs]
    cost = np.tile(np.array([arc[2] for arc in arcs], float), (n_classes, 1, 1)).reshape(n_classes, 1, n_arcs)
    nodes = n_nodes or 1 + max(max(arc[0], arc[1]) for arc in arcs)
    network = FlowNetwork(nodes, ints(arc[0] for arc in arcs), ints(arc[1] for arc in arcs), ints(lag), cost)
    uses = [(row, arc, use) for row, (_, used) in enumerate(limits.values()) for arc, use in used.items()]
    n_periods = len(next(iter(wants.values()))[2])
    table = Limits(
        tuple(limits),
        ("t",) * len(limits),
        np.array([capacity for capacity, _ in limits.values()], float).reshape(len(limits), n_periods),
        np.array([name in pooled for name in limits], bool),
        ints(row for row, _, _ in uses),
        ints(arc for _, arc, _ in uses),
        np.outer(appetite, [use for _, _, use in uses]),
    )
    price = [unmet[name] if isinstance(unmet, Mapping) else unmet for name in wants]
    demand = Demand(
        tuple(wants),
        ints((cargo or {}).get(name, 0) for name in wants),
        ints(origin for origin, _, _ in wants.values()),
        ints(goal for _, goal, _ in wants.values()),
        np.array([amount for _, _, amount in wants.values()], float),
        np.repeat(np.array(price, float)[:, None], n_periods, axis=1),
    )
    return FlowProblem(network, table, demand)


def ints(numbers: object) -> np.ndarray:
    return np.array(list(numbers), np.int32)  # type: ignore[call-overload]


def random_problem(seed: int, *, rounded: bool = False, negative: bool = False) -> FlowProblem:
    """Everything at once: two classes, stock, a slow arc, several limits per arc, a pooled one, a closed one, demand
    without a way. `rounded` gives whole numbers, and so ties and kinks; `negative` pays for using some arcs."""
    rng = np.random.default_rng(seed)
    n_nodes, n_links, n_periods, n_wants = 9, 26, 3, 6
    tail = rng.integers(0, n_nodes - 1, n_links)
    head = (tail + rng.integers(1, n_nodes - 1, n_links)) % (n_nodes - 1)  # nothing leads to the last node
    lag = np.where(rng.random(n_links) < 0.1, 1, 0)
    ports = rng.choice(n_nodes - 1, 2, replace=False)
    cost = rng.uniform(1.0, 30.0, (2, n_periods, n_links + 2))
    if negative:  # as if moving towards the higher node number earned a subsidy: no round trip gains from it
        cost[:, :, :n_links] += 4.0 * (tail - head)
    cost[rng.random(cost.shape) < 0.05] = np.inf
    network = FlowNetwork(
        n_nodes, ints([*tail, *ports]), ints([*head, *ports]), ints([*lag, 1, 1]), np.rint(cost) if rounded else cost
    )
    limit = np.concatenate([rng.integers(0, 12, 40), np.arange(12)])
    arc = np.concatenate([rng.integers(0, n_links + 2, 40), rng.integers(0, n_links, 12)])
    usage = rng.uniform(0.5, 2.0, (2, limit.size)) * (rng.random(limit.size) < 0.9)
    capacity = rng.uniform(5.0, 40.0, (12, n_periods))
    capacity[0] = np.inf
    capacity[1, 1] = 0.0
    if rounded:
        usage, capacity = np.ones_like(usage), 5.0 * np.rint(capacity / 5.0)
    pooled = np.arange(12) == 2
    names = tuple(f"limit{number}" for number in range(12))
    limits = Limits(names, ("t",) * 12, capacity, pooled, ints(limit), ints(arc), usage)
    origin = rng.integers(0, n_nodes - 1, n_wants)
    goal = (origin + rng.integers(1, n_nodes - 1, n_wants)) % (n_nodes - 1)
    goal[-1] = n_nodes - 1
    amount = rng.uniform(0.0, 30.0, (n_wants, n_periods))
    amount[0, 0] = 0.0
    unmet = rng.uniform(20.0, 200.0, (n_wants, n_periods))
    if rounded:
        amount, unmet = 5.0 * np.rint(amount / 5.0), np.rint(unmet)
    wants = tuple(f"want{number}" for number in range(n_wants))
    cargo = ints(rng.integers(0, 2, n_wants))
    return FlowProblem(network, limits, Demand(wants, cargo, ints(origin), ints(goal), amount, unmet))


def assert_flow_conserved(answer: CapacityFlow) -> None:
    """At every node but the destination, what leaves and stays equals what arrives and stands ready."""
    problem, n_periods = answer.problem, answer.problem.n_periods
    network, demand = problem.network, problem.demand
    balance = np.zeros((len(demand.id), n_periods, network.n_nodes))
    who, when, arc = answer.flow_commodity, answer.flow_period, answer.flow_arc
    np.add.at(balance, (who, when, network.tail[arc]), answer.flow)
    np.add.at(balance, (who, when + network.lag[arc], network.head[arc]), -answer.flow)
    everyone = np.arange(len(demand.id))
    balance[everyone, :, demand.origin] -= demand.amount - answer.unmet
    carried = (demand.amount - answer.unmet).sum(axis=1)
    np.testing.assert_allclose(balance[everyone, :, demand.destination].sum(axis=1), -carried, atol=1e-9)
    balance[everyone, :, demand.destination] = 0.0
    np.testing.assert_allclose(balance, 0.0, atol=1e-9)


def assert_optimal(answer: CapacityFlow) -> None:
    """Feasible, conserved, complementary, and strongly dual: together the proof of optimality of a linear programme."""
    limits, demand = answer.problem.limits, answer.problem.demand
    assert_flow_conserved(answer)
    assert np.all(answer.flow > 0.0)
    assert np.all(answer.unmet >= 0.0)
    assert np.all(answer.unmet <= demand.amount)
    assert np.all(answer.price_usd >= 0.0)
    use, capacity = answer.limit_use.copy(), limits.capacity.copy()
    use[limits.pooled] = use[limits.pooled].sum(axis=1, keepdims=True)
    capacity[limits.pooled] = capacity[limits.pooled].sum(axis=1, keepdims=True)
    assert np.all(use <= capacity * (1.0 + EXACT) + EXACT)
    assert np.all(use[capacity == 0.0] == 0.0)
    spare = np.where(np.isfinite(capacity), capacity - use, 1.0)
    assert np.all(
        np.abs(spare * answer.price_usd) <= EXACT * (1.0 + np.where(np.isfinite(capacity), capacity, 1.0)) * 1e2
    )
    worth = np.where(answer.price_usd > 0.0, answer.price_usd * np.where(np.isfinite(capacity), capacity, 0.0), 0.0)
    worth[limits.pooled, 1:] = 0.0  # one row for all periods
    dual = np.nansum(answer.next_unit_usd * demand.amount) - worth.sum()
    scale = 1.0 + abs(answer.objective_usd)
    assert abs(dual - answer.objective_usd) <= EXACT * scale
    assert answer.bound_usd <= answer.objective_usd
    assert answer.convergence.relative_gap <= EXACT
    by_path = answer.path_flow @ answer.path_cost_usd
    left = (answer.unmet * np.nan_to_num(demand.unmet_usd)).sum()
    assert abs(by_path + left - answer.objective_usd) <= 1e-9 * scale
