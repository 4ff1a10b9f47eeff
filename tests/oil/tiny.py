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
