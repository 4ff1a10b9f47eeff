"""What the next unit is worth: the shadow prices of a year, limit by limit, ranked.

A shadow price is what the year would cost less with one more unit in a month: trains for the freight bill, for time and
for shippers who need not change their way, not income of whoever owns the limit. It holds over a range of capacity,
beyond which other limits or other cargo take over. Months are priced apart; a unit a day all year is worth the sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor.provenance import Cell
from transcaspian.freight.capacity import PriceRange
from transcaspian.freight.flows.capacity import CapacityMonth, CapacityYear
from transcaspian.freight.flows.capacity_answer import cargo_of_segments, limit_price_per_t
from transcaspian.freight.flows.months import Floats
from transcaspian.freight.flows.ship_lines import ShipLine

_WORTH = 1e-6  # USD per unit: less is rounding
_SHIP_MEASURES = ("voyage", "t aboard")


@dataclass(frozen=True, slots=True, eq=False)
class Bottleneck:
    """One limit that binds in some month, the measures of capacity and price in its own unit."""

    id: str
    kind: str  # facility, link, service, fleet
    row: str
    measure: str
    place: str
    months: tuple[int, ...]  # 1 to 12, in which it binds
    capacity_per_day: float  # in the dearest month
    price_usd: Floats  # (12,) of one more unit in each month
    usd_per_unit: float  # in the dearest month: one slot, one voyage, one TEU
    usd_per_t: float  # in the dearest month: room for one more tonne of what passes
    usd_per_year: float  # one more unit on every open day of the year
    usd_per_ship_year: float | None  # one more ship like those of the line, all year; only for fleets
    rent_usd: float  # price times capacity over the year
    gain_usd: float  # price of the next unit in the dearest month
    loss_usd: float | None  # price of the last one; differs at a kink
    holds_from_per_day: float | None  # range of capacity over which the prices hold, in the dearest month
    holds_until_per_day: float | None  # none: no end in sight
    settled: bool  # false: the capacity stands on a kink and the range was not worked out
    basis: str
    cells: tuple[Cell, ...]


def find_bottlenecks(solved: CapacityYear) -> list[Bottleneck]:
    """Every limit with a price, ranked by what one more unit a day is worth over the year; empty: nothing binds.

    Units of different limits cannot be compared, so that the order is by rent: price times capacity.

    Parameters
    ----------
    solved
        A year solved with `ranges` above 0, if the ranges are wanted.
    """
    by_id: dict[str, list[tuple[CapacityMonth, int]]] = {}
    for month in solved.months:
        for number, limit in enumerate(month.limits):
            if month.flow.price_usd[number, 0] > _WORTH:
                by_id.setdefault(limit.id, []).append((month, number))
    found = [_described(solved, name, binding) for name, binding in by_id.items()]
    return sorted(found, key=lambda one: (-one.rent_usd, one.id))


def _described(solved: CapacityYear, name: str, binding: Sequence[tuple[CapacityMonth, int]]) -> Bottleneck:
    price, rent, year_usd = np.zeros(12), 0.0, 0.0
    per_t = 0.0
    for month, number in binding:
        limit, own = month.limits[number], float(month.flow.price_usd[number, 0])
        price[month.month] = own
        rent += own * float(limit.capacity[0])
        year_usd += own * float(limit.days[0])
        per_t = max(per_t, limit_price_per_t(month, number, cargo_of_segments(solved, month)))
    dearest, number = max(binding, key=lambda pair: float(pair[0].flow.price_usd[pair[1], 0]))
    limit = dearest.limits[number]
    days = float(limit.days[0]) or 1.0
    known = _range_of(dearest, number)
    line = next((one for one in solved.lines if limit.kind == "fleet" and one.service == limit.row), None)
    return Bottleneck(
        id=name,
        kind=limit.kind,
        row=limit.row,
        measure=limit.measure,
        place=limit.place,
        months=tuple(sorted(month.month + 1 for month, _ in binding)),
        capacity_per_day=float(limit.per_day[0]),
        price_usd=price,
        usd_per_unit=float(price.max()),
        usd_per_t=per_t,
        usd_per_year=year_usd,
        usd_per_ship_year=_ship_year(line, binding, limit.measure) if line is not None else None,
        rent_usd=rent,
        gain_usd=known.gain_usd if known else float(price.max()),
        loss_usd=_number(known.loss_usd) if known else None,
        holds_from_per_day=_number(known.holds_from / days) if known else None,
        holds_until_per_day=_number(known.holds_until / days) if known else None,
        settled=known.settled if known else False,
        basis=limit.basis,
        cells=limit.cells,
    )


def _range_of(month: CapacityMonth, number: int) -> PriceRange | None:
    return next((one for one in month.flow.ranges if one.limit == number), None)


def _number(value: float) -> float | None:
    """None for what has no end or no meaning."""
    return float(value) if np.isfinite(value) else None


def _ship_year(line: ShipLine, binding: Sequence[tuple[CapacityMonth, int]], measure: str) -> float:
    """What one more ship's share of this limit is worth in the year."""
    if line.n_ships <= 0 or measure not in _SHIP_MEASURES:
        return 0.0
    worth = sum(
        float(month.flow.price_usd[number, 0]) * float(month.limits[number].capacity[0]) for month, number in binding
    )
    return worth / line.n_ships


def bottleneck_json(one: Bottleneck) -> Mapping[str, object]:
    """One entry of `result.bottlenecks`."""
    return {
        "id": one.id,
        "kind": one.kind,
        "row": one.row,
        "unit": one.measure,
        "place": one.place or None,
        "months": list(one.months),
        "capacity_units_per_day": one.capacity_per_day,
        "price_usd_per_unit": one.usd_per_unit,
        "price_usd_per_t": one.usd_per_t,
        "worth_usd_per_year_of_one_a_day": one.usd_per_year,
        "worth_usd_per_year_of_one_ship": one.usd_per_ship_year,
        "rent_usd_per_year": one.rent_usd,
        "price_by_month_usd_per_unit": [float(value) for value in one.price_usd],
        "range": {
            "next_unit_usd": one.gain_usd,
            "last_unit_usd": one.loss_usd,
            "holds_from_units_per_day": one.holds_from_per_day,
            "holds_until_units_per_day": one.holds_until_per_day,
            "settled": one.settled,
        },
        "basis": one.basis,
    }
