"""Published figures against the twin's ranges: a table with its misses.

No procedure fits anything to these figures, but those who chose the assumptions knew many of them, so this is no blind
test. A published figure agrees when its range and ours overlap; else the gap is said in per cent of the published
figure. Ours are wide, so this is a weak test; the stronger one asks where our mid lies.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from transcaspian.corridor import Corridor, Estimate3, RowChange, build_network, find_place
from transcaspian.corridor.ranges import total
from transcaspian.evidence.conflicts import TOLERANCE
from transcaspian.freight.alternatives import find_alternatives
from transcaspian.freight.answers import avoided
from transcaspian.freight.loads import parse_load
from transcaspian.freight.quotes import LEG_CORRELATION, Leg, Quote, make_quote

HOURS_PER_DAY = 24.0
_AT_THE_ENDS = {"load", "unload", "clear_customs"}


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure: between which places, by which corridor, how long or how far."""

    id: str
    origin: str
    destination: str
    corridor: str
    through: tuple[str, ...]  # places the route must touch or pass
    avoid: tuple[str, ...]  # rows that are closed for this question
    modes: frozenset[str]  # modes of its moves; empty: any
    load: str
    measure: str  # haul_d: without loading, unloading, customs; door_d: all; distance_km; cost_usd
    low: float
    high: float
    claims: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published figure beside ours; `gap_percent` is 0 where the two ranges overlap.

    `is_input` is true where our answer itself rests on the published claim: agreement then proves nothing.
    """

    published: Published
    label: str
    ours: Estimate3 | None  # None: no such route
    gap_percent: float
    is_input: bool

    @property
    def agrees(self) -> bool:
        """True when the ranges overlap."""
        return self.ours is not None and self.gap_percent == 0

    @property
    def mid_off_percent(self) -> float:
        """How far our mid lies outside the published range, per cent of the nearer end; NaN without ours."""
        if self.ours is None:
            return math.nan
        nearer = min(max(self.ours.mid, self.published.low), self.published.high)
        return 100 * (self.ours.mid / nearer - 1)

    @property
    def mid_agrees(self) -> bool:
        """True when our mid lies in the published range, or no further outside than sources round away."""
        return abs(self.mid_off_percent) <= 100 * TOLERANCE


def published_figures() -> list[Published]:
    """The packaged table of figures to compare with."""
    path = Path(__file__).resolve().parent.parent / "data" / "validation.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Published(
                row["id"],
                row["origin"],
                row["destination"],
                row["corridor"],
                tuple(part for part in row["through"].split(";") if part),
                tuple(part for part in row["avoid"].split(";") if part),
                frozenset(part for part in row["modes"].split(";") if part),
                row["load"],
                row["measure"],
                float(row["low"]),
                float(row["high"]),
                tuple(part for part in row["claims"].split(";") if part),
                row["note"],
            )
            for row in csv.DictReader(file)
        ]


def compare(corridor: Corridor) -> Iterator[Comparison]:
    """Every published figure beside the twin's answer, in the order of the table."""
    for figure in published_figures():
        network = build_network(_restricted(corridor, figure))
        origin, destination = find_place(corridor, figure.origin), find_place(corridor, figure.destination)
        loads = parse_load(corridor, figure.load)
        routes = find_alternatives(network, loads, origin, destination, by="time", count=12)
        quote = next((q for q in map(make_quote, routes) if _fits(corridor, q, figure)), None)
        if quote is None:
            yield Comparison(figure, "", None, 100.0, is_input=False)
            continue
        ours = _measured(quote, figure.measure)
        is_input = bool(set(figure.claims) & set(quote.claims))
        yield Comparison(figure, quote.label, ours, _gap_percent(ours, figure), is_input)


def _restricted(corridor: Corridor, figure: Published) -> Corridor:
    """The corridor with what the figure avoids closed, and all links of modes that it does not use."""
    links = corridor["links"]
    changes = avoided(corridor, figure.avoid)
    for row, link in enumerate(links):
        if figure.modes and links.text(row, "mode") not in figure.modes:
            changes.append(RowChange("links", link, "close", origin=f"validation:{figure.id}"))
    return corridor.with_changes(changes) if changes else corridor


def _fits(corridor: Corridor, quote: Quote, figure: Published) -> bool:
    touched = {place for leg in quote.legs for place in (leg.start, leg.end)}
    links = corridor["links"]
    for leg in quote.legs:
        for link in leg.links:
            row = links.get_row(link)
            touched |= {links.text(row, "from_place"), links.text(row, "to_place"), *links.items(row, "via")}
    return quote.corridor == figure.corridor and touched >= set(figure.through)


def _measured(quote: Quote, measure: str) -> Estimate3:
    if measure == "distance_km":
        network = quote.route.network
        low, mid, high = (float(sum(network.length_km[end, arc] for arc in quote.route.arcs)) for end in range(3))
        return Estimate3(low, mid, high)
    if measure == "cost_usd":
        return quote.cost_usd
    legs: list[Leg] = [leg for leg in quote.legs if measure == "door_d" or leg.operation not in _AT_THE_ENDS]
    return total((leg.time_h for leg in legs), correlation=LEG_CORRELATION).scaled(1 / HOURS_PER_DAY)


def _gap_percent(ours: Estimate3, figure: Published) -> float:
    if ours.high < figure.low:
        return 100 * (ours.high / figure.low - 1)
    if ours.low > figure.high:
        return 100 * (ours.low / figure.high - 1)
    return 0.0
