"""Projections: exact at the years they name, straight between them, silent beyond."""

from __future__ import annotations

import pytest

from transcaspian.corridor import Corridor
from transcaspian.corridor.sea import sea_level
from transcaspian.corridor.sea.projections import find_projections, projections
from transcaspian.errors import InputError


def test_every_projection_is_exact_at_its_years(packaged: Corridor) -> None:
    table = packaged["sea_projections"]
    for name, one in projections(packaged).items():
        for year, level in one.points:
            assert sea_level(packaged, year=year, projection=name).level_m_bs == level
            row = table.get_row(f"{name}-{year}")
            assert table.estimate(row, "level_m_bs") == level


def test_between_two_years_it_goes_along_a_straight_line(packaged: Corridor) -> None:
    # Kazhydromet's optimistic scenario: −29.8 in 2030, −32.4 in 2050.
    name = "kazhydromet-optimistic"
    assert sea_level(packaged, year=2040, projection=name).level_m_bs.mid == pytest.approx(-31.1)
    # From the last measured mean, −29.278 in 2025, to 2030.
    assert sea_level(packaged, year=2026, projection=name).level_m_bs.mid == pytest.approx(-29.278 - 0.522 / 5)


def test_a_publisher_stands_for_all_of_its_scenarios(packaged: Corridor) -> None:
    for name in ("kazhydromet", "Kazhydromet"):
        found = sea_level(packaged, year=2050, projection=name)
        assert found.projections == ("kazhydromet-optimistic", "kazhydromet-pessimistic")
        assert found.level_m_bs.as_json() == {"low": -34.0, "mid": pytest.approx(-33.2), "high": -32.4}


def test_without_a_name_those_speak_whose_next_year_is_the_nearest(packaged: Corridor) -> None:
    found = sea_level(packaged, year=2030)
    expected = {"kazhydromet-optimistic", "kazhydromet-pessimistic", "water-ministry", "ecology-ministry"}
    assert set(found.projections) == expected
    assert found.level_m_bs.as_json() == {"low": -30.2, "mid": pytest.approx(-29.95), "high": -29.8}
    assert found.basis == "projected"
    # 2050: two of Kazhydromet, two bands of the oil company, −36 to −24 at the widest.
    assert len(sea_level(packaged, year=2050).projections) == 4
    assert (sea_level(packaged, year=2050).level_m_bs.low, sea_level(packaged, year=2050).level_m_bs.high) == (-36, -24)


def test_a_measured_year_needs_no_projection(packaged: Corridor) -> None:
    assert sea_level(packaged, year=2020, projection="kazhydromet").basis == "measured"


def test_an_unknown_projection_offers_near_names(packaged: Corridor) -> None:
    with pytest.raises(InputError) as error:
        find_projections(packaged, "kazhydromet-optimist")
    (problem,) = error.value.problems
    assert problem.type == "sea.projection"
    assert "kazhydromet-optimistic" in problem.mend


def test_a_projection_says_nothing_beyond_its_last_year(packaged: Corridor) -> None:
    with pytest.raises(InputError) as error:
        sea_level(packaged, year=2031, projection="water-ministry")
    (problem,) = error.value.problems
    assert problem.type == "sea.year"
    assert "water-ministry in 2030" in problem.what
