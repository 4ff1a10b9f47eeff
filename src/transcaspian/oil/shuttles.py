"""Tankers as capacity: ship-days, calls and berth-hours for each thousand tonnes, from the sea's own chain.

Payload comes from `corridor/sea` on the level of the month, so falling water, dredging and ships of other draught act
here as they do on the freight ferries. Round trip: twice the distance over the speed, loading, discharge, waiting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.corridor.sea import level_on, voyage_payload
from transcaspian.corridor.sea.payload import HULL
from transcaspian.errors import InputError
from transcaspian.oil.dated import DayTables, Floats
from transcaspian.oil.network import OilNetwork

KM_PER_NM = 1.852
_SHIP = (*HULL, "speed_kn")
_INF = float("inf")


class Shuttles:
    """The tankers' part of a day; payloads are remembered, as they change with the month and the ports only."""

    def __init__(self, network: OilNetwork) -> None:
        self.network = network
        self._payloads: dict[Hashable, float] = {}
        self._levels: dict[Hashable, float] = {}

    def values(self, tables: DayTables) -> dict[str, Floats]:
        """Ships, ship-days and calls a kt, freight, berth-hours and tonnes of berths."""
        network, state = self.network, tables.state
        ships, lift_days, lift_calls = self._lifts(tables)
        freight = tables.floats("oil_tankers", "freight_usd_per_t", empty=0.0)
        return {
            "ships": ships,
            "lift_days": lift_days,
            "lift_calls": lift_calls,
            "freight": freight[network.lift_tanker],
            **_berths(tables, state),
        }

    def _lifts(self, tables: DayTables) -> tuple[Floats, Floats, Floats]:
        network, state = self.network, tables.state
        vessels, shuttles = state["vessels"], state["oil_shuttles"]
        fleet_of = vessels.texts("fleet")
        sails = tables.open("vessels") & np.array([kind == "tanker" for kind in vessels.texts("kind")], dtype=bool)
        share = tables.floats("oil_tankers", "share", empty=1.0)
        share = share * tables.floats("oil_tankers", "availability_share", empty=1.0)
        fleets = state["oil_tankers"].texts("fleet")
        crews = [[row for row in range(len(vessels)) if sails[row] and fleet_of[row] == fleet] for fleet in fleets]
        ships = np.array([len(crew) for crew in crews], dtype=np.float64) * share * tables.open("oil_tankers")
        distance = tables.floats("oil_shuttles", "distance_km", empty=0.0)
        port_h = sum(tables.floats("oil_shuttles", column, empty=0.0) for column in ("load_h", "discharge_h", "wait_h"))
        is_open = tables.open("oil_shuttles")
        days, calls = np.full(network.lift_tanker.size, _INF), np.full(network.lift_tanker.size, _INF)
        for lift, (tanker, shuttle) in enumerate(zip(network.lift_tanker, network.lift_shuttle, strict=True)):
            crew = crews[tanker]
            if not crew or not is_open[shuttle]:
                continue
            ports = (shuttles.text(int(shuttle), "from_place"), shuttles.text(int(shuttle), "to_place"))
            payload_t = float(np.mean([self._payload(state, tables.day, row, ports) for row in crew]))
            speed_kn = float(np.mean(vessels.floats("speed_kn")[crew]))
            if payload_t > 0:
                trip_h = 2 * distance[shuttle] / (speed_kn * KM_PER_NM) + np.asarray(port_h)[shuttle]
                days[lift] = trip_h / 24 / payload_t * 1000
                calls[lift] = 1000 / payload_t
        return ships, days, calls

    def _payload(self, state: Corridor, day: dt.date, row: int, ports: tuple[str, str]) -> float:
        vessels = state["vessels"]
        water = _water(state)
        month = (day.year, day.month)
        if (month, water) not in self._levels:
            self._levels[month, water] = level_on(state, day.replace(day=15)).mid
        hull = tuple(float(vessels.floats(column)[row]) for column in _SHIP)
        key = (month, water, hull, ports)
        if key not in self._payloads:
            level = level_on(state, day.replace(day=15))
            vessel_id = str(vessels.mid["id"][row])
            try:
                self._payloads[key] = voyage_payload(state, vessel_id, *ports, level).payload_t.mid
            except InputError as error:
                if any(problem.type != "sea.dry_berth" for problem in error.problems):
                    raise
                self._payloads[key] = 0.0
        return self._payloads[key]


def _water(state: Corridor) -> Hashable:
    """What decides the depths: a key that changes when the sea or a depth does."""
    sea, depths = state["sea"], state["depths"]
    own = [sea.mid["level_m_bs"], *(depths.mid[field.name] for field in depths.schema.fields if field.numeric)]
    moved = tuple(repr(change) for change in state.changes if change.table in {"sea", "sea_levels", "sea_projections"})
    return (*(column.tobytes() for column in own), moved, bool(state.closed & set(depths)))


def _berths(tables: DayTables, state: Corridor) -> dict[str, Floats]:
    """Berth-hours a day and a call, and tonnes a day, of each shared oil berth."""
    facilities = state["facilities"]
    rows = [facilities.get_row(name) for name in state["oil_berths"].texts("facility")]
    is_open = tables.open("facilities")[rows] if rows else np.zeros(0, dtype=bool)
    closed = state.closed
    is_open &= np.array([facilities.text(row, "place") not in closed for row in rows], dtype=bool)
    servers = tables.floats("facilities", "servers", empty=_INF)[rows]
    left = 1.0 - tables.floats("oil_berths", "other_share", empty=0.0)
    rate = tables.floats("facilities", "rate_units_per_h", empty=_INF)[rows]
    most = tables.floats("facilities", "capacity_t_per_day", empty=_INF)[rows] / 1000.0
    other = tables.floats("oil_berths", "other_mt_per_year", empty=0.0) * 1000.0 / 365.0
    return {
        "berth_hours": np.where(is_open, servers * 24.0 * left, 0.0),
        "berth_call": 1.0 / rate,
        "berth_cap": np.where(is_open, np.maximum(0.0, most - other), 0.0),
    }
