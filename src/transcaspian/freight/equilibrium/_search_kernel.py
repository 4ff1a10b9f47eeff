"""Kernel: shortest trees from one root over links numbered by their tail, and the arrays that all kernels here share.

Dijkstra (1959) with the indexed 4-ary heap of `freight/_heap_kernel.py`. Nodes are numbered so that the *inner* ones,
which traffic may pass, come first; the others only end trips and never enter the heap. A node that may begin trips but
not be passed has two numbers, one to end at and one to begin at. No checks, no names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit, tuple_type
from transcaspian.freight._heap_kernel import indexed_drop_top, indexed_lift

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

FLOATS = types.Array(types.float64, 1, "C")
FLOAT_TABLE = types.Array(types.float64, 2, "C")
INTS = types.Array(types.int32, 1, "C")
INT_TABLE = types.Array(types.int32, 2, "C")


class Star(NamedTuple):
    """The network: links of node v are `first[v]:first[v + 1]`; `n_inner` nodes may be passed."""

    first: Ints
    head: Ints
    tail: Ints
    n_inner: int


class Trips(NamedTuple):
    """Demand, grouped by class and origin: pairs of group g are `first[g]:first[g + 1]`."""

    first: Ints
    root: Ints  # per group: the node its trips begin at
    kind: Ints  # per group: its class; ascending
    node: Ints  # per pair: the node its trips end at
    amount: Floats  # per pair; set to 0 where nothing connects the two
    unmet: Floats  # per pair: what nothing carries


class Search(NamedTuple):
    """A tree under construction, and room for its heap; all per node."""

    cost: Floats  # from the root; infinite where unreached
    link: Ints  # last link of the way; -1 at the root
    order: Ints  # inner nodes as they were settled
    key: Floats
    node: Ints
    slot: Ints


STAR = tuple_type((INTS, INTS, INTS, types.int64), Star)
TRIPS = tuple_type((INTS, INTS, INTS, INTS, FLOATS, FLOATS), Trips)


@njit()
def room_to_search(n_nodes: int) -> Search:
    """Arrays for one tree after another."""
    return Search(
        np.empty(n_nodes),
        np.empty(n_nodes, np.int32),
        np.empty(n_nodes, np.int32),
        np.empty(n_nodes),
        np.empty(n_nodes, np.int32),
        np.empty(n_nodes, np.int32),
    )


@njit()
def grow_tree(star: Star, price: Floats, root: int, tree: Search) -> int:
    """Fill `tree` with the cheapest ways from `root`; gives the number of inner nodes settled, the root included."""
    first, head, n_inner = star.first, star.head, star.n_inner
    cost, last, order, keys, nodes, slot_of = tree
    cost[:] = np.inf
    cost[root] = 0.0
    last[root] = -1
    indexed_lift(keys, nodes, slot_of, 0, 0.0, root)
    size = 1
    settled = 0
    while size > 0:
        near, node = keys[0], nodes[0]
        order[settled] = node
        settled += 1
        size = indexed_drop_top(keys, nodes, slot_of, size)
        for link in range(first[node], first[node + 1]):
            other = head[link]
            far = near + price[link]
            if far < cost[other]:
                if other < n_inner:
                    slot = slot_of[other]
                    if cost[other] == np.inf:  # met for the first time
                        slot = size
                        size += 1
                    indexed_lift(keys, nodes, slot_of, slot, far, other)
                cost[other] = far
                last[other] = link
    return settled


@njit()
def trace_back(star: Star, last: Ints, node: int, links: Ints, used: int) -> int:
    """Write the links of the way to `node` to `links[used:]`, in travel order; gives the new end."""
    begin = used
    link = last[node]
    while link >= 0:
        links[used] = link
        used += 1
        link = last[star.tail[link]]
    left, right = begin, used - 1
    while left < right:
        links[left], links[right] = links[right], links[left]
        left += 1
        right -= 1
    return used
