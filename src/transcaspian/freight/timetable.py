"""When the next departure is: days of the week ("Tue Sat") or of the month ("1 11 21")."""

from __future__ import annotations

import datetime as dt

from transcaspian.corridor.timetable import departure_rule

_LOOK_AHEAD_DAYS = 70  # every rule below has a departure within two months
DEPARTURE_HOUR = 12  # no timetable states the hour: noon is never more than half a day off


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
