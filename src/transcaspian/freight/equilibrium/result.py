"""What an assignment answers: flows, prices, paths, and how near to equilibrium they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcaspian.freight.equilibrium.path_flows import PathFlows

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Round:
    """One line of the convergence report."""

    iteration: int
    relative_gap: float
    objective: float
    seconds: float  # since the start


@dataclass(frozen=True, slots=True, eq=False)
class Equilibrium:
    """Flows in equilibrium, or as near to it as was asked for or could be reached; arrays are read-only."""

    flow: Floats  # (n_links,) of all classes
    class_flow: Floats  # (n_classes, n_links)
    time: Floats  # (n_links,) time at these flows
    objective: float  # what is minimised: Beckmann's sum of integrals, or the total cost of the system optimum
    total_cost: float  # flow times what it meets (time and fixed cost), over all links and classes
    relative_gap: float  # (total - cheapest total) / total at the prices of these flows
    converged: bool  # the gap asked for was reached
    rounds: tuple[Round, ...]
    seconds: float
    paths: PathFlows
    unmet: Floats  # (n_pairs,) demand that no path connects

    @property
    def iterations(self) -> int:
        """Rounds of column generation."""
        return len(self.rounds)
