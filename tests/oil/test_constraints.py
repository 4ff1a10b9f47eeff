"""Two-period toys, one for each constraint, solved by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from transcaspian.oil.dated import Floats
from transcaspian.oil.matrix import CONSTRAINTS, Solution
from transcaspian.oil.planning import Run
from transcaspian.oil.program import INF, Window

from .helpers import changed, link_flow, solved, toy_run
from .tiny import SETTINGS, mt, three_nodes, two_ways


def route(solution: Solution, run: Run, name: str) -> Floats:
    row = run.network.route_id.index(name)
    flow: Floats = solution.of(solution.columns.flow)[:, run.network.route_arcs(row)].sum(axis=1)
    return flow


def two_days(*changes: tuple[str, str, str, float], keen: bool = True) -> tuple[Run, Window]:
    """Two days of the toy with two ways; when keen, the way over the sea is nominated at 50 kt/d, beyond any limit."""
    corridor = two_ways()
    for table, row, column, value in changes:
        corridor = changed(corridor, table, row, column, value)
    if keen:
        corridor = changed(corridor, "oil_routes", "over-sea", "nomination_mt_per_year", mt(50))
    run = toy_run(corridor, 2)
    return run, run.window()


def lifted(window: Window, *but: str) -> Window:
    """The window without any limit of the way over the sea but those named."""
    series = window.series
    free = {
        "contract_cap": np.full_like(series.contract_cap, INF),
        "quality": np.zeros_like(series.quality),
        "ships": np.full_like(series.ships, 1e6),
        "berth_hours": np.full_like(series.berth_hours, INF),
        "berth_cap": np.full_like(series.berth_cap, INF),
        "link_cap": np.full_like(series.link_cap, INF),
    }
    return replace(window, series=replace(series, **{name: v for name, v in free.items() if name not in but}))


def test_balance_what_is_made_is_sold_or_stored() -> None:
    _, window = two_days(keen=False)
    _, solution = solved(window)  # asserts the balance of every node
    sold = solution.of(solution.columns.sale).sum()
    made = solution.of(solution.columns.make).sum()
    assert made - sold == pytest.approx(0.0, abs=1e-7)  # tanks end as full as they began


def test_link_capacity_leaves_room_for_the_oil_of_others() -> None:
    run, window = two_days()
    _, solution = solved(lifted(window, "link_cap"))
    # b.pipe carries 40 kt/d, 5 of others and 20 of the source there, and the feed no more than 8.
    np.testing.assert_allclose(route(solution, run, "over-sea"), 8.0)
    assert window.series.link_cap[0, run.network.link_id.index("b.pipe")] == pytest.approx(35.0)


def test_mooring_loading_uses_no_more_moorings_than_may_be_used_at_once() -> None:
    run, window = two_days()
    np.testing.assert_allclose(window.series.mooring_cap, 66.0)  # two of three, 33 kt/d each
    half = replace(window, weather=np.full((2, 1), 0.5))
    _, solution = solved(half)
    assert link_flow(solution, run, "a.loading").max() <= 33.0 + 1e-9


def test_storage_holds_no_more_than_its_tanks_and_keeps_what_cannot_be_drawn() -> None:
    run = toy_run(changed(three_nodes(), "oil_moorings", "a.moorings", "servers", 0.0), 2)
    _, solution = solved(run.window())
    stock = solution.of(solution.columns.stock)[:, 0]
    assert stock.tolist() == pytest.approx([90.0, 100.0])  # 40 + 50, then full
    dry = toy_run(changed(three_nodes(), "oil_fields", "field.a", "production_mt_per_year", 0.0), 2)
    _, solution = solved(dry.window())
    assert solution.of(solution.columns.stock).min() >= 40.0 - 1e-9


def test_stock_level_tanks_are_not_emptied_for_nothing() -> None:
    run = toy_run(changed(three_nodes(), "oil_storage", "a.storage", "stock_min_mt", 0.0), 2)
    _, solution = solved(run.window())
    np.testing.assert_allclose(solution.of(solution.columns.stock)[:, 0], 40.0)


def test_market_demand_a_refinery_gets_its_oil_or_falls_short() -> None:
    run, window = two_days(("oil_fields", "field.a", "production_mt_per_year", mt(3)), keen=False)
    _, solution = solved(window)
    refinery = run.network.market_id.index("refinery")
    taken = solution.of(solution.columns.sale)[:, run.network.sale_market == refinery].sum(axis=1)
    np.testing.assert_allclose(taken + solution.of(solution.columns.short)[:, refinery], 5.0)
    assert taken.sum() > 0


def test_fleet_carries_payload_over_round_trip_for_each_ship_at_work() -> None:
    run, window = two_days()
    _, solution = solved(lifted(window, "ships"))
    # 370.4 km is 200 nm: 2 x 20 h at 10 kn, and 28 h in ports. One ship, 0.9 of its time.
    trips_a_day = 0.9 * 24 / 68
    payload_kt = 1 / window.series.lift_calls[0, 0]
    np.testing.assert_allclose(route(solution, run, "over-sea"), trips_a_day * payload_kt)
    assert 9.5 < payload_kt < 10.0  # 10,000 t less stores


def test_shuttle_payload_nothing_crosses_without_a_ship() -> None:
    run, window = two_days(("oil_tankers", "tankers", "share", 0.0))
    _, solution = solved(window)
    np.testing.assert_allclose(link_flow(solution, run, "sea"), 0.0, atol=1e-9)


def test_berth_time_is_shared_with_other_ships() -> None:
    run, window = two_days(("oil_berths", "berths.port", "other_share", 0.9))
    _, solution = solved(lifted(window, "berth_hours"))
    # Two berths, a tenth of their time: 4.8 berth-hours a day, and a call takes 24.
    np.testing.assert_allclose(route(solution, run, "over-sea"), 4.8 / 24 / window.series.lift_calls[0, 0])


def test_berth_tonnes_leave_room_for_the_oil_of_others() -> None:
    run, window = two_days(("oil_berths", "berths.port", "other_mt_per_year", mt(7)))
    _, solution = solved(lifted(window, "berth_cap"))
    np.testing.assert_allclose(route(solution, run, "over-sea"), 2.0)  # 9 kt/d less 7


def test_nomination_is_carried_though_another_way_pays_more() -> None:
    run, window = two_days(keen=False)
    _, solution = solved(window)
    np.testing.assert_allclose(route(solution, run, "over-sea"), 2.0)
    cheap = lifted(replace(window, series=replace(window.series, ship_or_pay=np.zeros_like(window.series.ship_or_pay))))
    _, free = solved(cheap)
    assert route(free, run, "over-sea").sum() < 2.0


def test_nomination_ramp_lets_a_route_rise_step_by_step() -> None:
    run, window = two_days(("oil_moorings", "a.moorings", "servers", 0.0), keen=False)
    window = lifted(replace(window, committed=np.full_like(window.committed, INF)))
    _, solution = solved(window)
    rise = 0.92e3 / (365 / 12) ** 2  # 0.92 Mt a month more each month, a day
    np.testing.assert_allclose(route(solution, run, "over-sea"), [2 + rise, 2 + 2 * rise])


def test_contract_caps_the_oil_of_its_routes() -> None:
    run, window = two_days()
    _, solution = solved(lifted(window, "contract_cap"))
    np.testing.assert_allclose(route(solution, run, "over-sea"), 6.0)


def test_quality_of_the_blend_limits_what_may_join() -> None:
    run, window = two_days()
    _, solution = solved(lifted(window, "quality"))
    # 0.5 % in 20 kt/d of 0.1 %: x 0.3 <= 20 x 0.1; the share allows x <= 20 / 3, the same.
    np.testing.assert_allclose(route(solution, run, "over-sea"), 20 * 0.1 / 0.3)


def test_pro_rata_foreign_oil_is_cut_with_the_kazakh() -> None:
    run, window = two_days(
        ("oil_moorings", "a.moorings", "servers", 1.0), ("oil_storage", "a.storage", "stock_mt", 0.1)
    )
    share = np.zeros_like(window.share)
    share[:, run.network.field_id.index("source.r")] = 10 / 43
    _, solution = solved(replace(window, share=share))
    made = solution.of(solution.columns.make)[:, run.network.field_id.index("source.r")]
    kazakh = link_flow(solution, run, "a.pipe")
    np.testing.assert_allclose(made, kazakh * 10 / 43)
    np.testing.assert_allclose(made + kazakh, 33.0)


def test_losses_are_summed_from_day_to_day() -> None:
    _, window = two_days(("oil_moorings", "a.moorings", "servers", 0.0), ("oil_storage", "a.storage", "stock_mt", 0.1))
    _, solution = solved(window)
    cut = 50.0 - solution.of(solution.columns.make)[:, 0]
    np.testing.assert_allclose(solution.of(solution.columns.lost)[:, 0], np.cumsum(cut))


def test_apportion_two_fields_of_one_line_lose_alike() -> None:
    base = two_ways()
    fields = [
        {"id": "field.a", "node": "node.field", "grade": "grade.a", "production_mt_per_year": mt(40)},
        {"id": "field.b", "node": "node.field", "grade": "grade.a", "production_mt_per_year": mt(10)},
        {"id": "source.r", "node": "node.tanks", "grade": "grade.r", "production_mt_per_year": mt(10),
         "pro_rata_link": "a.pipe"},
    ]  # fmt: skip
    assert len(base["oil_fields"]) == 3
    corridor = two_ways(oil_fields=fields)
    corridor = changed(corridor, "oil_moorings", "a.moorings", "servers", 0.0)
    run = toy_run(corridor, 4)
    _, solution = solved(run.window())
    lost = 4 * np.array([40.0, 10.0]) - solution.of(solution.columns.make)[:, :2].sum(axis=0)
    assert lost.min() > 1.0
    np.testing.assert_allclose(lost[0] / 160, lost[1] / 40, rtol=1e-6)


def test_turn_down_deeper_cuts_cost_extra() -> None:
    _, window = two_days(("oil_moorings", "a.moorings", "servers", 0.0), ("oil_storage", "a.storage", "stock_mt", 0.1),
                           ("oil_routes", "over-sea", "nomination_lag_days", 30.0), keen=False)  # fmt: skip
    _, solution = solved(window)
    made, deep = solution.of(solution.columns.make)[:, 0], solution.of(solution.columns.deep)[:, 0]
    np.testing.assert_allclose(made, 7.0)  # refinery and sea
    np.testing.assert_allclose(deep, 0.4 * 50 - 7)


def test_readiness_follows_production_as_a_field_cools() -> None:
    _, window = two_days(("oil_fields", "field.a", "production_mt_per_year", 0.0), keen=False)
    _, solution = solved(replace(window, ready=np.array([50.0, 0, 0])))
    keep = np.exp(-1 / 6)  # a field at 0.4 that gains 0.1 a day is cold after some six days
    np.testing.assert_allclose(solution.of(solution.columns.ready)[:, 0], [50 * keep, 50 * keep**2])


def test_ramp_up_a_cold_field_comes_back_step_by_step() -> None:
    _, window = two_days(keen=False)
    _, solution = solved(replace(window, ready=np.zeros(3)))
    made = solution.of(solution.columns.make)[:, 0]
    assert made[0] == pytest.approx(0.6 * 50)
    assert made[1] == pytest.approx(0.6 * 50 + (1 - np.exp(-1 / 6)) * made[0])


def test_a_short_stop_leaves_a_field_warm_and_a_long_one_does_not() -> None:
    for stop, first_day in ((3, 50.0), (60, 30.0)):
        corridor = changed(two_ways(), "oil_fields", "field.a", "production_mt_per_year", 0.0, 2, 2 + stop)
        _, solution = solved(toy_run(corridor, stop + 10).window())
        assert solution.of(solution.columns.make)[2 + stop, 0] == pytest.approx(first_day, rel=0.01)


def test_every_constraint_has_its_two_period_toy() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    for constraint in CONSTRAINTS:
        assert re.search(rf"def test_{constraint.__name__}_", text), constraint.__name__
        assert constraint.__doc__
        assert re.search(r"<=|>=|=", constraint.__doc__)


def test_costs_that_only_break_ties_are_far_below_a_tonne_of_oil() -> None:
    assert SETTINGS["restart_usd_per_t"] < 1
