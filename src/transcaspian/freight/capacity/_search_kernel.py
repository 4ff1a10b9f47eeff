"""Kernels that price paths on the time-expanded network, and turn paths into columns of the master programme.

One backward sweep per (cargo class, destination) gives the cheapest way from every node and period: the periods are
walked from the last to the first; lagged arcs (stock, long passages) seed a period's labels from later ones, and
Dijkstra (1959) spreads them over the arcs of that period. Arrays in, arrays out, no checks, no names.

A *step* is one arc in one period, written as `period * n_arcs + arc`. A *row* is one limit in one period.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transcaspian._jit import njit
from transcaspian.freight._heap_kernel import indexed_drop_top, indexed_lift

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


class Grid(NamedTuple):
    """The network as the search wants it: arcs without lag as a backward star, the lagged ones as a list."""

    in_first: Ints  # (n_nodes + 1,) places of `in_arc`
    in_arc: Ints  # arcs without lag, by head
    lagged: Ints  # the others, ascending
    tail: Ints  # (n_arcs,)
    head: Ints
    lag: Ints


class Tolls(NamedTuple):
    """What an arc costs a class, and which rows it uses; costs have one period if they never change."""

    cost: Floats  # (n_classes, n_periods or 1, n_arcs), infinite where not allowed, made non-negative by `potential`
    potential: Floats  # (n_classes, n_periods or 1, n_nodes), Johnson (1977); all 0 where no cost is negative
    use_first: Ints  # (n_arcs + 1,) places of `use_limit`
    use_limit: Ints
    usage: Floats  # (n_classes, n_uses)
    row: Ints  # (n_limits, n_periods), -1 where nothing limits


class Wanted(NamedTuple):
    """The demands of one period each, sorted by group; a group shares class and destination."""

    group_first: Ints  # (n_groups + 1,)
    group_class: Ints
    group_destination: Ints
    origin: Ints  # (n_demands,)
    period: Ints


@njit()
def toll_arcs(tolls: Tolls, multiplier: Floats, cargo: int, price: Floats) -> None:
    """Fill `price` (n_periods, n_arcs): cost of each arc plus the multipliers of the rows it uses."""
    n_periods, n_arcs = price.shape
    n_cost = tolls.cost.shape[1]
    for period in range(n_periods):
        for arc in range(n_arcs):
            total = tolls.cost[cargo, period % n_cost, arc]
            for use in range(tolls.use_first[arc], tolls.use_first[arc + 1]):
                row = tolls.row[tolls.use_limit[use], period]
                if row >= 0 and tolls.usage[cargo, use] > 0.0:  # an infinite multiplier closes the row
                    total += tolls.usage[cargo, use] * multiplier[row]
            price[period, arc] = total


@njit()
def sweep_back(
    grid: Grid, price: Floats, arrival: Floats, goal: int, reach: float, label: Floats, step_arc: Ints
) -> None:
    """Fill `label` and `step_arc` (n_periods, n_nodes): least price from there to `goal`, whenever, and the next arc.

    `arrival` (n_periods or 1,) is the label of the goal itself. Nodes without a way keep an infinite label; labels
    above `reach` are not final.
    """
    n_periods, n_nodes = label.shape
    keys, nodes, slot_of = np.empty(n_nodes), np.empty(n_nodes, np.int32), np.empty(n_nodes, np.int32)
    for period in range(n_periods - 1, -1, -1):
        costs, arcs = label[period], step_arc[period]
        costs[:] = np.inf
        arcs[:] = -1
        costs[goal] = arrival[period % arrival.size]
        for arc in grid.lagged:
            then = period + grid.lag[arc]
            if then < n_periods and grid.tail[arc] != goal:
                cost = price[period, arc] + label[then, grid.head[arc]]
                if cost < costs[grid.tail[arc]]:
                    costs[grid.tail[arc]] = cost
                    arcs[grid.tail[arc]] = arc
        size = 0
        for node in range(n_nodes):
            slot_of[node] = -1
            if costs[node] < np.inf:
                indexed_lift(keys, nodes, slot_of, size, costs[node], node)
                size += 1
        while size > 0:
            key, node = keys[0], nodes[0]
            if key > reach:
                break
            size = indexed_drop_top(keys, nodes, slot_of, size)
            for place in range(grid.in_first[node], grid.in_first[node + 1]):
                arc = grid.in_arc[place]
                other = grid.tail[arc]
                cost = key + price[period, arc]
                if cost < costs[other] and other != goal:
                    slot = slot_of[other]
                    if slot < 0:
                        slot = size
                        size += 1
                    costs[other] = cost
                    arcs[other] = arc
                    indexed_lift(keys, nodes, slot_of, slot, cost, other)


@njit()
def cheapest_paths(
    grid: Grid, tolls: Tolls, wanted: Wanted, multiplier: Floats, below: Floats, reach: Floats
) -> tuple[Floats, Ints, Longs, Longs]:
    """Least price of every demand, and the paths of those priced under `below` (n_demands,).

    Prices above `reach` (n_groups,) are at least that much and not exact, paths above it not found.

    Gives the prices (n_demands,), infinite without a way; the demands that got a path; and the paths themselves as
    steps in travel order, path p being the places `first[p]:first[p + 1]`.
    """
    n_periods, n_nodes, n_arcs = tolls.row.shape[1], grid.in_first.size - 1, grid.tail.size
    n_demands = wanted.origin.size
    least = np.empty(n_demands)
    whose, first, steps = np.empty(n_demands, np.int32), np.zeros(n_demands + 1, np.int64), np.empty(1024, np.int64)
    price = np.empty((n_periods, n_arcs))
    label, step_arc = np.empty((n_periods, n_nodes)), np.empty((n_periods, n_nodes), np.int32)
    n_cost = tolls.potential.shape[1]
    count, filled, priced = 0, 0, -1
    for group in range(wanted.group_class.size):
        cargo, goal = wanted.group_class[group], wanted.group_destination[group]
        if cargo != priced:  # groups come sorted by class
            toll_arcs(tolls, multiplier, cargo, price)
            priced = cargo
        sweep_back(grid, price, tolls.potential[cargo, :, goal].copy(), goal, reach[group], label, step_arc)
        for demand in range(wanted.group_first[group], wanted.group_first[group + 1]):
            node, period = wanted.origin[demand], wanted.period[demand]
            least[demand] = label[period, node] - tolls.potential[cargo, period % n_cost, node]
            if not least[demand] < below[demand]:
                continue
            while node != goal:
                if filled == steps.size:
                    steps = np.concatenate((steps, np.empty_like(steps)))
                arc = step_arc[period, node]
                steps[filled] = period * n_arcs + arc
                filled += 1
                period += grid.lag[arc]
                node = grid.head[arc]
            whose[count] = demand
            count += 1
            first[count] = filled
    return least, whose[:count].copy(), first[: count + 1].copy(), steps[:filled].copy()


@njit()
def columns_of_paths(
    tolls: Tolls, cost: Floats, n_rows: int, cargo: Ints, first: Longs, steps: Longs
) -> tuple[Floats, Longs, Longs, Ints, Floats]:
    """Cost and row usage of each path: (cost, fingerprint, column starts, rows, units of capacity per unit of flow).

    `cost` (n_classes, n_periods or 1, n_arcs) are the true costs, `cargo` the class of each path. A row used by
    several steps of one path comes once, with the sum.
    """
    n_paths, n_arcs, n_cost = cargo.size, cost.shape[2], cost.shape[1]
    total, mark = np.zeros(n_paths), np.zeros(n_paths, np.int64)
    start = np.zeros(n_paths + 1, np.int64)
    size = 0
    for step in steps:
        arc = step % n_arcs
        size += tolls.use_first[arc + 1] - tolls.use_first[arc]
    rows, values = np.empty(size, np.int32), np.empty(size)
    place_of = np.full(n_rows, np.int64(-1))
    filled = 0
    for path in range(n_paths):
        begin = filled
        for step in steps[first[path] : first[path + 1]]:
            period, arc = step // n_arcs, step % n_arcs
            total[path] += cost[cargo[path], period % n_cost, arc]
            mark[path] = mark[path] * np.int64(6364136223846793005) + step + 1  # wraps around: a fingerprint
            for use in range(tolls.use_first[arc], tolls.use_first[arc + 1]):
                row = tolls.row[tolls.use_limit[use], period]
                amount = tolls.usage[cargo[path], use]
                if row < 0 or amount == 0.0:
                    continue
                place = place_of[row]
                if place < begin or place >= filled or rows[place] != row:
                    place = filled
                    place_of[row] = place
                    rows[place] = row
                    values[place] = 0.0
                    filled += 1
                values[place] += amount
        start[path + 1] = filled
    return total, mark, start, rows[:filled].copy(), values[:filled].copy()


@njit()
def least_potentials(tail: Ints, head: Ints, cost: Floats, potential: Floats, before: Ints) -> int:
    """Fill `potential` (n_nodes,) with the least cost of any walk that ends there, and `before` with its last arc.

    Bellman (1958) and Ford from everywhere at once. Gives -1, or a node from which `before` leads into a cycle of
    negative cost. The tolerance lets rounding pass: a cycle must gain more than a part in 1e12 of its costs.
    """
    potential[:] = 0.0
    before[:] = -1
    slack = 0.0
    for arc in range(tail.size):
        if cost[arc] < np.inf:
            slack = max(slack, abs(cost[arc]))
    slack *= 1e-12
    for _ in range(potential.size + 1):
        changed = -1
        for arc in range(tail.size):
            if potential[tail[arc]] + cost[arc] < potential[head[arc]] - slack:
                potential[head[arc]] = potential[tail[arc]] + cost[arc]
                before[head[arc]] = arc
                changed = head[arc]
        if changed < 0:
            return -1
    return changed
