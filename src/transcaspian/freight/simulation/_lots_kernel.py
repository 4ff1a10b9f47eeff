"""The way of a lot: it comes, travels, is served, waits for a train or a ship, and ends.

Stations serve in the order of arrival and no one is turned away, so a job's start is known when it comes: the
earliest server that is free (Kiefer and Wolfowitz, 1955). Nothing has to happen in between, and a lot needs one event
for each place where it has to stand in line, none for what it only passes through.
"""

from __future__ import annotations

import math

import numpy as np

from transcaspian._jit import njit
from transcaspian.freight.simulation._counting_kernel import (
    bin_of,
    count_job,
    hours_in_window,
    in_window,
    month_at,
    open_from,
    shut_hours,
)
from transcaspian.freight.simulation._events_kernel import schedule
from transcaspian.freight.simulation._views import (
    Handle,
    arrived_of,
    berths_of,
    counters_of,
    created_of,
    ends_of,
    flows_of,
    free_h_of,
    journey_bins_of,
    journeys_of,
    keys_of,
    lots_of,
    moves_of,
    payload_t_of,
    period_h_of,
    period_month_of,
    rate_of,
    room_of,
    services_of,
    ships_of,
    stages_of,
    stations_of,
    trains_of,
    wait_bins_of,
    waiting_of,
    yard_units_of,
    yards_of,
)
from transcaspian.freight.simulation._world import (
    ARRIVALS,
    AT_INTERVALS,
    CALLED,
    DEPARTURE,
    EMPTIES,
    END,
    EXPONENTIAL,
    FLOW,
    FLOW_SHIFT,
    FREE_LOT,
    GATHER,
    INSPECTIONS,
    LOGNORMAL,
    LOT,
    MORE_LOTS,
    MORE_MOVES,
    N_CAUSES,
    N_LOTS,
    N_MOVES,
    PART_BITS,
    PERIOD_NOW,
    SERVE,
    SERVICE,
    SERVICE_TIMES,
    SHIP,
    STATUS,
    TRAVEL,
    TRAVEL_TIMES,
    WEATHER,
    WHEN_FULL,
    YARD,
)
from transcaspian.runs._draws_kernel import exponential, lognormal, uniform

_WHOLE = 1e-9  # shares of a slot, tonnes: sums in another order differ by less


@njit()
def drawn(key: np.uint64, entity: int, counter: int, distribution: int, mean_h: float, cv: float) -> float:
    """A time of this mean."""
    if distribution == EXPONENTIAL:
        return exponential(key, entity, counter, mean_h)
    if distribution == LOGNORMAL and mean_h > 0.0 and cv > 0.0:
        return lognormal(key, entity, counter, mean_h, cv)
    return mean_h


@njit()
def new_lot(world: Handle, flow: int, key: int, units: float, now_h: float) -> int:
    """A lot at the first stage of its flow; -1 when there is no room for one more."""
    lot = counters_of(world)[FREE_LOT]
    if lot < 0:
        counters_of(world)[STATUS] = MORE_LOTS
        return -1
    record = lots_of(world)[lot]
    counters_of(world)[FREE_LOT] = record.next
    counters_of(world)[N_LOTS] += 1
    record.key = key
    record.flow = flow
    record.stage = flows_of(world)[flow].first_stage
    record.next = -1
    record.splits = 0
    record.units = units
    record.created_h = now_h
    record.since_h = now_h
    record.closed_h = 0.0
    for cause in range(N_CAUSES):
        record.cause_h[cause] = 0.0
    return lot


@njit()
def drop_lot(world: Handle, lot: int) -> None:
    """Give a lot's place to the next one."""
    lots_of(world)[lot].next = counters_of(world)[FREE_LOT]
    counters_of(world)[FREE_LOT] = lot
    counters_of(world)[N_LOTS] -= 1


@njit()
def split(world: Handle, lot: int, units: float) -> int:
    """Part `units` off a lot: a new lot in the same state, with draws of its own from here on."""
    whole = lots_of(world)[lot]
    part = new_lot(world, whole.flow, 0, units, whole.created_h)
    if part < 0:
        return -1
    record = lots_of(world)[part]
    whole.units -= units
    record.key = whole.key | (1 << whole.splits)
    whole.splits = min(whole.splits + 1, PART_BITS - 1)
    record.splits = whole.splits
    record.stage = whole.stage
    record.since_h = whole.since_h
    record.closed_h = whole.closed_h
    for cause in range(N_CAUSES):
        record.cause_h[cause] = whole.cause_h[cause]
    return part


@njit()
def next_arrival_h(world: Handle, flow: int, now_h: float) -> float:
    """When the next lot of a flow comes: even intervals or a Poisson process whose rate changes by period.

    The rate's integral up to the arrival is 1, or exponential of mean 1 (Çinlar, 1975). Infinite where none comes.
    """
    record = flows_of(world)[flow]
    need = 1.0 if record.regular else exponential(keys_of(world)[ARRIVALS], flow, record.number, 1.0)
    period = counters_of(world)[PERIOD_NOW]
    while period < rate_of(world).shape[0]:
        rate, end_h = rate_of(world)[period, flow], period_h_of(world)[period + 1]
        due = (end_h - now_h) * rate
        if need <= due and rate > 0.0:
            return now_h + need / rate
        need -= due
        now_h = end_h
        period += 1
    return math.inf


@njit()
def come(world: Handle, flow: int, now_h: float) -> None:
    """A lot of a flow comes, and the next one is scheduled."""
    record = flows_of(world)[flow]
    month = period_month_of(world)[counters_of(world)[PERIOD_NOW]]
    if month >= 0:
        created_of(world)[month, flow] += record.lot_units
    key = (flow << FLOW_SHIFT) | (record.number << PART_BITS)
    record.number += 1
    due_h = next_arrival_h(world, flow, now_h)
    if due_h < period_h_of(world)[-1]:
        schedule(world, due_h, FLOW, flow)
    lot = new_lot(world, flow, key, record.lot_units, now_h)
    if lot >= 0:
        proceed(world, lot, now_h)


@njit()
def proceed(world: Handle, lot: int, now_h: float) -> None:
    """Carry a lot on until it must wait for something or has arrived."""
    record = lots_of(world)[lot]
    at_h = now_h
    while True:
        number = record.stage
        stage = stages_of(world)[number]
        if stage.kind == TRAVEL:
            hours = drawn(keys_of(world)[TRAVEL_TIMES], record.key, number, stage.distribution, stage.mean_h, stage.cv)
            record.cause_h[stage.cause] += hours
            log_move(world, record.flow, number, at_h, at_h + hours, record.units)
            at_h += hours
            record.stage = number + 1
        elif stage.kind == END:
            finish(world, lot, at_h)
            return
        elif at_h > now_h:
            schedule(world, at_h, LOT, lot)
            return
        elif stage.kind == SERVE:
            at_h = serve(world, lot, now_h)
            record.stage = number + 1
        elif stage.kind == GATHER:
            gather(world, lot, stage.ref, now_h)
            return
        else:
            come_to_port(world, lot, stage.ref, now_h)
            return


@njit()
def serve(world: Handle, lot: int, now_h: float) -> float:
    """Book a lot at its station; when it will be done."""
    record = lots_of(world)[lot]
    number = record.stage
    stage = stages_of(world)[number]
    station = stations_of(world)[stage.ref]
    best = station.first_server
    for server in range(best + 1, station.first_server + station.servers):
        if free_h_of(world)[server] < free_h_of(world)[best]:
            best = server
    start_h = max(now_h, free_h_of(world)[best])
    if station.gate >= 0:
        start_h = open_from(world, station.gate, start_h)
    mean_h = stage.mean_h + stage.unit_h * record.units
    hours = drawn(keys_of(world)[SERVICE_TIMES], record.key, number, stage.distribution, mean_h, stage.cv)
    if stage.chance > 0.0 and uniform(keys_of(world)[INSPECTIONS], record.key, 2 * number) < stage.chance:
        hours += exponential(keys_of(world)[INSPECTIONS], record.key, 2 * number + 1, stage.extra_h)
    end_h = start_h + hours
    free_h_of(world)[best] = end_h
    record.cause_h[stage.wait_cause] += start_h - now_h
    record.cause_h[stage.cause] += hours
    count_job(world, stage.ref, now_h, start_h, end_h)
    return end_h


@njit()
def finish(world: Handle, lot: int, now_h: float) -> None:
    """A lot has arrived; what must go back empty starts its way."""
    record = lots_of(world)[lot]
    flow = flows_of(world)[record.flow]
    if in_window(world, now_h):
        hours = now_h - record.created_h
        journey = journeys_of(world)[record.flow]
        journey[0] += record.units
        journey[1] += record.units * hours
        for cause in range(N_CAUSES):
            journey[2 + cause] += record.units * record.cause_h[cause]
        journey_bins_of(world)[record.flow, bin_of(hours)] += record.units
        month = month_at(world, now_h)
        if month >= 0:
            arrived_of(world)[month, record.flow] += record.units
    if flow.empties >= 0 and flow.empty_share > 0.0 and now_h < period_h_of(world)[-1]:
        number = (record.key >> PART_BITS) & ((1 << (FLOW_SHIFT - PART_BITS)) - 1)
        key = (flow.empties << FLOW_SHIFT) | (number << PART_BITS) | (record.key & ((1 << PART_BITS) - 1))
        units = math.floor(record.units * flow.empty_share + uniform(keys_of(world)[EMPTIES], key, 0))
        if units > 0.0:
            empty = new_lot(world, flow.empties, key, units, now_h)
            if empty >= 0:
                schedule(world, now_h, LOT, empty)
    drop_lot(world, lot)


# -- trains and onward ships: services that gather lots ---------------------------------------------------


@njit()
def gather(world: Handle, lot: int, number: int, now_h: float) -> None:
    """A lot waits for a departure; a train that is full leaves at once, else when it has waited its longest."""
    service, record = services_of(world)[number], lots_of(world)[lot]
    record.since_h = now_h
    record.closed_h = shut_hours(world, service.gate, now_h)
    record.next = -1
    alone = service.first < 0
    if alone:
        service.first = lot
    else:
        lots_of(world)[service.last].next = lot
    service.last = lot
    before = service.waiting
    service.waiting = before + record.units
    if service.policy != WHEN_FULL:
        return
    if before < service.size - _WHOLE <= service.waiting:
        service.ticket = schedule(world, now_h, SERVICE, number)
    elif alone:
        service.ticket = schedule(world, now_h + service.longest_h, SERVICE, number)


@njit()
def leave_with_service(world: Handle, number: int, ticket: int, now_h: float) -> None:
    """A departure is due: it takes what has gathered, up to its size."""
    service = services_of(world)[number]
    if ticket != service.ticket:
        return
    if service.gate >= 0:
        open_h = open_from(world, service.gate, now_h)
        if open_h > now_h:
            service.ticket = schedule(world, open_h, SERVICE, number)
            return
    if service.first >= 0:
        take_along(world, number, now_h)
    if service.policy == AT_INTERVALS:
        behind = math.floor((now_h - service.phase_h) / service.headway_h + _WHOLE) + 1.0
        service.ticket = schedule(world, service.phase_h + behind * service.headway_h, SERVICE, number)
    elif service.first >= 0:
        due_h = max(now_h, lots_of(world)[service.first].since_h + service.longest_h)
        if service.waiting >= service.size - _WHOLE:
            due_h = now_h
        service.ticket = schedule(world, due_h, SERVICE, number)


@njit()
def take_along(world: Handle, number: int, now_h: float) -> None:
    """Lots leave the gathering place in the order in which they came; the last one may be parted."""
    service = services_of(world)[number]
    room = service.size
    while service.first >= 0 and room > _WHOLE:
        lot = service.first
        if lots_of(world)[lot].units > room + _WHOLE:
            part = split(world, lot, room)
            if part < 0:
                return
            lot = part
        else:
            service.first = lots_of(world)[lot].next
            if service.first < 0:
                service.last = -1
        record = lots_of(world)[lot]
        room -= record.units
        shut_h = shut_hours(world, service.gate, now_h) - record.closed_h
        record.cause_h[WEATHER] += shut_h
        record.cause_h[DEPARTURE] += now_h - record.since_h - shut_h
        record.next = -1
        record.stage += 1
        schedule(world, now_h, LOT, lot)
    service.waiting = max(0.0, service.waiting - (service.size - room))
    if service.first < 0:
        service.waiting = 0.0
    month = period_month_of(world)[counters_of(world)[PERIOD_NOW]]
    if month >= 0:
        service.departures += 1
        service.carried += service.size - room
        trains_of(world)[month, number] += 1


# -- ports: into the yard, in line for a ship -------------------------------------------------------------


@njit()
def come_to_port(world: Handle, lot: int, end: int, now_h: float) -> None:
    """A lot comes to a port; it waits outside while the yard is full."""
    line_end, record = ends_of(world)[end], lots_of(world)[lot]
    record.since_h = now_h
    record.next = -1
    if line_end.yard >= 0:
        yard = yards_of(world)[line_end.yard]
        need = record.units * yard_units_of(world)[flows_of(world)[record.flow].unit_load]
        if yard.first >= 0 or (yard.used > 0.0 and yard.used + need > yard.room + _WHOLE):
            if yard.first < 0:
                yard.first = lot
            else:
                lots_of(world)[yard.last].next = lot
            yard.last = lot
            yard.outside += 1
            if in_window(world, now_h):
                yard.longest = max(yard.longest, yard.outside)
            return
        yard.used += need
        count_yard(world, line_end.yard, now_h, now_h)
    join_line(world, lot, end, now_h)


@njit()
def count_yard(world: Handle, number: int, since_h: float, now_h: float) -> None:
    """A lot that came at `since_h` enters a yard."""
    yard = yards_of(world)[number]
    yard.queue_h += hours_in_window(world, since_h, now_h)
    if in_window(world, since_h):
        yard.jobs += 1
        yard.wait_h += now_h - since_h
        row = stations_of(world).size + berths_of(world).size + number
        wait_bins_of(world)[row, bin_of(now_h - since_h)] += 1


@njit()
def make_room(world: Handle, number: int, units: float, stay_h: float, now_h: float) -> None:
    """Unit loads leave a yard after `stay_h`; those outside may come in."""
    yard = yards_of(world)[number]
    yard.used = max(0.0, yard.used - units)
    yard.used_h += units * hours_in_window(world, now_h - stay_h, now_h)
    while yard.first >= 0:
        lot = yard.first
        record = lots_of(world)[lot]
        need = record.units * yard_units_of(world)[flows_of(world)[record.flow].unit_load]
        if yard.used > 0.0 and yard.used + need > yard.room + _WHOLE:
            return
        yard.first = record.next
        if yard.first < 0:
            yard.last = -1
        yard.outside -= 1
        yard.used += need
        count_yard(world, number, record.since_h, now_h)
        record.cause_h[YARD] += now_h - record.since_h
        record.next = -1
        join_line(world, lot, stages_of(world)[record.stage].ref, now_h)


@njit()
def join_line(world: Handle, lot: int, end: int, now_h: float) -> None:
    """A lot stands in line for a ship; a ship that waits for cargo may be called."""
    line_end, record = ends_of(world)[end], lots_of(world)[lot]
    flow = flows_of(world)[record.flow]
    record.since_h = now_h
    record.closed_h = shut_hours(world, line_end.gate, now_h)
    if line_end.first < 0:
        line_end.first = lot
    else:
        lots_of(world)[line_end.last].next = lot
    line_end.last = lot
    waiting_of(world)[end, flow.unit_load] += record.units
    line_end.gross_t += record.units * flow.gross_t
    call_ship(world, end, now_h)


@njit()
def call_ship(world: Handle, end: int, now_h: float) -> None:
    """Call the ship that has waited longest here, or across the sea, when there is enough for it."""
    here = ends_of(world)[end].idle_first
    if here >= 0:
        if enough_for(world, here, end, 0):
            ends_of(world)[end].called += 1
            take_from_roads(world, here, end, now_h)
        return
    other = end ^ 1
    across = ends_of(world)[other].idle_first
    if across >= 0 and enough_for(world, across, end, ends_of(world)[end].inbound):
        ends_of(world)[end].inbound += 1  # counted from the call on, not from the departure
        ships_of(world)[across].summoned = 1
        take_from_roads(world, across, other, now_h)


@njit()
def take_from_roads(world: Handle, ship: int, end: int, now_h: float) -> None:
    """The first ship in the roads of an end is called."""
    line_end, record = ends_of(world)[end], ships_of(world)[ship]
    line_end.idle_first = record.next
    if line_end.idle_first < 0:
        line_end.idle_last = -1
    record.next = -1
    change_state(world, ship, CALLED, now_h)
    record.ticket = schedule(world, now_h, SHIP, ship)


@njit()
def enough_for(world: Handle, ship: int, end: int, coming: int) -> bool:
    """True when what waits at an end fills a ship far enough to sail, beyond what ships on their way will take."""
    line_end = ends_of(world)[end]
    if line_end.policy != WHEN_FULL:
        return False
    payload = payload_t_of(world)[counters_of(world)[PERIOD_NOW], ship, end & 1]
    if payload <= 0.0:
        return False
    deck = 0.0
    for unit_load in range(waiting_of(world).shape[1]):
        if room_of(world)[ship, unit_load] > 0.0:
            deck += waiting_of(world)[end, unit_load] / room_of(world)[ship, unit_load]
    share = max(deck, line_end.gross_t / payload)
    return share - line_end.called - coming >= line_end.full_share - _WHOLE


@njit()
def change_state(world: Handle, ship: int, state: int, now_h: float) -> None:
    """A ship begins to do something else; its hours so far are counted."""
    record = ships_of(world)[ship]
    record.state_h[record.state] += hours_in_window(world, record.since_h, now_h)
    record.state = state
    record.since_h = now_h


@njit()
def log_move(world: Handle, flow: int, stage: int, start_h: float, end_h: float, units: float) -> None:
    """Keep a move for the animated map, when a trace is wanted."""
    if moves_of(world).shape[0] == 0 or not flows_of(world)[flow].traced:
        return
    number = counters_of(world)[N_MOVES]
    if number >= moves_of(world).shape[0]:
        counters_of(world)[STATUS] = MORE_MOVES
        return
    row = moves_of(world)[number]
    row[0], row[1], row[2], row[3] = stage, start_h, end_h, units
    counters_of(world)[N_MOVES] = number + 1
