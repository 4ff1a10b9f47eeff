"""What a payload means for the trade: wagons and lorries aboard, voyages for an amount, each class on its usual run."""

from __future__ import annotations

import math
from dataclasses import dataclass

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea.berths import find_berth
from transcaspian.corridor.sea.payload import HULL, get_hull
from transcaspian.corridor.tables import Estimate3
from transcaspian.errors import InputError, Problem

# Column of slots -> the unit load that fills one.
_SLOTS = {"capacity_teu": "TEU", "capacity_wagons": "wagon", "capacity_trucks": "truck"}


@dataclass(frozen=True, slots=True)
class UnitsAboard:
    """How many of one unit load a ship takes when it carries nothing else: whole ones."""

    unit_load: str
    units: Estimate3
    slots: Estimate3
    gross_t: Estimate3  # of one, cargo and tare
    cargo_t: Estimate3  # of all aboard, without tare
    limited_by: str  # slots or mass
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class VesselClass:
    """Ships alike, and the voyage they usually make."""

    vessel_id: str  # the first of them
    kind: str
    ships: int
    origin: str
    destination: str


def units_aboard(corridor: Corridor, vessel_id: str, payload_t: Estimate3) -> tuple[UnitsAboard, ...]:
    """Wagons, lorries and boxes that a payload makes: as many as have slots, or as many as it bears.

    Raises
    ------
    InputError
        If there is no such ship.
    """
    vessels, loads = corridor["vessels"], corridor["unit_loads"]
    row = vessels.get_row(vessel_id)
    found = []
    for column, unit_load in _SLOTS.items():
        slots = vessels.estimate(row, column)
        if slots is None or unit_load not in loads:
            continue
        own = loads.get_row(unit_load)
        cargo, tare = loads.estimate(own, "cargo_t"), loads.estimate(own, "tare_t")
        if cargo is None:
            continue
        gross = Estimate3(*(a + b for a, b in zip(_ends(cargo), _ends(tare or exact(0)), strict=True)))
        borne = (payload_t.low / gross.high, payload_t.mid / gross.mid, payload_t.high / gross.low)
        units = Estimate3(*(float(math.floor(min(pair))) for pair in zip(_ends(slots), borne, strict=True)))
        cargo_t = Estimate3(units.low * cargo.low, units.mid * cargo.mid, units.high * cargo.high)
        limited = "mass" if borne[1] < slots.mid else "slots"
        cells: tuple[Cell, ...] = (("vessels", vessel_id, column), ("unit_loads", unit_load, "cargo_t"))
        found.append(UnitsAboard(unit_load, units, slots, gross, cargo_t, limited, cells))
    return tuple(found)


def voyages(amount_t: float, payload_t: Estimate3) -> Estimate3 | None:
    """Whole voyages that an amount needs; `None` where a ship may have to stay empty.

    Raises
    ------
    InputError
        If the amount is not above 0.
    """
    if not (math.isfinite(amount_t) and amount_t > 0):
        what = f"{amount_t:g} t is no amount of cargo"
        raise InputError(Problem("sea.amount", "--amount", what, "give tonnes, more than 0."))
    if payload_t.low <= 0:
        return None
    return Estimate3(*(float(math.ceil(amount_t / most)) for most in (payload_t.high, payload_t.mid, payload_t.low)))


def vessel_classes(corridor: Corridor) -> list[VesselClass]:
    """The open ships by class, each with its usual voyage; classes without one are left out."""
    vessels = corridor["vessels"]
    alike: dict[tuple[object, ...], list[str]] = {}
    for row, vessel_id in enumerate(vessels):
        if vessels.text(row, "status") != "open":
            continue
        hull = tuple(float(vessels.floats(column)[row]) for column in HULL)
        if not any(math.isnan(value) for value in hull):
            alike.setdefault((vessels.text(row, "fleet"), *hull), []).append(vessel_id)
    found = []
    for ships in alike.values():
        run = usual_voyage(corridor, ships[0])
        if run is not None:
            kind = vessels.text(vessels.get_row(ships[0]), "kind")
            found.append(VesselClass(ships[0], kind, len(ships), *run))
    return found


def usual_voyage(corridor: Corridor, vessel_id: str) -> tuple[str, str] | None:
    """The ports of the first service of the ship's fleet, or else of its operator, where it has berths at both ends."""
    vessels, fleets, services = corridor["vessels"], corridor["fleets"], corridor["services"]
    fleet = vessels.text(vessels.get_row(vessel_id), "fleet")
    operators = set(fleets.texts("operator")[fleets.get_row(fleet)].split(";")) if fleet else set()
    rows = range(len(services))
    of_fleet = [row for row in rows if fleet and services.text(row, "fleet") == fleet]
    of_operator = [row for row in rows if operators & set(services.text(row, "operator").split(";"))]
    for row in of_fleet or of_operator:
        ports = _ends_of(corridor, row)
        if ports is not None and _berths_on_the_caspian(corridor, vessel_id, ports):
            return ports
    return None


def _ends_of(corridor: Corridor, row: int) -> tuple[str, str] | None:
    """Both ports of a service of one sea link."""
    services, links = corridor["services"], corridor["links"]
    own = services.items(row, "links")
    if len(own) != 1:
        return None
    link = links.get_row(own[0])
    if links.text(link, "mode") != "sea":
        return None
    start = services.text(row, "from_place")
    ends = (links.text(link, "from_place"), links.text(link, "to_place"))
    return (start, ends[1] if start == ends[0] else ends[0])


def _berths_on_the_caspian(corridor: Corridor, vessel_id: str, ports: tuple[str, str]) -> bool:
    try:
        get_hull(corridor, vessel_id)
        return all(find_berth(corridor, vessel_id, port, exact(0.0)).on_the_caspian for port in ports)
    except InputError:
        return False


def _ends(value: Estimate3) -> tuple[float, float, float]:
    return value.low, value.mid, value.high
