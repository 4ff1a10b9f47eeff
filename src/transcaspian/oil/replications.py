"""Draws of storms and of the first stock: the same question many times, each with its own weather.

Replication r of seed s draws from Philox streams keyed by (s, r), and every draw begins its search at the calm optimum,
so the figures do not depend on the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from transcaspian.corridor import Corridor
from transcaspian.errors import InputError, Problem
from transcaspian.oil.oil_json import JsonObject, result_json
from transcaspian.oil.planning import Period
from transcaspian.oil.solve import Case, Foresight, OilResult, prepare, solve_case
from transcaspian.oil.weather import draw_stock, draw_weather, expected_open, storms_of, stream

_MOST = 100_000
_FEW = 8  # below this a second process costs more than it saves


def replicate(
    corridor: Corridor,
    period: Period,
    foresight: Foresight,
    *,
    replications: int,
    seed: int = 0,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> list[JsonObject]:
    """The figures of every replication, in order; see `oil_json.mean_json` for their means and bands.

    Raises
    ------
    InputError
        If the number of replications is not between 1 and 100,000, or with what is wrong with the tables.
    """
    if not 1 <= replications <= _MOST:
        what = f"{replications} is no number of replications"
        raise InputError(Problem("oil.replications", "--replications", what, f"give 1 to {_MOST:,}."))
    tell = progress or (lambda done: None)
    if workers < 2 or replications < _FEW:
        case = prepare(corridor, period, foresight)
        found = []
        for number in range(replications):
            found.append(result_json(draw_case(case, seed=seed, replication=number)))
            tell(number + 1)
        return found
    parts = [range(worker, replications, workers) for worker in range(workers)]
    # Fresh processes: a solver and its threads do not survive a fork.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_some, corridor, period, foresight, seed, part) for part in parts]
        done: dict[int, JsonObject] = {}
        for part, job in zip(parts, jobs, strict=True):
            done |= dict(zip(part, job.result(), strict=True))
            tell(len(done))
    return [done[number] for number in range(replications)]


def draw_case(case: Case, *, seed: int, replication: int) -> OilResult:
    """Solve one replication of a prepared case."""
    run = case.run
    storms = storms_of(run.corridor)
    days = run.reader.days
    weather = draw_weather(storms, days, stream(seed, replication, "storms"))
    stock = draw_stock(run, stream(seed, replication, "stock"))
    return solve_case(case, weather=weather, expected=expected_open(storms, days), stock=stock)


def _some(
    corridor: Corridor, period: Period, foresight: Foresight, seed: int, numbers: Sequence[int]
) -> list[JsonObject]:
    case = prepare(corridor, period, foresight)
    return [result_json(draw_case(case, seed=seed, replication=number)) for number in numbers]
