"""What a scenario may say of the sea, on the packaged corridor: a projection, a year that stands, a level."""

from __future__ import annotations

import datetime as dt

import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.corridor.sea import level_on, sea_level
from transcaspian.errors import InputError
from transcaspian.scenario import Change, apply

from .helpers import asking, the_problem

LATER = {"start": dt.date(2030, 1, 1), "end": dt.date(2031, 1, 1)}
FOLLOWED = Change("sea", set={"projection": "kazhydromet-optimistic"})


@pytest.fixture(scope="module")
def packaged() -> Corridor:
    return load_corridor()


def test_a_projection_in_a_scenario_is_what_the_option_is_to_a_command(packaged):
    followed = apply(packaged, asking(FOLLOWED), **LATER)
    for year in (2027, 2030, 2045):
        named = sea_level(packaged, year=year, projection="kazhydromet-optimistic")
        assert sea_level(followed, year=year).level_m_bs == named.level_m_bs
    day = dt.date(2030, 3, 9)
    assert level_on(followed, day) == level_on(packaged, day, projection="kazhydromet-optimistic")
    assert sea_level(followed, year=2024).level_m_bs == sea_level(packaged, year=2024).level_m_bs


def test_a_year_that_stands_stands_on_all_days_with_the_season_on_it(packaged):
    stood = apply(packaged, asking(Change("sea", set={"level_year": 2030})))
    assert sea_level(stood) == sea_level(stood, year=2024)
    assert sea_level(stood).level_m_bs == sea_level(packaged, year=2030).level_m_bs
    summer, winter = (level_on(stood, dt.date(2024, month, 1)).mid for month in (7, 12))
    assert winter < summer < level_on(packaged, dt.date(2024, 7, 1)).mid


def test_a_year_with_a_projection_takes_that_projection(packaged):
    fixed = apply(packaged, asking(Change("sea", set={"level_year": 2030, "projection": "water-ministry"})))
    assert sea_level(fixed).level_m_bs.mid == pytest.approx(-30.2)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (FOLLOWED, "changes_nothing"),
        (Change("sea", set={"projection": "kazhydromt"}), "value"),
        (Change("sea", set={"level_year": 2130}), "value"),
        (Change("sea", set={"level_year": 1950}), "value"),
        (Change("sea", set={"level_year": 2030, "level_m_bs": -30}), "set_twice"),
    ],
)
def test_what_cannot_be_or_would_be_in_vain_is_said(packaged, change, kind):
    assert the_problem(packaged, change).type == f"scenario.{kind}"


def test_an_option_beside_the_scenario_is_a_conflict(packaged):
    followed = apply(packaged, asking(FOLLOWED), **LATER)
    with pytest.raises(InputError, match="already follows"):
        sea_level(followed, year=2030, projection="water-ministry")
    with pytest.raises(InputError, match="the level is given"):
        sea_level(followed, level_m_bs=-30)
