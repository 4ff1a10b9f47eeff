import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.scenario import Change, Scenario, ScenarioError, load_scenario, read_scenario, write_scenario

LOW_SEA = """\
name = "low-sea-and-storm"
question = "What if the sea stands at -30.1 m and Aktau is shut for ten days?"
base_year = 2024

[[change]]
target = "sea"                      # the id of any row
set = { level_m_bs = -30.1 }

[[change]]
target = "KZAAU"
from = 2024-11-10
until = 2024-11-20
close = true

[[change]]
target = "KZHOR-KZAAU.rail"
scale = { capacity_t_per_day = 1.5 }
claims = ["rail:shalkar-beyneu/capacity/1a2b"]
"""


def problems_in(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(ScenarioError) as raised:
        read_scenario(text, "storm.toml")
    assert all(problem.mend for problem in raised.value.problems)
    return [(problem.type, problem.where, problem.what) for problem in raised.value.problems]


def with_change(lines: str) -> str:
    return f'name = "storm"\nbase_year = 2024\n[[change]]\n{lines}\n'


def test_the_form_of_the_readme_is_read_as_it_is_meant():
    scenario = read_scenario(LOW_SEA, "low-sea.toml")
    assert scenario == Scenario(
        "low-sea-and-storm",
        2024,
        "What if the sea stands at -30.1 m and Aktau is shut for ten days?",
        (
            Change("sea", set={"level_m_bs": -30.1}),
            Change("KZAAU", dt.date(2024, 11, 10), dt.date(2024, 11, 20), close=True),
            Change(
                "KZHOR-KZAAU.rail",
                scale={"capacity_t_per_day": 1.5},
                claims=("rail:shalkar-beyneu/capacity/1a2b",),
            ),
        ),
    )


words = st.text(min_size=1).filter(str.strip)
numbers = st.floats(allow_nan=False)
changes = st.builds(
    Change,
    words,
    st.none() | st.dates(),
    st.none() | st.dates(),
    st.dictionaries(words, numbers | st.booleans() | st.text(), max_size=3),
    st.dictionaries(words, numbers, max_size=2),
    st.dictionaries(words, numbers, max_size=2),
    st.booleans(),
    st.lists(words, max_size=2).map(tuple),
)
scenarios = st.builds(Scenario, words, st.integers(), st.text(), st.lists(changes, max_size=3).map(tuple))


@given(scenarios)
def test_what_is_written_reads_as_the_same_scenario(scenario):
    text = write_scenario(scenario)
    again = read_scenario(text, "again.toml")
    assert again == scenario
    assert write_scenario(again) == text


def test_what_is_written_looks_as_a_person_would_write_it():
    written = write_scenario(read_scenario(LOW_SEA, "low-sea.toml"))
    assert written == LOW_SEA.replace("                      # the id of any row", "")


def test_a_date_in_set_is_the_word_that_date_columns_hold():
    scenario = read_scenario(with_change('target = "poti-road"\nset = { effective_from = 2024-09-01 }'), "plan.toml")
    assert dict(scenario.changes[0].set) == {"effective_from": "2024-09-01"}


def test_a_scenario_without_changes_is_the_baseline():
    assert read_scenario('name = "base"\nbase_year = 2024\n', "base.toml").changes == ()


@pytest.mark.parametrize(
    ("line", "kind", "key", "what"),
    [
        ("targt = 'sea'", "key", "targt", "there is no key 'targt'"),
        ("seed = 1", "key", "seed", "there is no key 'seed'"),
        ("from = '2024-11-10'", "type", "from", "'2024-11-10' is not a date"),
        ("until = 2024-11-10T12:00:00", "type", "until", "is not a date"),
        ("from = 2024", "type", "from", "2024 is not a date"),
        ("set = 3", "type", "set", "3 names no column"),
        ("set = { level_m_bs = [1] }", "type", "set.level_m_bs", "[1] is not one value"),
        ("set = { at = 2024-11-10T12:00:00 }", "type", "set.at", "is not one value"),
        ("scale = { length_km = '2' }", "type", "scale.length_km", "'2' is not a number"),
        ("scale = { length_km = true }", "type", "scale.length_km", "True is not a number"),
        ("add = { length_km = 2024-11-10 }", "type", "add.length_km", "is not a number"),
        ("close = false", "type", "close", "is not true"),
        ("close = 'yes'", "type", "close", "is not true"),
        ("claims = 'a/b/c'", "type", "claims", "is no list of claim ids"),
        ("claims = ['']", "type", "claims", "is no list of claim ids"),
        ("claims = [1]", "type", "claims", "is no list of claim ids"),
    ],
)
def test_a_mistake_in_a_change_is_named_with_line_change_and_field(line, kind, key, what):
    (problem,) = problems_in(with_change(f'target = "sea"\n{line}'))
    assert problem[:2] == (f"scenario.{kind}", f"storm.toml, line 5, change 1, field {key}")
    assert what in problem[2]


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        ("base_year = 2024", "name", "is missing"),
        ('name = "storm"', "base_year", "is missing"),
        ("name = ' '\nbase_year = 2024", "name", "is empty"),
        ("name = 3\nbase_year = 2024", "name", "3 is not text"),
        ("name = 'a'\nbase_year = '2024'", "base_year", "'2024' is not a year"),
        ("name = 'a'\nbase_year = true", "base_year", "True is not a year"),
        ("name = 'a'\nbase_year = 2024\nquestion = 1", "question", "1 is not text"),
        ("name = 'a'\nbase_year = 2024\nyear = 2024", "year", "there is no key 'year'"),
        ("name = 'a'\nbase_year = 2024\n[change]\ntarget = 'sea'", "change", "is not a list of changes"),
        ("name = 'a'\nbase_year = 2024\nchange = [1]", "change", "is not a list of changes"),
    ],
)
def test_a_mistake_in_the_head_is_named_with_its_field(text, key, what):
    (problem,) = problems_in(text)
    assert problem[1] == f"storm.toml, field {key}"
    assert what in problem[2]


def test_the_nearest_key_is_offered():
    with pytest.raises(ScenarioError, match="Did you mean base_year"):
        read_scenario("name = 'a'\nbase_yaer = 2024\n", "storm.toml")
    with pytest.raises(ScenarioError, match="Did you mean until"):
        read_scenario(with_change("target = 'sea'\nuntill = 2024-11-10"), "storm.toml")


def test_a_change_without_a_target_says_so():
    (problem,) = problems_in(with_change("close = true"))
    assert problem == ("scenario.key", "storm.toml, line 3, change 1, field target", "is missing")


def test_all_mistakes_of_a_file_are_told_at_once():
    found = problems_in('nam = "x"\n[[change]]\nset = 1\nclose = 2\n[[change]]\ntarget = "sea"\nscale = { a = "b" }\n')
    assert [where for _, where, _ in found] == [
        "storm.toml, field nam",
        "storm.toml, field name",
        "storm.toml, field base_year",
        "storm.toml, line 2, change 1, field target",
        "storm.toml, line 4, change 1, field close",
        "storm.toml, line 3, change 1, field set",
        "storm.toml, line 7, change 2, field scale.a",
    ]


@pytest.mark.parametrize(
    "lines",
    ["[change.set]\nlevel_m_bs = true\n[change.scale]\nx = 'y'", "set.level_m_bs = true\nscale.x = 'y'"],
)
def test_other_ways_to_write_a_table_keep_their_line_numbers(lines):
    (problem,) = problems_in(with_change(f'target = "sea"\n{lines}'))
    line = 4 + next(index for index, text in enumerate(lines.split("\n"), 1) if "scale" in text)
    assert problem[1] == f"storm.toml, line {line}, change 1, field scale.x"


def test_changes_written_in_one_line_are_named_without_it():
    (problem,) = problems_in("name = 'a'\nbase_year = 2024\nchange = [{ target = 'sea', scale = 1 }]")
    assert problem[1] == "storm.toml, change 1, field scale"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("name = storm\n", "storm.toml, line 1"),
        ("name = 'a'\nset = { a = 1,\n b = 2 }\n", "storm.toml, line 2"),
        ("name = 'a'\nname = 'b'\n", "storm.toml, line 2"),
        ("name = '", "storm.toml"),
        ("x = " + "[" * 5000, "storm.toml"),
        ("x = " + "9" * 5000, "storm.toml"),
        ("\x00\x01", "storm.toml, line 1"),
    ],
)
def test_text_that_is_not_toml_is_one_clear_error(text, where):
    ((kind, found, what),) = problems_in(text)
    assert (kind, found) == ("scenario.toml", where)
    assert len(what) <= 300


def test_a_whole_number_of_hundreds_of_digits_is_read_as_infinite():
    scenario = read_scenario(with_change(f"target = 'sea'\nset = {{ level_m_bs = {'9' * 400} }}"), "storm.toml")
    assert scenario.changes[0].set["level_m_bs"] == float("inf")


def test_a_file_is_read_with_its_name_in_messages(tmp_path: Path):
    path = tmp_path / "low-sea.toml"
    path.write_text(LOW_SEA, encoding="utf-8-sig")
    scenario = load_scenario(path)
    assert scenario == read_scenario(LOW_SEA, "low-sea.toml")
    assert scenario.source == "low-sea.toml"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"# " + b"x" * 10_000_000, "far too many for a scenario"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path, content, what):
    path = tmp_path / "storm.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ScenarioError) as raised:
        load_scenario(path)
    (problem,) = raised.value.problems
    assert problem.type == "scenario.file"
    assert what in problem.what


@pytest.mark.parametrize("name", [".", "storm\x00.toml", "x" * 5000])
def test_a_path_that_is_no_file_is_one_clear_error(tmp_path: Path, name):
    with pytest.raises(ScenarioError) as raised:
        load_scenario(tmp_path / name)
    assert raised.value.problems[0].type == "scenario.file"
