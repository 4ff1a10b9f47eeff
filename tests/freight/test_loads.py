import pytest

from transcaspian.errors import InputError
from transcaspian.freight import parse_load


@pytest.mark.parametrize(
    ("text", "unit_load", "count"),
    [("2 FEU", "FEU", 2), ("2FEU", "FEU", 2), ("40 teu", "TEU", 40), ("3 wagons", "wagon", 3), ("1 truck", "truck", 1)],
)
def test_boxes_wagons_and_trucks_are_counted(tiny, text, unit_load, count):
    (load,) = parse_load(tiny, text)
    assert (load.unit_load, load.count) == (unit_load, count)


def test_tonnes_are_loaded_in_whole_units_and_keep_their_tonnage(tiny):
    for load in parse_load(tiny, "500 t wheat"):
        assert load.cargo_t == 500
        assert load.count == int(load.count)


def test_one_tonne_more_than_a_wagon_holds_needs_a_second_wagon(tiny):
    commodities = tiny["commodities"]
    holds = commodities.floats("load_t_per_wagon")[commodities.get_row("wheat")]
    wagons = {load.unit_load: load.count for load in parse_load(tiny, f"{holds + 1:g} t wheat")}
    assert wagons["wagon"] == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0 FEU", "not above 0"),
        ("-2 TEU", "not above 0"),
        ("2 bananas", "no unit of a load"),
        ("bananas", "not a number"),
        ("", "not a number"),
        ("2.5 wagons", "whole number"),
        ("12 t", "tonnes of what"),
        ("5 t gold", "no commodity"),
        ("99999999999 TEU", "more than a year"),
        ("nan FEU", "not a number"),
        ("1,5 t wheat", "not a number"),
        ("0,500 t wheat", "not a number"),
        ("12,50 t wheat", "not a number"),
        ("1,000 500 t wheat", "not a number"),
        ("1 2 3 FEU", "not a number"),
        ("1_0 FEU", "not a number"),
        ("2 FEU wheat", "wheat does not travel in FEU"),
        ("2 trucks of wheat", "wheat does not travel in trucks"),
    ],
)
def test_a_load_that_cannot_be_shipped_is_one_clear_error(tiny, text, says):
    with pytest.raises(InputError) as error:
        parse_load(tiny, text)
    (problem,) = error.value.problems
    assert says in problem.what
    assert problem.mend
    assert "--load" in problem.where


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [("1.5 t wheat", 1.5), ("1,500 t wheat", 1500), ("12 500 t wheat", 12500), ("1,234,567.5 t wheat", 1234567.5)],
)
def test_thousands_may_be_parted_and_decimals_stand_behind_a_point(tiny, text, tonnes):
    assert {load.cargo_t for load in parse_load(tiny, text)} == {tonnes}


def test_a_decimal_comma_is_answered_with_how_to_write_it(tiny):
    with pytest.raises(InputError) as error:
        parse_load(tiny, "1,5 t wheat")
    assert "decimals with a point" in error.value.problems[0].mend


def test_oil_in_boxes_is_answered_with_what_it_travels_in(packaged):
    with pytest.raises(InputError, match="crude does not travel in FEU") as error:
        parse_load(packaged, "2 FEU crude")
    assert error.value.problems[0].mend == "it travels in tonnes (t), wagons."
    assert parse_load(packaged, "2 wagons crude")[0].commodity == "crude"
