"""Published flows of a year beside those of the layer: a table with its misses, and what was known beforehand.

Each figure of `data/oil_validation.csv` has a role. *Input*: the table holds the figure itself, as a nomination or a
source. *Fitted*: parameters were set so that it comes out (2023 only). *Predicted*: inputs are other figures, such as
the plans of the year and the production; what the layer adds is the split. *Reported*: not judged, as the year holds an
outage that the run does not.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.corridor.claim_units import claim_numbers, numbers_in
from transcaspian.corridor.provenance import evaluate
from transcaspian.evidence import Ledger, load_ledger
from transcaspian.oil.planning import Period
from transcaspian.oil.solve import OilResult, solve

INPUT, FITTED, PREDICTED, REPORTED = ROLES = ("input", "fitted", "predicted", "reported")
TOLERANCE_PERCENT = 5.0  # what the layer is to keep
ALL_ROUTES = "routes"


@dataclass(frozen=True, slots=True)
class Figure:
    """One published flow, Mt in the months first to last of a year."""

    id: str
    year: int
    first_month: int
    last_month: int
    counts: tuple[str, ...]  # `link:ID` counts all oil, `route:ID` Kazakh oil, `routes` all routes; summed
    claims: tuple[str, ...]
    formula: str  # over c1, c2 …, in Mt; empty: the claims are the figure, from the lowest to the highest
    role: str
    note: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published flow beside ours, Mt."""

    figure: Figure
    low_mt: float
    high_mt: float
    ours_mt: float

    @property
    def off_percent(self) -> float:
        """How far ours lies outside what is published, per cent of the nearer end; 0 inside."""
        nearer = min(max(self.ours_mt, self.low_mt), self.high_mt)
        return 100 * (self.ours_mt / nearer - 1)

    @property
    def judged(self) -> bool:
        """True for figures that the layer must come near to: not those that it only reports."""
        return self.figure.role != REPORTED

    @property
    def agrees(self) -> bool:
        """True within 5 %."""
        return abs(self.off_percent) <= TOLERANCE_PERCENT


def published_flows() -> list[Figure]:
    """The packaged table of flows to compare with."""
    path = Path(__file__).resolve().parent.parent / "data" / "oil_validation.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Figure(
                row["id"],
                int(row["year"]),
                int(row["first_month"]),
                int(row["last_month"]),
                tuple(row["counts"].split(";")),
                tuple(row["claims"].split(";")),
                row["formula"],
                row["role"],
                row["note"],
            )
            for row in csv.DictReader(file)
        ]


def compare_flows(corridor: Corridor, years: Iterable[int] = (2023, 2024, 2025)) -> Iterator[Comparison]:
    """Every published flow of these years beside ours, in the order of the table; one monthly run a year."""
    wanted = set(years)
    figures = [figure for figure in published_flows() if figure.year in wanted]
    ledger = load_ledger()
    results: dict[int, OilResult] = {}
    for figure in figures:
        if figure.year not in results:
            period = Period(dt.date(figure.year, 1, 1), dt.date(figure.year + 1, 1, 1), "month")
            results[figure.year] = solve(corridor, period)
        low, high = published_mt(figure, ledger)
        yield Comparison(figure, low, high, counted_mt(figure, results[figure.year]))


def published_mt(figure: Figure, ledger: Ledger) -> tuple[float, float]:
    """The lowest and highest of what is published, Mt.

    Raises
    ------
    ValueError
        If a claim is no amount of oil, or the formula cannot be computed.
    """
    claims = [ledger.get_claim(claim) for claim in figure.claims]
    if figure.formula:
        known = [claim_numbers(claim) for claim in claims]
        value = evaluate(figure.formula, [numbers.mid for numbers in known if numbers is not None])
        return value, value
    amounts = [numbers_in(claim, ("Mt",)) for claim in claims]
    found = [amount for amount in amounts if amount is not None]
    if len(found) < len(claims):
        raise ValueError(f"a claim of {figure.id} is no amount in tonnes")
    return min(amount.low for amount in found), max(amount.high for amount in found)


def counted_mt(figure: Figure, result: OilResult) -> float:
    """The same flow in a monthly run of its year, Mt."""
    months = slice(figure.first_month - 1, figure.last_month)
    network, outcome = result.network, result.outcome
    total_kt = 0.0
    for name in figure.counts:
        kind, _, row_id = name.partition(":")
        if kind == ALL_ROUTES:
            total_kt += float(outcome.route_kt[months].sum())
        elif kind == "route":
            total_kt += _sum(outcome.route_kt[months], network.route_id, row_id)
        else:
            total_kt += _sum(outcome.link_kt[months], network.link_id, row_id)
    return total_kt / 1000


def _sum(flows_kt: np.typing.NDArray[np.float64], ids: Sequence[str], row_id: str) -> float:
    return float(flows_kt[:, ids.index(row_id)].sum())
