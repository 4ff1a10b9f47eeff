"""Runs of the packaged corridor and of toys: what a scenario costs, when tanks are full, what foresight is worth."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import numpy as np
import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.errors import InputError
from transcaspian.oil.accounts import netbacks, outcome_of
from transcaspian.oil.knowledge import AS_LONG_AGAIN, Knowledge, believed_events, believed_weather
from transcaspian.oil.oil_json import mean_json, result_json
from transcaspian.oil.planning import Period, Run, solve_plan
from transcaspian.oil.replications import replicate
from transcaspian.oil.solve import Foresight, OilResult, solve
from transcaspian.oil.weather import Storms, draw_weather, storms_of
from transcaspian.scenario import Change, Scenario, apply

from .helpers import changed
from .tiny import mt, three_nodes, two_ways

DAY = dt.date
WINTER = Period(DAY(2024, 1, 1), DAY(2024, 3, 1))


def with_moorings(servers: float, since: DAY, until: DAY, period: Period = WINTER, **stock: float) -> Corridor:
    changes = [Change("cpc.moorings", since, until, set={"servers": servers})]
    changes += [Change("cpc.storage", set=stock)] if stock else []
    return apply(load_corridor(), Scenario("test", 2024, changes=tuple(changes)), start=period.start, end=period.end)


def full_on(result: OilResult, store: str = "cpc.storage") -> str | None:
    found = next(one for one in result_json(result)["storage"] if one["id"] == store)
    day: str | None = found["full_on"]
    return day


def test_one_of_three_moorings_lost_costs_nothing_while_the_spare_is_in_service() -> None:
    result = result_json(solve(with_moorings(2, DAY(2024, 1, 10), DAY(2024, 2, 9)), WINTER))
    assert result["totals"]["cost_usd"] == pytest.approx(0.0, abs=1.0)
    assert result["totals"]["shut_in_mt"] == result["totals"]["rerouted_mt"] == 0.0
    assert all(field["first_cut_date"] is None for field in result["fields"])


@pytest.mark.parametrize("foresight", [Foresight(), Foresight(0)])
def test_intake_stops_three_to_four_days_after_loading_as_in_february_2023(foresight: Foresight) -> None:
    period = Period(DAY(2023, 2, 1), DAY(2023, 3, 10))
    storm = with_moorings(0, DAY(2023, 2, 18), DAY(2023, 2, 24), period)
    result = solve(storm, period, foresight)
    day = full_on(result)
    assert day is not None
    assert 3 <= (DAY.fromisoformat(day) - DAY(2023, 2, 18)).days <= 4


def test_fuller_tanks_stop_the_intake_sooner() -> None:
    period = Period(DAY(2024, 1, 9), DAY(2024, 2, 1))
    days = []
    for stock in (0.3, 0.5, 0.7):
        corridor = with_moorings(0, DAY(2024, 1, 10), DAY(2024, 1, 18), period, stock_mt=stock)
        days.append(full_on(solve(corridor, period)))
    assert days == sorted(days, reverse=True)
    assert days[0] != days[-1]


def test_two_lost_moorings_are_borne_by_tanks_then_by_all_shippers_alike() -> None:
    result = solve(with_moorings(1, DAY(2024, 1, 10), DAY(2024, 2, 9)), WINTER)
    figures = result_json(result)
    assert figures["totals"]["shut_in_mt"] > 0.2
    assert figures["totals"]["rerouted_mt"] < 0.15  # nominations, not pipes, hold it back
    shares = [
        field["shut_in_mt"] / field["production_mt"]
        for field in figures["fields"]
        if field["id"] in {"field.tengiz", "field.kashagan", "field.karachaganak"}
    ]
    assert max(shares) - min(shares) < 0.002
    lags = {one["id"] for one in figures["binding"] if one["limit"].startswith("nomination")}
    assert "samara" in lags


def test_russian_oil_is_cut_like_the_kazakh_oil_of_cpc() -> None:
    result = solve(with_moorings(0, DAY(2024, 1, 5), DAY(2024, 2, 20)), WINTER)
    net = result.network
    row, link = net.field_id.index("source.russia_cpc"), net.link_id.index("cpc.pipe_kz")
    russian = 1 - result.outcome.production_kt[20, row] / result.baseline.production_kt[20, row]
    kazakh = 1 - result.outcome.link_kt[20, link] / result.baseline.link_kt[20, link]
    assert russian == pytest.approx(kazakh, abs=0.03)


def test_without_a_scenario_the_run_is_its_own_baseline() -> None:
    figures = result_json(solve(load_corridor(), Period(DAY(2024, 1, 1), DAY(2025, 1, 1), "month")))
    assert figures["totals"]["cost_usd"] == figures["totals"]["shut_in_mt"] == 0.0
    assert all(route["change_mt"] == 0.0 for route in figures["routes"])


def test_routes_fields_and_links_add_up() -> None:
    result = solve(load_corridor(), Period(DAY(2023, 1, 1), DAY(2024, 1, 1), "month"))
    figures = result_json(result)
    totals = figures["totals"]
    stocks = sum(store["end_mt"] for store in figures["storage"])
    first = float(Run(load_corridor(), result.period).first_stock.sum()) / 1000
    assert totals["exports_mt"] == pytest.approx(sum(route["mt"] for route in figures["routes"]), abs=1e-5)
    made = totals["production_mt"] + sum(one["production_mt"] for one in figures["foreign"])
    sold = float(result.outcome.sale_kt.sum()) / 1000
    assert made - sold == pytest.approx(stocks - first, abs=1e-5)
    by_id = {link["id"]: link for link in figures["links"]}
    # All oil: Kazakh and Russian in CPC, and Russian transit to China.
    assert by_id["cpc.pipe_ru"]["mt"] > by_id["cpc.pipe_kz"]["mt"] + 5
    assert by_id["alashankou.pipe"]["mt"] > 9
    assert all(link["capacity_mt"] is None or link["mt"] <= link["capacity_mt"] + 1e-6 for link in figures["links"])


def test_rates_are_those_of_the_dates_of_the_run() -> None:
    made = {}
    for year in (2023, 2025):
        period = Period(DAY(year, 1, 1), DAY(year + 1, 1, 1), "month")
        made[year] = result_json(solve(load_corridor(), period))["totals"]["production_mt"]
    assert made[2025] > made[2023] + 5  # the growth project of Tengiz


def test_known_ahead_is_never_worse_and_the_gap_is_reported() -> None:
    corridor = with_moorings(1, DAY(2024, 1, 20), DAY(2024, 2, 15))
    unwarned = solve(corridor, WINTER, Foresight(0))
    assert unwarned.foresight_gap_usd > 0
    assert result_json(unwarned)["foresight"]["gap_usd"] > 0
    warned = solve(corridor, WINTER, Foresight(15))
    assert warned.cost_usd < unwarned.cost_usd


def test_a_closed_way_to_the_line_is_made_good_after_it_with_perfect_foresight() -> None:
    period = Period(DAY(2024, 1, 15), DAY(2024, 3, 1))
    closed = Change("cpc.pipe_kz", DAY(2024, 2, 1), DAY(2024, 2, 11), close=True)
    corridor = apply(load_corridor(), Scenario("test", 2024, changes=(closed,)), start=period.start, end=period.end)
    result = solve(corridor, period, Foresight(3))
    assert result.foresight_gap_usd > 0
    link = result.network.link_id.index("cpc.pipe_kz")
    after = result.perfect.link_kt[-15:, link].max() / result.baseline.link_kt[-15:, link].max()
    assert after == pytest.approx(1.05, abs=1e-3)


@pytest.mark.parametrize("days", [3, 30])
def test_no_rolling_plan_makes_more_than_perfect_foresight_through_a_storm(days: int) -> None:
    period = Period(DAY(2024, 1, 1), DAY(2024, 2, 15))
    result = solve(with_moorings(0, DAY(2024, 1, 15), DAY(2024, 1, 22), period), period, Foresight(days))
    home = slice(0, 9)
    assert result.outcome.production_kt[:, home].sum() <= result.perfect.production_kt[:, home].sum() + 0.01


@pytest.mark.parametrize("foresight", [Foresight(), Foresight(0)])
@pytest.mark.parametrize("what", [{"set": {"capacity_mt": 0.2}}, {"close": True}])
def test_tanks_that_shrink_or_close_keep_what_they_hold_and_take_no_more(
    foresight: Foresight, what: dict[str, Any]
) -> None:
    period = Period(DAY(2024, 1, 29), DAY(2024, 2, 12))
    small = Change("cpc.storage", DAY(2024, 2, 1), DAY(2024, 2, 8), **what)
    corridor = apply(load_corridor(), Scenario("test", 2024, changes=(small,)), start=period.start, end=period.end)
    result = solve(corridor, period, foresight)
    stock = result.outcome.stock_kt[:, result.network.store_id.index("cpc.storage")]
    assert stock[3:10].max() <= stock[2] + 1e-6
    assert result.shut_in_kt.sum() == pytest.approx(0.0, abs=0.01)  # nothing stops the loading


def test_beliefs_leave_out_what_lies_beyond_the_foresight() -> None:
    corridor = changed(three_nodes(), "oil_moorings", "a.moorings", "servers", 0.0, 5, 12)
    run = Run(corridor, Period(DAY(2024, 1, 1), DAY(2024, 2, 1)))
    days = [DAY(2024, 1, 1) + dt.timedelta(days=number) for number in range(31)]

    def closed(today: int, knows: Knowledge) -> list[int]:
        found = believed_events(run.dated.events, days[today], days[today:], knows, days[0])
        return [today + number for number, acting in enumerate(found) if acting]

    assert closed(2, Knowledge(2)) == []
    assert closed(3, Knowledge(2)) == list(range(5, 12))
    assert closed(6, Knowledge(0)) == list(range(6, 12))
    assert closed(6, Knowledge(0, AS_LONG_AGAIN)) == [6, 7]
    assert closed(12, Knowledge(0)) == []


def test_a_storm_under_way_is_known_to_its_end_and_one_ahead_is_not() -> None:
    expected = np.ones((20, 1))
    actual = np.ones((20, 1))
    actual[4:8] = 0.0
    np.testing.assert_allclose(believed_weather(actual, expected, 2, 10, Knowledge(0))[:, 0], 1.0)
    np.testing.assert_allclose(believed_weather(actual, expected, 4, 6, Knowledge(0))[:, 0], [0, 0, 0, 0, 1, 1])
    again = believed_weather(actual, expected, 5, 6, Knowledge(0, AS_LONG_AGAIN))[:, 0]
    np.testing.assert_allclose(again, [0, 0, 0, 1, 1, 1])


def test_storms_take_their_share_of_the_days() -> None:
    storms = [Storms((0.2,) * 12, 3.0)]
    days = [DAY(2023, 1, 1) + dt.timedelta(days=number) for number in range(20_000)]
    weather = draw_weather(storms, days, seed=1, replication=0)
    assert weather.mean() == pytest.approx(1.0, abs=0.02)
    assert (weather == 0).mean() < 0.2 < (weather < 1).mean()


def test_storms_come_in_their_season_and_close_the_days_of_their_row() -> None:
    days = [DAY(2023, 1, 1) + dt.timedelta(days=number) for number in range(365)]
    storms = [one for one in storms_of(load_corridor()) if one.name == "RUNVS.waves"]
    mean_open = 1 - np.array([storms[0].closed_share[day.month - 1] for day in days])
    draws = (draw_weather(storms, days, seed=2, replication=number)[:, 0] for number in range(1000))
    closed = np.mean([1 - weather * mean_open for weather in draws], axis=0)
    assert closed.sum() == pytest.approx(18, rel=0.05)  # closed_days_per_year
    by_month = np.array([closed[[day.month == month for day in days]].mean() for month in range(1, 13)])
    assert by_month[[5, 6, 7, 8]].max() < 0.002  # a storm of late April may reach into May, none into June
    assert by_month[[0, 1, 2, 3, 10, 11]] == pytest.approx(storms[0].closed_share[0], rel=0.15)


def test_storms_of_one_row_shut_all_its_moorings_and_seeds_differ() -> None:
    days = [DAY(2023, 1, 1) + dt.timedelta(days=number) for number in range(90)]
    storms = [Storms((0.2,) * 12, 3.0, name) for name in ("a", "a", "b")]
    weather = draw_weather(storms, days, seed=1, replication=5)
    np.testing.assert_array_equal(weather[:, 0], weather[:, 1])
    assert (weather[:, 0] != weather[:, 2]).any()
    assert (weather != draw_weather(storms, days, seed=2, replication=5)).any()


def test_draws_do_not_depend_on_the_number_of_workers() -> None:
    corridor = with_moorings(1, DAY(2024, 1, 3), DAY(2024, 1, 12), Period(DAY(2024, 1, 1), DAY(2024, 1, 15)))
    period = Period(DAY(2024, 1, 1), DAY(2024, 1, 15))
    alone = replicate(corridor, period, Foresight(), replications=8, seed=3, workers=1)
    shared = replicate(corridor, period, Foresight(), replications=8, seed=3, workers=2)
    assert alone == shared
    figures = mean_json(alone)
    assert figures["totals"]["exports_mt"] == pytest.approx(np.mean([one["totals"]["exports_mt"] for one in alone]))
    band = figures["bands"]["totals"]["exports_mt"]
    assert band["p10"] <= band["p50"] <= band["p90"]
    limits = [(row["id"], row["limit"]) for row in figures["binding"]]
    assert len(limits) == len(set(limits))
    assert {(row["id"], row["limit"]) for one in alone for row in one["binding"]} == set(limits)
    assert [route["id"] for route in figures["bands"]["routes"]] == [route["id"] for route in alone[0]["routes"]]


def test_a_netback_is_the_price_less_every_cost_on_the_way() -> None:
    run = Run(two_ways(), Period(DAY(2024, 1, 1), DAY(2024, 1, 6)))
    plan = solve_plan(run)
    found = {one.route_id: one.usd_per_t for one in netbacks(run, plan, run.series)}
    assert found["cpc"] == pytest.approx(600 - 10)
    assert found["over-sea"] == pytest.approx(600 - 20 - 12 - 15)
    assert outcome_of(run, plan, run.series).value_usd > 0


def test_a_closed_port_stops_its_tankers() -> None:
    result = solve(changed(two_ways(), "places", "KZAAU", "close", 0.0, 2, 5), Period(DAY(2024, 1, 1), DAY(2024, 1, 9)))
    link = result.network.link_id.index("sea")
    np.testing.assert_allclose(result.outcome.link_kt[2:5, link], 0.0, atol=1e-9)
    assert result.outcome.link_kt[6, link] > 0


def test_a_capacity_of_nothing_shuts_a_field_in_and_breaks_nothing() -> None:
    corridor = changed(three_nodes(), "oil_links", "a.pipe", "capacity_mt_per_year", 0.0)
    result = result_json(solve(corridor, Period(DAY(2024, 1, 1), DAY(2024, 1, 9))))
    assert result["fields"][0]["production_mt"] == pytest.approx(0.0, abs=1e-9)
    assert result["fields"][0]["shut_in_mt"] == pytest.approx(8 * 0.05)


def lonely_field() -> Corridor:
    fields = [
        {"id": "field.x", "node": "node.lonely", "grade": "grade.x"},
        {"id": "field.a", "node": "node.field", "grade": "grade.a", "production_mt_per_year": mt(50)},
    ]
    return three_nodes(
        oil_fields=fields,
        oil_grades=[{"id": "grade.a", "country": "KZ"}, {"id": "grade.x", "country": "KZ"}],
        oil_links=[{"id": "a.pipe", "from_node": "node.field", "to_node": "node.market", "kind": "pipe"}],
        oil_nodes=[{"id": f"node.{name}", "kind": "junction"} for name in ("field", "market", "lonely")],
        oil_storage=(),
        oil_moorings=(),
        oil_routes=(),
    )


SHORT = Period(DAY(2024, 1, 1), DAY(2024, 1, 3))
WRONG = {
    "oil.dates": lambda: Period(DAY(2024, 2, 1), DAY(2024, 1, 1)),
    "oil.step": lambda: Period(DAY(2024, 1, 1), DAY(2024, 2, 1), "week"),
    "oil.no_outlet": lambda: solve(lonely_field(), SHORT),
    "oil.stock": lambda: solve(changed(three_nodes(), "oil_storage", "a.storage", "stock_mt", 0.2), SHORT),
    "oil.empty_table": lambda: solve(three_nodes(oil_links=()), SHORT),
    "oil.unknown_id": lambda: solve(three_nodes(oil_routes=[{"id": "r", "counted_on": "nowhere"}]), SHORT),
    "oil.foresight": lambda: Foresight(-1),
    "oil.belief": lambda: Foresight(0, 30, "never"),
    "oil.horizon": lambda: solve(three_nodes(), SHORT, Foresight(0, 0)),
    "oil.replications": lambda: replicate(three_nodes(), SHORT, Foresight(), replications=0),
}


@pytest.mark.parametrize("kind", WRONG)
def test_bad_input_is_named_and_mended(kind: str) -> None:
    with pytest.raises(InputError) as caught:
        WRONG[kind]()
    assert kind in {problem.type for problem in caught.value.problems}
    assert all(problem.mend for problem in caught.value.problems)


def test_rolling_plans_by_the_month_are_refused() -> None:
    with pytest.raises(InputError, match="by the month"):
        solve(three_nodes(), Period(DAY(2024, 1, 1), DAY(2024, 3, 1), "month"), Foresight(0))


def test_results_are_frozen() -> None:
    result = solve(three_nodes(), Period(DAY(2024, 1, 1), DAY(2024, 1, 3)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.horizon_days = 3  # type: ignore[misc]


def test_a_stormbound_port_stops_ships_and_no_pipe() -> None:
    nodes = [{"id": f"node.{name}", "kind": "junction"} for name in ("field", "tanks", "market", "far", "market_b")]
    nodes.append({"id": "node.port", "kind": "terminal", "place": "KZAAU"})
    corridor = changed(two_ways(oil_nodes=nodes), "places", "KZAAU", "close", 0.0, 2, 5)
    run = Run(corridor, Period(DAY(2024, 1, 1), DAY(2024, 1, 8)))
    cap = dict(zip(run.network.link_id, run.series.link_cap[3], strict=True))
    assert cap["sea"] == 0.0
    assert cap["feed"] > 0.0


def test_a_quiet_year_by_day_and_by_month_agree_on_the_packaged_tables() -> None:
    year = (DAY(2024, 1, 1), DAY(2025, 1, 1))
    by_day, by_month = (solve(load_corridor(), Period(*year, step)).outcome for step in ("day", "month"))
    np.testing.assert_allclose(by_day.route_kt.sum(axis=0), by_month.route_kt.sum(axis=0), rtol=2e-3)
    np.testing.assert_allclose(by_day.production_kt.sum(axis=0), by_month.production_kt.sum(axis=0), rtol=1e-9)
    assert by_day.transport_usd == pytest.approx(by_month.transport_usd, rel=2e-3)
