"""The fast path: hand-solved cases, duality, duals by perturbation, and the readable model as its twin."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.errors import InputError
from transcaspian.oil.matrix import CONSTRAINTS, Program
from transcaspian.oil.readable import build_model
from transcaspian.oil.solve import Foresight, Period, solve

from .helpers import changed, link_flow, solved, toy_run
from .tiny import SETTINGS, mt, three_nodes, two_ways

NO_DISCOUNT = {**SETTINGS, "discount_percent_per_year": 0.0}


def test_three_nodes_on_a_quiet_day_carry_all_and_earn_the_price_less_the_tariff() -> None:
    run = toy_run(three_nodes(oil_settings=[NO_DISCOUNT]), 2)
    _, solution = solved(run.window())
    np.testing.assert_allclose(link_flow(solution, run, "a.pipe"), 50.0)
    np.testing.assert_allclose(link_flow(solution, run, "a.loading"), 50.0)
    # 50 kt a day at 600 less 10 USD/t for two days; the tanks end at their level, 40 kt worth 600 - 30, less half that
    # was booked at the well; waiting costs 0.01 for one link, on two days.
    by_hand = -(2 * 50 * (600 - 10)) - 40 * (600 - 300 - 30) + 2 * 40 * 0.01
    assert solution.objective == pytest.approx(by_hand, abs=1e-6)


def test_three_nodes_hold_back_what_the_moorings_cannot_load() -> None:
    # One mooring of 27.5 kt/d for four days: 50 made, 27.5 loaded, so the room of 60 kt lasts 2.67 days.
    corridor = changed(three_nodes(), "oil_moorings", "a.moorings", "servers", 1.0, 2, 6)
    run = toy_run(corridor, 20)
    _, solution = solved(run.window())
    np.testing.assert_allclose(link_flow(solution, run, "a.loading")[2:6], 27.5)
    stock = solution.of(solution.columns.stock)[:, 0]
    np.testing.assert_allclose(stock[:6], [40, 40, 62.5, 85, 100, 100], atol=1e-7)
    made = solution.of(solution.columns.make)[:, 0]
    np.testing.assert_allclose(made[:7], [50, 50, 50, 50, 42.5, 27.5, 50], atol=1e-7)


def test_each_constraint_of_the_fast_path_has_rows_in_the_readable_model() -> None:
    window = toy_run(two_ways(), 3).window()
    names = {name.removesuffix("_least") for name in build_model(window).constraints}
    assert {constraint.__name__ for constraint in CONSTRAINTS} <= names | {"refinery_demand"}


TOYS = {
    "quiet": two_ways(),
    "mooring lost": changed(two_ways(), "oil_moorings", "a.moorings", "servers", 0.0, 2, 6),
    "shuttle closed": changed(two_ways(), "oil_links", "sea", "close", 0.0, 1, 4),
    "field out": changed(two_ways(), "oil_fields", "field.a", "production_mt_per_year", 0.0, 2, 5),
    "three nodes": changed(three_nodes(), "oil_moorings", "a.moorings", "servers", 1.0, 2, 6),
}


@pytest.mark.parametrize("name", TOYS)
def test_the_fast_path_equals_the_readable_model(name: str) -> None:
    run = toy_run(TOYS[name], 8)
    window = run.window(share=np.full((8, len(run.network.field_id)), 0.2))
    _, solution = solved(window)
    model = build_model(window)
    model.solve("highs", io_api="direct", output_flag=False)
    assert model.objective.value == pytest.approx(solution.objective, rel=1e-9)


@pytest.mark.parametrize("constraint", ["mooring_loading", "storage", "link_capacity"])
def test_duals_are_what_a_little_more_or_less_of_the_limit_brings(constraint: str) -> None:
    corridor = changed(three_nodes(), "oil_moorings", "a.moorings", "servers", 1.0, 2, 9)
    corridor = changed(corridor, "oil_links", "a.pipe", "capacity_mt_per_year", mt(45), 10, 12)
    program, solution = solved(toy_run(corridor, 14).window())
    duals = solution.duals[constraint][:, 0]
    assert np.abs(duals).max() > 0.05
    little = 1e-3
    for step in np.flatnonzero(np.abs(duals) > 1e-3).tolist():
        lower, upper = program.row_bounds(constraint, step, 0)
        slopes = []
        for change in (-little, little):
            # A positive price belongs to the lower bound, a negative one to the upper.
            moved = (lower + change, upper) if duals[step] > 0 else (lower, upper + change)
            program.set_row_bounds(constraint, step, 0, *moved)
            slopes.append((program.solve().objective - solution.objective) / change)
        program.set_row_bounds(constraint, step, 0, lower, upper)
        # The cost of a limit is convex: its price lies between what less of it costs and what more of it saves.
        assert slopes[0] - 1e-3 <= duals[step] <= slopes[1] + 1e-3


def test_a_mooring_is_worth_a_tonne_of_oil_for_each_tonne_it_cannot_load() -> None:
    corridor = changed(three_nodes(), "oil_moorings", "a.moorings", "servers", 1.0, 2, 9)
    program, solution = solved(toy_run(corridor, 14).window())
    lower, upper = program.row_bounds("mooring_loading", 4, 0)
    program.set_row_bounds("mooring_loading", 4, 0, lower, upper + 1.0)
    saved = solution.objective - program.solve().objective
    assert saved == pytest.approx(590.0, abs=2.0)  # 600 less the tariff of 10; the rest is the discount of some days
    assert -solution.duals["mooring_loading"][4, 0] == pytest.approx(saved, rel=1e-6)


def test_a_moved_window_gives_what_a_new_program_gives() -> None:
    quiet, stormy = toy_run(two_ways(), 12), toy_run(TOYS["mooring lost"], 12)
    program = Program(quiet.window())
    program.solve()
    program.move(stormy.window())
    assert program.solve().objective == pytest.approx(Program(stormy.window()).solve().objective, rel=1e-12)


def test_no_coefficient_stands_twice_in_the_matrix() -> None:
    window = toy_run(two_ways(), 4).window()
    program = Program(window)
    places = list(zip(program._entry_rows.tolist(), program._entry_columns.tolist(), strict=True))
    assert len(places) == len(set(places))


def test_the_pattern_of_a_short_run_leads_to_the_same_optimum() -> None:
    window = toy_run(two_ways(), 30).window()
    fast = Program(window).solve().objective
    slow = Program(window)
    slow._solver.clearSolver()
    assert fast == pytest.approx(slow.solve().objective, rel=1e-12)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    servers=st.integers(0, 3), first=st.integers(0, 8), length=st.integers(1, 8), stock=st.floats(0.0, 0.1),
)  # fmt: skip
def test_whatever_happens_mass_is_kept_and_duality_holds(servers: int, first: int, length: int, stock: float) -> None:
    corridor = changed(two_ways(), "oil_storage", "a.storage", "stock_mt", stock)
    if servers != 3:
        corridor = changed(corridor, "oil_moorings", "a.moorings", "servers", float(servers), first, first + length)
    solved(toy_run(corridor, 12).window())


def test_a_quiet_year_by_day_and_by_month_gives_the_same_flows() -> None:
    corridor = two_ways()
    by_day = solve(corridor, Period(toy_run(corridor, 1).period.start, toy_run(corridor, 91).period.end, "day"))
    by_month = solve(corridor, dataclasses.replace(by_day.period, step="month"))
    np.testing.assert_allclose(by_day.outcome.route_kt.sum(axis=0), by_month.outcome.route_kt.sum(axis=0), rtol=2e-3)
    np.testing.assert_allclose(by_day.outcome.production_kt.sum(axis=0), by_month.outcome.production_kt.sum(axis=0))


def test_perfect_foresight_is_never_worse_than_rolling_plans() -> None:
    corridor = TOYS["mooring lost"]
    period = Period(toy_run(corridor, 1).period.start, toy_run(corridor, 15).period.end)
    rolled = solve(corridor, period, Foresight(0, 10))
    assert rolled.foresight_gap_usd >= -1e-3 * abs(rolled.perfect.value_usd)
    assert rolled.shut_in_kt.sum() >= solve(corridor, period).shut_in_kt.sum() - 1e-6


def test_limits_that_contradict_each_other_are_said_and_not_solved() -> None:
    program = Program(toy_run(three_nodes(), 2).window())
    program.set_row_bounds("storage", 0, 0, 5000.0, 6000.0)
    with pytest.raises(InputError) as caught:
        program.solve()
    assert caught.value.problems[0].type == "oil.no_plan"
