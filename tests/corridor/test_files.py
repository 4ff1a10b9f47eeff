"""Nothing half-written: the old file or the new one, whatever happens in between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from transcaspian.corridor.files import replace_file, replace_folder
from transcaspian.errors import InputError


def write_new(path: Path) -> None:
    path.write_text("new", encoding="utf-8")


def break_off(path: Path) -> None:
    path.write_text("ne", encoding="utf-8")
    raise RuntimeError("power cut")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old", encoding="utf-8")
    replace_file(target, write_new)
    assert target.read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["out.txt"]


def test_a_writer_that_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError):
        replace_file(target, break_off)
    assert target.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["out.txt"]


def test_a_folder_is_made_or_its_files_are_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"
    replace_folder(target, lambda made: write_new(made / "a"))
    (target / "mine").write_text("kept", encoding="utf-8")
    replace_folder(target, lambda made: write_new(made / "b"))
    assert names(target) == ["a", "b", "mine"]
    assert names(tmp_path) == ["out"]


def test_a_folder_writer_that_breaks_off_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "out"
    replace_folder(target, lambda made: write_new(made / "a"))

    def half(made: Path) -> None:
        write_new(made / "b")
        break_off(made / "c")

    with pytest.raises(RuntimeError):
        replace_folder(target, half)
    assert names(target) == ["a"]
    assert names(tmp_path) == ["out"]


def test_places_that_cannot_be_written_to_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for path, said in ((tmp_path / "no" / "out", "there is no folder"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=said):
            replace_file(path, write_new)
    with pytest.raises(InputError, match="is a file"):
        replace_folder(tmp_path / "file", lambda made: write_new(made / "a"))
    with pytest.raises(InputError, match="there is no folder"):
        replace_folder(tmp_path / "no" / "out", lambda made: write_new(made / "a"))


def test_a_pipe_or_a_device_is_never_replaced(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for target in (pipe, link):
        with pytest.raises(InputError, match="a device, a pipe"):
            replace_file(target, write_new)
        with pytest.raises(InputError, match="a device, a pipe"):
            replace_folder(target, lambda made: write_new(made / "a"))
    assert pipe.is_fifo()
    assert names(tmp_path) == ["link", "pipe"]


def test_a_folder_in_the_place_of_a_file_is_found_before_anything_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"
    (target / "b").mkdir(parents=True)
    os.mkfifo(target / "c")
    (target / "a").write_text("old", encoding="utf-8")

    def three(made: Path) -> None:
        for name in "abc":
            write_new(made / name)

    with pytest.raises(InputError) as caught:
        replace_folder(target, three)
    assert [problem.where for problem in caught.value.problems] == [str(target / "b"), str(target / "c")]
    assert (target / "a").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["out"]


def test_a_name_too_long_for_the_disk_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        replace_file(tmp_path / ("x" * 5000), write_new)
