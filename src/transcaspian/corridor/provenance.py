"""Where each number of the tables comes from: claims, a formula over claims, or an assumption with its reason."""

from __future__ import annotations

import ast
import csv
import math
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from transcaspian.corridor.schema import PROVENANCE, packaged_schema
from transcaspian.errors import InputError, Problem, control_character

Cell = tuple[str, str, str]  # table, row id, column

# What a formula may contain besides claims: constants of units and calendars, never a measured factor.
UNIT_CONSTANTS = frozenset({0.5, 1, 2, 3, 4, 6, 7, 10, 12, 24, 30, 52, 60, 100, 365, 366, 1000, 1e6, 1.852, 8760})


@dataclass(frozen=True, slots=True)
class Origin:
    """What one cell rests on."""

    basis: str  # claim, derived, assumption
    claims: tuple[str, ...]
    formula: str
    reason: str
    low: float
    high: float
    line: int


@dataclass(frozen=True)
class Provenance:
    """The origin of every quantity, by (table, row id, column)."""

    origins: Mapping[Cell, Origin]

    def find(self, table: str, row_id: str, column: str) -> Origin | None:
        """The origin of a cell, or `None` when it has none."""
        return self.origins.get((table, row_id, column))

    def claims_of(self, cells: Iterable[Cell]) -> tuple[str, ...]:
        """The claims under the given cells, each once, sorted."""
        found = {claim for cell in cells if (origin := self.origins.get(cell)) for claim in origin.claims}
        return tuple(sorted(found))

    def assumed(self, cells: Iterable[Cell]) -> tuple[Cell, ...]:
        """Those of the given cells that are assumptions, each once, sorted."""
        return tuple(sorted({cell for cell in cells if (o := self.origins.get(cell)) and o.basis == "assumption"}))

    def count(self, table: str | None = None) -> Counter[str]:
        """How many cells rest on each basis, in one table or in all."""
        return Counter(origin.basis for (name, _, _), origin in self.origins.items() if table is None or name == table)


def load_provenance(folder: Path) -> tuple[Provenance, list[Problem]]:
    """Read `provenance.csv`; rows that cannot be read become problems."""
    path = folder / f"{PROVENANCE}.csv"
    columns = packaged_schema()[PROVENANCE].columns
    problems: list[Problem] = []
    origins: dict[Cell, Origin] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            if tuple(header) != columns:
                raise InputError(
                    Problem(
                        "provenance.columns",
                        f"{path.name}, line 1",
                        f"the columns are {', '.join(header)[:200] or 'missing'}",
                        f"they must be {', '.join(columns)}.",
                    )
                )
            for row in reader:
                line = reader.line_num
                problem = _read_row(row, line, origins, path.name)
                if problem:
                    problems.append(problem)
    except OSError as error:
        raise InputError(
            Problem(
                "provenance.file",
                path.name,
                f"cannot be read: {error.strerror}",
                "take it from `transcaspian init`.",
            )
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            Problem(
                "provenance.file",
                path.name,
                f"is not a CSV text in UTF-8: {error}",
                "take it from `transcaspian init`.",
            )
        ) from None
    return Provenance(origins), problems


def _read_row(row: Sequence[str], line: int, origins: dict[Cell, Origin], file: str) -> Problem | None:
    where = f"{file}, line {line}"
    if len(row) != 9:
        return Problem(
            "provenance.columns", where, f"has {len(row)} cells instead of 9", "check its commas and quotes."
        )
    for name, text in zip(packaged_schema()[PROVENANCE].columns, row, strict=True):
        if steers := control_character(text):
            what = f"holds the control character {steers}"
            mend = "delete it: a cell is one line of plain text."
            return Problem("corridor.string", f"{where}, column {name}", what, mend)
    table, row_id, column, basis, claims, formula, reason, low, high = row
    cell = (table, row_id, column)
    if cell in origins:
        return Problem("provenance.twice", where, f"{table} {row_id} {column} stands twice", "delete one of the rows.")
    try:
        low_value, high_value = float(low), float(high)
    except ValueError:
        return Problem("provenance.number", where, f"low {low!r} or high {high!r} is no number", "give two numbers.")
    if not (math.isfinite(low_value) and math.isfinite(high_value) and low_value <= high_value):
        return Problem("provenance.range", where, f"low {low} is above high {high}", "swap or mend them.")
    if basis not in {"claim", "derived", "assumption"}:
        return Problem("provenance.basis", where, f"basis {basis!r}", "it is claim, derived or assumption.")
    ids = tuple(claim for claim in claims.split(";") if claim)
    missing = {
        "claim": "" if ids else "claims",
        "derived": "" if ids and formula else "claims and a formula",
        "assumption": "" if reason else "a reason",
    }[basis]
    if missing:
        return Problem("provenance.empty", where, f"a cell of basis {basis} needs {missing}", f"give {missing}.")
    origins[cell] = Origin(basis, ids, formula, reason, low_value, high_value, line)
    return None


def evaluate(formula: str, claims: Sequence[float]) -> float:
    """The value of an arithmetic `formula` over `c1`, `c2` … (the claims in order).

    Raises
    ------
    ValueError
        If it holds anything but claims, unit constants and + - * / ( ).
    """
    names = {f"c{number}": value for number, value in enumerate(claims, start=1)}
    try:
        tree = ast.parse(formula, mode="eval").body
    except SyntaxError:
        raise ValueError(f"{formula!r} is no arithmetic") from None
    return _value(tree, names)


_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise ValueError(f"{node.id} is not one of its claims")
        return names[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        if node.value not in UNIT_CONSTANTS:
            raise ValueError(f"{node.value} is no unit constant, so the cell is an assumption")
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        right = _value(node.right, names)
        if isinstance(node.op, ast.Div) and right == 0:
            raise ValueError("it divides by zero")
        return _OPERATORS[type(node.op)](_value(node.left, names), right)
    raise ValueError("only claims, unit constants and + - * / ( ) may stand in a formula")
