"""Scenarios in a line or two, and what is said about them."""

import datetime as dt

import numpy as np
import pytest

from transcaspian.corridor import Corridor, Estimate3
from transcaspian.errors import Problem
from transcaspian.scenario import Change, Scenario, ScenarioError, apply


def day(month: int, of_month: int = 1, year: int = 2024) -> dt.date:
    return dt.date(year, month, of_month)


def asking(*changes: Change, base_year: int = 2024) -> Scenario:
    return Scenario("question", base_year, changes=changes)


def problems_of(corridor: Corridor, *changes: Change, **run: dt.date) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as raised:
        apply(corridor, asking(*changes), **run)
    return raised.value.problems


def the_problem(corridor: Corridor, *changes: Change, **run: dt.date) -> Problem:
    (problem,) = problems_of(corridor, *changes, **run)
    assert problem.mend
    return problem


def quantity(corridor: Corridor, row_id: str, column: str) -> Estimate3 | None:
    table = corridor[corridor.get_table(row_id)]
    return table.estimate(table.get_row(row_id), column)


def mid(corridor: Corridor, row_id: str, column: str) -> float:
    value = quantity(corridor, row_id, column)
    assert value is not None
    return value.mid


def word(corridor: Corridor, row_id: str, column: str) -> str:
    table = corridor[corridor.get_table(row_id)]
    return table.text(table.get_row(row_id), column)


def assert_same_tables(one: Corridor, other: Corridor) -> None:
    """Every cell of every table equal to the byte, and the same rows closed."""
    assert one.closed == other.closed
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        for mine, theirs in (
            (table.mid, other[name].mid),
            (table.low, other[name].low),
            (table.high, other[name].high),
        ):
            assert mine.keys() == theirs.keys()
            for column in mine:
                np.testing.assert_array_equal(mine[column], theirs[column], strict=True)
