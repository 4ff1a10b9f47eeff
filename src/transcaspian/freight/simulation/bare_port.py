"""One bare port: ships come at random, wait for a berth, are served and go. The door for checks from outside.

The same kernel as the whole crossing, with one flow and one station. Arrivals are a Poisson process.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from transcaspian.errors import InputError, Problem, did_you_mean
from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._world import Floats
from transcaspian.freight.simulation.plan import FlowInfo, Plan
from transcaspian.freight.simulation.weather import Weather
from transcaspian.freight.simulation.world import run_world
from transcaspian.runs.summary import summarise

_DISTRIBUTIONS = {"deterministic": w.DETERMINISTIC, "exponential": w.EXPONENTIAL, "lognormal": w.LOGNORMAL}
_USUAL_CV = 0.5  # of a lognormal service time when none is named
# The run begins empty, and a busy port forgets that slowly: the mean wait approaches its limit with the relaxation time
# s (1 + cv²) / (2 c (1 - sqrt(load))²) of a queue in heavy traffic (Abate and Whitt, 1987). So many of them run before
# anything is counted (what is missing then is below 0.2 %), and at least so many services and this share of the hours.
WARM_UP_RELAXATIONS, WARM_UP_SERVICES, WARM_UP_SHARE = 5.0, 200.0, 0.2
_HOURS_PER_DAY = 24.0
_MOST_BERTHS = 1000
_MOST_HOURS = 5e7  # some thousand years; a calendar ends
_LARGEST_CALLS = 1e9  # of all replications, those of the warm-up too


@dataclass(frozen=True, slots=True)
class BarePort:
    """A port with one group of berths."""

    arrivals_per_day: float
    service_h: float
    berths: int
    distribution: str = "exponential"  # of the service: exponential, deterministic, lognormal or lognormal:CV

    @property
    def load(self) -> float:
        """Work that comes over work that can be done."""
        return self.arrivals_per_day * self.service_h / _HOURS_PER_DAY / self.berths

    def warm_up_h(self, hours: float) -> float:
        """Hours that run before `hours` are counted; for a load below 1.

        Raises
        ------
        InputError
            If the distribution is unknown.
        """
        kind, cv = _distribution(self.distribution)
        spread = {w.DETERMINISTIC: 0.5, w.EXPONENTIAL: 1.0}.get(kind, 0.5 * (1.0 + cv * cv))
        relaxation_h = self.service_h * spread / self.berths / (1.0 - math.sqrt(self.load)) ** 2
        return max(WARM_UP_RELAXATIONS * relaxation_h, WARM_UP_SERVICES * self.service_h, WARM_UP_SHARE * hours)


def check_port(port: BarePort, hours: float, replications: int) -> None:
    """Say everything that is wrong with the question at once.

    Raises
    ------
    InputError
        For rates, times and counts that are not above 0, an unknown distribution, or a load of 1 and more.
    """
    problems = [
        Problem("simulate.port", option, f"{value:g} is not above 0", "give a number above 0.")
        for option, value in (
            ("--arrivals-per-day", port.arrivals_per_day),
            ("--service-h", port.service_h),
            ("--berths", port.berths),
            ("--hours", hours),
            ("--replications", replications),
        )
        if not (math.isfinite(value) and value > 0)
    ]
    try:
        _distribution(port.distribution)
    except InputError as error:
        problems += error.problems
    if not problems and port.berths > _MOST_BERTHS:
        what = f"{port.berths:,} berths are more than any port has"
        problems.append(Problem("simulate.port", "--berths", what, f"give at most {_MOST_BERTHS:,}."))
    if not problems and port.load >= 1:
        what = f"the berths are asked for {port.load:.3g} of what they can do, so the queue grows without end"
        mend = "lower the arrivals or the service, or add berths."
        problems.append(Problem("simulate.starving", "--arrivals-per-day", what, mend))
    if not problems:
        calls = port.arrivals_per_day / _HOURS_PER_DAY * (port.warm_up_h(hours) + hours) * replications
        if calls > _LARGEST_CALLS:
            what = f"{calls:.2g} calls, with those before the port has settled, are too many for one run"
            mend = "ask for fewer hours or replications, or for a smaller load."
            problems.append(Problem("simulate.port", "--hours", what, mend))
        elif port.warm_up_h(hours) + hours > _MOST_HOURS:
            what = f"{port.warm_up_h(hours) + hours:.2g} hours, with those before the port has settled, are too many"
            problems.append(Problem("simulate.port", "--hours", what, "ask for fewer hours."))
    if problems:
        raise InputError(problems)


def port_plan(port: BarePort, hours: float) -> Plan:
    """The plan of a bare port: the warm-up, then `hours` that are counted.

    Raises
    ------
    InputError
        If the distribution is unknown.
    """
    kind, cv = _distribution(port.distribution)
    warm_up_h = port.warm_up_h(hours)
    flows = np.zeros(1, dtype=w.flow_record)
    flows["empties"], flows["lot_units"], flows["gross_t"] = -1, 1, 1
    flows["unseen"] = 1
    stages = np.zeros(2, dtype=w.stage_record)
    stages[0]["kind"], stages[0]["distribution"] = w.SERVE, kind
    stages[0]["mean_h"], stages[0]["cv"] = port.service_h, cv
    stages[0]["cause"], stages[0]["wait_cause"] = w.LOADING, w.BERTH
    stages[1]["kind"] = w.END
    stations = np.zeros(1, dtype=w.station_record)
    stations["gate"], stations["servers"] = -1, port.berths
    start = dt.datetime(2024, 1, 1)
    since = start + dt.timedelta(hours=warm_up_h)
    until = since + dt.timedelta(hours=hours)
    return Plan(
        start=start,
        since=since,
        until=until,
        flow_info=(FlowInfo("ships", "ships", "", "", "", "", "", -1, False),),
        station_ids=("berths",),
        service_ids=(),
        line_ids=(),
        end_ports=(),
        ship_ids=(),
        berth_ids=(),
        yard_ids=(),
        gate_ids=(),
        unit_loads=("call",),
        flows=flows,
        stages=stages,
        stations=stations,
        services=np.zeros(0, dtype=w.service_record),
        ends=np.zeros(0, dtype=w.end_record),
        ships=np.zeros(0, dtype=w.ship_record),
        berths=np.zeros(0, dtype=w.berth_record),
        yards=np.zeros(0, dtype=w.yard_record),
        period_h=np.array([0.0, warm_up_h + hours]),
        period_month=np.array([-1], dtype=np.int64),
        months=(),
        rate=np.array([[port.arrivals_per_day / _HOURS_PER_DAY]]),
        payload_t=np.zeros((1, 0, 2)),
        active=np.zeros((1, 0), dtype=np.int64),
        servers=np.array([[port.berths]], dtype=np.int64),
        berth_servers=np.zeros((1, 0), dtype=np.int64),
        room=np.zeros((0, 1)),
        yard_units=np.zeros(1),
        ship_berth=np.zeros((0, 2), dtype=np.int64),
        unit_h=np.zeros((0, 1)),
        weather=Weather(),
        daily=False,
        stage_words=("berths", "end"),
    )


@dataclass(frozen=True, slots=True)
class MeanWait:
    """The mean wait of a ship, hours, and the interval that holds the true one with the confidence asked for."""

    mean: float
    low: float | None  # None where one replication, or no call, tells nothing of the spread
    high: float | None


def mean_wait_h(port: BarePort, hours: float, *, replications: int, seed: int, confidence: float = 0.95) -> MeanWait:
    """The mean wait before service over all calls of all replications.

    Hours waited over calls, each summed over the replications: the ratio estimator (Cochran, 1977, chapter 6). The mean
    of the replications' own means would be too small in short runs: many calls and long waits come together.

    Raises
    ------
    InputError
        See `check_port`.
    """
    waited_h, calls = _waited(port, hours, replications=replications, seed=seed)
    if not calls.any():
        return MeanWait(0.0, None, None)
    mean = float(waited_h.sum() / calls.sum())
    around = summarise((waited_h - mean * calls) / calls.mean(), confidence=confidence)
    if around.low is None or around.high is None:
        return MeanWait(mean, None, None)
    return MeanWait(mean, mean + around.low, mean + around.high)


def waits_h(port: BarePort, hours: float, *, replications: int, seed: int) -> Floats:
    """The mean wait before service in each replication, hours, shape (replications,); 0 where nobody came.

    Raises
    ------
    InputError
        See `check_port`.
    """
    waited_h, calls = _waited(port, hours, replications=replications, seed=seed)
    return waited_h / np.maximum(calls, 1.0)


def _waited(port: BarePort, hours: float, *, replications: int, seed: int) -> tuple[Floats, Floats]:
    """Hours waited, and calls, in each replication."""
    check_port(port, hours, replications)
    plan = port_plan(port, hours)
    stations = [run_world(plan, seed=seed, replication=number).stations[0] for number in range(replications)]
    waited_h = np.array([station["wait_h"] for station in stations], dtype=np.float64)
    return waited_h, np.array([station["jobs"] for station in stations], dtype=np.float64)


def _distribution(text: str) -> tuple[int, float]:
    """The kind and coefficient of variation that a word like `lognormal:0.8` names."""
    name, _, given = text.partition(":")
    if name not in _DISTRIBUTIONS or (given and name != "lognormal"):
        mend = did_you_mean(name, _DISTRIBUTIONS) or "use exponential, deterministic, lognormal or lognormal:0.8."
        raise InputError(Problem("simulate.port", "--distribution", f"{text!r} is no distribution we know", mend))
    if not given:
        return _DISTRIBUTIONS[name], _USUAL_CV
    try:
        cv = float(given)
    except ValueError:
        cv = -1.0
    if not (math.isfinite(cv) and 0 < cv <= 100):
        what = f"{given!r} is no coefficient of variation"
        raise InputError(
            Problem("simulate.port", "--distribution", what, "give a number above 0, as in lognormal:0.8.")
        )
    return w.LOGNORMAL, cv
