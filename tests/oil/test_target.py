"""Targets: caps of a toy by hand, and that what is named is what holds back."""

from __future__ import annotations

import datetime as dt

import pytest

from transcaspian.corridor import Corridor
from transcaspian.errors import InputError
from transcaspian.oil.target import Cap, TargetResult, solve_target
from transcaspian.oil.target_json import target_json

from .helpers import changed
from .tiny import mt, two_ways

YEAR = dt.date(2024, 1, 1)


def asked(volume_mt: float, corridor: Corridor | None = None) -> TargetResult:
    return solve_target(corridor or two_ways(), "over-sea", volume_mt=volume_mt, by=YEAR)


def cap(result: TargetResult, name: str) -> Cap:
    return next(one for one in result.caps if one.id == name)


def test_each_cap_of_the_toy_is_what_it_allows_alone() -> None:
    result = asked(mt(30))
    assert cap(result, "sea.contract").cap_mt == pytest.approx(mt(6))
    assert cap(result, "feed").cap_mt == pytest.approx(mt(8))
    assert cap(result, "b.sulphur").cap_mt == pytest.approx(mt(20 * 0.1 / 0.3))
    assert cap(result, "b.share").cap_mt == pytest.approx(mt(20 / 3))
    # 9 kt/d of tonnes at either end; berth time would allow some 10.
    assert cap(result, "KZAAU.oil_berths").cap_mt == pytest.approx(mt(9))
    # 0.9 of a ship, 68 h a round trip.
    payload_kt = cap(result, "ships").cap_mt / mt(1) / (0.9 * 24 / 68)
    assert 9.5 < payload_kt < 10.0


def test_what_must_be_added_fills_the_gap() -> None:
    result = asked(mt(10))
    assert cap(result, "sea.contract").to_add == pytest.approx(mt(4))
    assert cap(result, "feed").to_add == pytest.approx(mt(2))
    # 10 of Kazakh oil in 30 are a third; a quarter is allowed.
    assert cap(result, "b.share").to_add == pytest.approx(100 / 3 - 25, abs=1e-3)
    ships = cap(result, "ships")
    assert 1 <= ships.low <= ships.to_add <= ships.high


def test_binding_caps_come_the_tightest_first_and_none_when_reached() -> None:
    result = asked(mt(10))
    heights = [one.cap_mt for one in result.binding]
    assert heights == sorted(heights)
    assert not result.reached
    assert result.volume_mt == pytest.approx(min(heights))
    small = asked(mt(2))
    assert small.reached
    assert small.binding == ()
    assert target_json(small)["binding"] == []
    assert small.volume_mt == pytest.approx(mt(2))


def test_lifting_every_cap_that_binds_lets_the_volume_through() -> None:
    volume = mt(8.5)
    corridor = changed(two_ways(), "oil_contracts", "sea.contract", "cap_mt_per_year", volume)
    corridor = changed(corridor, "oil_quality", "b.sulphur", "max_percent", 1.0)
    corridor = changed(corridor, "oil_quality", "b.share", "max_percent", 100.0)
    corridor = changed(corridor, "oil_links", "feed", "capacity_mt_per_year", volume)
    corridor = changed(corridor, "oil_shuttles", "shuttle", "load_h", 0.0)
    corridor = changed(corridor, "vessels", "ship", "speed_kn", 60.0)
    assert asked(volume, corridor).reached


def test_water_binds_before_ships_where_they_sail_light() -> None:
    corridor = changed(two_ways(), "depths", "KZAAU.oil", "depth_m", 6.05)  # 5.5 m of draught; the ship has 6
    result = asked(mt(10), corridor)
    water, ships = cap(result, "draught"), cap(result, "ships")
    assert water.cap_mt == pytest.approx(ships.cap_mt * (9900 - 100 * 20 * 0.5) / 9900, rel=0.01)
    assert water.to_add == pytest.approx(0.5, abs=0.01)
    assert water.binds


def test_a_volume_that_nothing_built_would_bring_is_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match="whatever is built"):
        asked(mt(60))
    with pytest.raises(InputError, match="no volume"):
        asked(-1.0)
    with pytest.raises(InputError, match="no route"):
        solve_target(two_ways(), "over-land", volume_mt=1.0, by=YEAR)
