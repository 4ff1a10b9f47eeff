"""The layer of the network that one unit load may use, and a route through it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Network
from transcaspian.freight.corridors import OCEAN, Door, corridor_of, doors_except, signatures
from transcaspian.freight.loads import Load
from transcaspian.freight.shortest import Graph, graph_from_arcs

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

CRITERIA = ("time", "cost", "co2", "reliability")


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
    spot: Ints  # (n_nodes,) number of the node's place and side


@dataclass(frozen=True, eq=False)
class Route:
    """One way for one load: arc numbers of the network in travel order."""

    network: Network
    load: Load
    arcs: tuple[int, ...]

    @cached_property
    def unit_load(self) -> int:
        """The row of the load's unit load in the network."""
        return self.network.unit_loads.index(self.load.unit_load)

    @cached_property
    def doors(self) -> tuple[Door, ...]:
        """What tells it apart from other routes, in travel order."""
        known = signatures(self.network).doors
        return tuple(known[arc] for arc in self.arcs if arc in known)

    @cached_property
    def corridor(self) -> str:
        """Which corridor it takes."""
        return corridor_of(self.network, self.arcs)

    @cached_property
    def gateway(self) -> tuple[str, ...]:
        """Its corridor with the shores of the Caspian it touches, or Suez or the Cape."""
        shores = {shore[:2] for door in self.doors if door.kind == "caspian" for shore in door.detail}
        return (self.corridor, *sorted(shores), *sorted({door.kind for door in self.doors} & OCEAN))

    @cached_property
    def family(self) -> tuple[object, ...]:
        """What routes share that differ in ports or modes only."""
        return self._symbols(signatures(self.network).coarse)

    @cached_property
    def variant(self) -> tuple[object, ...]:
        """What routes share that differ in stations only."""
        return self._symbols(signatures(self.network).fine)

    def _symbols(self, symbols: Longs) -> tuple[object, ...]:
        met = symbols[list(self.arcs)]
        return (self.load.unit_load, *met[met > 0].tolist())

    @cached_property
    def values(self) -> Floats:
        """Its totals in the four criteria, shape (4,), for the whole load."""
        layer = layer_of(self.network, self.load.unit_load)
        totals: Floats = layer.criteria[np.searchsorted(layer.arc, self.arcs)].sum(axis=0)
        return totals * load_scale(self.load)

    def value(self, by: str) -> float:
        """Its total in one of the criteria."""
        return float(self.values[CRITERIA.index(by)])


def load_scale(load: Load) -> Floats:
    """What turns figures per unit load into figures for the load, shape (4,), by criterion."""
    return np.array([1.0, load.count, load.count, 1.0])


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
    numbers: dict[tuple[str, str], int] = {}
    spots = ((node.place, node.side) for node in network.nodes)
    spot = np.array([numbers.setdefault(at, len(numbers)) for at in spots], dtype=np.int32)
    graph = graph_from_arcs(network.tail[arc], network.head[arc], network.n_nodes)
    return Layer(network, number, arc, graph, criteria, signs.fine[arc], signs.coarse[arc], spot)


@lru_cache(maxsize=256)
def star_costs(layer: Layer, column: int, only: str) -> tuple[Floats, Floats]:
    """One criterion in the order of the graph's outgoing and incoming arcs.

    With `only`, arcs that are the door of another corridor than this one carry nothing (infinite).
    """
    cost = np.ascontiguousarray(layer.criteria[:, column])
    if only:
        cost = np.where(doors_except(layer.network, only)[layer.arc], np.inf, cost)
    return cost[layer.graph.out_arc], cost[layer.graph.in_arc]
