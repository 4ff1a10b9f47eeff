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

The sums enter as surcharges on the *doors* of other ways (crossings of the Caspian by shore, entries into Russia and
Iran, deep-sea legs), never below 0: nothing is made cheaper than its tariff.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import Corridor, Network
from transcaspian.corridor.network import ArcKind
from transcaspian.freight.corridors import signatures
from transcaspian.freight.flows.cargo import Cargo, Ints, Wants
from transcaspian.freight.flows.months import Floats
from transcaspian.freight.shortest import Graph, graph_from_arcs, shortest_tree

DOORS = ("caspian_kz", "caspian_tm", "russia", "iran", "ocean")
DOOR_OF_WAY: Mapping[str, tuple[str, ...]] = {
    "middle.kz": ("caspian_kz",),
    "middle.tm": ("caspian_tm",),
    "middle": ("caspian_kz", "caspian_tm"),
    "northern": ("russia",),
    "russia_caucasus": ("russia",),
    "southern": ("iran",),
    "ocean": ("ocean",),
}
TRANCHES = 4  # parts by loyalty; more move the answer by less than the doubt in the elasticity
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
    least = _Least(graph, cost, kinds)
    rows: list[tuple[int, float, Floats]] = []
    home_cost = np.full(len(wants.id), np.inf)
    counted_on = corridor["demand"].texts("counted_on")
    for want in range(len(wants.id)):
        ends = int(origin[want]), int(destination[want])
        by_door = least.by_door(int(wants.cargo[want]), *ends) if min(ends) >= 0 else np.full(len(DOORS) + 1, np.inf)
        own = [DOORS.index(door) for door in DOOR_OF_WAY.get(counted_on[want], ())]
        home = min((by_door[door] for door in own), default=np.inf)
        key = _class_key(wants, cargo, want)
        home_cost[want] = home if np.isfinite(home) else by_door.min()
        if not np.isfinite(home) or scale.get(key, 0.0) <= 0.0:
            rows.append((want, 1.0, np.zeros(len(DOORS))))
            continue
        rows += [
            (want, part, fee)
            for part, fee in _parts(home, by_door, own, shares[key], counted_on[want], scale[key])
        ]  # fmt: skip
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
        entered = network.nodes[network.tail[arc]].place[:2]
        if entered in entries:
            kinds[arc] = DOORS.index(entries[entered])
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
    home: float, by_door: Floats, own: Sequence[int], shares: Mapping[str, float], way: str, scale: float
) -> list[tuple[float, Floats]]:
    """Share and surcharges of each part of one row of demand."""
    weight = np.zeros(len(DOORS))
    for other, share in shares.items():
        doors = [DOORS.index(door) for door in DOOR_OF_WAY.get(other, ())]
        free = [door for door in doors if door not in own and np.isfinite(by_door[door])]
        if other != way and free:
            weight[free] += share / len(free)
    staying = min(shares.get(way, 0.0), 0.999)
    seconds = np.flatnonzero(weight > 0.0)
    if not seconds.size:
        return [(1.0, np.zeros(len(DOORS)))]
    found = []
    for tranche in range(TRANCHES):
        sum_ = home + loyalty_usd_per_t(staying, scale, (tranche + 0.5) / TRANCHES)
        for second in seconds:
            part = weight[second] / weight.sum()
            beyond = loyalty_usd_per_t(min(part, 0.999), scale, 0.5)
            fee = np.zeros(len(DOORS))
            for door in range(len(DOORS)):
                if door not in own and np.isfinite(by_door[door]):
                    wanted = sum_ if door == second else sum_ + beyond
                    fee[door] = max(0.0, wanted - by_door[door])
            found.append((part / TRANCHES, fee))
    return found


class _Least:
    """Cheapest ways through the doors of one kind only."""

    def __init__(self, graph: Graph, cost: Floats, kinds: Ints) -> None:
        self._graph, self._cost, self._kinds = graph, cost, kinds
        self._trees: dict[tuple[int, int, int], Floats] = {}

    def by_door(self, cargo: int, origin: int, destination: int) -> Floats:
        """Cost of the cheapest way by each door, and last of that by none, (n_doors + 1,).

        A way that needs no door counts for none of them.
        """
        none = self._cost_by(cargo, origin, -1)[destination]
        found = [self._cost_by(cargo, origin, door)[destination] for door in range(len(DOORS))]
        return np.array([*(cost if cost < none else np.inf for cost in found), none])

    def _cost_by(self, cargo: int, origin: int, door: int) -> Floats:
        key = (cargo, origin, door)
        if key not in self._trees:
            own = self._cost[cargo]
            shut = np.isinf(own) | ((self._kinds >= 0) & (self._kinds != door))
            self._trees[key] = shortest_tree(self._graph, np.where(shut, 0.0, own), origin, blocked=shut).cost
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
        total, others = sum(of_class.values()), [way for way in DOOR_OF_WAY if way not in of_class and way != "middle"]
        shares[key] = {way: amount / total * (1.0 - rest) for way, amount in of_class.items() if total > 0}
        shares[key].update({way: rest / len(others) for way in others})
    return shares, scale
