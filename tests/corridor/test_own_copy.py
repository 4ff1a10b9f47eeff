"""A copy for a person to edit: complete, loadable, and never over somebody's work."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcaspian.corridor import load_corridor
from transcaspian.corridor.own_copy import write_own_copy
from transcaspian.corridor.schema import packaged_schema
from transcaspian.errors import InputError


def test_the_copy_is_complete_and_equals_ours(tmp_path: Path) -> None:
    names = write_own_copy(tmp_path / "my")
    expected = {f"{name}.csv" for name in packaged_schema()} | {"datapackage.json", "README.md"}
    assert set(names) == expected == {path.name for path in (tmp_path / "my").iterdir()}
    assert load_corridor(tmp_path / "my").fingerprint() == load_corridor().fingerprint()


def test_the_guide_names_every_table_and_the_folder(tmp_path: Path) -> None:
    write_own_copy(tmp_path / "my")
    guide = (tmp_path / "my" / "README.md").read_text(encoding="utf-8")
    assert "transcaspian check my" in guide
    assert all(f"`{name}.csv`" in guide for name in packaged_schema())


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty"):
        write_own_copy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_force_replaces_our_files_and_keeps_others(tmp_path: Path) -> None:
    write_own_copy(tmp_path / "my")
    (tmp_path / "my" / "letter.txt").write_text("dear", encoding="utf-8")
    (tmp_path / "my" / "links.csv").write_text("spoilt", encoding="utf-8")
    write_own_copy(tmp_path / "my", force=True)
    assert load_corridor(tmp_path / "my")["links"]
    assert (tmp_path / "my" / "letter.txt").read_text(encoding="utf-8") == "dear"


def test_an_empty_folder_and_a_missing_one_will_do_but_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_own_copy(tmp_path / "empty")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is a file"):
        write_own_copy(tmp_path / "file")
    with pytest.raises(InputError, match="there is no folder"):
        write_own_copy(tmp_path / "no" / "my")


def test_force_replaces_nothing_when_a_folder_stands_in_the_way(tmp_path: Path) -> None:
    write_own_copy(tmp_path / "my")
    (tmp_path / "my" / "closures.csv").write_text("mine", encoding="utf-8")
    (tmp_path / "my" / "links.csv").unlink()
    (tmp_path / "my" / "links.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        write_own_copy(tmp_path / "my", force=True)
    assert (tmp_path / "my" / "closures.csv").read_text(encoding="utf-8") == "mine"
