"""From a corridor and a question to a plan.

Demand routes find their way through the virtual network of the first day, ways become stages, services with ships
become lines, closures become gates. Unit loads that have been unloaded go back empty, unless others go back loaded.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import Corridor, build_network
from transcaspian.corridor.names import find_place
from transcaspian.errors import InputError, Problem
from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._world import Floats, Records
from transcaspian.freight.simulation.chains import BACK, HOURS_PER_WEEK, Chains
from transcaspian.freight.simulation.demand_flows import RouteDemand, empty_shares, lot_rates
from transcaspian.freight.simulation.fleet import Fleet, lines_of, make_fleet
from transcaspian.freight.simulation.periods import Periods, is_dated_closure, make_periods, unfollowed_changes
from transcaspian.freight.simulation.plan import FlowInfo, Plan
from transcaspian.freight.simulation.routing import CrossingWay, crossing_way, no_way
from transcaspian.freight.simulation.settings import ASSUMPTIONS, CrossingQuestion
from transcaspian.freight.simulation.storms import storm_groups
from transcaspian.freight.simulation.weather import Weather

HOURS_PER_DAY = 24.0
_NO_LIMIT = 1e12  # units of a departure whose room is not known


def build_plan(corridor: Corridor, question: CrossingQuestion) -> Plan:
    """Everything that one replication needs, but the random numbers.

    Parameters
    ----------
    corridor
        The base, or one with a scenario's changes. Undated closures are not routed over; dated ones shut their
        ports, services, links and facilities for their days.
    question
        Days, growth, level of the sea, given closures.

    Raises
    ------
    InputError
        With every problem found: unknown ports, routes that no open way carries, berths that lie dry, missing rates.
    """
    periods = make_periods(corridor, question)
    fleet = make_fleet(periods.states, periods.middle_days, question, first=periods.first)
    gates = _Gates(corridor, periods, fleet)
    ways, kept, rates, notes = _ways(periods, question)
    chains = Chains(periods.state, build_network(periods.state), fleet.call_h, gates.watched)
    flows, infos, rate = _flows(periods, chains, fleet, kept, ways, rates)
    stations, servers = _stations(periods, chains, gates)
    services = _services(periods.state, chains, gates, question)
    ends, berths = _with_gates(fleet, gates)
    yards, yard_ids = _yards(periods.state, fleet, ends)
    lightest = _lightest(ends, flows, chains.table())
    ends["lightest_t"] = lightest
    warnings, late = _unfollowed(corridor, question)
    cells = dict.fromkeys((*fleet.cells, *chains.cells, *(cell for route in kept for cell in route.cells)))
    return Plan(
        start=_midnight(periods.start),
        since=_midnight(question.since),
        until=_midnight(question.until),
        flow_info=infos,
        station_ids=tuple(chains.stations.ids),
        service_ids=tuple(chains.services),
        line_ids=fleet.line_ids,
        end_ports=fleet.end_ports,
        ship_ids=fleet.ship_ids,
        berth_ids=fleet.berth_ids,
        yard_ids=yard_ids,
        gate_ids=tuple(gates.ids),
        unit_loads=tuple(corridor["unit_loads"]),
        flows=flows,
        stages=chains.table(),
        stations=stations,
        services=services,
        ends=ends,
        ships=fleet.ships,
        berths=berths,
        yards=yards,
        period_h=periods.hours,
        period_month=periods.month,
        months=periods.months,
        rate=rate,
        payload_t=fleet.payload_t,
        active=fleet.active,
        servers=servers,
        berth_servers=fleet.berth_servers,
        room=fleet.room,
        yard_units=_yard_units(corridor),
        ship_berth=fleet.ship_berth,
        unit_h=fleet.unit_h,
        weather=Weather(storm_groups(periods, gates.rows)),
        given=tuple(_given(corridor, periods, question, gates)),
        weather_from_h=_weather_from_h(periods, question),
        stage_words=tuple(chains.words),
        stage_links=chains.links,
        cells=tuple(cells),
        defaults=(*(assumption.as_json() for assumption in ASSUMPTIONS), *notes, *late),
        notes=(*fleet.notes, *warnings),
    )


def _unfollowed(corridor: Corridor, question: CrossingQuestion) -> tuple[list[Problem], list[Mapping[str, object]]]:
    """Warnings about a scenario's changes that come too late for the run, and a note of such upgrades."""
    own, plans = unfollowed_changes(corridor, question)
    mend = "begin the run on that day, or run the time before and after it apart."
    warnings = []
    for change in own:
        day = change.since if change.since and change.since > question.since else change.until
        what = (
            f"{change.column or change.act} changes on {day}, but the simulation keeps what holds on {question.since}"
        )
        warnings.append(Problem("simulate.not_followed", change.row_id, what, mend, severity="warning"))
    if not plans:
        return warnings, []
    late = sorted({f"{change.row_id} on {change.since or change.until}" for change in plans})
    reason = f"they come inside the run, which keeps what is in force on {question.since}"
    return warnings, [{"name": "upgrades_not_yet_in_force", "value": late, "basis": "model", "reason": reason}]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


# -- gates: what can be shut ------------------------------------------------------------------------------


class _Gates:
    """Ports first; then lines, links and facilities that a dated closure shuts."""

    def __init__(self, corridor: Corridor, periods: Periods, fleet: Fleet) -> None:
        state = periods.state
        facilities, links, services = state["facilities"], state["links"], state["services"]
        ports = [*fleet.end_ports, *(facilities.text(facilities.get_row(f), "place") for f in fleet.berth_ids)]
        ports += [state["closures"].text(row, "place") for row in range(len(state["closures"]))]
        dated = [change for change in corridor.changes if is_dated_closure(change)]
        self.dated = dated
        ports += [change.row_id for change in dated if change.table == "places"]
        others = [change.row_id for change in dated if change.table in {"services", "links", "facilities"}]
        self.ids = list(dict.fromkeys((*ports, *others)))
        self.rows: Mapping[str, int] = {gate: number for number, gate in enumerate(self.ids)}
        self.watched = frozenset(row_id for row_id in others if row_id in links or row_id in facilities)
        self.shut_services = frozenset(row_id for row_id in others if row_id in services)


def _given(
    corridor: Corridor, periods: Periods, question: CrossingQuestion, gates: _Gates
) -> Iterable[tuple[int, float, float]]:
    """Closures known by date: of the question, and of the scenario."""
    problems: list[Problem] = []
    ports = set(gates.ids)
    for closure in question.closures:
        try:
            port = find_place(corridor, closure.port)
        except InputError as error:
            problems += error.problems
            continue
        if port not in ports:
            what = f"{port} is no port of the simulation"
            mend = f"the ports are {', '.join(gate for gate in gates.ids if len(gate) == 5)}."
            problems.append(Problem("simulate.port_unknown", f"--close {closure.port}", what, mend))
            continue
        start_h = (closure.since - periods.start).days * HOURS_PER_DAY
        yield gates.rows[port], max(0.0, start_h), start_h + closure.days * HOURS_PER_DAY
    if problems:
        raise InputError(problems)
    for change in gates.dated:
        start = change.since or periods.start
        until = change.until or question.until
        start_h = max(0.0, (start - periods.start).days * HOURS_PER_DAY)
        until_h = (until - periods.start).days * HOURS_PER_DAY
        if change.row_id in gates.rows and until_h > start_h:
            yield gates.rows[change.row_id], start_h, until_h


def _weather_from_h(periods: Periods, question: CrossingQuestion) -> float:
    """Where drawn storms begin: at once, or after the last given closure when those are a record to replay."""
    if question.storms or not question.closures:
        return 0.0
    last = max(closure.since + dt.timedelta(days=closure.days) for closure in question.closures)
    return max(0.0, (last - periods.start).days * HOURS_PER_DAY)


def _with_gates(fleet: Fleet, gates: _Gates) -> tuple[Records, Records]:
    """Ends and berths with the rows of their ports' gates."""
    ends, berths = fleet.ends.copy(), fleet.berths.copy()
    for number, port in enumerate(fleet.end_ports):
        ends["gate"][number] = gates.rows[port]
        service = fleet.line_ids[number // 2]
        ends["line_gate"][number] = gates.rows[service] if service in gates.shut_services else -1
    for number, facility in enumerate(fleet.berth_ids):
        ends_at = facility if facility in gates.rows else facility.partition(".")[0]
        berths["gate"][number] = gates.rows[ends_at]
    return ends, berths


# -- ways and flows ---------------------------------------------------------------------------------------


def _ways(
    periods: Periods, question: CrossingQuestion
) -> tuple[list[CrossingWay], list[RouteDemand], Floats, list[Mapping[str, object]]]:
    """Each route's way; routes that carry nothing in the whole run, or whose service is shut for good, are left out."""
    state = periods.state
    network = build_network(state)
    own = frozenset(lines_of(state))
    months = [day.month for day in periods.first_days]
    rates, routes = lot_rates(periods.states, months, question.growth, first=periods.first)
    ways: list[CrossingWay] = []
    kept: list[int] = []
    lost: list[str] = []
    for number, route in enumerate(routes):
        if not rates[:, number].any():
            continue
        way = crossing_way(
            network, unit_load=route.unit_load, origin=route.origin, destination=route.destination,
            service=route.service, via=route.via, own=own,
        )  # fmt: skip
        if way is None:
            lost.append(route.id)
            continue
        ways.append(way)
        kept.append(number)
    if lost and not state.closed:
        raise InputError([problem for route in lost for problem in no_way(route, _service(routes, route)).problems])
    notes: list[Mapping[str, object]] = []
    if lost:
        notes.append({"name": "unserved_routes", "value": lost, "basis": "scenario",
                      "reason": "what they need is closed for the whole run"})  # fmt: skip
    return ways, [routes[number] for number in kept], rates[:, kept], notes


def _service(routes: Sequence[RouteDemand], route_id: str) -> str:
    return next(route.service for route in routes if route.id == route_id)


@dataclass(frozen=True, slots=True)
class _Returns:
    row: int
    share: float


def _flows(
    periods: Periods, chains: Chains, fleet: Fleet, routes: Sequence[RouteDemand],
    ways: Sequence[CrossingWay], rates: Floats,
) -> tuple[Records, tuple[FlowInfo, ...], Floats]:  # fmt: skip
    """Loaded flows, then their empties, in the order of the routes."""
    state = periods.state
    loads = state["unit_loads"]
    names = tuple(loads)
    returns = {name: float(np.nan_to_num(loads.floats("empty_return_share")[row])) for row, name in enumerate(names)}
    shares = empty_shares(routes, [way.side for way in ways], returns)
    flows = np.zeros(len(routes) + sum(share > 0 for share in shares), dtype=w.flow_record)
    flows["empties"] = -1
    infos: list[FlowInfo] = []
    empties: list[tuple[FlowInfo, int]] = []
    for number, (route, way, share) in enumerate(zip(routes, ways, shares, strict=True)):
        line = fleet.line_ids.index(route.service)
        bulk = route.unit_load == "t"
        row = flows[number]
        row["first_stage"] = chains.draft(way, end=2 * line + way.side, gross_t=route.gross_t)
        row["unit_load"], row["bulk"], row["regular"] = names.index(route.unit_load), bulk, bulk
        row["traced"] = route.unit_load != "truck" and not bulk
        row["lot_units"], row["gross_t"], row["cargo_t"] = route.lot_units, route.gross_t, route.cargo_t
        infos.append(_info(route, route.id, way.side, empty=False))
        if share > 0:
            back = len(routes) + len(empties)
            row["empties"], row["empty_share"] = back, share
            own = flows[back]
            own["first_stage"] = chains.draft_return(way, end=2 * line + 1 - way.side)
            own["unit_load"], own["lot_units"], own["empties"] = names.index(route.unit_load), route.lot_units, -1
            own["gross_t"] = route.gross_t - route.cargo_t
            empties.append((_info(route, f"{route.id}.empty", 1 - way.side, empty=True), back))
    rate = np.zeros((len(periods.states), flows.size))
    rate[:, : len(routes)] = rates
    return flows, (*infos, *(info for info, _ in empties)), rate


def _info(route: RouteDemand, flow_id: str, side: int, *, empty: bool) -> FlowInfo:
    origin, destination = (route.destination, route.origin) if empty else (route.origin, route.destination)
    commodity = "empty" if empty else route.commodity
    return FlowInfo(flow_id, route.demand, commodity, origin, destination, route.unit_load, route.service, side, empty)


def _lightest(ends: Records, flows: Records, stages: Records) -> list[float]:
    """The lightest unit load that boards at each end: when less mass is left, loading is over."""
    lightest = [math.inf] * len(ends)
    for flow in flows:
        number = int(flow["first_stage"])
        while stages[number]["kind"] != w.END:
            if stages[number]["kind"] == w.BOARD:
                end = int(stages[number]["ref"])
                least = 1e-6 if flow["bulk"] else float(flow["gross_t"])
                lightest[end] = min(lightest[end], least)
            number += 1
    return lightest


# -- stations, services, yards ------------------------------------------------------------------------------


def _stations(periods: Periods, chains: Chains, gates: _Gates) -> tuple[Records, np.ndarray]:
    ids = chains.stations.ids
    stations = np.zeros(len(ids), dtype=w.station_record)
    servers = np.ones((len(periods.states), len(ids)), dtype=np.int64)
    links, stormy = periods.states[0]["links"], set(periods.states[0]["closures"].texts("place"))
    for number, station_id in enumerate(ids):
        own, place = station_id.removesuffix(BACK), chains.stations.places[number]
        # A storm that shuts a port stops its ships, not the trains on the lines behind it.
        of_place = -1 if own in links and place in stormy else gates.rows.get(place, -1)
        stations["gate"][number] = gates.rows.get(own, of_place)
        for period, state in enumerate(periods.states):
            if station_id in state["facilities"]:
                facilities = state["facilities"]
                found = facilities.estimate(facilities.get_row(station_id), "servers")
                servers[period, number] = max(1, round(found.mid)) if found else 1
    return stations, servers


def _services(corridor: Corridor, chains: Chains, gates: _Gates, question: CrossingQuestion) -> Records:
    """Trains and onward ships that gather lots."""
    table = corridor["services"]
    rows = np.zeros(len(chains.services), dtype=w.service_record)
    rows["first"] = rows["last"] = -1
    for number, name in enumerate(chains.services):
        service_id, _, when_full = name.partition(" ")
        service = table.get_row(service_id)
        departures, size = (
            table.estimate(service, "departures_per_week"),
            table.estimate(service, "units_per_departure"),
        )
        longest = table.estimate(service, "longest_wait_h")
        row = rows[number]
        headway_h = HOURS_PER_WEEK / departures.mid if departures else HOURS_PER_WEEK
        row["policy"] = w.WHEN_FULL if when_full else w.AT_INTERVALS
        row["gate"] = gates.rows.get(service_id, gates.rows.get(table.text(service, "from_place"), -1))
        row["headway_h"], row["phase_h"] = headway_h, headway_h / 2
        # A railway runs a second train where one does not suffice: the limit is the line's, not the timetable's.
        more_trains = table.text(service, "kind") == "block_train" and not when_full
        row["size"] = _NO_LIMIT if size is None or more_trains else size.mid
        row["longest_h"] = longest.mid if longest else headway_h
    return rows


def _yards(corridor: Corridor, fleet: Fleet, ends: Records) -> tuple[Records, tuple[str, ...]]:
    """Yards with a limit at the ports; a line of boxes uses the yard of its port."""
    facilities, services = corridor["facilities"], corridor["services"]
    found: list[tuple[str, float]] = []
    for row, facility in enumerate(facilities):
        storage = facilities.estimate(row, "storage_units")
        if storage is None or facilities.text(row, "status") != "open":
            continue
        unit = facilities.text(row, "unit")
        for end, port in enumerate(fleet.end_ports):
            carried = services.items(services.get_row(fleet.line_ids[end // 2]), "unit_loads")
            fits = unit in carried or (unit == "TEU" and "FEU" in carried)
            if port == facilities.text(row, "place") and fits:
                if (facility, storage.mid) not in found:
                    found.append((facility, storage.mid))
                ends["yard"][end] = found.index((facility, storage.mid))
    yards = np.zeros(len(found), dtype=w.yard_record)
    yards["first"] = yards["last"] = -1
    yards["room"] = [room for _, room in found]
    return yards, tuple(facility for facility, _ in found)


def _yard_units(corridor: Corridor) -> Floats:
    """Room that one unit load takes: TEU for boxes, one for the rest."""
    teu = corridor["unit_loads"].floats("teu")
    return np.where(np.isnan(teu), 1.0, teu)
