"""What counts as a contradiction, and in which order they are told."""

from typing import Any

import pytest

from transcaspian.evidence import Conflict


def found(make: Any, *claims: dict[str, Any]) -> tuple[Conflict, ...]:
    return make(claims).conflicts()


ONE = {"value": 100, "source": "press"}
OTHER = {"value": 150, "source": "ministry"}


def test_two_independent_counts_conflict_by_a_third(make_ledger: Any) -> None:
    (conflict,) = found(make_ledger, ONE, OTHER)
    assert conflict.difference == 50 / 150
    assert (conflict.low.value, conflict.high.value, conflict.sources) == (100, 150, 2)


def test_no_conflict_within_one_source_kind_period_or_tolerance(make_ledger: Any) -> None:
    for change in ({"source": "press"}, {"kind": "plan"}, {"period": "2023"}, {"value": 104}, {"note": "doubtful"}):
        assert not found(make_ledger, ONE, OTHER | change)


def test_amounts_of_a_part_do_not_contradict_the_whole_but_speeds_do(make_ledger: Any) -> None:
    half = {"period": "2024-H1"}
    assert not found(make_ledger, ONE, OTHER | half)
    lasting = {"unit": "km/h", "quantity": "speed"}
    assert found(make_ledger, ONE | lasting, OTHER | lasting | half)


def test_lengths_are_compared_at_any_time(make_ledger: Any) -> None:
    length = {"unit": "km", "quantity": "length"}
    assert found(make_ledger, ONE | length | {"period": "undated"}, OTHER | length | {"period": "2013"})


def test_ranges_that_touch_agree(make_ledger: Any) -> None:
    assert not found(make_ledger, {"low": 90, "high": 120, "source": "press"}, {"value": 118, "source": "ministry"})
    assert not found(make_ledger, {"low": 90, "source": "press"}, {"value": 118, "source": "ministry"})
    assert found(make_ledger, {"high": 90, "source": "press"}, {"value": 118, "source": "ministry"})


def test_aliases_and_units_are_joined_first(make_ledger: Any) -> None:
    (conflict,) = found(make_ledger, ONE | {"quantity": "volume"}, OTHER | {"value": 0.15, "unit": "kt"})
    assert conflict.difference == pytest.approx(1 / 3)


def test_the_worst_comes_first(make_ledger: Any) -> None:
    mild = [c | {"subject": "port:y"} for c in (ONE, OTHER | {"value": 110})]
    assert [c.subject for c in found(make_ledger, *mild, ONE, OTHER)] == ["port:x", "port:y"]


def test_one_conflict_per_period(make_ledger: Any) -> None:
    third = {"value": 300, "source": "press-old"}
    (conflict,) = found(make_ledger, ONE, OTHER, third)
    assert (conflict.low.value, conflict.high.value, conflict.sources) == (100, 300, 3)
