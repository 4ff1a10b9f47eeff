"""The run folder: whose it is, what may be resumed, and tables that are equal when their columns are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from transcaspian.errors import InputError
from transcaspian.runs import finish_run, open_run, write_table
from transcaspian.runs.chunks import Chunk, pack

INPUTS = {"scenario": "storm", "corridor": "sha256:12ab", "seed": 7, "versions": {"transcaspian": "0.1"}}


def test_the_manifest_says_what_went_in_and_how_far_it_came(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run", INPUTS, replications=4, more={"workers": 2})
    run.keep(Chunk(0, 3), pack([{"wait_h": 1.0}] * 3))
    run.say("running")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["inputs"] == {**INPUTS, "replications": 4}
    assert (manifest["state"], manifest["replications_done"], manifest["workers"]) == ("running", 3, 2)
    assert manifest["seconds"] >= 0.0


@pytest.mark.parametrize(
    ("change", "named"),
    [({"seed": 8}, "seed"), ({"corridor": "sha256:ffff"}, "corridor"), ({"closure": "KZAAU"}, "closure")],
)
def test_a_run_with_other_inputs_is_not_resumed(change: dict[str, object], named: str, tmp_path: Path) -> None:
    open_run(tmp_path / "run", INPUTS, replications=4)
    before = (tmp_path / "run" / "manifest.json").read_bytes()
    with pytest.raises(InputError, match=f"other inputs: {named}") as caught:
        open_run(tmp_path / "run", {**INPUTS, **change}, replications=4, resume=True)
    assert [problem.type for problem in caught.value.problems] == ["runs.resume"]
    assert (tmp_path / "run" / "manifest.json").read_bytes() == before


def test_a_run_with_another_number_of_replications_is_not_resumed(tmp_path: Path) -> None:
    open_run(tmp_path / "run", INPUTS, replications=4)
    with pytest.raises(InputError, match="other inputs: replications"):
        open_run(tmp_path / "run", INPUTS, replications=5, resume=True)


def test_the_order_of_the_inputs_does_not_matter(tmp_path: Path) -> None:
    open_run(tmp_path / "run", INPUTS, replications=4)
    open_run(tmp_path / "run", dict(reversed(INPUTS.items())), replications=4, resume=True)


def test_to_resume_where_nothing_was_begun_is_to_begin(tmp_path: Path) -> None:
    assert open_run(tmp_path / "run", INPUTS, replications=4, resume=True).manifest["state"] == "running"


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty") as caught:
        open_run(tmp_path, INPUTS, replications=4)
    assert [problem.type for problem in caught.value.problems] == ["runs.folder"]
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("path", ["nowhere/run", "file", "file/run"])
def test_a_folder_that_cannot_be_made_is_said(path: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as caught:
        open_run(tmp_path / path, INPUTS, replications=4)
    assert [problem.type for problem in caught.value.problems] == ["runs.folder"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 99}'])
def test_a_manifest_of_something_else_is_not_resumed(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="no manifest of a run"):
        open_run(tmp_path, INPUTS, replications=4, resume=True)


def test_a_complete_run_is_neither_resumed_nor_left_with_pieces(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run", INPUTS, replications=1)
    with pytest.raises(InputError, match="0 of 1 replications are done"):
        finish_run(run.path)
    run.keep(Chunk(0, 1), pack([{"wait_h": 1.0}]))
    run.say("gathered")
    write_table(run.path, "waits", {"wait_h": [1.0]})
    finish_run(run.path, defaults_used=["assumption/x"])
    manifest = json.loads((run.path / "manifest.json").read_text())
    assert (manifest["state"], [*manifest["tables"]]) == ("complete", ["waits.parquet"])
    assert manifest["defaults_used"] == ["assumption/x"]
    assert not (run.path / "chunks").exists()
    with pytest.raises(InputError, match="is complete"):
        open_run(run.path, INPUTS, replications=1, resume=True)


# --- tables -------------------------------------------------------------------------------------------------------


def test_a_table_is_read_as_it_was_written_and_written_alike_twice(tmp_path: Path) -> None:
    columns = {
        "id": np.array(["KZAAU", "Ақтау"]),
        "wait_h": np.array([1.5, np.nan]),
        "queue": np.array([1, 2], np.int16),
        "closed": np.array([True, False]),
    }
    path = write_table(tmp_path, "facilities", columns)
    first = path.read_bytes()
    assert write_table(tmp_path, "facilities", {name: values.copy() for name, values in columns.items()}) == path
    assert path.read_bytes() == first
    table = pq.read_table(path)
    assert table.column_names == [*columns]
    assert table.column("id").to_pylist() == ["KZAAU", "Ақтау"]
    np.testing.assert_array_equal(table.column("wait_h").to_numpy(), columns["wait_h"])
    assert str(table.schema.field("queue").type) == "int16"


@pytest.mark.parametrize("columns", [{}, {"a": [1], "b": [1, 2]}, {"a": 1.0}, {"a": [[1.0]]}])
def test_a_table_has_columns_of_one_length(columns: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_table(tmp_path, "waits", columns)  # type: ignore[arg-type]
    assert [problem.type for problem in caught.value.problems] == ["runs.table"]
    assert list(tmp_path.iterdir()) == []
