"""Bins, gates and windows against NumPy and plain Python."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._counting_kernel import bin_of, hours_in_window, in_window, open_from
from transcaspian.freight.simulation._views import addresses
from transcaspian.freight.simulation._world import World
from transcaspian.freight.simulation.bare_port import BarePort, port_plan
from transcaspian.freight.simulation.replication import bin_edges, bin_quantiles
from transcaspian.freight.simulation.world import _FIRST_SIZES, _fresh

EDGES = bin_edges()
PORT = port_plan(BarePort(2.0, 6.0, 1), 100.0)


def gated_world(intervals: list[tuple[float, float]]) -> World:
    plan = replace(PORT, gate_ids=("calm", "port"))
    return _fresh(plan, {1: intervals}, np.ones(len(w.STREAMS), dtype=np.uint64), dict(_FIRST_SIZES))


@given(st.floats(0, 1e7))
def test_a_time_falls_into_the_bin_between_whose_edges_it_lies(hours: float) -> None:
    expected = min(int(np.searchsorted(EDGES, hours, side="right")) - 1, w.N_BINS - 1)
    assert bin_of(hours) == expected


def test_an_edge_belongs_to_the_bin_above() -> None:
    assert [bin_of(edge) for edge in EDGES[:-1]] == list(range(w.N_BINS))
    below = np.nextafter(EDGES[1:], 0.0)
    assert [bin_of(edge) for edge in below] == list(range(w.N_BINS))


def test_bins_are_at_most_1_6_percent_wide() -> None:
    assert np.max(EDGES[2:] / EDGES[1:-1]) <= 1.0157
    assert EDGES[-1] == 2.0**18


@given(st.lists(st.floats(2.0**-6, 2.0**17), min_size=1, max_size=60), st.floats(0.01, 1))
def test_quantiles_are_numpys_to_the_width_of_a_bin(times: list[float], share: float) -> None:
    bins = np.bincount([bin_of(time) for time in times], minlength=w.N_BINS)[None, :]
    found = bin_quantiles(bins, (share,))[0, 0]
    exact = np.quantile(times, share, method="inverted_cdf")
    assert abs(found - exact) <= exact / w.BINS_PER_OCTAVE + 1e-12


def test_no_wait_is_no_wait_and_nothing_counted_is_nothing() -> None:
    bins = np.zeros((2, w.N_BINS), dtype=np.int64)
    bins[0, 0], bins[0, 500] = 8, 2
    found = bin_quantiles(bins, (0.1, 0.8, 0.9))
    assert np.array_equal(found[1], [0, 0, 0])
    assert np.array_equal(found[0, :2], [0, 0])
    assert EDGES[500] <= found[0, 2] <= EDGES[501]


@given(
    st.lists(st.floats(0, 1000), min_size=0, max_size=12, unique=True),
    st.one_of(st.floats(0, 1100), st.integers(0, 11)),
)
def test_a_gate_opens_when_a_plain_search_says(bounds: list[float], asked: float | int) -> None:
    ordered = sorted(bounds)
    intervals = list(zip(ordered[::2], ordered[1::2], strict=False))
    time_h = float(ordered[asked % len(ordered)] if isinstance(asked, int) and ordered else asked)
    expected = next((until for since, until in intervals if since <= time_h < until), time_h)
    world = gated_world(intervals)
    table = addresses(world)
    assert open_from(table.ctypes.data, 1, time_h) == expected
    assert open_from(table.ctypes.data, 0, time_h) == time_h  # a gate without closures


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_hours_in_the_window_are_the_overlap(start_h: float, length_h: float) -> None:
    world = gated_world([])
    table = addresses(world)
    since, until = PORT.window_h
    end_h = start_h + length_h
    overlap = max(0.0, min(end_h, until) - max(start_h, since))
    assert hours_in_window(table.ctypes.data, start_h, end_h) == overlap
    assert in_window(table.ctypes.data, start_h) == (since <= start_h < until)


def test_the_window_holds_its_first_hour_and_not_its_last() -> None:
    world = gated_world([])
    table = addresses(world)
    since, until = PORT.window_h
    assert in_window(table.ctypes.data, since)
    assert not in_window(table.ctypes.data, until)
    assert in_window(table.ctypes.data, math.nextafter(until, 0))


@pytest.mark.parametrize("hours", [0.0, 2.0**-7 - 1e-12])
def test_half_a_minute_is_no_time(hours: float) -> None:
    assert bin_of(hours) == 0
