"""A place is found by what a person calls it, in either language, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcaspian.corridor import Corridor, find_place
from transcaspian.errors import InputError
from transcaspian.testing import tiny_corridor


@pytest.fixture(scope="module")
def corridor(tmp_path_factory: pytest.TempPathFactory) -> Corridor:
    return tiny_corridor(tmp_path_factory.mktemp("tiny"))


@pytest.mark.parametrize("name", ["CNXAG", "cnxag", "Xi'an", "Xi’an", "XIAN", "xi an", "Сиань", "сиань", "Xian Port"])
def test_one_place_under_all_its_names(corridor: Corridor, name: str) -> None:
    assert find_place(corridor, name) == "CNXAG"


@pytest.mark.parametrize(("name", "near"), [("Tblisi", "Tbilisi"), ("Актао", "Актау"), ("GETBZ", "GETBS")])
def test_a_slip_of_the_pen_is_offered_the_right_name(corridor: Corridor, name: str, near: str) -> None:
    with pytest.raises(InputError) as caught:
        find_place(corridor, name)
    (problem,) = caught.value.problems
    assert problem.type == "place.unknown"
    assert near in problem.mend


def test_a_name_of_two_places_asks_for_an_id(tmp_path: Path) -> None:
    corridor = tiny_corridor(tmp_path, rows={"places": [{"id": "KZKUR", "name": "Aktau"}]})
    with pytest.raises(InputError, match="KZAAU, KZKUR"):
        find_place(corridor, "Aktau")
    assert find_place(corridor, "KZKUR") == "KZKUR"


def test_a_proper_name_goes_before_an_alias_of_another_place(tmp_path: Path) -> None:
    corridor = tiny_corridor(tmp_path, rows={"places": [{"id": "AZALA", "aliases": "Poti"}]})
    assert find_place(corridor, "Poti") == "GEPTI"


def test_a_way_point_at_sea_is_no_place_to_ship_to(tmp_path: Path) -> None:
    point = {"id": "XZ_MIDSEA", "name": "Mid sea", "country": "XZ", "kind": "waypoint", "position": "hand"}
    corridor = tiny_corridor(tmp_path, rows={"places": [{**point, "latitude_deg": 42, "longitude_deg": 50}]})
    with pytest.raises(InputError, match="no place is called so"):
        find_place(corridor, "Mid sea")
