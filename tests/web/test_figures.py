"""Figures read as a forwarder writes them."""

import pytest

from transcaspian.web.figures import co2_parts, cost_parts, distance_text, in_words, nice_end, plain, time_parts

THIN = "\u202f"


def three(low: float, mid: float, high: float) -> dict[str, float]:
    return {"low": low, "mid": mid, "high": high}


@pytest.mark.parametrize(
    ("time_h", "text"),
    [
        (three(22 * 24, 31 * 24, 47 * 24), "31 d [22–47]"),
        (three(72, 84, 216), "3.5 d [3.0–9.0]"),
        (three(72, 96, 216), "4 d [3–9]"),
        (three(12, 18, 60), "18 h [12–60]"),
        (three(0.5, 1.5, 4), "1.5 h [0.5–4.0]"),
        (three(6, 6, 6), "6 h"),
        (three(0, 0, 0), "0 h"),
    ],
)
def test_two_days_and_more_are_read_in_days_with_one_unit_for_the_whole_range(time_h, text):
    assert in_words(time_parts(time_h)) == text


def test_money_is_rounded_to_three_figures_of_its_middle_and_never_to_cents():
    assert in_words(cost_parts(three(6881, 8432.4, 11249))) == f"$8{THIN}430 [6{THIN}880–11{THIN}250]"
    assert in_words(cost_parts(three(7.48, 8.8, 10.56))) == "$9 [7–11]"


def test_co2_turns_to_tonnes_at_a_thousand_kilograms():
    assert in_words(co2_parts(three(1900, 2310, 3020))) == "2.31 t [1.90–3.02]"
    assert in_words(co2_parts(three(700, 999, 1200))) == f"999 kg [700–1{THIN}200]"


def test_a_leg_without_distance_shows_a_dash():
    assert distance_text(0.0) == distance_text(None) == "–"
    assert distance_text(13900.4) == f"13{THIN}900"


@pytest.mark.parametrize(
    ("value", "end"), [(0, 1), (47, 50), (50, 50), (51, 60), (101, 150), (8400, 10000), (0.07, 0.08)]
)
def test_an_axis_ends_at_the_next_round_number(value, end):
    assert nice_end(value) == pytest.approx(end)


def test_a_plain_number_keeps_its_digits_and_sets_thousands_apart():
    assert [plain(v) for v in (0, 0.42, 96.0, 12500)] == ["0", "0.42", "96", f"12{THIN}500"]
