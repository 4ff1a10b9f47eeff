"""Ready-made scenarios, by name: the questions that every command can be asked with `--scenario NAME|FILE`.

A name is a file of `data/scenarios/` without its ending. What is no name is the path of a file; what is neither is
answered with the nearest names. Several are asked together by `A+B`, or by `uses = ["A", "B"]` in a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from transcaspian.errors import Problem, did_you_mean
from transcaspian.scenario.model import Change, Scenario
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
    if name_or_file and _is_there(path):
        return path
    raise ScenarioError(_unknown(name_or_file))


def find_scenario(name_or_file: str) -> Scenario:
    """The scenario of a ready-made name, or else of a file; `A+B` is the scenario that uses both.

    Raises
    ------
    ScenarioError
        As `scenario_path`, or with every mistake in a file's form.
    """
    parts = scenario_parts(name_or_file)
    return load_scenario(scenario_path(parts[0])) if len(parts) == 1 else compose(parts)


def every_change(scenario: Scenario) -> tuple[Change, ...]:
    """The changes of a scenario and of those that it uses, in the order in which they are made.

    Raises
    ------
    ScenarioError
        If one that it uses cannot be found or read, or uses itself.
    """
    return _changes_within(scenario, ())


def _changes_within(scenario: Scenario, within: tuple[str, ...]) -> tuple[Change, ...]:
    found: list[Change] = []
    for name in scenario.uses:
        path = str(scenario_path(name).resolve())
        if path in within:
            what = f"{name!r} uses itself, by way of others"
            raise ScenarioError(Problem("scenario.uses", scenario.source, what, "take it out of one of them."))
        found += _changes_within(load_scenario(Path(path)), (*within, path))
    return (*found, *scenario.changes)


def scenario_parts(name_or_file: str) -> tuple[str, ...]:
    """The names and files in `A+B`; a name or a file with a plus in it is one."""
    if "+" not in name_or_file or _is_there(Path(name_or_file)):
        return (name_or_file,)
    return tuple(part.strip() for part in name_or_file.split("+"))


def compose(parts: Sequence[str]) -> Scenario:
    """The scenario that makes the changes of all `parts`, ready-made names or files.

    Raises
    ------
    ScenarioError
        With every part that cannot be found or read.
    """
    found: list[Scenario] = []
    problems: list[Problem] = []
    for part in parts:
        try:
            found.append(load_scenario(scenario_path(part)))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    names = "+".join(scenario.name for scenario in found)
    questions = " ".join(scenario.question for scenario in found if scenario.question)
    return Scenario(names, found[0].base_year, questions, uses=tuple(parts), source=names)


def asked_scenario(names: str | Sequence[str] | None) -> Scenario | None:
    """The scenario that the options `--scenario` of a command mean together; `None` when there is none.

    Raises
    ------
    ScenarioError
        As `find_scenario`.
    """
    given = [names] if isinstance(names, str) else list(names or ())
    parts = [part for name in given for part in scenario_parts(name)]
    if not parts:
        return None
    return find_scenario(parts[0]) if len(parts) == 1 else compose(parts)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long for a file, or with a byte that none may hold
        return False


def _unknown(asked: str) -> Problem:
    names = scenario_names()
    shown = asked if len(asked) <= 60 else f"{asked[:57]}..."
    stem = asked.removesuffix(_ENDING)
    mend = (stem and did_you_mean(stem, names)) or f"the ready-made ones are {', '.join(names)}."
    what = f"{shown!r} is neither a ready-made scenario nor a file"
    return Problem("scenario.unknown", "--scenario", what, mend)
