"""One form of error: what, where, how to mend, and the nearest names."""

from __future__ import annotations

import pickle

import pytest

from transcaspian.errors import InputError, NoRoute, Problem, control_character, did_you_mean, nearest, without_control

SHORT = Problem("corridor.length", "links.csv, line 41, column length_km", "-12.0 is not above 0.", "delete the row.")


def test_a_problem_reads_as_where_what_and_how_to_mend() -> None:
    assert str(SHORT) == "links.csv, line 41, column length_km: -12.0 is not above 0.\n  Mend: delete the row."
    assert str(Problem("a.b", "", "nothing fits", "")) == "nothing fits"


def test_json_says_the_same_as_the_terminal() -> None:
    body = SHORT.as_json()
    assert f"{body['where']}: {body['what']}\n  Mend: {body['mend']}" == str(SHORT)
    assert (body["type"], body["severity"]) == ("corridor.length", "error")


def test_one_problem_or_many_make_one_error() -> None:
    assert InputError(SHORT).problems == InputError([SHORT]).problems == (SHORT,)
    assert str(InputError([SHORT, SHORT])) == f"{SHORT}\n{SHORT}"
    assert issubclass(NoRoute, InputError)  # so that commands need one way to say both


def test_an_error_comes_whole_out_of_another_process() -> None:
    again = pickle.loads(pickle.dumps(NoRoute([SHORT, SHORT])))
    assert type(again) is NoRoute
    assert again.problems == (SHORT, SHORT)
    assert str(again) == f"{SHORT}\n{SHORT}"


@pytest.mark.parametrize(
    ("word", "first"), [("Aktauu", "Aktau"), ("aktau", "Aktau"), ("poti port", "Poti"), ("batum", "Batumi")]
)
def test_the_name_that_looks_most_alike_comes_first(word: str, first: str) -> None:
    assert nearest(word, ["Alat", "Aktau", "Batumi", "Poti"])[0] == first
    assert did_you_mean(word, [first]) == f"Did you mean {first}?"


def test_a_part_of_a_name_is_enough_and_nothing_is_guessed() -> None:
    assert nearest("kok", ["Boyuk Kesik", "Kokshetau station"]) == ["Kokshetau station"]
    assert nearest("zzz", ["Aktau", "Poti"]) == []
    assert did_you_mean("zzz", ["Aktau"]) == ""
    assert len(nearest("port", ["port:aktau", "port:alat", "port:poti"], count=2)) == 2


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\n", "\x7f", "\x9b", "\u202e", "\u2066", "\u2028"])
def test_what_steers_a_terminal_is_found_and_written_out(char: str) -> None:
    shown = ascii(char)[1:-1]
    assert control_character(f"Ak{char}tau") == shown
    assert without_control(f"Ak{char}tau") == ("Ak\ntau" if char == "\n" else f"Ak{shown}tau")


@pytest.mark.parametrize(
    "word", ["", "Constanța", "Актау", "西安", "بندر عباس", "Baku\u00a0(port)", "می\u200cخواهم", "🚢"]
)
def test_the_letters_of_all_people_are_no_control_characters(word: str) -> None:
    assert control_character(word) == ""
    assert without_control(word) == word
