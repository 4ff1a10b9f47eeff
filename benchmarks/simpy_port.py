"""The bare port as a SimPy textbook has it: a process for each ship, a resource of berths, draws from `random`."""

from __future__ import annotations

import random
from collections.abc import Generator

import simpy


class Port:
    """Poisson arrivals, exponential service; waits of ships that come after the warm-up are added up."""

    def __init__(self, *, interval_h: float, service_h: float, berths: int, warm_up_h: float, seed: int) -> None:
        self.env = simpy.Environment()
        self.berths = simpy.Resource(self.env, capacity=berths)
        self.interval_h, self.service_h, self.warm_up_h = interval_h, service_h, warm_up_h
        self.random = random.Random(seed)
        self.ships = 0
        self.wait_h = 0.0

    def arrivals(self) -> Generator[simpy.Event, None, None]:
        while True:
            yield self.env.timeout(self.random.expovariate(1.0 / self.interval_h))
            self.env.process(self.ship())

    def ship(self) -> Generator[simpy.Event, None, None]:
        came_h = self.env.now
        with self.berths.request() as berth:
            yield berth
            if came_h >= self.warm_up_h:
                self.ships += 1
                self.wait_h += self.env.now - came_h
            yield self.env.timeout(self.random.expovariate(1.0 / self.service_h))

    def run(self, hours: float) -> float:
        """Mean wait of a ship, hours, over `hours` after the warm-up."""
        self.env.process(self.arrivals())
        self.env.run(until=self.warm_up_h + hours)
        return self.wait_h / self.ships
