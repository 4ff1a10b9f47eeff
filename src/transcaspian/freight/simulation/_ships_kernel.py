"""The round of a ship: arrive, wait for a berth, discharge, find cargo, load, leave, sail.

A ship that has discharged loads at once when enough waits for it; else it lies in the roads, so that it blocks no
berth, until cargo calls it or its patience ends, and then sails with what there is, even empty. When a full load
waits across the sea, more than ships already on their way will take, it sails at once. A shut port lets no ship in
or out; work at a berth goes on. A ship that may not leave keeps its berth.
"""

from __future__ import annotations

import math

from transcaspian._jit import njit
from transcaspian.freight.simulation._consignments_kernel import drawn, split
from transcaspian.freight.simulation._counting_kernel import bin_of, hours_in_window, in_window, shut_hours
from transcaspian.freight.simulation._events_kernel import schedule
from transcaspian.freight.simulation._lots_kernel import proceed
from transcaspian.freight.simulation._ports_kernel import call_ship, change_state, enough_for, make_room
from transcaspian.freight.simulation._views import (
    Handle,
    active_of,
    berths_of,
    calls_of,
    counters_of,
    ends_of,
    flows_of,
    gates_of,
    keys_of,
    lots_of,
    payload_t_of,
    period_month_of,
    room_of,
    ship_berth_of,
    shipped_of,
    ships_of,
    stations_of,
    unit_h_of,
    voyages_of,
    wait_bins_of,
    waiting_of,
    yard_units_of,
)
from transcaspian.freight.simulation._world import (
    ABSENT,
    AT_INTERVALS,
    BERTH,
    BREAKDOWNS,
    CALLED,
    DEPARTURE,
    DISCHARGING,
    EXPONENTIAL,
    HANDLING_TIMES,
    HELD,
    IDLE,
    LOADING,
    LOADING_CARGO,
    LOGNORMAL,
    LOOK_AHEAD,
    MORE_VOYAGES,
    MOVING,
    N_CAUSES,
    N_VOYAGES,
    PERIOD_NOW,
    QUEUED,
    REPAIR,
    REPAIRS,
    SAILING,
    SAILING_TIMES,
    SHIP,
    STATUS,
    WEATHER,
)
from transcaspian.runs._draws_kernel import exponential, uniform

_WHOLE = 1e-9


@njit()
def end_of(world: Handle, ship: int) -> int:
    """The end of the line where a ship is, or to which it sails."""
    record = ships_of(world)[ship]
    return 2 * record.line + record.side


@njit()
def ship_event(world: Handle, ship: int, ticket: int, now_h: float) -> None:
    """What was due for a ship happens, unless it has been overtaken."""
    record = ships_of(world)[ship]
    if ticket != record.ticket:
        return
    if record.state == SAILING:
        arrive(world, ship, now_h)
    elif record.state == DISCHARGING:
        discharged(world, ship, now_h)
    elif record.state == LOADING_CARGO:
        loaded(world, ship, now_h)
    elif record.state == CALLED:
        answer_call(world, ship, now_h)
    elif record.state == IDLE:
        patience_ends(world, ship, now_h)
    elif record.state == REPAIR:
        wait_for_cargo(world, ship, now_h)


@njit()
def arrive(world: Handle, ship: int, now_h: float) -> None:
    """A ship comes in from the sea."""
    record = ships_of(world)[ship]
    record.cause_h[MOVING] += now_h - record.since_h
    record.from_sea = 1
    ask_for_berth(world, ship, now_h)


@njit()
def answer_call(world: Handle, ship: int, now_h: float) -> None:
    """A called ship goes to load; one that is wanted across the sea takes along what there is, and goes."""
    record = ships_of(world)[ship]
    line_end = ends_of(world)[end_of(world, ship)]
    if not record.summoned:
        ask_for_berth(world, ship, now_h)
    elif line_end.first >= 0:
        line_end.called += 1
        ask_for_berth(world, ship, now_h)
    else:
        leave(world, ship, now_h)


@njit()
def ask_for_berth(world: Handle, ship: int, now_h: float) -> None:
    """A ship lines up for a berth, and gets it when one is free and the port open."""
    record = ships_of(world)[ship]
    number = ship_berth_of(world)[ship, record.side]
    berth = berths_of(world)[number]
    change_state(world, ship, QUEUED, now_h)
    record.closed_h = shut_hours(world, berth.gate, now_h)
    record.next = -1
    if berth.first < 0:
        berth.first = ship
    else:
        ships_of(world)[berth.last].next = ship
    berth.last = ship
    berth.waiting += 1
    fill_berths(world, number, now_h)
    if in_window(world, now_h):
        berth.longest = max(berth.longest, berth.waiting)


@njit()
def fill_berths(world: Handle, number: int, now_h: float) -> None:
    """Moor ships in the order of their coming while there is room and the port is open."""
    berth = berths_of(world)[number]
    while berth.first >= 0 and berth.taken < berth.servers and not gates_of(world)[berth.gate].shut:
        ship = berth.first
        berth.first = ships_of(world)[ship].next
        if berth.first < 0:
            berth.last = -1
        berth.waiting -= 1
        berth.taken += 1
        moor(world, ship, number, now_h)


@njit()
def moor(world: Handle, ship: int, number: int, now_h: float) -> None:
    """A ship takes its berth: it discharges when it comes from the sea, else it loads."""
    record, berth = ships_of(world)[ship], berths_of(world)[number]
    waited = now_h - record.since_h
    shut_h = shut_hours(world, berth.gate, now_h) - record.closed_h
    berth.queue_h += hours_in_window(world, record.since_h, now_h)
    if in_window(world, record.since_h):
        berth.jobs += 1
        berth.wait_h += waited
        wait_bins_of(world)[stations_of(world).size + number, bin_of(waited)] += 1
    record.at_berth = 1
    record.next = -1
    if not record.from_sea:
        load(world, ship, now_h)
        return
    record.cause_h[WEATHER] += shut_h
    record.cause_h[BERTH] += waited - shut_h
    if in_window(world, now_h):
        berth.calls += 1
        month = period_month_of(world)[counters_of(world)[PERIOD_NOW]]
        if month >= 0:
            calls_of(world)[month, number] += 1
    change_state(world, ship, DISCHARGING, now_h)
    hours = handling_h(world, ship, number)
    record.ticket = schedule(world, now_h + hours, SHIP, ship)


@njit()
def handling_h(world: Handle, ship: int, number: int) -> float:
    """Hours to discharge, or to load, all that is aboard: half the fixed time of a call, and so much a unit load."""
    record, berth = ships_of(world)[ship], berths_of(world)[number]
    mean_h = berth.call_h / 2.0
    lot = record.first
    while lot >= 0:
        unit_load = flows_of(world)[lots_of(world)[lot].flow].unit_load
        mean_h += lots_of(world)[lot].units * unit_h_of(world)[number, unit_load]
        lot = lots_of(world)[lot].next
    visit = record.visits
    record.visits += 1
    hours = drawn(keys_of(world)[HANDLING_TIMES], ship, visit, berth.distribution, mean_h, berth.sigma)
    berth.handling_h += hours if in_window(world, record.since_h) else 0.0
    berth.busy_h += hours_in_window(world, record.since_h, record.since_h + hours)
    return hours


@njit()
def discharged(world: Handle, ship: int, now_h: float) -> None:
    """The cargo is ashore; the ship looks for more, or is repaired first."""
    record = ships_of(world)[ship]
    record.cause_h[LOADING] += now_h - record.since_h
    record.from_sea = 0
    ends_of(world)[end_of(world, ship)].inbound -= 1
    month = period_month_of(world)[counters_of(world)[PERIOD_NOW]]
    lot = record.first
    while lot >= 0:
        after = lots_of(world)[lot].next
        cargo = lots_of(world)[lot]
        cargo.next = -1
        for cause in range(N_CAUSES):
            cargo.cause_h[cause] += record.cause_h[cause]
        if month >= 0:
            shipped_of(world)[month, cargo.flow] += cargo.units
        cargo.stage += 1
        proceed(world, lot, now_h)
        lot = after
    record.first = -1
    record.last = -1
    record.deck = 0.0
    record.gross_t = 0.0
    for cause in range(N_CAUSES):
        record.cause_h[cause] = 0.0
    if record.break_chance > 0.0 and uniform(keys_of(world)[BREAKDOWNS], ship, record.voyages) < record.break_chance:
        change_state(world, ship, REPAIR, now_h)
        hours = exponential(keys_of(world)[REPAIRS], ship, record.voyages, record.repair_mean_h)
        leave_berth(world, ship, now_h)
        record.ticket = schedule(world, now_h + hours, SHIP, ship)
    else:
        seek_cargo(world, ship, now_h)


@njit()
def seek_cargo(world: Handle, ship: int, now_h: float) -> None:
    """A ship at a berth loads when enough waits; else it goes to the roads."""
    if active_of(world)[counters_of(world)[PERIOD_NOW], ship] and enough_for(world, ship, end_of(world, ship), 0):
        ends_of(world)[end_of(world, ship)].called += 1
        load(world, ship, now_h)
    else:
        leave_berth(world, ship, now_h)
        wait_for_cargo(world, ship, now_h)


@njit()
def leave_berth(world: Handle, ship: int, now_h: float) -> None:
    """A ship gives up its berth; the next one may moor."""
    record = ships_of(world)[ship]
    if not record.at_berth:
        return
    record.at_berth = 0
    number = ship_berth_of(world)[ship, record.side]
    berths_of(world)[number].taken -= 1
    fill_berths(world, number, now_h)


@njit()
def wait_for_cargo(world: Handle, ship: int, now_h: float) -> None:
    """A ship lies in the roads until cargo calls it or its patience, or the time before its slot, is over."""
    record = ships_of(world)[ship]
    if not active_of(world)[counters_of(world)[PERIOD_NOW], ship]:
        change_state(world, ship, ABSENT, now_h)
        record.ticket = -1
        return
    end = end_of(world, ship)
    line_end = ends_of(world)[end]
    change_state(world, ship, IDLE, now_h)
    record.next = -1
    if line_end.idle_first < 0:
        line_end.idle_first = ship
    else:
        ships_of(world)[line_end.idle_last].next = ship
    line_end.idle_last = ship
    due_h = now_h + line_end.longest_h
    if line_end.policy == AT_INTERVALS:
        missed = math.ceil((now_h - line_end.next_slot_h) / line_end.headway_h - _WHOLE)
        due_h = line_end.next_slot_h + max(0.0, missed) * line_end.headway_h
        line_end.next_slot_h = due_h + line_end.headway_h
    record.ticket = schedule(world, due_h, SHIP, ship)
    if line_end.idle_first == ship:
        call_ship(world, end, now_h)
    if line_end.idle_first == ship:
        call_ship(world, end ^ 1, now_h)


@njit()
def patience_ends(world: Handle, ship: int, now_h: float) -> None:
    """A ship has waited its longest: it loads what there is, or sails empty."""
    record = ships_of(world)[ship]
    end = end_of(world, ship)
    line_end = ends_of(world)[end]
    before, other = -1, line_end.idle_first
    while other != ship:
        before, other = other, ships_of(world)[other].next
    if before < 0:
        line_end.idle_first = record.next
    else:
        ships_of(world)[before].next = record.next
    if line_end.idle_last == ship:
        line_end.idle_last = before
    record.next = -1
    if line_end.first >= 0:
        line_end.called += 1
        ask_for_berth(world, ship, now_h)
    else:
        leave(world, ship, now_h)


@njit()
def load(world: Handle, ship: int, now_h: float) -> None:
    """Take aboard what fits, in the order in which it came; smaller lots may pass one that has no room."""
    record = ships_of(world)[ship]
    end = end_of(world, ship)
    line_end = ends_of(world)[end]
    line_end.called -= 1
    change_state(world, ship, LOADING_CARGO, now_h)
    payload = payload_t_of(world)[counters_of(world)[PERIOD_NOW], ship, record.side]
    record.payload_t = payload
    before, lot, passed = -1, line_end.first, 0
    while lot >= 0 and record.deck < 1.0 - _WHOLE and payload - record.gross_t >= line_end.lightest_t:
        if passed > LOOK_AHEAD:
            break
        after = lots_of(world)[lot].next
        units = units_that_fit(world, ship, lot, payload)
        if units >= lots_of(world)[lot].units:
            if before < 0:
                line_end.first = after
            else:
                lots_of(world)[before].next = after
            if line_end.last == lot:
                line_end.last = before
            take_aboard(world, ship, end, lot, now_h)
        elif units > _WHOLE:
            part = split(world, lot, units)
            if part < 0:
                return
            take_aboard(world, ship, end, part, now_h)
            before = lot
        else:
            before = lot
            passed += 1
        lot = after
    hours = handling_h(world, ship, ship_berth_of(world)[ship, record.side]) if record.first >= 0 else 0.0
    record.ticket = schedule(world, now_h + hours, SHIP, ship)


@njit()
def units_that_fit(world: Handle, ship: int, lot: int, payload: float) -> float:
    """How much of a lot a ship can still take: by slots and by mass, whole unit loads unless in bulk."""
    record = ships_of(world)[ship]
    flow = flows_of(world)[lots_of(world)[lot].flow]
    slots = room_of(world)[ship, flow.unit_load]
    if slots <= 0.0:
        return 0.0
    units = min(lots_of(world)[lot].units, (payload - record.gross_t) / flow.gross_t)
    units = min(units, (1.0 - record.deck) * slots) + _WHOLE
    if flow.bulk:
        return min(units, lots_of(world)[lot].units)
    return math.floor(units)


@njit()
def take_aboard(world: Handle, ship: int, end: int, lot: int, now_h: float) -> None:
    """A lot leaves the quay, and the yard, for a ship."""
    record, cargo, line_end = ships_of(world)[ship], lots_of(world)[lot], ends_of(world)[end]
    flow = flows_of(world)[cargo.flow]
    shut_h = shut_hours(world, line_end.gate, now_h) - cargo.closed_h
    waited = now_h - cargo.since_h
    cargo.cause_h[WEATHER] += shut_h
    cargo.cause_h[DEPARTURE] += waited - shut_h
    cargo.next = -1
    if record.first < 0:
        record.first = lot
    else:
        lots_of(world)[record.last].next = lot
    record.last = lot
    record.deck += cargo.units / room_of(world)[ship, flow.unit_load]
    record.gross_t += cargo.units * flow.gross_t
    waiting_of(world)[end, flow.unit_load] -= cargo.units
    line_end.gross_t -= cargo.units * flow.gross_t
    if line_end.first < 0:  # nothing waits: sums that were built up and down go back to nothing
        line_end.gross_t = 0.0
        for unit_load in range(waiting_of(world).shape[1]):
            waiting_of(world)[end, unit_load] = 0.0
    if line_end.yard >= 0:
        make_room(world, line_end.yard, cargo.units * yard_units_of(world)[flow.unit_load], waited, now_h)


@njit()
def loaded(world: Handle, ship: int, now_h: float) -> None:
    """All is aboard."""
    record = ships_of(world)[ship]
    record.cause_h[LOADING] += now_h - record.since_h
    leave(world, ship, now_h)


@njit()
def leave(world: Handle, ship: int, now_h: float) -> None:
    """Sail, or be held while the port or the line is shut."""
    record = ships_of(world)[ship]
    line_end = ends_of(world)[end_of(world, ship)]
    gate = line_end.gate
    if not gates_of(world)[gate].shut:
        gate = line_end.line_gate
        if gate < 0 or not gates_of(world)[gate].shut:
            sail(world, ship, now_h)
            return
    change_state(world, ship, HELD, now_h)
    record.ticket = -1
    record.next = -1
    held = gates_of(world)[gate]
    if held.first < 0:
        held.first = ship
    else:
        ships_of(world)[held.last].next = ship
    held.last = ship


@njit()
def sail(world: Handle, ship: int, now_h: float) -> None:
    """A ship puts to sea for the other end of its line."""
    record = ships_of(world)[ship]
    side = record.side
    if record.state == HELD:
        record.cause_h[WEATHER] += now_h - record.since_h
        if record.at_berth:
            number = ship_berth_of(world)[ship, side]
            berths_of(world)[number].busy_h += hours_in_window(world, record.since_h, now_h)
    change_state(world, ship, SAILING, now_h)
    distribution = EXPONENTIAL if record.sail_cv < 0.0 else LOGNORMAL
    hours = drawn(keys_of(world)[SAILING_TIMES], ship, record.voyages, distribution, record.sail_h, record.sail_sigma)
    mass = record.gross_t / record.payload_t if record.gross_t > 0.0 else 0.0
    log_voyage(world, ship, now_h, now_h + hours, mass)
    if in_window(world, now_h):
        count_departure(world, ship, mass)
    leave_berth(world, ship, now_h)
    if not record.summoned:
        ends_of(world)[end_of(world, ship) ^ 1].inbound += 1
    record.summoned = 0
    record.side = 1 - side
    record.voyages += 1
    record.ticket = schedule(world, now_h + hours, SHIP, ship)


@njit()
def count_departure(world: Handle, ship: int, mass: float) -> None:
    """A departure with its load."""
    record = ships_of(world)[ship]
    side = record.side
    cargo_t = 0.0
    lot = record.first
    while lot >= 0:
        cargo_t += lots_of(world)[lot].units * flows_of(world)[lots_of(world)[lot].flow].cargo_t
        lot = lots_of(world)[lot].next
    record.trips[side] += 1
    record.carried_t[side] += cargo_t
    record.deck_sum[side] += record.deck
    record.mass_sum[side] += mass


@njit()
def log_voyage(world: Handle, ship: int, start_h: float, end_h: float, mass: float) -> None:
    """Keep a voyage: for the table, the map and the independent model."""
    number = counters_of(world)[N_VOYAGES]
    if number >= voyages_of(world).shape[0]:
        counters_of(world)[STATUS] = MORE_VOYAGES
        return
    record = ships_of(world)[ship]
    row = voyages_of(world)[number]
    row[0], row[1], row[2], row[3], row[4], row[5] = ship, record.side, start_h, end_h, record.deck, mass
    counters_of(world)[N_VOYAGES] = number + 1


@njit()
def open_gate(world: Handle, number: int, now_h: float) -> None:
    """A port or a line opens: held ships leave first, in the order of their readiness, then berths are filled."""
    gate = gates_of(world)[number]
    gate.sum_h += now_h - gate.since_h
    gate.shut = 0
    ship = gate.first
    gate.first = -1
    gate.last = -1
    while ship >= 0:
        after = ships_of(world)[ship].next
        ships_of(world)[ship].next = -1
        leave(world, ship, now_h)
        ship = after
    for berth in range(berths_of(world).size):
        if berths_of(world)[berth].gate == number:
            fill_berths(world, berth, now_h)
