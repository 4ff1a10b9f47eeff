"""One table: nobody can write into it, and a change makes another one."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from transcaspian.corridor import Corridor, Estimate3, Table
from transcaspian.errors import InputError
from transcaspian.testing import tiny_corridor

RAILWAY = "KZHOR-KZAAU.rail"


@pytest.fixture(scope="module")
def corridor(tmp_path_factory: pytest.TempPathFactory) -> Corridor:
    return tiny_corridor(tmp_path_factory.mktemp("tiny"))


def assert_read_only(table: Table) -> None:
    columns = [column for group in (table.mid, table.low, table.high) for column in group.values()]
    assert not any(column.flags.writeable for column in [*columns, table.lines])


def test_no_column_can_be_written_into(corridor: Corridor) -> None:
    for table in corridor.tables.values():
        assert_read_only(table)
    with pytest.raises(ValueError, match="read-only"):
        corridor["links"].floats("length_km")[0] = 1.0


def test_a_corridor_that_travelled_to_a_worker_is_the_same_and_still_read_only(corridor: Corridor) -> None:
    arrived = pickle.loads(pickle.dumps(corridor))
    assert arrived.fingerprint() == corridor.fingerprint()
    for name, table in arrived.tables.items():
        assert list(table) == list(corridor[name])
        assert_read_only(table)


def test_a_new_quantity_stands_in_a_new_table_that_shares_all_other_columns(corridor: Corridor) -> None:
    links = corridor["links"]
    row = links.get_row(RAILWAY)
    changed = links.with_estimate(row, "length_km", Estimate3(2900, 2950, 3050))
    assert changed.estimate(row, "length_km") == Estimate3(2900, 2950, 3050)
    assert links.estimate(row, "length_km") == Estimate3(3000, 3000, 3000)
    assert np.count_nonzero(changed.floats("length_km") != links.floats("length_km")) == 1
    assert changed.mid["speed_km_per_h"] is links.mid["speed_km_per_h"]
    assert_read_only(changed)


def test_an_empty_cell_is_unknown_not_zero(corridor: Corridor) -> None:
    links = corridor["links"]
    row = links.get_row("KZAAU-AZALA.sea")
    assert links.estimate(row, "tracks") is None
    assert np.isnan(links.floats("tracks")[row])
    assert links.items(row, "via") == ()
    assert links.text(row, "operator") == ""


def test_an_unknown_row_offers_the_nearest(corridor: Corridor) -> None:
    with pytest.raises(InputError) as caught:
        corridor["links"].get_row("KZHOR-KZAAV.rail")
    (problem,) = caught.value.problems
    assert problem.type == "corridor.unknown_id"
    assert RAILWAY in problem.mend
