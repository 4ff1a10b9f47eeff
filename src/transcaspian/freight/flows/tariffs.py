"""Tariff policy: through tariffs with their split, discounts by railway, and who gains and who pays.

A policy is a small TOML file that changes what arcs cost, as a scenario changes what the tables say:

    name = "Unified tariff of the Middle Corridor"

    [[discount]]
    operator = "ADY"            # any of operator, mode, country, place, operation; all that are given must fit
    mode = "rail"
    percent = 20                # below 0 it is a surcharge
    unit_loads = ["FEU"]        # all unless given

    [[through]]
    from = "KZHOR"
    to = "GEPTI"
    via = ["KZAAU"]             # places the way passes; the cheapest way through them is meant
    unit_load = "FEU"
    usd_per_unit_load = 2400    # from leaving `from` to arriving at `to`, handling and borders on the way included
    both_ways = true
    split = { KTZ = 0.5, "KMTF;ASCO" = 0.2, ADY = 0.15, GR = 0.15 }

A through tariff is laid over the arcs of its way: each operator's share over its arcs in proportion to what they cost
before (by length where that is nothing). Without a `split` every arc changes by the same factor. Cargo that uses a
part of the way pays for that part. Handling belongs to `terminals CC`, borders to `borders CC`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from transcaspian.corridor import ArcKind, Corridor, Network, build_network
from transcaspian.corridor.network import Flags
from transcaspian.errors import InputError, Problem, did_you_mean
from transcaspian.freight.flows.capacity import CapacityYear
from transcaspian.freight.flows.months import Floats
from transcaspian.freight.shortest import graph_from_arcs, shortest_tree

_CRITERIA = ("operator", "mode", "country", "place", "operation")
_DISCOUNT_KEYS = frozenset({*_CRITERIA, "percent", "unit_loads", "name"})
_THROUGH_KEYS = frozenset({"from", "to", "via", "unit_load", "usd_per_unit_load", "both_ways", "split", "name"})
_SUM = 1e-6  # by which shares of a split may miss 1


@dataclass(frozen=True, slots=True)
class Discount:
    """A percentage off what some arcs cost."""

    criteria: Mapping[str, str]
    factor: float  # on the cost
    unit_loads: tuple[str, ...]  # empty: all


@dataclass(frozen=True, slots=True)
class Through:
    """One price for a whole way."""

    where: str
    stops: tuple[str, ...]  # origin, places passed, destination
    unit_load: str
    usd_per_unit_load: float
    split: Mapping[str, float]  # empty: as before


@dataclass(frozen=True, eq=False)
class TariffPolicy:
    """What a file says; `change_cost` is what the solvers take."""

    name: str
    discounts: tuple[Discount, ...]
    throughs: tuple[Through, ...]
    _known: dict[int, tuple[Network, Floats]] = field(default_factory=dict, repr=False)

    def change_cost(self, network: Network, usd: Floats) -> Floats:
        """New costs in USD per unit load, (n_unit_loads, n_arcs); discounts first, then through tariffs.

        Raises
        ------
        InputError
            If a through tariff finds no way on this network, or its split names others than those on the way.
        """
        known = self._known.get(id(network))
        if known is not None and known[0] is network:
            return known[1]
        changed = usd.copy()
        for discount in self.discounts:
            rows = [
                n for n, name in enumerate(network.unit_loads) if not discount.unit_loads or name in discount.unit_loads
            ]
            changed[np.ix_(np.array(rows, np.int64), np.flatnonzero(_fits(network, discount.criteria)))] *= (
                discount.factor
            )
        for through in self.throughs:
            _lay_over(network, changed, through)
        changed.setflags(write=False)
        self._known[id(network)] = (network, changed)
        return changed


@dataclass(frozen=True, slots=True)
class Revenue:
    """What one operator earns in a year."""

    operator: str
    before_usd: float
    after_usd: float

    @property
    def gain_usd(self) -> float:
        """After less before."""
        return self.after_usd - self.before_usd


def load_tariff_policy(path: Path, corridor: Corridor) -> TariffPolicy:
    """Read and check a policy.

    Raises
    ------
    InputError
        With every problem of the file: unreadable, unknown keys, operators, places or unit loads, impossible numbers, a
        way that does not exist, a split that does not add up.
    """
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = Problem(
            "tariff.file", str(path), f"cannot be read: {error.strerror}", "give the path of a TOML file."
        )
        raise InputError(problem) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            Problem("tariff.file", str(path), f"is no TOML: {error}", "see the docs on tariffs.")
        ) from None
    problems: list[Problem] = []
    for key in set(body) - {"name", "discount", "through"}:
        problems.append(_wrong(path.name, f"{key!r} is no key", "use name, [[discount]] and [[through]]."))
    discounts, throughs = (_entries(path.name, body, name, problems) for name in ("discount", "through"))
    if not discounts and not throughs and not problems:
        problems.append(_wrong(path.name, "changes nothing", "add a [[discount]] or a [[through]]."))
    checker = _Checker(corridor, path.name, problems)
    made_discounts = [checker.discount(number, row) for number, row in enumerate(discounts, start=1)]
    made_throughs = [one for number, row in enumerate(throughs, start=1) for one in checker.through(number, row)]
    if problems:
        raise InputError(problems)
    policy = TariffPolicy(str(body.get("name", path.stem)), tuple(made_discounts), tuple(made_throughs))
    network = build_network(corridor)
    policy.change_cost(network, network.cost_usd[1])  # finds ways that do not exist and splits that do not fit
    return policy


def revenues(before: CapacityYear, after: CapacityYear) -> list[Revenue]:
    """What every operator earns in a year without a policy and in the same year with one, the largest change first."""
    old, new = _earned(before), _earned(after)
    found = [Revenue(name, old.get(name, 0.0), new.get(name, 0.0)) for name in dict.fromkeys((*old, *new))]
    return sorted(
        (one for one in found if one.before_usd or one.after_usd), key=lambda one: (-abs(one.gain_usd), one.operator)
    )


def operators_of(network: Network) -> tuple[str, ...]:
    """Who earns what each arc costs, by arc: the operator of the service or link, `terminals CC` or `borders CC`."""
    links, services = network.corridor["links"], network.corridor["services"]
    found = []
    for arc in range(network.n_arcs):
        place = network.nodes[network.tail[arc]].place
        if network.kind[arc] in (ArcKind.MOVE, ArcKind.WAIT):
            service, link = int(network.service[arc]), int(network.link[arc])
            name = services.text(service, "operator") if service >= 0 else links.text(link, "operator")
        elif network.kind[arc] in (ArcKind.CROSS_BORDER, ArcKind.CLEAR_CUSTOMS):
            name = f"borders {place[:2]}"
        else:
            name = f"terminals {place[:2]}"
        found.append(name)
    return tuple(found)


def _earned(solved: CapacityYear) -> dict[str, float]:
    earned: dict[str, float] = {}
    cargo = solved.cargo
    for month in solved.months:
        network, flow = month.network, month.flow
        usd = solved.tariff_usd(network)
        kind = solved.wants.cargo[solved.segments.want[month.segment[flow.flow_commodity]]]
        paid = usd[cargo.row[kind], flow.flow_arc] * flow.flow / cargo.cargo_t[kind]
        names = operators_of(network)
        by_arc = np.bincount(flow.flow_arc, paid, minlength=network.n_arcs)
        for arc in np.flatnonzero(by_arc).tolist():
            earned[names[arc]] = earned.get(names[arc], 0.0) + float(by_arc[arc])
    return earned


# -- what arcs a discount means, and the way of a through tariff ---------------------------------------------


def _fits(network: Network, criteria: Mapping[str, str]) -> Flags:
    """The arcs to which every criterion applies."""
    fits = np.ones(network.n_arcs, np.bool_)
    places = [network.nodes[node].place for node in network.tail]
    if "operator" in criteria:
        wanted = criteria["operator"]
        fits &= np.array([wanted == name or wanted in _parties(name) for name in operators_of(network)])
    if "mode" in criteria:
        modes = [network.nodes[node].side.split("_")[0] for node in network.head]
        fits &= (network.kind == ArcKind.MOVE) & np.array([mode == criteria["mode"] for mode in modes])
    if "country" in criteria:
        fits &= np.array([place[:2] == criteria["country"] for place in places])
    if "place" in criteria:
        fits &= np.array([place == criteria["place"] for place in places])
    if "operation" in criteria:
        fits &= network.kind == ArcKind[criteria["operation"].upper()]
    return fits


def _parties(operator: str) -> tuple[str, ...]:
    """The members of a joint operator: `KMTF;ASCO`, `ADY/GR`."""
    return tuple(part.strip() for part in operator.replace("/", ";").split(";"))


def _lay_over(network: Network, usd: Floats, through: Through) -> None:
    """Change the arcs of one way so that together they cost the through tariff."""
    row = network.unit_loads.index(through.unit_load)
    arcs = np.array(_way(network, usd[row], row, through), np.int64)
    base = usd[row, arcs]
    names = operators_of(network)
    of_arc = np.array([names[arc] for arc in arcs])
    if not through.split:
        total = float(base.sum())
        length = network.length_km[1, arcs]
        weight = base if total > 0 else length
        usd[row, arcs] = through.usd_per_unit_load * weight / weight.sum()
        return
    earning = {str(name) for name, cost in zip(of_arc, base, strict=True) if cost > 0} | set(through.split)
    missing, foreign = sorted(earning - set(through.split)), sorted(set(through.split) - set(of_arc.tolist()))
    problems = [
        _wrong(through.where, f"the split leaves out {name}, which earns on this way", "name it, with 0 for nothing.")
        for name in missing
    ] + [
        _wrong(through.where, f"{name} earns nothing on this way", f"those are {', '.join(sorted(earning - {name}))}.")
        for name in foreign
    ]  # fmt: skip
    if problems:
        raise InputError(problems)
    for name, share in through.split.items():
        own = of_arc == name
        weight = base[own] if base[own].sum() > 0 else np.maximum(network.length_km[1, arcs[own]], 1e-9)
        usd[row, arcs[own]] = share * through.usd_per_unit_load * weight / weight.sum()


def _way(network: Network, cost: Floats, row: int, through: Through) -> list[int]:
    """Arcs of the cheapest way over all stops, from the first move out of the first to the last move into the last."""
    graph = graph_from_arcs(network.tail, network.head, network.n_nodes)
    shut = ~network.allowed[row]
    usable = np.where(shut, 0.0, cost + 1e-6)
    places = [node.place for node in network.nodes]
    ends = {node: number for number, node in enumerate(network.nodes)}
    origin = next(
        (number for node, number in ends.items() if node.place == through.stops[0] and node.stage == "origin"), None
    )
    yards = [number for node, number in ends.items() if node.place == through.stops[-1] and node.stage == "yard"]
    reached = np.full(network.n_nodes, np.inf)
    if origin is None or not yards:
        raise InputError(_wrong(through.where, "no cargo can start or end there", "give places with a terminal."))
    reached[origin] = 0.0
    legs: list[dict[int, tuple[int, list[int]]]] = []
    for stop in (*through.stops[1:-1], through.stops[-1]):
        goals = yards if stop == through.stops[-1] else [n for n, place in enumerate(places) if place == stop]
        leg: dict[int, tuple[int, list[int]]] = {}
        onward = np.full(network.n_nodes, np.inf)
        for start in np.flatnonzero(np.isfinite(reached)).tolist():
            tree = shortest_tree(graph, usable, start, blocked=shut)
            for goal in goals:
                total = reached[start] + tree.cost[goal]
                if total < onward[goal]:
                    onward[goal], leg[goal] = total, (start, _back(network, tree.arc, start, goal))
        legs.append(leg)
        reached = onward
    if not np.isfinite(reached).any():
        way = " to ".join(through.stops)
        raise InputError(
            _wrong(through.where, f"no way leads {way} for a {through.unit_load}", "mend from, via or to.")
        )
    node = int(np.argmin(reached))
    arcs: list[int] = []
    for leg in reversed(legs):
        start, own = leg[node]
        arcs, node = own + arcs, start
    moves = [number for number, arc in enumerate(arcs) if network.kind[arc] == ArcKind.MOVE]
    return arcs[moves[0] : moves[-1] + 1]


def _back(network: Network, arc_into: Any, start: int, goal: int) -> list[int]:
    arcs, node = [], goal
    while node != start:
        arc = int(arc_into[node])
        if arc < 0:
            return []
        arcs.append(arc)
        node = int(network.tail[arc])
    return arcs[::-1]


# -- reading -------------------------------------------------------------------------------------------------


def _wrong(where: str, what: str, mend: str) -> Problem:
    return Problem("tariff.input", where, what, mend)


def _entries(file: str, body: Mapping[str, Any], name: str, problems: list[Problem]) -> list[dict[str, Any]]:
    rows = body.get(name, [])
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    problems.append(_wrong(file, f"{name} is no list of tables", f"write [[{name}]]."))
    return []


class _Checker:
    """Entries one by one; every problem is kept."""

    def __init__(self, corridor: Corridor, file: str, problems: list[Problem]) -> None:
        self.corridor, self.file, self.problems = corridor, file, problems
        links, services = corridor["links"], corridor["services"]
        names = {*links.texts("operator"), *services.texts("operator")} - {""}
        countries = sorted(set(corridor["places"].texts("country")))
        self.operators = sorted(names | {part for name in names for part in _parties(name)})
        self.parties = [*self.operators, *(f"{kind} {c}" for kind in ("terminals", "borders") for c in countries)]

    def discount(self, number: int, row: Mapping[str, Any]) -> Discount:
        """One `[[discount]]`."""
        where = f"{self.file}, discount {number}"
        self._keys(where, row, _DISCOUNT_KEYS)
        criteria = {key: str(row[key]) for key in _CRITERIA if key in row}
        if not criteria:
            self.problems.append(_wrong(where, "fits everything", f"give one of {', '.join(_CRITERIA)}."))
        operations = [kind.name.lower() for kind in ArcKind if kind not in (ArcKind.MOVE, ArcKind.WAIT, ArcKind.END)]
        known: dict[str, Sequence[str]] = {
            "operator": self.parties, "mode": sorted(set(self.corridor["links"].texts("mode"))),
            "country": sorted(set(self.corridor["places"].texts("country"))), "place": list(self.corridor["places"]),
            "operation": operations,
        }  # fmt: skip
        for key, value in criteria.items():
            self._known(where, key, value, known[key])
        percent = self._number(where, "percent", row.get("percent"), low=-1000.0, high=100.0)
        return Discount(criteria, 1.0 - percent / 100.0, self._unit_loads(where, row.get("unit_loads", [])))

    def through(self, number: int, row: Mapping[str, Any]) -> Iterator[Through]:
        """One `[[through]]`, and its way back."""
        where = f"{self.file}, through {number}"
        before = len(self.problems)
        self._keys(where, row, _THROUGH_KEYS)
        via = row.get("via", [])
        stops = [
            str(row.get("from", "")),
            *(map(str, via) if isinstance(via, list) else [str(via)]),
            str(row.get("to", "")),
        ]
        for stop in stops:
            self._known(where, "place", stop, list(self.corridor["places"]))
        unit_loads = self._unit_loads(where, [row.get("unit_load", "")])
        price = self._number(where, "usd_per_unit_load", row.get("usd_per_unit_load"), low=0.0, high=1e6)
        split = self._split(where, row.get("split", {}))
        if len(self.problems) == before:
            yield Through(where, tuple(stops), unit_loads[0], price, split)
            if row.get("both_ways", False):
                yield Through(f"{where}, way back", tuple(reversed(stops)), unit_loads[0], price, split)

    def _split(self, where: str, split: Any) -> dict[str, float]:
        if not isinstance(split, dict):
            self.problems.append(_wrong(where, "split is no table", "write split = { KTZ = 0.6, ADY = 0.4 }."))
            return {}
        shares = {
            str(name): self._number(where, f"split of {name}", value, low=0.0, high=1.0)
            for name, value in split.items()
        }
        for name in shares:
            self._known(where, "operator", name, self.parties)
        if shares and abs(sum(shares.values()) - 1.0) > _SUM:
            self.problems.append(
                _wrong(where, f"the split adds up to {sum(shares.values()):g}", "let the shares make 1.")
            )
        return shares

    def _keys(self, where: str, row: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in row:
            if key not in known:
                mend = did_you_mean(key, known) or f"the keys are {', '.join(sorted(known))}."
                self.problems.append(_wrong(where, f"{key!r} is no key", mend))

    def _known(self, where: str, noun: str, value: str, known: Sequence[str]) -> None:
        if value not in known:
            mend = did_you_mean(value, known) or f"known are {', '.join(list(known)[:12])} and so on."
            self.problems.append(_wrong(where, f"{value!r} is no {noun}", mend))

    def _unit_loads(self, where: str, names: Any) -> tuple[str, ...]:
        given = tuple(map(str, names)) if isinstance(names, list) else (str(names),)
        for name in given:
            self._known(where, "unit load", name, list(self.corridor["unit_loads"]))
        return given

    def _number(self, where: str, name: str, value: Any, *, low: float, high: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.problems.append(_wrong(where, f"{name} is {value!r}", f"give a number from {low:g} to {high:g}."))
            return 0.0
        return float(value)
