"""`transcaspian route` as a person and as a program call it."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from typer.testing import CliRunner

from transcaspian.cli.main import app
from transcaspian.corridor.schema import packaged_folder
from transcaspian.testing import write_tiny_tables

runner = CliRunner()


def run(*arguments: str):
    return runner.invoke(app, ["route", *arguments])


def answer(*arguments: str):
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_contract_of_the_json():
    body = answer("Xi'an", "Constanța", "--load", "2 FEU")
    assert body["ok"] is True
    assert body["defaults_used"]
    alternatives = body["result"]["alternatives"]
    assert len(alternatives) >= 3
    for way in alternatives:
        assert set(way) >= {"corridor", "time_h", "cost_usd", "co2_kg", "distance_km", "legs", "borders", "claims"}
        for key in ("time_h", "cost_usd", "co2_kg"):
            assert 0 < way[key]["low"] <= way[key]["mid"] <= way[key]["high"]
        assert way["claims"]
        assert set(way["claims"]) <= set(body["claims"])
        for assumption in way["assumptions"]:
            assert assumption["reason"]
            assert assumption["low"] <= assumption["value"] <= assumption["high"]
        for leg in way["legs"]:
            check_leg(leg)
        assert way["distance_km"] == pytest.approx(sum(leg["distance_km"] for leg in way["legs"]), abs=0.1)


def check_leg(leg):
    assert leg["kind"] in {"move", "operation"}
    if leg["kind"] == "move":
        assert leg["operation"] is None
        assert leg["mode"] in {"rail", "sea", "road", "pipeline"}
        assert leg["distance_km"] > 0
        assert len(leg["path"]) >= 2
        assert (leg["gauge_mm"] in {1520, 1435}) == (leg["mode"] == "rail")
    else:
        words = {"load", "unload", "tranship", "change_gauge", "cross_border", "clear_customs", "wait"}
        assert leg["operation"] in words
        assert leg["from"] == leg["to"]
        assert leg["gauge_mm"] is None
    assert re.fullmatch(r"[A-Z]{2}.+", leg["from"])


@pytest.mark.parametrize("names", [("Сиань", "Констанца"), ("CNXAG", "ROCND"), ("xian", "constanta")])
def test_places_are_known_by_russian_and_english_names_and_by_code(names):
    body = answer(*names, "-n", "1")
    assert (body["result"]["origin"], body["result"]["destination"]) == ("CNXAG", "ROCND")


def test_the_table_shows_every_leg_of_the_best_way():
    result = run("CNXAG", "GEPTI", "-n", "2")
    assert result.exit_code == 0
    text = re.sub(r"\s+", " ", result.stdout)
    for word in ("change", "cross border", "wait to", "1520", "1435", "Borders:"):
        assert word in text


def test_a_day_of_departure_is_on_every_leg():
    way = answer("CNXAG", "ROCND", "--depart", "2024-06-03", "-n", "1")["result"]["alternatives"][0]
    assert way["legs"][0]["ready_at"].startswith("2024-06-03")
    assert all(leg["done_at"] >= leg["ready_at"] for leg in way["legs"])


def test_an_avoided_port_is_not_on_any_way():
    for way in answer("CNXAG", "ROCND", "--avoid", "KZAAU", "--avoid", "RU")["result"]["alternatives"]:
        touched = {leg["from"] for leg in way["legs"]} | {leg["to"] for leg in way["legs"]}
        assert "KZAAU" not in touched
        assert way["corridor"] != "northern"


def test_a_country_is_avoided_by_name_and_an_idle_facility_is_said():
    for way in answer("CNXAG", "ROCND", "--avoid", "Russia", "-n", "4")["result"]["alternatives"]:
        assert not any(place.startswith("RU") for leg in way["legs"] for place in (leg["from"], leg["to"]))
    notes = answer("KZAAU", "AZBAK", "--avoid", "AZALA.yard", "-n", "1")["result"]["notes"]
    assert [note["type"] for note in notes] == ["avoid.idle"]


def test_pareto_ways_of_tonnes_go_in_any_unit_load():
    ways = answer("CNXAG", "ROCND", "--load", "500 t wheat", "--pareto")["result"]["alternatives"]
    assert {way["unit_load"] for way in ways} <= {"TEU", "FEU", "wagon"}
    for one in ways:
        for other in ways:
            keys = ("time_h", "cost_usd", "co2_kg")
            beats = all(one[key]["mid"] < other[key]["mid"] for key in keys)
            assert not (beats and one["reliability"]["spread_h"] < other["reliability"]["spread_h"])


def test_pareto_ways_are_ranked_by_the_criterion():
    ways = answer("KZAAU", "GEPTI", "--pareto", "--by", "cost")["result"]["alternatives"]
    costs = [way["cost_usd"]["mid"] for way in ways]
    assert costs == sorted(costs)


def test_a_scenario_file_closes_a_port(tmp_path):
    file = tmp_path / "shut.toml"
    file.write_text(
        'name = "shut"\nquestion = "What without Aktau?"\nbase_year = 2024\n'
        '[[change]]\ntarget = "KZAAU"\nclose = true\n',
        encoding="utf-8",
    )
    for way in answer("CNXAG", "GEPTI", "--scenario", str(file))["result"]["alternatives"]:
        assert "KZAAU" not in {leg["to"] for leg in way["legs"]}


def test_the_map_is_one_page_without_outside_addresses(tmp_path):
    page = tmp_path / "map.html"
    assert run("CNXAG", "ROCND", "--map", str(page)).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert "Constanța" in text
    assert not re.search(r'(src|href)="https?://[^"]+\.(js|css|png)"', text)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("Xanadu", "Constanța"), "no place is called so"),
        (("Aktauu", "Baku"), "Aktau"),
        (("KZAAU", "KZAAU"), "both KZAAU"),
        (("KZAAU", "AZBAK", "--avoid", "KZAAX"), "KZAAU"),
        (("KZAAU", "AZBAK", "--depart", "2024-02-30"), "YYYY-MM-DD"),
        (("KZAAU", "AZBAK", "--load", "0 FEU"), "not above 0"),
        (("KZAAU", "AZBAK", "--load", "2 bananas"), "no unit"),
        (("KZAAU", "AZBAK", "--corridor", "nowhere"), "no such folder"),
        (("KZAAU", "AZBAK", "--by", "beauty"), "no criterion"),
        (("KZAAU", "AZBAK", "--avoid", "KZAAU"), "closed or avoided"),
        (("KZAAU", "AZBAK", "--scenario", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_bad_input_is_one_clear_error_and_exit_2(arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in re.sub(r"\s+", " ", result.stderr)
    as_json = run(*arguments, "--json")
    assert as_json.exit_code == 2
    body = json.loads(as_json.stdout)
    assert body["ok"] is False
    assert all(set(error) >= {"type", "where", "what", "mend"} for error in body["errors"])
    assert not list(tmp_path.iterdir())


def test_a_stranger_mends_a_kilometre_and_sees_the_route_change(tmp_path):
    mine = tmp_path / "my"
    assert runner.invoke(app, ["init", str(mine)]).exit_code == 0
    links = mine / "links.csv"
    before = answer("KZAAU", "AZBAK", "--corridor", str(mine), "-n", "1")["result"]["alternatives"][0]
    link = next(leg["links"][0] for leg in before["legs"] if leg["mode"] == "sea" and leg["links"])
    text = links.read_text(encoding="utf-8").splitlines()
    row = next(number for number, line in enumerate(text) if line.startswith(f"{link},"))
    column = text[0].split(",").index("length_km")
    cells = text[row].split(",")
    cells[column] = str(float(cells[column]) + 40)
    text[row] = ",".join(cells)
    links.write_text("\n".join(text) + "\n", encoding="utf-8")
    assert runner.invoke(app, ["check", str(mine)]).exit_code == 0
    after = answer("KZAAU", "AZBAK", "--corridor", str(mine), "-n", "8")["result"]["alternatives"]
    same = next(way for way in after if any(link in leg["links"] for leg in way["legs"]))
    assert same["distance_km"] == pytest.approx(before["distance_km"] + 40)
    assert same["time_h"]["mid"] > before["time_h"]["mid"]
    shutil.rmtree(mine)
    assert packaged_folder().is_dir()


def test_an_empty_load_is_an_error_and_not_the_usual_box():
    result = run("KZAAU", "AZBAK", "--load", "")
    assert result.exit_code == 2
    assert "not a number" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ((), "origin"),
        (("KZAAU",), "destination"),
        (("KZAAU", "AZBAK", "-n", "abc"), "--alternatives"),
        (("KZAAU", "AZBAK", "--legs", "-1"), "--legs"),
        (("KZAAU", "AZBAK", "--colour", "red"), "--colour"),
        (("KZAAU", "AZBAK", "--load"), "--load"),
    ],
)
def test_wrong_use_is_said_as_json_when_json_is_asked_for(arguments, where):
    result = run("--json", *arguments)
    assert result.exit_code == 2
    body = json.loads(result.stdout)
    (error,) = body["errors"]
    assert (body["ok"], error["type"], error["where"]) == (False, "option.usage", where)
    assert error["what"] == body["error"]
    assert error["mend"]
    human = run(*arguments)
    assert human.exit_code == 2
    assert human.stdout == ""
    assert "Error" in human.stderr


def test_what_typer_says_by_itself_is_as_before():
    assert run("--json", "--help").exit_code == 0
    assert runner.invoke(app, ["--json"]).exit_code == 2
    assert "option.usage" in runner.invoke(app, ["rout", "--json"]).stdout


def test_a_place_called_like_markup_is_shown_as_it_is_called(tmp_path):
    write_tiny_tables(tmp_path, rows={"places": [{"id": "KZAAU", "name": "[bold]Aktau[/nope]:car:"}]})
    result = runner.invoke(app, ["route", "KZAAU", "GEPTI", "--corridor", str(tmp_path), "-n", "1"])
    assert result.exit_code == 0, result.output
    assert "[bold]Aktau[/nope]:car: → Poti" in result.stdout
    unknown = run("[/nope]", "GEPTI", "--corridor", str(tmp_path))
    assert unknown.exit_code == 2
    assert "[/nope]" in unknown.stderr
