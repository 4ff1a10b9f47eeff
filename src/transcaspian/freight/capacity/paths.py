"""The time-expanded network made ready for pricing: what does the cheapest way cost at these shadow prices?

Takes: a checked `FlowProblem`.  Gives: `PathSearch`, whose rows are the finite limits by period and whose demands are
the commodities by period. Capacity, flow and money are scaled inside, so that the solver's tolerances mean the same
for tonnes and for slots; `Columns` and prices handed to the outside are in the caller's units unless said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transcaspian.errors import InputError, Problem
from transcaspian.freight.capacity._search_kernel import (
    Floats,
    Grid,
    Ints,
    Longs,
    Tolls,
    Wanted,
    cheapest_paths,
    columns_of_paths,
    least_potentials,
)
from transcaspian.freight.capacity.problem import FlowNetwork, FlowProblem

# Inside, the dearest unmet demand costs this or up to twice as much: tolerances of 1e-9 are then far below a cent.
_DEAREST = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Paths of demands: what each costs, which rows it uses, where it goes; all in the scaled units."""

    demand: Ints  # (n_columns,)
    cost: Floats  # (n_columns,)
    mark: Longs  # (n_columns,) fingerprint of the path
    start: Longs  # (n_columns + 1,) places of `row` and `usage`
    row: Ints
    usage: Floats
    first: Longs  # (n_columns + 1,) places of `step`
    step: Longs  # period * n_arcs + arc, in travel order

    def __len__(self) -> int:
        return int(self.demand.size)

    def pick(self, which: Longs) -> Columns:
        """Some of the columns, in the order given."""
        start, entries = _sections(self.start, which)
        first, steps = _sections(self.first, which)
        return Columns(
            self.demand[which],
            self.cost[which],
            self.mark[which],
            start,
            self.row[entries],
            self.usage[entries],
            first,
            self.step[steps],
        )

    def joined(self, other: Columns) -> Columns:
        """These columns, and then the others."""
        return Columns(
            np.concatenate([self.demand, other.demand]),
            np.concatenate([self.cost, other.cost]),
            np.concatenate([self.mark, other.mark]),
            np.concatenate([self.start, other.start[1:] + self.start[-1]]),
            np.concatenate([self.row, other.row]),
            np.concatenate([self.usage, other.usage]),
            np.concatenate([self.first, other.first[1:] + self.first[-1]]),
            np.concatenate([self.step, other.step]),
        )

    def column_of_entry(self) -> Longs:
        """The column of every entry of `row` and `usage`."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def toll(self, multiplier: Floats) -> Floats:
        """What each column pays at these row prices, shape (n_columns,)."""
        paid = self.usage * multiplier[self.row]
        tolls: Floats = np.bincount(self.column_of_entry(), weights=paid, minlength=len(self)).astype(float)
        return tolls

    def load(self, flow: Floats, n_rows: int) -> Floats:
        """Use of every row at these column flows, shape (n_rows,)."""
        used = self.usage * np.repeat(flow, np.diff(self.start))
        load: Floats = np.bincount(self.row, weights=used, minlength=n_rows).astype(float)
        return load


class PathSearch:
    """Demands and rows numbered and scaled, and the search for cheapest paths over them.

    Attributes hold one entry per demand (a commodity in a period with something to send) or per row (a limit in a
    period, or a pooled limit once); the scaled quantities are `amount`, `unmet` and `capacity`.
    """

    def __init__(self, problem: FlowProblem) -> None:
        network, demand = problem.network, problem.demand
        self.n_arcs, self.n_periods = network.n_arcs, problem.n_periods
        commodity, period = np.nonzero(demand.amount > 0.0)
        cargo, goal = demand.cargo[commodity], demand.destination[commodity]
        order = np.lexsort((period, commodity, goal, cargo))
        self.commodity, self.period = commodity[order].astype(np.int32), period[order].astype(np.int32)
        self.cargo = demand.cargo[self.commodity]
        amount, unmet = (table[self.commodity, self.period] for table in (demand.amount, demand.unmet_usd))
        self.flow_scale = _power_of_two(amount.mean() if amount.size else 1.0)
        self.money_scale = _power_of_two(unmet.max() / _DEAREST if unmet.size and unmet.max() > 0.0 else 1.0)
        self.amount, self.unmet = amount / self.flow_scale, unmet / self.money_scale
        self.cost = np.ascontiguousarray(network.cost / self.money_scale)
        self.row_limit, self.row_period, capacity, row = _rows_of(problem)
        self.capacity_unit = _appetite(problem)[self.row_limit]
        self.capacity = capacity / (self.capacity_unit * self.flow_scale)
        self._grid = _grid_of(network)
        self._tolls = self._tolls_of(problem, row)
        self._wanted = self._groups_of(problem)
        self._reach = self._reach_of(network)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.capacity.size)

    @property
    def n_demands(self) -> int:
        """Number of demands."""
        return int(self.amount.size)

    def cheapest(self, multiplier: Floats, below: Floats, *, everywhere: bool = False) -> tuple[Floats, Columns]:
        """Least price of every demand at these row prices, and the columns of those priced under `below`.

        Prices above that of unmet demand are exact only with `everywhere`; they say nothing about carrying it.
        """
        reach = np.full(self._reach.size, np.inf) if everywhere else self._reach
        least, whose, first, step = cheapest_paths(self._grid, self._tolls, self._wanted, multiplier, below, reach)
        return least, self._columns(whose, first, step)

    def demand_table(self) -> Ints:
        """Number of each demand by commodity and period, -1 for none; commodities up to the last one that asks."""
        number = np.full((int(self.commodity.max(initial=-1)) + 1, self.n_periods), -1, np.int32)
        number[self.commodity, self.period] = np.arange(self.n_demands)
        return number

    def known_columns(self, commodity: Ints, period: Ints, first: Longs, step: Longs) -> Columns:
        """Columns of paths found before on the same arcs, less those without demand or over an arc now closed."""
        number = self.demand_table()
        wanted = np.flatnonzero(commodity < number.shape[0])
        whose = number[commodity[wanted], period[wanted]]
        wanted, whose = wanted[whose >= 0], whose[whose >= 0]
        starts, places = _sections(first, wanted)
        columns = self._columns(whose, starts, step[places])
        return columns.pick(np.flatnonzero(np.isfinite(columns.cost)))

    def _columns(self, whose: Ints, first: Longs, step: Longs) -> Columns:
        cargo = self.cargo[whose]
        found = columns_of_paths(self._tolls, self.cost, self.n_rows, cargo, first, step)
        return Columns(whose, *found, first, step)

    def _reach_of(self, network: FlowNetwork) -> Floats:
        """For each group the price above which nobody wants a path; without end where costs may be negative."""
        n_groups = self._wanted.group_class.size
        if not n_groups or (network.cost < 0.0).any():
            return np.full(n_groups, np.inf)
        dearest: Floats = np.maximum.reduceat(self.unmet, self._wanted.group_first[:-1])
        return dearest

    def _tolls_of(self, problem: FlowProblem, row: Ints) -> Tolls:
        limits, network = problem.limits, problem.network
        order = np.argsort(limits.arc, kind="stable")
        first = _starts(np.bincount(limits.arc, minlength=network.n_arcs))
        usage = limits.usage / _appetite(problem)[limits.limit]
        cost, potential = _without_negatives(network, self.cost)
        return Tolls(cost, potential, first, limits.limit[order], np.ascontiguousarray(usage[:, order]), row)

    def _groups_of(self, problem: FlowProblem) -> Wanted:
        demand = problem.demand
        goal = demand.destination[self.commodity]
        same = (self.cargo[1:] == self.cargo[:-1]) & (goal[1:] == goal[:-1])
        first = np.flatnonzero(np.concatenate([[True], ~same])) if goal.size else np.empty(0, np.int64)
        ends = np.concatenate([first, [goal.size]]).astype(np.int32)
        return Wanted(ends, self.cargo[first], goal[first], demand.origin[self.commodity], self.period)


def _power_of_two(value: float) -> float:
    """The power of two at or below a value: scaling by it and back changes no digit."""
    return float(2.0 ** np.floor(np.log2(value)))


def _sections(start: Longs, which: Longs) -> tuple[Longs, Longs]:
    """New starts and the old places of some sections of a compressed array."""
    sizes = np.diff(start)[which]
    fresh = np.concatenate([[0], np.cumsum(sizes)])
    return fresh, np.repeat(start[which] - fresh[:-1], sizes) + np.arange(fresh[-1])


def _starts(counts: Longs) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def _rows_of(problem: FlowProblem) -> tuple[Ints, Ints, Floats, Ints]:
    """Limit, period and capacity of every row, and the row of every (limit, period); a pooled limit has one row."""
    limits = problem.limits
    capacity = limits.capacity
    row = np.full(capacity.shape, -1, np.int32)
    single = np.isfinite(capacity) & ~limits.pooled[:, None]
    together = np.flatnonzero(limits.pooled & np.isfinite(capacity).all(axis=1))
    row[single] = np.arange(single.sum())
    row[together] = single.sum() + np.arange(together.size)[:, None]
    limit, period = np.nonzero(single)
    return (
        np.concatenate([limit, together]).astype(np.int32),
        np.concatenate([period, np.full(together.size, -1)]).astype(np.int32),
        np.concatenate([capacity[single], capacity[together].sum(axis=1)]),
        row,
    )


def _appetite(problem: FlowProblem) -> Floats:
    """About the most any class uses of each limit per unit of flow: inside, that is one unit of capacity."""
    limits = problem.limits
    most = np.zeros(len(limits.id))
    if limits.limit.size:
        np.maximum.at(most, limits.limit, limits.usage.max(axis=0))
    most[most == 0.0] = 1.0
    scale: Floats = 2.0 ** np.floor(np.log2(most))
    return scale


def _grid_of(network: FlowNetwork) -> Grid:
    order = np.argsort(network.head, kind="stable")
    order = order[network.lag[order] == 0]
    first = _starts(np.bincount(network.head[order], minlength=network.n_nodes))
    lagged = np.flatnonzero(network.lag > 0).astype(np.int32)
    return Grid(first, order.astype(np.int32), lagged, network.tail, network.head, network.lag)


def _without_negatives(network: FlowNetwork, cost: Floats) -> tuple[Floats, Floats]:
    """Costs that no path search minds, and the potentials that made them so (Johnson, 1977)."""
    n_classes, n_cost, _ = cost.shape
    potential = np.zeros((n_classes, n_cost, network.n_nodes))
    within = network.lag == 0
    if not (cost[:, :, within] < 0.0).any():
        return cost, potential
    problems = []
    before = np.empty(network.n_nodes, np.int32)
    arcs = np.flatnonzero(within).astype(np.int32)
    tail, head = network.tail[arcs], network.head[arcs]
    for cargo, period in np.ndindex(n_classes, n_cost):
        start = least_potentials(tail, head, cost[cargo, period, arcs], potential[cargo, period], before)
        if start >= 0:
            problems.append(_negative_cycle(cargo, period, start, arcs[before], network))
    if problems:
        raise InputError(problems)
    lagged = potential[:, (np.arange(n_cost)[:, None] + network.lag[None, :]) % n_cost, network.head[None, :]]
    level = cost + potential[:, :, network.tail] - lagged
    level[:, :, within] = np.maximum(level[:, :, within], 0.0)  # what rounding left below
    return level, potential


def _negative_cycle(cargo: int, period: int, node: int, before: Ints, network: FlowNetwork) -> Problem:
    for _ in range(network.n_nodes):  # walk back until surely on the cycle
        node = int(network.tail[before[node]])
    nodes, arc = [node], int(before[node])
    arcs = [arc]
    while network.tail[arc] != node:
        nodes.append(int(network.tail[arc]))
        arc = int(before[nodes[-1]])
        arcs.append(arc)
    ring = " -> ".join(str(one) for one in [*reversed(nodes), nodes[-1]][-12:])
    return Problem(
        "flow.negative_cycle",
        f"network.cost, class {cargo}, period {period}",
        f"cargo would earn by going round: nodes {ring}, arcs {', '.join(str(one) for one in arcs[::-1])}.",
        "correct the negative cost of one of these arcs, so that the round trip costs at least 0.",
    )
