"""What is shipped: `2 FEU`, `3 wagons`, `500 t wheat` → unit loads and tonnes of cargo."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from transcaspian.corridor import Corridor, Table
from transcaspian.corridor.provenance import Cell
from transcaspian.errors import InputError, Problem, did_you_mean

EXAMPLE = 'write it like "2 FEU", "40 TEU", "3 wagons", "5 trucks" or "500 t wheat".'
_PATTERN = re.compile(r"\s*(?P<count>[-+]?[0-9][0-9 .,_]*|[^\s0-9]+)\s*(?P<unit>[^\W\d_]+)?\s*(?P<commodity>.*?)\s*")
_UNITS = {
    "feu": "FEU", "feus": "FEU", "teu": "TEU", "teus": "TEU",
    "wagon": "wagon", "wagons": "wagon", "truck": "truck", "trucks": "truck",
    "t": "t", "tonne": "t", "tonnes": "t",
}  # fmt: skip
# Thousands may be parted by commas or by spaces, and then throughout; decimals stand behind a point.
_NUMBER = re.compile(r"[-+]?([0-9]+|[1-9][0-9]{0,2}((,[0-9]{3})+|( [0-9]{3})+))(\.[0-9]+)?")
_MOST = 1e7  # more than the corridor carries in a year: surely a slip


@dataclass(frozen=True, slots=True)
class Load:
    """One way to ship what was asked for.

    `count` unit loads carry `cargo_t` tonnes; `cells` are the table cells behind the conversion.
    """

    text: str
    unit_load: str
    count: float
    cargo_t: float
    commodity: str
    cells: tuple[Cell, ...]

    def __str__(self) -> str:
        plural = "s" if self.unit_load in {"wagon", "truck"} and self.count != 1 else ""
        cargo = f" of {self.commodity}" if self.commodity else ""
        return f"{self.count:g} {self.unit_load}{plural}{cargo}"


def parse_load(corridor: Corridor, text: str) -> tuple[Load, ...]:
    """Every way to ship `text`, the usual one first: boxes as asked, tonnes in each unit load of the commodity.

    Parameters
    ----------
    corridor
        Its commodities say how many tonnes a unit load holds, and which unit loads are usual.
    text
        `N FEU|TEU|wagons|trucks`, with a commodity or without, or `N t COMMODITY` (English or Russian name).

    Returns
    -------
    loads
        At least one where boxes are asked for; tonnes give one per unit load whose tonnes are known, in whole units.

    Raises
    ------
    InputError
        If the number, the unit or the commodity cannot be used.
    """
    match = _PATTERN.fullmatch(text)
    count = _count(match.group("count") if match else "", text)
    assert match is not None
    unit = (match.group("unit") or "").casefold()
    commodity = match.group("commodity").strip()
    if unit not in _UNITS:
        raise _wrong(text, f"{match.group('unit') or 'nothing'!r} is no unit of a load")
    unit_load = _UNITS[unit]
    if unit_load == "t":
        return _tonnes(corridor, text, count, commodity)
    if count != round(count):
        raise _wrong(text, f"{count:g} is not a whole number of {unit_load}")
    return (_boxes(corridor, text, count, unit_load, commodity),)


def _wrong(text: str, what: str, mend: str = EXAMPLE) -> InputError:
    return InputError(Problem("load.unreadable", f"--load {text!r}", what, mend))


def _count(word: str, text: str) -> float:
    word = word.strip()
    if not _NUMBER.fullmatch(word):
        decimals = "write decimals with a point (1.5 t wheat) and thousands as 12,500 or 12500."
        raise _wrong(text, f"{word!r} is not a number", decimals if word[:1].isdigit() else EXAMPLE)
    count = float(word.replace(" ", "").replace(",", ""))
    if not 0 < count <= _MOST:
        raise _wrong(
            text, f"{count:g} is not above 0" if count <= 0 else f"{count:g} is more than a year of the corridor"
        )
    return count


def _boxes(corridor: Corridor, text: str, count: float, unit_load: str, commodity: str) -> Load:
    loads = corridor["unit_loads"]
    cargo = loads.floats("cargo_t")[loads.get_row(unit_load)]
    cells: list[Cell] = [("unit_loads", unit_load, "cargo_t")]
    if commodity:
        commodity = _find_commodity(corridor["commodities"], commodity, text)
        _check_travels(corridor["commodities"], commodity, unit_load, text)
        per_box, cells = _load_per_box(corridor, commodity, unit_load)
        cargo = per_box or cargo
    return Load(text, unit_load, count, float(count * cargo), commodity, tuple(cells))


def _check_travels(commodities: Table, commodity: str, unit_load: str, text: str) -> None:
    """Refuse a commodity in a unit load that it does not travel in."""
    ways = commodities.items(commodities.get_row(commodity), "unit_loads")
    if unit_load not in ways:
        names = {"t": "tonnes (t)", "wagon": "wagons", "truck": "trucks"}
        mend = f"it travels in {', '.join(names.get(way, way) for way in ways)}." if ways else "it travels in nothing."
        raise _wrong(text, f"{commodity} does not travel in {names.get(unit_load, unit_load)}", mend)


def _tonnes(corridor: Corridor, text: str, tonnes: float, commodity: str) -> tuple[Load, ...]:
    if not commodity:
        raise _wrong(text, "tonnes of what?")
    commodities = corridor["commodities"]
    commodity = _find_commodity(commodities, commodity, text)
    ways: list[Load] = []
    for unit_load in commodities.items(commodities.get_row(commodity), "unit_loads"):
        if unit_load == "t":
            ways.append(Load(text, "t", tonnes, tonnes, commodity, ()))
            continue
        per_box, cells = _load_per_box(corridor, commodity, unit_load)
        if per_box:
            ways.append(Load(text, unit_load, float(math.ceil(tonnes / per_box)), tonnes, commodity, tuple(cells)))
    if not ways:
        what = f"the tables do not say how much {commodity} goes into any of its unit loads"
        raise _wrong(text, what, "give its load_t columns in commodities.csv.")
    return tuple(ways)


def _load_per_box(corridor: Corridor, commodity: str, unit_load: str) -> tuple[float, list[Cell]]:
    """Tonnes of a commodity in one box, wagon or truck, 0 where the tables do not say."""
    commodities, loads = corridor["commodities"], corridor["unit_loads"]
    column = {"wagon": "load_t_per_wagon", "truck": "load_t_per_truck"}.get(unit_load, "load_t_per_teu")
    per_box = float(commodities.floats(column)[commodities.get_row(commodity)])
    if math.isnan(per_box):
        return 0.0, []
    cells: list[Cell] = [("commodities", commodity, column)]
    if unit_load == "FEU":
        # Two boxes of twenty feet hold more than one of forty may weigh: the payload of the FEU binds.
        payload = float(loads.floats("cargo_t")[loads.get_row("FEU")])
        per_box = min(2 * per_box, payload)
        cells.append(("unit_loads", "FEU", "cargo_t"))
    return per_box, cells


def _find_commodity(commodities: Table, name: str, text: str) -> str:
    wanted = name.casefold().removeprefix("of ").strip().replace(" ", "_")
    for row, commodity in enumerate(commodities):
        names = {commodity, commodities.text(row, "name").casefold().replace(" ", "_")}
        names.add(commodities.text(row, "name_ru").casefold().replace(" ", "_"))
        if wanted in names:
            return commodity
    known = ", ".join(commodities)
    raise _wrong(
        text, f"no commodity is called {name!r}", did_you_mean(name, commodities) or f"the commodities are {known}."
    )
