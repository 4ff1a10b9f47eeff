"""Column generation: solve over few paths, ask for better ones, until a bound proves that there are none.

Dantzig and Wolfe (1960) over paths of the time-expanded graph, after Ford and Fulkerson (1958) and Tomlin (1966).
Prices are smoothed towards those of the best bound so far (Wentges, 1997; with the fall-back on mispricing of
Pessoa, Sadykov, Uchoa and Vanderbeck, 2018). Every pricing gives a Lagrangian bound on all solutions; the loop ends
when no path is left that would improve, or when master and bound agree to the wanted gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transcaspian.freight.capacity._search_kernel import Floats
from transcaspian.freight.capacity.master import Master, MasterAnswer
from transcaspian.freight.capacity.paths import Columns, PathSearch

_IMPROVES = 1e-8  # a path must save this much per unit of flow, where the dearest unmet price is 1000


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """The last master's answer with its proof, in scaled units."""

    answer: MasterAnswer
    bound: float
    rounds: int


class Generation:
    """A master programme with its path search; solving again after a change starts from what is known."""

    def __init__(self, search: PathSearch, *, smoothing: float = 0.0) -> None:
        self.search = search
        self.master = Master(search)
        self.smoothing = smoothing
        self._centre = np.zeros(search.n_rows)

    def prime(self, columns: Columns, row_price: Floats) -> None:
        """Begin with paths and prices that were good for a problem like this one."""
        self.master.add_columns(columns)
        self.master.add_rows(np.flatnonzero(row_price > 0.0))
        self._centre = row_price

    def solve(self, *, gap: float, max_rounds: int) -> Optimum:
        """Alternate between master and pricing until proven optimal to `gap`, or until no path improves.

        Broken rows and better paths join in the same round; only a master without broken rows counts as an answer.
        """
        if not self.master.iterations:  # at the very start the cheapest paths, as if nothing else were limited
            _, columns = self.search.cheapest(self._centre, self.search.unmet)
            self.master.add_columns(columns)
        best, rounds = -np.inf, 0
        while True:
            rounds += 1
            answer = self.master.solve()
            bound, better = self._price(answer)
            best = max(best, bound)
            whole = not answer.broken.size
            if whole and answer.objective - best <= gap * abs(answer.objective):
                return Optimum(answer, best, rounds)
            if whole and rounds >= max_rounds:
                return Optimum(answer, best, rounds)
            self.master.add_rows(answer.broken)
            added = rounds < max_rounds and self.master.add_columns(better)
            if whole and not added:
                return Optimum(answer, best, rounds)

    def solve_known(self) -> MasterAnswer:
        """Optimum over the paths known so far, with every limit kept."""
        while True:
            answer = self.master.solve()
            if not answer.broken.size:
                return answer
            self.master.add_rows(answer.broken)

    def _price(self, answer: MasterAnswer) -> tuple[float, Columns]:
        """The best bound met, and paths that improve: asked at smoothed prices, at the true ones if those mislead."""
        worth = self.search.unmet - answer.demand_price
        share, found = self.smoothing, -np.inf
        while True:
            price = share * self._centre + (1.0 - share) * answer.row_price
            below = self.search.unmet if share > 0.0 else worth - _IMPROVES
            least, columns = self.search.cheapest(price, below)
            bound = self.bound(price, least)
            if bound > found:
                found, self._centre = bound, price
            better = _improving(columns, answer.row_price, worth)
            if len(better) or share == 0.0:
                return found, better
            share = share / 2.0 if share > 0.1 else 0.0

    def bound(self, price: Floats, least: Floats) -> float:
        """Lagrangian bound: no solution is cheaper, whatever the prices (at least 0) are."""
        search = self.search
        return float(search.amount @ np.minimum(least, search.unmet) - price @ self.master.capacity)


def _improving(columns: Columns, row_price: Floats, worth: Floats) -> Columns:
    reduced = columns.cost + columns.toll(row_price) - worth[columns.demand]
    return columns.pick(np.flatnonzero(reduced < -_IMPROVES))
