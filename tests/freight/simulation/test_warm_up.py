"""Ninety days of warm-up are enough: a longer one changes nothing that is counted."""

from __future__ import annotations

import datetime as dt

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation._world import World
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.settings import CrossingQuestion
from transcaspian.freight.simulation.world import run_world

from .helpers import interval, window

REPLICATIONS = 12
FIRST, DAYS = dt.date(2024, 6, 1), 60


def measures(world: World) -> list[float]:
    """Hours of a tonne, lorry or box from door to door; arrivals; calls; hours that ships wait; cargo at the quays."""
    journeys = world.journeys.sum(axis=0)
    return [journeys[1] / journeys[0], journeys[0], world.berths["calls"].sum(), world.berths["queue_h"].sum(),
            world.queue_units.sum(axis=1).mean()]  # fmt: skip


def test_a_warm_up_of_180_days_counts_the_same_as_one_of_90(packaged: Corridor) -> None:
    """Two months of summer after 90 and after 180 days, on different random numbers; differences of the means."""

    def sampled(since: dt.date, seed: int) -> np.ndarray:
        plan: Plan = window(build_plan(packaged, CrossingQuestion(since, FIRST + dt.timedelta(days=DAYS))), FIRST, DAYS)
        return np.array([measures(run_world(plan, seed=seed, replication=n)) for n in range(REPLICATIONS)])

    usual, longer = sampled(FIRST, 1), sampled(FIRST - dt.timedelta(days=90), 2)
    for one, other in zip(usual.T, longer.T, strict=True):
        low, high = interval(one - other)
        assert low <= 0 <= high
        assert high - low < one.mean()


def test_the_run_begins_empty_and_fills_in_the_warm_up(spring: Plan) -> None:
    """On the first days nothing has arrived; without a warm-up they would be counted."""
    first = window(spring, spring.start.date(), 10)
    usual = window(spring, spring.since.date(), 10)
    early, late = (run_world(plan, seed=1, replication=0).journeys[:, 0].sum() for plan in (first, usual))
    assert early < 0.9 * late
