"""The bare port in cimba, the lean way: berths are processes that take ships from a store. cimba 0.9.

Importing it compiles nothing yet; the first experiment does.
"""

from __future__ import annotations

from cimba import random, sim

BERTHS = 3


class Port(sim.Model):
    interval_h: sim.Param
    service_h: sim.Param
    mean_wait_h: sim.Output
    wait_h: sim.Output
    line: sim.Store
    ships: sim.State


port = Port("port")


@port.process
def arrivals(env: Port):
    while True:
        sim.hold(random.exponential(env.interval_h))
        env.line.put(sim.f2i(sim.now()))


@port.process(copies=BERTHS)
def berth(env: Port):
    while True:
        ship = env.line.take()
        env.wait_h = env.wait_h + (sim.now() - sim.i2f(ship))
        env.ships = env.ships + 1
        sim.hold(random.exponential(env.service_h))


@port.collect
def waits(env: Port):
    env.mean_wait_h = env.wait_h / env.ships


def mean_wait_h(*, interval_h: float, service_h: float, hours: float, seed: int) -> float:
    """Mean wait of a ship over a run that begins empty."""
    experiment = port.experiment(interval_h=interval_h, service_h=service_h, duration=hours, warmup=0.0, seed=seed)
    experiment.run()
    return float(experiment["mean_wait_h"][0])
