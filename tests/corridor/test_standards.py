"""A figure of its own goes before the standard one; the standard one serves every row that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcaspian.corridor import Corridor, RowChange, build_network
from transcaspian.corridor.checks import check
from transcaspian.corridor.standards import own_or_standard
from transcaspian.testing import tiny_corridor


@pytest.fixture
def shared(tmp_path: Path) -> Corridor:
    """The tiny corridor, where the train to Aktau runs at the standard speed of 25 km/h."""
    rows = {
        "standards": [{"id": "rail-slow", "speed_km_per_h": "25 (20 to 50)"}],
        "links": [{"id": "KZHOR-KZAAU.rail", "speed_km_per_h": "", "standard": "rail-slow"}],
    }
    return tiny_corridor(tmp_path, rows=rows)


def hours_to_aktau(corridor: Corridor) -> float:
    network = build_network(corridor)
    row = corridor["links"].get_row("KZHOR-KZAAU.rail")
    teu = network.unit_loads.index("TEU")
    return next(network.time(teu, arc).mid for arc in range(network.n_arcs) if network.link[arc] == row)


def test_a_link_without_a_speed_takes_the_standard_one_and_says_so(shared: Corridor) -> None:
    found = own_or_standard(shared.tables, "links", shared["links"].get_row("KZHOR-KZAAU.rail"))
    assert found is not None
    speed, cell = found
    assert (speed.low, speed.mid, speed.high) == (20, 25, 50)
    assert cell == ("standards", "rail-slow", "speed_km_per_h")
    assert hours_to_aktau(shared) == pytest.approx(3000 / 25)


def test_a_figure_of_its_own_goes_first(shared: Corridor) -> None:
    own = shared.with_changes([RowChange("links", "KZHOR-KZAAU.rail", "set", "speed_km_per_h", 60.0)])
    assert hours_to_aktau(own) == pytest.approx(3000 / 60)


def test_a_change_of_the_standard_reaches_every_row_that_names_it(shared: Corridor) -> None:
    faster = shared.with_changes([RowChange("standards", "rail-slow", "scale", "speed_km_per_h", 2.0)])
    assert hours_to_aktau(faster) == pytest.approx(3000 / 50)
    assert hours_to_aktau(shared) == pytest.approx(3000 / 25)


def test_a_row_with_neither_is_a_problem_that_names_it(tmp_path: Path) -> None:
    corridor = tiny_corridor(tmp_path, rows={"links": [{"id": "KZHOR-KZAAU.rail", "speed_km_per_h": ""}]})
    (problem,) = (found for found in check(corridor) if found.type == "corridor.standard")
    assert "KZHOR-KZAAU.rail" in problem.what
    assert problem.where.startswith("links.csv, line")
