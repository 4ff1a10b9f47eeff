"""Whether the tables make a network: every wall has its door, every sea link its ship, every move its price.

A *side* of a place is a mode, for rail with its gauge. Planned rows are checked like open ones, because an upgrade
may open them; only sea links need a service from the first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.provenance_checks import cell_place
from transcaspian.corridor.tables import Table
from transcaspian.corridor.tariffs import Tariffs
from transcaspian.errors import Problem

_LAND = ("rail_1520", "rail_1435", "road", "pipeline")
_SHOWN = 12  # places named in one message


@dataclass
class _Side:
    """What arrives on and leaves from one side of a place."""

    arrives: dict[str, str] = field(default_factory=dict)  # unit load -> a link that brings it
    leaves: dict[str, str] = field(default_factory=dict)


def side_of(links: Table, row: int) -> str:
    """The side that a link belongs to: its mode, for rail with its gauge."""
    mode = links.text(row, "mode")
    return f"rail_{links.floats('gauge_mm')[row]:.0f}" if mode == "rail" else mode


def ways(links: Table, row: int) -> list[tuple[str, str]]:
    """The directions of a link as (start, end)."""
    way = (links.text(row, "from_place"), links.text(row, "to_place"))
    return [way, way[::-1]] if links.text(row, "direction") == "both" else [way]


def check_borders(corridor: Corridor) -> Iterator[Problem]:
    """Cargo that reaches another country where no `cross_border` operation lets it in."""
    links, rows = corridor.base["links"], corridor.base["operations"]
    doors: dict[tuple[str, str, str], set[str]] = {}
    for row in range(len(rows)):
        if rows.text(row, "operation") == "cross_border":
            key = (rows.text(row, "place"), rows.text(row, "from_side"), rows.text(row, "from_country"))
            doors.setdefault(key, set()).update(rows.items(row, "unit_loads"))
    for (link, left, entered), unit_loads in _entries(corridor).items():
        side = side_of(links, link)
        let_in = doors.get((entered, side, ""), set()) | doors.get((entered, side, left), set())
        shut_out = [u for u in unit_loads if u not in let_in]
        if shut_out:
            link_id = links.text(link, "id")
            what = (
                f"{', '.join(shut_out)} from {left} cannot enter at {entered}: no cross_border operation takes it there"
            )
            mend = f"add {entered}.cross_border with from_side {side} to operations.csv ({link_id} leads there)."
            yield Problem("corridor.border", cell_place(links, link, "unit_loads"), what, mend)


def _entries(corridor: Corridor) -> dict[tuple[int, str, str], list[str]]:
    """(link, country left, place entered) -> unit loads, over single links and over the later calls of services."""
    links, services, places = corridor.base["links"], corridor.base["services"], corridor.base["places"]
    country = dict(zip(places, places.texts("country"), strict=True))
    found: dict[tuple[int, str, str], list[str]] = {}

    def enter(link: int, left: str, entered: str, unit_loads: Iterable[str]) -> None:
        if left != country[entered]:
            known = found.setdefault((link, left, entered), [])
            known += [u for u in unit_loads if u not in known and u in links.items(link, "unit_loads")]

    for link in range(len(links)):
        for start, end in ways(links, link):
            enter(link, country[start], end, links.items(link, "unit_loads"))
    for service in range(len(services)):
        if services.text(service, "kind") == "block_train":
            continue
        chain = [links.get_row(link_id) for link_id in services.items(service, "links")]
        out = _calls(links, services.text(service, "from_place"), chain)
        trips = [(chain, out)]
        if services.flag(service, "both_ways"):
            trips.append((chain[::-1], out[::-1]))
        for sailed, calls in trips:
            for leg, (link, entered) in enumerate(zip(sailed, calls[1:], strict=False)):
                for boarded in calls[: leg + 1]:
                    enter(link, country[boarded], entered, services.items(service, "unit_loads"))
    return found


def _calls(links: Table, start: str, chain: Iterable[int]) -> list[str]:
    """The places a service calls at, as far as its links follow each other."""
    calls = [start]
    for link in chain:
        onward = next((end for begin, end in ways(links, link) if begin == calls[-1]), None)
        if onward is None:
            break
        calls.append(onward)
    return calls


def check_gauges(corridor: Corridor) -> Iterator[Problem]:
    """Places where 1520 and 1435 mm meet without a `change_gauge` operation for what arrives there."""
    doors = _pairs(corridor.base["operations"], "change_gauge")
    for place, sides in _sides(corridor).items():
        for one, other in (("rail_1520", "rail_1435"), ("rail_1435", "rail_1520")):
            yield from _missing_pair(corridor, place, sides, (one, other), "change_gauge", doors)


def check_ports(corridor: Corridor) -> Iterator[Problem]:
    """Seaports where cargo cannot be transhipped between the sea and a land side that takes the same unit load.

    A wagon may also change its gauge in between, as at Varna.
    """
    doors = _pairs(corridor.base["operations"], "tranship")
    for (place, one, other), unit_loads in _pairs(corridor.base["operations"], "change_gauge").items():
        for start, end in (((place, other, "sea"), (place, one, "sea")), ((place, "sea", one), (place, "sea", other))):
            doors.setdefault(end, set()).update(unit_loads & doors.get(start, set()))
    for place, sides in _sides(corridor).items():
        for land in _LAND:
            for pair in ((land, "sea"), ("sea", land)):
                yield from _missing_pair(corridor, place, sides, pair, "tranship", doors)


def _missing_pair(
    corridor: Corridor,
    place: str,
    sides: Mapping[str, _Side],
    pair: tuple[str, str],
    operation: str,
    doors: Mapping[tuple[str, str, str], set[str]],
) -> Iterator[Problem]:
    one, other = pair
    if one not in sides or other not in sides:
        return
    done = doors.get((place, one, other), set())
    missing = [u for u in sides[one].arrives if u in sides[other].leaves and u not in done]
    if missing:
        places = corridor.base["places"]
        what = f"{', '.join(missing)} from {one} cannot go on to {other}: there is no {operation} operation for it"
        mend = f"add {place}.{operation} from {one} to {other} to operations.csv."
        kind = "corridor.gauge_change" if operation == "change_gauge" else "corridor.port"
        yield Problem(kind, cell_place(places, places.get_row(place), "id"), f"{place}: {what}", mend)


def _sides(corridor: Corridor) -> dict[str, dict[str, _Side]]:
    """Place -> side -> what arrives and leaves there, from links of any status."""
    links = corridor.base["links"]
    found: dict[str, dict[str, _Side]] = {}
    for row, link_id in enumerate(links):
        side = side_of(links, row)
        for start, end in ways(links, row):
            for unit_load in links.items(row, "unit_loads"):
                found.setdefault(start, {}).setdefault(side, _Side()).leaves.setdefault(unit_load, link_id)
                found.setdefault(end, {}).setdefault(side, _Side()).arrives.setdefault(unit_load, link_id)
    return found


def _pairs(rows: Table, operation: str) -> dict[tuple[str, str, str], set[str]]:
    """(place, from side, to side) -> the unit loads that an operation takes across, both ways where it says so."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for row in range(len(rows)):
        if rows.text(row, "operation") != operation:
            continue
        place, one, other = (rows.text(row, column) for column in ("place", "from_side", "to_side"))
        found.setdefault((place, one, other), set()).update(rows.items(row, "unit_loads"))
        if rows.flag(row, "both_ways"):
            found.setdefault((place, other, one), set()).update(rows.items(row, "unit_loads"))
    return found


def check_operations(corridor: Corridor) -> Iterator[Problem]:
    """Operations whose sides are not those that their kind needs, or whose facility stands elsewhere."""
    rows, facilities = corridor.base["operations"], corridor.base["facilities"]
    needs = {
        "load": (False, True), "unload": (True, False), "tranship": (True, True),
        "change_gauge": (True, True), "cross_border": (True, False), "clear_customs": (False, False),
    }  # fmt: skip
    for row, operation_id in enumerate(rows):
        operation = rows.text(row, "operation")
        for column, needed in zip(("from_side", "to_side"), needs[operation], strict=True):
            if needed != bool(rows.text(row, column)):
                what = f"{operation_id} has {'no' if needed else 'a'} {column}"
                mend = f"{operation} needs {'one' if needed else 'none'}."
                yield Problem("corridor.operation", cell_place(rows, row, column), what, mend)
        sides = {rows.text(row, "from_side"), rows.text(row, "to_side")}
        if operation == "change_gauge" and sides != {"rail_1520", "rail_1435"}:
            what = f"{operation_id} does not join 1520 and 1435 mm"
            mend = "give rail_1520 and rail_1435 as its sides."
            yield Problem("corridor.operation", cell_place(rows, row, "to_side"), what, mend)
        facility = rows.text(row, "facility")
        if facility and facilities.text(facilities.get_row(facility), "place") != rows.text(row, "place"):
            what = f"{facility} does not stand in {rows.text(row, 'place')}"
            yield Problem("corridor.operation", cell_place(rows, row, "facility"), what, "name a facility there.")


def check_sailings(corridor: Corridor) -> Iterator[Problem]:
    """Open sea links that no open service sails with one of their unit loads."""
    links, services = corridor.base["links"], corridor.base["services"]
    carried: dict[str, set[str]] = {}
    for row in range(len(services)):
        if services.text(row, "status") == "open":
            for link_id in services.items(row, "links"):
                carried.setdefault(link_id, set()).update(services.items(row, "unit_loads"))
    for row, link_id in enumerate(links):
        if links.text(row, "mode") != "sea" or links.text(row, "status") != "open":
            continue
        left = [u for u in links.items(row, "unit_loads") if u not in carried.get(link_id, set())]
        if left:
            what = f"no open service carries {', '.join(left)} over {link_id}"
            mend = "add the link to a service that takes them, or take them out of unit_loads."
            yield Problem("corridor.sailing", cell_place(links, row, "unit_loads"), what, mend)


def check_tariffs(corridor: Corridor) -> Iterator[Problem]:
    """Unit loads that are allowed on a link or in an operation, but have no price there."""
    tariffs = Tariffs(corridor.base["tariffs"])
    links, services = corridor.base["links"], corridor.base["services"]
    ships: dict[str, list[int]] = {}
    for row in range(len(services)):
        for link_id in services.items(row, "links"):
            ships.setdefault(link_id, []).append(row)
    for row, link_id in enumerate(links):
        mode, operator = links.text(row, "mode"), links.text(row, "operator")
        offers: list[tuple[str, Iterable[str]]] = []
        if mode != "sea":
            offers.append(("", links.items(row, "unit_loads")))
        offers += [(str(services.mid["id"][s]), services.items(s, "unit_loads")) for s in ships.get(link_id, ())]
        unpriced = {
            unit_load
            for service, unit_loads in offers
            for unit_load in unit_loads
            if unit_load in links.items(row, "unit_loads")
            and tariffs.find_move(service, link_id, operator, mode, unit_load) is None
        }
        if unpriced:
            what = f"{link_id} takes {', '.join(sorted(unpriced))}, but tariffs.csv has no price for it"
            mend = "add a row that applies to moves: for the link, its operator, or the mode in general."
            yield Problem("corridor.tariff", cell_place(links, row, "unit_loads"), what, mend)
    yield from _unpriced_operations(corridor, tariffs)


def _unpriced_operations(corridor: Corridor, tariffs: Tariffs) -> Iterator[Problem]:
    rows, places = corridor.base["operations"], corridor.base["places"]
    for row, operation_id in enumerate(rows):
        place = rows.text(row, "place")
        country = places.text(places.get_row(place), "country")
        unpriced = [
            u
            for u in rows.items(row, "unit_loads")
            if tariffs.find_operation(rows.text(row, "operation"), place, country, u) is None
        ]
        if unpriced:
            what = f"{operation_id} takes {', '.join(unpriced)}, but tariffs.csv has no price for it"
            mend = "add a row that applies to operations: for the place, the country, or in general."
            yield Problem("corridor.tariff", cell_place(rows, row, "unit_loads"), what, mend)


def check_reach(corridor: Corridor) -> Iterator[Problem]:
    """A warning that lists the places which no link reaches or passes, or only links apart from all others."""
    links, places = corridor.base["links"], corridor.base["places"]
    neighbours: dict[str, set[str]] = {
        place: set() for row, place in enumerate(places) if places.text(row, "kind") != "waypoint"
    }
    for row in range(len(links)):
        start, end = links.text(row, "from_place"), links.text(row, "to_place")
        for stop in (end, *links.items(row, "via")):
            neighbours.setdefault(start, set()).add(stop)
            neighbours.setdefault(stop, set()).add(start)
    parts: list[set[str]] = []
    unseen = dict.fromkeys(neighbours)
    while unseen:
        part, edge = set[str](), [next(iter(unseen))]
        while edge:
            place = edge.pop()
            if place not in part:
                part.add(place)
                unseen.pop(place, None)
                edge += neighbours[place] - part
        parts.append(part)
    largest = max(parts, key=len, default=set())
    lost = [
        place for row, place in enumerate(places) if place not in largest and places.text(row, "kind") != "waypoint"
    ]
    if lost:
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        what = f"no link joins {', '.join(lost[:_SHOWN])}{more} to the rest of the network"
        yield Problem("corridor.unreachable", "links.csv", what, "add links, or delete the places.", "warning")
