"""Chunks on the workers of a Dask cluster (`distributed`, the optional extra `cluster`).

The scheduler sees to lost workers: it gives their chunks to others. The work travels once, as a task of its own, so
that the scheduler can make it again on any worker.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from typing import Any

from transcaspian.errors import InputError, Problem
from transcaspian.runs.chunks import Chunk, Finished, Plan, Work, run_chunk
from transcaspian.runs.local import deadly

PATIENCE_S = 10.0  # for the scheduler's answer, and for its first worker
_AHEAD = 2  # chunks per thread: one at work, one at hand


def cluster_pieces(work: Work, plan: Plan, address: str) -> Iterator[Finished]:
    """The chunks of the plan, in the order in which the cluster finishes them.

    Parameters
    ----------
    work
        Anything that can be pickled and called with the number of a replication. It may run in several threads of
        one worker at once.
    plan
        What is to be done.
    address
        Of the scheduler, such as `tcp://10.0.0.5:8786`.

    Raises
    ------
    InputError
        If `distributed` is not installed, no scheduler or no worker answers, the workers have other versions of what
        makes the numbers, or a chunk has killed its workers.
    Exception
        Whatever `work` raises.
    """
    try:
        import distributed  # heavy, and an optional extra
    except ImportError:
        mend = "pip install 'transcaspian[cluster]', or leave out --cluster to work on this machine."
        raise InputError(_problem(address, "the package `distributed` is not installed.", mend)) from None
    dask: Any = distributed  # it has no types
    try:
        client = dask.Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as error:  # a TimeoutError is an OSError
        what = f"no scheduler answers: {_first_line(error)}"
        mend = "start one with `dask scheduler` and give its address, such as tcp://10.0.0.5:8786."
        raise InputError(_problem(address, what, mend)) from None
    with client:
        _check_workers(client, address)
        shared = client.submit(pickle.loads, pickle.dumps(work), pure=False)
        under_way: dict[Any, Chunk] = {}
        tasks = dask.as_completed(loop=client.loop)
        while plan or under_way:
            while plan and len(under_way) < _AHEAD * sum(client.nthreads().values()):
                chunk = plan.take()
                task = client.submit(run_chunk, shared, chunk, pure=False)
                under_way[task] = chunk
                tasks.add(task)
            task = next(tasks)
            chunk = under_way.pop(task)
            try:
                piece, seconds = task.result()
            except dask.KilledWorker as error:
                raise InputError(deadly(chunk, f"its workers: {_first_line(error)}")) from None
            task.release()
            yield chunk, piece, seconds


def _check_workers(client: Any, address: str) -> None:
    """There is a worker, and each would get the bytes that this process gets."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        mend = f"start some with `dask worker {address}`."
        raise InputError(_problem(address, "the cluster has no workers.", mend)) from None
    try:
        found = client.run(_versions)
    except ModuleNotFoundError as error:
        mend = "install the same transcaspian there as here."
        raise InputError(_problem(address, f"a worker cannot load us: {error}.", mend)) from None
    _refuse_others(found)


def _refuse_others(found: Mapping[str, Mapping[str, str]]) -> None:
    """Workers, by address, with other versions than ours."""
    own = _versions()
    problems = [
        _problem(worker, f"has {name} {version}, not {own[name]} as here.", "install the same versions everywhere.")
        for worker, versions in sorted(found.items())
        for name, version in versions.items()
        if version != own[name]
    ]
    if problems:
        raise InputError(problems)


def _versions() -> dict[str, str]:
    """What the bytes of a result depend on."""
    import numba  # only where a cluster is asked for
    import numpy

    import transcaspian

    return {"transcaspian": transcaspian.__version__, "numpy": numpy.__version__, "numba": numba.__version__}


def _problem(where: str, what: str, mend: str) -> Problem:
    return Problem("runs.cluster", where, what, mend)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0]
