"""How much cargo a ship takes on a voyage: the shallower end of it decides.

Tonnes-per-centimetre rule (Barrass and Derrett, 2006; Notation: D deadweight, T draught, I immersion in t/cm):

    full payload = D (1 - stores) - 100 I T c (1.025 / density - 1)
    payload      = full payload - 100 I (T - permitted draught), between 0 and the full payload

The second term of the first line is the lighter water: deadweights are quoted for ocean water of 1.025 t/m3, and in
Caspian water a ship reaches its marks with less aboard. `c` is the vertical prismatic coefficient, displacement over
water plane times draught; with the immersion as it is in Caspian water, 100 I T c is the displacement. Immersion is
taken as constant, so that deep lightening is overstated. Ranges combine in quadrature (JCGM 100:2008).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.ranges import ZERO, exact, product, quotient, total
from transcaspian.corridor.sea.berths import find_berth
from transcaspian.corridor.sea.depths import BerthDepth, negative, shallower
from transcaspian.corridor.tables import Estimate3
from transcaspian.errors import InputError, Problem

OCEAN_DENSITY_T_PER_M3 = 1.025  # International Convention on Load Lines, 1966
# Fuel, water and stores as a share of the deadweight. With the lighter water it makes 12.0 kt of a 12.4 kt tanker,
# which is what such tankers are said to load when nothing hinders them.
STORES_SHARE = Estimate3(0.005, 0.01, 0.03)
STORES_REASON = "short voyages; 12.4 kt tankers are said to load 12,000 t when nothing hinders them"
# Displacement over immersion times draught: 10,438 t over 24.5 t/cm times 4.5 m is 0.947 for the class CNF18C.
FULLNESS = Estimate3(0.92, 0.945, 1.0)
FULLNESS_REASON = "one ship of published displacement gives 0.947; a box would have 1"
BY_SHIP = "vessel"  # `limited_by` of a ship that is full
HULL = ("deadweight_t", "draught_m", "immersion_t_per_cm")


@dataclass(frozen=True, slots=True)
class Hull:
    """What a ship carries when full, and how fast it gives that up."""

    vessel_id: str
    full_payload_t: Estimate3
    draught_m: Estimate3  # full-load draught
    immersion_t_per_cm: Estimate3
    cells: tuple[Cell, ...]

    def payload_t(self, permitted_draught_m: Estimate3) -> Estimate3:
        """Cargo aboard where no more than this draught is permitted; never below 0, never above full."""
        full, immersion = self.full_payload_t, self.immersion_t_per_cm
        short = total((self.draught_m, negative(permitted_draught_m)), correlation=0)
        low, mid, high = (max(0.0, value) for value in (short.low, short.mid, short.high))
        lost = 100 * immersion.mid * mid
        lost_more = 100 * math.hypot(mid * (immersion.high - immersion.mid), immersion.mid * (high - mid))
        lost_less = 100 * math.hypot(mid * (immersion.mid - immersion.low), immersion.mid * (mid - low))
        below = math.hypot(full.mid - full.low, lost_more)
        # No more can be saved than is lost, so that shallower water never promises more.
        above = math.hypot(full.high - full.mid, min(lost, lost_less))
        ends = (full.mid - lost - below, full.mid - lost, full.mid - lost + above)
        tops = (full.low, full.mid, full.high)
        return Estimate3(*(min(max(0.0, value), top) for value, top in zip(ends, tops, strict=True)))


@dataclass(frozen=True, slots=True)
class Payload:
    """A ship's cargo on one voyage at one level of the sea."""

    vessel_id: str
    level_m_bs: Estimate3
    origin: BerthDepth
    destination: BerthDepth
    permitted_draught_m: Estimate3  # at the shallower end
    sailing_draught_m: Estimate3  # not more than the ship's own
    payload_t: Estimate3
    full_payload_t: Estimate3
    limited_by: str  # the facility whose water binds, or `vessel`
    cells: tuple[Cell, ...]

    @property
    def lost_t(self) -> float:
        """Cargo left behind, tonnes, by the mids."""
        return self.full_payload_t.mid - self.payload_t.mid


def voyage_payload(corridor: Corridor, vessel_id: str, origin: str, destination: str, level_m_bs: Estimate3) -> Payload:
    """What a ship takes from `origin` to `destination` at a level of the sea.

    Parameters
    ----------
    corridor
        As it stands on its day, with its dredging and its scenario.
    vessel_id
        Id of a vessel.
    origin, destination
        Ids of places; the order does not matter for the cargo.
    level_m_bs
        Mean level of the sea with its range, see `sea_level`.

    Returns
    -------
    payload
        0 t where the permitted draught is less than that of the empty ship.

    Raises
    ------
    InputError
        If the ship has no berth at an end, its hull is not known, or the level leaves a berth dry.
    """
    problems: list[Problem] = []
    ends: list[BerthDepth] = []
    for port in (origin, destination):
        try:
            ends.append(find_berth(corridor, vessel_id, port, level_m_bs))
        except InputError as error:
            problems += error.problems
    problems += [_dry(berth, level_m_bs) for berth in ends if berth.dry]
    problems += _not_a_voyage(corridor, origin, destination, ends)
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    caspian = any(berth.on_the_caspian for berth in ends)
    return _between(get_hull(corridor, vessel_id, caspian=caspian), ends[0], ends[1], level_m_bs)


def payload_curve(
    corridor: Corridor, vessel_id: str, origin: str, destination: str, levels_m_bs: Sequence[float]
) -> list[Payload]:
    """The payload at each of several exact levels, 0 t where one leaves a berth dry.

    Raises
    ------
    InputError
        If the ship has no berth at an end, or its hull is not known.
    """
    found = []
    hull: Hull | None = None
    for level in map(exact, levels_m_bs):
        start, end = (find_berth(corridor, vessel_id, port, level) for port in (origin, destination))
        if hull is None:
            hull = get_hull(corridor, vessel_id, caspian=start.on_the_caspian or end.on_the_caspian)
        found.append(_between(hull, start, end, level))
    return found


def get_hull(corridor: Corridor, vessel_id: str, *, caspian: bool = True) -> Hull:
    """A ship's full payload, in Caspian or in ocean water, and its immersion.

    Raises
    ------
    InputError
        If there is no such ship, or its deadweight, draught or immersion is not known.
    """
    vessels = corridor["vessels"]
    row = vessels.get_row(vessel_id)
    deadweight, draught, immersion = (vessels.estimate(row, column) for column in HULL)
    if deadweight is None or draught is None or immersion is None:
        missing = [column for column in HULL if vessels.estimate(row, column) is None]
        what = f"no {' and no '.join(missing)} of {vessel_id} is known, so its payload cannot be told"
        mend = "set them in a scenario or in vessels.csv."
        raise InputError(Problem("sea.vessel", "vessels.csv", what, mend))
    cells: tuple[Cell, ...] = tuple(("vessels", vessel_id, column) for column in HULL)
    terms = [deadweight, negative(product(deadweight, STORES_SHARE))]
    if caspian:
        displacement = product(product(immersion.scaled(100), draught), FULLNESS)
        terms.append(negative(_lighter_water_t(corridor, displacement)))
        cells = (*cells, ("sea", "sea", "water_density_t_per_m3"))
    full = total(terms, correlation=0)
    full = Estimate3(max(0.0, full.low), max(0.0, full.mid), max(0.0, full.high))
    return Hull(vessel_id, full, draught, immersion, cells)


def _lighter_water_t(corridor: Corridor, displacement_t: Estimate3) -> Estimate3:
    """Cargo given up to lighter water; possibly none, for ships whose yard quoted Caspian water."""
    sea = corridor["sea"]
    density = sea.estimate(sea.get_row("sea"), "water_density_t_per_m3")
    assert density is not None  # the schema requires it
    share = max(0.0, OCEAN_DENSITY_T_PER_M3 / density.mid - 1)
    most = max(0.0, OCEAN_DENSITY_T_PER_M3 / density.low - 1)
    return Estimate3(0.0, displacement_t.mid * share, displacement_t.high * most) if most else ZERO


def _between(hull: Hull, origin: BerthDepth, destination: BerthDepth, level: Estimate3) -> Payload:
    permitted = shallower((origin.permitted_draught_m, destination.permitted_draught_m))
    binding = min((origin, destination), key=lambda berth: berth.permitted_draught_m.mid)
    return Payload(
        vessel_id=hull.vessel_id,
        level_m_bs=level,
        origin=origin,
        destination=destination,
        permitted_draught_m=permitted,
        sailing_draught_m=shallower((permitted, hull.draught_m)),
        payload_t=hull.payload_t(permitted),
        full_payload_t=hull.full_payload_t,
        limited_by=BY_SHIP if permitted.mid >= hull.draught_m.mid else binding.facility,
        cells=tuple(dict.fromkeys((*hull.cells, *origin.cells, *destination.cells))),
    )


def cost_per_t(voyage_cost_usd: Estimate3, payload_t: Estimate3) -> Estimate3 | None:
    """What a tonne costs when a voyage costs this much whatever is aboard; `None` where nothing may be."""
    return quotient(voyage_cost_usd, payload_t) if payload_t.low > 0 else None


def _dry(berth: BerthDepth, level: Estimate3) -> Problem:
    at_level = f"at a level of {level.mid:.2f} m"
    if berth.states_draught:
        what = f"{berth.facility} permits no draught {at_level}: {-berth.depth_m.mid:.2f} m of water are missing"
    else:
        what = f"{berth.facility} lies dry {at_level}: its bed stands {-berth.depth_m.mid:.2f} m above the water"
    mend = f"dredge it in a scenario (add depth_m to {berth.binding}), or take a higher level."
    return Problem("sea.dry_berth", berth.place, what, mend)


def _not_a_voyage(corridor: Corridor, origin: str, destination: str, ends: list[BerthDepth]) -> list[Problem]:
    if origin == destination:
        return [Problem("sea.voyage", origin, "the voyage begins and ends there", "name two ports.")]
    if len(ends) == 2 and ends[0].on_the_caspian != ends[1].on_the_caspian:
        inside, outside = sorted(ends, key=lambda berth: not berth.on_the_caspian)
        what = f"{inside.place} lies on the Caspian and {outside.place} does not: no ship sails between them"
        return [Problem("sea.voyage", f"{origin}-{destination}", what, "name two ports of one sea.")]
    return []
