"""Networks, demand and flows in TNTP files, the format of the public test networks.

Answers: nothing; it reads and writes.  Takes: files.  Gives: `TntpNet`, `TntpTrips`, `TntpFlows`, plain arrays.
Format: Transportation Networks for Research Core Team, https://github.com/bstabler/TransportationNetworks.

Metadata in angle brackets, then rows that end with a semicolon; `~` begins a comment. Every problem of a file is
collected, with its line and column, before one error is raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from transcaspian.corridor.files import replace_file, write_text
from transcaspian.errors import InputError, Problem, did_you_mean
from transcaspian.freight.equilibrium.delays import bpr
from transcaspian.freight.equilibrium.demand import Demand, make_demand
from transcaspian.freight.equilibrium.network import Network, make_network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

NET_COLUMNS = (
    "init_node",
    "term_node",
    "capacity",
    "length",
    "free_flow_time",
    "b",
    "power",
    "speed",
    "toll",
    "link_type",
)
_NOT_NEGATIVE = {
    "capacity": "tntp.capacity",
    "length": "tntp.length",
    "free_flow_time": "tntp.free_flow_time",
    "b": "tntp.b",
    "power": "tntp.power",
}
_NET_TAGS = ("NUMBER OF ZONES", "NUMBER OF NODES", "FIRST THRU NODE", "NUMBER OF LINKS")
_END = "END OF METADATA"
_SHOWN = 25  # problems of one kind that are listed; the others are counted
_SUM = 1e-6  # relative difference between the trips and the total their file states that is more than rounding


@dataclass(frozen=True, slots=True, eq=False)
class TntpNet:
    """A network file: zones are nodes 1 to `n_zones`; columns of shape (n_links,)."""

    n_zones: int
    n_nodes: int
    first_thru_node: int  # nodes below it are not passed
    tail: Ints  # node numbers as in the file, from 1
    head: Ints
    capacity: Floats
    length: Floats
    free_flow_time: Floats
    b: Floats
    power: Floats
    toll: Floats


@dataclass(frozen=True, slots=True, eq=False)
class TntpTrips:
    """A trips file: what wants from zone to zone, columns of shape (n_pairs,); zones from 1."""

    n_zones: int
    origin: Ints
    destination: Ints
    amount: Floats
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TntpFlows:
    """A file of flows: columns of shape (n_links,), nodes from 1."""

    tail: Ints
    head: Ints
    volume: Floats
    cost: Floats


@dataclass(slots=True)
class _Findings:
    """Problems of one file, the first of each type in full."""

    path: Path
    problems: list[Problem] = field(default_factory=list)
    hidden: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, where: str, what: str, mend: str) -> None:
        if sum(problem.type == kind for problem in self.problems) < _SHOWN:
            self.problems.append(Problem(kind, f"{self.path}, {where}" if where else str(self.path), what, mend))
        else:
            self.hidden[kind] = self.hidden.get(kind, 0) + 1

    def raise_all(self) -> None:
        for kind, count in self.hidden.items():
            what = f"{count} more of this kind"
            self.problems.append(Problem(kind, str(self.path), what, "mend those above first."))
        if self.problems:
            raise InputError(self.problems)


def read_net(path: Path) -> TntpNet:
    """Read a network file.

    Parameters
    ----------
    path
        A `*_net.tntp` file: tail, head, capacity, length, free-flow time, B, power, speed, toll and type of each link.

    Raises
    ------
    InputError
        With every problem: missing metadata, rows that are no links, nodes that are not there, negative numbers,
        a capacity of 0 where the delay needs one, another number of links than stated.
    """
    lines = _lines(path)
    found = _Findings(path)
    tags, body = _metadata(lines, found, _NET_TAGS)
    rows, at = [], []
    for number, text in body:
        row = _numbers(text.replace(";", " ").split(), NET_COLUMNS, number, found)
        if row is not None:
            rows.append(row)
            at.append(number)
    table = np.array(rows, np.float64).reshape(-1, len(NET_COLUMNS))
    _check_links(table, at, tags, found)
    found.raise_all()
    column = dict(zip(NET_COLUMNS, table.T, strict=True))
    return TntpNet(
        tags["NUMBER OF ZONES"],
        tags["NUMBER OF NODES"],
        tags["FIRST THRU NODE"],
        column["init_node"].astype(np.int32),
        column["term_node"].astype(np.int32),
        *(column[name].copy() for name in ("capacity", "length", "free_flow_time", "b", "power", "toll")),
    )


def read_trips(path: Path) -> TntpTrips:
    """Read a trips file: `Origin 1`, then `2 : 100.0; 3 : 50.0;` and so on.

    Raises
    ------
    InputError
        With every problem: missing metadata, trips before the first origin, zones that are not there, negative trips,
        a pair that stands twice. A total unlike the sum of the trips is a warning in `notes`.
    """
    lines = _lines(path)
    found = _Findings(path)
    tags, body = _metadata(lines, found, ("NUMBER OF ZONES",), optional=("TOTAL OD FLOW",))
    found.raise_all()  # without the number of zones every trip would be wrong
    zones = int(tags["NUMBER OF ZONES"])
    trips: dict[tuple[int, int], float] = {}
    origin = -1
    for number, text in body:
        if text[:6].lower() == "origin":
            origin = _zone(text[6:].strip(), zones, f"line {number}, column Origin", found)
            continue
        for place, entry in enumerate(text.split(";"), 1):
            if entry and not entry.isspace():
                _take_trip(entry, origin, zones, f"line {number}, entry {place}", trips, found)
    found.raise_all()
    pairs = np.array(list(trips), np.int32).reshape(-1, 2)
    amount = np.array(list(trips.values()), np.float64)
    notes = []
    total = tags.get("TOTAL OD FLOW")
    if total is not None and abs(amount.sum() - total) > _SUM * max(abs(total), 1.0):
        what = f"the trips add up to {amount.sum():.10g}, not to the stated {total:.10g}"
        mend = "correct <TOTAL OD FLOW>; the trips themselves are taken."
        notes.append(Problem("tntp.total", str(path), what, mend, severity="warning"))
    return TntpTrips(zones, pairs[:, 0].copy(), pairs[:, 1].copy(), amount, tuple(notes))


def read_flows(path: Path) -> TntpFlows:
    """Read a file of link flows: a head line, then tail, head, volume and cost.

    Raises
    ------
    InputError
        With every row that is not four numbers.
    """
    found = _Findings(path)
    names = ("From", "To", "Volume", "Cost")
    rows = []
    for number, text in list(_content(enumerate(_lines(path), 1)))[1:]:
        words = text.replace(";", " ").replace(":", " ").split()
        if not words[0].startswith("<"):
            rows.append(_numbers(words, names, number, found))
    found.raise_all()
    table = np.array(rows, np.float64).reshape(-1, 4)
    return TntpFlows(table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2].copy(), table[:, 3].copy())


def write_flows(path: Path, flows: TntpFlows) -> None:
    """Write link flows as the published solutions have them; the file is whole or not written at all.

    Raises
    ------
    InputError
        If nothing may be written there.
    """
    rows = zip(flows.tail.tolist(), flows.head.tolist(), flows.volume.tolist(), flows.cost.tolist(), strict=True)
    text = "From \tTo \tVolume \tCost \n" + "".join(f"{a} \t{b} \t{v!r} \t{c!r} \n" for a, b, v, c in rows)
    replace_file(path, lambda made: write_text(made, text))


def network_of(net: TntpNet, *, toll_factor: float = 0.0, distance_factor: float = 0.0) -> Network:
    """The network, with `toll_factor * toll + distance_factor * length` as fixed cost.

    Parameters
    ----------
    net
        What the file says.
    toll_factor, distance_factor
        Time per unit of toll and of length, finite. The public README of a network gives them.

    Raises
    ------
    InputError
        If a factor is not finite, or makes an empty link cost less than nothing.
    """
    for name, factor in (("--toll-factor", toll_factor), ("--distance-factor", distance_factor)):
        if not np.isfinite(factor):
            raise InputError(Problem("tntp.factor", name, f"{factor} is not finite", "give a number."))
    fixed = toll_factor * net.toll + distance_factor * net.length
    mend = "choose other factors: with links that pay, a detour could pay for ever."
    problems = [
        Problem(
            "tntp.cost",
            f"link {net.tail[link]} to {net.head[link]}",
            f"costs {net.free_flow_time[link] + fixed[link]:g} when it is empty, less than nothing",
            mend,
        )
        for link in np.flatnonzero(net.free_flow_time + fixed < 0.0)
    ]
    if problems:
        raise InputError(problems[:_SHOWN])
    return make_network(
        net.n_nodes,
        net.tail - 1,
        net.head - 1,
        bpr(net.free_flow_time, net.capacity, b=net.b, power=net.power),
        fixed=fixed,
        no_through=np.arange(1, net.n_nodes + 1) < net.first_thru_node,
    )


def demand_of(network: Network, trips: TntpTrips) -> Demand:
    """The demand between the zones of a network.

    Raises
    ------
    InputError
        If a zone is no node of the network.
    """
    unknown = np.unique(np.concatenate([trips.origin, trips.destination]))
    problems = [
        Problem("tntp.zone", f"zone {zone}", "has trips, but the network ends at node "
                f"{network.n_nodes}", "give the trips of this network.")
        for zone in unknown[unknown > network.n_nodes]
    ]  # fmt: skip
    if problems:
        raise InputError(problems[:_SHOWN])
    return make_demand(network, trips.origin - 1, trips.destination - 1, trips.amount)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(Problem("tntp.file", str(path), f"cannot be read: {why}", "name a TNTP file.")) from None


def _content(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lines without comments, the empty ones left out."""
    for number, line in lines:
        text = line.partition("~")[0].strip()
        if text:
            yield number, text


def _metadata(
    lines: list[str], found: _Findings, wanted: Iterable[str], optional: Iterable[str] = ()
) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """The tags asked for, and the lines behind the metadata."""
    tags: dict[str, int] = {}
    seen: list[str] = []
    end = next((row for row, line in enumerate(lines) if line.strip().upper().startswith(f"<{_END}>")), None)
    if end is None:
        end = 0
        found.add("tntp.metadata", "", f"<{_END}> is missing", "end the metadata with it.")
        found.raise_all()
    for number, text in enumerate(lines[:end], 1):
        name, closed, value = text.strip().removeprefix("<").partition(">")
        if not (closed and text.strip().startswith("<")):
            continue
        seen.append(name.strip().upper())
        if seen[-1] in (*wanted, *optional):
            value = value.partition("~")[0].strip()
            tags |= _tag(seen[-1], value, number, found, whole=seen[-1] in wanted)
    for name in wanted:
        if name not in seen:
            found.add("tntp.metadata", "", f"<{name}> is missing", did_you_mean(name, seen) or f"add <{name}>.")
    return tags, list(_content(enumerate(lines[end + 1 :], end + 2)))


def _tag(name: str, value: str, number: int, found: _Findings, *, whole: bool) -> dict[str, int]:
    try:
        return {name: int(value) if whole else float(value)}  # type: ignore[dict-item]
    except ValueError:
        found.add("tntp.metadata", f"line {number}, <{name}>", f"{value!r} is no number", "give a number.")
        return {}


def _numbers(words: list[str], names: tuple[str, ...], number: int, found: _Findings) -> list[float] | None:
    """One row as numbers; None, and a problem for each cell, where it is not."""
    if len(words) != len(names):
        what = f"{len(words)} cells instead of {len(names)}"
        found.add("tntp.row", f"line {number}", what, f"give {', '.join(names)}.")
        return None
    row = []
    for name, word in zip(names, words, strict=True):
        try:
            row.append(float(word))
        except ValueError:
            found.add("tntp.number", f"line {number}, column {name}", f"{word!r} is no number", "give a number.")
    return row if len(row) == len(names) else None


def _check_links(table: Floats, at: list[int], tags: Mapping[str, int], found: _Findings) -> None:
    """Nodes that are there, numbers that a network can have, as many links as stated."""
    nodes, zones = tags.get("NUMBER OF NODES"), tags.get("NUMBER OF ZONES")
    if nodes is not None and zones is not None and not 1 <= zones <= nodes:
        found.add("tntp.metadata", "<NUMBER OF ZONES>", f"{zones} zones in {nodes} nodes", "every zone is a node.")
    if (links := tags.get("NUMBER OF LINKS")) is not None and links != len(table) and not found.problems:
        what = f"{links} links are stated, and {len(table)} are there"
        found.add("tntp.links", "<NUMBER OF LINKS>", what, "add the missing rows, or correct the number.")
    column = dict(zip(NET_COLUMNS, table.T, strict=True))
    if nodes is not None:
        for name in NET_COLUMNS[:2]:
            there = (column[name] >= 1) & (column[name] <= nodes) & (column[name] % 1.0 == 0.0)
            _report(column[name], ~there, name, at, found, "tntp.node", f"is no node from 1 to {nodes}")
    for name, kind in _NOT_NEGATIVE.items():
        _report(column[name], ~(column[name] >= 0.0), name, at, found, kind, "is not at least 0")
    steep = (column["power"] > 0.0) & (column["power"] < 1.0)
    _report(column["power"], steep, "power", at, found, "tntp.power", "is neither 0 nor at least 1")
    delayed = (column["b"] > 0.0) & (column["power"] > 0.0) & (column["free_flow_time"] > 0.0)
    nothing = (column["capacity"] == 0.0) & delayed
    _report(column["capacity"], nothing, "capacity", at, found, "tntp.capacity", "leaves no flow, as b is not 0")
    for name in NET_COLUMNS[2:9]:
        endless = ~np.isfinite(column[name]) & ~np.isnan(column[name])
        _report(column[name], endless, name, at, found, "tntp.number", "is not finite")
    _report(column["toll"], np.isnan(column["toll"]), "toll", at, found, "tntp.number", "is not finite")


def _report(
    column: Floats, wrong: npt.NDArray[np.bool_], name: str, at: list[int], found: _Findings, kind: str, what: str
) -> None:
    for row in np.flatnonzero(wrong):
        found.add(kind, f"line {at[row]}, column {name}", f"{column[row]:g} {what}", "correct the number.")


def _zone(word: str, zones: int, where: str, found: _Findings) -> int:
    """A zone's number; 0 where it is none."""
    if word.isdecimal() and 1 <= int(word) <= zones:
        return int(word)
    found.add("tntp.zone", where, f"{word!r} is no zone from 1 to {zones}", "correct the number.")
    return 0


def _take_trip(
    entry: str, origin: int, zones: int, where: str, trips: dict[tuple[int, int], float], found: _Findings
) -> None:
    """Add one entry such as `2 : 100.0` to the trips of an origin."""
    zone, colon, word = entry.partition(":")
    if not colon:
        found.add("tntp.row", where, f"{entry.strip()!r} has no colon", "write zone : trips;")
        return
    if origin == 0:  # its line has been found wrong already
        return
    if origin < 0:
        found.add("tntp.zone", where, "no origin stands before these trips", "begin with a line such as Origin 1.")
        return
    destination = _zone(zone.strip(), zones, where, found)
    try:
        amount = float(word)
    except ValueError:
        found.add("tntp.number", where, f"{word.strip()!r} is no number", "give a number.")
        return
    if not 0.0 <= amount < np.inf:
        found.add("tntp.trips", where, f"{amount:g} is not a finite number of at least 0", "correct the number.")
    elif (origin, destination) in trips:
        found.add("tntp.twice", where, f"zone {origin} to {destination} stands twice", "add the two up in one entry.")
    elif destination:
        trips[origin, destination] = amount
