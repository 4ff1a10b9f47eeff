"""`transcaspian equilibrium` as a person and as a program call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from transcaspian.cli.main import app
from transcaspian.freight.equilibrium.tntp import read_flows

# Braess's network (1968): six units, and a bridge that makes all of them slower.
NET = """<NUMBER OF ZONES> 4
<NUMBER OF NODES> 4
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 5
<ORIGINAL HEADER>~ Init Term Capacity Length FFT B Power Speed Toll Type ;
<END OF METADATA>


~\tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\tlink_type\t;
\t1\t3\t1\t100\t1e-8\t1e9\t1\t0\t0\t1\t;
\t1\t4\t1\t100\t50\t0.02\t1\t0\t0\t1\t;
\t3\t2\t1\t100\t50\t0.02\t1\t0\t0\t1\t;
\t3\t4\t1\t10\t10\t0.1\t1\t0\t7\t1\t;
\t4\t2\t1\t100\t1e-8\t1e9\t1\t0\t0\t1\t;
"""
TRIPS = """<NUMBER OF ZONES> 4
<TOTAL OD FLOW> 6.0
<END OF METADATA>

Origin \t1
    1 :      0.0;     2 :     6.0;

Origin 2
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "NET.tntp").write_text(NET, encoding="utf-8")
    (tmp_path / "TRIPS.tntp").write_text(TRIPS, encoding="utf-8")
    return ("equilibrium", "--net", str(tmp_path / "NET.tntp"), "--trips", str(tmp_path / "TRIPS.tntp"))


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "80"})


def answer(*words: object) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    body: dict[str, Any] = json.loads(result.stdout)
    assert body["ok"] is True
    return body


def test_the_contract(files: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "FLOWS.tntp"
    body = answer(*files, "--gap", "1e-10", "--out", out)
    result = body["result"]
    assert result["objective"] == pytest.approx(386.0)  # 2 * 80 + 2 * 102 + 22
    assert 0.0 <= result["relative_gap"] <= 1e-10
    assert result["iterations"] == len(result["convergence"]) >= 1
    assert result["seconds"] > 0.0
    assert result["flows"] == str(out)
    assert result["total_cost"] == pytest.approx(6 * 92)
    flows = read_flows(out)
    assert flows.volume == pytest.approx([4, 2, 2, 2, 4], abs=1e-4)
    assert flows.cost == pytest.approx([40, 52, 52, 12, 40], abs=1e-3)
    assert body["defaults_used"] == []


def test_the_example_of_the_help_works(files: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert files
    monkeypatch.chdir(tmp_path)
    example = run("equilibrium", "--help").stdout.split("Example: transcaspian ")[1].split()
    assert run(*example).exit_code == 0
    assert read_flows(tmp_path / "FLOWS.tntp").volume.size == 5


def test_without_out_there_is_no_file_and_nothing_but_seconds_depends_on_the_clock(files: tuple[str, ...]) -> None:
    one, two = (answer(*files) for _ in range(2))
    assert one["result"]["flows"] is None
    assert [row["name"] for row in one["defaults_used"]] == ["relative_gap"]
    for body in (one, two):
        del body["result"]["seconds"]
    assert one == two


def test_tolls_and_distance_are_part_of_the_cost(files: tuple[str, ...]) -> None:
    plain, charged = answer(*files), answer(*files, "--toll-factor", "2", "--distance-factor", "0.1")
    assert charged["result"]["objective"] > plain["result"]["objective"]


def test_people_see_how_it_converged(files: tuple[str, ...], tmp_path: Path) -> None:
    result = run(*files, "--gap", "1e-8", "--out", tmp_path / "FLOWS.tntp")
    assert result.exit_code == 0
    assert "relative gap" in result.stdout
    assert "FLOWS.tntp" in result.stdout.replace("\n", "")
    assert " s on " in result.stderr
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


def test_demand_that_nothing_connects_is_an_error_or_by_wish_named(files: tuple[str, ...], tmp_path: Path) -> None:
    text = TRIPS.replace("Origin 2\n", "Origin 2\n 1 : 5.0; 2 : 3.0;\n").replace("FLOW> 6.0", "FLOW> 14.0")
    (tmp_path / "TRIPS.tntp").write_text(text, encoding="utf-8")
    result = run(*files, "--json", "--out", tmp_path / "FLOWS.tntp")
    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["errors"]
    assert problem["type"] == "equilibrium.unconnected"
    assert "origin 2, destination 1" in problem["where"]
    assert not (tmp_path / "FLOWS.tntp").exists()
    named = answer(*files, "--allow-unmet")["result"]
    assert named["unmet"] == [{"origin": 2, "destination": 1, "demand": 5.0}]
    assert named["unmet_demand"] == 5.0
    assert named["intrazonal_demand"] == 3.0
    assert "--json names them" in run(*files, "--allow-unmet").stderr


def test_many_unconnected_pairs_are_counted(files: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "NET.tntp").write_text(NET.replace("S> 4", "S> 40"), encoding="utf-8")
    rows = "\n".join(f"Origin {zone}\n 1 : 1.0;" for zone in range(5, 40))
    (tmp_path / "TRIPS.tntp").write_text("<NUMBER OF ZONES> 40\n<END OF METADATA>\n" + rows, encoding="utf-8")
    errors = json.loads(run(*files, "--json").stdout)["errors"]
    assert len(errors) == 26
    assert errors[-1]["what"] == "10 more pairs have no path"


def test_a_gap_beyond_rounding_is_not_claimed_to_be_reached(files: tuple[str, ...]) -> None:
    result = run(*files, "--gap", "1e-300", "--json")
    body = json.loads(result.stdout)
    if result.exit_code == 0:  # a gap of exactly nothing can happen on four nodes
        assert body["result"]["relative_gap"] == 0.0
        return
    assert result.exit_code == 1
    assert body["ok"] is False
    assert body["errors"][0]["type"] == "equilibrium.not_reached"
    assert body["result"]["converged"] is False


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("--gap", "0"), "equilibrium.gap"),
        (("--toll-factor", "nan"), "tntp.factor"),
        (("--distance-factor", "-1"), "tntp.cost"),
        (("--out", "{}/nowhere/FLOWS.tntp"), "file.out"),
        (("--net", "{}/nowhere.tntp"), "tntp.file"),
        (("--trips", "{}/NET.tntp"), "tntp.row"),
    ],
)
def test_bad_input_is_an_error_that_says_so(
    files: tuple[str, ...], tmp_path: Path, words: tuple[str, ...], kind: str
) -> None:
    result = run(*files, *(word.format(tmp_path) for word in words), "--json")
    assert result.exit_code == 2, result.output
    found = json.loads(result.stdout)["errors"]
    assert kind in [problem["type"] for problem in found]
    assert all(problem["what"] and problem["mend"] for problem in found)


def test_a_total_unlike_the_sum_is_said(files: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "TRIPS.tntp").write_text(TRIPS.replace("FLOW> 6.0", "FLOW> 7.0"), encoding="utf-8")
    result = run(*files)
    assert result.exit_code == 0
    assert "add up to 6" in result.stderr


def test_help_does_not_load_the_solver() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom transcaspian.cli.main import app\n"
        "assert CliRunner().invoke(app, ['equilibrium', '--help']).exit_code == 0\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
