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
_ROUNDS = 4  # of solving at most, each with more paths held at no flow,
_WALLS = 100  # and of those that end with one more path held, in a direction that changes no delay
_ALL = 1.0 - 1e-12  # part of a flow that is all of it but rounding
_FLAT = 1e-3  # curvature, as part of the diagonal's, below which a direction counts as flat
_BEYOND = 0.5  # slope at the end of a step, as part of that at its start, from which on it is shortened
_ARC = 6  # lengths of the step that are tried, each a quarter of the last
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
def _to_the_wall(paths: Paths, swaps: Swaps, step: Floats, toward: Floats) -> float:
    """How far beyond `step` to go until the first path, or main path, has lost all its flow."""
    length = np.inf
    swap = 0
    while swap < step.size:
        main, end, taken, pace = swaps.main[swap], swap, 0.0, 0.0
        while end < step.size and swaps.main[end] == main:
            if toward[end] < 0.0:
                length = min(length, max(paths.flow[swaps.path[end]] + step[end], 0.0) / -toward[end])
            taken += step[end]
            pace += toward[end]
            end += 1
        if pace > 0.0:
            length = min(length, max(paths.flow[main] - taken, 0.0) / pace)
        swap = end
    return length


@njit()
def _bend(
    swaps: Swaps, slope: Floats, weight: Floats, toward: Floats, change: Floats, bent: Floats
) -> tuple[float, float]:
    """Set `bent` to what a direction does to the differences; gives its curvature, and that by the diagonal alone."""
    _to_links(swaps, toward, change)
    change *= slope
    curvature = scale = 0.0
    for swap in range(toward.size):
        if weight[swap] > 0.0:
            bent[swap] = dearer(change, swaps, swap)
            curvature += toward[swap] * bent[swap]
            scale += toward[swap] * toward[swap] * weight[swap]
    return curvature, scale


@njit()
def _advance(
    weight: Floats, step: Floats, rest: Floats, toward: Floats, bent: Floats, length: float, size: float
) -> float:
    """Go `length` along a direction and turn to the next one; gives the size of the residual."""
    fresh = 0.0
    for swap in range(step.size):
        if weight[swap] > 0.0:
            step[swap] += length * toward[swap]
            rest[swap] -= length * bent[swap]
            fresh += rest[swap] * rest[swap] / weight[swap]
    for swap in range(step.size):
        if weight[swap] > 0.0:
            toward[swap] = rest[swap] / weight[swap] + fresh / size * toward[swap]
    return fresh


@njit()
def _solve(
    paths: Paths, swaps: Swaps, slope: Floats, wanted: Floats, weight: Floats, step: Floats, change: Floats
) -> bool:
    """Improve the steps of all swaps whose `weight`, the diagonal, is not 0, by conjugate gradients.

    True if they ended in a direction that changes hardly any delay, gone as far as there was flow.
    """
    rest, toward, bent = np.zeros(step.size), np.zeros(step.size), np.zeros(step.size)
    _to_links(swaps, step, change)
    change *= slope
    size = first = 0.0
    for swap in range(step.size):
        if weight[swap] > 0.0:
            rest[swap] = wanted[swap] - dearer(change, swaps, swap)
            toward[swap] = rest[swap] / weight[swap]
            size += rest[swap] * toward[swap]
            first += wanted[swap] * wanted[swap] / weight[swap]
    for _ in range(_ITERATIONS):
        if size <= _EXACT * _EXACT * first:
            break
        curvature, scale = _bend(swaps, slope, weight, toward, change, bent)
        if curvature <= _FLAT * scale:
            # Flows that change places, of two classes for instance, change hardly any delay: until a path is empty.
            wall = _to_the_wall(paths, swaps, step, toward)
            if wall < np.inf and size >= wall * curvature:
                step += wall * toward
                return True
            if curvature <= 0.0:
                return False
        size = _advance(weight, step, rest, toward, bent, size / curvature, size)
    return False


@njit()
def _project(paths: Paths, swaps: Swaps, step: Floats, weight: Floats) -> bool:
    """Shorten steps so that no flow falls below zero, and hold those paths there: their `weight` becomes 0.

    The main path pays for all the paths of its pair. Gives whether a path that was free is now held.
    """
    found = False
    swap = 0
    while swap < step.size:
        main, end, taken = swaps.main[swap], swap, 0.0
        while end < step.size and swaps.main[end] == main:
            if step[end] <= -_ALL * paths.flow[swaps.path[end]]:
                step[end] = -paths.flow[swaps.path[end]]
                found |= weight[end] > 0.0
                weight[end] = 0.0
            taken += step[end]
            end += 1
        if taken >= _ALL * paths.flow[main] and taken > 0.0:
            for other in range(swap, end):
                step[other] *= paths.flow[main] / taken
                found |= weight[other] > 0.0
                weight[other] = 0.0
        swap = end
    return found


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
def _go_along(
    costs: Costs, paths: Paths, load: Load, swaps: Swaps, wanted: Floats, weight: Floats, step: Floats, change: Floats
) -> float:
    """Project `step`, shortened until its end is not far beyond the lowest point, and say which part of it to go."""
    whole = step.copy()
    for trial in range(_ARC):
        step[:] = whole * 0.25**trial
        _project(paths, swaps, step, weight)
        _to_links(swaps, step, change)
        start = 0.0
        for swap in range(step.size):
            start -= wanted[swap] * step[swap]
        if start >= 0.0:
            return 0.0
        fixed = start - _rise(costs, load.flow, change, 0.0)  # what the step changes besides the delays
        end = fixed + _rise(costs, load.flow, change, 1.0)
        if end <= -_BEYOND * start:
            break
    return _part_to_go(costs, load, change, fixed)


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
    rounds = walls = 0
    while rounds < _ROUNDS and walls < _WALLS:
        flat = _solve(paths, swaps, load.slope, wanted, weight, step, change)
        if not _project(paths, swaps, step, weight):
            break
        walls += flat
        rounds += not flat
    part = _go_along(costs, paths, load, swaps, wanted, weight, step, change)
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
