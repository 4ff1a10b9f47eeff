"""Turn a corridor's tables into the arcs of the virtual network.

Reads downwards: moves by land, sea services, block trains, operations, the consignee's end.
Closed or planned rows give no arc at all, so nothing can leak through a closure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from transcaspian.corridor.arc_values import ArcValues, Priced
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.network import ArcKind, Network, Node
from transcaspian.corridor.ranges import ZERO
from transcaspian.corridor.tables import Estimate3

# Every other day: boxes do not wait for a rarer train that keeps no timetable, they go with ordinary ones. No source.
OFTEN_PER_WEEK = 3.5
OFTEN_PER_WEEK_RANGE = (1.0, 7.0)

_KIND_OF = {
    "load": ArcKind.LOAD,
    "unload": ArcKind.UNLOAD,
    "tranship": ArcKind.TRANSHIP,
    "change_gauge": ArcKind.CHANGE_GAUGE,
    "cross_border": ArcKind.CROSS_BORDER,
    "clear_customs": ArcKind.CLEAR_CUSTOMS,
}


@dataclass(frozen=True, slots=True)
class _Arc:
    """One arc being drafted; `loads` has the unit loads that may use it."""

    tail: Node
    head: Node
    kind: ArcKind
    loads: dict[str, Priced]
    link: int = -1
    service: int = -1
    operation: int = -1
    facility: int = -1
    length_km: Estimate3 = ZERO


@dataclass(frozen=True, slots=True)
class Run:
    """One link run over in one direction."""

    link: int
    start: str
    end: str


@lru_cache(maxsize=16)
def build_network(corridor: Corridor) -> Network:
    """The virtual network of the corridor's effective tables.

    Deterministic: arcs stand in the order of the tables. The same corridor object gives the same network
    object, so that repeated questions do not build it again.

    Parameters
    ----------
    corridor
        On its day, with its changes. Rows that are closed or planned, and unit loads without a price, give no arc.

    Returns
    -------
    network
        See `Network` for shapes and units.
    """
    builder = _Builder(corridor)
    builder.land_moves()
    builder.sea_services()
    builder.block_trains()
    builder.operations()
    return builder.finish()


@dataclass
class _Builder:
    corridor: Corridor
    arcs: list[_Arc] = field(default_factory=list)
    boarded: set[Node] = field(default_factory=set)
    # By (place, side): the countries whose cargo stands there before the border, in the order of drafting.
    before_border: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = ArcValues(self.corridor)
        self.links = self.corridor["links"]
        self.services = self.corridor["services"]
        self.places = self.corridor["places"]
        self.trains = self._trains()
        self.handled = frozenset(self._sides_after("load", "tranship"))
        self.regauged = frozenset(self._sides_after("change_gauge"))

    # -- what is open ---------------------------------------------------------------------------------

    def is_open(self, table: str, row: int) -> bool:
        """False for a row that is closed or only planned."""
        rows = self.corridor[table]
        return str(rows.mid["id"][row]) not in self.corridor.closed and rows.text(row, "status") == "open"

    def link_is_open(self, link: int) -> bool:
        """False when the link, one of its ends or a place on its way is closed, or it is only planned."""
        touched = {self.links.text(link, "from_place"), self.links.text(link, "to_place")}
        touched.update(self.links.items(link, "via"))
        return self.is_open("links", link) and not touched & self.corridor.closed

    def country(self, place: str) -> str:
        """The country of a place."""
        return self.places.text(self.places.get_row(place), "country")

    def side(self, link: int) -> str:
        """The side that a link belongs to: its mode, for rail with its gauge."""
        mode = self.links.text(link, "mode")
        return f"rail_{self.links.floats('gauge_mm')[link]:.0f}" if mode == "rail" else mode

    def runs(self, link: int) -> Iterator[Run]:
        """The directions in which a link may be used."""
        start, end = self.links.text(link, "from_place"), self.links.text(link, "to_place")
        yield Run(link, start, end)
        if self.links.text(link, "direction") == "both":
            yield Run(link, end, start)

    # -- moves ----------------------------------------------------------------------------------------

    def land_moves(self) -> None:
        """Rail, road and pipeline links: any train or truck may be ridden at any time."""
        for link in range(len(self.links)):
            if self.links.text(link, "mode") == "sea" or not self.link_is_open(link):
                continue
            side = self.side(link)
            for run in self.runs(link):
                loads = self.values.move(link, "", self.links.items(link, "unit_loads"))
                tails = self._arrived(run.start, side)
                if (run.start, side) in self.handled:
                    tails.append(_outgoing(run.start, side))
                for tail in tails:
                    self._move(tail, self._landing(run, side), run, loads)

    def _landing(self, run: Run, side: str, *, loaded_in: str = "") -> Node:
        """Where a move ends: on the stand or quay, or before the border of the country just reached."""
        left, entered = loaded_in or self.country(run.start), self.country(run.end)
        if left != entered:
            self.before_border.setdefault((run.end, side), {})[left] = None
            return Node(run.end, side, f"from {left}")
        return Node(run.end, side, "quay_in" if side == "sea" else "stand")

    def _move(self, tail: Node, head: Node, run: Run, loads: dict[str, Priced], *, service: int = -1) -> None:
        length = self.links.estimate(run.link, "length_km") or ZERO
        self.arcs.append(_Arc(tail, head, ArcKind.MOVE, loads, run.link, service, length_km=length))

    def sea_services(self) -> None:
        """Ferries, feeders, liners and tankers: wait on the quay, then sail one or more links."""
        for service in range(len(self.services)):
            if self.services.text(service, "kind") == "block_train" or not self.is_open("services", service):
                continue
            for chain in self._chains(service):
                self._sail(service, chain)

    def _sail(self, service: int, chain: Sequence[Run]) -> None:
        """Board at every call, land at every later one; cargo aboard keeps the country it was loaded in."""
        service_id = str(self.services.mid["id"][service])
        unit_loads = self.services.items(service, "unit_loads")
        aboard: dict[str, Node] = {}  # where cargo of each country is while the ship calls
        for leg, run in enumerate(chain):
            if not self.link_is_open(run.link):
                aboard = {}
                continue
            side = self.side(run.link)
            carried = [u for u in unit_loads if u in self.links.items(run.link, "unit_loads")]
            boarded = Node(run.start, side, f"aboard {service_id}")
            self._board(service, boarded, carried)
            loads = self.values.move(run.link, service_id, carried)
            sails_on = leg + 1 < len(chain) and self.link_is_open(chain[leg + 1].link)
            onward: dict[str, Node] = {}
            for country, node in [(self.country(run.start), boarded), *aboard.items()]:
                self._move(node, self._landing(run, side, loaded_in=country), run, loads, service=service)
                if sails_on:
                    onward[country] = Node(run.end, side, f"aboard {service_id} from {country}")
                    self._move(node, onward[country], run, loads, service=service)
            aboard = onward

    def _board(self, service: int, aboard: Node, carried: Sequence[str]) -> None:
        """Wait on the quay for a departure; a ship that calls on its way out and back is waited for once."""
        if aboard not in self.boarded:
            self.boarded.add(aboard)
            quay = Node(aboard.place, aboard.side, "quay_out")
            waits = self.values.wait(service, carried)
            self.arcs.append(_Arc(quay, aboard, ArcKind.WAIT, waits, service=service))

    def _chains(self, service: int) -> list[list[Run]]:
        """The links of a service as runs, and the way back where it runs both ways."""
        chain: list[Run] = []
        here = self.services.text(service, "from_place")
        for link_id in self.services.items(service, "links"):
            link = self.links.get_row(link_id)
            run = next((run for run in self.runs(link) if run.start == here), None)
            if run is None:
                return []  # the checks report a service whose links do not follow each other
            chain.append(run)
            here = run.end
        back = [Run(run.link, run.end, run.start) for run in reversed(chain)]
        usable = all(any(run == way for way in self.runs(run.link)) for run in back)
        return [chain, back] if self.services.flag(service, "both_ways") and usable else [chain]

    # -- block trains ---------------------------------------------------------------------------------

    def _trains(self) -> dict[tuple[str, str], dict[str, int]]:
        """By (place, side), then unit load: the most frequent block train that starts there."""
        departures = self.services.floats("departures_per_week")
        trains: dict[tuple[str, str], dict[str, int]] = {}
        for service in range(len(self.services)):
            if not self._is_waited_for(service):
                continue
            for chain in self._chains(service):
                if not chain or not self.link_is_open(chain[0].link):
                    continue
                at_start = trains.setdefault((chain[0].start, self.side(chain[0].link)), {})
                for unit_load in self.services.items(service, "unit_loads"):
                    known = at_start.setdefault(unit_load, service)
                    if departures[service] > departures[known]:
                        at_start[unit_load] = service
        return trains

    def _is_waited_for(self, service: int) -> bool:
        """True for an open block train that boxes wait for: one with a timetable, or one that leaves often."""
        if self.services.text(service, "kind") != "block_train" or not self.is_open("services", service):
            return False
        often = self.services.floats("departures_per_week")[service] >= OFTEN_PER_WEEK
        return bool(often) or self.services.text(service, "policy") == "timetable"

    def carried_by_train(self, place: str, side: str) -> frozenset[str]:
        """The unit loads that leave this place by block train, and so wait for it after loading."""
        return frozenset(self.trains.get((place, side), ()))

    def block_trains(self) -> None:
        """Where block trains start, loaded boxes wait for a departure of the most frequent one.

        The tables do not say which box rides which train, so the wait holds whatever line the box then takes.
        """
        for (place, side), trains in self.trains.items():
            for service in dict.fromkeys(trains.values()):
                waits = self.values.wait(service, [u for u, train in trains.items() if train == service])
                loaded = Node(place, side, "loaded")
                self.arcs.append(_Arc(loaded, _outgoing(place, side), ArcKind.WAIT, waits, service=service))

    # -- operations -----------------------------------------------------------------------------------

    def _sides_after(self, *names: str) -> Iterator[tuple[str, str]]:
        """By (place, side): where cargo stands after one of the named operations."""
        rows = self.corridor["operations"]
        for row in range(len(rows)):
            if rows.text(row, "operation") in names:
                yield rows.text(row, "place"), rows.text(row, "to_side")
                if rows.flag(row, "both_ways"):
                    yield rows.text(row, "place"), rows.text(row, "from_side")

    def _arrived(self, place: str, side: str) -> list[Node]:
        """Where cargo stands on a side that may still be handled here: come in, or just changed to this gauge."""
        nodes = [_incoming(place, side)]
        return [*nodes, Node(place, side, "regauged")] if (place, side) in self.regauged else nodes

    def operations(self) -> None:
        """Load, unload, tranship, change gauge, cross a border, clear customs."""
        rows = self.corridor["operations"]
        facilities = self.corridor["facilities"]
        for row, operation_id in enumerate(rows):
            place = rows.text(row, "place")
            facility_id = rows.text(row, "facility")
            if operation_id in self.corridor.closed or place in self.corridor.closed:
                continue
            facility = facilities.get_row(facility_id) if facility_id else -1
            if facility >= 0 and not self.is_open("facilities", facility):
                continue
            loads = self.values.operation(row, self.country(place))
            kind = _KIND_OF[rows.text(row, "operation")]
            for tail, head, allowed in self._ends(row):
                kept = {u: priced for u, priced in loads.items() if u in allowed}
                if kept:
                    self.arcs.append(_Arc(tail, head, kind, kept, operation=row, facility=facility))
        self._consignee_ends()

    def _ends(self, row: int) -> list[tuple[Node, Node, frozenset[str]]]:
        """The node pairs that an operation row joins, with the unit loads of each."""
        rows = self.corridor["operations"]
        place, operation = rows.text(row, "place"), rows.text(row, "operation")
        one, other = rows.text(row, "from_side"), rows.text(row, "to_side")
        everything = frozenset(rows.items(row, "unit_loads"))
        if operation == "load":
            by_train = self.carried_by_train(place, other) & everything
            origin = Node(place, "", "origin")
            return [
                (origin, _outgoing(place, other), everything - by_train),
                (origin, Node(place, other, "loaded"), by_train),
            ]
        if operation == "unload":
            return [(node, Node(place, "", "yard"), everything) for node in self._arrived(place, one)]
        if operation == "clear_customs":
            return [(Node(place, "", "yard"), Node(place, "", "import"), everything)]
        if operation == "cross_border":
            return [
                (Node(place, one, f"from {country}"), _incoming(place, one), allowed)
                for country, allowed in self._let_in(row, place, one).items()
                if allowed
            ]
        ways = [(one, other), (other, one)] if rows.flag(row, "both_ways") and one != other else [(one, other)]
        if operation == "tranship":
            return [
                (tail, _outgoing(place, end), everything) for start, end in ways for tail in self._arrived(place, start)
            ]
        # What was put on a train here may still change its gauge, as wagons off a ferry do; then it leaves.
        return [
            pair
            for start, end in ways
            for pair in (
                (_incoming(place, start), Node(place, end, "regauged"), everything),
                (_outgoing(place, start), _outgoing(place, end), everything),
            )
        ]

    def _let_in(self, row: int, place: str, side: str) -> dict[str, frozenset[str]]:
        """What this border row lets in, by country; a row that names the country goes before a general one."""
        rows = self.corridor["operations"]
        everything = frozenset(rows.items(row, "unit_loads"))
        named = rows.text(row, "from_country")
        if named:
            return {named: everything}
        let_in = dict.fromkeys(self.before_border.get((place, side), ()), everything)
        for other in range(len(rows)):
            country = rows.text(other, "from_country")
            if (
                country in let_in
                and rows.text(other, "operation") == "cross_border"
                and (rows.text(other, "place"), rows.text(other, "from_side")) == (place, side)
            ):
                let_in[country] -= frozenset(rows.items(other, "unit_loads"))
        return let_in

    def _consignee_ends(self) -> None:
        free = {u: Priced(ZERO, ZERO, ZERO, ()) for u in self.values.unit_loads}
        for place in dict.fromkeys(arc.head.place for arc in self.arcs if arc.head.stage == "yard"):
            self.arcs.append(_Arc(Node(place, "", "yard"), Node(place, "", "inland"), ArcKind.END, free))

    # -- arrays ---------------------------------------------------------------------------------------

    def finish(self) -> Network:
        """The drafted arcs as flat arrays."""
        nodes: dict[Node, int] = {}
        for arc in self.arcs:
            nodes.setdefault(arc.tail, len(nodes))
            nodes.setdefault(arc.head, len(nodes))
        unit_loads = self.values.unit_loads
        n_arcs = len(self.arcs)
        shape = (3, len(unit_loads), n_arcs)
        time_h, cost_usd, co2_kg = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        allowed = np.zeros(shape[1:], dtype=np.bool_)
        cells: list[list[tuple[tuple[str, str, str], ...]]] = [[()] * n_arcs for _ in unit_loads]
        for index, arc in enumerate(self.arcs):
            for number, unit_load in enumerate(unit_loads):
                priced = arc.loads.get(unit_load)
                if priced is None:
                    continue
                allowed[number, index] = True
                cells[number][index] = priced.cells
                for array, value in (
                    (time_h, priced.time_h),
                    (cost_usd, priced.cost_usd),
                    (co2_kg, priced.co2_kg),
                ):
                    array[:, number, index] = (value.low, value.mid, value.high)

        def ints(values: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
            return np.array(values, dtype=np.int32)

        return Network(
            corridor=self.corridor,
            unit_loads=unit_loads,
            nodes=tuple(nodes),
            node_index=nodes,
            tail=ints([nodes[arc.tail] for arc in self.arcs]),
            head=ints([nodes[arc.head] for arc in self.arcs]),
            kind=ints([int(arc.kind) for arc in self.arcs]),
            link=ints([arc.link for arc in self.arcs]),
            service=ints([arc.service for arc in self.arcs]),
            operation=ints([arc.operation for arc in self.arcs]),
            facility=ints([arc.facility for arc in self.arcs]),
            length_km=np.array([[getattr(arc.length_km, end) for arc in self.arcs] for end in ("low", "mid", "high")]),
            time_h=time_h,
            cost_usd=cost_usd,
            co2_kg=co2_kg,
            allowed=allowed,
            cells=tuple(tuple(row) for row in cells),
        )


def _incoming(place: str, side: str) -> Node:
    """Where cargo stands that has come in on a side."""
    return Node(place, side, "quay_in" if side == "sea" else "stand")


def _outgoing(place: str, side: str) -> Node:
    """Where cargo stands that has just been put on a side: it can only leave, not be handled again on the spot."""
    return Node(place, side, "quay_out" if side == "sea" else "out")
