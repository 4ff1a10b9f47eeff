"""Whether places, links, services and upgrades say something possible: ids, ends, gauges, lengths, dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from transcaspian.corridor.geometry import great_circle_km
from transcaspian.corridor.lines import place_point
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.names import folded
from transcaspian.corridor.provenance_checks import cell_place
from transcaspian.corridor.schema import Field
from transcaspian.corridor.tables import Table
from transcaspian.corridor.timetable import departure_rule
from transcaspian.errors import InputError, Problem, did_you_mean

# Way-points are placed by hand, so the drawn line may be this much longer than the true one before it is said.
_DRAWN_LINE_TOLERANCE = 0.05
# Coordinates are those of settlement centres; stations and yards may stand this much nearer to each other. Ships sail
# between port approaches, which lie outside the towns, so that sea links have no such allowance.
_CENTRES_APART_KM = 5.0
_SHIPS = frozenset({"ferry", "feeder", "liner", "tanker", "roro"})  # may stand for `sea` in a link's id
_LOAD_COLUMNS = {
    "TEU": "load_t_per_teu",
    "FEU": "load_t_per_teu",
    "wagon": "load_t_per_wagon",
    "truck": "load_t_per_truck",
}


def check_ids(corridor: Corridor) -> Iterator[Problem]:
    """Ids that stand in two tables, and names that two places share."""
    owner: dict[str, str] = {}
    for table in corridor.base.values():
        for row, row_id in enumerate(table):
            if row_id in owner:
                what = f"{row_id!r} is also a row of {owner[row_id]}.csv"
                mend = "give one of them another id: a scenario names rows by their id alone."
                yield Problem("corridor.id_twice", cell_place(table, row, "id"), what, mend)
            owner.setdefault(row_id, table.name)
    places = corridor.base["places"]
    called: dict[str, str] = {}
    for row, place in enumerate(places):
        if places.text(row, "kind") == "waypoint":
            continue
        for column in ("name", "name_ru"):
            name = folded(places.text(row, column))
            other = called.setdefault(name, place) if name else place
            if other != place:
                what = f"{places.text(row, column)!r} is also the name of {other}"
                mend = "add what tells them apart, such as the country or (port)."
                yield Problem("corridor.name_twice", cell_place(places, row, column), what, mend, "warning")


def check_links(corridor: Corridor) -> Iterator[Problem]:
    """Ends that differ, ids that say both ends, gauges on rail only, no way shorter than the great circle."""
    links = corridor.base["links"]
    for row, link_id in enumerate(links):
        start, end = links.text(row, "from_place"), links.text(row, "to_place")
        mode, gauge = links.text(row, "mode"), links.estimate(row, "gauge_mm")
        if start == end:
            what = f"the link begins and ends in {start}"
            yield Problem("corridor.link_ends", cell_place(links, row, "to_place"), what, "give its other end.")
            continue
        expected = f"{start}-{end}.{mode}"
        ends, _, word = link_id.rpartition(".")
        word = word.split("_", maxsplit=1)[0]
        if ends != f"{start}-{end}" or not (word == mode or (mode == "sea" and word in _SHIPS)):
            what = f"{link_id!r} is not {expected!r}, with or without a suffix as in {expected}_new"
            yield Problem("corridor.link_id", cell_place(links, row, "id"), what, f"call it {expected}.")
        if mode == "rail" and gauge is None:
            what = f"the railway {link_id} has no gauge"
            yield Problem("corridor.gauge", cell_place(links, row, "gauge_mm"), what, "give 1520 or 1435.")
        if mode != "rail" and gauge is not None:
            what = f"{link_id} has a gauge but its mode is {mode}"
            yield Problem("corridor.gauge", cell_place(links, row, "gauge_mm"), what, "leave the cell empty.")
        yield from _too_short(corridor, row)


def _too_short(corridor: Corridor, row: int) -> Iterator[Problem]:
    links, places = corridor.base["links"], corridor.base["places"]
    link_id = str(links.mid["id"][row])
    stops = (links.text(row, "from_place"), *links.items(row, "via"), links.text(row, "to_place"))
    points = [place_point(places, stop) for stop in stops]
    length_km = float(links.floats("length_km")[row])
    direct_km = great_circle_km(points[0], points[-1])
    where = cell_place(links, row, "length_km")
    at_sea = links.text(row, "mode") == "sea"
    how = "sailed" if at_sea else "travelled"
    distance = f"give the {how} distance of {link_id} in kilometres"
    names = " and ".join(places.text(places.get_row(stop), "name") for stop in (stops[0], stops[-1]))
    if length_km < direct_km - (0 if at_sea else _CENTRES_APART_KM):
        what = f"{length_km:g} is shorter than the great circle of {direct_km:.1f} km between {names}."
        yield Problem("corridor.length", where, what, f"{distance}, or delete the row.")
        return
    drawn_km = sum(great_circle_km(a, b) for a, b in pairwise(points))
    if length_km < drawn_km * (1 - _DRAWN_LINE_TOLERANCE):
        what = f"{length_km:g} is shorter than the {drawn_km:.1f} km of its line through `via`."
        yield Problem("corridor.length", where, what, f"{distance}, or mend `via`.", "warning")


def check_services(corridor: Corridor) -> Iterator[Problem]:
    """Services whose links follow each other, fit their kind and carry what they offer."""
    services, links = corridor.base["services"], corridor.base["links"]
    for row, service_id in enumerate(services):
        where = cell_place(services, row, "links")
        chain = services.items(row, "links")
        if not chain:
            yield Problem("corridor.service", where, f"{service_id} runs over no link", "give its links.")
        here = services.text(row, "from_place")
        mode = "rail" if services.text(row, "kind") == "block_train" else "sea"
        for link_id in chain:
            link = links.get_row(link_id)
            start, end = links.text(link, "from_place"), links.text(link, "to_place")
            both = links.text(link, "direction") == "both"
            if here != start and not (both and here == end):
                what = f"{link_id} does not lead on from {here}"
                mend = f"list the links in the order of {service_id}'s way, each in a direction that it allows."
                yield Problem("corridor.service", where, what, mend)
                break
            if services.flag(row, "both_ways") and not both:
                what = f"{service_id} runs both ways, but {link_id} is one way"
                mend = "set both_ways to false and add a service for the way back."
                yield Problem("corridor.service", where, what, mend)
            if links.text(link, "mode") != mode:
                what = f"{link_id} is no {mode} link, as a {services.text(row, 'kind')} needs"
                yield Problem("corridor.service", where, what, "mend the kind or the links.")
            if not set(services.items(row, "unit_loads")) & set(links.items(link, "unit_loads")):
                what = f"{link_id} takes none of the unit loads of {service_id}"
                yield Problem("corridor.service", where, what, "mend unit_loads of one of them.")
            here = end if here == start else start
        yield from _timetable(services, row)


def _timetable(services: Table, row: int) -> Iterator[Problem]:
    """A timetable that cannot be read, or is missing where the service keeps to one."""
    timetable, where = services.text(row, "timetable"), cell_place(services, row, "timetable")
    try:
        weekdays, days = departure_rule(timetable)
    except InputError as error:
        for problem in error.problems:
            yield replace(problem, where=where)
        return
    if services.text(row, "policy") == "timetable" and not weekdays and not days:
        what = f"{services.mid['id'][row]} leaves by timetable, but has none"
        yield Problem("services.timetable", where, what, "write its days (Tue Sat, or 1 11 21), or another policy.")


def check_upgrades(corridor: Corridor) -> Iterator[Problem]:
    """Upgrades that name a column of their targets, and dates in order."""
    upgrades = corridor.base["upgrades"]
    for row, upgrade_id in enumerate(upgrades):
        column = upgrades.text(row, "column")
        where = cell_place(upgrades, row, "column")
        if column and upgrades.estimate(row, "after") is None:
            what = f"{upgrade_id} changes {column}, but to nothing"
            yield Problem("corridor.upgrade", cell_place(upgrades, row, "after"), what, "give the value after it.")
        for target in upgrades.items(row, "targets"):
            table = corridor.base[corridor.get_table(target)]
            if column and column not in table.low:
                mend = did_you_mean(column, table.low) or f"take a quantity of {table.name}.csv."
                yield Problem("corridor.upgrade", where, f"{table.name}.csv has no quantity {column!r}", mend)
            elif column:
                yield from _not_permitted(upgrades, row, table.schema.field(column))
            if upgrades.flag(row, "opens") and "status" not in table.schema.columns:
                what = f"{target} is a row of {table.name}.csv, which has no status to open"
                mend = "name the links or facilities that open."
                yield Problem("corridor.upgrade", cell_place(upgrades, row, "targets"), what, mend)
        yield from _dates(upgrades, row)


def _not_permitted(upgrades: Table, row: int, field: Field) -> Iterator[Problem]:
    """A value after the upgrade that may not stand in the column it changes."""
    after = upgrades.estimate(row, "after")
    for number in dict.fromkeys((after.mid, after.low, after.high)) if after else ():
        if broken := field.broken_bound(number):
            what = f"{field.name} would be {number:g}, which is {broken}"
            yield Problem("corridor.upgrade", cell_place(upgrades, row, "after"), what, f"give {field.permitted}.")


def _dates(upgrades: Table, row: int) -> Iterator[Problem]:
    in_service = upgrades.text(row, "status") == "in_service"
    # A plan that slipped keeps its announced day, which then lies before the earliest plausible one.
    pairs = [("earliest", "latest"), ("effective_from", "latest"), *([("earliest", "effective_from")] * in_service)]
    for first, then in pairs:
        day, later = upgrades.text(row, first), upgrades.text(row, then)
        if day and later and day > later:
            what = f"{then} {later} is before {first} {day}"
            yield Problem("corridor.dates", cell_place(upgrades, row, then), what, "put the dates in order.")
    if upgrades.text(row, "status") == "in_service" and not upgrades.text(row, "effective_from"):
        what = "is in service, but since when is not said, so it never acts"
        where = cell_place(upgrades, row, "effective_from")
        yield Problem("corridor.upgrade", where, what, "give the day, or another status.", "warning")


def check_cargo(corridor: Corridor) -> Iterator[Problem]:
    """Commodities with a load for each unit load they travel in, and demand that they can meet."""
    goods, demand = corridor.base["commodities"], corridor.base["demand"]
    for row, commodity in enumerate(goods):
        for unit_load in goods.items(row, "unit_loads"):
            column = _LOAD_COLUMNS.get(unit_load)
            if column and goods.estimate(row, column) is None:
                what = f"{commodity} travels by {unit_load}, but {column} is empty"
                mend = f"give the tonnes, or take {unit_load} out of unit_loads."
                yield Problem("corridor.commodity", cell_place(goods, row, column), what, mend)
    for row, demand_id in enumerate(demand):
        commodity, unit_load = demand.text(row, "commodity"), demand.text(row, "unit_load")
        permitted = goods.items(goods.get_row(commodity), "unit_loads")
        if unit_load not in permitted:
            what = f"{commodity} does not travel by {unit_load}"
            mend = f"use {', '.join(permitted)}, or add {unit_load} to {commodity} in commodities.csv."
            yield Problem("corridor.demand", cell_place(demand, row, "unit_load"), what, mend)
        if demand.text(row, "origin") == demand.text(row, "destination"):
            what = f"{demand_id} begins and ends in one place"
            yield Problem("corridor.demand", cell_place(demand, row, "destination"), what, "give its other end.")
        if demand.estimate(row, "cargo_t_per_year") is None and demand.estimate(row, "teu_per_year") is None:
            what = f"{demand_id} has neither tonnes nor containers"
            yield Problem("corridor.demand", cell_place(demand, row, "cargo_t_per_year"), what, "give one of them.")
