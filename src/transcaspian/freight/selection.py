"""Which of many routes to show: different ones first, and no corridor crowding out the rest.

The four numbers below steer what is shown, never what a route takes or costs. They were set by looking at what came
out for a handful of pairs, and rest on no source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from transcaspian.freight.corridors import signatures
from transcaspian.freight.routes import CRITERIA, Route

# A route that is worse than this many times the best is no alternative.
WORST_RATIO = 3.0

# Nor is one that some other route beats this many times over in all four criteria at once.
HOPELESS = 2.0

# Each further route by a corridor, a shore of the Caspian, Suez or the Cape already shown counts as this much worse.
SAME_GATEWAY = 1.5

# Likewise for each route already chosen that is better in all four criteria.
BEATEN = 1.1


def most_different(found: Sequence[Route], by: str, count: int) -> list[Route]:
    """At most `count` routes, families before mere other ports and modes; best first.

    The best of `found` is always among them. Others are left out if they are roundabout.
    """
    column = CRITERIA.index(by)
    ranked = sorted(found, key=lambda route: (route.values[column], route.arcs))
    offered = ranked[:1] + [route for route in ranked[1:] if crosses_once(route) and arrives_once(route)]
    limit = WORST_RATIO * offered[0].values[column]
    offered = [route for route in offered if route.values[column] <= limit]
    values = np.array([route.values for route in offered])
    offered = [route for route in offered if not np.any(np.all(HOPELESS * values <= route.values, axis=1))]
    chosen: list[Route] = []
    for of_one_kind in ("family", "variant"):
        taken = {getattr(route, of_one_kind) for route in chosen}
        fresh = []
        for route in offered:
            kind = getattr(route, of_one_kind)
            if kind not in taken:
                taken.add(kind)
                fresh.append(route)
        _choose(fresh, chosen, column, count)
    return sorted(chosen, key=lambda route: (route.values[column], route.arcs))


def crosses_once(route: Route) -> bool:
    """False for a route that crosses the Caspian and comes back."""
    return sum(door.kind == "caspian" for door in route.doors) <= 1


def arrives_once(route: Route) -> bool:
    """False for a route that enters the country of destination, leaves it and comes back."""
    network = route.network
    goal = network.nodes[network.head[route.arcs[-1]]].place[:2]
    entered = signatures(network).entered
    return [entered[arc] for arc in route.arcs if arc in entered].count(goal) <= 1


def _choose(fresh: list[Route], chosen: list[Route], column: int, count: int) -> None:
    """Move the best of `fresh` to `chosen`, one by one, until there are `count`."""
    if not fresh:
        return
    values = np.array([route.values for route in fresh])
    shown = Counter(route.gateway for route in chosen)
    beaten = sum((np.all(other.values < values, axis=1).astype(int) for other in chosen), np.zeros(len(fresh), int))
    left = list(range(len(fresh)))
    while left and len(chosen) < count:
        merit = {
            row: values[row, column] * SAME_GATEWAY ** shown[fresh[row].gateway] * BEATEN ** int(beaten[row])
            for row in left
        }
        best = min(left, key=lambda row: (merit[row], row))
        left.remove(best)
        chosen.append(fresh[best])
        shown[fresh[best].gateway] += 1
        beaten = beaten + np.all(values[best] < values, axis=1)
