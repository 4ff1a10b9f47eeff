"""Scenarios as TOML: read with every mistake explained, written so that reading gives the same scenario back.

The form is that of the room's README. Line numbers are found by a plain search for `[[change]]` and the keys below
it; where the file is laid out in another way that TOML permits, messages name the change without its line.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transcaspian.errors import Problem, did_you_mean
from transcaspian.scenario.model import Change, Scenario, Value
from transcaspian.scenario.problems import Report, ScenarioError

_SCENARIO_KEYS = ("name", "question", "base_year", "uses", "change")
_CHANGE_KEYS = ("target", "from", "until", "set", "scale", "add", "close", "claims", "assumption")
_LARGEST_BYTES = 1_000_000  # a scenario is a page, not a table

_HEADER = re.compile(r"\s*\[\[\s*change\s*\]\]")
_KEY = re.compile(r"\s*(?:\[\s*change\s*\.\s*)?\"?(\w+)\"?\s*[].=]")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLACE_IN_TEXT = re.compile(r" \(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a text, what could not, and the numbers of the changes that are incomplete."""

    scenario: Scenario
    found: Sequence[tuple[int, Problem]] = ()
    incomplete: frozenset[int] = frozenset()


def load_scenario(path: Path) -> Scenario:
    """Read a scenario from a TOML file.

    Raises
    ------
    ScenarioError
        If the file cannot be read, or with every mistake in its form.
    """
    return read_scenario(file_text(path), path.name)


def read_scenario(text: str, where: str) -> Scenario:
    """Read a scenario from TOML text; `where` names its file in messages.

    Raises
    ------
    ScenarioError
        With every mistake in its form: text that is not TOML, unknown or missing keys, wrong types.
    """
    reading = examine(text, where)
    if reading.found:
        raise ScenarioError([problem for _, problem in reading.found])
    return reading.scenario


def write_scenario(scenario: Scenario) -> str:
    """The scenario as TOML text; reading it gives an equal scenario."""
    lines = [
        f"name = {_quoted(scenario.name)}",
        f"question = {_quoted(scenario.question)}",
        f"base_year = {scenario.base_year}",
    ]
    lines += [f"uses = [{', '.join(map(_quoted, scenario.uses))}]"] if scenario.uses else []
    for change in scenario.changes:
        lines += ["", "[[change]]", f"target = {_quoted(change.target)}"]
        lines += [f"from = {change.since.isoformat()}"] if change.since else []
        lines += [f"until = {change.until.isoformat()}"] if change.until else []
        for act, values in (("set", change.set), ("scale", change.scale), ("add", change.add)):
            cells = ", ".join(f"{_written_key(key)} = {_written(value)}" for key, value in values.items())
            lines += [f"{act} = {{ {cells} }}"] if cells else []
        lines += ["close = true"] if change.close else []
        lines += [f"claims = [{', '.join(map(_quoted, change.claims))}]"] if change.claims else []
        lines += [f"assumption = {_quoted(change.assumption)}"] if change.assumption else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # JSON strings are TOML strings, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _written_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _quoted(key)


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(value) if isinstance(value, str) else repr(float(value))


def file_text(path: Path) -> str:
    """The text of a scenario file; raises `ScenarioError` when there is none."""
    try:
        size = path.stat().st_size
        if path.is_file() and size <= _LARGEST_BYTES:
            return path.read_text(encoding="utf-8-sig")
        what = f"has {size:,} bytes, far too many for a scenario" if path.is_file() else "is not a file"
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 text (byte {error.start})"
    except (OSError, ValueError) as error:
        what = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    raise ScenarioError(Problem("scenario.file", str(path), what, "give the path of a scenario's TOML file."))


def examine(text: str, where: str) -> Reading:
    """Read as much of a scenario as can be read, and say what cannot.

    Raises
    ------
    ScenarioError
        Only if the text is not TOML at all.
    """
    document = _parsed(text, where)
    blocks = document.get("change", [])
    well_formed = isinstance(blocks, list) and all(isinstance(block, dict) for block in blocks)
    changes: list[dict[str, Any]] = blocks if well_formed else []
    name = document.get("name")
    shell = Scenario(
        name=name if isinstance(name, str) else "",
        base_year=0,
        source=where,
        lines=_lines(text, len(changes)),
    )
    report = Report(shell)
    if not well_formed:
        mend = "begin each change with [[change]], in double brackets."
        report.add("type", "is not a list of changes", mend, key="change")
    _check_keys(report, document, _SCENARIO_KEYS, required=("name", "base_year"))
    scenario = Scenario(
        name=_text(report, document, "name"),
        question=_text(report, document, "question"),
        base_year=_year(report, document),
        changes=tuple(_change(report, block, number) for number, block in enumerate(changes, 1)),
        uses=_uses(report, document),
        source=where,
        lines=shell.lines,
    )
    if isinstance(name, str) and not name.strip():
        report.add("type", "is empty", 'give the scenario a name, such as "low-sea".', key="name")
    return Reading(scenario, report.found, frozenset(number for number, _ in report.found))


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        what, place = "is nested too deeply", None
    except ValueError as error:  # tomllib's own error, or a number of thousands of digits
        what, place = f"is not TOML: {error}", _PLACE_IN_TEXT.search(str(error))
    if place:
        what = what.replace(place[0], f" (column {place[2]} of the line)")
        where = f"{where}, line {place[1]}"
    mend = 'text stands in "quotes", dates without; { … } on one line, its parts separated by commas.'
    raise ScenarioError(Problem("scenario.toml", where, what[:300], mend))


def _lines(text: str, count: int) -> tuple[Mapping[str, int], ...]:
    """For each change the line of its header (key "") and of its keys; empty when they cannot be told."""
    found: list[dict[str, int]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if _HEADER.match(line):
            found.append({"": number})
        elif found and (key := _KEY.match(line)):
            found[-1].setdefault(key[1], number)
    return tuple(found) if len(found) == count else ()


def _check_keys(
    report: Report, table: Mapping[str, Any], known: Sequence[str], *, required: Sequence[str], change: int = 0
) -> None:
    for key in table:
        if key not in known:
            mend = did_you_mean(key, known) or f"the keys are {', '.join(known)}."
            report.add("key", f"there is no key {key[:40]!r}", mend, change=change, key=key[:40])
    for key in required:
        if key not in table:
            report.add("key", "is missing", f"add a line `{key} = …`.", change=change, key=key)


def _change(report: Report, block: Mapping[str, Any], number: int) -> Change:
    _check_keys(report, block, _CHANGE_KEYS, required=("target",), change=number)
    close = block.get("close", False)
    if "close" in block and close is not True:
        report.add("type", "is not true", "write `close = true`, or delete the line.", change=number, key="close")
    return Change(
        target=_text(report, block, "target", change=number),
        since=_date(report, block, "from", number),
        until=_date(report, block, "until", number),
        set=_values(report, block, "set", number),
        scale=_numbers(report, block, "scale", number),
        add=_numbers(report, block, "add", number),
        close=close is True,
        claims=_claims(report, block, number),
        assumption=_text(report, block, "assumption", change=number),
    )


def _text(report: Report, table: Mapping[str, Any], key: str, *, change: int = 0) -> str:
    value = table.get(key, "")
    if isinstance(value, str):
        return value
    report.add("type", f"{_shown(value)} is not text", 'write it in "quotes".', change=change, key=key)
    return ""


def _year(report: Report, table: Mapping[str, Any]) -> int:
    value = table.get("base_year", 0)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    report.add("type", f"{_shown(value)} is not a year", "write four digits, without quotes.", key="base_year")
    return 0


def _date(report: Report, block: Mapping[str, Any], key: str, number: int) -> dt.date | None:
    value = block.get(key)
    if value is None or type(value) is dt.date:  # a date with a time is a subclass
        return value
    mend = f"write `{key} = 2024-11-10`: year, month, day, without quotes and without a time."
    report.add("type", f"{_shown(value)} is not a date", mend, change=number, key=key)
    return None


def _values(report: Report, block: Mapping[str, Any], key: str, number: int) -> dict[str, Value]:
    """The mapping of `set`; dates become words, as date columns hold them."""
    values: dict[str, Value] = {}
    for column, value in _mapping(report, block, key, number).items():
        if isinstance(value, (bool, int, float, str)):
            values[column] = value
        elif type(value) is dt.date:
            values[column] = value.isoformat()
        else:
            mend = 'give one number, word, date, true or false; a list is written "A;B".'
            what = f"{_shown(value)} is not one value"
            report.add("type", what, mend, change=number, key=f"{key}.{column}")
    return values


def _numbers(report: Report, block: Mapping[str, Any], key: str, number: int) -> dict[str, float]:
    values: dict[str, float] = {}
    for column, value in _mapping(report, block, key, number).items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            values[column] = value
        else:
            what = f"{_shown(value)} is not a number"
            report.add("type", what, "write a number, without quotes.", change=number, key=f"{key}.{column}")
    return values


def _mapping(report: Report, block: Mapping[str, Any], key: str, number: int) -> dict[str, Any]:
    value = block.get(key, {})
    if isinstance(value, dict):
        return value
    mend = f"write `{key} = {{ column = value }}`, with a column of the target's table."
    report.add("type", f"{_shown(value)} names no column", mend, change=number, key=key)
    return {}


def _claims(report: Report, block: Mapping[str, Any], number: int) -> tuple[str, ...]:
    value = block.get("claims", [])
    if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    mend = 'write `claims = ["subject/quantity/1a2b"]`.'
    report.add("type", f"{_shown(value)} is no list of claim ids", mend, change=number, key="claims")
    return ()


def _uses(report: Report, document: Mapping[str, Any]) -> tuple[str, ...]:
    value = document.get("uses", [])
    if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    mend = 'write `uses = ["sea-2030"]`, before the first [[change]].'
    report.add("type", f"{_shown(value)} is no list of scenarios", mend, key="uses")
    return ()


def _shown(value: object) -> str:
    try:
        return repr(value)[:40]
    except ValueError:  # a number of thousands of digits
        return "this"
