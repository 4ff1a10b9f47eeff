"""Units: closed facts, and truths that hold for every number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.errors import InputError
from transcaspian.evidence.units import canonical_unit, convert, is_convertible, parse_unit

NUMBERS = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)
FAMILIES = [
    ["t", "kt", "Mt", "kg"],
    ["t/yr", "Mt/yr", "kt/month", "Mt/month", "t/d", "Mt/d"],
    ["m", "km", "nm", "cm", "mm"],
    ["h", "d", "min", "ms", "years", "weeks"],
    ["kn", "km/h", "m/s", "km/d"],
    ["b/d", "kb/d", "Mb/d", "m3/yr"],
    ["MW", "GW", "kW", "GWh/d", "TWh/yr"],
    ["TEU", "FEU"],
    ["m BS", "m (altimetry datum)"],
    ["USD/tkm", "USD/t/1000km", "USD/500km/20t"],
]
PAIRS = st.sampled_from(FAMILIES).flatmap(lambda f: st.tuples(st.sampled_from(f), st.sampled_from(f)))


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (3.3, "Mt", "t", 3_300_000),
        (9, "kt/month", "t/yr", 108_000),
        (1, "Mt/d", "Mt/yr", 365),
        (273, "nm", "km", 505.596),
        (14, "kn", "km/h", 25.928),
        (1, "FEU", "TEU", 2),
        (10, "MW", "GWh/yr", 87.6),
        (883, "USD/500km/20t", "USD/tkm", 0.0883),
        (0.12, "USD/TEU-km", "USD/TEU-km", 0.12),
        (-28.35, "m (altimetry datum)", "m BS", -29.0),
        (2.5, "d", "h", 60),
    ],
)
def test_known_conversions(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-12)


def test_one_million_tonnes_a_year_of_cpc_blend_is_21_8_thousand_barrels_a_day() -> None:
    assert convert(1, "Mt/yr", "kb/d", barrels_per_tonne=7.94) == pytest.approx(21.8, abs=0.05)
    assert convert(1, "Mb/d", "Mt/yr", barrels_per_tonne=7.94) == pytest.approx(45.97, abs=0.01)
    assert convert(10, "USD/bbl", "USD/t", barrels_per_tonne=7.5) == pytest.approx(75)


@given(value=NUMBERS, units=PAIRS)
def test_there_and_back_is_the_same_number(value: float, units: tuple[str, str]) -> None:
    unit, to = units
    back = convert(convert(value, unit, to), to, unit)
    assert math.isclose(back, value, rel_tol=1e-9, abs_tol=1e-9)


@given(first=NUMBERS, second=NUMBERS, units=PAIRS)
def test_order_survives_conversion(first: float, second: float, units: tuple[str, str]) -> None:
    if first <= second:
        assert convert(first, *units) <= convert(second, *units)


@given(value=st.floats(1e-3, 1e3), density=st.floats(5, 9))
def test_mass_and_barrels_need_and_use_the_grade(value: float, density: float) -> None:
    barrels = convert(value, "Mt", "Mbbl", barrels_per_tonne=density)
    assert barrels == pytest.approx(value * density, rel=1e-9)
    assert convert(barrels, "Mbbl", "Mt", barrels_per_tonne=density) == pytest.approx(value, rel=1e-9)
    with pytest.raises(InputError, match="barrels per tonne"):
        convert(value, "Mt", "Mbbl")


@pytest.mark.parametrize(
    ("unit", "to"),
    [("km", "h"), ("USD/FEU", "USD/TEU"), ("EUR", "USD"), ("trains", "train pairs"), ("%", "x"), ("m BS", "m")],
)
def test_what_measures_different_things_does_not_convert(unit: str, to: str) -> None:
    assert not is_convertible(unit, to)
    with pytest.raises(InputError):
        convert(1.0, unit, to)


def test_unknown_words_are_units_of_their_own() -> None:
    assert convert(4, "tankers", "tankers") == 4
    assert not is_convertible("tankers", "vessels")


@pytest.mark.parametrize("text", ["", "t//yr", "/yr"])
def test_an_empty_part_is_an_error(text: str) -> None:
    with pytest.raises(InputError):
        parse_unit(text)


def test_the_ledger_keeps_mass_in_tonnes_and_leaves_the_rest() -> None:
    assert canonical_unit("Mt/yr") == ("t/yr", 1e6)
    assert canonical_unit("kb/d") == ("kb/d", 1.0)
    assert canonical_unit("nm") == ("nm", 1.0)


def test_amounts_are_told_from_lasting_properties() -> None:
    assert all(parse_unit(unit).is_amount() for unit in ("t", "TEU", "USD", "GWh", "m3", "tkm", "trucks"))
    assert not any(parse_unit(unit).is_amount() for unit in ("km", "h", "t/yr", "%", "x", "m BS", "MW"))
