"""The corridor's year within its hard limits: what can be carried, at what cost, what jams, and what room is worth.

Every month is a multi-commodity flow on the virtual network with the limits of `limits.py`; cargo that finds no room,
or only at a price it would not pay, stays behind. Months are linked by nothing: cargo does not wait for the next one.
A tonne costs what the tariffs ask, what its time is worth, and what changing its way is worth to its shipper
(`segments.py`); within those the flow is that of a planner who knows the price of every limit.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from transcaspian.corridor import BASE_YEAR, Corridor, Network, build_network
from transcaspian.corridor.network import ArcKind
from transcaspian.errors import InputError, Problem
from transcaspian.freight.capacity import CapacityFlow, Demand, FlowNetwork, FlowProblem, Limits, solve_capacity_flow
from transcaspian.freight.flows.cargo import Cargo, Ints, Wants, read_demand
from transcaspian.freight.flows.limits import CapacityLimit, Group, gather_year_limits
from transcaspian.freight.flows.months import Floats, Year, make_year
from transcaspian.freight.flows.segments import Segments, cut_demand, door_kinds
from transcaspian.freight.flows.ship_lines import ShipLine, ship_lines
from transcaspian.freight.flows.vehicle_limits import vehicle_limits
from transcaspian.freight.simulation.settings import Assumption

CostChange = Callable[[Network, Floats], Floats]

UNMET_RATIO = Assumption(
    "unmet_cost_ratio", 3.0, 1.5, 10.0,
    "cargo stays behind where its way would cost more than this many times its cheapest way on the undisturbed "
    "corridor, as `route` shows no alternative beyond three times the best; no record of refused cargo exists",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class CapacityMonth:
    """One month; commodities of the flow are the segments, its only period is the month."""

    network: Network
    month: int  # 0 to 11
    limits: tuple[CapacityLimit, ...]
    segment: Ints  # (n_commodities,) row of the segments
    flow: CapacityFlow


@dataclass(frozen=True, eq=False)
class CapacityYear:
    """A year within hard limits."""

    year: Year
    growth: float
    cargo: Cargo
    wants: Wants
    segments: Segments
    unmet_usd_per_t: Floats  # (n_wants,) price of leaving a tonne
    months: tuple[CapacityMonth, ...]  # (12,)
    lines: tuple[ShipLine, ...]
    change_cost: CostChange | None  # what a policy made of the tariffs
    build_s: float
    solve_s: float

    def tariff_usd(self, network: Network) -> Floats:
        """What arcs cost in this year, USD per unit load, (n_unit_loads, n_arcs)."""
        usd = network.cost_usd[1]
        return usd if self.change_cost is None else self.change_cost(network, usd)

    @property
    def objective_usd(self) -> float:
        """Carriage, time, changes of way and unmet demand of the year, USD."""
        paid = sum(part.flow.carriage_usd for part in self.months)
        price = np.where(np.isfinite(self.unmet_usd_per_t), self.unmet_usd_per_t, 0.0)
        return float(paid + (self.unmet_t * price[:, None]).sum())

    @cached_property
    def unmet_t(self) -> Floats:
        """Tonnes that stay behind, (n_wants, 12); all of them where no way exists."""
        left = self.wants.amount_t.copy()
        for part in self.months:
            flow, want = part.flow, self.segments.want[part.segment]
            np.subtract.at(left[:, part.month], want[flow.path_commodity], flow.path_flow)
        return np.where(left > 1e-6 * self.wants.amount_t, left, 0.0)


def solve_capacity_year(
    corridor: Corridor,
    *,
    year: int = BASE_YEAR,
    growth: float = 1.0,
    level_m_bs: float | None = None,
    unmet_ratio: float = UNMET_RATIO.value,
    ranges: int = 0,
    start: CapacityYear | None = None,
    delay_h: Mapping[str, float] | None = None,
    change_cost: CostChange | None = None,
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
        For how many priced limits by month, the dearest first, the range of the price is worked out.
    start
        The answer to a neighbouring question, to start from; changes nothing but the time it takes.
    delay_h
        Hours of waiting to add to every passage, by id of a facility or a service.
    change_cost
        What a policy makes of the tariffs, see `tariffs.py`: takes a network and its costs in USD per unit load,
        (n_unit_loads, n_arcs), and gives new ones.

    Raises
    ------
    InputError
        If growth or the ratio is not above 0, or the tables lack what a limit needs.
    """
    _check(growth, unmet_ratio)
    began = time.perf_counter()
    year_ = make_year(corridor, year)
    cargo, wants = read_demand(year_.states, growth=growth)
    lines = _lines(year_, level_m_bs)
    reference = _reference(corridor, year_)
    base = arc_costs(reference, cargo)
    segments = cut_demand(corridor, reference, base, cargo, wants)
    unmet = unmet_ratio * segments.home_usd_per_t
    drafts = []
    for network, own in year_.groups():
        cost = arc_costs(network, cargo, delay_h=delay_h, change_cost=change_cost)
        group = Group(year_, network, own, cargo)
        limits = [*gather_year_limits(group, lines), *vehicle_limits(group)]
        drafts.append((network, own, limits, *_problem(network, own, cost, limits, cargo, wants, segments, unmet)))
    built = time.perf_counter()
    parts: list[CapacityMonth] = []
    for network, own, limits, rows, problem in drafts:
        for number, month in enumerate(own):
            single = _one_month(problem, number)
            flow = solve_capacity_flow(single, ranges=ranges, start=_neighbour(single, month, parts, start))
            parts.append(CapacityMonth(network, month, tuple(_of_month(one, number) for one in limits), rows, flow))
    done = time.perf_counter()
    return CapacityYear(
        year_, growth, cargo, wants, segments, unmet, tuple(parts), tuple(lines), change_cost, built - began,
        done - built,
    )  # fmt: skip


def arc_costs(
    network: Network,
    cargo: Cargo,
    *,
    delay_h: Mapping[str, float] | None = None,
    change_cost: CostChange | None = None,
) -> Floats:
    """Tariffs and time of one tonne on every arc, USD, (n_classes, n_arcs); infinite where a class may not go."""
    usd = network.cost_usd[1]
    if change_cost is not None:
        usd = change_cost(network, usd)
    hours = network.time_h[1] + arc_delays(network, delay_h or {})
    cost = usd[cargo.row, :] / cargo.cargo_t[:, None] + hours[cargo.row, :] * cargo.time_usd_per_t_h[:, None]
    return np.where(network.allowed[cargo.row, :], cost, np.inf)


def arc_delays(network: Network, delay_h: Mapping[str, float]) -> Floats:
    """Hours of waiting on every arc, (n_arcs,): at its facility, or where cargo waits for its service."""
    delay = np.zeros(network.n_arcs)
    for name, rows in (("facilities", network.facility), ("services", network.service)):
        table = network.corridor[name]
        waits = np.array([delay_h.get(row_id, 0.0) for row_id in table])
        here = rows >= 0 if name == "facilities" else (rows >= 0) & (network.kind == ArcKind.WAIT)
        delay[here] += waits[rows[here]]
    return delay


def _check(growth: float, unmet_ratio: float) -> None:
    problems = []
    if not (np.isfinite(growth) and growth > 0):
        what = f"{growth:g} is no factor for demand"
        problems.append(Problem("flows.growth", "--growth", what, "give a number above 0; 1.5 is half as much again."))
    if not (np.isfinite(unmet_ratio) and unmet_ratio > 0):
        what = f"{unmet_ratio:g} is no ratio of costs"
        problems.append(Problem("flows.unmet_ratio", "--unmet-ratio", what, "give a number above 0; 3 is usual."))
    if problems:
        raise InputError(problems)


@lru_cache(maxsize=8)
def _lines(year: Year, level_m_bs: float | None) -> tuple[ShipLine, ...]:
    return tuple(ship_lines(year, level_m_bs=level_m_bs))


def _reference(corridor: Corridor, year: Year) -> Network:
    """The network of the year's first day where no scenario acts: what shippers knew when they chose their way."""
    if not corridor.changes:
        return year.networks[0]
    return _plain_network(_Base(corridor.base), corridor, year.states[0].day)


class _Base:
    """The base tables by identity, so that all scenarios on them share one reference."""

    def __init__(self, tables: object) -> None:
        self.tables = tables

    def __hash__(self) -> int:
        return id(self.tables)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Base) and other.tables is self.tables


_PLAIN: dict[tuple[_Base, dt.date | None], Network] = {}


def _plain_network(base: _Base, corridor: Corridor, day: dt.date | None) -> Network:
    if (base, day) not in _PLAIN:
        if len(_PLAIN) >= 4:
            _PLAIN.clear()
        _PLAIN[base, day] = build_network(replace(corridor, changes=(), day=day))
    return _PLAIN[base, day]


def _neighbour(
    problem: FlowProblem, month: int, solved: Sequence[CapacityMonth], start: CapacityYear | None
) -> CapacityFlow | None:
    """An answer to begin from: of the same month in an earlier question, else of the month before."""
    offered = [start.months[month].flow] if start is not None else []
    offered += [solved[-1].flow] if solved else []
    return next((flow for flow in offered if _alike(problem, flow.problem)), None)


def _alike(problem: FlowProblem, old: FlowProblem) -> bool:
    """True where paths of an earlier answer can be read on this problem."""
    pairs = [(getattr(problem.network, name), getattr(old.network, name)) for name in ("tail", "head")]
    pairs += [(problem.demand.origin, old.demand.origin), (problem.demand.destination, old.demand.destination)]
    same_rows = problem.limits.id == old.limits.id and problem.demand.id == old.demand.id
    return same_rows and all(np.array_equal(mine, other) for mine, other in pairs)


def _one_month(problem: FlowProblem, number: int) -> FlowProblem:
    """One of the periods by itself: nothing links them, and twelve small programmes are solved faster than one."""
    one = slice(number, number + 1)
    limits = replace(problem.limits, capacity=problem.limits.capacity[:, one])
    demand = problem.demand
    demand = replace(demand, amount=demand.amount[:, one], unmet_usd=demand.unmet_usd[:, one])
    return FlowProblem(problem.network, limits, demand)


def _of_month(limit: CapacityLimit, number: int) -> CapacityLimit:
    one = slice(number, number + 1)
    return replace(limit, capacity=limit.capacity[one], days=limit.days[one])


def _problem(
    network: Network, months: Sequence[int], cost: Floats, limits: Sequence[CapacityLimit], cargo: Cargo,
    wants: Wants, segments: Segments, unmet: Floats,
) -> tuple[Ints, FlowProblem]:  # fmt: skip
    """The question of these months; segments without first or last node are left out, they stay behind."""
    origin, destination = wants.nodes(network)
    want = segments.want
    fits = (origin >= 0) & (destination >= 0) & np.isfinite(unmet)
    rows = np.flatnonzero(fits[want]).astype(np.int32)
    want = want[rows]
    kinds = door_kinds(network)
    fees = np.zeros((rows.size, network.n_arcs))
    doors = np.flatnonzero(kinds >= 0)
    fees[:, doors] = segments.surcharge[rows][:, kinds[doors]]
    own = cost[wants.cargo[want]]
    ids = tuple(f"{wants.id[w]} part {row}" for w, row in zip(want, rows, strict=True))
    still = np.zeros(network.n_arcs, np.int32)
    demand = Demand(
        ids, np.arange(rows.size, dtype=np.int32), origin[want], destination[want],
        wants.amount_t[np.ix_(want, np.array(months, np.int64))] * segments.share[rows][:, None],
        np.repeat(unmet[want, None], len(months), axis=1),
    )  # fmt: skip
    flow = FlowNetwork(network.n_nodes, network.tail, network.head, still, (own + fees)[:, None, :])
    return rows, FlowProblem(flow, _columns(limits, len(months), wants.cargo[want]), demand)


def _columns(limits: Sequence[CapacityLimit], n_months: int, cargo: Ints) -> Limits:
    """The limits side by side, for the cargo class of each segment; uses of zero are left out."""
    kept = [limit.usage.any(axis=0) for limit in limits]
    usage = np.concatenate([limit.usage[:, keep] for limit, keep in zip(limits, kept, strict=True)], axis=1)
    return Limits(
        tuple(limit.id for limit in limits),
        tuple(limit.measure for limit in limits),
        np.array([limit.capacity for limit in limits]).reshape(len(limits), n_months),
        np.zeros(len(limits), bool),
        np.concatenate([np.full(int(keep.sum()), row, np.int32) for row, keep in enumerate(kept)]),
        np.concatenate([limit.arcs[keep] for limit, keep in zip(limits, kept, strict=True)]).astype(np.int32),
        usage[cargo],
    )
