"""Hand the corridor to other tools: GMNS for transport models, GeoJSON and GeoPackage for maps.

What stands on the corridor's day is written, planned and closed rows included; the columns `status` and `closed`
tell them. Lines follow great circles through the places of `via`: they are drawings, lengths stand in the table.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from transcaspian.corridor.files import replace_file, write_text
from transcaspian.corridor.gmns import export_gmns
from transcaspian.corridor.lines import WGS84, link_line, place_point
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.tables import Table

Row = dict[str, Any]


def export_geojson(corridor: Corridor, path: Path) -> None:
    """Write places as points and links as lines into one GeoJSON file (RFC 7946, longitude first).

    Parameters
    ----------
    corridor
        What is exported; `layer` in the properties is `places` or `links`.
    path
        The file; replaced when it exists.

    Raises
    ------
    InputError
        If nothing can be written there.
    """
    features = [
        {"type": "Feature", "id": row["id"], "geometry": geometry, "properties": {"layer": layer, **row}}
        for layer, rows in _layers(corridor).items()
        for geometry, row in rows
    ]
    body = {"type": "FeatureCollection", "features": features}
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    replace_file(path, lambda made: write_text(made, text))


def export_gpkg(corridor: Corridor, path: Path) -> None:
    """Write the layers `places` and `links` into one GeoPackage (OGC 12-128r19).

    Parameters
    ----------
    corridor
        What is exported.
    path
        The file; replaced when it exists.

    Raises
    ------
    InputError
        If nothing can be written there.
    """
    # GDAL takes half a second to load, and only this format needs it.
    import shapely
    from pyogrio.raw import write as write_layer

    def write(made: Path) -> None:
        for layer, rows in _layers(corridor).items():
            shapes = [shapely.geometry.shape(geometry) for geometry, _ in rows]
            names, columns = _columns(corridor[layer], [row for _, row in rows])
            write_layer(
                made,
                shapely.to_wkb(np.array(shapes, dtype=object)),
                columns,
                names,
                layer=layer,
                driver="GPKG",
                geometry_type="Point" if layer == "places" else "LineString",
                crs=WGS84,
                append=made.exists(),
            )

    replace_file(path, write, ending=".gpkg")


EXPORTS: Mapping[str, Callable[[Corridor, Path], None]] = {
    "gmns": export_gmns,
    "geojson": export_geojson,
    "gpkg": export_gpkg,
}


def _layers(corridor: Corridor) -> dict[str, list[tuple[dict[str, Any], Row]]]:
    """Both layers as (GeoJSON geometry, row) pairs."""
    places, links = corridor["places"], corridor["links"]
    points = [{"type": "Point", "coordinates": list(place_point(places, place))} for place in places]
    lines = [
        {"type": "LineString", "coordinates": [list(point) for point in link_line(corridor, link)]}
        for link in range(len(links))
    ]
    return {
        "places": list(zip(points, _rows(corridor, places), strict=True)),
        "links": list(zip(lines, _rows(corridor, links), strict=True)),
    }


def _rows(corridor: Corridor, table: Table) -> list[Row]:
    """Every row as plain values, `None` where a cell is empty, low and high beside a quantity that has a range."""
    return [_row(corridor, table, row) for row in range(len(table))]


def _row(corridor: Corridor, table: Table, row: int) -> Row:
    values: Row = {}
    for field in table.schema.fields:
        if not field.numeric:
            values[field.name] = table.text(row, field.name) or None
            continue
        estimate = table.estimate(row, field.name)
        values[field.name] = estimate.mid if estimate else None
        if field.name.endswith("_deg") or field.name in {"gauge_mm", "tracks"}:
            continue
        values[f"{field.name}_low"] = estimate.low if estimate else None
        values[f"{field.name}_high"] = estimate.high if estimate else None
    values["closed"] = table.text(row, "id") in corridor.closed
    return values


def _columns(table: Table, rows: Sequence[Row]) -> tuple[list[str], list[npt.NDArray[Any]]]:
    """Rows turned into named arrays: quantities as float64 with NaN where empty, the others as words or flags."""
    names = list(rows[0]) if rows else []
    columns: list[npt.NDArray[Any]] = []
    for name in names:
        values = [row[name] for row in rows]
        if name.removesuffix("_low").removesuffix("_high") in table.low:
            columns.append(np.array([math.nan if value is None else value for value in values], dtype=float))
        else:
            columns.append(np.array(values, dtype=bool if name == "closed" else object))
    return names, columns
