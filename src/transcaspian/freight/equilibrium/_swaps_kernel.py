"""Kernel: the swaps of a round, that is each path against the main path of its pair, with the links that differ.

The main path is the one with the most flow, so that flow can go both ways. No checks, no names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit, tuple_type
from transcaspian.freight.equilibrium._load_kernel import PATHS, Costs, Load, Paths, add_flow, longer
from transcaspian.freight.equilibrium._search_kernel import INTS, TRIPS, Trips

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


class Swaps(NamedTuple):
    """Swap s: `first[s]:split[s]` of `links` only its path has, `split[s]:first[s + 1]` only its main path."""

    path: Ints
    main: Ints
    kind: Ints  # class; ascending
    split: Ints
    first: Ints
    links: Ints


SWAPS = tuple_type((INTS,) * 6, Swaps)


@njit()
def _apart(
    links: Ints, dear: int, dear_end: int, main: int, main_end: int, own: Ints, used: int, mark: Ints
) -> tuple[int, int]:
    """Write the links of only one of two paths to `own[used:]`; gives where the second's begin, and the end.

    `mark` is all zero before and after.
    """
    while dear < dear_end and main < main_end and links[dear] == links[main]:
        dear += 1
        main += 1
    while dear < dear_end and main < main_end and links[dear_end - 1] == links[main_end - 1]:
        dear_end -= 1
        main_end -= 1
    for place in range(main, main_end):
        mark[links[place]] = 1
    for place in range(dear, dear_end):
        if mark[links[place]] == 0:
            own[used] = links[place]
            used += 1
        else:
            mark[links[place]] = 2
    split = used
    for place in range(main, main_end):
        if mark[links[place]] == 1:
            own[used] = links[place]
            used += 1
        mark[links[place]] = 0
    return split, used


@njit((TRIPS, PATHS, INTS, types.int64))
def find_swaps(trips: Trips, paths: Paths, several: Ints, n_links: int) -> Swaps:
    """The swaps of the pairs in `several`, ascending."""
    count = 0
    for pair in several:
        count += paths.first[pair + 1] - paths.first[pair] - 1
    path_of, main_of, kind_of = np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int32)
    split, first = np.empty(count, np.int32), np.zeros(count + 1, np.int32)
    links, mark = np.empty(16 * count + 2 * n_links, np.int32), np.zeros(n_links, np.int32)
    swap = used = group = 0
    for pair in several:
        while trips.first[group + 1] <= pair:
            group += 1
        begin, end = paths.first[pair], paths.first[pair + 1]
        main = begin + np.argmax(paths.flow[begin:end])
        for path in range(begin, end):
            if path == main:
                continue
            if used + 2 * n_links > links.size:
                links = longer(links, 2 * n_links)
            starts = paths.link_first
            split[swap], used = _apart(
                paths.links, starts[path], starts[path + 1], starts[main], starts[main + 1], links, used, mark
            )
            path_of[swap], main_of[swap], kind_of[swap] = path, main, trips.kind[group]
            swap += 1
            first[swap] = used
    return Swaps(path_of, main_of, kind_of, split, first, links)


@njit(inline=True)
def dearer(price: Floats, swaps: Swaps, swap: int) -> float:
    """By how much the path of a swap costs more than the main path."""
    difference = 0.0
    for place in range(swaps.first[swap], swaps.split[swap]):
        difference += price[swaps.links[place]]
    for place in range(swaps.split[swap], swaps.first[swap + 1]):
        difference -= price[swaps.links[place]]
    return difference


@njit(inline=True)
def apart_sum(column: Floats, swaps: Swaps, swap: int) -> float:
    """Sum of a column over the links that only one of the two paths has."""
    total = 0.0
    for place in range(swaps.first[swap], swaps.first[swap + 1]):
        total += column[swaps.links[place]]
    return total


@njit()
def swap_flow(costs: Costs, load: Load, swaps: Swaps, swap: int, amount: float) -> float:
    """Move `amount` from the path of a swap to the main path; gives by how much the path then costs more."""
    kind = swaps.kind[swap]
    difference = 0.0
    for place in range(swaps.first[swap], swaps.split[swap]):
        add_flow(costs, kind, load, swaps.links[place], -amount)
        difference += load.price[swaps.links[place]]
    for place in range(swaps.split[swap], swaps.first[swap + 1]):
        add_flow(costs, kind, load, swaps.links[place], amount)
        difference -= load.price[swaps.links[place]]
    return difference
