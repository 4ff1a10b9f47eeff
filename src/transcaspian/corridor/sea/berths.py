"""Which berth a ship goes to: the deepest of the first kind that serves it and whose depth is known."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.sea.depths import BerthDepth, berth_depths
from transcaspian.corridor.tables import Estimate3
from transcaspian.errors import InputError, Problem

# By kind of ship: the kinds of berth that serve it, the most suitable first.
BERTHS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "tanker": ("oil_berth",),
        "dry_cargo": ("dry_berth",),
        "feeder": ("container_berth", "dry_berth"),  # boxes go over universal berths where no crane is theirs
        "rail_ferry": ("ferry_berth",),
        "ferry": ("ferry_berth", "roro_berth"),
        "ropax": ("ferry_berth", "roro_berth"),
    }
)


def find_berth(corridor: Corridor, vessel_id: str, port: str, level_m_bs: Estimate3) -> BerthDepth:
    """The berth of `port` where a ship lies, with its water at a level of the sea.

    Parameters
    ----------
    vessel_id
        Id of a vessel.
    port
        Id of a place.
    level_m_bs
        Mean level of the sea.

    Raises
    ------
    InputError
        If there is no such ship, no berth of its kind at the port, or no depth of such a berth is known.
    """
    served = berth_kinds(corridor, vessel_id)
    known = berth_depths(corridor, level_m_bs, port=port)
    for kind in served:
        fitting = [berth for berth in known if berth.kind == kind]
        if fitting:
            return max(fitting, key=lambda berth: berth.permitted_draught_m.mid)
    raise InputError(_no_berth(corridor, vessel_id, port, served))


def berth_kinds(corridor: Corridor, vessel_id: str) -> tuple[str, ...]:
    """The kinds of berth that serve a ship, the most suitable first."""
    vessels = corridor["vessels"]
    kind = vessels.text(vessels.get_row(vessel_id), "kind")
    if kind not in BERTHS_OF:
        what = f"{vessel_id} is a {kind}, a kind of ship whose berths are not known"
        raise InputError(Problem("sea.vessel", "vessels.csv", what, f"the kinds are {', '.join(BERTHS_OF)}."))
    return BERTHS_OF[kind]


def _no_berth(corridor: Corridor, vessel_id: str, port: str, served: tuple[str, ...]) -> Problem:
    vessels, facilities, places = corridor["vessels"], corridor["facilities"], corridor["places"]
    ship = vessels.text(vessels.get_row(vessel_id), "kind").replace("_", " ")
    words = " or ".join(kind.replace("_", " ") for kind in served)
    name = places.text(places.get_row(port), "name")
    rows = [row for row in range(len(facilities)) if facilities.text(row, "kind") in served]
    of_port = [facilities.text(row, "id") for row in rows if facilities.text(row, "place") == port]
    if of_port:
        what = f"no depth is known of {', '.join(of_port)}, where {vessel_id}, a {ship}, would lie"
        mend = "give a row for it in depths.csv."
    else:
        what = f"{name} ({port}) has no {words}, so {vessel_id}, a {ship}, cannot lie there"
        with_depth = set(corridor["depths"].texts("facility"))
        ports = sorted({facilities.text(row, "place") for row in rows if facilities.text(row, "id") in with_depth})
        mend = f"ports with one whose depth is known: {', '.join(ports)}." if ports else "no port has one."
    return Problem("sea.no_berth", port, what, mend)
