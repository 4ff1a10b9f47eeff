"""Worker processes of this machine, each fed one chunk at a time through a pipe of its own.

A worker that dies closes its pipe, so it is known which chunk it had: that chunk goes back to the head of the queue,
another worker is started, nothing else is touched. `concurrent.futures` would give up every chunk under way and
could not say which of them was to blame.

Workers come from a fork server where there is one, otherwise they are started afresh: forking this process itself
would copy locks held by its threads. The server loads the module of the work once, compiled kernels included.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import signal
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess

from transcaspian.errors import InputError, Problem
from transcaspian.runs.chunks import Chunk, Finished, Piece, Plan, Work, run_chunk

MOST_DEATHS = 3  # a chunk that has killed so many workers is not tried again
_LEAVE_S = 5.0  # grace for a worker that was told to go


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    chunk: Chunk | None = None


def local_pieces(work: Work, plan: Plan, workers: int) -> Iterator[Finished]:
    """The chunks of the plan, in the order in which they are finished.

    Parameters
    ----------
    work
        Anything that can be pickled and called with the number of a replication.
    plan
        What is to be done.
    workers
        Number of processes; 1 works in this one.

    Raises
    ------
    InputError
        If a chunk has killed three workers.
    Exception
        Whatever `work` raises, as soon as it does; its traceback is noted at its end.
    """
    if workers == 1:
        while plan:
            chunk = plan.take()
            yield chunk, *run_chunk(work, chunk)
        return
    _prepare(work)
    payload = pickle.dumps(work)
    deaths: Counter[Chunk] = Counter()
    crew: list[_Worker] = []
    try:
        while plan or any(worker.chunk for worker in crew):
            _give_out(plan, crew, payload, workers)
            busy = {worker.pipe: worker for worker in crew if worker.chunk}
            for pipe in wait(list(busy)):
                worker = busy[pipe]  # type: ignore[index]
                if finished := _take(worker):
                    yield finished
                else:
                    crew.remove(worker)
                    plan.put_back(_bury(worker, deaths))
    finally:
        _dismiss(crew)


def _context() -> BaseContext:
    """Fork server or a fresh start: `fork` is not safe beside threads."""
    methods = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")


def _prepare(work: Work) -> None:
    """Let the fork server load what the work needs, once for all workers."""
    context = _context()
    module = getattr(getattr(work, "func", work), "__module__", None)
    if context.get_start_method() == "forkserver" and module not in {None, "__main__"}:
        context.set_forkserver_preload([__name__, module])


def _hire(payload: bytes) -> _Worker:
    ours, theirs = _context().Pipe()
    process = _context().Process(target=_serve, args=(payload, theirs), daemon=True)  # type: ignore[attr-defined]
    process.start()
    theirs.close()  # the worker's end must be its alone, or its death would not close the pipe
    return _Worker(process, ours)


def _give_out(plan: Plan, crew: list[_Worker], payload: bytes, workers: int) -> None:
    """A chunk for every idle worker, and for as many new ones as there may be."""
    idle = [worker for worker in crew if worker.chunk is None]
    while plan and (idle or len(crew) < workers):
        if not idle:
            crew.append(_hire(payload))
            idle.append(crew[-1])
        worker = idle.pop()
        worker.chunk = plan.take()
        with contextlib.suppress(OSError):  # it is dead already; `_take` will find out
            worker.pipe.send(worker.chunk)


def _take(worker: _Worker) -> Finished | None:
    """What the worker has finished; None when it has died."""
    try:
        answer: tuple[Piece, float] | BaseException = worker.pipe.recv()
    except (EOFError, OSError):
        return None
    if isinstance(answer, BaseException):
        raise answer
    chunk, worker.chunk = worker.chunk, None
    assert chunk is not None
    return chunk, *answer


def _bury(worker: _Worker, deaths: Counter[Chunk]) -> Chunk:
    """The chunk that a dead worker had, to be done by another."""
    worker.pipe.close()
    worker.process.join()
    assert worker.chunk is not None
    deaths[worker.chunk] += 1
    if deaths[worker.chunk] >= MOST_DEATHS:
        code = worker.process.exitcode or 0
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        raise InputError(deadly(worker.chunk, f"{MOST_DEATHS} workers one after the other (last by {how})"))
    return worker.chunk


def deadly(chunk: Chunk, victims: str) -> Problem:
    """A chunk that kills its workers, as a problem."""
    mend = (
        "give fewer workers if memory is short, or run it with one worker to see what happens; "
        "a script of your own calls this under `if __name__ == '__main__':`."
    )
    return Problem("runs.worker_killed", str(chunk), f"killed {victims}.", mend)


def _dismiss(crew: Sequence[_Worker]) -> None:
    """Send everyone home: the idle by closing their pipe, the busy by ending them."""
    for worker in crew:
        if worker.chunk is not None:
            worker.process.terminate()
        worker.pipe.close()
    for worker in crew:
        worker.process.join(_LEAVE_S)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _serve(payload: bytes, pipe: Connection) -> None:
    """The life of a worker: a chunk in, a piece out, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the parent alone decides
    work: Work | None = None
    with contextlib.suppress(EOFError, OSError):  # the parent is gone, or done with us
        while True:
            chunk: Chunk = pipe.recv()
            answer: tuple[Piece, float] | BaseException
            try:
                work = work or pickle.loads(payload)
                answer = run_chunk(work, chunk)
            except BaseException as error:
                answer = _portable(error, chunk)
            pipe.send(answer)


def _portable(error: BaseException, chunk: Chunk) -> BaseException:
    """The error with its traceback noted; in words only, where it cannot travel."""
    again: BaseException = RuntimeError(f"{type(error).__name__}: {error}")
    if isinstance(error, Exception):  # an exit or an interrupt would be taken for one of the parent's
        with contextlib.suppress(Exception):
            again = pickle.loads(pickle.dumps(error))
    again.add_note(f"In a worker, {chunk}:\n{''.join(traceback.format_exception(error))}")
    return again
