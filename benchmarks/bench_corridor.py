"""Searches on the packaged corridor, in process: diverse alternatives and the full Pareto set.

Each pair of places and criterion is asked in turn; medians over all questions and runs, kernels compiled before.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time

from transcaspian.corridor import build_network, load_corridor
from transcaspian.errors import NoRoute
from transcaspian.freight import CRITERIA, find_alternatives, find_pareto, parse_load

PAIRS = (
    ("CNXAG", "ROCND"),
    ("CNCQI", "GEPTI"),
    ("KZALA", "TRMER"),
    ("UZTAS", "GEBUS"),
    ("CNURM", "DEDUI"),
    ("CNSHG", "NLRTM"),
    ("KZSHY", "TRIST"),
    ("KZPWQ", "AZBAK"),
    ("KZAAU", "AZBAK"),
    ("UZTAS", "TRIST"),
    ("TMKRW", "BGBOJ"),
    ("KZAST", "GETBS"),
)


def timed(function, *arguments, **settings):
    start = time.perf_counter()
    answer = function(*arguments, **settings)
    return (time.perf_counter() - start) * 1000, answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    corridor = load_corridor()
    build_ms, network = timed(build_network, corridor)
    loads = parse_load(corridor, "1 FEU")
    diverse: list[float] = []
    pareto: dict[str, float] = {}
    sizes: dict[str, int] = {}
    for run in range(options.runs + 1):
        for origin, destination in PAIRS:
            for by in CRITERIA:
                ms, _ = timed(find_alternatives, network, loads, origin, destination, by=by, count=10)
                if run:
                    diverse.append(ms)
            try:
                ms, front = timed(find_pareto, network, loads, origin, destination)
            except NoRoute:
                continue
            pair = f"{origin}-{destination}"
            sizes[pair] = len(front)
            if run:
                pareto[pair] = min(ms, pareto.get(pair, ms))
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "nodes": network.n_nodes,
        "arcs": network.n_arcs,
        "build_network_ms": round(build_ms, 1),
        "ten_diverse_alternatives_p50_ms": round(statistics.median(diverse), 2),
        "ten_diverse_alternatives_p95_ms": round(statistics.quantiles(diverse, n=20)[-1], 2),
        "pareto_p50_ms": round(statistics.median(pareto.values()), 2),
        "pareto_slowest_ms": round(max(pareto.values()), 2),
        "pareto_sizes": sizes,
    }
    print(json.dumps(result, indent=2) if options.json else "\n".join(f"{k}: {v}" for k, v in result.items()))


if __name__ == "__main__":
    main()
