"""A copy of the packaged tables for a person to edit: `transcaspian init DIR`."""

from __future__ import annotations

import shutil
from pathlib import Path

from transcaspian.corridor.files import replace_folder
from transcaspian.corridor.schema import DESCRIPTOR, packaged_folder, packaged_schema
from transcaspian.errors import InputError, Problem

README = "README.md"

_GUIDE = """# Your corridor

These are the tables of the Middle Corridor and its rivals as they stood on 1 January 2024. Edit them in a
spreadsheet or a text editor (CSV, UTF-8, commas, a point in decimals), then say

    transcaspian check {folder}
    transcaspian route ORIGIN DESTINATION --corridor {folder}

| file | what stands in it |
|---|---|
{tables}

- `{descriptor}` describes every column: its type, its bounds, what it may refer to. Leave it as it is.
- The end of a column's name is its unit. An empty cell says unknown or not applicable, never zero.
- `id` is how rows speak of each other; links are called FROM-TO.mode. Lists in a cell are separated by `;`.
- Every number has a row in `provenance.csv`: the `claim` it repeats, the formula by which it is `derived` from
  claims, or an `assumption` with its reason; `low` and `high` are its range. When you change a number, widen that
  range or change the row: `check` tells you which one. Look claims up with `transcaspian facts`.

Data: CC BY 4.0, the Transcaspian authors. Coordinates: GeoNames (CC BY 4.0) where `position` says so.
"""


def write_own_copy(folder: Path, *, force: bool = False) -> list[str]:
    """Write the packaged tables, their schema, their provenance and a guide into `folder`.

    Parameters
    ----------
    folder
        Made when missing; its parent must exist.
    force
        Replace the files of these names in a folder that is not empty; others stay.

    Returns
    -------
    names
        The files written, sorted.

    Raises
    ------
    InputError
        If the folder is not empty and `force` is not set, or nothing can be written there.
    """
    if folder.is_dir() and any(folder.iterdir()) and not force:
        what = "is not empty, and nothing in it is overwritten unasked"
        raise InputError(Problem("init.folder", str(folder), what, "choose a new folder, or add --force."))
    schemas = packaged_schema()
    names = [*(f"{name}.csv" for name in schemas), DESCRIPTOR]
    rows = "\n".join(f"| `{name}.csv` | {schema.title} |" for name, schema in schemas.items())
    guide = _GUIDE.format(folder=folder.name or folder, tables=rows, descriptor=DESCRIPTOR)

    def write(made: Path) -> None:
        for name in names:
            shutil.copyfile(packaged_folder() / name, made / name)
        (made / README).write_text(guide, encoding="utf-8")

    replace_folder(folder, write)
    return sorted([*names, README])
