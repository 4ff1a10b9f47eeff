"""The first remedy for a falling sea: what it takes to cut a berth deeper.

Dredging is a change of `depth_m` by an upgrade or a scenario; this module says the volume, area times cut, and the
cost. The other remedy, ships that sit less deep, is a change of `draught_m` in `vessels`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.ranges import product
from transcaspian.corridor.tables import Estimate3
from transcaspian.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class Dredging:
    """One berth or channel cut deeper."""

    depth_id: str
    cut_m: float
    volume_m3: Estimate3 | None  # None where the area is not known
    cost_usd: Estimate3 | None  # None where area or price is not known
    cells: tuple[Cell, ...]


def dredging_cost(area_m2: Estimate3, cut_m: float, cost_usd_per_m3: Estimate3) -> tuple[Estimate3, Estimate3]:
    """Volume in cubic metres and cost in dollars of a cut of even depth.

    Raises
    ------
    InputError
        If the cut is not above 0.
    """
    if not (math.isfinite(cut_m) and cut_m > 0):
        raise InputError(Problem("sea.cut", "cut_m", f"{cut_m:g} m is no cut", "give metres, more than 0."))
    volume = area_m2.scaled(cut_m)
    return volume, product(volume, cost_usd_per_m3)


def dredge(corridor: Corridor, depth_id: str, cut_m: float) -> Dredging:
    """What cutting the bed behind a row of `depths` by `cut_m` metres takes.

    Raises
    ------
    InputError
        If there is no such row, or the cut is not above 0.
    """
    table = corridor["depths"]
    row = table.get_row(depth_id)
    columns = ("dredging_area_m2", "dredging_cost_usd_per_m3")
    area, price = (table.estimate(row, column) for column in columns)
    cells: tuple[Cell, ...] = tuple(
        ("depths", depth_id, column) for column in columns if table.estimate(row, column) is not None
    )
    if area is None:
        return Dredging(depth_id, cut_m, None, None, cells)
    volume, cost = dredging_cost(area, cut_m, price or Estimate3(0.0, 0.0, 0.0))
    return Dredging(depth_id, cut_m, volume, cost if price is not None else None, cells)


def dredged_by_scenario(corridor: Corridor) -> tuple[Dredging, ...]:
    """Every cut that the changes of a scenario make on the corridor's day, beyond what is built without it."""
    without, now = replace(corridor, changes=())["depths"], corridor["depths"]
    cuts = {
        depth_id: float(now.floats("depth_m")[row] - without.floats("depth_m")[row]) for row, depth_id in enumerate(now)
    }
    return tuple(dredge(corridor, depth_id, cut) for depth_id, cut in cuts.items() if cut > 1e-9)
