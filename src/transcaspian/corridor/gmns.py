"""The corridor in the General Modeling Network Specification, for transport models.

GMNS 0.96 (Zephyr Foundation, 2024): `node.csv`, `link.csv`, `use_definition.csv`; `config.csv` says the units.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from transcaspian.corridor.files import replace_folder
from transcaspian.corridor.lines import WGS84, link_line, place_point
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.standards import own_or_standard
from transcaspian.corridor.tables import Table

GMNS_VERSION = "0.96"
_HOURS_PER_DAY = 24.0

Row = dict[str, Any]


def export_gmns(corridor: Corridor, folder: Path) -> None:
    """Write `node.csv`, `link.csv`, `use_definition.csv` and `config.csv` (GMNS 0.96, Zephyr Foundation 2024).

    Lengths are kilometres and speeds kilometres an hour, as `config.csv` says. GMNS counts capacity in passenger
    cars an hour and lane; here the car is one net tonne: `capacity` is tonnes an hour and track, and the `pce` of a
    unit load in `use_definition.csv` is its cargo in tonnes. Double track is one lane each way. Columns that GMNS
    does not know stand behind its own.

    Parameters
    ----------
    corridor
        What is exported.
    folder
        Made when missing; files of these four names in it are replaced together.

    Raises
    ------
    InputError
        If nothing can be written there.
    """

    def write(made: Path) -> None:
        _write_csv(made / "config.csv", [_config()])
        _write_csv(made / "use_definition.csv", _uses(corridor["unit_loads"]))
        _write_csv(made / "node.csv", [_node(corridor, row) for row in range(len(corridor["places"]))])
        _write_csv(made / "link.csv", [_link(corridor, row) for row in range(len(corridor["links"]))])

    replace_folder(folder, write)


def _config() -> Row:
    return {
        "dataset_name": "transcaspian",
        "short_length": "m",
        "long_length": "km",
        "speed": "km/h",
        "crs": WGS84,
        "geometry_field_format": "WKT",
        "currency": "USD",
        "version_number": GMNS_VERSION,
        "id_type": "string",
    }


def _uses(unit_loads: Table) -> list[Row]:
    return [
        {
            "use": unit_load,
            "persons_per_vehicle": 0,
            "pce": f"{unit_loads.floats('cargo_t')[row]:g}",
            "special_conditions": "",
            "description": f"{unit_loads.text(row, 'name')}; pce = net tonnes",
        }
        for row, unit_load in enumerate(unit_loads)
    ]


def _node(corridor: Corridor, row: int) -> Row:
    places = corridor["places"]
    longitude, latitude = place_point(places, places.text(row, "id"))
    return {
        "node_id": places.text(row, "id"),
        "name": places.text(row, "name"),
        "x_coord": longitude,
        "y_coord": latitude,
        "node_type": places.text(row, "kind"),
        "country": places.text(row, "country"),
        "closed": _flag(places.text(row, "id") in corridor.closed),
    }


def _link(corridor: Corridor, row: int) -> Row:
    links = corridor["links"]
    link_id, mode = links.text(row, "id"), links.text(row, "mode")
    tracks, capacity_t = links.estimate(row, "tracks"), links.estimate(row, "capacity_t_per_day")
    lanes = math.ceil(tracks.mid / 2) if tracks else 1
    line = ", ".join(f"{x:.6f} {y:.6f}" for x, y in link_line(corridor, row))
    gauge = links.estimate(row, "gauge_mm")
    speed = own_or_standard(corridor.tables, "links", row)
    return {
        "link_id": link_id,
        "name": link_id,
        "from_node_id": links.text(row, "from_place"),
        "to_node_id": links.text(row, "to_place"),
        "directed": _flag(links.text(row, "direction") == "one_way"),
        "geometry": f"LINESTRING ({line})",
        "dir_flag": 1,
        "length": _number(links, row, "length_km"),
        "facility_type": f"{mode}_{gauge.mid:.0f}" if gauge else mode,
        "capacity": f"{capacity_t.mid / _HOURS_PER_DAY / lanes:.6g}" if capacity_t else "",
        "free_speed": f"{speed[0].mid:.10g}" if speed else "",
        "lanes": lanes,
        "allowed_uses": ",".join(links.items(row, "unit_loads")),
        "jurisdiction": links.text(row, "operator"),
        "status": links.text(row, "status"),
        "closed": _flag(link_id in corridor.closed),
        "capacity_trains_per_day": _number(links, row, "capacity_trains_per_day"),
        "capacity_t_per_day": _number(links, row, "capacity_t_per_day"),
        "domestic_share": _number(links, row, "domestic_share"),
        "emission_factor": links.text(row, "emission_factor"),
        "via": links.text(row, "via"),
    }


def _number(table: Table, row: int, column: str) -> str:
    estimate = table.estimate(row, column)
    return f"{estimate.mid:.10g}" if estimate else ""


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _write_csv(path: Path, rows: Iterable[Row]) -> None:
    rows = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
