"""User equilibrium and system optimum: closed forms, independent solvers, properties, and a plain twin of the gap."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, minimize

from transcaspian.errors import InputError
from transcaspian.freight.equilibrium import (
    Demand,
    Network,
    PathFlows,
    make_demand,
    make_network,
    system_optimum,
    user_equilibrium,
)
from transcaspian.freight.equilibrium.delays import bpr, conical, constant, davidson, join_delays, queue

from .networks import (
    assert_flow_conserved,
    braess,
    mixed_problem,
    own_gap,
    random_problem,
    two_links,
    uncongested,
)

TIGHT = 1e-12


def test_braess_a_new_road_makes_everybody_slower() -> None:
    before = user_equilibrium(*braess(bridge=False), gap=TIGHT)
    after = user_equilibrium(*braess(bridge=True), gap=TIGHT)
    np.testing.assert_allclose(before.flow, [3, 3, 3, 3], atol=1e-6)
    np.testing.assert_allclose(after.flow, [4, 2, 2, 4, 2], atol=1e-6)
    assert before.total_cost / 6 == pytest.approx(83)
    assert after.total_cost / 6 == pytest.approx(92)


def test_together_they_would_not_use_braess_bridge() -> None:
    best = system_optimum(*braess(bridge=True), gap=TIGHT)
    np.testing.assert_allclose(best.flow, [3, 3, 3, 3, 0], atol=1e-5)
    assert best.objective == best.total_cost == pytest.approx(6 * 83)


def test_two_links_share_so_that_both_take_the_same() -> None:
    found = user_equilibrium(*two_links(1.0, 2.0), gap=TIGHT)
    # 1 + x/10 = 2 + 2 (10 - x)/10: x = 10 at the bound; with 30 units x = 70/3.
    np.testing.assert_allclose(found.flow, [10.0, 0.0], atol=1e-9)
    more = user_equilibrium(*two_links(1.0, 2.0, amount=30.0), gap=TIGHT)
    np.testing.assert_allclose(more.flow, [70 / 3, 20 / 3], rtol=1e-9)
    np.testing.assert_allclose(more.time, more.time[0])


def test_pigou_the_optimum_leaves_half_on_the_long_road() -> None:
    network = make_network(2, [0, 0], [1, 1], join_delays([bpr(1e-12, 1e-12, b=1, power=1), constant(1.0)]))
    demand = make_demand(network, [0], [1], [1.0])
    np.testing.assert_allclose(user_equilibrium(network, demand, gap=TIGHT).flow, [1.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(system_optimum(network, demand, gap=TIGHT).flow, [0.5, 0.5], atol=1e-6)


def every_path(network: Network, demand: Demand) -> list[tuple[int, list[int]]]:
    """All loopless paths of all pairs, found by trying everything."""
    found = []
    for pair in range(len(demand)):
        goal = demand.destination[pair]
        stack = [(int(demand.origin[pair]), [int(demand.origin[pair])], [])]
        while stack:
            node, seen, links = stack.pop()
            if node == goal:
                found.append((pair, links))
                continue
            for link in np.flatnonzero(network.tail == node):
                head = int(network.head[link])
                if head not in seen:
                    stack.append((head, [*seen, head], [*links, int(link)]))
    return found


def convex_optimum(network: Network, demand: Demand, *, optimum: bool = False) -> float:
    """The same minimum by SciPy's SLSQP over the flows of all paths."""
    paths = every_path(network, demand)
    uses = np.zeros((network.n_links, len(paths)))
    belongs = np.zeros((len(demand), len(paths)))
    fixed = np.zeros(len(paths))
    for column, (pair, links) in enumerate(paths):
        uses[links, column], belongs[pair, column] = 1.0, 1.0
        fixed[column] = network.fixed[demand.kind[pair], links].sum()

    def value(flow: np.ndarray) -> float:
        load = np.maximum(uses @ flow, 0.0)
        shared = load @ network.delays.time(load) if optimum else network.delays.integral(load).sum()
        return float(shared + fixed @ flow)

    def gradient(flow: np.ndarray) -> np.ndarray:
        load = np.maximum(uses @ flow, 0.0)
        price = network.delays.time(load) + (load * network.delays.slope(load) if optimum else 0.0)
        return np.asarray(uses.T @ price + fixed)

    start = belongs.T @ (demand.amount / belongs.sum(axis=1))
    solved = minimize(
        value,
        start,
        jac=gradient,
        method="SLSQP",
        bounds=[(0, None)] * len(paths),
        constraints=LinearConstraint(belongs, demand.amount, demand.amount),
        options={"maxiter": 2000, "ftol": 1e-13},
    )
    return float(solved.fun)


@pytest.mark.parametrize(("seed", "classes"), [(1, 1), (2, 1), (3, 2), (4, 3)])
@pytest.mark.parametrize("optimum", [False, True])
def test_the_objective_is_that_of_an_independent_convex_solver(seed: int, classes: int, optimum: bool) -> None:
    network, demand = random_problem(seed, n_nodes=6, classes=classes)
    solve = system_optimum if optimum else user_equilibrium
    found = solve(network, demand, gap=1e-11)
    assert found.converged
    assert found.objective == pytest.approx(convex_optimum(network, demand, optimum=optimum), rel=1e-7)


@given(seed=st.integers(0, 10_000), classes=st.integers(1, 3), load=st.sampled_from([0.1, 1.0, 5.0]))
@settings(max_examples=40)
def test_flows_are_conserved_and_the_gap_is_what_its_definition_says(seed: int, classes: int, load: float) -> None:
    network, demand = random_problem(seed, classes=classes, load=load)
    for solve in (user_equilibrium, system_optimum):
        found = solve(network, demand, gap=1e-9)
        assert found.converged
        assert_flow_conserved(network, demand, found.class_flow)
        np.testing.assert_allclose(found.class_flow.sum(axis=0), found.flow, atol=1e-10)
        marginal = solve is system_optimum
        assert own_gap(network, demand, found.class_flow, marginal=marginal) == pytest.approx(
            found.relative_gap, abs=1e-12
        )


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60)
def test_every_mixture_of_delays_classes_and_closures_converges(seed: int) -> None:
    network, demand = mixed_problem(seed)
    for solve in (user_equilibrium, system_optimum):
        found = solve(network, demand, gap=1e-9)
        assert found.converged, found.relative_gap
        served = make_demand(network, demand.origin, demand.destination, demand.amount - found.unmet, kind=demand.kind)
        assert_flow_conserved(network, served, found.class_flow)
        marginal = solve is system_optimum
        gap = own_gap(network, served, found.class_flow, marginal=marginal)
        assert gap == pytest.approx(found.relative_gap, abs=1e-11)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_the_optimum_never_costs_more_than_the_equilibrium(seed: int) -> None:
    network, demand = random_problem(seed)
    everybody, together = user_equilibrium(network, demand, gap=1e-10), system_optimum(network, demand, gap=1e-10)
    assert together.total_cost <= everybody.total_cost * (1 + 1e-9)
    assert everybody.objective <= network.delays.integral(together.flow).sum() * (1 + 1e-9)


def test_without_congestion_equilibrium_and_optimum_agree() -> None:
    network, demand = uncongested()
    everybody, together = user_equilibrium(network, demand), system_optimum(network, demand)
    np.testing.assert_array_equal(everybody.flow, together.flow)
    np.testing.assert_array_equal(everybody.flow, [9.0, 15.0, 10.0, 0.0, 0.0])
    assert everybody.objective == together.objective == everybody.total_cost == 4 * 3 + 5 * 2 + 6 * 2


def slow_frank_wolfe(network: Network, demand: Demand, rounds: int) -> np.ndarray:
    """Plain twin: successive averages of all-or-nothing loads on plain Dijkstra's trees."""
    from .networks import cheapest

    flow = np.zeros(network.n_links)
    for round_ in range(1, rounds + 1):
        cost = network.delays.time(flow) + network.fixed[0]
        load = np.zeros(network.n_links)
        for pair in range(len(demand)):
            reached = cheapest(network, cost, int(demand.origin[pair]))
            node = int(demand.destination[pair])
            while node != demand.origin[pair]:
                into = np.flatnonzero(network.head == node)
                link = into[np.argmin(np.abs(reached[network.tail[into]] + cost[into] - reached[node]))]
                load[link] += demand.amount[pair]
                node = int(network.tail[link])
        flow += (load - flow) / round_
    return flow


def test_a_plain_method_of_successive_averages_tends_to_the_same_flows() -> None:
    network, demand = random_problem(7)
    found = user_equilibrium(network, demand, gap=1e-10)
    np.testing.assert_allclose(slow_frank_wolfe(network, demand, 1500), found.flow, atol=0.01 * demand.amount.sum())


STEEP = {
    "queues": lambda m: queue(np.linspace(1, 2, m), 10.0, service=0.5, servers=2, knee=0.99),
    "davidson": lambda m: davidson(np.linspace(1, 2, m), 10.0, j=0.3),
    "conical": lambda m: conical(np.linspace(1, 2, m), 10.0, alpha=9.0),
    "power 12": lambda m: bpr(np.linspace(1, 2, m), 10.0, b=1.0, power=12.0),
    "mixed": lambda m: join_delays(
        [queue(1.0, 10.0, service=0.1), constant(1.5), bpr(1.2, 9.0, power=6.0), conical(1.1, 9.0)] * (m // 4)
    ),
}


@pytest.mark.parametrize("name", STEEP)
@pytest.mark.parametrize("amount", [5.0, 30.0, 80.0])
def test_steep_delays_converge_even_when_more_is_sent_than_fits(name: str, amount: float) -> None:
    # A ladder of four steps, two parallel links each, and two ways across every step.
    ends = [(step, step + 1) for step in range(4) for _ in range(2)]
    network = make_network(5, *np.array(ends).T, STEEP[name](8))
    demand = make_demand(network, [0, 1, 0], [4, 3, 2], [amount, amount / 3, amount / 7])
    for solve in (user_equilibrium, system_optimum):
        found = solve(network, demand, gap=1e-11)
        assert found.converged, found.relative_gap
        assert_flow_conserved(network, demand, found.class_flow)


def test_classes_share_the_delay_but_each_pays_its_own() -> None:
    # Money: the quick link costs 4 for the class that counts time low, 0.5 for the one that counts it high.
    network = make_network(2, [0, 0], [1, 1], bpr([1.0, 2.0], 10.0, b=1, power=1), fixed=[[4.0, 0.0], [0.5, 0.0]])
    demand = make_demand(network, [0, 0], [1, 1], [5.0, 5.0], kind=[0, 1])
    found = user_equilibrium(network, demand, gap=TIGHT)
    np.testing.assert_allclose(found.class_flow, [[0.0, 5.0], [5.0, 0.0]], atol=1e-9)
    np.testing.assert_allclose(found.time, [1.5, 3.0])
    assert found.total_cost == pytest.approx(5 * 3.0 + 5 * (1.5 + 0.5))
    assert found.objective == pytest.approx((5 + 25 / 20) + 2 * (5 + 25 / 20) + 5 * 0.5)


def test_a_class_keeps_off_links_that_are_not_for_it() -> None:
    network = make_network(2, [0, 0], [1, 1], constant([1.0, 5.0]), fixed=[[0.0, 0.0], [np.inf, 0.0]])
    found = user_equilibrium(network, make_demand(network, [0, 0], [1, 1], [1.0, 2.0], kind=[0, 1]))
    np.testing.assert_array_equal(found.class_flow, [[1.0, 0.0], [0.0, 2.0]])
    assert np.isfinite(found.objective)


#    0 ─▶ 1 ─▶ 2 quick through the closed node 1; 0 ─▶ 3 ─▶ 2 slow around it
def test_a_closed_node_begins_and_ends_trips_but_is_not_passed() -> None:
    delays = constant([1.0, 1.0, 5.0, 5.0])
    network = make_network(4, [0, 1, 0, 3], [1, 2, 3, 2], delays, no_through=[False, True, False, False])
    found = user_equilibrium(network, make_demand(network, [0, 0, 1], [2, 1, 2], [7.0, 2.0, 3.0]))
    np.testing.assert_array_equal(found.flow, [2.0, 3.0, 7.0, 7.0])


def test_what_nothing_connects_is_named_and_the_rest_is_served() -> None:
    network = make_network(4, [0, 1], [1, 0], constant([1.0, 1.0]))
    demand = make_demand(network, [0, 0, 2, 1], [1, 3, 0, 1], [5.0, 2.0, 3.0, 4.0])
    for start in (None, user_equilibrium(network, demand).paths):
        found = user_equilibrium(network, demand, start=start)
        np.testing.assert_array_equal(found.unmet, [0.0, 2.0, 3.0, 0.0])
        np.testing.assert_array_equal(found.flow, [5.0, 0.0])
    assert demand.local == 4.0


def test_no_demand_is_an_equilibrium_of_nothing() -> None:
    network, _ = two_links(1.0, 2.0)
    for origin in ([], [0]):
        found = user_equilibrium(network, make_demand(network, origin, origin, [1.0] * len(origin)))
        assert found.converged
        assert not found.flow.any()
        assert found.objective == 0.0
        assert len(found.paths) == 0


def test_free_links_and_loops_do_no_harm() -> None:
    network = make_network(3, [0, 1, 1, 0, 0], [1, 0, 2, 2, 0], constant([0.0, 0.0, 0.0, 0.0, 0.0]))
    found = user_equilibrium(network, make_demand(network, [0, 1], [2, 0], [1.0, 1.0]))
    assert found.relative_gap == 0.0
    assert_flow_conserved(network, make_demand(network, [0, 1], [2, 0], [1.0, 1.0]), found.class_flow)


def test_the_paths_carry_the_demand_and_the_links_carry_the_paths() -> None:
    network, demand = random_problem(11, classes=2)
    found = user_equilibrium(network, demand, gap=1e-9)
    flow = np.zeros(network.n_links)
    for pair in range(len(demand)):
        ways = found.paths.of_pair(pair)
        assert sum(amount for amount, _ in ways) == pytest.approx(demand.amount[pair], rel=1e-12)
        for amount, links in ways:
            assert network.tail[links[0]] == demand.origin[pair]
            assert network.head[links[-1]] == demand.destination[pair]
            assert all(network.head[a] == network.tail[b] for a, b in itertools.pairwise(links))
            flow[links] += amount
    np.testing.assert_allclose(flow, found.flow, atol=1e-9)


def test_the_paths_of_a_neighbour_are_a_good_start() -> None:
    network, demand = random_problem(5, n_nodes=30, load=3.0)
    first = user_equilibrium(network, demand, gap=1e-10)
    again = user_equilibrium(network, demand, gap=1e-9, start=first.paths)
    assert again.iterations == 1
    np.testing.assert_allclose(again.flow, first.flow, atol=1e-6)
    more = make_demand(network, demand.origin, demand.destination, 1.1 * demand.amount)
    warm, cold = (
        user_equilibrium(network, more, gap=1e-10, start=first.paths),
        user_equilibrium(network, more, gap=1e-10),
    )
    np.testing.assert_allclose(warm.flow, cold.flow, rtol=1e-4, atol=1e-4)
    assert warm.rounds[0].relative_gap < cold.rounds[0].relative_gap


def test_paths_made_by_hand_are_a_start_too() -> None:
    network, demand = two_links(1.0, 2.0, amount=30.0)
    start = PathFlows(np.array([0, 2]), np.array([1.0, 1.0]), np.array([0, 1, 2]), np.array([0, 1]))
    found = user_equilibrium(network, demand, start=start, gap=TIGHT)
    np.testing.assert_allclose(found.flow, [70 / 3, 20 / 3], rtol=1e-9)


def test_a_start_over_links_that_have_closed_finds_other_ways() -> None:
    network, demand = two_links(1.0, 2.0, amount=30.0)
    first = user_equilibrium(network, demand)
    closed = make_network(2, network.tail, network.head, network.delays, fixed=[np.inf, 0.0])
    np.testing.assert_allclose(user_equilibrium(closed, demand, start=first.paths).flow, [0.0, 30.0])


def test_equal_questions_get_equal_answers_to_the_byte() -> None:
    one, two = (user_equilibrium(*random_problem(3, n_nodes=20, classes=2, load=4.0)) for _ in range(2))
    assert one.flow.tobytes() == two.flow.tobytes()
    assert one.objective == two.objective


def test_the_report_shows_how_it_converged() -> None:
    found = user_equilibrium(*random_problem(2, load=5.0), gap=1e-10)
    assert [one.iteration for one in found.rounds] == list(range(1, found.iterations + 1))
    assert found.rounds[-1].relative_gap == found.relative_gap <= 1e-10
    assert found.rounds[-1].objective == found.objective
    assert found.rounds[0].relative_gap > found.rounds[-1].relative_gap
    assert [one.seconds for one in found.rounds] == sorted(one.seconds for one in found.rounds)


def test_a_gap_that_is_not_reached_is_said() -> None:
    found = user_equilibrium(*random_problem(2, load=5.0), gap=1e-10, rounds=1)
    assert not found.converged
    assert found.relative_gap > 1e-10


@pytest.mark.parametrize(
    ("settings_", "kind"),
    [({"gap": 0.0}, "equilibrium.gap"), ({"gap": np.nan}, "equilibrium.gap"), ({"rounds": 0}, "equilibrium.rounds")],
)
def test_settings_out_of_bounds_are_refused(settings_: dict[str, float], kind: str) -> None:
    with pytest.raises(InputError) as caught:
        user_equilibrium(*two_links(1.0, 2.0), **settings_)  # type: ignore[arg-type]
    assert [problem.type for problem in caught.value.problems] == [kind]


@pytest.mark.parametrize(
    "paths",
    [
        PathFlows(np.array([0]), np.zeros(0), np.array([0]), np.zeros(0, np.int32)),
        PathFlows(np.array([0, 1]), np.ones(1), np.array([0, 1]), np.array([9])),
        PathFlows(np.array([0, 2]), np.ones(1), np.array([0, 1]), np.array([0])),
        PathFlows(np.array([0, 1]), np.ones(1), np.array([0, 1]), np.array([0, 1])),
        PathFlows(np.array([0, 1]), np.ones(1), np.array([0, 2]), np.array([0, 1])),
    ],
)
def test_paths_of_another_network_are_no_start(paths: PathFlows) -> None:
    with pytest.raises(InputError) as caught:
        user_equilibrium(*two_links(1.0, 2.0), start=paths)
    assert {problem.type for problem in caught.value.problems} == {"equilibrium.paths"}
