"""Kernel for shortest trees: Dijkstra (1959) with an indexed 4-ary heap, made resumable.

Networks come as forward or backward stars (compressed sparse rows): the arcs of node `v` are the places
`first[v]:first[v + 1]` of `other` (the node at the far end), `arc` (its number) and `cost`. An infinite cost is
an arc that carries nothing. Arrays in, arrays out, no checks, no names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit
from transcaspian.freight._heap_kernel import indexed_drop_top, indexed_lift

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

FLOATS = types.Array(types.float64, 1, "C", readonly=True)  # a read-only argument also takes writable arrays
INTS = types.Array(types.int32, 1, "C", readonly=True)


class Star(NamedTuple):
    """One direction of the network: the places of node v are `first[v]:first[v + 1]`."""

    first: Ints
    other: Ints
    arc: Ints
    cost: Floats


class Tree(NamedTuple):
    """A shortest tree that may still grow; its two scalars are arrays of one entry."""

    cost: Floats  # per node, from or to the root; final where not above `reach`
    arc: Ints  # per node: the last arc of its path, seen from the root; -1 at the root and outside
    towards: Ints  # per node: the next node on the way to the root
    heap_key: Floats
    heap_node: Ints
    heap_slot: Ints  # per node: where it stands in the heap
    heap_size: Ints
    reach: Floats  # every node nearer than this is settled; infinite once the tree is complete


@njit()
def plant_tree(n_nodes: int, root: int) -> Tree:
    """A tree that has settled nothing yet."""
    tree = Tree(
        np.full(n_nodes, np.inf),
        np.full(n_nodes, np.int32(-1)),
        np.full(n_nodes, np.int32(-1)),
        np.empty(n_nodes),
        np.empty(n_nodes, np.int32),
        np.empty(n_nodes, np.int32),
        np.ones(1, np.int32),
        np.zeros(1),
    )
    tree.cost[root] = 0.0
    indexed_lift(tree.heap_key, tree.heap_node, tree.heap_slot, 0, 0.0, root)
    return tree


@njit()
def grow_tree(star: Star, tree: Tree, radius: float, stop: int) -> None:
    """Settle all nodes up to `radius`, or until node `stop` is settled (-1: no such node)."""
    first, ends, arcs, costs = star.first, star.other, star.arc, star.cost
    tree_cost, tree_arc, towards = tree.cost, tree.arc, tree.towards
    keys, nodes, slot_of, size = tree.heap_key, tree.heap_node, tree.heap_slot, tree.heap_size[0]
    while size > 0 and keys[0] <= radius:
        key, node = keys[0], nodes[0]
        size = indexed_drop_top(keys, nodes, slot_of, size)
        for place in range(first[node], first[node + 1]):
            other = ends[place]
            cost = key + costs[place]
            if cost < tree_cost[other]:
                slot = slot_of[other]
                if tree_cost[other] == np.inf:  # met for the first time
                    slot = size
                    size += 1
                tree_cost[other] = cost
                tree_arc[other] = arcs[place]
                towards[other] = node
                indexed_lift(keys, nodes, slot_of, slot, cost, other)
        if node == stop:
            radius = key
            break
    tree.heap_size[0] = size
    tree.reach[0] = radius if size > 0 else np.inf


@njit((INTS, INTS, INTS, FLOATS, types.int64))
def whole_tree(first: Ints, other: Ints, arc: Ints, cost: Floats, root: int) -> tuple[Floats, Ints]:
    """Cost (n_nodes,) of every node from the root, infinite where unreached, and the last arc of its path."""
    tree = plant_tree(first.size - 1, root)
    grow_tree(Star(first, other, arc, cost), tree, np.inf, -1)
    return tree.cost, tree.arc
