import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.corridor import build_network
from transcaspian.scenario import (
    Change,
    Scenario,
    ScenarioError,
    apply,
    apply_file,
    apply_with_notes,
    read_scenario,
    write_scenario,
)

from .helpers import asking, assert_same_tables, day, mid, problems_of, the_problem
from .test_toml import LOW_SEA

STORM = Change("KZAAU", day(11, 10), day(11, 20), close=True)
DRY = Change("sea", day(7), day(9), set={"level_m_bs": -30.1})


def test_the_base_is_never_touched_and_the_result_is_another(base):
    before = base.fingerprint()
    changed = apply(base, read_scenario(LOW_SEA, "low-sea.toml"))
    assert base.fingerprint() == before
    assert changed.fingerprint() != before
    assert mid(base, "sea", "level_m_bs") == -29.0
    assert mid(changed, "sea", "level_m_bs") == -30.1


def test_an_empty_scenario_is_the_baseline_to_the_byte(base):
    same = apply(base, asking())
    assert same.fingerprint() == base.fingerprint()
    assert_same_tables(same, base)


def test_the_same_scenario_gives_the_same_corridor(base):
    scenario = read_scenario(LOW_SEA, "low-sea.toml")
    again = read_scenario(write_scenario(scenario), "again.toml")
    assert apply(base, scenario).fingerprint() == apply(base, again).fingerprint()
    for when in (day(1), day(11, 15)):
        assert_same_tables(apply(base, scenario).at(when), apply(base, again).at(when))


def test_a_dated_change_acts_on_its_days_and_no_others(base):
    changed = apply(base, asking(STORM, DRY))
    assert [("KZAAU" in changed.at(when).closed) for when in (day(11, 9), day(11, 10), day(11, 19), day(11, 20))] == [
        False,
        True,
        True,
        False,
    ]
    levels = [mid(changed.at(when), "sea", "level_m_bs") for when in (day(6, 30), day(7), day(8, 31), day(9))]
    assert levels == [-29.0, -30.1, -30.1, -29.0]


def test_after_a_disruption_everything_is_exactly_as_if_it_had_never_been(base):
    changed = apply(base, asking(STORM, DRY, Change("KZHOR-KZAAU.rail", day(3), day(4), scale={"length_km": 1.1})))
    for when in (day(1), day(4), day(9), day(11, 20), day(12, 31)):
        assert_same_tables(changed.at(when), base.at(when))


@given(
    st.dates(dt.date(2023, 6, 1), dt.date(2025, 6, 1)),
    st.integers(1, 400),
    st.floats(0.1, 3.0).filter(lambda factor: factor != 1),
    st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
)
def test_on_any_day_of_the_run_a_change_is_in_force_or_leaves_no_trace(base, since, days, factor, when):
    until = since + dt.timedelta(days=days)
    scenario = asking(Change("KZHOR-KZAAU.rail", since, until, scale={"capacity_t_per_day": factor}))
    if since >= day(1, year=2025) or until <= day(1):
        with pytest.raises(ScenarioError):
            apply(base, scenario)
        return
    changed = apply(base, scenario).at(when)
    if since <= when < until:
        assert mid(changed, "KZHOR-KZAAU.rail", "capacity_t_per_day") == 20_000 * factor
    else:
        assert_same_tables(changed, base.at(when))


def test_a_change_that_lasts_the_whole_run_needs_no_day(base):
    for change in (
        Change("sea", set={"level_m_bs": -30.1}),
        Change("sea", day(1), set={"level_m_bs": -30.1}),
        Change("sea", day(1), day(1, year=2025), set={"level_m_bs": -30.1}),
    ):
        assert mid(apply(base, asking(change)), "sea", "level_m_bs") == -30.1
    assert mid(apply(base, asking(DRY)), "sea", "level_m_bs") == -29.0


def test_a_closed_place_carries_nothing_in_the_network(base):
    shut = build_network(apply(base, asking(Change("KZAAU", close=True))))
    assert build_network(base).find_node("KZAAU", "sea", "quay_out") is not None
    assert not any(node.place == "KZAAU" for node in shut.nodes)
    assert any(node.place == "KZKUR" for node in shut.nodes)


def test_what_is_cut_to_the_run_is_said(base):
    storm = Change("KZAAU", day(12, 20, year=2023), day(1, 5), close=True)
    applied = apply_with_notes(base, asking(storm, DRY))
    (note,) = applied.notes
    assert note.where == "scenario question, change 1, field from"
    assert "began on 2023-12-20, before the run, and acts from 2024-01-01" in note.what
    acting = applied.corridor.change_days(day(1), day(1, year=2025))
    assert acting == [day(1), day(1, 5), day(7), day(9)]  # the ramp at Alat opens on 1 July, too
    assert not apply_with_notes(base, asking(STORM, DRY)).notes


def test_the_run_decides_what_is_over_and_what_is_yet_to_come(base):
    spring = {"start": day(3), "end": day(6)}
    assert "begins on 2024-11-10, after the run" in the_problem(base, STORM, **spring).what
    past = Change("KZAAU", day(1), day(3), close=True)
    assert "is over on 2024-03-01, before the run" in the_problem(base, past, **spring).what
    assert apply(base, asking(STORM), start=day(11, 19), end=day(11, 20)).closed == {"KZAAU"}


def test_a_scenario_about_another_year_is_an_error(base):
    with pytest.raises(ScenarioError) as raised:
        apply(base, asking(STORM, base_year=2025))
    (problem,) = raised.value.problems
    assert (problem.type, problem.where) == ("scenario.base_year", "scenario question, field base_year")
    assert "is 2025, but the corridor's base year is 2024" in problem.what


def test_all_mistakes_are_told_at_once_in_the_order_of_the_changes(base):
    found = problems_of(
        base,
        Change("sea", set={"level_m_bs": -29}),
        Change("KZAAAU", close=True),
        Change("sea", day(5), day(4), scale={"levl_m_bs": 2}),
        Change("KZKUR", day(1, year=2026), close=True),
        Change("sea", set={"level_m_bs": -60}),
    )
    assert [(problem.where.split(", ")[1], problem.type.removeprefix("scenario.")) for problem in found] == [
        ("change 2", "unknown_id"),
        ("change 3", "period"),
        ("change 3", "unknown_column"),
        ("change 4", "after_run"),
        ("change 5", "set_twice"),
        ("change 5", "bounds"),
    ]


def test_a_file_tells_its_mistakes_of_form_and_of_content_together(base, tmp_path):
    path = tmp_path / "storm.toml"
    path.write_text(
        """name = "storm"
base_year = 2023
[[change]]
target = "KZAAU"
close = "yes"
[[change]]
target = "see"
set = { level_m_bs = -30.1 }
[[change]]
target = "KZHOR-KZAAU.rail"
until = "soon"
scale = { capacity_t_per_day = 1.5, lenght_km = 2 }
"""
    )
    with pytest.raises(ScenarioError) as raised:
        apply_file(base, path)
    assert [problem.where for problem in raised.value.problems] == [
        "storm.toml, field base_year",
        "storm.toml, line 5, change 1, field close",
        "storm.toml, line 7, change 2, field target",
        "storm.toml, line 11, change 3, field until",
        "storm.toml, line 12, change 3, field scale.lenght_km",
    ]


def test_a_file_is_applied_like_what_it_holds(base, tmp_path):
    path = tmp_path / "low-sea.toml"
    path.write_text(LOW_SEA)
    applied = apply_file(base, path, start=day(6), end=day(12))
    assert applied.scenario.name == "low-sea-and-storm"
    same = apply(base, applied.scenario, start=day(6), end=day(12))
    assert applied.corridor.fingerprint() == same.fingerprint()


def test_a_later_run_begins_with_the_upgrades_of_its_day(base):
    scenario = Scenario("fewer-ramps", 2024, changes=(Change("AZALA.ferry_berths", scale={"servers": 0.5}),))
    later = apply(base, scenario, start=day(1, year=2030))
    assert mid(later.at(day(1, year=2030)), "AZALA.ferry_berths", "servers") == 1.0
