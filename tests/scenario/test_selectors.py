"""Selectors on the tiny corridor: what they hit, in which order, and what they say when they hit nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.corridor import Corridor
from transcaspian.scenario import Change, Scenario, apply, read_scenario, write_scenario
from transcaspian.scenario.selectors import Misfit, is_selector, select

from .helpers import asking, assert_same_tables, mid, problems_of, the_problem


def hit(corridor: Corridor, selector: str) -> tuple[str, ...]:
    found = select(corridor, selector)
    assert not isinstance(found, Misfit), found
    return found[1]


def test_a_selector_means_the_rows_that_fit_in_the_order_of_the_table(base):
    links = base["links"]
    rail = tuple(row_id for row, row_id in enumerate(links) if links.text(row, "mode") == "rail")
    assert hit(base, "link[mode=rail]") == hit(base, " links [ mode = rail ] ") == rail
    assert set(hit(base, "link[mode=rail|road]")) > set(rail)
    assert hit(base, "link[]") == tuple(links)


def test_a_country_is_looked_up_through_places_at_any_end(base):
    places, links = base["places"], base["links"]

    def countries(row: int) -> set[str]:
        ends = [links.text(row, column) for column in ("from_place", "to_place")]
        return {places.text(places.get_row(place), "country") for place in ends}

    expected = tuple(row_id for row, row_id in enumerate(links) if "KZ" in countries(row))
    assert hit(base, "link[country=KZ]") == hit(base, "link[country=kz]") == expected
    from_there = hit(base, "link[origin_country=KZ]")
    assert set(from_there) < set(expected)
    assert all(links.text(links.get_row(row_id), "from_place").startswith("KZ") for row_id in from_there)
    assert all(row_id.startswith("AZ") for row_id in hit(base, "facility[country=AZ]"))
    assert hit(base, "place[country=GE]")


def test_numbers_flags_lists_and_empty_cells_can_be_asked_for(base):
    assert hit(base, "link[gauge_mm=1520]") == hit(base, "link[gauge_mm=1520.0]")
    assert set(hit(base, "service[both_ways=true]")) <= set(base["services"])
    lists = hit(base, "service[unit_loads=wagon]")
    services = base["services"]
    assert lists == tuple(s for row, s in enumerate(services) if "wagon" in services.items(row, "unit_loads"))
    assert hit(base, "link[gauge_mm=]")


@pytest.mark.parametrize(
    ("selector", "kind", "said"),
    [
        ("lnk[mode=rail]", "selector", "links"),
        ("link[mod=rail]", "selector", "Did you mean mode"),
        ("link[rail]", "selector", "link[mode=rail,country=RU]"),
        ("link[mode=rail", "selector", "link[mode=rail,country=RU]"),
        ("vessel[country=KZ]", "selector", "the columns are"),
        ("link[mode=rial]", "selects_nothing", "Did you mean rail"),
        ("link[country=ZZ]", "selects_nothing", "holds AZ"),
        ("link[gauge_mm=narrow]", "selects_nothing", "1520"),
        ("link[mode=road,country=KZ]", "selects_nothing", "alone mode=road fits"),
    ],
)
def test_what_hits_nothing_is_an_error_that_offers_what_is_there(base, selector, kind, said):
    problem = the_problem(base, Change(selector, close=True))
    assert problem.type == f"scenario.{kind}"
    assert said in problem.mend
    assert "change 1, field target" in problem.where


def test_a_selector_does_what_the_same_changes_of_single_rows_do(base):
    rows = hit(base, "link[mode=rail]")
    at_once = apply(base, asking(Change("link[mode=rail]", scale={"length_km": 2})))
    one_by_one = apply(base, asking(*(Change(row, scale={"length_km": 2}) for row in rows)))
    assert_same_tables(at_once, one_by_one)
    assert [change.row_id for change in at_once.changes] == list(rows)


def test_rows_without_the_quantity_are_passed_over_but_not_all_of_them(base):
    links = base["links"]
    known = [r for r in hit(base, "link[]") if links.estimate(links.get_row(r), "capacity_t_per_day") is not None]
    assert 0 < len(known) < len(links)
    scaled = apply(base, asking(Change("link[]", scale={"capacity_t_per_day": 1.5})))
    assert [change.row_id for change in scaled.changes] == known
    assert mid(scaled, known[0], "capacity_t_per_day") == 1.5 * mid(base, known[0], "capacity_t_per_day")
    unknown = next(row for row in links if row not in known)
    problem = the_problem(base, Change(f"link[id={unknown}]", scale={"capacity_t_per_day": 1.5}))
    assert problem.type == "scenario.empty_cell"


def test_a_selector_that_changes_no_row_is_an_error_said_once(base):
    (problem,) = problems_of(base, Change("link[mode=rail]", set={"mode": "rail"}))
    assert problem.type == "scenario.changes_nothing"
    assert "other" in problem.what
    (problem,) = problems_of(base, Change("link[mode=rail]", scale={"length_km": 1e9}))
    assert problem.type == "scenario.bounds"


def test_a_selector_and_a_single_row_that_set_one_cell_clash(base):
    row = hit(base, "link[mode=rail]")[0]
    changes = (Change("link[mode=rail]", set={"speed_km_per_h": 41}), Change(row, set={"speed_km_per_h": 42}))
    assert the_problem(base, *changes).type == "scenario.set_twice"


words = st.text(st.characters(codec="utf-8", exclude_characters="[]"), max_size=12)


@given(table=st.sampled_from(["link", "demand", "x"]), body=words)
def test_a_selector_comes_back_from_toml_as_it_was_written(table, body):
    target = f"{table}[{body}]"
    assert is_selector(target)
    scenario = Scenario("a", 2024, changes=(Change(target, close=True, assumption=body),), uses=("b", "c"))
    assert read_scenario(write_scenario(scenario), "a.toml") == scenario


@given(text=st.text(max_size=40))
def test_no_text_in_brackets_makes_a_selector_fail_otherwise_than_by_saying_so(base, text):
    found = select(base, f"link[{text}]")
    if isinstance(found, Misfit):
        assert found.what
        assert found.mend
    else:
        assert found[1]
