"""The packaged corridor's equilibrium: cold, warm from a neighbour, and what comes before it.

    python benchmarks/bench_flows.py [--json] [--rounds 5]

`prepare` is networks, choice sets and limits of a year; `solve` the fixed point to 1e-10 from nothing; `warm` the whole
answer at a demand 10 % higher, from the solved year. Medians of rounds in one process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from dataclasses import replace

from transcaspian.corridor import load_corridor
from transcaspian.freight.flows.assignment import solve_equilibrium

TARGETS = {"solve_s": 0.5, "warm_s": 0.1}


def measured(rounds: int) -> dict[str, float]:
    """Seconds, medians."""
    corridor = load_corridor()
    solve_equilibrium(corridor)  # the kernels are compiled and kept
    times: dict[str, list[float]] = {"prepare_s": [], "solve_s": [], "answer_s": [], "warm_s": [], "iterations": []}
    for _ in range(rounds):
        fresh = replace(corridor)
        began = time.perf_counter()
        result, assigned = solve_equilibrium(fresh)
        times["answer_s"].append(time.perf_counter() - began)
        times["prepare_s"].append(assigned.prepared.seconds)
        times["solve_s"].append(result.convergence.seconds)
        times["iterations"].append(float(result.convergence.iterations))
        began = time.perf_counter()
        solve_equilibrium(fresh, growth=1.1, start=assigned)
        times["warm_s"].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    found = measured(asked.rounds)
    if asked.json:
        print(json.dumps({"seconds": found, "targets": TARGETS}))
        return
    for name, value in found.items():
        target = f"  (target {TARGETS[name]:g})" if name in TARGETS else ""
        print(f"{name:12} {value:8.3f}{target}")


if __name__ == "__main__":
    main()
