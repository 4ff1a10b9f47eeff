"""Starting from the periods solved alone: fewer pivots, the same answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transcaspian.freight.capacity import FlowProblem, flow, solve_capacity_flow
from transcaspian.freight.capacity.generation import Generation
from transcaspian.freight.capacity.master import SolverFailure
from transcaspian.freight.capacity.paths import PathSearch
from transcaspian.freight.capacity.periods import start_by_period
from transcaspian.freight.capacity.synthetic import plain_problem

from .toys import assert_optimal, random_problem, toy


def both(problem: FlowProblem) -> tuple[float, float, int, int]:
    """Objective without and with the start, and the pivots of the large programme."""
    found: list[float] = []
    pivots: list[int] = []
    for start in (False, True):
        generation = Generation(PathSearch(problem))
        if start:
            start_by_period(generation, problem)
        optimum = generation.solve(gap=0.0, max_rounds=1000)
        found.append(optimum.answer.objective)
        pivots.append(generation.master.iterations)
    return found[0], found[1], pivots[0], pivots[1]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("negative", [False, True])
def test_the_answer_does_not_depend_on_the_start(seed: int, negative: bool) -> None:
    cold, warm, _, _ = both(random_problem(seed, negative=negative))
    assert warm == pytest.approx(cold, rel=1e-9)


def test_a_congested_network_needs_fewer_pivots() -> None:
    cold, warm, many, few = both(plain_problem(30, 120, 12, 6, n_ports=3, load=1.5))
    assert warm == pytest.approx(cold, rel=1e-9)
    assert few < many


def test_without_anything_between_the_periods_only_one_round_is_left() -> None:
    problem = plain_problem(20, 80, 8, 4, n_ports=1, load=1.5)
    cost = problem.network.cost.copy()
    cost[:, :, -1] = np.inf  # the one stock arc
    problem = replace(problem, network=replace(problem.network, cost=cost))
    generation = Generation(PathSearch(problem))
    start_by_period(generation, problem)
    assert generation.solve(gap=1e-6, max_rounds=1000).rounds <= 2


def test_periods_without_demand_and_pooled_limits_do_no_harm() -> None:
    arcs = [(0, 1, 10.0), (0, 0, 2.0, 1)]
    limits = {"fleet": ([4.0, 4.0, 4.0], {0: 1.0}), "berth": ([6.0, 6.0, 0.0], {0: 1.0})}
    problem = toy(arcs, limits, {"steel": (0, 1, [9.0, 0.0, 5.0])}, pooled=["fleet"])
    cold, warm, _, _ = both(problem)
    assert warm == pytest.approx(cold)


def test_large_problems_start_so_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = plain_problem(20, 80, 8, 4, n_ports=3, load=1.5)
    small = solve_capacity_flow(problem, ranges=0)
    monkeypatch.setattr(flow, "_MANY_ROWS", 1)
    large = solve_capacity_flow(problem, ranges=0)
    assert_optimal(large)
    assert large.objective_usd == pytest.approx(small.objective_usd, rel=1e-9)
    assert large.convergence.simplex_iterations < small.convergence.simplex_iterations


def test_a_solver_that_gives_up_is_not_taken_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    generation = Generation(PathSearch(random_problem(3)))
    generation.master._highs.setOptionValue("simplex_iteration_limit", 0)
    with pytest.raises(SolverFailure, match="HiGHS ended the master programme"):
        generation.solve(gap=0.0, max_rounds=10)


def test_a_basis_without_columns_is_all_slacks() -> None:
    master = Generation(PathSearch(toy([(0, 1, 10.0)], {}, {"steel": (0, 1, [1.0])}))).master
    column, row, demand = master.basis()
    assert (column.size, row.size, demand.tolist()) == (0, 0, [True])
    master.set_basis(column, row, np.ones(1, bool))
    assert master.solve().objective == pytest.approx(float(master.search.amount @ master.search.unmet))
