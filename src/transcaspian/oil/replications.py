"""Draws of storms and of the first stock: the same question many times, each with its own weather.

Draws are keyed by seed and replication (`runs/streams.py`), and every replication begins its search at the calm
optimum, so the figures do not depend on the number of workers.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Corridor
from transcaspian.errors import InputError, Problem
from transcaspian.oil.oil_json import JsonObject, result_json
from transcaspian.oil.planning import Period
from transcaspian.oil.solve import Case, Foresight, OilResult, prepare, solve_case
from transcaspian.oil.weather import draw_stock, draw_weather, expected_open, storms_of
from transcaspian.runs import run_ensemble

_ALONE = 7  # replications that are quicker done here than by workers that have to start first
_MOST = 100_000
_FIGURES = "figures"


class Replicate:
    """A picklable piece of work: the figures of one replication, as the bytes of their JSON."""

    def __init__(self, corridor: Corridor, period: Period, foresight: Foresight, seed: int) -> None:
        self._asked = (corridor, period, foresight, seed)
        self._own = threading.local()  # a program is moved from draw to draw, so each thread has one of its own

    def __getstate__(self) -> object:
        return self._asked  # a solver cannot be pickled

    def __setstate__(self, asked: Any) -> None:
        self.__init__(*asked)  # type: ignore[misc]

    def __call__(self, replication: int) -> dict[str, npt.NDArray[Any]]:
        """One array of bytes: draws differ in which limits bind, so there is no table that fits all of them."""
        corridor, period, foresight, seed = self._asked
        if not hasattr(self._own, "case"):
            self._own.case = prepare(corridor, period, foresight)
        found = result_json(draw_case(self._own.case, seed=seed, replication=replication))
        return {_FIGURES: np.frombuffer(json.dumps(found).encode(), np.uint8)}


def replicate(
    corridor: Corridor,
    period: Period,
    foresight: Foresight,
    *,
    replications: int,
    seed: int = 0,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[JsonObject]:
    """The figures of every replication, in order; see `oil_json.mean_json` for their means and bands.

    Parameters
    ----------
    corridor, period, foresight
        As of `solve`.
    replications
        How many; all differ in storms and first stocks, none in what was asked.
    seed
        Names the random numbers: two scenarios with one seed meet the same storms.
    workers, cluster
        Where the work is done; it cannot be seen in the result.
    progress
        Called with (done, in all).

    Raises
    ------
    InputError
        If a number is out of range, the cluster does not answer, or with what is wrong with the tables.
    """
    if not 1 <= replications <= _MOST:
        what = f"{replications} is no number of replications"
        raise InputError(Problem("oil.replications", "--replications", what, f"give 1 to {_MOST:,}."))
    if workers is None and cluster is None and replications <= _ALONE:
        workers = 1
    work = Replicate(corridor, period, foresight, seed)
    rows = run_ensemble(work, replications, workers=workers, cluster=cluster, progress=progress)
    return [json.loads(np.asarray(row[_FIGURES]).tobytes()) for row in rows]


def draw_case(case: Case, *, seed: int, replication: int) -> OilResult:
    """Solve one replication of a prepared case."""
    run = case.run
    storms = storms_of(run.corridor)
    days = run.reader.days
    weather = draw_weather(storms, days, seed=seed, replication=replication)
    stock = draw_stock(run, seed=seed, replication=replication)
    return solve_case(case, weather=weather, expected=expected_open(storms, days), stock=stock)
