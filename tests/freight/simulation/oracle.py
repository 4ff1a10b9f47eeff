"""The crossing once more, as a SimPy modeller would write it: processes for flows, lots, services, ships and gates.

It shares with the simulation the plan (tables), the random streams and the rules of its README, and no code that
moves anything: stations are `simpy.Resource`s with real queues, every stage of every lot is an event, ships are
processes that wait for bells. Slow on purpose, and the judge of the kernel.
"""

from __future__ import annotations

import math
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


class Crossing:
    """One replication. After `run`: `voyages` as in `World.voyages`, `journeys` as in `World.journeys`."""

    def __init__(self, plan: Plan, *, seed: int, replication: int) -> None:
        self.plan, self.clock = plan, Clock()
        self.seed, self.replication = seed, replication
        self.keys = [stream_key(seed, replication, name) for name in w.STREAMS]
        self.period = 0
        self.period_h = plan.period_h.tolist()
        self.end_h = self.period_h[-1]
        self.since_h, self.until_h = plan.window_h
        self.voyages: list[tuple[float, ...]] = []
        self.journeys = np.zeros((len(plan.flow_info), 2 + w.N_CAUSES))
        self.created = np.zeros(len(plan.flow_info))
        self.finished = np.zeros(len(plan.flow_info))
        self.under_way: set[Lot] = set()
        self.flows, self.stages = _plain(plan.flows), _plain(plan.stages)
        self.room, self.unit_h = plan.room.tolist(), plan.unit_h.tolist()
        self.payload_t, self.yard_units = plan.payload_t.tolist(), plan.yard_units.tolist()
        self._build()

    def _build(self) -> None:
        plan, clock = self.plan, self.clock
        closed = closed_intervals(plan, seed=self.seed, replication=self.replication)
        self.gates = [Gate(closed.get(gate, [])) for gate in range(len(plan.gate_ids))]
        self.stations = [simpy.Resource(clock, int(servers)) for servers in plan.servers[0]]
        self.station_gates = [self._gate(row.gate) for row in _plain(plan.stations)]
        self.berth_rows = _plain(plan.berths)
        self.berths = [
            Berths(self.gates[row.gate], servers)
            for row, servers in zip(self.berth_rows, plan.berth_servers[0].tolist(), strict=True)
        ]
        yards = [Yard(row.room) for row in _plain(plan.yards)]
        self.ends = [
            End(n, self.gates[row.gate], self._gate(row.line_gate), yards[row.yard] if row.yard >= 0 else None, row,
                [0.0] * len(plan.unit_loads), next_slot_h=row.next_slot_h)
            for n, row in enumerate(_plain(plan.ends))
        ]  # fmt: skip
        self.ships = [
            Ship(n, row.line, row, row.side, tuple(plan.ship_berth[n].tolist()), clock.event())
            for n, row in enumerate(_plain(plan.ships))
        ]
        self.services = [
            Service(row, self._gate(row.gate), clock.event(), clock.event()) for row in _plain(plan.services)
        ]
        clock.process(self.calendar())
        clock.process(self.weather())
        for ship in self.ships:
            clock.process(self.life(ship))
        for flow in range(len(plan.flow_info)):
            clock.process(self.source(flow))
        for service in self.services:
            clock.process(self.timetable(service) if service.row.policy == w.AT_INTERVALS else self.gathering(service))

    def _gate(self, number: int) -> Gate | None:
        return self.gates[number] if number >= 0 else None

    def run(self) -> Crossing:
        """To the end of the last period; itself."""
        self.clock.run(until=self.end_h)
        return self

    def drawn(self, stream: int, entity: int, counter: int, distribution: int, mean: float, cv: float) -> float:
        if distribution == w.EXPONENTIAL:
            return exponential(self.keys[stream], entity, counter, mean)
        if distribution == w.LOGNORMAL and mean > 0 and cv > 0:
            return lognormal(self.keys[stream], entity, counter, mean, cv)
        return mean

    # -- what everybody lives by: the calendar and the weather

    def calendar(self) -> Steps:
        for period in range(1, len(self.period_h) - 1):
            yield self.clock.at(self.period_h[period], PERIOD)
            self.period = period
            for berths, servers in zip(self.berths, self.plan.berth_servers[period].tolist(), strict=True):
                berths.servers = servers
                berths.fill()
            for ship in self.ships:
                if ship.absent and self.in_service(ship):
                    ship.bell.succeed()

    def weather(self) -> Steps:
        turns = [
            (hour, opens, number)
            for number, gate in enumerate(self.gates)
            for start, end in gate.intervals
            for hour, opens in ((start, False), (end, True))
        ]
        for hour, opens, number in sorted(turns, key=lambda turn: (turn[0], not turn[1], turn[2])):
            yield self.clock.at(hour, GATE)
            gate = self.gates[number]
            gate.shut = not opens
            if opens:
                released, gate.held = gate.held, []
                for bell in released:
                    bell.succeed()
                if gate.opening is not None:
                    gate.opening.succeed()
                    gate.opening = None
                yield self.clock.at_once()
                for berths in self.berths:
                    if berths.gate is gate:
                        berths.fill()

    def wait_until_open(self, gate: Gate | None) -> Steps:
        while gate is not None and gate.shut:
            if gate.opening is None:
                gate.opening = self.clock.event()
            yield gate.opening

    # -- lots

    def source(self, flow: int) -> Steps:
        """Lots of one flow come when the integral of its rate has grown by 1, or by an exponential draw."""
        row, rates = self.flows[flow], self.plan.rate[:, flow].tolist()
        number = 0
        while True:
            need = 1.0 if row.regular else exponential(self.keys[w.ARRIVALS], flow, number, 1.0)
            at_h, period = self.clock.now, self.period
            while period < len(rates) and (
                rates[period] <= 0 or need > (self.period_h[period + 1] - at_h) * rates[period]
            ):
                need -= (self.period_h[period + 1] - at_h) * rates[period]
                period += 1
                at_h = self.period_h[period]
            if period == len(rates):
                return
            due_h = at_h + need / rates[period]
            if due_h >= self.end_h:
                return
            yield self.clock.at(due_h, FLOW)
            self.send(flow, flow << FLOW_BIT | number << NUMBER_BIT, row.lot_units)
            number += 1

    def send(self, flow: int, key: int, units: float, *, splits: int = 0) -> None:
        lot = Lot(key, flow, units, self.clock.now, self.clock.event(), splits=splits)
        self.created[flow] += units
        self.under_way.add(lot)
        self.clock.process(self.journey(lot, self.flows[flow].first_stage))

    def journey(self, lot: Lot, number: int, *, embarked: bool = False) -> Steps:
        """From stage `number` to the end; `embarked`: a part, parted from its lot where that stage is waiting."""
        while True:
            lot.stage, stage = number, self.stages[number]
            if stage.kind == w.END:
                self.arrive(lot)
                return
            if stage.kind == w.TRAVEL:
                hours = self.drawn(w.TRAVEL_TIMES, lot.key, number, stage.distribution, stage.mean_h, stage.cv)
                lot.spent_h[stage.cause] += hours
                if hours > 0:
                    yield self.clock.at(self.clock.now + hours, LOT)
            elif stage.kind == w.SERVE:
                yield from self.be_served(lot, number)
            else:
                if not embarked and stage.kind == w.GATHER:
                    self.gather(lot, self.services[stage.ref])
                elif not embarked:
                    self.come_to_port(lot, self.ends[stage.ref])
                yield lot.moved
                lot.moved, embarked = self.clock.event(), False
            number += 1

    def be_served(self, lot: Lot, number: int) -> Steps:
        stage, came_h = self.stages[number], self.clock.now
        with self.stations[stage.ref].request() as server:
            yield server
            gate = self.station_gates[stage.ref]
            if gate is not None and gate.shut:
                yield from self.wait_until_open(gate)
            lot.spent_h[stage.wait_cause] += self.clock.now - came_h
            mean_h = stage.mean_h + stage.unit_h * lot.units
            hours = self.drawn(w.SERVICE_TIMES, lot.key, number, stage.distribution, mean_h, stage.cv)
            if stage.chance > 0 and uniform(self.keys[w.INSPECTIONS], lot.key, 2 * number) < stage.chance:
                hours += exponential(self.keys[w.INSPECTIONS], lot.key, 2 * number + 1, stage.extra_h)
            lot.spent_h[stage.cause] += hours
            yield self.clock.at(self.clock.now + hours, LOT)

    def arrive(self, lot: Lot) -> None:
        flow, now_h = self.flows[lot.flow], self.clock.now
        self.under_way.discard(lot)
        self.finished[lot.flow] += lot.units
        if self.since_h <= now_h < self.until_h:
            hours = (1.0, now_h - lot.created_h, *lot.spent_h)
            self.journeys[lot.flow] += lot.units * np.array(hours)
        if flow.empties >= 0 and flow.empty_share > 0:
            key = flow.empties << FLOW_BIT | lot.key & (1 << FLOW_BIT) - 1
            units = math.floor(lot.units * flow.empty_share + uniform(self.keys[w.EMPTIES], key, 0))
            if units > 0:
                self.send(flow.empties, key, float(units), splits=lot.splits)

    def part(self, lot: Lot, units: float, number: int) -> Lot:
        """A part of a lot that waits at stage `number`, on its way from there."""
        lot.units -= units
        key = lot.key | 1 << lot.splits
        lot.splits = min(lot.splits + 1, NUMBER_BIT - 1)
        one = Lot(key, lot.flow, units, lot.created_h, self.clock.event(), lot.since_h, lot.splits, list(lot.spent_h))
        self.under_way.add(one)
        self.clock.process(self.journey(one, number, embarked=True))
        return one

    # -- trains and onward ships

    def gather(self, lot: Lot, service: Service) -> None:
        lot.since_h = self.clock.now
        service.lots.append(lot)
        before, service.waiting = service.waiting, service.waiting + lot.units
        if before < service.row.size - TINY <= service.waiting and not service.full.triggered:
            self.clock.ring(service.full, SERVICE)
        if not service.arrival.triggered:
            service.arrival.succeed()

    def timetable(self, service: Service) -> Steps:
        """At fixed intervals; what a shut gate keeps goes when it opens."""
        row = service.row
        due_h = row.phase_h
        while True:
            yield self.clock.at(due_h, SERVICE)
            yield from self.put_off(service)
            self.depart(service)
            slots = math.floor((self.clock.now - row.phase_h) / row.headway_h + TINY) + 1
            due_h = row.phase_h + slots * row.headway_h

    def gathering(self, service: Service) -> Steps:
        """When full, or when the first lot has waited its longest."""
        while True:
            if not service.lots:
                service.arrival = self.clock.event()
                yield service.arrival
            if service.waiting < service.row.size - TINY:
                longest_h = max(self.clock.now, service.lots[0].since_h + service.row.longest_h)
                yield service.full | self.clock.at(longest_h, SERVICE)
            elif not service.full.triggered:
                yield self.clock.at(self.clock.now, SERVICE)
            else:
                yield service.full
            yield from self.put_off(service)
            service.full = self.clock.event()
            self.depart(service)

    def put_off(self, service: Service) -> Steps:
        if service.gate is not None and service.gate.shut:
            yield from self.wait_until_open(service.gate)
            yield self.clock.at(self.clock.now, SERVICE)

    def depart(self, service: Service) -> None:
        room, now_h = service.row.size, self.clock.now
        while service.lots and room > TINY:
            lot = service.lots[0]
            if lot.units > room + TINY:
                lot = self.part(lot, room, self._gather_stage(lot, service))
            else:
                service.lots.popleft()
            room -= lot.units
            shut_h = service.gate.shut_between(lot.since_h, now_h) if service.gate else 0.0
            lot.spent_h[w.WEATHER] += shut_h
            lot.spent_h[w.DEPARTURE] += now_h - lot.since_h - shut_h
            self.clock.ring(lot.moved, LOT)
        service.waiting = math.fsum(lot.units for lot in service.lots)

    def _gather_stage(self, lot: Lot, service: Service) -> int:
        return self._stage_of(lot, w.GATHER, self.services.index(service))

    def _stage_of(self, lot: Lot, kind: int, ref: int) -> int:
        number = self.flows[lot.flow].first_stage
        while (self.stages[number].kind, self.stages[number].ref) != (kind, ref):
            number += 1
        return number

    # -- ports

    def come_to_port(self, lot: Lot, end: End) -> None:
        yard = end.yard
        if yard is not None:
            need = lot.units * self.yard_units[self.flows[lot.flow].unit_load]
            if yard.outside or not yard.takes(need):
                yard.outside.append((lot, end, self.clock.now))
                return
            yard.used += need
        self.stand_in_line(lot, end)

    def leave_yard(self, yard: Yard, units: float) -> None:
        yard.used = max(0.0, yard.used - units)
        while yard.outside:
            lot, end, came_h = yard.outside[0]
            need = lot.units * self.yard_units[self.flows[lot.flow].unit_load]
            if not yard.takes(need):
                return
            yard.outside.popleft()
            yard.used += need
            lot.spent_h[w.YARD] += self.clock.now - came_h
            self.stand_in_line(lot, end)

    def stand_in_line(self, lot: Lot, end: End) -> None:
        flow = self.flows[lot.flow]
        lot.since_h = self.clock.now
        end.lots.append(lot)
        end.waiting_units[flow.unit_load] += lot.units
        end.gross_t += lot.units * flow.gross_t
        self.call_ship(end)

    def enough_for(self, ship: Ship, end: End, coming: int) -> bool:
        payload_t = self.payload_t[self.period][ship.number][end.number & 1]
        if end.row.policy != w.WHEN_FULL or payload_t <= 0:
            return False
        slots = self.room[ship.number]
        deck = sum(units / room for units, room in zip(end.waiting_units, slots, strict=True) if room > 0)
        return max(deck, end.gross_t / payload_t) - end.called - coming >= end.row.full_share - TINY

    def call_ship(self, end: End) -> None:
        """The first ship in the roads here, else the first one across."""
        across = self.ends[end.number ^ 1]
        if end.roads:
            if self.enough_for(end.roads[0], end, 0):
                end.called += 1
                self.clock.ring(end.roads.pop(0).bell, SHIP)
        elif across.roads and self.enough_for(across.roads[0], end, end.inbound):
            end.inbound += 1
            across.roads[0].summoned = True
            self.clock.ring(across.roads.pop(0).bell, SHIP)

    # -- ships

    def in_service(self, ship: Ship) -> bool:
        return bool(self.plan.active[self.period, ship.number])

    def end_of(self, ship: Ship) -> End:
        return self.ends[2 * ship.line + ship.side]

    def life(self, ship: Ship) -> Steps:
        """Rounds of a ship, from the roads to the roads."""
        while True:
            if not self.in_service(ship):
                ship.absent, ship.bell = True, self.clock.event()
                yield ship.bell
                ship.absent = False
            to_load = yield from self.lie_in_roads(ship)
            if to_load:
                yield from self.moor(ship)
            busy = True
            while busy:
                if to_load:
                    yield from self.load(ship)
                yield from self.cross(ship)
                busy = to_load = yield from self.discharge(ship)

    def lie_in_roads(self, ship: Ship) -> Steps:
        """Until there is cargo to load (true), or it sails as it is."""
        clock, end = self.clock, self.end_of(ship)
        end.roads.append(ship)
        ship.bell = clock.event()
        due_h = clock.now + end.row.longest_h
        if end.row.policy == w.AT_INTERVALS:
            missed = max(0.0, math.ceil((clock.now - end.next_slot_h) / end.row.headway_h - TINY))
            due_h = end.next_slot_h + missed * end.row.headway_h
            end.next_slot_h = due_h + end.row.headway_h
        patience = clock.at(due_h, SHIP)
        for sought in (end, self.ends[end.number ^ 1]):
            if end.roads and end.roads[0] is ship:
                self.call_ship(sought)
        yield ship.bell | patience
        if ship.bell.triggered and not ship.summoned:
            return True
        if not ship.bell.triggered:
            end.roads.remove(ship)
        if end.lots:
            end.called += 1
            return True
        return False

    def moor(self, ship: Ship) -> Steps:
        berths, mooring = self.berths[ship.berths[ship.side]], self.clock.event()
        berths.waiting.append(mooring)
        berths.fill()
        yield mooring
        ship.at_berth = True

    def cast_off(self, ship: Ship) -> None:
        if ship.at_berth:
            ship.at_berth = False
            self.berths[ship.berths[ship.side]].leave()

    def handling_h(self, ship: Ship) -> float:
        number = ship.berths[ship.side]
        berth, unit_h = self.berth_rows[number], self.unit_h[number]
        mean_h = berth.call_h / 2
        for lot in ship.cargo:
            mean_h += lot.units * unit_h[self.flows[lot.flow].unit_load]
        ship.visits += 1
        return self.drawn(w.HANDLING_TIMES, ship.number, ship.visits - 1, berth.distribution, mean_h, berth.cv)

    def load(self, ship: Ship) -> Steps:
        end, began_h = self.end_of(ship), self.clock.now
        end.called -= 1
        payload_t = self.payload_t[self.period][ship.number][ship.side]
        place, last, passed = 0, False, 0
        while place < len(end.lots) and not last and passed <= w.LOOK_AHEAD:
            if ship.deck >= 1 - TINY or payload_t - ship.gross_t < end.row.lightest_t:
                break
            lot = end.lots[place]
            last = place == len(end.lots) - 1  # who comes from outside the yard when it is aboard comes too late
            units = self.fitting(ship, lot, payload_t)
            if units >= lot.units:
                del end.lots[place]
                self.take_aboard(ship, end, lot)
            else:
                if units > TINY:
                    self.take_aboard(ship, end, self.part(lot, units, self._stage_of(lot, w.BOARD, end.number)))
                else:
                    passed += 1
                place += 1
        hours = self.handling_h(ship) if ship.cargo else 0.0
        yield self.clock.at(began_h + hours, SHIP)
        ship.spent_h[w.LOADING] += self.clock.now - began_h

    def fitting(self, ship: Ship, lot: Lot, payload_t: float) -> float:
        """Units of a lot that still fit, by slots and by mass."""
        flow = self.flows[lot.flow]
        slots = self.room[ship.number][flow.unit_load]
        if slots <= 0:
            return 0.0
        units = min(lot.units, (payload_t - ship.gross_t) / flow.gross_t, (1 - ship.deck) * slots) + TINY
        return min(units, lot.units) if flow.bulk else math.floor(units)

    def take_aboard(self, ship: Ship, end: End, lot: Lot) -> None:
        flow, now_h = self.flows[lot.flow], self.clock.now
        shut_h = end.gate.shut_between(lot.since_h, now_h)
        lot.spent_h[w.WEATHER] += shut_h
        lot.spent_h[w.DEPARTURE] += now_h - lot.since_h - shut_h
        ship.cargo.append(lot)
        ship.deck += lot.units / self.room[ship.number][flow.unit_load]
        ship.gross_t += lot.units * flow.gross_t
        end.waiting_units[flow.unit_load] -= lot.units
        end.gross_t -= lot.units * flow.gross_t
        if not end.lots:
            end.gross_t = 0.0
            end.waiting_units = [0.0] * len(end.waiting_units)
        if end.yard is not None:
            self.leave_yard(end.yard, lot.units * self.yard_units[flow.unit_load])

    def cross(self, ship: Ship) -> Steps:
        """Leave, when port and line are open, sail, and moor on the other side."""
        clock, end = self.clock, self.end_of(ship)
        ready_h = clock.now
        while shut := [gate for gate in (end.gate, end.line_gate) if gate is not None and gate.shut]:
            bell = clock.event()
            shut[0].held.append(bell)
            yield bell
        ship.spent_h[w.WEATHER] += clock.now - ready_h
        distribution = w.EXPONENTIAL if ship.row.sail_cv < 0 else w.LOGNORMAL
        hours = self.drawn(w.SAILING_TIMES, ship.number, ship.voyages, distribution, ship.row.sail_h, ship.row.sail_cv)
        payload_t = self.payload_t[self.period][ship.number][ship.side]
        mass = ship.gross_t / payload_t if payload_t > 0 else 0.0
        self.voyages.append((ship.number, ship.side, clock.now, clock.now + hours, ship.deck, mass))
        self.cast_off(ship)
        if not ship.summoned:
            self.ends[end.number ^ 1].inbound += 1
        ship.summoned = False
        ship.side = 1 - ship.side
        ship.voyages += 1
        left_h = clock.now
        yield clock.at(clock.now + hours, SHIP)
        ship.spent_h[w.MOVING] += clock.now - left_h
        came_h = clock.now
        yield from self.moor(ship)
        shut_h = self.berths[ship.berths[ship.side]].gate.shut_between(came_h, clock.now)
        ship.spent_h[w.WEATHER] += shut_h
        ship.spent_h[w.BERTH] += clock.now - came_h - shut_h

    def discharge(self, ship: Ship) -> Steps:
        """Cargo ashore; true when the ship can load at the same berth."""
        clock, end, began_h = self.clock, self.end_of(ship), self.clock.now
        yield clock.at(clock.now + self.handling_h(ship), SHIP)
        ship.spent_h[w.LOADING] += clock.now - began_h
        end.inbound -= 1
        for lot in ship.cargo:
            lot.spent_h = [own + aboard for own, aboard in zip(lot.spent_h, ship.spent_h, strict=True)]
            lot.moved.succeed()
        ship.cargo, ship.deck, ship.gross_t = [], 0.0, 0.0
        ship.spent_h = [0.0] * w.N_CAUSES
        yield clock.at_once()  # the cargo goes first
        row = ship.row
        if row.break_chance > 0 and uniform(self.keys[w.BREAKDOWNS], ship.number, ship.voyages) < row.break_chance:
            self.cast_off(ship)
            hours = exponential(self.keys[w.REPAIRS], ship.number, ship.voyages, row.repair_mean_h)
            yield clock.at(clock.now + hours, SHIP)
            return False
        if self.in_service(ship) and self.enough_for(ship, end, 0):
            end.called += 1
            return True
        self.cast_off(ship)
        yield clock.at_once()  # who takes the berth loads before this ship looks for cargo
        return False


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


def _plain(records: np.ndarray) -> list[Any]:
    names = records.dtype.names or ()
    return [SimpleNamespace(**{name: _value(row[name]) for name in names}) for row in records]


def _value(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value.item()
