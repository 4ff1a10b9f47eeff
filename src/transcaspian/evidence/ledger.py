"""The ledger: every claim, its source, the joins between names, what each office counts, and the known gaps.

Read once from `data/ledger/` (`load_ledger`), then only looked up. Method: a double-entry book of statements, not
of truths: nothing is merged on loading, and estimates are made when asked (`estimate.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from transcaspian.errors import InputError, Problem, did_you_mean
from transcaspian.evidence.claims import Claim, Source, read_claims, read_rows, read_sources
from transcaspian.evidence.conflicts import Conflict, rank_conflicts
from transcaspian.evidence.currency import ExchangeRates
from transcaspian.evidence.estimate import Estimate, reconcile
from transcaspian.evidence.periods import Period, parse_period, read_period

PACKAGED_LEDGER = Path(__file__).parent.parent / "data" / "ledger"

_ALIAS_COLUMNS = ("what", "subject", "name", "same_as", "relation")
_COUNT_COLUMNS = ("subject", "quantity", "who", "pattern", "counts")
_GAP_COLUMNS = ("subject", "quantity", "period", "text")


class Alias(NamedTuple):
    """Two names: `same` are joined at look-up, `see_also` are only offered."""

    what: str  # quantity or subject
    subject: str  # pattern of subjects for which it holds
    name: str  # pattern, `rate_*`
    same_as: str
    relation: str  # same or see_also


class Count(NamedTuple):
    """What an office or a press service counts."""

    subject: str
    quantity: str
    who: str
    pattern: str  # words of a note or publisher, separated by `|`
    counts: str


class Gap(NamedTuple):
    """A figure that is known to be missing, so that nobody looks for it in vain."""

    subject: str
    quantity: str
    period: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """All claims and sources, in the order of their ids; never changed after loading."""

    claims: tuple[Claim, ...]
    sources: Mapping[str, Source]
    aliases: tuple[Alias, ...]
    counts: tuple[Count, ...]
    gaps: tuple[Gap, ...]
    rates: ExchangeRates
    _by_id: Mapping[str, Claim]
    _by_subject: Mapping[str, tuple[Claim, ...]]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Every subject, sorted."""
        return tuple(self._by_subject)

    def get_claim(self, claim_id: str) -> Claim:
        """The claim of this id.

        Raises
        ------
        InputError
            If there is none; the nearest ids of its subject are offered.
        """
        if claim := self._by_id.get(claim_id):
            return claim
        subject = claim_id.split("/", maxsplit=1)[0]
        near = did_you_mean(claim_id, [claim.id for claim in self._by_subject.get(subject, ())])
        mend = near or did_you_mean(subject, self.subjects) or "Ids look like rail:shu-arys/length/1a2b."
        raise InputError(Problem("evidence.claim", claim_id, "There is no claim with this id.", mend))

    def get_source(self, source_id: str) -> Source:
        """The source of this id.

        Raises
        ------
        InputError
            If there is none.
        """
        if source := self.sources.get(source_id):
            return source
        mend = did_you_mean(source_id, self.sources) or "Take the id from a claim's `source`."
        raise InputError(Problem("evidence.source", source_id, "There is no source with this id.", mend))

    def source_of(self, claim: Claim) -> Source:
        """The source of a claim of this ledger."""
        return self.sources[claim.source]

    def find(
        self,
        subject: str,
        quantity: str | None = None,
        period: str | Period | None = None,
        *,
        kind: str | None = None,
    ) -> tuple[Claim, ...]:
        """Claims of a subject, aliases of the quantity included; empty when nothing fits.

        Parameters
        ----------
        subject, quantity
            As the ledger writes them: `port:aktau`, `throughput`; no quantity means all.
        period
            `2024`, `2025-H1`, `plan 2027`, `nominal`: claims of exactly this interval, however it is written.
        kind
            One of `KINDS`.

        Returns
        -------
        claims
            In the order of quantity, time and id.

        Raises
        ------
        InputError
            If `period` is not a period.
        """
        found: Iterable[Claim] = self._by_subject.get(subject, ())
        if quantity is not None:
            wanted = self.common_name(subject, quantity)
            found = (c for c in found if self.common_name(subject, c.quantity) == wanted)
        if period is not None:
            asked = self._asked_period(subject, period)
            found = (c for c in found if _fits(c.when, asked))
        return tuple(c for c in found if kind is None or c.kind == kind)

    def estimate(
        self,
        subject: str,
        quantity: str,
        period: str | Period | None = None,
        *,
        kind: str | None = None,
        unit: str | None = None,
        grade: str | None = None,
    ) -> Estimate:
        """Low, mid and high of a quantity, by the rule at the head of `estimate.py`.

        Parameters
        ----------
        subject, quantity, period, kind
            As in `find`. Without a period the newest one is taken for amounts, all for lasting properties.
        unit
            Unit of the answer, by default that of the claim that gives the mid.
        grade
            Oil grade of the ledger (`cpc-blend`, `crude-average`), where the answer crosses between mass and barrels.

        Returns
        -------
        estimate
            Frozen, with its claims, its rule in words and whether independent sources contradict each other.

        Raises
        ------
        InputError
            If no claim with a number fits (the periods that exist are named), the grade is unknown, or no claim
            can be expressed in the asked unit.
        """
        claims = self.find(subject, quantity, period, kind=kind)
        density = self.get_grade(grade) if grade else None
        made = reconcile(
            claims,
            self.sources,
            self.rates,
            any_period=period is None,
            unit=unit,
            barrels_per_tonne=density.mid if density else None,
        )
        if made is None:
            raise InputError(self.explain_absence(subject, quantity, period))
        if density:
            rule = f"{made.rule}; {grade} at {density.mid:g} bbl/t"
            made = replace(made, rule=rule, claims=(*made.claims, density.claims[0]))
        return made

    def get_grade(self, grade: str) -> Estimate:
        """Barrels per tonne of an oil grade.

        Raises
        ------
        InputError
            If the ledger does not know the grade.
        """
        subject = f"grade:{grade}"
        if self.find(subject, "barrels_per_tonne"):
            return self.estimate(subject, "barrels_per_tonne")
        known = [name.removeprefix("grade:") for name in self.subjects if name.startswith("grade:")]
        mend = did_you_mean(grade, known) or f"Give one of {', '.join(known)}."
        raise InputError(Problem("evidence.grade", "--grade", f"{grade!r} is no known grade of oil.", mend))

    def conflicts(self) -> tuple[Conflict, ...]:
        """Every disagreement between independent sources, the worst first."""
        groups: dict[tuple[str, str], list[Claim]] = {}
        for claim in self.claims:
            groups.setdefault((claim.subject, self.common_name(claim.subject, claim.quantity)), []).append(claim)
        return rank_conflicts(groups.values())

    def common_name(self, subject: str, quantity: str) -> str:
        """The one name under which quantities that mean the same are joined (`volume` is `throughput`)."""
        for alias in self.aliases:
            if alias.what == "quantity" and alias.relation == "same" and fnmatchcase(subject, alias.subject):
                if alias.name == quantity:
                    return alias.same_as
                stem = alias.name.removesuffix("*")
                if stem != alias.name and quantity.startswith(stem):
                    return alias.same_as.replace("*", quantity.removeprefix(stem))
        return quantity

    def see_also(self, subject: str) -> tuple[str, ...]:
        """Subjects that may be the same thing, but are not known to be."""
        pairs = [(a.name, a.same_as) for a in self.aliases if a.what == "subject"]
        return tuple(sorted({b if a == subject else a for a, b in pairs if subject in (a, b)}))

    def count_of(self, claim: Claim) -> Count | None:
        """What the office behind a claim counts, where that is known."""
        words = f"{claim.note} | {self.sources[claim.source].publisher}".casefold()
        for count in self.counts:
            fits = fnmatchcase(claim.subject, count.subject) and fnmatchcase(claim.quantity, count.quantity)
            if fits and any(pattern.casefold() in words for pattern in count.pattern.split("|")):
                return count
        return None

    def gaps_of(self, subject: str, quantity: str | None = None, period: str | Period | None = None) -> tuple[Gap, ...]:
        """Known gaps of a subject, of one quantity and period when these are given."""
        asked = None if period is None else self._asked_period(subject, period)
        return tuple(
            gap
            for gap in self.gaps
            if gap.subject == subject
            and (quantity is None or self.common_name(subject, quantity) == self.common_name(subject, gap.quantity))
            and (asked is None or parse_period(gap.period).is_same(asked))
        )

    def explain_absence(self, subject: str, quantity: str | None, period: str | Period | None = None) -> Problem:
        """Why nothing was found: the unknown word with its neighbours, or the periods that exist."""
        if subject not in self._by_subject:
            mend = did_you_mean(subject, self.subjects) or "List the subjects with: transcaspian facts"
            return Problem("evidence.subject", "SUBJECT", f"{subject!r} is not in the ledger.", mend)
        known = sorted({claim.quantity for claim in self._by_subject[subject]})
        if quantity is not None and not self.find(subject, quantity):
            mend = did_you_mean(quantity, known) or "Known for this subject: " + ", ".join(known[:20]) + "."
            return Problem("evidence.quantity", "--quantity", f"{subject} has no claim on {quantity!r}.", mend)
        periods = dict.fromkeys(claim.period or "undated" for claim in self.find(subject, quantity) if claim.is_number)
        what = f"{subject} has no number" + (f" on {quantity}" if quantity else "")
        text = period.text if isinstance(period, Period) else period
        gaps = " ".join(gap.text for gap in self.gaps_of(subject, quantity, period))
        mend = f"Periods with claims: {', '.join(periods)}." if periods else "Its claims are dates; read them by facts."
        return Problem(
            "evidence.period", "--period", what + (f" for {text}." if text else "."), f"{gaps} {mend}".strip()
        )

    def _asked_period(self, subject: str, period: str | Period) -> Period:
        """A period as asked; words that a claim of the subject uses are taken as they are."""
        if isinstance(period, Period):
            return period
        if any(claim.period == period for claim in self._by_subject.get(subject, ())):
            return parse_period(period)
        return read_period(period)


def _fits(period: Period, asked: Period) -> bool:
    """Equal intervals; a word in the question must be that of the claim (`plan 2027`)."""
    return period.is_same(asked) and (not asked.word or asked.word == period.word)


def _in_order(claim: Claim) -> tuple[str, str, bool, date, date, str]:
    """Sort key of claims: subject, quantity, time (undated last), id."""
    start, end = claim.when.start, claim.when.end
    return claim.subject, claim.quantity, not (start or end), start or end or date.min, end or date.max, claim.id


@lru_cache(maxsize=8)
def load_ledger(path: Path | None = None) -> Ledger:
    """Read a ledger; the packaged one by default. The same path is read once.

    Parameters
    ----------
    path
        Folder with `claims.csv`, `sources.csv`, `aliases.csv`, `counts.csv` and `gaps.csv`.

    Returns
    -------
    ledger
        Frozen.

    Raises
    ------
    InputError
        If a table is missing or damaged, or a claim names a source that is not there.
    """
    folder = path or PACKAGED_LEDGER
    claims = sorted(read_claims(folder / "claims.csv"), key=_in_order)
    sources = {source.id: source for source in read_sources(folder / "sources.csv")}
    by_subject: dict[str, list[Claim]] = {}
    for claim in claims:
        by_subject.setdefault(claim.subject, []).append(claim)
    if lost := [claim for claim in claims if claim.source not in sources]:
        raise InputError(
            [
                Problem("evidence.source", claim.id, f"Its source {claim.source!r} is not in sources.csv.", "Add it.")
                for claim in lost
            ]
        )
    return Ledger(
        claims=tuple(claims),
        sources=MappingProxyType(sources),
        aliases=tuple(Alias(*row) for row in read_rows(folder / "aliases.csv", _ALIAS_COLUMNS)),
        counts=tuple(Count(*row) for row in read_rows(folder / "counts.csv", _COUNT_COLUMNS)),
        gaps=tuple(Gap(*row) for row in read_rows(folder / "gaps.csv", _GAP_COLUMNS)),
        rates=ExchangeRates.from_claims(claims),
        _by_id=MappingProxyType({claim.id: claim for claim in claims}),
        _by_subject=MappingProxyType({name: tuple(found) for name, found in sorted(by_subject.items())}),
    )
