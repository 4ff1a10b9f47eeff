"""Hard-capacity flow paired with HiGHS on the arc model, and how far it scales.

    python benchmarks/bench_capacity.py [--json] [--rounds 3] [--sizes S] [--skip-large] [--arc-limit SECONDS]

Paired: the same problem by column generation and by HiGHS's dual simplex on the arc model (matrix by SciPy, passed
whole), in turns in one process, one thread each, compared by processor time. A ratio counts only if the objectives
agree to 1e-7 relative and the bound proves ours. Alone: the problem of a million columns at two loads, and a year of
the corridor's size, with the memory over that before the solve; HiGHS gets the million columns only if a limit of
seconds is given, since it does not finish. All problems are invented and seeded.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import statistics
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from transcaspian.freight.capacity import CapacityFlow, FlowProblem, solve_capacity_flow
from transcaspian.freight.capacity.arc_model import build_arc_model, pass_to_highs, solve_arc_model
from transcaspian.freight.capacity.paths import PathSearch
from transcaspian.freight.capacity.synthetic import corridor_problem, plain_problem

AGREES = 1e-7  # relative difference of objectives, and relative gap of the proof
SIZES = {
    "S": (60, 240, 30, 12),
    "M": (100, 400, 50, 12),
    "L": (200, 800, 100, 12),
}  # nodes, links, commodities, periods
TARGETS = {"large_s": 15.0, "large_mb": 200.0, "corridor_s": 5.0, "corridor_build_s": 1.0}


LARGE: dict[str, Callable[[], FlowProblem]] = {
    "million_columns": lambda: plain_problem(*SIZES["L"]),
    "million_columns_load_1.5": lambda: plain_problem(*SIZES["L"], load=1.5),
    "corridor_year": corridor_problem,
}


def timed(call: Callable[[], object]) -> tuple[float, float, object]:
    """Processor time of the process, wall time, and what came out."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = call()
    return time.process_time() - cpu, time.perf_counter() - wall, answer


def paired(size: str, rounds: int) -> dict[str, object]:
    """Medians of column generation and of HiGHS on the arc model, building included."""
    problem = corridor_problem(n_periods=2) if size == "C" else plain_problem(*SIZES[size])
    solve_capacity_flow(problem, ranges=0)  # compiles, or loads what was compiled
    own: list[float] = []
    build: list[float] = []
    peer: list[float] = []
    difference = 0.0
    for lap in range(rounds):
        for player in ("own", "peer") if lap % 2 else ("peer", "own"):
            if player == "own":
                cpu, _, flow = timed(lambda: solve_capacity_flow(problem, ranges=0))
                own.append(cpu)
            else:
                build.append(timed(lambda: pass_to_highs(build_arc_model(problem)))[0])
                cpu, _, arcs = timed(lambda: solve_arc_model(problem))
                peer.append(cpu)
        difference = max(difference, abs(flow.objective_usd / arcs.objective_usd - 1.0))
        print(f"{size}: round {lap + 1} of {rounds}", file=sys.stderr)
    return {
        "arc_model_columns": build_arc_model(problem).n_columns,
        "own_median_s": statistics.median(own),
        "arc_model_median_s": statistics.median(peer),
        "of_which_building_s": statistics.median(build),
        "times_faster": statistics.median(other / mine for mine, other in zip(own, peer, strict=True)),
        "relative_difference": difference,
        "relative_gap": flow.convergence.relative_gap,
        "priced_limits": int((flow.price_usd > 0.0).sum()),
        "answers_agree": difference <= AGREES and flow.convergence.relative_gap <= AGREES,
    }


def alone(name: str) -> dict[str, object]:
    """One problem by column generation: times, with and without ranges, memory over that before, proof."""
    problem = LARGE[name]()
    build = timed(lambda: PathSearch(problem))[1]
    cpu, wall, answer = timed(lambda: solve_capacity_flow(problem, ranges=0))
    assert isinstance(answer, CapacityFlow)
    full_cpu, full_wall, ranged = timed(lambda: solve_capacity_flow(problem))
    assert isinstance(ranged, CapacityFlow)
    return {
        "arc_model_columns": _columns(problem),
        "processor_s": cpu,
        "wall_s": wall,
        "processor_with_ranges_s": full_cpu,
        "wall_with_ranges_s": full_wall,
        "building_s": build,
        "memory_over_base_mb": memory_over_base_mb(name),
        "objective_usd": answer.objective_usd,
        "relative_gap": answer.convergence.relative_gap,
        "rounds": answer.convergence.rounds,
        "paths": answer.convergence.columns,
        "limits_in_sight": answer.convergence.rows_in_sight,
        "limits": answer.convergence.rows,
        "priced_limits": int((answer.price_usd > 0.0).sum()),
        "ranges": len(ranged.ranges),
        "ranges_settled": sum(one.settled for one in ranged.ranges),
        "unmet_share": float(answer.unmet.sum() / problem.demand.amount.sum()),
        "answers_agree": answer.convergence.relative_gap <= AGREES,
    }


def memory_over_base_mb(name: str) -> float:
    """Most memory above that before the solve, in a process of its own; NaN where the system does not say."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_memory_of, (name,))


def _memory_of(name: str) -> float:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return float("nan")
    solve_capacity_flow(plain_problem(20, 80, 8, 4))  # the kernels and the solver are in memory before the base
    problem = LARGE[name]()
    page = os.sysconf("SC_PAGE_SIZE")

    def resident() -> int:
        return int(statm.read_text().split()[1]) * page

    base = peak = resident()
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.005):
            peak = max(peak, resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    solve_capacity_flow(problem, ranges=0)
    done.set()
    watcher.join()
    return (peak - base) / 1e6


def machine() -> dict[str, object]:
    """What the numbers were measured on."""
    names = ["numpy", "numba", "scipy", "highspy"]
    return {
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in names},
    }


def arc_model_of_a_million(limit_s: float) -> dict[str, object]:
    """HiGHS on the arc model of the million columns, stopped by the clock on the wall."""
    build, _, highs = timed(lambda: pass_to_highs(build_arc_model(LARGE["million_columns"]()), time_limit=limit_s))
    cpu = timed(highs.run)[0]  # type: ignore[attr-defined]
    status = highs.modelStatusToString(highs.getModelStatus())  # type: ignore[attr-defined]
    return {"building_s": build, "processor_s": cpu, "status": status}


def _columns(problem: FlowProblem) -> int:
    """Columns of the arc model, counted without building it."""
    network, demand = problem.network, problem.demand
    leaves = network.tail[None, :] != demand.destination[:, None]
    periods = np.maximum(problem.n_periods - network.lag, 0)
    return int((leaves * periods).sum()) + int((demand.amount > 0.0).sum())


def targets(rows: dict[str, dict[str, float]]) -> dict[str, dict[str, object]]:
    """What was wanted and what was reached; one thread, so its processor time is the wall time of an idle machine."""
    reached = {
        "large_s": rows["million_columns"]["processor_s"],
        "large_mb": rows["million_columns"]["memory_over_base_mb"],
        "corridor_s": rows["corridor_year"]["processor_with_ranges_s"],
        "corridor_build_s": rows["corridor_year"]["building_s"],
    }
    return {
        name: {"at_most": wanted, "reached": reached[name], "met": bool(reached[name] <= wanted)}
        for name, wanted in TARGETS.items()
    }


def print_report(result: dict[str, object]) -> None:
    """The same result for people."""
    for title, rows in result.items():
        print(f"\n{title}")
        for name, row in rows.items() if isinstance(rows, dict) else ():
            if not isinstance(row, dict):
                print(f"  {name}: {row}")
                continue
            print(f"  {name}")
            for key, value in row.items():
                print(f"    {key:24s} {f'{value:.4g}' if isinstance(value, float) else value}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--sizes", default="S", help="of the paired problems, such as S,M,C; C is two months of the corridor's size"
    )
    parser.add_argument("--skip-large", action="store_true", help="only the paired problems")
    parser.add_argument("--arc-limit", type=float, default=0.0, help="seconds for HiGHS on the million columns")
    given = parser.parse_args()
    result: dict[str, object] = {"machine": machine()}
    result["paired"] = pairs = {size: paired(size, given.rounds) for size in given.sizes.split(",")}
    agree = all(row["answers_agree"] for row in pairs.values())
    if not given.skip_large:
        result["alone"] = rows = {name: alone(name) for name in LARGE}
        result["targets"] = targets(rows)
        agree &= all(row["answers_agree"] for row in rows.values())
    if given.arc_limit > 0.0:
        result["arc_model_of_a_million"] = arc_model_of_a_million(given.arc_limit)
    if given.json:
        print(json.dumps({"ok": agree, "result": result}, indent=2))
    else:
        print_report(result)
    return 0 if agree else 1


if __name__ == "__main__":
    raise SystemExit(main())
