"""The ready-made scenarios: found by name or file, well formed, and each changes something in the packaged corridor."""

import datetime as dt
from pathlib import Path

import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.evidence import load_ledger
from transcaspian.scenario import (
    ScenarioError,
    apply_file,
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
    for change in packaged_scenario(name).changes:
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
