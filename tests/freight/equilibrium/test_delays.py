"""Delay functions against their published formulas, numerical derivatives and integrals, and queueing theory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from transcaspian.errors import InputError
from transcaspian.freight.equilibrium.delays import Delays, bpr, conical, constant, davidson, join_delays, queue

EVERY: dict[str, Callable[[], Delays]] = {
    "constant": lambda: constant(3.0),
    "bpr": lambda: bpr(2.0, 10.0),
    "bpr, power 1": lambda: bpr(2.0, 10.0, b=0.7, power=1.0),
    "bpr, power 2": lambda: bpr(2.0, 10.0, power=2.0),
    "bpr, power 6.3": lambda: bpr(2.0, 10.0, b=1.3, power=6.3),
    "conical": lambda: conical(2.0, 10.0, alpha=6.0),
    "davidson": lambda: davidson(2.0, 10.0, j=0.4, knee=0.9),
    "queue, 1 server": lambda: queue(1.0, 10.0, service=0.1),
    "queue, 3 servers": lambda: queue(1.0, 10.0, service=0.3, servers=3, variability=0.7, knee=0.99),
    "queue, 40 servers": lambda: queue(0.0, 10.0, service=4.0, servers=40, knee=0.98),
}


@pytest.mark.parametrize("name", EVERY)
@given(flow=st.floats(0.05, 25.0))
def test_slope_and_curvature_are_the_derivatives_and_the_integral_is_the_integral(name: str, flow: float) -> None:
    delays = EVERY[name]()
    knee = float(delays.knee[0] * delays.capacity[0])
    if abs(flow - knee) < 1e-3:
        flow = knee + 0.01
    step = 1e-5
    ends = delays.time(flow + step)[0], delays.time(flow - step)[0]
    scale = max(1.0, float(delays.slope(flow)[0]))
    assert delays.slope(flow)[0] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-5 * scale)
    slopes = delays.slope(flow + step)[0], delays.slope(flow - step)[0]
    scale = max(1.0, float(delays.curvature(flow)[0]))
    assert delays.curvature(flow)[0] == pytest.approx((slopes[0] - slopes[1]) / (2 * step), abs=1e-4 * scale)
    kinks = [knee] if np.isfinite(knee) and 0 < knee < flow else None
    area, error = quad(
        lambda x: float(delays.time(x)[0]), 0.0, flow, points=kinks, epsabs=1e-11, epsrel=1e-11, limit=200
    )
    assert delays.integral(flow)[0] == pytest.approx(area, rel=1e-9, abs=10 * error)


@pytest.mark.parametrize("name", EVERY)
def test_an_empty_link_takes_its_free_time_and_no_flow_makes_it_quicker(name: str) -> None:
    delays = EVERY[name]()
    assert delays.time(0.0)[0] == pytest.approx(delays.free[0], abs=1e-12)
    assert delays.integral(0.0)[0] == 0.0
    times = [float(delays.time(flow)[0]) for flow in np.linspace(0.0, 30.0, 200)]
    assert np.all(np.diff(times) >= 0.0)


@pytest.mark.parametrize("name", ["davidson", "queue, 1 server", "queue, 3 servers", "queue, 40 servers"])
def test_beyond_the_knee_the_delay_goes_on_as_its_tangent(name: str) -> None:
    delays = EVERY[name]()
    knee = float(delays.knee[0] * delays.capacity[0])
    below, above = delays.time(knee * (1 - 1e-9))[0], delays.time(knee * (1 + 1e-9))[0]
    assert above == pytest.approx(below, rel=1e-6)
    assert delays.slope(knee * (1 + 1e-9))[0] == pytest.approx(delays.slope(knee)[0], rel=1e-6)
    slope = float(delays.slope(knee)[0])
    assert delays.time(3 * knee)[0] - delays.time(knee)[0] == pytest.approx(2 * knee * slope)
    assert delays.curvature(3 * knee)[0] == 0.0


def test_the_bureaus_function_adds_15_percent_at_capacity() -> None:
    assert bpr(20.0, 100.0).time(100.0)[0] == pytest.approx(23.0)


@pytest.mark.parametrize(("b", "power", "time"), [(0.0, 4.0, 5.0), (0.3, 0.0, 6.5)])
def test_where_the_delay_is_constant_the_capacity_does_not_matter(b: float, power: float, time: float) -> None:
    for capacity in (0.0, 10.0):
        delays = bpr(5.0, capacity, b=b, power=power)
        np.testing.assert_allclose(delays.time(1e6), time)
        np.testing.assert_allclose(delays.slope(1e6), 0.0)


@given(alpha=st.floats(1.5, 12.0), rho=st.floats(0.0, 3.0))
def test_spiess_conditions_hold(alpha: float, rho: float) -> None:
    delays = conical(1.0, 1.0, alpha=alpha)
    beta = (2 * alpha - 1) / (2 * alpha - 2)
    published = 2 + np.sqrt(alpha**2 * (1 - rho) ** 2 + beta**2) - alpha * (1 - rho) - beta
    assert delays.time(rho)[0] == pytest.approx(published, rel=1e-12)
    assert delays.time(1.0)[0] == pytest.approx(2.0)
    assert delays.slope(rho)[0] < 2 * alpha


@pytest.mark.parametrize("rho", [0.1, 0.5, 0.8, 0.94])
def test_one_server_waits_as_pollaczek_and_khinchine_say(rho: float) -> None:
    service, squared_variation = 2.0, 0.25
    exact = rho * service * (1 + squared_variation) / (2 * (1 - rho))  # M/G/1
    delays = queue(0.0, 1 / service, service=service, variability=(1 + squared_variation) / 2)
    assert delays.time(rho / service)[0] == pytest.approx(exact, rel=1e-12)


def erlang_wait(servers: int, rho: float, service: float) -> float:
    """Mean wait of M/M/c, by Erlang's recursion for the blocking probability."""
    load, blocked = servers * rho, 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    waits = blocked / (1 - rho + rho * blocked)
    return waits * service / (servers * (1 - rho))


@pytest.mark.parametrize("servers", [2, 3, 5, 10])
@pytest.mark.parametrize("rho", [0.6, 0.8, 0.9])
def test_several_servers_wait_about_as_erlang_says(servers: int, rho: float) -> None:
    delays = queue(0.0, servers / 2.0, service=2.0, servers=servers)
    wait, exact = float(delays.time(rho * servers / 2.0)[0]), erlang_wait(servers, rho, 2.0)
    # Sakasegawa's formula is an approximation: an eighth of the wait, or 3 % of a service where waits are short.
    assert wait == pytest.approx(exact, rel=0.12, abs=0.03 * 2.0)


def test_joined_rows_keep_their_functions() -> None:
    parts = [make() for make in EVERY.values()]
    whole = join_delays(parts)
    assert len(whole) == len(parts)
    np.testing.assert_array_equal(whole.time(7.0), np.concatenate([part.time(7.0) for part in parts]))


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: constant([1.0, -1.0]), 1),
        (lambda: bpr([-1.0, 2.0], [1.0, 0.0], b=[0.1, -0.1], power=[0.5, 4.0]), 4),
        (lambda: bpr(1.0, -5.0, b=0.1), 1),
        (lambda: conical(1.0, 0.0, alpha=1.0), 2),
        (lambda: davidson(1.0, 1.0, knee=1.0, j=-1.0), 2),
        (lambda: queue(1.0, 1.0, service=-1.0, servers=0.5, variability=-1.0, knee=0.0), 4),
        (lambda: bpr([1.0, 2.0], [1.0, 2.0, 3.0]), 1),
        (lambda: constant([[1.0]]), 1),
        (lambda: bpr(np.nan, np.inf), 2),
    ],
)
def test_numbers_out_of_bounds_are_all_said(make: Callable[[], Delays], found: int) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert [problem.type for problem in caught.value.problems] == ["equilibrium.delay"] * found
