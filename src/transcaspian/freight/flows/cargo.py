"""Cargo and its demand as the capacity flow wants them: classes with what one tonne of each uses, and monthly tonnes.

A class is a commodity in a unit load: all its arcs cost the same for every tonne, and every tonne uses the same room.
The unit of flow is one tonne of cargo.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import BASE_YEAR, Corridor, Network
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.tables import Table
from transcaspian.freight.alternatives import ends
from transcaspian.freight.flows.months import MONTHS, Floats

Ints = npt.NDArray[np.int32]

HOURS_PER_DAY = 24.0
_LOAD_COLUMN = {"wagon": "load_t_per_wagon", "truck": "load_t_per_truck"}


@dataclass(frozen=True, slots=True, eq=False)
class Cargo:
    """Classes of cargo, arrays of shape (n_classes,)."""

    commodity: tuple[str, ...]
    unit_load: tuple[str, ...]
    row: Ints  # of the unit load, as networks count them
    cargo_t: Floats  # of one unit load
    gross_t: Floats  # with the box, the wagon or the lorry
    teu: Floats  # of one unit load; 0 for what is no box
    per_train: Floats  # unit loads in a train; NaN where they form none
    empties: Floats  # unit loads that go back empty for each that comes loaded
    time_usd_per_t_h: Floats  # what an hour costs the owner of a tonne
    cells: tuple[Cell, ...]

    @property
    def n(self) -> int:
        """Number of classes."""
        return len(self.commodity)

    def per_tonne(self, per_unit_load: npt.ArrayLike) -> Floats:
        """What one tonne of each class is, of something counted by unit load."""
        return np.asarray(np.asarray(per_unit_load, float) / self.cargo_t)


@dataclass(frozen=True, slots=True, eq=False)
class Wants:
    """Rows of demand; arrays of shape (n_wants,) unless said."""

    id: tuple[str, ...]
    market: tuple[str, ...]
    cargo: Ints  # class
    origin: tuple[str, ...]  # place
    destination: tuple[str, ...]
    amount_t: Floats  # (n_wants, 12)
    cells: tuple[Cell, ...]

    def nodes(self, network: Network) -> tuple[Ints, Ints]:
        """First and last node of each, -1 where the network has none: nothing may start or end there."""
        pairs = [ends(network, o, d) for o, d in zip(self.origin, self.destination, strict=True)]
        found = [(-1 if one is None else one, -1 if other is None else other) for one, other in pairs]
        both = np.array(found, np.int32).reshape(len(self.id), 2)
        return both[:, 0].copy(), both[:, 1].copy()


def read_demand(states: Sequence[Corridor], *, growth: float) -> tuple[Cargo, Wants]:
    """The demand table as classes and monthly tonnes.

    Parameters
    ----------
    states
        The corridor in each of the twelve months; the first says which rows there are.
    growth
        Factor on all demand.
    """
    corridor = states[0]
    table = corridor["demand"]
    keys: dict[tuple[str, str], int] = {}
    for row in range(len(table)):
        keys.setdefault((table.text(row, "commodity"), table.text(row, "unit_load")), len(keys))
    cargo = _classes(corridor, list(keys))
    known: dict[int, list[tuple[float, str]]] = {}
    amount = np.zeros((len(table), MONTHS))
    cells: dict[Cell, None] = {}
    number = np.array([keys[table.text(row, "commodity"), table.text(row, "unit_load")] for row in range(len(table))])
    for month, state in enumerate(states):
        if id(state) not in known:
            known[id(state)] = [_year_t(state, row, cargo, int(number[row])) for row in range(len(table))]
        for row, (tonnes, column) in enumerate(known[id(state)]):
            amount[row, month] = tonnes * growth * season_share(state, row, month)
            cells[("demand", str(table.mid["id"][row]), column)] = None
    wants = Wants(
        id=tuple(table),
        market=tuple(table.texts("market")),
        cargo=number.astype(np.int32),
        origin=tuple(table.texts("origin")),
        destination=tuple(table.texts("destination")),
        amount_t=amount,
        cells=tuple(cells),
    )
    return cargo, wants


def season_share(corridor: Corridor, row: int, month: int) -> float:
    """Share of a year's demand that falls on a month (0 to 11): its season's weight times its days."""
    days = [calendar.monthrange(BASE_YEAR, m + 1)[1] for m in range(MONTHS)]
    season = corridor["demand"].text(row, "season")
    weights = [1.0] * MONTHS
    if season:
        seasons = corridor["seasons"]
        at = seasons.get_row(season)
        weights = [float(seasons.floats(f"{calendar.month_name[m + 1].lower()}_weight")[at]) for m in range(MONTHS)]
    whole = sum(weight * n for weight, n in zip(weights, days, strict=True))
    return weights[month] * days[month] / whole if whole > 0 else days[month] / sum(days)


def _year_t(corridor: Corridor, row: int, cargo: Cargo, number: int) -> tuple[float, str]:
    """Tonnes a year of one row, and the column that says so."""
    demand = corridor["demand"]
    boxes = demand.estimate(row, "teu_per_year")
    if boxes is not None and cargo.teu[number] > 0:
        return boxes.mid / cargo.teu[number] * cargo.cargo_t[number], "teu_per_year"
    tonnes = demand.estimate(row, "cargo_t_per_year")
    return (tonnes.mid if tonnes else 0.0), "cargo_t_per_year"


def _classes(corridor: Corridor, keys: Sequence[tuple[str, str]]) -> Cargo:
    loads, commodities = corridor["unit_loads"], corridor["commodities"]
    unit_loads = list(loads)
    back = _empty_back(corridor)
    columns: dict[str, list[float]] = {name: [] for name in ("cargo", "gross", "teu", "train", "hour")}
    cells: dict[Cell, None] = {}
    for commodity, unit_load in keys:
        own, goods = loads.get_row(unit_load), commodities.get_row(commodity)
        cargo_t = _cargo_t(corridor, commodity, unit_load, cells)
        value, rate = _mid(commodities, goods, "value_usd_per_t"), _mid(commodities, goods, "time_cost_percent_per_day")
        cells[("commodities", commodity, "value_usd_per_t")] = None
        cells[("commodities", commodity, "time_cost_percent_per_day")] = None
        columns["cargo"].append(cargo_t)
        columns["gross"].append(cargo_t + _mid(loads, own, "tare_t"))
        columns["teu"].append(_mid(loads, own, "teu"))
        columns["train"].append(_mid(loads, own, "units_per_train", np.nan))
        columns["hour"].append(value * rate / 100.0 / HOURS_PER_DAY)
    return Cargo(
        commodity=tuple(commodity for commodity, _ in keys),
        unit_load=tuple(unit_load for _, unit_load in keys),
        row=np.array([unit_loads.index(unit_load) for _, unit_load in keys], np.int32),
        cargo_t=np.array(columns["cargo"]),
        gross_t=np.array(columns["gross"]),
        teu=np.array(columns["teu"]),
        per_train=np.array(columns["train"]),
        empties=np.array([back.get(unit_load, 0.0) for _, unit_load in keys]),
        time_usd_per_t_h=np.array(columns["hour"]),
        cells=tuple(cells),
    )


def _mid(table: Table, row: int, column: str, empty: float = 0.0) -> float:
    found = table.estimate(row, column)
    return found.mid if found else empty


def _cargo_t(corridor: Corridor, commodity: str, unit_load: str, cells: dict[Cell, None]) -> float:
    """Tonnes of a commodity in one unit load: its own figure, else the usual one; no more than the box may hold."""
    if unit_load == "t":
        return 1.0
    loads, goods = corridor["unit_loads"], corridor["commodities"]
    own = loads.get_row(unit_load)
    usual = _mid(loads, own, "cargo_t", 1.0)
    column = _LOAD_COLUMN.get(unit_load, "load_t_per_teu")
    found = goods.estimate(goods.get_row(commodity), column)
    cells[("unit_loads", unit_load, "cargo_t")] = None
    if found is None:
        return usual
    cells[("commodities", commodity, column)] = None
    boxes = _mid(loads, own, "teu")
    return min(found.mid * boxes, usual) if boxes else found.mid


def _empty_back(corridor: Corridor) -> dict[str, float]:
    """By unit load: how many go back empty for each loaded one, from how uneven east and west are in the demand table.

    With E and W unit loads a year eastward and westward, |E − W| go back empty, times the share of the kind that
    returns at all, of E + W loaded ones. East and west are told by longitude.
    """
    demand, places, loads = corridor["demand"], corridor["places"], corridor["unit_loads"]
    longitude = places.floats("longitude_deg")
    both: dict[str, list[float]] = {}
    for row in range(len(demand)):
        unit_load = demand.text(row, "unit_load")
        start, end = (places.get_row(demand.text(row, column)) for column in ("origin", "destination"))
        amount = _mid(demand, row, "teu_per_year") or _mid(demand, row, "cargo_t_per_year")
        both.setdefault(unit_load, [0.0, 0.0])[int(longitude[end] > longitude[start])] += amount
    return {
        unit_load: abs(west - east) / (west + east) * _mid(loads, loads.get_row(unit_load), "empty_return_share")
        for unit_load, (west, east) in both.items()
        if west + east > 0
    }
