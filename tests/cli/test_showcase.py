"""`transcaspian showcase` and `warm-up`: what `make run` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from transcaspian.cli import showcase
from transcaspian.cli.main import app

ONE_SHIPMENT = {"origin": "KZAAU", "destination": "AZBAK", "load": "3 wagons", "by": "time", "alternatives": "2"}


@pytest.fixture(autouse=True)
def one_shipment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showcase, "shipments", lambda: [ONE_SHIPMENT])


def test_one_page_holds_every_shipment_and_the_json_says_where(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["showcase", "--out", str(tmp_path / "out"), "--json"])
    assert result.exit_code == 0, result.output
    body = json.loads(result.stdout)
    page = Path(body["result"]["page"])
    assert "Aktau → Baku" in page.read_text(encoding="utf-8")
    (shipment,) = body["result"]["shipments"]
    assert (shipment["origin"], shipment["destination"], shipment["load"]) == ("KZAAU", "AZBAK", "3 wagons")
    assert 1 <= len(shipment["alternatives"]) <= 2


def test_a_page_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, not a folder", encoding="utf-8")
    result = CliRunner().invoke(app, ["showcase", "--out", str(tmp_path / "out"), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"][0]["type"] == "file.out"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_kernels_are_compiled_ahead() -> None:
    assert CliRunner().invoke(app, ["warm-up"]).exit_code == 0
