"""The event list against Python's heapq."""

from __future__ import annotations

import heapq

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._events_kernel import drop_first, kind_of, number_of, schedule
from transcaspian.freight.simulation.bare_port import BarePort, port_plan

from .helpers import fresh

PLAN = port_plan(BarePort(2.0, 6.0, 1), 10.0)
# Few times, so that many are equal; None takes the first event out.
ACTIONS = st.lists(
    st.one_of(st.none(), st.tuples(st.integers(0, 5).map(float), st.integers(w.PERIOD, w.DAY), st.integers(0, 99)))
)


@settings(max_examples=200)
@given(ACTIONS)
def test_events_come_out_by_time_kind_and_turn_as_from_heapq(actions: list[tuple[float, int, int] | None]) -> None:
    world, table = fresh(PLAN)
    twin: list[tuple[float, int, int, int]] = []
    scheduled = 0
    for action in [*actions, *([None] * len(actions))]:
        if action is not None:
            time_h, kind, who = action
            assert schedule(table.ctypes.data, time_h, kind, who) == scheduled
            heapq.heappush(twin, (time_h, kind, scheduled, who))
            scheduled += 1
        elif twin:
            time_h, kind, number, who = heapq.heappop(twin)
            rank = int(world.heap_rank[0])
            assert (world.heap_h[0], kind_of(rank), number_of(rank), world.heap_who[0]) == (time_h, kind, number, who)
            drop_first(table.ctypes.data)
        assert world.counters[w.HEAP_SIZE] == len(twin)


def test_a_full_list_says_so_and_loses_nothing() -> None:
    world, table = fresh(PLAN)
    for number in range(world.heap_h.size):
        assert schedule(table.ctypes.data, float(-number), w.LOT, 0) == number
    assert schedule(table.ctypes.data, 0.0, w.LOT, 0) == -1
    assert world.counters[w.STATUS] == w.MORE_EVENTS
    assert world.counters[w.HEAP_SIZE] == world.heap_h.size
    assert np.array_equal(np.sort(world.heap_h), np.arange(1 - world.heap_h.size, 1))
