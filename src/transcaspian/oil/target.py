"""What must be added for a route to carry a volume: one cap after another, each alone, the tightest first.

A year's mean day is one step of the program. Other routes keep their nominations and refineries their oil. The cap of
a group of limits is the most the route carries when only that group is in force; the groups that allow less than the
volume bind.
Where draught binds the ships carry less than they could: `ships` counts them full, `draught` as the water permits.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Corridor
from transcaspian.errors import InputError, Problem, did_you_mean
from transcaspian.oil.dated import Floats
from transcaspian.oil.matrix import Program
from transcaspian.oil.network import OilNetwork
from transcaspian.oil.planning import Period, Run
from transcaspian.oil.program import INF, Window
from transcaspian.oil.series import GROUPS, KT_PER_D, Series

_LEAST_MT = 1e-6
_REWARD_USD_PER_T = 5_000.0  # for the route's oil; below what a missed nomination of others costs here
_OTHERS_USD_PER_T = 50_000.0


@dataclass(frozen=True, slots=True)
class Cap:
    """One group of limits: the most the route carries under it alone, and what must be added for the volume."""

    id: str
    name: str
    cap_mt: float
    to_add: float
    low: float
    high: float
    unit: str
    binds: bool


@dataclass(frozen=True, slots=True)
class TargetResult:
    """Whether a route carries a volume; `caps` in the order of their height, those that bind first."""

    route_id: str
    year: int
    asked_mt: float
    volume_mt: float  # what it carries, no more than was asked
    caps: tuple[Cap, ...]

    @property
    def reached(self) -> bool:
        """True when nothing has to be added."""
        return self.volume_mt >= self.asked_mt - _LEAST_MT

    @property
    def binding(self) -> tuple[Cap, ...]:
        """The caps below the volume, the tightest first."""
        return tuple(cap for cap in self.caps if cap.binds)


@dataclass(frozen=True, slots=True)
class _Group:
    """A group of limits: how it is named, and how it is lifted."""

    id: str
    name: str
    unit: str
    lift: Callable[[Series], Series]


class _Question:
    """One route, one year, one volume."""

    def __init__(self, run: Run, route: int, volume_mt: float) -> None:
        self.run, self.net, self.route = run, run.network, route
        self.volume_mt = volume_mt
        self.window = _mean_day(run, route)
        self.series = self.window.series
        self.groups = _groups(run, route)
        self._program: Program | None = None

    def most(self, series: Series) -> float:
        """The most the route carries under these limits, Mt a year."""
        window = replace(self.window, series=_asking(self.net, series, self.route, 10 * self.volume_mt * KT_PER_D))
        if self._program is None:
            self._program = Program(window)
        else:
            self._program.move(window)
        solution = self._program.solve()
        flow = solution.of(solution.columns.flow)[0]
        return float(flow[self.net.route_arcs(self.route)].sum() / KT_PER_D)

    def alone(self, group: _Group) -> float:
        """The most under one group of limits."""
        series = self.series
        for other in self.groups:
            if other.id != group.id:
                series = other.lift(series)
        return self.most(series)


def solve_target(corridor: Corridor, route_id: str, *, volume_mt: float, by: dt.date) -> TargetResult:
    """What binds a route at a volume, and what must be added.

    Parameters
    ----------
    corridor
        With its scenario, if any, applied for the year.
    route_id
        A row of `oil_routes`.
    volume_mt
        Mt a year, above 0.
    by
        The first day of the year that is asked about.

    Returns
    -------
    result
        With every cap of the route.

    Raises
    ------
    InputError
        If the route is not known, the volume is not above 0, or no addition to any cap would bring it.
    """
    _check(corridor, route_id, volume_mt)
    run = Run(corridor, Period(by, by.replace(year=by.year + 1), "month"))
    question = _Question(run, run.network.route_id.index(route_id), volume_mt)
    lifted = question.series
    for group in question.groups:
        lifted = group.lift(lifted)
    free = question.most(lifted)
    if free < volume_mt - _LEAST_MT:
        what = f"{route_id} cannot carry {volume_mt:g} Mt a year whatever is built: its grades give {free:.2f} Mt"
        mend = f"ask for at most {free:.2f}, or let oil_links take further grades on its way."
        raise InputError(Problem("oil.target", "--volume", what, mend))
    caps = [_cap(question, group, volume_mt) for group in question.groups]
    caps.sort(key=lambda cap: (not cap.binds, cap.cap_mt, cap.id))
    carried = min(volume_mt, question.most(question.series))
    return TargetResult(route_id, by.year, volume_mt, carried, tuple(caps))


def _check(corridor: Corridor, route_id: str, volume_mt: float) -> None:
    problems = []
    routes = corridor["oil_routes"]
    if route_id not in routes:
        mend = did_you_mean(route_id, routes) or f"the routes are {', '.join(routes)}."
        problems.append(Problem("oil.unknown_id", "--route", f"{route_id!r} is no route", mend))
    if not (math.isfinite(volume_mt) and volume_mt > 0):
        problems.append(Problem("oil.volume", "--volume", f"{volume_mt:g} Mt is no volume", "give more than 0."))
    if problems:
        raise InputError(problems)


def _mean_day(run: Run, route: int) -> Window:
    """The mean day of the year as a window of one step, tanks passed straight through, other routes as nominated."""
    whole = np.array([float(run.days.sum())])
    window = run.window()
    weight = run.days / whole[0]

    def mean(group: str) -> Floats:
        values = getattr(run.series, group)
        if group in {"lift_days", "lift_calls", "berth_call"}:
            with np.errstate(divide="ignore"):
                return np.asarray(1.0 / (weight[:, None] / values).sum(axis=0, keepdims=True))
        return np.asarray((weight[:, None] * values).sum(axis=0, keepdims=True))

    series = Series(**{group: mean(group) for group in GROUPS})
    nothing = np.zeros((1, len(run.network.store_id)))
    normal = (weight[:, None] * window.normal).sum(axis=0, keepdims=True)
    return replace(
        window,
        series=replace(series, store_min=nothing, store_cap=nothing, lag=np.zeros_like(series.lag)),
        days=np.ones(1),
        since_start=np.zeros(1),
        normal=normal,
        normal_before=normal[0],
        weather=np.ones((1, len(run.network.mooring_id))),
        committed=np.full((1, len(run.network.route_id)), INF),
        share=np.zeros((1, len(run.network.field_id))),
        ready=normal[0],
        level=nothing[0],
        stock=np.zeros(run.stock.size),
        end_value=np.zeros(run.stock.size),
    )


def _asking(net: OilNetwork, series: Series, route: int, most: float) -> Series:
    """The route is asked for all it can carry; other nominations and refineries go before it."""
    nominated = series.nominated.copy()
    nomination, cost = series.nomination.copy(), np.full_like(series.ship_or_pay, _OTHERS_USD_PER_T)
    # What is missed of a nomination far too high costs the reward: so the route carries what it can.
    nominated[0, route], nomination[0, route], cost[0, route] = 1.0, most, _REWARD_USD_PER_T
    return replace(
        series,
        nominated=nominated,
        nomination=nomination,
        ramp=np.full_like(series.ramp, INF),
        ship_or_pay=cost,
        short_cost=np.full_like(series.short_cost, 2 * _OTHERS_USD_PER_T),
    )


def _groups(run: Run, route: int) -> list[_Group]:
    """The groups of limits that a route meets, from the contract to the last loading."""
    net = run.network
    link = int(net.route_link[route])
    behind, before = _chain(net, link)
    groups = [
        _Group(net.contract_id[row], "contract", "Mt/yr", _lifted("contract_cap", [int(row)]))
        for row in np.flatnonzero(net.contract_route[:, route]).tolist()
    ]
    for row in np.flatnonzero(behind[net.quality_link]).tolist():
        size = len(net.grade_id)
        limits = list(range(row * size, (row + 1) * size))
        if not run.series.quality[:, limits].any():
            continue  # planned, or closed
        groups.append(
            _Group(net.quality_id[row], "quality", "percentage points", _lifted("quality", limits, value=0.0))
        )
    shuttles = np.flatnonzero(net.shuttle_link == link)
    if shuttles.size:
        groups += _ship_groups(run, int(shuttles[0]))
    feeds = [int(row) for row in np.flatnonzero(before) if row != link]
    if feeds:
        groups.append(_Group("feed", "feed", "Mt/yr", _lifted("link_cap", feeds)))
    for row in [link, *(int(row) for row in np.flatnonzero(behind) if row != link)]:
        if np.isfinite(run.series.link_cap[:, row]).all() and run.series.link_cap[:, row].max() > 0:
            groups.append(_Group(net.link_id[row], "pipe", "Mt/yr", _lifted("link_cap", [row])))
    for row in np.flatnonzero(behind[net.mooring_link]).tolist():
        groups.append(_Group(net.mooring_id[row], "moorings", "Mt/yr", _lifted("mooring_cap", [int(row)])))
    return groups


def _ship_groups(run: Run, shuttle: int) -> list[_Group]:
    net = run.network
    fleets = sorted(set(net.lift_tanker[net.lift_shuttle == shuttle].tolist()))
    groups = [
        _Group("ships", "ships", "ships", _lifted("ships", fleets)),
        _Group("draught", "draught", "m", _at_full_payload(run)),
    ]
    facilities = run.corridor["oil_berths"].texts("facility")
    for berth in (int(net.shuttle_from[shuttle]), int(net.shuttle_to[shuttle])):
        if berth >= 0:
            hours, tonnes = _lifted("berth_hours", [berth]), _lifted("berth_cap", [berth])
            groups.append(_Group(facilities[berth], "berths", "berths", _both(hours, tonnes)))
    return groups


def _lifted(group: str, rows: list[int], *, value: float = INF) -> Callable[[Series], Series]:
    def lift(series: Series) -> Series:
        changed = getattr(series, group).copy()
        changed[:, rows] = value
        return replace(series, **{group: changed})

    return lift


def _both(first: Callable[[Series], Series], second: Callable[[Series], Series]) -> Callable[[Series], Series]:
    return lambda series: second(first(series))


def _at_full_payload(run: Run) -> Callable[[Series], Series]:
    """Ships load as deep as they can: the need of a kt falls to that of a full ship."""
    share = full_payload_share(run)

    def lift(series: Series) -> Series:
        return replace(series, lift_days=series.lift_days * share, lift_calls=series.lift_calls * share)

    return lift


def full_payload_share(run: Run) -> Floats:
    """Payload over full payload of each lift, by the mids of the middle of the year."""
    from transcaspian.corridor.sea.payload import get_hull  # the sea's own figures of a full ship

    net = run.network
    state = run.dated.on(run.period.firsts[len(run.period.firsts) // 2], frozenset()).state
    vessels, fleets = state["vessels"], state["oil_tankers"].texts("fleet")
    share = np.ones(net.lift_tanker.size)
    for lift, tanker in enumerate(net.lift_tanker):
        crew = [
            str(v)
            for v, fleet in zip(vessels.mid["id"], vessels.texts("fleet"), strict=True)
            if fleet == fleets[tanker]
        ]
        crew = [one for one in crew if vessels.text(vessels.get_row(one), "status") == "open"]
        calls = run.series.lift_calls[:, lift]
        if crew and np.isfinite(calls).all():
            full_kt = float(np.mean([get_hull(state, one).full_payload_t.mid for one in crew])) / 1000
            share[lift] = min(1.0, float(1.0 / calls.mean() / full_kt))
    return share


def _chain(net: OilNetwork, link: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Links behind a link (itself among them) and before it, by the grades that it may carry."""
    grades = {int(grade) for grade in net.arc_grade[net.arc_link == link] if net.grade_home[grade]}
    own = np.isin(net.arc_grade, list(grades))
    behind, before = np.zeros(len(net.link_id), dtype=bool), np.zeros(len(net.link_id), dtype=bool)
    behind[link] = before[link] = True
    usable = np.zeros(len(net.link_id), dtype=bool)
    usable[net.arc_link[own]] = True
    for _ in range(len(net.link_id)):
        behind |= usable & np.isin(net.link_from, net.link_to[behind])
        before |= usable & np.isin(net.link_to, net.link_from[before])
    return behind, before & ~behind


def _cap(question: _Question, group: _Group, volume_mt: float) -> Cap:
    alone = question.alone(group)
    if group.id == "draught":  # the fleet of today in today's water
        ships = next(other for other in question.groups if other.id == "ships")
        series = question.series
        for other in question.groups:
            if other.id not in {group.id, ships.id}:
                series = other.lift(series)
        alone = question.most(series)
    binds = alone < volume_mt - _LEAST_MT
    low, mid, high = _to_add(question, group, alone) if binds else (0.0, 0.0, 0.0)
    return Cap(group.id, group.name, alone, mid, low, high, group.unit, binds)


def _to_add(question: _Question, group: _Group, cap_mt: float) -> tuple[float, float, float]:
    """What is missing, low, mid and high, in the unit of the group."""
    from transcaspian.oil.target_needs import berths_to_add, metres_to_add, points_to_add, ships_to_add

    run, missing = question.run, question.volume_mt - cap_mt
    if group.id == "ships":
        return ships_to_add(run, question.route, question.volume_mt, cap_mt)
    if group.id == "draught":
        return metres_to_add(run, question.route)
    if group.name == "berths":
        return berths_to_add(run, group.id, question.volume_mt, cap_mt, question.series)
    if group.name == "quality":
        return points_to_add(run, group.id, question.volume_mt, question.series)
    return missing, missing, missing
