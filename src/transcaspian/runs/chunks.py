"""Chunks: the consecutive replications of one task, how many they are, and their results as one piece.

A chunk is long enough to pay for its way to a worker and back. Where its borders lie changes no result: each
replication is worked out by itself, and the results are put in their order whoever finished first.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem

Result: TypeAlias = Mapping[str, npt.NDArray[Any] | float]  # what one replication gives, by name
Work: TypeAlias = Callable[[int], Result]  # replication -> result
Piece: TypeAlias = dict[str, npt.NDArray[Any]]  # the results of a chunk, packed
Finished: TypeAlias = "tuple[Chunk, Piece, float]"  # and the seconds it took

TASK_S = 0.2  # aim for one task; a way to a worker and back costs under 1 ms here, some ms on a cluster


class Chunk(NamedTuple):
    """Replications `start` up to, not including, `stop`."""

    start: int
    stop: int

    def __str__(self) -> str:
        last = self.stop - 1
        return f"replication {last}" if last == self.start else f"replications {self.start} to {last}"


class Plan:
    """What is still to be done, cut into chunks as workers ask for them.

    The first chunks are single replications; from then on the time that a chunk took sets the size of the next.
    """

    def __init__(self, replications: int, done: Iterable[Chunk] = (), *, per_task: int | None = None) -> None:
        self._gaps = deque(gaps(replications, done))
        self._fixed = per_task
        self._size = per_task or 1

    def __bool__(self) -> bool:
        """Whether anything is left to take."""
        return bool(self._gaps)

    def take(self) -> Chunk:
        """The next chunk to be done."""
        start, stop = self._gaps.popleft()
        if stop - start > self._size:
            self._gaps.appendleft(Chunk(start + self._size, stop))
        return Chunk(start, min(stop, start + self._size))

    def put_back(self, chunk: Chunk) -> None:
        """Let a chunk that was lost be done next."""
        self._gaps.appendleft(chunk)

    def note(self, chunk: Chunk, seconds: float) -> None:
        """Learn from the time that a chunk took."""
        if self._fixed is None:
            # At most fourfold: the last replications may have been short ones, the first have waited for a compiler.
            each = max(seconds, 1e-6) / (chunk.stop - chunk.start)
            self._size = min(4 * self._size, max(1, math.ceil(TASK_S / each)))


def gaps(replications: int, done: Iterable[Chunk]) -> list[Chunk]:
    """The stretches that `done` leaves of the replications."""
    left: list[Chunk] = []
    start = 0
    for chunk in [*sorted(done), Chunk(replications, replications)]:
        if start < chunk.start:
            left.append(Chunk(start, chunk.start))
        start = max(start, chunk.stop)
    return left


def run_chunk(work: Work, chunk: Chunk) -> tuple[Piece, float]:
    """The results of a chunk, one replication after the other, packed; and the seconds that took."""
    since = time.perf_counter()
    piece = pack([work(replication) for replication in range(*chunk)])
    return piece, time.perf_counter() - since


def pack(results: Sequence[Result]) -> Piece:
    """Few arrays for many results: numbers side by side, arrays of one kind end to end.

    Raises
    ------
    InputError
        If something is neither a real number nor an array of one plain type.
    """
    piece: Piece = {}
    names = dict.fromkeys(name for result in results for name in result)  # in the order of their first coming
    for number, name in enumerate(names):
        values = [_plain(name, result[name]) if name in result else None for result in results]
        kinds = {_kind(value) for value in values}
        if kinds == {float}:
            piece[f"{number} numbers {name}"] = np.array(values, np.float64)
        elif len(kinds) == 1 and isinstance(values[0], np.ndarray) and values[0].ndim:
            piece[f"{number} rows {name}"] = np.array([len(value) for value in values], np.int64)  # type: ignore[arg-type]
            piece[f"{number} arrays {name}"] = np.concatenate(values)  # type: ignore[arg-type]
        else:  # arrays of different kinds stay apart, or joining them would change their type
            for which, value in enumerate(values):
                if value is not None:
                    form = "array" if isinstance(value, np.ndarray) else "number"
                    piece[f"{number} {form}:{which} {name}"] = np.asarray(value)
    piece["count"] = np.array(len(results))
    return piece


def unpack(piece: Mapping[str, npt.NDArray[Any]]) -> list[dict[str, npt.NDArray[Any] | float]]:
    """The results of a piece in their order, equal in name, type and byte to what was packed."""
    results: list[dict[str, npt.NDArray[Any] | float]] = [{} for _ in range(int(piece["count"]))]
    lengths: npt.NDArray[Any] = np.empty(0, np.int64)
    for key, values in piece.items():
        if key == "count":
            continue
        _, form, name = key.split(" ", 2)
        form, _, which = form.partition(":")
        if which:
            results[int(which)][name] = values if form == "array" else float(values)
        elif form == "rows":  # of the arrays that come next
            lengths = values
        else:
            parts = np.split(values, np.cumsum(lengths)[:-1]) if form == "arrays" else values.tolist()
            for result, part in zip(results, parts, strict=True):
                result[name] = part
    return results


def _plain(name: str, value: Any) -> npt.NDArray[Any] | float:
    """The value as a float or as an array that lies in one piece."""
    if not isinstance(value, np.ndarray):
        try:
            return float(value)
        except (TypeError, ValueError):
            raise InputError(_bad(name, f"is {type(value).__name__}, not a number")) from None
    if value.dtype.hasobject:
        raise InputError(_bad(name, "is an array of objects"))
    return np.ascontiguousarray(value) if value.ndim else value


def _kind(value: npt.NDArray[Any] | float | None) -> object:
    return (value.dtype, value.ndim, value.shape[1:]) if isinstance(value, np.ndarray) else type(value)


def _bad(name: str, what: str) -> Problem:
    return Problem("runs.result", f"result {name!r}", f"{what}.", "give numbers, or arrays of one plain type.")
