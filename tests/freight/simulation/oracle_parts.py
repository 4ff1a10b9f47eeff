"""The things of the independent model: its clock, what waits and is waited for, and when ports are shut."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from heapq import heappush
from types import SimpleNamespace
from typing import Any

import numpy as np
import simpy

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation.plan import Plan
from transcaspian.runs._draws_kernel import exponential, lognormal, uniform
from transcaspian.runs.streams import stream_key

Steps = Generator[simpy.Event, Any, Any]

TINY = 1e-9  # what still counts as a whole slot, or as none
CLOSURE_CV = 0.8  # of the length of a storm
FLOW_BIT, NUMBER_BIT = 48, 16  # of a lot's key
# Priorities of SimPy: 0 starts processes, 1 is what follows at once; then the order of kinds in rule 11.
AT_ONCE, PERIOD, GATE, SHIP, LOT, FLOW, SERVICE = range(1, 8)


class Clock(simpy.Environment):
    """A SimPy environment whose events can name an exact hour and their kind."""

    def at(self, time_h: float, kind: int) -> simpy.Event:
        """An event at an hour: `timeout` would add the difference to the present, and round twice."""
        event = simpy.Event(self)
        event._ok, event._value = True, None
        heappush(self._queue, (time_h, kind, next(self._eid), event))  # type: ignore[arg-type]
        return event

    def ring(self, bell: simpy.Event, kind: int) -> None:
        """Let an event that somebody waits for happen now, behind others of its kind."""
        bell._ok, bell._value = True, None
        heappush(self._queue, (self.now, kind, next(self._eid), bell))  # type: ignore[arg-type]

    def at_once(self) -> simpy.Event:
        """Lets those go first who have been woken before."""
        return self.event().succeed()


@dataclass(eq=False, slots=True)
class Lot:
    """Unit loads of one flow that travel together."""

    key: int
    flow: int
    units: float
    created_h: float
    moved: simpy.Event  # it has left with a train, or has been discharged
    since_h: float = 0.0
    splits: int = 0
    spent_h: list[float] = field(default_factory=lambda: [0.0] * w.N_CAUSES)
    stage: int = 0


@dataclass(eq=False)
class Gate:
    """What can be shut. Ships that may not leave are held here."""

    intervals: list[tuple[float, float]]
    shut: bool = False
    held: list[simpy.Event] = field(default_factory=list)
    opening: simpy.Event | None = None

    def shut_between(self, start_h: float, end_h: float) -> float:
        """Hours for which it was shut."""
        return sum(max(0.0, min(end_h, until) - max(start_h, since)) for since, until in self.intervals)


@dataclass(eq=False)
class Berths:
    """Berths of one kind in a port: first come, first served."""

    gate: Gate
    servers: int
    taken: int = 0
    waiting: deque[simpy.Event] = field(default_factory=deque)

    def fill(self) -> None:
        while self.waiting and self.taken < self.servers and not self.gate.shut:
            self.taken += 1
            self.waiting.popleft().succeed()

    def leave(self) -> None:
        self.taken -= 1
        self.fill()


@dataclass(eq=False)
class Yard:
    room: float
    used: float = 0.0
    outside: deque[tuple[Lot, End, float]] = field(default_factory=deque)

    def takes(self, need: float) -> bool:
        return self.used == 0.0 or self.used + need <= self.room + TINY


@dataclass(eq=False)
class End:
    """A port as the ships of one line see it."""

    number: int
    gate: Gate
    line_gate: Gate | None
    yard: Yard | None
    row: Any
    waiting_units: list[float]
    lots: list[Lot] = field(default_factory=list)
    roads: list[Ship] = field(default_factory=list)
    gross_t: float = 0.0
    called: int = 0
    inbound: int = 0
    next_slot_h: float = 0.0


@dataclass(eq=False)
class Ship:
    number: int
    line: int
    row: Any
    side: int
    berths: tuple[int, int]
    bell: simpy.Event
    absent: bool = False
    summoned: bool = False
    at_berth: bool = False
    cargo: list[Lot] = field(default_factory=list)
    deck: float = 0.0
    gross_t: float = 0.0
    payload_t: float = 0.0  # permitted when it was loaded
    voyages: int = 0
    visits: int = 0
    spent_h: list[float] = field(default_factory=lambda: [0.0] * w.N_CAUSES)


@dataclass(eq=False)
class Service:
    """A train or an onward ship that gathers lots."""

    row: Any
    gate: Gate | None
    arrival: simpy.Event
    full: simpy.Event
    lots: deque[Lot] = field(default_factory=deque)
    waiting: float = 0.0


def closed_intervals(plan: Plan, *, seed: int, replication: int) -> dict[int, list[tuple[float, float]]]:
    """Storms and given closures by gate, joined where they overlap."""
    shut: dict[int, list[tuple[float, float]]] = {}
    for group in plan.weather.groups:
        key = stream_key(seed, replication, f"weather.{group.name}")
        for number, start_h in enumerate(_storms(key, plan.period_h.tolist(), group.rate_per_h.tolist())):
            for place, gate in enumerate(group.gates):
                draw = number * len(group.gates) + place
                if uniform(key, 1, draw) >= group.chance[place]:
                    continue
                end_h = start_h + lognormal(key, 2, draw, group.mean_h[place], CLOSURE_CV)
                if end_h > plan.weather_from_h:
                    shut.setdefault(gate, []).append((max(start_h, plan.weather_from_h), end_h))
    for gate, start_h, end_h in plan.given:
        shut.setdefault(gate, []).append((start_h, end_h))
    for intervals in shut.values():
        intervals.sort()
        union = [intervals[0]]
        for start_h, end_h in intervals[1:]:
            if start_h > union[-1][1]:
                union.append((start_h, end_h))
            elif end_h > union[-1][1]:
                union[-1] = (union[-1][0], end_h)
        intervals[:] = union
    return shut


def _storms(key: np.uint64, period_h: list[float], rates: list[float]) -> Iterator[float]:
    """A Poisson process whose rate changes by period, by its integral."""
    due, number, passed = exponential(key, 0, 0, 1.0), 0, 0.0
    for start_h, end_h, rate in zip(period_h, period_h[1:], rates, strict=False):
        at_h = start_h
        while rate > 0 and due - passed <= (end_h - at_h) * rate:
            at_h += (due - passed) / rate
            yield at_h
            number += 1
            due, passed = exponential(key, 0, number, 1.0), 0.0
        passed += (end_h - at_h) * rate


def plain(records: np.ndarray) -> list[Any]:
    names = records.dtype.names or ()
    return [SimpleNamespace(**{name: _value(row[name]) for name in names}) for row in records]


def _value(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value.item()
