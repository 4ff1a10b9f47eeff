"""Where sources contradict each other.

Two claims disagree when they speak of the same quantity of the same subject, are of one kind group (what is; what
is rated; what is planned; what is forecast), come from different sources, hold for the same period and their ranges
lie further apart than `TOLERANCE` of the greater number. The same period is the very same interval; for lasting
properties (capacities, times, rates per unit) also an interval within the other; for what does not change (lengths,
gauges, deadweights) any period. Bounds ("more than 90") only disagree with what lies beyond them. Claims whose note
calls them doubtful are left out: they are known to be wrong, not contradicted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from transcaspian.errors import InputError
from transcaspian.evidence.claims import KIND_GROUPS, Claim
from transcaspian.evidence.units import convert, parse_unit

# Sources round to two figures (2.3 for 2.26) and to whole days: less than this apart is one statement.
TOLERANCE = 0.05

# What stays as it was built.
FIXED = frozenset({"length", "distance", "gauge", "deadweight", "beam"})
# Measured over a window of years: another window is another quantity.
_OVER_A_WINDOW = re.compile(r"change|growth|trend|anomaly|_rate$|_factor$")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A disagreement: the two independent claims furthest apart, and all claims of that period and kind group."""

    subject: str
    quantity: str
    period: str
    group: str
    low: Claim
    high: Claim
    difference: float  # gap between the two, as a share of the greater number
    claims: tuple[Claim, ...]
    sources: int


def gap(one: Claim, other: Claim) -> float:
    """How far the ranges of two claims lie apart, as a share of the greater number; 0 when they touch.

    Parameters
    ----------
    one, other
        Claims with numbers; units that do not convert to each other have gap 0.

    Returns
    -------
    share
        0 or more; 0.338 for 331.7 and 501.
    """
    try:
        low_one, high_one = _ends(one, one.unit)
        low_other, high_other = _ends(other, one.unit)
    except InputError:
        return 0.0
    apart = max(low_other - high_one, low_one - high_other)
    if not apart > 0:
        return 0.0
    size = max(abs(end) for end in (low_one, high_one, low_other, high_other) if math.isfinite(end))
    return apart / size if size else 0.0


def disagree(one: Claim, other: Claim) -> bool:
    """True when two claims of one subject and quantity contradict each other (see the head of this file)."""
    return (
        one.source != other.source
        and KIND_GROUPS[one.kind] == KIND_GROUPS[other.kind]
        and one.is_number
        and other.is_number
        and not (one.is_doubtful or other.is_doubtful)
        and _same_time(one, other)
        and gap(one, other) > TOLERANCE
    )


def any_disagree(claims: Sequence[Claim]) -> bool:
    """True when two of the claims contradict each other."""
    return any(disagree(one, other) for one, other in combinations(claims, 2))


def rank_conflicts(groups: Iterable[Sequence[Claim]]) -> tuple[Conflict, ...]:
    """The worst disagreement of each group and period, the worst first.

    Parameters
    ----------
    groups
        Claims of one subject and quantity each (aliases joined).

    Returns
    -------
    conflicts
        By gap, then by the number of sources, then by subject.
    """
    found = [conflict for group in groups for conflict in _conflicts_of(group)]
    found.sort(key=lambda c: (-round(c.difference, 6), -c.sources, c.subject, c.quantity, c.period))
    return tuple(found)


def _conflicts_of(claims: Sequence[Claim]) -> list[Conflict]:
    """One conflict per period and kind group of claims that share subject and quantity."""
    worst: dict[tuple[str, str], tuple[float, Claim, Claim]] = {}
    for one, other in combinations(claims, 2):
        if disagree(one, other):
            narrow = min((one, other), key=lambda c: (c.when.days or math.inf, c.id))
            key, share = (_time_label(narrow), KIND_GROUPS[one.kind]), gap(one, other)
            if key not in worst or share > worst[key][0]:
                worst[key] = (share, one, other)
    conflicts = []
    for (period, group), (share, one, other) in worst.items():
        low, high = sorted((one, other), key=lambda c: _ends(c, one.unit))
        members = tuple(c for c in claims if _same_time(c, one) and KIND_GROUPS[c.kind] == group)
        sources = len({claim.source for claim in members})
        conflicts.append(Conflict(one.subject, one.quantity, period, group, low, high, share, members, sources))
    return conflicts


def _time_label(claim: Claim) -> str:
    """The period of a conflict: as stated for amounts, the year for what lasts, none for what does not change."""
    if claim.quantity in FIXED:
        return "any period"
    period = claim.when
    if parse_unit(claim.unit).is_amount() or period.start is None or period.word:
        return period.text
    return f"{period.start.year}"


def _same_time(one: Claim, other: Claim) -> bool:
    """Same interval; within each other for lasting properties; any two for what does not change."""
    if one.quantity in FIXED or one.when.is_same(other.when):
        return True
    if parse_unit(one.unit).is_amount() or _OVER_A_WINDOW.search(one.quantity):
        return False
    return one.when.contains(other.when) or other.when.contains(one.when)


def _ends(claim: Claim, unit: str) -> tuple[float, float]:
    """Lowest and highest number of a claim in `unit`; an open end is infinite."""
    low, value, high = claim.low, claim.value, claim.high
    if value is not None and value in (low, high) and None in (low, high):
        value = None  # the value repeats the bound
    numbers = [number for number in (low, value, high) if number is not None]
    lowest = -math.inf if value is None and low is None else min(numbers)
    highest = math.inf if value is None and high is None else max(numbers)
    if claim.unit == unit:
        return lowest, highest
    return convert(lowest, claim.unit, unit), convert(highest, claim.unit, unit)
