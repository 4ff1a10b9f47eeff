"""The loop: take the next event, let it happen, until the run is over."""

from __future__ import annotations

from transcaspian._jit import njit
from transcaspian.freight.simulation._counting_kernel import hours_in_window, queue_at
from transcaspian.freight.simulation._departures_kernel import leave_with_service
from transcaspian.freight.simulation._events_kernel import drop_first, kind_of, number_of, schedule
from transcaspian.freight.simulation._lots_kernel import come, next_arrival_h, proceed
from transcaspian.freight.simulation._ships_kernel import fill_berths, open_gate, ship_event, wait_for_cargo
from transcaspian.freight.simulation._views import (
    Handle,
    active_of,
    berth_servers_of,
    berths_of,
    counters_of,
    ends_of,
    flows_of,
    gates_of,
    heap_h_of,
    heap_rank_of,
    heap_who_of,
    period_h_of,
    queue_jobs_of,
    queue_ships_of,
    queue_units_of,
    servers_of,
    services_of,
    ships_of,
    stations_of,
    turn_gate_of,
    turn_h_of,
    turn_sign_of,
    waiting_of,
    window_h_of,
)
from transcaspian.freight.simulation._world import (
    ABSENT,
    AT_INTERVALS,
    DAY,
    DAY_NOW,
    DONE,
    EVENTS,
    FLOW,
    GATE,
    HEAP_SIZE,
    LOT,
    PERIOD,
    PERIOD_NOW,
    SERVICE,
    SHIP,
    STATUS,
    TURN_NOW,
)

_HOURS_PER_DAY = 24.0


@njit()
def run_year(world: Handle) -> int:
    """Move a fresh world from hour 0 to the end of its last period; `DONE`, or which array was too small."""
    begin(world)
    counters, end_h = counters_of(world), period_h_of(world)[-1]
    while counters[HEAP_SIZE] > 0 and counters[STATUS] == DONE:
        now_h = heap_h_of(world)[0]
        if now_h >= end_h:
            break
        rank, who = heap_rank_of(world)[0], heap_who_of(world)[0]
        drop_first(world)
        counters[EVENTS] += 1
        happen(world, kind_of(rank), number_of(rank), who, now_h)
    for ship in range(ships_of(world).size):
        record = ships_of(world)[ship]
        record.state_h[record.state] += hours_in_window(world, record.since_h, end_h)
    return int(counters[STATUS])


@njit()
def happen(world: Handle, kind: int, number: int, who: int, now_h: float) -> None:
    """One event."""
    if kind == LOT:
        proceed(world, who, now_h)
    elif kind == FLOW:
        come(world, who, now_h)
    elif kind == SHIP:
        ship_event(world, who, number, now_h)
    elif kind == SERVICE:
        leave_with_service(world, who, number, now_h)
    elif kind == GATE:
        turn_gate(world, now_h)
    elif kind == DAY:
        look_at_queues(world, now_h)
    else:
        change_period(world, who, now_h)


@njit()
def begin(world: Handle) -> None:
    """Schedule the first event of each kind; ships lie at their ends and seek cargo."""
    if period_h_of(world).size > 2:
        schedule(world, period_h_of(world)[1], PERIOD, 1)
    if turn_h_of(world).size > 0:
        schedule(world, turn_h_of(world)[0], GATE, 0)
    set_values(world, 0)
    for ship in range(ships_of(world).size):
        if active_of(world)[0, ship]:
            wait_for_cargo(world, ship, 0.0)
    for flow in range(flows_of(world).size):
        due_h = next_arrival_h(world, flow, 0.0)
        if due_h < period_h_of(world)[-1]:
            schedule(world, due_h, FLOW, flow)
    for service in range(services_of(world).size):
        record = services_of(world)[service]
        if record.policy == AT_INTERVALS:
            record.ticket = schedule(world, record.phase_h, SERVICE, service)
    if queue_jobs_of(world).shape[0] > 0:
        schedule(world, window_h_of(world)[0], DAY, 0)


@njit()
def change_period(world: Handle, period: int, now_h: float) -> None:
    """Another month, or a dated change: what holds from now on."""
    counters_of(world)[PERIOD_NOW] = period
    set_values(world, period)
    for berth in range(berths_of(world).size):
        fill_berths(world, berth, now_h)
    for ship in range(ships_of(world).size):
        if active_of(world)[period, ship] and ships_of(world)[ship].state == ABSENT:
            wait_for_cargo(world, ship, now_h)
    if period + 2 < period_h_of(world).size:
        schedule(world, period_h_of(world)[period + 1], PERIOD, period + 1)


@njit()
def set_values(world: Handle, period: int) -> None:
    """Servers of stations and berths in a period; who has booked a server before keeps his time."""
    for station in range(stations_of(world).size):
        stations_of(world)[station].servers = servers_of(world)[period, station]
    for berth in range(berths_of(world).size):
        berths_of(world)[berth].servers = berth_servers_of(world)[period, berth]


@njit()
def turn_gate(world: Handle, now_h: float) -> None:
    """The next gate shuts or opens."""
    turn = counters_of(world)[TURN_NOW]
    counters_of(world)[TURN_NOW] = turn + 1
    if turn + 1 < turn_h_of(world).size:
        schedule(world, turn_h_of(world)[turn + 1], GATE, 0)
    number = turn_gate_of(world)[turn]
    if turn_sign_of(world)[turn] > 0:
        gates_of(world)[number].shut = 1
        gates_of(world)[number].since_h = now_h
    else:
        open_gate(world, number, now_h)


@njit()
def look_at_queues(world: Handle, now_h: float) -> None:
    """Once a day: how many wait where."""
    day = counters_of(world)[DAY_NOW]
    if day >= queue_jobs_of(world).shape[0]:
        return
    for station in range(stations_of(world).size):
        queue_jobs_of(world)[day, station] = queue_at(world, station, now_h)
    for berth in range(berths_of(world).size):
        queue_ships_of(world)[day, berth] = berths_of(world)[berth].waiting
    for end in range(ends_of(world).size):
        queue_units_of(world)[day, end] = waiting_of(world)[end].sum()
    counters_of(world)[DAY_NOW] = day + 1
    schedule(world, now_h + _HOURS_PER_DAY, DAY, 0)
