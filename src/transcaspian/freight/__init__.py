"""Freight: alternatives (Pareto routes), quotes and emissions on the virtual network.

Answers: how does my cargo get there, what does it cost, how long does it take?
Start reading at `freight/alternatives.py`, then `freight/quotes.py`.  Never knows: oil, power, fibre, web.
"""

from transcaspian.freight.alternatives import find_alternatives, find_pareto, lower_bound
from transcaspian.freight.loads import Load, parse_load
from transcaspian.freight.quotes import Leg, Quote, make_quote
from transcaspian.freight.routes import CRITERIA, Route

__all__ = [
    "CRITERIA",
    "Leg",
    "Load",
    "Quote",
    "Route",
    "find_alternatives",
    "find_pareto",
    "lower_bound",
    "make_quote",
    "parse_load",
]
