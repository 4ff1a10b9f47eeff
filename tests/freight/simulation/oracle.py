"""The crossing once more, as a SimPy modeller would write it: processes for flows, lots, services, ships and gates.

It shares with the simulation the plan (tables), the random streams and the rules of its README, and no code that
moves anything: stations are `simpy.Resource`s with real queues, every stage of every lot is an event, ships are
processes that wait for bells. Slow on purpose, and the judge of the kernel.
"""

from __future__ import annotations

import math

from transcaspian.freight.simulation import _world as w
from transcaspian.runs._draws_kernel import exponential, uniform

from .oracle_land import Land
from .oracle_parts import SHIP, TINY, End, Lot, Ship, Steps, Yard

MOST_PASSED = 50  # lots that do not fit, before a ship calls itself full


class Crossing(Land):
    """One replication. After `run`: `voyages` as in `World.voyages`, `journeys` as in `World.journeys`."""

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
        payload_t = ship.payload_t = self.payload_t[self.period][ship.number][ship.side]
        place, passed, last = 0, 0, False
        while place < len(end.lots) and not last and passed <= MOST_PASSED:
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
        mass = ship.gross_t / ship.payload_t if ship.gross_t > 0 else 0.0
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
