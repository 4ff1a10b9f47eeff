"""The physical corridor as immutable tables: places, links, facilities, fleets, the sea.

Answers: what stands on this date, and what can it carry?  Takes: CSV tables with their schema.
Gives: `Corridor`.  Never knows: scenarios, solvers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from transcaspian.corridor.changes import RowChange, apply_changes, upgrade_changes
from transcaspian.corridor.loading import SHOWN_PER_TABLE, load_table, tables_to_read, the_rest
from transcaspian.corridor.provenance import Provenance, load_provenance
from transcaspian.corridor.schema import packaged_folder, packaged_schema
from transcaspian.corridor.tables import Table
from transcaspian.errors import InputError, Problem, did_you_mean

BASE_YEAR = 2024


@dataclass(frozen=True, eq=False)
class Corridor:
    """Tables of the base year, the changes waiting to act on them, and what is in force on `day`.

    `base` is never touched. `tables` are the effective ones: the base with every change in force on `day`
    (without a day: with the undated changes only). `closed` names what may carry nothing.
    """

    base: Mapping[str, Table]
    provenance: Provenance
    folder: Path
    changes: tuple[RowChange, ...] = ()
    day: dt.date | None = None
    tables: Mapping[str, Table] = field(init=False)
    closed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        in_force = [change for change in self.changes if change.in_force(self.day)]
        # Without a day it is the first of the base year: what a scenario builds by then stands.
        day = self.day or dt.date(BASE_YEAR, 1, 1)
        upgrades = [change for change in self.upgrade_changes() if change.in_force(day)]
        # A scenario has the last word over an upgrade of the same cell.
        tables, _ = apply_changes(self.base, upgrades)
        tables, closed = apply_changes(tables, in_force)
        object.__setattr__(self, "tables", tables)
        object.__setattr__(self, "closed", closed)

    def __getitem__(self, name: str) -> Table:
        """The effective table called `name`."""
        return self.tables[name]

    def at(self, day: dt.date) -> Corridor:
        """The corridor as it stands on `day`: upgrades in service by then, dated changes in force then.

        Without a day (as loaded) it is the state of 1 January of the base year: the upgrades in service by then, and
        undated changes only. Asking for another day starts from the base again, so days may be asked in any order.
        """
        return replace(self, day=day)

    def with_changes(self, changes: Sequence[RowChange]) -> Corridor:
        """A new corridor with further changes; this one is never touched.

        Parameters
        ----------
        changes
            Taken as they are: their tables, rows and columns must exist. `scenario.apply` finds mistakes first.

        Returns
        -------
        corridor
            On the same day as this one; earlier changes stay in force.
        """
        return replace(self, changes=(*self.changes, *changes))

    def change_days(self, start: dt.date, end: dt.date) -> list[dt.date]:
        """The days in [start, end) on which something in the corridor changes, in order."""
        all_changes = [*self.changes, *self.upgrade_changes()]
        days = {day for change in all_changes for day in (change.since, change.until) if day is not None}
        return sorted(day for day in days if start <= day < end)

    def upgrade_changes(self) -> list[RowChange]:
        """What the plans build, and when; a scenario may have moved them, for the whole run only."""
        moved = [change for change in self.changes if change.table == "upgrades" and change.in_force(None)]
        plans, _ = apply_changes({"upgrades": self.base["upgrades"]}, moved)
        return upgrade_changes(plans["upgrades"], self.base)

    def find_table(self, row_id: str) -> str | None:
        """The table that holds `row_id`, or `None`."""
        return next((name for name, table in self.base.items() if row_id in table), None)

    def get_table(self, row_id: str) -> str:
        """The table that holds `row_id`; raises `InputError` with near names when none does."""
        name = self.find_table(row_id)
        if name is None:
            known = [known_id for table in self.base.values() for known_id in table]
            mend = did_you_mean(row_id, known) or "`transcaspian init DIR` writes the tables with all ids."
            raise InputError(Problem("corridor.unknown_id", row_id, "no row of any table has this id", mend))
        return name

    def check(self) -> list[Problem]:
        """Every problem of the tables, errors before warnings; empty when nothing is wrong."""
        # The rules read `Corridor` themselves, so they are fetched when asked for.
        from transcaspian.corridor.checks import check

        return check(self)

    def fingerprint(self) -> str:
        """A short hash of everything that can change a result: tables, ranges, changes and the day."""
        digest = hashlib.sha256()
        for name in sorted(self.tables):
            table = self.tables[name]
            digest.update(name.encode())
            for column in table.schema.columns:
                if column in table.low:
                    for values in (table.mid[column], table.low[column], table.high[column]):
                        digest.update(struct.pack(f"<{len(values)}d", *values))
                else:
                    digest.update("\x1f".join(str(value) for value in table.mid[column]).encode())
        digest.update("|".join(sorted(self.closed)).encode())
        digest.update(repr((self.day, self.changes)).encode())
        return digest.hexdigest()[:16]


def load_corridor(folder: Path | None = None) -> Corridor:
    """The corridor of `folder`, or the packaged one.

    Parameters
    ----------
    folder
        As `transcaspian init` writes it. Without it the packaged tables, which are read once.

    Returns
    -------
    corridor
        As on 1 January of the base year; not yet judged by `check`.

    Raises
    ------
    InputError
        With every problem that makes the tables unusable: files, columns, types, bounds, dangling ids.
    """
    if folder is None:
        return _packaged()
    if not folder.is_dir():
        raise InputError(
            Problem(
                "corridor.folder",
                str(folder),
                "there is no such folder",
                "`transcaspian init DIR` makes one.",
            )
        )
    return _load(folder)


@cache
def _packaged() -> Corridor:
    return _load(packaged_folder())


def _load(folder: Path) -> Corridor:
    try:
        provenance, problems = load_provenance(folder)
    except InputError as error:  # go on: the tables' own problems are said together with this one
        provenance, problems = Provenance({}), list(error.problems)
    tables: dict[str, Table] = {}
    for schema in tables_to_read(packaged_schema()):
        table, found = load_table(folder, schema, provenance)
        problems += found
        if table is not None:
            tables[schema.name] = table
    if not problems:
        problems = dangling_ids(tables)
    if problems:
        raise InputError(problems)
    return Corridor(tables, provenance, folder)


def dangling_ids(tables: Mapping[str, Table]) -> list[Problem]:
    """The cells that name a row which does not exist, with the nearest ids; of each table the first ones."""
    return [problem for table in tables.values() for problem in _dangling_in(table, tables)]


def _dangling_in(table: Table, tables: Mapping[str, Table]) -> list[Problem]:
    found: list[tuple[int, str, str, list[Table]]] = []
    for column in table.schema.fields:
        if not column.references:
            continue
        known = [tables[name] for name in column.references]
        for row in range(len(table)):
            cell = table.items(row, column.name) if column.separator else (table.text(row, column.name),)
            for word in cell:
                if word and not any(word in target for target in known):
                    found.append((row, column.name, word, known))
    # Near ids take a while to find: only for what is shown.
    return [*(_dangling(table, *one) for one in found[:SHOWN_PER_TABLE]), *the_rest(len(found), table.name)]


def _dangling(table: Table, row: int, column: str, word: str, known: Sequence[Table]) -> Problem:
    names = " or ".join(target.name for target in known)
    mend = did_you_mean(word, [row_id for target in known for row_id in target]) or f"use an id of {names}."
    where = f"{table.name}.csv, line {table.lines[row]}, column {column}"
    return Problem("corridor.dangling_id", where, f"{word!r} is no id of {names}", mend)
