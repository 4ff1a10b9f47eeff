"""When the next departure is: days of the week ("Tue Sat") or of the month ("1 11 21")."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from transcaspian.errors import InputError, Problem

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LOOK_AHEAD_DAYS = 70  # every rule below has a departure within two months
DEPARTURE_HOUR = 12  # no timetable states the hour: noon is never more than half a day off


@lru_cache(maxsize=256)
def departure_rule(timetable: str) -> tuple[frozenset[int], frozenset[int]]:
    """Weekdays (0 = Monday) and days of the month on which a service leaves.

    Raises
    ------
    InputError
        If a word is neither a weekday nor a day of the month.
    """
    weekdays, days = set(), set()
    for word in timetable.replace(";", " ").split():
        if word[:3].title() in WEEKDAYS:
            weekdays.add(WEEKDAYS.index(word[:3].title()))
        elif word.isdigit() and 1 <= int(word) <= 31:
            days.add(int(word))
        else:
            mend = "write weekdays (Tue Sat) or days of the month (1 11 21)."
            raise InputError(Problem("services.timetable", "services.csv, timetable", f"{word!r} is no day", mend))
    return frozenset(weekdays), frozenset(days)


def next_departure(timetable: str, ready: dt.datetime) -> dt.datetime | None:
    """The first departure at or after `ready`, or `None` when the service has no timetable."""
    weekdays, days = departure_rule(timetable)
    if not weekdays and not days:
        return None
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = ready.date() + dt.timedelta(days=ahead)
        leaves = dt.datetime.combine(day, dt.time(DEPARTURE_HOUR), tzinfo=ready.tzinfo)
        if leaves >= ready and (day.weekday() in weekdays or day.day in days):
            return leaves
    return None
