"""`transcaspian bottlenecks` and `hubs` as a person and as a program call them."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path

import pytest

from . import asking
from .asking import answer, problems

run = partial(asking.run, columns=160)


def example(command: str) -> list[str]:
    text = " ".join(run(command, "--help").output.replace("│", " ").split())
    return shlex.split(text.rpartition("Example: transcaspian ")[2])


@pytest.mark.parametrize("command", ["bottlenecks", "hubs"])
def test_the_example_of_the_help_runs(command: str) -> None:
    assert run(*example(command)).exit_code == 0


def test_the_contract_of_bottlenecks() -> None:
    body = answer("bottlenecks", "--top", "2")
    result = body["result"]
    assert result["binding"] >= 2
    assert len(result["bottlenecks"]) == 2
    for one in result["bottlenecks"]:
        assert one["price_usd_per_unit"] > 0
        assert one["price_usd_per_t"] > 0
        assert one["worth_usd_per_year_of_one_a_day"] > 0
        assert len(one["price_by_month_usd_per_unit"]) == 12
        assert set(one["range"]) == {
            "next_unit_usd", "last_unit_usd", "holds_from_units_per_day", "holds_until_units_per_day", "settled",
        }  # fmt: skip
    assert {default["name"] for default in body["defaults_used"]} >= {"unmet_cost_ratio", "loyalty_tranches"}
    assert body["claims"]


def test_it_says_that_nothing_binds() -> None:
    result = run("bottlenecks", "--growth", "0.2")
    assert result.exit_code == 0
    assert "Nothing binds" in result.output


def test_mistakes_are_said() -> None:
    assert problems("bottlenecks", "--top", "0")[0]["type"] == "bottlenecks.top"
    assert "--close" in problems("bottlenecks", "--close", "KZAAX")[0]["where"]
    assert problems("bottlenecks", "--growth", "-1")[0]["type"] == "flows.growth"
    assert problems("bottlenecks", "--unmet-ratio", "0")[0]["type"] == "flows.unmet_ratio"
    assert problems("hubs", "--count", "0")[0]["type"] == "hubs.count"
    assert problems("hubs", "--unit-load", "FEUS")[0]["type"] == "hubs.unit_load"
    assert problems("hubs", "--trunk-factor", "-1")[0]["type"] == "hubs.trunk_factor"
    assert problems("hubs", "--candidate", "KZALB")[0]["type"] == "hubs.place"


def test_a_tariff_file_that_is_wrong_is_said(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('[[discount]]\noperator = "KTS"\npercent = 5\n', encoding="utf-8")
    assert problems("bottlenecks", "--tariff", file)[0]["type"] == "tariff.input"
    assert problems("bottlenecks", "--tariff", tmp_path / "none.toml")[0]["type"] == "tariff.file"


def test_a_tariff_policy_says_who_gains_and_who_loses(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('[[discount]]\noperator = "ADY"\nmode = "rail"\npercent = 20\n', encoding="utf-8")
    rows = {one["operator"]: one for one in answer("bottlenecks", "--tariff", file)["result"]["revenues"]}
    assert rows["ADY"]["gain_usd"] < 0
    assert rows["ADY"]["gain_usd"] == pytest.approx(rows["ADY"]["after_usd"] - rows["ADY"]["before_usd"])


def test_the_contract_of_hubs() -> None:
    result = answer("hubs", "--count", "2", "--candidate", "KZALA", "--candidate", "GETBS")["result"]
    assert {one["id"] for one in result["hubs"]} <= {"KZALA", "GETBS"}
    assert result["saving_usd_per_year"] >= 0
    assert result["relative_gap"] <= 1e-6
    assert len(result["cargo"]) > 10
