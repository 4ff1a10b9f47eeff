"""Kernel: draws by (key, entity, counter), for other kernels to call; nothing is stored, nothing moves on.

A draw is a function of who draws (`key`: a named stream of one replication; `entity`: which ship, wagon or storm)
and of how often before (`counter`). Two engines, or two scenarios, that ask for the same draw get the same number,
in whatever order they ask: common random numbers without any book-keeping (Salmon, Moraes, Dror and Shaw 2011).
Key and entity make the state of a SplitMix64 generator (Steele, Lea and Flood 2014), whose output number `counter`
is the draw: two rounds of its mixer, variant 13 of Stafford (2011).

Every variate costs one uniform and rises or falls with it, so the twin of a key, its lowest bit set, draws 1 - u for
every u and gives antithetic variates (Hammersley and Morton 1956). Logarithm and exponential are written out: the
C library's differ in the last bit between machines, plain IEEE arithmetic does not.

Steps stand before those that take them: signatures are given, so each is compiled where it is defined. What other
kernels call are `uniform` and the five at the end.

numba caches a kernel by the file of the *calling* kernel. After editing this file, delete the `*.nbi` and `*.nbc`
files in `__pycache__`, or the callers keep the old code.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from transcaspian._jit import njit

# SplitMix64: the odd integer nearest to 2**64 divided by the golden ratio, and the mixer's two multipliers.
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_ONE, _12, _27, _30, _31, _52 = (np.uint64(n) for n in (1, 12, 27, 30, 31, 52))
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

_STEP = 2.0**-52  # width of the 2**52 cells of (0, 1); a draw is the middle of one

# ln 2 in two parts: the first has 21 zero bits at its end, so a whole multiple of it is exact.
_LN2_HIGH, _LN2_LOW = float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33")
_PER_LN2 = 1.4426950408889634
_SQRT_HALF = np.uint64(0x3FE6A09E667F3BCD)  # the bits of sqrt(1/2)
_BIAS = 1023

_DRAW = (types.uint64, types.int64, types.int64)
_ONE_MORE = (*_DRAW, types.float64)
_TWO_MORE = (*_ONE_MORE, types.float64)
_THREE_MORE = (*_TWO_MORE, types.float64)


@njit(types.uint64(types.uint64))
def _mixed(bits: np.uint64) -> np.uint64:
    bits = (bits ^ (bits >> _30)) * _MIX_A
    bits = (bits ^ (bits >> _27)) * _MIX_B
    return bits ^ (bits >> _31)


@njit(types.float64(*_DRAW))
def uniform(key: np.uint64, entity: int, counter: int) -> float:
    """A number strictly between 0 and 1: one of the 2**52 odd multiples of 2**-53."""
    state = _mixed((key & ~_ONE) + np.uint64(entity) * _GAMMA)
    bits = _mixed(state + np.uint64(counter) * _GAMMA) ^ ((key & _ONE) * _ALL)
    return (float(np.int64(bits >> _12)) + 0.5) * _STEP


@njit(types.float64(types.float64))
def logarithm(x: float) -> float:
    """Natural logarithm of a positive normal number, to 1 unit in the last place.

    x = 2**k * (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), and ln(1 + f) = 2 artanh(s) with s = f / (2 + f).
    """
    bits = np.float64(x).view(np.uint64)
    k = np.int64(bits - _SQRT_HALF) >> np.int64(52)
    f = np.uint64(bits - (np.uint64(k) << _52)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    # 2 * (z/3 + z**2/5 + ... + z**10/21), in pairs: shorter chains of operations than Horner's rule.
    low = (2.0 / 3.0 + 2.0 / 5.0 * z) + (2.0 / 7.0 + 2.0 / 9.0 * z) * z2
    mid = (2.0 / 11.0 + 2.0 / 13.0 * z) + (2.0 / 15.0 + 2.0 / 17.0 * z) * z2
    high = 2.0 / 19.0 + 2.0 / 21.0 * z
    rest = z * (low + (mid + high * z4) * z4)
    return k * _LN2_HIGH + (f - (s * (f - rest) - k * _LN2_LOW))


@njit(types.float64(types.float64))
def exponential_function(x: float) -> float:
    """e to the power x, to 1 unit in the last place; 0 below -708, where numbers are no longer normal.

    x = k ln 2 + r with |r| <= ln(2)/2; the series of e**r to its 13th power.
    """
    if x < -708.0:
        return 0.0
    if x > 709.0:
        return math.inf
    k = math.floor(x * _PER_LN2 + 0.5)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 / 2.0 + 1.0 / 6.0 * r) + (1.0 / 24.0 + 1.0 / 120.0 * r) * r2
    mid = (1.0 / 720.0 + 1.0 / 5040.0 * r) + (1.0 / 40320.0 + 1.0 / 362880.0 * r) * r2
    high = (1.0 / 3628800.0 + 1.0 / 39916800.0 * r) + (1.0 / 479001600.0 + 1.0 / 6227020800.0 * r) * r2
    power = 1.0 + (r + r2 * (low + (mid + high * r4) * r4))
    return power * np.uint64((np.int64(k) + _BIAS) << 52).view(np.float64)


# The three rational functions of AS 241, as printed by Wichura.


@njit(types.float64(types.float64))
def _near_median(r: float) -> float:
    above = (
        ((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r
            + 4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
            + 1.3314166789178437745e2) * r + 3.3871328727963666080e0
    )  # fmt: skip
    below = (
        ((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r
            + 2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
            + 4.2313330701600911252e1) * r + 1.0
    )  # fmt: skip
    return above / below


@njit(types.float64(types.float64))
def _tail(r: float) -> float:
    above = (
        ((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r
            + 1.27045825245236838258e0) * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
            + 4.63033784615654529590e0) * r + 1.42343711074968357734e0
    )  # fmt: skip
    below = (
        ((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r
            + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
            + 2.05319162663775882187e0) * r + 1.0
    )  # fmt: skip
    return above / below


@njit(types.float64(types.float64))
def _far_tail(r: float) -> float:
    above = (
        ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r
            + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
            + 5.46378491116411436990e0) * r + 6.65790464350110377720e0
    )  # fmt: skip
    below = (
        ((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
            + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
            + 5.99832206555887937690e-1) * r + 1.0
    )  # fmt: skip
    return above / below


@njit(types.float64(types.float64))
def normal_quantile(u: float) -> float:
    """The value that a standard normal does not exceed with probability `u`; algorithm AS 241 (Wichura 1988)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * _near_median(0.180625 - q * q)
    r = math.sqrt(-logarithm(u if q < 0.0 else 1.0 - u))
    tail = _tail(r - 1.6) if r <= 5.0 else _far_tail(r - 5.0)
    return -tail if q < 0.0 else tail


@njit(types.float64(*_ONE_MORE))
def exponential(key: np.uint64, entity: int, counter: int, mean: float) -> float:
    """A positive number of this mean, without memory; by inversion, -mean * ln(u)."""
    return -mean * logarithm(uniform(key, entity, counter))


@njit(types.float64(*_DRAW))
def standard_normal(key: np.uint64, entity: int, counter: int) -> float:
    """A number of mean 0 and deviation 1; by inversion, so never beyond 8.21 deviations."""
    return normal_quantile(uniform(key, entity, counter))


@njit(types.float64(*_TWO_MORE))
def lognormal_by_sigma(key: np.uint64, entity: int, counter: int, mean: float, sigma: float) -> float:
    """As `lognormal`, where `sigma`, the deviation of the logarithm, is known: sqrt(ln(1 + cv**2))."""
    return mean * exponential_function(sigma * standard_normal(key, entity, counter) - 0.5 * sigma * sigma)


@njit(types.float64(*_TWO_MORE))
def lognormal(key: np.uint64, entity: int, counter: int, mean: float, cv: float) -> float:
    """A positive number whose logarithm is normal; `mean` and `cv` (deviation / mean) are its own."""
    return lognormal_by_sigma(key, entity, counter, mean, math.sqrt(logarithm(1.0 + cv * cv)))


@njit(types.float64(*_THREE_MORE))
def triangular(key: np.uint64, entity: int, counter: int, low: float, mode: float, high: float) -> float:
    """A number between low and high, likeliest at `mode`: low <= mode <= high; where all are one, that number."""
    u = uniform(key, entity, counter)
    rise, span = mode - low, high - low
    if u * span < rise:
        return low + math.sqrt(u * span * rise)
    return high - math.sqrt((1.0 - u) * span * (high - mode))
