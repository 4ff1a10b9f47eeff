from pathlib import Path

import pytest

from transcaspian.corridor import Corridor, build_network
from transcaspian.corridor.checks import STRUCTURE
from transcaspian.testing import tiny_corridor


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Corridor:
    return tiny_corridor(tmp_path_factory.mktemp("tiny"))


def test_the_tiny_corridor_passes_every_check_of_structure(tiny):
    assert [problem for rule in STRUCTURE for problem in rule(tiny)] == []


def test_the_tiny_corridor_takes_the_hours_that_stand_above_its_drawing(tiny):
    links = tiny["links"]
    hours = dict(zip(links, links.floats("length_km") / links.floats("speed_km_per_h"), strict=True))
    assert hours == {
        "CNXAG-KZHOR.rail": 80,
        "KZHOR-KZAAU.rail": 60,
        "KZHOR-KZKUR.rail": 62,
        "KZAAU-AZALA.sea": 20,
        "KZKUR-AZALA.sea": 18,
        "AZALA-GETBS.rail": 10,
        "GETBS-GEPTI.rail": 6,
        "GETBS-GEPTI.road": 5,
    }


def test_every_quantity_of_the_tiny_corridor_has_provenance(tiny):
    for table in tiny.tables.values():
        for column in table.low:
            for row, row_id in enumerate(table):
                known = table.estimate(row, column) is not None
                assert known == (tiny.provenance.find(table.name, row_id, column) is not None)


def test_rows_are_added_and_cells_replaced(tmp_path: Path):
    changed = tiny_corridor(
        tmp_path,
        rows={
            "links": [{"id": "KZHOR-KZAAU.rail", "length_km": "2900 (2800 to 3000)", "status": "planned"}],
            "fleets": [{"id": "wagons", "name": "Wagons", "kind": "wagon", "units": 500}],
        },
    )
    row = changed["links"].get_row("KZHOR-KZAAU.rail")
    length = changed["links"].estimate(row, "length_km")
    assert length is not None
    assert (length.low, length.mid, length.high) == (2800, 2900, 3000)
    assert "wagons" in changed["fleets"]
    assert row not in build_network(changed).link


def test_a_column_that_is_not_in_the_schema_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="sea has no column depth"):
        tiny_corridor(tmp_path, rows={"sea": [{"id": "sea", "depth": 3}]})
