"""Periods: the vocabulary of the facts files, and round trips for every interval."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.errors import InputError
from transcaspian.evidence import load_ledger
from transcaspian.evidence.periods import parse_period, period_text, read_period

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
INTERVALS = st.tuples(DAYS, st.integers(1, 4000)).map(lambda pair: (pair[0], pair[0] + timedelta(days=pair[1])))
MONTHS = st.tuples(st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 48))


@pytest.mark.parametrize(
    ("text", "word", "start", "end"),
    [
        ("2024", "", date(2024, 1, 1), date(2025, 1, 1)),
        ("2025-H1", "", date(2025, 1, 1), date(2025, 7, 1)),
        ("2025-Q4", "", date(2025, 10, 1), date(2026, 1, 1)),
        ("2025-03-04", "", date(2025, 3, 4), date(2025, 3, 5)),
        ("2025-01/2025-08", "", date(2025, 1, 1), date(2025, 9, 1)),
        ("2025-01/2025-07-28", "", date(2025, 1, 1), date(2025, 7, 29)),
        ("plan 2027", "plan", date(2027, 1, 1), date(2028, 1, 1)),
        ("plan 2025-2028", "plan", date(2025, 1, 1), date(2029, 1, 1)),
        ("plan 2026-Q2/2026-Q3", "plan", date(2026, 4, 1), date(2026, 10, 1)),
        ("forecast 2030", "forecast", date(2030, 1, 1), date(2031, 1, 1)),
        ("before 2022", "before", None, date(2022, 1, 1)),
        ("from 2024-05-20", "from", date(2024, 5, 20), None),
        ("cumulative to 2024", "cumulative to", None, date(2025, 1, 1)),
        ("2024 vs 2023", "", date(2024, 1, 1), date(2025, 1, 1)),
        ("c.2008", "", date(2008, 1, 1), date(2009, 1, 1)),
        ("2010-2011 winter", "", date(2010, 10, 1), date(2011, 4, 1)),
        ("nominal", "nominal", None, None),
        ("undated", "", None, None),
        ("recent years", "", None, None),
        ("", "", None, None),
    ],
)
def test_vocabulary(text: str, word: str, start: date | None, end: date | None) -> None:
    period = parse_period(text)
    assert (period.word, period.start, period.end) == (word, start, end)


@given(interval=INTERVALS)
def test_an_interval_written_and_read_is_the_same(interval: tuple[date, date]) -> None:
    period = parse_period(period_text(*interval))
    assert (period.start, period.end) == interval
    assert period.days == (interval[1] - interval[0]).days


@given(month=MONTHS)
def test_months_are_written_without_days(month: tuple[int, int, int]) -> None:
    year, first, count = month
    last = first - 1 + count
    start, end = date(year, first, 1), date(year + last // 12, last % 12 + 1, 1)
    text = period_text(start, end)
    assert len(text) <= len("2025-01/2025-08")
    assert parse_period(text).is_same(parse_period(f"{start}/{end - timedelta(days=1)}"))


@given(one=INTERVALS, other=INTERVALS)
def test_overlap_is_mutual_and_containment_implies_it(one: tuple[date, date], other: tuple[date, date]) -> None:
    first, second = parse_period(period_text(*one)), parse_period(period_text(*other))
    assert first.overlaps(second) == second.overlaps(first) == (max(one[0], other[0]) < min(one[1], other[1]))
    if first.contains(second):
        assert first.overlaps(second)
        assert second.days <= first.days
    if first.contains(second) and second.contains(first):
        assert first.is_same(second)


@given(text=st.text(max_size=20))
def test_any_text_is_read_or_refused_but_never_crashes(text: str) -> None:
    period = parse_period(text)
    assert not (period.start and period.end and period.end <= period.start)
    try:
        read_period(text)
    except InputError:
        assert (period.start, period.end) == (None, None)


def test_adjacent_periods_do_not_overlap() -> None:
    assert not parse_period("2024").overlaps(parse_period("2025"))
    assert parse_period("2025-H1").is_same(parse_period("2025-01/2025-06"))
    assert parse_period("2025").contains(parse_period("2025-Q2"))


@pytest.mark.parametrize("text", ["2024-13", "2024-02-30", "2025-H3", "soon", "2025/2024", "24", "plan tomorrow"])
def test_impossible_periods_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="not a period"):
        read_period(text)


def test_an_empty_interval_has_no_text() -> None:
    with pytest.raises(InputError):
        period_text(date(2024, 1, 1), date(2024, 1, 1))


def test_nearly_all_periods_of_the_ledger_are_read() -> None:
    texts = {claim.period for claim in load_ledger().claims}
    unread = {t for t in texts if not (parse_period(t).start or parse_period(t).end)}
    assert len(unread) < 0.1 * len(texts)
    assert not any(t[:4].isdigit() and "-" not in t and " " not in t for t in unread)
