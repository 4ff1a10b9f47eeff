"""Chunks: what is left to do, how much of it at once, and results packed and unpacked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.errors import InputError
from transcaspian.runs.chunks import Chunk, Plan, gaps, pack, unpack


def taken(plan: Plan) -> list[Chunk]:
    chunks = []
    while plan:
        chunks.append(plan.take())
    return chunks


def test_what_is_done_leaves_the_gaps_between() -> None:
    assert gaps(10, [Chunk(6, 8), Chunk(0, 3)]) == [(3, 6), (8, 10)]
    assert gaps(10, []) == [(0, 10)]
    assert gaps(10, [Chunk(0, 10)]) == []


@given(st.integers(1, 60), st.sets(st.integers(0, 59)), st.integers(1, 9))
def test_every_replication_is_done_once(replications: int, done: set[int], per_task: int) -> None:
    kept = [Chunk(one, one + 1) for one in done if one < replications]
    chunks = taken(Plan(replications, kept, per_task=per_task))
    assert all(1 <= stop - start <= per_task for start, stop in chunks)
    assert sorted(one for chunk in [*chunks, *kept] for one in range(*chunk)) == list(range(replications))


def test_short_replications_are_sent_in_ever_larger_chunks_until_a_task_takes_its_time() -> None:
    plan = Plan(10_000)
    sizes = []
    for _ in range(8):
        chunk = plan.take()
        sizes.append(chunk.stop - chunk.start)
        plan.note(chunk, 0.002 * sizes[-1])
    assert sizes == [1, 4, 16, 64, 100, 100, 100, 100]  # 100 of 2 ms are 0.2 s


def test_a_first_replication_that_waits_for_the_compiler_is_soon_forgotten() -> None:
    plan = Plan(10_000)
    plan.note(plan.take(), 5.0)
    assert plan.take() == (1, 2)
    plan.note(Chunk(1, 2), 0.1)
    assert plan.take() == (2, 4)


def test_a_chunk_that_was_lost_comes_next() -> None:
    plan = Plan(10, per_task=4)
    first = plan.take()
    plan.put_back(first)
    assert taken(plan) == [(0, 4), (4, 8), (8, 10)]


SHAPES: dict[str, list[dict[str, Any]]] = {
    "numbers": [{"cost_usd": 1.5, "n": 3}, {"cost_usd": float("nan"), "n": 4}],
    "columns of different length": [{"wait_h": np.arange(n, dtype=np.float32)} for n in (3, 0, 5)],
    "tables": [{"queue": np.ones((n, 4), np.int16)} for n in (2, 1)],
    "texts of different width": [{"id": np.array(["a"])}, {"id": np.array(["KZAAU", "AZALA"])}],
    "a single value in an array": [{"level_m_bs": np.array(-29.3)}, {"level_m_bs": np.array(-29.4)}],
    "something that is not always there": [{"wait_h": 1.0}, {}, {"wait_h": np.zeros(2)}],
    "truths, dates and names with spaces": [
        {"late or not": np.array([True, False]), "date": np.array(["2024-11-10"], "datetime64[D]")} for _ in range(2)
    ],
    "a view of a larger table": [{"wait_h": np.arange(12.0).reshape(3, 4)[:, 1]} for _ in range(2)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_results_come_out_as_they_went_in(shape: str) -> None:
    results = SHAPES[shape]
    for given_results in (results, results[:1]):
        again = unpack(pack(given_results))
        assert [list(one) for one in again] == [list(one) for one in given_results]
        for before, after in zip(given_results, again, strict=True):
            for name, value in before.items():
                if isinstance(value, np.ndarray):
                    assert after[name].dtype == value.dtype  # type: ignore[union-attr]
                    assert after[name].shape == value.shape  # type: ignore[union-attr]
                else:
                    assert isinstance(after[name], float)
                assert np.array_equal(after[name], value, equal_nan=not isinstance(value, np.ndarray))


@pytest.mark.parametrize("value", ["late", None, [1, 2], np.array([{}])])
def test_what_is_neither_number_nor_array_is_refused_by_name(value: object) -> None:
    with pytest.raises(InputError, match="wait_h") as caught:
        pack([{"wait_h": value}])  # type: ignore[dict-item]
    assert [problem.type for problem in caught.value.problems] == ["runs.result"]
