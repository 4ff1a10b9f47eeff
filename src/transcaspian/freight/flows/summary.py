"""From paths to what a reader asks: corridors, markets, links, facilities, what is full and what stayed behind.

Answers: how much took which corridor, at what cost and time, and what was full?  Used by every method.
Takes: paths with their tonnes, period by period.  Gives: `FlowResult`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from transcaspian.corridor import Network
from transcaspian.corridor.network import ArcKind
from transcaspian.corridor.provenance import Cell
from transcaspian.freight.flows.cargo import Cargo, Wants
from transcaspian.freight.flows.choice import ChoiceSets
from transcaspian.freight.flows.limits import CapacityLimit
from transcaspian.freight.flows.months import Floats, Year
from transcaspian.freight.flows.result import (
    CorridorFlow,
    FlowConvergence,
    FlowResult,
    LimitFlow,
    MarketFlow,
    Method,
    PathFlow,
    UnmetFlow,
)

NEARLY_FULL = 0.9  # utilisation from which a limit is named as holding the flow back
_TRACE = 1e-6  # tonnes a year: less is no flow


@dataclass(frozen=True, slots=True, eq=False)
class PeriodFlows:
    """Solved flows of the months of one network."""

    months: tuple[int, ...]
    sets: ChoiceSets  # the paths
    flow_t: Floats  # (n_paths,)
    amount_t: Floats  # (n_wants,) what was asked for
    limits: tuple[CapacityLimit, ...]
    capacity: Floats  # (n_limits,)
    used: Floats  # (n_limits,)
    wait_h: Floats  # (n_limits,) of a passage
    queue_h: Floats  # (n_paths,) waits of all its passages
    price_usd: Mapping[str, float]  # by limit id: shadow price per tonne, where the method has one
    unmet_reason: Mapping[int, str] | None = None  # by want, where paths exist and demand stays behind all the same


def summarise_flows(
    method: Method, year: Year, cargo: Cargo, wants: Wants, periods: Sequence[PeriodFlows], *, growth: float,
    convergence: FlowConvergence, defaults: Iterable[Mapping[str, Any]], notes: Sequence[str] = (),
) -> FlowResult:  # fmt: skip
    """Add the periods of a year up.

    Parameters
    ----------
    periods
        Every period has the same rows of demand.
    """
    paths = _paths(cargo, wants, periods)
    carried = sum(path.t_per_year for path in paths)
    limits = _limit_flows(periods)
    return FlowResult(
        method=method,
        year=year.year,
        growth=growth,
        demand_t=float(sum(period.amount_t.sum() for period in periods)),
        corridors=_corridors(paths),
        markets=_markets(paths),
        links=_passages(cargo, wants, periods, limits, "link"),
        facilities=_passages(cargo, wants, periods, limits, "facility"),
        unmet=_unmet(cargo, wants, periods),
        mean_cost_usd_per_t=_mean(paths, carried, "cost_usd_per_t"),
        mean_time_h=_mean(paths, carried, "time_h"),
        convergence=convergence,
        paths=tuple(paths),
        binding=_binding(limits),
        cells=_cells(cargo, wants, periods),
        defaults=tuple(defaults),
        notes=tuple(notes),
        fleets=tuple(one for key, one in limits.items() if key[0] in ("service", "fleet")),
    )


def _paths(cargo: Cargo, wants: Wants, periods: Sequence[PeriodFlows]) -> list[PathFlow]:
    """Every path that carries anything, by demand and period."""
    total = np.sum([period.amount_t for period in periods], axis=0)
    found = []
    for period in periods:
        sets = period.sets
        for path in np.flatnonzero(period.flow_t > _TRACE).tolist():
            want = int(sets.want[path])
            number = int(wants.cargo[want])
            tonnes = float(period.flow_t[path])
            found.append(
                PathFlow(
                    demand=wants.id[want],
                    market=wants.market[want],
                    commodity=cargo.commodity[number],
                    unit_load=cargo.unit_load[number],
                    corridor=sets.corridor[path],
                    gateway=sets.gateway[path],
                    arcs=tuple(sets.arcs[sets.arc_first[path] : sets.arc_first[path + 1]].tolist()),
                    t_per_year=tonnes,
                    teu_per_year=tonnes / float(cargo.cargo_t[number]) * float(cargo.teu[number]),
                    share=tonnes / float(total[want]),
                    cost_usd_per_t=float(sets.money_usd[path]),
                    time_h=float(sets.time_h[path] + period.queue_h[path]),
                    queue_h=float(period.queue_h[path]),
                )
            )
    return found


def _corridors(paths: Sequence[PathFlow]) -> tuple[CorridorFlow, ...]:
    tonnes: dict[str, list[float]] = {}
    for path in paths:
        both = tonnes.setdefault(path.corridor, [0.0, 0.0])
        both[0] += path.t_per_year
        both[1] += path.teu_per_year
    whole = sum(t for t, _ in tonnes.values())
    rows = (CorridorFlow(name, t, teu, t / whole if whole else 0.0) for name, (t, teu) in tonnes.items())
    return tuple(sorted(rows, key=lambda row: (-row.t_per_year, row.id)))


def _markets(paths: Sequence[PathFlow]) -> tuple[MarketFlow, ...]:
    """By market and corridor; a market of boxes alone is shared out by TEU, another by tonnes."""
    found: dict[tuple[str, str], list[float]] = {}
    boxes: dict[str, bool] = {}
    for path in paths:
        both = found.setdefault((path.market, path.corridor), [0.0, 0.0])
        both[0] += path.t_per_year
        both[1] += path.teu_per_year
        boxes[path.market] = boxes.get(path.market, True) and path.teu_per_year > 0
    whole: dict[str, float] = {}
    for (market, _), (tonnes, teu) in found.items():
        whole[market] = whole.get(market, 0.0) + (teu if boxes[market] else tonnes)
    rows = [
        MarketFlow(market, corridor, tonnes, teu, (teu if boxes[market] else tonnes) / whole[market])
        for (market, corridor), (tonnes, teu) in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.id, -row.share, row.corridor)))


def _limit_flows(periods: Sequence[PeriodFlows]) -> dict[tuple[str, str], LimitFlow]:
    """By kind and row: the fullest measure and direction of it, over the year."""
    sums: dict[str, dict[str, Any]] = {}
    for period in periods:
        for number, limit in enumerate(period.limits):
            row = sums.setdefault(limit.id, {"limit": limit, "used": 0.0, "capacity": 0.0, "wait": 0.0, "price": None})
            row["used"] += float(period.used[number])
            row["capacity"] += float(period.capacity[number])
            row["wait"] += float(period.wait_h[number]) * float(period.used[number])
            price = period.price_usd.get(limit.id)
            if price is not None:
                row["price"] = max(row["price"] or 0.0, price)
    found: dict[tuple[str, str], LimitFlow] = {}
    for row in sums.values():
        one: CapacityLimit = row["limit"]
        capacity, used = row["capacity"], row["used"]
        full = used / capacity if capacity > 0 else (0.0 if used <= 0 else float("inf"))
        key = (one.kind, one.row)
        before = found.get(key)
        price = row["price"] if before is None or before.shadow_price_usd_per_t is None else max(
            row["price"] or 0.0, before.shadow_price_usd_per_t)  # fmt: skip
        wait = row["wait"] / used if used > 0 else 0.0
        if before is None or (before.utilisation or 0.0) < full:
            kind = "link" if one.kind == "link" else "facility"
            found[key] = LimitFlow(one.row, kind, 0.0, used, one.measure, capacity, full, wait, price)  # type: ignore[arg-type]
        elif price is not None:
            found[key] = LimitFlow(before.id, before.kind, 0.0, before.flow_units, before.unit, before.capacity_units,
                                   before.utilisation, before.delay_h, price)  # fmt: skip
    return found


def _passages(
    cargo: Cargo, wants: Wants, periods: Sequence[PeriodFlows], limits: Mapping[tuple[str, str], LimitFlow], kind: str
) -> tuple[LimitFlow, ...]:
    """Tonnes over every link or facility that carries anything or has a limit; a path counts once where it passes."""
    tonnes: dict[str, float] = {row: 0.0 for known, row in limits if known == kind}
    table = "links" if kind == "link" else "facilities"
    for period in periods:
        network = period.sets.network
        rows = _rows_of_arcs(network, kind)[period.sets.arcs]
        owner = np.repeat(np.arange(period.sets.n_paths), np.diff(period.sets.arc_first))
        touched = np.unique(np.column_stack((owner, rows))[rows >= 0], axis=0)
        by_row = np.bincount(touched[:, 1], period.flow_t[touched[:, 0]], minlength=len(network.corridor[table]))
        ids = network.corridor[table].mid["id"]
        for row in np.flatnonzero(by_row > _TRACE).tolist():
            tonnes[str(ids[row])] = tonnes.get(str(ids[row]), 0.0) + float(by_row[row])
    found = []
    for row_id, flow in tonnes.items():
        one = limits.get((kind, row_id))
        found.append(
            LimitFlow(row_id, kind, flow, one.flow_units, one.unit, one.capacity_units, one.utilisation, one.delay_h,  # type: ignore[arg-type]
                      one.shadow_price_usd_per_t)
            if one else LimitFlow(row_id, kind, flow, flow, "", None, None, 0.0, None)  # type: ignore[arg-type]
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-(one.utilisation or 0.0), -one.flow_t, one.id)))


def _rows_of_arcs(network: Network, kind: str) -> Any:
    """The row of each arc in its table, -1 for none."""
    if kind == "facility":
        return network.facility
    return np.where(network.kind == ArcKind.MOVE, network.link, -1)


def _unmet(cargo: Cargo, wants: Wants, periods: Sequence[PeriodFlows]) -> tuple[UnmetFlow, ...]:
    left: dict[tuple[int, str], float] = {}
    for period in periods:
        went = np.bincount(period.sets.want, period.flow_t, minlength=len(wants.id))
        for want in np.flatnonzero(period.amount_t - went > _TRACE + 1e-9 * period.amount_t).tolist():
            reason = period.sets.no_route.get(want) or (period.unmet_reason or {}).get(want, "stayed behind")
            left[want, reason] = left.get((want, reason), 0.0) + float(period.amount_t[want] - went[want])
    rows = []
    for (want, reason), tonnes in left.items():
        number = int(wants.cargo[want])
        teu = tonnes / float(cargo.cargo_t[number]) * float(cargo.teu[number])
        rows.append(UnmetFlow(wants.id[want], wants.market[want], tonnes, teu, reason))
    return tuple(sorted(rows, key=lambda row: (-row.t_per_year, row.demand)))


def _mean(paths: Sequence[PathFlow], carried: float, name: str) -> float:
    return sum(path.t_per_year * float(getattr(path, name)) for path in paths) / carried if carried > 0 else 0.0


def _binding(limits: Mapping[tuple[str, str], LimitFlow]) -> tuple[str, ...]:
    full = [one for one in limits.values() if (one.utilisation or 0.0) >= NEARLY_FULL or one.shadow_price_usd_per_t]
    full.sort(key=lambda one: (-(one.shadow_price_usd_per_t or 0.0), -(one.utilisation or 0.0), one.id))
    return tuple(dict.fromkeys(one.id for one in full))


def _cells(cargo: Cargo, wants: Wants, periods: Sequence[PeriodFlows]) -> tuple[Cell, ...]:
    """Demand, cargo, choice, limits, and the arcs of every path in use."""
    cells: dict[Cell, None] = dict.fromkeys((*wants.cells, *cargo.cells))
    for period in periods:
        sets = period.sets
        for one in sets.classes:
            cells.update(dict.fromkeys(one.cells))
        for limit, used in zip(period.limits, period.used, strict=True):
            if used > 0:
                cells.update(dict.fromkeys(limit.cells))
        used_paths = np.repeat(period.flow_t > _TRACE, np.diff(sets.arc_first))
        kind = np.repeat(cargo.row[wants.cargo[sets.want]], np.diff(sets.arc_first))
        pairs = np.unique(np.column_stack((kind[used_paths], sets.arcs[used_paths])), axis=0)
        for row, arc in pairs.tolist():
            cells.update(dict.fromkeys(sets.network.cells[row][arc]))
    return tuple(cells)
