"""Trains and onward ships: lots gather, and leave together at intervals or when a departure is full."""

from __future__ import annotations

import math

from transcaspian._jit import njit
from transcaspian.freight.simulation._consignments_kernel import split
from transcaspian.freight.simulation._counting_kernel import open_from, shut_hours
from transcaspian.freight.simulation._events_kernel import schedule
from transcaspian.freight.simulation._views import Handle, counters_of, lots_of, period_month_of, services_of, trains_of
from transcaspian.freight.simulation._world import AT_INTERVALS, DEPARTURE, LOT, PERIOD_NOW, SERVICE, WEATHER, WHEN_FULL

_WHOLE = 1e-9  # shares of a slot, tonnes: sums in another order differ by less


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
