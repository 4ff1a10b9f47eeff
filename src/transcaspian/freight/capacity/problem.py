"""What is asked: a network with periods, limits shared by all cargo, and demand that may stay behind at a price.

Plain arrays in numbers of one's own choosing; a *unit of flow* is one tonne (or one TEU) per period. A *class* is
a kind of cargo with its own arc costs, allowed arcs and appetite for capacity; a *commodity* is one origin,
destination and class with its demand in every period.

An arc takes whole periods (`lag`); most take 0. Stock is a self-loop with lag 1, its cost that of
keeping a unit for a period, its room a limit.
A limit may be used by any number of arcs, and an arc may use any number of limits (link, facility, service, fleet),
each by its own units of capacity per unit of flow and class. Use counts in the period in which the arc is entered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class FlowNetwork:
    """Directed arcs between numbered nodes."""

    n_nodes: int
    tail: Ints  # (n_arcs,)
    head: Ints  # (n_arcs,)
    lag: Ints  # (n_arcs,) whole periods from entering the arc to arriving; 0 within the period
    cost: Floats  # (n_classes, 1 or n_periods, n_arcs) USD per unit of flow, infinite where the class is not allowed

    @property
    def n_arcs(self) -> int:
        """Number of arcs."""
        return int(self.tail.size)

    @property
    def n_classes(self) -> int:
        """Number of classes of cargo."""
        return int(self.cost.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Named limits, and which arc uses how much of which."""

    id: tuple[str, ...]
    unit: tuple[str, ...]  # what one unit of capacity is: "t", "slot", "wagon-day"
    capacity: Floats  # (n_limits, n_periods), infinite where nothing limits; 0 carries nothing
    pooled: Flags  # (n_limits,) true: one limit over all periods together, the sum of their capacities
    limit: Ints  # (n_uses,) row of `id`
    arc: Ints  # (n_uses,)
    usage: Floats  # (n_classes, n_uses) units of capacity per unit of flow


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Who wants to send what: one row per commodity."""

    id: tuple[str, ...]
    cargo: Ints  # (n_commodities,) class
    origin: Ints  # (n_commodities,) node
    destination: Ints  # (n_commodities,) node
    amount: Floats  # (n_commodities, n_periods) units of flow that stand ready at the origin in that period
    unmet_usd: Floats  # (n_commodities, n_periods) USD per unit of flow that is not carried


@dataclass(frozen=True, slots=True, eq=False)
class FlowProblem:
    """The whole question; `solve_capacity_flow` checks it."""

    network: FlowNetwork
    limits: Limits
    demand: Demand

    @property
    def n_periods(self) -> int:
        """Number of periods."""
        return int(self.demand.amount.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """One limit as it is most easily told; `gather_limits` makes columns of many."""

    id: str
    unit: str
    capacity: npt.ArrayLike  # (n_periods,) or one number for all of them
    uses: Sequence[tuple[int, npt.ArrayLike]]  # arc, and units per unit of flow: one number, or one for each class
    pooled: bool = False


def gather_limits(limits: Sequence[Limit], *, n_classes: int, n_periods: int) -> Limits:
    """Columns out of single limits, in the order given; what is wrong with them is said when they are solved."""
    uses = [(row, arc, usage) for row, one in enumerate(limits) for arc, usage in one.uses]
    usage = [np.broadcast_to(np.asarray(use, float), n_classes) for _, _, use in uses]
    capacity = [np.broadcast_to(np.asarray(one.capacity, float), n_periods) for one in limits]
    return Limits(
        tuple(one.id for one in limits),
        tuple(one.unit for one in limits),
        np.array(capacity).reshape(len(limits), n_periods),
        np.array([one.pooled for one in limits], bool),
        np.array([row for row, _, _ in uses], np.int32),
        np.array([arc for _, arc, _ in uses], np.int32),
        np.array(usage).reshape(len(uses), n_classes).T.copy(),
    )
