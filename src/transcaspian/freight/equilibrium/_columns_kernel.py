"""Kernel: one round of column generation, which finds new paths and measures how far from equilibrium the flows are.

All prices stand still during the round, so that its gap is exact. Path costs are added up in travel order, as the
tree's are: a path of the tree costs exactly what the tree says, and is never taken for a new one. No checks, no names.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit
from transcaspian.freight.equilibrium._load_kernel import (
    COSTS,
    LOAD,
    PATHS,
    Costs,
    Load,
    Paths,
    longer,
    name_unmet,
    price_all,
    price_for,
)
from transcaspian.freight.equilibrium._search_kernel import (
    STAR,
    TRIPS,
    Star,
    Trips,
    grow_tree,
    room_to_search,
    trace_back,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@njit()
def _keep_paths(
    paths: Paths, pair: int, price: Floats, least: float, new: Paths, n_paths: int, used: int
) -> tuple[int, int, float, float, float]:
    """Copy the paths of a pair that have flow; gives the counts, what they spend, their excess and the best cost."""
    flows, starts, links = paths.flow, paths.link_first, paths.links
    new_flow, new_starts, new_links = new.flow, new.link_first, new.links
    spent = excess = 0.0
    best = np.inf
    for path in range(paths.first[pair], paths.first[pair + 1]):
        flow = flows[path]
        if flow > 0.0:
            cost = 0.0
            for place in range(starts[path], starts[path + 1]):
                link = links[place]
                cost += price[link]
                new_links[used] = link
                used += 1
            new_flow[n_paths] = flow
            n_paths += 1
            new_starts[n_paths] = used
            best = min(best, cost)
            spent += flow * cost
            excess += flow * (cost - least)
    return n_paths, used, spent, excess, best


@njit()
def _load_first(new: Paths, path: int, amount: float, load: Load) -> None:
    """Give all demand of a pair to its first path; prices follow at the end of the round."""
    new.flow[path] = amount
    for place in range(new.link_first[path], new.link_first[path + 1]):
        load.flow[new.links[place]] += amount


@njit()
def _roomy(new: Paths, used: int, room: int) -> Paths:
    """The same paths with room for so many more links."""
    if used + room <= new.links.size:
        return new
    return Paths(new.first, new.flow, new.link_first, longer(new.links, room))


@njit((STAR, COSTS, TRIPS, PATHS, LOAD, types.float64))
def add_columns(
    star: Star, costs: Costs, trips: Trips, paths: Paths, load: Load, tolerance: float
) -> tuple[Paths, Ints, float, float, bool]:
    """Paths with flow and those that are new: more than `tolerance` (relative) cheaper than the pair's best.

    Gives the paths, pair by pair; the pairs with more than one; what all demand spends; how much of that it would save
    on the cheapest paths; and whether a pair without any path got its first one, with all its demand, so that the
    prices have changed.
    """
    n_nodes, n_pairs, most = star.first.size - 1, trips.node.size, paths.flow.size + trips.node.size
    tree = room_to_search(n_nodes)
    room = np.empty(paths.links.size + paths.links.size // 4 + 2 * n_nodes, np.int32)
    new = Paths(np.zeros(n_pairs + 1, np.int32), np.zeros(most), np.zeros(most + 1, np.int32), room)
    several = np.empty(n_pairs, np.int32)
    n_paths = used = n_several = 0
    spent = excess = 0.0
    kind, fresh = -1, False
    for group in range(trips.root.size):
        if trips.kind[group] != kind:
            kind = trips.kind[group]
            price_for(costs, kind, load)
        grow_tree(star, load.price, trips.root[group], tree)
        name_unmet(trips, group, tree)
        for pair in range(trips.first[group], trips.first[group + 1]):
            begin, amount, least = n_paths, trips.amount[pair], tree.cost[trips.node[pair]]
            if amount > 0.0:
                size = paths.link_first[paths.first[pair + 1]] - paths.link_first[paths.first[pair]]
                new = _roomy(new, used, size + n_nodes)
                n_paths, used, pays, saves, best = _keep_paths(paths, pair, load.price, least, new, n_paths, used)
                spent += pays
                excess += saves
                if least < best * (1.0 - tolerance):
                    used = trace_back(star, tree.link, trips.node[pair], new.links, used)
                    n_paths += 1
                    new.link_first[n_paths] = used
                    if n_paths == begin + 1:
                        _load_first(new, begin, amount, load)
                        spent += amount * least
                        fresh = True
            new.first[pair + 1] = n_paths
            if n_paths > begin + 1:
                several[n_several] = pair
                n_several += 1
    if fresh:
        price_all(costs, load)
    kept = Paths(new.first, new.flow[:n_paths].copy(), new.link_first[: n_paths + 1].copy(), new.links[:used])
    return kept, several[:n_several].copy(), spent, excess, fresh
