"""Claims reconciled to low, mid and high by one written rule.

1. **Kind.** The first group that has numbers: what is (actual, estimate), what is rated (nominal), plan, forecast.
   Kinds of different groups are never mixed; within the first group an actual count goes before an estimate.
2. **Period.** The asked one. When none is asked: for amounts (tonnes, boxes, money), which add up over their
   period, the newest full year, or the newest period where no full year is known; for lasting properties
   (capacities, times, rates) the claims of the five years up to the newest one; for what does not change all.
3. **Mid.** Point claims before bounds; claims without doubt before doubtful ones; primary sources before press that
   names one, before press, before what is marked as low trust; then the newest period, then the newest publication.
   Equals are told apart by their id, so that the answer never depends on the order of files.
4. **Range.** The lowest and highest of all claims of the group, with their own ranges: nothing is averaged.
   Doubtful claims widen it only when nothing else is known. Bounds ("more than 90") widen it where a point breaks
   them; where only bounds are known, the unknown end is `None`.
5. **Sources.** Copies of one press release are one source. Two independent sources that differ beyond the tolerance
   of `conflicts.py` make a flagged conflict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from transcaspian.errors import InputError
from transcaspian.evidence.claims import KIND_GROUPS, Claim, Source
from transcaspian.evidence.conflicts import FIXED, TOLERANCE, any_disagree
from transcaspian.evidence.currency import ExchangeRates, rate_day
from transcaspian.evidence.units import convert, parse_unit

# A property that lasts is taken from claims of so many years; older ones describe another state of the thing.
LASTING_YEARS = 5

_GROUPS = ("is", "rated", "plan", "forecast")
_RANK_WORDS = ("primary source", "press naming a primary source", "press", "low-trust source")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A quantity as low, mid and high; an end is `None` where only a bound from the other side is known."""

    low: float | None
    mid: float
    high: float | None
    unit: str
    rule: str
    claims: tuple[str, ...]  # ids, the one that gave `mid` first; exchange rates used come last
    conflict: bool
    period: str
    kind: str
    sources: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """One claim in the estimate's unit."""

    claim: Claim
    source: Source
    low: float
    mid: float
    high: float
    bound: str  # "", "low" (at least) or "high" (at most)
    rates: tuple[str, ...]

    def rank(self) -> tuple[object, ...]:
        """Sort key: the smallest is the one to trust for `mid`."""
        claim, period = self.claim, self.claim.when
        newest = (period.end or self.source.published) if period.is_dated else self.source.published
        return (
            self.bound != "",
            claim.is_doubtful,
            claim.kind != "actual",
            self.trust(),
            -newest.toordinal(),
            -self.source.published.toordinal(),
            claim.id,
        )

    def trust(self) -> int:
        """Place in `_RANK_WORDS`."""
        return 3 if self.claim.is_low_trust else self.source.rank


def reconcile(
    claims: Sequence[Claim],
    sources: Mapping[str, Source],
    rates: ExchangeRates,
    *,
    any_period: bool,
    unit: str | None = None,
    barrels_per_tonne: float | None = None,
) -> Estimate | None:
    """Low, mid and high of claims of one subject and quantity, or `None` when none has a number.

    Parameters
    ----------
    claims
        Claims of one subject and quantity, of any kind and period.
    sources
        Sources by id.
    rates
        Exchange rates for claims in other currencies.
    any_period
        True when no period was asked for, so that rule 2 chooses.
    unit
        Unit of the answer; by default that of the claim that gives `mid`.
    barrels_per_tonne
        The oil grade's bbl/t, where mass and barrels meet.

    Returns
    -------
    estimate
        With the rule that made it in words.

    Raises
    ------
    InputError
        If no claim can be expressed in the asked unit.
    """
    group = _first_group(claims)
    if not group:
        return None
    if any_period:
        group = _newest(group, sources)
    best = min((_read(claim, sources, claim.unit, rates, None) for claim in group), key=_rank)
    wanted = unit or best.claim.unit
    readings, left_out = _read_all(group, sources, wanted, rates, barrels_per_tonne)
    readings.sort(key=_rank)
    return _combine(readings, wanted, left_out, any_period=any_period)


def _combine(readings: list[_Reading], unit: str, left_out: int, *, any_period: bool) -> Estimate:
    """The estimate from readings in order of rank."""
    best = readings[0]
    sound = [r for r in readings if not r.claim.is_doubtful] or readings
    low, high = _range([r for r in sound if not r.bound], [r for r in sound if r.bound])
    conflict = any_disagree([r.claim for r in sound])
    period = best.claim.period if not any_period or len({r.claim.period for r in readings}) == 1 else "all periods"
    count = len({r.claim.source for r in readings})
    used = [r.claim.id for r in readings] + [rate for r in readings for rate in r.rates]
    return Estimate(
        low=low,
        mid=best.mid,
        high=high,
        unit=unit,
        rule=_rule_in_words(readings, len(sound), count, left_out, conflict=conflict),
        claims=tuple(dict.fromkeys(used)),
        conflict=conflict,
        period=period,
        kind=best.claim.kind,
        sources=count,
    )


def _rank(reading: _Reading) -> tuple[object, ...]:
    return reading.rank()


def _first_group(claims: Sequence[Claim]) -> list[Claim]:
    """Rule 1: the claims with numbers of the first kind group that has any."""
    for group in _GROUPS:
        found = [claim for claim in claims if claim.is_number and KIND_GROUPS[claim.kind] == group]
        if found:
            return found
    return []


def _newest(claims: list[Claim], sources: Mapping[str, Source]) -> list[Claim]:
    """Rule 2, when no period was asked for."""

    def time(claim: Claim) -> date:
        return claim.when.end or sources[claim.source].published

    def age(claim: Claim) -> tuple[bool, date, str]:
        return 365 <= claim.when.days <= 366, time(claim), claim.id

    if all(parse_unit(claim.unit).is_amount() for claim in claims):
        newest = max(claims, key=age)
        return [claim for claim in claims if claim.when.is_same(newest.when)]
    if claims[0].quantity in FIXED:
        return claims
    latest = max(time(claim) for claim in claims)
    # A page without any date cannot be too old.
    return [c for c in claims if latest.year - time(c).year < LASTING_YEARS or time(c) == date.min]


def _read_all(
    claims: list[Claim],
    sources: Mapping[str, Source],
    unit: str,
    rates: ExchangeRates,
    barrels_per_tonne: float | None,
) -> tuple[list[_Reading], int]:
    """Every claim that can be expressed in `unit`, and how many cannot; an error when none can."""
    readings: list[_Reading] = []
    failures: list[InputError] = []
    for claim in claims:
        try:
            readings.append(_read(claim, sources, unit, rates, barrels_per_tonne))
        except InputError as failure:
            failures.append(failure)
    if not readings:
        raise failures[0]
    return readings, len(failures)


def _read(
    claim: Claim, sources: Mapping[str, Source], unit: str, rates: ExchangeRates, barrels_per_tonne: float | None
) -> _Reading:
    """One claim in `unit`, with what kind of bound it is."""
    value, low, high = claim.value, claim.low, claim.high
    bound = ""
    if value is None or value in (low, high):
        bound = "low" if high is None and low is not None else "high" if low is None and high is not None else ""
    ends = [number for number in (low, value, high) if number is not None]
    mid = value if value is not None else sum(ends) / len(ends)
    numbers = [min(ends), mid, max(ends)]
    used: tuple[str, ...] = ()
    if claim.unit != unit:
        numbers, used = _convert(claim, sources[claim.source], numbers, unit, rates, barrels_per_tonne)
    return _Reading(claim, sources[claim.source], numbers[0], numbers[1], numbers[2], bound, used)


def _convert(
    claim: Claim,
    source: Source,
    numbers: list[float],
    unit: str,
    rates: ExchangeRates,
    barrels_per_tonne: float | None,
) -> tuple[list[float], tuple[str, ...]]:
    """The numbers of a claim in another unit, over exchange rates where the currency differs."""
    one, other = parse_unit(claim.unit).currency(), parse_unit(unit).currency()
    if one and other and one != other:
        exchanged = [rates.exchange(number, claim.unit, unit, on=rate_day(claim, source)) for number in numbers]
        return [e.value for e in exchanged], exchanged[0].claims
    return [convert(n, claim.unit, unit, barrels_per_tonne=barrels_per_tonne) for n in numbers], ()


def _range(points: list[_Reading], bounds: list[_Reading]) -> tuple[float | None, float | None]:
    """Rule 4: the spread of the points, widened to bounds that they break."""
    if points:
        low, high = min(p.low for p in points), max(p.high for p in points)
        for bound in bounds:
            if bound.bound == "low":
                high = max(high, bound.low)
            else:
                low = min(low, bound.high)
        return low, high
    at_least = [b.low for b in bounds if b.bound == "low"]
    at_most = [b.high for b in bounds if b.bound == "high"]
    return (min(at_least) if at_least else None), (max(at_most) if at_most else None)


def _rule_in_words(readings: list[_Reading], sound: int, sources: int, left_out: int, *, conflict: bool) -> str:
    """What was done, for the reader of the answer."""
    best = readings[0]
    words = [f"{len(readings)} claim{'s' * (len(readings) > 1)} of kind {_kinds(readings)}, {sources} independent"]
    words[0] += f" source{'s' * (sources > 1)}"
    day = best.source.date or "no date"
    words.append(f"mid = newest of the most trusted ({_RANK_WORDS[best.trust()]}, {best.claim.period}, {day})")
    words.append("range = lowest and highest of all" if sound > 1 else "range = the claim's own")
    if best.bound:
        words.append(f"only {'lower' if best.bound == 'low' else 'upper'} bounds known, so mid repeats the bound")
    if sound < len(readings):
        words.append(f"{len(readings) - sound} doubtful not in the range")
    if left_out:
        words.append(f"{left_out} in other units left out")
    if any(r.rates for r in readings):
        words.append("other currencies at the nearest sourced rate")
    if conflict:
        words.append(f"conflict: independent sources differ by more than {TOLERANCE:.0%}")
    return "; ".join(words)


def _kinds(readings: list[_Reading]) -> str:
    return " and ".join(dict.fromkeys(r.claim.kind for r in readings))
