"""Storms: as many days as the table says, neighbours together, none in calm months; closures given by date."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.settings import CrossingQuestion, GivenClosure
from transcaspian.freight.simulation.weather import Intervals, joined
from transcaspian.freight.simulation.world import shut_intervals

from .helpers import interval

YEARS = 500
YEAR = (dt.date(2024, 1, 1), dt.date(2025, 1, 1))


def gate(plan: Plan, port: str) -> int:
    return plan.gate_ids.index(port)


def overlap_h(intervals: Intervals, since_h: float, until_h: float) -> float:
    return sum(max(0.0, min(end, until_h) - max(start, since_h)) for start, end in intervals)


@pytest.fixture(scope="module")
def years(base_year: Plan) -> list[dict[int, Intervals]]:
    return [shut_intervals(base_year, seed=1, replication=n) for n in range(YEARS)]


def test_ports_are_shut_for_the_days_of_the_table(
    packaged: Corridor, base_year: Plan, years: list[dict[int, Intervals]]
) -> None:
    """Within the 99.9 % interval of 500 years and 2 % for the months' edges, where storms blow on."""
    table = packaged["closures"]
    checked = 0
    for row in range(len(table)):
        port = table.text(row, "place")
        if port not in base_year.gate_ids or [table.text(r, "place") for r in range(len(table))].count(port) > 1:
            continue
        shut = [overlap_h(year.get(gate(base_year, port), []), *base_year.window_h) / 24 for year in years]
        expected = float(table.floats("closed_days_per_year")[row])
        low, high = interval(shut)
        assert low - 0.02 * expected <= expected <= high + 0.02 * expected, f"{port}: {low:.2f} to {high:.2f} days"
        checked += 1
    assert checked >= 8


def test_no_storm_begins_in_a_month_without_storms(
    packaged: Corridor, base_year: Plan, years: list[dict[int, Intervals]]
) -> None:
    table = packaged["closures"]
    stormy = {
        gate(base_year, table.text(row, "place")): {int(month) for month in table.items(row, "months")}
        for row in range(len(table))
        if table.text(row, "place") in base_year.gate_ids
    }
    began = {(number, base_year.time(start).month) for year in years for number, closed in year.items()
             for start, _ in closed}  # fmt: skip
    assert all(month in stormy[number] for number, month in began)
    aktau = gate(base_year, "KZAAU")
    assert {month for number, month in began if number == aktau} == {1, 2, 3, 4, 10, 11, 12}


def test_neighbours_are_shut_together_and_strangers_are_not(base_year: Plan, years: list[dict[int, Intervals]]) -> None:
    """Shares of the stormy hours: of both at once, against the product that chance alone would give."""
    hours = np.arange(base_year.hour(dt.datetime(2024, 10, 1)), base_year.end_h, 6.0)

    def shut(year: dict[int, Intervals], port: str) -> np.ndarray:
        bounds = np.array(year.get(gate(base_year, port), [])).ravel()
        return np.searchsorted(bounds, hours, side="right") % 2 == 1

    def joint(one: str, other: str) -> tuple[float, float]:
        both = [np.mean(shut(year, one) & shut(year, other)) for year in years]
        alone = [np.mean([shut(year, port) for year in years]) for port in (one, other)]
        return interval(np.array(both) / (alone[0] * alone[1]))

    assert joint("KZAAU", "KZKUR")[0] > 3
    assert joint("AZALA", "AZSAN")[0] > 3
    low, high = joint("KZAAU", "AZALA")
    assert low <= 1 <= high


def test_a_storm_of_a_neighbour_that_is_struck_less_often_is_always_shared(
    base_year: Plan, years: list[dict[int, Intervals]]
) -> None:
    """Every closure of Aktau begins with a storm that shuts Kuryk: at its beginning Kuryk is shut too."""
    aktau, kuryk = gate(base_year, "KZAAU"), gate(base_year, "KZKUR")
    starts = [(year, start) for year in years for start, _ in year.get(aktau, [])]
    assert len(starts) > 1000
    assert all(any(a <= start < b for a, b in year[kuryk]) for year, start in starts)


def test_given_closures_are_added_to_the_storms(packaged: Corridor, base_year: Plan) -> None:
    given = (GivenClosure("Kuryk", dt.date(2024, 6, 10), 10), GivenClosure("KZAAU", dt.date(2024, 6, 12), 0.5))
    plan = build_plan(packaged, CrossingQuestion(*YEAR, closures=given))
    drawn, both = (shut_intervals(one, seed=2, replication=5) for one in (base_year, plan))
    kuryk, aktau = gate(plan, "KZKUR"), gate(plan, "KZAAU")
    june = plan.hour(dt.datetime(2024, 6, 10))
    assert both[kuryk] == joined([*drawn[kuryk], (june, june + 240)])
    assert both[aktau] == joined([*drawn[aktau], (june + 48, june + 60)])
    assert {n: both[n] for n in both if n not in (kuryk, aktau)} == {
        n: drawn[n] for n in drawn if n not in (kuryk, aktau)
    }


@pytest.mark.parametrize("replication", range(4))
def test_a_replayed_record_shuts_its_days_and_then_storms_go_on(
    packaged: Corridor, base_year: Plan, replication: int
) -> None:
    given = (GivenClosure("KZKUR", dt.date(2024, 1, 20), 3), GivenClosure("KZKUR", dt.date(2024, 2, 20), 5))
    plan = build_plan(packaged, CrossingQuestion(*YEAR, closures=given, storms=False))
    drawn, replayed = (shut_intervals(one, seed=3, replication=replication) for one in (base_year, plan))
    over = plan.hour(dt.datetime(2024, 2, 25))
    kuryk = gate(plan, "KZKUR")
    first, second = plan.hour(dt.datetime(2024, 1, 20)), plan.hour(dt.datetime(2024, 2, 20))
    assert [one for one in replayed[kuryk] if one[1] <= over] == [(first, first + 72), (second, over)] or (
        replayed[kuryk][0] == (first, first + 72) and replayed[kuryk][1][0] == second
    )
    for number in range(len(plan.gate_ids)):
        later = [(max(start, over), end) for start, end in drawn.get(number, []) if end > over]
        found = [(max(start, over), end) for start, end in replayed.get(number, []) if end > over]
        assert found == later
        if number != kuryk:
            assert all(start >= over for start, _ in replayed.get(number, []))
    assert any(start > over for start, _ in replayed[kuryk])


def test_joined_intervals_are_their_union() -> None:
    assert joined([(5, 6), (1, 3), (2, 4), (4, 4.5), (7, 8), (7.2, 7.4)]) == [(1, 4.5), (5, 6), (7, 8)]
