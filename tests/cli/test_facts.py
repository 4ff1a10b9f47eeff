"""`facts` and `conflicts` as a person and a program call them."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from transcaspian.cli import facts as commands
from transcaspian.cli.output import report_error
from transcaspian.errors import InputError


def run(*words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of these two commands, with bad input said as `main` says it."""
    app = typer.Typer()
    commands.register(app)
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, list(words))
    if isinstance(result.exception, InputError):
        return 2, result.stdout, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def run_json(*words: str) -> dict[str, Any]:
    code, out, _ = run(*words, "--json")
    assert code == 0
    body: dict[str, Any] = json.loads(out)
    assert body["ok"] is True
    assert set(body) >= {"result", "defaults_used", "claims"}
    return body


TRADE = ("facts", "trade:kz-az", "--quantity", "trade_turnover", "--period")


def test_two_counts_side_by_side_with_what_each_office_counts() -> None:
    code, out, _ = run(*TRADE, "2025-H1")
    assert code == 0
    assert "331.7 M USD" in out
    assert "501 M USD" in out
    assert "Conflict" in out
    assert "first known destination" in out
    assert "country of origin" in out
    assert "AZERTAC, 2025-10-14" in out


def test_two_counts_as_json() -> None:
    body = run_json(*TRADE, "2025-H1")
    result = body["result"]
    assert [claim["value"] for claim in result["claims"]] == [331_700_000, 501_000_000]
    keys = {"id", "subject", "quantity", "value", "low", "high", "unit", "period", "kind", "source"}
    assert all(keys <= set(claim) for claim in result["claims"])
    assert all({"id", "title", "publisher", "date", "url"} <= set(claim["source"]) for claim in result["claims"])
    assert {"low", "mid", "high", "unit", "rule"} <= set(result["estimate"])
    assert result["conflict"] is True
    assert {claim["who"] for claim in result["claims"]} == {"Kazakh count", "Azerbaijani count"}
    assert body["claims"] == [claim["id"] for claim in result["claims"]]


def test_the_missing_kazakh_figure_of_2024_is_said() -> None:
    code, out, _ = run(*TRADE, "2024")
    assert code == 0
    assert "470 M USD" in out
    assert "331.7" not in out
    assert "No Kazakh figure is known for 2024" in out
    assert "529" in out
    result = run_json(*TRADE, "2024")["result"]
    assert result["conflict"] is False
    assert result["gaps"][0]["period"] == "2024"


def test_a_period_without_claims_names_those_that_exist() -> None:
    code, _, error = run(*TRADE, "2025")
    assert code == 2
    assert "2025-H1" in error
    assert "2024" in error


def test_subjects_are_listed_by_kind() -> None:
    code, out, _ = run("facts", "port")
    assert code == 0
    assert "port:aktau" in out
    assert "rail:" not in out
    rows = run_json("facts")["result"]["subjects"]
    assert len(rows) > 500
    assert sum(row["claims"] for row in rows) > 2900


def test_without_a_period_the_chosen_one_is_said() -> None:
    body = run_json("facts", "port:aktau", "--quantity", "throughput")
    assert body["defaults_used"] == [{"name": "period", "value": body["result"]["estimate"]["period"]}]


def test_a_subject_without_quantity_has_no_estimate() -> None:
    result = run_json("facts", "border:dostyk-alashankou")["result"]
    assert result["estimate"] is None
    assert len({claim["quantity"] for claim in result["claims"]}) > 5


def test_other_currencies_come_with_dollars_and_their_rates() -> None:
    claims = run_json("facts", "link:black-sea-hvdc", "--quantity", "investment")["result"]["claims"]
    single = next(claim for claim in claims if claim["value"])
    assert single["unit"] == "EUR"
    assert 1 < single["usd"]["value"] / single["value"] < 1.3
    assert single["usd"]["rates"]


def test_barrels_need_a_grade() -> None:
    words = ("facts", "pipeline:cpc", "--quantity", "capacity", "--period", "2024", "--unit", "kb/d")
    assert run(*words)[0] == 2
    estimate = run_json(*words, "--grade", "cpc-blend")["result"]["estimate"]
    assert estimate["mid"] == pytest.approx(1746.1, abs=0.1)
    assert "7.82 bbl/t" in estimate["rule"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("facts", "port:aktua"), "port:aktau"),
        (("facts", "bananas"), "not in the ledger"),
        (("facts", "port:aktau", "--quantity", "througput"), "throughput"),
        (("facts", "port:aktau", "--kind", "actul"), "actual"),
        (("facts", "trade:kz-az", "--quantity", "trade_turnover", "--period", "2024-13"), "not a period"),
        (("facts", "trade:kz-az", "--quantity", "trade_turnover", "--kind", "nominal"), "Kinds with claims"),
        (("facts", "port:aktau", "--quantity", "throughput", "--unit", "furlong"), "does not convert"),
        (("facts", "port", "--quantity", "bananas"), "No subject"),
        (("conflicts", "--limit", "0"), "below 1"),
    ],
)
def test_bad_input_is_one_clear_error(words: tuple[str, ...], said: str) -> None:
    code, out, error = run(*words)
    assert code == 2
    assert not out
    assert said in error


def test_conflicts_are_ranked() -> None:
    result = run_json("conflicts", "--limit", "30")["result"]
    shares = [found["difference"] for found in result["conflicts"]]
    assert shares == sorted(shares, reverse=True)
    assert result["total"] >= len(shares) == 30
    everything = run_json("conflicts", "--limit", "1000")["result"]["conflicts"]
    pairs = {(found["subject"], found["quantity"], found["period"]) for found in everything}
    assert ("trade:kz-az", "trade_turnover", "2025-H1") in pairs
    assert all(found["low"]["source"]["id"] != found["high"]["source"]["id"] for found in everything)


def test_conflicts_as_a_table() -> None:
    code, out, _ = run("conflicts", "--limit", "3")
    assert code == 0
    assert "3 worst of" in out


@pytest.mark.parametrize("command", ["facts", "conflicts"])
def test_help_ends_with_an_example_that_runs(command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Example" in out
    example = {"facts": (*TRADE, "2025-H1"), "conflicts": ("conflicts", "--limit", "10")}[command]
    assert " ".join(example[:2]) in " ".join(out.split())
    assert run(*example)[0] == 0


def test_an_error_as_json_has_what_where_and_mend(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError) as caught:
        commands.facts(subject="port:aktua")
    report_error(caught.value, as_json=True)
    body = json.loads(capsys.readouterr().out)
    assert body["ok"] is False
    assert set(body["errors"][0]) >= {"type", "where", "what", "mend"}


def test_the_case_of_a_quantity_does_not_matter() -> None:
    asked = [run_json("facts", "port:aktau", "--quantity", word)["claims"] for word in ("Throughput", "throughput")]
    assert asked[0] == asked[1] != []


@pytest.mark.parametrize("word", ["", "  "])
def test_an_empty_subject_is_an_error_and_not_a_list(word: str) -> None:
    code, _, said = run("facts", word)
    assert code == 2
    assert "no subject" in said
