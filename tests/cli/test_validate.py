"""`transcaspian validate`: published figures beside ours, and a miss that is called a miss."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from typer.testing import CliRunner

from transcaspian.cli.main import app
from transcaspian.evidence import load_ledger
from transcaspian.freight import validation
from transcaspian.freight.simulation import comparison as crossing
from transcaspian.freight.validation import published_figures


def run(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["validate", *words])
    assert result.exit_code == 0, result.output  # a miss is a finding, not a failure
    return result.stdout


def comparisons() -> list[dict[str, Any]]:
    body = json.loads(run("--json"))
    assert body["ok"] is True
    compared = [*body["result"]["comparisons"], *body["result"]["crossing"], *body["result"]["flows"]]
    assert body["claims"] == sorted({claim for c in compared for claim in c["claims"]})
    found: list[dict[str, Any]] = body["result"]["comparisons"]
    return found


@pytest.fixture(autouse=True)
def _few_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """The crossing's counts have tests of their own: here two years do."""
    monkeypatch.setattr(crossing, "compare_counts", partial(crossing.compare_counts, replications=2))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Compare with one figure only: the scheduled days from Altynkol to Poti, changed as the test says."""
    (figure,) = (figure for figure in published_figures() if figure.id == "altynkol-poti")

    def ask(**changes: object) -> None:
        monkeypatch.setattr(validation, "published_figures", lambda: [replace(figure, **changes)])

    return ask


def test_every_published_figure_is_compared_and_rests_on_claims() -> None:
    found = comparisons()
    assert [c["id"] for c in found] == [figure.id for figure in published_figures()]
    ledger = load_ledger()
    for one in found:
        assert one["claims"]
        assert all(ledger.get_claim(claim) for claim in one["claims"])
        assert one["published"]["low"] <= one["published"]["high"]
        ours = one["ours"]
        assert one["agrees"] == (
            ours is not None and ours["low"] <= one["published"]["high"] and one["published"]["low"] <= ours["high"]
        )


def test_a_figure_out_of_reach_is_a_miss_with_its_gap(asked: Any) -> None:
    asked(low=1000.0, high=2000.0)
    (comparison,) = comparisons()
    assert comparison["agrees"] is False
    assert comparison["gap_percent"] == pytest.approx(100 * (comparison["ours"]["high"] / 1000 - 1), abs=0.1)
    text = re.sub(r"\s+", " ", run())
    assert f"miss {comparison['gap_percent']:+.0f} %" in text
    assert f" {comparison['mid_off_percent']:+.0f} %" in text
    assert comparison["mid_off_percent"] == pytest.approx(100 * (comparison["ours"]["mid"] / 1000 - 1), abs=0.1)
    assert "Of 1 published figures that no answer rests on, 0 overlap" in text


def test_ranges_that_overlap_do_not_hide_a_mid_far_outside(asked: Any) -> None:
    asked(low=25.0, high=28.0)
    (comparison,) = comparisons()
    assert (comparison["agrees"], comparison["mid_agrees"]) == (True, False)
    text = re.sub(r"\s+", " ", run())
    assert "1 overlap our ranges; the mid is inside or at most 5 % outside in 0." in text


def test_a_corridor_that_is_not_found_is_a_miss_too(asked: Any) -> None:
    asked(corridor="ocean")
    (comparison,) = comparisons()
    assert (comparison["ours"], comparison["agrees"]) == (None, False)
    assert "no such route" in run()


def test_a_figure_that_our_answer_rests_on_is_called_an_input_and_not_counted() -> None:
    found = comparisons()
    assert {c["id"] for c in found if c["is_input"]} >= {"shanghai-rotterdam-suez", "shanghai-rotterdam-cape"}
    independent = [c for c in found if not c["is_input"]]
    agreed, mids = (sum(c[key] for c in independent) for key in ("agrees", "mid_agrees"))
    text = re.sub(r"\s+", " ", run())
    assert f"Of {len(independent)} published figures that no answer rests on, {agreed} overlap our ranges" in text
    assert f"outside in {mids}." in text
