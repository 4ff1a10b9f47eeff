"""`transcaspian scenarios` and `scenario …` as a person and as a program call them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from transcaspian.corridor import load_corridor
from transcaspian.scenario import apply_file, read_scenario, scenario_names
from transcaspian.scenario.template import scenario_template

from . import asking
from .asking import answer, problems

run = partial(asking.run, columns=120)


def test_the_list_has_every_ready_made_scenario_with_its_question() -> None:
    found = answer("scenarios")["result"]["scenarios"]
    assert [one["name"] for one in found] == list(scenario_names())
    assert all(one["question"].endswith("?") and one["changes"] > 0 for one in found)
    by_name = {one["name"]: one for one in found}
    assert by_name["cpc-stopped"]["dated"] is True
    assert by_name["aktau-dredged"]["dated"] is False


def test_the_list_can_be_narrowed_by_a_word() -> None:
    shown = run("scenarios", "tengiz").stdout
    assert "tengiz-outage" in shown
    assert "aktau-dredged" not in shown
    assert "No ready-made scenario" in run("scenarios", "unicorn").stdout


def test_show_tells_before_and_after_and_what_it_rests_on() -> None:
    body = answer("scenario", "show", "tankers-sea-2030")
    (effect,) = body["result"]["effects"]
    assert (effect["row"], effect["column"]) == ("sea", "level_m_bs")
    assert effect["before"]["mid"] == pytest.approx(-29.147)
    assert effect["after"]["mid"] == -30
    assert body["claims"] == ["sea:caspian/sea_level/3df1"]
    shown = run("scenario", "show", "tankers-sea-2030").stdout
    assert "-30" in shown
    assert "Rests on sea:caspian/sea_level/3df1: " in shown


def test_show_takes_several_and_counts_the_rows_of_a_selector(tmp_path: Path) -> None:
    file = tmp_path / "rail.toml"
    change = '[[change]]\ntarget = "link[mode=rail,country=RU]"\nclose = true\nassumption = "all of it"\n'
    file.write_text(f'name = "rail"\nbase_year = 2024\n{change}', encoding="utf-8")
    body = answer("scenario", "show", f"{file}+aktau-dredged")
    closed = [effect for effect in body["result"]["effects"] if effect["act"] == "close"]
    assert len(closed) > 5
    assert {(effect["before"], effect["after"]) for effect in closed} == {("open", "closed")}
    assert body["result"]["uses"] == [str(file), "aktau-dredged"]
    assert body["defaults_used"][0]["reason"] == "all of it"
    shown = run("scenario", "show", file).stdout
    assert f"rail, change 1: {len(closed)} rows" in shown
    assert "all of it" in shown


def test_diff_tells_what_only_one_does_and_what_both_do_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "lower.toml"
    file.write_text(
        'name = "lower"\nbase_year = 2024\n[[change]]\ntarget = "sea"\nset = { level_m_bs = -31 }\n', encoding="utf-8"
    )
    found = answer("scenario", "diff", "tankers-sea-2030", f"{file}+aktau-dredged")["result"]
    assert found["only_first"] == []
    assert {effect["row"] for effect in found["only_second"]} == {"aktau-dredging-stage1"}
    (both,) = found["otherwise"]
    assert (both["first"]["after"]["mid"], both["second"]["after"]["mid"]) == (-30, -31)
    assert "to different values" in run("scenario", "diff", "tankers-sea-2030", file).stdout
    assert "No difference" in run("scenario", "diff", "aktau-dredged", "aktau-dredged").stdout


def test_new_writes_a_page_that_can_be_applied_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "my-question.toml"
    assert run("scenario", "new", file).exit_code == 0
    applied = apply_file(load_corridor(), file)
    assert applied.scenario.name == "my-question"
    assert applied.notes == ()
    assert len(applied.corridor.changes) == 2
    assert run("scenario", "new").stdout == scenario_template("my-question") == file.read_text(encoding="utf-8")
    assert answer("scenario", "new")["result"]["toml"] == scenario_template("my-question")


def test_each_commented_change_of_the_page_can_be_uncommented() -> None:
    text = scenario_template('a "quoted" \x7f name')
    lines = [line.removeprefix("# ") if line.startswith(("# [[", "# target", "# scale", "# set")) else line
             for line in text.splitlines()]  # fmt: skip
    scenario = read_scenario("\n".join(lines), "page.toml")
    assert scenario.name == 'a "quoted" \x7f name'
    assert len(scenario.changes) == 5
    from transcaspian.scenario import apply

    assert apply(load_corridor(), scenario).changes


def test_new_leaves_a_file_that_is_there(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("mine", encoding="utf-8")
    assert problems("scenario", "new", file)[0]["type"] == "scenario.file"
    assert file.read_text(encoding="utf-8") == "mine"
    assert run("scenario", "new", file, "--force").exit_code == 0
    assert 'name = "mine"' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [("scenario", "show", "aktau-dredge"), ("scenario", "diff", "aktau-dredge", "x")])
def test_an_unknown_name_is_answered_with_the_nearest(words: tuple[str, ...]) -> None:
    (problem,) = problems(*words)
    assert problem["type"] == "scenario.unknown"
    assert "aktau-dredged" in problem["mend"]


def test_commands_take_a_name_and_several() -> None:
    both = answer("sea", "--scenario", "aktau-dredged", "--scenario", "tankers-sea-2030")["result"]
    assert both == answer("sea", "--scenario", "aktau-dredged+tankers-sea-2030")["result"]
    assert both["level_m_bs"]["mid"] == -30
    assert both["changed_by_scenario"] is True


def test_the_examples_of_the_help_run() -> None:
    for words in ("scenarios sea", "scenario show aktau-dredged", "scenario diff aktau-dredged tankers-sea-2030"):
        assert run(*words.split()).exit_code == 0


def test_the_example_of_new_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("scenario", "new", "my-question.toml").exit_code == 0
