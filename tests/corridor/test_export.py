"""Exports read back by what others would read them with: json, csv and GDAL."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio import list_layers
from pyogrio.raw import read as read_layer

from transcaspian.corridor import Corridor, RowChange
from transcaspian.corridor.export import EXPORTS, export_geojson, export_gmns, export_gpkg
from transcaspian.corridor.geometry import great_circle_km
from transcaspian.corridor.lines import link_line
from transcaspian.errors import InputError
from transcaspian.testing import tiny_corridor

# What the GMNS 0.96 table schemas require, and the types of the optional fields that we fill.
GMNS_REQUIRED = {
    "node.csv": {"node_id", "x_coord", "y_coord"},
    "link.csv": {"link_id", "from_node_id", "to_node_id", "directed"},
    "use_definition.csv": {"use", "persons_per_vehicle", "pce"},
}


@pytest.fixture(scope="module")
def corridor(tmp_path_factory: pytest.TempPathFactory) -> Corridor:
    rows = {"links": [{"id": "KZAAU-AZALA.sea", "via": "KZKUR"}]}
    whole = tiny_corridor(tmp_path_factory.mktemp("tiny"), rows=rows)
    return whole.with_changes([RowChange("places", "KZKUR", "close")])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_gmns_nodes_and_links_are_those_of_the_corridor(corridor: Corridor, tmp_path: Path) -> None:
    export_gmns(corridor, tmp_path / "out")
    tables = {path.name: rows_of(path) for path in (tmp_path / "out").iterdir()}
    assert set(tables) == {"node.csv", "link.csv", "use_definition.csv", "config.csv"}
    for name, required in GMNS_REQUIRED.items():
        assert required <= set(tables[name][0])
        assert all(row[column] for row in tables[name] for column in required)
    nodes = {row["node_id"]: (float(row["x_coord"]), float(row["y_coord"])) for row in tables["node.csv"]}
    assert set(nodes) == set(corridor["places"])
    assert nodes["KZAAU"] == (51.17, 43.66)
    links = corridor["links"]
    for row, link in zip(tables["link.csv"], links, strict=True):
        number = links.get_row(link)
        assert row["link_id"] == link
        assert {row["from_node_id"], row["to_node_id"]} <= set(nodes)
        assert row["directed"] == "false"
        assert float(row["length"]) == links.floats("length_km")[number]
        assert float(row["free_speed"]) == links.floats("speed_km_per_h")[number]
        assert set(row["allowed_uses"].split(",")) <= {use["use"] for use in tables["use_definition.csv"]}
        line = shapely.from_wkt(row["geometry"])
        assert line.coords[0] == pytest.approx(nodes[row["from_node_id"]])
        assert line.coords[-1] == pytest.approx(nodes[row["to_node_id"]])
    (config,) = tables["config.csv"]
    assert (config["long_length"], config["speed"], config["crs"]) == ("km", "km/h", "EPSG:4326")
    assert config["version_number"] == "0.96"


def test_gmns_capacity_is_tonnes_an_hour_and_track_and_a_box_counts_its_tonnes(
    corridor: Corridor, tmp_path: Path
) -> None:
    export_gmns(corridor, tmp_path / "out")
    links = {row["link_id"]: row for row in rows_of(tmp_path / "out" / "link.csv")}
    single, double = links["KZHOR-KZAAU.rail"], links["CNXAG-KZHOR.rail"]
    assert (float(single["capacity"]), single["lanes"]) == (pytest.approx(20_000 / 24, rel=1e-5), "1")
    assert (float(double["capacity"]), double["lanes"]) == (pytest.approx(40_000 / 24, rel=1e-5), "1")
    assert links["KZAAU-AZALA.sea"]["capacity"] == ""
    pce = {row["use"]: float(row["pce"]) for row in rows_of(tmp_path / "out" / "use_definition.csv")}
    assert pce == {"TEU": 14, "FEU": 20, "wagon": 60, "truck": 20, "t": 1}


def test_geojson_holds_every_place_and_link(corridor: Corridor, tmp_path: Path) -> None:
    path = tmp_path / "out.geojson"
    export_geojson(corridor, path)
    body = json.loads(path.read_text(encoding="utf-8"))
    assert body["type"] == "FeatureCollection"
    features = {feature["id"]: feature for feature in body["features"]}
    assert set(features) == {*corridor["places"], *corridor["links"]}
    assert features["KZAAU"]["geometry"] == {"type": "Point", "coordinates": [51.17, 43.66]}
    assert features["KZAAU"]["properties"]["name_ru"] == "Актау"
    rail = features["KZHOR-KZAAU.rail"]["properties"]
    assert (rail["speed_km_per_h_low"], rail["speed_km_per_h"], rail["speed_km_per_h_high"]) == (40, 50, 60)
    assert rail["gauge_mm"] == 1520
    assert features["KZAAU-AZALA.sea"]["properties"]["gauge_mm"] is None
    assert features["KZKUR"]["properties"]["closed"] is True
    assert features["GETBS-GEPTI.road"]["properties"]["status"] == "planned"


def test_a_line_goes_through_its_via_and_is_as_long_as_its_great_circles(corridor: Corridor) -> None:
    line = link_line(corridor, corridor["links"].get_row("KZAAU-AZALA.sea"))
    assert (51.68, 43.18) in line
    legs = [((51.17, 43.66), (51.68, 43.18)), ((51.68, 43.18), (49.40, 39.95))]
    drawn = sum(great_circle_km(a, b) for a, b in pairwise(line))
    assert drawn == pytest.approx(sum(great_circle_km(a, b) for a, b in legs), rel=1e-5)


def test_a_geopackage_opens_with_both_layers(corridor: Corridor, tmp_path: Path) -> None:
    path = tmp_path / "out.gpkg"
    export_gpkg(corridor, path)
    export_gpkg(corridor, path)  # a second time replaces it
    assert [tuple(layer) for layer in list_layers(path)] == [("places", "Point"), ("links", "LineString")]
    for layer in ("places", "links"):
        meta, _, shapes, columns = read_layer(path, layer=layer)
        fields = dict(zip(meta["fields"], columns, strict=True))
        assert meta["crs"] == "EPSG:4326"
        assert list(fields["id"]) == list(corridor[layer])
        assert len(shapes) == len(corridor[layer])
    lengths = fields["length_km"]
    np.testing.assert_array_equal(lengths, corridor["links"].floats("length_km"))
    assert lengths.dtype == np.float64
    assert np.isnan(fields["gauge_mm"]).sum() == 3
    assert [path.name for path in tmp_path.iterdir()] == ["out.gpkg"]


def test_a_geopackage_may_have_any_name(corridor: Corridor, tmp_path: Path) -> None:
    export_gpkg(corridor, tmp_path / "corridor")
    assert (tmp_path / "corridor").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_no_export_writes_anything_where_there_is_no_folder(corridor: Corridor, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        EXPORTS[name](corridor, tmp_path / "no" / "out")
    assert list(tmp_path.iterdir()) == []
