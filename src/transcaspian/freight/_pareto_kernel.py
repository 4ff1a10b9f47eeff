"""Kernel for Pareto-optimal paths under one to four criteria: arrays in, arrays out, no checks, no names.

Multi-criteria label setting (Martins, 1984) guided by exact lower bounds per criterion, as in NAMOA* (Mandow and
Pérez de la Cruz, 2010), labels taken by the sum of their scaled bounds (Iori, Martello and Pretolani, 2010). The
cheapest paths of the single criteria are labelled first, so that pruning at the destination bites from the start.

Criteria stand in rows of four, unused ones filled with zeros: a fixed width lets the compiler unroll comparisons,
and equal zeros never decide one. A zero-cost or rounding tie may let a better label come late: it then strikes out
the worse one and is taken again, so the order of taking decides speed, never the answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit
from transcaspian.freight._heap_kernel import heap_drop_top, heap_push
from transcaspian.freight._tree_kernel import INTS, Floats, Ints

Flags = npt.NDArray[np.bool_]

ROWS = types.Array(types.float64, 2, "C", readonly=True)
INT_ROWS = types.Array(types.int32, 2, "C", readonly=True)

WIDTH = 4  # criteria per row
FIRST_ROOM = 1024  # labels reserved at first; tables double when full
FIRST_FRONT = 4  # places reserved for the first label of a node


class Labels(NamedTuple):
    """Ways from the origin, one row per label, and the queue of those still to be taken."""

    cost: Floats  # (room, 4) summed in travel order
    node: Ints  # where the way ends
    arc: Ints  # its last arc, -1 at the origin
    parent: Ints  # label it continues
    struck: Flags  # a label of the same node is at least as good
    key: Floats  # the queue
    item: Ints
    used: Ints  # two counts: labels, entries of the queue


class Fronts(NamedTuple):
    """For each node the labels that none of its others is as good as: rows `start:start + size` of a pool."""

    start: Ints
    size: Ints
    room: Ints
    cost: Floats  # (pool, 4) copied from the labels, so that one scan reads one stretch of memory
    label: Ints
    used: Ints  # one count: rows of the pool


class Task(NamedTuple):
    """What one call is about; rows of four criteria."""

    lower: Floats  # (n_nodes, 4) least cost to the destination
    scale: Floats  # (4,) makes criteria comparable in the order of taking
    slack: Floats  # (4,) 1 + relative tolerance
    destination: int


@njit()
def new_labels(room: int) -> Labels:
    """An empty table of labels."""
    return Labels(
        np.empty((room, WIDTH)),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.zeros(room, np.bool_),
        np.empty(room),
        np.empty(room, np.int32),
        np.zeros(2, np.int32),
    )


@njit()
def copy_row(source: Floats, row: int, target: Floats, to: int) -> None:
    """Copy four criteria."""
    for criterion in range(WIDTH):
        target[to, criterion] = source[row, criterion]


@njit()
def roomy_labels(labels: Labels) -> Labels:
    """The same labels, with room for at least one more."""
    used, queued = labels.used[0], labels.used[1]
    if used < labels.node.size:
        return labels
    wide = new_labels(2 * used)
    for row in range(used):  # loops, because numba takes seconds to compile assignments of slices
        copy_row(labels.cost, row, wide.cost, row)
        wide.node[row], wide.arc[row], wide.parent[row] = labels.node[row], labels.arc[row], labels.parent[row]
        wide.struck[row] = labels.struck[row]
    for row in range(queued):
        wide.key[row], wide.item[row] = labels.key[row], labels.item[row]
    wide.used[0], wide.used[1] = used, queued
    return wide


@njit()
def roomy_fronts(fronts: Fronts, node: int) -> Fronts:
    """The same fronts, with room for at least one more label at `node`."""
    size, room = fronts.size[node], fronts.room[node]
    if size < room:
        return fronts
    used, wanted = fronts.used[0], max(2 * room, FIRST_FRONT)
    cost, label = fronts.cost, fronts.label
    if used + wanted > label.size:
        cost, label = np.empty((2 * (used + wanted), WIDTH)), np.empty(2 * (used + wanted), np.int32)
        for row in range(used):
            copy_row(fronts.cost, row, cost, row)
            label[row] = fronts.label[row]
    start = fronts.start[node]
    for row in range(size):
        copy_row(cost, start + row, cost, used + row)
        label[used + row] = label[start + row]
    fronts.start[node], fronts.room[node] = used, wanted
    fronts.used[0] = used + wanted
    return Fronts(fronts.start, fronts.size, fronts.room, cost, label, fronts.used)


@njit()
def is_covered(fronts: Fronts, node: int, c0: float, c1: float, c2: float, c3: float) -> bool:
    """Whether some label of `node` is at least as good in every criterion."""
    cost = fronts.cost
    for row in range(fronts.start[node], fronts.start[node] + fronts.size[node]):
        if cost[row, 0] <= c0 and cost[row, 1] <= c1 and cost[row, 2] <= c2 and cost[row, 3] <= c3:
            return True
    return False


@njit()
def strike_out(fronts: Fronts, labels: Labels, node: int, c0: float, c1: float, c2: float, c3: float) -> None:
    """Remove the labels of `node` that are nowhere better than the given cost."""
    cost, start = fronts.cost, fronts.start[node]
    keep = start
    for row in range(start, start + fronts.size[node]):
        if cost[row, 0] >= c0 and cost[row, 1] >= c1 and cost[row, 2] >= c2 and cost[row, 3] >= c3:
            labels.struck[fronts.label[row]] = True
            continue
        if keep < row:
            copy_row(cost, row, cost, keep)
            fronts.label[keep] = fronts.label[row]
        keep += 1
    fronts.size[node] = keep - start


@njit()
def is_hopeless(task: Task, fronts: Fronts, node: int, cost: Floats) -> bool:
    """Whether a path found already is at least as good, within the slack, as anything this way can become."""
    bound, slack = task.lower[node], task.slack
    return is_covered(
        fronts,
        task.destination,
        slack[0] * (cost[0] + bound[0]),
        slack[1] * (cost[1] + bound[1]),
        slack[2] * (cost[2] + bound[2]),
        slack[3] * (cost[3] + bound[3]),
    )


@njit()
def offer(task: Task, labels: Labels, fronts: Fronts, node: int, arc: int, parent: int, cost: Floats) -> bool:
    """Enter a way that ends at `node`, unless it is covered; both tables have room. Gives whether it was entered."""
    if is_hopeless(task, fronts, node, cost) or is_covered(fronts, node, cost[0], cost[1], cost[2], cost[3]):
        return False
    strike_out(fronts, labels, node, cost[0], cost[1], cost[2], cost[3])
    new = labels.used[0]
    labels.used[0] += 1
    row = fronts.start[node] + fronts.size[node]
    fronts.size[node] += 1
    fronts.label[row] = new
    labels.node[new], labels.arc[new], labels.parent[new] = node, arc, parent
    key = 0.0
    for criterion in range(WIDTH):
        fronts.cost[row, criterion] = cost[criterion]
        labels.cost[new, criterion] = cost[criterion]
        key += task.scale[criterion] * (cost[criterion] + task.lower[node, criterion])
    if node != task.destination:
        labels.used[1] = heap_push(labels.key, labels.item, labels.used[1], key, new)
    return True


@njit()
def trace(labels: Labels, fronts: Fronts, destination: int) -> tuple[Ints, Ints, Floats]:
    """The paths of the destination's front: starts, flat arcs in travel order, and costs."""
    first, size = fronts.start[destination], fronts.size[destination]
    starts = np.zeros(size + 1, np.int32)
    for path in range(size):
        label = fronts.label[first + path]
        starts[path + 1] = starts[path]
        while labels.arc[label] >= 0:
            starts[path + 1] += 1
            label = labels.parent[label]
    flat, cost = np.empty(starts[size], np.int32), np.empty((size, WIDTH))
    for path in range(size):
        label = fronts.label[first + path]
        copy_row(fronts.cost, first + path, cost, path)
        for place in range(starts[path + 1] - 1, starts[path] - 1, -1):
            flat[place] = labels.arc[label]
            label = labels.parent[label]
    return starts, flat, cost


@njit((INTS, INTS, INTS, ROWS, ROWS, INT_ROWS, ROWS, types.int64, types.int64, types.int64))
def pareto(
    out_first: Ints, out_head: Ints, out_arc: Ints, out_cost: Floats, lower: Floats, tree_arc: Ints,
    scale_and_slack: Floats, origin: int, destination: int, limit: int,
) -> tuple[Ints, Ints, Floats, int]:  # fmt: skip
    """All Pareto-optimal paths as starts, flat arcs, costs (n_paths, 4); and the number of labels made.

    More than `limit` labels end the search: the paths are then worthless.
    """
    n_nodes = out_first.size - 1
    task = Task(lower, scale_and_slack[0], scale_and_slack[1], destination)
    labels = new_labels(FIRST_ROOM)
    fronts = Fronts(
        np.zeros(n_nodes, np.int32), np.zeros(n_nodes, np.int32), np.zeros(n_nodes, np.int32),
        np.empty((FIRST_ROOM, WIDTH)), np.empty(FIRST_ROOM, np.int32), np.zeros(1, np.int32),
    )  # fmt: skip
    cost = np.zeros(WIDTH)
    fronts = roomy_fronts(fronts, origin)
    offer(task, labels, fronts, origin, -1, -1, cost)
    for criterion in range(tree_arc.shape[0]):  # the cheapest path of each criterion first
        node, label = origin, 0
        while node != destination:
            place = out_first[node]
            while out_arc[place] != tree_arc[criterion, node]:
                place += 1
            other = out_head[place]
            labels, fronts = roomy_labels(labels), roomy_fronts(fronts, other)
            for one in range(WIDTH):
                cost[one] = labels.cost[label, one] + out_cost[place, one]
            if not offer(task, labels, fronts, other, out_arc[place], label, cost):
                break
            node, label = other, labels.used[0] - 1
    while labels.used[1] > 0 and labels.used[0] <= limit:
        label = labels.item[0]
        labels.used[1] = heap_drop_top(labels.key, labels.item, labels.used[1])
        node = labels.node[label]
        if labels.struck[label] or is_hopeless(task, fronts, node, labels.cost[label]):
            continue
        for place in range(out_first[node], out_first[node + 1]):
            other = out_head[place]
            if out_cost[place, 0] == np.inf or lower[other, 0] == np.inf:
                continue
            labels, fronts = roomy_labels(labels), roomy_fronts(fronts, other)
            for one in range(WIDTH):
                cost[one] = labels.cost[label, one] + out_cost[place, one]
            offer(task, labels, fronts, other, out_arc[place], label, cost)
    starts, flat, total = trace(labels, fronts, destination)
    return starts, flat, total, labels.used[0]
