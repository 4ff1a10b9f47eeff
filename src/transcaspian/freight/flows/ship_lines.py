"""Lines with ships of their own: how many voyages a day, how much room and how many tonnes in each.

One chain from the sea to the limit: level → depth at the berth → permitted draught → payload of each ship → tonnes a
month. A round trip is two crossings and two calls; at a call the ship discharges and loads all that fits. Ships sail
as soon as they are full, and repairs take their part; waiting for a berth is left to the limit of the berth.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.freight.flows.cargo import HOURS_PER_DAY, Cargo
from transcaspian.freight.flows.months import MONTHS, Floats, Year
from transcaspian.freight.simulation.fleet import Fleet, make_fleet
from transcaspian.freight.simulation.settings import BREAKDOWN_CHANCE, REPAIR_H, CrossingQuestion


@dataclass(frozen=True, slots=True, eq=False)
class ShipLine:
    """A service with its ships, as means over them weighted by voyages."""

    service: str
    ports: tuple[str, str]
    berths: tuple[str, str]  # of most of its ships
    n_ships: float
    round_trip_h: float
    voyages_per_day: Floats  # (12,) each way, of all ships together, on an open day
    slots: Mapping[str, float]  # by unit load; infinite for bulk
    payload_t: Floats  # (12,) tonnes in a voyage, boxes and wagons with their own weight
    berth_h: tuple[float, float]  # hours of a call that do not depend on cargo, at each end
    unit_h: tuple[Mapping[str, float], Mapping[str, float]]  # berth hours for one unit load at each end
    cells: tuple[Cell, ...]

    def room_share(self, cargo: Cargo) -> Floats:
        """Part of a ship's room that one tonne of each class takes, (n_classes,); 0 for bulk, which only weighs."""
        slots = np.array([self.slots.get(name, 0.0) for name in cargo.unit_load])
        share = np.divide(1.0, slots, out=np.zeros_like(slots), where=slots > 0)
        return np.asarray(cargo.per_tonne(share))

    def voyage_share(self, cargo: Cargo) -> Floats:
        """Part of a voyage that one tonne of each class takes, by room or by weight, whichever is more."""
        return np.asarray(
            np.maximum(self.room_share(cargo), cargo.per_tonne(cargo.gross_t) / max(self.payload_t.mean(), 1e-9))
        )

    def berth_hours(self, cargo: Cargo, side: int, *, both: bool) -> Floats:
        """Hours at the berth of one end that one tonne of each class takes, (n_classes,).

        With `both`, limits count cargo of both directions, and each bears half of a call's fixed hours.
        """
        by_unit = np.array([self.unit_h[side].get(name, 0.0) for name in cargo.unit_load])
        fixed = self.berth_h[side] * (0.5 if both else 1.0)
        return np.asarray(fixed * self.voyage_share(cargo) + cargo.per_tonne(by_unit))


def ship_lines(year: Year, *, level_m_bs: float | None = None) -> list[ShipLine]:
    """The lines with ships, in the order of the services table.

    Parameters
    ----------
    year
        Months with their states: status of ships, berths, dredging.
    level_m_bs
        Mean level of the sea, m in the Baltic system; else that of the dates.

    Raises
    ------
    InputError
        For a ship without a berth or an unknown hull. Ships that a low sea leaves empty carry nothing.
    """
    question = CrossingQuestion(dt.date(year.year, 1, 1), dt.date(year.year + 1, 1, 1), level_m_bs=level_m_bs)
    fleet = make_fleet(year.states, year.middle_days, question, may_be_empty=True)
    made = [_line(year, fleet, line, service) for line, service in enumerate(fleet.line_ids)]
    return [line for line in made if line is not None]


def _line(year: Year, fleet: Fleet, line: int, service: str) -> ShipLine | None:
    ships = np.flatnonzero(fleet.ships["line"] == line)
    if not ships.size:
        return None
    unit_loads = list(year.states[0]["unit_loads"])
    floats = (fleet.payload_t[:, ships, :].min(axis=2) > 0.0).astype(float)  # empty ships stay in port
    active = floats * fleet.active[:, ships] * _units_factor(year, [fleet.ship_ids[ship] for ship in ships])
    payload = fleet.payload_t[:, ships, :].min(axis=2)
    round_trip = np.array([_round_trip_h(fleet, int(ship), payload[:, k].mean(), year.states[0], unit_loads)
                           for k, ship in enumerate(ships)])  # fmt: skip
    voyages = HOURS_PER_DAY / round_trip
    per_day = active @ voyages
    weight = active.sum(axis=0) * voyages
    weight = weight if weight.sum() > 0 else np.ones(ships.size)
    by_month = active * voyages
    total = np.maximum(by_month.sum(axis=1), 1e-12)
    mean_payload = np.where(by_month.sum(axis=1) > 0, (by_month * payload).sum(axis=1) / total, payload.mean(axis=1))
    slots = {}
    for number, name in enumerate(unit_loads):
        room = fleet.room[ships, number]
        slots[name] = float(np.inf if np.isinf(room).any() else np.average(room, weights=weight))
    most = ships[int(np.argmax(weight))]
    berths = fleet.ship_berth[most]
    return ShipLine(
        service=service,
        ports=(fleet.end_ports[2 * line], fleet.end_ports[2 * line + 1]),
        berths=(fleet.berth_ids[berths[0]], fleet.berth_ids[berths[1]]),
        n_ships=float(active.mean(axis=0).sum()),
        round_trip_h=float(np.average(round_trip, weights=weight)),
        voyages_per_day=per_day,
        slots=slots,
        payload_t=mean_payload,
        berth_h=(float(fleet.berths["call_h"][berths[0]]), float(fleet.berths["call_h"][berths[1]])),
        unit_h=(
            dict(zip(unit_loads, fleet.unit_h[berths[0]].tolist(), strict=True)),
            dict(zip(unit_loads, fleet.unit_h[berths[1]].tolist(), strict=True)),
        ),
        cells=tuple(cell for cell in fleet.cells if _of_line(cell, service, {fleet.ship_ids[s] for s in ships})),
    )


def _of_line(cell: Cell, service: str, ships: set[str]) -> bool:
    table, row, _ = cell
    return row in ships or (table == "services" and row == service)


def _units_factor(year: Year, ship_ids: list[str]) -> Floats:
    """What a scenario makes of the number of ships of a fleet: its units over those of the table, (12, n_ships).

    Ships are listed one by one; a scenario that sets or scales `fleets.units` adds ships like them, or takes them away.
    """
    base = year.corridor.base["fleets"]
    factor = np.ones((MONTHS, len(ship_ids)))
    for month, state in enumerate(year.states):
        for number, ship in enumerate(ship_ids):
            fleet = state["vessels"].text(state["vessels"].get_row(ship), "fleet")
            if not fleet:
                continue
            row = base.get_row(fleet)
            was, now = base.estimate(row, "units"), state["fleets"].estimate(row, "units")
            if was is not None and now is not None and was.mid > 0:
                factor[month, number] = now.mid / was.mid
    return factor


def _round_trip_h(fleet: Fleet, ship: int, payload_t: float, corridor: Corridor, unit_loads: list[str]) -> float:
    """Two crossings, two calls with all that fits, and the usual part of a repair."""
    loads = corridor["unit_loads"]
    hours = 2.0 * float(fleet.ships["sail_h"][ship]) + 2.0 * BREAKDOWN_CHANCE.value * REPAIR_H.value
    for side in (0, 1):
        berth = int(fleet.ship_berth[ship, side])
        handling = 0.0
        for number, name in enumerate(unit_loads):
            room = float(fleet.room[ship, number])
            if room <= 0:
                continue
            row = loads.get_row(name)
            cargo, tare = loads.estimate(row, "cargo_t"), loads.estimate(row, "tare_t")
            gross = (cargo.mid if cargo else 1.0) + (tare.mid if tare else 0.0)
            units = min(room, payload_t / gross)
            ways = 1.0 if np.isinf(room) else 2.0  # bulk goes one way; others are discharged and loaded
            handling = max(handling, ways * units * float(fleet.unit_h[berth, number]))
        hours += float(fleet.berths["call_h"][berth]) + handling
    return hours
