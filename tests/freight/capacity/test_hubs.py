"""Where to put hubs: closed forms, brute force over all choices of sites, and what cannot be."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.errors import InputError
from transcaspian.freight.capacity.hubs import place_hubs, place_medians

#   towns at 0, 1, 2, 10, 11, 12 km on one road; 1 USD per t-km; sites in all of them
ROAD = np.abs(np.subtract.outer([0.0, 1.0, 2.0, 10.0, 11.0, 12.0], [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]))


def test_two_centres_of_a_road_with_two_towns_stand_in_the_middle_of_each() -> None:
    plan = place_medians(ROAD, np.ones(6), 2)
    np.testing.assert_array_equal(plan.sites, [1, 4])
    np.testing.assert_array_equal(plan.first_hub, [1, 1, 1, 4, 4, 4])
    assert plan.objective_usd == pytest.approx(4.0)
    np.testing.assert_allclose(plan.worth_usd, [30.0 - 2.0, 30.0 - 2.0])  # three towns 9, 10 and 11 km further
    assert plan.relative_gap == pytest.approx(0.0)


def test_one_centre_stands_at_the_median_of_the_weights() -> None:
    assert place_medians(ROAD, [1, 1, 1, 1, 1, 9], 1).sites.tolist() == [5]


def test_a_centre_that_costs_more_than_it_saves_is_not_opened() -> None:
    # Past all centres 8 USD each; the middle of three towns saves them 24 - 2 = 22.
    opening = [21.0, 21.0, 21.0, 23.0, 23.0, 23.0]
    plan = place_medians(ROAD, np.ones(6), 2, opening_usd=opening, otherwise_usd_per_t=np.full(6, 8.0))
    np.testing.assert_array_equal(plan.sites, [1])
    np.testing.assert_array_equal(plan.first_hub, [1, 1, 1, -1, -1, -1])
    np.testing.assert_allclose(plan.worth_usd, [1.0])
    nothing = place_medians(ROAD, np.ones(6), 2, opening_usd=np.full(6, 1e3), otherwise_usd_per_t=np.full(6, 8.0))
    assert nothing.sites.size == 0
    np.testing.assert_array_equal(nothing.first_hub, -1)
    assert nothing.objective_usd == pytest.approx(48.0)


def test_a_cheap_trunk_draws_cargo_through_two_hubs() -> None:
    #   each from the west towns to the east towns; between hubs at a fifth of the road's cost
    origin, goal = np.repeat([0, 1, 2], 3), np.tile([3, 4, 5], 3)
    plan = place_hubs(
        ROAD[origin], ROAD, ROAD[:, goal].T, np.ones(9), 2, trunk_factor=0.2, otherwise_usd_per_t=ROAD[origin, goal]
    )
    np.testing.assert_array_equal(plan.sites, [1, 4])
    assert plan.objective_usd == pytest.approx(9 * 2.0 + 2 * 6.0)
    assert set(plan.first_hub.tolist()) == {1}
    assert set(plan.second_hub.tolist()) == {4}


def brute_force(cost: np.ndarray, amount: np.ndarray, otherwise: np.ndarray, opening: np.ndarray, count: int) -> float:
    """Every choice of at most `count` sites; `cost` (n_wants, n_sites, n_sites)."""
    best = np.inf
    for size in range(count + 1):
        for sites in itertools.combinations(range(opening.size), size):
            pairs = cost[:, sites][:, :, sites].reshape(amount.size, -1)
            each = np.minimum(pairs.min(axis=1, initial=np.inf), otherwise)
            best = min(best, float(amount @ each + opening[list(sites)].sum()))
    return best


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 4), st.booleans(), st.booleans())
def test_no_choice_of_sites_beats_the_plan(seed: int, count: int, pairs: bool, opening: bool) -> None:
    rng = np.random.default_rng(seed)
    n_wants, n_sites = 7, 6
    amount = rng.uniform(0.0, 10.0, n_wants)
    otherwise = rng.uniform(5.0, 40.0, n_wants)
    price = rng.uniform(0.0, 40.0, n_sites) if opening else np.zeros(n_sites)
    collect, deliver = rng.uniform(1.0, 20.0, (2, n_wants, n_sites))
    collect[rng.random(collect.shape) < 0.2] = np.inf
    trunk = rng.uniform(1.0, 20.0, (n_sites, n_sites))
    if pairs:
        plan = place_hubs(
            collect, trunk, deliver, amount, count,
            trunk_factor=0.5, otherwise_usd_per_t=otherwise, opening_usd=price,
        )  # fmt: skip
        cost = collect[:, :, None] + 0.5 * trunk + deliver[:, None, :]
    else:
        plan = place_medians(collect, amount, count, otherwise_usd_per_t=otherwise, opening_usd=price)
        cost = np.full((n_wants, n_sites, n_sites), np.inf)
        cost[:, np.arange(n_sites), np.arange(n_sites)] = collect
    assert plan.objective_usd == pytest.approx(brute_force(cost, amount, otherwise, price, count))
    assert plan.bound_usd == pytest.approx(plan.objective_usd, rel=1e-6)
    assert plan.sites.size <= count
    assert np.all(plan.worth_usd >= -1e-9)  # a site that is worth nothing is not opened, or tied
    assert set(plan.first_hub[plan.first_hub >= 0].tolist()) <= set(plan.sites.tolist())


@given(st.integers(0, 10_000))
def test_another_hub_never_makes_it_dearer(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost, amount = rng.uniform(1.0, 20.0, (8, 6)), rng.uniform(0.0, 5.0, 8)
    costs = [place_medians(cost, amount, count).objective_usd for count in (1, 2, 3)]
    assert costs[0] >= costs[1] - 1e-9 >= costs[2] - 2e-9


def test_the_last_hub_of_someone_is_worth_without_end() -> None:
    plan = place_medians([[1.0, np.inf], [np.inf, 1.0]], [1.0, 1.0], 2)
    np.testing.assert_array_equal(plan.worth_usd, [np.inf, np.inf])


def test_too_few_hubs_for_everyone_is_an_error() -> None:
    with pytest.raises(InputError, match="no 1 sites can serve all 2") as caught:
        place_medians([[1.0, np.inf], [np.inf, 1.0]], [1.0, 1.0], 1)
    assert caught.value.problems[0].type == "hubs.unserved"


def test_a_consignment_that_no_site_serves_is_named() -> None:
    with pytest.raises(InputError, match="consignments 1 can go through no site"):
        place_medians([[1.0, 2.0], [np.inf, np.inf]], [1.0, 1.0], 1)


def test_what_is_wrong_with_the_question_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        place_hubs(ROAD, ROAD, ROAD, -np.ones(6), 0, trunk_factor=-1.0, opening_usd=np.full(6, np.inf))
    assert [problem.where for problem in caught.value.problems] == ["trunk_factor", "count", "amount_t", "opening_usd"]
    assert {problem.type for problem in caught.value.problems} == {"hubs.input"}
    with pytest.raises(InputError, match="has shape"):
        place_medians(ROAD, np.ones(4), 1)
    with pytest.raises(InputError, match="no numbers"):
        place_medians(np.full((6, 6), np.nan), np.ones(6), 1)
