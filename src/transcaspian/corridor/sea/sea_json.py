"""The sea and a payload as the documented JSON of `sea --json` and `payload --json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.ranges import exact, quotient
from transcaspian.corridor.sea.depths import BerthDepth
from transcaspian.corridor.sea.dredging import Dredging
from transcaspian.corridor.sea.level import SeaLevel
from transcaspian.corridor.sea.payload import (
    FULLNESS,
    FULLNESS_REASON,
    STORES_REASON,
    STORES_SHARE,
    Payload,
    voyage_payload,
)
from transcaspian.corridor.sea.voyages import UnitsAboard
from transcaspian.corridor.tables import Estimate3
from transcaspian.errors import InputError

STEP_M = 0.1  # fall of the sea over which the loss is told


def range_json(value: Estimate3, digits: int) -> dict[str, float]:
    """Low, mid and high, rounded."""
    return {key: round(number, digits) for key, number in value.as_json().items()}


def level_json(level: SeaLevel) -> dict[str, Any]:
    """The level and what it rests on."""
    return {
        "level_m_bs": range_json(level.level_m_bs, 4),
        "basis": level.basis,
        "year": level.year,
        "projections": list(level.projections),
        "changed_by_scenario": level.by_scenario,
    }


def sea_json(
    corridor: Corridor, level: SeaLevel, berths: Sequence[BerthDepth], cuts: Sequence[Dredging]
) -> dict[str, Any]:
    """`result` of `sea --json`: the level, its season, depth and permitted draught of each port, and dredging."""
    season = corridor["sea_season"]
    months: dict[str, Any] = {}
    for row in range(len(season)):
        anomaly = season.estimate(row, "anomaly_m")
        if anomaly is not None:
            months[season.text(row, "month")] = range_json(anomaly, 3)
    by_port: dict[str, list[BerthDepth]] = {}
    for berth in berths:
        by_port.setdefault(berth.place, []).append(berth)
    return {
        **level_json(level),
        "season_m": months,
        "ports": [_port_json(corridor, port, own) for port, own in by_port.items()],
        "dredging": [dredging_json(cut) for cut in cuts],
    }


def payload_json(corridor: Corridor, level: SeaLevel, found: Payload, units: Sequence[UnitsAboard]) -> dict[str, Any]:
    """`result` of `payload --json`: what the ship takes, what it could take, and what binds it."""
    vessels = corridor["vessels"]
    row = vessels.get_row(found.vessel_id)
    draught = vessels.estimate(row, "draught_m")
    assert draught is not None  # a payload was found
    full = found.full_payload_t
    return {
        "vessel": found.vessel_id,
        "name": vessels.text(row, "name"),
        "kind": vessels.text(row, "kind"),
        "from": found.origin.place,
        "to": found.destination.place,
        **level_json(level),
        "payload_t": range_json(found.payload_t, 1),
        "full_payload_t": round(full.mid, 1),
        "full_payload_range_t": range_json(full, 1),
        "lost_t": round(found.lost_t, 1),
        "lost_with_the_next_10_cm_t": lost_with_next_step_t(corridor, found),
        "limited_by": found.limited_by,
        "draught_m": range_json(draught, 3),
        "permitted_draught_m": range_json(found.permitted_draught_m, 3),
        "sailing_draught_m": range_json(found.sailing_draught_m, 3),
        "cost_per_t_factor": cost_factor_json(found),
        "berths": [_berth_json(berth) for berth in (found.origin, found.destination)],
        "units": [_units_json(one) for one in units],
    }


def lost_with_next_step_t(corridor: Corridor, found: Payload) -> float | None:
    """Tonnes that a fall of another 10 cm costs by the mids; `None` where it leaves a berth dry."""
    low, mid, high = found.level_m_bs.low, found.level_m_bs.mid, found.level_m_bs.high
    lower = Estimate3(low - STEP_M, mid - STEP_M, high - STEP_M)
    try:
        then = voyage_payload(corridor, found.vessel_id, found.origin.place, found.destination.place, lower)
    except InputError:
        return None
    return round(found.payload_t.mid - then.payload_t.mid, 1)


def cost_factor_json(found: Payload) -> Mapping[str, float] | None:
    """Cost per tonne over that of the full ship, a voyage costing the same; `None` where the ship may stay empty."""
    if found.payload_t.low <= 0:
        return None
    # The doubts of the full payload stand in the payload too, and must not count twice.
    return range_json(quotient(exact(found.full_payload_t.mid), found.payload_t), 4)


def dredging_json(cut: Dredging) -> dict[str, Any]:
    """One cut with its volume and cost; `null` where the table has no area or price."""
    return {
        "id": cut.depth_id,
        "cut_m": round(cut.cut_m, 3),
        "volume_m3": range_json(cut.volume_m3, 0) if cut.volume_m3 else None,
        "cost_usd": range_json(cut.cost_usd, 0) if cut.cost_usd else None,
    }


def model_defaults() -> list[dict[str, Any]]:
    """The assumptions of the payload rule that stand in no table."""
    rows = (
        ("stores_share_of_deadweight", STORES_SHARE, STORES_REASON),
        ("vertical_prismatic_coefficient", FULLNESS, FULLNESS_REASON),
    )
    return [
        {"name": name, "value": value.mid, "low": value.low, "high": value.high, "basis": "assumption", "reason": why}
        for name, value, why in rows
    ]


def _port_json(corridor: Corridor, port: str, berths: Sequence[BerthDepth]) -> dict[str, Any]:
    """A port: by kind of berth its deepest, and every berth by itself."""
    places = corridor["places"]
    deepest: dict[str, BerthDepth] = {}
    for berth in sorted(berths, key=lambda one: one.permitted_draught_m.mid):
        deepest[berth.kind] = berth
    return {
        "id": port,
        "name": places.text(places.get_row(port), "name"),
        "depth_m": {kind: range_json(one.depth_m, 3) for kind, one in deepest.items()},
        "permitted_draught_m": {kind: range_json(one.permitted_draught_m, 3) for kind, one in deepest.items()},
        "berths": [_berth_json(berth) for berth in berths],
    }


def _berth_json(berth: BerthDepth) -> dict[str, Any]:
    return {
        "id": berth.facility,
        "place": berth.place,
        "kind": berth.kind,
        "depth_m": range_json(berth.depth_m, 3),
        "permitted_draught_m": range_json(berth.permitted_draught_m, 3),
        "bed_level_m_bs": range_json(berth.bed_level_m_bs, 3) if berth.bed_level_m_bs else None,
        "dry": berth.dry,
        "states_draught": berth.states_draught,
        "binding": berth.binding,
    }


def _units_json(units: UnitsAboard) -> dict[str, Any]:
    return {
        "unit_load": units.unit_load,
        "units": range_json(units.units, 0),
        "slots": range_json(units.slots, 0),
        "gross_t": range_json(units.gross_t, 2),
        "cargo_t": range_json(units.cargo_t, 1),
        "limited_by": units.limited_by,
    }
