"""Ways from one place to another that are really different: other corridors, other ports, other modes.

Method: A* with k labels per node, where only labels of different signature count (see `corridors.py` for what makes
a signature and `_distinct_kernel.py` for the search). Families come first — corridor, and the countries at both ends
of each sea leg — from all corridors together and from each by itself, then routes by other ports. The Pareto set over
all four criteria is found by label setting (Martins, 1984).

Criteria, all of them mids and additive: time (hours), cost (US dollars for the whole load), CO2 (kilograms for the
whole load) and reliability, the sum of the spreads (high − low) of the arcs' times, hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Network
from transcaspian.corridor.network import Node
from transcaspian.errors import InputError, Problem
from transcaspian.freight._distinct_kernel import distinct_walks
from transcaspian.freight._tree_kernel import whole_tree
from transcaspian.freight.corridors import CORRIDOR_DOORS
from transcaspian.freight.loads import Load
from transcaspian.freight.no_route import explain_no_route
from transcaspian.freight.pareto import pareto_paths
from transcaspian.freight.routes import CRITERIA, Layer, Route, layer_of, load_scale, star_costs
from transcaspian.freight.selection import WORST_RATIO, most_different
from transcaspian.freight.shortest import k_shortest_paths, shortest_tree

Longs = npt.NDArray[np.int64]

_LEAST_LABELS = 10  # a node that keeps fewer may keep only labels that have to turn back
_SIMPLE_PATHS = 40  # shortest loopless paths to look through when the walks missed the best
_ROUNDING = 1e-9  # relative; sums in another order differ by less


def find_alternatives(
    network: Network, loads: Sequence[Load], origin: str, destination: str, *, by: str = "time", count: int = 10
) -> list[Route]:
    """Up to `count` different routes, best first by one criterion.

    Parameters
    ----------
    network
        What is searched; it has only what is open.
    loads
        The ways to ship the load (see `parse_load`); each is searched, the answers are ranked together.
    origin, destination
        Place ids, different from each other.
    by
        One of `CRITERIA`.
    count
        At least 1.

    Raises
    ------
    NoRoute
        If no load has any route; the problem says what stands in the way.
    InputError
        If origin and destination are one place, or `by` or `count` cannot be used.
    """
    _check(origin, destination, by, count)
    found: list[Route] = []
    for load in loads:
        found += _alternatives_of(network, load, origin, destination, CRITERIA.index(by), count)
    if not found:
        raise explain_no_route(network, loads, origin, destination)
    return most_different(found, by, count)


def find_pareto(
    network: Network, loads: Sequence[Load], origin: str, destination: str, *, by: str = "time"
) -> list[Route]:
    """Every route that no other beats in time, cost, CO2 and reliability at once, best first by one criterion.

    Of several routes with equal totals one is given. Mids are compared, not ranges.

    Parameters
    ----------
    network
        What is searched; it has only what is open.
    loads
        The ways to ship the load; routes of one may beat those of another.
    origin, destination
        Place ids, different from each other.
    by
        One of `CRITERIA`: the order of the answer.

    Returns
    -------
    routes
        At least one.

    Raises
    ------
    NoRoute
        If no load has any route.
    InputError
        If origin and destination are one place, or `by` is no criterion.
    """
    _check(origin, destination, by, 1)
    start, end = ends(network, origin, destination)
    routes: list[Route] = []
    for load in loads:
        if start is None or end is None:
            break
        layer = layer_of(network, load.unit_load)
        front = pareto_paths(layer.graph, layer.criteria, start, end)
        routes += [Route(network, load, tuple(layer.arc[path].tolist())) for path in front.arcs]
    if not routes:
        raise explain_no_route(network, loads, origin, destination)
    values = np.array([route.values for route in routes])
    best = [
        route
        for route in routes
        if not np.any(np.all(values <= route.values, axis=1) & np.any(values < route.values, axis=1))
    ]
    return sorted(best, key=lambda route: (route.value(by), route.arcs))


def lower_bound(network: Network, load: Load, origin: str, destination: str, *, by: str) -> float:
    """The least that any route for `load` can have in one criterion; infinite where there is none.

    In the unit of the criterion for the whole load: hours, US dollars, kilograms of CO2, hours of spread. It is exact:
    the quickest, cheapest, cleanest or steadiest route meets it.
    """
    layer = layer_of(network, load.unit_load)
    start, end = ends(network, origin, destination)
    if start is None or end is None:
        return float("inf")
    column = CRITERIA.index(by)
    tree = shortest_tree(layer.graph, layer.criteria[:, column], end, towards=True)
    return float(tree.cost[start] * load_scale(load)[column])


def ends(network: Network, origin: str, destination: str) -> tuple[int | None, int | None]:
    """The first and the last node of a shipment; it clears customs when the two countries differ."""
    places = network.corridor["places"]
    one, other = (places.text(places.get_row(place), "country") for place in (origin, destination))
    stage = "inland" if one == other else "import"
    start = network.node_index.get(Node(origin, "", "origin"))
    return start, network.node_index.get(Node(destination, "", stage))


def returns(layer: Layer, route: Route) -> bool:
    """True for a route that comes back to a side of a place it has left."""
    network = route.network
    nodes = [network.tail[route.arcs[0]], *(network.head[arc] for arc in route.arcs)]
    spots = [spot for spot, _ in groupby(layer.spot[node] for node in nodes)]
    return len(set(spots)) < len(spots)


def _check(origin: str, destination: str, by: str, count: int) -> None:
    if origin == destination:
        what = f"origin and destination are both {origin}"
        raise InputError(Problem("route.same_place", "DESTINATION", what, "name two different places."))
    if by not in CRITERIA:
        raise InputError(Problem("route.criterion", "--by", f"{by!r} is no criterion", f"use {', '.join(CRITERIA)}."))
    if count < 1:
        what = f"{count} alternatives cannot be shown"
        raise InputError(Problem("route.count", "--alternatives", what, "ask for 1 or more."))


def _alternatives_of(
    network: Network, load: Load, origin: str, destination: str, column: int, count: int
) -> list[Route]:
    layer = layer_of(network, load.unit_load)
    start, end = ends(network, origin, destination)
    if start is None or end is None:
        return []
    search = _Search(layer, load, start, end, column)
    routes = search.walks(layer.coarse, max(count, _LEAST_LABELS))
    routes += search.simple_paths(better_than=min((route.values[column] for route in routes), default=np.inf))
    limit = WORST_RATIO * min((route.values[column] / load_scale(load)[column] for route in routes), default=np.inf)
    for kind in CORRIDOR_DOORS:  # each corridor by itself, so that none hides behind the variants of another
        routes += search.walks(layer.coarse, count, only=kind, limit=limit)
    if len({route.family for route in routes if route.values[column] <= limit * load_scale(load)[column]}) < count:
        routes += search.walks(layer.fine, 2 * count, limit=limit)
    return list({route.arcs: route for route in routes}.values())


@dataclass(frozen=True, slots=True)
class _Search:
    layer: Layer
    load: Load
    start: int
    end: int
    column: int

    def walks(self, symbols: Longs, count: int, *, only: str = "", limit: float = np.inf) -> list[Route]:
        """The `count` cheapest routes whose symbols differ, up to `limit`, through no corridor's door but `only`."""
        layer, graph = self.layer, self.layer.graph
        out_cost, in_cost = star_costs(layer, self.column, only)
        bound, _ = whole_tree(graph.in_first, graph.in_tail, graph.in_arc, in_cost, self.end)
        if not bound[self.start] <= limit or np.isinf(bound[self.start]):
            return []
        parent, via, found = distinct_walks(
            graph.out_first, graph.out_head, graph.out_arc, out_cost, bound,
            symbols, layer.spot, self.start, self.end, count, min(limit, WORST_RATIO * bound[self.start]),
        )  # fmt: skip
        before, last_arc = parent.tolist(), layer.arc[via].tolist()
        return [Route(layer.network, self.load, _arcs_to(label, before, last_arc)) for label in found.tolist()]

    def simple_paths(self, *, better_than: float) -> list[Route]:
        """The best of the shortest loopless paths that never returns to a spot, when the walks missed it.

        The walks keep few labels at a node, and all of them may have to turn back (docs/decisions/0002).
        """
        layer, graph = self.layer, self.layer.graph
        cost = layer.criteria[:, self.column]
        least = shortest_tree(graph, cost, self.end, towards=True).cost[self.start]
        scale = load_scale(self.load)[self.column]
        if np.isinf(least) or least * scale >= better_than * (1 - _ROUNDING):
            return []
        paths = k_shortest_paths(graph, cost, self.start, self.end, _SIMPLE_PATHS)
        routes = (Route(layer.network, self.load, tuple(layer.arc[path].tolist())) for path in paths.arcs)
        best = next((route for route in routes if not returns(layer, route)), None)
        return [best] if best is not None and best.values[self.column] < better_than else []


def _arcs_to(label: int, before: Sequence[int], last_arc: Sequence[int]) -> tuple[int, ...]:
    """The arcs of the walk that ends in `label`, in travel order."""
    arcs = []
    while before[label] >= 0:
        arcs.append(last_arc[label])
        label = before[label]
    return tuple(reversed(arcs))
