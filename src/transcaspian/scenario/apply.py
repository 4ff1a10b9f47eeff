"""Apply a scenario to a corridor: every mistake is found before anything is changed.

The result carries the changes with their dates; `Corridor.at(day)` makes those in force on a day. The given
corridor is never touched, and a mistake never falls back on the base case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transcaspian.corridor.model import BASE_YEAR, Corridor
from transcaspian.errors import Problem
from transcaspian.scenario.effects import check_effects
from transcaspian.scenario.model import Scenario
from transcaspian.scenario.packaged import scenario_parts, scenario_path
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
    return _applied(corridor, examine(file_text(path), path.name), start, end, (str(path.resolve()),))


def apply_asked(
    corridor: Corridor, names: str | Sequence[str], *, start: dt.date | None = None, end: dt.date | None = None
) -> Applied:
    """Apply what a command's options `--scenario` mean together: ready-made names, files, or `A+B` of them.

    Raises
    ------
    ScenarioError
        With all mistakes of form and content in all of them, conflicts between them included.
    """
    given = [names] if isinstance(names, str) else list(names)
    parts = [part for name in given for part in scenario_parts(name)]
    if len(parts) == 1:
        return apply_file(corridor, scenario_path(parts[0]), start=start, end=end)
    name = "+".join(Path(part).stem for part in parts)
    return _applied(corridor, Reading(Scenario(name, BASE_YEAR, uses=tuple(parts))), start, end)


def _applied(
    corridor: Corridor, reading: Reading, start: dt.date | None, end: dt.date | None, within: tuple[str, ...] = ()
) -> Applied:
    scenario = reading.scenario
    report = Report(scenario)
    for number, problem in reading.found:
        report.enter(number, problem)
    year_is_wrong = scenario.base_year != BASE_YEAR
    if year_is_wrong and not any(problem.where.endswith("field base_year") for _, problem in reading.found):
        what = f"is {scenario.base_year}, but the corridor's base year is {BASE_YEAR}"
        report.add("base_year", what, f"write base_year = {BASE_YEAR}, and dates for later years.", key="base_year")
    run = get_run(BASE_YEAR, start, end)
    used, problems, notes = corridor, list[Problem](), list[Problem]()
    for name in scenario.uses:
        try:
            applied = _used(used, name, run, within, report)
        except ScenarioError as error:  # go on without it: all mistakes are said together
            problems += error.problems
            continue
        used = applied.corridor
        notes += applied.notes
    drafts = _drafts(used, reading, run, report)
    if problems or report.errors:
        raise ScenarioError([*problems, *report.errors])
    changed = used.with_changes([draft.row_change for draft in drafts])
    return Applied(changed, scenario, (*notes, *report.notes))


def _used(corridor: Corridor, name: str, run: Run, within: tuple[str, ...], report: Report) -> Applied:
    """The corridor with the changes of a scenario that another uses; `within` are the files it stands in."""
    try:
        path = scenario_path(name)
    except ScenarioError as error:
        report.add("unknown", error.problems[0].what, error.problems[0].mend, key="uses")
        return Applied(corridor, report.scenario, ())
    file = str(path.resolve())
    if file in within:
        report.add("uses", f"{name!r} uses itself, by way of others", "take it out of one of them.", key="uses")
        return Applied(corridor, report.scenario, ())
    reading = examine(file_text(path), path.name)
    return _applied(corridor, reading, run.start, run.end, (*within, file))


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
    return check_effects(corridor, drafts, run, report)
