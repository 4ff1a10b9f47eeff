"""The way of each demand route through the virtual network: to the ship, over the sea, and on.

Cheapest way for the unit load to the named crossing and on from it, through the places that the route names. Ships
of other crossings, liners on the oceans, and countries that the route neither begins nor ends in and that are left
out by `OUTSIDE` are not used: the table of routes says which way the cargo goes, not the price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import ArcKind, Network
from transcaspian.errors import InputError, Problem
from transcaspian.freight._tree_kernel import whole_tree
from transcaspian.freight.alternatives import ends
from transcaspian.freight.routes import Layer, layer_of
from transcaspian.freight.simulation._world import Floats

OUTSIDE = frozenset({"RU", "IR"})
_COST = 1  # column of the layer's criteria


@dataclass(frozen=True, slots=True)
class CrossingWay:
    """Arcs of the network in travel order, parted at the crossing."""

    network: Network
    unit_load: int
    before: tuple[int, ...]  # up to the quay
    sea: tuple[int, ...]  # wait for the ship, sail
    after: tuple[int, ...]
    side: int  # 0: the service's own direction, 1: back


def crossing_way(
    network: Network,
    *,
    unit_load: str,
    origin: str,
    destination: str,
    service: str,
    via: Sequence[str],
    own: frozenset[str],
) -> CrossingWay | None:
    """The way of one route, or `None` where the network has none.

    Parameters
    ----------
    network
        With everything open that is open on the day.
    unit_load
        What travels.
    origin, destination
        Place ids; the ports themselves for cargo that begins or ends there.
    service
        The crossing.
    via
        Places to touch, in travel order, on either side of the sea.
    own
        Services with ships of their own: none but `service` is used.
    """
    layer = layer_of(network, unit_load)
    cost = _usable_cost(layer, origin, destination, service, own)
    start, end = ends(network, origin, destination)
    row = network.corridor["services"].get_row(service)
    waits = [n for n, arc in enumerate(layer.arc) if network.service[arc] == row and network.kind[arc] == ArcKind.WAIT]
    best: tuple[float, CrossingWay] | None = None
    for wait in waits:
        for sail in _sailings(layer, wait, row):
            found = _joined(layer, cost, start, end, (wait, sail), list(via))
            if found is not None and (best is None or found[0] < best[0]):
                best = found
    return best[1] if best else None


def _usable_cost(layer: Layer, origin: str, destination: str, service: str, own: frozenset[str]) -> Floats:
    """Cost of each arc of the layer; infinite for what this route must not use."""
    network, corridor = layer.network, layer.network.corridor
    places, services = corridor["places"], corridor["services"]
    country = {place: places.text(row, "country") for row, place in enumerate(places)}
    shut = OUTSIDE - {country[origin], country[destination]}
    other = {
        row
        for row, service_id in enumerate(services)
        if service_id != service and (service_id in own or services.text(row, "kind") in {"liner", "tanker"})
    }
    cost = layer.criteria[:, _COST].copy()
    for number, arc in enumerate(layer.arc):
        if int(network.service[arc]) in other or country[network.nodes[network.head[arc]].place] in shut:
            cost[number] = np.inf
    return cost


def _sailings(layer: Layer, wait: int, row: int) -> list[int]:
    """The moves of a service that begin where its wait ends."""
    network, graph = layer.network, layer.graph
    head = graph.head[wait]
    outgoing = graph.out_arc[graph.out_first[head] : graph.out_first[head + 1]]
    return [int(n) for n in outgoing if network.service[layer.arc[n]] == row and network.link[layer.arc[n]] >= 0]


def _joined(
    layer: Layer, cost: Floats, start: int | None, end: int | None, sea: tuple[int, int], via: list[str]
) -> tuple[float, CrossingWay] | None:
    """The cheapest way over one sailing with the places to touch on whichever side of the sea they lie."""
    network, graph = layer.network, layer.graph
    wait, sail = sea
    quay, landing = int(graph.tail[wait]), int(graph.head[sail])
    here, there = network.nodes[quay].place, network.nodes[landing].place
    best: tuple[float, list[int], list[int]] | None = None
    for split in range(len(via) + 1):
        before = _path(layer, cost, start, quay, via[:split], at=here)
        after = _path(layer, cost, landing, end, via[split:], at=there)
        if before is not None and after is not None:
            total = before[0] + after[0]
            if best is None or total < best[0]:
                best = (total, before[1], after[1])
    if best is None:
        return None
    link = int(network.link[layer.arc[sail]])
    corridor = network.corridor
    row = int(network.service[layer.arc[sail]])
    own_way = corridor["services"].text(row, "from_place") == corridor["links"].text(link, "from_place")
    outward = here == corridor["links"].text(link, "from_place")
    to_ship, over, onward = (tuple(int(layer.arc[n]) for n in part) for part in (best[1], sea, best[2]))
    return best[0], CrossingWay(network, layer.unit_load, to_ship, over, onward, 0 if outward == own_way else 1)


def _path(
    layer: Layer, cost: Floats, start: int | None, end: int | None, via: Sequence[str], *, at: str
) -> tuple[float, list[int]] | None:
    """The cheapest way from node to node through places in order; cargo that begins or ends at the port has none."""
    network, graph = layer.network, layer.graph
    if start is None or end is None:
        return 0.0, []
    if _is_origin(network, start) and network.nodes[start].place == at:
        return 0.0, []
    price = cost[graph.out_arc]
    path: list[int] = []
    total, node = 0.0, start
    for place in [*via, ""]:
        reached, last = whole_tree(graph.out_first, graph.out_head, graph.out_arc, price, node)
        target = end if not place else _cheapest_at(network, reached, place)
        if target is None or np.isinf(reached[target]):
            return None
        leg: list[int] = []
        back = target
        while back != node:
            leg.append(int(last[back]))
            back = int(graph.tail[last[back]])
        path += reversed(leg)
        total += float(reached[target])
        node = target
    return total, path


def _is_origin(network: Network, node: int) -> bool:
    return network.nodes[node].stage == "origin"


def _cheapest_at(network: Network, reached: Floats, place: str) -> int | None:
    nodes = [n for n, node in enumerate(network.nodes) if node.place == place and np.isfinite(reached[n])]
    return min(nodes, key=lambda n: (reached[n], n)) if nodes else None


def no_way(route_id: str, service: str) -> InputError:
    """A demand route that the open network cannot carry."""
    what = f"no open way leads over {service}"
    return InputError(
        Problem(
            "simulate.no_way",
            f"demand_routes.csv, {route_id}",
            what,
            "open what it needs, or give its share to another route.",
        )
    )
