"""Why cargo goes the way it goes: parts of each row of demand, each with its own price of changing its way.

A linear programme sends all cargo by the cheapest way. Shippers do not choose so: a row of demand was counted on a way
in the base year, dearer or not, and of a hundred of its shippers some would leave it for a few dollars and some for
none. Here each row is cut into parts; each has a second way and a sum, its *loyalty*, by which its own way may become
dearer before it leaves. The sums are those of a logit model, in closed form: with share s of the way and scale θ,

    P(a shipper on the way still stays when it has become dearer by g) = 1 / (s + (1 − s) exp(θ g)),

because in a logit the advantage of the chosen way over the best other one is logistic with location ln(s / (1 − s)) / θ
(Train, 2009, section 3.1); and which way is the second one does not depend on g, but on the shares of the others alone
(Luce, 1959). At the costs and limits of the base year every part goes where it was counted; a price on a limit makes
parts leave as the logit would. Parts are cut at quantiles, so the answer moves in steps of a part.

The sums enter as surcharges on the *doors* of other ways (crossings of the Caspian by shore, entries into Russia, from
there into the Caucasus, and into Iran, deep-sea legs), never below 0: nothing is made cheaper than its tariff.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import Corridor, Network
from transcaspian.corridor.network import ArcKind
from transcaspian.freight.corridors import signatures
from transcaspian.freight.flows.cargo import Cargo, Ints, Wants
from transcaspian.freight.flows.months import Floats
from transcaspian.freight.shortest import Graph, graph_from_arcs, shortest_tree

DOORS = ("caspian_kz", "caspian_tm", "russia", "russia_south", "iran", "ocean")
WAYS: Mapping[str, tuple[str, ...]] = {  # the doors each way passes, the one that tells it from the others last
    "middle.kz": ("caspian_kz",),
    "middle.tm": ("caspian_tm",),
    "northern": ("russia",),
    "russia_caucasus": ("russia", "russia_south"),
    "southern": ("iran",),
    "ocean": ("ocean",),
}
TRANCHES = 4  # parts by loyalty; more move the answer by less than the doubt in the elasticity
_ALMOST_ALL = 0.999  # of a market on one way: at 1 nobody would ever leave it
_KIND = {"TEU": "box", "FEU": "box", "wagon": "wagon", "truck": "truck", "t": "bulk"}


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Parts of the rows of demand; arrays of shape (n_segments,) unless said."""

    want: Ints  # row of the wants
    share: Floats  # of that row's tonnes
    surcharge: Floats  # (n_segments, n_doors) USD per t for passing a door of each kind
    home_usd_per_t: Floats  # (n_wants,) cheapest way it was counted on, at the reference


def cut_demand(corridor: Corridor, network: Network, cost: Floats, cargo: Cargo, wants: Wants) -> Segments:
    """Cut every row of demand into parts by loyalty and second way.

    Parameters
    ----------
    corridor
        Its `demand` says on which way each row was counted, its `choice_classes` how sharply each market chooses.
    network
        Of the reference: nothing closed, no scenario.
    cost
        USD per t, (n_classes, n_arcs), infinite where a class may not go.
    cargo, wants
        The demand.
    """
    kinds = door_kinds(network)
    graph = graph_from_arcs(network.tail, network.head, network.n_nodes)
    shares, scale = _class_shares(corridor, wants, cargo)
    origin, destination = wants.nodes(network)
    least = _Least(network, graph, cost, kinds)
    rows: list[tuple[int, float, Floats]] = []
    home_cost = np.full(len(wants.id), np.inf)
    counted_on = corridor["demand"].texts("counted_on")
    for want in range(len(wants.id)):
        ends = int(origin[want]), int(destination[want])
        reached = min(ends) >= 0
        by_way = least.by_way(int(wants.cargo[want]), *ends) if reached else {}
        way, key = counted_on[want], _class_key(wants, cargo, want)
        known = [by_way[way]] if way in by_way else least.any_way(int(wants.cargo[want]), *ends) if reached else []
        home_cost[want] = min(known, default=np.inf)
        if way not in by_way or scale.get(key, 0.0) <= 0.0:
            rows.append((want, 1.0, np.zeros(len(DOORS))))
            continue
        rows += [(want, part, fee) for part, fee in _parts(way, by_way, shares[key], scale[key])]
    return Segments(
        np.array([want for want, _, _ in rows], np.int32),
        np.array([part for _, part, _ in rows]),
        np.array([fee for _, _, fee in rows]).reshape(len(rows), len(DOORS)),
        home_cost,
    )


def door_kinds(network: Network) -> Ints:
    """By arc: the number of its door in `DOORS`, -1 where it is none."""
    kinds = np.full(network.n_arcs, -1, np.int32)
    for arc, door in signatures(network).doors.items():
        if door.kind == "caspian":
            kinds[arc] = DOORS.index("caspian_tm" if "TM" in {place[:2] for place in door.detail} else "caspian_kz")
        elif door.kind in {"suez", "cape", "ocean"}:
            kinds[arc] = DOORS.index("ocean")
        elif door.kind in DOORS:
            kinds[arc] = DOORS.index(door.kind)
    entries = {"RU": "russia", "IR": "iran"}
    for arc in np.flatnonzero(network.kind == ArcKind.CROSS_BORDER).tolist():  # by sea too, as from Aktau to Astrakhan
        before = network.nodes[network.tail[arc]]
        entered, left = before.place[:2], before.stage.removeprefix("from ")
        if entered in entries:
            kinds[arc] = DOORS.index(entries[entered])
        elif entered in {"AZ", "GE"} and left == "RU":
            kinds[arc] = DOORS.index("russia_south")
    return kinds


def loyalty_usd_per_t(share: float, scale: float, quantile: float) -> float:
    """By how much a way may become dearer before this quantile of those on it has left.

    Parameters
    ----------
    share
        Of the way in its market, from 0 to below 1.
    scale
        Of the logit, per USD per t, above 0.
    quantile
        From 0 to below 1.
    """
    return float(np.log((1.0 / (1.0 - quantile) - share) / (1.0 - share)) / scale)


def _parts(
    way: str, by_way: Mapping[str, float], shares: Mapping[str, float], scale: float
) -> list[tuple[float, Floats]]:
    """Share and surcharges of each part of one row of demand that was counted on `way`."""
    others = {other: shares.get(other, 0.0) for other in by_way if other != way and shares.get(other, 0.0) > 0.0}
    if not others:
        return [(1.0, np.zeros(len(DOORS)))]
    staying, whole = min(shares.get(way, 0.0), _ALMOST_ALL), sum(others.values())
    found = []
    for tranche in range(TRANCHES):
        leaves_at = by_way[way] + loyalty_usd_per_t(staying, scale, (tranche + 0.5) / TRANCHES)
        for second, share in others.items():
            part = share / whole
            beyond = loyalty_usd_per_t(min(part, _ALMOST_ALL), scale, 0.5)
            third_at = max(leaves_at, by_way[second]) + beyond
            wanted = {other: leaves_at if other == second else third_at for other in by_way if other != way}
            found.append((part / TRANCHES, _surcharges(way, by_way, wanted)))
    return found


def _surcharges(way: str, by_way: Mapping[str, float], wanted: Mapping[str, float]) -> Floats:
    """USD per t on each kind of door, so that every other way costs what is wanted; never below 0."""
    fee = np.zeros(len(DOORS))
    for other, cost in sorted(wanted.items(), key=lambda pair: len(WAYS[pair[0]])):
        *before, last = (DOORS.index(door) for door in WAYS[other])
        if DOORS[last] not in WAYS[way]:
            fee[last] = max(0.0, cost - by_way[other] - sum(fee[door] for door in before))
    return fee


class _Least:
    """Cheapest routes past the doors of one way."""

    def __init__(self, network: Network, graph: Graph, cost: Floats, kinds: Ints) -> None:
        self._network, self._graph, self._cost, self._kinds = network, graph, cost, kinds
        self._trees: dict[tuple[int, int, tuple[int, ...], bool], Floats] = {}

    def by_way(self, cargo: int, origin: int, destination: int) -> dict[str, float]:
        """Cost of the cheapest route that passes the telling door of each way and no foreign one; none: left out."""
        found = {}
        for way, names in WAYS.items():
            doors = tuple(DOORS.index(name) for name in names)
            telling = np.flatnonzero(self._kinds == doors[-1])
            there = self._tree(cargo, origin, doors, towards=False)[self._network.tail[telling]]
            onward = self._tree(cargo, destination, doors, towards=True)[self._network.head[telling]]
            least = float(np.min(there + self._cost[cargo, telling] + onward, initial=np.inf))
            if np.isfinite(least):
                found[way] = least
        return found

    def any_way(self, cargo: int, origin: int, destination: int) -> list[float]:
        """Cost of the cheapest route through whatever doors, where there is one."""
        cost = float(self._tree(cargo, origin, tuple(range(len(DOORS))), towards=False)[destination])
        return [cost] if np.isfinite(cost) else []

    def _tree(self, cargo: int, root: int, doors: tuple[int, ...], *, towards: bool) -> Floats:
        key = (cargo, root, doors, towards)
        if key not in self._trees:
            own = self._cost[cargo]
            shut = np.isinf(own) | ((self._kinds >= 0) & ~np.isin(self._kinds, doors))
            usable = np.where(shut, 0.0, own)
            self._trees[key] = shortest_tree(self._graph, usable, root, towards=towards, blocked=shut).cost
        return self._trees[key]


def _class_key(wants: Wants, cargo: Cargo, want: int) -> tuple[str, str]:
    return wants.market[want], _KIND[cargo.unit_load[int(wants.cargo[want])]]


def _class_shares(
    corridor: Corridor, wants: Wants, cargo: Cargo
) -> tuple[dict[tuple[str, str], dict[str, float]], dict[tuple[str, str], float]]:
    """By market and kind: the share of each way in the base year, and the scale of the logit; 0 for what is bulk."""
    classes, counted_on = corridor["choice_classes"], corridor["demand"].texts("counted_on")
    amounts: dict[tuple[str, str], dict[str, float]] = {}
    for want, way in enumerate(counted_on):
        key = _class_key(wants, cargo, want)
        of_class = amounts.setdefault(key, {})
        of_class[way] = of_class.get(way, 0.0) + float(wants.amount_t[want].sum())
    scale: dict[tuple[str, str], float] = {}
    shares: dict[tuple[str, str], dict[str, float]] = {}
    for key, of_class in amounts.items():
        name = ".".join(key)
        row = classes.get_row(name) if name in classes else -1
        ratio, typical, unseen = (
            classes.estimate(row, column) if row >= 0 else None
            for column in ("cost_elasticity_ratio", "typical_cost_usd_per_t", "unseen_share")
        )
        scale[key] = ratio.mid / typical.mid if ratio and typical and typical.mid > 0 and key[1] != "bulk" else 0.0
        rest = unseen.mid if unseen else 0.0
        total, others = sum(of_class.values()), [way for way in WAYS if way not in of_class]
        shares[key] = {way: amount / total * (1.0 - rest) for way, amount in of_class.items() if total > 0}
        shares[key].update({way: rest / len(others) for way in others})
    return shares, scale
