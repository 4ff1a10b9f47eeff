"""One bare port against queues whose waits are known in closed form; and questions it refuses."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from transcaspian.errors import InputError
from transcaspian.freight.simulation._world import Floats
from transcaspian.freight.simulation.bare_port import BarePort, check_port, mean_wait_h, port_plan, waits_h
from transcaspian.freight.simulation.replication import bin_quantiles
from transcaspian.freight.simulation.world import run_world

from .helpers import assert_mean, interval

REPLICATIONS = 20


def waits_of(port: BarePort, *, hours: float = 400_000.0, seed: int = 1) -> Floats:
    return waits_h(port, hours, replications=REPLICATIONS, seed=seed)


def erlang_c_wait_h(port: BarePort) -> float:
    """M/M/c (Erlang, 1917): the chance to wait over the spare capacity."""
    offered, c = port.load * port.berths, port.berths
    blocked = 1.0  # Erlang B, by recursion
    for n in range(1, c + 1):
        blocked = offered * blocked / (n + offered * blocked)
    waits = blocked / (1 - port.load * (1 - blocked))
    return waits * port.service_h / (c * (1 - port.load))


@pytest.mark.parametrize(("berths", "load"), [(1, 0.5), (1, 0.8), (2, 0.7), (4, 0.8), (12, 0.9)])
def test_exponential_service_waits_as_erlang_says(berths: int, load: float) -> None:
    port = BarePort(24 * load * berths / 8.0, 8.0, berths)
    assert_mean(waits_of(port, hours=900_000.0 / berths), erlang_c_wait_h(port))


@pytest.mark.parametrize(
    ("distribution", "cv"), [("deterministic", 0.0), ("lognormal", 0.5), ("lognormal:1.5", 1.5), ("exponential", 1.0)]
)
@pytest.mark.parametrize("load", [0.4, 0.75])
def test_one_berth_waits_as_pollaczek_and_khinchine_say(distribution: str, cv: float, load: float) -> None:
    port = BarePort(24 * load / 5.0, 5.0, 1, distribution)
    expected = load * 5.0 * (1 + cv * cv) / (2 * (1 - load))
    assert_mean(waits_of(port), expected, widest=0.12)


@pytest.mark.parametrize(
    ("load", "hours", "replications"), [(0.95, 2_000.0, 400), (0.95, 10_000.0, 200), (0.8, 48.0, 1_000)]
)
def test_a_short_look_at_a_busy_port_is_not_biased(load: float, hours: float, replications: int) -> None:
    """The port has settled before anything is counted, and calls weigh alike, whatever replication they are in."""
    port = BarePort(24 * load / 8.0, 8.0, 1)
    found = mean_wait_h(port, hours, replications=replications, seed=2)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low < 0.35 * found.mean
    assert found.low <= load * 8.0 / (1 - load) <= found.high


def test_a_port_that_nobody_calls_at_waits_for_nothing() -> None:
    found = mean_wait_h(BarePort(1e-6, 1.0, 1), 1.0, replications=3, seed=1)
    assert (found.mean, found.low, found.high) == (0.0, None, None)
    assert waits_h(BarePort(1e-6, 1.0, 1), 1.0, replications=3, seed=1).tolist() == [0.0, 0.0, 0.0]


def test_waits_of_one_berth_are_exponential_above_those_who_do_not_wait() -> None:
    """M/M/1: P(wait > t) = ρ exp(-(1 - ρ) t / service)."""
    port = BarePort(24 * 0.8 / 6.0, 6.0, 1)
    plan = port_plan(port, 400_000.0)
    found = np.vstack([
        bin_quantiles(run_world(plan, seed=2, replication=n).wait_bins, (0.5, 0.9)) for n in range(REPLICATIONS)
    ])  # fmt: skip
    for column, share in enumerate((0.5, 0.9)):
        assert_mean(found[:, column], math.log(0.8 / (1 - share)) * 6.0 / 0.2)


def test_as_many_ships_come_as_asked_and_berths_are_as_busy_as_the_load() -> None:
    port = BarePort(6.0, 9.0, 3)
    plan = port_plan(port, 20_000.0)
    stations = [run_world(plan, seed=3, replication=n).stations[0] for n in range(REPLICATIONS)]
    assert_mean([station["jobs"] for station in stations], 6.0 / 24 * 20_000)
    assert_mean([station["busy_h"] / (3 * 20_000) for station in stations], port.load)


def test_antithetic_pairs_err_in_opposite_directions() -> None:
    plan = port_plan(BarePort(2.0, 9.0, 1), 4_000.0)
    pairs = [[float(run_world(plan, seed=4, replication=n, antithetic=twin).stations[0]["wait_h"])
              for twin in (False, True)] for n in range(40)]  # fmt: skip
    assert np.corrcoef(np.array(pairs).T)[0, 1] < -0.1


def test_a_shut_port_begins_no_service() -> None:
    """Counted are only hours in which the port is shut and what began before is over."""
    plan = port_plan(BarePort(12.0, 3.0, 2, "deterministic"), 500.0)
    begin_h, end_h = plan.window_h
    gated = plan.stations.copy()
    gated["gate"] = 0
    closed = replace(plan, gate_ids=("port",), stations=gated, given=((0, begin_h - 3.0, end_h + 50.0),))
    for n in range(5):
        assert run_world(plan, seed=1, replication=n).stations[0]["busy_h"] > 0
        shut = run_world(closed, seed=1, replication=n).stations[0]
        assert shut["busy_h"] == 0
        assert shut["jobs"] > 0
        assert shut["wait_h"] / shut["jobs"] > 200


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"arrivals_per_day": -1.0}, "--arrivals-per-day"),
        ({"arrivals_per_day": math.nan}, "--arrivals-per-day"),
        ({"service_h": 0.0}, "--service-h"),
        ({"berths": 0}, "--berths"),
        ({"berths": 10**9}, "--berths"),
        ({"distribution": "gamma"}, "--distribution"),
        ({"distribution": "lognormal:-1"}, "--distribution"),
        ({"distribution": "exponential:2"}, "--distribution"),
        ({"arrivals_per_day": 30.0}, "--arrivals-per-day"),
    ],
)
def test_a_port_that_cannot_be_is_refused(change: dict[str, float], where: str) -> None:
    good = BarePort(2.0, 6.0, 1)
    with pytest.raises(InputError) as caught:
        check_port(replace(good, **change), 100.0, 1)  # type: ignore[arg-type]
    assert where in {problem.where for problem in caught.value.problems}


def test_no_run_outlasts_the_calendar() -> None:
    with pytest.raises(InputError) as caught:
        check_port(BarePort(1e-9, 1.0, 1), 1e12, 1)
    assert [problem.where for problem in caught.value.problems] == ["--hours"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        check_port(BarePort(-1.0, 0.0, 0, "gamma"), -5.0, 0)
    assert {problem.where for problem in caught.value.problems} == {
        "--arrivals-per-day", "--service-h", "--berths", "--hours", "--replications", "--distribution",
    }  # fmt: skip


def test_the_interval_is_students() -> None:
    low, high = interval([1.0, 2.0, 3.0], 0.95)
    assert (low, high) == pytest.approx((2 - 2.4841, 2 + 2.4841), abs=1e-3)
