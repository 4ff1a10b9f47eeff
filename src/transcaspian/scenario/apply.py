"""Apply a scenario to a corridor: every mistake is found before anything is changed.

The result carries the changes with their dates; `Corridor.at(day)` makes those in force on a day. The given
corridor is never touched, and a mistake never falls back on the base case.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from transcaspian.corridor.model import BASE_YEAR, Corridor
from transcaspian.errors import Problem
from transcaspian.scenario.effects import check_effects
from transcaspian.scenario.model import Scenario
from transcaspian.scenario.periods import Run, get_run, period_in_run
from transcaspian.scenario.problems import Report, ScenarioError
from transcaspian.scenario.rows import Draft, draft_changes
from transcaspian.scenario.toml import Reading, examine, file_text


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """A corridor with a scenario's changes, and what is to be said about them (periods cut to the run)."""

    corridor: Corridor
    scenario: Scenario
    notes: tuple[Problem, ...]


def apply(
    corridor: Corridor, scenario: Scenario, *, start: dt.date | None = None, end: dt.date | None = None
) -> Corridor:
    """A new corridor with every change of the scenario; the given one is never touched.

    Parameters
    ----------
    corridor
        The corridor of the scenario's base year, or one to which another scenario has been applied.
    scenario
        What is to be changed.
    start, end
        The run [start, end): periods are cut to it, and a change outside it is an error. By default the base
        year; without `end` the run lasts to the next 1 January. The result answers for days of the run.

    Returns
    -------
    corridor
        Changes that last the whole run are in force at once, the others on their days: ask `corridor.at(day)`.

    Raises
    ------
    ScenarioError
        With all mistakes: see `PROBLEM_TYPES`.
    """
    return apply_with_notes(corridor, scenario, start=start, end=end).corridor


def apply_with_notes(
    corridor: Corridor, scenario: Scenario, *, start: dt.date | None = None, end: dt.date | None = None
) -> Applied:
    """Like `apply`, and hands back what is to be said to the user: which periods were cut to the run.

    Raises
    ------
    ScenarioError
        With all mistakes.
    """
    return _applied(corridor, Reading(scenario), start, end)


def apply_file(corridor: Corridor, path: Path, *, start: dt.date | None = None, end: dt.date | None = None) -> Applied:
    """Read a scenario's file and apply it; mistakes of form and of content are reported together.

    Raises
    ------
    ScenarioError
        With all mistakes.
    """
    return _applied(corridor, examine(file_text(path), path.name), start, end)


def _applied(corridor: Corridor, reading: Reading, start: dt.date | None, end: dt.date | None) -> Applied:
    scenario = reading.scenario
    report = Report(scenario)
    for number, problem in reading.found:
        report.enter(number, problem)
    year_is_wrong = scenario.base_year != BASE_YEAR
    if year_is_wrong and not any(problem.where.endswith("field base_year") for _, problem in reading.found):
        what = f"is {scenario.base_year}, but the corridor's base year is {BASE_YEAR}"
        report.add("base_year", what, f"write base_year = {BASE_YEAR}, and dates for later years.", key="base_year")
    drafts = _drafts(corridor, reading, get_run(BASE_YEAR, start, end), report)
    if report.errors:
        raise ScenarioError(report.errors)
    return Applied(corridor.with_changes([draft.row_change for draft in drafts]), scenario, report.notes)


def _drafts(corridor: Corridor, reading: Reading, run: Run, report: Report) -> list[Draft]:
    """The single changes of the scenario that can be made; the report has the others."""
    drafts: list[Draft] = []
    for number, change in enumerate(reading.scenario.changes, start=1):
        if change.empty and number not in reading.incomplete:
            mend = "give it set, scale, add or close, or delete it."
            report.add("changes_nothing", "changes nothing: it only names a target", mend, change=number)
        period = period_in_run(change, number, run, report)
        drafted = draft_changes(corridor, change, number, period, report)
        drafts += drafted if period else []
    check_effects(corridor, drafts, run, report)
    return drafts
