"""The days on which a service leaves, as its timetable says them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.corridor.timetable import WEEKDAYS, departure_rule
from transcaspian.errors import InputError


def test_weekdays_in_short_or_in_full_and_days_of_the_month_are_read() -> None:
    assert departure_rule("Tue saturday;1 11 21") == (frozenset({1, 5}), frozenset({1, 11, 21}))
    assert departure_rule("") == (frozenset(), frozenset())


@pytest.mark.parametrize("word", ["Someday", "Monkey", "Tu", "0", "32", "315", "²", "٣", "-1", "1.5", "9" * 5000])
def test_a_word_that_is_no_day_is_an_error(word: str) -> None:
    with pytest.raises(InputError, match="no day"):
        departure_rule(f"Tue {word}")


@given(st.sampled_from(WEEKDAYS), st.integers(3, 9))
def test_three_letters_of_a_weekday_are_enough(name: str, letters: int) -> None:
    assert departure_rule(name[:letters]) == (frozenset({WEEKDAYS.index(name)}), frozenset())
