"""One replication as a film: which ship and which train is where, what waits at the ports, and which are shut.

Takes: a plan, and a world that was run with its trace.  Gives: `Film`, whose `as_json` an animated map embeds.
Times are tenths of an hour from the beginning of the window. Lorries and unit loads that go back empty leave no trace:
they would be too many to be seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation._world import N_MOVES, N_VOYAGES, World
from transcaspian.freight.simulation.bands import UNITS_OF_KIND
from transcaspian.freight.simulation.plan import Plan

TICKS_PER_HOUR = 10.0
_DRAWN_MODES = frozenset({"rail", "sea"})


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """Everything that the animated map draws; columns are lists of one length."""

    since: dt.datetime
    until: dt.datetime
    ports: tuple[Mapping[str, Any], ...]  # id, name, at [lon, lat], shut [[from, until], …]
    places: tuple[Mapping[str, Any], ...]  # other places worth a name: name, at
    paths: tuple[Mapping[str, Any], ...]  # at [[lon, lat], …], mode
    ships: tuple[Mapping[str, Any], ...]  # name, kind, path
    voyages: Mapping[str, Sequence[int]]  # ship, side, departs, lasts, load (per cent)
    moves: Mapping[str, Sequence[int]]  # path, departs, lasts, units
    ship_queues: tuple[Mapping[str, Any], ...]  # port (row), by_day
    cargo_queues: tuple[Mapping[str, Any], ...]  # port (row), unit, by_day

    def as_json(self) -> dict[str, Any]:
        """Plain lists and words; departures as steps from the one before, which is shorter."""
        return {
            "since": self.since.isoformat(),
            "hours": (self.until - self.since).total_seconds() / 3600.0,
            "ticks_per_hour": TICKS_PER_HOUR,
            "ports": [dict(port) for port in self.ports],
            "places": [dict(place) for place in self.places],
            "paths": [dict(path) for path in self.paths],
            "ships": [dict(ship) for ship in self.ships],
            "voyages": _with_steps(self.voyages),
            "moves": _with_steps(self.moves),
            "ship_queues": [dict(queue) for queue in self.ship_queues],
            "cargo_queues": [dict(queue) for queue in self.cargo_queues],
        }


def make_film(plan: Plan, world: World, corridor: Corridor) -> Film:
    """The film of one replication.

    Parameters
    ----------
    plan
        What was run.
    world
        From `run_world(plan, …, trace=True)`, after its last event; without a trace no train moves.
    corridor
        The tables for names and positions; a path runs through the `via` points of its links.
    """
    drawer = _Drawer(plan, corridor)
    ports = list(dict.fromkeys((*plan.end_ports, *(gate for gate in plan.gate_ids if gate in corridor["places"]))))
    ships = tuple(drawer.ship(number) for number in range(len(plan.ship_ids)))
    voyages = _voyages(plan, world)
    moves = drawer.moves(world)
    row_of = {port: row for row, port in enumerate(ports)}
    return Film(
        since=plan.since,
        until=plan.until,
        ports=tuple({**drawer.place(port), "id": port, "shut": _shut(plan, world, port)} for port in ports),
        places=tuple(drawer.place(place) for place in drawer.named(exclude=row_of)),
        paths=tuple(drawer.paths),
        ships=ships,
        voyages=voyages,
        moves=moves,
        ship_queues=tuple(
            {"port": row_of[port], "by_day": world.queue_ships[:, column].tolist()}
            for column, port in enumerate(berth.partition(".")[0] for berth in plan.berth_ids)
            if port in row_of
        ),
        cargo_queues=tuple(
            {
                "port": row_of[port],
                "unit": drawer.unit(column // 2),
                "by_day": np.rint(world.queue_units[:, column]).astype(np.int64).tolist(),
            }
            for column, port in enumerate(plan.end_ports)
        ),
    )


def _ticks(plan: Plan, hours: np.ndarray) -> np.ndarray:
    ticks: np.ndarray = np.rint((hours - plan.window_h[0]) * TICKS_PER_HOUR).astype(np.int64)
    return ticks


def _in_window(plan: Plan, departs_h: np.ndarray, arrives_h: np.ndarray) -> np.ndarray:
    """Rows of what is under way at any time of the window, by departure."""
    since_h, until_h = plan.window_h
    rows = np.flatnonzero((arrives_h > since_h) & (departs_h < until_h))
    order: np.ndarray = rows[np.argsort(departs_h[rows], kind="stable")]
    return order


def _voyages(plan: Plan, world: World) -> dict[str, list[int]]:
    voyages = world.voyages[: int(world.counters[N_VOYAGES])]
    voyages = voyages[_in_window(plan, voyages[:, 2], voyages[:, 3])]
    departs, arrives = _ticks(plan, voyages[:, 2]), _ticks(plan, voyages[:, 3])
    load = np.rint(100.0 * np.clip(voyages[:, 4:6].max(axis=1, initial=0.0), 0.0, 1.0))
    return {
        "ship": voyages[:, 0].astype(np.int64).tolist(),
        "side": voyages[:, 1].astype(np.int64).tolist(),
        "departs": departs.tolist(),
        "lasts": (arrives - departs).tolist(),
        "load": load.astype(np.int64).tolist(),
    }


def _shut(plan: Plan, world: World, port: str) -> list[list[int]]:
    """From and until of each closure inside the window."""
    if port not in plan.gate_ids:
        return []
    record = world.gates[plan.gate_ids.index(port)]
    mine = slice(int(record["first_interval"]), int(record["last_interval"]))
    since_h, until_h = plan.window_h
    pairs = zip(world.shut_from_h[mine].tolist(), world.shut_until_h[mine].tolist(), strict=True)
    kept = [(max(start, since_h), min(end, until_h)) for start, end in pairs if end > since_h and start < until_h]
    return [_ticks(plan, np.array(pair)).tolist() for pair in kept]


def _with_steps(columns: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    departs = np.asarray(columns["departs"], dtype=np.int64)
    return {name: list(values) for name, values in columns.items()} | {"departs": np.diff(departs, prepend=0).tolist()}


class _Drawer:
    """Names, positions and paths; each path is kept once."""

    def __init__(self, plan: Plan, corridor: Corridor) -> None:
        self.plan, self.corridor = plan, corridor
        self.paths: list[dict[str, Any]] = []
        self._rows: dict[tuple[str, tuple[str, ...]], int] = {}

    def place(self, place: str) -> dict[str, Any]:
        """Name and position."""
        places = self.corridor["places"]
        row = places.get_row(place)
        at = [round(float(places.floats(f"{axis}_deg")[row]), 3) for axis in ("longitude", "latitude")]
        return {"name": places.text(row, "name").split(" (")[0], "at": at}

    def named(self, exclude: Mapping[str, int]) -> list[str]:
        """Where traced cargo begins and ends its way, those of most flows first."""
        traced = [flow for flow, row in zip(self.plan.flow_info, self.plan.flows, strict=True) if row["traced"]]
        counts: dict[str, int] = {}
        for flow in traced:
            for place in (flow.origin, flow.destination):
                counts[place] = counts.get(place, 0) + 1
        found = [place for place in counts if place in self.corridor["places"] and place not in exclude]
        return sorted(found, key=lambda place: (-counts[place], place))

    def ship(self, number: int) -> dict[str, Any]:
        """Name, kind and the path of its line from end 0 to end 1."""
        vessels = self.corridor["vessels"]
        row = vessels.get_row(self.plan.ship_ids[number])
        line = int(self.plan.ships["line"][number])
        services = self.corridor["services"]
        links = services.items(services.get_row(self.plan.line_ids[line]), "links")
        start = self.plan.end_ports[2 * line]
        return {
            "name": vessels.text(row, "name"),
            "kind": vessels.text(row, "kind"),
            "path": self.path(start, tuple(links)),
        }

    def unit(self, line: int) -> str:
        """What is counted where cargo waits for the ships of a line."""
        vessels = self.corridor["vessels"]
        ships = np.flatnonzero(self.plan.ships["line"] == line)
        kind = vessels.text(vessels.get_row(self.plan.ship_ids[int(ships[0])]), "kind") if ships.size else ""
        return UNITS_OF_KIND.get(kind, "t")

    def path(self, start: str, links: tuple[str, ...]) -> int:
        """The row of the path that leaves `start` along these links."""
        key = (start, links)
        if key not in self._rows:
            self._rows[key] = len(self.paths)
            table = self.corridor["links"]
            stops = [start]
            for link in links:
                row = table.get_row(link)
                ends = [table.text(row, "from_place"), *table.items(row, "via"), table.text(row, "to_place")]
                stops += ends[1:] if ends[0] == stops[-1] else ends[-2::-1]
            mode = table.text(table.get_row(links[0]), "mode")
            self.paths.append({"at": [self.place(stop)["at"] for stop in stops], "mode": mode})
        return self._rows[key]

    def moves(self, world: World) -> dict[str, list[int]]:
        """Trains and groups of wagons on their links, and onward ships beyond the crossing."""
        plan, table = self.plan, self.corridor["links"]
        moves = world.moves[: int(world.counters[N_MOVES])]
        path_of = np.full(len(plan.stages), -1, dtype=np.int64)
        for stage, links in plan.stage_links.items():
            if links and table.text(table.get_row(links[0]), "mode") in _DRAWN_MODES:
                path_of[stage] = self.path(plan.stage_words[stage].partition("–")[0], tuple(links))
        moves = moves[_in_window(plan, moves[:, 1], moves[:, 2])]
        stages = moves[:, 0].astype(np.int64)
        moves, stages = moves[path_of[stages] >= 0], stages[path_of[stages] >= 0]
        departs, arrives = _ticks(plan, moves[:, 1]), _ticks(plan, moves[:, 2])
        return {
            "path": path_of[stages].tolist(),
            "departs": departs.tolist(),
            "lasts": (arrives - departs).tolist(),
            "units": np.rint(moves[:, 3]).astype(np.int64).tolist(),
        }
