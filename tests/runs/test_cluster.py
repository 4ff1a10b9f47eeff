"""The same bytes from a cluster of Dask, and clear words where there is none."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest

from runs.helpers import tables
from runs.works import Deadly, Faulty, Queue
from transcaspian.errors import InputError
from transcaspian.runs import cluster as ours
from transcaspian.runs import run_ensemble

N = 40


@pytest.fixture(name="address", scope="module")
def _address() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster.scheduler_address


def test_tables_are_equal_to_the_byte_on_a_cluster(address: str, tmp_path: Path) -> None:
    here = tables(tmp_path, run_ensemble(Queue(), N, workers=1))
    assert tables(tmp_path, run_ensemble(Queue(), N, cluster=address)) == here


def test_a_killed_worker_of_a_cluster_loses_nothing(address: str, tmp_path: Path) -> None:
    here = tables(tmp_path, run_ensemble(Queue(), N, workers=1))
    assert tables(tmp_path, run_ensemble(Deadly(folder=tmp_path), N, cluster=address)) == here
    assert (tmp_path / "death-0").exists()  # it did happen


def test_a_chunk_that_kills_every_worker_it_meets_is_named(address: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="replications 4 to 7: killed its workers") as caught:
        run_ensemble(Deadly(folder=tmp_path, times=9), 8, cluster=address, per_task=4)
    assert [problem.type for problem in caught.value.problems] == ["runs.worker_killed"]


def test_what_the_work_raises_on_a_cluster_comes_out(address: str) -> None:
    with pytest.raises(ZeroDivisionError, match="no berth at all"):
        run_ensemble(Faulty(), N, cluster=address)


def test_workers_of_another_version_are_refused() -> None:
    here = ours._versions()
    ours._refuse_others({"tcp://a": here})
    with pytest.raises(InputError, match=r"tcp://b: has numpy 1\.0, not") as caught:
        ours._refuse_others({"tcp://a": here, "tcp://b": {**here, "numpy": "1.0"}})
    assert [problem.type for problem in caught.value.problems] == ["runs.cluster"]


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "PATIENCE_S", 0.2)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        with pytest.raises(InputError, match="no scheduler answers") as caught:
            run_ensemble(Queue(), 1, cluster=address)
        assert [(problem.type, problem.where) for problem in caught.value.problems] == [("runs.cluster", address)]


def test_a_cluster_without_workers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "PATIENCE_S", 0.2)
    settings = {"n_workers": 0, "processes": False, "dashboard_address": ":0", "silence_logs": logging.CRITICAL}
    with (
        distributed.LocalCluster(**settings) as cluster,
        pytest.raises(InputError, match="has no workers"),
    ):
        run_ensemble(Queue(), 1, cluster=cluster.scheduler_address)


def test_without_the_optional_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"transcaspian\[cluster\]"):
        run_ensemble(Queue(), 1, cluster="tcp://127.0.0.1:8786")
