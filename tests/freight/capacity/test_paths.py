"""The search against a plain twin on the time-expanded graph, columns against steps, and what Johnson's trick keeps."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from transcaspian.freight.capacity import FlowProblem
from transcaspian.freight.capacity.paths import PathSearch

from .toys import random_problem, toy

SEEDS = range(8)


def toll(problem: FlowProblem, search: PathSearch, multiplier: np.ndarray, cargo: int, period: int, arc: int) -> float:
    """Cost and tolls of one arc, limit by limit; row prices are per inner unit of capacity."""
    limits, network = problem.limits, problem.network
    total = network.cost[cargo, period % network.cost.shape[1], arc] / search.money_scale
    for row in range(search.n_rows):
        if search.row_period[row] not in {-1, period}:
            continue
        used = limits.usage[cargo, (limits.limit == search.row_limit[row]) & (limits.arc == arc)].sum()
        total += multiplier[row] * used / search.capacity_unit[row]
    return float(total)


def expanded(problem: FlowProblem, search: PathSearch, multiplier: np.ndarray, cargo: int, goal: int) -> nx.DiGraph:
    """The time-expanded graph of one class, all arrivals joined in "goal"."""
    network, graph = problem.network, nx.DiGraph()
    graph.add_node("goal")
    for period in range(problem.n_periods):
        graph.add_edge((goal, period), "goal", weight=0.0)
        for arc in range(network.n_arcs):
            tail, head, later = network.tail[arc], network.head[arc], period + network.lag[arc]
            price = toll(problem, search, multiplier, cargo, period, arc)
            if tail == goal or later >= problem.n_periods or not np.isfinite(price):
                continue
            old = graph.get_edge_data((tail, period), (head, later))
            if old is None or price < old["weight"]:
                graph.add_edge((tail, period), (head, later), weight=price)
    return graph


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("negative", [False, True])
def test_the_search_finds_what_bellman_and_ford_find_on_the_expanded_graph(seed: int, negative: bool) -> None:
    problem = random_problem(seed, negative=negative)
    search = PathSearch(problem)
    multiplier = np.random.default_rng(seed).uniform(0.0, 100.0, search.n_rows)
    least, _ = search.cheapest(multiplier, search.unmet, everywhere=True)
    for number in range(search.n_demands):
        commodity, period = search.commodity[number], search.period[number]
        origin, goal = problem.demand.origin[commodity], problem.demand.destination[commodity]
        graph = expanded(problem, search, multiplier, int(search.cargo[number]), int(goal))
        start = (origin, period)
        if start not in graph or not nx.has_path(graph, start, "goal"):
            assert np.isinf(least[number])
        else:
            found = nx.bellman_ford_path_length(graph, start, "goal")
            assert least[number] == pytest.approx(found, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("negative", [False, True])
def test_a_column_costs_and_uses_what_its_steps_do(seed: int, negative: bool) -> None:
    problem = random_problem(seed, negative=negative)
    network, search = problem.network, PathSearch(problem)
    multiplier = np.random.default_rng(seed).uniform(0.0, 10.0, search.n_rows)
    least, columns = search.cheapest(multiplier, search.unmet)
    np.testing.assert_allclose(columns.cost + columns.toll(multiplier), least[columns.demand], rtol=1e-9, atol=1e-9)
    assert len(columns)
    for number in range(len(columns)):
        steps = columns.step[columns.first[number] : columns.first[number + 1]]
        demand = columns.demand[number]
        cargo, commodity = int(search.cargo[demand]), search.commodity[demand]
        node, now = problem.demand.origin[commodity], search.period[demand]
        for period, arc in zip(steps // network.n_arcs, steps % network.n_arcs, strict=True):
            assert (network.tail[arc], period) == (node, now)
            node, now = network.head[arc], now + network.lag[arc]
        assert node == problem.demand.destination[commodity]
        paid = sum(toll(problem, search, multiplier, cargo, s // network.n_arcs, s % network.n_arcs) for s in steps)
        assert paid == pytest.approx(least[demand], abs=1e-9)
        rows = columns.row[columns.start[number] : columns.start[number + 1]]
        assert np.unique(rows).size == rows.size


@pytest.mark.parametrize("seed", SEEDS)
def test_prices_beyond_that_of_unmet_demand_are_at_least_that(seed: int) -> None:
    search = PathSearch(random_problem(seed))
    multiplier = np.random.default_rng(seed).uniform(0.0, 300.0, search.n_rows)
    some, _ = search.cheapest(multiplier, search.unmet)
    whole, _ = search.cheapest(multiplier, search.unmet, everywhere=True)
    near = whole < search.unmet
    np.testing.assert_array_equal(some[near], whole[near])
    assert np.all(some[~near] >= search.unmet[~near])


def test_scales_are_powers_of_two_so_that_nothing_is_rounded() -> None:
    search = PathSearch(random_problem(1))
    for scale in (search.flow_scale, search.money_scale, *search.capacity_unit):
        assert np.log2(scale) == round(np.log2(scale))


def test_picked_and_joined_columns_are_the_same_columns() -> None:
    search = PathSearch(random_problem(2))
    _, columns = search.cheapest(np.zeros(search.n_rows), search.unmet)
    half = np.arange(0, len(columns), 2)
    rest = np.setdiff1d(np.arange(len(columns)), half)
    again = columns.pick(half).joined(columns.pick(rest))
    back = again.pick(np.argsort(np.concatenate([half, rest])))
    for name in columns.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(back, name), getattr(columns, name))


def test_parallel_arcs_are_told_apart() -> None:
    problem = toy([(0, 1, 10.0), (0, 1, 9.0)], {}, {"steel": (0, 1, [1.0])})
    _, columns = PathSearch(problem).cheapest(np.zeros(0), np.full(1, np.inf))
    assert columns.step.tolist() == [1]
