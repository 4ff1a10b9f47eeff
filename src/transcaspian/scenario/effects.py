"""What the drafted changes do to the tables on each day of the run, found out before they are made.

A cell is worked out for every stretch of days between two changes, by the corridor's own arithmetic: upgrades first,
then what is set, scaled and added. A change earns its place by making a difference on at least one day: the cell,
or the carrying of traffic, is compared with and without it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from transcaspian.corridor.changes import RowChange, apply_changes, upgrade_changes
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.schema import Field
from transcaspian.corridor.tables import Estimate3, Table
from transcaspian.scenario.periods import Period, Run
from transcaspian.scenario.problems import Report
from transcaspian.scenario.rows import PLANS, Draft
from transcaspian.scenario.sea import check_sea

Tables = Mapping[str, Table]
Cell = tuple[str, str, str]
Content = Estimate3 | str | bool | None  # of one cell

# Columns of an upgrade that decide what it does to the corridor; the others are only told.
_ACTING = frozenset({"after", "effective_from", "status"})


def check_effects(corridor: Corridor, drafts: Sequence[Draft], run: Run, report: Report) -> list[Draft]:
    """Report what the drafts, taken together, may not do: clash, leave bounds, or change nothing.

    Returns
    -------
    drafts
        Without those of a selector that would scale or add to a quantity which their row does not know.
    """
    tables_by_day = _tables_by_day(corridor, drafts, run)
    clashing = _check_clashes(corridor, drafts, report)
    cells: dict[Cell, list[Draft]] = {}
    for draft in drafts:
        cells.setdefault(draft.cell, []).append(draft)
    idle = _Idle(report)
    for cell, own in cells.items():
        if own[0].row_change.act == "close":
            _check_closures(corridor, own, cells.get((*cell[:2], "status"), []), tables_by_day, idle)
            continue
        without_effect = _check_cell(corridor, cell, own, tables_by_day, idle)
        if cell[0] == PLANS and not without_effect:
            _check_plans(corridor, drafts, own, run, idle)
        for draft in without_effect if cell not in clashing else ():
            what = _nothing(corridor.base[cell[0]], draft.row_change)
            idle.add(draft, "changes_nothing", what, "change it, or delete it.")
    idle.report_selectors(drafts)
    check_sea(corridor, drafts, run, report)
    return [draft for draft in drafts if not idle.is_unknown(draft)]


class _Idle:
    """Drafts that do nothing: one of a single row is reported at once, those of a selector when all of them idle."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._found: dict[tuple[int, str], dict[str, tuple[str, str, str]]] = {}
        self._outside: set[tuple[int, str]] = set()

    def add(self, draft: Draft, kind: str, what: str, mend: str) -> None:
        if draft.one_of:
            own = self._found.setdefault((draft.number, draft.key), {})
            own.setdefault(draft.row_change.row_id, (kind, what, mend))
        else:
            self.report.add(kind, what, mend, change=draft.number, key=draft.key)

    def add_misfit(self, draft: Draft, what: str, mend: str) -> None:
        """A quantity that leaves its bounds is an error in any row; of a selector the first row is told."""
        if (draft.number, draft.key) not in self._outside:
            self.report.add("bounds", what, mend, change=draft.number, key=draft.key)
        if draft.one_of:
            self._outside.add((draft.number, draft.key))

    def is_unknown(self, draft: Draft) -> bool:
        """True for a draft of a selector that finds nothing to scale or to add to."""
        found = self._found.get((draft.number, draft.key), {}) if draft.one_of else {}
        return found.get(draft.row_change.row_id, ("",))[0] == "empty_cell"

    def report_selectors(self, drafts: Sequence[Draft]) -> None:
        """Report each act of a selector that does nothing in any of its rows."""
        for (number, key), found in self._found.items():
            rows = [draft for draft in drafts if (draft.number, draft.key) == (number, key)]
            if len(found) == len(rows):
                kind, what, mend = next(iter(found.values()))
                others = f", and so with the other {len(rows) - 1} rows" if len(rows) > 1 else ""
                self.report.add(kind, what + others, mend, change=number, key=key)


def _tables_by_day(corridor: Corridor, drafts: Sequence[Draft], run: Run) -> dict[dt.date, Tables]:
    """The tables with upgrades but without other changes, on the first day of each stretch of the run."""
    new = [draft.row_change for draft in drafts]
    plans = [change for change in (*corridor.changes, *new) if change.table == PLANS]
    built = replace(corridor, changes=tuple(plans), day=None)
    days = {run.start, *built.change_days(run.start, run.end)}
    for change in (*corridor.changes, *new):
        days |= {day for day in (change.since, change.until) if day and run.start <= day < run.end}
    return {day: built.at(day).tables for day in sorted(days)}


# -- two changes of one field ---------------------------------------------------------------------------


def _check_clashes(corridor: Corridor, drafts: Sequence[Draft], report: Report) -> set[Cell]:
    """Report cells that are set twice on one day, and return them."""
    clashing: set[Cell] = set()
    setting = [draft for draft in drafts if draft.row_change.act == "set"]
    by_cell: dict[Cell, list[Draft]] = {}
    for draft in setting:
        by_cell.setdefault(draft.cell, []).append(draft)
    for own in by_cell.values():
        for first, second in combinations(own, 2):
            day = first.written.first_common_day(second.written)
            if day and second.cell not in clashing:
                clashing.add(second.cell)
                _report_clash(second, f"change {first.number}", day, report)
    older = [change for change in corridor.changes if change.act == "set"]
    for draft in setting:
        for old in older:
            day = Period(old.since, old.until).first_common_day(draft.written)
            if _changes_cell(old, draft.cell) and day and draft.cell not in clashing:
                clashing.add(draft.cell)
                _report_clash(draft, old.origin or "an earlier change", day, report)
    return clashing


def _report_clash(draft: Draft, other: str, day: dt.date, report: Report) -> None:
    _, row_id, column = draft.cell
    when = f"on {day}" if day > dt.date.min else "from the start"
    what = f"sets {column} of {row_id} {when}, and so does {other}"
    mend = "delete one, or let one end on the day on which the other begins."
    report.add("set_twice", what, mend, change=draft.number, key=draft.key)


# -- quantities, words and flags ------------------------------------------------------------------------


def _check_cell(
    corridor: Corridor, cell: Cell, own: Sequence[Draft], tables_by_day: Mapping[dt.date, Tables], found: _Idle
) -> list[Draft]:
    """Report a quantity that leaves its bounds or is not known; return the drafts that change nothing."""
    name, _, column = cell
    field = corridor.base[name].schema.field(column)
    old = [change for change in corridor.changes if _changes_cell(change, cell)]
    idle = list(own)
    for day, tables in tables_by_day.items():
        acting = [draft for draft in own if draft.row_change.in_force(day)]
        if not acting:
            continue
        # The tables of the day have the plans' own changes already.
        table = corridor.base[name] if name == PLANS else tables[name]
        before = [change for change in old if change.in_force(day)]
        content = _content(table, cell, [*before, *(draft.row_change for draft in acting)])
        if field.numeric and _report_misfit(field, content, acting, found):
            return []
        for draft in [draft for draft in acting if draft in idle]:
            others = [*before, *(other.row_change for other in acting if other is not draft)]
            if _differ(draft.row_change.act, content, _content(table, cell, others)):
                idle.remove(draft)
    return idle


def _changes_cell(change: RowChange, cell: Cell) -> bool:
    column = "status" if change.act == "open" else change.column
    return change.act != "close" and (change.table, change.row_id, column) == cell


def _content(table: Table, cell: Cell, changes: Iterable[RowChange]) -> Content:
    """What stands in a cell after some changes; `None` where an unknown quantity stays unknown."""
    _, row_id, column = cell
    row, made = table.get_row(row_id), list(changes)
    if not table.schema.field(column).numeric:
        changed, _ = apply_changes({table.name: table}, made)
        content: str | bool = changed[table.name].mid[column][row]
        return content
    if table.estimate(row, column) is None and not any(change.act == "set" for change in made):
        return None
    changed, _ = apply_changes({table.name: table}, made)
    return changed[table.name].estimate(row, column)


def _differ(act: str, content: Content, without: Content) -> bool:
    if act == "set" and isinstance(content, Estimate3) and isinstance(without, Estimate3):
        return content.mid != without.mid  # to set the value that is there is a mistake, whatever its range
    return bool(content != without)


def _report_misfit(field: Field, content: Content, acting: Sequence[Draft], found: _Idle) -> bool:
    """Report a quantity that is unknown or out of bounds under the last of the acting changes."""
    last = max(acting, key=lambda draft: (("set", "scale", "add").index(draft.row_change.act), draft.number))
    if not isinstance(content, Estimate3):
        what = f"{field.name} of {last.row_change.row_id} is not known, so there is nothing to {last.row_change.act}"
        for draft in {id(one): one for one in (*acting, last) if one.one_of or one is last}.values():
            found.add(draft, "empty_cell", what, "set it to a value.")
        return True
    outside = _outside(field, content)
    if outside:
        others = sorted({draft.number for draft in acting} - {last.number})
        along = f", together with change {' and '.join(map(str, others))}" if others else ""
        what = f"{field.name} of {last.row_change.row_id} would {outside}{along}"
        found.add_misfit(last, what, _permitted(field))
    return bool(outside)


def _outside(field: Field, value: Estimate3) -> str | None:
    """Why a range cannot stand in a column, or `None`."""
    for end, number in (("be", value.mid), ("go down to", value.low), ("go up to", value.high)):
        if not math.isfinite(number):
            return f"{end} {number}, which is not finite"
        if broken := field.broken_bound(number):
            return f"{end} {number:g}, which is {broken}"
    if field.type == "integer" and value.mid != round(value.mid):
        return f"be {value.mid:g}, which is not a whole number"
    return None


def _permitted(field: Field) -> str:
    """What may stand in a column of quantities, with its range."""
    return f"{field.name}, with its low and high, must be {field.permitted}."


def _nothing(table: Table, change: RowChange) -> str:
    """Why a change makes no difference."""
    if change.act == "set":
        return f"changes nothing: {change.column} of {change.row_id} is {_shown(change.value)} already"
    if (change.act, change.value) == ("scale", 1.0):
        return "changes nothing: a quantity scaled by 1 stays as it is"
    if (change.act, change.value) == ("add", 0.0):
        return "changes nothing: 0 is added"
    now = table.estimate(table.get_row(change.row_id), change.column)
    amount = f" {now.mid:g}" if now else ""
    return f"changes nothing: {change.column} of {change.row_id} stays{amount}"


def _shown(value: float | str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, str) else f"{value:g}"


# -- closures -------------------------------------------------------------------------------------------


def _check_closures(
    corridor: Corridor,
    own: Sequence[Draft],
    openings: Sequence[Draft],
    tables_by_day: Mapping[dt.date, Tables],
    idle: _Idle,
) -> None:
    """Report closures without which their row would carry nothing either: it is planned, or closed by others."""
    name, row_id, _ = own[0].cell
    cell = (name, row_id, "status")
    status = [*corridor.changes, *(draft.row_change for draft in openings)]
    status = [change for change in status if _changes_cell(change, cell)]
    others = [change for change in corridor.changes if change.act == "close" and change.row_id == row_id]
    others += [draft.row_change for draft in own]
    for draft in reversed(own):  # of two equal closures the later one is at fault
        mine = draft.row_change
        days = [day for day in tables_by_day if mine.in_force(day)]
        built = [day for day in days if _is_built(tables_by_day[day][name], cell, status, day)]
        also = [change for change in others if change is not mine]
        if any(not any(change.in_force(day) for change in also) for day in built):
            continue
        others = also
        by = sorted({change.origin.rpartition(", ")[2] for change in also if any(map(change.in_force, days))})
        why = f"it is closed already by {' and '.join(by)}" if built else "it is only planned"
        what = f"changes nothing: {row_id} carries nothing on these days, as {why}"
        idle.add(draft, "changes_nothing", what, "delete it, or move it.")


def _is_built(table: Table, cell: Cell, changes: Iterable[RowChange], day: dt.date) -> bool:
    if "status" not in table.schema.columns:
        return True
    return _content(table, cell, [change for change in changes if change.in_force(day)]) == "open"


# -- plans ----------------------------------------------------------------------------------------------


def _check_plans(corridor: Corridor, drafts: Sequence[Draft], own: Sequence[Draft], run: Run, idle: _Idle) -> None:
    """Report changes of a plan that build nothing new in the run, or something that cannot stand there."""
    changes = [change for change in corridor.changes if change.table == PLANS]
    changes += [draft.row_change for draft in drafts if draft.row_change.table == PLANS]
    built = _built_in(run, corridor, changes)
    for draft in own:
        if draft.row_change.column not in _ACTING:
            continue
        plan = draft.row_change.row_id
        without = [change for change in changes if change is not draft.row_change]
        if built == _built_in(run, corridor, without):
            what = f"changes nothing in the run: {plan} builds the same on the same days"
            mend = f'give it status = "in_service" and an effective_from before {run.end}.'
            idle.add(draft, "changes_nothing", what, mend)
        for change in built:
            outside = _outside_its_column(corridor, change)
            if outside and change.origin == f"upgrade:{plan}" and draft.row_change.column == "after":
                what = f"{change.column} of {change.row_id} would {outside}"
                mend = _permitted(corridor.base[change.table].schema.field(change.column))
                idle.add_misfit(draft, what, mend)


def _built_in(run: Run, corridor: Corridor, changes: Sequence[RowChange]) -> list[RowChange]:
    """What the plans build before the end of the run."""
    tables, _ = apply_changes({PLANS: corridor.base[PLANS]}, changes)
    built = upgrade_changes(tables[PLANS], corridor.base)
    return [change for change in built if change.since and change.since < run.end]


def _outside_its_column(corridor: Corridor, change: RowChange) -> str | None:
    if change.act != "set" or isinstance(change.value, str):
        return None
    field = corridor.base[change.table].schema.field(change.column)
    return _outside(field, Estimate3(change.value, change.value, change.value))
