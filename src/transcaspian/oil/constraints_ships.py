"""What tankers and their berths can carry. One function per constraint."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from transcaspian.oil.dated import Floats
from transcaspian.oil.network import OilNetwork
from transcaspian.oil.program import INF, Block, Columns, Window, terms


def fleet(window: Window, columns: Columns) -> Block:
    """A fleet has so many ships at work; each kt takes round trip / payload ship-days.

    sum_h lift[c,h] roundtrip_ch / payload_ch <= ships_c
    """
    net, series = window.network, window.series
    now = (terms(net.lift_tanker, columns.numbers(columns.lift), _finite(series.lift_days)),)
    return Block("fleet", net.tanker_id, now, np.full_like(series.ships, -INF), series.ships)


def shuttle_payload(window: Window, columns: Columns) -> Block:
    """What crosses the sea is aboard a tanker, kt/d.

    sum_g flow[l(h),g] = sum_c lift[c,h]
    """
    net, steps = window.network, window.steps
    rows, arcs = np.nonzero(net.shuttle_link[:, None] == net.arc_link[None, :])
    now = (
        terms(rows, columns.flow.start + arcs, 1.0),
        terms(net.lift_shuttle, columns.numbers(columns.lift), -1.0),
    )
    nothing = np.zeros((steps, len(net.shuttle_id)))
    return Block("shuttle_payload", net.shuttle_id, now, nothing, nothing)


def berth_time(window: Window, columns: Columns) -> Block:
    """Calls of all shuttles share the berths with dry cargo and ferries, berth-hours a day.

    sum_{h at b} sum_c lift[c,h] / payload_ch * hours_b <= 24 servers_b (1 - other_b)
    """
    net, series = window.network, window.series
    berth, lift = _lifts_at(net)
    now = (terms(berth, columns.lift.start + lift, _finite(series.lift_calls[:, lift] * series.berth_call[:, berth])),)
    return Block("berth_time", net.berth_id, now, np.full_like(series.berth_hours, -INF), series.berth_hours)


def berth_tonnes(window: Window, columns: Columns) -> Block:
    """Pumps, arms and tanks behind the berths pass no more than their rating, kt/d.

    sum_{h at b} sum_c lift[c,h] <= cap_b
    """
    net = window.network
    berth, lift = _lifts_at(net)
    now = (terms(berth, columns.lift.start + lift, 1.0),)
    cap = window.series.berth_cap
    return Block("berth_tonnes", net.berth_id, now, np.full_like(cap, -INF), cap)


def _lifts_at(net: OilNetwork) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Berth and lift wherever a lift's shuttle begins or ends at a berth."""
    berths = np.arange(len(net.berth_id))[:, None]
    at = (net.shuttle_from[net.lift_shuttle] == berths) | (net.shuttle_to[net.lift_shuttle] == berths)
    berth, lift = np.nonzero(at)
    return berth, lift


def _finite(values: Floats) -> Floats:
    # A lift that cannot be made has the upper bound 0; its coefficient only must be a number.
    return np.where(np.isfinite(values), values, 1.0)
