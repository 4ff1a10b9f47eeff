"""4-ary heaps over plain arrays, shared by the route kernels.

Entries are (key, item), the smallest first; equal keys come out by ascending item, so runs repeat to the byte.
Four children per node: a shallower tree than the binary heap, and the four keys share a cache line (LaMarca and
Ladner, 1996). Two kinds: a plain one without decrease-key, whose callers push again and skip stale entries, and an
indexed one that knows where each item stands (`slot_of`), for the shortest tree.

numba caches a kernel by the file of the *calling* kernel. After editing this file, delete the `*.nbi` and `*.nbc`
files in `__pycache__`, or the callers keep the old code.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from transcaspian._jit import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@njit(inline=True)
def least_child(keys: Floats, items: Ints, size: int, child: int) -> int:
    """Of the up to four entries that start at `child`, the one that comes first."""
    least = child
    key = keys[child]
    tie = False
    for other in range(child + 1, min(child + 4, size)):
        other_key = keys[other]
        tie |= other_key == key
        if other_key < key:
            key = other_key
            least = other
    if tie:  # rare, and kept out of the loop above: that loop then runs without branches
        for other in range(child, min(child + 4, size)):
            if keys[other] == key and items[other] < items[least]:
                least = other
    return least


@njit()
def heap_push(keys: Floats, items: Ints, size: int, key: float, item: int) -> int:
    """Add one entry to a heap of `size` entries; gives the new size. The arrays must have room."""
    slot = size
    while slot > 0:
        above = (slot - 1) >> 2
        if key > keys[above] or (key == keys[above] and item >= items[above]):
            break
        keys[slot] = keys[above]
        items[slot] = items[above]
        slot = above
    keys[slot] = key
    items[slot] = item
    return size + 1


@njit()
def heap_drop_top(keys: Floats, items: Ints, size: int) -> int:
    """Remove the first entry, which the caller has read at slot 0; gives the new size."""
    size -= 1
    key = keys[size]
    item = items[size]
    slot = 0
    while 4 * slot + 1 < size:
        least = least_child(keys, items, size, 4 * slot + 1)
        if key < keys[least] or (key == keys[least] and item <= items[least]):
            break
        keys[slot] = keys[least]
        items[slot] = items[least]
        slot = least
    keys[slot] = key
    items[slot] = item
    return size


@njit(inline=True)
def indexed_lift(keys: Floats, items: Ints, slot_of: Ints, slot: int, key: float, item: int) -> None:
    """Put an entry into `slot`, new at the end or now with a smaller key, and let it rise."""
    while slot > 0:
        above = (slot - 1) >> 2
        if key > keys[above] or (key == keys[above] and item >= items[above]):
            break
        keys[slot] = keys[above]
        moved = items[above]
        items[slot] = moved
        slot_of[moved] = slot
        slot = above
    keys[slot] = key
    items[slot] = item
    slot_of[item] = slot


@njit(inline=True)
def indexed_drop_top(keys: Floats, items: Ints, slot_of: Ints, size: int) -> int:
    """Remove the first entry, which the caller has read at slot 0; gives the new size."""
    size -= 1
    key = keys[size]
    item = items[size]
    slot = 0
    while 4 * slot + 1 < size:
        least = least_child(keys, items, size, 4 * slot + 1)
        if key < keys[least] or (key == keys[least] and item <= items[least]):
            break
        keys[slot] = keys[least]
        moved = items[least]
        items[slot] = moved
        slot_of[moved] = slot
        slot = least
    keys[slot] = key
    items[slot] = item
    slot_of[item] = slot
    return size
