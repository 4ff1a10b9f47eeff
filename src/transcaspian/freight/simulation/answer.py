"""Ask the simulation: plan, replications on any number of workers, result, run folder."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from transcaspian import __version__
from transcaspian.corridor import Corridor
from transcaspian.errors import InputError, Problem
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.replication import Replicate
from transcaspian.freight.simulation.result import SimulationResult, make_result
from transcaspian.freight.simulation.result_tables import result_tables
from transcaspian.freight.simulation.settings import CrossingQuestion
from transcaspian.freight.simulation.world import check_demand
from transcaspian.runs import finish_run, run_ensemble, write_table

REPLICATIONS = 20
_ALONE = 4  # replications that are quicker done here than by workers that have to start first
_MOST = 100_000


def simulate(
    corridor: Corridor,
    question: CrossingQuestion,
    *,
    replications: int = REPLICATIONS,
    seed: int = 1,
    antithetic: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    folder: Path | None = None,
    resume: bool = False,
    inputs: Mapping[str, object] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SimulationResult:
    """A year, or the days asked for, on the Caspian, replicated.

    Parameters
    ----------
    corridor
        The base, or one with a scenario's changes for the days of the question.
    question
        Days, growth, level of the sea, closures.
    replications
        How many worlds; all differ in weather and chance, none in what was asked.
    seed
        Names the random numbers: two scenarios with one seed meet the same storms.
    antithetic
        True: replications come in pairs that mirror each other; give an even number.
    workers, cluster
        Where the work is done; it cannot be seen in the result.
    folder, resume
        Keep the run there, with its tables as Parquet; go on with one that was interrupted.
    inputs
        What else the manifest of the folder should say.
    progress
        Called with (done, in all).

    Raises
    ------
    InputError
        For a question that cannot be answered, a folder that cannot be used, or numbers out of range.
    """
    _check(replications, antithetic)
    plan = build_plan(corridor, question)
    check_demand(plan)
    work = Replicate(plan, seed, pairs=antithetic)
    manifest = {
        "question": _question_json(question),
        "corridor": corridor.fingerprint(),
        "seed": seed,
        "antithetic": antithetic,
        "versions": {
            "transcaspian": __version__,
            **{name: importlib.metadata.version(name) for name in ("numba", "numpy")},
        },
        **(inputs or {}),
    }
    if workers is None and cluster is None and replications <= _ALONE:
        workers = 1
    rows = run_ensemble(
        work,
        replications,
        workers=workers,
        cluster=cluster,
        folder=folder,
        resume=resume,
        manifest=manifest,
        progress=progress,
    )
    result = make_result(
        plan, corridor, seed, [{name: np.asarray(value) for name, value in row.items()} for row in rows]
    )
    if folder is not None:
        for name, columns in result_tables(result).items():
            write_table(folder, name, columns)
        finish_run(folder, defaults_used=[dict(default) for default in plan.defaults])
    return result


def _check(replications: int, antithetic: bool) -> None:
    where = "--replications"
    if replications > _MOST:
        what = f"{replications:,} years are more than anybody can wait for"
        raise InputError(Problem("simulate.replications", where, what, f"ask for at most {_MOST:,}."))
    if antithetic and replications % 2:
        what = f"{replications} replications do not come in pairs"
        raise InputError(Problem("simulate.replications", where, what, "give an even number with --antithetic."))


def _question_json(question: CrossingQuestion) -> dict[str, object]:
    return {
        "since": question.since.isoformat(),
        "until": question.until.isoformat(),
        "growth": question.growth,
        "level_m_bs": question.level_m_bs,
        "projection": question.projection,
        "storms": question.storms,
        "closures": [[closure.port, closure.since.isoformat(), closure.days] for closure in question.closures],
    }
