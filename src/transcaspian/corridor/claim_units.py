"""In which unit a claim may fill a cell, and the number it then gives.

A column's unit closes its name; this module says which units of claims mean the same thing. Exact factors are
converted (nautical miles, days to hours, centimetres). What needs a calendar or a choice is not: a claim of tonnes
a year is no cell of tonnes a day, per cent is no share of one. Such a cell is `derived`, with its formula.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from transcaspian.corridor.tables import Table
from transcaspian.errors import InputError
from transcaspian.evidence import Claim
from transcaspian.evidence.units import convert, is_convertible, parse_unit

COUNT = "*"  # any counted thing: berths, cranes, trains

# Column ending -> units a claim may have, the column's own first; the first ending that fits counts.
_BY_ENDING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("speed_km_per_h", ("km/h",)),
    ("mt_per_year", ("Mt/yr", "Mt")),  # an amount in its year is that year's rate
    ("mt_per_month", ("Mt/month",)),
    ("mt_per_day", ("Mt/d",)),
    ("discount_percent_per_year", ("%/yr",)),
    ("share_per_day", ("share/d",)),
    ("usd_per_t_day", ("USD/t/d",)),
    ("usd_per_t", ("USD/t",)),
    ("api_deg", ("API degrees",)),
    ("_percent", ("%",)),
    ("lag_days", ("d",)),
    ("capacity_trains_per_day", ("trains/d", "train pairs/d")),  # a pair a day is a train a day and direction
    ("cargo_t_per_year", ("t/yr", "t")),  # an amount in its year is that year's rate
    ("teu_per_year", ("TEU/yr", "TEU", "containers/yr")),
    ("closed_days_per_year", ("d/yr", "d")),
    ("percent_per_day", ("% per day", "% of goods value per day")),
    ("units_per_train", ("*/train",)),
    ("units_per_departure", (COUNT, "*/train")),
    ("lot_units", (COUNT, "*/train")),  # a block train is one consignment
    ("units_per_day", ("*/d",)),
    ("units_per_h", ("*/h",)),
    ("departures_per_week", ("*/week",)),
    ("capacity_t_per_day", ("t/d",)),
    ("co2_g_per_tkm", ("g/tkm",)),
    ("dredging_cost_usd_per_m3", ("USD/m3",)),
    ("density_t_per_m3", ("t/m3",)),
    ("immersion_t_per_cm", ("t/cm",)),
    ("load_t_per_teu", ("t", "t/TEU")),
    ("load_t_per_wagon", ("t", "t/wagon")),
    ("load_t_per_truck", ("t", "t/truck")),
    ("capacity_teu", ("TEU",)),
    ("teu", ("TEU",)),
    ("cost_usd", ("USD",)),
    ("level_m_bs", ("m BS",)),
    ("silting_m_per_year", ("m/yr",)),
    ("_deg", ("deg",)),
    ("_ratio", ("x",)),
    ("_factor", ("x",)),
    ("_share", ("share",)),
    ("share", ("share",)),
    ("_chance", ("share",)),
    ("_weight", ("x",)),
    ("_m2", ("m2",)),
    ("_km", ("km",)),
    ("_mm", ("mm",)),
    ("_kn", ("kn",)),
    ("_m", ("m",)),
    ("_mt", ("Mt",)),
    ("_t", ("t",)),
    ("_h", ("h",)),
    ("capacity_wagons", (COUNT,)),
    ("capacity_trucks", (COUNT,)),
    ("tracks", (COUNT,)),
    ("servers", (COUNT,)),
    ("servers_in_use", (COUNT,)),
    ("units", (COUNT,)),
)
# What a price per unit load may be called by its source.
_BOX_WORDS = {"TEU": ("TEU",), "FEU": ("FEU", "container"), "wagon": ("wagon",), "truck": ("truck",), "t": ("t",)}
_CALENDAR = frozenset({"yr", "years", "month", "months"})
_TIME = frozenset({"h", "d", "week", "weeks", "min", "s"}) | _CALENDAR


class Numbers(NamedTuple):
    """What a claim says, in the column's unit."""

    low: float
    mid: float
    high: float


def column_units(table: Table, row: int, column: str) -> tuple[str, ...]:
    """The units that a claim for one cell may have.

    Raises
    ------
    KeyError
        If the column's name does not end in a known unit.
    """
    if table.name == "tariffs":
        return _tariff_units(column, table.text(row, "unit_load"))
    if (table.name, column) in {("upgrades", "before"), ("upgrades", "after"), ("oil_rates", "value")}:
        column = table.text(row, "column")  # it is in the unit of the column that it changes
        if not column:
            return ()
    for ending, units in _BY_ENDING:
        if column.endswith(ending):
            return units
    raise KeyError(column)


def _tariff_units(column: str, unit_load: str) -> tuple[str, ...]:
    words = _BOX_WORDS.get(unit_load, (unit_load,))
    if column.endswith("_km"):
        return (*(f"USD/{word}{per}km" for word in words for per in "-/"), "USD/km")
    if column.endswith("_day"):
        return tuple(f"USD/{word}/d" for word in words)
    return ("USD", *(f"USD/{word}" for word in words))


def claim_numbers(claim: Claim) -> Numbers | None:
    """Low, mid and high of a claim in its own unit, or `None` for a date or a bare fact.

    A bound alone stands for all three; a range without a value has its middle as mid.
    """
    known = [number for number in (claim.low, claim.value, claim.high) if number is not None]
    if not known:
        return None
    mid = claim.value
    if mid is None:
        mid = sum(known) / len(known)
    return Numbers(min(known), mid, max(known))


def numbers_in(claim: Claim, units: Sequence[str]) -> Numbers | None:
    """A claim's numbers in the first of `units` that it exactly converts to, or `None`."""
    numbers = claim_numbers(claim)
    if numbers is None:
        return None
    for unit in units:
        if unit.startswith(COUNT):
            if _counts(claim.unit, unit):
                return numbers
        elif claim.unit == unit:
            return numbers
        elif _same_clock(claim.unit, unit) and _convertible(claim.unit, unit):
            return Numbers(*(convert(number, claim.unit, unit) for number in numbers))
    return None


def _counts(claim_unit: str, pattern: str) -> bool:
    """True when `claim_unit` counts things, per the time that `pattern` ends in."""
    head, _, time = claim_unit.partition("/")
    if time != pattern.removeprefix(COUNT).removeprefix("/"):
        return False
    if not re.fullmatch(r"[A-Za-z][A-Za-z ]*", head):
        return False
    # A word that the ledger knows as no physical unit is a thing that is counted.
    return head in {"TEU", "FEU"} or parse_unit(head).dimensions == ((head, 1),)


def _same_clock(one: str, other: str) -> bool:
    """True when both are rates over the same time, or neither is; no calendar is crossed."""
    clocks = [tuple(sorted(part for part in unit.split("/")[1:] if part in _TIME)) for unit in (one, other)]
    heads = [unit.split("/")[0] for unit in (one, other)]
    if heads[0] != heads[1] and any(head in _CALENDAR for head in heads):
        return False
    if "kn" in heads:  # a knot is a nautical mile an hour
        clocks = [("h",) if head == "kn" else clock for head, clock in zip(heads, clocks, strict=True)]
    return clocks[0] == clocks[1]


def _convertible(one: str, other: str) -> bool:
    try:
        parse_unit(one)
        return is_convertible(one, other)
    except InputError:
        return False
