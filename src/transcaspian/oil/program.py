"""The linear program's variables, the data of a window of steps, and the block form of its constraints.

Every step has the same columns and rows, and a step sees its own columns and those of the step before. So a constraint
is written once for one step (`constraints_*.py`), and `matrix.py` lays the steps beside each other.

Variables of step t (title, unit, bounds):

    flow[a]        oil of one grade on one link          kt/d    >= 0
    make[f]        production of a field                 kt/d    0 .. potential
    deep[f]        production below the turn-down        kt/d    >= 0
    ready[f]       smoothed production: how warm a field kt/d    >= 0
    sale[m,g]      oil taken by a market or refinery     kt/d    >= 0
    stock[s,g]     oil in a tank farm at the step's end  kt      >= 0
    under[s]       stock below its level                 kt      >= 0
    extra[r]       flow of a route above its nomination  kt/d    0 .. committed within the lag
    missed[r]      nominated oil that does not come      kt/d    >= 0
    lift[c,h]      oil carried by a fleet on a shuttle   kt/d    >= 0
    short[m]       oil a refinery does not get           kt/d    >= 0
    lost[f]        what a shipper of CPC was cut till now kt      >= 0
    worst          deepest loss among those shippers      share   0 .. 1, of the last step
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from transcaspian.oil.dated import Floats
from transcaspian.oil.network import OilNetwork
from transcaspian.oil.series import Series, Settings

Ints = npt.NDArray[np.int32]
INF = float("inf")
# Part of a tonne's worth that is booked when it is made, the rest when it is sold. With the discount the first lets a
# cut come as late as tanks permit, as nobody cuts before he must, and the second empties tanks after a stop.
BOOKED_AT_THE_WELL = 0.5
# Shippers are cut alike: it costs more to cut one deeper than all others than to spare a dearer way (some 20 USD/t).
APPORTION_USD_PER_T = 3.0
# The best way out is not open to every tonne, so a tank is no market: what is left above its level is worth less by
# this, and what is missing below it costs as much more, so that runs end as full as they began.
END_MARGIN_USD_PER_T = 30.0
# A tonne that must wait does so as near to its market as it can: fuller tanks there, not at the field.
WAITING_USD_PER_T_DAY = 0.01  # for each link still to go


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """All numbers of one program of T steps.

    `committed` bounds what a route may carry above its nomination (infinite once the lag is over); `share` is the
    foreign oil that goes with each Kazakh tonne of the link with which a field is cut, 0 where that is not asked.
    """

    network: OilNetwork
    settings: Settings
    series: Series
    days: Floats  # (T,) length of each step
    since_start: Floats  # (T,) days from the start of the run to the middle of each step, for the discount
    normal: Floats  # (T, fields) potential without the scenario
    normal_before: Floats  # (fields,) of the step before the first
    weather: Floats  # (T, moorings) share of the step in which they can load
    committed: Floats  # (T, routes)
    share: Floats  # (T, fields)
    level: Floats  # (stores,) stock to which a tank farm returns
    stock: Floats  # (stocks,) at the start
    ready: Floats  # (fields,)
    extra: Floats  # (routes,)
    lost: Floats  # (shippers,) what each was cut before the first step, kt
    past: Floats  # (shippers,) what each could have made before it, kt
    end_value: Floats  # (stocks,) USD/t of what is left at the end: discounted price less the way to it

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return int(self.days.size)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each variable stands among the columns of a step."""

    flow: slice
    make: slice
    deep: slice
    ready: slice
    sale: slice
    stock: slice
    under: slice
    extra: slice
    missed: slice
    lift: slice
    short: slice
    lost: slice
    worst: slice
    count: int

    @classmethod
    def of(cls, network: OilNetwork) -> Columns:
        """Lay the variables of a network side by side."""
        fields, stores, routes = len(network.field_id), len(network.store_id), len(network.route_id)
        sizes = (
            network.arc_link.size,
            fields,
            fields,
            fields,
            network.sale_pair.size,
            network.stock_pair.size,
            stores,
            routes,
            routes,
            network.lift_tanker.size,
            len(network.market_id),
            int(network.field_shipper.sum()),
            int(network.field_shipper.any()),
        )
        ends = np.cumsum((0, *sizes)).tolist()
        groups = [slice(first, last) for first, last in itertools.pairwise(ends)]
        values: list[Any] = [*groups, ends[-1]]  # slices in the order of the fields, then the count
        return cls(*values)

    def numbers(self, group: slice) -> Ints:
        """The columns of one group."""
        return np.arange(group.start, group.stop, dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Coefficients: rows and columns (n,) of one step, values (n,) or (T, n)."""

    rows: Ints
    columns: Ints
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The rows of one constraint: lower <= now + before <= upper; bounds (T, n_rows)."""

    name: str
    ids: tuple[str, ...]
    now: Sequence[Terms]
    lower: Floats
    upper: Floats
    before: Sequence[Terms] = ()  # on the columns of the step before; absent in the first step


Constraint = Callable[[Window, Columns], Block]


def terms(rows: npt.ArrayLike, columns: npt.ArrayLike, values: npt.ArrayLike) -> Terms:
    """Coefficients with the values spread over the rows."""
    own_rows = np.asarray(rows, dtype=np.int32)
    own = np.asarray(values, dtype=np.float64)
    if own.ndim < 2:
        own = np.broadcast_to(own, own_rows.shape)
    return Terms(own_rows, np.asarray(columns, dtype=np.int32), own)


def spread(values: npt.ArrayLike, steps: int) -> Floats:
    """The same bounds in every step."""
    own = np.asarray(values, dtype=np.float64)
    return np.broadcast_to(own, (steps, own.shape[-1]))


def objective(window: Window, columns: Columns) -> Floats:
    """Cost of one unit of each variable in each step, kUSD, shape (T, columns): minimised.

        sum_t days_t ( cost.flow + freight.lift - disc_t (price - well).sale - disc_t well.make
                       + restart.deep + short_cost.short + departure.(extra + missed) + stock_cost.under
                       + waiting.stock )
        + apportion.(potential of all days).worst_T
        - (end_value - disc_T well - margin).stock_T + 2 margin.under_T

    What is made and sold earns its price, so a cut tonne costs what it would have earned; `well` is the part booked at
    the well. Foreign oil pays no tariff here, and what the model gains by it is set low, so that it never displaces
    Kazakh oil.
    """
    network, series, settings = window.network, window.series, window.settings
    cost = np.zeros((window.steps, columns.count))
    home = network.grade_home[network.arc_grade]
    cost[:, columns.flow] = np.where(home, series.link_cost[:, network.arc_link], 0.0)
    cost[:, columns.deep] = settings.restart_usd_per_t
    well = BOOKED_AT_THE_WELL * np.where(network.grade_home, settings.price_usd_per_t, settings.foreign_value_usd_per_t)
    cost[:, columns.make] = -well[network.field_grade]
    cost[:, columns.sale] = well[network.pair_grade[network.sale_pair]] - series.price
    cost[:, columns.under] = settings.stock_usd_per_t_day
    cost[:, columns.missed] = series.ship_or_pay
    cost[:, columns.extra] = np.where(series.nominated > 0, series.ship_or_pay, 0.0)
    cost[:, columns.lift] = series.freight
    cost[:, columns.short] = series.short_cost
    # Money for moving and for departing is not discounted: oil moves on at once, not as late as it can.
    cost[:, columns.make] *= discount(window)[:, None]
    cost[:, columns.sale] *= discount(window)[:, None]
    cost[:, columns.stock] = WAITING_USD_PER_T_DAY * _links_to_go(network)[network.stock_pair]
    cost *= window.days[:, None]
    potential = window.past.sum() + (series.production * window.days[:, None])[:, network.field_shipper].sum()
    cost[-1, columns.worst] = APPORTION_USD_PER_T * potential
    left = window.end_value - end_discount(window) * well[network.pair_grade[network.stock_pair]]
    cost[-1, columns.stock] -= left - END_MARGIN_USD_PER_T
    cost[-1, columns.under] += 2 * END_MARGIN_USD_PER_T
    return cost


def _links_to_go(network: OilNetwork) -> Floats:
    """Links from each pair to the nearest market, shape (pairs,)."""
    far = np.full(network.pair_node.size, float(len(network.link_id)))
    far[network.sale_pair] = 0.0
    for _ in range(len(network.node_id)):
        before = far.copy()
        np.minimum.at(far, network.arc_from, far[network.arc_to] + 1.0)
        if np.array_equal(before, far):
            break
    return far


def discount(window: Window) -> Floats:
    """What money of each step is worth at the start, shape (T,)."""
    return np.asarray((1 + window.settings.discount_percent_per_year / 100) ** (-window.since_start / 365))


def end_discount(window: Window) -> float:
    """What money of the end of the last step is worth at the start."""
    after = float(window.since_start[-1] + window.days[-1] / 2)
    return float((1 + window.settings.discount_percent_per_year / 100) ** (-after / 365))


def variable_bounds(window: Window, columns: Columns) -> tuple[Floats, Floats]:
    """Lower and upper bounds of each variable in each step, shape (T, columns)."""
    network, series = window.network, window.series
    lower = np.zeros((window.steps, columns.count))
    upper = np.full((window.steps, columns.count), INF)
    upper[:, columns.make] = series.production
    upper[:, columns.extra] = window.committed
    upper[:, columns.lift] = np.where(np.isfinite(series.lift_days), INF, 0.0)
    upper[:, columns.short] = np.where(network.market_refinery, series.demand, 0.0)
    upper[:, columns.missed] = series.nomination
    upper[:, columns.worst] = 1.0
    return lower, upper
