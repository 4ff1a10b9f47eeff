"""From the words of a command to a corridor: scenario, closings, year.

Answers: which corridor is asked about?  Takes: names and ids.  Gives: `FlowQuestion`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transcaspian.corridor import Corridor, RowChange, load_corridor
from transcaspian.errors import InputError, Problem
from transcaspian.freight.answers import avoided
from transcaspian.scenario import apply_file
from transcaspian.scenario.packaged import scenario_path

FIRST_YEAR, LAST_YEAR = 2024, 2100

# What "closing a corridor" closes: the doors that its ways have and no other corridor's.
CORRIDOR_CLOSINGS: dict[str, tuple[str, ...]] = {
    "northern": ("Belarus", "RUNVS-TRAMR.sea", "RUNVS-TRSSX.ferry", "RUNVS-TRTZX.ferry", "GEPTI-RUNVS.sea"),
    "middle": ("AZALA", "AZBAK", "AZ_HOVSAN"),
    "southern": ("Iran",),
    "ocean": ("XZ_CAPE", "EGSUZ"),
}


@dataclass(frozen=True, slots=True)
class FlowQuestion:
    """A corridor as it is asked about."""

    corridor: Corridor
    year: int
    scenario: str | None
    notes: tuple[Problem, ...]


def read_question(
    *, scenario: str | None = None, year: int = FIRST_YEAR, close: Sequence[str] = (), folder: Path | None = None
) -> FlowQuestion:
    """The corridor with its scenario and what is closed for the whole year.

    Parameters
    ----------
    scenario
        A ready-made name, or a file.
    year
        From 2024 to 2100.
    close
        Ids or names of places, links, services, facilities, countries, or a corridor: northern, middle, southern,
        ocean.
    folder
        Tables instead of the packaged ones.

    Raises
    ------
    InputError
        With every mistake: years, names, ids, the scenario's own.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        what = f"{year} is not a year from {FIRST_YEAR} to {LAST_YEAR}"
        raise InputError(Problem("flows.year", "--year", what, "demand and network are those of 2024 and later plans."))
    corridor = load_corridor(folder)
    notes: tuple[Problem, ...] = ()
    name: str | None = None
    if scenario is not None:
        first, last = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
        applied = apply_file(corridor, scenario_path(scenario), start=first, end=last)
        corridor, notes, name = applied.corridor, applied.notes, applied.scenario.name
    if close:
        corridor = corridor.with_changes(closings(corridor, close))
    return FlowQuestion(corridor, year, name, tuple(notes))


def closings(corridor: Corridor, words: Sequence[str]) -> list[RowChange]:
    """What `--close` asks for; see `read_question`.

    Raises
    ------
    InputError
        With every word that means nothing, and the nearest ids.
    """
    wanted: list[str] = []
    for word in words:
        wanted += _doors(corridor, word) if word.casefold() in CORRIDOR_CLOSINGS else [word]
    try:
        return avoided(corridor, wanted)
    except InputError as error:
        problems = [
            Problem("flows.close", problem.where.replace("--avoid", "--close"), problem.what, problem.mend)
            for problem in error.problems
        ]
        raise InputError(problems) from None


def _doors(corridor: Corridor, word: str) -> list[str]:
    """What closes a corridor, as far as these tables have it."""
    countries = set(corridor["places"].texts("country"))
    codes = {"Belarus": "BY", "Iran": "IR"}
    rows = (corridor["places"], corridor["links"])
    doors = CORRIDOR_CLOSINGS[word.casefold()]
    found = [door for door in doors if codes.get(door) in countries or any(door in table for table in rows)]
    if not found:
        what = f"the corridor {word} has no door in these tables"
        raise InputError(Problem("flows.close", f"--close {word}", what, "close its places, links or services by id."))
    return found
