"""Hand-made oil corridors: rows given as dictionaries, every table that is not named is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from transcaspian.corridor import Corridor, Table
from transcaspian.corridor.provenance import Provenance
from transcaspian.corridor.schema import PROVENANCE, packaged_schema

Rows = Sequence[Mapping[str, Any]]

SETTINGS = {
    "id": "oil",
    "price_usd_per_t": 600.0,
    "discount_percent_per_year": 10.0,
    "restart_usd_per_t": 0.05,
    "foreign_value_usd_per_t": 100.0,
    "stock_usd_per_t_day": 1.0,
}


def make_table(name: str, rows: Rows) -> Table:
    schema = packaged_schema()[name]
    mid: dict[str, Any] = {}
    for field in schema.fields:
        values = [row.get(field.name) for row in rows]
        if field.numeric:
            mid[field.name] = np.array([np.nan if value is None else float(value) for value in values], dtype=float)
        elif field.type == "boolean":
            mid[field.name] = np.array([bool(value) for value in values], dtype=bool)
        else:
            default = "open" if field.name == "status" else ""
            mid[field.name] = np.array([default if v is None else str(v) for v in values], dtype=object)
    quantities = [field.name for field in schema.fields if field.numeric]
    low = {column: mid[column].copy() for column in quantities}
    high = {column: mid[column].copy() for column in quantities}
    return Table(schema, mid, low, high, np.arange(2, len(rows) + 2, dtype=np.int32))


def make_corridor(**rows: Rows) -> Corridor:
    tables = {name: make_table(name, rows.get(name, ())) for name in packaged_schema() if name != PROVENANCE}
    return Corridor(tables, Provenance({}), Path())


def three_nodes(**more: Rows) -> Corridor:
    """FIELD (50 kt/d) == pipe, 60 kt/d ==> TANKS (100 kt, 40 there) == loading, 55 kt/d ==> MARKET at 600 USD/t."""
    rows: dict[str, Rows] = {
        "oil_settings": [SETTINGS],
        "oil_grades": [{"id": "grade.a", "country": "KZ"}],
        "oil_nodes": [{"id": f"node.{name}", "kind": "junction"} for name in ("field", "tanks", "market")],
        "oil_fields": [
            {"id": "field.a", "node": "node.field", "grade": "grade.a", "production_mt_per_year": mt(50)},
        ],
        "oil_links": [
            {"id": "a.pipe", "from_node": "node.field", "to_node": "node.tanks", "kind": "pipe",
             "capacity_mt_per_year": mt(60), "cost_usd_per_t": 10},
            {"id": "a.loading", "from_node": "node.tanks", "to_node": "node.market", "kind": "loading"},
        ],
        "oil_storage": [
            {"id": "a.storage", "node": "node.tanks", "capacity_mt": 0.1, "stock_mt": 0.04, "stock_min_mt": 0.04}
        ],
        "oil_moorings": [
            {"id": "a.moorings", "link": "a.loading", "servers": 3, "servers_in_use": 2, "rate_mt_per_day": 0.0275}
        ],
        "oil_markets": [{"id": "market.a", "node": "node.market", "kind": "market"}],
        "oil_routes": [{"id": "route.a", "counted_on": "a.loading"}],
    }  # fmt: skip
    return make_corridor(**{**rows, **more})


def mt(kt_per_day: float) -> float:
    """Mt a year of a flow in kt a day."""
    return kt_per_day * 0.365


def two_ways(**more: Rows) -> Corridor:
    """FIELD a (50 kt/d) == a.pipe ==> TANKS (100 kt) == loading ==> MARKET a,   with 10 kt/d of foreign oil in the line
          \\\\== feed, 8 kt/d ==> PORT ~~ sea, one tanker ~~> FAR ==> MARKET b,      and a refinery (5 kt/d) at FIELD.

    The way over the sea is nominated at 2 kt/d, may rise after 3 days, and has a contract, a blend and berths.
    """
    nodes = ("field", "tanks", "market", "port", "far", "market_b")
    rows: dict[str, Rows] = {
        "oil_settings": [SETTINGS],
        "oil_grades": [
            {"id": "grade.a", "country": "KZ", "sulphur_percent": 0.5},
            {"id": "grade.r", "country": "RU", "sulphur_percent": 0.5},
            {"id": "grade.z", "country": "AZ", "sulphur_percent": 0.1},
        ],
        "oil_nodes": [{"id": f"node.{name}", "kind": "junction"} for name in nodes],
        "oil_fields": [
            {"id": "field.a", "node": "node.field", "grade": "grade.a", "production_mt_per_year": mt(50),
             "turn_down_share": 0.4, "ramp_up_share_per_day": 0.1},
            {"id": "source.r", "node": "node.tanks", "grade": "grade.r", "production_mt_per_year": mt(10),
             "pro_rata_link": "a.pipe"},
            {"id": "source.z", "node": "node.far", "grade": "grade.z", "production_mt_per_year": mt(20)},
        ],
        "oil_links": [
            {"id": "a.pipe", "from_node": "node.field", "to_node": "node.tanks", "kind": "pipe", "grades": "grade.a",
             "capacity_mt_per_year": mt(60), "cost_usd_per_t": 10},
            {"id": "a.loading", "from_node": "node.tanks", "to_node": "node.market", "kind": "loading"},
            {"id": "feed", "from_node": "node.field", "to_node": "node.port", "kind": "rail", "grades": "grade.a",
             "capacity_mt_per_year": mt(8), "cost_usd_per_t": 20},
            {"id": "sea", "from_node": "node.port", "to_node": "node.far", "kind": "sea", "grades": "grade.a"},
            {"id": "b.pipe", "from_node": "node.far", "to_node": "node.market_b", "kind": "pipe",
             "capacity_mt_per_year": mt(40), "other_mt_per_year": mt(5), "cost_usd_per_t": 15},
        ],
        "oil_storage": [
            {"id": "a.storage", "node": "node.tanks", "capacity_mt": 0.1, "stock_mt": 0.04, "stock_min_mt": 0.02}
        ],
        "oil_moorings": [
            {"id": "a.moorings", "link": "a.loading", "servers": 3, "servers_in_use": 2, "rate_mt_per_day": 0.033}
        ],
        "oil_markets": [
            {"id": "market.a", "node": "node.market", "kind": "market"},
            {"id": "market.b", "node": "node.market_b", "kind": "market"},
            {"id": "refinery", "node": "node.field", "kind": "refinery", "demand_mt_per_year": mt(5),
             "differential_usd_per_t": -300, "shortfall_usd_per_t": 1000},
        ],
        "oil_routes": [
            {"id": "cpc", "counted_on": "a.loading"},
            {"id": "over-sea", "counted_on": "sea", "nomination_mt_per_year": mt(2), "nomination_lag_days": 3,
             "ramp_mt_per_month": 0.92, "shortfall_usd_per_t": 60},
        ],
        "oil_contracts": [
            {"id": "sea.contract", "kind": "contract", "routes": "over-sea", "cap_mt_per_year": mt(6)}
        ],
        "oil_quality": [
            {"id": "b.sulphur", "link": "b.pipe", "property": "sulphur", "max_percent": 0.2},
            {"id": "b.share", "link": "b.pipe", "property": "kazakh_share", "max_percent": 25},
        ],
        "oil_shuttles": [
            {"id": "shuttle", "link": "sea", "from_place": "KZAAU", "to_place": "AZSAN",
             "from_facility": "KZAAU.oil_berths", "to_facility": "AZSAN.oil_berths", "distance_km": 370.4, "load_h": 10,
             "discharge_h": 10, "wait_h": 8}
        ],
        "oil_tankers": [
            {"id": "tankers", "fleet": "fleet", "shuttles": "shuttle", "share": 1, "availability_share": 0.9,
             "freight_usd_per_t": 12}
        ],
        "oil_berths": [{"id": "berths.port", "facility": "KZAAU.oil_berths", "other_share": 0.5}],
        **_ports(),
    }  # fmt: skip
    return make_corridor(**{**rows, **more})


def _ports() -> dict[str, Rows]:
    """Two ports with 8 m of water, one berth each of a day a call, and one full tanker of some 10 kt."""
    ports = ("KZAAU", "AZSAN")
    return {
        "places": [
            {"id": port, "name": port, "country": port[:2], "kind": "seaport", "latitude_deg": 43, "longitude_deg": 51}
            for port in ports
        ],
        "facilities": [
            {"id": f"{port}.oil_berths", "place": port, "kind": "oil_berth", "unit": "call", "servers": 2,
             "rate_units_per_h": 1 / 24, "capacity_t_per_day": 9000}
            for port in ports
        ],
        "fleets": [{"id": "fleet", "name": "fleet", "kind": "tanker", "operator": "X", "units": 1}],
        "vessels": [
            {"id": "ship", "name": "ship", "fleet": "fleet", "kind": "tanker", "deadweight_t": 10_000, "draught_m": 6,
             "speed_kn": 10, "immersion_t_per_cm": 20}
        ],
        "sea_levels": [
            {"id": f"mean.{year}", "series": "mean", "year": str(year), "level_m_bs": -29} for year in range(2022, 2029)
        ],
        "sea": [{"id": "sea", "level_m_bs": -29, "water_density_t_per_m3": 1.025}],
        "depths": [
            {"id": f"{port}.oil", "place": port, "facility": f"{port}.oil_berths", "depth_m": 8, "at_level_m_bs": -29,
             "clearance_ratio": 1.1}
            for port in ports
        ],
    }  # fmt: skip
