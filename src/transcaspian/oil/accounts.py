"""From the variables of a plan to what people ask for: flows by route and grade, stocks, production, money.

Everything is counted from the carried-out flows; nothing is taken from the solver's objective, which holds aids beside
money (booking, parts of a cut, the level of tanks).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from transcaspian.oil.dated import Floats
from transcaspian.oil.network import OilNetwork
from transcaspian.oil.planning import Run, end_values
from transcaspian.oil.program import Columns
from transcaspian.oil.series import Series

# Values pass from node to node; few lines run both ways, so that some rounds settle what a matrix would.
_MOST_ROUNDS, _SAME_USD = 500, 1e-9
_MOVED_KT = 1e-3


class Plan(Protocol):
    """What a solved or carried-out plan offers."""

    @property
    def columns(self) -> Columns:
        """Where the variables stand."""

    @property
    def values(self) -> Floats:
        """Variables, shape (T, columns)."""

    @property
    def reduced(self) -> Floats:
        """Reduced costs, shape (T, columns)."""

    @property
    def duals(self) -> dict[str, Floats]:
        """Duals by constraint, shape (T, rows)."""

    def of(self, group: slice) -> Floats:
        """One group of variables, shape (T, n)."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of one plan, step by step, in kt (stocks: at the end of the step)."""

    production_kt: Floats  # (T, fields)
    route_kt: Floats  # (T, routes), Kazakh oil
    route_grade_kt: Floats  # (routes, grades), whole run
    link_kt: Floats  # (T, links), all oil, that of others too
    stock_kt: Floats  # (T, stores)
    sale_kt: Floats  # (T, sales)
    short_kt: Floats  # (T, markets): refineries
    revenue_usd: float  # Kazakh oil sold, and what is left in tanks above the first stock
    transport_usd: float
    penalty_usd: float  # departures from nominations, refineries short, restarts

    @property
    def value_usd(self) -> float:
        """What the Kazakh oil of the run is worth after all costs."""
        return self.revenue_usd - self.transport_usd - self.penalty_usd


def outcome_of(run: Run, plan: Plan, series: Series, worth: Floats | None = None) -> Outcome:
    """Count a plan of a run; `series` are the true ones of its steps, `worth` the value of a tonne in each tank.

    Without `worth` a tank is worth what its oil earned on the ways it took in this plan.
    """
    net, columns, days = run.network, plan.columns, run.days[:, None]
    flow = np.maximum(0.0, plan.of(columns.flow)) * days
    sale = np.maximum(0.0, plan.of(columns.sale)) * days
    lift = np.maximum(0.0, plan.of(columns.lift)) * days
    link = np.zeros((days.size, len(net.link_id)))
    np.add.at(link.T, net.arc_link, flow.T)
    route = np.stack([flow[:, net.route_arcs(r)].sum(axis=1) for r in range(len(net.route_id))], axis=1) \
        if net.route_id else np.zeros((days.size, 0))  # fmt: skip
    by_grade = np.zeros((len(net.route_id), len(net.grade_id)))
    for number in range(len(net.route_id)):
        arcs = net.route_arcs(number)
        np.add.at(by_grade[number], net.arc_grade[arcs], flow[:, arcs].sum(axis=0))
    stocks = np.maximum(0.0, plan.of(columns.stock))
    store = np.zeros((days.size, len(net.store_id)))
    np.add.at(store.T, net.stock_store, stocks.T)
    home_arc, home_sale = net.grade_home[net.arc_grade], net.grade_home[net.pair_grade[net.sale_pair]]
    home_stock = net.grade_home[net.pair_grade[net.stock_pair]]
    left = (stocks[-1] - run.stock) * (stock_values(run, plan, series) if worth is None else worth)
    cost = (flow * series.link_cost[:, net.arc_link])[:, home_arc].sum() + (lift * series.freight).sum()
    departed = plan.of(columns.missed) + np.where(series.nominated > 0, plan.of(columns.extra), 0.0)
    missed = (departed * days * series.ship_or_pay).sum()
    short = plan.of(columns.short) * days
    restart = plan.of(columns.deep)[:, net.grade_home[net.field_grade]] * days * run.settings.restart_usd_per_t
    return Outcome(
        production_kt=plan.of(columns.make) * days,
        route_kt=route,
        route_grade_kt=by_grade,
        link_kt=link + series.link_other * days,
        stock_kt=store,
        sale_kt=sale,
        short_kt=short,
        revenue_usd=float(1000 * ((sale * series.price)[:, home_sale].sum() + left[home_stock].sum())),
        transport_usd=float(1000 * cost),
        penalty_usd=float(1000 * (missed + (short * series.short_cost).sum() + restart.sum())),
    )


@dataclass(frozen=True, slots=True)
class Netback:
    """What a tonne of a field earns on a route, price less all costs from the field to the market, USD/t."""

    field_id: str
    route_id: str
    mt: float
    usd_per_t: float


def stock_values(run: Run, plan: Plan, series: Series) -> Floats:
    """What a tonne in each tank earned when it went on as it did, USD/t, shape (stocks,).

    Where nothing went on, the best way out stands in.
    """
    net = run.network
    flow, sale, cost, price = _whole_run(run, plan, series)
    onward = _onward(net, flow, sale, cost, price)[net.stock_pair]
    gone = np.zeros(net.pair_node.size)
    np.add.at(gone, net.arc_from, flow)
    return np.where(gone[net.stock_pair] > _MOVED_KT, onward, end_values(net, series, -1, 1.0))


def netbacks(run: Run, plan: Plan, series: Series) -> list[Netback]:
    """Netback of each Kazakh field on each route that it used, over the whole run.

    Where ways meet, oil is mixed: values of the ways that lead on are averaged by tonnes, and so are the costs of the
    ways that lead here.
    """
    net, columns, days = run.network, plan.columns, run.days[:, None]
    flow, sale, cost, price = _whole_run(run, plan, series)
    onward = _onward(net, flow, sale, cost, price)
    made = np.zeros(net.pair_node.size)
    np.add.at(made, net.field_pair, np.maximum(0.0, plan.of(columns.make) * days).sum(axis=0))
    before = _spent_before(net, flow, cost, made)
    found = []
    for field in np.flatnonzero(net.grade_home[net.field_grade]):
        for route in range(len(net.route_id)):
            arcs = [arc for arc in net.route_arcs(route) if net.arc_grade[arc] == net.field_grade[field]]
            tonnes = float(flow[arcs].sum())
            if tonnes <= 1e-6:
                continue
            worth = sum(flow[arc] * (onward[net.arc_to[arc]] - cost[arc] - before[net.arc_from[arc]]) for arc in arcs)
            found.append(Netback(net.field_id[field], net.route_id[route], tonnes / 1000, float(worth / tonnes)))
    return found


def _whole_run(run: Run, plan: Plan, series: Series) -> tuple[Floats, Floats, Floats, Floats]:
    """Flow of each arc and tonnes of each sale, kt, with their mean cost and price, USD/t."""
    net, columns, days = run.network, plan.columns, run.days[:, None]
    flow = np.maximum(0.0, plan.of(columns.flow)) * days
    sale = np.maximum(0.0, plan.of(columns.sale)) * days
    freight = _freight(net, plan, series, days)
    cost = series.link_cost[:, net.arc_link] + np.where(
        np.isin(net.arc_link, net.shuttle_link), freight[net.arc_link], 0.0
    )
    return flow.sum(axis=0), sale.sum(axis=0), _mean(cost, flow), _mean(series.price, sale)


def _freight(net: OilNetwork, plan: Plan, series: Series, days: Floats) -> Floats:
    """Mean freight of the tankers on each link, USD/t."""
    lift = np.maximum(0.0, plan.of(plan.columns.lift)) * days
    paid, carried = np.zeros(len(net.link_id)), np.zeros(len(net.link_id))
    link = net.shuttle_link[net.lift_shuttle]
    np.add.at(paid, link, (lift * series.freight).sum(axis=0))
    np.add.at(carried, link, lift.sum(axis=0))
    return np.divide(paid, carried, out=np.zeros_like(paid), where=carried > 1e-9)


def _mean(values: Floats, weights: Floats) -> Floats:
    whole = weights.sum(axis=0)
    found: Floats = np.divide((values * weights).sum(axis=0), whole, out=np.zeros(whole.size), where=whole > 1e-9)
    return found


def _onward(net: OilNetwork, flow: Floats, sale: Floats, cost: Floats, price: Floats) -> Floats:
    """Mean value of a tonne at each pair when it goes on as it did: w = sum share (w_to - cost) + share price."""
    size = net.pair_node.size
    out = np.zeros(size)
    np.add.at(out, net.arc_from, flow)
    np.add.at(out, net.sale_pair, sale)
    out = np.maximum(out, 1e-9)
    goes, sold = flow / out[net.arc_from], np.zeros(size)
    np.add.at(sold, net.sale_pair, sale * price / out[net.sale_pair])
    worth = sold
    for _ in range(_MOST_ROUNDS):
        after = sold.copy()
        np.add.at(after, net.arc_from, goes * (worth[net.arc_to] - cost))
        if np.abs(after - worth).max(initial=0.0) < _SAME_USD:
            break
        worth = after
    return worth


def _spent_before(net: OilNetwork, flow: Floats, cost: Floats, made: Floats) -> Floats:
    """Mean cost a tonne has had on its way to each pair; what a field makes there has had none."""
    size = net.pair_node.size
    come = made.copy()
    np.add.at(come, net.arc_to, flow)
    comes = flow / np.maximum(come, 1e-9)[net.arc_to]
    spent = np.zeros(size)
    for _ in range(_MOST_ROUNDS):
        after = np.zeros(size)
        np.add.at(after, net.arc_to, comes * (spent[net.arc_from] + cost))
        if np.abs(after - spent).max(initial=0.0) < _SAME_USD:
            break
        spent = after
    return spent
