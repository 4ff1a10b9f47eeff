"""The register of this room: every type of problem happens in some test's scenario, and stands in the README."""

from pathlib import Path

import pytest

import transcaspian.scenario
from transcaspian.scenario import (
    PROBLEM_TYPES,
    Change,
    Scenario,
    ScenarioError,
    apply,
    apply_file,
    apply_with_notes,
    read_scenario,
)
from transcaspian.scenario.problems import Report
from transcaspian.testing import tiny_corridor

from .helpers import day

# One scenario for each type of problem; the tests of each module look at them closely.
WRONG = {
    "toml": "name =",
    "key": 'name = "a"\nbase_year = 2024\nseed = 1',
    "type": "name = 1\nbase_year = 2024",
    "base_year": 'name = "a"\nbase_year = 2019',
    "unknown": 'name = "a"\nbase_year = 2024\nuses = ["no-such"]',
    "uses": 'name = "a"\nbase_year = 2024\nuses = ["{}"]',
    "selector": '[[change]]\ntarget = "link[mod=rail]"\nclose = true',
    "selects_nothing": '[[change]]\ntarget = "link[mode=road,country=KZ]"\nclose = true',
    "unknown_id": '[[change]]\ntarget = "XX"\nclose = true',
    "ambiguous_id": '[[change]]\ntarget = "ferry-aktau"\nclose = true',
    "unknown_column": '[[change]]\ntarget = "sea"\nset = { depth = 3 }',
    "column": '[[change]]\ntarget = "sea"\nset = { id = "lake" }',
    "value": '[[change]]\ntarget = "sea"\nset = { level_m_bs = "low" }',
    "bounds": '[[change]]\ntarget = "sea"\nset = { level_m_bs = 3 }',
    "empty_cell": '[[change]]\ntarget = "KZHOR.border"\nscale = { capacity_t_per_day = 2 }',
    "period": '[[change]]\ntarget = "KZAAU"\nclose = true\nfrom = 2024-02-01\nuntil = 2024-02-01',
    "after_run": '[[change]]\ntarget = "KZAAU"\nclose = true\nfrom = 2025-01-01',
    "before_run": '[[change]]\ntarget = "KZAAU"\nclose = true\nuntil = 2024-01-01',
    "set_twice": '[[change]]\ntarget = "sea"\nset = { level_m_bs = -30 }\n' * 2,
    "close": '[[change]]\ntarget = "sea"\nclose = true',
    "changes_nothing": '[[change]]\ntarget = "sea"\nadd = { level_m_bs = 0 }',
}


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    fleet = {"id": "ferry-aktau", "name": "Twin", "kind": "ferry"}
    return tiny_corridor(tmp_path_factory.mktemp("twins"), rows={"fleets": [fleet]})


@pytest.mark.parametrize("kind", WRONG)
def test_each_type_of_problem_happens(twins, tmp_path, kind):
    path = tmp_path / "wrong.toml"
    text = WRONG[kind].replace("{}", str(path))
    path.write_text(text if not text.startswith("[[") else f'name = "a"\nbase_year = 2024\n{text}')
    with pytest.raises(ScenarioError) as raised:
        apply_file(twins, path)
    assert [problem.type for problem in raised.value.problems] == [f"scenario.{kind}"]


def test_the_types_without_a_text_of_their_own_happen_too(twins, tmp_path):
    with pytest.raises(ScenarioError) as raised:
        apply_file(twins, tmp_path / "missing.toml")
    assert raised.value.problems[0].type == "scenario.file"
    with pytest.raises(ScenarioError) as raised:
        apply(twins, Scenario("a", 2024), start=day(2), end=day(1))
    assert raised.value.problems[0].type == "scenario.run"
    began_before = Scenario("a", 2024, changes=(Change("KZAAU", since=day(1, year=2023), close=True),))
    (note,) = apply_with_notes(twins, began_before).notes
    assert note.type == "scenario.cut"


def test_the_register_is_complete_and_the_readme_explains_all_of_it():
    elsewhere = {"scenario.file", "scenario.run", "scenario.cut"}
    shown = {f"scenario.{kind}" for kind in WRONG} | elsewhere
    assert shown == set(PROBLEM_TYPES)
    readme = Path(transcaspian.scenario.__file__).with_name("README.md").read_text(encoding="utf-8")
    for kind, meaning in PROBLEM_TYPES.items():
        assert f"| `{kind}` | {meaning} |" in readme


def test_a_report_keeps_the_order_of_the_changes():
    report = Report(read_scenario('name = "a"\nbase_year = 2024', "a.toml"))
    report.add("value", "second", "mend", change=2)
    report.add("cut", "only said", "mend", change=1, severity="warning")
    report.add("value", "first", "mend", change=1, key="set.x")
    assert [problem.what for problem in report.errors] == ["first", "second"]
    assert [problem.what for problem in report.notes] == ["only said"]
    assert report.errors[0].where == "a.toml, change 1, field set.x"
