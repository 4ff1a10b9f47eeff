"""A quote as the documented JSON of `route --json`; the page reads the same form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from transcaspian.corridor import Corridor, Estimate3
from transcaspian.corridor.network_build import OFTEN_PER_WEEK, OFTEN_PER_WEEK_RANGE
from transcaspian.corridor.provenance import Cell
from transcaspian.freight.answers import READY_HOUR
from transcaspian.freight.loads import Load
from transcaspian.freight.quotes import (
    LEG_CORRELATION,
    LEG_CORRELATION_RANGE,
    LEG_CORRELATION_REASON,
    Leg,
    Quote,
)
from transcaspian.freight.timetable import DEPARTURE_HOUR


def _range(value: Estimate3) -> dict[str, float]:
    return {key: round(number, 3) for key, number in value.as_json().items()}


def quote_json(quote: Quote) -> dict[str, Any]:
    """One entry of `result.alternatives[]`."""
    corridor = quote.route.network.corridor
    return {
        "corridor": quote.corridor,
        "label": quote.label,
        "load": str(quote.route.load),
        "unit_load": quote.route.load.unit_load,
        "time_h": _range(quote.time_h),
        "cost_usd": _range(quote.cost_usd),
        "co2_kg": _range(quote.co2_kg),
        "reliability": {"spread_h": round(quote.spread_h, 3)},
        "distance_km": round(quote.distance_km, 3),
        "legs": [_leg_json(corridor, leg) for leg in quote.legs],
        "borders": [
            {"from_country": b.from_country, "to_country": b.to_country, "place": b.place} for b in quote.borders
        ],
        "claims": list(quote.claims),
        "assumptions": assumptions_json(corridor, quote.assumptions),
    }


def _leg_json(corridor: Corridor, leg: Leg) -> dict[str, Any]:
    body: dict[str, Any] = {
        "kind": "operation" if leg.operation else "move",
        "operation": leg.operation or None,
        "mode": leg.mode or None,
        "from": leg.start,
        "to": leg.end,
        "gauge_mm": leg.gauge_mm,
        "operator": leg.operator or None,
        "service": leg.service or None,
        "facility": leg.facility or None,
        "time_h": _range(leg.time_h),
        "cost_usd": _range(leg.cost_usd),
        "co2_kg": _range(leg.co2_kg),
        "distance_km": round(leg.distance_km, 3),
        "links": list(leg.links),
        "claims": list(corridor.provenance.claims_of(leg.cells)),
        "path": [[round(lon, 3), round(lat, 3)] for lon, lat in leg.path],
    }
    if leg.ready_at is not None and leg.done_at is not None:
        body["ready_at"] = leg.ready_at.isoformat(timespec="minutes")
        body["done_at"] = leg.done_at.isoformat(timespec="minutes")
    return body


def assumptions_json(corridor: Corridor, cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """The cells that are assumptions, with value, reason and range."""
    rows = []
    for cell in cells:
        table, row_id, column = cell
        origin = corridor.provenance.find(*cell)
        if origin is None:
            continue
        rows.append(
            {
                "cell": "/".join(cell),
                "value": float(corridor[table].floats(column)[corridor[table].get_row(row_id)]),
                "low": origin.low,
                "high": origin.high,
                "reason": origin.reason,
            }
        )
    return rows


def defaults_json(loads: Sequence[Load], *, load_given: bool, day: str) -> list[dict[str, Any]]:
    """What the answer took without being told."""
    rows = [
        _assumed("leg_correlation", LEG_CORRELATION, LEG_CORRELATION_RANGE, LEG_CORRELATION_REASON),
        _assumed(
            "often_per_week",
            OFTEN_PER_WEEK,
            OFTEN_PER_WEEK_RANGE,
            "boxes wait for a block train without a timetable only if it leaves at least this often; else they go with "
            "ordinary trains",
        ),
    ]
    if not load_given:
        rows.append({"name": "load", "value": loads[0].text, "basis": "default", "reason": "no --load was given"})
    if day:
        rows.append({"name": "state_of", "value": day, "basis": "default", "reason": "no --depart was given"})
    else:
        for name, hour in (("ready_hour", READY_HOUR), ("departure_hour", DEPARTURE_HOUR)):
            reason = "--depart gives a day, and timetables do not state the hour"
            rows.append(_assumed(name, hour, (0, 24), reason))
        reason = "services whose days are not published are waited for half their headway, whatever the day"
        rows.append({"name": "wait_headways", "value": 0.5, "basis": "default", "reason": reason})
    return rows


def _assumed(name: str, value: float, limits: tuple[float, float], reason: str) -> dict[str, Any]:
    low, high = limits
    return {"name": name, "value": value, "low": low, "high": high, "basis": "assumption", "reason": reason}
