"""The event list: a 4-ary heap ordered by (time, kind, sequence), so that equal times always resolve alike.

Four children to a node halve the depth of a binary heap (LaMarca and Ladner, 1996); events of one time come by
kind, events of one kind in the order in which they were scheduled.
"""

from __future__ import annotations

from transcaspian._jit import njit
from transcaspian.freight.simulation._views import (
    Handle,
    counters_of,
    heap_h_of,
    heap_rank_of,
    heap_who_of,
)
from transcaspian.freight.simulation._world import HEAP_SIZE, MORE_EVENTS, SEQUENCE, STATUS

_KIND_SHIFT = 48  # room for 2.8e14 events
_SEQUENCE_MASK = (1 << _KIND_SHIFT) - 1


@njit()
def schedule(world: Handle, time_h: float, kind: int, who: int) -> int:
    """Add an event; its number, by which a stale one is told."""
    counters = counters_of(world)
    size = counters[HEAP_SIZE]
    if size >= heap_h_of(world).size:
        counters[STATUS] = MORE_EVENTS
        return -1
    sequence = counters[SEQUENCE]
    counters[SEQUENCE] = sequence + 1
    counters[HEAP_SIZE] = size + 1
    rank = (kind << _KIND_SHIFT) | sequence
    times, ranks, whos = heap_h_of(world), heap_rank_of(world), heap_who_of(world)
    slot = size
    while slot > 0:
        parent = (slot - 1) >> 2
        if times[parent] < time_h or (times[parent] == time_h and ranks[parent] < rank):
            break
        times[slot], ranks[slot], whos[slot] = times[parent], ranks[parent], whos[parent]
        slot = parent
    times[slot], ranks[slot], whos[slot] = time_h, rank, who
    return sequence


@njit()
def drop_first(world: Handle) -> None:
    """Remove the event at the top."""
    counters = counters_of(world)
    size = counters[HEAP_SIZE] - 1
    counters[HEAP_SIZE] = size
    if size == 0:
        return
    times, ranks, whos = heap_h_of(world), heap_rank_of(world), heap_who_of(world)
    time_h, rank, who = times[size], ranks[size], whos[size]
    slot = 0
    while True:
        first = 4 * slot + 1
        if first >= size:
            break
        best = first
        for child in range(first + 1, min(first + 4, size)):
            if times[child] < times[best] or (times[child] == times[best] and ranks[child] < ranks[best]):
                best = child
        if time_h < times[best] or (time_h == times[best] and rank < ranks[best]):
            break
        times[slot], ranks[slot], whos[slot] = times[best], ranks[best], whos[best]
        slot = best
    times[slot], ranks[slot], whos[slot] = time_h, rank, who


@njit()
def kind_of(rank: int) -> int:
    """The kind of an event, from its rank."""
    return rank >> _KIND_SHIFT


@njit()
def number_of(rank: int) -> int:
    """The number of an event, from its rank."""
    return rank & _SEQUENCE_MASK
