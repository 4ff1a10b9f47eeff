"""The level of the sea: what was measured, what is given, what a scenario does, and the season."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.corridor import Corridor, RowChange, load_corridor
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea import level_on, sea_level, seasonal_anomaly_m
from transcaspian.corridor.sea.level import yearly_means
from transcaspian.errors import InputError


def problem_types(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.type for problem in error.value.problems]


@pytest.mark.parametrize(("year", "level_m_bs"), [(1900, -25.74), (1977, -29.01), (1995, -26.663), (2020, -28.246)])
def test_a_measured_year_comes_from_the_series(packaged: Corridor, year: int, level_m_bs: float) -> None:
    found = sea_level(packaged, year=year)
    assert found.level_m_bs.mid == level_m_bs
    assert found.basis == "measured"
    assert found.level_m_bs.low < level_m_bs < found.level_m_bs.high


def test_one_ports_gauge_is_not_the_sea(packaged: Corridor) -> None:
    means = yearly_means(packaged)
    assert means[1977][0] == "gauge-1977"  # the gauge of Aktau read −29.16
    assert means[1995][0] == "altimetry-1995"
    assert list(means) == sorted(means)


def test_without_year_and_level_it_is_the_mean_of_the_base_year(packaged: Corridor) -> None:
    found = sea_level(packaged)
    assert (found.basis, found.year) == ("base_year", 2024)
    assert found.level_m_bs.mid == sea_level(packaged, year=2024).level_m_bs.mid


def test_a_given_level_is_exact(packaged: Corridor) -> None:
    assert sea_level(packaged, level_m_bs=-29.28).level_m_bs == exact(-29.28)


def test_a_scenario_moves_the_level_of_whatever_year_is_asked_for(packaged: Corridor) -> None:
    lower = packaged.with_changes([RowChange("sea", "sea", "add", "level_m_bs", -0.5)])
    assert sea_level(lower).level_m_bs.mid == pytest.approx(-29.647)
    assert sea_level(lower, year=2020).level_m_bs.mid == pytest.approx(-28.746)
    fixed = packaged.with_changes([RowChange("sea", "sea", "set", "level_m_bs", -30.0)])
    found = sea_level(fixed, year=2020)
    assert found.level_m_bs == exact(-30.0)
    assert found.by_scenario


def test_a_level_given_twice_is_an_error(packaged: Corridor) -> None:
    fixed = packaged.with_changes([RowChange("sea", "sea", "set", "level_m_bs", -30.0, origin="scenario:low")])
    with pytest.raises(InputError) as error:
        sea_level(fixed, level_m_bs=-29.0)
    assert problem_types(error) == ["sea.two_levels"]
    with pytest.raises(InputError) as error:
        sea_level(packaged, level_m_bs=-29.0, year=2025)
    assert problem_types(error) == ["sea.two_levels"]


@pytest.mark.parametrize("level_m_bs", [29.28, 0.0, -100.0, math.inf, math.nan])
def test_a_height_that_is_no_level_of_the_caspian_is_an_error(packaged: Corridor, level_m_bs: float) -> None:
    with pytest.raises(InputError) as error:
        sea_level(packaged, level_m_bs=level_m_bs)
    assert problem_types(error) == ["sea.level"]
    if level_m_bs == 29.28:
        assert "-29.28" in error.value.problems[0].mend


@pytest.mark.parametrize("year", [-5, 1899, 1950, 1990, 2101, 99999])
def test_a_year_nobody_measured_or_projects_is_an_error(packaged: Corridor, year: int) -> None:
    with pytest.raises(InputError) as error:
        sea_level(packaged, year=year)
    assert problem_types(error) == ["sea.year"]


def test_a_projection_without_a_year_is_an_error(packaged: Corridor) -> None:
    for level in (None, -29.0):
        with pytest.raises(InputError) as error:
            sea_level(packaged, projection="kazhydromet", level_m_bs=level)
        assert problem_types(error) == ["sea.projection"]


def test_the_seasonal_cycle_closes(packaged: Corridor) -> None:
    table = packaged["sea_season"]
    assert table.floats("anomaly_m").sum() == pytest.approx(0, abs=0.005)
    year = [seasonal_anomaly_m(packaged, dt.date(2024, 1, 1) + dt.timedelta(days)).mid for days in range(366)]
    assert sum(year) / 366 == pytest.approx(0, abs=0.003)
    steps = [abs(after - before) for before, after in zip(year, [*year[1:], year[0]], strict=True)]
    assert max(steps) < 0.005  # no jump, New Year included
    # Published: highest in early July, lowest in mid December, +0.22 and −0.16 m.
    assert dt.date(2024, 1, 1) + dt.timedelta(year.index(max(year))) == dt.date(2024, 7, 16)
    assert (max(year), min(year)) == (pytest.approx(0.206), pytest.approx(-0.158, abs=1e-3))


def test_mid_july_has_the_value_of_july(packaged: Corridor) -> None:
    assert seasonal_anomaly_m(packaged, dt.date(2023, 7, 16)).mid == pytest.approx(0.206, abs=1e-9)


def test_the_days_of_a_measured_year_have_about_its_mean(packaged: Corridor) -> None:
    days = [dt.date(2021, 1, 1) + dt.timedelta(days) for days in range(365)]
    mean = sum(level_on(packaged, day).mid for day in days) / 365
    assert mean == pytest.approx(-28.469, abs=0.02)  # half the bend of the trend
    new_year = level_on(packaged, dt.date(2022, 1, 1)).mid - level_on(packaged, dt.date(2021, 12, 31)).mid
    assert abs(new_year) < 0.005


def test_a_given_mean_carries_the_season_only(packaged: Corridor) -> None:
    day = dt.date(2030, 12, 16)
    found = level_on(packaged, day, level_m_bs=-30.0)
    assert found.mid == pytest.approx(-30.0 + seasonal_anomaly_m(packaged, day).mid)
    assert level_on(packaged, dt.date(1900, 1, 1)).mid == pytest.approx(-25.74 - 0.15, abs=0.01)  # a year alone stays


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.dates(dt.date(1993, 1, 1), dt.date(2049, 12, 31)))
def test_the_level_of_a_day_keeps_its_order(day: dt.date) -> None:
    found = level_on(load_corridor(), day)
    assert found.low <= found.mid <= found.high
