"""The stages of a flow: what the arcs of its way mean for a lot that travels.

Moves become travelling times, with a station in front of each link whose trains a day are limited: a lot takes its
share of a train's path, and domestic trains have taken theirs before. Operations become times of their own, with a
station where a facility says how many trains or units it handles. Waiting for a block train or an onward ship becomes
gathering for a departure; waiting for a ship of the crossing becomes standing in line for it.

What the simulation makes itself is not counted twice: a port's transhipment takes the low end of its time, which has
no waiting in it, less the fixed hours of a ship's call; a facility's service is taken out of the time of its operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from transcaspian.corridor import ArcKind, Corridor, Network
from transcaspian.corridor.provenance import Cell
from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._world import Records
from transcaspian.freight.simulation.routing import CrossingWay
from transcaspian.freight.simulation.settings import OPERATION_CV, TRAVEL_CV, TURNAROUND_H

HOURS_PER_DAY, HOURS_PER_WEEK = 24.0, 168.0
BACK = ":back"  # after the id of a link: its paths against the link's own direction
BERTHS = frozenset({"container_berth", "dry_berth", "ferry_berth", "roro_berth", "oil_berth"})

_CAUSE_OF = {
    ArcKind.LOAD: w.LOADING,
    ArcKind.UNLOAD: w.LOADING,
    ArcKind.TRANSHIP: w.LOADING,
    ArcKind.CHANGE_GAUGE: w.GAUGE,
    ArcKind.CROSS_BORDER: w.BORDER,
    ArcKind.CLEAR_CUSTOMS: w.BORDER,
}


@dataclass
class Stations:
    """Stations met so far: facilities, and links with a limit."""

    ids: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def number(self, station_id: str, place: str) -> int:
        """The row of a station, a new one when it is met for the first time."""
        if station_id not in self.ids:
            self.ids.append(station_id)
            self.places.append(place)
        return self.ids.index(station_id)


@dataclass
class Chains:
    """Drafts the stages of all flows; rows are numbered as they are met."""

    corridor: Corridor
    network: Network
    call_h: Mapping[str, float]  # fixed hours of a ship's call by facility
    watched: frozenset[str]  # links and facilities that a dated closure shuts: they need a station
    stages: list[tuple[float, ...]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    links: dict[int, Sequence[str]] = field(default_factory=dict)
    stations: Stations = field(default_factory=Stations)
    services: list[str] = field(default_factory=list)
    cells: dict[Cell, None] = field(default_factory=dict)

    def draft(self, way: CrossingWay, *, end: int, gross_t: float) -> int:
        """Append the stages of a way; the number of the first."""
        first = len(self.stages)
        self._land(way, way.before, gross_t, port_last=True)
        self._add(w.BOARD, f"ship at {self._place(way, way.sea[0])}", ref=end, cause=w.DEPARTURE)
        self._note(way, way.sea)
        self._land(way, way.after, gross_t, port_last=False)
        self._add(w.END, "arrived")
        return first

    def draft_return(self, way: CrossingWay, *, end: int) -> int:
        """The stages of what goes back empty: to the port where it landed, over the sea, and out of sight."""
        first = len(self.stages)
        land_h = sum(self.network.time(way.unit_load, arc).mid for arc in way.after)
        self._add(w.TRAVEL, "turned round", cause=w.DEPARTURE, mean_h=TURNAROUND_H.value, cv=OPERATION_CV.value)
        self._add(w.TRAVEL, "back to the port", cause=w.MOVING, mean_h=land_h, cv=TRAVEL_CV.value)
        self._add(w.BOARD, "ship back", ref=end, cause=w.DEPARTURE)
        self._add(w.END, "crossed back")
        return first

    def table(self) -> Records:
        """All stages, shape (n_stages,)."""
        return np.array(self.stages, dtype=w.stage_record)

    # -- one side of the sea --------------------------------------------------------------------------------

    def _land(self, way: CrossingWay, arcs: Sequence[int], gross_t: float, *, port_last: bool) -> None:
        """The stages of the arcs on one side of the sea."""
        network = self.network
        self._note(way, arcs)
        pending: list[int] = []
        for place, arc in enumerate(arcs):
            kind = ArcKind(network.kind[arc])
            if kind == ArcKind.MOVE:
                if self._limited(way, arc, gross_t) and pending:
                    self._travel(way, pending)
                    pending = []
                if not pending:
                    self._path(way, arc, gross_t)
                pending.append(arc)
                continue
            self._travel(way, pending)
            pending = []
            at_port = place == len(arcs) - 1 if port_last else self._still_in_port(way, arcs[: place + 1])
            if kind == ArcKind.WAIT:
                self._gather(int(network.service[arc]), at_intervals=True)
            elif kind != ArcKind.END:
                self._operation(way, arc, gross_t, at_port=at_port)
                if at_port and not port_last and kind == ArcKind.TRANSHIP:
                    self._form_train(way, arcs[place + 1 :])
        self._travel(way, pending)

    def _still_in_port(self, way: CrossingWay, arcs: Sequence[int]) -> bool:
        return all(self.network.kind[arc] != ArcKind.MOVE for arc in arcs)

    def _travel(self, way: CrossingWay, arcs: Sequence[int]) -> None:
        """Moves in a row as one running time."""
        if not arcs:
            return
        network = self.network
        mean_h = sum(network.time(way.unit_load, arc).mid for arc in arcs)
        start, end = network.nodes[network.tail[arcs[0]]].place, network.nodes[network.head[arcs[-1]]].place
        number = self._add(w.TRAVEL, f"{start}–{end}", cause=w.MOVING, mean_h=mean_h, cv=TRAVEL_CV.value)
        ids = self.corridor["links"].mid["id"]
        self.links[number] = tuple(str(ids[network.link[arc]]) for arc in arcs)

    def _path(self, way: CrossingWay, arc: int, gross_t: float) -> None:
        """The line for a train's path on a link whose trains are limited."""
        unit_h = self._path_h(way, arc, gross_t)
        link_id = str(self.corridor["links"].mid["id"][self.network.link[arc]])
        if unit_h is None and link_id not in self.watched:
            return
        place = self.network.nodes[self.network.tail[arc]].place
        number = self.stations.number(self._direction(link_id, place), place)
        self._add(w.SERVE, f"path {link_id}", ref=number, cause=w.DEPARTURE, wait=w.DEPARTURE, unit_h=unit_h or 0.0)

    def _direction(self, link_id: str, place: str) -> str:
        """A link's paths of one direction: its limit counts trains each way."""
        links = self.corridor["links"]
        return link_id if links.text(links.get_row(link_id), "from_place") == place else f"{link_id}{BACK}"

    def _limited(self, way: CrossingWay, arc: int, gross_t: float) -> bool:
        link_id = str(self.corridor["links"].mid["id"][self.network.link[arc]])
        return self._path_h(way, arc, gross_t) is not None or link_id in self.watched

    def _path_h(self, way: CrossingWay, arc: int, gross_t: float) -> float | None:
        """Hours of a link's path that one unit load takes, of what domestic trains leave; `None` without a limit."""
        links = self.corridor["links"]
        row = int(self.network.link[arc])
        if links.text(row, "mode") != "rail":
            return None
        link_id = str(links.mid["id"][row])
        share = links.estimate(row, "domestic_share")
        left = 1.0 - (share.mid if share else 0.0)
        trains, tonnes = links.estimate(row, "capacity_trains_per_day"), links.estimate(row, "capacity_t_per_day")
        per_train = self._per_train(way.unit_load)
        if trains is not None and per_train is not None and trains.mid * left > 0:
            self.cells[("links", link_id, "capacity_trains_per_day")] = None
            return HOURS_PER_DAY / (trains.mid * left) / per_train
        if tonnes is not None and tonnes.mid * left > 0:
            self.cells[("links", link_id, "capacity_t_per_day")] = None
            return HOURS_PER_DAY / (tonnes.mid * left) * gross_t
        return None

    def _per_train(self, unit_load: int) -> float | None:
        loads = self.corridor["unit_loads"]
        name = self.network.unit_loads[unit_load]
        found = loads.estimate(loads.get_row(name), "units_per_train")
        if found is None:
            return None
        self.cells[("unit_loads", name, "units_per_train")] = None
        return found.mid

    # -- operations -----------------------------------------------------------------------------------------

    def _operation(self, way: CrossingWay, arc: int, gross_t: float, *, at_port: bool) -> None:
        """An operation's own time, and the line in front of its facility."""
        network, facilities = self.network, self.corridor["facilities"]
        kind = ArcKind(network.kind[arc])
        cause = _CAUSE_OF[kind]
        row = int(network.facility[arc])
        time_h = network.time(way.unit_load, arc)
        mean_h = time_h.mid
        place = network.nodes[network.tail[arc]].place
        word = f"{kind.name.lower().replace('_', ' ')} at {place}"
        facility_id = str(facilities.mid["id"][row]) if row >= 0 else ""
        if at_port and kind == ArcKind.TRANSHIP:
            mean_h = max(0.0, time_h.low - self.call_h.get(facility_id, 0.0))
        service = None
        if facility_id and facilities.text(row, "kind") not in BERTHS:
            service = self._service_h(way.unit_load, row, gross_t)
        if service is not None:
            unit_h, lot_h = service
            number = self.stations.number(facility_id, place)
            chance, extra = facilities.estimate(row, "inspection_chance"), facilities.estimate(row, "inspection_h")
            self._add(
                w.SERVE, word, ref=number, cause=cause, wait=cause, unit_h=unit_h, cv=OPERATION_CV.value,
                chance=chance.mid if chance and extra else 0.0, extra_h=extra.mid if chance and extra else 0.0,
            )  # fmt: skip
            mean_h = max(0.0, mean_h - lot_h)
        if mean_h > 0:
            self._add(w.TRAVEL, word, cause=cause, mean_h=mean_h, cv=OPERATION_CV.value)

    def _service_h(self, unit_load: int, row: int, gross_t: float) -> tuple[float, float] | None:
        """Hours of one server for one unit load, and for a whole train or unit; `None` where nothing is limited."""
        facilities = self.corridor["facilities"]
        facility_id = str(facilities.mid["id"][row])
        rate = facilities.estimate(row, "rate_units_per_h")
        servers = facilities.estimate(row, "servers")
        each = rate.mid if rate else None
        column = "rate_units_per_h"
        if each is None:
            day, column = facilities.estimate(row, "capacity_units_per_day"), "capacity_units_per_day"
            each = day.mid / HOURS_PER_DAY / (servers.mid if servers else 1.0) if day and day.mid > 0 else None
        if each is None:
            tonnes = facilities.estimate(row, "capacity_t_per_day")
            if tonnes is None or tonnes.mid <= 0:
                return None
            self.cells[("facilities", facility_id, "capacity_t_per_day")] = None
            unit_h = HOURS_PER_DAY / tonnes.mid * gross_t * (servers.mid if servers else 1.0)
            return unit_h, unit_h
        self.cells[("facilities", facility_id, column)] = None
        unit = facilities.text(row, "unit")
        if unit == "train":
            per_train = self._per_train(unit_load)
            return None if per_train is None else (1.0 / each / per_train, 1.0 / each)
        unit_h = units_of(self.corridor, self.network.unit_loads[unit_load], unit, gross_t) / each
        return (unit_h, unit_h) if unit_h > 0 else None

    # -- departures -----------------------------------------------------------------------------------------

    def _gather(self, service: int, *, at_intervals: bool) -> None:
        service_id = str(self.corridor["services"].mid["id"][service])
        name = service_id if at_intervals else f"{service_id} when full"
        if name not in self.services:
            self.services.append(name)
        self.cells[("services", service_id, "departures_per_week")] = None
        self._add(w.GATHER, f"departure of {service_id}", ref=self.services.index(name), cause=w.DEPARTURE)

    def _form_train(self, way: CrossingWay, arcs: Sequence[int]) -> None:
        """Boxes off a ship are formed into a block train where one runs over what comes next."""
        services, links = self.corridor["services"], self.corridor["links"]
        ids = links.mid["id"]
        moves = [arc for arc in arcs if self.network.kind[arc] == ArcKind.MOVE]
        if not moves or links.text(int(self.network.link[moves[0]]), "mode") != "rail":
            return
        place = self.network.nodes[self.network.tail[moves[0]]].place
        way_links = [str(ids[self.network.link[arc]]) for arc in moves]
        unit_load = self.network.unit_loads[way.unit_load]
        best, covered = -1, 0
        for row, service_id in enumerate(services):
            if services.text(row, "kind") != "block_train" or services.text(row, "status") != "open":
                continue
            if service_id in self.corridor.closed or unit_load not in services.items(row, "unit_loads"):
                continue
            own = services.items(row, "links")
            first, last = own[0], own[-1]
            starts = services.text(row, "from_place") == place and way_links[0] == first
            returns = services.flag(row, "both_ways") and way_links[0] == last and self._ends_at(last, place)
            common = next((n for n, link in enumerate(way_links) if link not in own), len(way_links))
            if (starts or returns) and common > covered:
                best, covered = row, common
        if best >= 0:
            self._gather(best, at_intervals=False)

    def _ends_at(self, link_id: str, place: str) -> bool:
        links = self.corridor["links"]
        row = links.get_row(link_id)
        return place in {links.text(row, "from_place"), links.text(row, "to_place")}

    # -- rows -----------------------------------------------------------------------------------------------

    def _note(self, way: CrossingWay, arcs: Sequence[int]) -> None:
        for arc in arcs:
            self.cells.update(dict.fromkeys(self.network.cells[way.unit_load][arc]))

    def _place(self, way: CrossingWay, arc: int) -> str:
        return str(self.network.nodes[self.network.tail[arc]].place)

    def _add(
        self, kind: int, word: str, *, ref: int = -1, cause: int = w.MOVING, wait: int = w.DEPARTURE,
        mean_h: float = 0.0, unit_h: float = 0.0, cv: float = 0.0, chance: float = 0.0, extra_h: float = 0.0,
    ) -> int:  # fmt: skip
        distribution = w.LOGNORMAL if cv > 0 else w.DETERMINISTIC
        stage = (kind, ref, cause, wait, distribution, mean_h, unit_h, cv, 0.0, chance, extra_h)
        self.stages.append(stage)
        self.words.append(word)
        return len(self.stages) - 1


def units_of(corridor: Corridor, unit_load: str, unit: str, gross_t: float) -> float:
    """How many of a facility's units one unit load is; 0 where the facility does not count it."""
    if unit == "TEU":
        loads = corridor["unit_loads"]
        teu = loads.estimate(loads.get_row(unit_load), "teu")
        return teu.mid if teu else 0.0
    if unit == "t":
        return gross_t
    return 1.0 if unit == unit_load else 0.0
