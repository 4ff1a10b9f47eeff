"""The most particular price wins, and no price is no offer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from transcaspian.corridor import build_network
from transcaspian.corridor.tariffs import Tariffs
from transcaspian.testing import tiny_corridor

MOVE = {"applies": "move", "unit_load": "TEU", "fixed_usd_per_unit_load": 1}


def price_of(folder: Path, rows: list[Mapping[str, object]]) -> str:
    table = tiny_corridor(folder, rows={"tariffs": rows})["tariffs"]
    row = Tariffs(table).find_move("ferry-aktau", "KZAAU-AZALA.sea", "ASCO", "sea", "TEU")
    assert row is not None
    return table.text(row, "id")


def test_a_service_goes_before_its_link_its_operator_and_its_mode(tmp_path: Path) -> None:
    particular: list[Mapping[str, object]] = [
        {**MOVE, "id": "by-operator", "operator": "ASCO", "mode": "sea"},
        {**MOVE, "id": "by-link", "link": "KZAAU-AZALA.sea"},
        {**MOVE, "id": "by-service", "link": "ferry-aktau"},
    ]
    expected = ["sea-teu", "by-operator", "by-link", "by-service"]
    for count, tariff in enumerate(expected):
        folder = tmp_path / tariff
        folder.mkdir()
        assert price_of(folder, particular[:count]) == tariff


def test_a_place_goes_before_its_country_and_the_country_before_the_operation(tmp_path: Path) -> None:
    at_place = {"id": "here", "applies": "operation", "operation": "cross_border", "unit_load": "TEU", "place": "GETBS"}
    table = tiny_corridor(tmp_path, rows={"tariffs": [{**at_place, "fixed_usd_per_unit_load": 5}]})["tariffs"]
    tariffs = Tariffs(table)

    def found(place: str, country: str) -> str:
        row = tariffs.find_operation("cross_border", place, country, "TEU")
        assert row is not None
        return table.text(row, "id")

    assert found("GETBS", "GE") == "here"
    assert found("GEPTI", "GE") == "border-teu-ge"
    assert found("KZHOR", "KZ") == "border-teu"


def test_a_through_rate_prices_no_single_move(tmp_path: Path) -> None:
    through = {"id": "through", "applies": "through", "unit_load": "TEU", "mode": "sea", "fixed_usd_per_unit_load": 1}
    ends = {"from_place": "CNXAG", "to_place": "GEPTI"}
    assert price_of(tmp_path, [{**through, **ends}]) == "sea-teu"


@pytest.mark.parametrize("unit_load", ["TEU", "wagon"])
def test_what_has_no_price_is_not_carried(tmp_path: Path, unit_load: str) -> None:
    rows = {"tariffs": [{"id": f"sea-{unit_load.lower()}", "unit_load": "truck"}]}
    network = build_network(tiny_corridor(tmp_path, rows=rows))
    at_sea = network.link == 3
    assert at_sea.any()
    assert not network.allowed[network.unit_loads.index(unit_load), at_sea].any()
