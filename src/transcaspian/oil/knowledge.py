"""Who knows what, and when: the changes and storms that a plan made on a day may take into account.

What is under way is known; what is ahead is known `foresight_days` before it begins. Under way, it is believed to last
to its end, or, with `belief = "as_long_again"`, as long again as it has lasted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.oil.dated import Event, Floats

UNTIL_END = "until"
AS_LONG_AGAIN = "as_long_again"
BELIEFS = (UNTIL_END, AS_LONG_AGAIN)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How far ahead changes and storms are known, and what is believed of those under way."""

    foresight_days: int = 0
    belief: str = UNTIL_END


def believed_events(events: Sequence[Event], today: dt.date, days: Sequence[dt.date], knows: Knowledge,
                    start: dt.date) -> list[frozenset[int]]:  # fmt: skip
    """The events taken to be in force on each of `days`, as seen from `today`; the run begins on `start`."""
    periods: list[tuple[int, dt.date, dt.date]] = []
    for number, event in enumerate(events):
        since = event.since or start
        until = event.until or dt.date.max
        if until <= today or since > today + dt.timedelta(days=knows.foresight_days):
            continue
        if since <= today and knows.belief == AS_LONG_AGAIN:
            until = today + (today - since) + dt.timedelta(days=1)
            until += dt.timedelta(days=0 if since < today else 1)
        periods.append((number, since, until))
    return [frozenset(number for number, since, until in periods if since <= day < until) for day in days]


def believed_weather(actual: Floats, expected: Floats, today: int, steps: int, knows: Knowledge) -> Floats:
    """Share of each day on which moorings load, as seen from day number `today`, shape (steps, moorings).

    `actual` and `expected` have a row for every day of the run and of the horizon after it; where nothing is known the
    expected share stands.
    """
    found = expected[today : today + steps].copy()
    known = min(steps, knows.foresight_days + 1)
    found[:known] = actual[today : today + known]
    for mooring in range(actual.shape[1]):
        last = today + known - 1
        stormy = actual[:, mooring] < expected[:, mooring]
        if not stormy[last]:
            continue
        calm_after = np.flatnonzero(~stormy[last:])
        end = last + (int(calm_after[0]) if calm_after.size else actual.shape[0])
        if knows.belief == AS_LONG_AGAIN and last == today:
            calm_before = np.flatnonzero(~stormy[: today + 1])
            lasted = today - (int(calm_before[-1]) if calm_before.size else -1)
            end = today + 1 + lasted
            found[known : max(known, min(steps, end - today)), mooring] = actual[today, mooring]
        else:
            stop = max(known, min(steps, end - today))
            found[known:stop, mooring] = actual[today + known : today + stop, mooring]
    return found
