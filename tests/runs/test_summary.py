"""Summaries against closed forms, textbook numbers and the promise of the interval."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from transcaspian.errors import InputError
from transcaspian.runs import antithetic_variance_ratio, paired_difference, stream_key, summarise
from transcaspian.runs._draws_kernel import exponential, standard_normal


def test_mean_quantiles_and_interval_of_one_to_ten() -> None:
    summary = summarise(np.arange(1.0, 11.0))
    assert (summary.n, summary.mean, summary.p50) == (10, 5.5, 5.5)
    assert (summary.p10, summary.p90) == pytest.approx((1.9, 9.1))
    # t(9; 0.975) = 2.262157, standard error sqrt(55 / 6 / 10)
    half = 2.2621571627 * (55.0 / 6.0 / 10.0) ** 0.5
    assert (summary.low, summary.high) == pytest.approx((5.5 - half, 5.5 + half), rel=1e-9)


def test_the_interval_of_a_textbook_is_found() -> None:
    # Law (2015), Simulation Modeling and Analysis, chapter 4: ten observations, 90 % interval 1.34 +- 0.24.
    values = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
    summary = summarise(values, confidence=0.9)
    assert summary.mean == pytest.approx(1.34, abs=0.005)
    assert summary.high is not None
    assert summary.high - summary.mean == pytest.approx(0.24, abs=0.005)


def test_the_interval_is_that_of_scipy() -> None:
    values = np.random.default_rng(3).gamma(2.0, size=17)
    summary = summarise(values, confidence=0.99)
    theirs = stats.t.interval(0.99, 16, loc=values.mean(), scale=stats.sem(values))
    assert (summary.low, summary.high) == pytest.approx(theirs, rel=1e-9)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for world in range(2000):
        key = stream_key(1, world, "normals")
        summary = summarise([standard_normal(key, 0, counter) for counter in range(8)])
        assert summary.low is not None
        assert summary.high is not None
        held += summary.low <= 0.0 <= summary.high
    assert held == pytest.approx(1900, abs=4 * (2000 * 0.95 * 0.05) ** 0.5)


def test_one_replication_tells_nothing_of_the_spread() -> None:
    summary = summarise([3.0])
    assert (summary.mean, summary.p10, summary.p90, summary.low, summary.high) == (3.0, 3.0, 3.0, None, None)
    assert summary.as_json()["low"] is None


def test_common_random_numbers_make_a_difference_plain() -> None:
    before = np.array([10.0, 20.0, 30.0, 40.0])
    difference = paired_difference(before, before + np.array([1.0, 2.0, 1.0, 2.0]))
    half = 3.182446305 * (1.0 / 3.0 / 4.0) ** 0.5  # t(3; 0.975), variance 1/3
    assert difference.mean == 1.5
    assert (difference.low, difference.high) == pytest.approx((1.5 - half, 1.5 + half), rel=1e-8)
    assert difference.significant
    assert difference.variance_ratio is not None
    assert difference.variance_ratio < 0.01


def test_the_same_ensemble_twice_differs_by_nothing() -> None:
    values = [1.0, 5.0, 2.0]
    difference = paired_difference(values, values)
    assert (difference.mean, difference.low, difference.high) == (0.0, 0.0, 0.0)
    assert not difference.significant


def test_a_difference_of_one_pair_has_no_interval() -> None:
    difference = paired_difference([1.0], [2.0])
    assert (difference.mean, difference.low, difference.variance_ratio) == (1.0, None, None)
    assert not difference.significant


def pairs(n: int) -> np.ndarray:
    """Exponentials of mean 1, each beside its antithetic twin."""
    twins = [stream_key(1, 0, "waits", antithetic=twin) for twin in (False, True)]
    return np.array([exponential(twins[one % 2], one // 2, 0, 1.0) for one in range(n)])


def test_antithetic_exponentials_cut_the_variance_by_what_theory_says() -> None:
    # Covariance of ln u and ln (1 - u) is 1 - pi**2 / 6, so the ratio is 2 - pi**2 / 6 = 0.355.
    assert antithetic_variance_ratio(pairs(40_000)) == pytest.approx(2.0 - np.pi**2 / 6.0, abs=0.02)


def test_pairs_count_once_in_the_interval() -> None:
    values = pairs(2000)
    alone, paired = summarise(values), summarise(values, antithetic=True)
    assert alone.mean == paired.mean
    widths = [one.high - one.low for one in (alone, paired) if one.high is not None and one.low is not None]
    assert widths[1] / widths[0] == pytest.approx(0.355**0.5, rel=0.1)


def test_values_that_cancel_within_each_pair_leave_no_variance() -> None:
    assert antithetic_variance_ratio([1.0, -1.0, 3.0, -3.0]) == 0.0
    summary = summarise([1.0, -1.0, 3.0, -3.0], antithetic=True)
    assert (summary.mean, summary.low, summary.high) == (0.0, 0.0, 0.0)


WRONG = {
    "no value": lambda: summarise([]),
    "a table": lambda: summarise([[1.0]]),
    "not finite": lambda: summarise([1.0, float("nan")]),
    "half a pair": lambda: summarise([1.0, 2.0, 3.0], antithetic=True),
    "sure of all": lambda: summarise([1.0, 2.0], confidence=1.0),
    "unequal": lambda: paired_difference([1.0, 2.0], [1.0]),
    "one pair": lambda: antithetic_variance_ratio([1.0, 2.0]),
    "all equal": lambda: antithetic_variance_ratio([1.0, 1.0, 1.0, 1.0]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_has_no_summary_is_said(case: str) -> None:
    with pytest.raises(InputError) as caught:
        WRONG[case]()
    assert [problem.type for problem in caught.value.problems] == ["runs.summary"]
