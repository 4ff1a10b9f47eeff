"""The kernel against SimPy: every departure of every ship, and every journey, from the same random numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from transcaspian.corridor import Corridor, RowChange
from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._world import N_VOYAGES
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.settings import CrossingQuestion, GivenClosure
from transcaspian.freight.simulation.world import run_world, shut_intervals

from .helpers import tiny_plan
from .oracle import Crossing
from .oracle_parts import closed_intervals

SAME_H = 1e-9  # hours, and shares
SAME = 1e-9  # relative, of sums over thousands of journeys


def assert_same(plan: Plan, *, seed: int, replication: int) -> None:
    """Ship, side, departure, arrival, shares of deck and payload of every voyage; hours by cause of every flow."""
    world = run_world(plan, seed=seed, replication=replication)
    crossing = Crossing(plan, seed=seed, replication=replication).run()
    ours, theirs = world.voyages[: world.counters[N_VOYAGES]], np.array(crossing.voyages)
    assert ours.shape == theirs.shape
    assert ours.shape[0] > 100
    ours, theirs = (rows[np.lexsort((rows[:, 2], rows[:, 0]))] for rows in (ours, theirs))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=SAME_H)
    np.testing.assert_allclose(world.journeys, crossing.journeys, rtol=SAME, atol=1e-6)


def test_every_ship_departs_in_a_year_as_in_simpy(base_year: Plan) -> None:
    assert_same(base_year, seed=7, replication=4)


def test_every_ship_departs_as_in_simpy_when_ports_are_shut_and_demand_is_higher(packaged: Corridor) -> None:
    closures = (GivenClosure("KZKUR", dt.date(2024, 10, 5), 10), GivenClosure("AZALA", dt.date(2024, 10, 15), 3))
    question = CrossingQuestion(dt.date(2024, 10, 1), dt.date(2024, 10, 25), growth=1.5, closures=closures)
    assert_same(build_plan(packaged, question), seed=2, replication=3)


def test_every_ship_departs_as_in_simpy_after_a_replayed_record(packaged: Corridor) -> None:
    closures = (GivenClosure("KZAAU", dt.date(2024, 1, 20), 4.5),)
    question = CrossingQuestion(dt.date(2024, 1, 15), dt.date(2024, 2, 5), growth=0.6, closures=closures, storms=False)
    assert_same(build_plan(packaged, question), seed=-1, replication=0)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_ship_departs_as_in_simpy_under_rules_that_the_base_year_hardly_uses(
    packaged: Corridor, seed: int
) -> None:
    """Timetables of ships, yards that are full, ships and berths that come and go, a line that is shut, breakdowns."""
    closed = RowChange("services", "ropax-kuryk-alat", "close", since=dt.date(2024, 5, 20), until=dt.date(2024, 6, 3))
    question = CrossingQuestion(dt.date(2024, 5, 1), dt.date(2024, 6, 10), growth=1.6)
    plan = build_plan(packaged.with_changes([closed]), question)
    rng = np.random.default_rng(seed)
    ends, ships, yards, stations = plan.ends.copy(), plan.ships.copy(), plan.yards.copy(), plan.stations.copy()
    ends["policy"][rng.random(ends.size) < 0.4] = w.AT_INTERVALS
    ends["next_slot_h"] = rng.uniform(0, 50, ends.size)
    ends["yard"][ends["yard"] < 0] = 1
    ships["break_chance"], ships["repair_mean_h"] = 0.1, 40.0
    ships["sail_cv"][rng.random(ships.size) < 0.3] = -1.0
    stations["gate"][:40] = 0
    yards = np.concatenate((yards, yards))
    yards["room"] = (80.0, 30_000.0)  # boxes at Alat; all else shares one
    changed = replace(
        plan, ends=ends, ships=ships, yards=yards, stations=stations, yard_ids=(*plan.yard_ids, "everywhere"),
        active=(rng.random(plan.active.shape) < 0.8).astype(np.int64),
        berth_servers=rng.integers(1, 4, plan.berth_servers.shape),
        given=tuple((gate, 24.0 * day, 24.0 * day + 72) for gate, day in ((0, 30), (1, 31), (2, 32), (0, 100))),
    )  # fmt: skip
    assert_same(changed, seed=seed, replication=0)
    assert run_world(changed, seed=seed, replication=0).yards["queue_h"].max() > 0


def test_the_repair_shop_runs_as_in_simpy() -> None:
    plan = tiny_plan(ships=9, berths=2, service_h=7.0, sail_h=11.0, hours=2000.0)
    assert_same(plan, seed=3, replication=1)


@pytest.mark.parametrize("replication", range(5))
def test_storms_are_those_of_the_independent_model(base_year: Plan, replication: int) -> None:
    ours = shut_intervals(base_year, seed=1, replication=replication)
    theirs = closed_intervals(base_year, seed=1, replication=replication)
    assert ours.keys() == theirs.keys()
    for gate, intervals in ours.items():
        np.testing.assert_allclose(intervals, theirs[gate], rtol=0, atol=SAME_H)
