"""Kernel: move flow from dear to cheap paths of one pair after another, prices following at once.

Gradient projection on paths (Jayakrishnan et al., 1994; Florian, Constantin and Florian, 2009) in the greedy order of
Xie, Nie and Liu (2018): pairs whose excess is small beside the average wait. One move is a Newton step on the
difference of two path costs, which only links of one of the two paths change; where it overshoots, a bracketing secant
brings it back, so that a move never makes things worse however steep the delays are. No checks, no names.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit
from transcaspian.freight.equilibrium._load_kernel import COSTS, LOAD, PATHS, Costs, Load, Paths, add_flow, price_for
from transcaspian.freight.equilibrium._search_kernel import INTS, TRIPS, Trips

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

_OVERSHOT = -0.5  # a step is taken back in part when it turns the difference into less than this part of itself
_SECANTS = 30  # steps of the secant at most: each at least halves what is wrong, in the end


@njit()
def _apart(links: Ints, dear: int, dear_end: int, cheap: int, cheap_end: int, own: Ints, mark: Ints) -> tuple[int, int]:
    """Write the links that only the dear path has to `own`, then those that only the cheap one has; two ends.

    `mark` is all zero before and after.
    """
    while dear < dear_end and cheap < cheap_end and links[dear] == links[cheap]:
        dear += 1
        cheap += 1
    while dear < dear_end and cheap < cheap_end and links[dear_end - 1] == links[cheap_end - 1]:
        dear_end -= 1
        cheap_end -= 1
    for place in range(cheap, cheap_end):
        mark[links[place]] = 1
    count = 0
    for place in range(dear, dear_end):
        if mark[links[place]] == 0:
            own[count] = links[place]
            count += 1
        else:
            mark[links[place]] = 2
    split = count
    for place in range(cheap, cheap_end):
        if mark[links[place]] == 1:
            own[count] = links[place]
            count += 1
        mark[links[place]] = 0
    return split, count


@njit()
def _move(costs: Costs, kind: int, load: Load, own: Ints, split: int, count: int, amount: float) -> float:
    """Move `amount` from the dear links to the cheap ones; gives by how much the dear ones still cost more."""
    difference = 0.0
    for place in range(split):
        add_flow(costs, kind, load, own[place], -amount)
        difference += load.price[own[place]]
    for place in range(split, count):
        add_flow(costs, kind, load, own[place], amount)
        difference -= load.price[own[place]]
    return difference


@njit()
def _balance(costs: Costs, kind: int, load: Load, own: Ints, split: int, count: int, most: float) -> float:
    """Move flow, `most` at most, until the two sides cost about the same; gives how much was moved."""
    difference = slope = 0.0
    for place in range(split):
        difference += load.price[own[place]]
        slope += load.slope[own[place]]
    for place in range(split, count):
        difference -= load.price[own[place]]
        slope += load.slope[own[place]]
    if difference <= 0.0:
        return 0.0
    moved = most if slope * most <= difference else difference / slope
    after = _move(costs, kind, load, own, split, count, moved)
    low, low_value, high, high_value = 0.0, difference, moved, after
    steps = 0
    while after < _OVERSHOT * difference and steps < _SECANTS:
        # The difference falls from `low_value` above 0 to `high_value` below: Illinois variant of the false position.
        steps += 1
        target = high - high_value * (high - low) / (high_value - low_value)
        after = _move(costs, kind, load, own, split, count, target - moved)
        moved = target
        if after < 0.0:
            high, high_value = target, after
            low_value *= 0.5
        else:
            low, low_value = target, after
            high_value *= 0.5
    return moved


@njit()
def _even_out(
    costs: Costs, kind: int, load: Load, paths: Paths, begin: int, end: int, best: int, own: Ints, mark: Ints
) -> None:
    """Move flow of the paths `begin:end` of one pair to its cheapest."""
    amount = kept = 0.0
    for path in range(begin, end):
        amount += paths.flow[path]
        if path == best:
            continue
        if paths.flow[path] > 0.0:
            split, count = _apart(
                paths.links,
                paths.link_first[path],
                paths.link_first[path + 1],
                paths.link_first[best],
                paths.link_first[best + 1],
                own,
                mark,
            )
            paths.flow[path] -= _balance(costs, kind, load, own, split, count, paths.flow[path])
        kept += paths.flow[path]
    paths.flow[best] = amount - kept  # the pair's demand is kept to the last bit but one


@njit((COSTS, TRIPS, PATHS, LOAD, INTS, types.float64, types.float64, types.int64))
def shift_flows(
    costs: Costs, trips: Trips, paths: Paths, load: Load, several: Ints, enough: float, idle: float, most: int
) -> int:
    """Sweep over the pairs in `several` until their excess is at most `enough`, or `most` times; gives the sweeps.

    After the first sweep pairs wait whose excess is below `idle` times the average.
    """
    own, mark = np.empty(2 * load.flow.size, np.int32), np.zeros(load.flow.size, np.int32)
    cost = np.empty(max(1, np.max(np.diff(paths.first))))
    skip = 0.0
    kind = -1
    for sweep in range(most):
        total = 0.0
        group = 0
        for place in range(several.size):
            pair = several[place]
            while trips.first[group + 1] <= pair:
                group += 1
            if trips.kind[group] != kind:
                kind = trips.kind[group]
                price_for(costs, kind, load)
            begin, end = paths.first[pair], paths.first[pair + 1]
            best = begin
            for path in range(begin, end):
                sum_ = 0.0
                for at in range(paths.link_first[path], paths.link_first[path + 1]):
                    sum_ += load.price[paths.links[at]]
                cost[path - begin] = sum_
                if sum_ < cost[best - begin]:
                    best = path
            excess = 0.0
            for path in range(begin, end):
                excess += paths.flow[path] * (cost[path - begin] - cost[best - begin])
            total += excess
            if excess > skip:
                _even_out(costs, kind, load, paths, begin, end, best, own, mark)
        if total <= enough:
            return sweep + 1
        skip = idle * total / several.size
    return most
