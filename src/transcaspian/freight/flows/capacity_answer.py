"""The capacity flow told like every other: paths by row of demand, what is full and what room is worth.

Parts of one row of demand that take the same way are one path again; prices are turned from a limit's unit into USD
for a tonne of the cargo that passes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import BASE_YEAR, Corridor, Network
from transcaspian.freight.capacity import UnmetReason
from transcaspian.freight.flows.capacity import UNMET_RATIO, CapacityMonth, CapacityYear, solve_capacity_year
from transcaspian.freight.flows.cargo import Ints
from transcaspian.freight.flows.choice import ChoiceSets, read_classes
from transcaspian.freight.flows.result import FlowConvergence, FlowResult
from transcaspian.freight.flows.segments import TRANCHES
from transcaspian.freight.flows.summary import PeriodFlows, summarise_flows
from transcaspian.freight.flows.vehicle_limits import AT_WORK
from transcaspian.freight.loads import Load
from transcaspian.freight.routes import Route
from transcaspian.freight.shortest import graph_from_arcs, shortest_tree

_NAMED = 4  # full limits to name in a reason


def solve_capacity(corridor: Corridor, *, year: int = BASE_YEAR, growth: float = 1.0, **settings: Any) -> FlowResult:
    """The cheapest year within all hard limits, as a `FlowResult`; `settings` as in `solve_capacity_year`.

    Raises
    ------
    InputError
        If growth is not above 0, or the tables lack what a limit needs.
    """
    return capacity_result(solve_capacity_year(corridor, year=year, growth=growth, **settings))


def capacity_result(solved: CapacityYear) -> FlowResult:
    """What the year says about corridors, markets, links, facilities and demand that stayed behind."""
    flows = [month.flow for month in solved.months]
    objective = sum(flow.objective_usd for flow in flows)
    gap = (objective - sum(flow.bound_usd for flow in flows)) / objective if objective > 0 else 0.0
    rounds = tuple(
        {"period": float(month.month + 1), "iteration": float(month.flow.convergence.rounds),
         "relative_gap": month.flow.convergence.relative_gap, "columns": float(month.flow.convergence.columns)}
        for month in solved.months
    )  # fmt: skip
    convergence = FlowConvergence(
        relative_gap=max(0.0, gap),
        iterations=sum(flow.convergence.rounds for flow in flows),
        seconds=solved.solve_s,
        converged=all(flow.convergence.proven for flow in flows),
        rounds=rounds,
    )
    told: dict[tuple[int, tuple[int, ...]], Route] = {}
    return summarise_flows(
        "capacity", solved.year, solved.cargo, solved.wants,
        [_period(solved, month, told) for month in solved.months],
        growth=solved.growth, convergence=convergence, defaults=capacity_defaults(), notes=_notes(solved),
    )  # fmt: skip


def capacity_defaults() -> list[dict[str, Any]]:
    """Assumptions of the method that stand in no table."""
    return [
        dict(UNMET_RATIO.as_json()),
        *(dict(assumption.as_json()) for assumption in AT_WORK.values()),
        {"name": "loyalty_tranches", "value": TRANCHES, "low": 2, "high": 20, "basis": "assumption",
         "reason": "parts into which a row of demand is cut by what it takes to make it change its way"},
        {"name": "months_are_separate", "value": 1, "basis": "assumption",
         "reason": "cargo that finds no room in a month does not wait for the next one"},
    ]  # fmt: skip


def limit_price_per_t(month: CapacityMonth, number: int, cargo_of: Ints) -> float:
    """What room for one more tonne of the cargo that passes a limit is worth in a month, USD.

    `cargo_of` is the class of each commodity. Where nothing passes, for the cargo that would use it least.
    """
    price = float(month.flow.price_usd[number, 0])
    if price <= 0.0:
        return 0.0
    limit, flow = month.limits[number], month.flow
    on = np.isin(flow.flow_arc, limit.arcs)
    tonnes = float(flow.flow[on].sum())
    used = float(flow.limit_use[number, 0])
    if tonnes > 0.0 and used > 0.0:
        return price * used / tonnes
    each = limit.usage[np.unique(cargo_of)]
    return price * float(each[each > 0.0].min()) if (each > 0.0).any() else 0.0


def cargo_of_segments(solved: CapacityYear, month: CapacityMonth) -> Ints:
    """Class of cargo of each commodity of a month's flow."""
    return np.asarray(solved.wants.cargo[solved.segments.want[month.segment]])


def _period(solved: CapacityYear, month: CapacityMonth, told: dict[tuple[int, tuple[int, ...]], Route]) -> PeriodFlows:
    flow, wants = month.flow, solved.wants
    want_of = solved.segments.want[month.segment]
    paths: dict[tuple[int, tuple[int, ...]], float] = {}
    for number in np.flatnonzero(flow.path_flow > 0.0).tolist():
        arcs = tuple(flow.step_arc[flow.path_first[number] : flow.path_first[number + 1]].tolist())
        key = (int(want_of[flow.path_commodity[number]]), arcs)
        paths[key] = paths.get(key, 0.0) + float(flow.path_flow[number])
    ordered = sorted(paths)
    sets = _sets(solved, month.network, ordered, told)
    left = solved.unmet_t[:, month.month]
    nothing = np.zeros(len(month.limits))
    cargo_of = cargo_of_segments(solved, month)
    prices = {limit.id: limit_price_per_t(month, number, cargo_of) for number, limit in enumerate(month.limits)}
    return PeriodFlows(
        months=(month.month,),
        sets=sets,
        flow_t=np.array([paths[key] for key in ordered]),
        amount_t=wants.amount_t[:, month.month],
        limits=month.limits,
        capacity=np.array([float(limit.capacity[0]) for limit in month.limits]),
        used=flow.limit_use[:, 0],
        wait_h=nothing,
        queue_h=np.zeros(len(ordered)),
        price_usd={name: price for name, price in prices.items() if price > 0.0},
        unmet_reason=_reasons(solved, month, np.flatnonzero(left > 0.0).tolist()),
    )


def _sets(
    solved: CapacityYear, network: Network, paths: list[tuple[int, tuple[int, ...]]],
    told: dict[tuple[int, tuple[int, ...]], Route],
) -> ChoiceSets:  # fmt: skip
    """The paths in use, as the columns that every method is summed up from."""
    cargo, wants, usd = solved.cargo, solved.wants, solved.tariff_usd(network)
    classes, class_of = read_classes(network.corridor, cargo, wants)
    routes = []
    for want, arcs in paths:
        number = int(wants.cargo[want])
        key = (id(network), (number, *arcs))
        if key not in told:
            load = Load("", cargo.unit_load[number], 1.0, float(cargo.cargo_t[number]), cargo.commodity[number], ())
            told[key] = Route(network, load, arcs)
        routes.append(told[key])
    want_of = np.array([want for want, _ in paths], np.int32)
    kind = wants.cargo[want_of]
    each = 1.0 / cargo.cargo_t[kind]
    lengths = [len(arcs) for _, arcs in paths]
    return ChoiceSets(
        network=network,
        classes=classes,
        class_of=class_of,
        cargo_of=wants.cargo,
        first=np.searchsorted(want_of, np.arange(len(wants.id) + 1)).astype(np.int32),
        want=want_of,
        arc_first=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        arcs=np.array([arc for _, arcs in paths for arc in arcs], np.int32),
        corridor=tuple(route.corridor for route in routes),
        way=tuple(route.corridor for route in routes),
        gateway=tuple(tuple(str(word) for word in route.gateway) for route in routes),
        btk=np.zeros(len(paths), np.bool_),
        money_usd=np.array([usd[cargo.row[k], list(arcs)].sum() for k, (_, arcs) in zip(kind, paths, strict=True)])
        * each,
        time_h=np.array([route.value("time") for route in routes]),
        deviation_h=np.zeros(len(paths)),
        time_usd_per_h=cargo.time_usd_per_t_h[kind],
        path_size=np.ones(len(paths)),
        no_route={},
    )


def _reasons(solved: CapacityYear, month: CapacityMonth, wants: list[int]) -> dict[int, str]:
    """Why rows of demand stay behind, the full limits on their cheapest way by name."""
    flow = month.flow
    want_of = solved.segments.want[month.segment]
    found = {}
    for want in wants:
        own = np.flatnonzero((want_of == want) & (flow.unmet[:, 0] > 0.0))
        if not own.size:
            found[want] = "no route: origin or destination has no open place in the network"
            continue
        worst = int(own[np.argmax(flow.unmet[own, 0])])
        reason = UnmetReason(int(flow.unmet_reason[worst, 0]))
        full = _full_on_the_way(month, worst) if reason in (UnmetReason.FULL, UnmetReason.CLOSED) else []
        found[want] = {
            UnmetReason.NO_WAY: "no route: nothing open leads there",
            UnmetReason.CLOSED: "every way passes something that is closed",
            UnmetReason.DEARER_THAN_UNMET: "its cheapest way costs more than leaving it at home",
        }.get(reason, "no room at a price it would pay")
        if full:
            found[want] += f": {', '.join(full)}"
    return found


def _full_on_the_way(month: CapacityMonth, commodity: int) -> list[str]:
    """Rows of the priced limits on the cheapest way of a commodity at these prices, the dearest first."""
    network, flow = month.network, month.flow
    problem = flow.problem
    uses = problem.limits
    class_ = int(problem.demand.cargo[commodity])
    toll = flow.price_usd[uses.limit, 0] * uses.usage[class_]
    cost = problem.network.cost[class_, 0].copy()
    np.add.at(cost, uses.arc, toll)
    shut = np.isinf(cost)
    graph = graph_from_arcs(network.tail, network.head, network.n_nodes)
    tree = shortest_tree(graph, np.where(shut, 0.0, cost), int(problem.demand.origin[commodity]), blocked=shut)
    node = int(problem.demand.destination[commodity])
    paid: dict[str, float] = {}
    by_arc: Mapping[int, list[int]] = _by_arc(uses.arc, np.flatnonzero(toll > 0.0).astype(np.int64))
    while tree.arc[node] >= 0:
        arc = int(tree.arc[node])
        for use in by_arc.get(arc, ()):
            row = month.limits[int(uses.limit[use])].row
            paid[row] = paid.get(row, 0.0) + float(toll[use])
        node = int(network.tail[arc])
    return sorted(paid, key=lambda row: (-paid[row], row))[:_NAMED]


def _by_arc(arcs: Ints, uses: npt.NDArray[np.int64]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for use in uses.tolist():
        found.setdefault(int(arcs[use]), []).append(use)
    return found


def _notes(solved: CapacityYear) -> list[str]:
    """What a reader must know beside the numbers."""
    notes = []
    if not any((month.flow.price_usd > 0.0).any() for month in solved.months):
        notes.append("no limit binds: every tonne takes the way it would take with room without end")
    return notes
