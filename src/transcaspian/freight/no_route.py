"""Why there is no route: which closing, which missing handling, or where the network ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transcaspian.corridor import Network, build_network
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.network import Node
from transcaspian.errors import NoRoute, Problem
from transcaspian.freight.loads import Load
from transcaspian.freight.shortest import graph_from_arcs, shortest_tree

_NAMED = 5  # closed rows to name; a whole country may be avoided


def explain_no_route(network: Network, loads: Sequence[Load], origin: str, destination: str) -> NoRoute:
    """The error for a search that found nothing, with the reason for each way to ship the load."""
    problems = []
    for load in loads:
        what, mend = _reason(network, load, origin, destination)
        where = f"{origin} to {destination}, {load}"
        problems.append(Problem("route.none", where, f"no route: {what}", mend))
    return NoRoute(problems)


def _reason(network: Network, load: Load, origin: str, destination: str) -> tuple[str, str]:
    corridor, unit_load = network.corridor, load.unit_load
    if corridor.closed and _connected(build_network(_reopened(corridor)), unit_load, origin, destination):
        closed = ", ".join(sorted(corridor.closed)[:_NAMED])
        if len(corridor.closed) > _NAMED:
            closed += f" and {len(corridor.closed) - _NAMED} more"
        return f"every way there passes what is closed or avoided ({closed})", "avoid less, or another place."
    handled = {place: _handles(network, unit_load, place) for place in (origin, destination)}
    for place, handles in handled.items():
        if not handles:
            other = [u for u in network.unit_loads if _handles(network, u, place)]
            mend = f"it handles {', '.join(other)}." if other else "choose a place with a terminal near it."
            return f"{place} does not handle {unit_load} loads", mend
    reached = _reached_places(network, unit_load, origin)
    countries = ", ".join(sorted({place[:2] for place in reached}))
    what = f"{unit_load} loads from {origin} get no further than {len(reached)} places in {countries}"
    return what, "try another unit load, such as --load '1 FEU'."


def _reopened(corridor: Corridor) -> Corridor:
    return Corridor(
        corridor.base,
        corridor.provenance,
        corridor.folder,
        tuple(change for change in corridor.changes if change.act != "close"),
        corridor.day,
    )


def _handles(network: Network, unit_load: str, place: str) -> bool:
    number = network.unit_loads.index(unit_load)
    at_place = {index for index, node in enumerate(network.nodes) if node.place == place and node.side == ""}
    arcs = np.flatnonzero(network.allowed[number])
    return any(
        network.tail[arc] in at_place or network.head[arc] in at_place
        for arc in arcs
        if _is_handling(network, int(arc))
    )


def _is_handling(network: Network, arc: int) -> bool:
    return int(network.operation[arc]) >= 0


def _tree_from(network: Network, unit_load: str, origin: str) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    start = network.node_index.get(Node(origin, "", "origin"))
    if start is None:
        return None
    number = network.unit_loads.index(unit_load)
    arcs = np.flatnonzero(network.allowed[number])
    graph = graph_from_arcs(network.tail[arcs], network.head[arcs], network.n_nodes)
    return shortest_tree(graph, network.time_h[1, number, arcs], start).cost


def _connected(network: Network, unit_load: str, origin: str, destination: str) -> bool:
    cost = _tree_from(network, unit_load, origin)
    ends = (network.node_index.get(Node(destination, "", stage)) for stage in ("inland", "import"))
    return cost is not None and any(end is not None and np.isfinite(cost[end]) for end in ends)


def _reached_places(network: Network, unit_load: str, origin: str) -> list[str]:
    cost = _tree_from(network, unit_load, origin)
    if cost is None:
        return [origin]
    return sorted({node.place for index, node in enumerate(network.nodes) if np.isfinite(cost[index])})
