"""The ready-made scenarios: found by name or file, well formed, and each changes something in the packaged corridor."""

import datetime as dt
from pathlib import Path

import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.corridor.sea import sea_level, voyage_payload
from transcaspian.evidence import load_ledger
from transcaspian.scenario import (
    ScenarioError,
    apply_asked,
    apply_file,
    every_change,
    find_scenario,
    packaged_scenario,
    scenario_names,
    scenario_path,
    write_scenario,
)
from transcaspian.scenario.packaged import scenario_folder

OIL = {
    "cpc-mooring-lost-30-days",
    "cpc-mooring-lost-30-days-no-spare",
    "cpc-stopped",
    "storm-week-novorossiysk",
    "btc-7-mt-2027",
    "tankers-sea-2030",
    "druzhba-germany-growth",
    "tengiz-outage",
    "aktau-berths-9-10",
    "aktau-dredged",
    "quality-cap-lifted",
    "chloride-stop",
}


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return load_corridor()


def test_the_scenarios_of_the_oil_layer_are_there():
    assert set(scenario_names()) >= OIL


@pytest.mark.parametrize("name", scenario_names())
def test_a_name_is_the_file_and_what_it_says_itself(name):
    scenario = packaged_scenario(name)
    assert scenario.name == name
    assert scenario.question.endswith("?")
    assert find_scenario(name) == scenario
    assert scenario_path(name) == scenario_folder() / f"{name}.toml"


@pytest.mark.parametrize("name", scenario_names())
def test_each_can_be_applied_to_the_packaged_corridor_and_changes_it(corridor, name):
    applied = apply_file(corridor, scenario_path(name))
    assert applied.notes == ()
    assert applied.corridor.changes


@pytest.mark.parametrize("name", scenario_names())
def test_the_claims_it_rests_on_are_in_the_ledger(name):
    ledger = load_ledger()
    for change in every_change(packaged_scenario(name)):
        assert [ledger.get_claim(claim).id for claim in change.claims] == list(change.claims)


def test_a_lost_mooring_is_back_when_the_thirty_days_are_over(corridor):
    lost = apply_file(corridor, scenario_path("cpc-mooring-lost-30-days-no-spare")).corridor

    def moorings(day: dt.date) -> float:
        table = lost.at(day)["oil_moorings"]
        return float(table.floats("servers")[table.get_row("cpc.moorings")])

    assert moorings(dt.date(2024, 1, 31)) == 3
    assert moorings(dt.date(2024, 2, 1)) == 1
    assert moorings(dt.date(2024, 3, 1)) == 1
    assert moorings(dt.date(2024, 3, 2)) == 3


def test_what_is_no_name_is_a_file(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(write_scenario(packaged_scenario("cpc-stopped")), encoding="utf-8")
    assert scenario_path(str(file)) == file
    assert find_scenario(str(file)).changes == packaged_scenario("cpc-stopped").changes


def test_a_ready_made_name_goes_before_a_file_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("cpc-stopped").write_text("name =", encoding="utf-8")
    assert find_scenario("cpc-stopped") == packaged_scenario("cpc-stopped")


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("cpc-stoped", "cpc-stopped"),
        ("aktau-dredge", "aktau-dredged"),
        ("tengiz-outage.toml", "tengiz-outage"),
        ("☃", "the ready-made ones are aktau-berths-9-10, "),
        ("", "the ready-made ones are "),
        ("x" * 5000, "the ready-made ones are "),
        ("a\0b", "the ready-made ones are "),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(asked, offered):
    for look_up in (scenario_path, packaged_scenario):
        with pytest.raises(ScenarioError) as raised:
            look_up(asked)
        (problem,) = raised.value.problems
        assert problem.type == "scenario.unknown"
        assert offered in problem.mend
        assert len(problem.what) < 150


def test_a_folder_is_no_scenario(tmp_path):
    with pytest.raises(ScenarioError) as raised:
        find_scenario(str(tmp_path))
    assert raised.value.problems[0].type == "scenario.file"


QUESTIONS = {
    "northern-route-closed",
    "ten-day-storm",
    "sea-2030",
    "sea-2050",
    "shallow-draught-fleet",
    "northern-closed-and-sea-low",
    "demand-10-mt",
    "zangezur-open",
    "btk-5-mt",
    "dostyk-moyinty-double-track",
    "zhezkazgan-section-25-trains",
    "customs-in-30-minutes",
    "borders-synchronised",
    "aktau-container-hub",
    "six-new-feeders",
    "ocean-rates-collapse",
    "southern-alternatives",
    "alat-phase-2",
}


def test_the_questions_of_freight_are_there_each_with_a_claim_or_an_assumption():
    assert set(scenario_names()) >= QUESTIONS
    for name in set(scenario_names()) - OIL:
        for change in every_change(packaged_scenario(name)):
            assert change.claims or change.assumption, name


def test_each_projection_that_names_2030_or_2050_has_a_scenario_of_its_own(corridor):
    named = {row.rpartition("-")[::2] for row in corridor["sea_projections"]}
    expected = {f"sea-{year}-{name}" for name, year in named if year in {"2030", "2050"}}
    assert expected == {name for name in scenario_names() if name.startswith(("sea-2030-", "sea-2050-"))}


def test_a_lower_sea_lowers_every_payload_and_dredging_gives_some_back(corridor):
    def payload(*names: str) -> float:
        state = apply_asked(corridor, names).corridor if names else corridor
        level = sea_level(state).level_m_bs
        return voyage_payload(state, "kmtf-astana", "KZAAU", "AZSAN", level).payload_t.mid

    assert payload("sea-2050") < payload("sea-2030") < payload()
    assert payload("sea-2030") < payload("sea-2030", "aktau-dredged") < payload("aktau-dredged")


def test_customs_in_thirty_minutes_shortens_borders_and_customs_but_no_link(corridor):
    touched = {change.table for change in apply_asked(corridor, "customs-in-30-minutes").corridor.changes}
    assert touched == {"standards", "operations"}


def test_the_order_of_the_two_halves_of_a_composition_does_not_matter(corridor):
    one = apply_asked(corridor, "northern-route-closed+sea-2030").corridor
    other = apply_asked(corridor, "northern-closed-and-sea-low").corridor
    assert one.closed == other.closed
    assert sea_level(one) == sea_level(other)
