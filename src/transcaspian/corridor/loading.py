"""Read a folder of tables once, into columns; say every problem, with file, line and column.

Nothing is skipped, filled or clipped: a cell is read as its type or it is a problem.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from transcaspian.corridor.provenance import Origin, Provenance
from transcaspian.corridor.schema import PROVENANCE, Field, TableSchema
from transcaspian.corridor.tables import Array, Floats, Table
from transcaspian.errors import Problem, control_character

SHOWN_PER_TABLE = 20  # beyond this a table is plainly not what it should be
_LARGEST_BYTES = 64_000_000
_NEVER_EMPTY = frozenset({"places", "links", "unit_loads", "tariffs", "emission_factors", "operations"})


def load_table(folder: Path, schema: TableSchema, provenance: Provenance) -> tuple[Table | None, list[Problem]]:
    """Read one table; `None` when anything in it cannot be used.

    Parameters
    ----------
    folder
        Where `NAME.csv` stands; its columns may come in any order.
    schema
        What may stand in each column.
    provenance
        Gives low and high of each quantity; without an origin they equal the value.

    Returns
    -------
    table, problems
        Either a table and no problem, or `None` and at most 20 problems by line, the rest counted in one more.
    """
    file = f"{schema.name}.csv"
    rows, problems = _read_rows(folder / file, schema)
    if problems:
        return None, problems
    if not rows and schema.name in _NEVER_EMPTY:
        mend = "`transcaspian init DIR` writes a complete set of tables."
        return None, [Problem("corridor.file_empty", file, "has no rows, and nothing can move without them", mend)]
    lines = np.array([line for line, _ in rows], dtype=np.int32)
    mid: dict[str, Array] = {}
    found: list[Problem] = []
    ids = [row[schema.columns.index("id")] for _, row in rows]
    for place, field in enumerate(schema.fields):
        cells = [row[place] for _, row in rows]
        column, wrong = _read_column(field, cells, lines, file, ids)
        mid[field.name] = column
        found += wrong
    found += _repeated_ids(mid["id"], lines, file)
    found.sort(key=lambda problem: int(problem.where.split("line ")[1].split(",")[0]))
    low, high, wrong = _ranges(schema, mid, provenance)
    found += wrong
    if found:
        return None, first_ones(found, schema.name)
    return Table(schema, mid, low, high, lines), []


def first_ones(problems: Sequence[Problem], table: str) -> list[Problem]:
    """The first 20 problems of a table, the rest counted in one more."""
    return [*problems[:SHOWN_PER_TABLE], *the_rest(len(problems), table)]


def the_rest(count: int, table: str) -> list[Problem]:
    """One problem that counts those which are not shown, of `count` in all; none when all are."""
    more = count - SHOWN_PER_TABLE
    what = f"and {more} more problems"
    return [Problem("corridor.more", f"{table}.csv", what, "mend the first ones.")] if more > 0 else []


def tables_to_read(schemas: Mapping[str, TableSchema]) -> list[TableSchema]:
    """The tables of the corridor, without the provenance, which is read first."""
    return [schema for name, schema in schemas.items() if name != PROVENANCE]


def _read_rows(path: Path, schema: TableSchema) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """The rows under the header in the schema's column order, with their line numbers."""
    problem = _unusable(path)
    if problem:
        return [], [problem]
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            wrong = _check_header(header, schema, path.name)
            if wrong:
                return [], wrong
            order = [header.index(column) for column in schema.columns]
            rows: list[tuple[int, list[str]]] = []
            for row in reader:
                if not any(row):
                    continue
                if len(row) != len(header):
                    where = f"{path.name}, line {reader.line_num}"
                    what = f"has {len(row)} cells under {len(header)} columns"
                    return [], [Problem("corridor.cells", where, what, "check its commas and quotes.")]
                rows.append((reader.line_num, [row[place].strip() for place in order]))
            return rows, []
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 text (byte {error.start})"
    except csv.Error as error:
        what = f"is not a CSV table: {error}"
    return [], [Problem("corridor.file", path.name, what, "save it as CSV, UTF-8, with commas.")]


def _unusable(path: Path) -> Problem | None:
    mend = "`transcaspian init DIR` writes a complete set of tables."
    if not path.is_file():
        return Problem("corridor.file_missing", path.name, f"is not in {path.parent}", mend)
    size = path.stat().st_size
    if size == 0:
        return Problem("corridor.file_empty", path.name, "is empty, without even a header", mend)
    if size > _LARGEST_BYTES:
        return Problem("corridor.file", path.name, f"has {size:,} bytes, far too many for this table", mend)
    return None


def _check_header(header: Sequence[str], schema: TableSchema, file: str) -> list[Problem]:
    where = f"{file}, line 1"
    if len(header) > 200 or not set(header) & set(schema.columns):
        mend = f"the columns are {', '.join(schema.columns)}."
        return [Problem("corridor.file", where, f"is no header of the table {schema.name}", mend)]
    problems = [
        Problem(
            "corridor.column_missing",
            f"{where}, column {column}",
            "the column is missing",
            f"add {column}; it may be empty only where the schema allows.",
        )
        for column in schema.columns
        if column not in header
    ]
    problems += [
        Problem(
            "corridor.column_unknown",
            f"{where}, column {column[:40]}",
            "the column is not in the schema",
            f"the columns are {', '.join(schema.columns)}.",
        )
        for column in header
        if column not in schema.columns
    ]
    if len(set(header)) < len(header):
        problems.append(Problem("corridor.column_twice", where, "a column name stands twice", "rename or delete one."))
    return problems


def _read_column(
    field: Field, cells: Sequence[str], lines: Array, file: str, ids: Sequence[str]
) -> tuple[Array, list[Problem]]:
    if field.numeric:
        return _read_numbers(field, cells, lines, file, ids)
    column = np.empty(len(cells), dtype=object)
    problems: list[Problem] = []
    for row, cell in enumerate(cells):
        column[row] = cell
        if steering := steering_word(cell):
            where = f"{file}, line {lines[row]}, column {field.name}"
            problems.append(Problem("corridor.string", where, *steering))
        elif wrong := _wrong_word(field, cell):
            problems.append(_cell_problem(field, file, int(lines[row]), *wrong))
    if field.type == "boolean":
        return np.array([cell == "true" for cell in cells], dtype=bool), problems
    return column, problems


def _read_numbers(
    field: Field, cells: Sequence[str], lines: Array, file: str, ids: Sequence[str]
) -> tuple[Floats, list[Problem]]:
    column = np.full(len(cells), math.nan)
    problems: list[Problem] = []
    for row, cell in enumerate(cells):
        if not cell:
            if field.required:
                problems.append(_cell_problem(field, file, int(lines[row]), "is empty", "give a number."))
            continue
        value = read_number(cell)
        if value is None:
            what = f"{cell[:40]!r} is not a number"
            mend = "give a number with a decimal point and no separators."
            problems.append(_cell_problem(field, file, int(lines[row]), what, mend))
            continue
        column[row] = value
        wrong = _out_of_bounds(field, cell[:40], value)
        if wrong:
            mend = f"give {_described(field)} of {ids[row]}{_unit_in_words(field.name)}, or delete the row."
            kind = f"corridor.{field.name.split('_', maxsplit=1)[0]}"  # corridor.length, corridor.capacity …
            where = f"{file}, line {lines[row]}, column {field.name}"
            problems.append(Problem(kind, where, wrong, mend))
    return column, problems


def read_number(cell: str) -> float | None:
    """The number that `cell` writes in plain digits, or `None` when it is no finite number."""
    if not cell.isascii() or "_" in cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _out_of_bounds(field: Field, cell: str, value: float) -> str:
    """Why a number may not stand in this column; empty when it may."""
    if broken := field.broken_bound(value):
        return f"{cell} is {broken}."
    if field.type == "integer" and value != round(value):
        return f"{cell} is not a whole number."
    return ""


def _described(field: Field) -> str:
    text = field.description.rstrip(".").split(",")[0]
    return f"the {text[:1].lower()}{text[1:]}" if text else "the value"


def _unit_in_words(column: str) -> str:
    endings = {
        "speed_km_per_h": "kilometres an hour",
        "_t_per_day": "tonnes a day",
        "_deg": "degrees",
        "_km": "kilometres",
        "_mm": "millimetres",
        "_m": "metres",
        "_h": "hours",
        "_t": "tonnes",
    }
    return next((f" in {words}" for ending, words in endings.items() if column.endswith(ending)), "")


def _wrong_word(field: Field, cell: str) -> tuple[str, str] | None:
    if not cell:
        return ("is empty", "give a value.") if field.required and field.type != "boolean" else None
    if field.type == "boolean" and cell not in {"true", "false"}:
        return f"{cell[:40]!r} is neither true nor false", "write true or false."
    if field.type == "date" and not is_date(cell):
        return f"{cell[:40]!r} is not a date", "write it as YYYY-MM-DD."
    if field.type == "year" and not (cell.isascii() and cell.isdigit() and len(cell) == 4):
        return f"{cell[:40]!r} is not a year", "write four digits."
    words = [part.strip() for part in cell.split(field.separator)] if field.separator else [cell]
    unknown = [word for word in words if field.words and word not in field.words]
    if unknown:
        return (
            f"{unknown[0][:40]!r} is not one of the permitted words",
            f"use {', '.join(word for word in field.words if word)}.",
        )
    return None


def steering_word(cell: str) -> tuple[str, str] | None:
    """What is wrong with a cell that would steer a terminal or a page, and how to mend it."""
    steers = control_character(cell)
    return (f"holds the control character {steers}", "delete it: a cell is one line of plain text.") if steers else None


def is_date(text: str) -> bool:
    """True for a day of the calendar written as YYYY-MM-DD, and in no other ISO form."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _cell_problem(field: Field, file: str, line: int, what: str, mend: str) -> Problem:
    return Problem(f"corridor.{field.type}", f"{file}, line {line}, column {field.name}", what, mend)


def _repeated_ids(ids: Array, lines: Array, file: str) -> list[Problem]:
    seen: dict[str, int] = {}
    problems: list[Problem] = []
    for row_id, line in zip(ids, lines, strict=True):
        if row_id in seen:
            what = f"{row_id!r} already stands in line {seen[row_id]}"
            problems.append(
                Problem("corridor.id_twice", f"{file}, line {line}, column id", what, "give each row its own id.")
            )
        seen.setdefault(row_id, int(line))
    return problems


def _ranges(
    schema: TableSchema, mid: Mapping[str, Array], provenance: Provenance
) -> tuple[dict[str, Floats], dict[str, Floats], list[Problem]]:
    """Low and high of each quantity: from its provenance, widened so that they enclose the value.

    Either must be able to stand in the column itself.
    """
    problems: list[Problem] = []
    low: dict[str, Floats] = {}
    high: dict[str, Floats] = {}
    for field in schema.fields:
        if not field.numeric:
            continue
        lows, highs = mid[field.name].copy(), mid[field.name].copy()
        for row, row_id in enumerate(mid["id"]):
            origin = provenance.find(schema.name, str(row_id), field.name)
            if origin is not None and not math.isnan(lows[row]):
                problems += _wrong_ends(field, row_id, float(lows[row]), origin)
                lows[row] = min(lows[row], origin.low)
                highs[row] = max(highs[row], origin.high)
        low[field.name], high[field.name] = lows, highs
    return low, high, problems


def _wrong_ends(field: Field, row_id: str, value: float, origin: Origin) -> Iterator[Problem]:
    """The ends of a range that break a bound which the value itself keeps."""
    for column, end in (("low", origin.low), ("high", origin.high)):
        broken = field.broken_bound(end)
        if broken and not field.broken_bound(value):
            where = f"{PROVENANCE}.csv, line {origin.line}, column {column}"
            what = f"{end:g} is {broken}, so it is no end of the range of {field.name} of {row_id}"
            yield Problem("provenance.range", where, what, f"give {field.permitted}.")
