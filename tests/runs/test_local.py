"""Worker processes: how they start, what they say, and that none is left behind."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from runs.works import Queue, constant, exit_politely, raise_unsendable
from transcaspian.runs import run_ensemble
from transcaspian.runs.chunks import Plan
from transcaspian.runs.local import local_pieces


def test_each_chunk_comes_once_and_every_worker_goes_home() -> None:
    chunks = [chunk for chunk, _, seconds in local_pieces(Queue(), Plan(20, per_task=3), 2) if seconds >= 0.0]
    assert sorted(chunks) == [(0, 3), (3, 6), (6, 9), (9, 12), (12, 15), (15, 18), (18, 20)]
    assert multiprocessing.active_children() == []


def test_who_stops_listening_sends_the_workers_home() -> None:
    pieces = local_pieces(Queue(), Plan(1000, per_task=1), 2)
    next(pieces)
    assert len(multiprocessing.active_children()) == 2
    pieces.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_no_more_workers_start_than_there_are_chunks() -> None:
    pieces = local_pieces(Queue(), Plan(6, per_task=3), 8)
    next(pieces)
    assert len(multiprocessing.active_children()) == 2
    pieces.close()  # type: ignore[attr-defined]


def test_an_error_that_cannot_travel_comes_in_words() -> None:
    with pytest.raises(RuntimeError, match="Unsendable: berth 4 is dry") as caught:
        run_ensemble(raise_unsendable, 4, workers=2)
    assert "In a worker, replication" in caught.value.__notes__[0]


def test_a_worker_that_asks_to_leave_does_not_take_the_parent_along() -> None:
    with pytest.raises(RuntimeError, match="SystemExit"):
        run_ensemble(exit_politely, 4, workers=2)


def test_settings_may_be_bound_to_a_function() -> None:
    results = run_ensemble(partial(constant, 2.5), 4, workers=2, per_task=1)
    assert results == [{"wait_h": 2.5, "replication": float(replication)} for replication in range(4)]


def test_a_script_that_forgets_to_guard_its_start_is_told(tmp_path: Path) -> None:
    loads = "from runs.works import Queue\nfrom transcaspian.runs import run_ensemble\n"
    (tmp_path / "unguarded.py").write_text(loads + "run_ensemble(Queue(), 9, workers=2)\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, tmp_path / "unguarded.py"], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 1
    assert "killed 3 workers one after the other (last by exit code 1)" in done.stderr
    assert "if __name__ == '__main__':" in done.stderr
