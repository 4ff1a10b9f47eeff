"""The ships, their lines, and the berths where they lie.

A line is a service with ships of its own between two ports; its end 0 is where the service begins. Payloads follow
the sea by period: level, depth, permitted draught, tonnes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.sea import berth_depths, find_berth, level_on, voyage_payload
from transcaspian.corridor.sea.payload import HULL
from transcaspian.corridor.standards import own_or_standard
from transcaspian.corridor.tables import Estimate3
from transcaspian.errors import InputError, Problem
from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._world import Floats, Ints, Records
from transcaspian.freight.simulation.chains import units_of
from transcaspian.freight.simulation.settings import (
    BREAKDOWN_CHANCE,
    HANDLING_CV,
    REPAIR_H,
    SAILING_CV,
    CrossingQuestion,
)

KNOT_KM_PER_H = 1.852
HOURS_PER_WEEK = 168.0
FULL_SHARE = 0.9  # of a service that names none
_SLOTS = {"TEU": ("capacity_teu", 1.0), "FEU": ("capacity_teu", 0.5), "wagon": ("capacity_wagons", 1.0),
          "truck": ("capacity_trucks", 1.0)}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Fleet:
    """Lines, ships and berths as the kernel wants them; shapes as in `_world.World`."""

    line_ids: tuple[str, ...]
    end_ports: tuple[str, ...]
    ship_ids: tuple[str, ...]
    berth_ids: tuple[str, ...]
    ends: Records
    ships: Records
    berths: Records
    room: Floats
    ship_berth: Ints
    unit_h: Floats
    payload_t: Floats
    active: Ints
    berth_servers: Ints
    cells: tuple[Cell, ...]
    call_h: dict[str, float]
    notes: tuple[Problem, ...]


def lines_of(corridor: Corridor) -> dict[str, tuple[str, str]]:
    """Services with ships of their own, with the ports at both ends, in the order of the table."""
    vessels, services, links = corridor["vessels"], corridor["services"], corridor["links"]
    served = set(vessels.texts("service")) - {""}
    found = {}
    for row, service_id in enumerate(services):
        if service_id in served:
            link = links.get_row(services.items(row, "links")[0])
            start = services.text(row, "from_place")
            one, other = links.text(link, "from_place"), links.text(link, "to_place")
            found[service_id] = (start, other if start == one else one)
    return found


def make_fleet(
    states: Sequence[Corridor],
    days: Sequence[dt.date],
    question: CrossingQuestion,
    *,
    first: int = 0,
    may_be_empty: bool = False,
) -> Fleet:
    """The fleet over the periods of a run.

    Parameters
    ----------
    states
        The corridor in each of P periods; tables have the same rows in all of them.
    days
        A day in the middle of each, for the level of the sea.
    question
        A given level, and the projection of later years.
    first
        The first period that is counted: rates, speeds and slots are those of its state.
    may_be_empty
        True: a berth that lies dry only lays up its ships, instead of being a mistake.

    Raises
    ------
    InputError
        For a ship without a berth at a port of its line, an unknown hull, a berth without a rate, or a level that
        leaves a berth dry: every one of them.
    """
    state = states[first]
    lines = lines_of(state)
    vessels = state["vessels"]
    ships = [
        (ship_id, row) for row, ship_id in enumerate(vessels)
        if vessels.text(row, "service") in lines
        and any(one["vessels"].text(row, "status") == "open" for one in states)
    ]  # fmt: skip
    builder = _Builder(state, lines, tuple(state["unit_loads"]))
    problems: list[Problem] = []
    for ship_id, row in ships:
        try:
            builder.add_ship(ship_id, row)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    payload_t, cells = _payloads(states, days, question, builder, may_be_empty=may_be_empty)
    return builder.finish(states, payload_t, cells)


class _Builder:
    def __init__(self, corridor: Corridor, lines: dict[str, tuple[str, str]], unit_loads: tuple[str, ...]) -> None:
        self.corridor, self.lines, self.unit_loads = corridor, lines, unit_loads
        self.line_ids = list(lines)
        self.ships: list[tuple[str, int, int]] = []  # id, row, line
        self.berth_of: list[tuple[int, int]] = []
        self.berths: list[str] = []
        self.sail_h: list[float] = []
        self.room: list[list[float]] = []
        self.cells: dict[Cell, None] = {}

    def add_ship(self, ship_id: str, row: int) -> None:
        vessels = self.corridor["vessels"]
        service = vessels.text(row, "service")
        level = level_on(self.corridor, self.corridor.day or dt.date(2024, 7, 1))
        berths = []
        for port in self.lines[service]:
            facility = self._ramp(row, port, level) or find_berth(self.corridor, ship_id, port, level).facility
            if facility not in self.berths:
                self.berths.append(facility)
            berths.append(self.berths.index(facility))
        self.ships.append((ship_id, row, self.line_ids.index(service)))
        self.berth_of.append((berths[0], berths[1]))
        self.sail_h.append(self._sail_h(ship_id, row, service))
        self.room.append([self._slots(ship_id, row, unit_load, service) for unit_load in self.unit_loads])

    def _ramp(self, row: int, port: str, level: Estimate3) -> str | None:
        """A Ro-Ro ramp for a Ro-Pax ship: its lorries leave the rail bridges to the wagons. `None` where none is."""
        if self.corridor["vessels"].text(row, "kind") != "ropax":
            return None
        ramps = [berth for berth in berth_depths(self.corridor, level, port=port) if berth.kind == "roro_berth"]
        return max(ramps, key=lambda berth: berth.permitted_draught_m.mid).facility if ramps else None

    def _sail_h(self, ship_id: str, row: int, service: str) -> float:
        """Hours at sea: the link's length at the ship's speed, or at that of the link."""
        services, links = self.corridor["services"], self.corridor["links"]
        link_id = services.items(services.get_row(service), "links")[0]
        link = links.get_row(link_id)
        length = links.estimate(link, "length_km")
        knots = self.corridor["vessels"].estimate(row, "speed_kn")
        standard = own_or_standard(self.corridor.tables, "links", link)
        if length is None or (knots is None and standard is None):
            what = f"neither {ship_id} nor {link_id} has a speed"
            raise InputError(Problem("simulate.speed", "vessels.csv", what, "give speed_kn."))
        self.cells[("links", link_id, "length_km")] = None
        if knots is not None:
            self.cells[("vessels", ship_id, "speed_kn")] = None
            return length.mid / (knots.mid * KNOT_KM_PER_H)
        assert standard is not None
        return length.mid / standard[0].mid

    def _slots(self, ship_id: str, row: int, unit_load: str, service: str) -> float:
        services = self.corridor["services"]
        if unit_load not in services.items(services.get_row(service), "unit_loads"):
            return 0.0
        if unit_load not in _SLOTS:
            return float("inf")  # bulk: only mass counts
        column, factor = _SLOTS[unit_load]
        slots = self.corridor["vessels"].estimate(row, column)
        if slots is None:
            return 0.0
        self.cells[("vessels", ship_id, column)] = None
        return slots.mid * factor

    def finish(self, states: Sequence[Corridor], payload_t: Floats, cells: Sequence[Cell]) -> Fleet:
        n_ships, n_berths = len(self.ships), len(self.berths)
        berths, unit_h, call_h = self._berth_rows()
        active = np.zeros((len(states), n_ships), dtype=np.int64)
        servers = np.ones((len(states), n_berths), dtype=np.int64)
        for period, state in enumerate(states):
            vessels, facilities = state["vessels"], state["facilities"]
            for number, (ship_id, row, line) in enumerate(self.ships):
                service = self.line_ids[line]
                open_line = state["services"].text(state["services"].get_row(service), "status") == "open"
                shut = ship_id in state.closed
                floats = payload_t[period, number, 0] > 0  # who may carry nothing is laid up
                active[period, number] = vessels.text(row, "status") == "open" and open_line and floats and not shut
            for number, facility in enumerate(self.berths):
                found = facilities.estimate(facilities.get_row(facility), "servers")
                servers[period, number] = max(1, round(found.mid)) if found else 1
        ports = [port for line in self.line_ids for port in self.lines[line]]
        return Fleet(
            line_ids=tuple(self.line_ids),
            end_ports=tuple(ports),
            ship_ids=tuple(ship_id for ship_id, _, _ in self.ships),
            berth_ids=tuple(self.berths),
            ends=self._end_rows(),
            ships=self._ship_rows(),
            berths=berths,
            room=np.array(self.room).reshape(n_ships, len(self.unit_loads)),
            ship_berth=np.array(self.berth_of, dtype=np.int64).reshape(n_ships, 2),
            unit_h=unit_h,
            payload_t=payload_t,
            active=active,
            berth_servers=servers,
            cells=tuple(dict.fromkeys((*self.cells, *cells))),
            call_h=call_h,
            notes=_laid_up(self, payload_t),
        )

    def _ship_rows(self) -> Records:
        rows = np.zeros(len(self.ships), dtype=w.ship_record)
        for column in ("next", "first", "last"):
            rows[column] = -1
        rows["line"] = [line for _, _, line in self.ships]
        of_line: dict[int, int] = {}
        for number, (_, _, line) in enumerate(self.ships):  # ships of a line begin at its ends by turns
            rows["side"][number] = of_line.get(line, 0) % 2
            of_line[line] = of_line.get(line, 0) + 1
        rows["sail_h"], rows["sail_cv"] = self.sail_h, SAILING_CV.value
        rows["break_chance"], rows["repair_mean_h"] = BREAKDOWN_CHANCE.value, REPAIR_H.value
        return rows

    def _end_rows(self) -> Records:
        services = self.corridor["services"]
        rows = np.zeros(2 * len(self.line_ids), dtype=w.end_record)
        for column in ("first", "last", "idle_first", "idle_last", "line_gate", "yard"):
            rows[column] = -1
        for line, service in enumerate(self.line_ids):
            row = services.get_row(service)
            departures = services.estimate(row, "departures_per_week")
            headway_h = HOURS_PER_WEEK / departures.mid if departures else HOURS_PER_WEEK
            longest, share = services.estimate(row, "longest_wait_h"), services.estimate(row, "full_share")
            timetable = services.text(row, "policy") == "timetable"
            for side in (0, 1):
                end = rows[2 * line + side]
                end["policy"] = w.AT_INTERVALS if timetable else w.WHEN_FULL
                end["headway_h"] = headway_h
                end["longest_h"] = longest.mid if longest else headway_h
                end["full_share"] = share.mid if share else FULL_SHARE
            column = "longest_wait_h" if longest else "departures_per_week"
            self.cells[("services", service, column)] = None
            self.cells[("services", service, "full_share")] = None
        return rows

    def _berth_rows(self) -> tuple[Records, Floats, dict[str, float]]:
        facilities = self.corridor["facilities"]
        rows = np.zeros(len(self.berths), dtype=w.berth_record)
        rows["first"] = rows["last"] = -1
        rows["distribution"], rows["cv"] = w.LOGNORMAL, HANDLING_CV.value
        unit_h = np.zeros((len(self.berths), len(self.unit_loads)))
        call_h: dict[str, float] = {}
        problems = []
        for number, facility in enumerate(self.berths):
            row = facilities.get_row(facility)
            fixed, rate = facilities.estimate(row, "fixed_h"), facilities.estimate(row, "rate_units_per_h")
            unit = facilities.text(row, "unit")
            hours = fixed.mid if fixed else 0.0
            if rate is None and fixed is None:
                what = f"{facility} has neither fixed_h nor rate_units_per_h, so the time of a call is not known"
                problems.append(Problem("simulate.berth", "facilities.csv", what, "give one of them."))
                continue
            self.cells.update({("facilities", facility, c): None for c in ("fixed_h", "rate_units_per_h", "servers")})
            if rate is not None and unit == "call":
                hours += 1.0 / rate.mid
            elif rate is not None:
                unit_h[number] = [units_of(self.corridor, name, unit, 1.0) / rate.mid for name in self.unit_loads]
            rows["call_h"][number] = hours
            call_h[facility] = hours
        if problems:
            raise InputError(problems)
        return rows, unit_h, call_h


def _payloads(
    states: Sequence[Corridor],
    days: Sequence[dt.date],
    question: CrossingQuestion,
    fleet: _Builder,
    *,
    may_be_empty: bool,
) -> tuple[Floats, list[Cell]]:
    """Tonnes each ship may carry in each period, shape (P, S, 2); ships alike on one line are computed once."""
    payload_t = np.zeros((len(states), len(fleet.ships), 2))
    cells: dict[Cell, None] = {}
    problems: dict[str, Problem] = {}
    for period, (state, day) in enumerate(zip(states, days, strict=True)):
        level = level_on(state, day, level_m_bs=question.level_m_bs, projection=question.projection)
        known: dict[tuple[object, ...], float] = {}
        for number, (ship_id, row, line) in enumerate(fleet.ships):
            ports = fleet.lines[fleet.line_ids[line]]
            hull = tuple(float(state["vessels"].floats(column)[row]) for column in HULL)
            alike = (*hull, state["vessels"].text(row, "kind"), *ports)
            if alike not in known:
                try:
                    found = voyage_payload(state, ship_id, *ports, level)
                except InputError as error:
                    for problem in error.problems:  # one berth is dry in many periods: said once
                        if not (may_be_empty and problem.type == "sea.dry_berth"):
                            problems.setdefault(problem.where + problem.type, problem)
                    known[alike] = 0.0
                    continue
                cells.update(dict.fromkeys(found.cells))
                known[alike] = found.payload_t.mid
            payload_t[period, number] = known[alike]
    if not problems and not may_be_empty and not payload_t.any():
        what = "the water is so low that no ship may carry anything"
        problems["all"] = Problem(
            "simulate.no_payload", "--level", what, "take a higher level, or dredge in a scenario."
        )
    if problems:
        raise InputError(list(problems.values()))
    return payload_t, list(cells)


def _laid_up(fleet: _Builder, payload_t: Floats) -> tuple[Problem, ...]:
    """Ships that may carry nothing in some periods, as warnings."""
    found = []
    for number, (ship_id, _, line) in enumerate(fleet.ships):
        empty = int((payload_t[:, number, 0] <= 0).sum())
        if empty:
            one, other = fleet.lines[fleet.line_ids[line]]
            what = f"is laid up in {empty} of {len(payload_t)} periods: it may carry nothing between {one} and {other}"
            mend = "dredge the shallower port in a scenario, or give the line ships of less draught."
            found.append(Problem("simulate.laid_up", ship_id, what, mend, severity="warning"))
    return tuple(found)
