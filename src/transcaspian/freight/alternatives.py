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
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Network
from transcaspian.corridor.network import Node
from transcaspian.errors import InputError, Problem
from transcaspian.freight._distinct_kernel import distinct_walks
from transcaspian.freight.corridors import CORRIDOR_DOORS, OCEAN, corridor_of, doors_except, signatures
from transcaspian.freight.loads import Load
from transcaspian.freight.no_route import explain_no_route
from transcaspian.freight.pareto import pareto_paths
from transcaspian.freight.shortest import Graph, graph_from_arcs, shortest_tree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CRITERIA = ("time", "cost", "co2", "reliability")

# An alternative that is worse than this many times the best is no alternative; it is left out and said.
WORST_RATIO = 3.0

# In the choice of what to show, each further way by a corridor, a shore of the Caspian, Suez or the Cape that is
# already shown counts as this much worse.
SAME_GATEWAY = 1.5

# Likewise for each route already chosen that is better in all four criteria.
BEATEN = 1.1


@dataclass(frozen=True, eq=False)
class Layer:
    """The arcs that one unit load may use, ready to be searched."""

    network: Network
    unit_load: int
    arc: Ints  # arc numbers of the network, shape (n,)
    graph: Graph  # over all nodes of the network; its arc i is `arc[i]` of the network
    criteria: Floats  # (n, 4) per unit load, in the order of CRITERIA
    fine: Longs  # (n,) symbols, see corridors.Signatures
    coarse: Longs
    place: Ints  # (n_nodes,) number of the node's place


@dataclass(frozen=True, eq=False)
class Route:
    """One way for one load: arc numbers of the network in travel order."""

    network: Network
    load: Load
    arcs: tuple[int, ...]

    @property
    def unit_load(self) -> int:
        """The row of the load's unit load in the network."""
        return self.network.unit_loads.index(self.load.unit_load)

    @property
    def corridor(self) -> str:
        """Which corridor it takes."""
        return corridor_of(self.network, self.arcs)

    def value(self, by: str) -> float:
        """Its total in one of the criteria."""
        layer = layer_of(self.network, self.load.unit_load)
        column = CRITERIA.index(by)
        places = np.searchsorted(layer.arc, self.arcs)
        return float(layer.criteria[places, column].sum()) * _scale(self.load)[column]


@lru_cache(maxsize=64)
def layer_of(network: Network, unit_load: str) -> Layer:
    """The part of the network that `unit_load` may use."""
    number = network.unit_loads.index(unit_load)
    arc = np.flatnonzero(network.allowed[number]).astype(np.int32)
    signs = signatures(network)
    spread = network.time_h[2, number, arc] - network.time_h[0, number, arc]
    criteria = np.column_stack(
        (network.time_h[1, number, arc], network.cost_usd[1, number, arc], network.co2_kg[1, number, arc], spread)
    )
    numbers: dict[str, int] = {}
    place = np.array([numbers.setdefault(node.place, len(numbers)) for node in network.nodes], dtype=np.int32)
    graph = graph_from_arcs(network.tail[arc], network.head[arc], network.n_nodes)
    return Layer(network, number, arc, graph, criteria, signs.fine[arc], signs.coarse[arc], place)


def find_alternatives(
    network: Network, loads: Sequence[Load], origin: str, destination: str, *, by: str = "time", count: int = 5
) -> list[Route]:
    """Up to `count` different routes, best first by one criterion.

    Parameters
    ----------
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
        found += _alternatives_of(network, load, origin, destination, by, count)
    if not found:
        raise explain_no_route(network, loads, origin, destination)
    return _most_different(found, by, count)


def find_pareto(network: Network, load: Load, origin: str, destination: str) -> list[Route]:
    """Every route that no other beats in time, cost, CO2 and reliability at once, in lexicographic order.

    Raises
    ------
    NoRoute
        If there is no route at all.
    """
    _check(origin, destination, "time", 1)
    layer = layer_of(network, load.unit_load)
    start, end = ends(network, origin, destination)
    if start is None or end is None:
        raise explain_no_route(network, [load], origin, destination)
    front = pareto_paths(layer.graph, layer.criteria, start, end)
    routes = [Route(network, load, tuple(int(layer.arc[arc]) for arc in path)) for path in front.arcs]
    if not routes:
        raise explain_no_route(network, [load], origin, destination)
    return routes


def lower_bound(network: Network, load: Load, origin: str, destination: str, *, by: str) -> float:
    """The least that any route for `load` can have in one criterion; infinite where there is none."""
    layer = layer_of(network, load.unit_load)
    start, end = ends(network, origin, destination)
    if start is None or end is None:
        return float("inf")
    column = CRITERIA.index(by)
    tree = shortest_tree(layer.graph, layer.criteria[:, column], end, towards=True)
    return float(tree.cost[start]) * _scale(load)[column]


def ends(network: Network, origin: str, destination: str) -> tuple[int | None, int | None]:
    """The first and the last node of a shipment; it clears customs when the two countries differ."""
    places = network.corridor["places"]
    one, other = (places.text(places.get_row(place), "country") for place in (origin, destination))
    stage = "inland" if one == other else "import"
    start = network.node_index.get(Node(origin, "", "origin"))
    return start, network.node_index.get(Node(destination, "", stage))


def _check(origin: str, destination: str, by: str, count: int) -> None:
    if origin == destination:
        what = f"origin and destination are both {origin}"
        raise InputError(Problem("route.same_place", "DESTINATION", what, "name two different places."))
    if by not in CRITERIA:
        raise InputError(Problem("route.criterion", "--by", f"{by!r} is no criterion", f"use {', '.join(CRITERIA)}."))
    if count < 1:
        what = f"{count} alternatives cannot be shown"
        raise InputError(Problem("route.count", "--alternatives", what, "ask for 1 or more."))


def _scale(load: Load) -> tuple[float, float, float, float]:
    """What turns the layer's figures per unit load into figures for the load, by criterion."""
    return 1.0, load.count, load.count, 1.0


def _alternatives_of(network: Network, load: Load, origin: str, destination: str, by: str, count: int) -> list[Route]:
    layer = layer_of(network, load.unit_load)
    start, end = ends(network, origin, destination)
    if start is None or end is None:
        return []
    column = CRITERIA.index(by)
    least = float(shortest_tree(layer.graph, layer.criteria[:, column], end, towards=True).cost[start])
    if not np.isfinite(least):
        return []
    search = _Search(layer, load, start, end, column, WORST_RATIO * least)
    routes = search.walks(layer.coarse, count)
    for kind in CORRIDOR_DOORS:  # each corridor by itself, so that none hides behind the variants of another
        routes += search.walks(layer.coarse, count, blocked=doors_except(network, kind))
    if len({_family_key(route) for route in routes}) < count:
        routes += search.walks(layer.fine, 2 * count)
    return list({route.arcs: route for route in routes}.values())


@dataclass(frozen=True, slots=True)
class _Search:
    layer: Layer
    load: Load
    start: int
    end: int
    column: int
    limit: float  # no walk that is worse than this

    def walks(self, symbols: Longs, count: int, *, blocked: Flags | None = None) -> list[Route]:
        """The `count` cheapest routes whose symbols differ; `blocked` (n_arcs of the network,) is left out."""
        layer, graph = self.layer, self.layer.graph
        cost = layer.criteria[:, self.column]
        shut = np.zeros(layer.arc.size, np.bool_) if blocked is None else blocked[layer.arc]
        cost = np.where(shut, np.inf, cost)
        bound = shortest_tree(graph, layer.criteria[:, self.column], self.end, towards=True, blocked=shut).cost
        parent, via, found = distinct_walks(
            graph.out_first, graph.out_head, graph.out_arc, cost[graph.out_arc], bound,
            symbols, layer.place, self.start, self.end, count, self.limit,
        )  # fmt: skip
        routes = []
        for last in found:
            label, arcs = int(last), []
            while parent[label] >= 0:
                arcs.append(int(layer.arc[via[label]]))
                label = int(parent[label])
            routes.append(Route(layer.network, self.load, tuple(reversed(arcs))))
        return routes


def _most_different(found: Sequence[Route], by: str, count: int) -> list[Route]:
    """At most `count` routes, families before mere other ports, no gateway crowding out the rest; best first."""
    values = {route: np.array([route.value(criterion) for criterion in CRITERIA]) for route in found}
    value = {route: float(numbers[CRITERIA.index(by)]) for route, numbers in values.items()}
    ranked = sorted((r for r in found if _crosses_once(r)), key=lambda route: (value[route], route.arcs))
    limit = WORST_RATIO * value[ranked[0]]
    ranked = [route for route in ranked if value[route] <= limit]
    chosen: list[Route] = []

    def merit(route: Route) -> tuple[float, tuple[int, ...]]:
        shown = sum(_gateway_key(other) == _gateway_key(route) for other in chosen)
        beaten = sum(bool(np.all(values[other] < values[route])) for other in chosen)
        return value[route] * SAME_GATEWAY**shown * BEATEN**beaten, route.arcs

    for key in (_family_key, _port_key):
        taken = {key(route) for route in chosen}
        fresh: list[Route] = []
        for route in ranked:
            if key(route) not in taken:
                taken.add(key(route))
                fresh.append(route)
        while fresh and len(chosen) < count:
            best = min(fresh, key=merit)
            fresh.remove(best)
            chosen.append(best)
    return sorted(chosen, key=lambda route: (value[route], route.arcs))


def _crosses_once(route: Route) -> bool:
    """False for a route that crosses the Caspian and comes back: no forwarder would offer it."""
    doors = signatures(route.network).doors
    return sum(arc in doors and doors[arc].kind == "caspian" for arc in route.arcs) <= 1


def _gateway_key(route: Route) -> tuple[object, ...]:
    doors = [door for arc in route.arcs if (door := signatures(route.network).doors.get(arc))]
    shores = sorted({shore[:2] for door in doors if door.kind == "caspian" for shore in door.detail})
    return (route.corridor, *shores, *sorted({door.kind for door in doors} & OCEAN))


def _family_key(route: Route) -> tuple[object, ...]:
    symbols = signatures(route.network).coarse
    return (route.load.unit_load, *(int(symbols[arc]) for arc in route.arcs if symbols[arc]))


def _port_key(route: Route) -> tuple[object, ...]:
    symbols = signatures(route.network).fine
    return (route.load.unit_load, *(int(symbols[arc]) for arc in route.arcs if symbols[arc]))
