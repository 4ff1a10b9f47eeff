"""`transcaspian flows` and `calibrate` as a person and as a program call them."""

from __future__ import annotations

import json
import shlex
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from . import asking
from .asking import answer, problems

run = partial(asking.run, columns=160)


def example(command: str) -> list[str]:
    text = " ".join(run(command, "--help").output.replace("│", " ").split())
    return shlex.split(text.rpartition("Example: transcaspian ")[2])


@pytest.mark.parametrize("command", ["flows", "calibrate"])
def test_the_example_of_the_help_works(command: str) -> None:
    words = example(command)
    assert words[0] == command
    assert run(*words).exit_code == 0


def test_flows_give_what_the_contract_names_with_defaults_and_claims() -> None:
    body = answer("flows")
    result = body["result"]
    assert {"id", "t_per_year", "teu_per_year", "share"} <= set(result["corridors"][0])
    assert {"id", "corridor", "teu_per_year", "share"} <= set(result["markets"][0])
    for name in ("links", "facilities"):
        keys = {"id", "flow_t", "utilisation", "delay_h", "shadow_price_usd_per_t"}
        assert keys <= set(result[name][0])
    assert {"relative_gap", "iterations", "seconds"} <= set(result["convergence"])
    assert result["unmet_t"] == 0.0
    assert result["mean_cost_usd_per_t"] > 0.0
    assert result["mean_time_h"] > 0.0
    assert "china-europe" in {row["id"] for row in result["markets"]}
    assert {row["id"] for row in result["corridors"]} >= {"middle", "northern", "ocean", "southern"}
    assert "corridor:middle/volume_via_caspian_ports/30f8" in body["claims"]
    assert any(row["name"] == "knee" for row in body["defaults_used"])


def test_the_shares_of_a_market_and_of_all_corridors_sum_to_one() -> None:
    result = answer("flows", "--growth", 1.2)["result"]
    assert sum(row["share"] for row in result["corridors"]) == pytest.approx(1.0, abs=1e-4)
    shares = [row["share"] for row in result["markets"] if row["id"] == "china-europe"]
    assert sum(shares) == pytest.approx(1.0, abs=1e-4)


def test_a_closed_port_leaves_named_demand_behind() -> None:
    result = answer("flows", "--close", "KZAAU")["result"]
    assert result["unmet_t"] == pytest.approx(sum(row["t_per_year"] for row in result["unmet"]), rel=1e-4)
    assert all(row["reason"] for row in result["unmet"])
    assert not [row for row in result["facilities"] if row["id"].startswith("KZAAU") and row["flow_t"] > 0]


def test_a_folder_and_a_page_are_written_whole(tmp_path: Path) -> None:
    folder, page = tmp_path / "run", tmp_path / "map.html"
    body = answer("flows", "--out", folder, "--map", page)
    corridors = pd.read_parquet(folder / "corridors.parquet")
    assert list(corridors["id"]) == [row["id"] for row in body["result"]["corridors"]]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["inputs"]["method"] == "equilibrium"
    for path in (page, folder / "report.html"):
        text = path.read_text()
        assert "<svg" in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")


def test_a_through_tariff_moves_boxes(tmp_path: Path) -> None:
    policy = tmp_path / "cheap.toml"
    policy.write_text(
        'name = "Cheap"\n[[through]]\nfrom = "KZHOR"\nto = "GEPTI"\nvia = ["KZAAU"]\nunit_load = "FEU"\n'
        "usd_per_unit_load = 1500\nboth_ways = true\n"
    )
    before, after = answer("flows")["result"], answer("flows", "--tariff", policy)["result"]

    def boxes(result: dict[str, Any]) -> float:
        rows = result["markets"]
        return sum(r["teu_per_year"] for r in rows if r["id"] == "china-europe" and r["corridor"] == "middle")

    assert boxes(after) > 1.1 * boxes(before)


@pytest.mark.parametrize(
    ("words", "type_"),
    [
        (("--method", "magic"), "flows.method"),
        (("--growth", "-1"), "flows.growth"),
        (("--close", "Nowhere"), "flows.close"),
        (("--year", "1980"), "flows.year"),
        (("--scenario", "no-such-scenario"), "scenario.unknown"),
        (("--tariff", "missing.toml"), None),
    ],
)
def test_what_cannot_be_asked_is_one_clear_error(words: tuple[str, ...], type_: str | None) -> None:
    found = problems("flows", *words)
    assert type_ is None or found[0]["type"] == type_
    assert found[0]["mend"]


def test_the_constants_of_the_package_are_those_that_calibrate_finds(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    assert run("init", tables).exit_code == 0
    result = answer("calibrate", "--corridor", tables, "--write", tables)["result"]
    assert result["converged"] is True
    assert result["worst_residual"] < 1e-4
    rows = answer("calibrate")["result"]["constants"]
    packaged = {f"{row['class']}.{row['way']}": row["constant_usd_per_t"] for row in rows}
    for row in result["constants"]:
        assert row["constant_usd_per_t"] == pytest.approx(packaged[f"{row['class']}.{row['way']}"], abs=2.0)
    assert run("check", tables).exit_code == 0
