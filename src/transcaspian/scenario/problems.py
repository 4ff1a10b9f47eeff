"""What can be wrong with a scenario, and the report that gathers it all before anything is raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from transcaspian.errors import InputError, Problem
from transcaspian.scenario.model import Scenario

# Every type of problem of this room; the README explains each, and a test makes each happen.
PROBLEM_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "scenario.unknown": "there is no ready-made scenario of this name and no such file",
        "scenario.file": "the file cannot be read",
        "scenario.toml": "the text is not TOML",
        "scenario.key": "a key is unknown or missing",
        "scenario.type": "a value is of the wrong type",
        "scenario.base_year": "the scenario is about another year than the corridor",
        "scenario.run": "the run ends before it begins",
        "scenario.uses": "a scenario uses itself",
        "scenario.selector": "the selector cannot be read",
        "scenario.selects_nothing": "no row fits the selector",
        "scenario.unknown_id": "no row has the target's id",
        "scenario.ambiguous_id": "rows of two tables have the target's id",
        "scenario.unknown_column": "the target's table has no such column",
        "scenario.column": "the column cannot be changed in this way",
        "scenario.value": "the value does not fit the column",
        "scenario.bounds": "the quantity would leave its bounds",
        "scenario.empty_cell": "an unknown quantity is scaled or added to",
        "scenario.period": "the period has no day in it, or cannot be a part of the run",
        "scenario.after_run": "the change begins after the run",
        "scenario.before_run": "the change is over before the run",
        "scenario.set_twice": "two changes set one field on one day",
        "scenario.close": "the target cannot be closed",
        "scenario.changes_nothing": "the change leaves everything as it is",
        "scenario.cut": "a period is cut to the run (said, not an error)",
    }
)


class ScenarioError(InputError):
    """A scenario that cannot be read or applied, with every problem found in it."""


@dataclass
class Report:
    """Problems and notes in the order of the changes they concern; change 0 is the scenario as a whole."""

    scenario: Scenario
    _found: list[tuple[int, Problem]] = field(default_factory=list)

    def add(self, kind: str, what: str, mend: str, *, change: int = 0, key: str = "", severity: str = "error") -> None:
        """Enter one finding; `key` is the TOML key it is about, such as `scale.capacity_t_per_day`."""
        problem = Problem(f"scenario.{kind}", self._where(change, key), what, mend, severity)
        self._found.append((change, problem))

    def enter(self, change: int, problem: Problem) -> None:
        """Enter a finding that another report made."""
        self._found.append((change, problem))

    def _where(self, change: int, key: str) -> str:
        scenario = self.scenario
        parts = [scenario.source or f"scenario {scenario.name}"]
        if 0 < change <= len(scenario.lines):
            lines = scenario.lines[change - 1]
            line = lines.get(key.split(".", maxsplit=1)[0], lines.get(""))
            parts += [f"line {line}"] if line else []
        parts += [f"change {change}"] if change else []
        parts += [f"field {key}"] if key else []
        return ", ".join(parts)

    @property
    def found(self) -> list[tuple[int, Problem]]:
        """All findings with the number of their change, in the order of the changes."""
        return sorted(self._found, key=lambda item: item[0])

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What stops the scenario."""
        return tuple(problem for _, problem in self.found if problem.severity == "error")

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is only said."""
        return tuple(problem for _, problem in self.found if problem.severity != "error")
