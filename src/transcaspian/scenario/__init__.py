"""Scenarios: dated changes to a corridor, in TOML, applied without touching the base.

Answers: what if?  Start reading at `scenario/README.md`, then `scenario/apply.py`.
Takes: `Corridor`, a scenario's TOML.  Gives: a new `Corridor`.  Never knows: solvers.
"""

from transcaspian.scenario.apply import Applied, apply, apply_asked, apply_file, apply_with_notes
from transcaspian.scenario.model import Change, Scenario
from transcaspian.scenario.packaged import (
    asked_scenario,
    every_change,
    find_scenario,
    packaged_scenario,
    scenario_names,
    scenario_path,
)
from transcaspian.scenario.problems import PROBLEM_TYPES, ScenarioError
from transcaspian.scenario.toml import load_scenario, read_scenario, write_scenario

__all__ = [
    "PROBLEM_TYPES",
    "Applied",
    "Change",
    "Scenario",
    "ScenarioError",
    "apply",
    "apply_asked",
    "apply_file",
    "apply_with_notes",
    "asked_scenario",
    "every_change",
    "find_scenario",
    "load_scenario",
    "packaged_scenario",
    "read_scenario",
    "scenario_names",
    "scenario_path",
    "write_scenario",
]
