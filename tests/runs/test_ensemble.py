"""Ensembles: the same bytes whoever works, whoever dies, whenever it is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runs.helpers import tables
from runs.works import Deadly, Faulty, Queue
from transcaspian.errors import InputError
from transcaspian.runs import finish_run, run_ensemble

N = 40


@pytest.fixture(name="expected")
def _expected(tmp_path: Path) -> dict[str, bytes]:
    folder = tmp_path / "plain"
    folder.mkdir()
    work = Queue()
    return tables(folder, [work(replication) for replication in range(N)])


def state(folder: Path) -> str:
    return str(json.loads((folder / "manifest.json").read_text())["state"])


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_tables_are_equal_to_the_byte_for_any_number_of_workers(
    workers: int, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    assert tables(tmp_path, run_ensemble(Queue(), N, workers=workers)) == expected


@pytest.mark.parametrize("per_task", [1, 7, 100])
def test_tables_are_equal_to_the_byte_for_any_size_of_chunk(
    per_task: int, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    assert tables(tmp_path, run_ensemble(Queue(), N, workers=1, per_task=per_task)) == expected


def test_another_seed_gives_other_tables(tmp_path: Path, expected: dict[str, bytes]) -> None:
    assert tables(tmp_path, run_ensemble(Queue(seed=8), N, workers=1)) != expected


@pytest.mark.parametrize("by_signal", [True, False])
def test_a_killed_worker_loses_nothing(by_signal: bool, tmp_path: Path, expected: dict[str, bytes]) -> None:
    work = Deadly(folder=tmp_path, by_signal=by_signal)
    assert tables(tmp_path, run_ensemble(work, N, workers=2)) == expected
    assert (tmp_path / "death-0").exists()  # it did happen


def test_a_chunk_that_kills_three_workers_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(InputError, match=r"replications 4 to 7: killed 3 workers .* signal SIGKILL") as caught:
        run_ensemble(Deadly(folder=tmp_path, times=9), N, workers=2, per_task=4, folder=folder)
    assert [problem.type for problem in caught.value.problems] == ["runs.worker_killed"]
    assert len([*tmp_path.glob("death-*")]) == 3
    assert state(folder) == "failed"


def test_what_the_work_raises_comes_out_with_its_traceback_and_the_rest_is_kept(
    tmp_path: Path, expected: dict[str, bytes]
) -> None:
    folder = tmp_path / "run"
    for workers in (1, 2):
        with pytest.raises(ZeroDivisionError, match="no berth at all") as caught:
            run_ensemble(Faulty(), N, workers=workers, per_task=1, folder=folder, resume=True)
        assert state(folder) == "failed"
    assert "In a worker, replication 5:" in caught.value.__notes__[0]
    assert "works.py" in caught.value.__notes__[0]
    assert tables(tmp_path, run_ensemble(Queue(), N, workers=1, folder=folder, resume=True)) == expected


# --- Ctrl-C -------------------------------------------------------------------------------------------------------


def interrupt_at(replications: int) -> Callable[[int, int], None]:
    def progress(done: int, _all: int) -> None:
        if done >= replications:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_was_stopped_goes_on_and_gives_the_same_bytes(
    workers: int, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    folder = tmp_path / "run"
    settings: dict[str, Any] = {"folder": folder, "manifest": {"seed": 7}, "per_task": 3}
    with pytest.raises(KeyboardInterrupt):
        run_ensemble(Queue(), N, workers=workers, progress=interrupt_at(20), **settings)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["state"], manifest["replications"]) == ("interrupted", N)
    assert manifest["replications_done"] >= 20
    seen: list[tuple[int, int]] = []
    results = run_ensemble(
        Queue(), N, workers=3 - workers, resume=True, progress=lambda *at: seen.append(at), **settings
    )
    assert seen[0] == (manifest["replications_done"], N)  # nothing is done twice
    assert seen[-1] == (N, N)
    assert tables(folder, results) == expected
    assert state(folder) == "gathered"
    finish_run(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["berths.parquet", "manifest.json", "ships.parquet"]


STOPPED_BY_A_PERSON = """
import sys
from runs.works import Queue
from transcaspian.runs import run_ensemble

if __name__ == "__main__":
    say = lambda done, _all: print(done, flush=True)
    run_ensemble(Queue(), 100_000, workers=2, per_task=20, folder=sys.argv[1], progress=say)
"""


@pytest.mark.skipif(os.name != "posix", reason="a terminal sends its signal to a group of processes")
def test_ctrl_c_in_a_terminal_reaches_the_workers_too_and_still_leaves_what_is_done(tmp_path: Path) -> None:
    (tmp_path / "stopped.py").write_text(STOPPED_BY_A_PERSON)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    run = subprocess.Popen(
        [sys.executable, tmp_path / "stopped.py", tmp_path / "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    assert run.stdout is not None
    while int(run.stdout.readline()) < 100:
        pass
    os.killpg(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert told.rstrip().endswith("KeyboardInterrupt")
    assert told.count("Traceback") == 1  # the workers leave in silence
    assert state(tmp_path / "run") == "interrupted"
    pieces = {path.stem for path in (tmp_path / "run" / "chunks").iterdir()}
    assert {"0-20", "20-40"} & pieces
    assert all(int(start) + 20 == int(stop) for start, stop in (piece.split("-") for piece in pieces))


def test_a_run_stopped_after_its_last_replication_is_only_read_again(
    tmp_path: Path, expected: dict[str, bytes]
) -> None:
    folder = tmp_path / "run"
    run_ensemble(Queue(), N, workers=1, folder=folder)
    again = run_ensemble(Faulty(), N, workers=1, folder=folder, resume=True)  # it would raise if it were asked
    assert tables(folder, again) == expected


def test_a_piece_that_a_power_cut_spoilt_is_made_again(tmp_path: Path, expected: dict[str, bytes]) -> None:
    folder = tmp_path / "run"
    run_ensemble(Queue(), N, workers=1, folder=folder, per_task=10)
    (folder / "chunks" / "10-20.npz").write_bytes(b"")
    (folder / "chunks" / "20-30.npz").write_bytes((folder / "chunks" / "20-30.npz").read_bytes()[:200])
    seen: list[int] = []
    again = run_ensemble(
        Queue(), N, workers=1, folder=folder, resume=True, progress=lambda done, _all: seen.append(done)
    )
    assert seen[0] == 20
    assert tables(folder, again) == expected


# --- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, -3])
def test_nothing_is_not_run_and_nobody_does_not_work(count: int, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        run_ensemble(Queue(), count, workers=count, per_task=count, folder=tmp_path / "run")
    assert [(problem.type, problem.where) for problem in caught.value.problems] == [
        ("runs.count", "replications"),
        ("runs.count", "workers"),
        ("runs.count", "per_task"),
    ]
    assert list(tmp_path.iterdir()) == []


def test_nothing_can_be_resumed_without_a_folder() -> None:
    with pytest.raises(InputError) as caught:
        run_ensemble(Queue(), 1, resume=True)
    assert [problem.type for problem in caught.value.problems] == ["runs.resume"]
