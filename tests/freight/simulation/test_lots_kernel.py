"""Arrivals and drawn times against their distributions and plain twins."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._consignments_kernel import drawn, new_lot, split
from transcaspian.freight.simulation._lots_kernel import next_arrival_h
from transcaspian.freight.simulation._world import Floats
from transcaspian.freight.simulation.bare_port import BarePort, port_plan
from transcaspian.runs._draws_kernel import exponential
from transcaspian.runs.streams import stream_key

from .helpers import fresh

KEY = stream_key(1, 0, "a test of distributions")
PORT = port_plan(BarePort(2.0, 6.0, 1), 100.0)
N = 4000
LEAST_P = 1e-3  # seeds are fixed: what passes once passes always


def sample(distribution: int, mean_h: float, cv: float) -> Floats:
    sigma = math.sqrt(math.log1p(cv * cv))
    return np.array([drawn(KEY, entity, 3, distribution, mean_h, sigma) for entity in range(N)])


def test_exponential_times_are_exponential() -> None:
    assert stats.kstest(sample(w.EXPONENTIAL, 7.0, 0.0), "expon", args=(0, 7.0)).pvalue > LEAST_P


@pytest.mark.parametrize("cv", [0.1, 0.3, 0.8, 2.0])
def test_lognormal_times_have_the_mean_and_scatter_asked_for(cv: float) -> None:
    sigma = math.sqrt(math.log(1 + cv * cv))
    scale = 12.0 * math.exp(-0.5 * sigma * sigma)
    assert stats.kstest(sample(w.LOGNORMAL, 12.0, cv), "lognorm", args=(sigma, 0, scale)).pvalue > LEAST_P


@pytest.mark.parametrize(
    ("distribution", "mean_h", "cv"), [(w.DETERMINISTIC, 5.0, 0.3), (w.LOGNORMAL, 5.0, 0.0), (w.LOGNORMAL, 0.0, 0.5)]
)
def test_what_does_not_scatter_takes_its_mean(distribution: int, mean_h: float, cv: float) -> None:
    assert set(sample(distribution, mean_h, cv)) == {mean_h}


@given(
    st.lists(st.floats(0, 0.2), min_size=3, max_size=3),
    st.booleans(),
    st.integers(0, 40),
    st.floats(0, 299),
)
def test_the_next_lot_comes_when_the_integral_of_the_rate_is_reached(
    rates: list[float], regular: bool, number: int, now_h: float
) -> None:
    bounds = np.array([0.0, 100.0, 200.0, 300.0])
    flows = PORT.flows.copy()
    flows["regular"], flows["number"] = regular, number
    plan = replace(PORT, flows=flows, rate=np.array(rates)[:, None], period_h=bounds,
                   period_month=np.full(3, -1), servers=np.ones((3, 1), dtype=np.int64),
                   berth_servers=np.zeros((3, 0), dtype=np.int64))  # fmt: skip
    world, table = fresh(plan)
    world.counters[w.PERIOD_NOW] = int(now_h // 100)
    found = next_arrival_h(table.ctypes.data, 0, now_h)
    need = 1.0 if regular else exponential(world.keys[w.ARRIVALS], 0, number, 1.0)
    grown = np.concatenate(([0.0], np.cumsum(np.array(rates) * 100.0)))  # the integral at the bounds
    target = np.interp(now_h, bounds, grown) + need
    if math.isinf(found):
        assert grown[-1] <= target + 1e-9
    else:
        assert found >= now_h
        assert np.interp(found, bounds, grown) == pytest.approx(target, abs=1e-9)


def test_lots_of_a_flow_are_a_poisson_process() -> None:
    world, table = fresh(PORT)
    world.keys[w.ARRIVALS] = KEY
    times = []
    for number in range(N):
        world.flows["number"] = number
        times.append(next_arrival_h(table.ctypes.data, 0, 0.0))
    inside = np.array([time for time in times if math.isfinite(time)])
    end_h = PORT.end_h
    rate = 2.0 / 24
    assert len(inside) / N == pytest.approx(1 - math.exp(-rate * end_h), abs=0.01)
    truncated = (1 - np.exp(-rate * inside)) / (1 - math.exp(-rate * end_h))
    assert stats.kstest(truncated, "uniform").pvalue > LEAST_P


@given(st.lists(st.integers(0, 1_000), max_size=12))
def test_parts_of_a_lot_never_draw_alike(choices: list[int]) -> None:
    """Whatever part is split in whatever order, up to 16 times in a row, all keys differ and name flow and number."""
    world, table = fresh(PORT)
    lots = [new_lot(table.ctypes.data, 0, 7 << w.PART_BITS, 1_000.0, 0.0)]
    for choice in choices:
        lots.append(split(table.ctypes.data, lots[choice % len(lots)], 1.0))
    keys = world.lots["key"][lots]
    assert len(set(keys)) == len(keys)
    assert set(keys >> w.PART_BITS) == {7}
    assert world.lots["units"][lots].sum() == 1_000.0
