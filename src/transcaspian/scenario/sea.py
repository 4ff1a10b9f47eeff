"""What a scenario may say of the sea: a level, or the year and the projection that it follows, but never in vain.

`set = { projection = "…" }` is what `--projection` is to a command: later years follow it. With `level_year` the sea
stands as in that year on all days, everything else as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from transcaspian.corridor.changes import RowChange
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.sea.level import sea_level, yearly_means
from transcaspian.errors import InputError
from transcaspian.scenario.periods import Period, Run
from transcaspian.scenario.problems import Report
from transcaspian.scenario.rows import Draft

_NEW_YEAR = (1, 1)


def check_sea(corridor: Corridor, drafts: Sequence[Draft], run: Run, report: Report) -> None:
    """Report a year nobody knows, a level that overrides it, and a projection that no day of the run follows."""
    old = [change for change in corridor.changes if change.table == "sea"]
    here = [draft.row_change for draft in drafts if draft.row_change.table == "sea"]
    for draft in drafts:
        change = draft.row_change
        if change.table != "sea" or change.act != "set" or not change.value:
            continue
        if change.column == "level_year":
            _check_year(corridor, draft, [*old, *here], report)
        elif change.column == "projection":
            _check_projection(corridor, draft, [*old, *here], run, report)


def _check_year(corridor: Corridor, draft: Draft, changes: Sequence[RowChange], report: Report) -> None:
    for other in changes:
        if (other.column, other.act) == ("level_m_bs", "set") and _meet(other, draft.row_change):
            what = f"the level is set too, by {other.origin or 'an earlier change'}"
            mend = "give one: level_year or level_m_bs."
            report.add("set_twice", what, mend, change=draft.number, key=draft.key)
    followed = [c for c in changes if c.column == "projection" and c.value and _meet(c, draft.row_change)]
    try:
        projection = str(followed[0].value) if followed else None
        sea_level(replace(corridor, changes=()), year=int(str(draft.row_change.value)), projection=projection)
    except InputError as error:
        problem = error.problems[0]
        report.add("value", problem.what, "take a measured or projected year.", change=draft.number, key=draft.key)


def _check_projection(corridor: Corridor, draft: Draft, changes: Sequence[RowChange], run: Run, report: Report) -> None:
    """A projection acts on days after the last measured year, or through `level_year`."""
    change = draft.row_change
    if any(other.column == "level_year" and other.value and _meet(other, change) for other in changes):
        return
    measured_until = dt.date(max(yearly_means(corridor), default=0) + 1, *_NEW_YEAR)
    last = min(change.until or run.end, run.end)
    if last <= measured_until:
        what = f"changes nothing in the run: until {measured_until} the level is measured"
        mend = "run later years, or set level_year too, such as 2030."
        report.add("changes_nothing", what, mend, change=draft.number, key=draft.key)


def _meet(one: RowChange, other: RowChange) -> bool:
    return Period(one.since, one.until).first_common_day(Period(other.since, other.until)) is not None
