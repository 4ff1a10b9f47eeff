"""What the timetable of a service says: days of the week ("Tue Sat") or of the month ("1 11 21")."""

from __future__ import annotations

from functools import lru_cache

from transcaspian.errors import InputError, Problem

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORTEST = 3  # letters of a weekday's name that tell it from the others


@lru_cache(maxsize=256)
def departure_rule(timetable: str) -> tuple[frozenset[int], frozenset[int]]:
    """Weekdays (0 = Monday) and days of the month on which a service leaves.

    Raises
    ------
    InputError
        If a word is neither a weekday, of three letters or more, nor a day of the month.
    """
    weekdays, days = set(), set()
    for word in timetable.replace(";", " ").split():
        weekday = _weekday(word)
        if weekday is not None:
            weekdays.add(weekday)
        elif word.isascii() and word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 31:
            days.add(int(word))
        else:
            mend = "write weekdays (Tue Sat) or days of the month (1 11 21)."
            raise InputError(Problem("services.timetable", "services.csv, timetable", f"{word[:40]!r} is no day", mend))
    return frozenset(weekdays), frozenset(days)


def _weekday(word: str) -> int | None:
    """The number of the weekday that `word` begins, or `None`."""
    fits = [day for day, name in enumerate(WEEKDAYS) if name.startswith(word.title())]
    return fits[0] if fits and len(word) >= _SHORTEST else None
