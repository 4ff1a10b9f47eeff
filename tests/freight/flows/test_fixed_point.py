"""The stochastic equilibrium over shared limits against hand sums, another solver, and what must hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from transcaspian.errors import InputError
from transcaspian.freight.equilibrium import PathFlows, make_demand, make_network, path_sizes, stochastic_equilibrium
from transcaspian.freight.equilibrium.delays import bpr, queue
from transcaspian.freight.flows._waits_kernel import solve_small
from transcaspian.freight.flows.fixed_point import ChoiceProblem, solve_fixed_point


def problem(cost: list[float], *, amount: float = 100.0, capacity: float = 80.0, scale: float = 0.1) -> ChoiceProblem:
    """One want over parallel ways, each with a limit of its own; an hour is worth a dollar a tonne."""
    n = len(cost)
    return ChoiceProblem(
        first=np.array([0, n], np.int32),
        amount=np.array([amount]),
        cost=np.array(cost),
        scale=np.full(n, scale),
        path_size=np.ones(n),
        hour=np.ones(n),
        use=sparse.csr_array(np.eye(n) / capacity),
        passes=sparse.csr_array(np.eye(n)),
    )


def no_wait(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(full.size), np.zeros(full.size)


def linear(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return 20.0 * full, np.full(full.size, 20.0)


def test_without_waits_the_shares_are_the_logit_s_worked_by_hand() -> None:
    found = solve_fixed_point(problem([10.0, 20.0]), no_wait)
    # exp(-1) / (exp(-1) + exp(-2)) = 0.7311
    np.testing.assert_allclose(found.flow, [73.1058578630, 26.8941421370], rtol=1e-9)
    assert found.converged


def test_two_ways_that_are_nearly_one_share_its_flow_by_path_size() -> None:
    # Three ways of 10 hours: A alone; B and C share 8 of their 10 hours. PS_A = 1, PS_B = PS_C = 0.2 + 0.8 / 2 = 0.6.
    paths = PathFlows(
        np.array([0, 3], np.int32), np.zeros(3), np.array([0, 1, 3, 5], np.int32), np.array([0, 1, 2, 1, 3], np.int32)
    )
    size = path_sizes(paths, [10.0, 8.0, 2.0, 2.0])
    np.testing.assert_allclose(size, [1.0, 0.6, 0.6])
    base = problem([10.0, 10.0, 10.0])
    asked = ChoiceProblem(base.first, base.amount, base.cost, base.scale, size, base.hour, base.use, base.passes)
    found = solve_fixed_point(asked, no_wait)
    np.testing.assert_allclose(found.flow, [100 / 2.2, 60 / 2.2, 60 / 2.2])


def test_at_the_fixed_point_the_odds_are_those_of_costs_and_waits_together() -> None:
    found = solve_fixed_point(problem([10.0, 20.0]), linear)
    cost = np.array([10.0, 20.0]) + found.wait_h
    assert math.log(found.flow[0] / found.flow[1]) == pytest.approx(0.1 * (cost[1] - cost[0]), abs=1e-9)
    np.testing.assert_allclose(found.utilisation, found.flow / 80.0, rtol=1e-8)
    assert found.residual <= 1e-10


def test_it_agrees_with_the_equilibrium_on_links_that_averages() -> None:
    delays = bpr([10.0, 12.0, 15.0], [40.0, 50.0, 60.0], b=0.5, power=4.0)
    network = make_network(2, [0, 0, 0], [1, 1, 1], delays)
    demand = make_demand(network, [0], [1], [100.0])
    paths = PathFlows(
        np.array([0, 3], np.int32), np.zeros(3), np.arange(4, dtype=np.int32), np.arange(3, dtype=np.int32)
    )
    other = stochastic_equilibrium(network, demand, paths, scale=0.3)
    capacity = np.array([40.0, 50.0, 60.0])
    base = problem([10.0, 12.0, 15.0], scale=0.3)
    asked = ChoiceProblem(base.first, base.amount, base.cost, base.scale, base.path_size, base.hour,
                          sparse.csr_array(np.diag(1.0 / capacity)), base.passes)  # fmt: skip
    free = np.array([10.0, 12.0, 15.0])

    def waits(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 0.5 * free * full**4, 2.0 * free * full**3

    found = solve_fixed_point(asked, waits)
    np.testing.assert_allclose(found.flow, other.flow, rtol=1e-6)


def test_sharper_choice_tends_to_the_user_equilibrium() -> None:
    gaps = [solve_fixed_point(problem([10.0, 20.0]), linear, sharpness=s, residual=1e-8).rounds[-1].gap
            for s in (1.0, 10.0, 100.0, 1000.0)]  # fmt: skip
    assert gaps == sorted(gaps, reverse=True)
    # Wardrop: 10 + f/4 = 20 + (100 - f)/4 gives f = 70.
    found = solve_fixed_point(problem([10.0, 20.0]), linear, sharpness=1000.0, residual=1e-8)
    assert found.flow[0] == pytest.approx(70.0, abs=0.1)


def test_a_start_from_a_neighbour_changes_the_rounds_and_not_the_answer() -> None:
    cold = solve_fixed_point(problem([10.0, 20.0]), linear)
    near = solve_fixed_point(problem([10.0, 20.0], amount=101.0), linear, start=cold.utilisation)
    alone = solve_fixed_point(problem([10.0, 20.0], amount=101.0), linear)
    np.testing.assert_allclose(near.flow, alone.flow, rtol=1e-8)


def test_demand_without_paths_and_demand_of_nothing_carry_nothing() -> None:
    base = problem([10.0, 20.0])
    asked = ChoiceProblem(np.array([0, 0, 2], np.int32), np.array([50.0, 0.0]), base.cost, base.scale, base.path_size,
                          base.hour, base.use, base.passes)  # fmt: skip
    found = solve_fixed_point(asked, linear)
    np.testing.assert_array_equal(found.flow, [0.0, 0.0])


@pytest.mark.parametrize("setting", [{"sharpness": 0.0}, {"residual": 0.0}, {"rounds": 0}])
def test_a_setting_out_of_its_bounds_is_refused(setting: dict[str, float]) -> None:
    with pytest.raises(InputError) as caught:
        solve_fixed_point(problem([1.0, 2.0]), no_wait, **setting)  # type: ignore[arg-type]
    assert caught.value.problems[0].type == "flows.settings"


@settings(deadline=None, max_examples=30)
@given(
    cost=st.lists(st.floats(1.0, 100.0), min_size=2, max_size=6),
    amount=st.floats(1.0, 500.0),
    servers=st.integers(1, 4),
)
def test_what_is_wanted_is_carried_and_a_queue_never_makes_it_diverge(
    cost: list[float], amount: float, servers: int
) -> None:
    delays = queue(np.zeros(len(cost)), np.ones(len(cost)), service=5.0, servers=servers)

    def waits(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return delays.time(full), delays.slope(full)

    found = solve_fixed_point(problem(cost, amount=amount), waits)
    assert found.flow.sum() == pytest.approx(amount)
    assert found.residual <= 1e-8
    assert np.all(found.flow >= 0.0)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 12), st.integers(0, 10_000))
def test_the_small_solver_agrees_with_lapack(n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    matrix, right = random.normal(size=(n, n)) + n * np.eye(n), random.normal(size=n)
    ours = right.copy()
    assert solve_small(matrix.copy(), ours)
    np.testing.assert_allclose(ours, np.linalg.solve(matrix, right), rtol=1e-9, atol=1e-9)


def test_the_small_solver_says_when_a_matrix_is_singular() -> None:
    assert not solve_small(np.zeros((2, 2)), np.ones(2))
