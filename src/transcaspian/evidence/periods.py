"""Periods of claims: the words of the facts files read as half-open intervals of days.

`2025-H1` is [2025-01-01, 2025-07-01); `2025-01/2025-08` runs from 1 January to 31 August, both included, so it ends
on 2025-09-01; `plan 2027` is the year 2027 with the word `plan`; `before 2022` has no start; `nominal` and
`undated` have neither. Words that say no date (`recent years`, `1872 line`) are kept as they are and count as
undated.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from transcaspian.errors import InputError, Problem

_WORDS = ("plan", "forecast", "nominal", "target", "agreement", "cumulative to", "before", "from")
_SEASONS = {"winter": (10, 6), "summer": (4, 6), "autumn": (9, 3)}  # first month, months
_UNDATED = frozenset({"", "undated", "n.d.", "nominal", "plan", "forecast", "target", "estimate"})
_POINT = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})(?:-(\d{2}))?))?")


class Period(NamedTuple):
    """A period as the source gives it; `start` is the first day in it, `end` the first day after it."""

    text: str
    word: str = ""  # plan, forecast, nominal, before ...; empty for a plain period
    start: date | None = None
    end: date | None = None

    @property
    def is_dated(self) -> bool:
        """True when both ends are known."""
        return self.start is not None and self.end is not None

    @property
    def days(self) -> int:
        """Length in days; 0 when an end is open."""
        return (self.end - self.start).days if self.start and self.end else 0

    def is_same(self, other: Period) -> bool:
        """True for equal intervals (`2025-H1` and `2025-01/2025-06`), whatever the word before them."""
        if self.start is None and self.end is None:
            return other.start is None and other.end is None and self.text == other.text
        return (self.start, self.end) == (other.start, other.end)

    def overlaps(self, other: Period) -> bool:
        """True when two periods with both ends share a day."""
        if self.start is None or self.end is None or other.start is None or other.end is None:
            return False
        return self.start < other.end and other.start < self.end

    def contains(self, other: Period) -> bool:
        """True when every day of `other` lies in this period; both with both ends."""
        if self.start is None or self.end is None or other.start is None or other.end is None:
            return False
        return self.start <= other.start and other.end <= self.end


@lru_cache(maxsize=4096)
def parse_period(text: str) -> Period:
    """Read the period of a claim; words without a date give a period without ends.

    Parameters
    ----------
    text
        As in the facts files: `2024`, `2025-H1`, `2025-01/2025-08`, `plan 2027`, `before 2022`, `nominal`.

    Returns
    -------
    period
        With `start` and `end` where the text has them, half-open.
    """
    plain = text.strip()
    if plain in _UNDATED:
        return Period(text, plain if plain in _WORDS else "")
    word, rest = _split_word(plain)
    rest = re.sub(r"\b(?:c\.|circa)\s*", "", rest)
    interval = _read_interval(rest) or _read_season(rest) or _read_leading(rest)
    if interval is None:
        return Period(text, word)
    start, end = interval
    if word == "before":
        return Period(text, word, None, start)
    if word == "cumulative to":
        return Period(text, word, None, end)
    if word == "from":
        return Period(text, word, start, None)
    return Period(text, word, start, end)


def read_period(text: str) -> Period:
    """Read a period that a person typed; what cannot be read is an error.

    Parameters
    ----------
    text
        `2024`, `2025-H1`, `2025-Q1`, `2025-03`, `2025-03-04`, `2025-01/2025-08`, `plan 2027`, `nominal`, `undated`.

    Returns
    -------
    period
        With both ends, except for `nominal`, `undated` and the like.

    Raises
    ------
    InputError
        If it is no period, names no day of the calendar, or ends before it begins.
    """
    period = parse_period(text)
    if period.start or period.end or text.strip() in _UNDATED - {""}:
        return period
    mend = "Write 2024, 2025-H1, 2025-Q1, 2025-03, 2025-03-04, 2025-01/2025-08, 'plan 2027', nominal or undated."
    raise InputError(Problem("evidence.period", "--period", f"{text!r} is not a period.", mend))


def period_text(start: date, end: date) -> str:
    """The shortest text that `parse_period` reads as [start, end).

    Raises
    ------
    InputError
        If the interval is empty or runs backwards.
    """
    if end <= start:
        what = f"{start} to {end} is no period: it ends before it begins."
        raise InputError(Problem("evidence.period", "period", what, "Give a later end."))
    last = end - timedelta(days=1)
    if (single := _named(start, end)) is not None:
        return single
    if start.day == 1 and end.day == 1:
        return f"{start:%Y-%m}/{last:%Y-%m}"
    return f"{start.isoformat()}/{last.isoformat()}"


def _named(start: date, end: date) -> str | None:
    """A year, half, quarter, month or day by its name, or `None`."""
    if (end - start).days == 1:
        return start.isoformat()
    if start.day != 1 or end.day != 1:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    if months == 12 and start.month == 1:
        return f"{start.year:04d}"
    if months == 6 and start.month in {1, 7}:
        return f"{start.year:04d}-H{1 + start.month // 7}"
    if months == 3 and start.month % 3 == 1:
        return f"{start.year:04d}-Q{1 + start.month // 3}"
    return f"{start:%Y-%m}" if months == 1 else None


def _split_word(text: str) -> tuple[str, str]:
    for word in _WORDS:
        if text.startswith(word + " "):
            return word, text[len(word) + 1 :].strip()
    return "", text


def _read_interval(text: str) -> tuple[date, date] | None:
    """`A`, `A/B` or `A-B` of years, both ends included."""
    parts = text.split("/") if "/" in text else re.sub(r"^(\d{4})-(\d{4})$", r"\1/\2", text).split("/")
    points = [_read_point(part) for part in parts]
    if len(points) > 2 or not points[0] or not points[-1]:
        return None
    start, end = points[0][0], points[-1][1]
    return (start, end) if start < end else None


def _read_point(text: str) -> tuple[date, date] | None:
    """A year, half, quarter, month or day as [start, end), or `None`."""
    match = _POINT.fullmatch(text)
    if not match:
        return None
    year, half, quarter, month, day = match.groups()
    try:
        if day:
            start = date(int(year), int(month), int(day))
            return start, start + timedelta(days=1)
        if half:
            return _months(int(year), 6 * int(half) - 5, 6)
        if quarter:
            return _months(int(year), 3 * int(quarter) - 2, 3)
        return _months(int(year), int(month), 1) if month else _months(int(year), 1, 12)
    except (ValueError, OverflowError):
        return None


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """The `count` months from `month` of `year` on."""
    last = month - 1 + count
    return date(year, month, 1), date(year + last // 12, last % 12 + 1, 1)


def _read_season(text: str) -> tuple[date, date] | None:
    """`2025-2026 winter`, `2018 summer`, `2024/2025 autumn` (of the later year)."""
    match = re.fullmatch(r"(\d{4})(?:[-/](\d{4}))? (winter|summer|autumn)", text)
    if not match:
        return None
    first, count = _SEASONS[match[3]]
    year = int(match[1] if match[3] == "winter" or not match[2] else match[2])
    return _months(year, first, count)


def _read_leading(text: str) -> tuple[date, date] | None:
    """The period that is compared with another: `2024 vs 2023`, `2025-11 vs 2025-10`."""
    head = re.match(r"(\d{4}(?:-(?:H[12]|Q[1-4]|\d{2}(?:-\d{2})?))?) vs .*$", text)
    return _read_point(head[1]) if head else None
