"""From the changes of a scenario to changes of single cells: which row, which column, which value fits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from transcaspian.corridor.changes import RowChange
from transcaspian.corridor.loading import is_date, steering_word
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.names import find_place
from transcaspian.corridor.schema import Field
from transcaspian.corridor.sea.projections import find_projections
from transcaspian.corridor.tables import Table
from transcaspian.errors import InputError, did_you_mean
from transcaspian.scenario.model import Change, Value
from transcaspian.scenario.periods import Period
from transcaspian.scenario.problems import Report
from transcaspian.scenario.selectors import Misfit, is_selector, select

CLOSABLE = (
    "places",
    "links",
    "services",
    "facilities",
    "operations",
    "vessels",
    "oil_nodes",
    "oil_fields",
    "oil_links",
    "oil_storage",
    "oil_moorings",
    "oil_markets",
    "oil_routes",
    "oil_shuttles",
)
PLANS = "upgrades"
SEA_PROJECTION = "projection"  # a column of the sea, and of no other table
_WHAT_A_PLAN_BUILDS = frozenset({"targets", "column", "opens"})


@dataclass(frozen=True, slots=True)
class Draft:
    """One change of one cell or row, with the number and the key of the change that asks for it.

    `row_change` has the period cut to the run, `written` the period as it was written down. A draft that is `one_of`
    the rows of a selector may leave its row as it is, as long as another row of the selector is changed.
    """

    row_change: RowChange
    number: int
    key: str
    written: Period
    one_of: bool = False

    @property
    def cell(self) -> tuple[str, str, str]:
        """Table, row and column; the column is empty for a closure."""
        return self.row_change.table, self.row_change.row_id, self.row_change.column


@dataclass(frozen=True, slots=True)
class _Drafting:
    """One change on its way to drafts, with what its messages need."""

    corridor: Corridor
    table: Table
    row_ids: tuple[str, ...]
    change: Change
    number: int
    period: Period
    name: str
    report: Report

    def drafts(self, act: str, key: str, column: str = "", value: Value = 0.0) -> Iterator[Draft]:
        """A change of one cell of each of the target's rows, in the order of the table."""
        written = Period(self.change.since, self.change.until)
        for row_id in self.row_ids:
            row_change = RowChange(
                self.table.name,
                row_id,
                act,
                column,
                value,
                since=self.period.since,
                until=self.period.until,
                origin=f"scenario:{self.name}, change {self.number}",
                claims=self.change.claims,
            )
            yield Draft(row_change, self.number, key, written, one_of=is_selector(self.change.target))

    def wrong(self, kind: str, key: str, what: str, mend: str) -> None:
        """Report a problem of this change."""
        self.report.add(kind, what, mend, change=self.number, key=key)


def draft_changes(
    corridor: Corridor, change: Change, number: int, period: Period | None, report: Report
) -> list[Draft]:
    """The single changes that one change of a scenario asks for; what cannot be done goes into the report.

    Without a `period` in the run the change is only examined.
    """
    found = _target_rows(corridor, change.target, number, report)
    if found is None:
        return []
    table, row_ids = found
    written = Period(change.since, change.until)
    drafting = _Drafting(corridor, table, row_ids, change, number, period or written, report.scenario.name, report)
    if table.name == PLANS and period not in {None, Period(None, None)}:
        what = f"{change.target} is a plan, and its own dates say when it acts"
        drafting.wrong("period", "target", what, "delete from and until, and set effective_from.")
    return [*_closure(drafting), *_cells(drafting)]


def _target_rows(corridor: Corridor, target: str, number: int, report: Report) -> tuple[Table, tuple[str, ...]] | None:
    """The table and the rows that a target means: one id, or what a selector hits."""
    if is_selector(target):
        found = select(corridor, target)
        if not isinstance(found, Misfit):
            return found
        report.add(found.kind, found.what, found.mend, change=number, key="target")
        return None
    tables = [table for table in corridor.base.values() if target in table]
    if len(tables) == 1:
        return tables[0], (target,)
    if tables:
        what = f"{target!r} is an id of {' and of '.join(table.name for table in tables)}"
        report.add("ambiguous_id", what, "rename one of the rows.", change=number, key="target")
    elif target:
        mend = _near_targets(corridor, target)
        report.add("unknown_id", f"no row has the id {target[:60]!r}", mend, change=number, key="target")
    return None


def _near_targets(corridor: Corridor, target: str) -> str:
    try:
        return f"Did you mean {find_place(corridor, target)}?"  # a place's name instead of its id
    except InputError:
        known = [row_id for table in corridor.base.values() for row_id in table]
        return did_you_mean(target, known) or "`transcaspian init DIR` writes the tables with all ids."


def _closure(drafting: _Drafting) -> Iterator[Draft]:
    if not drafting.change.close:
        return
    if drafting.table.name in CLOSABLE:
        yield from drafting.drafts("close", "close")
        return
    what = f"a row of {drafting.table.name} cannot be closed, only of {', '.join(CLOSABLE)}"
    drafting.wrong("close", "close", what, "set or scale one of its columns instead.")


def _cells(drafting: _Drafting) -> Iterator[Draft]:
    change = drafting.change
    acts: tuple[tuple[str, Mapping[str, Value]], ...] = (
        ("set", change.set),
        ("scale", change.scale),
        ("add", change.add),
    )
    for act, values in acts:
        for column, value in values.items():
            key = f"{act}.{column}"
            field = _field(drafting, act, column)
            if field is None:
                continue
            fitting = _quantity(value) if field.numeric else _word(field, value, drafting.corridor)
            if isinstance(fitting, _Misfit):
                drafting.wrong("value", key, fitting.what, fitting.mend)
            else:
                yield from drafting.drafts(act, key, column, fitting)


def _field(drafting: _Drafting, act: str, column: str) -> Field | None:
    """The column that is to be changed, or `None` with the reason in the report."""
    schema = drafting.table.schema
    quantities = [field.name for field in schema.fields if field.numeric]
    if column == "id":
        drafting.wrong("column", f"{act}.id", "an id names its row and cannot be changed", "delete it.")
        return None
    if column not in schema.columns:
        offered = [name for name in schema.columns if name != "id"] if act == "set" else quantities
        mend = did_you_mean(column, offered) or f"the columns are {', '.join(offered)}."
        drafting.wrong("unknown_column", f"{act}.{column}", f"{schema.name} has no column {column[:40]!r}", mend)
        return None
    if schema.name == PLANS and column in _WHAT_A_PLAN_BUILDS:
        mend = "set its status, effective_from or after, or change the row that it builds."
        drafting.wrong("column", f"{act}.{column}", "what a plan builds stands in upgrades.csv", mend)
        return None
    field = schema.field(column)
    if act != "set" and not field.numeric:
        what = f"{column} is no quantity, so it can only be set"
        mend = f"the quantities of {schema.name} are {', '.join(quantities)}." if quantities else "use set."
        drafting.wrong("column", f"{act}.{column}", what, mend)
        return None
    return field


@dataclass(frozen=True, slots=True)
class _Misfit:
    """Why a value cannot stand in a column."""

    what: str
    mend: str


def _quantity(value: Value) -> float | _Misfit:
    if isinstance(value, (bool, str)):
        return _Misfit(f"{value!r} is not a number", "the column holds a quantity: give a number, without quotes.")
    if not math.isfinite(value):
        return _Misfit(f"{value} is not a finite number", "give a finite number.")
    return float(value)


def _word(field: Field, value: Value, corridor: Corridor) -> str | bool | _Misfit:
    """A value for a column of words, flags, dates or years."""
    if field.type == "boolean":
        return value if isinstance(value, bool) else _Misfit(f"{value!r} is neither true nor false", "write one.")
    if field.type == "year" and isinstance(value, float) and 1000 <= value <= 9999 and value.is_integer():
        return str(int(value))
    if not isinstance(value, str):
        return _Misfit(f"{value!r} is not text", f'{field.name} holds words: write one in "quotes".')
    if steering := steering_word(value):
        return _Misfit(*steering)
    if not value:
        return _Misfit("is empty", "give a value.") if field.required else value
    if field.type == "date" and not is_date(value):
        return _Misfit(f"{value[:40]!r} is not a date", "write it as 2024-11-10.")
    if field.type == "year" and not (value.isdecimal() and len(value) == 4):
        return _Misfit(f"{value[:40]!r} is not a year", "write four digits.")
    for word in [part.strip() for part in value.split(field.separator)] if field.separator else [value]:
        misfit = _unknown_word(field, word, corridor)
        if misfit:
            return misfit
    return value


def _unknown_word(field: Field, word: str, corridor: Corridor) -> _Misfit | None:
    if field.words and word not in field.words:
        permitted = f"the words are {', '.join(word for word in field.words if word)}."
        return _Misfit(f"{word[:40]!r} is not one of the permitted words", permitted)
    if field.name == SEA_PROJECTION and (wrong := _unknown_projection(word, corridor)):
        return wrong
    tables = [corridor.base[name] for name in field.references]
    if tables and not any(word in table for table in tables):
        names = " or ".join(table.name for table in tables)
        near = did_you_mean(word, [row_id for table in tables for row_id in table])
        return _Misfit(f"{word[:40]!r} is no id of {names}", near or f"give an id of {names}.")
    return None


def _unknown_projection(name: str, corridor: Corridor) -> _Misfit | None:
    try:
        find_projections(corridor, name)
    except InputError as error:
        return _Misfit(error.problems[0].what, error.problems[0].mend)
    return None
