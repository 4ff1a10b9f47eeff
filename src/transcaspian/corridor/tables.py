"""One immutable table: named columns as arrays, and a low and a high beside every quantity.

Columns are plain NumPy arrays with `write=False`: float64 for quantities (NaN = empty), object arrays of `str`
for words, `bool` for flags. A change makes a new table that shares every column it did not touch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from transcaspian.corridor.schema import TableSchema
from transcaspian.errors import InputError, Problem, did_you_mean

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Estimate3:
    """A quantity with its range: `low` <= `mid` <= `high`."""

    low: float
    mid: float
    high: float

    def scaled(self, factor: float) -> Estimate3:
        """The range times a non-negative `factor`."""
        return Estimate3(self.low * factor, self.mid * factor, self.high * factor)

    def as_json(self) -> dict[str, float]:
        """`{"low": …, "mid": …, "high": …}`."""
        return {"low": self.low, "mid": self.mid, "high": self.high}


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of one table as read-only columns of shape (n_rows,).

    `mid` holds every column; `low` and `high` hold the quantities only.
    """

    schema: TableSchema
    mid: Mapping[str, Array]
    low: Mapping[str, Floats]
    high: Mapping[str, Floats]
    lines: Array  # line of each row in its file, for messages
    _rows: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for group in (self.mid, self.low, self.high):
            for column in group.values():
                column.setflags(write=False)
        self.lines.setflags(write=False)
        rows = {str(row_id): row for row, row_id in enumerate(self.mid["id"])}
        object.__setattr__(self, "_rows", rows)

    def __reduce__(self) -> tuple[type[Table], tuple[object, ...]]:
        # Arrays come out of a pickle writeable, and corridors travel to workers: they are locked again there.
        return Table, (self.schema, self.mid, self.low, self.high, self.lines)

    def __len__(self) -> int:
        return len(self.mid["id"])

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._rows

    def __iter__(self) -> Iterator[str]:
        """The ids in the order of the file."""
        return iter(self._rows)

    @property
    def name(self) -> str:
        """The table's name, which is its file's stem."""
        return self.schema.name

    def get_row(self, row_id: str) -> int:
        """The row number of `row_id`; raises `InputError` with near names when there is none."""
        row = self._rows.get(row_id)
        if row is None:
            raise InputError(
                Problem(
                    "corridor.unknown_id",
                    f"{self.name}.csv",
                    f"there is no {row_id!r}",
                    did_you_mean(row_id, self._rows) or f"the ids stand in the first column of {self.name}.csv.",
                )
            )
        return row

    def floats(self, column: str) -> Floats:
        """A quantity's mid values, NaN where the cell is empty."""
        values: Floats = self.mid[column]
        return values

    def texts(self, column: str) -> list[str]:
        """A column of words, an empty string where the cell is empty."""
        return [str(value) for value in self.mid[column]]

    def text(self, row: int, column: str) -> str:
        """One word."""
        return str(self.mid[column][row])

    def items(self, row: int, column: str) -> tuple[str, ...]:
        """The entries of a list cell."""
        separator = self.schema.field(column).separator or ";"
        cell = str(self.mid[column][row])
        return tuple(part.strip() for part in cell.split(separator) if part.strip())

    def flag(self, row: int, column: str) -> bool:
        """One true-or-false cell; an empty one is false."""
        return bool(self.mid[column][row])

    def estimate(self, row: int, column: str) -> Estimate3 | None:
        """A quantity with its range, or `None` where the cell is empty."""
        mid = float(self.mid[column][row])
        if np.isnan(mid):
            return None
        return Estimate3(float(self.low[column][row]), mid, float(self.high[column][row]))

    def with_estimate(self, row: int, column: str, value: Estimate3) -> Table:
        """A new table in which one quantity is `value`; all other columns are shared with this one."""
        return replace(
            self,
            mid={**self.mid, column: _with(self.mid[column], row, value.mid)},
            low={**self.low, column: _with(self.low[column], row, value.low)},
            high={**self.high, column: _with(self.high[column], row, value.high)},
        )

    def with_value(self, row: int, column: str, value: str | bool) -> Table:
        """A new table in which one word or flag is `value`."""
        return replace(self, mid={**self.mid, column: _with(self.mid[column], row, value)})


def _with(column: Array, row: int, value: float | str | bool) -> Array:
    changed = column.copy()
    changed[row] = value
    return changed
