"""What each limit is worth: duals turned into money for a tonne, and for one mooring, ship, tank or point more.

A dual is the change of the objective, kUSD, for one unit of the right-hand side of one step. Over the days of the step
and without the discount it becomes USD for a tonne that the limit would let pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from transcaspian.oil.accounts import Plan
from transcaspian.oil.dated import Floats
from transcaspian.oil.planning import Run
from transcaspian.oil.series import Series

_LEAST_USD_PER_T = 0.5  # below this a dual is the discount at work (half a thousandth of a price), not scarcity
_USED_KT_PER_D = 1e-3
TANK_KT = 100.0  # one tank of 100,000 m3 holds somewhat less; the worth is said for 0.1 Mt


@dataclass(frozen=True, slots=True)
class Binding:
    """A limit that held something back: its mean worth on the days it did."""

    id: str
    limit: str  # name of the constraint
    dual_usd_per_t: float
    days: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What one unit more of a limit would have earned over the run, at the margin."""

    id: str
    unit: str
    usd: float


def bindings(run: Run, plan: Plan, series: Series, normal: Series, discount: Floats) -> list[Binding]:
    """Limits with a price, the dearest first; `normal` are the series without the scenario."""
    found = []
    for limit, row_id, worth in _prices(run, plan, series, normal, discount):
        held = worth > _LEAST_USD_PER_T
        if held.any():
            days = run.days[held]
            found.append(Binding(row_id, limit, float((worth[held] * days).sum() / days.sum()), float(days.sum())))
    return sorted(found, key=lambda one: (-one.dual_usd_per_t * one.days, one.id))


def _prices(
    run: Run, plan: Plan, series: Series, normal: Series, discount: Floats
) -> Iterator[tuple[str, str, Floats]]:
    """Constraint, id, and worth of each step in USD/t, shape (T,)."""
    net = run.network
    scale = (run.days * discount)[:, None]
    for limit, ids in (
        ("link_capacity", net.link_id),
        ("mooring_loading", net.mooring_id),
        ("contract", net.contract_id),
        ("berth_tonnes", net.berth_id),
    ):
        worth = np.maximum(0.0, -plan.duals[limit] / scale)
        if limit == "link_capacity":
            worth = np.where(series.link_cap + normal.link_cap > 0, worth, 0.0)  # plans not built bind nothing
        yield from ((limit, row_id, worth[:, row]) for row, row_id in enumerate(ids))
    # A step of the ramp is flow on all later days on which the route runs above its nomination.
    above = (plan.of(plan.columns.extra) > _USED_KT_PER_D) * run.days[:, None]
    later = np.maximum(run.days[:, None], np.cumsum(above[::-1], axis=0)[::-1])
    worth = np.maximum(0.0, -plan.duals["nomination_ramp"] / discount[:, None] / later)
    yield from (("nomination_ramp", row_id, worth[:, row]) for row, row_id in enumerate(net.route_id))
    worth = np.maximum(0.0, -plan.duals["storage"] / discount[:, None])
    yield from (("storage", row_id, worth[:, row]) for row, row_id in enumerate(net.store_id))
    lag = np.maximum(0.0, -plan.reduced[:, plan.columns.extra] / scale)
    yield from (("nomination_lag", row_id, lag[:, row]) for row, row_id in enumerate(net.route_id))
    ships = np.maximum(0.0, -plan.duals["fleet"] / scale)
    for tanker, row_id in enumerate(net.tanker_id):
        yield "fleet", row_id, ships[:, tanker] * _best(series.lift_days, net.lift_tanker == tanker)
    hours = np.maximum(0.0, -plan.duals["berth_time"] / scale)
    for berth, row_id in enumerate(net.berth_id):
        ends = (net.shuttle_from[net.lift_shuttle] == berth) | (net.shuttle_to[net.lift_shuttle] == berth)
        yield "berth_time", row_id, hours[:, berth] * series.berth_call[:, berth] * _best(series.lift_calls, ends)
    points = np.maximum(0.0, -plan.duals["quality"] / scale)
    gap = series.quality.reshape(run.days.size, len(net.quality_id), len(net.grade_id))
    for row, row_id in enumerate(net.quality_id):
        yield "quality", row_id, points[:, row] * gap[:, row, :].max(axis=1)


def _best(values: Floats, columns: np.typing.NDArray[np.bool_]) -> Floats:
    """The least finite value of some columns of each step, 0 where there is none."""
    own = np.where(np.isfinite(values[:, columns]), values[:, columns], np.inf)
    least = own.min(axis=1, initial=np.inf)
    return np.where(np.isfinite(least), least, 0.0)


def worths(run: Run, plan: Plan, series: Series) -> list[Worth]:
    """One more mooring, ship, tank, centimetre or point: what it would have earned over the run, discounted."""
    net = run.network
    found = [
        Worth(row_id, "mooring", _sum(plan, "mooring_loading", row, _rate(run, row)))
        for row, row_id in enumerate(net.mooring_id)
    ]
    found += [Worth(row_id, "0.1 Mt of tanks", _sum(plan, "storage", row, TANK_KT)) for row, row_id in
              enumerate(net.store_id)]  # fmt: skip
    found += [Worth(row_id, "ship", _sum(plan, "fleet", row, 1.0)) for row, row_id in enumerate(net.tanker_id)]
    found += [Worth(row_id, "berth", _sum(plan, "berth_time", row, 24.0)) for row, row_id in enumerate(net.berth_id)]
    found += [Worth(row_id, "1 Mt/yr", _sum(plan, "contract", row, 1000 / 365)) for row, row_id in
              enumerate(net.contract_id)]  # fmt: skip
    found += [Worth(row_id, "1 Mt/yr", _sum(plan, "link_capacity", row, 1000 / 365)) for row, row_id in
              enumerate(net.link_id)]  # fmt: skip
    flow = plan.of(plan.columns.flow)
    for row, row_id in enumerate(net.quality_id):
        whole = flow[:, net.arc_link == net.quality_link[row]].sum(axis=1)
        found.append(Worth(row_id, "percentage point", float(-1000 * (plan.duals["quality"][:, row] * whole).sum())))
    found += _draught(run, plan, series)
    return sorted((one for one in found if one.usd > 1.0), key=lambda one: (-one.usd, one.id))


def _sum(plan: Plan, limit: str, row: int, unit: float | Floats) -> float:
    return float(-1000 * (plan.duals[limit][:, row] * unit).sum())


def _rate(run: Run, mooring: int) -> float:
    table = run.corridor["oil_moorings"]
    return 1000.0 * float(table.floats("rate_mt_per_day")[mooring])


def _draught(run: Run, plan: Plan, series: Series) -> list[Worth]:
    """A centimetre of draught saves each lift immersion / payload of its ship-days."""
    net, vessels = run.network, run.corridor["vessels"]
    lift = plan.of(plan.columns.lift)
    fleets = run.corridor["oil_tankers"].texts("fleet")
    worth = np.zeros(len(net.shuttle_id))
    for number, (tanker, shuttle) in enumerate(zip(net.lift_tanker, net.lift_shuttle, strict=True)):
        crew = [row for row, fleet in enumerate(vessels.texts("fleet")) if fleet == fleets[tanker]]
        used = np.isfinite(series.lift_days[:, number]) & (series.lift_days[:, number] > 0)
        if not crew or not used.any():
            continue
        immersion_kt = float(np.nanmean(vessels.floats("immersion_t_per_cm")[crew])) / 1000
        share = series.lift_calls[used, number] * immersion_kt  # of the payload, as calls are 1 / payload
        days = lift[used, number] * series.lift_days[used, number]
        worth[shuttle] += float(-1000 * (plan.duals["fleet"][used, tanker] * days * share).sum())
    return [Worth(row_id, "cm of draught", usd) for row_id, usd in zip(net.shuttle_id, worth, strict=True)]
