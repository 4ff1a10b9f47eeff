"""A `FlowResult` as the JSON of `flows --json`, and as tables for a run folder."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from transcaspian.freight.corridors import TITLES
from transcaspian.freight.flows.result import FlowResult, LimitFlow

Rows = list[dict[str, Any]]


def flow_json(result: FlowResult) -> dict[str, Any]:
    """The object `result` of the envelope; numbers to six digits."""
    return {
        "method": result.method,
        "year": result.year,
        "growth": result.growth,
        "demand_t": _number(result.demand_t),
        "carried_t": _number(result.carried_t),
        "corridors": corridor_rows(result),
        "markets": market_rows(result),
        "links": limit_rows(result.links),
        "facilities": limit_rows(result.facilities),
        "fleets": limit_rows(result.fleets),
        "unmet_t": _number(result.unmet_t),
        "unmet": unmet_rows(result),
        "mean_cost_usd_per_t": _number(result.mean_cost_usd_per_t),
        "mean_time_h": _number(result.mean_time_h),
        "binding": list(result.binding),
        "convergence": {
            "relative_gap": result.convergence.relative_gap,
            "iterations": result.convergence.iterations,
            "seconds": round(result.convergence.seconds, 4),
            "converged": result.convergence.converged,
            "rounds": [{name: _number(value) for name, value in line.items()} for line in result.convergence.rounds],
        },
        "notes": list(result.notes),
    }


def flow_tables(result: FlowResult) -> Mapping[str, Rows]:
    """The tables of a run folder, by name."""
    paths = [
        {"demand": path.demand, "market": path.market, "commodity": path.commodity, "unit_load": path.unit_load,
         "corridor": path.corridor, "gateway": ";".join(path.gateway), "t_per_year": path.t_per_year,
         "teu_per_year": path.teu_per_year, "share": path.share, "cost_usd_per_t": path.cost_usd_per_t,
         "time_h": path.time_h, "queue_h": path.queue_h}
        for path in result.paths
    ]  # fmt: skip
    return {
        "corridors": corridor_rows(result),
        "markets": market_rows(result),
        "links": limit_rows(result.links),
        "facilities": limit_rows(result.facilities),
        "fleets": limit_rows(result.fleets),
        "unmet": unmet_rows(result),
        "paths": paths,
    }


def corridor_rows(result: FlowResult) -> Rows:
    """What took each corridor, most first."""
    return [
        {"id": one.id, "title": TITLES.get(one.id, one.id), "t_per_year": _number(one.t_per_year),
         "teu_per_year": _number(one.teu_per_year), "share": _number(one.share)}
        for one in result.corridors
    ]  # fmt: skip


def market_rows(result: FlowResult) -> Rows:
    """What each market sent by each corridor."""
    return [
        {"id": one.id, "corridor": one.corridor, "t_per_year": _number(one.t_per_year),
         "teu_per_year": _number(one.teu_per_year), "share": _number(one.share)}
        for one in result.markets
    ]  # fmt: skip


def limit_rows(limits: Sequence[LimitFlow]) -> Rows:
    """Links, facilities or fleets, the fullest first."""
    return [
        {"id": one.id, "flow_t": _number(one.flow_t), "utilisation": _number(one.utilisation),
         "delay_h": _number(one.delay_h), "shadow_price_usd_per_t": _number(one.shadow_price_usd_per_t),
         "flow_units": _number(one.flow_units), "capacity_units": _number(one.capacity_units), "unit": one.unit}
        for one in limits
    ]  # fmt: skip


def unmet_rows(result: FlowResult) -> Rows:
    """What stayed behind, and why."""
    return [
        {"demand": one.demand, "market": one.market, "t_per_year": _number(one.t_per_year),
         "teu_per_year": _number(one.teu_per_year), "reason": one.reason}
        for one in result.unmet
    ]  # fmt: skip


def _number(value: float | None) -> float | None:
    """Six digits; nothing for what is not known or not finite."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.6g}")
