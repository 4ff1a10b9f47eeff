"""Closed forms on networks that fit on a line, and the ways in which a problem can be wrong or impossible."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transcaspian.errors import InputError
from transcaspian.freight.capacity import FlowProblem, Limit, UnmetReason, gather_limits, solve_capacity_flow

from .toys import assert_optimal, ints, toy

#   0 ──10 USD──► 1       one berth between them, and a detour 0 ─► 2 ─► 1 for 30 USD where drawn


def test_a_full_berth_is_worth_what_the_detour_costs_more() -> None:
    arcs = [(0, 1, 10.0), (0, 2, 15.0), (2, 1, 15.0)]
    answer = solve_capacity_flow(toy(arcs, {"berth": ([6.0], {0: 1.0})}, {"steel": (0, 1, [10.0])}))
    assert_optimal(answer)
    assert answer.objective_usd == pytest.approx(6 * 10 + 4 * 30)
    assert answer.price_usd[0, 0] == pytest.approx(20.0)
    assert answer.next_unit_usd[0, 0] == pytest.approx(30.0)
    (held,) = answer.ranges
    assert (held.gain_usd, held.loss_usd) == (pytest.approx(20.0), pytest.approx(20.0))
    assert (held.holds_from, held.holds_until) == (pytest.approx(0.0), pytest.approx(10.0))
    assert held.method == "basis"


def test_the_cargo_that_is_cheaper_to_leave_stays_behind_and_is_named() -> None:
    wants = {"steel": (0, 1, [6.0]), "wheat": (0, 1, [6.0])}
    problem = toy([(0, 1, 10.0)], {"berth": ([8.0], {0: 1.0})}, wants, unmet={"steel": 100.0, "wheat": 40.0})
    answer = solve_capacity_flow(problem)
    assert_optimal(answer)
    np.testing.assert_allclose(answer.unmet[:, 0], [0.0, 4.0])
    assert answer.price_usd[0, 0] == pytest.approx(30.0)
    assert answer.unmet_reason[1, 0] == UnmetReason.FULL
    assert answer.unmet_sentences() == ["wheat, period 0: 4 of 6 not carried: the limits on the way are full."]


def test_a_limit_that_is_hungry_for_one_class_is_given_to_the_other() -> None:
    wants = {"boxes": (0, 1, [10.0]), "bulk": (0, 1, [10.0])}
    problem = toy(
        [(0, 1, 10.0)], {"slots": ([10.0], {0: 0.5})}, wants, cargo={"bulk": 1}, appetite=(1.0, 4.0), unmet=50.0
    )
    answer = solve_capacity_flow(problem)  # boxes use 0.5 slots per t, bulk 2
    assert_optimal(answer)
    np.testing.assert_allclose(answer.unmet[:, 0], [0.0, 7.5])
    assert answer.price_usd[0, 0] == pytest.approx(20.0)  # one slot carries half a tonne of bulk, worth 40 each


def test_a_limit_that_one_path_uses_twice_counts_twice() -> None:
    arcs = [(0, 1, 1.0), (1, 2, 1.0)]
    answer = solve_capacity_flow(toy(arcs, {"cranes": ([10.0], {0: 1.0, 1: 1.0})}, {"steel": (0, 2, [8.0])}))
    assert_optimal(answer)
    assert answer.unmet[0, 0] == pytest.approx(3.0)
    assert answer.limit_use[0, 0] == pytest.approx(10.0)


def test_stock_carries_the_peak_over_and_ties_the_prices_of_two_months() -> None:
    arcs = [(0, 1, 10.0), (0, 0, 2.0, 1)]  # the second is stock at the origin: 2 USD per period
    answer = solve_capacity_flow(toy(arcs, {"berth": ([6.0, 6.0], {0: 1.0})}, {"steel": (0, 1, [9.0, 1.0])}))
    assert_optimal(answer)
    assert answer.unmet.sum() == 0.0
    assert answer.objective_usd == pytest.approx(10 * 10 + 3 * 2)
    np.testing.assert_allclose(answer.price_usd, [[2.0, 0.0]])


def test_stock_room_is_a_limit_like_any_other() -> None:
    arcs = [(0, 1, 10.0), (0, 0, 2.0, 1)]
    limits = {"berth": ([6.0, 6.0], {0: 1.0}), "yard": ([2.0, 2.0], {1: 1.0})}
    answer = solve_capacity_flow(toy(arcs, limits, {"steel": (0, 1, [9.0, 1.0])}))
    assert_optimal(answer)
    np.testing.assert_allclose(answer.unmet, [[1.0, 0.0]])
    np.testing.assert_allclose(answer.price_usd, [[90.0, 0.0], [88.0, 0.0]])


def test_cargo_in_stock_when_the_horizon_ends_has_not_arrived() -> None:
    arcs = [(0, 1, 10.0), (0, 0, 2.0, 1)]
    answer = solve_capacity_flow(toy(arcs, {"berth": ([6.0, 6.0], {0: 1.0})}, {"steel": (0, 1, [1.0, 9.0])}))
    assert_optimal(answer)
    np.testing.assert_allclose(answer.unmet, [[0.0, 3.0]])


def test_a_slow_arc_uses_its_limit_in_the_period_it_is_entered() -> None:
    arcs = [(0, 1, 10.0, 1)]
    problem = toy(arcs, {"ship": ([5.0, 0.0], {0: 1.0})}, {"steel": (0, 1, [4.0, 4.0])})
    answer = solve_capacity_flow(problem)
    assert_optimal(answer)
    np.testing.assert_allclose(answer.limit_use, [[4.0, 0.0]])
    assert answer.unmet_reason[0, 1] == UnmetReason.NO_WAY  # it would arrive after the last period


def test_a_pooled_limit_has_one_price_for_all_periods() -> None:
    wants = {"steel": (0, 1, [9.0, 1.0])}
    answer = solve_capacity_flow(
        toy([(0, 1, 10.0)], {"fleet": ([4.0, 4.0], {0: 1.0})}, wants, pooled=["fleet"], unmet=30.0)
    )
    assert_optimal(answer)
    assert answer.unmet.sum() == pytest.approx(2.0)
    np.testing.assert_allclose(answer.price_usd, [[20.0, 20.0]])
    (held,) = answer.ranges
    assert held.period == -1
    assert (held.capacity, held.holds_until) == (pytest.approx(8.0), pytest.approx(10.0))


def test_a_closed_limit_carries_nothing_and_says_what_opening_it_is_worth() -> None:
    answer = solve_capacity_flow(toy([(0, 1, 10.0)], {"border": ([0.0], {0: 1.0})}, {"steel": (0, 1, [5.0])}))
    assert_optimal(answer)
    assert answer.flow.size == 0
    assert answer.unmet_reason[0, 0] == UnmetReason.CLOSED
    (held,) = answer.ranges
    assert held.gain_usd == pytest.approx(90.0)
    assert np.isnan(held.loss_usd)
    assert held.holds_until == pytest.approx(5.0)


def test_a_closed_limit_is_named_where_the_way_around_it_is_not_worth_it() -> None:
    arcs = [(0, 1, 10.0), (0, 1, 150.0)]
    answer = solve_capacity_flow(toy(arcs, {"border": ([0.0], {0: 1.0})}, {"steel": (0, 1, [5.0])}))
    assert answer.unmet_reason[0, 0] == UnmetReason.CLOSED
    assert "worth its cost passes a limit with no capacity" in answer.unmet_sentences()[0]


def test_demand_without_a_way_is_named_and_costs_its_price() -> None:
    problem = toy([(0, 1, 10.0)], {}, {"steel": (0, 2, [5.0]), "wheat": (0, 1, [1.0])}, n_nodes=3)
    answer = solve_capacity_flow(problem)
    assert_optimal(answer)
    assert answer.objective_usd == pytest.approx(5 * 100 + 10)
    assert answer.unmet_reason[0, 0] == UnmetReason.NO_WAY
    assert "no way leads" in answer.unmet_sentences()[0]


def test_a_way_dearer_than_leaving_the_cargo_is_not_used_and_named() -> None:
    answer = solve_capacity_flow(toy([(0, 1, 10.0)], {}, {"steel": (0, 1, [5.0])}, unmet=9.0))
    assert_optimal(answer)
    assert answer.unmet_reason[0, 0] == UnmetReason.DEARER_THAN_UNMET
    assert answer.objective_usd == pytest.approx(45.0)


def test_a_class_that_may_not_use_an_arc_goes_another_way() -> None:
    problem = toy([(0, 1, 10.0), (0, 1, 50.0)], {}, {"oil": (0, 1, [1.0])})
    network = replace(problem.network, cost=np.array([[[np.inf, 50.0]]]))
    assert solve_capacity_flow(replace(problem, network=network)).objective_usd == pytest.approx(50.0)


def test_no_demand_at_all_is_an_empty_answer() -> None:
    answer = solve_capacity_flow(toy([(0, 1, 10.0)], {"berth": ([1.0], {0: 1.0})}, {"steel": (0, 1, [0.0])}))
    assert (answer.objective_usd, answer.flow.size, answer.ranges) == (0.0, 0, ())


def test_a_subsidy_is_taken_where_no_round_trip_earns_money() -> None:
    arcs = [(0, 1, 10.0), (1, 2, -7.0), (2, 1, 8.0), (0, 2, 4.0)]
    answer = solve_capacity_flow(toy(arcs, {"berth": ([3.0], {1: 1.0})}, {"steel": (0, 2, [5.0])}))
    assert_optimal(answer)
    assert answer.objective_usd == pytest.approx(3 * 3 + 2 * 4)
    assert answer.price_usd[0, 0] == pytest.approx(1.0)


def test_a_round_trip_that_earns_money_is_an_error_that_names_it() -> None:
    arcs = [(0, 1, 10.0), (1, 2, -7.0), (2, 1, 6.0)]
    with pytest.raises(InputError, match=r"nodes (1 -> 2 -> 1|2 -> 1 -> 2), arcs") as caught:
        solve_capacity_flow(toy(arcs, {}, {"steel": (0, 2, [5.0])}))
    assert [problem.type for problem in caught.value.problems] == ["flow.negative_cycle"]


def test_demand_without_a_price_of_leaving_it_is_an_error() -> None:
    problem = toy([(0, 1, 10.0)], {}, {"steel": (0, 1, [5.0])}, unmet=np.nan)
    with pytest.raises(InputError, match="steel") as caught:
        solve_capacity_flow(problem)
    assert [found.type for found in caught.value.problems] == ["flow.unmet_price"]


GOOD = toy([(0, 1, 10.0)], {"berth": ([1.0, 1.0], {0: 1.0})}, {"steel": (0, 1, [5.0, 5.0])})


def spoilt(part: str, **changes: object) -> FlowProblem:
    return replace(GOOD, **{part: replace(getattr(GOOD, part), **changes)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("problem", "where"),
    [
        (spoilt("network", head=ints([7])), "network.head, row 0"),
        (spoilt("network", head=ints([0])), "network.lag, row 0"),
        (spoilt("network", lag=ints([-1])), "network.lag, row 0"),
        (spoilt("network", cost=np.full((1, 1, 1), np.nan)), "network.cost, row 0"),
        (spoilt("network", cost=np.zeros((1, 3, 1))), "network.cost"),
        (spoilt("limits", capacity=np.array([[1.0, -1.0]])), "limits.capacity, berth"),
        (spoilt("limits", capacity=np.array([[1.0, np.inf]]), pooled=np.array([True])), "limits.capacity, berth"),
        (spoilt("limits", usage=np.array([[-1.0]])), "limits.usage, row 0"),
        (spoilt("limits", arc=ints([3])), "limits.arc, row 0"),
        (spoilt("limits", unit=()), "limits.unit"),
        (spoilt("demand", destination=ints([0])), "demand, steel"),
        (spoilt("demand", amount=np.array([[1.0, np.nan]])), "demand, steel"),
        (spoilt("demand", unmet_usd=np.array([[1.0, np.inf]])), "demand, steel"),
        (spoilt("demand", amount=np.array([1.0])), "demand.amount, network.cost"),
        (spoilt("demand", cargo=np.array([0.5])), "demand.cargo"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(problem: FlowProblem, where: str) -> None:
    with pytest.raises(InputError) as caught:
        solve_capacity_flow(problem)
    assert where in [found.where for found in caught.value.problems]
    assert {found.type for found in caught.value.problems} <= {"flow.input", "flow.unmet_price"}
    assert all(found.mend for found in caught.value.problems)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    problem = replace(
        spoilt("network", lag=ints([-1])),
        demand=replace(GOOD.demand, destination=ints([0]), unmet_usd=np.full((1, 2), np.nan)),
    )
    with pytest.raises(InputError) as caught:
        solve_capacity_flow(problem)
    assert len(caught.value.problems) == 3


def test_limits_told_one_by_one_make_the_same_problem() -> None:
    arcs = [(0, 1, 10.0), (0, 2, 15.0), (2, 1, 15.0)]
    told = [
        Limit("berth", "t", 6.0, [(0, 1.0)]),
        Limit("fleet", "ship-hour", [3.0, 4.0], [(1, [0.5, 2.0]), (2, 0.25)], pooled=True),
    ]
    limits = gather_limits(told, n_classes=2, n_periods=2)
    assert (limits.id, limits.unit) == (("berth", "fleet"), ("t", "ship-hour"))
    np.testing.assert_array_equal(limits.capacity, [[6.0, 6.0], [3.0, 4.0]])
    np.testing.assert_array_equal(limits.usage, [[1.0, 0.5, 0.25], [1.0, 2.0, 0.25]])
    wants = {"steel": (0, 1, [10.0, 10.0]), "bulk": (0, 1, [5.0, 5.0])}
    problem = toy(arcs, {}, wants, cargo={"bulk": 1}, appetite=(1.0, 1.0))
    answer = solve_capacity_flow(replace(problem, limits=limits))
    assert_optimal(answer)
    np.testing.assert_allclose(answer.limit_use[0], 6.0)
    assert answer.limit_use[1].sum() == pytest.approx(7.0)
    assert answer.arc_flow()[:, 0].sum() == pytest.approx(12.0)
    assert answer.carriage_usd + (answer.unmet * 100.0).sum() == pytest.approx(answer.objective_usd)


def test_more_demand_may_leave_less_behind_where_prices_differ() -> None:
    #   0 ─► 1 ─► 2, each for one ship-hour per t; copper (0 to 1, dear) drives out steel (0 to 2),
    #   and so makes room for two tonnes of wheat (1 to 2) that needs half of what steel does
    def unmet(copper_t: float) -> float:
        wants = {"copper": (0, 1, [copper_t]), "steel": (0, 2, [1.0]), "wheat": (1, 2, [2.0])}
        limits = {"first": ([1.0], {0: 1.0}), "second": ([1.0], {1: 1.0})}
        prices = {"copper": 90.0, "steel": 40.0, "wheat": 15.0}
        problem = toy([(0, 1, 1.0), (1, 2, 1.0)], limits, wants, unmet=prices, cargo={"wheat": 1}, appetite=(1.0, 0.5))
        return float(solve_capacity_flow(problem).unmet.sum())

    assert unmet(0.0) == pytest.approx(2.0)
    assert unmet(1.0) == pytest.approx(1.0)


def test_the_answer_is_frozen_and_repeats_to_the_byte() -> None:
    problem = toy([(0, 1, 10.0)], {"berth": ([6.0], {0: 1.0})}, {"steel": (0, 1, [10.0])})
    one, two = solve_capacity_flow(problem), solve_capacity_flow(problem)
    with pytest.raises(ValueError, match="read-only"):
        one.flow[0] = 1.0
    assert one.flow.tobytes() == two.flow.tobytes()
    assert one.price_usd.tobytes() == two.price_usd.tobytes()
    np.testing.assert_array_equal(one.ranked_limits(), [0])
    np.testing.assert_allclose(one.rent_usd, [[540.0]])
