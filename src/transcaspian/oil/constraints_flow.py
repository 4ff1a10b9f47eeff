"""Where oil goes: nodes, links, moorings, tanks and markets. One function per constraint."""

from __future__ import annotations

import numpy as np

from transcaspian.oil.program import INF, Block, Columns, Window, spread, terms


def balance(window: Window, columns: Columns) -> Block:
    """Nothing is lost at any node, for any grade, in any step, kt/d.

    in - out + make - sale - (stock_t - stock_{t-1}) / days_t = 0
    """
    net, steps = window.network, window.steps
    rate = 1.0 / window.days[:, None] * np.ones(net.stock_pair.size)
    first = np.zeros((steps, net.pair_node.size))
    np.subtract.at(first[0], net.stock_pair, window.stock / window.days[0])
    stock = columns.numbers(columns.stock)
    flow = columns.numbers(columns.flow)
    return Block(
        "balance",
        tuple(f"{net.node_id[n]}|{net.grade_id[g]}" for n, g in zip(net.pair_node, net.pair_grade, strict=True)),
        (
            terms(net.arc_to, flow, 1.0),
            terms(net.arc_from, flow, -1.0),
            terms(net.field_pair, columns.numbers(columns.make), 1.0),
            terms(net.sale_pair, columns.numbers(columns.sale), -1.0),
            terms(net.stock_pair, stock, -rate),
        ),
        first,
        first,
        before=(terms(net.stock_pair, stock, rate),),
    )


def link_capacity(window: Window, columns: Columns) -> Block:
    """A link carries no more than its capacity, less the oil of others, kt/d.

    sum_g flow[l,g] <= cap_l
    """
    net = window.network
    cap = window.series.link_cap
    now = (terms(net.arc_link, columns.numbers(columns.flow), 1.0),)
    return Block("link_capacity", net.link_id, now, np.full_like(cap, -INF), cap)


def mooring_loading(window: Window, columns: Columns) -> Block:
    """Moorings load while the sea lets them, kt/d.

    sum_g flow[l(m),g] <= rate_m min(servers_m, in use_m) weather_m
    """
    net = window.network
    # 0 x infinity: a mooring without a rate is still shut by a storm.
    cap = np.where(window.weather > 0, window.series.mooring_cap * np.maximum(window.weather, 1e-12), 0.0)
    rows, arcs = np.nonzero(net.mooring_link[:, None] == net.arc_link[None, :])
    now = (terms(rows, columns.flow.start + arcs, 1.0),)
    return Block("mooring_loading", net.mooring_id, now, np.full_like(cap, -INF), cap)


def storage(window: Window, columns: Columns) -> Block:
    """Tanks hold no more than they can, and keep what cannot be drawn, kt.

    min(least_s, stock_0) <= sum_g stock[s,g] <= max(capacity_s, stock_0)

    Tanks that shrink or close take no more; what stands in them at the start may stay.
    """
    net, series = window.network, window.series
    held = np.zeros(len(net.store_id))
    np.add.at(held, net.stock_store, window.stock)
    least = np.minimum(series.store_min, np.minimum(held, series.store_cap))
    now = (terms(net.stock_store, columns.numbers(columns.stock), 1.0),)
    return Block("storage", net.store_id, now, least, np.maximum(series.store_cap, held))


def stock_level(window: Window, columns: Columns) -> Block:
    """Undisturbed tanks stay as full as on the first day, as tankers follow the intake; a draw below it costs, kt.

    sum_g stock[s,g] + under_s >= level_s

    Above the level nothing is asked: oil sold sooner earns more, so that tanks empty down to it.
    """
    net = window.network
    now = (
        terms(net.stock_store, columns.numbers(columns.stock), 1.0),
        terms(np.arange(len(net.store_id)), columns.numbers(columns.under), 1.0),
    )
    level = spread(window.level, window.steps)
    return Block("stock_level", net.store_id, now, level, np.full_like(level, INF))


def market_demand(window: Window, columns: Columns) -> Block:
    """A refinery gets what it needs or falls short of it; a market takes no more than it can, kt/d.

    sum_g sale[m,g] + short_m = demand_m   (refinery),   sum_g sale[m,g] <= demand_m   (market)
    """
    net = window.network
    demand = window.series.demand
    now = (
        terms(net.sale_market, columns.numbers(columns.sale), 1.0),
        terms(np.arange(len(net.market_id)), columns.numbers(columns.short), 1.0),
    )
    lower = np.where(net.market_refinery, demand, -INF)
    return Block("market_demand", net.market_id, now, lower, demand)
