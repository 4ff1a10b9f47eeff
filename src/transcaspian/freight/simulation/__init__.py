"""A year on the Caspian, event by event: how long cargo waits, what a storm does, what a ship is worth.

Answers: how long does it really take, where does it queue, and what changes when something happens?
Start reading at `README.md`, then `build.py`.  Takes: a `Corridor` and a question.  Gives: `SimulationResult`.
Never knows: oil, web.
"""

from transcaspian.freight.simulation.answer import REPLICATIONS, simulate
from transcaspian.freight.simulation.bare_port import BarePort, waits_h
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.replication import Replicate
from transcaspian.freight.simulation.result import SimulationResult
from transcaspian.freight.simulation.settings import CrossingQuestion, GivenClosure

__all__ = [
    "REPLICATIONS",
    "BarePort",
    "CrossingQuestion",
    "GivenClosure",
    "Plan",
    "Replicate",
    "SimulationResult",
    "build_plan",
    "simulate",
    "waits_h",
]
