"""A small simulation for the tests of its pages: eighteen weeks, three replications, and the film of one."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cache

import numpy as np

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.film import Film, make_film
from transcaspian.freight.simulation.replication import Replicate
from transcaspian.freight.simulation.result import SimulationResult, make_result
from transcaspian.freight.simulation.settings import CrossingQuestion, GivenClosure
from transcaspian.freight.simulation.world import World, run_world

SINCE, UNTIL = dt.date(2024, 7, 26), dt.date(2024, 11, 29)
SEED = 7
DEFAULTS = [
    {"name": "travel_time_cv", "value": 0.2, "low": 0.1, "high": 0.4, "basis": "assumption", "reason": "scatter & <b>"},
    {"name": "commodities.cotton.load_t_per_teu", "basis": "assumption"},
]


@cache
def corridor() -> Corridor:
    return load_corridor()


@cache
def result() -> SimulationResult:
    closure = GivenClosure("KZAAU", dt.date(2024, 10, 1), 4.0)
    plan = build_plan(corridor(), CrossingQuestion(SINCE, UNTIL, closures=(closure,)))
    work = Replicate(plan, SEED)
    return make_result(plan, corridor(), SEED, [work(number) for number in range(3)])


@cache
def world() -> World:
    return run_world(result().plan, seed=SEED, replication=0, trace=True)


@cache
def film() -> Film:
    return make_film(result().plan, world(), corridor())


def starving_result() -> SimulationResult:
    """The same, but the queue of ships at Kuryk's rail ferry grows by one a day."""
    arrays = dict(result().arrays)
    queue = arrays["queue_ships"].copy()
    column = result().plan.berth_ids.index("KZKUR.rail_ferry")
    queue[:, :, column] = np.arange(queue.shape[1])
    return dataclasses.replace(result(), arrays=arrays | {"queue_ships": queue})
