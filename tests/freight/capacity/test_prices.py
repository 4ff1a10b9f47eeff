"""Shadow prices by perturbation: within the stated range one more unit changes the objective by the price."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.freight.capacity import FlowProblem, PriceRange, solve_capacity_flow
from transcaspian.freight.capacity.synthetic import plain_problem

from .toys import random_problem, toy


def cost_at(problem: FlowProblem, one: PriceRange, capacity: float) -> float:
    """The least cost if one limit had this capacity."""
    table = problem.limits.capacity.copy()
    if one.period < 0:
        table[one.limit] = capacity / problem.n_periods
    else:
        table[one.limit, one.period] = capacity
    changed = replace(problem, limits=replace(problem.limits, capacity=table))
    return solve_capacity_flow(changed, ranges=0).objective_usd


@pytest.mark.parametrize("kind", ["plain", "rounded"])
@pytest.mark.parametrize("seed", range(8))
def test_within_its_range_one_more_unit_is_worth_the_price(seed: int, kind: str) -> None:
    problem = random_problem(seed, rounded=kind == "rounded")
    answer = solve_capacity_flow(problem, kinks=1000)
    for one in answer.ranges:
        assert one.settled
        assert one.holds_from <= one.capacity <= one.holds_until
        far = min(one.holds_until, one.capacity + 50.0)
        for share in (0.5, 1.0):
            there = one.capacity + share * (far - one.capacity)
            saved = answer.objective_usd - cost_at(problem, one, there)
            assert saved == pytest.approx(one.gain_usd * (there - one.capacity), abs=1e-5)
        if one.capacity > 0.0:
            there = one.holds_from
            lost = cost_at(problem, one, there) - answer.objective_usd
            assert lost == pytest.approx(one.loss_usd * (one.capacity - there), abs=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_beyond_its_range_the_next_unit_is_worth_less_and_the_last_one_more(seed: int) -> None:
    problem = random_problem(seed)
    answer = solve_capacity_flow(problem)
    for one in answer.ranges[:6]:
        if np.isfinite(one.holds_until):
            beyond = one.holds_until + 5.0
            saved = answer.objective_usd - cost_at(problem, one, beyond)
            assert saved < one.gain_usd * (beyond - one.capacity) + 1e-6
        if one.holds_from > 1.0:
            below = one.holds_from - 1.0
            lost = cost_at(problem, one, below) - answer.objective_usd
            assert lost > one.loss_usd * (one.capacity - below) - 1e-6


def test_at_a_kink_the_next_unit_and_the_last_one_have_their_own_prices() -> None:
    #   0 ──10──► 1 through the berth; steel pays 100 to be left, wheat 40; the berth fits the steel exactly
    wants = {"steel": (0, 1, [6.0]), "wheat": (0, 1, [6.0])}
    problem = toy([(0, 1, 10.0)], {"berth": ([6.0], {0: 1.0})}, wants, unmet={"steel": 100.0, "wheat": 40.0})
    (one,) = solve_capacity_flow(problem).ranges
    assert (one.gain_usd, one.loss_usd) == (pytest.approx(30.0), pytest.approx(90.0))
    assert (one.holds_from, one.holds_until) == (pytest.approx(0.0), pytest.approx(12.0))
    assert one.method == "re-solve"


def test_a_kink_that_is_not_solved_again_says_so() -> None:
    wants = {"steel": (0, 1, [6.0])}
    problem = toy([(0, 1, 10.0)], {"berth": ([6.0], {0: 1.0})}, wants)
    ranges = solve_capacity_flow(problem, kinks=0).ranges
    assert all(one.method == "basis" and not one.settled for one in ranges)


def test_a_range_ends_where_a_limit_that_nobody_met_so_far_begins_to_bind() -> None:
    #   0 ─berth─► 1 ─rail (8)─► 2: the rail has room until the berth lets 8 through
    arcs = [(0, 1, 5.0), (1, 2, 5.0)]
    limits = {"berth": ([6.0], {0: 1.0}), "rail": ([8.0], {1: 1.0})}
    (one,) = solve_capacity_flow(toy(arcs, limits, {"steel": (0, 2, [20.0])})).ranges
    assert one.limit == 0
    assert one.holds_until == pytest.approx(8.0)


def test_a_limit_with_room_has_no_price_and_no_range() -> None:
    answer = solve_capacity_flow(toy([(0, 1, 5.0)], {"berth": ([9.0], {0: 1.0})}, {"steel": (0, 1, [6.0])}))
    assert answer.ranges == ()
    assert answer.ranked_limits().size == 0


def test_the_limits_are_ranked_by_what_they_earn() -> None:
    answer = solve_capacity_flow(plain_problem(20, 80, 8, 4, n_ports=3, load=1.5))
    rent = answer.rent_usd.sum(axis=1)[answer.ranked_limits()]
    assert np.all(np.diff(rent) <= 0.0)
    rents = [one.capacity * answer.price_usd[one.limit, one.period] for one in answer.ranges]
    assert np.all(np.diff(rents) <= 1e-6)
    assert len(answer.ranges) == int((answer.price_usd > 0.0).sum())


@settings(max_examples=40)
@given(st.integers(0, 40), st.floats(1.0, 3.0), st.floats(0.0, 0.5))
def test_more_demand_never_costs_less_and_at_an_equal_rate_more(seed: int, growth: float, further: float) -> None:
    problem = random_problem(seed)

    def cost(factor: float) -> float:
        demand = replace(problem.demand, amount=factor * problem.demand.amount)
        return solve_capacity_flow(replace(problem, demand=demand), ranges=0).objective_usd

    one, two, three = cost(growth), cost(growth + further), cost(growth + 2.0 * further)
    assert two >= one - 1e-6
    assert three - two >= two - one - 1e-5  # convex: each step costs at least as much as the one before


@settings(max_examples=40)
@given(st.integers(0, 40), st.integers(0, 5), st.floats(0.1, 20.0))
def test_unmet_demand_never_falls_when_demand_grows(seed: int, who: int, more: float) -> None:
    # One price for all, above the cost of any way: nothing is left that can be carried.
    problem = random_problem(seed)
    price = np.full_like(problem.demand.unmet_usd, 1e5)
    before = replace(problem, demand=replace(problem.demand, unmet_usd=price))
    amount = problem.demand.amount.copy()
    amount[who] += more
    after = replace(before, demand=replace(before.demand, amount=amount))
    left = [solve_capacity_flow(one, ranges=0).unmet.sum() for one in (before, after)]
    assert left[1] >= left[0] - 1e-6


@settings(max_examples=30)
@given(st.integers(0, 40), st.integers(0, 11), st.floats(0.0, 1.0))
def test_less_capacity_never_costs_less(seed: int, limit: int, share: float) -> None:
    problem = random_problem(seed)
    table = problem.limits.capacity.copy()
    table[limit, np.isfinite(table[limit])] *= share
    tighter = replace(problem, limits=replace(problem.limits, capacity=table))
    costs = [solve_capacity_flow(one, ranges=0).objective_usd for one in (problem, tighter)]
    assert costs[1] >= costs[0] - 1e-6
