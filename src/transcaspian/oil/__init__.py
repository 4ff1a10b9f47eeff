"""Kazakhstan's crude on its way out: fields, pipes, tanks, moorings, tankers, refineries and markets, day by day.

Answers: what is shut in, rerouted and lost when something fails, what is each limit worth, and what does it take to
carry more?  Start reading at `solve.py`, then `program.py`.  Takes: a `Corridor` with its scenario applied.  Gives:
frozen results.  Never knows: freight, pages, commands.
"""

from transcaspian.oil.oil_json import mean_json, result_json
from transcaspian.oil.planning import Period
from transcaspian.oil.replications import replicate
from transcaspian.oil.solve import Foresight, OilResult, solve
from transcaspian.oil.target import TargetResult, solve_target

__all__ = [
    "Foresight",
    "OilResult",
    "Period",
    "TargetResult",
    "mean_json",
    "replicate",
    "result_json",
    "solve",
    "solve_target",
]
