"""Lots as records: made, parted, given back; and a time drawn for one."""

from __future__ import annotations

import numpy as np

from transcaspian._jit import njit
from transcaspian.freight.simulation._views import Handle, counters_of, flows_of, lots_of, moves_of
from transcaspian.freight.simulation._world import (
    EXPONENTIAL,
    FREE_LOT,
    LOGNORMAL,
    MORE_LOTS,
    MORE_MOVES,
    N_CAUSES,
    N_LOTS,
    N_MOVES,
    PART_BITS,
    STATUS,
)
from transcaspian.runs._draws_kernel import exponential, lognormal_by_sigma


@njit()
def drawn(key: np.uint64, entity: int, counter: int, distribution: int, mean_h: float, sigma: float) -> float:
    """A time of this mean."""
    if distribution == EXPONENTIAL:
        return exponential(key, entity, counter, mean_h)
    if distribution == LOGNORMAL and mean_h > 0.0 and sigma > 0.0:
        return lognormal_by_sigma(key, entity, counter, mean_h, sigma)
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
