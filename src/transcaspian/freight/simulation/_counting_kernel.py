"""What is counted while the world moves: waits in bins, hours inside the window, lengths of queues."""

from __future__ import annotations

import numpy as np

from transcaspian._jit import njit
from transcaspian.freight.simulation._views import (
    Handle,
    counters_of,
    gates_of,
    period_h_of,
    period_month_of,
    shut_from_h_of,
    shut_until_h_of,
    starts_h_of,
    stations_of,
    wait_bins_of,
    window_h_of,
)
from transcaspian.freight.simulation._world import FIRST_OCTAVE, MORE_STARTS, N_BINS, PERIOD_NOW, STATUS

# Exponent and six bits of the first octave, less one: what is below it falls into bin 0.
_FIRST_BIN = np.int64(((1023 + FIRST_OCTAVE) << 6) - 1)


@njit()
def in_window(world: Handle, time_h: float) -> bool:
    """True where what happens at this hour is counted."""
    return window_h_of(world)[0] <= time_h < window_h_of(world)[1]


@njit()
def hours_in_window(world: Handle, start_h: float, end_h: float) -> float:
    """The part of an interval that is counted."""
    return max(0.0, min(end_h, window_h_of(world)[1]) - max(start_h, window_h_of(world)[0]))


@njit()
def bin_of(hours: float) -> int:
    """The bin of a time that is not negative, from exponent and first six bits of its mantissa."""
    bits = np.int64(np.float64(hours).view(np.uint64) >> np.uint64(46))
    return int(max(np.int64(0), min(np.int64(N_BINS - 1), bits - _FIRST_BIN)))


@njit()
def shut_hours(world: Handle, gate: int, now_h: float) -> float:
    """Hours for which a gate has been shut up to now."""
    if gate < 0:
        return 0.0
    record = gates_of(world)[gate]
    return record.sum_h + (now_h - record.since_h if record.shut else 0.0)


@njit()
def open_from(world: Handle, gate: int, time_h: float) -> float:
    """The first hour from `time_h` on at which a gate is open; its intervals are known ahead."""
    record = gates_of(world)[gate]
    low, high = record.first_interval, record.last_interval
    while low < high:  # the first interval that ends after `time_h`
        middle = (low + high) >> 1
        if shut_until_h_of(world)[middle] <= time_h:
            low = middle + 1
        else:
            high = middle
    if low < record.last_interval and shut_from_h_of(world)[low] <= time_h:
        return shut_until_h_of(world)[low]
    return time_h


@njit()
def count_job(world: Handle, number: int, now_h: float, start_h: float, end_h: float) -> None:
    """A job came to a station at `now_h`, and will be served from `start_h` until `end_h`."""
    station = stations_of(world)[number]
    if starts_h_of(world).shape[1] > 0:
        follow_queue(world, number, now_h, start_h)
    station.busy_h += hours_in_window(world, start_h, end_h)
    if in_window(world, now_h):
        station.jobs += 1
        station.wait_h += start_h - now_h
        wait_bins_of(world)[number, bin_of(start_h - now_h)] += 1


@njit()
def follow_queue(world: Handle, number: int, now_h: float, start_h: float) -> None:
    """Keep the starts of the jobs that wait, so that the length of the queue is known at every arrival."""
    station, starts_h = stations_of(world)[number], starts_h_of(world)
    mask = starts_h.shape[1] - 1  # its length is a power of two
    station.queue_h += hours_in_window(world, now_h, start_h)
    while station.head < station.tail and starts_h[number, station.head & mask] <= now_h:
        station.head += 1
    if start_h > now_h:
        if station.tail - station.head > mask:
            counters_of(world)[STATUS] = MORE_STARTS
            return
        starts_h[number, station.tail & mask] = start_h
        station.tail += 1
    if in_window(world, now_h):
        station.longest = max(station.longest, station.tail - station.head)


@njit()
def queue_at(world: Handle, number: int, now_h: float) -> int:
    """How many jobs wait at a station."""
    station = stations_of(world)[number]
    starts_h = starts_h_of(world)
    mask = starts_h.shape[1] - 1  # its length is a power of two
    while station.head < station.tail and starts_h[number, station.head & mask] <= now_h:
        station.head += 1
    return station.tail - station.head


@njit()
def month_at(world: Handle, time_h: float) -> int:
    """The month of the window in which an hour from now on falls; -1 outside."""
    period = counters_of(world)[PERIOD_NOW]
    period_h = period_h_of(world)
    while period + 2 < period_h.size and period_h[period + 1] <= time_h:
        period += 1
    return period_month_of(world)[period] if time_h < period_h[period + 1] else -1
