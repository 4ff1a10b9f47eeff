"""The independent model on land: calendar, weather, sources, lots on their way, stations, trains and onward ships."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Self

import numpy as np
import simpy

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation.plan import Plan
from transcaspian.runs._draws_kernel import exponential, lognormal, uniform
from transcaspian.runs.streams import stream_key

from .oracle_parts import (
    FLOW,
    FLOW_BIT,
    GATE,
    LOT,
    NUMBER_BIT,
    PERIOD,
    SERVICE,
    TINY,
    Berths,
    Clock,
    End,
    Gate,
    Lot,
    Service,
    Ship,
    Steps,
    Yard,
    closed_intervals,
    plain,
)


class Land(ABC):
    """One replication without its ships. `Crossing` adds `life` of a ship and `come_to_port` of a lot."""

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
        self.flows, self.stages = plain(plan.flows), plain(plan.stages)
        self.room, self.unit_h = plan.room.tolist(), plan.unit_h.tolist()
        self.payload_t, self.yard_units = plan.payload_t.tolist(), plan.yard_units.tolist()
        self._build()

    def _build(self) -> None:
        plan, clock = self.plan, self.clock
        closed = closed_intervals(plan, seed=self.seed, replication=self.replication)
        self.gates = [Gate(closed.get(gate, [])) for gate in range(len(plan.gate_ids))]
        assert (plan.servers == plan.servers[0]).all(), "stations that change in mid-run keep bookings: left out here"
        self.stations = [simpy.Resource(clock, int(servers)) for servers in plan.servers[0]]
        self.station_gates = [self._gate(row.gate) for row in plain(plan.stations)]
        self.berth_rows = plain(plan.berths)
        self.berths = [
            Berths(self.gates[row.gate], servers)
            for row, servers in zip(self.berth_rows, plan.berth_servers[0].tolist(), strict=True)
        ]
        yards = [Yard(row.room) for row in plain(plan.yards)]
        self.ends = [
            End(n, self.gates[row.gate], self._gate(row.line_gate), yards[row.yard] if row.yard >= 0 else None, row,
                [0.0] * len(plan.unit_loads), next_slot_h=row.next_slot_h)
            for n, row in enumerate(plain(plan.ends))
        ]  # fmt: skip
        self.ships = [
            Ship(n, row.line, row, row.side, tuple(plan.ship_berth[n].tolist()), clock.event())
            for n, row in enumerate(plain(plan.ships))
        ]
        self.services = [
            Service(row, self._gate(row.gate), clock.event(), clock.event()) for row in plain(plan.services)
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

    def run(self) -> Self:
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

    def send(self, flow: int, key: int, units: float, splits: int = 0) -> None:
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
                self.send(flow.empties, key, float(units), lot.splits)

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

    # -- what the other half adds

    @abstractmethod
    def life(self, ship: Ship) -> Steps: ...

    @abstractmethod
    def in_service(self, ship: Ship) -> bool: ...

    @abstractmethod
    def come_to_port(self, lot: Lot, end: End) -> None: ...
