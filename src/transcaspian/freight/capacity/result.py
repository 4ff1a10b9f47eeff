"""What comes out: flows, what stays behind and why, and what the next unit of every limit is worth. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from transcaspian.freight.capacity.problem import Floats, FlowProblem, Ints

Longs = npt.NDArray[np.int64]


class UnmetReason(IntEnum):
    """Why demand of a commodity stays behind in a period."""

    NONE = 0  # all of it is carried
    NO_WAY = 1  # no allowed arcs lead from origin to destination before the last period ends
    CLOSED = 2  # every way that is worth its cost passes a limit whose capacity is 0
    DEARER_THAN_UNMET = 3  # the cheapest way costs no less than leaving it, even with room to spare
    FULL = 4  # limits bind, and what they are worth makes leaving it the cheaper choice


@dataclass(frozen=True, slots=True)
class PriceRange:
    """What one limit is worth around its present capacity, and how far each price holds.

    Between `holds_from` and the capacity the total cost rises by `loss_usd` per unit taken away; between the capacity
    and `holds_until` it falls by `gain_usd` per unit added. The two prices agree unless the capacity stands on a
    kink of the cost curve.
    """

    limit: int
    period: int  # -1 for a pooled limit
    capacity: float
    gain_usd: float  # USD per unit of capacity: what the next unit is worth
    holds_until: float
    loss_usd: float  # USD per unit of capacity: what the last unit is worth; NaN where the capacity is 0
    holds_from: float
    method: str  # "basis": exact ranging of the optimal basis; "re-solve": the kink was left by solving again beside it
    settled: bool  # false: a kink that was not solved again, so that the gain may be less and the loss more than said


@dataclass(frozen=True, slots=True, eq=False)
class Convergence:
    """How the answer was reached and how well it is proven."""

    relative_gap: float  # (objective - bound) / objective, 0 where both are 0
    proven: bool  # the gap is at most the one asked for
    rounds: int
    columns: int  # paths the master programme knows
    rows_in_sight: int  # limits by period it had to know, of `rows`
    rows: int
    simplex_iterations: int


@dataclass(frozen=True, slots=True, eq=False)
class CapacityFlow:
    """The cheapest way to carry the demand within all limits.

    Flow is kept by path; `flow_*` is the same by commodity, period and arc, one entry per combination that carries
    anything. Money is in USD, flow in the units of the demand, capacity in each limit's own unit.
    """

    problem: FlowProblem
    objective_usd: float  # carriage, stock and unmet demand together
    bound_usd: float  # no solution is cheaper than this
    path_commodity: Ints  # (n_paths,) commodity
    path_period: Ints  # (n_paths,) period in which it starts
    path_flow: Floats  # (n_paths,)
    path_cost_usd: Floats  # (n_paths,) per unit of flow, arcs only
    path_first: Longs  # (n_paths + 1,) places of `step_arc` and `step_period`
    step_arc: Ints
    step_period: Ints
    flow_commodity: Ints  # (n_flows,)
    flow_period: Ints  # (n_flows,)
    flow_arc: Ints  # (n_flows,)
    flow: Floats  # (n_flows,)
    unmet: Floats  # (n_commodities, n_periods)
    unmet_reason: npt.NDArray[np.int8]  # (n_commodities, n_periods) a `UnmetReason`
    next_unit_usd: Floats  # (n_commodities, n_periods) what one more unit of this demand would cost; NaN for no demand
    limit_use: Floats  # (n_limits, n_periods)
    price_usd: Floats  # (n_limits, n_periods) per unit of capacity, at least 0; pooled: the same in every period
    ranges: tuple[PriceRange, ...]  # of the dearest limits, by `rent_usd`, falling
    convergence: Convergence

    @property
    def rent_usd(self) -> Floats:
        """Shadow price times capacity, (n_limits, n_periods): what the limit as a whole earns in scarcity."""
        capacity = self.problem.limits.capacity
        return np.where(self.price_usd > 0.0, self.price_usd * np.where(np.isfinite(capacity), capacity, 0.0), 0.0)

    @property
    def carriage_usd(self) -> float:
        """What carrying costs, without what is left behind."""
        return float(self.path_flow @ self.path_cost_usd)

    def arc_flow(self) -> Floats:
        """All commodities together on every arc in every period, shape (n_periods, n_arcs)."""
        total = np.zeros((self.problem.n_periods, self.problem.network.n_arcs))
        np.add.at(total, (self.flow_period, self.flow_arc), self.flow)
        return total

    def ranked_limits(self) -> Ints:
        """Numbers of the limits that are worth anything, the largest rent over all periods first, then by price."""
        rent, price = self.rent_usd.sum(axis=1), self.price_usd.max(axis=1, initial=0.0)
        order = np.lexsort((np.arange(rent.size), -price, -rent))
        worth: Ints = order[price[order] > 0.0].astype(np.int32)
        return worth

    def unmet_sentences(self) -> list[str]:
        """One sentence for every commodity and period with unmet demand, in the order of the tables."""
        demand, said = self.problem.demand, []
        for commodity, period in np.argwhere(self.unmet > 0.0):
            why = _REASONS[UnmetReason(int(self.unmet_reason[commodity, period]))]
            left, asked = self.unmet[commodity, period], demand.amount[commodity, period]
            said.append(f"{demand.id[commodity]}, period {period}: {left:g} of {asked:g} not carried: {why}.")
        return said


_REASONS = {
    UnmetReason.NONE: "nothing is left",
    UnmetReason.NO_WAY: "no way leads to the destination before the last period ends",
    UnmetReason.CLOSED: "every way worth its cost passes a limit with no capacity",
    UnmetReason.DEARER_THAN_UNMET: "the cheapest way costs no less than leaving it",
    UnmetReason.FULL: "the limits on the way are full",
}
