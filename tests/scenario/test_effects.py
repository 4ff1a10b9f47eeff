#   20 000 t/d          Alat's ramps                        planned
#   KZHOR ── KZAAU ══ AZALA  1 until June, 2 from July  GETBS ┄┄ GEPTI
import pytest

from transcaspian.scenario import Change, apply
from transcaspian.testing import tiny_corridor

from .helpers import asking, day, mid, problems_of, quantity, the_problem, word

RAIL = "KZHOR-KZAAU.rail"
RAMPS = "AZALA.ferry_berths"
ROAD = "GETBS-GEPTI.road"
CAPACITY = "capacity_t_per_day"


# -- changes that change nothing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (Change(RAIL, set={CAPACITY: 20_000}), "is 20000 already"),
        (Change(RAIL, set={"status": "open"}), "status of KZHOR-KZAAU.rail is 'open' already"),
        (Change("ferry-aktau", set={"both_ways": True}), "is true already"),
        (Change(RAIL, scale={CAPACITY: 1}), "scaled by 1"),
        (Change(RAIL, add={CAPACITY: 0}), "0 is added"),
        (Change(RAIL, add={CAPACITY: 1e-20}), "stays 20000"),
        (Change(ROAD, close=True), "it is only planned"),
        (Change("kmtf-gamma", close=True), "it is only planned"),
        (Change("KZAAU"), "it only names a target"),
        (Change(RAMPS, since=day(7), set={"servers": 2}), "servers of AZALA.ferry_berths is 2 already"),
    ],
)
def test_a_change_that_changes_nothing_is_an_error(base, change, what):
    problem = the_problem(base, change)
    assert problem.type == "scenario.changes_nothing"
    assert what in problem.what


def test_nothing_times_anything_is_nothing(tmp_path):
    idle = tiny_corridor(tmp_path, rows={"links": [{"id": RAIL, CAPACITY: 0}]})
    assert "stays 0" in the_problem(idle, Change(RAIL, scale={CAPACITY: 2})).what


def test_an_upgrade_inside_the_period_gives_the_change_its_sense(base):
    early = apply(base, asking(Change(RAMPS, set={"servers": 2})))  # the second ramp half a year early
    assert mid(early.at(day(3)), RAMPS, "servers") == 2
    late = apply(base, asking(Change(RAMPS, set={"servers": 1})))  # or never
    assert mid(late.at(day(12)), RAMPS, "servers") == 1


def test_a_change_and_its_inverse_are_two_changes(base):
    both = apply(base, asking(Change(RAIL, scale={CAPACITY: 1.1}), Change(RAIL, scale={CAPACITY: 1 / 1.1})))
    assert mid(both, RAIL, CAPACITY) == pytest.approx(20_000, rel=1e-12)


def test_a_planned_row_may_be_opened_and_then_closed_for_a_while(base):
    changed = apply(
        base, asking(Change(ROAD, day(3), set={"status": "open"}), Change(ROAD, day(5), day(6), close=True))
    )
    assert word(changed.at(day(5)), ROAD, "status") == "open"
    assert (ROAD in changed.at(day(5)).closed, ROAD in changed.at(day(6)).closed) == (True, False)
    problem = the_problem(base, Change(ROAD, day(3), set={"status": "open"}), Change(ROAD, day(1), day(3), close=True))
    assert "only planned" in problem.what


# -- closing twice --------------------------------------------------------------------------------------


def test_of_two_equal_closures_the_second_is_at_fault(base):
    problem = the_problem(base, Change("KZAAU", close=True), Change("KZAAU", close=True))
    assert problem.where == "scenario question, change 2, field close"
    assert "closed already by change 1" in problem.what


def test_a_closure_inside_another_is_an_error_wherever_it_stands(base):
    problem = the_problem(
        base, Change("KZAAU", day(3), day(4), close=True), Change("KZAAU", day(2), day(5), close=True)
    )
    assert problem.where == "scenario question, change 1, field close"
    assert "closed already by change 2" in problem.what


def test_closures_may_overlap_or_meet_as_long_as_each_adds_a_day(base):
    storms = (Change("KZAAU", day(3), day(5), close=True), Change("KZAAU", day(4), day(6), close=True))
    changed = apply(base, asking(*storms, Change("KZAAU", day(6), day(7), close=True)))
    shut = [month for month in range(1, 13) if "KZAAU" in changed.at(day(month)).closed]
    assert shut == [3, 4, 5, 6]


def test_a_closure_covered_by_two_others_together_is_an_error(base):
    halves = (Change("KZAAU", day(3), day(5), close=True), Change("KZAAU", day(5), day(7), close=True))
    problem = the_problem(base, *halves, Change("KZAAU", day(4), day(6), close=True))
    assert "change 3" in problem.where
    assert "closed already by change 1 and change 2" in problem.what


# -- setting twice --------------------------------------------------------------------------------------


def test_two_changes_that_set_one_field_on_one_day_are_both_named(base):
    problem = the_problem(
        base,
        Change("sea", set={"level_m_bs": -30}),
        Change("sea", since=day(7), set={"level_m_bs": -29.5}),
    )
    assert problem.type == "scenario.set_twice"
    assert problem.where == "scenario question, change 2, field set.level_m_bs"
    assert "on 2024-07-01, and so does change 1" in problem.what


def test_changes_without_dates_meet_from_the_start(base):
    problem = the_problem(base, Change("sea", set={"level_m_bs": -30}), Change("sea", set={"level_m_bs": -31}))
    assert "from the start, and so does change 1" in problem.what


def test_two_changes_may_set_one_field_on_days_that_meet(base):
    changed = apply(
        base,
        asking(
            Change("sea", until=day(7), set={"level_m_bs": -30}),
            Change("sea", since=day(7), set={"level_m_bs": -29.5}),
        ),
    )
    assert mid(changed.at(day(6, 30)), "sea", "level_m_bs") == -30
    assert mid(changed.at(day(7, 1)), "sea", "level_m_bs") == -29.5


def test_two_changes_may_set_two_fields_of_one_row_on_one_day(base):
    both = asking(Change("sea", set={"level_m_bs": -30}), Change("sea", set={"water_density_t_per_m3": 1.005}))
    assert mid(apply(base, both), "sea", "water_density_t_per_m3") == 1.005


def test_what_is_set_can_be_scaled_and_added_to_in_this_order_however_written(base):
    steps = [
        Change(RAIL, add={CAPACITY: 500}),
        Change(RAIL, scale={CAPACITY: 2}),
        Change(RAIL, set={CAPACITY: 1000}),
    ]
    for order in (steps, steps[::-1]):
        assert mid(apply(base, asking(*order)), RAIL, CAPACITY) == 2500
    together = Change(RAIL, set={CAPACITY: 1000}, scale={CAPACITY: 2}, add={CAPACITY: 500})
    assert mid(apply(base, asking(together)), RAIL, CAPACITY) == 2500


def test_the_order_of_independent_changes_does_not_matter_to_the_byte(base):
    steps = [
        Change(RAIL, scale={CAPACITY: 1.1}),
        Change(RAIL, scale={CAPACITY: 1.3}),
        Change(RAIL, day(3), scale={CAPACITY: 0.7}),
    ]
    values = {mid(apply(base, asking(*order)).at(day(4)), RAIL, CAPACITY) for order in (steps, steps[::-1])}
    assert len(values) == 1


# -- bounds and unknown quantities ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (Change("sea", set={"level_m_bs": -60}), "would be -60, which is below -45"),
        (Change("sea", add={"level_m_bs": 10}), "would be -19, which is above -20"),
        (Change(RAIL, scale={"length_km": 0}), "would be 0, which is not above 0"),
        (Change(RAIL, scale={CAPACITY: -1}), "would be -20000, which is below 0"),
        (Change(RAIL, add={CAPACITY: -17_000}), "would go down to -1000, which is below 0"),
        (Change(RAIL, scale={"speed_km_per_h": 3.5}), "would go up to 210, which is above 200"),
        (Change(RAIL, set={"tracks": 1.5}), "would be 1.5, which is not a whole number"),
        (Change(RAIL, scale={"length_km": 1e308}), "inf, which is not finite"),
        (Change("alat-ramp", set={"after": -1}), "servers of AZALA.ferry_berths would be -1"),
    ],
)
def test_a_quantity_must_stay_within_its_bounds_low_and_high_too(base, change, what):
    problem = the_problem(base, change)
    assert problem.type == "scenario.bounds"
    assert what in problem.what


def test_the_bounds_themselves_may_be_reached(base):
    assert mid(apply(base, asking(Change("sea", set={"level_m_bs": -45}))), "sea", "level_m_bs") == -45
    assert mid(apply(base, asking(Change("sea", set={"level_m_bs": -20}))), "sea", "level_m_bs") == -20


def test_what_may_stand_in_the_column_is_said(base):
    assert the_problem(base, Change("sea", set={"level_m_bs": -60})).mend == (
        "level_m_bs, with its low and high, must be a number at least -45 and at most -20."
    )
    assert "a whole number at least 1" in the_problem(base, Change(RAIL, set={"tracks": 1.5})).mend
    assert "a number above 0 and" in the_problem(base, Change(RAIL, set={"length_km": 0})).mend
    assert "a whole number, 1435 or 1520." in the_problem(base, Change(RAIL, set={"gauge_mm": 1000})).mend


def test_changes_that_leave_the_bounds_only_together_are_both_named(base):
    problem = the_problem(
        base, Change("sea", add={"level_m_bs": -9}), Change("sea", since=day(5), add={"level_m_bs": -8})
    )
    assert "change 2" in problem.where
    assert "would be -46, which is below -45, together with change 1" in problem.what


def test_changes_that_leave_the_bounds_only_with_an_upgrade_are_an_error(base):
    # 1 ramp less is 0 until June and would be 1 from July.
    assert "would be 0" in the_problem(base, Change(RAMPS, add={"servers": -1})).what
    assert mid(apply(base, asking(Change(RAMPS, day(7), add={"servers": -1}))).at(day(7)), RAMPS, "servers") == 1


@pytest.mark.parametrize("act", ["scale", "add"])
def test_what_is_not_known_can_be_set_but_neither_scaled_nor_added_to(base, act):
    ramp_rate = "capacity_t_per_day"
    problem = the_problem(base, Change(RAMPS, **{act: {ramp_rate: 2}}))
    assert problem.type == "scenario.empty_cell"
    assert problem.where.endswith(f"field {act}.{ramp_rate}")
    both = apply(base, asking(Change(RAMPS, set={ramp_rate: 100}), Change(RAMPS, **{act: {ramp_rate: 2}})))
    assert mid(both, RAMPS, ramp_rate) in {200, 102}


def test_a_quantity_set_for_a_while_is_unknown_again_afterwards(base):
    changed = apply(base, asking(Change(RAMPS, day(3), day(5), set={CAPACITY: 100})))
    assert [quantity(changed.at(day(month)), RAMPS, CAPACITY) is None for month in (2, 3, 4, 5)] == [
        True,
        False,
        False,
        True,
    ]
    problem = the_problem(base, Change(RAMPS, day(3), day(5), set={CAPACITY: 100}), Change(RAMPS, scale={CAPACITY: 2}))
    assert problem.type == "scenario.empty_cell"


# -- plans ----------------------------------------------------------------------------------------------


def test_a_plan_can_slip(base):
    slipped = apply(base, asking(Change("alat-ramp", set={"effective_from": "2024-10-15"})))
    assert [mid(slipped.at(when), RAMPS, "servers") for when in (day(7), day(10, 14), day(10, 15))] == [1, 1, 2]
    assert slipped.change_days(day(1), day(12, 31)) == [day(10, 15)]


def test_a_plan_can_be_built(base):
    plan = Change("poti-road", set={"status": "in_service", "effective_from": "2024-09-01"})
    built = apply(base, asking(plan))
    assert [word(built.at(when), ROAD, "status") for when in (day(8, 31), day(9))] == ["planned", "open"]


@pytest.mark.parametrize(
    "half",
    [{"status": "in_service"}, {"effective_from": "2024-09-01"}, {"after": 3}],
)
def test_a_plan_that_still_builds_nothing_in_the_run_changes_nothing(base, half):
    problem = the_problem(base, Change("poti-road", set=half))
    assert problem.type == "scenario.changes_nothing"
    assert "in_service" in problem.mend


@pytest.mark.parametrize("opening", ["2025-01-01", "2025-09-01"])
def test_a_plan_built_after_the_run_changes_nothing_in_it(base, opening):
    plan = Change("poti-road", set={"status": "in_service", "effective_from": opening})
    assert {problem.type for problem in problems_of(base, plan)} == {"scenario.changes_nothing"}
    assert apply(base, asking(plan), start=day(1, year=2025)).at(day(9, year=2025))


def test_what_is_told_of_a_plan_may_be_corrected(base):
    assert mid(apply(base, asking(Change("poti-road", set={"cost_usd": 9e6}))), "poti-road", "cost_usd") == 9e6


# -- one scenario after another -------------------------------------------------------------------------


def test_a_second_scenario_sees_what_the_first_has_done(base):
    low = apply(base, asking(Change("sea", set={"level_m_bs": -30}), Change("KZAAU", close=True)))
    assert mid(apply(low, asking(Change("sea", add={"level_m_bs": -1}))), "sea", "level_m_bs") == -31
    clash = the_problem(low, Change("sea", set={"level_m_bs": -31}))
    assert clash.type == "scenario.set_twice"
    assert "so does scenario:question, change 1" in clash.what
    assert "closed already" in the_problem(low, Change("KZAAU", day(3), day(4), close=True)).what


def test_a_second_scenario_is_not_held_up_by_what_the_first_did_elsewhere(base):
    first = apply(base, asking(Change("sea", set={"level_m_bs": -30}), Change("KZAAU", close=True)))
    second = apply(first, asking(Change("sea", set={"water_density_t_per_m3": 1.005}), Change("KZKUR", close=True)))
    assert mid(second, "sea", "level_m_bs") == -30
    assert second.closed == {"KZAAU", "KZKUR"}


def test_a_plan_that_one_scenario_dates_another_may_build(base):
    dated = Change("poti-road", set={"effective_from": "2024-09-01", "status": "in_service"})
    later = Change("alat-ramp", set={"effective_from": "2024-10-15"})
    both = apply(apply(base, asking(dated)), asking(later))
    assert word(both.at(day(9)), ROAD, "status") == "open"
    assert the_problem(both, Change(ROAD, day(9), set={"status": "open"})).type == "scenario.changes_nothing"
