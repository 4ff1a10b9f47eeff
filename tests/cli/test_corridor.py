"""`init`, `check`, `export` and `places` as a stranger meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from transcaspian.cli.main import app
from transcaspian.testing import write_tiny_tables


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def run_json(*words: object, exit_code: int = 0) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == exit_code, result.output
    body: dict[str, Any] = json.loads(result.stdout)
    assert body["ok"] == (exit_code == 0)
    return body


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    write_tiny_tables(folder)
    return folder


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_check_counts_rows_and_cells_of_every_table(tiny: Path) -> None:
    body = run_json("check", tiny)
    result = body["result"]
    assert result["tables"]["links"] == 8
    assert set(result["cells"]) == {"total", "claimed", "derived", "assumed"}
    assert result["cells"]["total"] == sum(t["total"] for t in result["coverage"]["tables"].values())
    assert result["coverage"]["links_by_mode_and_gauge"]["rail_1520"] == 4
    assert "china_border_to_black_sea" in result["coverage"]
    assert body["errors"] == []
    assert result["warnings"] == []


def test_check_prints_a_row_for_every_table_and_a_verdict(tiny: Path) -> None:
    result = run("check", tiny)
    assert result.exit_code == 0
    assert all(word in result.stdout for word in ("places", "links", "all tables", "sourced"))
    assert "no errors, no warnings." in result.stdout


def test_check_without_a_folder_judges_what_we_ship() -> None:
    assert run_json("check")["result"]["tables"]["places"] >= 90


def test_an_error_in_the_tables_exits_with_two_and_still_gives_the_counts(tiny: Path) -> None:
    rewrite(tiny / "links.csv", lambda text: text.replace(",500,,25", ",400,,25", 1))
    body = run_json("check", tiny, exit_code=2)
    (error,) = body["errors"]
    assert error["type"] == "corridor.length"
    assert error["where"] == "links.csv, line 5, column length_km"
    assert body["error"] == error["what"]
    assert body["result"]["tables"]["links"] == 8
    assert [w["type"] for w in body["result"]["warnings"]] == ["provenance.range"]
    human = run("check", tiny)
    assert human.exit_code == 2
    assert "shorter than the great circle" in human.stderr
    assert "Mend:" in human.stderr
    assert "1 error, 1 warning." in human.stdout


def spoil_length(folder: Path) -> None:
    rewrite(folder / "links.csv", lambda text: text.replace(",500,,25", ",-12.0,,25", 1))


def spoil_number(folder: Path) -> None:
    rewrite(folder / "links.csv", lambda text: text.replace(",500,,25", ",far,,25", 1))


def spoil_id(folder: Path) -> None:
    rewrite(folder / "services.csv", lambda text: text.replace("KZAAU-AZALA.sea", "KZAAU-AZALLA.sea", 1))


def drop_column(folder: Path) -> None:
    rewrite(folder / "sea.csv", lambda text: text.replace("level_m_bs", "level", 1))


def empty_file(folder: Path) -> None:
    (folder / "links.csv").write_bytes(b"")


def garbage(folder: Path) -> None:
    (folder / "links.csv").write_bytes(bytes(range(256)) * 40_000)


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (spoil_length, "links.csv, line 5, column length_km"),
        (spoil_number, "links.csv, line 5, column length_km"),
        (spoil_id, "services.csv, line 2, column links"),
        (drop_column, "sea.csv, line 1, column level_m_bs"),
        (empty_file, "links.csv"),
        (garbage, "links.csv"),
    ],
)
def test_bad_tables_are_one_clear_error_in_words_and_in_json(
    tiny: Path, spoil: Callable[[Path], None], where: str
) -> None:
    spoil(tiny)
    errors = run_json("check", tiny, exit_code=2)["errors"]
    assert errors[0]["where"] == where
    assert all(error["what"] and error["mend"] for error in errors)
    human = run("check", tiny)
    assert human.exit_code == 2
    assert where in human.stderr
    assert "Traceback" not in human.output


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (error,) = run_json("check", tmp_path / "nowhere", exit_code=2)["errors"]
    assert error["type"] == "corridor.folder"


def test_check_takes_its_folder_either_way_but_not_twice(tiny: Path) -> None:
    assert run_json("check", "--corridor", tiny)["result"]["tables"]["links"] == 8
    assert run_json("check", tiny, "--corridor", tiny.parent, exit_code=2)["errors"][0]["type"] == "check.folder"


def test_a_stranger_corrects_a_kilometre_and_is_told_what_to_say_about_it(tmp_path: Path) -> None:
    my = tmp_path / "my"
    assert run("init", my).exit_code == 0
    clean = run_json("check", my)
    assert clean["result"]["warnings"] == []
    lines = (my / "links.csv").read_text(encoding="utf-8").splitlines()
    header, cells = lines[0].split(","), lines[1].split(",")
    place = header.index("length_km")
    cells[place] = f"{float(cells[place]) * 3:g}"
    lines[1] = ",".join(cells)
    (my / "links.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (warning,) = run_json("check", my)["result"]["warnings"]
    assert warning["where"] == "links.csv, line 2, column length_km"
    assert "lies outside" in warning["what"]


def test_init_leaves_a_full_folder_alone_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    (error,) = run_json("init", tmp_path, exit_code=2)["errors"]
    assert error["type"] == "init.folder"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    assert "links.csv" in run_json("init", tmp_path, "--force")["result"]["files"]
    assert (tmp_path / "letter.txt").exists()


@pytest.mark.parametrize(("name", "out"), [("gmns", "out"), ("geojson", "out.geojson"), ("gpkg", "out.gpkg")])
def test_every_format_is_written(tiny: Path, tmp_path: Path, name: str, out: str) -> None:
    body = run_json("export", "--format", name, tmp_path / out, "--corridor", tiny)
    assert (tmp_path / out).exists()
    assert (body["result"]["places"], body["result"]["links"]) == (7, 8)


def test_an_unknown_format_offers_the_nearest_and_writes_nothing(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    (error,) = run_json("export", "--format", "geojsn", out, "--corridor", tiny, exit_code=2)["errors"]
    assert error["mend"] == "Did you mean geojson?"
    assert not out.exists()


def test_places_are_found_in_english_russian_by_code_alias_and_country(tiny: Path) -> None:
    def found(query: str) -> list[str]:
        places = run_json("places", query, "--corridor", tiny)["result"]["places"]
        return [place["id"] for place in places]

    assert found("aktau") == ["KZAAU"]
    assert found("Куры") == ["KZKUR"]
    assert found("GETBS") == ["GETBS"]
    assert found("baku port") == ["AZALA"]
    assert found("kz") == ["KZHOR", "KZAAU", "KZKUR"]


def test_all_places_are_listed_with_their_modes(tiny: Path) -> None:
    places = run_json("places", "--corridor", tiny)["result"]["places"]
    assert len(places) == 7
    assert {p["id"]: p["modes"] for p in places}["KZHOR"] == ["rail 1435", "rail 1520"]
    assert "Altynkol" in run("places", "--corridor", tiny).stdout


def test_an_unknown_place_offers_the_nearest(tiny: Path) -> None:
    (error,) = run_json("places", "Tblisi", "--corridor", tiny, exit_code=2)["errors"]
    assert "Tbilisi" in error["mend"]


def test_help_comes_without_loading_numpy() -> None:
    heavy = "{'numpy', 'numba', 'pyogrio', 'shapely'}"
    code = f"import sys; import transcaspian.cli.main; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_formats_named_in_the_help_are_those_that_we_write() -> None:
    from transcaspian.cli.corridor import _FORMATS
    from transcaspian.corridor.export import EXPORTS

    assert sorted(_FORMATS) == sorted(EXPORTS)


MARKUP = "[bold]Aktau[/nope]:car:"


def test_places_called_like_markup_are_shown_as_they_are_called(tmp_path: Path) -> None:
    places = [{"id": "KZAAU", "name": MARKUP}, {"id": "KZKUR", "name": MARKUP}]
    write_tiny_tables(tmp_path, rows={"places": places, "links": [{"id": "KZAAU-AZALA.sea", "length_km": 1}]})
    shown = run("places", "KZAAU", "--corridor", tmp_path)
    assert shown.exit_code == 0
    assert MARKUP in shown.stdout
    checked = run("check", tmp_path)
    assert checked.exit_code == 2
    assert MARKUP in checked.stderr


def test_a_control_character_in_a_table_never_reaches_the_terminal(tiny: Path) -> None:
    rewrite(tiny / "places.csv", lambda text: text.replace("Aktau", "\x1b]0;owned\x07", 1).replace("id", "i\x1bd", 1))
    for result in (run("check", tiny), run("places", "--corridor", tiny)):
        assert result.exit_code == 2
        assert "\x1b" not in result.output
        assert "\\x1b" in result.output


def test_init_by_force_says_what_stands_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "sea.csv").mkdir()
    (error,) = run_json("init", tmp_path, "--force", exit_code=2)["errors"]
    assert (error["type"], error["where"]) == ("file.out", str(tmp_path / "sea.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["sea.csv"]


def test_an_export_never_replaces_a_pipe(tiny: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (error,) = run_json("export", "--format", "geojson", tmp_path / "pipe", "--corridor", tiny, exit_code=2)["errors"]
    assert error["type"] == "file.out"
    assert (tmp_path / "pipe").is_fifo()
