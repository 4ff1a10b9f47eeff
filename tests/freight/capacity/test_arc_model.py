"""Column generation against HiGHS on the arc model: same objective, same prices, same verdict on every bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.errors import InputError
from transcaspian.freight.capacity import CapacityFlow, solve_capacity_flow
from transcaspian.freight.capacity.arc_model import ArcAnswer, build_arc_model, pass_to_highs, solve_arc_model
from transcaspian.freight.capacity.synthetic import corridor_problem, plain_problem

from .toys import EXACT, assert_optimal, random_problem

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["plain", "rounded", "negative"])
def test_paths_and_arcs_give_one_objective(seed: int, kind: str) -> None:
    problem = random_problem(seed, rounded=kind == "rounded", negative=kind == "negative")
    answer, reference = solve_capacity_flow(problem, ranges=0), solve_arc_model(problem)
    assert_optimal(answer)
    assert answer.objective_usd == pytest.approx(reference.objective_usd, rel=EXACT)


def assert_prices_agree(answer: CapacityFlow, reference: ArcAnswer) -> None:
    """Each price of the arc model lies between what the next unit is worth and what the last one is."""
    for one in answer.ranges:
        assert one.settled
        other = reference.price_usd[one.limit, max(one.period, 0)]
        assert one.gain_usd - 1e-6 <= other
        assert np.isnan(one.loss_usd) or other <= one.loss_usd + 1e-6


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["plain", "rounded"])
def test_the_prices_of_paths_and_arcs_agree(seed: int, kind: str) -> None:
    problem = random_problem(seed, rounded=kind == "rounded")
    assert_prices_agree(solve_capacity_flow(problem, kinks=1000), solve_arc_model(problem))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_congested_network_of_months_agrees_with_the_arc_model(seed: int) -> None:
    problem = plain_problem(20, 80, 8, 4, n_ports=3, load=1.5, seed=seed)
    answer, reference = solve_capacity_flow(problem, kinks=1000), solve_arc_model(problem)
    assert_optimal(answer)
    assert len(answer.ranges) > 10
    assert answer.objective_usd == pytest.approx(reference.objective_usd, rel=1e-9)
    assert_prices_agree(answer, reference)


def test_a_year_of_the_size_of_the_corridor_is_proven_optimal() -> None:
    problem = corridor_problem()
    assert (problem.network.n_nodes, problem.network.n_arcs - 10, len(problem.limits.id)) == (1500, 2600, 150)
    answer = solve_capacity_flow(problem, ranges=3)
    assert_optimal(answer)
    assert answer.convergence.proven
    assert len(answer.ranges) == 3


@given(st.integers(0, 10_000))
def test_no_multipliers_give_a_bound_above_the_optimum(seed: int) -> None:
    from transcaspian.freight.capacity.generation import Generation
    from transcaspian.freight.capacity.paths import PathSearch

    problem = random_problem(seed % 50)
    search = PathSearch(problem)
    generation = Generation(search)
    optimum = generation.solve(gap=0.0, max_rounds=1000)
    rng = np.random.default_rng(seed)
    price = optimum.answer.row_price * rng.uniform(0.0, 2.0, search.n_rows) + rng.uniform(0.0, 1.0, search.n_rows)
    least, _ = search.cheapest(price, search.unmet)
    assert generation.bound(price, least) <= optimum.answer.objective + 1e-9 * abs(optimum.answer.objective)


def test_stopping_early_is_said_and_still_bounded() -> None:
    problem = plain_problem(20, 80, 8, 4, n_ports=3, load=1.5)
    early, full = solve_capacity_flow(problem, max_rounds=1, ranges=0), solve_capacity_flow(problem, ranges=0)
    assert not early.convergence.proven
    assert early.bound_usd <= full.objective_usd <= early.objective_usd


@pytest.mark.parametrize("growth", [0.8, 1.1, 2.0])
def test_a_neighbour_s_answer_saves_rounds_and_changes_nothing(growth: float) -> None:
    problem = plain_problem(20, 80, 8, 4, n_ports=3, load=1.5)
    neighbour = replace(problem, demand=replace(problem.demand, amount=growth * problem.demand.amount))
    before = solve_capacity_flow(problem, ranges=0)
    cold, warm = solve_capacity_flow(neighbour, ranges=0), solve_capacity_flow(neighbour, ranges=0, start=before)
    assert_optimal(warm)
    assert warm.objective_usd == pytest.approx(cold.objective_usd, rel=1e-9)
    assert warm.convergence.rounds <= cold.convergence.rounds
    again = solve_capacity_flow(problem, ranges=0, start=before)
    assert again.convergence.rounds <= 3


@pytest.mark.parametrize("seed", range(6))
def test_a_neighbour_with_closed_arcs_and_limits_starts_well_too(seed: int) -> None:
    problem = random_problem(seed)
    cost, capacity, amount = problem.network.cost.copy(), problem.limits.capacity.copy(), problem.demand.amount.copy()
    cost[:, :, 3] = np.inf
    capacity[5] = 0.0
    amount[2, 1] = 0.0
    neighbour = replace(
        problem,
        network=replace(problem.network, cost=cost),
        limits=replace(problem.limits, capacity=capacity),
        demand=replace(problem.demand, amount=amount),
    )
    warm = solve_capacity_flow(neighbour, start=solve_capacity_flow(problem, ranges=0))
    assert_optimal(warm)
    assert warm.objective_usd == pytest.approx(solve_arc_model(neighbour).objective_usd, rel=EXACT)


def test_an_answer_on_other_arcs_is_no_start() -> None:
    with pytest.raises(InputError, match="other arcs"):
        solve_capacity_flow(random_problem(1), start=solve_capacity_flow(random_problem(2), ranges=0))


@pytest.mark.parametrize(("mass", "money"), [(1e6, 1.0), (1e-4, 1e3), (1.0, 1e-5)])
def test_the_units_of_mass_and_money_do_not_matter(mass: float, money: float) -> None:
    problem = random_problem(4)
    other = replace(
        problem,
        network=replace(problem.network, cost=money * problem.network.cost),
        limits=replace(problem.limits, capacity=mass * problem.limits.capacity),
        demand=replace(problem.demand, amount=mass * problem.demand.amount, unmet_usd=money * problem.demand.unmet_usd),
    )
    one, two = solve_capacity_flow(problem), solve_capacity_flow(other)
    assert two.objective_usd == pytest.approx(mass * money * one.objective_usd, rel=1e-9)
    np.testing.assert_allclose(two.price_usd, money * one.price_usd, rtol=1e-7, atol=1e-7 * money)
    np.testing.assert_allclose(two.unmet, mass * one.unmet, rtol=1e-7, atol=1e-7 * mass)


@pytest.mark.parametrize("smoothing", [0.0, 0.3, 0.9])
def test_smoothing_changes_the_way_and_not_the_answer(smoothing: float) -> None:
    problem = random_problem(3)
    answer = solve_capacity_flow(problem, smoothing=smoothing, ranges=0)
    assert_optimal(answer)
    assert answer.objective_usd == pytest.approx(solve_capacity_flow(problem, ranges=0).objective_usd, rel=1e-9)


def test_the_arc_model_has_a_column_for_each_flow_and_each_demand() -> None:
    problem = plain_problem(20, 80, 8, 4, n_ports=3)
    model = build_arc_model(problem)
    assert model.matrix.shape == (model.high.size, model.n_columns)
    assert model.n_columns == model.arc.size + int((problem.demand.amount > 0.0).sum())
    assert pass_to_highs(model).getNumCol() == model.n_columns


def test_the_reference_refuses_a_problem_without_an_optimum() -> None:
    problem = random_problem(0)
    cost = np.where(np.isfinite(problem.network.cost), -1.0, np.inf)  # round trips earn money without end
    unlimited = replace(problem.limits, capacity=np.full_like(problem.limits.capacity, np.inf))
    with pytest.raises(RuntimeError, match="HiGHS ended"):
        solve_arc_model(replace(problem, network=replace(problem.network, cost=cost), limits=unlimited))
