"""`transcaspian sea` and `payload` as a person and as a program call them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from transcaspian.corridor.schema import packaged_folder
from transcaspian.scenario import Change, Scenario, write_scenario

from .asking import answer, problems, run

ASTANA = ("payload", "--vessel", "kmtf-astana", "--from", "KZAAU", "--to", "AZSAN")


def scenario_file(folder: Path, *changes: Change) -> Path:
    file = folder / "asked.toml"
    file.write_text(write_scenario(Scenario("asked", 2024, changes=changes)), encoding="utf-8")
    return file


def check_range(value: dict[str, float]) -> None:
    assert set(value) == {"low", "mid", "high"}
    assert value["low"] <= value["mid"] <= value["high"]


def test_the_contract_of_sea() -> None:
    body = answer("sea", "--year", "2025")
    result = body["result"]
    check_range(result["level_m_bs"])
    assert result["level_m_bs"]["mid"] == pytest.approx(-29.278)
    ports = {port["id"]: port for port in result["ports"]}
    assert {"KZAAU", "KZKUR", "AZALA", "TMKRW", "RUMCX", "AZSAN"} <= set(ports)
    for port in result["ports"]:
        assert set(port["depth_m"]) == set(port["permitted_draught_m"])
        for kind in port["depth_m"]:
            check_range(port["depth_m"][kind])
            check_range(port["permitted_draught_m"][kind])
    assert body["claims"]
    assert "GEPTI" not in ports  # the Black Sea stays where it is


def test_the_contract_of_payload() -> None:
    body = answer(*ASTANA, "--level", "-29.28")
    result = body["result"]
    check_range(result["payload_t"])
    assert 9_000 <= result["payload_t"]["mid"] <= 11_000
    assert result["full_payload_t"] > result["payload_t"]["mid"]
    assert result["limited_by"] == "KZAAU.oil_berths"
    assert {"stores_share_of_deadweight", "state_of"} <= {row["name"] for row in body["defaults_used"]}
    assert "vessel:kmtf-astana-class/deadweight/b399" in body["claims"]


def test_ports_are_known_by_name_and_the_answer_is_the_same() -> None:
    by_name = answer("payload", "--vessel", "kmtf-astana", "--from", "Актау", "--to", "Sangachal", "--level", "-29.28")
    assert by_name["result"] == answer(*ASTANA, "--level", "-29.28")["result"]


def test_a_year_brings_its_dredging() -> None:
    kuryk = ("payload", "--vessel", "asco-zarifa-aliyeva", "--from", "KZKUR", "--to", "AZALA", "--year")
    before, after = (answer(*kuryk, year)["result"] for year in (2024, 2025))
    assert before["limited_by"] == "KZKUR.rail_ferry"
    assert after["limited_by"] == "vessel"  # dredged in November 2024
    assert [unit["unit_load"] for unit in after["units"]] == ["wagon", "truck"]


def test_a_later_year_says_which_projections_it_took() -> None:
    body = answer("sea", "--year", "2030")
    assert body["result"]["basis"] == "projected"
    assert next(row for row in body["defaults_used"] if row["name"] == "projection")["value"]
    one = answer("sea", "--year", "2030", "--projection", "kazhydromet-pessimistic")
    assert one["result"]["level_m_bs"]["mid"] == -30
    assert not [row for row in one["defaults_used"] if row["name"] == "projection"]


def test_without_a_question_it_is_the_base_year() -> None:
    body = answer("sea")
    assert body["result"]["level_m_bs"]["mid"] == -29.147
    assert {row["name"] for row in body["defaults_used"]} == {"level_m_bs", "state_of"}


def test_a_scenario_sets_the_level_and_dredges(tmp_path: Path) -> None:
    deeper = Change("KZAAU.oil_berths.depth", add={"depth_m": 1.5})
    file = scenario_file(tmp_path, Change("sea", set={"level_m_bs": -29.76}), deeper)
    sea = answer("sea", "--scenario", file)["result"]
    assert sea["level_m_bs"] == {"low": -29.76, "mid": -29.76, "high": -29.76}
    (cut,) = sea["dredging"]
    assert cut["volume_m3"]["mid"] == pytest.approx(1_726_500)
    assert cut["cost_usd"]["mid"] == pytest.approx(53e6, rel=0.01)
    ship = answer(*ASTANA, "--scenario", file)["result"]
    # With the whole 1.5 m Aktau bears the full tanker down to about −29.76; then Sangachal, of assumed depth, binds.
    assert ship["berths"][0]["permitted_draught_m"]["mid"] == pytest.approx(7.0, abs=0.01)
    assert ship["limited_by"] == "AZSAN.oil_berths"
    assert "million USD" in run("sea", "--scenario", file).stdout


def test_dated_changes_without_a_year_are_said(tmp_path: Path) -> None:
    import datetime as dt

    file = scenario_file(tmp_path, Change("sea", since=dt.date(2024, 7, 1), set={"level_m_bs": -30}))
    result = run("sea", "--scenario", file)
    assert result.exit_code == 0
    assert "give --year" in result.stderr
    assert "-30.00 m BS" in run("sea", "--scenario", file, "--year", "2024").stdout


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("sea", "--year", "2025", "--level", "-29"), "sea.two_levels"),
        (("sea", "--level", "29"), "sea.level"),
        (("sea", "--level", "nan"), "sea.level"),
        (("sea", "--year", "1980"), "sea.year"),
        (("sea", "--year", "1850"), "sea.year"),
        (("sea", "--year", "0"), "sea.year"),
        (("sea", "--year", "99999"), "sea.year"),
        (("sea", "--year", "2030", "--projection", "nobody"), "sea.projection"),
        (("sea", "--projection", "kazhydromet"), "sea.projection"),
        (("sea", "--plot", "sea.pdf"), "sea.plot"),
        (("payload", "--vessel", "kmtf-astana", "--from", "KZKUR", "--to", "AZALA"), "sea.no_berth"),
        (("payload", "--vessel", "ukrferry-kaunas", "--from", "KZAAU", "--to", "AZALA"), "sea.vessel"),
        (("payload", "--vessel", "kmtf-astana", "--from", "KZAAU", "--to", "KZAAU"), "sea.voyage"),
        ((*ASTANA, "--level", "-36.5"), "sea.dry_berth"),
        ((*ASTANA, "--amount", "0"), "sea.amount"),
        (("payload", "--vessel", "kmtf-astanna", "--from", "KZAAU", "--to", "AZSAN"), "corridor.unknown_id"),
        (("payload", "--vessel", "kmtf-astana", "--from", "Aktauu", "--to", "AZSAN"), "place.unknown"),
    ],
)
def test_bad_input_is_an_error_that_says_so(words: tuple[str, ...], kind: str) -> None:
    found = problems(*words)
    assert kind in [problem["type"] for problem in found]
    assert all(problem["what"] and problem["mend"] for problem in found)


def test_near_names_are_offered() -> None:
    (ship,) = problems("payload", "--vessel", "kmtf-astanna", "--from", "KZAAU", "--to", "AZSAN")
    assert "kmtf-astana" in ship["mend"]


@pytest.mark.parametrize("words", [("sea",), ("sea", "--level", "-33"), (*ASTANA, "--amount", "1500000")])
def test_the_tables_fit_80_columns(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 0
    assert max(len(line.rstrip()) for line in result.stdout.splitlines()) <= 80
    assert "Mid [low to high]" in result.stdout


def test_a_dry_berth_is_marked_in_the_table() -> None:
    assert "dry" in [line.split()[-1] for line in run("sea", "--level", "-33").stdout.splitlines() if line.strip()]


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_the_plot_is_written_whole(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"payload.{ending}"
    result = run(*ASTANA, "--level", "-29.28", "--plot", file)
    assert result.exit_code == 0, result.output
    assert "</svg>" in file.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_help_does_not_load_the_tables() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom transcaspian.cli.main import app\n"
        "assert CliRunner().invoke(app, ['payload', '--help']).exit_code == 0\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_ports_and_ships_called_like_markup_are_shown_as_they_are_called(tmp_path: Path) -> None:
    folder = tmp_path / "my"
    shutil.copytree(packaged_folder(), folder)
    for file, name in (("places.csv", ",Aktau,"), ("vessels.csv", ",Astana,")):
        text = (folder / file).read_text(encoding="utf-8")
        assert name in text
        (folder / file).write_text(text.replace(name, ",[bold]X[/nope],"), encoding="utf-8")
    voyage = ("--vessel", "kmtf-astana", "--from", "KZAAU", "--to", "AZSAN", "--level", "-29.28")
    for words in (("sea",), ("payload", *voyage), ("validate",)):
        shown = run(*words, "--corridor", folder)
        assert shown.exit_code == 0, shown.output
        assert "[bold]X[/nope]" in shown.stdout or words == ("validate",)
        assert "\\[" not in shown.stdout
