"""What a closure does: nobody is served, what comes in it waits for days, and the rest of the year is as it was.

Paired differences: the same year with and without the closure, from the same random numbers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._world import World
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.settings import CrossingQuestion, GivenClosure
from transcaspian.freight.simulation.world import run_world, shut_intervals

from .helpers import differences, interval, window

SHUT = dt.date(2024, 5, 10)  # no storms then
DAYS = 10
QUESTION = CrossingQuestion(dt.date(2024, 4, 15), dt.date(2024, 9, 15))
KURYK_BERTHS = "KZKUR.rail_ferry"


@pytest.fixture(scope="module")
def open_port(packaged: Corridor) -> Plan:
    return build_plan(packaged, QUESTION)


@pytest.fixture(scope="module")
def shut_port(packaged: Corridor) -> Plan:
    return build_plan(packaged, replace(QUESTION, closures=(GivenClosure("KZKUR", SHUT, DAYS),)))


def test_no_ship_leaves_a_shut_port(base_year: Plan, shut_port: Plan) -> None:
    """Over a year of storms and in a given closure; a ship may leave in the hour in which the port opens."""
    for plan in (base_year, shut_port):
        world = run_world(plan, seed=1, replication=0)
        closed = shut_intervals(plan, seed=1, replication=0)
        voyages = world.voyages[: world.counters[w.N_VOYAGES]]
        ends = 2 * plan.ships["line"][voyages[:, 0].astype(int)] + voyages[:, 1].astype(int)
        held = 0
        for gate, intervals in closed.items():
            left = voyages[plan.ends["gate"][ends] == gate, 2]
            for since, until in intervals:
                assert not np.any((left >= since) & (left < until))
                held += np.count_nonzero(left == until)
        assert held > 10  # some did wait for it


def test_no_ship_moors_in_a_shut_port_and_work_at_the_berth_goes_on(shut_port: Plan, open_port: Plan) -> None:
    berth = shut_port.berth_ids.index(KURYK_BERTHS)
    busy_h = 0.0
    for n in range(4):
        shut = run_world(window(shut_port, SHUT, DAYS), seed=2, replication=n).berths[berth]
        usual = run_world(window(open_port, SHUT, DAYS), seed=2, replication=n).berths[berth]
        assert shut["calls"] == 0
        assert usual["calls"] > 10
        busy_h += shut["busy_h"]  # of those who were moored before, and of those who may not leave
    assert busy_h > 0


def kuryk_journeys_h(plan: Plan, world: World) -> float:
    """From door to door, of all that crosses by Kuryk."""
    lines = {"railferry-kuryk-alat", "ropax-kuryk-alat"}
    rows = np.array([flow.service in lines and not flow.empty for flow in plan.flow_info])
    return float(world.journeys[rows, 1].sum() / world.journeys[rows, 0].sum())


def test_ten_days_delay_by_days_what_comes_then_and_leave_the_rest_as_it_was(open_port: Plan, shut_port: Plan) -> None:
    def delay_h(first: dt.date, days: int) -> tuple[float, float]:
        one, other = window(open_port, first, days), window(shut_port, first, days)
        return interval(differences(one, other, lambda world: kuryk_journeys_h(one, world), replications=8))

    assert delay_h(dt.date(2024, 4, 15), 25) == (0.0, 0.0)  # nothing knows of it beforehand
    low, high = delay_h(SHUT, DAYS + 14)
    assert low > 24
    assert high < 24 * DAYS + 24
    low, high = delay_h(dt.date(2024, 7, 10), 60)
    assert low <= 0 <= high
    assert high - low < 12


def test_after_a_closure_queues_return_to_what_they_were(open_port: Plan, shut_port: Plan) -> None:
    """Ships at Kuryk's berths and wagons and lorries on its quay: more in the closure, as many two months later."""
    berth = [shut_port.berth_ids.index(KURYK_BERTHS)]
    ends = [n for n, port in enumerate(shut_port.end_ports) if port == "KZKUR"]
    first = (SHUT - QUESTION.since).days
    pairs = [[run_world(plan, seed=3, replication=n) for plan in (open_port, shut_port)] for n in range(8)]
    for name, columns, least in (("queue_ships", berth, 1.0), ("queue_units", ends, 100.0)):
        more = np.array([
            (getattr(shut, name)[:, columns] - getattr(usual, name)[:, columns]).sum(axis=1) for usual, shut in pairs
        ])  # fmt: skip
        assert np.all(more[:, :first] == 0)
        then, late = more[:, first + 5 : first + DAYS].mean(axis=1), more[:, first + 60 :].mean(axis=1)
        assert interval(then)[0] > least
        low, high = interval(late)
        assert low <= 0 <= high
        assert abs(late.mean()) < 0.1 * then.mean()
