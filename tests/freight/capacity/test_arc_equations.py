"""The equations: each constraint's two-period toy with its programme written out, and equality with the matrix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import linopy
import pytest

from transcaspian.freight.capacity import FlowProblem, arc_equations, solve_capacity_flow
from transcaspian.freight.capacity.arc_equations import (
    add_limits,
    add_node_balance,
    add_pooled_limits,
    add_variables,
    write_equations,
)
from transcaspian.freight.capacity.arc_model import solve_arc_model

from .toys import EXACT, random_problem, toy

#   stock (2 USD) at 0;  0 ──10 USD──► 1, where a berth and a ship limit; 7 t in the first period, 1 t in the second
TOY = toy(
    [(0, 1, 10.0), (0, 0, 2.0, 1)],
    {"berth": ([4.0, 5.0], {0: 1.0}), "ship": ([3.0, 6.0], {0: 0.5})},
    {"steel": (0, 1, [7.0, 1.0])},
    pooled=["ship"],
)


OBJECTIVE = """min
obj:
+10.0 flow(0,0,0)#0
+2.0 flow(0,0,1)#1
+10.0 flow(0,1,0)#2
+100.0 unmet(0,0)#4
+100.0 unmet(0,1)#5
s.t."""
NODE_BALANCE = """node_balance(0,0,0)#0:
+1.0 flow(0,0,0)#0
+1.0 flow(0,0,1)#1
+1.0 unmet(0,0)#4
= 7.0
node_balance(0,1,0)#2:
+1.0 flow(0,1,0)#2
+1.0 unmet(0,1)#5
-1.0 flow(0,0,1)#1
= 1.0"""
LIMIT = """limit(0,0)#{}:
+1.0 flow(0,0,0)#0
<= 4.0
limit(1,0)#{}:
+1.0 flow(0,1,0)#2
<= 5.0"""
POOLED_LIMIT = """pooled_limit(1)#{}:
+0.5 flow(0,0,0)#0
+0.5 flow(0,1,0)#2
<= 9.0"""
BOUNDS = """bounds
+0.0 <=  flow(0,0,0)#0 <= +inf
+0.0 <=  flow(0,0,1)#1 <= +inf
+0.0 <=  flow(0,1,0)#2 <= +inf
+0.0 <=  unmet(0,0)#4 <= +7.0
+0.0 <=  unmet(0,1)#5 <= +1.0
end"""


def written(model: linopy.Model, folder: Path) -> str:
    """The programme as its file says it, without blank lines."""
    model.to_file(folder / "toy.lp", progress=False, explicit_coordinate_names=True)
    text = (folder / "toy.lp").read_text(encoding="utf-8")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def only(add: Callable[[linopy.Model, FlowProblem], None]) -> linopy.Model:
    """The toy's variables under one constraint."""
    model = linopy.Model()
    add_variables(model, TOY)
    add(model, TOY)
    model.add_objective(model["unmet"].sum())
    return model


@pytest.mark.parametrize(
    ("add", "expected"),
    [
        (add_node_balance, NODE_BALANCE),
        (add_limits, LIMIT.format(0, 2)),
        (add_pooled_limits, POOLED_LIMIT.format(1)),
    ],
)
def test_each_constraint_of_the_toy_is_written_as_on_paper(
    add: Callable[[linopy.Model, FlowProblem], None], expected: str, tmp_path: Path
) -> None:
    text = written(only(add), tmp_path)
    assert text.split("s.t.\n")[1].split("\nbounds")[0] == expected


def test_the_whole_toy_is_written_as_on_paper(tmp_path: Path) -> None:
    parts = (OBJECTIVE, NODE_BALANCE, LIMIT.format(4, 6), POOLED_LIMIT.format(9), BOUNDS)
    assert written(write_equations(TOY), tmp_path) == "\n".join(parts)


def test_every_constraint_function_has_its_toy() -> None:
    named = {name for name in dir(arc_equations) if name.startswith("add_")} - {"add_variables"}
    assert named == {"add_node_balance", "add_limits", "add_pooled_limits"}
    assert list(write_equations(TOY).constraints) == ["node_balance", "limit", "pooled_limit"]


def test_the_toy_is_solved_as_by_hand() -> None:
    # 4 t leave at once, 3 wait and leave with the 1 t of the second period: all 8 t at 10 USD, 3 t at 2 USD more.
    assert solve_capacity_flow(TOY).objective_usd == pytest.approx(86.0)
    assert solve_arc_model(TOY).objective_usd == pytest.approx(86.0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["plain", "rounded", "negative"])
def test_equations_matrix_and_paths_are_one_model(seed: int, kind: str) -> None:
    problem = random_problem(seed, rounded=kind == "rounded", negative=kind == "negative")
    model = write_equations(problem)
    model.solve("highs", io_api="direct", output_flag=False)
    assert model.objective.value == pytest.approx(solve_arc_model(problem).objective_usd, rel=EXACT)
    assert model.objective.value == pytest.approx(solve_capacity_flow(problem, ranges=0).objective_usd, rel=EXACT)
