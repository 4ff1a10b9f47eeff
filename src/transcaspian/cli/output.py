"""What every command prints with: the JSON envelope, two consoles, and one way to say an error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console

from transcaspian.errors import InputError, Problem, without_control

# A table in a file or a pipe is not cut to 80 columns: people grep it.
_WIDE = 160


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else _WIDE
    # What users write is data: a place called "[bold]" or ":car:" is shown as it is written.
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False, markup=False, emoji=False)


def console() -> Console:
    """Where tables go: standard output, as it is at the moment of the call."""
    return _console(stderr=False)


def err_console() -> Console:
    """Where progress, warnings and errors go: standard error."""
    return _console(stderr=True)


def emit(
    result: Mapping[str, Any],
    *,
    defaults_used: Sequence[Any] = (),
    claims: Iterable[Any] = (),
    ok: bool = True,
    errors: Sequence[Problem] | None = None,
) -> None:
    """Print the one JSON object that every command with `--json` prints."""
    body: dict[str, Any] = {
        "ok": ok,
        "result": result,
        "defaults_used": list(defaults_used),
        "claims": list(claims),
    }
    if not ok:
        body["error"] = errors[0].what if errors else "unknown error"
    if errors is not None:
        body["errors"] = [problem.as_json() for problem in errors]
    sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def report_error(error: InputError, *, as_json: bool) -> None:
    """Say every problem of `error`, as JSON on stdout or as text on stderr."""
    if as_json:
        body = {
            "ok": False,
            "error": error.problems[0].what if error.problems else "unknown error",
            "errors": [problem.as_json() for problem in error.problems],
        }
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
        return
    print_problems(error.problems)


def print_problems(problems: Iterable[Problem]) -> None:
    """Say problems on stderr: where and what in the colour of their severity, then how to mend it."""
    screen = err_console()
    for problem in problems:
        head, _, mend = without_control(str(problem)).partition("\n")
        screen.print(head, style="bold red" if problem.severity == "error" else "yellow")
        if mend:
            screen.print(mend)
