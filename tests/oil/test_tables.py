"""The packaged oil tables: the ids that others rely on, what a scenario may do to them, how much of them is sourced."""

from __future__ import annotations

import datetime as dt

import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.corridor.schema import packaged_schema
from transcaspian.scenario import Change, Scenario, ScenarioError, apply, read_scenario

CONTRACT = {
    "oil_moorings": ("cpc.moorings",),
    "oil_storage": ("cpc.storage",),
    "facilities": ("KZAAU.oil_berths", "AZSAN.oil_berths", "RUMCX.oil_berths"),
    "oil_links": ("btc.pipe", "cpc.pipe_kz", "cpc.pipe_ru", "samara.pipe", "alashankou.pipe", "cpc.loading"),
    "oil_fields": ("field.tengiz", "field.kashagan", "field.karachaganak"),
    "oil_routes": ("cpc", "samara", "aktau-btc", "aktau-makhachkala", "china", "germany", "rail"),
    "oil_contracts": ("btc.contract", "samara.quota", "makhachkala.quota"),
    "oil_quality": ("btc.quality",),
    "oil_shuttles": ("shuttle.aktau-sangachal", "shuttle.aktau-makhachkala"),
    "oil_settings": ("oil",),
}
OIL_TABLES = tuple(name for name in packaged_schema() if name.startswith("oil_"))
OUTAGE = """
name = "one-mooring"
base_year = 2024
[[change]]
target = "cpc.moorings"
from = 2022-08-22
until = 2022-11-15
set = { servers = 1 }
[[change]]
target = "cpc.storage"
set = { stock_mt = 0.7 }
"""


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return load_corridor()


def cell(corridor: Corridor, row_id: str, column: str) -> float:
    table = corridor[corridor.get_table(row_id)]
    return float(table.floats(column)[table.get_row(row_id)])


@pytest.mark.parametrize(("table", "row_id"), [(name, row) for name, rows in CONTRACT.items() for row in rows])
def test_the_ids_that_others_rely_on_are_there(corridor: Corridor, table: str, row_id: str) -> None:
    assert corridor.get_table(row_id) == table


def test_the_moorings_of_cpc_stand_in_one_table_only(corridor: Corridor) -> None:
    assert "RUNVS.oil_berths" not in corridor["facilities"]
    assert cell(corridor, "cpc.moorings", "servers") == 3


def test_a_scenario_takes_moorings_and_sets_the_first_stock(corridor: Corridor) -> None:
    scenario = read_scenario(OUTAGE, "one-mooring.toml")
    changed = apply(corridor, scenario, start=dt.date(2022, 8, 1), end=dt.date(2022, 12, 31))
    assert cell(changed.at(dt.date(2022, 8, 21)), "cpc.moorings", "servers") == 3
    assert cell(changed.at(dt.date(2022, 8, 22)), "cpc.moorings", "servers") == 1
    assert cell(changed.at(dt.date(2022, 11, 15)), "cpc.moorings", "servers") == 3
    assert cell(changed.at(dt.date(2022, 8, 1)), "cpc.storage", "stock_mt") == 0.7


@pytest.mark.parametrize(
    "target",
    ["cpc.moorings", "cpc.pipe_ru", "cpc.storage", "field.tengiz", "germany", "node.aktau", "refinery.atyrau",
     "shuttle.aktau-sangachal"],
)  # fmt: skip
def test_what_carries_makes_or_takes_oil_can_be_closed(corridor: Corridor, target: str) -> None:
    scenario = Scenario("closed", 2024, changes=(Change(target, close=True),))
    assert apply(corridor, scenario).closed == {target}


def test_no_mooring_at_all_can_be_asked_for_but_not_less(corridor: Corridor) -> None:
    none = Scenario("none", 2024, changes=(Change("cpc.moorings", set={"servers": 0}),))
    assert cell(apply(corridor, none), "cpc.moorings", "servers") == 0
    with pytest.raises(ScenarioError) as raised:
        apply(corridor, Scenario("less", 2024, changes=(Change("cpc.moorings", set={"servers": -1}),)))
    assert raised.value.problems[0].type == "scenario.bounds"


def test_every_dated_value_is_of_a_quantity_in_its_bounds(corridor: Corridor) -> None:
    rates = corridor["oil_rates"]
    for row in range(len(rates)):
        target, column = rates.text(row, "target"), rates.text(row, "column")
        field = corridor[corridor.get_table(target)].schema.field(column)
        value = rates.estimate(row, "value")
        assert value is not None
        assert field.numeric, (target, column)
        assert not any(field.broken_bound(number) for number in (value.low, value.mid, value.high)), (target, column)


def test_two_fifths_of_the_quantities_are_claimed_or_derived_from_claims(corridor: Corridor) -> None:
    counts = [corridor.provenance.count(name) for name in OIL_TABLES]
    total = sum(count.total() for count in counts)
    assumed = sum(count["assumption"] for count in counts)
    assert total > 200
    assert 1 - assumed / total > 0.4


def test_every_assumption_of_the_layer_has_a_reason_and_all_but_a_few_a_range(corridor: Corridor) -> None:
    assumed = {
        cell: origin
        for cell, origin in corridor.provenance.origins.items()
        if cell[0] in OIL_TABLES and origin.basis == "assumption"
    }
    assert all(len(origin.reason) > 5 for origin in assumed.values())
    points = sorted(cell[1:] for cell, origin in assumed.items() if origin.low == origin.high)
    assert points == [("ceyhan.berths", "servers"), ("germany.nomination.2022", "value")]


@pytest.mark.parametrize(("year", "produced"), [(2022, 84.2), (2023, 90.0), (2024, 87.7)])
def test_the_fields_add_up_to_what_the_country_produced(corridor: Corridor, year: int, produced: float) -> None:
    fields, grades, rates = corridor["oil_fields"], corridor["oil_grades"], corridor["oil_rates"]
    dated = {
        rates.text(row, "target"): float(rates.floats("value")[row])
        for row in range(len(rates))
        if rates.text(row, "column") == "production_mt_per_year"
        and rates.text(row, "effective_from") <= f"{year}-06-30" < rates.text(row, "effective_until")
    }
    total = sum(
        dated.get(name, float(fields.floats("production_mt_per_year")[row]))
        for row, name in enumerate(fields)
        if grades.text(grades.get_row(fields.text(row, "grade")), "country") == "KZ"
    )
    assert total == pytest.approx(produced, rel=0.003)
