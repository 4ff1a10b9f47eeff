"""A quote: the legs of a route with time, cost and CO2 as low–mid–high, borders, claims and assumptions.

Totals: the mids of the legs add up. Their distances to low and high are combined with one correlation for all
pairs of legs, so the totals are narrower than the sum of all the lows and all the highs: a shipment that has bad
luck at a border does not have it everywhere. Sections of one railway ride on one speed, so within a leg they
are taken as fully correlated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from transcaspian.corridor import ArcKind, Corridor, Network
from transcaspian.corridor.geometry import Point, great_circle_line
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.ranges import exact, total
from transcaspian.corridor.tables import Estimate3
from transcaspian.freight.corridors import label
from transcaspian.freight.routes import Route
from transcaspian.freight.timetable import next_departure

# Assumption: legs share weather, seasons and demand, but not queues. 0 and 1 are the bounds.
LEG_CORRELATION = 0.3
LEG_CORRELATION_REASON = "no published correlation of leg times; legs share season and demand but not queues"
LEG_CORRELATION_RANGE = (0.0, 0.7)

OPERATION_WORDS = {
    ArcKind.LOAD: "load",
    ArcKind.UNLOAD: "unload",
    ArcKind.TRANSHIP: "tranship",
    ArcKind.CHANGE_GAUGE: "change_gauge",
    ArcKind.CROSS_BORDER: "cross_border",
    ArcKind.CLEAR_CUSTOMS: "clear_customs",
    ArcKind.WAIT: "wait",
}


@dataclass(frozen=True, slots=True)
class Leg:
    """A move by one carrier, or one operation; money and CO2 are for the whole load."""

    operation: str  # empty for a move
    mode: str  # of a move, and of the service that is waited for
    start: str
    end: str
    gauge_mm: int | None
    operator: str
    service: str
    facility: str
    time_h: Estimate3
    cost_usd: Estimate3
    co2_kg: Estimate3
    distance_km: float
    links: tuple[str, ...]
    cells: tuple[Cell, ...]
    path: tuple[Point, ...]  # (longitude, latitude)
    ready_at: dt.datetime | None = None
    done_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Border:
    """One country left and another entered."""

    from_country: str
    to_country: str
    place: str


@dataclass(frozen=True, slots=True, eq=False)
class Quote:
    """What a route takes, costs and emits, and what that rests on."""

    route: Route
    label: str
    corridor: str
    legs: tuple[Leg, ...]
    borders: tuple[Border, ...]
    time_h: Estimate3
    cost_usd: Estimate3
    co2_kg: Estimate3
    spread_h: float
    distance_km: float
    claims: tuple[str, ...]
    assumptions: tuple[Cell, ...]


def make_quote(route: Route, *, depart: dt.datetime | None = None) -> Quote:
    """The quote for a route; with `depart`, services with a timetable are waited for to the day.

    Parameters
    ----------
    route
        Its arcs must belong to its network.
    depart
        When the cargo is ready at the origin, without a time zone: all places are taken to share one clock. The legs
        then stand on the calendar, at the mids of their times.

    Returns
    -------
    quote
        Times per shipment; money and CO2 for the whole load. Totals use `LEG_CORRELATION`.
    """
    network = route.network
    arcs = [arc for arc in route.arcs if network.kind[arc] != ArcKind.END]
    legs = _without_foreign_trains(network.corridor, [_leg(route, group) for group in _grouped(network, arcs)])
    if depart is not None:
        legs = list(_timed(network.corridor, legs, depart))
    provenance = network.corridor.provenance
    cells = [*route.load.cells, *(cell for leg in legs for cell in leg.cells)]
    return Quote(
        route=route,
        label=label(network, route.arcs),
        corridor=route.corridor,
        legs=tuple(legs),
        borders=tuple(_borders(network, arcs)),
        time_h=total((leg.time_h for leg in legs), correlation=LEG_CORRELATION),
        cost_usd=total((leg.cost_usd for leg in legs), correlation=LEG_CORRELATION),
        co2_kg=total((leg.co2_kg for leg in legs), correlation=LEG_CORRELATION),
        spread_h=sum(leg.time_h.high - leg.time_h.low for leg in legs),
        distance_km=sum(leg.distance_km for leg in legs),
        claims=provenance.claims_of(cells),
        assumptions=provenance.assumed(cells),
    )


def _grouped(network: Network, arcs: Sequence[int]) -> Iterator[list[int]]:
    """Consecutive moves by one carrier on one gauge together; every operation by itself."""
    links = network.corridor["links"]

    def carrier(numbered: tuple[int, int]) -> tuple[object, ...]:
        place, arc = numbered
        if network.kind[arc] != ArcKind.MOVE:
            return ("operation", place)
        link = int(network.link[arc])
        mode = links.text(link, "mode")
        if mode == "sea":
            return ("sea", place)
        return (mode, network.nodes[network.tail[arc]].side, links.text(link, "operator"))

    for _, group in groupby(enumerate(arcs), key=carrier):
        yield [arc for _, arc in group]


def _leg(route: Route, arcs: Sequence[int]) -> Leg:
    network, unit_load, load = route.network, route.unit_load, route.load
    first, last = arcs[0], arcs[-1]
    start, end = network.nodes[network.tail[first]], network.nodes[network.head[last]]
    corridor = network.corridor
    link = int(network.link[first])
    service = int(network.service[first])
    facility = int(network.facility[first])
    cargo = corridor["unit_loads"].floats("cargo_t")[corridor["unit_loads"].get_row(load.unit_load)]
    side = start.side or end.side
    is_move = link >= 0
    return Leg(
        operation="" if is_move else OPERATION_WORDS[ArcKind(network.kind[first])],
        mode=side.split("_")[0] if is_move or network.kind[first] == ArcKind.WAIT else "",
        start=start.place,
        end=end.place,
        gauge_mm=int(side.removeprefix("rail_")) if is_move and side.startswith("rail_") else None,
        operator=corridor["links"].text(link, "operator") if is_move else "",
        service=str(corridor["services"].mid["id"][service]) if service >= 0 else "",
        facility=str(corridor["facilities"].mid["id"][facility]) if facility >= 0 else "",
        time_h=total((network.time(unit_load, arc) for arc in arcs), correlation=1.0),
        cost_usd=total((network.cost(unit_load, arc) for arc in arcs), correlation=1.0).scaled(load.count),
        co2_kg=total((network.co2(unit_load, arc) for arc in arcs), correlation=1.0).scaled(load.cargo_t / cargo),
        distance_km=float(sum(network.length_km[1, arc] for arc in arcs)),
        links=tuple(str(corridor["links"].mid["id"][network.link[arc]]) for arc in arcs) if is_move else (),
        cells=tuple(dict.fromkeys(cell for arc in arcs for cell in network.cells[unit_load][arc])),
        path=tuple(_path(corridor, network, arcs)) if is_move else (),
    )


def _without_foreign_trains(corridor: Corridor, legs: Sequence[Leg]) -> list[Leg]:
    """A block train is named only where the leg stays on its line; else any train of that line was boarded."""
    services = corridor["services"]
    kept = list(legs)
    for place, leg in enumerate(legs):
        if not leg.service or leg.operation:
            continue
        row = services.get_row(leg.service)
        if services.text(row, "kind") == "block_train" and not set(leg.links) <= set(services.items(row, "links")):
            kept[place] = replace(leg, service="")
            if place and kept[place - 1].service == leg.service:
                kept[place - 1] = replace(kept[place - 1], service="")
    return kept


def _path(corridor: Corridor, network: Network, arcs: Iterable[int]) -> Iterator[Point]:
    """The line of a move through the places on its way; great circles at sea, straight between stations."""
    links, places = corridor["links"], corridor["places"]
    longitude, latitude = places.floats("longitude_deg"), places.floats("latitude_deg")
    last: Point | None = None
    for arc in arcs:
        link = int(network.link[arc])
        start = network.nodes[network.tail[arc]].place
        stops = [links.text(link, "from_place"), *links.items(link, "via"), links.text(link, "to_place")]
        if stops[0] != start:
            stops.reverse()
        points = [(float(longitude[row]), float(latitude[row])) for row in map(places.get_row, stops)]
        for one, other in pairwise(points):
            for point in great_circle_line(one, other):
                if point != last:
                    yield point
                    last = point


def _borders(network: Network, arcs: Iterable[int]) -> Iterator[Border]:
    for arc in arcs:
        if network.kind[arc] == ArcKind.CROSS_BORDER:
            node = network.nodes[network.tail[arc]]
            entered = network.corridor["places"].text(network.corridor["places"].get_row(node.place), "country")
            yield Border(node.stage.removeprefix("from "), entered, node.place)


def _timed(corridor: Corridor, legs: Iterable[Leg], depart: dt.datetime) -> Iterator[Leg]:
    """The legs on the calendar: each begins when the one before is done, at the mids of their times."""
    services = corridor["services"]
    now = depart
    for leg in legs:
        time_h = leg.time_h
        if leg.operation == "wait" and leg.service:
            leaves = next_departure(services.text(services.get_row(leg.service), "timetable"), now)
            if leaves is not None:
                wait_h = (leaves - now).total_seconds() / 3600
                # Being early or late at the quay moves the wait by up to a headway either way.
                time_h = replace(exact(wait_h), low=0.0, high=max(wait_h, leg.time_h.high))
        done = now + dt.timedelta(hours=time_h.mid)
        yield replace(leg, time_h=time_h, ready_at=now, done_at=done)
        now = done
