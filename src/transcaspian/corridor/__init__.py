"""The physical corridor as immutable tables, and the virtual network built from them.

Answers: what stands on this date, and what can it carry?  Start reading at `corridor/model.py`.
Takes: CSV tables with their schema.  Gives: `Corridor`, `Network`.  Never knows: scenarios, solvers.
"""

from transcaspian.corridor.changes import RowChange
from transcaspian.corridor.model import BASE_YEAR, Corridor, load_corridor
from transcaspian.corridor.names import find_place
from transcaspian.corridor.network import ArcKind, Network
from transcaspian.corridor.network_build import build_network
from transcaspian.corridor.tables import Estimate3, Table

__all__ = [
    "BASE_YEAR",
    "ArcKind",
    "Corridor",
    "Estimate3",
    "Network",
    "RowChange",
    "Table",
    "build_network",
    "find_place",
    "load_corridor",
]
