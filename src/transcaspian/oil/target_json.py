"""The answer of `transcaspian oil target --json`."""

from __future__ import annotations

from typing import Any

from transcaspian.oil.target import Cap, TargetResult


def target_json(result: TargetResult) -> dict[str, Any]:
    """Keys as documented; `binding` has the caps below the volume, the tightest first, `caps` all of them."""
    return {
        "route": result.route_id,
        "year": result.year,
        "asked_mt": result.asked_mt,
        "reached": result.reached,
        "volume_mt": round(result.volume_mt, 4),
        "binding": [_cap(cap) for cap in result.binding],
        "caps": [{**_cap(cap), "binds": cap.binds} for cap in result.caps],
    }


def _cap(cap: Cap) -> dict[str, Any]:
    return {
        "id": cap.id,
        "cap_mt": round(cap.cap_mt, 4),
        "to_add": round(cap.to_add, 4),
        "unit": cap.unit,
        "name": cap.name,
        "to_add_range": {"low": round(cap.low, 4), "mid": round(cap.to_add, 4), "high": round(cap.high, 4)},
    }
