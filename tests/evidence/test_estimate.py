"""The rule that makes low, mid and high, point by point on ledgers of a few claims."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transcaspian.errors import InputError


def estimate(make: Any, *claims: dict[str, Any], period: str | None = "2024", **settings: Any) -> Any:
    return make(claims).estimate("port:x", claims[0].get("quantity", "throughput"), period, **settings)


def test_primary_goes_before_newer_press_and_the_range_is_the_spread(make_ledger: Any) -> None:
    made = estimate(
        make_ledger,
        {"value": 100, "source": "ministry"},
        {"value": 140, "source": "press"},
        {"value": 90, "source": "press-old"},
    )
    assert (made.low, made.mid, made.high) == (90, 100, 140)
    assert made.conflict
    assert made.sources == 3
    assert made.claims[0] == "claim-0"


def test_press_naming_a_primary_body_goes_before_other_press(make_ledger: Any) -> None:
    assert estimate(make_ledger, {"value": 100, "source": "press"}, {"value": 101, "source": "quoting"}).mid == 101


def test_the_newest_of_equal_rank_is_the_mid(make_ledger: Any) -> None:
    made = estimate(make_ledger, {"value": 100, "source": "press-old"}, {"value": 102, "source": "press"})
    assert (made.low, made.mid, made.high, made.conflict) == (100, 102, 102, False)


def test_a_plan_is_never_mixed_with_what_happened(make_ledger: Any) -> None:
    claims = [{"value": 100, "kind": "actual"}, {"value": 900, "kind": "plan", "source": "ministry"}]
    made = estimate(make_ledger, *claims)
    assert (made.low, made.mid, made.high, made.kind) == (100, 100, 100, "actual")
    assert estimate(make_ledger, *claims, kind="plan").mid == 900


def test_actual_goes_before_a_primary_estimate_and_both_span_the_range(make_ledger: Any) -> None:
    made = estimate(make_ledger, {"value": 100}, {"value": 103, "kind": "estimate", "source": "ministry"})
    assert (made.mid, made.high) == (100, 103)


def test_order_of_kinds_between_groups(make_ledger: Any) -> None:
    kinds = ["estimate", "nominal", "plan", "forecast"]
    for first in range(len(kinds)):
        claims = [{"value": 10 * place, "kind": kind} for place, kind in enumerate(kinds) if place >= first]
        assert estimate(make_ledger, *claims).kind == kinds[first]


def test_one_source_counts_once(make_ledger: Any) -> None:
    made = estimate(make_ledger, {"value": 100, "source": "press"}, {"value": 200, "source": "press", "note": "again"})
    assert made.sources == 1
    assert not made.conflict
    assert (made.low, made.high) == (100, 200)


def test_a_lower_bound_leaves_the_upper_end_open(make_ledger: Any) -> None:
    made = estimate(make_ledger, {"low": 90, "unit": "%"})
    assert (made.low, made.mid, made.high) == (90, 90, None)
    assert "lower bounds" in made.rule
    repeated = estimate(make_ledger, {"value": 90, "low": 90, "unit": "%"})
    assert (repeated.low, repeated.high) == (90, None)


def test_a_kept_bound_does_not_widen_and_a_broken_one_does(make_ledger: Any) -> None:
    kept = estimate(make_ledger, {"value": 95}, {"low": 90, "source": "ministry"})
    assert (kept.low, kept.mid, kept.high, kept.conflict) == (95, 95, 95, False)
    broken = estimate(make_ledger, {"value": 80}, {"low": 90, "source": "ministry"})
    assert (broken.low, broken.mid, broken.high, broken.conflict) == (80, 80, 90, True)


def test_a_range_has_its_middle_as_mid(make_ledger: Any) -> None:
    made = estimate(make_ledger, {"low": 15, "high": 60, "unit": "d", "quantity": "transit_time"})
    assert (made.low, made.mid, made.high) == (15, 37.5, 60)


def test_doubtful_claims_neither_lead_nor_widen(make_ledger: Any) -> None:
    made = estimate(make_ledger, {"value": 100}, {"value": 900, "source": "ministry", "note": "DOUBTFUL: year"})
    assert (made.low, made.mid, made.high, made.conflict) == (100, 100, 100, False)
    assert "doubtful" in made.rule


def test_without_a_period_amounts_are_of_the_newest_full_year(make_ledger: Any) -> None:
    years = [{"value": 10 * n, "period": period} for n, period in enumerate(["2021", "2023", "2024-Q1"], start=1)]
    made = estimate(make_ledger, *years, period=None)
    assert (made.mid, made.low, made.period) == (20, 20, "2023")


def test_without_a_period_lasting_properties_are_of_five_years(make_ledger: Any) -> None:
    claims = [
        {"value": v, "period": p, "unit": "h", "quantity": "transit_time"}
        for v, p in [(40, "2010"), (12, "2022"), (6, "2024")]
    ]
    made = estimate(make_ledger, *claims, period=None)
    assert (made.low, made.mid, made.high) == (6, 6, 12)


def test_units_meet_in_the_unit_of_the_mid_or_the_asked_one(make_ledger: Any) -> None:
    claims = [
        {"value": 1, "unit": "d", "quantity": "transit_time", "source": "ministry"},
        {"value": 30, "unit": "h", "quantity": "transit_time"},
    ]
    assert estimate(make_ledger, *claims).high == pytest.approx(1.25)
    assert estimate(make_ledger, *claims, unit="h").mid == pytest.approx(24)
    with pytest.raises(InputError, match="does not convert"):
        estimate(make_ledger, *claims, unit="km")


def test_money_meets_at_the_nearest_sourced_rate(make_ledger: Any) -> None:
    rates = [
        {"id": f"rate-{year}", "subject": "currency:usd-kzt", "quantity": "exchange_rate", "value": rate}
        | {"unit": "KZT/USD", "period": year, "source": "bank"}
        for year, rate in (("2015", 200), ("2024", 500))
    ]
    money = {"quantity": "investment", "unit": "KZT", "value": 1000}
    made = make_ledger([money, *rates]).estimate("port:x", "investment", unit="USD")
    assert made.mid == pytest.approx(2)
    assert made.claims == ("claim-0", "rate-2024")
    old = make_ledger([money | {"period": "2014"}, *rates]).estimate("port:x", "investment", unit="USD")
    assert old.mid == pytest.approx(5)


@given(values=st.lists(st.floats(1, 1e9), min_size=1, max_size=5), data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_of_rows_never_matters(make_ledger: Any, values: list[float], data: st.DataObject) -> None:
    sources = itertools.cycle(["press", "ministry", "press-old", "quoting"])
    claims = [{"id": f"c{n}", "value": v, "source": s} for n, (v, s) in enumerate(zip(values, sources, strict=False))]
    made = estimate(make_ledger, *claims)
    shuffled = estimate(make_ledger, *data.draw(st.permutations(claims)))
    assert made == shuffled
    assert made.low == min(values)
    assert made.high == max(values)
    assert made.mid in values


def test_nothing_fits_is_said_with_the_periods_that_exist(make_ledger: Any) -> None:
    with pytest.raises(InputError, match="Periods with claims: 2024"):
        make_ledger([{"value": 1}]).estimate("port:x", "throughput", "2019")
