"""Units of claims: parsed once, compared by dimension, converted exactly.

A unit is written as in the facts files: a numerator and any number of denominators (`Mt/yr`, `USD/t/1000km`,
`g/tkm`). Each atom has a dimension and a factor to that dimension's base; a word that is not in the table
(`locomotives`, `% of draught`) is a dimension of its own, so nothing is ever converted by guess.
Conventions: a year has 365 days and a month a twelfth of that; a barrel has 0.158987294928 m3 (42 US gallons); one
FEU counts as two TEU where boxes are counted, but a rate *per* FEU is not a rate per TEU; mass and barrels meet
only through a stated bbl/t; currencies meet only through a sourced rate (`currency.py`); levels in the altimetry
datum stand 0.65 m above the Baltic one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from transcaspian.errors import InputError, Problem

DAYS_PER_YEAR = 365.0
BARREL_M3 = 0.158987294928
# Metres by which heights of the altimetry datum stand above the Baltic one (both series of Caspian levels compared).
ALTIMETRY_ABOVE_BALTIC_M = 0.65

CURRENCIES = frozenset({"USD", "EUR", "KZT", "AZN", "RUB", "CHF", "TRY"})

# Stated unit -> (unit in the ledger, factor). Everything else stays as it is stated.
_CANONICAL = {
    "Mt": ("t", 1e6),
    "kt": ("t", 1e3),
    "Mt/yr": ("t/yr", 1e6),
    "kt/yr": ("t/yr", 1e3),
    "Mt/month": ("t/month", 1e6),
    "kt/month": ("t/month", 1e3),
    "Mt/d": ("t/d", 1e6),
}

_HOUR = 1 / 24
_Dimensions = dict[str, int]
_MASS: _Dimensions = {"mass": 1}
_LENGTH: _Dimensions = {"length": 1}
_TIME: _Dimensions = {"time": 1}
_ENERGY: _Dimensions = {"energy": 1}
_POWER: _Dimensions = {"energy": 1, "time": -1}
_DATA: _Dimensions = {"data": 1}

# Bases: t, m, d, MWh, bit. Energy per time makes power, length cubed makes volume.
_ATOMS: dict[str, tuple[float, _Dimensions]] = {
    "t": (1.0, _MASS),
    "kt": (1e3, _MASS),
    "Mt": (1e6, _MASS),
    "kg": (1e-3, _MASS),
    "g": (1e-6, _MASS),
    "tCO2": (1.0, {"carbon dioxide": 1}),
    "mm": (1e-3, _LENGTH),
    "cm": (1e-2, _LENGTH),
    "m": (1.0, _LENGTH),
    "km": (1e3, _LENGTH),
    "nm": (1852.0, _LENGTH),
    "m2": (1.0, {"length": 2}),
    "ha": (1e4, {"length": 2}),
    "km2": (1e6, {"length": 2}),
    "m3": (1.0, {"length": 3}),
    "bbl": (BARREL_M3, {"length": 3}),
    "b": (BARREL_M3, {"length": 3}),
    "kb": (1e3 * BARREL_M3, {"length": 3}),
    "Mb": (1e6 * BARREL_M3, {"length": 3}),
    "Mbbl": (1e6 * BARREL_M3, {"length": 3}),
    "tkm": (1e3, {"mass": 1, "length": 1}),
    "ms": (_HOUR / 3.6e6, _TIME),
    "s": (_HOUR / 3600, _TIME),
    "min": (_HOUR / 60, _TIME),
    "h": (_HOUR, _TIME),
    "d": (1.0, _TIME),
    "week": (7.0, _TIME),
    "weeks": (7.0, _TIME),
    "month": (DAYS_PER_YEAR / 12, _TIME),
    "months": (DAYS_PER_YEAR / 12, _TIME),
    "yr": (DAYS_PER_YEAR, _TIME),
    "years": (DAYS_PER_YEAR, _TIME),
    "kn": (1852.0 * 24, {"length": 1, "time": -1}),
    "kWh": (1e-3, _ENERGY),
    "MWh": (1.0, _ENERGY),
    "GWh": (1e3, _ENERGY),
    "TWh": (1e6, _ENERGY),
    "kW": (24e-3, _POWER),
    "MW": (24.0, _POWER),
    "GW": (24e3, _POWER),
    "Mbit": (1e6, _DATA),
    "Gbit": (1e9, _DATA),
    "Tbit": (1e12, _DATA),
    "GB": (8e9, _DATA),
    "PB": (8e15, _DATA),
    "EB": (8e18, _DATA),
    "TEU": (1.0, {"box": 1}),
    "qepik": (0.01, {"money AZN": 1}),
}

# Units whose words hold a slash, a hyphen or a number that is no operator.
_WHOLE = {"m BS": (0.0, "level"), "m (altimetry datum)": (-ALTIMETRY_ABOVE_BALTIC_M, "level")}


@dataclass(frozen=True, slots=True)
class Unit:
    """A parsed unit: `base = value * factor + offset` in the base units of its dimensions."""

    text: str
    factor: float
    dimensions: tuple[tuple[str, int], ...]
    offset: float = 0.0

    def is_amount(self) -> bool:
        """True for what adds up over a period: mass, boxes, energy, money, data, counted things."""
        if self.dimensions in _SUMS:
            return True
        if len(self.dimensions) != 1:
            return False
        name, power = self.dimensions[0]
        return power == 1 and name not in {"length", "time", "level"} and "%" not in name and name not in _STATES

    def currency(self) -> str | None:
        """The currency in this unit, or `None`."""
        for name, _ in self.dimensions:
            if name.startswith("money "):
                return name.removeprefix("money ")
        return None


_SUMS = ((("length", 3),), (("length", 1), ("mass", 1)))  # cubic metres and barrels; tonne-kilometres
_STATES = frozenset({"x", "year", "-", "index", "deg", "p.u.", "kV", "kV AC", "per mille", "date", "AS"})


def canonical_unit(text: str) -> tuple[str, float]:
    """The ledger's unit for a stated unit, and the factor that leads to it.

    Parameters
    ----------
    text
        Unit as stated: `Mt`, `kt/month`, `km`.

    Returns
    -------
    unit, factor
        `("t", 1e6)` for `Mt`; a unit that the ledger keeps has factor 1.
    """
    return _CANONICAL.get(text, (text, 1.0))


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """Read a unit; a word that is no known atom becomes a dimension of its own.

    Parameters
    ----------
    text
        Unit as stated, `Mt/yr`, `USD/FEU-km`, `RUB/100t/km`; not empty.

    Returns
    -------
    unit
        Factor and dimensions.

    Raises
    ------
    InputError
        If the text is empty or has an empty part (`t//yr`).
    """
    if text in _WHOLE:
        offset, name = _WHOLE[text]
        return Unit(text, 1.0, ((name, 1),), offset)
    parts = [part.strip() for part in text.split("/")]
    if not all(parts):
        what = f"{text!r} is not a unit." if text else "The unit is empty."
        raise InputError(Problem("evidence.unit", "unit", what, "Write it as t, Mt/yr, km or USD/t."))
    factor = 1.0
    dimensions: dict[str, int] = {}
    for place, part in enumerate(parts):
        sign = -1 if place else 1
        part_factor, part_dimensions = _read_part(part, is_numerator=place == 0)
        factor *= part_factor**sign
        for name, power in part_dimensions.items():
            dimensions[name] = dimensions.get(name, 0) + sign * power
    return Unit(text, factor, tuple(sorted((name, power) for name, power in dimensions.items() if power)))


def is_convertible(unit: str, to: str) -> bool:
    """True when `unit` leads to `to` without a grade of oil or an exchange rate."""
    return unit == to or parse_unit(unit).dimensions == parse_unit(to).dimensions


def convert(value: float, unit: str, to: str, *, barrels_per_tonne: float | None = None) -> float:
    """`value` of `unit`, expressed in `to`.

    Parameters
    ----------
    value
        Number in `unit`.
    unit, to
        Units as the ledger writes them.
    barrels_per_tonne
        The oil grade's bbl/t, above 0; needed only between mass and barrels (`kb/d` and `Mt/yr`).

    Returns
    -------
    converted
        Number in `to`.

    Raises
    ------
    InputError
        If the two units measure different things, or mass meets barrels without a grade.
    """
    if unit == to:
        return value
    source, target = parse_unit(unit), parse_unit(to)
    if source.dimensions == target.dimensions:
        return (value * source.factor + source.offset - target.offset) / target.factor
    if (bridge := _mass_over_volume(source, target)) and (barrels_per_tonne or 0) > 0:
        tonnes_per_m3 = 1 / (float(barrels_per_tonne or 0) * BARREL_M3)
        return value * source.factor * tonnes_per_m3**bridge / target.factor
    if bridge:
        mend = "State the oil grade, whose barrels per tonne the ledger knows: cpc-blend, crude-average."
    elif source.currency() and target.currency():
        mend = "Convert money with a sourced rate: transcaspian.evidence.ExchangeRates."
    else:
        mend = f"Give a unit of the same kind as {unit}."
    raise InputError(Problem("evidence.unit", "unit", f"{unit} does not convert to {to}.", mend))


def _mass_over_volume(source: Unit, target: Unit) -> int:
    """The power of t/m3 that turns `source` into `target`, or 0 when density does not help."""
    powers = dict(target.dimensions)
    for name, power in source.dimensions:
        powers[name] = powers.get(name, 0) - power
    left = {name: power for name, power in powers.items() if power}
    mass = left.get("mass", 0)
    return mass if left == {"mass": mass, "length": -3 * mass} else 0


def _read_part(part: str, *, is_numerator: bool) -> tuple[float, _Dimensions]:
    """Factor and dimensions of one part between slashes: `t`, `1000km`, `FEU-km`."""
    known = _read_atom(part, is_numerator=is_numerator)
    if known:
        return known
    if match := re.fullmatch(r"(\d+)\s*([A-Za-z]\w*)", part):
        factor, dimensions = _read_part(match[2], is_numerator=is_numerator)
        return int(match[1]) * factor, dimensions
    words = part.split("-")
    atoms = [_read_atom(word, is_numerator=is_numerator) for word in words]
    if len(words) == 2 and atoms[0] and atoms[1]:
        (first_factor, first), (second_factor, second) = atoms[0], atoms[1]
        return first_factor * second_factor, {**first, **second}
    return 1.0, {part: 1}


def _read_atom(word: str, *, is_numerator: bool) -> tuple[float, _Dimensions] | None:
    """The table's entry for a word, or `None`."""
    if word in CURRENCIES:
        return 1.0, {f"money {word}": 1}
    if word == "FEU":
        return (2.0, {"box": 1}) if is_numerator else (1.0, {"FEU": 1})
    return _ATOMS.get(word)
