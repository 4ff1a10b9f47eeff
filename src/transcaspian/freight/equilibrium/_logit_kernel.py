"""Kernel: what a logit choice would do at the costs of the day. No checks, no names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from transcaspian._jit import njit
from transcaspian.freight.equilibrium._load_kernel import COSTS, LOAD, PATHS, Costs, Load, Paths, price_for
from transcaspian.freight.equilibrium._search_kernel import FLOATS, TRIPS, Trips

Floats = npt.NDArray[np.float64]


@njit((COSTS, TRIPS, PATHS, LOAD, FLOATS, FLOATS, FLOATS))
def choose(
    costs: Costs, trips: Trips, paths: Paths, load: Load, scale: Floats, bias: Floats, chosen: Floats
) -> tuple[float, float]:
    """Set `chosen` (n_paths,) to the flows of a logit choice at the costs of `load`.

    The utility of a path is `bias - scale * cost`, with the scale of its class. Gives the sum of |chosen - flow| and
    the length of that difference.
    """
    absolute = square = 0.0
    kind = -1
    for group in range(trips.root.size):
        if trips.kind[group] != kind:
            kind = trips.kind[group]
            price_for(costs, kind, load)
        for pair in range(trips.first[group], trips.first[group + 1]):
            begin, end = paths.first[pair], paths.first[pair + 1]
            most = -np.inf
            for path in range(begin, end):
                cost = 0.0
                for place in range(paths.link_first[path], paths.link_first[path + 1]):
                    cost += load.price[paths.links[place]]
                chosen[path] = bias[path] - scale[kind] * cost
                most = max(most, chosen[path])
            total = 0.0
            for path in range(begin, end):
                chosen[path] = np.exp(chosen[path] - most)
                total += chosen[path]
            for path in range(begin, end):
                chosen[path] *= trips.amount[pair] / total
                difference = chosen[path] - paths.flow[path]
                absolute += abs(difference)
                square += difference * difference
    return absolute, np.sqrt(square)
