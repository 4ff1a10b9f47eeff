"""Which way things move, as paired differences with their intervals: feeders, dredging, demand, storms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np

from transcaspian.corridor import Corridor, RowChange
from transcaspian.freight.simulation._world import World
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.settings import CrossingQuestion
from transcaspian.freight.simulation.world import run_world

from .helpers import differences, interval, only_lines, with_ships

FEEDER = "feeder-aktau-alat"
BOX_LINES = (FEEDER, "feeder-turkmenbashi-alat")  # they share the berths at Alat
YEAR = (dt.date(2024, 1, 1), dt.date(2025, 1, 1))
HALF_YEAR = (dt.date(2024, 4, 1), dt.date(2024, 10, 1))
REPLICATIONS = 12


def feeders(packaged: Corridor, growth: float) -> Plan:
    return only_lines(build_plan(packaged, CrossingQuestion(*YEAR, growth=growth)), BOX_LINES)


def of_feeder(plan: Plan) -> np.ndarray:
    return np.array([flow.service == FEEDER and not flow.empty for flow in plan.flow_info])


def journey_h(plan: Plan, world: World) -> float:
    rows = of_feeder(plan)
    return float(world.journeys[rows, 1].sum() / world.journeys[rows, 0].sum())


def gain(plan: Plan, ships: int, value: Callable[[Plan, World], float]) -> np.ndarray:
    """What one feeder more than `ships` adds to a value, by replication."""
    fewer, more = with_ships(plan, FEEDER, ships), with_ships(plan, FEEDER, ships + 1)
    return differences(fewer, more, lambda world: value(plan, world), replications=REPLICATIONS)


def boxes(plan: Plan, world: World) -> float:
    """Loaded boxes that crossed in the year."""
    return float(world.shipped[:, of_feeder(plan)].sum())


def test_at_three_times_the_demand_a_seventh_feeder_helps_less_than_the_sixth(packaged: Corridor) -> None:
    plan = feeders(packaged, 3.0)
    sixth, seventh = gain(plan, 5, boxes), gain(plan, 6, boxes)
    assert interval(seventh)[0] > 0
    assert interval(sixth - seventh)[0] > 0


def test_at_the_demand_of_2024_neither_carries_measurably_more(packaged: Corridor) -> None:
    """What comes is carried by five as by seven; one more ship saves a box some six hours of three weeks."""
    plan = feeders(packaged, 1.0)
    for ships in (5, 6):
        low, high = interval(gain(plan, ships, boxes))
        assert low <= 0 <= high
        assert high - low < 0.05 * 25_000
        assert interval(gain(plan, ships, journey_h))[0] > -24


TANKERS = "tanker-aktau-sangachal"  # at this level Aktau's oil berths are the shallower end


def low_sea(packaged: Corridor, *dredged: str) -> Plan:
    deeper = packaged.with_changes(
        [RowChange("depths", f"{berths}.depth", "add", "depth_m", 1.0) for berths in dredged]
    )
    return only_lines(build_plan(deeper, CrossingQuestion(*HALF_YEAR, level_m_bs=-29.2)), (TANKERS,))


def test_dredging_the_deeper_end_alone_gains_nothing(packaged: Corridor) -> None:
    """Not a tonne and not a minute: the other end binds."""
    plan, deeper = low_sea(packaged), low_sea(packaged, "AZSAN.oil_berths")
    assert np.array_equal(plan.payload_t, deeper.payload_t)
    for n in range(3):
        one, other = (run_world(case, seed=1, replication=n) for case in (plan, deeper))
        assert one.voyages.tobytes() == other.voyages.tobytes()


def test_dredging_the_end_that_binds_saves_trips(packaged: Corridor) -> None:
    plan, deeper = low_sea(packaged), low_sea(packaged, "KZAAU.oil_berths")
    own = plan.ships["line"] == plan.line_ids.index(TANKERS)
    gained_t = deeper.payload_t[:, own] - plan.payload_t[:, own]
    assert np.all(gained_t >= 0)  # the smaller ones are full as it is
    assert gained_t.max() > 1000
    fewer = differences(
        plan, deeper, lambda world: float(world.ships["trips"][own, 0].sum()), replications=REPLICATIONS
    )
    tonnes = differences(
        plan, deeper, lambda world: float(world.ships["carried_t"][own, 0].sum()), replications=REPLICATIONS
    )
    assert interval(fewer)[1] < 0
    low, high = interval(tonnes)
    assert low <= 0 <= high or low > 0  # as much crude, or more


def test_at_four_times_the_demand_boxes_wait_for_days(packaged: Corridor) -> None:
    usual, more = feeders(packaged, 1.0), feeders(packaged, 4.0)
    low, _ = interval(differences(usual, more, lambda world: journey_h(usual, world), replications=REPLICATIONS))
    assert low > 72
