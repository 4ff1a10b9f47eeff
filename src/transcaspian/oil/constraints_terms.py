"""What is agreed: nominations and their lags, contracts and quotas, quality, who is cut with whom."""

from __future__ import annotations

import numpy as np

from transcaspian.oil.program import INF, Block, Columns, Window, terms


def nomination(window: Window, columns: Columns) -> Block:
    """A route carries its nomination, plus what is asked for above it, less what does not come, kt/d.

    sum_{KZ g} flow[l(r),g] - extra_r + missed_r = nominated_r      (free for a route without nomination)
    """
    net, series = window.network, window.series
    routes, arcs = np.nonzero((net.route_link[:, None] == net.arc_link) & net.grade_home[net.arc_grade])
    own = np.arange(len(net.route_id))
    free = series.nominated == 0
    now = (
        terms(routes, columns.flow.start + arcs, 1.0),
        terms(own, columns.numbers(columns.extra), -1.0),
        terms(own, columns.numbers(columns.missed), 1.0),
    )
    lower = np.where(free, -INF, series.nomination)
    return Block("nomination", net.route_id, now, lower, np.where(free, INF, series.nomination))


def nomination_ramp(window: Window, columns: Columns) -> Block:
    """What a route carries above its nomination rises no faster than nominations can, kt/d.

    extra_r,t - extra_r,t-1 <= ramp_r days
    """
    net, series = window.network, window.series
    own, extra = np.arange(len(net.route_id)), columns.numbers(columns.extra)
    # From the middle of one step to the middle of the next.
    gap = np.empty(window.steps)
    gap[0] = window.days[0]
    gap[1:] = (window.days[1:] + window.days[:-1]) / 2
    upper = series.ramp * gap[:, None]
    upper[0] += window.extra
    before = (terms(own, extra, -1.0),)
    return Block("nomination_ramp", net.route_id, (terms(own, extra, 1.0),), np.full_like(upper, -INF), upper, before)


def contract(window: Window, columns: Columns) -> Block:
    """A contract or quota caps the Kazakh oil of its routes, kt/d.

    sum_{r in c} sum_{KZ g} flow[l(r),g] <= cap_c
    """
    net = window.network
    on_route = (net.route_link[:, None] == net.arc_link) & net.grade_home[net.arc_grade]
    rows, arcs = np.nonzero(net.contract_route.astype(int) @ on_route.astype(int))
    cap = window.series.contract_cap
    now = (terms(rows, columns.flow.start + arcs, 1.0),)
    return Block("contract", net.contract_id, now, np.full_like(cap, -INF), cap)


def quality(window: Window, columns: Columns) -> Block:
    """A blend keeps its limit: properties blend linearly by mass, percent times kt/d.

    sum_g (property_g - limit_q) flow[l(q),g] <= 0
    """
    net, steps = window.network, window.steps
    rows, arcs = np.nonzero(net.quality_link[:, None] == net.arc_link)
    gap = window.series.quality.reshape(steps, len(net.quality_id), len(net.grade_id))
    now = (terms(rows, columns.flow.start + arcs, gap[:, rows, net.arc_grade[arcs]]),)
    upper = np.zeros((steps, len(net.quality_id)))
    return Block("quality", net.quality_id, now, np.full_like(upper, -INF), upper)


def pro_rata(window: Window, columns: Columns) -> Block:
    """Foreign oil is cut no deeper than the Kazakh oil of the same link, kt/d.

    make_f - share_f sum_{KZ g} flow[l(f),g] >= 0,      share_f = potential_f / Kazakh oil that wants to pass
    """
    net = window.network
    own = np.flatnonzero(net.field_pro_rata >= 0)
    rows, arcs = np.nonzero((net.field_pro_rata[own][:, None] == net.arc_link) & net.grade_home[net.arc_grade])
    now = (
        terms(np.arange(own.size), columns.make.start + own, 1.0),
        terms(rows, columns.flow.start + arcs, -window.share[:, own[rows]]),
    )
    lower = np.zeros((window.steps, own.size))
    ids = tuple(net.field_id[field] for field in own)
    return Block("pro_rata", ids, now, lower, np.full_like(lower, INF))


def losses(window: Window, columns: Columns) -> Block:
    """What each shipper of CPC was cut since the start, kt.

    lost_f,t = lost_f,t-1 + days (potential_f - make_f)
    """
    net = window.network
    own = np.flatnonzero(net.field_shipper)
    rows, lost = np.arange(own.size), columns.numbers(columns.lost)
    days = window.days[:, None] * np.ones(own.size)
    now = (terms(rows, lost, 1.0), terms(rows, columns.make.start + own, days))
    potential = days * window.series.production[:, own]
    potential[0] += window.lost
    ids = tuple(net.field_id[field] for field in own)
    return Block("losses", ids, now, potential, potential, before=(terms(rows, lost, -1.0),))


def apportion(window: Window, columns: Columns) -> Block:
    """Shippers of one line lose alike over the run: none more than the worst, which costs, kt.

    lost_f,T <= worst (past_f + sum_t days potential_f,t)      (of the last step)
    """
    net = window.network
    own = np.flatnonzero(net.field_shipper)
    whole = window.past + (window.series.production[:, own] * window.days[:, None]).sum(axis=0)
    rows = np.arange(own.size)
    now = (
        terms(rows, columns.numbers(columns.lost), -1.0),
        terms(rows, np.full(own.size, columns.worst.start), np.broadcast_to(whole, (window.steps, own.size))),
    )
    lower = np.full((window.steps, own.size), -INF)
    lower[-1] = 0.0
    return Block("apportion", tuple(net.field_id[f] for f in own), now, lower, np.full_like(lower, INF))
