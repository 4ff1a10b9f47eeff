"""Cargo at a port: into the yard, in line for a ship, and which ship is called for it."""

from __future__ import annotations

from transcaspian._jit import njit
from transcaspian.freight.simulation._counting_kernel import bin_of, hours_in_window, in_window, shut_hours
from transcaspian.freight.simulation._events_kernel import schedule
from transcaspian.freight.simulation._views import (
    Handle,
    berths_of,
    counters_of,
    ends_of,
    flows_of,
    lots_of,
    payload_t_of,
    room_of,
    ships_of,
    stages_of,
    stations_of,
    wait_bins_of,
    waiting_of,
    yard_units_of,
    yards_of,
)
from transcaspian.freight.simulation._world import CALLED, PERIOD_NOW, SHIP, WHEN_FULL, YARD

_WHOLE = 1e-9  # shares of a slot, tonnes: sums in another order differ by less


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
