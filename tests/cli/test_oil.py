"""`transcaspian oil` and `oil target` as a person and as a program call them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from .asking import answer, problems, run

DATES = ("--from", "2024-01-20", "--until", "2024-03-10")
LOST = ("oil", "--scenario", "cpc-mooring-lost-30-days-no-spare", *DATES)


@pytest.fixture(scope="module")
def lost() -> dict[str, Any]:
    return answer(*LOST)


def test_json_has_the_keys_of_the_contract(lost: dict[str, Any]) -> None:
    result = lost["result"]
    assert {"production_mt", "exports_mt", "shut_in_mt", "rerouted_mt", "cost_usd"} <= set(result["totals"])
    assert [route["id"] for route in result["routes"]] == [
        "cpc", "samara", "germany", "china", "aktau-btc", "aktau-makhachkala", "rail"
    ]  # fmt: skip
    assert {"id", "mt", "baseline_mt", "change_mt"} <= set(result["routes"][0])
    assert {"id", "production_mt", "shut_in_mt", "first_cut_date"} <= set(result["fields"][0])
    assert {"id", "full_on"} <= set(result["storage"][0])
    assert {"id", "mt", "capacity_mt"} <= set(result["links"][0])
    assert {"id", "dual_usd_per_t", "days"} <= set(result["binding"][0])
    assert result["daily"] is None
    assert lost["claims"]
    assert {"foresight", "weather"} <= {row["name"] for row in lost["defaults_used"]}


def test_totals_are_the_sums_they_say_they_are(lost: dict[str, Any]) -> None:
    result, totals = lost["result"], lost["result"]["totals"]
    assert totals["shut_in_mt"] == pytest.approx(sum(field["shut_in_mt"] for field in result["fields"]), abs=1e-5)
    gains = [max(0.0, route["change_mt"]) for route in result["routes"] if route["id"] != "cpc"]
    assert totals["rerouted_mt"] == pytest.approx(sum(gains), abs=1e-5)
    assert totals["cost_usd"] > 0


def test_the_terminal_names_what_is_cut_and_what_holds_back(lost: dict[str, Any]) -> None:
    text = run(*LOST).stdout
    for word in ("shut in", "cpc.moorings", "field.tengiz", "nomination lag"):
        assert word in text
    assert max(map(len, text.splitlines()[2:])) <= 80


def test_out_writes_the_days_and_the_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    body = answer("oil", "--from", "2024-01-01", "--until", "2024-01-15", "--out", folder)
    table = Path(body["result"]["daily"])
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))
    assert {row["group"] for row in rows} == {"production", "route", "link", "delivery", "stock"}
    assert len({row["date"] for row in rows}) == 14
    for name in ("sankey.svg", "stock.svg", "report.html", "result.json"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace('"https', "")
        assert "nan" not in text.lower().replace("finance", "")


def test_the_daily_table_closes_to_the_gram(tmp_path: Path) -> None:
    body = answer(*LOST[:-4], "--from", "2024-01-25", "--until", "2024-02-24", "--out", tmp_path / "out")
    rows = list(csv.DictReader(io.StringIO(Path(body["result"]["daily"]).read_text(encoding="utf-8"))))
    for column in ("kt", "baseline_kt"):
        held = 1000 * sum(store["start_mt"] for store in body["result"]["storage"])
        for day in sorted({row["date"] for row in rows}):
            of = {
                group: sum(float(row[column]) for row in rows if row["date"] == day and row["group"] == group)
                for group in ("production", "delivery", "stock")
            }
            assert of["stock"] - held == pytest.approx(of["production"] - of["delivery"], abs=1e-6)
            held = of["stock"]


def test_replications_give_means_and_bands() -> None:
    result = answer("oil", "--from", "2024-01-01", "--until", "2024-01-20", "--replications", 3, "--seed", 7)["result"]
    assert result["replications"] == 3
    assert set(result["bands"]["totals"]["shut_in_mt"]) == {"p10", "p50", "p90"}
    assert result["bands"]["routes"][0]["id"] == "cpc"
    assert result["daily"] is None


def test_days_beyond_the_dated_rates_are_said_to_take_the_base_year() -> None:
    inside, outside = (
        {row["name"] for row in answer("oil", "--from", f"{year}-03-01", "--until", f"{year}-03-03")["defaults_used"]}
        for year in (2027, 2031)
    )
    assert "rates" in outside - inside


def test_rolling_plans_report_what_foresight_would_have_saved() -> None:
    result = answer(*LOST[:-4], "--from", "2024-01-25", "--until", "2024-02-10", "--foresight", 2)["result"]
    assert result["foresight"]["days"] == 2
    assert result["foresight"]["horizon_days"] >= 30
    assert "gap_usd" in result["foresight"]


def test_the_target_names_its_caps_the_tightest_first() -> None:
    result = answer("oil", "target", "--route", "aktau-btc", "--volume", 7, "--by", 2027)["result"]
    assert result["reached"] is False
    caps = result["binding"]
    assert [cap["cap_mt"] for cap in caps] == sorted(cap["cap_mt"] for cap in caps)
    assert {"btc.contract", "btc.quality", "ships", "draught", "KZAAU.oil_berths"} <= {cap["id"] for cap in caps}
    assert all(cap["to_add"] > 0 and cap["unit"] for cap in caps)
    assert "btc.pipe" not in {cap["id"] for cap in caps}  # the pipe is the last to bind


def test_more_volume_binds_no_fewer_caps() -> None:
    counts = []
    for volume in (1.5, 2.2, 3, 5, 7):
        result = answer("oil", "target", "--route", "aktau-btc", "--volume", volume, "--by", "2027-01-01")["result"]
        counts.append(len(result["binding"]))
        assert result["reached"] == (not result["binding"])
    assert counts == sorted(counts)
    assert counts[0] == 0


def test_the_example_of_the_target_runs_and_draws_its_ladder(tmp_path: Path) -> None:
    result = run("oil", "target", "--route", "aktau-btc", "--volume", 7, "--by", 2027, "--out", tmp_path / "caps")
    assert result.exit_code == 0
    assert "7 Mt asked" in result.stdout
    assert "<svg" in (tmp_path / "caps" / "caps.svg").read_text(encoding="utf-8")


def test_the_example_of_the_help_runs() -> None:
    words = "oil --scenario cpc-mooring-lost-30-days-no-spare --from 2024-01-15 --until 2024-03-15"
    assert words in " ".join(run("oil", "--help").stdout.split())
    assert run(*words.split()).exit_code == 0


def test_a_file_of_ones_own_is_a_scenario(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\nbase_year = 2024\n[[change]]\ntarget = "cpc.moorings"\nfrom = 2022-08-22\nuntil = 2022-11-15\n'
        'set = { servers = 1 }\n[[change]]\ntarget = "cpc.storage"\nset = { stock_mt = 0.7 }\n',
        encoding="utf-8",
    )
    result = answer("oil", "--scenario", path, "--from", "2022-08-15", "--until", "2022-10-01")["result"]
    by_id = {store["id"]: store for store in result["storage"]}
    assert by_id["cpc.storage"]["highest_mt"] >= 0.7


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("oil", "--from", "2024-03-01", "--until", "2024-02-01"), "oil.dates"),
        (("oil", "--from", "yesterday"), "oil.dates"),
        (("oil", "--from", "9999-03-01"), "oil.dates"),
        (("oil", "--step", "week"), "oil.step"),
        (("oil", "--foresight", "soon"), "oil.foresight"),
        (("oil", "--foresight", "-1"), "oil.foresight"),
        (("oil", "--foresight", "3", "--step", "month"), "oil.step"),
        (("oil", "--foresight", "0", "--belief", "never", *DATES), "oil.belief"),
        (("oil", "--foresight", "0", "--horizon", "0", *DATES), "oil.horizon"),
        (("oil", "--replications", "0", *DATES), "oil.replications"),
        (("oil", "--replications", "2", "--workers", "0", *DATES), "runs.count"),
        (("oil", "--scenario", "cpc-mooring-lost"), "scenario.unknown"),
        (("oil", "target", "--route", "aktau-bct", "--volume", "7", "--by", "2027"), "oil.unknown_id"),
        (("oil", "target", "--route", "aktau-btc", "--volume", "0", "--by", "2027"), "oil.volume"),
        (("oil", "target", "--route", "aktau-btc", "--volume", "500", "--by", "2027"), "oil.target"),
        (("oil", "target", "--route", "aktau-btc", "--volume", "7", "--by", "soon"), "oil.dates"),
    ],
)
def test_wrong_use_is_named_and_mended(words: tuple[str, ...], kind: str) -> None:
    found = problems(*words)
    assert kind in {problem["type"] for problem in found}
    assert all(problem["mend"] for problem in found)


def test_an_unknown_target_of_a_scenario_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(
        'name = "x"\nbase_year = 2024\n[[change]]\ntarget = "cpc.mooring"\nset = { servers = 1 }\n', encoding="utf-8"
    )
    found = problems("oil", "--scenario", path, *DATES)
    assert "cpc.moorings" in found[0]["mend"]


def test_months_that_may_hide_an_outage_are_said() -> None:
    said = run("oil", "--scenario", "cpc-mooring-lost-30-days-no-spare", "--step", "month").stderr
    assert "months hide outages" in said  # the warning "oil.coarse"
