"""Money in another currency, by exchange rates that are claims of the ledger.

A rate is a claim `currency:eur-azn/exchange_rate` with the unit `AZN/EUR`: so many manat for one euro. Where no
claim joins two currencies directly, rates are chained by the fewest steps (EUR to AZN to USD). Of the rates of one
pair the one whose period lies nearest to the asked day is taken, and named in the answer: a rate is never invented,
smoothed or inflated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from transcaspian.errors import InputError, Problem
from transcaspian.evidence.claims import Claim, Source
from transcaspian.evidence.units import CURRENCIES, convert, parse_unit

BASE_DAY = date(2024, 1, 1)  # first day of the base year of the tables


class Exchange(NamedTuple):
    """A sum in another currency and the claims whose rates led there."""

    value: float
    unit: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExchangeRates:
    """All rates of a ledger, by the pair of currencies they join."""

    rates: dict[tuple[str, str], tuple[Claim, ...]]  # (currency per, unit of): claims, as stated

    @classmethod
    def from_claims(cls, claims: Iterable[Claim]) -> ExchangeRates:
        """Collect the rates among the claims.

        Parameters
        ----------
        claims
            Any claims; those of subjects `currency:...` with a unit such as `KZT/USD` are taken.
        """
        rates: dict[tuple[str, str], list[Claim]] = {}
        for claim in claims:
            if claim.subject.startswith("currency:") and claim.quantity == "exchange_rate" and claim.value:
                many, _, one = claim.unit.partition("/")
                if {many, one} <= CURRENCIES:
                    rates.setdefault((one, many), []).append(claim)
        return cls({pair: tuple(found) for pair, found in sorted(rates.items())})

    def exchange(self, value: float, unit: str, to: str, *, on: date) -> Exchange:
        """Express `value` of `unit` in the unit `to` of another currency.

        Parameters
        ----------
        value
            Number in `unit`.
        unit, to
            Units with one currency each and otherwise of one kind: `EUR/MWh` and `USD/MWh`.
        on
            Day whose rate is wanted; the nearest known one is taken.

        Returns
        -------
        exchange
            Value, unit and the claims of the rates used.

        Raises
        ------
        InputError
            If a unit has no currency, no rate joins the two, or the units differ beyond the currency.
        """
        source, target = parse_unit(unit).currency(), parse_unit(to).currency()
        if source is None or target is None:
            what = f"{unit} and {to} are not both money."
            raise InputError(Problem("evidence.currency", "unit", what, "Give units such as KZT/t and USD/t."))
        if source == target:
            return Exchange(convert(value, unit, to), to, ())
        factor, used = self._chain(source, target, on)
        in_target = unit.replace("qepik", "AZN") if source == "AZN" else unit
        scale = convert(1.0, unit, in_target)
        return Exchange(convert(value * scale * factor, in_target.replace(source, target), to), to, used)

    def _chain(self, source: str, target: str, on: date) -> tuple[float, tuple[str, ...]]:
        """The product of rates along the fewest steps from `source` to `target`."""
        reached: dict[str, tuple[float, tuple[str, ...]]] = {source: (1.0, ())}
        queue = [source]
        while queue:
            here = queue.pop(0)
            factor, used = reached[here]
            for (one, many), claims in self.rates.items():
                there = many if here == one else one if here == many else ""
                if there and there not in reached:
                    claim = min(claims, key=lambda c: (_days_apart(c, on), c.id))
                    rate = claim.value or 1.0
                    reached[there] = (factor * (rate if here == one else 1 / rate), (*used, claim.id))
                    queue.append(there)
        if target not in reached:
            what = f"No exchange rate joins {source} and {target}."
            raise InputError(Problem("evidence.currency", "unit", what, "Add a claim currency:.../exchange_rate."))
        return reached[target]


def rate_day(claim: Claim, source: Source) -> date:
    """The day whose exchange rate suits a claim: the first of its period, else of its publication, else base year."""
    day = claim.when.start or source.published
    return BASE_DAY if day == date.min else day


def _days_apart(claim: Claim, day: date) -> int:
    """Days between the day and the claim's period; 0 inside it."""
    period = claim.when
    if period.start is None or period.end is None:
        return day.toordinal()
    return max(period.start.toordinal() - day.toordinal(), day.toordinal() + 1 - period.end.toordinal(), 0)
