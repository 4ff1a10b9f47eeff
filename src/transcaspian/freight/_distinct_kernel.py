"""Kernel: the k cheapest walks that differ in their signature, by A* with k labels per node.

An arc with a symbol other than 0 extends the signature of the walks that take it. At each node only the k
cheapest labels of different signature are kept: any k of them, prolonged by the same way to the destination,
are k different answers, so a costlier one is not needed. A step back to a node, or to a
spot (a side of a place) already left, is not made.
Arrays in, arrays out, no checks, no names.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit
from transcaspian.freight._heap_kernel import heap_drop_top, heap_push

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

_Entry = TypeVar("_Entry", bound=np.generic)

_FLOATS = types.Array(types.float64, 1, "C", readonly=True)
_INTS = types.Array(types.int32, 1, "C", readonly=True)
_LONGS = types.Array(types.int64, 1, "C", readonly=True)

_MIX = 6364136223846793005  # multiplier of Knuth's MMIX generator: spreads symbols over 64 bits
_ROOM = 4096  # labels there is room for at the start


@njit()
def turns_back(label: int, there: int, parent: Ints, node: Ints, spot_of: Ints) -> bool:
    """True when the walk that ends in `label` has been at node `there`, or on its side of its place before."""
    spot = spot_of[there]
    left = spot != spot_of[node[label]]
    while label >= 0:
        if node[label] == there or (left and spot_of[node[label]] == spot):
            return True
        label = parent[label]
    return False


@njit()
def settle(node: int, signature: int, k: int, settled: Ints, signatures: Longs) -> bool:
    """Note a signature at a node; False when it is known there, or when the node has its k labels."""
    count = settled[node]
    if count >= k:
        return False
    for other in range(count):
        if signatures[node * k + other] == signature:
            return False
    signatures[node * k + count] = signature
    settled[node] = count + 1
    return True


@njit()
def wider(array: npt.NDArray[_Entry]) -> npt.NDArray[_Entry]:
    """The same entries with room for as many again."""
    copy = np.empty(2 * array.size, array.dtype)
    copy[: array.size] = array
    return copy


@njit((_INTS, _INTS, _INTS, _FLOATS, _FLOATS, _LONGS, _INTS, types.int64, types.int64, types.int64, types.float64))
def distinct_walks(
    first: Ints,
    other: Ints,
    arc: Ints,
    cost: Floats,
    bound: Floats,
    symbol: Longs,
    spot_of: Ints,
    origin: int,
    destination: int,
    k: int,
    limit: float,
) -> tuple[Ints, Ints, Ints]:
    """Parent (n_labels,) and arc (n_labels,) of every label, and the labels that reached the destination in order.

    `cost` (n_arcs,) stands in forward-star order, `symbol` is by arc number; `bound` (n_nodes,) is the exact
    cost to the destination, infinite where there is no way. Walks that cost more than `limit` are not made.
    """
    n_nodes = first.size - 1
    settled = np.zeros(n_nodes, np.int32)
    signatures = np.zeros(n_nodes * k, np.int64)
    parent, via, node = np.empty(_ROOM, np.int32), np.empty(_ROOM, np.int32), np.empty(_ROOM, np.int32)
    reached, signed = np.empty(_ROOM), np.empty(_ROOM, np.int64)
    keys, items = np.empty(_ROOM), np.empty(_ROOM, np.int32)
    found = np.empty(k, np.int32)
    n_found, n_labels, size = 0, 0, 0
    if np.isfinite(bound[origin]):
        parent[0], via[0], node[0], reached[0], signed[0] = -1, -1, origin, 0.0, 1
        n_labels, size = 1, heap_push(keys, items, 0, bound[origin], 0)
    while size > 0 and n_found < k:
        label = items[0]
        size = heap_drop_top(keys, items, size)
        here = node[label]
        if not settle(here, signed[label], k, settled, signatures):
            continue
        if here == destination:
            found[n_found] = label
            n_found += 1
            continue
        for star in range(first[here], first[here + 1]):
            there = other[star]
            estimate = reached[label] + cost[star] + bound[there]
            if not estimate <= limit or settled[there] >= k:
                continue
            if turns_back(label, there, parent, node, spot_of):
                continue
            if n_labels == parent.size:
                parent, via, node = wider(parent), wider(via), wider(node)
                reached, signed = wider(reached), wider(signed)
                keys, items = wider(keys), wider(items)
            parent[n_labels], via[n_labels], node[n_labels] = label, arc[star], there
            reached[n_labels] = reached[label] + cost[star]
            extra = symbol[arc[star]]
            signed[n_labels] = signed[label] if extra == 0 else signed[label] * _MIX + extra
            size = heap_push(keys, items, size, estimate, n_labels)
            n_labels += 1
    return parent[:n_labels].copy(), via[:n_labels].copy(), found[:n_found].copy()
