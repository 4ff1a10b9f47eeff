"""Questions that cannot be simulated are refused with all that is wrong, where, and how to mend it."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from transcaspian.corridor import Corridor, RowChange
from transcaspian.errors import InputError, Problem
from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.settings import CrossingQuestion, GivenClosure
from transcaspian.freight.simulation.world import run_world
from transcaspian.scenario import Change, Scenario, ScenarioError, apply

JUNE = (dt.date(2024, 6, 1), dt.date(2024, 7, 1))


def refused(corridor: Corridor | None = None, **question: object) -> list[Problem]:
    def ask() -> None:
        asked = CrossingQuestion(*JUNE, **question)  # type: ignore[arg-type]
        if corridor is not None:
            build_plan(corridor, asked)

    with pytest.raises(InputError) as caught:
        ask()
    assert all(problem.what and problem.mend for problem in caught.value.problems)
    return list(caught.value.problems)


@pytest.mark.parametrize("growth", [0.0, -1.0, math.nan, math.inf])
def test_demand_grows_by_a_number_above_nothing(growth: float) -> None:
    assert [problem.where for problem in refused(growth=growth)] == ["--growth"]


@pytest.mark.parametrize(
    ("since", "days", "word"),
    [
        (dt.date(2024, 7, 1), 3.0, "after the run"),
        (dt.date(2024, 5, 1), 31.0, "before the run"),
        (dt.date(2024, 6, 5), 0.0, "no day"),
        (dt.date(2024, 6, 5), -2.0, "no day"),
        (dt.date(2024, 6, 5), math.nan, "no day"),
    ],
)
def test_a_closure_lies_in_the_run(since: dt.date, days: float, word: str) -> None:
    (problem,) = refused(closures=(GivenClosure("KZAAU", since, days),))
    assert problem.where.startswith(f"--close KZAAU:{since}:")
    assert word in problem.what


def test_every_unknown_port_is_named(packaged: Corridor) -> None:
    closures = tuple(GivenClosure(port, JUNE[0], 2.0) for port in ("Atlantis", "KZAAU", "Lemuria"))
    problems = refused(packaged, closures=closures)
    assert len(problems) == 2
    assert all(name in str(problem) for name, problem in zip(("Atlantis", "Lemuria"), problems, strict=True))


def test_a_place_that_is_no_port_is_told_from_one_that_does_not_exist(packaged: Corridor) -> None:
    (problem,) = refused(packaged, closures=(GivenClosure("KZHOR", JUNE[0], 2.0),))
    assert (problem.type, problem.where) == ("simulate.port_unknown", "--close KZHOR")
    assert "KZAAU" in problem.mend


def test_a_sea_that_leaves_berths_dry_names_every_port(packaged: Corridor) -> None:
    problems = refused(packaged, level_m_bs=-34.0)
    assert {"KZAAU", "TMKRW", "RUMCX"} <= {problem.where for problem in problems}
    assert all("level of -34" in problem.what for problem in problems)


def test_ships_that_a_low_sea_does_not_bear_are_laid_up_and_named(packaged: Corridor) -> None:
    plan = build_plan(packaged, CrossingQuestion(*JUNE, level_m_bs=-31.5))
    idle = set(np.array(plan.ship_ids)[(plan.active == 0).any(axis=0)])
    assert idle
    assert {note.where for note in plan.notes if note.type == "simulate.laid_up"} == idle
    assert np.all(plan.payload_t[plan.active == 1] > 0)


def test_a_run_has_a_day() -> None:
    with pytest.raises(InputError) as caught:
        CrossingQuestion(JUNE[1], JUNE[0])
    assert [problem.where for problem in caught.value.problems] == ["--until"]


@pytest.mark.parametrize(
    ("row_id", "column", "value"),
    [
        ("KZKUR.rail_ferry", "servers", 0.0),
        ("KZKUR.rail_ferry", "rate_units_per_h", -5.0),
        ("KZHOR.border", "rate_units_per_h", 0.0),
        ("asco-barda", "speed_kn", -12.0),
    ],
)
def test_no_scenario_gives_zero_berths_or_negative_rates(
    packaged: Corridor, row_id: str, column: str, value: float
) -> None:
    with pytest.raises(ScenarioError) as caught:
        apply(packaged, Scenario("bad", 2024, changes=(Change(row_id, set={column: value}),)))
    assert column in str(caught.value)


def test_all_that_is_wrong_with_a_question_is_said_at_once() -> None:
    closures = (GivenClosure("KZAAU", dt.date(2025, 1, 1), 3.0), GivenClosure("KZKUR", JUNE[0], -1.0))
    assert len(refused(growth=-1.0, closures=closures)) == 3


def test_a_replication_is_not_negative(spring: Plan) -> None:
    with pytest.raises(InputError):
        run_world(spring, seed=1, replication=-1)


def test_a_dated_closure_of_a_line_holds_its_ships_and_no_others(packaged: Corridor) -> None:
    line = "ropax-kuryk-alat"
    change = RowChange("services", line, "close", since=dt.date(2024, 6, 8), until=dt.date(2024, 6, 18))
    plan = build_plan(packaged.with_changes([change]), CrossingQuestion(*JUNE))
    usual = build_plan(packaged, CrossingQuestion(*JUNE))
    since_h, until_h = plan.hour(dt.datetime(2024, 6, 8)), plan.hour(dt.datetime(2024, 6, 18))
    sailed = []
    for case in (usual, plan):
        world = run_world(case, seed=1, replication=0)
        voyages = world.voyages[: world.counters[w.N_VOYAGES]]
        lines = case.ships["line"][voyages[:, 0].astype(int)]
        inside = (voyages[:, 2] >= since_h) & (voyages[:, 2] < until_h)
        sailed.append(np.bincount(lines[inside], minlength=len(case.line_ids)))
    number = plan.line_ids.index(line)
    assert sailed[0][number] > 0
    assert sailed[1][number] == 0
    assert np.count_nonzero(np.delete(sailed[1], number)) >= 8
