"""What limits the corridor, in which unit, and what a tonne uses of it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from transcaspian.corridor import Corridor
from transcaspian.corridor.changes import RowChange
from transcaspian.freight.flows.cargo import read_demand
from transcaspian.freight.flows.limits import CapacityLimit, Group, gather_year_limits
from transcaspian.freight.flows.months import make_year
from transcaspian.freight.flows.ship_lines import ShipLine, ship_lines


def limits_of(corridor: Corridor, year: int = 2024) -> tuple[dict[str, CapacityLimit], list[ShipLine]]:
    made = make_year(corridor, year)
    cargo, _ = read_demand(made.states, growth=1.0)
    lines = ship_lines(made)
    network, months = made.groups()[0]
    return {one.id: one for one in gather_year_limits(Group(made, network, months, cargo), lines)}, lines


@pytest.fixture(scope="module")
def packaged_limits(packaged: Corridor) -> tuple[dict[str, CapacityLimit], list[ShipLine]]:
    return limits_of(packaged)


def test_a_line_has_what_domestic_trains_leave_each_way(tiny: Corridor) -> None:
    found, _ = limits_of(tiny)
    for start in ("KZHOR", "KZAAU"):
        one = found[f"KZHOR-KZAAU.rail from {start} (t)"]
        assert one.per_day[0] == pytest.approx(20_000 * 0.5)
        assert one.capacity[0] == pytest.approx(31 * 10_000)
        assert np.allclose(one.usage, 1.0)


def test_a_gauge_change_takes_the_tighter_of_rate_and_units_a_day(
    packaged_limits: tuple[dict[str, CapacityLimit], list[ShipLine]],
) -> None:
    found, _ = packaged_limits
    altynkol, dostyk = found["KZHOR.gauge_change (train)"], found["KZDOS.gauge_change (train)"]
    assert altynkol.per_day[0] == pytest.approx(18.0)  # 11 were counted, 18 is its high end
    assert "would allow 23.76" in altynkol.basis
    assert dostyk.per_day[0] == pytest.approx(3 * 0.2353 * 24)
    assert "would allow 30" in dostyk.basis


def test_a_count_of_traffic_limits_by_its_high_end(
    packaged_limits: tuple[dict[str, CapacityLimit], list[ShipLine]],
) -> None:
    found, _ = packaged_limits
    assert found["CNXAG.terminal (train out)"].per_day[0] == pytest.approx(16.0)
    assert "count of traffic" in found["CNXAG.terminal (train out)"].basis
    assert found["KZAAU.container_terminal (TEU)"].per_day[0] == pytest.approx(191.8)


def test_a_count_of_traffic_that_a_scenario_sets_is_taken_as_set(packaged: Corridor) -> None:
    change = RowChange("facilities", "CNXAG.terminal", "set", "capacity_units_per_day", 12.0, origin="test")
    found, _ = limits_of(packaged.with_changes([change]))
    assert found["CNXAG.terminal (train out)"].per_day[0] == pytest.approx(12.0)


def test_a_lower_sea_takes_tonnes_from_the_ships_but_no_room(packaged: Corridor) -> None:
    made = make_year(packaged, 2024)
    high, low = ({line.service: line for line in ship_lines(made, level_m_bs=level)} for level in (-28.5, -29.3))
    for service in ("railferry-kuryk-alat", "tanker-aktau-sangachal"):
        assert low[service].payload_t.mean() < high[service].payload_t.mean()
    assert low["railferry-kuryk-alat"].slots == high["railferry-kuryk-alat"].slots


def test_ships_that_a_low_sea_leaves_empty_stay_in_port(packaged: Corridor) -> None:
    made = make_year(packaged, 2024)
    low = {line.service: line for line in ship_lines(made, level_m_bs=-30.5)}
    assert low["ferry-turkmenbashi-alat"].voyages_per_day.max() < 4.0
    assert all(np.isfinite(line.payload_t).all() and (line.payload_t >= 0).all() for line in low.values())


def test_a_round_trip_is_two_crossings_two_calls_and_a_part_of_a_repair(
    packaged_limits: tuple[dict[str, CapacityLimit], list[ShipLine]],
) -> None:
    _, lines = packaged_limits
    ferry = next(line for line in lines if line.service == "railferry-aktau-alat")
    crossing = 2 * 506 / (17.15 * 1.852)  # one ship, the length of the link over its speed
    calls = 1 / 0.12 + 1 / 0.083
    assert ferry.round_trip_h == pytest.approx(crossing + calls + 2 * 0.01 * 120, rel=0.02)
    assert ferry.voyages_per_day[0] == pytest.approx(24 / ferry.round_trip_h)


def test_weather_takes_its_days_from_ships_in_the_months_it_blows(
    packaged_limits: tuple[dict[str, CapacityLimit], list[ShipLine]],
) -> None:
    found, _ = packaged_limits
    one = found["railferry-kuryk-alat from KZKUR (voyage)"]
    assert one.days[0] < 31  # January
    assert one.days[4] == 31  # May


def test_a_dated_closure_takes_its_days_and_an_overlap_counts_once(packaged: Corridor) -> None:
    shut = [
        RowChange("places", "KZAAU", "close", since=dt.date(2024, 11, 3), until=dt.date(2024, 11, 13)),
        RowChange("places", "KZAAU", "close", since=dt.date(2024, 11, 10), until=dt.date(2024, 11, 18)),
    ]
    made = make_year(packaged.with_changes(shut), 2024)
    assert made.open_share("KZAAU")[10] == pytest.approx(15 / 30)
    assert made.open_share("KZAAU")[9] == 1.0
    assert make_year(packaged, 2024).open_share("KZAAU")[10] == 1.0


def test_months_that_differ_in_capacities_only_share_one_network(packaged: Corridor) -> None:
    change = RowChange(
        "facilities", "KZAAU.container_terminal", "set", "capacity_units_per_day", 500.0, since=dt.date(2024, 3, 1)
    )
    usual, changed = make_year(packaged, 2024), make_year(packaged.with_changes([change]), 2024)
    assert len(changed.groups()) == len(usual.groups())
    assert changed.states[3] is not changed.states[0]


def test_demand_of_the_months_adds_up_to_the_year(packaged: Corridor) -> None:
    _, wants = read_demand([packaged] * 12, growth=1.0)
    demand = packaged["demand"]
    for row, want in enumerate(wants.id):
        tonnes = demand.estimate(row, "cargo_t_per_year")
        if tonnes is not None and demand.text(row, "unit_load") == "t":
            assert wants.amount_t[row].sum() == pytest.approx(tonnes.mid), want
