import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from transcaspian.freight.timetable import next_departure

moments = st.datetimes(min_value=dt.datetime(2020, 1, 1), max_value=dt.datetime(2030, 12, 31))


def test_the_tuesday_train_is_caught_on_tuesday_morning_and_missed_in_the_afternoon():
    tuesday = dt.datetime(2024, 6, 4, 9)  # 4 June 2024 was a Tuesday
    assert next_departure("Tue Sat", tuesday) == dt.datetime(2024, 6, 4, 12)
    assert next_departure("Tue Sat", tuesday.replace(hour=13)) == dt.datetime(2024, 6, 8, 12)


def test_a_ship_of_the_first_eleventh_and_twenty_first():
    assert next_departure("1 11 21", dt.datetime(2024, 6, 22)) == dt.datetime(2024, 7, 1, 12)


def test_without_a_timetable_there_is_no_departure_to_wait_for():
    assert next_departure("", dt.datetime(2024, 6, 4)) is None


@given(ready=moments, days=st.sets(st.sampled_from(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]), min_size=1))
def test_a_weekly_train_is_never_waited_for_longer_than_a_week(ready, days):
    leaves = next_departure(" ".join(sorted(days)), ready)
    assert leaves is not None
    assert dt.timedelta(0) <= leaves - ready <= dt.timedelta(days=7)
    assert leaves.strftime("%a") in days


@given(ready=moments, day=st.integers(1, 31))
def test_a_monthly_ship_leaves_on_its_day(ready, day):
    leaves = next_departure(str(day), ready)
    assert leaves is not None
    assert leaves.day == day
