"""Selectors: rows of a table by what stands in their columns, as in `link[mode=rail,country=RU]`.

The table is named in the singular or the plural. Conditions are joined by commas and must all hold; `|` separates
alternatives within one, and nothing after `=` means an empty cell. Countries are looked up through places: `country`
holds when any place of the row lies there, `origin_country` and `destination_country` look at one end.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.schema import Field
from transcaspian.corridor.tables import Table
from transcaspian.errors import did_you_mean

_FORM = re.compile(r"\s*(?P<table>\w+)\s*\[(?P<conditions>[^\[\]]*)\]\s*")
_EXAMPLE = "write it as link[mode=rail,country=RU]: a table, then column=value, with commas between."
_ENDS = {"origin_country": ("origin", "from_place"), "destination_country": ("destination", "to_place")}


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a selector selects nothing: the kind of problem, what is wrong, and how to mend it."""

    kind: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class _Condition:
    """One `column=value|value`; `places` are the columns that are read through to their country."""

    column: str
    values: tuple[str, ...]
    places: tuple[str, ...] = ()


def is_selector(target: str) -> bool:
    """True when a target is a selector and no id."""
    return "[" in target or "]" in target


def select(corridor: Corridor, selector: str) -> tuple[Table, tuple[str, ...]] | Misfit:
    """The table and the ids of the rows that a selector means, in the table's order; or why there are none."""
    form = _FORM.fullmatch(selector)
    if form is None:
        return Misfit("selector", f"{selector[:60]!r} is neither an id nor a selector", _EXAMPLE)
    table = _find_table(corridor, form["table"])
    if table is None:
        tables = list(corridor.base)
        mend = did_you_mean(form["table"], tables) or f"the tables are {', '.join(tables)}."
        return Misfit("selector", f"there is no table {form['table'][:40]!r}", mend)
    conditions: list[_Condition] = []
    for text in form["conditions"].split(",") if form["conditions"].strip() else ():
        condition = _condition(table, text)
        if isinstance(condition, Misfit):
            return condition
        conditions.append(condition)
    return _fitting(corridor, table, conditions, selector)


def _find_table(corridor: Corridor, word: str) -> Table | None:
    names = (word, f"{word}s", f"{word.removesuffix('y')}ies")
    return next((corridor.base[name] for name in names if name in corridor.base), None)


def _condition(table: Table, text: str) -> _Condition | Misfit:
    column, is_there, values = (part.strip() for part in text.partition("="))
    if not is_there:
        return Misfit("selector", f"{text.strip()[:40]!r} is no condition", _EXAMPLE)
    words = tuple(value.strip().strip("\"'") for value in values.split("|"))
    schema = table.schema
    if column in schema.columns:
        return _Condition(column, words)
    places = [field.name for field in schema.fields if field.references == ("places",) and not field.separator]
    if column in _ENDS:
        places = [name for name in places if name in _ENDS[column]]
    if places and (column == "country" or column in _ENDS):
        return _Condition(column, words, tuple(places))
    offered = [*schema.columns, *(("country",) if places else ())]
    mend = did_you_mean(column, offered) or f"the columns are {', '.join(offered)}."
    return Misfit("selector", f"{table.name} has no column {column[:40]!r}", mend)


def _fitting(
    corridor: Corridor, table: Table, conditions: Sequence[_Condition], selector: str
) -> tuple[Table, tuple[str, ...]] | Misfit:
    rows = set(range(len(table)))
    alone: list[str] = []
    for condition in conditions:
        stands = [set(_contents(corridor, table, condition, row)) for row in range(len(table))]
        own = {row for row, words in enumerate(stands) if words & _as_cells(table, condition)}
        if not own:
            return _no_such_value(table, condition, set().union(*stands) if stands else set())
        alone.append(f"{condition.column}={'|'.join(condition.values)} fits {len(own)}")
        rows &= own
    if rows:
        return table, tuple(row_id for row, row_id in enumerate(table) if row in rows)
    what = f"no row of {table.name} fits {selector[:80]}"
    return Misfit("selects_nothing", what, f"loosen a condition: alone {', '.join(alone) or 'the table is empty'}.")


def _contents(corridor: Corridor, table: Table, condition: _Condition, row: int) -> Iterator[str]:
    """What stands in the cell, or the countries of the row's places, as words that can be compared."""
    if condition.places:
        places = corridor.base["places"]
        for name in condition.places:
            place = table.text(row, name)
            yield places.text(places.get_row(place), "country") if place else ""
        return
    field = table.schema.field(condition.column)
    if field.numeric:
        value = table.estimate(row, field.name)
        yield "" if value is None else f"{value.mid:.12g}"
    elif field.type == "boolean":
        yield "true" if table.flag(row, field.name) else "false"
    elif field.separator and table.text(row, field.name):
        yield from table.items(row, field.name)
    else:
        yield table.text(row, field.name)


def _as_cells(table: Table, condition: _Condition) -> set[str]:
    """The values of a condition in the form of `_contents`."""
    if condition.places or condition.column == "country":
        return {value.upper() for value in condition.values}
    return {_as_cell(table.schema.field(condition.column), value) for value in condition.values}


def _as_cell(field: Field, value: str) -> str:
    if field.numeric and value:
        try:
            number = float(value)
        except ValueError:
            return value
        return f"{number:.12g}" if math.isfinite(number) else value
    return value.lower() if field.type == "boolean" else value


def _no_such_value(table: Table, condition: _Condition, known: set[str]) -> Misfit:
    value = condition.values[0]
    words = sorted(word for word in known if word)
    shown = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    # Of two-letter codes the near ones are no help: all are told.
    near = did_you_mean(value, words) if len(value) > 2 else ""
    mend = near or f"{condition.column} of {table.name} holds {shown or 'nothing'}."
    what = f"no row of {table.name} has {condition.column}={'|'.join(condition.values)[:60]}"
    return Misfit("selects_nothing", what, mend)
