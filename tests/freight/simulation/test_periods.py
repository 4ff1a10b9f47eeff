"""What the simulation takes of dated changes: at once, on the first day, on their day, or with a warning."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from transcaspian.corridor import Corridor, RowChange
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.periods import make_periods
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.replication import Replicate
from transcaspian.freight.simulation.result import make_result
from transcaspian.freight.simulation.settings import CrossingQuestion

JUNE = CrossingQuestion(dt.date(2024, 6, 1), dt.date(2024, 7, 1))
BERTHS, SHIP = "AZALA.container_berths", "kmtf-turkestan"


def plan_with(corridor: Corridor, *changes: RowChange) -> Plan:
    return build_plan(corridor.with_changes(changes), JUNE)


def berth_h(plan: Plan) -> float:
    """Hours to handle one TEU at the container berths of Alat."""
    return float(plan.unit_h[plan.berth_ids.index(BERTHS), plan.unit_loads.index("TEU")])


def test_what_opens_in_the_warm_up_is_in_force_on_the_first_day(packaged: Corridor) -> None:
    """An upgrade of 31 December counts in the year that follows, though the warm-up began before it."""
    faster = RowChange("facilities", BERTHS, "scale", "rate_units_per_h", 2.0, since=dt.date(2024, 5, 31))
    plan = plan_with(packaged, faster)
    assert berth_h(plan) == pytest.approx(berth_h(plan_with(packaged)) / 2)
    assert not [note for note in plan.notes if note.type == "simulate.not_followed"]


def test_an_upgrade_of_new_years_day_counts_in_that_year(packaged: Corridor) -> None:
    """Saryagash takes 35 trains a day since 1 January 2025; the warm-up of 2025 begins in the October before."""
    state = make_periods(packaged, CrossingQuestion(dt.date(2025, 1, 1), dt.date(2026, 1, 1))).state
    facilities = state["facilities"]
    trains = facilities.estimate(facilities.get_row("KZSRY.border"), "capacity_units_per_day")
    assert trains is not None
    assert trains.mid == 35.0


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("facilities", BERTHS, "rate_units_per_h"),
        ("vessels", SHIP, "speed_kn"),
        ("links", "KZAAU-AZALA.sea", "length_km"),
    ],
)
def test_a_change_that_comes_too_late_for_the_run_is_told(
    packaged: Corridor, table: str, row: str, column: str
) -> None:
    late = RowChange(table, row, "scale", column, 0.5, since=dt.date(2024, 6, 10))
    plan = plan_with(packaged, late)
    (note,) = (note for note in plan.notes if note.type == "simulate.not_followed")
    assert (note.where, note.severity) == (row, "warning")
    assert column in note.what
    assert "2024-06-10" in note.what


def test_changes_that_act_on_their_day_need_no_warning(packaged: Corridor) -> None:
    day = dt.date(2024, 6, 10)
    plan = plan_with(
        packaged,
        RowChange("facilities", BERTHS, "set", "servers", 5.0, since=day),
        RowChange("facilities", BERTHS, "close", since=day, until=dt.date(2024, 6, 12)),
        RowChange("vessels", SHIP, "close", since=day),
    )
    assert not plan.notes


def test_a_ship_that_is_closed_for_days_is_absent_for_days(packaged: Corridor) -> None:
    away = RowChange("vessels", SHIP, "close", since=dt.date(2024, 6, 10), until=dt.date(2024, 6, 20))
    plan = plan_with(packaged, away)
    active = plan.active[:, plan.ship_ids.index(SHIP)]
    days = {plan.time(hour).date(): bool(now) for hour, now in zip(plan.period_h[:-1], active, strict=True)}
    assert (days[dt.date(2024, 6, 1)], days[dt.date(2024, 6, 10)], days[dt.date(2024, 6, 20)]) == (True, False, True)


def test_servers_are_the_mean_over_the_window(packaged: Corridor) -> None:
    """A berth that is added half-way counts half, so that no facility is busier than it can be."""
    more = RowChange("facilities", BERTHS, "set", "servers", 4.0, since=dt.date(2024, 6, 16))
    plan = plan_with(packaged, more)
    before = int(plan.berth_servers[0, plan.berth_ids.index(BERTHS)])
    result = make_result(plan, packaged, 1, [Replicate(plan, 1)(0)])
    row = result.facility_ids.index(BERTHS)
    assert result.facility_servers[row] == pytest.approx((before + 4) / 2)
    assert np.all(result.utilisation <= 1.0)


def test_who_still_waits_at_the_end_has_waited(packaged: Corridor) -> None:
    """A port that is shut all the time serves nobody: its queue is as long as ships have lain there."""
    plan = build_plan(packaged, JUNE)
    gate = plan.gate_ids.index("KZAAU")
    shut = replace(plan, given=((gate, 0.0, plan.end_h + 1.0),))
    result = make_result(shut, packaged, 1, [Replicate(shut, 1)(0)])
    row = result.facility_ids.index("KZAAU.oil_berths")
    jobs, queue_mean = result.arrays["facilities"][0, row, [0, 4]]
    berth = shut.berth_ids.index("KZAAU.oil_berths")
    daily = result.arrays["queue_ships"][0, :, berth]
    assert jobs == 0
    assert queue_mean > 1
    assert queue_mean == pytest.approx(daily.mean(), rel=0.1)
