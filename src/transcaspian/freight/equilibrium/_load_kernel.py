"""Kernel: flows on links, the prices they make, and the first loading of the demand on shortest trees.

No checks, no names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit, tuple_type
from transcaspian.freight.equilibrium._delay_kernel import DELAY_COLUMNS, DelayColumns, price_at
from transcaspian.freight.equilibrium._search_kernel import (
    FLOAT_TABLE,
    FLOATS,
    INTS,
    STAR,
    TRIPS,
    Search,
    Star,
    Trips,
    grow_tree,
    room_to_search,
    trace_back,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


class Costs(NamedTuple):
    """What makes a price: delays shared by all classes, and what each class pays besides."""

    delays: DelayColumns
    fixed: Floats  # (n_classes, n_links), infinite where the class may not go
    marginal: bool  # price the delay that is caused instead of the delay that is met: system optimum


class Load(NamedTuple):
    """State of the links, each of shape (n_links,); `price` is that of one class at a time."""

    flow: Floats
    delay: Floats
    slope: Floats
    price: Floats


class Paths(NamedTuple):
    """Paths of pair p are `first[p]:first[p + 1]`, links of path k are `link_first[k]:link_first[k + 1]`."""

    first: Ints
    flow: Floats
    link_first: Ints
    links: Ints


COSTS = tuple_type((DELAY_COLUMNS, FLOAT_TABLE, types.boolean), Costs)
LOAD = tuple_type((FLOATS,) * 4, Load)
PATHS = tuple_type((INTS, FLOATS, INTS, INTS), Paths)


@njit()
def price_for(costs: Costs, kind: int, load: Load) -> None:
    """Set the prices of a class."""
    for link in range(load.flow.size):
        load.price[link] = load.delay[link] + costs.fixed[kind, link]


@njit()
def price_all(costs: Costs, load: Load) -> None:
    """Delay and slope of every link at its flow."""
    for link in range(load.flow.size):
        load.delay[link], load.slope[link] = price_at(costs.delays, link, load.flow[link], costs.marginal)


@njit(inline=True)
def add_flow(costs: Costs, kind: int, load: Load, link: int, amount: float) -> None:
    """Change the flow of a link, and at once its delay, slope and price."""
    flow = max(load.flow[link] + amount, 0.0)  # what is taken off last may miss zero by a rounding
    load.flow[link] = flow
    load.delay[link], load.slope[link] = price_at(costs.delays, link, flow, costs.marginal)
    load.price[link] = load.delay[link] + costs.fixed[kind, link]


@njit((COSTS, LOAD, PATHS))
def load_paths(costs: Costs, load: Load, paths: Paths) -> None:
    """Flows of all links from the flows of the paths, and what they make of delays and slopes."""
    load.flow[:] = 0.0
    for path in range(paths.flow.size):
        for place in range(paths.link_first[path], paths.link_first[path + 1]):
            load.flow[paths.links[place]] += paths.flow[path]
    price_all(costs, load)


@njit((TRIPS, PATHS, FLOAT_TABLE))
def class_flows(trips: Trips, paths: Paths, flow: Floats) -> None:
    """Add the flows of the paths to `flow`, shape (n_classes, n_links)."""
    for group in range(trips.root.size):
        own = flow[trips.kind[group]]
        for path in range(paths.first[trips.first[group]], paths.first[trips.first[group + 1]]):
            for place in range(paths.link_first[path], paths.link_first[path + 1]):
                own[paths.links[place]] += paths.flow[path]


@njit()
def _tree_volumes(
    star: Star, trips: Trips, group: int, tree: Ints, order: Ints, sign: float, volume: Floats, change: Floats
) -> None:
    """Add `sign` times the demand of a group to `change` along its tree, whose inner nodes stand in `order`."""
    tail, ends, amounts, n_inner = star.tail, trips.node, trips.amount, star.n_inner
    volume[:] = 0.0
    for pair in range(trips.first[group], trips.first[group + 1]):
        amount, node = sign * amounts[pair], ends[pair]
        if node >= n_inner and amount != 0.0:  # only ends trips: not in `order`
            change[tree[node]] += amount
            node = tail[tree[node]]
        volume[node] += amount
    for place in range(order.size - 1, 0, -1):  # the farthest first, so that volumes are complete; not the root
        node = order[place]
        if volume[node] != 0.0:
            change[tree[node]] += volume[node]
            volume[tail[tree[node]]] += volume[node]


@njit()
def name_unmet(trips: Trips, group: int, tree: Search) -> None:
    """Move the demand that nothing connects from `amount` to `unmet`."""
    for pair in range(trips.first[group], trips.first[group + 1]):
        if tree.cost[trips.node[pair]] == np.inf:
            trips.unmet[pair] += trips.amount[pair]
            trips.amount[pair] = 0.0


@njit()
def longer(array: Ints, room: int) -> Ints:
    """A copy with at least `room` more places, doubled so that copying stays cheap."""
    new = np.empty(2 * array.size + room, array.dtype)
    new[: array.size] = array
    return new


@njit()
def _paths_of_trees(star: Star, trips: Trips, last: Ints) -> Paths:
    """The one path of each pair; none where it has no demand."""
    n_nodes, n_pairs = star.first.size - 1, trips.node.size
    first, link_first = np.zeros(n_pairs + 1, np.int32), np.zeros(n_pairs + 1, np.int32)
    flow = np.empty(n_pairs)
    links = np.empty(16 * n_pairs + n_nodes, np.int32)
    n_paths = used = 0
    for group in range(trips.root.size):
        for pair in range(trips.first[group], trips.first[group + 1]):
            if trips.amount[pair] > 0.0:
                if used + n_nodes > links.size:
                    links = longer(links, n_nodes)
                used = trace_back(star, last[group], trips.node[pair], links, used)
                flow[n_paths] = trips.amount[pair]
                n_paths += 1
                link_first[n_paths] = used
            first[pair + 1] = n_paths
    return Paths(first, flow[:n_paths].copy(), link_first[: n_paths + 1].copy(), links[:used].copy())


@njit((STAR, COSTS, TRIPS, LOAD, types.int64))
def load_trees(star: Star, costs: Costs, trips: Trips, load: Load, laps: int) -> Paths:
    """Load origin after origin on its cheapest tree at the prices its forerunners left; one path per pair.

    In each further lap every origin in turn is taken off and loaded anew: each gives its best answer to all others.
    """
    n_nodes, n_groups, n_links = star.first.size - 1, trips.root.size, load.flow.size
    tree = room_to_search(n_nodes)
    last = np.empty((n_groups, n_nodes), np.int32)
    order = np.empty((n_groups, star.n_inner + 1), np.int32)
    settled = np.zeros(n_groups, np.int32)
    volume, change = np.zeros(n_nodes), np.zeros(n_links)
    kind = -1
    for lap in range(laps):
        for group in range(n_groups):
            if trips.kind[group] != kind:
                kind = trips.kind[group]
                price_for(costs, kind, load)
            if lap > 0:
                _tree_volumes(star, trips, group, last[group], order[group, : settled[group]], -1.0, volume, change)
            count = grow_tree(star, load.price, trips.root[group], tree)
            name_unmet(trips, group, tree)
            last[group, :] = tree.link
            order[group, :count] = tree.order[:count]
            settled[group] = count
            _tree_volumes(star, trips, group, last[group], order[group, :count], 1.0, volume, change)
            for link in range(n_links):
                if change[link] != 0.0:
                    add_flow(costs, kind, load, link, change[link])
                    change[link] = 0.0
    return _paths_of_trees(star, trips, last)


@njit((PATHS, INTS, INTS, INTS))
def pick_paths(paths: Paths, first: Ints, chosen: Ints, name: Ints) -> Paths:
    """The paths `chosen`, in this order, with their links renamed; `first` says which pair they now belong to."""
    size = 0
    for path in chosen:
        size += paths.link_first[path + 1] - paths.link_first[path]
    flow, link_first = np.empty(chosen.size), np.zeros(chosen.size + 1, np.int32)
    links = np.empty(size, np.int32)
    used = 0
    for place in range(chosen.size):
        path = chosen[place]
        flow[place] = paths.flow[path]
        for at in range(paths.link_first[path], paths.link_first[path + 1]):
            links[used] = name[paths.links[at]]
            used += 1
        link_first[place + 1] = used
    return Paths(first, flow, link_first, links)
