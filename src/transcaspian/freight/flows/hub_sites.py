"""Where to put k logistics centres on the corridor: its demand, its costs, and the places that could have one.

A unit load goes straight, or it is brought to a centre, rides a full train or ship between two centres at a discount on
carriage, and is delivered from the second; unloading and loading at a centre take and cost what the tables say. All
unit loads bear the same value of time, that of the mean cargo, as centres bundle whatever comes. Places are chosen by
`capacity/hubs.py` so that all cargo together travels cheapest (facility location, exact).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import ArcKind, Corridor, Network, build_network
from transcaspian.corridor.network import Node
from transcaspian.errors import InputError, Problem, did_you_mean
from transcaspian.freight.capacity.hubs import HubPlan, place_hubs
from transcaspian.freight.flows.cargo import Cargo, Wants, read_demand
from transcaspian.freight.flows.months import MONTHS, Floats
from transcaspian.freight.shortest import graph_from_arcs, shortest_tree
from transcaspian.freight.simulation.settings import Assumption

TRUNK_FACTOR = Assumption(
    "trunk_factor", 0.8, 0.6, 0.95,
    "what full trains and ships between two centres cost against single boxes; no source for the corridor",
)  # fmt: skip
COUNTRIES = ("KZ", "UZ", "TM", "KG", "AZ", "GE", "TR")  # where the corridor could build
MOST_SITES = 60


@dataclass(frozen=True, slots=True, eq=False)
class HubSites:
    """The chosen places and what they carry."""

    candidates: tuple[str, ...]
    wants: tuple[str, ...]
    amount_t: Floats  # (n_wants,) a year
    units: Floats  # (n_wants,) the same in unit loads; `plan` counts in these
    straight_usd: Floats  # (n_wants,) of one unit load without any centre
    plan: HubPlan

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the places, as they stand in `candidates`."""
        return tuple(self.candidates[site] for site in self.plan.sites)

    @property
    def saving_usd(self) -> float:
        """What the year costs less than with no centre."""
        return float(self.units @ self.straight_usd) - self.plan.objective_usd

    def through_t(self, site: int) -> float:
        """Tonnes a year that pass a centre (a number of `candidates`)."""
        return float(self.amount_t[(self.plan.first_hub == site) | (self.plan.second_hub == site)].sum())


def choose_hubs(
    corridor: Corridor,
    count: int,
    *,
    unit_load: str = "FEU",
    growth: float = 1.0,
    candidates: Sequence[str] | None = None,
    trunk_factor: float = TRUNK_FACTOR.value,
    opening_usd_per_year: float = 0.0,
) -> HubSites:
    """The at most `count` places for logistics centres.

    Parameters
    ----------
    corridor
        Its demand, tariffs and network; with a scenario, as it stands then.
    count
        At least 1.
    unit_load
        What the centres handle.
    growth
        Factor on the demand.
    candidates
        Ids of places; without them all in the countries of the corridor where the unit load is loaded and unloaded.
    trunk_factor
        See `TRUNK_FACTOR`.
    opening_usd_per_year
        What a centre costs a year.

    Raises
    ------
    InputError
        If a place, the unit load or a number cannot be used, or no demand travels in this unit load.
    """
    network = build_network(corridor)
    if not (np.isfinite(trunk_factor) and trunk_factor >= 0.0):
        what = f"{trunk_factor:g} is no factor of a cost"
        raise InputError(
            Problem("hubs.trunk_factor", "--trunk-factor", what, "give a number from 0 to 1; 0.8 is usual.")
        )
    if unit_load not in network.unit_loads:
        mend = did_you_mean(unit_load, network.unit_loads) or f"use one of {', '.join(network.unit_loads)}."
        raise InputError(Problem("hubs.unit_load", "--unit-load", f"{unit_load!r} is no unit load", mend))
    cargo, wants = read_demand([corridor] * MONTHS, growth=growth)
    row = network.unit_loads.index(unit_load)
    sites = _sites(corridor, network, row, candidates)
    own = np.array([cargo.unit_load[int(number)] == unit_load for number in wants.cargo])
    amount = wants.amount_t.sum(axis=1)
    ways = _Ways(network, row, _hour_usd(cargo, wants, amount * own), trunk_factor)
    origin, destination = wants.nodes(network)
    straight = np.array([ways.cost(int(o), int(d)) for o, d in zip(origin, destination, strict=True)])
    rows = np.flatnonzero(own & np.isfinite(straight) & (amount > 0.0))
    if not rows.size:
        raise InputError(Problem("hubs.demand", "--unit-load", f"no demand travels in {unit_load}", "use another one."))
    yards = [network.node_index[Node(site, "", "yard")] for site in sites]
    doors = [network.node_index[Node(site, "", "origin")] for site in sites]
    collect = np.array([
        [0.0 if wants.origin[want] == site else ways.cost(int(origin[want]), yard)
         for site, yard in zip(sites, yards, strict=True)]
        for want in rows
    ])  # fmt: skip
    deliver = np.array([
        [ways.cost(yard if wants.destination[want] == site else door, int(destination[want]))
         for site, yard, door in zip(sites, yards, doors, strict=True)]
        for want in rows
    ])  # fmt: skip
    trunk = np.array([[0.0 if yard == own_yard else ways.trunk(door, yard) for yard in yards]
                      for door, own_yard in zip(doors, yards, strict=True)])  # fmt: skip
    loads = 1.0 / cargo.cargo_t[wants.cargo[rows]]  # unit loads for a tonne
    plan = place_hubs(
        collect, trunk, deliver, amount[rows] * loads, count, otherwise_usd_per_t=straight[rows],
        opening_usd=np.full(len(sites), opening_usd_per_year),
    )  # fmt: skip
    names = tuple(wants.id[want] for want in rows)
    return HubSites(tuple(sites), names, amount[rows], amount[rows] * loads, straight[rows], plan)


def _hour_usd(cargo: Cargo, wants: Wants, amount_t: Floats) -> float:
    """What an hour of the mean unit load costs its owner."""
    loads = amount_t / cargo.cargo_t[wants.cargo]
    each = (cargo.time_usd_per_t_h * cargo.cargo_t)[wants.cargo]
    return float(loads @ each / loads.sum()) if loads.sum() > 0 else 0.0


def _sites(corridor: Corridor, network: Network, row: int, candidates: Sequence[str] | None) -> list[str]:
    """Places where the unit load is both loaded and unloaded."""
    allowed = network.allowed[row]
    loads = {network.nodes[node].place for node in network.tail[allowed] if network.nodes[node].stage == "origin"}
    unloads = {network.nodes[node].place for node in network.head[allowed] if network.nodes[node].stage == "yard"}
    able = [place for place in corridor["places"] if place in loads & unloads]
    if candidates is None:
        return [place for place in able if place[:2] in COUNTRIES]
    problems = [
        Problem("hubs.place", f"--candidate {place}", "no unit load of this kind is handled there",
                did_you_mean(place, able) or "take a place with a terminal.")
        for place in candidates if place not in able
    ]  # fmt: skip
    if len(set(candidates)) > MOST_SITES:
        problems.append(
            Problem(
                "hubs.place", "--candidate", f"{len(candidates)} places are too many", f"give at most {MOST_SITES}."
            )
        )
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(candidates))


class _Ways:
    """Cheapest ways of one unit load between nodes, money and the value of time, USD."""

    def __init__(self, network: Network, row: int, hour_usd: float, trunk_factor: float) -> None:
        self._graph = graph_from_arcs(network.tail, network.head, network.n_nodes)
        self._shut = ~network.allowed[row]
        money, hours = network.cost_usd[1, row], network.time_h[1, row] * hour_usd
        moves = network.kind == ArcKind.MOVE
        self._plain = np.where(self._shut, 0.0, money + hours)
        self._bundled = np.where(self._shut, 0.0, money * np.where(moves, trunk_factor, 1.0) + hours)
        self._trees: dict[tuple[int, bool], Floats] = {}

    def cost(self, start: int, end: int) -> float:
        """One box by itself; infinite where there is no way."""
        return self._from(start, bundled=False, end=end)

    def trunk(self, start: int, end: int) -> float:
        """In a full train or ship."""
        return self._from(start, bundled=True, end=end)

    def _from(self, start: int, *, bundled: bool, end: int) -> float:
        if min(start, end) < 0:
            return float("inf")
        key = (start, bundled)
        if key not in self._trees:
            cost = self._bundled if bundled else self._plain
            self._trees[key] = shortest_tree(self._graph, cost, start, blocked=self._shut).cost
        return float(self._trees[key][end])
