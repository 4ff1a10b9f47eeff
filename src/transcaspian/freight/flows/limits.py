"""Every hard limit of the corridor in a month: facilities, links, services, fleets; and what a tonne of cargo uses.

Answers: how much fits through, and what does a tonne of each cargo take of it?  Start reading at `gather_year_limits`.

A limit counts in its own unit: tonnes, TEU, trains, lorries, calls of ships, hours at a berth, voyages, locomotive-
days. Where one row of a table gives several figures for the same count (a rate with servers, and units a day) the
tighter one is the limit and the other is told in `basis`; figures in different counts (trains and tonnes of one line)
are limits of their own, and the flow says which of them binds.

Where a figure is a count of traffic (trains that left Chengdu in 2024) it says what has passed and not what could: its
high end is the limit then, unless a scenario sets it. Figures a day are taken to hold on every day of the year, as
published capacities of a year do; what is worked out from rates of berths and from ships is less by the days that
weather shuts the port (`closures`, spread over the days of their months), and everything is less by a scenario's dated
closures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import Network
from transcaspian.corridor.network import ArcKind
from transcaspian.corridor.provenance import Cell
from transcaspian.freight.flows.cargo import HOURS_PER_DAY, Cargo, Ints
from transcaspian.freight.flows.months import Floats, Year
from transcaspian.freight.flows.ship_lines import ShipLine

BERTHS = frozenset({"container_berth", "dry_berth", "oil_berth", "ferry_berth", "roro_berth"})


@dataclass(frozen=True, slots=True, eq=False)
class CapacityLimit:
    """One limit over the months of one network; arrays with a last axis over those months unless said."""

    id: str
    kind: str  # facility, link, service, fleet
    row: str  # id of the row behind it, in the table of its kind; of a fleet of ships the service it sails
    measure: str  # what is counted: t, TEU, train, truck, call, berth-hour, voyage, departure, locomotive-day, …
    place: str  # where it is used, or the place a direction starts from; empty for a fleet
    capacity: Floats  # units in each month
    days: Floats  # days of each month for which it is open
    arcs: Ints  # (n_uses,) arcs of the network
    usage: Floats  # (n_classes, n_uses) units for each tonne of cargo
    basis: str  # where the number comes from, and which other figure of the row would allow more
    cells: tuple[Cell, ...]

    @property
    def per_day(self) -> Floats:
        """Units on an open day."""
        return np.divide(self.capacity, self.days, out=np.zeros_like(self.capacity), where=self.days > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """What the limits of one network are made from."""

    year: Year
    network: Network
    months: Sequence[int]
    cargo: Cargo

    @property
    def days(self) -> Floats:
        """Days of each of the months."""
        return self.year.days[list(self.months)]

    def column(self, table: str, row: int, column: str) -> Floats:
        """A quantity in each month, NaN where the cell is empty."""
        return np.array([float(self.year.states[m][table].floats(column)[row]) for m in self.months])

    def capacity(self, row: int, column: str) -> tuple[Floats, str]:
        """A capacity of a facility in each month, and a word where it is the high end of a count of traffic."""
        values, corridor = self.column("facilities", row, column), self.network.corridor
        table = corridor["facilities"]
        cell = ("facilities", str(table.mid["id"][row]), column)
        origin = corridor.provenance.find(*cell)
        if origin is None or not origin.claims or any(_is_capacity(claim) for claim in origin.claims):
            return values, ""
        base = float(corridor.base["facilities"].floats(column)[row])
        return np.where(values == base, np.maximum(origin.high, values), values), ", the high end of a count of traffic"

    def open_share(self, *row_ids: str) -> Floats:
        """Share of each month without a dated closure of any of the rows."""
        return self.year.open_share(*row_ids)[list(self.months)]

    def fair_share(self, *places: str) -> Floats:
        """Share of each month for which weather shuts none of the places, the worst of them counting."""
        shares = self.year.weather_open
        found = [shares[place][list(self.months)] for place in places if place in shares]
        return np.min(found, axis=0) if found else np.ones(len(self.months))

    def limit(
        self, row: str, kind: str, measure: str, *, table: str, place: str, per_day: Floats, open_share: Floats,
        arcs: Ints, usage: Floats, basis: str, columns: Iterable[str], where: str = "",
    ) -> CapacityLimit:  # fmt: skip
        """A limit of so many units on an open day, where arcs use it at all."""
        days = self.days * open_share
        capacity = np.where(np.isnan(per_day), np.inf, np.nan_to_num(per_day, nan=0.0) * days)
        cells = tuple((table, row, column) for column in columns)
        name = f"{row}{f' from {where}' if where else ''} ({measure})"
        return CapacityLimit(name, kind, row, measure, where or place, capacity, days, arcs, usage, basis, cells)


def gather_year_limits(group: Group, lines: Sequence[ShipLine]) -> list[CapacityLimit]:
    """Every limit that some arc uses, facilities first, then links, services and ships.

    Parameters
    ----------
    group
        The network with its months and the classes of cargo.
    lines
        The services with ships of their own, from `ship_lines`.
    """
    found = [*_facilities(group, lines), *_links(group), *_ships(group, lines), *_departures(group, lines)]
    found += list(_closed(group, {limit.row for limit in found}))
    return [limit for limit in found if limit.arcs.size and np.isfinite(limit.capacity).any() and limit.usage.any()]


# -- facilities -------------------------------------------------------------------------------------------


def _facilities(group: Group, lines: Sequence[ShipLine]) -> Iterator[CapacityLimit]:
    facilities, network = group.network.corridor["facilities"], group.network
    by_row: dict[int, list[int]] = {}
    for arc in np.flatnonzero(network.facility >= 0).tolist():
        by_row.setdefault(int(network.facility[arc]), []).append(arc)
    sail_arcs = _sail_arcs(group)
    for row, facility in enumerate(facilities):
        place, unit = facilities.text(row, "place"), facilities.text(row, "unit")
        arcs = np.array(by_row.get(row, ()), np.int32)
        calls = [(line, side) for line in lines for side in (0, 1) if line.berths[side] == facility]
        shut = group.open_share(facility, place)
        if not arcs.size:  # bulk is handled ship by ship where the tables name no operation for it
            sides = [(sail_arcs.get((line.service, port), ()) for port in line.ports) for line, _ in calls]
            arcs = np.array(sorted({arc for pair in sides for some in pair for arc in some}), np.int32)
        yield from _handled(group, row, facility, place, unit, arcs, shut)
        if facilities.text(row, "kind") in BERTHS:
            served = calls if unit == "call" else [pair for pair in calls if pair[0].berth_h[pair[1]] > 0]
            yield from _berth(group, row, facility, place, unit, served, sail_arcs, shut)


def _handled(
    group: Group, row: int, facility: str, place: str, unit: str, arcs: Ints, shut: Floats
) -> Iterator[CapacityLimit]:
    """Units and tonnes a day, both directions and the empty ones going back together."""
    cargo = group.cargo
    (a_day, word), (tonnes, of_tonnes) = (
        group.capacity(row, column) for column in ("capacity_units_per_day", "capacity_t_per_day")
    )
    basis, columns = f"capacity_units_per_day{word}", ["capacity_units_per_day"]
    rate, servers = (group.column("facilities", row, c) for c in ("rate_units_per_h", "servers"))
    is_berth = group.network.corridor["facilities"].text(row, "kind") in BERTHS
    if not is_berth:  # of a berth the hours count, see `_berth`
        a_day, basis, columns = _tighter(a_day, rate * servers * HOURS_PER_DAY, word)
    if unit != "call" and not np.isnan(a_day).all():
        each = np.nan_to_num(cargo.per_tonne(_units(cargo, unit)) * (1.0 + cargo.empties), nan=0.0)
        for word, own in _ways(group, unit, arcs).items():
            yield group.limit(
                facility, "facility", f"{unit}{word}", table="facilities", place=place, per_day=a_day, open_share=shut,
                arcs=own, usage=np.repeat(each[:, None], own.size, axis=1), basis=basis, columns=columns,
            )  # fmt: skip
    if not np.isnan(tonnes).all() and not (unit == "t" and not np.isnan(a_day).all()):
        usage = np.repeat(cargo.per_tonne(cargo.gross_t)[:, None], arcs.size, axis=1)
        yield group.limit(
            facility, "facility", "t", table="facilities", place=place, per_day=tonnes, open_share=shut, arcs=arcs,
            usage=usage, basis=f"capacity_t_per_day{of_tonnes}, boxes and wagons with their own weight",
            columns=["capacity_t_per_day"],
        )  # fmt: skip


def _ways(group: Group, unit: str, arcs: Ints) -> dict[str, Ints]:
    """The arcs that are counted together: a train that brings boxes leaves with others, so each way for itself."""
    kinds = group.network.kind[arcs]
    ends = {" in": kinds == ArcKind.UNLOAD, " out": kinds == ArcKind.LOAD}
    if unit != "train" or not any(own.any() for own in ends.values()):
        return {"": arcs}
    return {word: arcs[own] for word, own in ends.items() if own.any()}


def _tighter(a_day: Floats, by_rate: Floats, word: str) -> tuple[Floats, str, list[str]]:
    """The lesser of units a day and servers times rate, with a word on the other."""
    of_rate, of_day = ["servers", "rate_units_per_h"], ["capacity_units_per_day"]
    if np.isnan(a_day).all() and np.isnan(by_rate).all():
        return a_day, "", []
    if np.isnan(by_rate).all():
        return a_day, f"capacity_units_per_day{word}", of_day
    if np.isnan(a_day).all():
        return by_rate, "servers times rate", of_rate
    low, high = (float(np.nanmean(values)) for values in (a_day, by_rate))
    if low <= high:
        return a_day, f"capacity_units_per_day{word}; servers and rate would allow {high:.4g}", of_day
    return by_rate, f"servers times rate; capacity_units_per_day would allow {low:.4g}", of_rate


def _is_capacity(claim: str) -> bool:
    """True for a claim about what can be handled, by the name of its quantity (`what:where/quantity/hash`)."""
    quantity = claim.split("/")[1] if claim.count("/") >= 2 else claim
    return any(word in quantity for word in ("capacity", "max", "rate", "limit", "slots"))


def _units(cargo: Cargo, unit: str) -> Floats:
    """How many of a facility's units one unit load is; NaN or 0 where it does not count it."""
    if unit == "TEU":
        return cargo.teu
    if unit == "t":
        return cargo.gross_t
    if unit == "train":
        return 1.0 / cargo.per_train
    return np.array([float(unit_load == unit) for unit_load in cargo.unit_load])


def _berth(
    group: Group, row: int, facility: str, place: str, unit: str, calls: Sequence[tuple[ShipLine, int]],
    sail_arcs: dict[tuple[str, str], list[int]], shut: Floats,
) -> Iterator[CapacityLimit]:  # fmt: skip
    """Hours that ships lie at a berth, discharge and loading together.

    A call's fixed hours are shared by what it brings and what it takes: a direction with half the cargo needs as many
    calls as the other, so each direction has its own limit over whole calls where a call takes a given time, and one
    limit over both where time goes by cargo.
    """
    if not calls:
        return
    cargo = group.cargo
    servers = group.column("facilities", row, "servers")
    open_share = shut * group.fair_share(place)
    per_day = np.nan_to_num(servers, nan=1.0) * HOURS_PER_DAY
    columns = ["servers", "rate_units_per_h", "fixed_h"]
    basis = "servers, 24 hours a day, less closures; hours of a call by rate_units_per_h and fixed_h"
    if unit == "call":
        most = group.column("facilities", row, "capacity_units_per_day")
        hours = max(line.berth_h[side] for line, side in calls)
        if not np.isnan(most).all() and np.nanmean(most) * hours < np.mean(per_day):
            per_day, basis, columns = most * hours, "capacity_units_per_day", ["capacity_units_per_day"]
    for leaves in (False, True) if unit == "call" else (None,):
        arcs: list[int] = []
        usage: list[Floats] = []
        for line, side in calls:
            ports = line.ports if leaves is None else (line.ports[side] if leaves else line.ports[1 - side],)
            for port in ports:
                for arc in sail_arcs.get((line.service, port), ()):
                    arcs.append(arc)
                    usage.append(line.berth_hours(cargo, side, both=leaves is None))
        if arcs:
            measure = "berth-hour" if leaves is None else "berth-hour out" if leaves else "berth-hour in"
            yield group.limit(
                facility, "facility", measure,
                table="facilities", place=place, per_day=per_day, open_share=open_share, arcs=np.array(arcs, np.int32),
                usage=np.array(usage).T.copy(), basis=basis, columns=columns,
            )  # fmt: skip


def _sail_arcs(group: Group) -> dict[tuple[str, str], list[int]]:
    """Moves by services, by service and the place they leave."""
    network = group.network
    ids = network.corridor["services"].mid["id"]
    found: dict[tuple[str, str], list[int]] = {}
    for arc in np.flatnonzero((network.kind == ArcKind.MOVE) & (network.service >= 0)).tolist():
        start = network.nodes[network.tail[arc]].place
        found.setdefault((str(ids[network.service[arc]]), start), []).append(arc)
    return found


# -- links ------------------------------------------------------------------------------------------------


def _links(group: Group) -> Iterator[CapacityLimit]:
    """Trains and net tonnes a day in each direction, less what domestic traffic takes."""
    network, cargo = group.network, group.cargo
    links, nodes = network.corridor["links"], network.nodes
    arcs_of: dict[int, list[int]] = {}
    for arc in np.flatnonzero((network.kind == ArcKind.MOVE) & (network.link >= 0)).tolist():
        arcs_of.setdefault(int(network.link[arc]), []).append(arc)
    trains_a_tonne = np.nan_to_num(cargo.per_tonne(1.0 / cargo.per_train), nan=0.0)
    for row, arcs in arcs_of.items():
        link = str(links.mid["id"][row])
        ends = (links.text(row, "from_place"), links.text(row, "to_place"))
        left = 1.0 - np.nan_to_num(group.column("links", row, "domestic_share"), nan=0.0)
        shut = group.open_share(link, *ends, *links.items(row, "via"))
        for column, measure, each in (
            ("capacity_trains_per_day", "train", trains_a_tonne),
            ("capacity_t_per_day", "t", np.ones(cargo.n)),
        ):
            per_day = group.column("links", row, column) * left
            if np.isnan(per_day).all():
                continue
            for start in dict.fromkeys(nodes[network.tail[arc]].place for arc in arcs):
                own = np.array([arc for arc in arcs if nodes[network.tail[arc]].place == start], np.int32)
                yield group.limit(
                    link, "link", measure, table="links", place=start, where=start, per_day=per_day, open_share=shut,
                    arcs=own, usage=np.repeat(each[:, None], own.size, axis=1),
                    basis=f"{column}, less domestic_share", columns=[column, "domestic_share"],
                )  # fmt: skip


# -- services and ships -----------------------------------------------------------------------------------


def _ships(group: Group, lines: Sequence[ShipLine]) -> Iterator[CapacityLimit]:
    """Room and payload of a line's ships, in each direction: ships × hours ÷ round trip."""
    cargo, months = group.cargo, list(group.months)
    sail_arcs = _sail_arcs(group)
    for line in lines:
        open_share = group.open_share(line.service, *line.ports) * group.fair_share(*line.ports)
        a_day = line.voyages_per_day[months]
        for start in line.ports:
            arcs = np.array(sail_arcs.get((line.service, start), ()), np.int32)
            share = line.room_share(cargo)
            if share.any():
                yield _fleet_limit(group, line, start, "voyage", a_day, open_share, arcs, share, "room of the ships")
            each = cargo.per_tonne(cargo.gross_t)
            tonnes = a_day * line.payload_t[months]
            yield _fleet_limit(group, line, start, "t aboard", tonnes, open_share, arcs, each, "payload by the sea")


def _fleet_limit(
    group: Group, line: ShipLine, start: str, measure: str, per_day: Floats, open_share: Floats, arcs: Ints,
    each: Floats, word: str,
) -> CapacityLimit:  # fmt: skip
    basis = f"{word} × {line.n_ships:.3g} ships × hours ÷ round trip of {line.round_trip_h:.0f} h, less closures"
    usage = np.repeat(each[:, None], arcs.size, axis=1)
    made = group.limit(
        line.service, "fleet", measure, table="services", place=start, where=start, per_day=per_day,
        open_share=open_share, arcs=arcs, usage=usage, basis=basis, columns=(),
    )  # fmt: skip
    return CapacityLimit(
        made.id, made.kind, made.row, made.measure, made.place, made.capacity, made.days, made.arcs, made.usage,
        made.basis, line.cells,
    )  # fmt: skip


def _departures(group: Group, lines: Sequence[ShipLine]) -> Iterator[CapacityLimit]:
    """Departures times their room, of ferries and feeders whose ships are not listed.

    Block trains are no limit: a railway runs more of them for more boxes, as long as it has paths and slots.
    """
    network, cargo = group.network, group.cargo
    services, loads = network.corridor["services"], network.corridor["unit_loads"]
    own = {line.service for line in lines}
    sail_arcs = _sail_arcs(group)
    ends_of: dict[str, list[str]] = {}
    for service, start in sail_arcs:
        ends_of.setdefault(service, []).append(start)
    for service, starts in ends_of.items():
        row = services.get_row(service)
        room = group.column("services", row, "units_per_departure")
        if service in own or services.text(row, "kind") == "block_train" or np.isnan(room).all():
            continue
        a_day = group.column("services", row, "departures_per_week") / 7.0
        boxes = [loads.estimate(loads.get_row(name), "teu") for name in cargo.unit_load]
        slots = np.array([found.mid / 2.0 if found else 1.0 for found in boxes])  # room is told in FEU, or one by one
        carried = np.array([name in services.items(row, "unit_loads") for name in cargo.unit_load])
        each = cargo.per_tonne(slots * carried / np.nanmean(room))
        for start in starts:
            arcs = np.array(sail_arcs[service, start], np.int32)
            yield group.limit(
                service, "service", "departure", table="services", place=start, where=start, per_day=a_day,
                open_share=group.open_share(service, start), arcs=arcs,
                usage=np.repeat(each[:, None], arcs.size, axis=1), basis="departures_per_week × units_per_departure",
                columns=["departures_per_week", "units_per_departure"],
            )  # fmt: skip


# -- dated closures of what has no limit ------------------------------------------------------------------


def _closed(group: Group, limited: set[str]) -> Iterator[CapacityLimit]:
    """Rows that a dated closure shuts for whole months: they carry nothing then, whatever else limits them."""
    network = group.network
    tables = network.corridor.tables
    for row_id in group.year.shut:
        shut = group.open_share(row_id) <= 0.0
        if not shut.any():
            continue
        arcs = [arc for arc in range(network.n_arcs) if _touches(network, arc, row_id)]
        capacity = np.where(shut, 0.0, np.inf)
        usage = np.ones((group.cargo.n, len(arcs)))
        kind = next((name[:-1] for name in ("links", "services") if row_id in tables[name]), "facility")
        yield CapacityLimit(
            f"{row_id} (closed)", kind, row_id, "t", "", capacity, group.days * ~shut, np.array(arcs, np.int32), usage,
            "closed by the scenario", (),
        )  # fmt: skip


def _touches(network: Network, arc: int, row_id: str) -> bool:
    """True for an arc that a closed place, link, service, facility or operation takes part in."""
    tables = network.corridor.tables
    rows = (("links", network.link), ("services", network.service), ("facilities", network.facility),
            ("operations", network.operation))  # fmt: skip
    if any(row_id == str(tables[name].mid["id"][of[arc]]) for name, of in rows if of[arc] >= 0):
        return True
    if row_id in {network.nodes[node].place for node in (network.tail[arc], network.head[arc])}:
        return True
    link = int(network.link[arc])
    return link >= 0 and row_id in tables["links"].items(link, "via")
