"""A row's own figure, or the standard one it names.

Most stations have no published time of their own, and a railway has one commercial speed for many sections. Such a
figure stands once, in `standards`, and the rows that use it name it: one assumption is one cell, and correcting it
corrects every row that rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.tables import Estimate3, Table
from transcaspian.errors import Problem

# Which column of a table may stand in `standards` instead.
STANDARD_COLUMNS = {"links": "speed_km_per_h", "operations": "time_h"}


def own_or_standard(tables: Mapping[str, Table], name: str, row: int) -> tuple[Estimate3, Cell] | None:
    """The speed of a link or the time of an operation with the cell that says so; `None` when nothing does."""
    table, column = tables[name], STANDARD_COLUMNS[name]
    own = table.estimate(row, column)
    if own is not None:
        return own, (name, str(table.mid["id"][row]), column)
    standard = table.text(row, "standard")
    if not standard:
        return None
    shared = tables["standards"].estimate(tables["standards"].get_row(standard), column)
    return None if shared is None else (shared, ("standards", standard, column))


def check_standards(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Rows that have neither a figure of their own nor a standard one."""
    for name, column in STANDARD_COLUMNS.items():
        table = tables[name]
        for row, row_id in enumerate(table):
            if own_or_standard(tables, name, row) is None:
                where = f"{name}.csv, line {table.lines[row]}, column {column}"
                what = f"{row_id} has no {column}, and names no standard that has one"
                yield Problem("corridor.standard", where, what, f"give {column}, or a standard.")
