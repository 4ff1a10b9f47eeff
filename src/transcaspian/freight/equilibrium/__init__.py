"""Traffic equilibrium on plain arrays: user equilibrium, system optimum, stochastic equilibrium; TNTP files.

Answers: who goes which way when delays depend on flows?  Start reading at `deterministic.py`.
Takes: `Network` and `Demand`.  Gives: `Equilibrium`.  Never knows: the corridor.
"""

from transcaspian.freight.equilibrium.delays import Delays, bpr, conical, constant, davidson, join_delays, queue
from transcaspian.freight.equilibrium.demand import Demand, make_demand
from transcaspian.freight.equilibrium.deterministic import system_optimum, user_equilibrium
from transcaspian.freight.equilibrium.network import Network, make_network

__all__ = [
    "Delays",
    "Demand",
    "Network",
    "bpr",
    "conical",
    "constant",
    "davidson",
    "join_delays",
    "make_demand",
    "make_network",
    "queue",
    "system_optimum",
    "user_equilibrium",
]
