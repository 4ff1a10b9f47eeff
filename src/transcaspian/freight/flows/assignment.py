"""The equilibrium of a year: every cargo chooses its way, and waits where too many chose the same.

Answers: who goes which way when berths, borders and lines fill up?  Start reading at `solve_equilibrium`.
Takes: a corridor and a year.  Gives: `FlowResult`, and an `Assigned` year to start a neighbour from.

A year is cut where the network changes (an upgrade, a dated change of a scenario); each period is an average of its
months, with the choice sets of `choice.py`, the waits of `network_delays.py` and the solver of `fixed_point.py`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import sparse

from transcaspian.corridor import Corridor
from transcaspian.errors import InputError, Problem
from transcaspian.freight.flows.cargo import Cargo, Wants, read_demand
from transcaspian.freight.flows.choice import ChoiceClass, ChoiceSets, CostChange, make_choice_sets
from transcaspian.freight.flows.fixed_point import RESIDUAL, ROUNDS, ChoiceProblem, FixedPoint, solve_fixed_point
from transcaspian.freight.flows.limits import Group, gather_year_limits
from transcaspian.freight.flows.months import Floats, Year, make_year
from transcaspian.freight.flows.network_delays import Curve, LimitDelays, delay_defaults, make_limit_delays
from transcaspian.freight.flows.result import FlowConvergence, FlowResult
from transcaspian.freight.flows.ship_lines import ship_lines
from transcaspian.freight.flows.summary import PeriodFlows, summarise_flows

_NAMED = 5  # limits in a note


@dataclass(frozen=True, slots=True, eq=False)
class Period:
    """Months of one network, ready to be assigned; all of it at growth 1."""

    months: tuple[int, ...]
    sets: ChoiceSets
    limits: LimitDelays
    amount_t: Floats  # (n_wants,)
    use: sparse.csr_array  # (n_paths, n_limits) units for each tonne
    passes: sparse.csr_array  # (n_paths, n_limits) whether a path waits there


@dataclass(frozen=True, slots=True, eq=False)
class PreparedYear:
    """A year with its periods: what does not depend on growth, constants and warm starts."""

    year: Year
    cargo: Cargo
    wants: Wants
    periods: tuple[Period, ...]
    seconds: float
    asked: tuple[int, Curve, Curve, CostChange | None]  # year, curves, policy

    @property
    def classes(self) -> tuple[ChoiceClass, ...]:
        """Classes of choice, the same in every period."""
        return self.periods[0].sets.classes


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """A solved year; `start` of a neighbour's."""

    prepared: PreparedYear
    points: tuple[FixedPoint, ...]
    flows: tuple[PeriodFlows, ...]


def solve_equilibrium(
    corridor: Corridor,
    *,
    year: int = 2024,
    growth: float = 1.0,
    start: Assigned | None = None,
    facilities: Curve = "queue",
    links: Curve = "queue",
    extra_wait_h: Mapping[str, float] | None = None,
    change_cost: CostChange | None = None,
) -> tuple[FlowResult, Assigned]:
    """Stochastic user equilibrium of a year on the virtual network.

    Parameters
    ----------
    corridor
        With the changes of a scenario, if any; it is taken month by month.
    year
        Whose upgrades and dated changes are in force. Demand is that of the base year.
    growth
        Factor on all demand, above 0.
    start
        A solved neighbour: where its network is this one, its choice sets and flows are begun with.
    facilities, links
        Delay curves, see `make_limit_delays`.
    extra_wait_h
        By row id: hours of waiting to add at a facility or service, such as those of a simulated year.
    change_cost
        A tariff policy, see `make_choice_sets`.

    Returns
    -------
    result, assigned
        The answer, and the solved year for a neighbour to begin with.

    Raises
    ------
    InputError
        If the growth is not above 0, or the tables cannot be used.
    """
    if not (np.isfinite(growth) and growth > 0.0):
        what = f"{growth:g} is not above 0"
        raise InputError(Problem("flows.growth", "--growth", what, "give a factor such as 1.5 for half as much more."))
    known = start.prepared if start is not None and start.prepared.year.corridor is corridor else None
    if known is not None and known.asked == (year, facilities, links, change_cost):
        prepared = known
    else:
        prepared = prepare_year(corridor, year, facilities=facilities, links=links, change_cost=change_cost)
    points, flows = assign(prepared, growth=growth, start=start, extra_wait_h=extra_wait_h)
    result = summarise_flows(
        "equilibrium", prepared.year, prepared.cargo, prepared.wants, flows, growth=growth,
        convergence=convergence_of(points), defaults=flow_defaults(),
        notes=(*_notes(points), *_too_full(flows)),
    )  # fmt: skip
    return result, Assigned(prepared, points, flows)


def assign(
    prepared: PreparedYear,
    *,
    growth: float = 1.0,
    start: Assigned | None = None,
    classes: Sequence[ChoiceClass] | None = None,
    sharpness: float = 1.0,
    extra_wait_h: Mapping[str, float] | None = None,
    residual: float = RESIDUAL,
    rounds: int = ROUNDS,
) -> tuple[tuple[FixedPoint, ...], tuple[PeriodFlows, ...]]:
    """Solve every period of a prepared year; with other constants if classes are given."""
    points: list[FixedPoint] = []
    flows: list[PeriodFlows] = []
    for number, period in enumerate(prepared.periods):
        sets, limits = period.sets, period.limits
        own = sets.classes if classes is None else classes
        scale = np.array([one.scale_per_usd_t for one in own])[sets.class_of[sets.want]]
        extra = np.array([(extra_wait_h or {}).get(limit.row, 0.0) for limit in limits.limits])
        share = sparse.csr_array(period.use @ sparse.diags_array(1.0 / np.maximum(limits.capacity, 1e-9)))
        problem = ChoiceProblem(
            sets.first, period.amount_t * growth, sets.cost_usd(own), scale, sets.path_size, sets.time_usd_per_h, share,
            period.passes,
        )  # fmt: skip

        def waits(full: Floats, limits: LimitDelays = limits, extra: Floats = extra) -> tuple[Floats, Floats]:
            wait, slope = limits.waits_h(full)
            return wait + extra, slope

        point = solve_fixed_point(
            problem, waits, start=_begin(start, number, period), sharpness=sharpness, residual=residual,
            rounds=rounds,
        )  # fmt: skip
        points.append(point)
        flows.append(
            PeriodFlows(
                period.months,
                sets,
                point.flow,
                period.amount_t * growth,
                limits.limits,
                limits.capacity,
                point.utilisation * limits.capacity,
                point.wait_h,
                period.passes @ point.wait_h,
                {},
            )
        )
    return tuple(points), tuple(flows)


def prepare_year(
    corridor: Corridor, year: int, *, facilities: Curve = "queue", links: Curve = "queue",
    change_cost: CostChange | None = None,
) -> PreparedYear:  # fmt: skip
    """Networks, choice sets and limits of a year; kept for the last few corridors asked for."""
    return _prepared(corridor, year, facilities, links, change_cost)


@lru_cache(maxsize=4)
def _prepared(
    corridor: Corridor, year: int, facilities: Curve, links: Curve, change_cost: CostChange | None
) -> PreparedYear:
    began = time.perf_counter()
    if not corridor.changes:
        _PLAIN[id(corridor.base)] = corridor
    made = make_year(corridor, year)
    cargo, wants = read_demand(made.states, growth=1.0)
    lines = ship_lines(made)
    plain = prepare_year(_undisturbed(corridor), year) if corridor.changes else None
    periods = []
    for network, months in made.groups():
        before = next((one.sets for one in plain.periods if months[0] in one.months), None) if plain else None
        sets = make_choice_sets(network, cargo, wants, change_cost=change_cost, undisturbed=before)
        limits = make_limit_delays(
            network, gather_year_limits(Group(made, network, months, cargo), lines), facilities=facilities, links=links
        )
        amount = wants.amount_t[:, list(months)].sum(axis=1)
        periods.append(_period(tuple(months), sets, limits, amount, cargo, wants))
    asked = (year, facilities, links, change_cost)
    return PreparedYear(made, cargo, wants, tuple(periods), time.perf_counter() - began, asked)


_PLAIN: dict[int, Corridor] = {}


def _undisturbed(corridor: Corridor) -> Corridor:
    """The corridor without the changes of a scenario; one object for all scenarios of one set of tables."""
    known = _PLAIN.get(id(corridor.base))
    if known is None or known.base is not corridor.base:
        _PLAIN.clear()
        known = _PLAIN[id(corridor.base)] = replace(corridor, changes=(), day=None)
    return known


def convergence_of(points: Sequence[FixedPoint]) -> FlowConvergence:
    """One report over all periods: the worst residual, all rounds."""
    rounds = tuple(
        {"period": float(number), "iteration": float(line.iteration), "residual": line.residual,
         "user_equilibrium_gap": line.gap, "step": line.step}
        for number, point in enumerate(points)
        for line in point.rounds
    )  # fmt: skip
    return FlowConvergence(
        relative_gap=max((point.residual for point in points), default=0.0),
        iterations=sum(len(point.rounds) for point in points),
        seconds=sum(point.seconds for point in points),
        converged=all(point.converged for point in points),
        rounds=rounds,
    )


def flow_defaults() -> list[dict[str, Any]]:
    """Assumptions of the equilibrium that stand in no table."""
    return [
        *delay_defaults(),
        {"name": "demand_year", "value": 2024, "basis": "assumption",
         "reason": "every year has the demand of 2024 times the growth: no later year is forecast"},
        {"name": "average_month", "value": 1, "basis": "assumption",
         "reason": "a period is the average of its months; peaks within it are left to the simulation"},
    ]  # fmt: skip


def _period(
    months: tuple[int, ...], sets: ChoiceSets, limits: LimitDelays, amount: Floats, cargo: Cargo, wants: Wants
) -> Period:
    """Which path uses and waits at which limit."""
    n_paths, n_limits, n_arcs = sets.n_paths, len(limits.limits), sets.network.n_arcs
    owner = np.repeat(np.arange(n_paths), np.diff(sets.arc_first))
    kind = wants.cargo[sets.want]
    rows, columns, units, waits = [], [], [], []
    for number, limit in enumerate(limits.limits):
        place = np.full(n_arcs, -1)
        place[limit.arcs] = np.arange(limit.arcs.size)
        used = place[sets.arcs]
        steps = np.flatnonzero(used >= 0)
        each = limit.usage[kind[owner[steps]], used[steps]]
        rows.append(owner[steps])
        columns.append(np.full(steps.size, number))
        units.append(each)
        waits.append(each > 0.0)
    index = (np.concatenate(rows), np.concatenate(columns)) if rows else (np.zeros(0, int), np.zeros(0, int))
    shape = (n_paths, n_limits)
    use = sparse.csr_array((np.concatenate(units) if units else np.zeros(0), index), shape=shape)
    passes = sparse.csr_array((np.concatenate(waits).astype(float) if waits else np.zeros(0), index), shape=shape)
    passes.data[:] = np.minimum(passes.data, 1.0)  # unloading and loading at one berth is one wait for it
    return Period(months, sets, limits, amount, use, passes)


def _begin(start: Assigned | None, number: int, period: Period) -> Floats | None:
    """Utilisations of a neighbour for the same limits, by their names; 0 for limits that it does not have."""
    if start is None or not start.flows:
        return None
    old = start.flows[min(number, len(start.flows) - 1)]
    known = dict(zip((limit.id for limit in old.limits), old.used / np.maximum(old.capacity, 1e-9), strict=True))
    return np.array([known.get(limit.id, 0.0) for limit in period.limits.limits])


def _notes(points: Sequence[FixedPoint]) -> tuple[str, ...]:
    return tuple(
        f"Period {number + 1} stopped at a residual of {point.residual:.2g}: its flows are near an equilibrium."
        for number, point in enumerate(points)
        if not point.converged
    )


def _too_full(flows: Sequence[PeriodFlows]) -> list[str]:
    """Limits that more is sent to than they can take: an equilibrium makes it wait, it leaves nothing behind."""
    sent: dict[str, list[float]] = {}
    for period in flows:
        for limit, used, capacity in zip(period.limits, period.used, period.capacity, strict=True):
            both = sent.setdefault(limit.row, [0.0])
            both[0] = max(both[0], float(used / capacity) if capacity > 0 else 0.0)
    full = sorted(((most[0], row) for row, most in sent.items() if most[0] > 1.0), reverse=True)
    if not full:
        return []
    named = ", ".join(f"{row} {100 * most:.0f} %" for most, row in full[:_NAMED])
    more = f" and {len(full) - _NAMED} more" if len(full) > _NAMED else ""
    return [f"More is sent than fits through {named}{more}: waits there say too full, not how long it takes; "
            "`--method capacity` says what can be carried."]  # fmt: skip


def with_constants(classes: Sequence[ChoiceClass], constants: Mapping[str, Mapping[str, float]]) -> list[ChoiceClass]:
    """The classes with other constants, by class and way."""
    return [replace(one, constants=dict(constants.get(one.id, one.constants))) for one in classes]
