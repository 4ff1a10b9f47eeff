"""The corridor's year within its hard limits: what can be carried, at what cost, what jams, and what room is worth.

Every month is a multi-commodity flow on the virtual network with the limits of `limits.py`; cargo that finds no room,
or only at a price it would not pay, stays behind. Months are linked by nothing: cargo does not wait for the next one.
The cost of a tonne is what the tariffs ask and what its time is worth, so that the flow is that of a planner who knows
all prices; of two ways with room it takes the cheaper one to the last tonne (the equilibrium spreads cargo instead).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from transcaspian.corridor import BASE_YEAR, Corridor, Network, build_network
from transcaspian.freight.capacity import CapacityFlow, Demand, FlowNetwork, FlowProblem, Limits, solve_capacity_flow
from transcaspian.freight.flows.cargo import Cargo, Ints, Wants, read_demand
from transcaspian.freight.flows.limits import CapacityLimit, Group, gather_year_limits
from transcaspian.freight.flows.months import MONTHS, Floats, Year, make_year
from transcaspian.freight.flows.ship_lines import ShipLine, ship_lines
from transcaspian.freight.shortest import graph_from_arcs, shortest_tree
from transcaspian.freight.simulation.settings import Assumption

UNMET_RATIO = Assumption(
    "unmet_cost_ratio", 3.0, 1.5, 10.0,
    "cargo stays behind where its way would cost more than this many times its cheapest way on the undisturbed "
    "corridor, as `route` shows no alternative beyond three times the best; no record of refused cargo exists",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class CapacityMonths:
    """The months of one network, solved together."""

    network: Network
    months: tuple[int, ...]
    limits: tuple[CapacityLimit, ...]
    want: Ints  # row of the wants behind each commodity
    flow: CapacityFlow


@dataclass(frozen=True, eq=False)
class CapacityYear:
    """A year within hard limits."""

    year: Year
    growth: float
    cargo: Cargo
    wants: Wants
    unmet_usd_per_t: Floats  # (n_wants,) price of leaving a tonne
    parts: tuple[CapacityMonths, ...]
    build_s: float
    solve_s: float

    @property
    def objective_usd(self) -> float:
        """Carriage, time and unmet demand of the year, USD."""
        return sum(part.flow.objective_usd for part in self.parts) + self._without_way_usd

    @cached_property
    def _without_way_usd(self) -> float:
        lost = self.unmet_t - self._left_in_parts
        return float((lost * self.unmet_usd_per_t[:, None]).sum())

    @cached_property
    def _left_in_parts(self) -> Floats:
        left = np.zeros_like(self.wants.amount_t)
        for part in self.parts:
            left[np.ix_(part.want, part.months)] = part.flow.unmet
        return left

    @cached_property
    def unmet_t(self) -> Floats:
        """Tonnes that stay behind, (n_wants, 12); all of them where no way exists."""
        left = self.wants.amount_t.copy()
        for part in self.parts:
            left[np.ix_(part.want, part.months)] = part.flow.unmet
        return left


def solve_capacity_year(
    corridor: Corridor,
    *,
    year: int = BASE_YEAR,
    growth: float = 1.0,
    level_m_bs: float | None = None,
    unmet_ratio: float = UNMET_RATIO.value,
    ranges: int = 0,
    start: CapacityYear | None = None,
) -> CapacityYear:
    """The cheapest year within all limits.

    Parameters
    ----------
    corridor
        With the changes of a scenario; its upgrades act from their days on.
    year
        Calendar year, for upgrades, the sea and dated changes; demand is that of the tables.
    growth
        Factor on all demand.
    level_m_bs
        Mean level of the sea, metres in the Baltic system; else that of the dates.
    unmet_ratio
        See `UNMET_RATIO`.
    ranges
        For how many priced limits by month the range of the price is worked out.
    start
        The answer to a neighbouring question, to start from; changes nothing but the time it takes.
    """
    began = time.perf_counter()
    months = make_year(corridor, year)
    cargo, wants = read_demand(months.states, growth=growth)
    lines = ship_lines(months, level_m_bs=level_m_bs)
    unmet = unmet_ratio * reference_cost(corridor, months, cargo, wants)
    drafts = [_draft(months, network, own, cargo, wants, lines, unmet) for network, own in months.groups()]
    built = time.perf_counter()
    parts = []
    for number, (network, own, limits, rows, problem) in enumerate(drafts):
        before = None
        flow = solve_capacity_flow(problem, ranges=ranges, start=before)
        parts.append(CapacityMonths(network, tuple(own), tuple(limits), rows, flow))
    done = time.perf_counter()
    return CapacityYear(months, growth, cargo, wants, unmet, tuple(parts), built - began, done - built)


def arc_costs(network: Network, cargo: Cargo) -> Floats:
    """Tariffs and time of one tonne on every arc, USD, (n_classes, n_arcs); infinite where a class may not go."""
    money = network.cost_usd[1, cargo.row, :] / cargo.cargo_t[:, None]
    hours = network.time_h[1, cargo.row, :] * cargo.time_usd_per_t_h[:, None]
    return np.where(network.allowed[cargo.row, :], money + hours, np.inf)


def reference_cost(corridor: Corridor, year: Year, cargo: Cargo, wants: Wants) -> Floats:
    """Cheapest way of each want where nothing is closed, full or changed by a scenario, USD per t, (n_wants,)."""
    network = year.networks[0]
    if corridor.changes:
        network = build_network(replace(corridor, changes=(), day=year.states[0].day))
    least = least_costs(network, arc_costs(network, cargo), wants)
    if np.isinf(least).any() and corridor.changes:  # only the scenario opens a way
        least = np.where(np.isinf(least), least_costs(year.networks[0], arc_costs(year.networks[0], cargo), wants), least)
    return least


def least_costs(network: Network, cost: Floats, wants: Wants) -> Floats:
    """Cost of the cheapest way of each want, (n_wants,); infinite where there is none."""
    graph = graph_from_arcs(network.tail, network.head, network.n_nodes)
    origin, destination = wants.nodes(network)
    least = np.full(len(wants.id), np.inf)
    trees: dict[tuple[int, int], Floats] = {}
    for want in np.flatnonzero((origin >= 0) & (destination >= 0)).tolist():
        key = (int(wants.cargo[want]), int(origin[want]))
        if key not in trees:
            own = cost[key[0]]
            shut = np.isinf(own)
            trees[key] = shortest_tree(graph, np.where(shut, 0.0, own), key[1], blocked=shut).cost
        least[want] = trees[key][destination[want]]
    return least


def _draft(
    year: Year, network: Network, months: Sequence[int], cargo: Cargo, wants: Wants, lines: Sequence[ShipLine],
    unmet: Floats,
) -> tuple[Network, Sequence[int], list[CapacityLimit], Ints, FlowProblem]:  # fmt: skip
    group = Group(year, network, months, cargo)
    limits = gather_year_limits(group, lines)
    origin, destination = wants.nodes(network)
    rows = np.flatnonzero((origin >= 0) & (destination >= 0) & np.isfinite(unmet)).astype(np.int32)
    amount = wants.amount_t[np.ix_(rows, list(months))]
    problem = FlowProblem(
        FlowNetwork(
            network.n_nodes, network.tail, network.head, np.zeros(network.n_arcs, np.int32),
            arc_costs(network, cargo)[:, None, :],
        ),
        _columns(limits, len(months), cargo.n),
        Demand(
            tuple(wants.id[row] for row in rows), wants.cargo[rows], origin[rows], destination[rows], amount,
            np.repeat(unmet[rows, None], len(months), axis=1),
        ),
    )  # fmt: skip
    return network, months, limits, rows, problem


def _columns(limits: Sequence[CapacityLimit], n_months: int, n_classes: int) -> Limits:
    """The limits side by side; uses of zero are left out."""
    kept = [limit.usage.any(axis=0) for limit in limits]
    return Limits(
        tuple(limit.id for limit in limits),
        tuple(limit.measure for limit in limits),
        np.array([limit.capacity for limit in limits]).reshape(len(limits), n_months),
        np.zeros(len(limits), bool),
        np.concatenate([np.full(int(keep.sum()), row, np.int32) for row, keep in enumerate(kept)]),
        np.concatenate([limit.arcs[keep] for limit, keep in zip(limits, kept, strict=True)]).astype(np.int32),
        np.concatenate([limit.usage[:, keep] for limit, keep in zip(limits, kept, strict=True)], axis=1),
    )
