"""How far a shadow price holds: ranging of the optimal basis, and a step beside the kink where there is one.

The optimal basis of the last master programme is optimal for all paths, so its prices hold as long as it stays
feasible: the ratio test below runs over the known paths, all demands and all limits, those out of sight included
(a limit that the master never saw can end a range). At a kink (a degenerate optimum) that range is empty on one side,
and the price of the basis is any of many; there the capacity is moved a little, the problem solved again, and the
price taken if its own range reaches back to the kink. That is exact too, not a finite difference.
"""

from __future__ import annotations

import numpy as np

from transcaspian.freight.capacity._search_kernel import Floats
from transcaspian.freight.capacity.generation import Generation
from transcaspian.freight.capacity.master import MasterAnswer
from transcaspian.freight.capacity.result import PriceRange

_NOISE = 1e-9  # movements per unit of capacity below this are rounding
_EMPTY = 1e-7  # a range shorter than this, relative to the capacity or to a demand, is a kink
_TRIES = 12


def price_ranges(generation: Generation, answer: MasterAnswer, rows: list[int], *, kinks: int) -> list[PriceRange]:
    """The range of every row asked for, in the caller's units and in the order of `rows`.

    Up to `kinks` of those that stand on a kink are solved again beside it; the others keep the price of the basis
    on the empty side and are not settled.
    """
    near = {row: basis_range(generation, answer, row) for row in rows}  # before any capacity is touched
    found = []
    for row in rows:
        one, resolved = _described(generation, answer, row, *near[row], may_solve=kinks > 0)
        kinks -= resolved
        found.append(one)
    return found


def basis_range(generation: Generation, answer: MasterAnswer, row: int) -> tuple[float, float]:
    """By how much a row in sight may lose and gain capacity (scaled) before the basis breaks."""
    search, master = generation.search, generation.master
    flow = master.direction(row)
    room_move = -master.columns.load(flow, search.n_rows)
    room_move[row] += 1.0
    room = master.capacity - master.columns.load(answer.flow, search.n_rows)
    left = search.amount - np.bincount(master.columns.demand, weights=answer.flow, minlength=search.n_demands)
    left_move = -np.bincount(master.columns.demand, weights=flow, minlength=search.n_demands)
    level = np.concatenate([answer.flow, room, left])
    move = np.concatenate([flow, room_move, left_move])
    return min(_reach(level, -move), float(master.capacity[row])), _reach(level, move)


def _reach(level: Floats, move: Floats) -> float:
    """How far one can go before a level that must not be negative becomes so."""
    falls = move < -_NOISE
    return float(np.min(np.maximum(level[falls], 0.0) / -move[falls], initial=np.inf))


def _described(
    generation: Generation, answer: MasterAnswer, row: int, down: float, up: float, *, may_solve: bool
) -> tuple[PriceRange, bool]:
    """The range of one row, and whether it took solving again."""
    search = generation.search
    capacity, price = float(generation.master.capacity[row]), float(answer.row_price[row])
    empty = _EMPTY * (1.0 + capacity)
    kink_up, kink_down = up <= empty, down <= empty < capacity
    gain, until, loss, since, settled = price, capacity + up, price, capacity - down, not (kink_up or kink_down)
    solved = may_solve and not settled
    if solved:
        right = left = True
        if kink_up:
            gain, until, right = _beside(generation, answer, row, 1.0)
        if kink_down:
            loss, since, left = _beside(generation, answer, row, -1.0)
        settled = right and left
    if capacity <= empty:
        loss, since = np.nan, 0.0
    unit = float(search.capacity_unit[row])
    money, size = search.money_scale / unit, search.flow_scale * unit
    one = PriceRange(
        limit=int(search.row_limit[row]),
        period=int(search.row_period[row]),
        capacity=capacity * size,
        gain_usd=gain * money,
        holds_until=until * size,
        loss_usd=loss * money,
        holds_from=max(since, 0.0) * size,
        method="re-solve" if solved else "basis",
        settled=settled,
    )
    return one, solved


def _beside(generation: Generation, answer: MasterAnswer, row: int, side: float) -> tuple[float, float, bool]:
    """Price and far end of the linear piece that begins at a kink, to the right (1.0) or the left (-1.0)."""
    base = float(generation.master.capacity[row])
    step = 0.02 * base if base > 0.0 else 0.02
    price, far, settled = 0.0, base, False
    for _ in range(_TRIES):
        there = base + side * step
        generation.master.set_capacity(row, there)
        back = 0.0
        for exact in (False, True):  # only a piece that reaches back over the known paths is worth pricing new ones
            beside = generation.solve(gap=-1.0, max_rounds=1000).answer if exact else generation.solve_known()
            down, up = basis_range(generation, beside, row)
            back, ahead = (down, up) if side > 0.0 else (up, down)
            settled = back >= step * (1.0 - 1e-6)
            if not settled:
                break
        price, far = float(beside.row_price[row]), there + side * ahead
        if settled:
            break
        price, far = (answer.objective - beside.objective) / (side * step), there
        step = (step - back) / 2.0
    generation.master.set_capacity(row, base)
    return price, far, settled
