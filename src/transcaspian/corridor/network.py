"""The virtual network: one arc-array core that every freight solver reads.

A node is (place, side, stage): a side is a mode with its gauge, a stage says where in the place the cargo stands
(on a stand, just arrived from abroad, on the quay, aboard a service …). Moves and operations are arcs alike,
each with time, cost and emissions as low–mid–high and the facility whose capacity it uses (Jourquin and Beuthe,
1996). Two gauges are two layers, joined only by `change_gauge` arcs; two countries are joined only by a move that
ends abroad and a `cross_border` arc behind it. Parallel arcs exist and are told apart by their index.

Arrays have shape (n_arcs,) or (3, n_unit_loads, n_arcs), where 3 is low, mid, high and a unit load is one TEU,
one FEU, one wagon, one truck or one tonne.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.tables import Estimate3

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


class ArcKind(IntEnum):
    """What an arc does; `END` is the free step from the yard to the consignee."""

    MOVE = 0
    LOAD = 1
    UNLOAD = 2
    TRANSHIP = 3
    CHANGE_GAUGE = 4
    CROSS_BORDER = 5
    CLEAR_CUSTOMS = 6
    WAIT = 7
    END = 8


class Node(NamedTuple):
    """Where cargo can stand."""

    place: str
    side: str  # rail_1520, rail_1435, sea, road, pipeline; empty for the shipper's and the consignee's end
    # stand, regauged, out (put there to leave), quay_in, quay_out, loaded, aboard SERVICE, aboard SERVICE from CC,
    # from CC (before the border), origin, yard, inland, import
    stage: str


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs in flat arrays of shape (n_arcs,) unless said; low, mid, high come first where there are three.

    Rows (`link`, `service`, `operation`, `facility`) are those of the corridor's effective tables of that name, where
    capacities stand; the network itself limits nothing. Costs and emissions are per unit load with its usual cargo.
    """

    corridor: Corridor
    unit_loads: tuple[str, ...]
    nodes: tuple[Node, ...]
    node_index: Mapping[Node, int]
    tail: Ints
    head: Ints
    kind: Ints
    link: Ints  # row of `links`, -1 for none
    service: Ints  # row of `services`, -1 for none
    operation: Ints  # row of `operations`, -1 for none
    facility: Ints  # row of `facilities`, -1 for none
    length_km: Floats  # (3, n_arcs)
    time_h: Floats  # (3, n_unit_loads, n_arcs)
    cost_usd: Floats  # (3, n_unit_loads, n_arcs)
    co2_kg: Floats  # (3, n_unit_loads, n_arcs)
    allowed: Flags  # (n_unit_loads, n_arcs)
    cells: tuple[tuple[tuple[Cell, ...], ...], ...]  # by unit load, then arc: the table cells it rests on

    def __post_init__(self) -> None:
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.nodes)

    @property
    def n_arcs(self) -> int:
        """Number of arcs."""
        return len(self.tail)

    def find_node(self, place: str, side: str, stage: str) -> int | None:
        """The number of a node, or `None` when the network has none such."""
        return self.node_index.get(Node(place, side, stage))

    def time(self, unit_load: int, arc: int) -> Estimate3:
        """Hours of one arc."""
        return _pick(self.time_h, unit_load, arc)

    def cost(self, unit_load: int, arc: int) -> Estimate3:
        """US dollars per unit load of one arc."""
        return _pick(self.cost_usd, unit_load, arc)

    def co2(self, unit_load: int, arc: int) -> Estimate3:
        """Kilograms of CO2 per unit load of one arc."""
        return _pick(self.co2_kg, unit_load, arc)


def _pick(values: Floats, unit_load: int, arc: int) -> Estimate3:
    low, mid, high = values[:, unit_load, arc]
    return Estimate3(float(low), float(mid), float(high))
