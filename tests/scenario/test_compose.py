"""Several scenarios at once: `A+B`, `--scenario` given twice, and `uses` in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcaspian.scenario import (
    Change,
    Scenario,
    ScenarioError,
    apply,
    apply_asked,
    asked_scenario,
    every_change,
    find_scenario,
    write_scenario,
)

from .helpers import assert_same_tables, mid

LOW = Change("sea", set={"level_m_bs": -30.1})
CLOSED = Change("KZAAU", close=True)
MORE = Change("KZHOR-KZAAU.rail", scale={"capacity_t_per_day": 2})


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    made = {}
    for name, changes in {"low": (LOW,), "closed": (CLOSED,), "more": (MORE,)}.items():
        made[name] = write(tmp_path, Scenario(name, 2024, changes=changes))
    return made


def write(folder: Path, scenario: Scenario) -> str:
    path = folder / f"{scenario.name}.toml"
    path.write_text(write_scenario(scenario), encoding="utf-8")
    return str(path)


def test_several_together_do_what_one_with_all_their_changes_does(base, files):
    together = apply_asked(base, f"{files['low']}+{files['closed']}+{files['more']}")
    assert together.scenario.name == "low+closed+more"
    assert_same_tables(together.corridor, apply(base, Scenario("all", 2024, changes=(LOW, CLOSED, MORE))))


def test_the_order_of_independent_scenarios_does_not_matter(base, files):
    one = apply_asked(base, [files["low"], files["more"]]).corridor
    other = apply_asked(base, [files["more"], files["low"]]).corridor
    assert_same_tables(one, other)


def test_a_file_that_uses_others_makes_their_changes_and_its_own(base, files, tmp_path):
    both = write(tmp_path, Scenario("both", 2024, changes=(CLOSED,), uses=(files["low"], files["more"])))
    changed = apply_asked(base, both).corridor
    assert mid(changed, "sea", "level_m_bs") == -30.1
    assert changed.closed == {"KZAAU"}
    assert every_change(find_scenario(both)) == (LOW, MORE, CLOSED)


def test_what_two_scenarios_set_alike_is_said_with_both_their_names(base, files, tmp_path):
    lower = write(tmp_path, Scenario("lower", 2024, changes=(Change("sea", set={"level_m_bs": -31}),)))
    with pytest.raises(ScenarioError) as raised:
        apply_asked(base, [files["low"], lower])
    (problem,) = raised.value.problems
    assert problem.type == "scenario.set_twice"
    assert "scenario:low, change 1" in problem.what
    assert problem.where.startswith("lower.toml")


def test_mistakes_of_all_of_them_are_said_together(base, files, tmp_path):
    wrong = [write(tmp_path, Scenario(f"wrong-{n}", 2024, changes=(Change("XX", close=True),))) for n in (1, 2)]
    with pytest.raises(ScenarioError) as raised:
        apply_asked(base, [*wrong, "no-such", files["low"]])
    assert [problem.type for problem in raised.value.problems] == ["scenario.unknown_id"] * 2 + ["scenario.unknown"]


def test_a_scenario_that_uses_itself_by_way_of_another_is_refused(base, tmp_path):
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    write(tmp_path, Scenario("one", 2024, changes=(LOW,), uses=(str(other),)))
    write(tmp_path, Scenario("other", 2024, uses=(str(one),)))
    with pytest.raises(ScenarioError) as raised:
        apply_asked(base, str(one))
    assert {problem.type for problem in raised.value.problems} == {"scenario.uses"}
    with pytest.raises(ScenarioError, match="uses itself"):
        every_change(find_scenario(str(one)))


def test_no_scenario_asked_is_none_and_a_file_with_a_plus_in_its_name_is_one(files, tmp_path):
    assert asked_scenario(None) is asked_scenario([]) is None
    plus = tmp_path / "a+b.toml"
    plus.write_text(write_scenario(Scenario("plus", 2024, changes=(LOW,))), encoding="utf-8")
    found = asked_scenario([str(plus)])
    assert found is not None
    assert found.name == "plus"
