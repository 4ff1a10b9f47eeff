"""The simulation paired with its peers: the crossing of 2024 against SimPy, the bare port against SimPy and cimba.

    python benchmarks/bench_simulation.py [--json] [--rounds 3] [--years 1000] [--workers 2]

Own kernel and peer answer the same question in one process, in turns; processor time decides, for other work on the
machine disturbs it little, and the median of the rounds' ratios is told. On the crossing the peer is the independent
SimPy model of our tests, with the same random streams: the ratio counts only if every ship departs at the same time.
On the bare port each engine draws its own numbers, draws included, and the mean waits must agree. Then what a user
waits for: one corridor-year, and an ensemble on worker processes by the clock on the wall, plan and start included.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import pickle
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the independent model lives with the tests

from tests.freight.simulation.oracle import Crossing

from simpy_port import Port
from transcaspian.corridor import load_corridor
from transcaspian.freight.simulation._world import EVENTS, N_VOYAGES
from transcaspian.freight.simulation.bare_port import BarePort, port_plan, waits_h
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.replication import Replicate
from transcaspian.freight.simulation.settings import CrossingQuestion
from transcaspian.freight.simulation.world import run_world
from transcaspian.runs.ensemble import run_ensemble

SAME_H = 1e-9  # departures that still count as equal
SAME_WAIT = 0.08  # relative difference of mean waits between engines with random numbers of their own
TARGETS = {
    "crossing_times_simpy": (100.0, "at least"),
    "port_times_simpy": (200.0, "at least"),
    "port_times_cimba": (10.0, "at least"),
    "year_s": (0.1, "at most"),
    "ensemble_s": (90.0, "at most"),
}
REPEATS = 8  # of what takes a tenth of a second
INTERVAL_H, SERVICE_H, BERTHS, PORT_HOURS = 1.0, 2.4, 3, 60_000.0


def year_plan() -> Plan:
    """The packaged crossing of the base year."""
    return build_plan(load_corridor(), CrossingQuestion(dt.date(2024, 1, 1), dt.date(2025, 1, 1)))


def timed(work: Callable[[], object], repeats: int = 1) -> tuple[float, object]:
    """Processor seconds of one of `repeats` calls, and the last answer."""
    start = time.process_time()
    for _ in range(repeats):
        answer = work()
    return (time.process_time() - start) / repeats, answer


def crossing(plan: Plan, rounds: int) -> dict[str, float]:
    """Seconds of a year in the kernel and in SimPy, round by round on other random numbers."""
    ratios, own_s, peer_s, apart, events = [], [], [], 0.0, 0
    for lap in range(rounds):
        simpy_s, theirs = timed(lambda lap=lap: Crossing(plan, seed=1, replication=lap).run())
        kernel_s, ours = timed(lambda lap=lap: run_world(plan, seed=1, replication=lap), REPEATS)
        apart = max(apart, _difference(ours.voyages[: ours.counters[N_VOYAGES]], np.array(theirs.voyages)))
        events = int(ours.counters[EVENTS])
        own_s.append(kernel_s)
        peer_s.append(simpy_s)
        ratios.append(simpy_s / kernel_s)
        print(f"crossing, round {lap + 1} of {rounds}: {ratios[-1]:.0f} times", file=sys.stderr)
    return {
        "crossing_times_simpy": statistics.median(ratios), "crossing_s": statistics.median(own_s),
        "crossing_simpy_s": statistics.median(peer_s), "departures_apart_h": apart, "kernel_events": events,
    }  # fmt: skip


def _difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest difference of two logs of voyages; infinite where one has more."""
    if ours.shape != theirs.shape:
        return math.inf
    ours, theirs = (log[np.lexsort((log[:, 2], log[:, 0]))] for log in (ours, theirs))
    return float(np.abs(ours - theirs).max())


def bare_port(rounds: int) -> dict[str, float]:
    """Seconds of the bare port in the kernel and its peers, and the mean waits; 60,000 calls a run."""
    port = BarePort(24.0 / INTERVAL_H, SERVICE_H, BERTHS)
    warm_up_h = port_plan(port, PORT_HOURS).window_h[0]
    peers: dict[str, Callable[[int], float]] = {
        "simpy": lambda seed: Port(
            interval_h=INTERVAL_H, service_h=SERVICE_H, berths=BERTHS, warm_up_h=warm_up_h, seed=seed
        ).run(PORT_HOURS)
    }
    cimba = cimba_peer(warm_up_h + PORT_HOURS)
    if cimba is not None:
        peers["cimba"] = cimba
    waits_h(port, 100.0, replications=1, seed=0)  # loads the kernel
    ratios: dict[str, list[float]] = {name: [] for name in peers}
    waits: dict[str, list[float]] = {name: [] for name in (*peers, "own")}
    for lap in range(2 * rounds):
        own_s, wait = timed(lambda lap=lap: waits_h(port, PORT_HOURS, replications=REPEATS, seed=lap))
        own_s /= REPEATS
        waits["own"].append(float(np.mean(wait)))
        for name, peer in peers.items():
            peer_s, wait = timed(lambda lap=lap, peer=peer: peer(lap + 1))
            ratios[name].append(peer_s / own_s)
            waits[name].append(float(wait))
    found = {f"port_times_{name}": statistics.median(laps) for name, laps in ratios.items()}
    found |= {f"port_wait_{name}_h": statistics.mean(laps) for name, laps in waits.items()}
    return {**found, "port_s": own_s}


def cimba_peer(hours: float) -> Callable[[int], float] | None:
    """cimba's bare port, compiled; none where it is missing or has another interface, which is told."""
    try:
        from cimba_port import mean_wait_h as run

        run(interval_h=INTERVAL_H, service_h=SERVICE_H, hours=100.0, seed=1)
    except Exception as error:  # before its first stable release any version may call things otherwise
        print(f"cimba is not measured ({type(error).__name__}: {error}). `make bench` installs it.", file=sys.stderr)
        return None
    return lambda seed: run(interval_h=INTERVAL_H, service_h=SERVICE_H, hours=hours, seed=seed)


def one_year(plan: Plan) -> dict[str, float]:
    """Processor seconds of one replication with all that is kept of it, and bytes that travel for it."""
    work = Replicate(plan, seed=3)
    work(0)
    times = [timed(lambda n=n: work(n))[0] for n in range(1, 2 * REPEATS)]
    answer = work(0)
    sent = len(pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL))
    return {"year_s": statistics.median(times), "bytes_to_worker": float(sent),
            "bytes_per_year": float(sum(np.asarray(array).nbytes for array in answer.values()))}  # fmt: skip


def ensemble(years: int, workers: int) -> dict[str, float]:
    """Seconds by the clock from the tables to the last replication."""
    start = time.perf_counter()
    results = run_ensemble(Replicate(year_plan(), seed=4), years, workers=workers)
    seconds = time.perf_counter() - start
    assert len(results) == years
    return {"ensemble_s": seconds, "ensemble_years": float(years), "ensemble_workers": float(workers)}


def machine() -> dict[str, object]:
    """What the numbers were measured on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    installed = {}
    for name in ("numpy", "numba", "simpy", "cimba"):
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            installed[name] = "not installed"
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan
    return {"cpu": model, "cores": os.cpu_count(), "load": load, "python": platform.python_version(), **installed}


def judged(found: dict[str, float], years: int) -> dict[str, dict[str, object]]:
    """What became of the targets; an ensemble of fewer than 1,000 years is judged by its share."""
    targets = {}
    for name, (wanted, word) in TARGETS.items():
        limit = wanted * years / 1000 if name == "ensemble_s" else wanted
        reached = found.get(name)
        met = reached is not None and (reached >= limit if word == "at least" else reached <= limit)
        targets[name] = {"wanted": f"{word} {limit:g}", "reached": reached, "met": met}
    return targets


def answers_agree(found: dict[str, float]) -> bool:
    """The same departures, and waits that agree."""
    waits = [wait for name, wait in found.items() if name.startswith("port_wait_")]
    return found["departures_apart_h"] <= SAME_H and max(waits) - min(waits) <= SAME_WAIT * min(waits)


def main() -> int:
    """Measure, print, and fail where answers differ; a missed target is told, not punished."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--years", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    plan = year_plan()
    run_world(plan, seed=1, replication=0)  # loads the kernels
    found = {**crossing(plan, options.rounds), **bare_port(options.rounds), **one_year(plan)}
    print(f"ensemble of {options.years} years", file=sys.stderr)
    found |= ensemble(options.years, options.workers)
    targets, agree = judged(found, options.years), answers_agree(found)
    if options.json:
        print(json.dumps({"machine": machine(), "found": found, "targets": targets, "answers_agree": agree}))
        return 0 if agree else 1
    print("machine: " + ", ".join(f"{key} {value}" for key, value in machine().items()))
    for name, value in found.items():
        print(f"{name:28s} {value:14.6g}")
    for name, target in targets.items():
        reached = "not measured" if target["reached"] is None else f"{target['reached']:.3g}"
        print(f"target {name}: {target['wanted']}, reached {reached}: {'met' if target['met'] else 'NOT MET'}")
    print("answers agree" if agree else "ANSWERS DIFFER")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
