"""Dated changes to single rows: the common form of upgrades and of scenario changes.

A period is half-open: `since` is the first day in force, `until` the first day no longer in force; `None` means
from the start or to the end. Where several changes meet one cell on one day they act in the order set, scale,
add, those of one kind by their first day, so that the result does not depend on the order in which they were
written down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from transcaspian.corridor.tables import Estimate3, Table

_ORDER = {"open": 0, "set": 1, "scale": 2, "add": 3}


@dataclass(frozen=True, slots=True)
class RowChange:
    """One change to one row: `act` is set, scale or add a column, or close or open the row."""

    table: str
    row_id: str
    act: str
    column: str = ""
    value: float | str | bool = 0.0
    since: dt.date | None = None
    until: dt.date | None = None
    origin: str = ""  # "upgrade:NAME" or "scenario:NAME, change 2"
    claims: tuple[str, ...] = ()

    def in_force(self, day: dt.date | None) -> bool:
        """True on `day`; without a day only an undated change is in force."""
        if day is None:
            return self.since is None and self.until is None
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


def apply_changes(tables: Mapping[str, Table], changes: Sequence[RowChange]) -> tuple[dict[str, Table], frozenset[str]]:
    """New tables with all `changes` made, and the ids that they close."""
    changed = dict(tables)
    closed = {change.row_id for change in changes if change.act == "close"}
    for change in sorted((c for c in changes if c.act in _ORDER), key=_turn):
        table = changed[change.table]
        row = table.get_row(change.row_id)
        if change.act == "open":
            changed[change.table] = table.with_value(row, "status", "open")
        else:
            changed[change.table] = _with_change(table, row, change)
    return changed, frozenset(closed)


def _turn(change: RowChange) -> tuple[int, dt.date, str]:
    """When it is a change's turn: of two upgrades of one cell the later one counts."""
    return _ORDER[change.act], change.since or dt.date.min, str(change.value)


def _with_change(table: Table, row: int, change: RowChange) -> Table:
    if isinstance(change.value, (str, bool)):
        return table.with_value(row, change.column, change.value)
    value = changed_estimate(table.estimate(row, change.column), change)
    return table.with_estimate(row, change.column, value)


def changed_estimate(base: Estimate3 | None, change: RowChange) -> Estimate3:
    """A quantity after a change: a set value is exact, scaling and adding keep the range.

    Raises
    ------
    ValueError
        If an empty cell is scaled or added to.
    """
    number = float(change.value)
    if change.act == "set":
        return Estimate3(number, number, number)
    if base is None:
        raise ValueError(f"{change.row_id} has no {change.column} to {change.act}")
    if change.act == "scale":
        ends = sorted((base.low * number, base.high * number))
        return Estimate3(ends[0], base.mid * number, ends[1])
    return Estimate3(base.low + number, base.mid + number, base.high + number)


def upgrade_changes(upgrades: Table, tables: Mapping[str, Table]) -> list[RowChange]:
    """The upgrades that may change the base corridor: those in service, from their date on."""
    changes: list[RowChange] = []
    for row, upgrade_id in enumerate(upgrades):
        if upgrades.text(row, "status") != "in_service" or not upgrades.text(row, "effective_from"):
            continue
        since = dt.date.fromisoformat(upgrades.text(row, "effective_from"))
        changes += list(row_changes(upgrades, row, tables, since=since, origin=f"upgrade:{upgrade_id}"))
    return changes


def row_changes(
    upgrades: Table, row: int, tables: Mapping[str, Table], *, since: dt.date | None, origin: str
) -> Iterable[RowChange]:
    """What one upgrade does to each of its target rows, whatever its status."""
    after = upgrades.estimate(row, "after")
    column = upgrades.text(row, "column")
    for target in upgrades.items(row, "targets"):
        table = next((name for name, candidate in tables.items() if target in candidate), None)
        if table is None:
            continue  # a dangling target is reported by the checks
        if upgrades.flag(row, "opens"):
            yield RowChange(table, target, "open", since=since, origin=origin)
        if column and after is not None:
            yield RowChange(table, target, "set", column, after.mid, since=since, origin=origin)
