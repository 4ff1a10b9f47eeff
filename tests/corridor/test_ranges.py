"""Arithmetic on low–mid–high: bounds, and the two ends of correlation in closed form."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.corridor.ranges import ZERO, exact, product, quotient, total
from transcaspian.corridor.tables import Estimate3

numbers = st.floats(0.01, 1e4)
shares = st.floats(0, 1)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate3:
    mid = draw(numbers)
    return Estimate3(mid * (1 - 0.9 * draw(shares)), mid, mid * (1 + 3 * draw(shares)))


def ordered(value: Estimate3) -> bool:
    slack = 1e-9 * abs(value.mid)
    return value.low <= value.mid + slack and value.mid <= value.high + slack


@settings(deadline=None, derandomize=True)
@given(estimates(), estimates())
def test_a_product_stays_within_what_the_extremes_span(a: Estimate3, b: Estimate3) -> None:
    found = product(a, b)
    assert ordered(found)
    assert found.mid == a.mid * b.mid
    assert found.low >= a.low * b.low - 1e-9 * found.mid
    assert found.high <= a.high * b.high + 1e-9 * found.mid


@settings(deadline=None, derandomize=True)
@given(estimates(), estimates())
def test_a_product_does_not_depend_on_the_order(a: Estimate3, b: Estimate3) -> None:
    assert product(a, b) == product(b, a)


@settings(deadline=None, derandomize=True)
@given(estimates(), numbers)
def test_an_exact_factor_scales_the_range(a: Estimate3, factor: float) -> None:
    found = product(a, exact(factor))
    for end in ("low", "mid", "high"):
        assert getattr(found, end) == pytest.approx(getattr(a, end) * factor, rel=1e-9, abs=1e-9)


def test_a_product_of_two_ten_per_cent_doubts_has_fourteen_per_cent() -> None:
    found = product(Estimate3(90, 100, 110), Estimate3(9, 10, 11))
    assert found.high == pytest.approx(1000 * (1 + 0.1 * math.sqrt(2)))
    assert found.low == pytest.approx(1000 * (1 - 0.1 * math.sqrt(2)))


@settings(deadline=None, derandomize=True)
@given(estimates(), estimates())
def test_a_quotient_stays_within_what_the_extremes_span(a: Estimate3, b: Estimate3) -> None:
    found = quotient(a, b)
    assert ordered(found)
    assert found.mid == pytest.approx(a.mid / b.mid)
    assert found.low >= a.low / b.high - 1e-9 * found.mid
    assert found.high <= a.high / b.low + 1e-9 * found.mid


def test_a_train_of_fifty_kilometres_an_hour_takes_sixty_hours_for_three_thousand() -> None:
    assert quotient(exact(3000), exact(50)) == exact(60)


@settings(deadline=None, derandomize=True)
@given(st.lists(estimates(), min_size=1, max_size=8))
def test_full_correlation_adds_all_the_lows_and_all_the_highs(terms: list[Estimate3]) -> None:
    found = total(terms, correlation=1.0)
    assert found.low == pytest.approx(sum(t.low for t in terms), rel=1e-9, abs=1e-6)
    assert found.mid == pytest.approx(sum(t.mid for t in terms))
    assert found.high == pytest.approx(sum(t.high for t in terms))


@settings(deadline=None, derandomize=True)
@given(st.lists(estimates(), min_size=1, max_size=8))
def test_no_correlation_adds_the_distances_in_quadrature(terms: list[Estimate3]) -> None:
    found = total(terms, correlation=0.0)
    down = math.sqrt(sum((t.mid - t.low) ** 2 for t in terms))
    up = math.sqrt(sum((t.high - t.mid) ** 2 for t in terms))
    assert found.low == pytest.approx(found.mid - down, abs=1e-6)
    assert found.high == pytest.approx(found.mid + up)


@settings(deadline=None, derandomize=True)
@given(st.lists(estimates(), min_size=1, max_size=8), shares, shares)
def test_more_correlation_never_narrows_a_sum(terms: list[Estimate3], one: float, other: float) -> None:
    narrow = total(terms, correlation=min(one, other))
    wide = total(terms, correlation=max(one, other))
    assert wide.low <= narrow.low + 1e-6
    assert wide.high >= narrow.high - 1e-6


def test_a_sum_of_nothing_is_nothing() -> None:
    assert total([], correlation=0.5) == ZERO
