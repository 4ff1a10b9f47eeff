"""Kernel: one round of column generation, which finds new paths and measures how far from equilibrium the flows are.

All prices stand still during the round, so that its gap is exact. Path costs are added up in travel order, as the
tree's are: a path of the tree costs exactly what the tree says, and is never taken for a new one. No checks, no names.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit
from transcaspian.freight.equilibrium._load_kernel import COSTS, LOAD, PATHS, Costs, Load, Paths, longer, price_all, price_for
from transcaspian.freight.equilibrium._search_kernel import (
    INTS,
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


@njit((STAR, COSTS, TRIPS, PATHS, LOAD, types.float64))
def add_columns(
    star: Star, costs: Costs, trips: Trips, paths: Paths, load: Load, tolerance: float
) -> tuple[Paths, Ints, float, float, bool]:
    """Paths with flow and those that are new: more than `tolerance` (relative) cheaper than the pair's best.

    Gives the paths, pair by pair; the pairs with more than one; what all demand spends; how much of that it would save
    on the cheapest paths; and whether a pair without any path got its first one, with all its demand, so that the
    prices have changed.
    """
    n_nodes, n_pairs = star.first.size - 1, trips.node.size
    tree = room_to_search(n_nodes)
    first = np.zeros(n_pairs + 1, np.int32)
    flow = np.empty(paths.flow.size + n_pairs)
    link_first = np.zeros(paths.flow.size + n_pairs + 1, np.int32)
    links = np.empty(paths.links.size + paths.links.size // 4 + 2 * n_nodes, np.int32)
    several = np.empty(n_pairs, np.int32)
    n_paths = used = n_several = 0
    spent = excess = 0.0
    kind = -1
    fresh = False
    for group in range(trips.root.size):
        if trips.kind[group] != kind:
            kind = trips.kind[group]
            price_for(costs, kind, load)
        grow_tree(star, load.price, trips.root[group], tree)
        for pair in range(trips.first[group], trips.first[group + 1]):
            begin, amount, least = n_paths, trips.amount[pair], tree.cost[trips.node[pair]]
            if amount > 0.0 and least == np.inf:
                trips.unmet[pair] += amount
                trips.amount[pair] = 0.0
                amount = 0.0
            best = np.inf
            for path in range(paths.first[pair], paths.first[pair + 1]):
                if paths.flow[path] <= 0.0 or amount <= 0.0:
                    continue
                start, stop = paths.link_first[path], paths.link_first[path + 1]
                if used + stop - start > links.size:
                    links = longer(links, n_nodes)
                cost = 0.0
                for place in range(start, stop):
                    link = paths.links[place]
                    cost += load.price[link]
                    links[used] = link
                    used += 1
                best = min(best, cost)
                spent += paths.flow[path] * cost
                excess += paths.flow[path] * (cost - least)
                flow[n_paths] = paths.flow[path]
                n_paths += 1
                link_first[n_paths] = used
            if amount > 0.0 and least < best * (1.0 - tolerance):
                if used + n_nodes > links.size:
                    links = longer(links, n_nodes)
                used = trace_back(star, tree.link, trips.node[pair], links, used)
                flow[n_paths] = 0.0
                n_paths += 1
                link_first[n_paths] = used
                if n_paths == begin + 1:  # its first path
                    fresh = True
                    spent += amount * least
                    flow[begin] = amount
                    for place in range(link_first[begin], used):
                        load.flow[links[place]] += amount
            first[pair + 1] = n_paths
            if n_paths > begin + 1:
                several[n_several] = pair
                n_several += 1
    if fresh:
        price_all(costs, load)
    new = Paths(first, flow[:n_paths].copy(), link_first[: n_paths + 1].copy(), links[:used].copy())
    return new, several[:n_several].copy(), spent, excess, fresh
