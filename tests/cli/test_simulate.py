"""`transcaspian simulate` as a person and as a program call it."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from transcaspian.corridor.schema import packaged_folder
from transcaspian.scenario import Change, Scenario, write_scenario

from . import asking
from .asking import run

answer = partial(asking.answer, "simulate")
problems = partial(asking.problems, "simulate")

THROUGHPUT = {
    "caspian_t", "caspian_gross_t", "caspian_teu", "alat_teu", "alat_wagons", "alat_vehicles", "alat_gross_t",
    "kuryk_ferry_calls", "crude_baku_t", "crude_makhachkala_t", "block_trains",
}  # fmt: skip
PORT = ("simulate", "--model", "port", "--arrivals-per-day", "7.2", "--service-h", "8", "--berths", "3")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return answer("--from", "2024-10-01", "--until", "2024-12-01", "-n", 2)


def test_the_answer_has_the_keys_that_others_build_on(told: dict[str, Any]) -> None:
    result = told["result"]
    assert list(result)[:2] == ["seconds", "folder"]
    assert set(result["throughput"]) == THROUGHPUT
    assert all(set(value) == {"mean", "p10", "p50", "p90"} for value in result["throughput"].values())
    for row in result["facilities"]:
        assert {"id", "utilisation", "wait_h", "queue"} <= set(row)
        assert row["wait_h"] is None or set(row["wait_h"]) == {"mean", "p50", "p90"}
        assert {"mean", "max"} <= set(row["queue"])
    for row in result["journeys"]:
        assert {"origin", "destination", "commodity", "n", "time_h", "by_cause_h"} <= set(row)
        assert row["time_h"]["p10"] <= row["time_h"]["p50"] <= row["time_h"]["p90"]
    ships = {row["id"] for row in result["vessels"]}
    assert {"kmtf-astana", "asco-zarifa-aliyeva"} <= ships
    assert {"KZAAU", "KZKUR", "AZALA"} <= {row["id"] for row in result["lost_days"]}
    assert told["claims"]
    assert {"travel_time_cv", "warm_up_days"} <= {row["name"] for row in told["defaults_used"]}


def test_the_hours_by_cause_are_the_hours_of_the_journey(told: dict[str, Any]) -> None:
    for row in told["result"]["journeys"]:
        assert sum(row["by_cause_h"].values()) == pytest.approx(row["time_h"]["mean"], rel=1e-4)


def test_the_same_question_has_the_same_answer_whoever_works(told: dict[str, Any]) -> None:
    again = answer("--from", "2024-10-01", "--until", "2024-12-01", "-n", 2, "--workers", 2)
    for body in (told, again):
        body["result"].pop("seconds", None)
    assert again["result"] == told["result"]


def test_a_closed_port_is_closed(told: dict[str, Any]) -> None:
    closed = answer("--from", "2024-10-01", "--until", "2024-12-01", "-n", 2, "--close", "Aktau:2024-10-10:20")
    days = {row["id"]: row["mean"] for row in closed["result"]["lost_days"]}
    before = {row["id"]: row["mean"] for row in told["result"]["lost_days"]}
    assert days["KZAAU"] >= 20
    assert {port: days[port] for port in days if port != "KZAAU"} == {p: before[p] for p in before if p != "KZAAU"}


def test_a_table_is_printed_at_80_columns() -> None:
    result = run("simulate", "--from", "2024-10-01", "--until", "2024-11-01", "-n", 2)
    assert result.exit_code == 0, result.output
    assert "Throughput a year" in result.stdout
    assert "Where it queues" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_run_folder_has_tables_and_a_manifest(tmp_path: Path) -> None:
    import pyarrow.parquet

    body = answer("--from", "2024-10-01", "--until", "2024-11-01", "-n", 2, "--out", tmp_path / "run")
    assert body["result"]["folder"] == str(tmp_path / "run")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["state"] == "complete"
    table = pyarrow.parquet.read_table(tmp_path / "run" / "throughput.parquet").to_pandas()
    rows = table[(table["name"] == "caspian_t") & (table["replication"] == 0)]
    assert list(rows["month"]) == ["2024-10"]
    assert problems("-n", 2, "--out", tmp_path / "run")[0]["type"] == "runs.folder"


def test_the_bare_port_is_the_door_for_checks() -> None:
    result = run(*PORT, "--distribution", "deterministic", "--hours", 20000, "--replications", 6, "--json")
    wait = json.loads(result.stdout)["result"]["wait_h"]
    assert set(wait) == {"mean", "low", "high"}
    assert wait["low"] < wait["mean"] < wait["high"]
    assert "Mean wait" in run(*PORT, "--hours", 2000, "--replications", 2).stdout


WRONG = {
    "simulate.closure": ("--close", "Aktau:2025-06-01:3"),
    "simulate.date": ("--from", "2024-13-01"),
    "simulate.flooded": ("--growth", "1e7", "-n", "1"),
    "simulate.growth": ("--growth", "0"),
    "simulate.model": ("--model", "lorry"),
    "simulate.port": (*PORT[1:], "--hours", "-1"),
    "simulate.port_unknown": ("--close", "Astana:2024-06-01:3"),
    "simulate.replications": ("--antithetic", "-n", "3"),
    "simulate.run": ("--from", "2024-06-01", "--until", "2024-06-01"),
    "simulate.starving": (*PORT[1:4], "20", *PORT[5:], "--hours", "1000"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_each_mistake_is_told_once_and_clearly(kind: str, tmp_path: Path) -> None:
    bare = "--model" in WRONG[kind]
    found = problems(*WRONG[kind], *(() if bare else ("--out", tmp_path / "run")))
    assert kind in {problem["type"] for problem in found}
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "words",
    [("--from", "9999-06-01"), ("--from", "0001-01-01"), ("--until", "0001-01-01"), ("--close", "Aktau:1-1-1:3")],
)
def test_a_date_beyond_all_calendars_is_told(words: tuple[str, ...]) -> None:
    assert problems(*words)[0]["type"] == "simulate.date"


def test_weather_to_replay_must_be_given() -> None:
    assert problems("--replay")[0]["where"] == "--replay"


def test_the_help_shows_how_a_closure_is_written() -> None:
    """`:DATE:` would come out as the picture of a calendar."""
    assert "PORT:YYYY-MM-DD:DAYS" in " ".join(run("simulate", "--help").stdout.replace("│", " ").split())


@pytest.mark.parametrize(
    "words",
    [("--close", "Aktau"), ("--close", "Aktau:2024-06-01:many"), ("--close", "Aktau:2024-06-01:1e300")],
)
def test_a_closure_that_is_none_is_told(words: tuple[str, ...]) -> None:
    assert problems(*words)[0]["type"] == "simulate.closure"


def test_options_of_the_crossing_are_refused_at_a_bare_port() -> None:
    found = problems(*PORT[1:], "--hours", "1000", "--growth", "2", "--close", "Aktau:2024-06-01:3")
    assert {(problem["type"], problem["where"]) for problem in found} == {
        ("simulate.model", "--growth"),
        ("simulate.model", "--close"),
    }


def test_zero_replications_are_told() -> None:
    assert problems("-n", 0)[0]["type"] == "runs.count"


def test_ships_that_the_water_no_longer_bears_are_laid_up_and_said() -> None:
    low = answer("--level", "-30", "--from", "2024-10-01", "--until", "2024-11-01", "-n", 1)["result"]
    assert "tdy-berkarar" in low["laid_up"]
    trips = {row["id"]: row["trips"] for row in low["vessels"]}
    assert trips["tdy-berkarar"]["out"] == 0
    assert trips["kmtf-astana"]["out"] > 0
    said = run("simulate", "--level", "-30", "--from", "2024-10-01", "--until", "2024-11-01", "-n", 1).stderr
    assert "tdy-berkarar: is laid up" in said  # the warning "simulate.laid_up"


def test_a_fleet_that_the_water_bears_nowhere_is_told(tmp_path: Path) -> None:
    def deep(text: str) -> str:
        head, *rows = text.splitlines()
        place = head.split(",").index("draught_m")
        found = [head]
        for row in rows:  # every ship draws 20 m when full
            cells = next(csv.reader([row]))
            cells[place] = "20"
            out = io.StringIO()
            csv.writer(out, lineterminator="").writerow(cells)
            found.append(out.getvalue())
        return "\n".join(found) + "\n"

    tables = spoilt(tmp_path, "vessels.csv", deep)
    assert "simulate.no_payload" in {problem["type"] for problem in problems("--corridor", tables, "-n", 1)}


def test_a_level_that_leaves_a_berth_dry_is_told() -> None:
    assert "sea.dry_berth" in {problem["type"] for problem in problems("--level", "-35", "-n", 1)}


def spoilt(folder: Path, file: str, change: Callable[[str], str]) -> Path:
    """The packaged tables with one of them rewritten."""
    tables = folder / "tables"
    shutil.copytree(packaged_folder(), tables)
    path = tables / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return tables


def without(text: str, start: str, column: str) -> str:
    """One cell emptied."""
    lines = text.splitlines()
    place = lines[0].split(",").index(column)
    number = next(n for n, line in enumerate(lines) if line.startswith(start))
    cells = lines[number].split(",")
    cells[place] = ""
    lines[number] = ",".join(cells)
    return "\n".join(lines) + "\n"


def test_a_berth_without_hours_is_told(tmp_path: Path) -> None:
    def empty(text: str) -> str:
        return without(without(text, "KZKUR.rail_ferry,", "rate_units_per_h"), "KZKUR.rail_ferry,", "fixed_h")

    tables = spoilt(tmp_path, "facilities.csv", empty)
    assert [problem["type"] for problem in problems("--corridor", tables, "-n", 1)] == ["simulate.berth"]


def test_a_ship_and_a_link_without_speed_are_told(tmp_path: Path) -> None:
    tables = spoilt(tmp_path, "vessels.csv", lambda text: without(text, "asco-barda,", "speed_kn"))
    path = tables / "links.csv"
    for column in ("standard", "speed_km_per_h"):
        path.write_text(without(path.read_text(encoding="utf-8"), "KZKUR-AZALA.ferry,", column), encoding="utf-8")
    found = {problem["type"] for problem in problems("--corridor", tables, "-n", 1)}
    assert found & {"simulate.speed", "simulate.no_way"}


def test_closures_that_never_end_are_told(tmp_path: Path) -> None:
    storm = Scenario("storm", 2024, changes=(Change("KZAAU.wind", set={"closed_days_per_year": 211.0}),))
    file = tmp_path / "storm.toml"
    file.write_text(write_scenario(storm), encoding="utf-8")
    assert problems("--scenario", file, "-n", 1)[0]["type"] == "simulate.closures"


def test_a_scenario_acts(tmp_path: Path) -> None:
    more = Scenario("more", 2024, changes=(Change("crude-aktau-sangachal", scale={"cargo_t_per_year": 1.5}),))
    file = tmp_path / "more.toml"
    file.write_text(write_scenario(more), encoding="utf-8")
    days = ("--from", "2024-04-01", "--until", "2024-07-01", "-n", 2)
    with_more, base = (
        answer(*days, *extra)["result"]["throughput"]["crude_baku_t"]["mean"] for extra in (("--scenario", file), ())
    )
    assert with_more == pytest.approx(1.5 * base, rel=0.05)
