"""Ready-made scenarios, by name: the questions that every command can be asked with `--scenario NAME|FILE`.

A name is a file of `data/scenarios/` without its ending. What is no name is the path of a file; what is neither is
answered with the nearest names.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from transcaspian.errors import Problem, did_you_mean
from transcaspian.scenario.model import Scenario
from transcaspian.scenario.problems import ScenarioError
from transcaspian.scenario.toml import load_scenario

_ENDING = ".toml"


def scenario_folder() -> Path:
    """The folder of the scenarios that ship with the package."""
    return Path(__file__).resolve().parent.parent / "data" / "scenarios"


@cache
def scenario_names() -> tuple[str, ...]:
    """The names of the ready-made scenarios, sorted."""
    return tuple(sorted(path.stem for path in scenario_folder().glob(f"*{_ENDING}")))


def packaged_scenario(name: str) -> Scenario:
    """The ready-made scenario called `name`.

    Raises
    ------
    ScenarioError
        If there is none of this name; the message offers the nearest.
    """
    if name not in scenario_names():
        raise ScenarioError(_unknown(name))
    return load_scenario(scenario_folder() / f"{name}{_ENDING}")


def scenario_path(name_or_file: str) -> Path:
    """Where the scenario stands that `--scenario NAME|FILE` means; a ready-made name goes before a file.

    Returns
    -------
    path
        Of a file, for `apply_file` or `load_scenario`; whether it can be read is theirs to say.

    Raises
    ------
    ScenarioError
        If it is neither a ready-made name nor looks like a file; the message offers the nearest names.
    """
    if name_or_file in scenario_names():
        return scenario_folder() / f"{name_or_file}{_ENDING}"
    path = Path(name_or_file)
    try:
        is_there = bool(name_or_file) and path.exists()
    except (OSError, ValueError):  # a name too long for a file, or with a byte that none may hold
        is_there = False
    if is_there:
        return path
    raise ScenarioError(_unknown(name_or_file))


def find_scenario(name_or_file: str) -> Scenario:
    """The scenario of a ready-made name, or else of a file.

    Raises
    ------
    ScenarioError
        As `scenario_path`, or with every mistake in the file's form.
    """
    return load_scenario(scenario_path(name_or_file))


def _unknown(asked: str) -> Problem:
    names = scenario_names()
    shown = asked if len(asked) <= 60 else f"{asked[:57]}..."
    stem = asked.removesuffix(_ENDING)
    mend = (stem and did_you_mean(stem, names)) or f"the ready-made ones are {', '.join(names)}."
    what = f"{shown!r} is neither a ready-made scenario nor a file"
    return Problem("scenario.unknown", "--scenario", what, mend)
