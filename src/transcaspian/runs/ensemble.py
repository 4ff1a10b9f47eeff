"""Many replications of one piece of work, on any number of workers, with the same results.

A replication is worked out by itself, from its number alone; results are put in the order of the numbers. So who
worked, where and how fast cannot be seen in them: tables are equal to the byte for 1, 2 and 8 workers and on a cluster.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.runs.chunks import Finished, Plan, Work, unpack
from transcaspian.runs.folder import FAILED, GATHERED, INTERRUPTED, open_run
from transcaspian.runs.local import local_pieces

Progress = Callable[[int, int], object]  # (replications done, replications in all)


def run_ensemble(
    work: Work,
    replications: int,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    folder: Path | str | None = None,
    resume: bool = False,
    manifest: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    per_task: int | None = None,
) -> list[dict[str, npt.NDArray[Any] | float]]:
    """The result of every replication, in order.

    Parameters
    ----------
    work
        Called with the number of a replication, 0 to `replications` - 1, gives its result by name: numbers, which come
        back as floats, and arrays. It must depend on nothing else, and be fit for pickling when others are to do it.
    replications
        How many, 1 or more.
    workers
        Processes on this machine, by default as many as it has cores for us; 1 works in this process.
    cluster
        Address of a Dask scheduler, to work there instead.
    folder
        Keep every finished chunk there, so that the run can be resumed. When the tables are written, `finish_run`
        deletes the chunks.
    resume
        Go on with the run in `folder`.
    manifest
        All that the results depend on, fit for JSON; a run is resumed only when this is the same.
    progress
        Called with replications done and in all, once at the start and after each chunk.
    per_task
        Replications in a chunk; by default as many as take about 0.2 s, as measured on those before.

    Returns
    -------
    results
        One mapping per replication.

    Raises
    ------
    InputError
        If a number is out of range, the folder cannot be used or resumed, the cluster does not answer, or a chunk has
        killed three workers.
    Exception
        Whatever `work` raises; the folder stays resumable, also after Ctrl-C.
    """
    _check(replications, workers, per_task, resume_nothing=resume and folder is None)
    run = None
    if folder is not None:
        more = {"cluster": cluster} if cluster else {"workers": workers or _cores()}
        run = open_run(Path(folder), manifest or {}, replications=replications, resume=resume, more=more)
    results: list[dict[str, npt.NDArray[Any] | float]] = [{} for _ in range(replications)]
    done = list(run.pieces()) if run else []
    for chunk, piece in done:
        results[slice(*chunk)] = unpack(piece)
    plan = Plan(replications, [chunk for chunk, _ in done], per_task=per_task)
    n_done = sum(chunk.stop - chunk.start for chunk, _ in done)
    tell = progress or (lambda _done, _all: None)
    try:
        tell(n_done, replications)
        with closing(_finished(work, plan, workers or _cores(), cluster)) as finished:
            for chunk, piece, seconds in finished:
                if run:
                    run.keep(chunk, piece)
                results[slice(*chunk)] = unpack(piece)
                plan.note(chunk, seconds)
                n_done += chunk.stop - chunk.start
                tell(n_done, replications)
    except BaseException as error:
        if run:
            run.say(INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAILED)
        raise
    if run:
        run.say(GATHERED)
    return results


def _finished(work: Work, plan: Plan, workers: int, cluster: str | None) -> Generator[Finished, None, None]:
    """Every chunk of the plan, from wherever it is worked out."""
    if not plan:
        return
    if cluster is None:
        yield from local_pieces(work, plan, workers)
        return
    from transcaspian.runs.cluster import cluster_pieces

    yield from cluster_pieces(work, plan, cluster)


def _cores() -> int:
    """Cores that this process may use."""
    usable = getattr(os, "sched_getaffinity", None)  # Linux; elsewhere all cores are ours
    return len(usable(0)) if usable else os.cpu_count() or 1


def _check(replications: int, workers: int | None, per_task: int | None, *, resume_nothing: bool) -> None:
    problems = [
        Problem("runs.count", name, f"{count} is not 1 or more.", f"give a whole number of {name} from 1 on.")
        for name, count in (("replications", replications), ("workers", workers), ("per_task", per_task))
        if count is not None and count < 1
    ]
    if resume_nothing:
        problems.append(Problem("runs.resume", "resume", "no folder is given.", "give the folder of the run."))
    if problems:
        raise InputError(problems)
