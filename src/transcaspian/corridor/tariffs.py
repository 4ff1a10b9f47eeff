"""Which tariff row prices a move or an operation: the most particular one that fits."""

from __future__ import annotations

from collections.abc import Sequence

from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.ranges import ZERO
from transcaspian.corridor.tables import Estimate3, Table

Key = tuple[str, ...]


class Tariffs:
    """Tariff rows, indexed by what they apply to.

    A move is priced by the row of its service, else of its link, else of its operator and mode, else of its
    mode; an operation by the row of its place, else of its country, else of the operation in general.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows: dict[Key, int] = {}
        for row in range(len(table)):
            applies = table.text(row, "applies")
            key = self._move_key(row) if applies == "move" else self._operation_key(row)
            if applies != "through":
                self._rows.setdefault(key, row)

    def _move_key(self, row: int) -> Key:
        text = self._table.text
        unit_load = text(row, "unit_load")
        if text(row, "link"):
            return ("link", text(row, "link"), unit_load)
        return ("move", text(row, "operator"), text(row, "mode"), unit_load)

    def _operation_key(self, row: int) -> Key:
        text = self._table.text
        scope = text(row, "place") or text(row, "country")
        return ("operation", text(row, "operation"), scope, text(row, "unit_load"))

    def find_move(self, service: str, link: str, operator: str, mode: str, unit_load: str) -> int | None:
        """The row that prices a move of one unit load, or `None`."""
        keys: Sequence[Key] = (
            ("link", service, unit_load),
            ("link", link, unit_load),
            ("move", operator, mode, unit_load),
            ("move", "", mode, unit_load),
        )
        return self._first(keys)

    def find_operation(self, operation: str, place: str, country: str, unit_load: str) -> int | None:
        """The row that prices an operation on one unit load, or `None`."""
        return self._first([("operation", operation, scope, unit_load) for scope in (place, country, "")])

    def _first(self, keys: Sequence[Key]) -> int | None:
        return next((self._rows[key] for key in keys if key in self._rows), None)

    def part(self, row: int, column: str, cells: list[Cell]) -> Estimate3:
        """One price component; its cell is added to `cells`. Empty means nothing is charged that way."""
        value = self._table.estimate(row, column)
        if value is None:
            return ZERO
        cells.append(("tariffs", str(self._table.mid["id"][row]), column))
        return value
