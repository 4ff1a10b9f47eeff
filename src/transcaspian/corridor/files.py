"""Write files so that a reader sees the old ones or the new ones, never half of them.

Everything is made in a temporary place beside its target and renamed into it when it is complete.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from transcaspian.errors import InputError, Problem


def replace_file(path: Path, write: Callable[[Path], None], *, ending: str = "") -> None:
    """Let `write` make a file under another name, then rename it to `path`.

    Parameters
    ----------
    path
        Where the file shall stand; its folder must exist.
    write
        Called with the temporary path.
    ending
        Of the temporary path, where the writer insists on one.

    Raises
    ------
    InputError
        If the folder is missing, `path` is a folder, a device or a pipe, or nothing may be written there.
    """
    if problem := _no_file(path):
        raise InputError(problem)
    with _beside(path) as folder:
        made = folder / f"new{ending}"
        write(made)
        made.replace(path)


def replace_folder(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a new folder, then put its files into `path`; files of other names there stay.

    Nothing is moved before every file has been found to have a place.

    Parameters
    ----------
    path
        Where the files shall stand; made when it is missing, but its parent must exist.
    write
        Called with the temporary folder.

    Raises
    ------
    InputError
        If the parent is missing, `path` or one of the files to be replaced is something else, or nothing may be
        written there.
    """
    if kind := _kind_unlike(path, "a folder"):
        raise InputError(Problem("file.out", str(path), f"is {kind}", "give the name of a folder."))
    with _beside(path) as temporary:
        made = temporary / "new"
        made.mkdir()
        write(made)
        if not path.exists():
            made.rename(path)
            return
        files = sorted(made.iterdir())
        if problems := [problem for file in files if (problem := _no_file(path / file.name))]:
            raise InputError(problems)
        for file in files:
            file.replace(path / file.name)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with the line ends it has, on every system."""
    path.write_text(text, encoding="utf-8", newline="")


def _no_file(path: Path) -> Problem | None:
    """What stands at `path` and is no file that could be replaced by another."""
    kind = _kind_unlike(path, "a file")
    return Problem("file.out", str(path), f"is {kind}", "give the name of a file.") if kind else None


def _kind_unlike(path: Path, wanted: str) -> str:
    """What `path` leads to, unless it is `wanted` or nothing: then empty."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise _cannot(path, error) from None
    kind = "a file" if stat.S_ISREG(mode) else "a folder" if stat.S_ISDIR(mode) else "a device, a pipe or a socket"
    return "" if kind == wanted else kind


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A temporary folder on the same file system as `path`, gone afterwards."""
    parent = path.absolute().parent
    if not parent.is_dir():
        raise InputError(Problem("file.out", str(path), f"there is no folder {parent}", "make it first."))
    try:
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}-", dir=parent))
    except OSError as error:
        raise _cannot(path, error) from None
    try:
        yield temporary
    except OSError as error:
        raise _cannot(path, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _cannot(path: Path, error: OSError) -> InputError:
    why = os.strerror(error.errno) if error.errno else str(error)
    return InputError(Problem("file.out", str(path), f"cannot be written: {why}", "choose another place."))
