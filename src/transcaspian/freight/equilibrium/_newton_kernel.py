"""Kernel: one Newton step for the flows of all swaps together.

Sweeps balance one pair at a time and converge slowly where many pairs share links. Near the equilibrium, where the
paths in use hardly change any more, the step `d` that solves `Z' S Z d = -r` balances all of them at once: r is how
much dearer each path is than its main path, Z which links a swap changes, S the slopes. Conjugate gradients (Hestenes
and Stiefel, 1952) with the diagonal as preconditioner solve it without the matrix. The step is projected on flows that
are not negative, and shortened where the objective would rise: convexity makes its slope at the far end the test.
No checks, no names.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from transcaspian._jit import njit
from transcaspian.freight.equilibrium._delay_kernel import price_at
from transcaspian.freight.equilibrium._load_kernel import Costs, Load, Paths, price_all, price_for
from transcaspian.freight.equilibrium._swaps_kernel import Swaps, apart_sum, dearer

Floats = npt.NDArray[np.float64]

_ITERATIONS = 30  # of the conjugate gradients at most
_EXACT = 0.1  # they stop when the residual is this part of the first
_ROUNDS = 4  # of solving, each with more paths held at no flow
_HALVINGS = 20  # of a step that goes too far, at most


@njit()
def _to_links(swaps: Swaps, step: Floats, change: Floats) -> None:
    """Set `change` to what the steps of all paths, at their main paths' expense, do to the links."""
    change[:] = 0.0
    for swap in range(step.size):
        amount = step[swap]
        if amount != 0.0:
            for place in range(swaps.first[swap], swaps.split[swap]):
                change[swaps.links[place]] += amount
            for place in range(swaps.split[swap], swaps.first[swap + 1]):
                change[swaps.links[place]] -= amount


@njit()
def _solve(swaps: Swaps, slope: Floats, wanted: Floats, weight: Floats, step: Floats, change: Floats) -> None:
    """Improve the steps of all swaps whose `weight`, the diagonal, is not 0, by conjugate gradients."""
    rest, toward = np.zeros(wanted.size), np.zeros(wanted.size)
    _to_links(swaps, step, change)
    change *= slope
    size = first = 0.0
    for swap in range(wanted.size):
        if weight[swap] > 0.0:
            rest[swap] = wanted[swap] - dearer(change, swaps, swap)
            toward[swap] = rest[swap] / weight[swap]
            size += rest[swap] * toward[swap]
            first += wanted[swap] * wanted[swap] / weight[swap]
    for _ in range(_ITERATIONS):
        if size <= _EXACT * _EXACT * first:
            break
        _to_links(swaps, toward, change)
        change *= slope
        curvature = 0.0
        bent = np.zeros(wanted.size)
        for swap in range(wanted.size):
            if weight[swap] > 0.0:
                bent[swap] = dearer(change, swaps, swap)
                curvature += toward[swap] * bent[swap]
        if curvature <= 0.0:  # flat: delays that do not change tell no distance
            break
        length = size / curvature
        fresh = 0.0
        for swap in range(wanted.size):
            if weight[swap] > 0.0:
                step[swap] += length * toward[swap]
                rest[swap] -= length * bent[swap]
                fresh += rest[swap] * rest[swap] / weight[swap]
        for swap in range(wanted.size):
            if weight[swap] > 0.0:
                toward[swap] = rest[swap] / weight[swap] + fresh / size * toward[swap]
        size = fresh


@njit()
def _empty_paths(paths: Paths, swaps: Swaps, weight: Floats, step: Floats) -> bool:
    """Hold paths that would lose more than they have at losing all of it; True if there is a new one."""
    found = False
    for swap in range(step.size):
        if step[swap] < -paths.flow[swaps.path[swap]]:
            step[swap] = -paths.flow[swaps.path[swap]]
            weight[swap] = 0.0
            found = True
    return found


@njit()
def _project(paths: Paths, swaps: Swaps, step: Floats) -> None:
    """Shorten steps so that no path's flow falls below zero; the main path pays for all the paths of its pair."""
    swap = 0
    while swap < step.size:
        main, end, taken = swaps.main[swap], swap, 0.0
        while end < step.size and swaps.main[end] == main:
            step[end] = max(step[end], -paths.flow[swaps.path[end]])
            taken += step[end]
            end += 1
        if taken > paths.flow[main]:
            for other in range(swap, end):
                step[other] *= paths.flow[main] / taken
        swap = end


@njit()
def _rise(costs: Costs, flow: Floats, change: Floats, part: float) -> float:
    """Slope of the objective along `change`, without fixed costs, after this part of it."""
    total = 0.0
    for link in range(flow.size):
        if change[link] != 0.0:
            total += (
                change[link]
                * price_at(costs.delays, link, max(flow[link] + part * change[link], 0.0), costs.marginal)[0]
            )
    return total


@njit()
def _part_to_go(costs: Costs, load: Load, change: Floats, fixed: float) -> float:
    """How far along `change` the objective falls: 1 if to the end, else where it is lowest."""
    start, end = fixed + _rise(costs, load.flow, change, 0.0), fixed + _rise(costs, load.flow, change, 1.0)
    if start >= 0.0:
        return 0.0
    if end <= 0.0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        part = high - end * (high - low) / (end - start)
        rise = fixed + _rise(costs, load.flow, change, part)
        if abs(rise) <= 1e-2 * abs(start):
            break
        if rise > 0.0:
            high, end = part, rise
            start *= 0.5
        else:
            low, start = part, rise
            end *= 0.5
    return part


@njit()
def newton_step(costs: Costs, paths: Paths, load: Load, swaps: Swaps) -> bool:
    """Move all swaps that have flow on both sides; False if no step lowered the objective."""
    n_swaps = swaps.path.size
    wanted, weight, change = np.zeros(n_swaps), np.zeros(n_swaps), np.empty(load.flow.size)
    kind = -1
    for swap in range(n_swaps):
        if swaps.kind[swap] != kind:
            kind = swaps.kind[swap]
            price_for(costs, kind, load)
        if paths.flow[swaps.path[swap]] > 0.0 and paths.flow[swaps.main[swap]] > 0.0:
            wanted[swap] = -dearer(load.price, swaps, swap)
            weight[swap] = apart_sum(load.slope, swaps, swap)
    step = np.zeros(n_swaps)
    for _ in range(_ROUNDS):
        _solve(swaps, load.slope, wanted, weight, step, change)
        if not _empty_paths(paths, swaps, weight, step):
            break
    _project(paths, swaps, step)
    _to_links(swaps, step, change)
    fixed = 0.0  # what the step changes of the fixed costs: all it changes, less what it changes of the delays
    for swap in range(n_swaps):
        fixed -= wanted[swap] * step[swap]
    fixed -= _rise(costs, load.flow, change, 0.0)
    part = _part_to_go(costs, load, change, fixed)
    if part <= 0.0:
        return False
    for swap in range(n_swaps):
        paths.flow[swaps.path[swap]] += part * step[swap]
        paths.flow[swaps.main[swap]] -= part * step[swap]
    for swap in range(n_swaps):  # only now: a main path may pay for one path before it is paid by the next
        for path in (swaps.path[swap], swaps.main[swap]):
            paths.flow[path] = max(paths.flow[path], 0.0)
    for link in range(change.size):
        load.flow[link] = max(load.flow[link] + part * change[link], 0.0)
    price_all(costs, load)
    return True
