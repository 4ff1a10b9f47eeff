"""Depth and permitted draught at a berth."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.corridor import Corridor, RowChange, load_corridor
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea import BerthDepth, bed_level_m_bs, berth_depths
from transcaspian.testing import tiny_corridor

AKTAU_OIL = "KZAAU.oil_berths"


def berth(corridor: Corridor, facility: str, level_m_bs: float) -> BerthDepth:
    return next(one for one in berth_depths(corridor, exact(level_m_bs)) if one.facility == facility)


def test_depth_falls_with_the_sea_metre_by_metre(tiny: Corridor) -> None:
    # 6 m at −28: 5 m at −29, 4 m at −30; 10 % of clearance.
    assert berth(tiny, "KZAAU.ferry_berths", -29).depth_m == exact(5)
    assert berth(tiny, "KZAAU.ferry_berths", -30).permitted_draught_m.mid == pytest.approx(4 / 1.1)
    assert bed_level_m_bs(tiny, "KZAAU.ferry_berths.depth") == exact(-34)


@pytest.mark.parametrize(("level_m_bs", "depth_m"), [(-27.114, 8.85), (-29.28, 6.684)])
def test_the_oil_berths_of_aktau(packaged: Corridor, level_m_bs: float, depth_m: float) -> None:
    assert berth(packaged, AKTAU_OIL, level_m_bs).depth_m.mid == pytest.approx(depth_m)


def test_the_offset_of_a_gauge_enters_the_bed_once_and_never_the_depth(packaged: Corridor) -> None:
    cell = ("depths", f"{AKTAU_OIL}.depth", "set", "local_offset_m")
    without = packaged.with_changes([RowChange(*cell, 0.0)])
    beds = [bed_level_m_bs(one, f"{AKTAU_OIL}.depth") for one in (packaged, without)]
    assert beds[0] is not None
    assert beds[1] is not None
    assert beds[0].mid - beds[1].mid == pytest.approx(-0.19)
    assert berth(without, AKTAU_OIL, -29.28).depth_m == berth(packaged, AKTAU_OIL, -29.28).depth_m


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.floats(-31, -26), st.floats(0.01, 3))
def test_makhachkala_and_the_volga_state_draughts_that_fall_one_to_one(level_m_bs: float, fall_m: float) -> None:
    corridor = load_corridor()
    for facility in ("RUMCX.oil_berths", "RUMCX.dry_berths", "RUASF.dry_berths", "RUOYA.dry_berths"):
        before, after = (berth(corridor, facility, level) for level in (level_m_bs, level_m_bs - fall_m))
        assert before.states_draught
        lost = before.permitted_draught_m.mid - after.permitted_draught_m.mid
        assert lost == pytest.approx(min(fall_m, before.permitted_draught_m.mid))


def test_makhachkalas_published_draughts_at_the_levels_of_2023_and_2025(packaged: Corridor) -> None:
    # T = T0 + (L + 28): 6.00 m for oil and 4.50 m for dry cargo at the gauge's zero, −28.0 m.
    for level_m_bs, oil_m, dry_m in ((-28.0, 6.0, 4.5), (-28.93, 5.07, 3.57), (-29.28, 4.72, 3.22)):
        assert berth(packaged, "RUMCX.oil_berths", level_m_bs).permitted_draught_m.mid == pytest.approx(oil_m)
        assert berth(packaged, "RUMCX.dry_berths", level_m_bs).permitted_draught_m.mid == pytest.approx(dry_m)


def test_the_open_sea_does_not_follow_the_caspian(packaged: Corridor) -> None:
    high, low = (berth(packaged, "GEPTI.container_terminal", level) for level in (-26, -34))
    assert high == low
    assert not high.on_the_caspian


def test_a_bed_above_the_water_is_dry_and_permits_nothing(tiny: Corridor) -> None:
    found = berth(tiny, "KZAAU.ferry_berths", -34.5)
    assert found.dry
    assert found.depth_m.mid == -0.5
    assert found.permitted_draught_m == exact(0)


def test_a_channel_binds_every_berth_of_its_port(tmp_path: Path) -> None:
    channel = {
        "id": "AZALA.channel.depth",
        "place": "AZALA",
        "depth_m": 5,
        "at_level_m_bs": -28,
        "clearance_ratio": 1.25,
    }
    corridor = tiny_corridor(tmp_path, rows={"depths": [channel]})
    found = berth(corridor, "AZALA.ferry_berths", -28)
    assert found.binding == "AZALA.channel.depth"
    assert found.permitted_draught_m.mid == 4
    assert berth(corridor, "KZAAU.ferry_berths", -28).depth_m == exact(6)


def test_dredging_in_service_acts_from_its_day(packaged: Corridor) -> None:
    before, after = (packaged.at(dt.date(2024, 11, day)) for day in (29, 30))
    assert berth(before, "KZKUR.rail_ferry", -29.147).depth_m.mid == pytest.approx(5)
    assert berth(after, "KZKUR.rail_ferry", -29.147).depth_m.mid == pytest.approx(7.5)


def test_silt_settles_from_the_base_date_or_the_last_dredging_on(packaged: Corridor) -> None:
    silting = packaged.with_changes(
        [
            RowChange("depths", f"{one}.depth", "set", "silting_m_per_year", 0.2)
            for one in (AKTAU_OIL, "KZKUR.rail_ferry")
        ]
    )
    assert berth(silting, AKTAU_OIL, -29).depth_m.mid == pytest.approx(berth(packaged, AKTAU_OIL, -29).depth_m.mid)
    later = silting.at(dt.date(2026, 1, 1))
    assert berth(later, AKTAU_OIL, -29).depth_m.mid == pytest.approx(8.85 - (29 - 27.114) - 0.4, abs=1e-3)
    # Kuryk was dredged on 30 November 2024, 397 days before.
    assert berth(later, "KZKUR.rail_ferry", -29.147).depth_m.mid == pytest.approx(7.5 - 0.2 * 397 / 365.25)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.floats(-36, -26), st.floats(0, 4))
def test_a_lower_sea_never_permits_more_draught(level_m_bs: float, fall_m: float) -> None:
    corridor = load_corridor()
    pairs = zip(
        berth_depths(corridor, exact(level_m_bs)), berth_depths(corridor, exact(level_m_bs - fall_m)), strict=True
    )
    for before, after in pairs:
        for end in ("low", "mid", "high"):
            higher, lower = (getattr(one.permitted_draught_m, end) for one in (before, after))
            assert lower <= higher + 1e-9
        assert before.permitted_draught_m.low <= before.permitted_draught_m.mid <= before.permitted_draught_m.high
