"""Kernel: move flow between the paths of one pair after another, prices following at once.

Gradient projection on paths (Jayakrishnan et al., 1994; Florian, Constantin and Florian, 2009) in the greedy order of
Xie, Nie and Liu (2018): swaps whose excess is small beside the average wait. One move is a Newton step on the
difference of two path costs, which only links of one of the two paths change; where it overshoots, a bracketing secant
brings it back, so that a move never makes things worse however steep the delays are. Between the sweeps a Newton step
for all swaps together (`_newton_kernel.py`) takes care of what pairs do to each other. No checks, no names.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit
from transcaspian.freight.equilibrium._load_kernel import COSTS, LOAD, PATHS, Costs, Load, Paths, price_for
from transcaspian.freight.equilibrium._newton_kernel import newton_step
from transcaspian.freight.equilibrium._swaps_kernel import SWAPS, Swaps, apart_sum, dearer, swap_flow

Floats = npt.NDArray[np.float64]

_OVERSHOT = -0.5  # a step is taken back in part when it turns the difference into less than this part of itself
_SECANTS = 30  # steps of the secant at most


@njit()
def _balance(costs: Costs, load: Load, swaps: Swaps, swap: int, difference: float, low: float, high: float) -> float:
    """Move flow from the path to the main path, between `low` and `high`, until both cost about the same."""
    slope = apart_sum(load.slope, swaps, swap)
    bound = high if difference > 0.0 else low
    moved = bound if slope * bound / difference <= 1.0 else difference / slope
    after = swap_flow(costs, load, swaps, swap, moved)
    near, near_value, far, far_value = 0.0, difference, moved, after
    steps = 0
    while after / difference < _OVERSHOT and steps < _SECANTS:
        # Illinois variant of the false position: the difference has one sign at `near`, the other at `far`.
        steps += 1
        target = far - far_value * (far - near) / (far_value - near_value)
        after = swap_flow(costs, load, swaps, swap, target - moved)
        moved = target
        if after / difference < 0.0:
            far, far_value = target, after
            near_value *= 0.5
        else:
            near, near_value = target, after
            far_value *= 0.5
    return moved


@njit()
def _sweep(costs: Costs, paths: Paths, load: Load, swaps: Swaps, skip: float) -> None:
    """Balance all swaps whose excess is above `skip`, one after another."""
    kind = -1
    for swap in range(swaps.path.size):
        if swaps.kind[swap] != kind:
            kind = swaps.kind[swap]
            price_for(costs, kind, load)
        path, main = swaps.path[swap], swaps.main[swap]
        difference = dearer(load.price, swaps, swap)
        if difference * (paths.flow[path] if difference > 0.0 else -paths.flow[main]) > skip:
            both = paths.flow[path] + paths.flow[main]
            moved = _balance(costs, load, swaps, swap, difference, -paths.flow[main], paths.flow[path])
            paths.flow[path] = max(paths.flow[path] - moved, 0.0)
            paths.flow[main] = max(both - paths.flow[path], 0.0)


@njit()
def _excess(costs: Costs, paths: Paths, load: Load, swaps: Swaps) -> float:
    """What all flow would save on the cheaper side of its swap."""
    total = 0.0
    kind = -1
    for swap in range(swaps.path.size):
        if swaps.kind[swap] != kind:
            kind = swaps.kind[swap]
            price_for(costs, kind, load)
        difference = dearer(load.price, swaps, swap)
        total += difference * (paths.flow[swaps.path[swap]] if difference > 0.0 else -paths.flow[swaps.main[swap]])
    return total


@njit((COSTS, PATHS, LOAD, SWAPS, types.float64, types.float64, types.int64, types.boolean))
def shift_flows(
    costs: Costs, paths: Paths, load: Load, swaps: Swaps, enough: float, idle: float, most: int, newton: bool
) -> int:
    """Sweep over the swaps until their excess is at most `enough`, or `most` times; gives the sweeps.

    After the first sweep swaps wait whose excess is below `idle` times the average.
    """
    skip = 0.0
    for sweep in range(most):
        _sweep(costs, paths, load, swaps, skip)
        total = _excess(costs, paths, load, swaps)
        if total <= enough:
            return sweep + 1
        skip = idle * total / swaps.path.size
        if newton:
            newton = newton_step(costs, paths, load, swaps)
    return most
