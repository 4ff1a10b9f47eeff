"""Hard capacity: who is carried when not all can be, and what the next berth, slot or path is worth.

Answers: the cheapest multi-commodity flow over months within all limits, and the shadow price of every limit.
Start reading at `problem.py`, then `flow.py`.  Never knows: places, corridor tables, scenarios.
"""

from transcaspian.freight.capacity.flow import solve_capacity_flow
from transcaspian.freight.capacity.problem import Demand, FlowNetwork, FlowProblem, Limit, Limits, gather_limits
from transcaspian.freight.capacity.result import CapacityFlow, Convergence, PriceRange, UnmetReason

__all__ = [
    "CapacityFlow",
    "Convergence",
    "Demand",
    "FlowNetwork",
    "FlowProblem",
    "Limit",
    "Limits",
    "PriceRange",
    "UnmetReason",
    "gather_limits",
    "solve_capacity_flow",
]
