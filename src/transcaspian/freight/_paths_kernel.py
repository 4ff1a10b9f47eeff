"""Kernel for the k shortest loopless paths: arrays in, arrays out, no checks, no names.

Yen (1971) with the partition of Lawler (1972): every path found splits its part of all paths by the first arc in
which the others leave it, so that no path comes twice and parallel arcs are told apart. A part waits in a queue
under a lower bound and is searched only when that bound comes up (postponing, after Kurz and Mutzel, 2016). The
search is A* on exact distances to the destination; it ends at the first node whose tree path avoids the kept beginning
(node colours of Feng, 2014). The backward tree grows no further than the longest path asked for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import types

from transcaspian._jit import njit
from transcaspian.freight._heap_kernel import heap_drop_top, heap_push
from transcaspian.freight._tree_kernel import FLOATS, INTS, Floats, Ints, Star, Tree, grow_tree, plant_tree

REACH_SLACK = 1.1  # the backward tree grows this much further than the bound that asked for it
FIRST_ROOM = 256  # rows reserved at first; every table doubles when full


class Parts(NamedTuple):
    """The partition, one row per part: paths that keep a beginning and then avoid some arcs."""

    path: Ints  # the found path whose beginning is kept
    kept: Ints  # how many of its arcs
    banned: Ints  # an arc not to be taken next ...
    before: Ints  # ... nor those of this row, and of its `before` row, and so on; -1 ends the chain
    cost: Floats  # of the kept beginning
    detour: Ints  # row of the detours where its best path's detour starts, once it is known
    detour_size: Ints  # arcs of the detour; 0 while only a lower bound is known
    used: Ints  # two counts: rows of this table, rows of all detours


class Queue(NamedTuple):
    """Parts by their bound, the smallest first; `size` is an array of one entry."""

    key: Floats
    part: Ints
    size: Ints


class Search(NamedTuple):
    """What the current search knows of each node; numbers of earlier searches count as nothing."""

    colour: Ints  # 2 x number: on the kept beginning; 2 x number + 1: its tree path meets the kept beginning
    seen: Ints  # number of the search that last set the next three
    cost: Floats  # from the end of the kept beginning
    arc: Ints  # arc into the node
    back: Ints  # node where that arc starts
    heap_key: Floats
    heap_node: Ints


@njit()
def new_search(n_nodes: int, n_arcs: int) -> Search:
    """Room for the searches of one call."""
    return Search(
        np.zeros(n_nodes, np.int32),
        np.zeros(n_nodes, np.int32),
        np.empty(n_nodes),
        np.empty(n_nodes, np.int32),
        np.empty(n_nodes, np.int32),
        np.empty(n_arcs + 1),
        np.empty(n_arcs + 1, np.int32),
    )


@njit()
def new_parts(room: int) -> Parts:
    """A table of parts with `room` rows."""
    return Parts(
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.zeros(2, np.int32),
    )


@njit()
def everything(bound: float) -> tuple[Parts, Queue]:
    """The partition before the first path: one part that keeps nothing, queued if `bound` is finite."""
    parts = new_parts(FIRST_ROOM)
    queue = Queue(np.empty(FIRST_ROOM), np.empty(FIRST_ROOM, np.int32), np.zeros(1, np.int32))
    parts.path[0], parts.kept[0], parts.banned[0], parts.before[0] = 0, 0, -1, -1
    parts.cost[0], parts.detour_size[0], parts.used[0] = 0.0, 0, 1
    if bound < np.inf:
        queue.size[0] = heap_push(queue.key, queue.part, 0, bound, 0)
    return parts, queue


@njit()
def wider_tables(parts: Parts, queue: Queue, needed: int) -> tuple[Parts, Queue]:
    """The same parts and queue, with room for `needed` more; a part stands in the queue at most once."""
    used, queued = parts.used[0], queue.size[0]
    wide = new_parts(2 * (used + needed))
    for row in range(used):  # loops, because numba takes seconds to compile assignments of slices
        wide.path[row], wide.kept[row], wide.cost[row] = parts.path[row], parts.kept[row], parts.cost[row]
        wide.banned[row], wide.before[row] = parts.banned[row], parts.before[row]
        wide.detour[row], wide.detour_size[row] = parts.detour[row], parts.detour_size[row]
    wide.used[0], wide.used[1] = parts.used[0], parts.used[1]
    queue_key, queue_part = np.empty(wide.cost.size), np.empty(wide.cost.size, np.int32)
    for row in range(queued):
        queue_key[row], queue_part[row] = queue.key[row], queue.part[row]
    return wide, Queue(queue_key, queue_part, queue.size)


@njit()
def copy_steps(source: Ints, start: int, size: int, target: Ints, to: int) -> int:
    """Copy rows of (arc, node it enters); gives the first row after them."""
    for row in range(size):
        target[to + row, 0] = source[start + row, 0]
        target[to + row, 1] = source[start + row, 1]
    return to + size


@njit()
def wider_steps(steps: Ints, used: int, needed: int) -> Ints:
    """The same rows of (arc, node it enters) with room for `needed` more."""
    if used + needed <= steps.shape[0]:
        return steps
    wide = np.empty((max(2 * steps.shape[0], used + needed), 2), np.int32)
    copy_steps(steps, 0, used, wide, 0)
    return wide


@njit()
def is_banned(parts: Parts, part: int, arc: int) -> bool:
    """Whether `part` may not continue its beginning with `arc`."""
    while part >= 0:
        if parts.banned[part] == arc:
            return True
        part = parts.before[part]
    return False


@njit()
def leads_home(tree: Tree, search: Search, number: int, node: int, destination: int) -> bool:
    """Whether the tree path of `node` is known and avoids the kept beginning; colours the nodes if it does not."""
    if tree.cost[node] > tree.reach[0]:
        return False
    at = node
    while search.colour[at] < 2 * number:
        if at == destination:
            return True
        at = tree.towards[at]
    while search.colour[node] < 2 * number:
        search.colour[node] = 2 * number + 1
        node = tree.towards[node]
    return False


@njit()
def find_detour(
    ahead: Star, tree: Tree, parts: Parts, part: int, search: Search, number: int, start: int, destination: int
) -> tuple[float, int]:
    """A* from the end of the kept beginning: cost of the best rest, and the node where it joins the tree.

    Node -1 with a finite cost: a new lower bound, beyond the reach of the tree; with an infinite one: no path.
    """
    keys, nodes, size = search.heap_key, search.heap_node, 0
    reach = tree.reach[0]
    node, node_cost = start, 0.0
    while True:
        for place in range(ahead.first[node], ahead.first[node + 1]):
            other = ahead.other[place]
            cost = node_cost + ahead.cost[place]
            estimate = cost + min(tree.cost[other], reach)
            if estimate == np.inf or search.colour[other] == 2 * number:
                continue
            if search.seen[other] == number and cost >= search.cost[other]:
                continue
            if node == start and is_banned(parts, part, ahead.arc[place]):
                continue
            search.seen[other] = number
            search.cost[other] = cost
            search.arc[other] = ahead.arc[place]
            search.back[other] = node
            size = heap_push(keys, nodes, size, estimate, other)
        fresh = False
        while not fresh:
            if size == 0:
                return np.inf, -1
            estimate, node = keys[0], nodes[0]
            if parts.cost[part] + estimate > reach:
                return estimate, -1
            size = heap_drop_top(keys, nodes, size)
            node_cost = search.cost[node]
            fresh = estimate == node_cost + min(tree.cost[node], reach)
        if leads_home(tree, search, number, node, destination):
            return estimate, node


@njit()
def keep_detour(search: Search, start: int, end: int, steps: Ints, used: int) -> int:
    """Write the arcs from `start` to `end`, in order, behind the `used` rows; gives how many."""
    size = 0
    node = end
    while node != start:
        size += 1
        node = search.back[node]
    node = end
    for row in range(used + size - 1, used - 1, -1):
        steps[row, 0] = search.arc[node]
        steps[row, 1] = node
        node = search.back[node]
    return size


@njit()
def colour_beginning(search: Search, number: int, origin: int, path: Ints) -> int:
    """Colour the origin and all nodes of `path` (rows of arc, node) as kept; gives the last of them."""
    search.colour[origin] = 2 * number
    node = origin
    for row in range(path.shape[0]):
        node = path[row, 1]
        search.colour[node] = 2 * number
    return node


@njit()
def best_next(ahead: Star, tree: Tree, parts: Parts, part: int, search: Search, number: int, node: int) -> float:
    """Lower bound on the rest of every path of `part`, whose kept beginning ends at `node`."""
    bound = np.inf
    for place in range(ahead.first[node], ahead.first[node + 1]):
        other = ahead.other[place]
        rest = ahead.cost[place] + min(tree.cost[other], tree.reach[0])
        if rest < bound and search.colour[other] != 2 * number and not is_banned(parts, part, ahead.arc[place]):
            bound = rest
    return bound


@njit()
def finish_path(tree: Tree, steps: Ints, used: int, kept: Ints, detours: Ints, start: int, size: int) -> int:
    """Write kept beginning, detour (`size` rows) and tree path behind the `used` rows; gives the new number of rows."""
    used = copy_steps(kept, 0, kept.shape[0], steps, used)
    used = copy_steps(detours, start, size, steps, used)
    node = steps[used - 1, 1]
    while tree.towards[node] >= 0:
        steps[used, 0] = tree.arc[node]
        node = tree.towards[node]
        steps[used, 1] = node
        used += 1
    return used


@njit()
def search_part(
    ahead: Star, tree: Tree, parts: Parts, part: int, search: Search, number: int,
    kept: Ints, detours: Ints, queue: Queue, origin: int, destination: int,
) -> None:  # fmt: skip
    """Find the best path of `part` (or a better bound) and queue it again; drop it if it holds no path."""
    start = colour_beginning(search, number, origin, kept)
    rest, end = find_detour(ahead, tree, parts, part, search, number, start, destination)
    if end >= 0:
        parts.detour[part] = parts.used[1]
        parts.detour_size[part] = keep_detour(search, start, end, detours, parts.used[1])
        parts.used[1] += parts.detour_size[part]
    if rest < np.inf:
        bound = parts.cost[part] + rest
        queue.size[0] = heap_push(queue.key, queue.part, queue.size[0], bound, part)


@njit()
def split_part(
    ahead: Star, tree: Tree, parts: Parts, part: int, search: Search, number: int,
    path: int, steps: Ints, queue: Queue, origin: int, cost: Floats,
) -> float:  # fmt: skip
    """Split `part` along its best path (rows `steps`) and queue what is left; gives the cost of that path."""
    kept = parts.kept[part]
    node = colour_beginning(search, number, origin, steps[:kept])
    so_far: float = parts.cost[part]
    for row in range(kept, steps.shape[0]):
        new = parts.used[0]
        parts.path[new], parts.kept[new], parts.cost[new] = path, row, so_far
        parts.banned[new], parts.before[new] = steps[row, 0], part if row == kept else -1
        parts.detour_size[new] = 0
        bound = so_far + best_next(ahead, tree, parts, new, search, number, node)
        if bound < np.inf:
            queue.size[0] = heap_push(queue.key, queue.part, queue.size[0], bound, new)
            parts.used[0] += 1
        so_far += cost[steps[row, 0]]
        node = steps[row, 1]
        search.colour[node] = 2 * number
    return so_far


@njit((INTS, INTS, INTS, FLOATS, INTS, INTS, INTS, FLOATS, FLOATS, types.int64, types.int64, types.int64))
def k_shortest(
    out_first: Ints, out_head: Ints, out_arc: Ints, out_cost: Floats,
    in_first: Ints, in_tail: Ints, in_arc: Ints, in_cost: Floats,
    cost: Floats, origin: int, destination: int, k: int,
) -> tuple[Ints, Ints, Floats]:  # fmt: skip
    """The up to `k` shortest loopless paths: starts (n_paths + 1,) into one array of arcs, and costs (n_paths,)."""
    n_nodes, n_arcs = out_first.size - 1, out_head.size
    ahead, behind = Star(out_first, out_head, out_arc, out_cost), Star(in_first, in_tail, in_arc, in_cost)
    tree = plant_tree(n_nodes, destination)
    grow_tree(behind, tree, np.inf, origin)
    grow_tree(behind, tree, REACH_SLACK * tree.cost[origin], -1)
    search, number = new_search(n_nodes, n_arcs), 0
    parts, queue = everything(tree.cost[origin])
    detours = np.empty((FIRST_ROOM, 2), np.int32)
    steps = np.empty((FIRST_ROOM, 2), np.int32)
    starts, path_cost, n_found = np.zeros(k + 1, np.int32), np.empty(k), 0
    while n_found < k and queue.size[0] > 0:
        bound, part = queue.key[0], queue.part[0]
        queue.size[0] = heap_drop_top(queue.key, queue.part, queue.size[0])
        if bound > tree.reach[0]:
            grow_tree(behind, tree, REACH_SLACK * bound, -1)
        number += 1
        start = starts[parts.path[part]]
        kept = steps[start : start + parts.kept[part]]
        if parts.detour_size[part] == 0:
            detours = wider_steps(detours, parts.used[1], n_nodes)
            search_part(ahead, tree, parts, part, search, number, kept, detours, queue, origin, destination)
            continue
        used = starts[n_found]
        steps = wider_steps(steps, used, n_nodes)
        end = finish_path(tree, steps, used, kept, detours, parts.detour[part], parts.detour_size[part])
        if parts.used[0] + end - used > parts.path.size:
            parts, queue = wider_tables(parts, queue, end - used)
        path_cost[n_found] = split_part(
            ahead, tree, parts, part, search, number, n_found, steps[used:end], queue, origin, cost
        )
        n_found += 1
        starts[n_found] = end
    return starts[: n_found + 1].copy(), steps[: starts[n_found], 0].copy(), path_cost[:n_found].copy()
