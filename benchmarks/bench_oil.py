"""Runs of Kazakhstan's oil against the seconds they may take, and the fast path against linopy on the same program.

    python benchmarks/bench_oil.py [--json] [--draws 20] [--rounds 3]

Processor time, which other work on the machine disturbs little; the clock on the wall stands beside it. The draws run
in one process: two of them take half the time on two cores. Exit 1 if the two models differ or a run takes too long.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.oil.matrix import Program
from transcaspian.oil.planning import Period, Run
from transcaspian.oil.readable import build_model
from transcaspian.oil.replications import draw_case
from transcaspian.oil.solve import Foresight, prepare, solve, solve_case
from transcaspian.scenario import apply, find_scenario

LOST = "cpc-mooring-lost-30-days-no-spare"
QUARTER = Period(dt.date(2024, 1, 18), dt.date(2024, 4, 17))
MONTH = Period(dt.date(2024, 1, 18), dt.date(2024, 4, 16))
YEARS = Period(dt.date(2022, 1, 1), dt.date(2027, 1, 1), "month")
SHORT = Period(dt.date(2024, 1, 18), dt.date(2024, 2, 17))
MOST_S = {"perfect": 5.0, "rolling": 15.0, "five_years": 3.0, "build": 1.5, "draws_200_on_2": 180.0}
SAME = 1e-9


def main() -> int:
    """Run all and say which took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    base = load_corridor()
    lost = _lost(base, QUARTER)
    found: dict[str, tuple[float, float]] = {
        "perfect": _timed(lambda: solve(lost, QUARTER), asked.rounds),
        "rolling": _timed(lambda: solve(lost, QUARTER, Foresight(0)), 1),
        "five_years": _timed(lambda: solve(base, YEARS), asked.rounds),
        "build": _timed(lambda: Program(Run(base, QUARTER).window()), asked.rounds),
    }
    case = prepare(_lost(base, MONTH), MONTH, Foresight())
    solve_case(case)
    cpu, wall = _timed(lambda: [draw_case(case, seed=0, replication=n) for n in range(asked.draws)], 1)
    found["draws_200_on_2"] = (cpu / asked.draws * 100, wall / asked.draws * 100)
    ratio, gap = _against_linopy(base, asked.rounds)
    slow = [name for name, most in MOST_S.items() if found[name][0] > most]
    if asked.json:
        rows = {name: {"cpu_s": cpu, "wall_s": wall, "most_s": MOST_S[name]} for name, (cpu, wall) in found.items()}
        print(json.dumps({"runs": rows, "times_faster_than_linopy": ratio, "relative_gap": gap}, indent=2))
    else:
        for name, (cpu, wall) in found.items():
            print(f"{name:15s} {cpu:8.2f} s processor {wall:8.2f} s wall {MOST_S[name]:8.1f} s asked")
        print(f"linopy, 30 days: {ratio:.0f} times slower, objectives differ by {gap:.1e}")
    return 1 if slow or gap > SAME else 0


def _lost(base: Corridor, period: Period) -> Corridor:
    return apply(base, find_scenario(LOST), start=period.start, end=period.end)


def _timed(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Medians of processor time and of the clock on the wall, s."""
    times = []
    for _ in range(rounds):
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
    return statistics.median(cpu for cpu, _ in times), statistics.median(wall for _, wall in times)


def _against_linopy(base: Corridor, rounds: int) -> tuple[float, float]:
    """How many times faster the fast path builds and solves 30 days, and the relative gap of the objectives."""
    window = Run(_lost(base, SHORT), SHORT).window()
    own: list[float] = []
    theirs: list[float] = []

    def fast() -> None:
        own.append(Program(window).solve().objective)

    def readable() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = build_model(window)
            model.solve("highs", io_api="direct", output_flag=False)
        theirs.append(float(model.objective.value))

    mine, _ = _timed(fast, rounds)
    other, _ = _timed(readable, rounds)
    return other / mine, abs(own[-1] - theirs[-1]) / abs(own[-1])


if __name__ == "__main__":
    sys.exit(main())
