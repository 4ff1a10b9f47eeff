"""Flows on paths: what an equilibrium answers with, and what the next one may begin with.

Paths live here in the order of the demand and with the network's numbers of links; the kernels have both in their own
order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight.equilibrium._load_kernel import Costs, Paths, class_flows, pick_paths
from transcaspian.freight.equilibrium._search_kernel import Trips
from transcaspian.freight.equilibrium.demand import Demand
from transcaspian.freight.equilibrium.network import Network, Numbering

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PathFlows:
    """Paths in use: those of pair p are `first[p]:first[p + 1]`, links of path k `link_first[k]:link_first[k + 1]`."""

    first: Ints  # (n_pairs + 1,) pairs in the order of the demand
    flow: Floats  # (n_paths,)
    link_first: Ints  # (n_paths + 1,)
    links: Ints  # links of all paths, in travel order

    def __len__(self) -> int:
        return int(self.flow.size)

    def of_pair(self, pair: int) -> list[tuple[float, Ints]]:
        """Flow and links of each path of a pair."""
        return [(float(self.flow[path]), self.path(path)) for path in range(self.first[pair], self.first[pair + 1])]

    def path(self, path: int) -> Ints:
        """Links of one path, in travel order."""
        return self.links[self.link_first[path] : self.link_first[path + 1]]


def class_flow_of(costs: Costs, trips: Trips, paths: Paths) -> Floats:
    """Flow of each class on each link, shape (n_classes, n_links)."""
    flow = np.zeros(costs.fixed.shape)
    class_flows(trips, paths, flow)
    return flow


def fixed_cost(costs: Costs, class_flow: Floats) -> float:
    """What all classes pay besides the delay."""
    used = class_flow > 0.0  # where a class may not go its cost is infinite, and its flow zero
    return float(class_flow[used] @ costs.fixed[used])


def paths_in_use(paths: Paths, rows: Longs, n_pairs: int, name: Ints) -> PathFlows:
    """The paths with flow in the order of the demand, links with the network's numbers."""
    pair = np.repeat(rows, np.diff(paths.first))
    used = np.flatnonzero(paths.flow > 0.0)
    chosen = used[np.argsort(pair[used], kind="stable")].astype(np.int32)
    picked = pick_paths(paths, _starts(pair[chosen], n_pairs), chosen, name)
    return PathFlows(*(written_once(column) for column in picked))


def own_paths(
    paths: PathFlows, network: Network, demand: Demand, numbering: Numbering, trips: Trips, rows: Longs
) -> tuple[Paths, Longs]:
    """The given paths in the kernels' order and numbers, with flows that add up to the demand, and which they were.

    Paths that are not open to their class are left out. A pair whose paths have no flow keeps none.

    Raises
    ------
    InputError
        If the paths are not of this network and demand.
    """
    check_paths(paths, network, demand)
    chosen = np.concatenate(
        [np.arange(paths.first[row], paths.first[row + 1]) for row in rows] or [np.zeros(0, np.int64)]
    )
    pair = np.repeat(np.arange(rows.size), np.diff(paths.first)[rows])
    usable = _open_paths(paths, network, demand)[chosen]
    pair, chosen = pair[usable], chosen[usable]
    flow = np.maximum(paths.flow[chosen], 0.0)
    total = np.bincount(pair, flow, minlength=rows.size)
    factor = np.divide(trips.amount, total, out=np.zeros(rows.size), where=total > 0.0)
    number = np.argsort(numbering.link).astype(np.int32)
    writable = Paths(
        paths.first.astype(np.int32),
        paths.flow.astype(np.float64),
        paths.link_first.astype(np.int32),
        paths.links.astype(np.int32),
    )
    picked: Paths = pick_paths(writable, _starts(pair, rows.size), chosen.astype(np.int32), number)
    return picked._replace(flow=flow * factor[pair]), chosen


def with_flow(paths: PathFlows, chosen: Longs, flow: Floats) -> PathFlows:
    """The same paths with the flows of those that were `chosen`, and none on the others."""
    every = np.zeros(len(paths))
    every[chosen] = flow
    return PathFlows(
        *(written_once(np.array(column)) for column in (paths.first, every, paths.link_first, paths.links))
    )


def check_paths(paths: PathFlows, network: Network, demand: Demand) -> None:
    """Refuse paths that are not chains of the network's links from each pair's origin to its destination."""
    if paths.first.size != len(demand) + 1 or paths.link_first.size != paths.flow.size + 1:
        what = f"{paths.first.size - 1} pairs with paths for {len(demand)} pairs of demand"
        raise InputError(Problem("equilibrium.paths", "paths", what, "give paths for the same pairs."))
    lengths, ends = np.diff(paths.link_first), (paths.first[[0, -1]].tolist(), paths.link_first[[0, -1]].tolist())
    if ends != ([0, len(paths)], [0, paths.links.size]) or np.any(np.diff(paths.first) < 0):
        what = "the places where pairs and paths begin do not ascend from 0 to the number of paths, and of links"
        raise InputError(Problem("equilibrium.paths", "paths", what, "give them as another result has them."))
    if not (np.all(lengths > 0) and np.all((paths.links >= 0) & (paths.links < network.n_links))):
        what = "a path is empty or has links that are not there"
        raise InputError(Problem("equilibrium.paths", "paths", what, "give paths of this network."))
    pair = np.repeat(np.arange(len(demand)), np.diff(paths.first))
    starts, stops = paths.link_first[:-1], paths.link_first[1:] - 1
    tail, head = network.tail[paths.links], network.head[paths.links]
    joined = np.ones(paths.links.size, np.bool_)
    joined[1:] = head[:-1] == tail[1:]
    joined[starts] = tail[starts] == demand.origin[pair]
    broken = ~np.logical_and.reduceat(joined, starts) if pair.size else np.zeros(0, np.bool_)
    broken |= head[stops] != demand.destination[pair]
    problems = [
        Problem("equilibrium.paths", f"pair {pair[path]}, path {path}", "does not lead from origin to destination",
                "give the links in travel order.")
        for path in np.flatnonzero(broken)
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def _open_paths(paths: PathFlows, network: Network, demand: Demand) -> npt.NDArray[np.bool_]:
    """Paths that their class may use and that pass no node closed to through traffic."""
    if len(paths) == 0:
        return np.zeros(0, np.bool_)
    starts = paths.link_first[:-1]
    pair = np.repeat(np.arange(len(demand)), np.diff(paths.first))
    kind = np.repeat(demand.kind[pair], np.diff(paths.link_first))
    open_ = np.isfinite(network.fixed[kind, paths.links])
    passes = ~network.no_through[network.tail[paths.links]]
    passes[starts] = True
    return np.asarray(np.logical_and.reduceat(open_ & passes, starts))


def _starts(pair: Longs, n_pairs: int) -> Ints:
    """First path of each pair, from the pair of each path, ascending."""
    first = np.zeros(n_pairs + 1, np.int32)
    np.cumsum(np.bincount(pair, minlength=n_pairs), out=first[1:])
    return first


def written_once(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array, read-only from now on."""
    array.flags.writeable = False
    return array
