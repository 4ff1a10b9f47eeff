"""How the tests call the command line: as a person, as a program, and wrongly."""

from __future__ import annotations

import json
from typing import Any

from typer.testing import CliRunner, Result

from transcaspian.cli.main import app


def run(*words: object, columns: int = 80) -> Result:
    """One command, as if the terminal were so wide."""
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": str(columns)})


def answer(*words: object) -> dict[str, Any]:
    """The envelope of a command that must go well."""
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    body: dict[str, Any] = json.loads(result.stdout)
    assert body["ok"] is True
    return body


def problems(*words: object) -> list[dict[str, str]]:
    """What is wrong with a command that must be refused."""
    result = run(*words, "--json")
    assert result.exit_code == 2, result.output
    found: list[dict[str, str]] = json.loads(result.stdout)["errors"]
    return found
