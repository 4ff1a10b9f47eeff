"""Work that workers can load: a function of the replication's number, and some that go wrong on purpose."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from transcaspian.runs import stream_key


@dataclass(frozen=True)
class Queue:
    """A few waits at a berth: a number, and two columns of as many rows as ships came."""

    seed: int = 7

    def __call__(self, replication: int) -> dict[str, Any]:
        # NumPy's own generator: workers need not load numba, and the tests stay quick.
        draws = np.random.default_rng(int(stream_key(self.seed, replication, "ships")))
        wait_h = draws.exponential(4.0, size=draws.integers(3, 8))
        ships = wait_h.size
        return {"wait_h": wait_h, "ship": np.arange(ships, dtype=np.int32), "mean_wait_h": float(wait_h.mean())}


@dataclass(frozen=True)
class Deadly(Queue):
    """Kills its own process at replication `at`, once for each name in `flags` that is not there yet."""

    folder: Path = Path()
    at: int = 5
    times: int = 1
    by_signal: bool = True

    def __call__(self, replication: int) -> dict[str, Any]:
        if replication == self.at:
            for time in range(self.times):
                flag = self.folder / f"death-{time}"
                if not flag.exists():
                    flag.touch()
                    if self.by_signal:
                        os.kill(os.getpid(), signal.SIGKILL)
                    os._exit(3)
        return super().__call__(replication)


@dataclass(frozen=True)
class Faulty(Queue):
    """Raises at replication 5 what cannot be misread."""

    def __call__(self, replication: int) -> dict[str, Any]:
        if replication == 5:
            raise ZeroDivisionError("no berth at all")
        return super().__call__(replication)


def constant(wait_h: float, replication: int) -> dict[str, Any]:
    """The same wait always."""
    return {"wait_h": wait_h, "replication": replication}


class Unsendable(Exception):
    """Pickled, it would be made again from too few arguments."""

    def __init__(self, berth: int, state: str) -> None:
        super().__init__(f"berth {berth} is {state}")


def raise_unsendable(replication: int) -> dict[str, Any]:
    """Raises what cannot be sent through a pipe."""
    raise Unsendable(4, "dry")


def exit_politely(replication: int) -> dict[str, Any]:
    """Asks its interpreter to end."""
    raise SystemExit(3)
