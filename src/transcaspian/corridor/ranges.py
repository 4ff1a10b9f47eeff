"""Arithmetic on low–mid–high.

Products and quotients take their factors as independent: relative distances from the mid are combined in
quadrature (first-order propagation, JCGM 100:2008), and never leave the interval that the extremes span.
Sums take one correlation coefficient for all pairs of terms: `correlation=1` adds all the lows and all the
highs, `0` adds distances in quadrature. The mids always add up, so that a table of legs adds up too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from transcaspian.corridor.tables import Estimate3

ZERO = Estimate3(0.0, 0.0, 0.0)


def exact(value: float) -> Estimate3:
    """A number without doubt, such as a count."""
    return Estimate3(value, value, value)


def product(a: Estimate3, b: Estimate3) -> Estimate3:
    """The product of two independent non-negative quantities."""
    mid = a.mid * b.mid
    if mid == 0:
        return Estimate3(a.low * b.low, mid, a.high * b.high)
    down = math.hypot(1 - a.low / a.mid, 1 - b.low / b.mid)
    up = math.hypot(a.high / a.mid - 1, b.high / b.mid - 1)
    return Estimate3(max(mid * (1 - down), a.low * b.low), mid, min(mid * (1 + up), a.high * b.high))


def quotient(a: Estimate3, b: Estimate3) -> Estimate3:
    """The quotient of two independent quantities, `b` above 0."""
    inverse = Estimate3(1 / b.high, 1 / b.mid, 1 / b.low)
    return product(a, inverse)


def total(terms: Iterable[Estimate3], *, correlation: float) -> Estimate3:
    """The sum of several quantities that share one pairwise `correlation` between 0 and 1.

    Below and above the mid apart: the distance of the sum is √((1 − ρ)·Σd² + ρ·(Σd)²). No terms give zero.
    """
    mid = down = up = down_squares = up_squares = 0.0
    for term in terms:
        mid += term.mid
        below, above = term.mid - term.low, term.high - term.mid
        down += below
        up += above
        down_squares += below * below
        up_squares += above * above
    low = mid - math.sqrt((1 - correlation) * down_squares + correlation * down * down)
    high = mid + math.sqrt((1 - correlation) * up_squares + correlation * up * up)
    return Estimate3(low, mid, high)
