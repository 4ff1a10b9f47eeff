"""Kernel: delay of a link as a function of its flow, with slope, curvature and integral.

Every delay is `free + scale * g(rho)`, where `rho` is the flow over the capacity and g one of three shapes with
g(0) = 0. Beyond the utilisation `knee` g goes on as its tangent, so that a queue keeps a finite delay however much is
sent to it. Which published function is which shape: `delays.py`. No checks, no names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit, tuple_type

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.int8]

# Members of a tuple must have exactly these types: numba converts read-only arrays only when they stand alone.
FLOATS = types.Array(types.float64, 1, "C")
BYTES = types.Array(types.int8, 1, "C")

POWER = 0  # g = rho ** exponent
QUEUE = 1  # g = rho ** exponent / (1 - rho)
CONICAL = 2  # g = Spiess's hyperbola less 1, exponent = his alpha


class DelayColumns(NamedTuple):
    """One row per link; all of shape (n_links,)."""

    shape: Bytes
    free: Floats  # delay of an empty link
    scale: Floats  # delay per unit of g
    per_capacity: Floats  # 1 / capacity; 0 where the delay is constant
    exponent: Floats
    knee: Floats  # utilisation from which g is a straight line


DELAY_COLUMNS = tuple_type((BYTES, FLOATS, FLOATS, FLOATS, FLOATS, FLOATS), DelayColumns)

# Gauss and Legendre's rule on (0, 1), 16 points: exact to rounding for g between a knee's panels (see `_integral`).
_POINTS, _WEIGHTS = (np.ascontiguousarray(column) for column in np.polynomial.legendre.leggauss(16))
_POINTS = 0.5 * (_POINTS + 1.0)
_WEIGHTS = 0.5 * _WEIGHTS


@njit()
def _power(rho: float, exponent: float) -> tuple[float, float, float]:
    """Value, slope and curvature of rho ** exponent."""
    if exponent == 4.0:  # nearly every road link: three multiplications instead of `pow`
        square = rho * rho
        return square * square, 4.0 * square * rho, 12.0 * square
    if exponent == 1.0:
        return rho, 1.0, 0.0
    if rho <= 0.0:
        return 0.0, 0.0, 2.0 if exponent == 2.0 else 0.0
    lower = rho ** (exponent - 2.0)
    return lower * rho * rho, exponent * lower * rho, exponent * (exponent - 1.0) * lower


@njit()
def _queue(rho: float, exponent: float) -> tuple[float, float, float]:
    """Value, slope and curvature of rho ** exponent / (1 - rho)."""
    value, slope, curvature = _power(rho, exponent)
    free = 1.0 / (1.0 - rho)
    value *= free
    slope = (slope + value) * free
    return value, slope, (curvature + 2.0 * slope) * free


@njit()
def _conical(rho: float, alpha: float) -> tuple[float, float, float]:
    """Value, slope and curvature of Spiess's hyperbola less 1."""
    beta = (2.0 * alpha - 1.0) / (2.0 * alpha - 2.0)
    spare = alpha * (1.0 - rho)
    root = np.sqrt(spare * spare + beta * beta)
    return 1.0 + root - spare - beta, alpha * (1.0 - spare / root), alpha * alpha * beta * beta / (root * root * root)


@njit()
def _curve(shape: int, rho: float, exponent: float) -> tuple[float, float, float]:
    """Value, slope and curvature of g at `rho`, below the knee."""
    if shape == POWER:
        return _power(rho, exponent)
    if shape == QUEUE:
        return _queue(rho, exponent)
    return _conical(rho, exponent)


@njit()
def delay_at(delays: DelayColumns, link: int, flow: float) -> tuple[float, float, float]:
    """Delay of one link at a flow, its slope and its curvature per unit of flow."""
    per_capacity = delays.per_capacity[link]
    if per_capacity == 0.0:
        return delays.free[link], 0.0, 0.0
    rho = flow * per_capacity
    knee = delays.knee[link]
    if rho <= knee:
        value, slope, curvature = _curve(delays.shape[link], rho, delays.exponent[link])
    else:
        value, slope, curvature = _curve(delays.shape[link], knee, delays.exponent[link])
        value += slope * (rho - knee)
        curvature = 0.0
    scale = delays.scale[link]
    return delays.free[link] + scale * value, scale * slope * per_capacity, scale * curvature * per_capacity**2


@njit(inline=True)
def price_at(delays: DelayColumns, link: int, flow: float, marginal: bool) -> tuple[float, float]:
    """What one more unit takes and its slope: its own delay, or with `marginal` the delay it adds for all."""
    per_capacity = delays.per_capacity[link]
    if per_capacity == 0.0:
        return delays.free[link], 0.0
    rho = flow * per_capacity
    if delays.exponent[link] == 4.0 and delays.shape[link] == POWER and rho <= delays.knee[link] and not marginal:
        # Nearly every link of a road network, priced millions of times: no powers, no curvature.
        cube = delays.scale[link] * rho * rho * rho
        return delays.free[link] + cube * rho, 4.0 * cube * per_capacity
    value, slope, curvature = delay_at(delays, link, flow)
    if marginal:
        return value + flow * slope, 2.0 * slope + flow * curvature
    return value, slope


@njit()
def _queue_integral(rho: float, exponent: float) -> float:
    """Integral of s ** exponent / (1 - s) from 0 to rho, rho below 1.

    Up to 1/2 by its power series, beyond by Gauss's rule on panels that halve towards the pole at 1, where each
    panel keeps the same distance from the pole in its own length: both exact to rounding.
    """
    start = min(rho, 0.5)
    term = start**exponent * start
    total = 0.0
    degree = exponent + 1.0
    while term > 1e-18 * total * degree:
        total += term / degree
        term *= start
        degree += 1.0
    while start < rho:
        end = min(rho, 0.5 * (1.0 + start))
        panel = 0.0
        for point in range(_POINTS.size):
            s = start + (end - start) * _POINTS[point]
            panel += _WEIGHTS[point] * s**exponent / (1.0 - s)
        total += (end - start) * panel
        start = end
    return total


@njit()
def _conical_integral(rho: float, alpha: float) -> float:
    """Integral of Spiess's hyperbola less 1 from 0 to rho."""
    beta = (2.0 * alpha - 1.0) / (2.0 * alpha - 2.0)
    total = rho * (1.0 - alpha - beta) + 0.5 * alpha * rho * rho
    for spare, sign in ((alpha * (1.0 - rho), -1.0), (alpha, 1.0)):
        root = np.sqrt(spare * spare + beta * beta)
        total += sign * (0.5 * spare * root + 0.5 * beta * beta * np.arcsinh(spare / beta)) / alpha
    return total


@njit()
def integral_at(delays: DelayColumns, link: int, flow: float) -> float:
    """Integral of a link's delay from no flow to `flow`."""
    per_capacity = delays.per_capacity[link]
    still: float = delays.free[link] * flow
    if per_capacity == 0.0:
        return still
    rho, knee, exponent, shape = flow * per_capacity, delays.knee[link], delays.exponent[link], delays.shape[link]
    below = min(rho, knee)
    if shape == POWER:
        total = below ** (exponent + 1.0) / (exponent + 1.0)
    elif shape == QUEUE:
        total = _queue_integral(below, exponent)
    else:
        total = _conical_integral(below, exponent)
    if rho > knee:
        value, slope, _ = _curve(shape, knee, exponent)
        total += (rho - knee) * (value + 0.5 * slope * (rho - knee))
    whole: float = still + delays.scale[link] * total / per_capacity
    return whole


@njit((DELAY_COLUMNS, FLOATS))
def delays_at(delays: DelayColumns, flow: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Delay, slope, curvature and integral of every link at its flow; each of shape (n_links,)."""
    value, slope = np.empty(flow.size), np.empty(flow.size)
    curvature, integral = np.empty(flow.size), np.empty(flow.size)
    for link in range(flow.size):
        value[link], slope[link], curvature[link] = delay_at(delays, link, flow[link])
        integral[link] = integral_at(delays, link, flow[link])
    return value, slope, curvature, integral
