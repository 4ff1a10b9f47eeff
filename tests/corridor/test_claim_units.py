"""Which claims may fill which cells: exact factors only, never a calendar."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcaspian.corridor.claim_units import Numbers, claim_numbers, column_units, numbers_in
from transcaspian.corridor.schema import PROVENANCE, packaged_schema
from transcaspian.evidence import Claim
from transcaspian.testing import tiny_corridor

OF_ANOTHER_COLUMN = {("upgrades", "before"), ("upgrades", "after"), ("oil_rates", "value")}


def claim(
    value: float | None, unit: str, *, low: float | None = None, high: float | None = None, subject: str = "rail:x"
) -> Claim:
    return Claim(
        f"{subject}/quantity/0000", subject, "quantity", value, low, high, unit, "", "", "2024", "actual", "s", "f", ""
    )


def test_every_quantity_of_the_schema_has_a_unit(tmp_path: Path) -> None:
    corridor = tiny_corridor(tmp_path)
    for name, schema in packaged_schema().items():
        if name == PROVENANCE:
            continue
        for field in schema.fields:
            if field.numeric and (name, field.name) not in OF_ANOTHER_COLUMN:
                assert column_units(corridor[name], 0, field.name), (name, field.name)


def test_an_upgrade_is_in_the_unit_of_the_column_that_it_changes(tmp_path: Path) -> None:
    change = {"id": "alat-ramp", "targets": "KZHOR-KZAAU.rail", "column": "capacity_t_per_day"}
    upgrades = tiny_corridor(tmp_path, rows={"upgrades": [change]})["upgrades"]
    assert column_units(upgrades, 0, "after") == ("t/d",)
    assert column_units(upgrades, 0, "cost_usd") == ("USD",)


def test_a_dated_value_is_in_the_unit_of_the_column_that_it_stands_for(tmp_path: Path) -> None:
    value = {"id": "rate", "target": "btc.pipe", "column": "capacity_mt_per_year", "value": 50}
    node = {"name": "Node", "kind": "junction", "country": "AZ"}
    pipe = {"id": "btc.pipe", "name": "BTC", "from_node": "a", "to_node": "b", "kind": "pipe", "status": "open"}
    rows = {"oil_rates": [value], "oil_links": [pipe], "oil_nodes": [{"id": "a", **node}, {"id": "b", **node}]}
    assert column_units(tiny_corridor(tmp_path, rows=rows)["oil_rates"], 0, "value") == ("Mt/yr", "Mt")


@pytest.mark.parametrize(
    ("value", "unit", "units", "expected"),
    [
        (10, "km", ("km",), 10),
        (10, "nm", ("km",), 18.52),
        (2, "d", ("h",), 48),
        (14, "kn", ("km/h",), 25.928),
        (450, "cm", ("m",), 4.5),
        (5000, "t", ("t",), 5000),
        (12, "kt/yr", ("t/yr",), 12_000),
        (8, "train pairs/d", ("trains/d", "train pairs/d"), 8),
        (4, "berths", ("*",), 4),
        (30, "containers/h", ("*/h",), 30),
        (5, "USD/t/1000km", ("USD/t-km", "USD/t/km"), 0.005),
        (-28.5, "m BS", ("m BS",), -28.5),
    ],
)
def test_exact_factors_are_converted(value: float, unit: str, units: tuple[str, ...], expected: float) -> None:
    numbers = numbers_in(claim(value, unit), units)
    assert numbers is not None
    assert numbers.mid == pytest.approx(expected)


@pytest.mark.parametrize(
    ("unit", "units"),
    [
        ("t/yr", ("t/d",)),  # needs a calendar
        ("t/month", ("t/yr",)),
        ("trains/yr", ("trains/d", "train pairs/d")),
        ("trains/d", ("*/h",)),
        ("sailings/month", ("*/week",)),
        ("months", ("h",)),
        ("years", ("d",)),
        ("%", ("share",)),  # per cent is no share of one
        ("% of draught", ("x",)),
        ("EUR", ("USD",)),  # needs a rate
        ("USD/FEU", ("USD", "USD/TEU")),
        ("t", ("km",)),
        ("km", ("*",)),  # a length is no count
        ("d", ("*",)),
    ],
)
def test_what_needs_a_calendar_a_rate_or_a_choice_is_not(unit: str, units: tuple[str, ...]) -> None:
    assert numbers_in(claim(10, unit), units) is None


def test_a_price_for_a_container_is_one_for_a_forty_foot_box(tmp_path: Path) -> None:
    tariffs = tiny_corridor(tmp_path)["tariffs"]
    units = column_units(tariffs, tariffs.get_row("rail-feu"), "fixed_usd_per_unit_load")
    assert numbers_in(claim(4000, "USD/container"), units) is not None
    assert numbers_in(claim(4000, "USD/TEU"), units) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (claim(5, "d"), Numbers(5, 5, 5)),
        (claim(None, "d", low=5, high=7), Numbers(5, 6, 7)),
        (claim(5.5, "d", low=5, high=7), Numbers(5, 5.5, 7)),
        (claim(None, "d", low=5), Numbers(5, 5, 5)),  # a bound stands for itself
        (claim(None, "d", high=7), Numbers(7, 7, 7)),
        (claim(None, "date"), None),
    ],
)
def test_a_range_has_its_middle_and_a_bound_stands_for_itself(given: Claim, expected: Numbers | None) -> None:
    assert claim_numbers(given) == expected
