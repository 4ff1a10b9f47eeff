"""The way of a lot: it comes, travels, is served, waits for a train or a ship, and ends.

Stations serve in the order of arrival and no one is turned away, so a job's start is known when it comes: the
earliest server that is free (Kiefer and Wolfowitz, 1955). Nothing has to happen in between, and a lot needs one event
for each place where it has to stand in line, none for what it only passes through.
"""

from __future__ import annotations

import math

from transcaspian._jit import njit
from transcaspian.freight.simulation._consignments_kernel import drawn, drop_lot, log_move, new_lot
from transcaspian.freight.simulation._counting_kernel import bin_of, count_job, in_window, month_at, open_from
from transcaspian.freight.simulation._departures_kernel import gather
from transcaspian.freight.simulation._events_kernel import schedule
from transcaspian.freight.simulation._ports_kernel import come_to_port
from transcaspian.freight.simulation._views import (
    Handle,
    arrived_of,
    counters_of,
    created_of,
    flows_of,
    free_h_of,
    heap_h_of,
    journey_bins_of,
    journeys_of,
    keys_of,
    lots_of,
    period_h_of,
    period_month_of,
    rate_of,
    stages_of,
    stations_of,
)
from transcaspian.freight.simulation._world import (
    ARRIVALS,
    DONE,
    EMPTIES,
    END,
    EVENTS,
    FLOW,
    FLOW_SHIFT,
    GATHER,
    HEAP_SIZE,
    INSPECTIONS,
    LOT,
    N_CAUSES,
    PART_BITS,
    PERIOD_NOW,
    SERVE,
    SERVICE_TIMES,
    STATUS,
    TRAVEL,
    TRAVEL_TIMES,
)
from transcaspian.runs._draws_kernel import exponential, uniform


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
    """A lot of a flow comes; so do the next ones, as long as nothing else happens before them."""
    record, counters, heap_h = flows_of(world)[flow], counters_of(world), heap_h_of(world)
    end_h = period_h_of(world)[-1]
    while True:
        month = period_month_of(world)[counters[PERIOD_NOW]]
        if month >= 0:
            created_of(world)[month, flow] += record.lot_units
        key = (flow << FLOW_SHIFT) | (record.number << PART_BITS)
        record.number += 1
        due_h = next_arrival_h(world, flow, now_h)
        if record.passing:
            pass_station(world, flow, key, now_h)
        else:
            lot = new_lot(world, flow, key, record.lot_units, now_h)
            if lot >= 0:
                proceed(world, lot, now_h)
        if due_h >= end_h or counters[STATUS] != DONE:
            return
        if counters[HEAP_SIZE] > 0 and heap_h[0] <= due_h:
            schedule(world, due_h, FLOW, flow)
            return
        counters[EVENTS] += 1
        now_h = due_h


@njit()
def pass_station(world: Handle, flow: int, key: int, now_h: float) -> None:
    """A lot whose whole way is one station: served, counted, gone."""
    record = flows_of(world)[flow]
    number, units = record.first_stage, record.lot_units
    start_h, end_h = book(world, number, key, units, now_h)
    if not record.unseen and in_window(world, end_h):
        stage, journey = stages_of(world)[number], journeys_of(world)[flow]
        journey[0] += units
        journey[1] += units * (end_h - now_h)
        journey[2 + stage.wait_cause] += units * (start_h - now_h)
        journey[2 + stage.cause] += units * (end_h - start_h)
        journey_bins_of(world)[flow, bin_of(end_h - now_h)] += units
        month = month_at(world, end_h)
        if month >= 0:
            arrived_of(world)[month, flow] += units


@njit()
def proceed(world: Handle, lot: int, now_h: float) -> None:
    """Carry a lot on until it must wait for something or has arrived."""
    record = lots_of(world)[lot]
    at_h = now_h
    while True:
        number = record.stage
        stage = stages_of(world)[number]
        if stage.kind == TRAVEL:
            hours = drawn(
                keys_of(world)[TRAVEL_TIMES], record.key, number, stage.distribution, stage.mean_h, stage.sigma
            )
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
    """A lot stands in line at its station; when it will be done."""
    record = lots_of(world)[lot]
    stage = stages_of(world)[record.stage]
    start_h, end_h = book(world, record.stage, record.key, record.units, now_h)
    record.cause_h[stage.wait_cause] += start_h - now_h
    record.cause_h[stage.cause] += end_h - start_h
    return end_h


@njit()
def book(world: Handle, number: int, key: int, units: float, now_h: float) -> tuple[float, float]:
    """The first free server of a stage's station: from when until when it serves what has just come."""
    stage = stages_of(world)[number]
    station, free_h = stations_of(world)[stage.ref], free_h_of(world)
    best = station.first_server
    for server in range(best + 1, station.first_server + station.servers):
        if free_h[server] < free_h[best]:
            best = server
    start_h = max(now_h, free_h[best])
    if station.gate >= 0:
        start_h = open_from(world, station.gate, start_h)
    mean_h = stage.mean_h + stage.unit_h * units
    hours = drawn(keys_of(world)[SERVICE_TIMES], key, number, stage.distribution, mean_h, stage.sigma)
    if stage.chance > 0.0 and uniform(keys_of(world)[INSPECTIONS], key, 2 * number) < stage.chance:
        hours += exponential(keys_of(world)[INSPECTIONS], key, 2 * number + 1, stage.extra_h)
    end_h = start_h + hours
    free_h[best] = end_h
    count_job(world, stage.ref, now_h, start_h, end_h)
    return start_h, end_h


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
                lots_of(world)[empty].splits = record.splits  # its parts must not draw as those of its sisters
                schedule(world, now_h, LOT, empty)
    drop_lot(world, lot)
