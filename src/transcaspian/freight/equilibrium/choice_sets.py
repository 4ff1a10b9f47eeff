"""Choice sets: the paths among which a stochastic equilibrium spreads its flow, and how alike they are.

Answers: which paths are considered, and how much of each is its own?  Start reading at `choice_sets`.
Takes: `Network` and `Demand`.  Gives: `PathFlows` without flow, and path sizes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight.equilibrium.demand import Demand
from transcaspian.freight.equilibrium.network import Network
from transcaspian.freight.equilibrium.path_flows import PathFlows, check_paths
from transcaspian.freight.shortest import graph_from_arcs, k_shortest_paths

Floats = npt.NDArray[np.float64]


def choice_sets(network: Network, demand: Demand, count: int, *, also: PathFlows | None = None) -> PathFlows:
    """The `count` cheapest loopless paths of each pair on the empty network, and those of another result.

    Yen (1971), by `freight/shortest.py`. On an empty network the k cheapest paths may miss the ones that congestion
    makes attractive: add the paths of a user equilibrium with `also`.

    Parameters
    ----------
    network, demand
        As for the equilibrium.
    count
        Paths of each pair at most, at least 1; fewer where there are no more.
    also
        Further paths of the same pairs.

    Returns
    -------
    PathFlows
        Pairs in the order of the demand, no path twice, all flows 0. A pair that nothing connects, that wants nothing
        or that stays where it is has none.

    Raises
    ------
    InputError
        If `count` is below 1, or the further paths are not of this network and demand.
    """
    if count < 1:
        raise InputError(Problem("equilibrium.count", "count", f"{count} is below 1", "ask for a path at least."))
    if also is not None:
        check_paths(also, network, demand)
    graph = graph_from_arcs(network.tail, network.head, network.n_nodes)
    # A class may not go where its fixed cost is infinite; nor may anyone pass a closed node, unless he starts there.
    costs = np.where(np.isfinite(network.fixed), network.delays.free + network.fixed, 0.0)
    sets: list[list[tuple[int, ...]]] = []
    for pair in range(len(demand)):
        origin, destination, kind = (int(column[pair]) for column in (demand.origin, demand.destination, demand.kind))
        found: list[tuple[int, ...]] = []
        if origin != destination and demand.amount[pair] > 0.0:
            closed = network.no_through[network.tail] & (network.tail != origin)
            blocked = closed | ~np.isfinite(network.fixed[kind])
            paths = k_shortest_paths(graph, costs[kind], origin, destination, count, blocked=blocked)
            found = [tuple(path.tolist()) for path in paths.arcs]
            if also is not None:
                found += [tuple(links.tolist()) for _, links in also.of_pair(pair)]
        sets.append(list(dict.fromkeys(found)))
    flat = [path for paths in sets for path in paths]
    return PathFlows(
        np.cumsum([0, *(len(paths) for paths in sets)]).astype(np.int32),
        np.zeros(len(flat)),
        np.cumsum([0, *(len(path) for path in flat)]).astype(np.int32),
        np.array([link for path in flat for link in path], np.int32),
    )


def path_sizes(paths: PathFlows, length: npt.ArrayLike) -> Floats:
    """How much of each path is its own: 1 if it shares no link with another of its pair, 1/n if n are the same.

    `PS_k = sum over links a of k of (l_a / L_k) / N_a`, with N_a of the pair's paths using link a: Ben-Akiva and
    Bierlaire (1999). Their logarithm is added to the utility, so that paths which are nearly one do not count as many.

    Parameters
    ----------
    paths
        Choice sets.
    length
        What a link weighs, above 0 in sum on every path: km, or time on the empty network; shape (n_links,).

    Returns
    -------
    path_size
        Above 0 and at most 1, shape (n_paths,).

    Raises
    ------
    InputError
        If a length is negative or not finite, or a path has none.
    """
    weight = np.asarray(length, np.float64)
    if weight.ndim != 1 or (paths.links.size and int(paths.links.max()) >= weight.size):
        what = f"shape {weight.shape} has not one entry for each link"
        raise InputError(Problem("equilibrium.length", "length", what, "give a length for each link."))
    if len(paths) == 0:
        return np.zeros(0)
    own = weight[paths.links]
    total = np.add.reduceat(own, paths.link_first[:-1])
    if not (np.all(np.isfinite(own)) and np.all(own >= 0.0) and np.all(total > 0.0)):
        what = "a link's length is negative or not finite, or a path has no length at all"
        raise InputError(Problem("equilibrium.length", "length", what, "give lengths above 0."))
    pair = np.repeat(np.arange(paths.first.size - 1), np.diff(paths.first))
    place_pair = np.repeat(pair, np.diff(paths.link_first)).astype(np.int64)
    _, which, count = np.unique(place_pair * weight.size + paths.links, return_inverse=True, return_counts=True)
    return np.asarray(np.add.reduceat(own / count[which], paths.link_first[:-1]) / total)
