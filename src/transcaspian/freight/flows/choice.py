"""Who may go which way, and how each way is liked: choice sets, generalised cost, path sizes.

Answers: which ways does a tonne of this cargo choose among, and what does it hold against each?
Start reading at `make_choice_sets`.  Takes: a network, cargo and its demand.  Gives: `ChoiceSets`, in tonnes.
Never knows: capacities and queues.

The generalised cost of a way, USD per tonne, is

    money + value of time × (time + reliability ratio × standard deviation of time) + constant of its way,

and a class chooses by path-size logit (Ben-Akiva and Bierlaire, 1999) at the scale `cost_elasticity_ratio /
typical_cost_usd_per_t` of its market. Bulk takes its best way and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Corridor, Network
from transcaspian.corridor.network import ArcKind
from transcaspian.corridor.provenance import Cell
from transcaspian.errors import InputError
from transcaspian.freight.alternatives import ends, find_alternatives, returns
from transcaspian.freight.corridors import OCEAN, doors_except
from transcaspian.freight.equilibrium import PathFlows, path_sizes
from transcaspian.freight.flows.cargo import Cargo, Wants
from transcaspian.freight.flows.months import Floats
from transcaspian.freight.loads import Load
from transcaspian.freight.routes import CRITERIA, Route, layer_of
from transcaspian.freight.selection import arrives_once, crosses_once
from transcaspian.freight.shortest import k_shortest_paths

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
CostChange = Callable[[Network, Floats], Floats]

KINDS: Mapping[str, str] = {"TEU": "box", "FEU": "box", "wagon": "wagon", "truck": "truck", "t": "bulk"}
WAYS_SEARCHED: tuple[tuple[str, int], ...] = (("cost", 10), ("time", 6))  # criterion, and how many ways by it at most
# Border crossings of China that serve one line of corridors: ways by each are offered, as queues part them. The search
# for alternatives tells ports and modes apart, not borders.
GATES: tuple[frozenset[str], ...] = (frozenset({"CNAKL", "KZDOS"}), frozenset({"CNHRS", "KZHOR"}))
# The corridors by land that are offered by each gate: their door, as `freight.corridors` names it, and the countries
# they do not touch; through Russia north of the Caucasus, through Russia to the Caucasus, and over the Caspian.
GATED: tuple[tuple[str, frozenset[str]], ...] = (
    ("russia", frozenset({"AZ", "GE"})), ("russia", frozenset({"BY"})), ("caspian", frozenset()),
)  # fmt: skip
_SIMPLE_PATHS = 6  # cheapest loopless paths to look through for one that does not turn back
BTK = "btk"
# A range of times is read as the middle 80 % of a normal distribution: so many standard deviations wide.
RANGE_IN_DEVIATIONS = 2.563
ELASTICITY, RELIABILITY, UNSEEN = 3.0, 0.5, 0.02  # for a class that the table does not have; as in the packaged one


@dataclass(frozen=True, slots=True)
class ChoiceClass:
    """How one market chooses for one kind of unit load; constants by way, USD per tonne."""

    id: str
    market: str
    kind: str
    cost_elasticity_ratio: float
    typical_cost_usd_per_t: float  # NaN: the mean cost of its choice sets, found when they are made
    reliability_ratio: float
    unseen_share: float
    constants: Mapping[str, float] = field(default_factory=dict)
    in_table: bool = True

    @property
    def scale_per_usd_t(self) -> float:
        """Scale of the logit, per USD of a tonne."""
        return self.cost_elasticity_ratio / self.typical_cost_usd_per_t

    def constant(self, way: str) -> float:
        """What a way bears beside its cost; a way that no calibration has met bears the worst of the others."""
        return self.constants.get(way, max((v for k, v in self.constants.items() if k != BTK), default=0.0))

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The table cells behind it."""
        columns = ("cost_elasticity_ratio", "typical_cost_usd_per_t", "reliability_ratio")
        own = tuple(("choice_classes", self.id, column) for column in columns)
        fitted = tuple(("choice_constants", f"{self.id}.{way}", "constant_usd_per_t") for way in self.constants)
        return own + fitted if self.in_table else ()


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceSets:
    """Ways of each row of demand on one network; those of want w are `first[w]:first[w + 1]`.

    Columns of shape (n_paths,) unless said; everything is per tonne of cargo.
    """

    network: Network
    classes: tuple[ChoiceClass, ...]
    class_of: Ints  # (n_wants,) row of `classes`
    cargo_of: Ints  # (n_wants,) class of cargo
    first: Ints  # (n_wants + 1,)
    want: Ints
    arc_first: Longs  # (n_paths + 1,) places of `arcs`
    arcs: Ints
    corridor: tuple[str, ...]
    way: tuple[str, ...]  # corridor, for the Middle one with its eastern shore
    gateway: tuple[tuple[str, ...], ...]
    btk: Flags
    money_usd: Floats
    time_h: Floats
    deviation_h: Floats
    time_usd_per_h: Floats  # value of an hour
    path_size: Floats
    no_route: Mapping[int, str]  # by want: why it has no way

    @property
    def n_paths(self) -> int:
        """Number of ways of all wants together."""
        return int(self.want.size)

    def load(self, want: int, cargo: Cargo) -> Load:
        """One unit load of a row of demand."""
        number = self.cargo_of[want]
        return Load("", cargo.unit_load[number], 1.0, float(cargo.cargo_t[number]), cargo.commodity[number], ())

    def scale(self) -> Floats:
        """Scale of each path's choice, per USD of a tonne."""
        by_class = np.array([one.scale_per_usd_t for one in self.classes])
        return np.asarray(by_class[self.class_of[self.want]], np.float64)

    def cost_usd(self, classes: Sequence[ChoiceClass] | None = None) -> Floats:
        """Generalised cost of each path without queues, USD per tonne; with other constants if classes are given."""
        known = self.classes if classes is None else classes
        own = [known[int(one)] for one in self.class_of[self.want]]
        ratio = np.array([one.reliability_ratio for one in own])
        constant = np.array(
            [one.constant(way) + (one.constants.get(BTK, 0.0) if btk else 0.0)
             for one, way, btk in zip(own, self.way, self.btk, strict=True)]
        )  # fmt: skip
        time_usd = self.time_usd_per_h * (self.time_h + ratio * self.deviation_h)
        return np.asarray(self.money_usd + time_usd + constant, np.float64)


def read_classes(corridor: Corridor, cargo: Cargo, wants: Wants) -> tuple[tuple[ChoiceClass, ...], Ints]:
    """The class of choice of each row of demand, from the tables; what they do not have chooses as most do."""
    table, fitted = corridor["choice_classes"], corridor["choice_constants"]
    constants: dict[str, dict[str, float]] = {}
    for row in range(len(fitted)):
        value = fitted.estimate(row, "constant_usd_per_t")
        constants.setdefault(fitted.text(row, "choice_class"), {})[fitted.text(row, "way")] = (
            value.mid if value else 0.0
        )
    known: dict[tuple[str, str, str], ChoiceClass] = {}
    for row, class_id in enumerate(table):
        market, kind = table.text(row, "market"), table.text(row, "kind")
        known[market, kind, table.text(row, "commodity")] = ChoiceClass(
            id=class_id,
            market=market,
            kind=kind,
            cost_elasticity_ratio=float(table.floats("cost_elasticity_ratio")[row]),
            typical_cost_usd_per_t=float(table.floats("typical_cost_usd_per_t")[row]),
            reliability_ratio=float(table.floats("reliability_ratio")[row]),
            unseen_share=float(table.floats("unseen_share")[row]),
            constants=constants.get(class_id, {}),
        )
    classes: dict[str, ChoiceClass] = {}
    of: list[int] = []
    for want, market in enumerate(wants.market):
        number = wants.cargo[want]
        kind = KINDS[cargo.unit_load[number]]
        found = known.get((market, kind, cargo.commodity[number])) or known.get((market, kind, ""))
        if found is None:
            name = f"{market or 'other'}.{kind}"
            found = ChoiceClass(name, market, kind, ELASTICITY, np.nan, RELIABILITY, UNSEEN, in_table=False)
        classes.setdefault(found.id, found)
        of.append(list(classes).index(found.id))
    return tuple(classes.values()), np.array(of, np.int32)


def make_choice_sets(
    network: Network, cargo: Cargo, wants: Wants, *, change_cost: CostChange | None = None,
    undisturbed: ChoiceSets | None = None,
) -> ChoiceSets:  # fmt: skip
    """The ways of every row of demand.

    Parameters
    ----------
    network
        With everything open that is open.
    cargo, wants
        From `read_demand`.
    change_cost
        What a tariff policy makes of the costs, (n_unit_loads, n_arcs) in USD per unit load; the ways stay the same.
    undisturbed
        The sets of the same demand without the scenario. What is still open of them is kept, and new ways are added
        only over arcs that were not there, or in place of a corridor that has lost all of its own: otherwise closing
        one way would change the choice among the others.

    Returns
    -------
    ChoiceSets
        A want without any way has none, and stands in `no_route` with the reason.
    """
    classes, class_of = read_classes(network.corridor, cargo, wants)
    found: dict[tuple[str, str, str], list[Route] | str] = {}
    sets: list[list[Route]] = []
    no_route: dict[int, str] = {}
    kept = _Kept(network, undisturbed) if undisturbed is not None else None
    for want in range(len(wants.id)):
        unit_load = cargo.unit_load[wants.cargo[want]]
        key = (wants.origin[want], wants.destination[want], unit_load)
        if key not in found:
            found[key] = _ways(network, cargo, int(wants.cargo[want]), key[0], key[1])
        ways = found[key]
        if isinstance(ways, str):
            no_route[want] = ways
            ways = []
        elif classes[class_of[want]].kind == "bulk":
            hour = float(cargo.time_usd_per_t_h[wants.cargo[want]])
            ways = [min(ways, key=lambda route: (route.value("cost") + hour * route.value("time"), route.arcs))]
        if kept is not None and classes[class_of[want]].kind != "bulk":
            ways = kept.ways(want, ways, cargo)
            if ways:
                no_route.pop(want, None)
        sets.append(ways)
    cost = network.cost_usd[1] if change_cost is None else change_cost(network, network.cost_usd[1].copy())
    return _columns(network, cargo, wants, sets, classes, class_of, no_route, cost)


class _Kept:
    """The ways of an undisturbed network that are still open in another."""

    def __init__(self, network: Network, undisturbed: ChoiceSets) -> None:
        self.network, self.old = network, undisturbed
        here = {key: arc for arc, key in enumerate(_arc_keys(network))}
        before = _arc_keys(undisturbed.network)
        self.arc = np.array([here.get(key, -1) for key in before])
        known = set(before)
        self.fresh = np.array([key not in known for key in here])

    def ways(self, want: int, found: Sequence[Route], cargo: Cargo) -> list[Route]:
        """Ways of one row of demand, of those found now and those it had."""
        old, number = self.old, None
        routes: list[Route] = []
        had: set[str] = set()
        for path in range(int(old.first[want]), int(old.first[want + 1])):
            had.add(old.way[path])
            arcs = self.arc[old.arcs[old.arc_first[path] : old.arc_first[path + 1]]]
            if (arcs >= 0).all():
                number = number or old.load(want, cargo)
                routes.append(Route(self.network, number, tuple(arcs.tolist())))
        left = {way_of(route) for route in routes}
        same = {route.arcs for route in routes}
        more = [
            route for route in found
            if route.arcs not in same
            and (not routes or self.fresh[list(route.arcs)].any() or way_of(route) in had - left)
        ]  # fmt: skip
        return routes + more


def _arc_keys(network: Network) -> list[tuple[object, ...]]:
    """What makes an arc the same in two networks of one set of tables; parallel arcs of equal keys are numbered."""
    seen: dict[tuple[object, ...], int] = {}
    keys: list[tuple[object, ...]] = []
    columns = (network.tail, network.head, network.kind, network.link, network.service, network.operation)
    for tail, head, *rows in zip(*(column.tolist() for column in columns), strict=True):
        key = (network.nodes[tail], network.nodes[head], *rows)
        seen[key] = seen.get(key, 0) + 1
        keys.append((*key, seen[key]))
    return keys


def way_of(route: Route) -> str:
    """Corridor of a route, for the Middle one with its eastern shore: the names that constants are fitted to."""
    if route.corridor != "middle":
        return route.corridor
    return "middle.tm" if "TM" in route.gateway else "middle.kz"


def uses_btk(network: Network, arcs: Sequence[int]) -> bool:
    """True for a route by rail over the border of Georgia and Türkiye."""
    return not _btk_arcs(network).isdisjoint(arcs)


@lru_cache(maxsize=16)
def _btk_arcs(network: Network) -> frozenset[int]:
    found = []
    for arc in np.flatnonzero(network.kind == ArcKind.CROSS_BORDER).tolist():
        node = network.nodes[network.tail[arc]]
        if {node.stage[-2:], node.place[:2]} == {"GE", "TR"} and node.side.startswith("rail"):
            found.append(arc)
    return frozenset(found)


def _ways(network: Network, cargo: Cargo, number: int, origin: str, destination: str) -> list[Route] | str:
    """Different routes of one unit load, or why there is none."""
    load = Load("", cargo.unit_load[number], 1.0, float(cargo.cargo_t[number]), cargo.commodity[number], ())
    routes: dict[tuple[int, ...], Route] = {}
    for by, count in WAYS_SEARCHED:
        try:
            for route in find_alternatives(network, (load,), origin, destination, by=by, count=count):
                routes.setdefault(route.arcs, route)
        except InputError as error:  # NoRoute, and one place for both ends
            return error.problems[0].what
    if "CN" in (origin[:2], destination[:2]):
        for route in _ways_by_gate(network, load, float(cargo.time_usd_per_t_h[number]), origin, destination):
            routes.setdefault(route.arcs, route)
    return [route for route in routes.values() if takes_one_corridor(route)] or list(routes.values())


def takes_one_corridor(route: Route) -> bool:
    """False for a way over the Caspian and then through Russia or Iran, or through both: nobody pays two corridors."""
    kinds = {"ocean" if door.kind in OCEAN else door.kind for door in route.doors}
    return len(kinds & {"caspian", "russia", "iran", "ocean"}) <= 1


def _ways_by_gate(network: Network, load: Load, hour: float, origin: str, destination: str) -> list[Route]:
    """For each corridor by land: the best way through each of the gates, by money and time together."""
    layer = layer_of(network, load.unit_load)
    start, end = ends(network, origin, destination)
    if start is None or end is None:
        return []
    value = layer.criteria[:, CRITERIA.index("cost")] / load.cargo_t + hour * layer.criteria[:, CRITERIA.index("time")]
    found = []
    for gate in GATES:
        others = frozenset().union(*(other for other in GATES if other != gate))
        for door, avoided in GATED:
            shut = _touching(network, others) | _touching_countries(network, avoided) | doors_except(network, door)
            blocked = shut[layer.arc]
            for path in k_shortest_paths(layer.graph, value, start, end, _SIMPLE_PATHS, blocked=blocked).arcs:
                route = Route(network, load, tuple(layer.arc[path].tolist()))
                direct = crosses_once(route) and arrives_once(route) and takes_one_corridor(route)
                if direct and not returns(layer, route):
                    found.append(route)
                    break
    return found


@lru_cache(maxsize=64)
def _touching(network: Network, places: frozenset[str]) -> Flags:
    """Arcs that begin or end at one of the places."""
    there = np.array([node.place in places for node in network.nodes])
    return np.asarray(there[network.tail] | there[network.head])


@lru_cache(maxsize=64)
def _touching_countries(network: Network, countries: frozenset[str]) -> Flags:
    """Arcs that begin or end in one of the countries."""
    there = np.array([node.place[:2] in countries for node in network.nodes])
    return np.asarray(there[network.tail] | there[network.head])


def _columns(
    network: Network, cargo: Cargo, wants: Wants, sets: Sequence[Sequence[Route]], classes: tuple[ChoiceClass, ...],
    class_of: Ints, no_route: Mapping[int, str], cost_usd: Floats,
) -> ChoiceSets:  # fmt: skip
    flat = [route for routes in sets for route in routes]
    first = np.cumsum([0, *(len(routes) for routes in sets)]).astype(np.int32)
    want = np.repeat(np.arange(len(sets), dtype=np.int32), np.diff(first))
    arc_first = np.cumsum([0, *(len(route.arcs) for route in flat)]).astype(np.int64)
    arcs = np.array([arc for route in flat for arc in route.arcs], np.int32)
    kind = wants.cargo[want]
    rows = np.repeat(cargo.row[kind], np.diff(arc_first))  # unit load of each step
    time, spread = network.time_h[1, rows, arcs], network.time_h[2, rows, arcs] - network.time_h[0, rows, arcs]
    facts = {route: (route.corridor, way_of(route), route.gateway, uses_btk(network, route.arcs)) for route in flat}
    money = _sums(cost_usd[rows, arcs], arc_first) / cargo.cargo_t[kind]
    return ChoiceSets(
        network=network,
        classes=_with_typical_cost(classes, class_of[want], money),
        class_of=class_of,
        cargo_of=wants.cargo,
        first=first,
        want=want,
        arc_first=arc_first,
        arcs=arcs,
        corridor=tuple(facts[route][0] for route in flat),
        way=tuple(facts[route][1] for route in flat),
        gateway=tuple((*facts[route][2], BTK) if facts[route][3] else facts[route][2] for route in flat),
        btk=np.array([facts[route][3] for route in flat], np.bool_),
        money_usd=money,
        time_h=_sums(time, arc_first),
        deviation_h=np.sqrt(_sums(spread**2, arc_first)) / RANGE_IN_DEVIATIONS,
        time_usd_per_h=cargo.time_usd_per_t_h[kind],
        path_size=_path_sizes(first, arc_first, arcs, time, network.n_arcs),
        no_route=no_route,
    )


def _path_sizes(first: Ints, arc_first: Longs, arcs: Ints, time: Floats, n_arcs: int) -> Floats:
    """Path sizes by time on the empty network.

    An arc takes different times by unit load, and wants share no paths: every want gets arc numbers of its own.
    """
    if not arcs.size:
        return np.zeros(0)
    steps = np.diff(arc_first)
    want = np.repeat(np.arange(first.size - 1), np.diff(first))
    keys, own = np.unique(np.repeat(want, steps).astype(np.int64) * n_arcs + arcs, return_inverse=True)
    length = np.zeros(keys.size)
    length[own] = time
    paths = PathFlows(first, np.zeros(steps.size), arc_first.astype(np.int32), own.astype(np.int32))
    return np.minimum(path_sizes(paths, length), 1.0)


def _sums(values: Floats, first: Longs) -> Floats:
    """Sum of the steps of each path; every path has at least one."""
    return np.add.reduceat(values, first[:-1]) if first.size > 1 else np.zeros(0)


def _with_typical_cost(classes: Sequence[ChoiceClass], of_path: Ints, money: Floats) -> tuple[ChoiceClass, ...]:
    """Classes that no table has take the mean cost of their ways as typical."""
    filled = []
    for number, one in enumerate(classes):
        if np.isnan(one.typical_cost_usd_per_t):
            own = money[of_path == number]
            typical = float(own.mean()) if own.size and own.mean() > 0 else 1.0
            filled.append(replace(one, typical_cost_usd_per_t=typical))
        else:
            filled.append(one)
    return tuple(filled)
