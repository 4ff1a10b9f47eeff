import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.scenario import Change, ScenarioError
from transcaspian.scenario.periods import Period, Run, get_run, period_in_run
from transcaspian.scenario.problems import Report

from .helpers import asking, day

YEAR = Run(day(1), day(1, year=2025))
days = st.dates(dt.date(2022, 1, 1), dt.date(2026, 12, 31))


def part_of_year(since: dt.date | None, until: dt.date | None) -> tuple[Period | None, Report]:
    change = Change("KZAAU", since, until, close=True)
    report = Report(asking(change))
    return period_in_run(change, 1, YEAR, report), report


def test_without_dates_the_run_is_the_base_year():
    assert get_run(2024, None, None) == YEAR


def test_a_run_without_an_end_lasts_to_the_next_new_year():
    assert get_run(2024, day(7, 15, year=2026), None) == Run(day(7, 15, year=2026), day(1, year=2027))


def test_a_run_that_ends_where_it_begins_has_no_day():
    with pytest.raises(ScenarioError, match="has no day"):
        get_run(2024, day(5), day(5))


def test_a_period_inside_the_run_is_left_alone():
    period, report = part_of_year(day(11, 10), day(11, 20))
    assert period == Period(day(11, 10), day(11, 20))
    assert not report.found


@pytest.mark.parametrize(
    ("since", "until", "kept", "said"),
    [
        (day(12, year=2023), day(2), Period(day(1), day(2)), "began on 2023-12-01, before the run"),
        (day(11), day(2, year=2025), Period(day(11), day(1, year=2025)), "lasts until 2025-02-01, beyond the run"),
        (day(12, year=2023), None, Period(None, None), "acts from 2024-01-01"),
    ],
)
def test_a_period_beyond_the_run_is_cut_to_it_and_this_is_said(since, until, kept, said):
    period, report = part_of_year(since, until)
    assert period == kept
    (note,) = report.notes
    assert said in note.what
    assert (note.type, note.severity) == ("scenario.cut", "warning")
    assert not report.errors


def test_both_ends_may_be_cut_and_each_is_said():
    period, report = part_of_year(day(1, year=2023), day(1, year=2026))
    assert period == Period(None, None)
    assert len(report.notes) == 2


def test_a_period_as_long_as_the_run_is_cut_nowhere():
    period, report = part_of_year(day(1), day(1, year=2025))
    assert period == Period(None, None)
    assert not report.found


@pytest.mark.parametrize(
    ("since", "until", "kind"),
    [
        (day(5), day(5), "scenario.period"),
        (day(6), day(5), "scenario.period"),
        (day(1, year=2025), None, "scenario.after_run"),
        (None, day(1), "scenario.before_run"),
    ],
)
def test_a_period_without_a_day_in_the_run_is_an_error(since, until, kind):
    period, report = part_of_year(since, until)
    assert period is None
    assert [problem.type for problem in report.errors] == [kind]


@given(st.none() | days, st.none() | days)
def test_within_the_run_a_kept_period_holds_the_same_days(since, until):
    period, report = part_of_year(since, until)
    for probe in (day(1), day(2, 29), day(7), day(12, 31), since, until):
        if probe is not None and YEAR.start <= probe < YEAR.end:
            written = (since is None or since <= probe) and (until is None or probe < until)
            kept = period is not None and (period.since is None or period.since <= probe)
            kept = kept and (period.until is None or probe < period.until)
            assert written == kept
    assert (period is None) == bool(report.errors)


def test_periods_that_meet_on_a_date_have_no_day_in_common():
    first, second = Period(None, day(7)), Period(day(7), None)
    assert first.first_common_day(second) is None
    assert first.first_common_day(Period(day(6, 30), None)) == day(6, 30)
