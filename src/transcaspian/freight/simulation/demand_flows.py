"""Flows of unit loads from the demand table: how many, how heavy, when, and what goes back empty."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import BASE_YEAR, Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.freight.simulation._world import Floats

HOURS_PER_YEAR = 24.0 * (366 if calendar.isleap(BASE_YEAR) else 365)
_LOAD_COLUMN = {"wagon": "load_t_per_wagon", "truck": "load_t_per_truck"}


@dataclass(frozen=True, slots=True)
class RouteDemand:
    """One row of `demand_routes` with what its demand row says."""

    id: str
    demand: str
    commodity: str
    origin: str
    destination: str
    unit_load: str
    service: str
    via: tuple[str, ...]
    lot_units: float
    cargo_t: float  # of one unit load
    gross_t: float
    units_per_year: float
    cells: tuple[Cell, ...]


def route_demands(corridor: Corridor) -> list[RouteDemand]:
    """Every demand route with what flows over it in the base year.

    Rows of demand without a route use none of the modelled crossings.
    """
    routes = corridor["demand_routes"]
    return [_route(corridor, row, route_id) for row, route_id in enumerate(routes)]


def _route(corridor: Corridor, row: int, route_id: str) -> RouteDemand:
    routes, demand, loads = corridor["demand_routes"], corridor["demand"], corridor["unit_loads"]
    demand_id = routes.text(row, "demand")
    asked = demand.get_row(demand_id)
    unit_load, commodity = demand.text(asked, "unit_load"), demand.text(asked, "commodity")
    own = loads.get_row(unit_load)
    tare, teu = loads.estimate(own, "tare_t"), loads.estimate(own, "teu")
    cargo_t, cells = _cargo_t(corridor, commodity, unit_load)
    boxes, tonnes = demand.estimate(asked, "teu_per_year"), demand.estimate(asked, "cargo_t_per_year")
    column = "cargo_t_per_year"
    if boxes is not None and teu is not None:
        units, column = boxes.mid / teu.mid, "teu_per_year"
    else:
        units = tonnes.mid / cargo_t if tonnes else 0.0
    share, lot = routes.estimate(row, "share"), routes.estimate(row, "lot_units")
    return RouteDemand(
        id=route_id,
        demand=demand_id,
        commodity=commodity,
        origin=demand.text(asked, "origin"),
        destination=demand.text(asked, "destination"),
        unit_load=unit_load,
        service=routes.text(row, "service"),
        via=routes.items(row, "via"),
        lot_units=lot.mid if lot else 1.0,
        cargo_t=cargo_t,
        gross_t=cargo_t + (tare.mid if tare else 0.0),
        units_per_year=units * (share.mid if share else 1.0),
        cells=(("demand", demand_id, column), ("demand_routes", route_id, "share"), *cells),
    )


def _cargo_t(corridor: Corridor, commodity: str, unit_load: str) -> tuple[float, list[Cell]]:
    """Tonnes of a commodity in one unit load: its own figure, else the usual one."""
    if unit_load == "t":
        return 1.0, []
    commodities, loads = corridor["commodities"], corridor["unit_loads"]
    row, own = commodities.get_row(commodity), loads.get_row(unit_load)
    teu = loads.estimate(own, "teu")
    column = _LOAD_COLUMN.get(unit_load, "load_t_per_teu")
    found, usual = commodities.estimate(row, column), loads.estimate(own, "cargo_t")
    if found is None:
        return (usual.mid if usual else 1.0), [("unit_loads", unit_load, "cargo_t")]
    in_one = found.mid * (teu.mid if teu else 1.0)
    if teu is not None and usual is not None and usual.mid < in_one:  # a long box is full by mass before it is by room
        return usual.mid, [("unit_loads", unit_load, "cargo_t")]
    return in_one, [("commodities", commodity, column)]


def lot_rates(states: Sequence[Corridor], months: Sequence[int], growth: float) -> tuple[Floats, list[RouteDemand]]:
    """Lots an hour of each route in each period, shape (P, n_routes), and the routes as the first state has them.

    Parameters
    ----------
    states
        The corridor in each period.
    months
        Month of the year of each period, 1 to 12.
    growth
        Factor on all demand.
    """
    known: dict[int, list[RouteDemand]] = {}
    rates = []
    for state, month in zip(states, months, strict=True):
        if id(state) not in known:
            known[id(state)] = route_demands(state)
        rows = known[id(state)]
        rates.append(
            [
                row.units_per_year / row.lot_units / HOURS_PER_YEAR * growth * _season(state, row.demand, month)
                for row in rows
            ]
        )
    return np.array(rates).reshape(len(states), -1), known[id(states[0])]


def _season(corridor: Corridor, demand_id: str, month: int) -> float:
    """How much of a demand falls on a month, 1 for an even share."""
    demand, seasons = corridor["demand"], corridor["seasons"]
    season = demand.text(demand.get_row(demand_id), "season")
    if not season:
        return 1.0
    row = seasons.get_row(season)
    weights = [float(seasons.floats(f"{calendar.month_name[m].lower()}_weight")[row]) for m in range(1, 13)]
    days = [calendar.monthrange(BASE_YEAR, m)[1] for m in range(1, 13)]
    mean = sum(weight * n for weight, n in zip(weights, days, strict=True)) / sum(days)
    return weights[month - 1] / mean if mean > 0 else 1.0


def empty_shares(routes: Sequence[RouteDemand], sides: Sequence[int], returns: Mapping[str, float]) -> list[float]:
    """Share of each route's unit loads that go back empty over the same service.

    Loaded cargo of the other direction takes what it can; the rest of the heavier direction goes back empty, as far as
    unit loads of the kind return at all.
    """
    out: dict[tuple[str, str, int], float] = {}
    for route, side in zip(routes, sides, strict=True):
        key = (route.service, route.unit_load, side)
        out[key] = out.get(key, 0.0) + route.units_per_year
    shares = []
    for route, side in zip(routes, sides, strict=True):
        own = out[(route.service, route.unit_load, side)]
        back = out.get((route.service, route.unit_load, 1 - side), 0.0)
        shares.append(max(0.0, 1.0 - back / own) * returns.get(route.unit_load, 0.0) if own > 0 else 0.0)
    return shares
