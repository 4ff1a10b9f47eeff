"""Claims and sources as read from the packaged tables.

One claim is what one source says about one quantity of one subject in one period. `value`, `low` and `high` stand
in the ledger's unit; what the source printed is kept beside them where it differs.
"""

from __future__ import annotations

import csv
import datetime
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from transcaspian.errors import InputError, Problem
from transcaspian.evidence.periods import Period, parse_period

KINDS = ("actual", "estimate", "nominal", "plan", "forecast")
# Claims that may be set against each other: what is, what is rated, what is intended, what is expected.
KIND_GROUPS = {"actual": "is", "estimate": "is", "nominal": "rated", "plan": "plan", "forecast": "forecast"}

CLAIM_COLUMNS = (
    "id", "subject", "quantity", "value", "low", "high", "unit", "value_as_stated", "unit_as_stated",
    "period", "kind", "source", "file", "note",
)  # fmt: skip
SOURCE_COLUMNS = ("id", "title", "publisher", "date", "url", "primary", "quotes")

_DOUBT = ("doubtful", "do not use", "implausib")
_LOW_TRUST = ("low trust", "low reliability", "low quality", "low-quality")


class Claim(NamedTuple):
    """One statement of one source; numbers in `unit`, `None` where the source gives none."""

    id: str
    subject: str
    quantity: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    value_as_stated: str
    unit_as_stated: str
    period: str
    kind: str
    source: str  # id of the source
    file: str  # facts files it stands in, joined by `;`
    note: str

    @property
    def when(self) -> Period:
        """The period, read."""
        return parse_period(self.period)

    @property
    def is_number(self) -> bool:
        """False for claims that state a date or a bare fact."""
        return self.value is not None or self.low is not None or self.high is not None

    @property
    def is_doubtful(self) -> bool:
        """True when the note says that the number should not be used as a point."""
        note = self.note.casefold()
        return any(word in note for word in _DOUBT)

    @property
    def is_low_trust(self) -> bool:
        """True when the note marks a mirror, a blog or a traveller's report."""
        note = self.note.casefold()
        return any(word in note for word in _LOW_TRUST)


class Source(NamedTuple):
    """A page, report or article that claims rest on."""

    id: str
    title: str
    publisher: str
    date: str
    url: str
    primary: bool  # published by the body that counted, built or runs the thing
    quotes: str  # the primary body that the press names, or empty

    @property
    def rank(self) -> int:
        """0 primary, 1 press that names a primary body, 2 press."""
        if self.primary:
            return 0
        return 1 if self.quotes else 2

    @property
    def published(self) -> datetime.date:
        """First day of the publication date; the year 1 when the page shows none."""
        return parse_period(self.date).start or datetime.date.min

    def label(self) -> str:
        """Publisher and date, for one line of a table."""
        return f"{self.publisher}, {self.date}" if self.date else f"{self.publisher}, no date"


_Row = TypeVar("_Row")


def read_claims(path: Path) -> list[Claim]:
    """Read `claims.csv`.

    Raises
    ------
    InputError
        If the file or a column is missing, or a number cannot be read; every problem found is named.
    """
    return _read(path, CLAIM_COLUMNS, _claim)


def read_sources(path: Path) -> list[Source]:
    """Read `sources.csv`.

    Raises
    ------
    InputError
        If the file or a column is missing.
    """
    return _read(path, SOURCE_COLUMNS, _source)


def read_rows(path: Path, columns: Sequence[str]) -> list[list[str]]:
    """The rows of a small table with exactly these columns.

    Raises
    ------
    InputError
        If the file is missing, empty, not UTF-8 text, or has other columns.
    """
    return _read(path, columns, list)


def _claim(row: Sequence[str]) -> Claim:
    ident, subject, quantity, value, low, high, unit, *rest = row
    return Claim(ident, subject, quantity, _number(value), _number(low), _number(high), unit, *rest)


def _source(row: Sequence[str]) -> Source:
    ident, title, publisher, day, url, primary, quotes = row
    return Source(ident, title, publisher, day, url, primary == "true", quotes)


def _number(text: str) -> float | None:
    if not text:
        return None
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _read(path: Path, columns: Sequence[str], make: Callable[[list[str]], _Row]) -> list[_Row]:
    """Every row through `make`; all problems of the file at once."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        what = f"cannot be read ({error})."
        raise InputError(Problem("evidence.file", str(path), what, "Rebuild the ledger or reinstall.")) from None
    if header != list(columns):
        missing = ", ".join(name for name in columns if name not in header) or "none"
        what = f"its columns are not those of a ledger (missing: {missing})."
        raise InputError(Problem("evidence.columns", path.name, what, f"Give {', '.join(columns)} in this order."))
    return _rows(path, rows, make, width=len(columns))


def _rows(path: Path, rows: Iterable[list[str]], make: Callable[[list[str]], _Row], *, width: int) -> list[_Row]:
    made: list[_Row] = []
    problems: list[Problem] = []
    for line, row in enumerate(rows, start=2):
        try:
            if len(row) != width:
                raise ValueError(f"{len(row)} cells")
            made.append(make(row))
        except ValueError as error:
            where, what = f"{path.name}, row {line}", f"cannot be read ({error})."
            problems.append(Problem("evidence.row", where, what, f"Give {width} cells and plain numbers."))
    if problems:
        raise InputError(problems)
    return made
