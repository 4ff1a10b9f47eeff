"""What fields can do: turn down, shut and come back. One function per constraint; the potential is a bound."""

from __future__ import annotations

import numpy as np

from transcaspian.oil.dated import Floats
from transcaspian.oil.program import INF, Block, Columns, Window, terms


def turn_down(window: Window, columns: Columns) -> Block:
    """Below its turn-down a field costs extra, kt/d.

    make_f + deep_f >= turn_down_f potential_f
    """
    net, series = window.network, window.series
    own = np.arange(len(net.field_id))
    now = (terms(own, columns.numbers(columns.make), 1.0), terms(own, columns.numbers(columns.deep), 1.0))
    lower = series.turn_down * series.production
    return Block("turn_down", net.field_id, now, lower, np.full_like(lower, INF))


def readiness(window: Window, columns: Columns) -> Block:
    """How warm a field is: production smoothed over its restart time W, kt/d.

    ready_t = a ready_{t-1} + (1 - a) make_t,      a = exp(-days / W)
    """
    net = window.network
    own = np.arange(len(net.field_id))
    keep = np.exp(-window.days[:, None] / _restart_days(window))
    first = np.zeros((window.steps, own.size))
    first[0] = keep[0] * window.ready
    ready = columns.numbers(columns.ready)
    now = (terms(own, ready, 1.0), terms(own, columns.numbers(columns.make), keep - 1.0))
    return Block("readiness", net.field_id, now, first, first, before=(terms(own, ready, -keep),))


def ramp_up(window: Window, columns: Columns) -> Block:
    """After a long shut-down a field comes back step by step, kt/d; a short stop leaves it warm.

    make_t <= ready_{t-1} + (1 - turn_down) normal_t (1 + (days - 1) / 2W) + (normal_t - normal_{t-1})+

    The second term is what a field can do cold, and its rise within a long step; the last one lets in new wells.
    """
    net = window.network
    own = np.arange(len(net.field_id))
    cold = 1.0 - window.series.turn_down
    within = 1.0 + (window.days[:, None] - 1.0) / (2.0 * _restart_days(window))
    rise = np.maximum(0.0, np.diff(np.vstack((window.normal_before, window.normal)), axis=0))
    upper = cold * window.normal * within + rise
    upper[0] += window.ready
    now = (terms(own, columns.numbers(columns.make), 1.0),)
    before = (terms(own, columns.numbers(columns.ready), -1.0),)
    return Block("ramp_up", net.field_id, now, np.full_like(upper, -INF), upper, before)


def _restart_days(window: Window) -> Floats:
    """W, shape (T, fields): a cold field rises by (1 - turn_down) / W of its rate a day, which is its ramp."""
    series = window.series
    return np.maximum(1e-3, (1.0 - series.turn_down) / np.maximum(series.ramp_up, 1e-6))
