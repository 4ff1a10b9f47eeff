"""Traffic equilibrium on plain arrays: user equilibrium, system optimum, stochastic equilibrium; TNTP files.

Answers: who goes which way when delays depend on flows?  Start reading at `deterministic.py`.
Takes: `Network` and `Demand`, with the functions of `delays.py`.  Gives: `Equilibrium`.  Never knows: the corridor.
"""

from transcaspian.freight.equilibrium.choice_sets import choice_sets, path_sizes
from transcaspian.freight.equilibrium.demand import Demand, make_demand
from transcaspian.freight.equilibrium.deterministic import system_optimum, user_equilibrium
from transcaspian.freight.equilibrium.network import Network, make_network
from transcaspian.freight.equilibrium.path_flows import PathFlows
from transcaspian.freight.equilibrium.result import Equilibrium
from transcaspian.freight.equilibrium.stochastic import StochasticEquilibrium, stochastic_equilibrium

__all__ = [
    "Demand",
    "Equilibrium",
    "Network",
    "PathFlows",
    "StochasticEquilibrium",
    "choice_sets",
    "make_demand",
    "make_network",
    "path_sizes",
    "stochastic_equilibrium",
    "system_optimum",
    "user_equilibrium",
]
