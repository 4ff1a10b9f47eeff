"""Payload: closed forms on round numbers, properties, and the two remedies."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.corridor import Corridor, Estimate3, RowChange, load_corridor
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea import Payload, cost_per_t, get_hull, voyage_payload
from transcaspian.corridor.sea.payload import FULLNESS, STORES_SHARE, Hull, payload_curve
from transcaspian.errors import InputError
from transcaspian.scenario import Change, Scenario, apply

levels = st.floats(-33, -26)
falls = st.floats(0, 3)
VOYAGES = [
    ("kmtf-astana", "KZAAU", "AZSAN"),
    ("kmtf-taraz", "KZAAU", "RUMCX"),
    ("asco-rsd59-1", "KZAAU", "AZALA"),
    ("asco-zarifa-aliyeva", "KZKUR", "AZALA"),
    ("tdy-berkarar", "TMKRW", "AZALA"),
    ("kmtf-turkestan", "KZAAU", "IRBAZ"),
]


def payload(corridor: Corridor, voyage: tuple[str, str, str], level_m_bs: float) -> Payload:
    vessel, origin, destination = voyage
    return voyage_payload(corridor, vessel, origin, destination, exact(level_m_bs))


def types(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.type for problem in error.value.problems]


def test_each_lost_centimetre_costs_the_immersion(tiny: Corridor) -> None:
    # 5.5 m of water over 1.10 is 5.0 m for a ship of 4.5 m; at −30 4 m of water give 3.636 m, 86.4 cm too few.
    alfa = ("asco-alfa", "KZAAU", "AZALA")
    assert payload(tiny, alfa, -28.5).lost_t == 0
    assert payload(tiny, alfa, -30).lost_t == pytest.approx(24 * 100 * (4.5 - 4 / 1.1))
    assert payload(tiny, alfa, -30).limited_by == "KZAAU.ferry_berths"
    assert payload(tiny, alfa, -28.5).limited_by == "vessel"


def test_a_full_ship_carries_its_deadweight_less_stores_and_lighter_water(tiny: Corridor) -> None:
    # Displacement 24 · 100 · 4.5 · 0.945 t; the tiny sea has 1.01 t/m3.
    lighter = 24 * 100 * 4.5 * FULLNESS.mid * (1.025 / 1.01 - 1)
    assert get_hull(tiny, "asco-alfa").full_payload_t.mid == pytest.approx(5000 * (1 - STORES_SHARE.mid) - lighter)
    ocean = get_hull(tiny, "asco-alfa", caspian=False).full_payload_t.mid
    assert ocean == pytest.approx(5000 * (1 - STORES_SHARE.mid))


def test_water_as_heavy_as_the_oceans_takes_nothing(packaged: Corridor) -> None:
    heavy = packaged.with_changes([RowChange("sea", "sea", "set", "water_density_t_per_m3", 1.025)])
    assert get_hull(heavy, "kmtf-astana").full_payload_t == get_hull(heavy, "kmtf-astana", caspian=False).full_payload_t


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.sampled_from(VOYAGES), levels, falls)
def test_a_lower_level_never_gains(voyage: tuple[str, str, str], level_m_bs: float, fall_m: float) -> None:
    before, after = payload_curve(load_corridor(), *voyage, [level_m_bs, level_m_bs - fall_m])
    for end in ("low", "mid", "high"):
        assert getattr(after.payload_t, end) <= getattr(before.payload_t, end) + 1e-6
    for one in (before, after):
        assert 0 <= one.payload_t.low <= one.payload_t.mid <= one.payload_t.high
        assert one.payload_t.mid <= one.full_payload_t.mid
        assert one.payload_t.high <= one.full_payload_t.high


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.sampled_from(VOYAGES), levels, falls, st.booleans())
def test_deeper_never_loses(voyage: tuple[str, str, str], level_m_bs: float, cut_m: float, first: bool) -> None:
    corridor = load_corridor()
    (before,) = payload_curve(corridor, *voyage, [level_m_bs])
    end = before.origin if first else before.destination
    deeper = corridor.with_changes([RowChange("depths", end.binding, "add", "depth_m", cut_m)])
    (after,) = payload_curve(deeper, *voyage, [level_m_bs])
    assert after.payload_t.mid >= before.payload_t.mid - 1e-9


widths = st.floats(0, 0.3)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.floats(0, 8), st.floats(0, 1), widths, widths, widths)
def test_the_range_of_a_payload_keeps_its_order_and_grows_with_the_draught(
    draught_m: float, more_m: float, hull_width: float, immersion_width: float, draught_width: float
) -> None:
    hull = Hull(
        "ship",
        Estimate3(10_000 * (1 - hull_width), 10_000, 10_000 * (1 + hull_width)),
        Estimate3(6.5, 6.6, 6.7),
        Estimate3(24 * (1 - immersion_width), 24, 24 * (1 + immersion_width)),
        (),
    )
    permitted = [Estimate3(t - draught_width, t, t + draught_width) for t in (draught_m, draught_m + more_m)]
    less, more = (hull.payload_t(one) for one in permitted)
    assert 0 <= less.low <= less.mid <= less.high
    for end in ("low", "mid", "high"):
        assert getattr(less, end) <= getattr(more, end) + 1e-6


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.sampled_from(VOYAGES), levels)
def test_the_shallower_end_decides_and_both_ways_are_one(voyage: tuple[str, str, str], level_m_bs: float) -> None:
    vessel, origin, destination = voyage
    corridor = load_corridor()
    (there,) = payload_curve(corridor, vessel, origin, destination, [level_m_bs])
    (back,) = payload_curve(corridor, vessel, destination, origin, [level_m_bs])
    assert there.payload_t == back.payload_t
    ends = (there.origin.permitted_draught_m.mid, there.destination.permitted_draught_m.mid)
    assert there.permitted_draught_m.mid == min(ends)


def test_dredging_one_end_alone_gains_nothing_when_the_other_binds(packaged: Corridor) -> None:
    # At −29.28 Makhachkala permits 4.72 m and Aktau 6.08 m.
    voyage = ("kmtf-astana", "KZAAU", "RUMCX")
    before = payload(packaged, voyage, -29.28)
    assert before.limited_by == "RUMCX.oil_berths"
    aktau = apply(packaged, dredged("KZAAU.oil_berths.depth", 1.5))
    makhachkala = apply(packaged, dredged("RUMCX.oil_berths.depth", 0.5))
    assert payload(aktau, voyage, -29.28).payload_t.mid == before.payload_t.mid
    assert payload(makhachkala, voyage, -29.28).payload_t.mid == pytest.approx(before.payload_t.mid + 50 * 24.2)


def dredged(depth_id: str, cut_m: float) -> Scenario:
    return Scenario("dredge", 2024, changes=(Change(depth_id, add={"depth_m": cut_m}),))


@pytest.mark.parametrize("act", [{"add": {"depth_m": 1.5}}, {"set": {"depth_m": 10.35}}, {"scale": {"depth_m": 1.2}}])
def test_dredging_as_a_scenario_fills_the_ship_again(packaged: Corridor, act: dict[str, dict[str, float]]) -> None:
    voyage = ("kmtf-astana", "KZAAU", "AZSAN")
    before = packaged.fingerprint()
    deeper = apply(packaged, Scenario("dredge", 2024, changes=(Change("KZAAU.oil_berths.depth", **act),)))
    assert payload(packaged, voyage, -29.28).lost_t > 2000
    assert payload(deeper, voyage, -29.28).lost_t == 0
    assert packaged.fingerprint() == before


def test_dredging_acts_within_its_dates(packaged: Corridor) -> None:
    dated = Change("KZAAU.oil_berths.depth", since=dt.date(2024, 7, 1), add={"depth_m": 1.5})
    corridor = apply(packaged, Scenario("dredge", 2024, changes=(dated,)))
    lost = [payload(corridor.at(dt.date(2024, 6, 30) + dt.timedelta(d)), VOYAGES[0], -29.28).lost_t for d in (0, 1)]
    assert lost[0] > 2000
    assert lost[1] == 0


def test_a_ship_of_smaller_draught_keeps_its_cargo_when_the_sea_falls(packaged: Corridor) -> None:
    shallow = Change("asco-rsd59-1", set={"draught_m": 4.0}, scale={"immersion_t_per_cm": 1.15})
    corridor = apply(packaged, Scenario("shallow ship", 2024, changes=(shallow,)))
    voyage = ("asco-rsd59-1", "KZAAU", "AZALA")
    assert payload(corridor, voyage, -29.28).lost_t == 0
    assert payload(packaged, voyage, -29.28).lost_t > 1000


def test_a_level_that_leaves_a_berth_dry_is_an_error_and_a_zero_on_a_curve(packaged: Corridor) -> None:
    with pytest.raises(InputError) as error:
        payload(packaged, VOYAGES[0], -36.5)
    assert types(error) == ["sea.dry_berth"]
    assert "KZAAU.oil_berths lies dry" in error.value.problems[0].what
    with pytest.raises(InputError) as error:
        payload(packaged, VOYAGES[1], -34.5)
    assert "RUMCX.oil_berths permits no draught" in error.value.problems[0].what
    (point,) = payload_curve(packaged, *VOYAGES[0], [-36.5])
    assert point.payload_t == exact(0)


def test_both_ends_without_a_berth_are_said_together(packaged: Corridor) -> None:
    with pytest.raises(InputError) as error:
        payload(packaged, ("kmtf-astana", "KZKUR", "AZALA"), -29)
    assert types(error) == ["sea.no_berth", "sea.no_berth"]


def test_a_ship_without_a_known_hull_is_an_error(packaged: Corridor) -> None:
    with pytest.raises(InputError) as error:
        get_hull(packaged, "ukrferry-kaunas")
    assert types(error) == ["sea.vessel"]
    assert "draught_m" in error.value.problems[0].what


def test_an_unknown_ship_offers_near_names(packaged: Corridor) -> None:
    with pytest.raises(InputError) as error:
        payload(packaged, ("kmtf-astanna", "KZAAU", "AZSAN"), -29)
    assert "kmtf-astana" in error.value.problems[0].mend


@pytest.mark.parametrize("ports", [("KZAAU", "KZAAU"), ("KZAAU", "GEPTI")])
def test_a_voyage_has_two_ports_on_one_sea(packaged: Corridor, ports: tuple[str, str]) -> None:
    with pytest.raises(InputError) as error:
        payload(packaged, ("kmtf-turkestan", *ports), -29)
    assert types(error) == ["sea.voyage"]


def test_the_cost_per_tonne_goes_as_one_over_the_payload() -> None:
    whole, half = (cost_per_t(exact(60_000), exact(tonnes)) for tonnes in (10_000, 5_000))
    assert whole == exact(6)
    assert half == exact(12)
    assert cost_per_t(exact(60_000), Estimate3(0, 100, 200)) is None
