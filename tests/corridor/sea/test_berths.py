"""Which berth a ship goes to, and what is said when there is none."""

from __future__ import annotations

import pytest

from transcaspian.corridor import Corridor, RowChange
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea import find_berth
from transcaspian.corridor.sea.berths import BERTHS_OF
from transcaspian.errors import InputError

LEVEL = exact(-29.28)


@pytest.mark.parametrize(
    ("vessel", "port", "facility"),
    [
        ("kmtf-astana", "KZAAU", "KZAAU.oil_berths"),
        ("asco-rsd59-1", "KZAAU", "KZAAU.dry_berths"),
        ("kmtf-turkestan", "KZAAU", "KZAAU.container_terminal"),
        ("kmtf-turkestan", "IRBAZ", "IRBAZ.dry_berths"),  # boxes over the universal berths
        ("asco-dagestan-1", "AZALA", "AZALA.rail_ferry"),
    ],
)
def test_each_kind_of_ship_has_its_berth(packaged: Corridor, vessel: str, port: str, facility: str) -> None:
    assert find_berth(packaged, vessel, port, LEVEL).facility == facility


def test_every_kind_of_ship_in_the_tables_is_served(packaged: Corridor) -> None:
    assert set(packaged["vessels"].texts("kind")) <= set(BERTHS_OF)


def test_of_two_berths_of_a_kind_it_takes_the_deeper(packaged: Corridor) -> None:
    deeper = packaged.with_changes([RowChange("depths", "KZAAU.grain_terminal.depth", "add", "depth_m", 2.0)])
    assert find_berth(deeper, "asco-rsd59-1", "KZAAU", LEVEL).facility == "KZAAU.grain_terminal"


@pytest.mark.parametrize(("vessel", "port"), [("kmtf-astana", "KZKUR"), ("asco-dagestan-1", "RUMCX")])
def test_no_berth_of_its_kind_is_an_error_that_says_so(packaged: Corridor, vessel: str, port: str) -> None:
    with pytest.raises(InputError) as error:
        find_berth(packaged, vessel, port, LEVEL)
    (problem,) = error.value.problems
    assert problem.type == "sea.no_berth"
    assert "has no" in problem.what
    assert vessel in problem.what
    assert "KZAAU" in problem.mend


def test_a_berth_of_unknown_depth_is_an_error_that_says_so(packaged: Corridor) -> None:
    unserved = packaged.with_changes([RowChange("facilities", "KZKUR.sarzha", "set", "kind", "oil_berth")])
    with pytest.raises(InputError) as error:
        find_berth(unserved, "kmtf-astana", "KZKUR", LEVEL)
    assert "no depth is known of KZKUR.sarzha" in error.value.problems[0].what


def test_a_kind_of_ship_without_berths_is_an_error(packaged: Corridor) -> None:
    yacht = packaged.with_changes([RowChange("vessels", "kmtf-astana", "set", "kind", "yacht")])
    with pytest.raises(InputError) as error:
        find_berth(yacht, "kmtf-astana", "KZAAU", LEVEL)
    assert [problem.type for problem in error.value.problems] == ["sea.vessel"]
