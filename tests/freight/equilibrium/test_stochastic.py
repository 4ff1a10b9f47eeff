"""Stochastic equilibrium: hand-worked logit, Fisk's objective by an independent solver, its deterministic limit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize

from transcaspian.errors import InputError
from transcaspian.freight.equilibrium import (
    Demand,
    Network,
    PathFlows,
    choice_sets,
    make_demand,
    make_network,
    path_sizes,
    stochastic_equilibrium,
    user_equilibrium,
)
from transcaspian.freight.equilibrium.delays import constant

from .networks import assert_flow_conserved, braess, random_problem, two_links


#    0 ──10──▶ 2            a path of its own
#    0 ─4─▶ 1 ──6──▶ 2      and two that share their first 4
#           1 ──6──▶ 2
def red_bus_blue_bus() -> tuple[Network, Demand]:
    network = make_network(3, [0, 0, 1, 1], [2, 1, 2, 2], constant([10.0, 4.0, 6.0, 6.0]))
    return network, make_demand(network, [0], [2], [300.0])


def test_plain_logit_takes_copies_for_ways_of_their_own() -> None:
    network, demand = red_bus_blue_bus()
    found = stochastic_equilibrium(network, demand, choice_sets(network, demand, 5), scale=0.3)
    np.testing.assert_allclose(found.paths.flow, 100.0)
    np.testing.assert_allclose(found.flow, [100.0, 200.0, 100.0, 100.0])


def test_path_sizes_are_those_worked_by_hand() -> None:
    network, demand = red_bus_blue_bus()
    sets = choice_sets(network, demand, 5)
    sizes = path_sizes(sets, [10.0, 4.0, 6.0, 6.0])
    # Alone: 1. The two others: 4/10 shared by two and 6/10 their own: 0.2 + 0.6.
    by_path = {tuple(sets.path(path).tolist()): sizes[path] for path in range(3)}
    assert by_path == pytest.approx({(0,): 1.0, (1, 2): 0.8, (1, 3): 0.8})
    found = stochastic_equilibrium(network, demand, sets, scale=0.3, path_size=sizes)
    np.testing.assert_allclose(found.flow, 300.0 / 2.6 * np.array([1.0, 1.6, 0.8, 0.8]))
    doubly = stochastic_equilibrium(network, demand, sets, scale=0.3, path_size=sizes, path_size_weight=2.0)
    np.testing.assert_allclose(doubly.flow[0], 300.0 / (1 + 2 * 0.64))


def test_a_path_that_stands_many_times_counts_once() -> None:
    flat = PathFlows(np.array([0, 3]), np.zeros(3), np.array([0, 1, 2, 3]), np.array([0, 0, 0]))
    np.testing.assert_allclose(path_sizes(flat, [5.0]), 1 / 3)


def test_two_links_agree_with_the_fixed_point_worked_by_bisection() -> None:
    network, demand = two_links(1.0, 2.0, amount=20.0, power=4.0)
    found = stochastic_equilibrium(network, demand, choice_sets(network, demand, 2), scale=0.7, residual=1e-12)
    low, high = 0.0, 20.0
    for _ in range(200):
        flow = 0.5 * (low + high)
        costs = network.delays.time([flow, 20.0 - flow])
        wanted = 20.0 / (1.0 + np.exp(-0.7 * (costs[1] - costs[0])))
        low, high = (flow, high) if wanted > flow else (low, flow)
    assert found.converged
    assert found.flow[0] == pytest.approx(flow, rel=1e-9)


def fisk_optimum(network: Network, demand: Demand, sets: PathFlows, scale: float, bias: np.ndarray) -> np.ndarray:
    """Link flows that minimise Fisk's objective (1980), by SciPy."""
    uses = np.zeros((network.n_links, len(sets)))
    belongs = np.zeros((len(demand), len(sets)))
    for path in range(len(sets)):
        uses[sets.path(path), path] = 1.0
    for pair in range(len(demand)):
        belongs[pair, sets.first[pair] : sets.first[pair + 1]] = 1.0

    def value(flow: np.ndarray) -> float:
        inner = flow @ (np.log(flow) - bias) / scale
        return float(network.delays.integral(uses @ flow).sum() + network.fixed[0] @ (uses @ flow) + inner)

    def gradient(flow: np.ndarray) -> np.ndarray:
        cost = uses.T @ (network.delays.time(uses @ flow) + network.fixed[0])
        return np.asarray(cost + (np.log(flow) - bias + 1.0) / scale)

    start = belongs.T @ (demand.amount / belongs.sum(axis=1))
    solved = minimize(
        value,
        start,
        jac=gradient,
        method="SLSQP",
        bounds=[(1e-9, None)] * len(sets),
        constraints=LinearConstraint(belongs, demand.amount, demand.amount),
        options={"maxiter": 2000, "ftol": 1e-14},
    )
    return np.asarray(uses @ solved.x)


@pytest.mark.parametrize("sized", [False, True])
@pytest.mark.parametrize("seed", [1, 4])
def test_the_flows_minimise_fisks_objective(seed: int, sized: bool) -> None:
    network, demand = random_problem(seed, n_nodes=6)
    sets = choice_sets(network, demand, 3)
    sizes = path_sizes(sets, network.delays.free) if sized else np.ones(len(sets))
    found = stochastic_equilibrium(network, demand, sets, scale=0.5, path_size=sizes, residual=1e-10)
    assert found.converged
    expected = fisk_optimum(network, demand, sets, 0.5, np.log(sizes))
    np.testing.assert_allclose(found.flow, expected, atol=1e-4 * demand.amount.sum())


@pytest.mark.parametrize("averages", ["self_regulated", "weighted", "successive"])
def test_every_way_of_averaging_ends_at_the_same_flows(averages: str) -> None:
    network, demand = random_problem(2, load=2.0)
    sets = choice_sets(network, demand, 4)
    best = stochastic_equilibrium(network, demand, sets, scale=0.2, residual=1e-11)
    found = stochastic_equilibrium(network, demand, sets, scale=0.2, residual=1e-3, averages=averages)  # type: ignore[arg-type]
    assert best.converged
    assert found.converged
    np.testing.assert_allclose(found.flow, best.flow, atol=2e-3 * demand.amount.sum())
    assert_flow_conserved(network, demand, found.class_flow)


def test_self_regulated_averages_need_fewer_rounds_than_successive_ones() -> None:
    network, demand = random_problem(2, load=2.0)
    sets = choice_sets(network, demand, 4)
    rounds = {
        averages: stochastic_equilibrium(network, demand, sets, scale=0.2, residual=1e-4, averages=averages).iterations
        for averages in ("self_regulated", "successive")
    }
    assert rounds["self_regulated"] < rounds["successive"]


@pytest.mark.parametrize("seed", [3, 8])
def test_as_the_scale_grows_it_becomes_the_user_equilibrium(seed: int) -> None:
    network, demand = random_problem(seed, n_nodes=7)
    sure = user_equilibrium(network, demand, gap=1e-11)
    sets = choice_sets(network, demand, 2, also=sure.paths)
    off = []
    for scale in (1.0, 10.0, 100.0, 1000.0):
        found = stochastic_equilibrium(network, demand, sets, scale=scale, residual=1e-5, rounds=200_000)
        assert found.converged
        off.append(float(np.abs(found.flow - sure.flow).max()))
        sets = found.paths  # from one scale to the next: a warm start
    assert off[-1] < 0.005 * demand.amount.sum()
    assert off[3] < off[1] < off[0]


def test_braess_with_uncertain_travellers_uses_the_bridge_less() -> None:
    network, demand = braess(bridge=True)
    sets = choice_sets(network, demand, 5)
    assert len(sets) == 3
    vague = stochastic_equilibrium(network, demand, sets, scale=0.01)
    sharp = stochastic_equilibrium(network, demand, sets, scale=5.0, residual=1e-7)
    assert vague.flow[4] > sharp.flow[4] > 2.0  # at no scale all three ways are taken alike: 2 units over the bridge
    np.testing.assert_allclose(sharp.flow, [4, 2, 2, 4, 2], atol=0.2)


def test_classes_have_their_own_scale() -> None:
    network = make_network(2, [0, 0], [1, 1], constant([1.0, 2.0]), fixed=np.zeros((2, 2)))
    demand = make_demand(network, [0, 0], [1, 1], [10.0, 10.0], kind=[0, 1])
    found = stochastic_equilibrium(network, demand, choice_sets(network, demand, 2), scale=[1.0, 3.0])
    np.testing.assert_allclose(found.class_flow[:, 0], 10.0 / (1.0 + np.exp([-1.0, -3.0])))


def test_demand_without_a_path_is_named() -> None:
    network = make_network(3, [0, 0], [1, 1], constant([1.0, 1.0]))
    demand = make_demand(network, [0, 0], [1, 2], [4.0, 3.0])
    found = stochastic_equilibrium(network, demand, choice_sets(network, demand, 2), scale=1.0)
    np.testing.assert_array_equal(found.unmet, [0.0, 3.0])
    np.testing.assert_allclose(found.flow, 2.0)


def test_the_report_ends_with_the_residual_of_the_flows() -> None:
    network, demand = random_problem(2)
    sets = choice_sets(network, demand, 3)
    found = stochastic_equilibrium(network, demand, sets, scale=0.5, rounds=3, residual=1e-14)
    assert found.iterations == 3
    assert not found.converged
    assert found.rounds[-1].residual == found.residual


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"scale": 0.0}, "equilibrium.scale"),
        ({"scale": np.inf}, "equilibrium.scale"),
        ({"scale": 1.0, "residual": 0.0}, "equilibrium.gap"),
        ({"scale": 1.0, "rounds": 0}, "equilibrium.rounds"),
        ({"scale": 1.0, "averages": "golden"}, "equilibrium.averages"),
        ({"scale": 1.0, "path_size": [1.0]}, "equilibrium.path_size"),
        ({"scale": 1.0, "path_size": [0.0, 1.0]}, "equilibrium.path_size"),
    ],
)
def test_settings_out_of_bounds_are_refused(settings: dict[str, object], kind: str) -> None:
    network, demand = two_links(1.0, 2.0)
    with pytest.raises(InputError) as caught:
        stochastic_equilibrium(network, demand, choice_sets(network, demand, 2), **settings)  # type: ignore[arg-type]
    assert {problem.type for problem in caught.value.problems} == {kind}
