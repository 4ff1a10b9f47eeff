"""What `flows` answers, whatever the method: who went which way, what is full, what stayed behind.

Answers: how much took which corridor, at what cost, and what jams first?  All frozen; tonnes are of cargo, a year's.
Takes: nothing.  Gives: `FlowResult`, made by `summary.py` from paths.  Never knows: how the flows were found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from transcaspian.corridor.provenance import Cell

Method = Literal["equilibrium", "capacity", "loop"]
METHODS: tuple[Method, ...] = ("equilibrium", "capacity", "loop")


@dataclass(frozen=True, slots=True)
class CorridorFlow:
    """Everything that took one corridor."""

    id: str  # as in `route`: middle, northern, ocean, southern, …
    t_per_year: float
    teu_per_year: float
    share: float  # of all tonnes carried


@dataclass(frozen=True, slots=True)
class MarketFlow:
    """What one market sent by one corridor."""

    id: str  # the market: china-europe, …
    corridor: str
    t_per_year: float
    teu_per_year: float
    share: float  # of what the market had carried: of its TEU where all of it is boxes, else of its tonnes


@dataclass(frozen=True, slots=True)
class LimitFlow:
    """What passed one link or facility."""

    id: str
    kind: Literal["link", "facility"]
    flow_t: float  # of cargo, a year's, both directions
    flow_units: float  # in `unit`
    unit: str  # what its capacity counts: t, TEU, train, call, truck; empty where it has none
    capacity_units: float | None  # a year's, for the traffic of the twin: what domestic trains take is left out
    utilisation: float | None  # flow over capacity; none where no capacity is known
    delay_h: float  # waiting that the flow itself makes, hours for each passage
    shadow_price_usd_per_t: float | None  # what room for one more tonne is worth; only `capacity` knows it


@dataclass(frozen=True, slots=True)
class UnmetFlow:
    """What one row of demand left behind, and why."""

    demand: str
    market: str
    t_per_year: float
    teu_per_year: float
    reason: str  # a sentence's end: "no route: KZAAU is closed"


@dataclass(frozen=True, slots=True)
class PathFlow:
    """One way of one demand: arcs of the virtual network in travel order."""

    demand: str
    market: str
    commodity: str
    unit_load: str
    corridor: str
    gateway: tuple[str, ...]  # corridor, shores of the Caspian, Suez or the Cape, and Baku–Tbilisi–Kars
    arcs: tuple[int, ...]
    t_per_year: float
    teu_per_year: float
    share: float  # of the demand
    cost_usd_per_t: float  # tariffs, without the value of time
    time_h: float  # door to door, waiting in queues included
    queue_h: float  # the part of it that is waiting made by the flows


@dataclass(frozen=True, slots=True)
class FlowConvergence:
    """How near to its fixed point, or its optimum, the answer is."""

    relative_gap: float  # equilibrium: sum of |choice − flow| over demand; capacity: gap to the proven bound
    iterations: int
    seconds: float  # of the solver alone
    converged: bool
    rounds: tuple[Mapping[str, float], ...] = ()  # a line per round: iteration, gap, and what else the method tells


@dataclass(frozen=True, eq=False)
class FlowResult:
    """A year's flows on one corridor under one scenario."""

    method: Method
    year: int
    growth: float
    demand_t: float
    corridors: tuple[CorridorFlow, ...]
    markets: tuple[MarketFlow, ...]
    links: tuple[LimitFlow, ...]
    facilities: tuple[LimitFlow, ...]
    unmet: tuple[UnmetFlow, ...]
    mean_cost_usd_per_t: float  # of what is carried; 0 where nothing is
    mean_time_h: float  # of what is carried, weighted by tonnes
    convergence: FlowConvergence
    paths: tuple[PathFlow, ...]
    binding: tuple[str, ...]  # limits that hold the flow back, the worst first; empty: nothing does
    cells: tuple[Cell, ...]  # table cells that the answer rests on
    defaults: tuple[Mapping[str, Any], ...]  # assumptions of the method that are in no table
    notes: tuple[str, ...] = ()  # what a reader must know: a period that did not converge, demand that was left out
    fleets: tuple[LimitFlow, ...] = ()  # services and fleets that limit, where the method knows them

    @property
    def unmet_t(self) -> float:
        """Tonnes a year that no corridor carried."""
        return sum(one.t_per_year for one in self.unmet)

    @property
    def carried_t(self) -> float:
        """Tonnes a year that arrived."""
        return sum(one.t_per_year for one in self.corridors)
