"""The run folder: a manifest, the pieces finished so far, and at the end the tables.

    manifest.json        inputs, their fingerprint, state, replications done, seconds
    chunks/0-40.npz      finished replications 0 to 39, while the run is under way
    throughput.parquet   tables, when it is complete

Every file is made under another name and renamed, so whenever a run is stopped its folder can be resumed. Seconds
and dates stand in the manifest alone: the bytes of a table depend on inputs and seed, on nothing else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from transcaspian.corridor.files import replace_file, write_text
from transcaspian.errors import InputError, Problem
from transcaspian.runs.chunks import Chunk, Piece

MANIFEST = "manifest.json"
PIECES = "chunks"
_FORMAT = 1
_EVERY_S = 1.0  # between two manifests while pieces come in

# States of a run. `gathered`: every replication is done, but the tables are not written yet.
RUNNING, INTERRUPTED, FAILED, GATHERED, COMPLETE = "running", "interrupted", "failed", "gathered", "complete"


class RunFolder:
    """The folder of one run; `open_run` makes or finds it."""

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest
        self._since = time.monotonic() - float(manifest["seconds"])  # the seconds of earlier sittings count
        self._said = 0.0

    def keep(self, chunk: Chunk, piece: Piece) -> None:
        """Put a finished piece on disk; the manifest follows at most once a second."""
        path = self._pieces / f"{chunk.start}-{chunk.stop}.npz"
        made = path.with_suffix(".part")
        try:
            with made.open("wb") as file:
                np.savez(file, **piece)  # type: ignore[arg-type]
            made.replace(path)
        except OSError as error:
            what = f"cannot be written: {error.strerror}."
            raise InputError(Problem("runs.folder", str(path), what, "make room there, then resume the run.")) from None
        self.manifest["replications_done"] += chunk.stop - chunk.start
        if time.monotonic() - self._said > _EVERY_S:
            self.say(self.manifest["state"])

    def pieces(self) -> Iterator[tuple[Chunk, Piece]]:
        """The pieces kept so far, none of them twice; one that cannot be read is deleted, to be made again."""
        reached = 0
        for chunk, path in sorted((_chunk_of(path), path) for path in self._pieces.glob("*-*.npz")):
            try:
                with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                    piece = {name: file[name] for name in file.files}
                whole = int(piece["count"]) == chunk.stop - chunk.start and chunk.start >= reached
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                whole = False
            if whole:
                reached = chunk.stop
                yield chunk, piece
            else:
                path.unlink()

    def say(self, state: str, **more: Any) -> None:
        """Write the manifest anew."""
        self.manifest |= {"state": state, "seconds": round(time.monotonic() - self._since, 3), **more}
        text = json.dumps(self.manifest, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        replace_file(self.path / MANIFEST, lambda made: write_text(made, text))
        self._said = time.monotonic()

    @property
    def _pieces(self) -> Path:
        return self.path / PIECES


def open_run(
    path: Path,
    inputs: Mapping[str, Any],
    *,
    replications: int,
    resume: bool = False,
    more: Mapping[str, Any] | None = None,
) -> RunFolder:
    """The folder of a new run, or of one to be taken up where it stopped.

    Parameters
    ----------
    path
        Where it stands; its parent must exist.
    inputs
        All that the results depend on, fit for JSON: scenario, corridor's hash, versions, seed, defaults used.
    replications
        How many there shall be.
    resume
        Go on with the run in this folder, if it has the same inputs; where there is none, begin one.
    more
        What else the manifest shall say, without being compared.

    Raises
    ------
    InputError
        If a new run's folder is not empty, nothing may be written there, or the run to resume has other inputs, is
        complete already, or is none of ours.
    """
    asked = {**json.loads(json.dumps(inputs, allow_nan=False)), "replications": replications}
    if resume and (path / MANIFEST).exists():
        run = RunFolder(path, _resumable(path, asked))
        _make(path / PIECES)
        run.manifest["replications_done"] = sum(chunk.stop - chunk.start for chunk, _ in run.pieces())
    else:
        if path.is_dir() and any(path.iterdir()):
            mend = (
                "choose a new folder, or resume the run in it."
                if (path / MANIFEST).exists()
                else "choose a new folder."
            )
            raise InputError(Problem("runs.folder", str(path), "is not empty, and nothing in it is overwritten.", mend))
        _make(path)
        _make(path / PIECES)
        head = {"format": _FORMAT, "state": RUNNING, "replications": replications, "replications_done": 0}
        begun = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        clock = {"seconds": 0.0, "begun": begun, "fingerprint": _fingerprint(asked)}
        run = RunFolder(path, {**head, **clock, "inputs": asked})
    run.say(RUNNING, **(more or {}))
    return run


def write_table(folder: Path | str, name: str, columns: Mapping[str, npt.ArrayLike]) -> Path:
    """Write one table of a run as Parquet; equal columns give equal bytes.

    Parameters
    ----------
    folder
        The run folder.
    name
        Of the table; the file is `name.parquet`.
    columns
        Name, unit at its end, to values, shape (n_rows,) each.

    Returns
    -------
    path
        The file written.

    Raises
    ------
    InputError
        If the columns are not of one length, or nothing may be written there.
    """
    import pyarrow as pa  # heavy
    import pyarrow.parquet as pq

    arrays = {column: np.asarray(values) for column, values in columns.items()}
    if len({array.shape for array in arrays.values()}) != 1 or next(iter(arrays.values())).ndim != 1:
        shapes = ", ".join(f"{column} {array.shape}" for column, array in arrays.items())
        what = f"its columns are not of one length: {shapes or 'there are none'}."
        raise InputError(Problem("runs.table", name, what, "give one value per row in each column."))
    table = pa.table(
        {column: pa.array(array.tolist() if array.dtype.kind in "UO" else array) for column, array in arrays.items()}
    )
    path = Path(folder) / f"{name}.parquet"
    # All that an Arrow of another default might choose differently is given.
    form = {"version": "2.6", "compression": "zstd", "compression_level": 3, "data_page_version": "1.0"}
    replace_file(path, lambda made: pq.write_table(table, made, row_group_size=1 << 20, **form))
    return path


def finish_run(folder: Path | str, **more: Any) -> None:
    """Say that the tables of a run are written, with their checksums, and delete its pieces.

    Parameters
    ----------
    folder
        The run folder; all its replications are done.
    more
        What else the manifest shall say, fit for JSON.

    Raises
    ------
    InputError
        If replications are missing.
    """
    path = Path(folder)
    run = RunFolder(path, _read_manifest(path))
    if run.manifest["state"] not in {GATHERED, COMPLETE}:
        done, of = run.manifest["replications_done"], run.manifest["replications"]
        what = f"is {run.manifest['state']}: {done} of {of} replications are done."
        raise InputError(Problem("runs.folder", str(path), what, "resume the run first."))
    tables = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(path.glob("*.parquet"))}
    run.say(COMPLETE, tables=tables, **more)
    shutil.rmtree(path / PIECES, ignore_errors=True)


def _resumable(path: Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a run that may go on with these inputs."""
    manifest = _read_manifest(path)
    problems = []
    if manifest["fingerprint"] != _fingerprint(asked):
        before = manifest["inputs"]
        other = sorted(key for key in {*before, *asked} if before.get(key) != asked.get(key))
        what = f"the run in it has other inputs: {', '.join(other) or 'its manifest was edited'}."
        problems.append(
            Problem("runs.resume", str(path), what, "give the same inputs, or begin anew in another folder.")
        )
    if manifest["state"] == COMPLETE:
        mend = "read its tables, or begin anew in another folder."
        problems.append(Problem("runs.resume", str(path), "the run in it is complete.", mend))
    if problems:
        raise InputError(problems)
    return manifest


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        known = manifest["format"] == _FORMAT and {"state", "fingerprint", "inputs", "seconds"} <= manifest.keys()
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        mend = "give the folder of a run that this version began."
        raise InputError(Problem("runs.folder", str(path / MANIFEST), "is no manifest of a run.", mend))
    return manifest


def _fingerprint(inputs: Mapping[str, Any]) -> str:
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _chunk_of(path: Path) -> Chunk:
    start, stop = path.stem.split("-")
    return Chunk(int(start), int(stop))


def _make(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        what = f"cannot be made: {error.strerror}."
        raise InputError(
            Problem("runs.folder", str(path), what, "choose another place; its parent must exist.")
        ) from None
