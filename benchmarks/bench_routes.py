"""Route search paired with its peers: the 10 shortest loopless routes on a random road-like network.

    python benchmarks/bench_routes.py [--json] [--rounds 7] [--pairs 100] [--scipy-pairs 10] [--nodes 10000]

Own search, SciPy's `csgraph.yen` and AequilibraE's route choice sets answer the same questions in one process, in
turns whose order changes from round to round. Players with one thread are compared by processor time, which other
work on the machine disturbs little; players with several threads by the clock on the wall. A ratio counts only if
the answers agree: costs equal to SciPy's, and AequilibraE's cheapest route as cheap as ours, no route of its set
cheaper than ours of the same rank.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import yen

from transcaspian.freight.shortest import Graph, graph_from_arcs, k_shortest_paths

K = 10
EXACT = 1e-12  # relative difference of costs that still counts as equal
TARGETS = {"scipy_yen": 100.0, "aequilibrae": 3.0}  # how many times faster own search must be

Pairs = list[tuple[int, int]]
Costs = list[np.ndarray]  # of each pair, the costs of its routes, ascending


class Network:
    """A jittered square grid: 12 % of the streets dropped, 3 % long express streets added, all of them both ways."""

    def __init__(self, n_nodes: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        side = round(n_nodes**0.5)
        self.n_nodes = side * side
        number = np.arange(self.n_nodes).reshape(side, side)
        column, row = np.meshgrid(np.arange(side), np.arange(side))
        place = np.column_stack([column.ravel(), row.ravel()]) + rng.uniform(-0.35, 0.35, (self.n_nodes, 2))
        along = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
        across = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
        streets = np.vstack([along, across])
        streets = streets[rng.random(len(streets)) > 0.12]
        start = rng.integers(0, self.n_nodes, round(0.03 * len(streets)))
        leap = rng.integers(-8, 9, (len(start), 2))
        far = np.clip(np.column_stack([start // side, start % side]) + leap, 0, side - 1)
        express = np.column_stack([start, far[:, 0] * side + far[:, 1]])
        express = express[express[:, 0] != express[:, 1]]
        cost = np.concatenate([_length(place, streets) * rng.uniform(1.0, 1.5, len(streets)), _length(place, express)])
        both = np.vstack([streets, express])
        ends = np.vstack([both, both[:, ::-1]])
        # SciPy would add the costs of two arcs with the same ends, so only the first of them stays.
        _, first = np.unique(ends[:, 0] * self.n_nodes + ends[:, 1], return_index=True)
        self.tail, self.head = ends[first].T.astype(np.int32)
        self.cost = np.concatenate([cost, cost])[first]


def _length(place: np.ndarray, ends: np.ndarray) -> np.ndarray:
    return np.linalg.norm(place[ends[:, 0]] - place[ends[:, 1]], axis=1)


def clocks() -> tuple[float, float]:
    """Processor time of the whole process, and wall time, both in seconds."""
    return time.process_time(), time.perf_counter()


class Own:
    """Own search, one thread; processor and wall time of each pair are kept."""

    def __init__(self, network: Network) -> None:
        self.cost = network.cost
        self.graph: Graph = graph_from_arcs(network.tail, network.head, network.n_nodes)
        self.seconds: list[tuple[float, float]] = []

    def __call__(self, pairs: Pairs) -> Costs:
        costs = []
        self.seconds = []
        for origin, destination in pairs:
            start = clocks()
            costs.append(k_shortest_paths(self.graph, self.cost, origin, destination, K).cost)
            end = clocks()
            self.seconds.append((end[0] - start[0], end[1] - start[1]))
        return costs


class Scipy:
    """`scipy.sparse.csgraph.yen`, one thread."""

    def __init__(self, network: Network) -> None:
        shape = (network.n_nodes, network.n_nodes)
        self.matrix = csr_matrix((network.cost, (network.tail, network.head)), shape=shape)

    def __call__(self, pairs: Pairs) -> Costs:
        return [yen(self.matrix, origin, destination, K) for origin, destination in pairs]


class Aequilibrae:
    """AequilibraE's route choice sets, batched over all pairs; heuristic, so not always the 10 shortest."""

    def __init__(self, network: Network, pairs: Pairs, settings: dict[str, object], cores: int) -> None:
        import pandas as pd
        from aequilibrae.paths import Graph as AequilibraeGraph
        from aequilibrae.paths import RouteChoice

        links = {"link_id": np.arange(1, network.tail.size + 1), "direction": 1, "id": 0}
        ends = {"a_node": network.tail + 1, "b_node": network.head + 1, "cost": network.cost}
        graph = AequilibraeGraph()
        graph.network = pd.DataFrame(links | ends)
        graph.prepare_graph(np.unique(np.array(pairs)) + 1)
        graph.set_graph("cost")
        graph.set_blocked_centroid_flows(False)
        self.choice = RouteChoice(graph)
        self.choice.set_choice_set_generation(**settings)
        self.choice.set_cores(cores)
        self.choice.prepare([(origin + 1, destination + 1) for origin, destination in pairs])
        self.cost = network.cost
        self.cores = cores

    def __call__(self, pairs: Pairs) -> None:
        self.choice.execute(perform_assignment=False)

    def costs(self, pairs: Pairs) -> Costs:
        """Costs of the sets of the last call, added up arc by arc from the links they name."""
        found: dict[tuple[int, int], list[float]] = {}
        columns = ("origin id", "destination id", "route set")
        for origin, destination, links in zip(*(self.choice.get_results()[name] for name in columns), strict=True):
            total = 0.0
            for link in links:
                total += self.cost[abs(link) - 1]
            found.setdefault((origin - 1, destination - 1), []).append(total)
        return [np.sort(found[pair]) for pair in pairs]


AEQUILIBRAE_SETTINGS: dict[str, dict[str, object]] = {
    "bfsle": {"algorithm": "bfsle", "max_routes": K},
    "link_penalisation": {"algorithm": "lp", "max_routes": K, "penalty": 1.05, "max_depth": 200},
}


def random_pairs(network: Network, count: int, seed: int) -> Pairs:
    """Different ends, no pair twice."""
    ends = np.random.default_rng(seed).integers(0, network.n_nodes, (2 * count, 2)).tolist()
    return list(dict.fromkeys((origin, destination) for origin, destination in ends if origin != destination))[:count]


def aequilibrae_peers(network: Network, pairs: Pairs) -> dict[str, Aequilibrae]:
    """Both methods on one core and on all; none if AequilibraE is not installed."""
    try:
        warnings.simplefilter("ignore")  # pandas' and its own deprecations, not ours to mend
        return {
            f"aequilibrae_{name}_{cores}": Aequilibrae(network, pairs, settings, cores)
            for name, settings in AEQUILIBRAE_SETTINGS.items()
            for cores in sorted({1, os.cpu_count() or 1})
        }
    except ImportError:
        print("AequilibraE is not installed: its rows are missing. `make bench` installs it.", file=sys.stderr)
        return {}


def run_rounds(
    network: Network, pairs: Pairs, n_scipy: int, rounds: int
) -> tuple[dict[str, list[float]], dict[str, list[float]], dict[str, float]]:
    """Of every peer and round: its milliseconds per pair, own search's on the same pairs; and differences of cost."""
    own, others = Own(network), aequilibrae_peers(network, pairs)
    peers: dict[str, Callable[[Pairs], object]] = {"scipy_yen": Scipy(network), **others}
    asked = {name: pairs[:n_scipy] if name == "scipy_yen" else pairs for name in peers}
    clock = {name: int(name in others and others[name].cores > 1) for name in peers}
    peer_ms: dict[str, list[float]] = {name: [] for name in peers}
    own_ms: dict[str, list[float]] = {name: [] for name in peers}
    names = ["own", *peers]
    for lap in range(-1, rounds):  # the first lap only warms up
        spent: dict[str, float] = {}
        for name in names[lap % len(names) :] + names[: lap % len(names)]:
            if name == "own":
                costs = own(pairs)
                continue
            start = clocks()
            answer = peers[name](asked[name])
            spent[name] = clocks()[clock[name]] - start[clock[name]]
            if name == "scipy_yen":
                scipy_costs: Costs = answer  # type: ignore[assignment]
        for name in peers if lap >= 0 else ():
            count = len(asked[name])
            peer_ms[name].append(1e3 * spent[name] / count)
            own_ms[name].append(1e3 * sum(pair[clock[name]] for pair in own.seconds[:count]) / count)
        print(f"round {lap + 1} of {rounds}", file=sys.stderr)
    differences = {"scipy_yen": _difference(costs, scipy_costs)}
    for name, other in others.items():
        sets = other.costs(pairs)
        differences[f"{name}_best"] = _difference([one[:1] for one in costs], [one[:1] for one in sets])
        cheaper = (np.max(mine[: len(one)] / one[: len(mine)] - 1.0) for mine, one in zip(costs, sets, strict=True))
        differences[f"{name}_cheaper_by"] = max(0.0, *(float(share) for share in cheaper))
    return peer_ms, own_ms, differences


def _difference(ours: Costs, theirs: Costs) -> float:
    """Largest relative difference; infinite where one found more routes than the other."""
    if any(len(mine) != len(other) for mine, other in zip(ours, theirs, strict=False)):
        return float("inf")
    return max(float(np.max(np.abs(mine / other - 1.0))) for mine, other in zip(ours, theirs, strict=False))


def machine() -> dict[str, object]:
    """What the numbers were measured on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    names = ["numpy", "numba", "scipy", "aequilibrae"]
    installed = {}
    for name in names:
        try:
            installed[name] = version(name)
        except ImportError:
            installed[name] = "not installed"
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), "versions": installed}


def report(
    peer_ms: dict[str, list[float]], own_ms: dict[str, list[float]], differences: dict[str, float]
) -> dict[str, object]:
    """Medians, the median of the rounds' ratios, and what became of the targets."""
    peers = {
        name: {
            "median_ms_per_pair": statistics.median(laps),
            "own_median_ms_per_pair": statistics.median(own_ms[name]),
            "times_faster": statistics.median(peer / mine for peer, mine in zip(laps, own_ms[name], strict=True)),
        }
        for name, laps in peer_ms.items()
    }
    targets = {}
    for peer, wanted in TARGETS.items():
        reached = min((row["times_faster"] for name, row in peers.items() if name.startswith(peer)), default=None)
        targets[peer] = {"wanted": wanted, "reached": reached, "met": reached is not None and reached >= wanted}
    return {
        "peers": peers,
        "targets": targets,
        "largest_relative_difference": differences,
        "answers_agree": all(difference <= EXACT for difference in differences.values()),
    }


def print_report(result: dict[str, object], network: dict[str, object]) -> None:
    """The same result for people."""
    for title, part in (("network", network), ("machine", result["machine"])):
        print(f"{title}: " + ", ".join(f"{key} {value}" for key, value in part.items()))
    print(f"\n{'medians, ms per pair':36s} {'peer':>9s} {'own':>9s}  times faster")
    for name, row in result["peers"].items():
        print(
            f"{name:36s} {row['median_ms_per_pair']:9.3f} {row['own_median_ms_per_pair']:9.3f}"
            f"  {row['times_faster']:.1f}"
        )
    print("\nlargest relative differences of cost")
    for name, value in result["largest_relative_difference"].items():
        print(f"{name:44s} {value:.1e}")
    for peer, target in result["targets"].items():
        reached = "not measured" if target["reached"] is None else f"{target['reached']:.1f}"
        print(
            f"target {peer}: at least {target['wanted']:g}, reached {reached}: {'met' if target['met'] else 'NOT MET'}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--pairs", type=int, default=100, help="pairs per round for own search and AequilibraE")
    parser.add_argument("--scipy-pairs", type=int, default=10, help="of these, pairs for SciPy, which is slow")
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    network = Network(given.nodes, given.seed)
    pairs = random_pairs(network, given.pairs, given.seed)
    measured = run_rounds(network, pairs, given.scipy_pairs, given.rounds)
    size = {"nodes": network.n_nodes, "arcs": int(network.tail.size), "routes": K, "pairs": len(pairs)}
    result: dict[str, object] = {"network": size, "machine": machine(), **report(*measured)}
    if given.json:
        print(json.dumps({"ok": bool(result["answers_agree"]), "result": result}, indent=2))
    else:
        print_report(result, size)
    return 0 if result["answers_agree"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
