import math

import pytest

from transcaspian.scenario import Change, apply
from transcaspian.testing import tiny_corridor

from .helpers import asking, day, problems_of, quantity, the_problem, word


@pytest.mark.parametrize(
    "target",
    [
        "KZAAU",
        "KZHOR-KZAAU.rail",
        "ferry-kuryk",
        "KZAAU.ferry_berths",
        "KZHOR.change_gauge",
        "asco-alfa",
    ],
)
def test_whatever_carries_or_handles_cargo_can_be_closed(base, target):
    assert apply(base, asking(Change(target, close=True))).closed == {target}


@pytest.mark.parametrize(
    ("target", "change"),
    [
        ("sea", {"set": {"level_m_bs": -30.1}}),
        ("KZHOR.change_gauge", {"scale": {"time_h": 0.5}}),
        ("rail-teu", {"add": {"fixed_usd_per_unit_load": 10}}),
        ("xian-poti", {"scale": {"cargo_t_per_year": 2}}),
        ("wheat", {"set": {"value_usd_per_t": 300}}),
        ("KZAAU.wind", {"set": {"closed_days_per_year": 30}}),
        ("asco-ferries", {"add": {"units": 1}}),
        ("kmtf-beta", {"set": {"draught_m": 3.6}}),
        ("AZALA.ferry_berths.depth", {"add": {"depth_m": 1.5}}),
        ("rail_mixed", {"scale": {"co2_g_per_tkm": 0.5}}),
    ],
)
def test_a_row_of_any_table_can_be_a_target(base, target, change):
    changed = apply(base, asking(Change(target, **change)))
    assert changed.fingerprint() != base.fingerprint()


def test_a_planned_row_is_opened_by_a_word(base):
    opened = apply(base, asking(Change("GETBS-GEPTI.road", since=day(9), set={"status": "open"})))
    assert word(opened.at(day(8, 31)), "GETBS-GEPTI.road", "status") == "planned"
    assert word(opened.at(day(9, 1)), "GETBS-GEPTI.road", "status") == "open"


def test_flags_years_lists_and_ids_of_other_tables_can_be_set(base):
    changed = apply(
        base,
        asking(
            Change("ferry-aktau", set={"both_ways": False, "fleet": "kmtf-feeders", "unit_loads": "TEU; wagon"}),
            Change("xian-poti", set={"year": 2030}),
            Change("KZHOR.clear_customs", set={"facility": "KZHOR.border"}),
        ),
    )
    services = changed["services"]
    row = services.get_row("ferry-aktau")
    assert services.flag(row, "both_ways") is False
    assert services.items(row, "unit_loads") == ("TEU", "wagon")
    assert word(changed, "xian-poti", "year") == "2030"
    assert word(changed, "KZHOR.clear_customs", "facility") == "KZHOR.border"


def test_an_optional_word_can_be_taken_away(base):
    changed = apply(base, asking(Change("KZHOR.change_gauge", set={"facility": ""})))
    assert word(changed, "KZHOR.change_gauge", "facility") == ""


@pytest.mark.parametrize(
    ("target", "offered"),
    [("KZAUA", "KZAAU"), ("Aktau", "KZAAU"), ("Поти", "GEPTI"), ("AZALA.ferry_berth", "AZALA.ferry_berths")],
)
def test_an_unknown_id_is_answered_with_the_nearest(base, target, offered):
    problem = the_problem(base, Change(target, close=True))
    assert problem.type == "scenario.unknown_id"
    assert problem.where == "scenario question, change 1, field target"
    assert offered in problem.mend


def test_an_id_like_no_other_is_answered_with_where_ids_stand(base):
    assert "transcaspian init" in the_problem(base, Change("☃" * 9, close=True)).mend


def test_an_id_of_two_tables_names_both(tmp_path):
    twins = tiny_corridor(tmp_path, rows={"fleets": [{"id": "ferry-aktau", "name": "Twins", "kind": "ferry"}]})
    problem = the_problem(twins, Change("ferry-aktau", close=True))
    assert problem.type == "scenario.ambiguous_id"
    assert "services and of fleets" in problem.what


@pytest.mark.parametrize(
    ("change", "offered"),
    [
        (Change("KZHOR-KZAAU.rail", scale={"capacity_t_per_dya": 1.5}), "capacity_t_per_day"),
        (Change("KZHOR-KZAAU.rail", set={"staus": "planned"}), "status"),
        (Change("sea", add={"zzz": 1.0}), "level_m_bs, water_density_t_per_m3"),
    ],
)
def test_an_unknown_column_is_answered_with_the_nearest(base, change, offered):
    problem = the_problem(base, change)
    assert problem.type == "scenario.unknown_column"
    assert offered in problem.mend


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (Change("KZAAU", set={"id": "KZAKT"}), "set.id"),
        (Change("KZAAU", scale={"id": 2}), "scale.id"),
        (Change("KZAAU", scale={"name": 2}), "scale.name"),
        (Change("KZAAU", add={"kind": 2}), "add.kind"),
        (Change("poti-road", set={"targets": "KZAAU"}), "set.targets"),
    ],
)
def test_some_columns_cannot_be_changed_so(base, change, key):
    problem = the_problem(base, change)
    assert problem.type == "scenario.column"
    assert problem.where.endswith(f"field {key}")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (Change("sea", set={"level_m_bs": "low"}), "'low' is not a number"),
        (Change("sea", set={"level_m_bs": True}), "True is not a number"),
        (Change("sea", set={"level_m_bs": math.nan}), "nan is not a finite number"),
        (Change("sea", scale={"level_m_bs": math.inf}), "inf is not a finite number"),
        (Change("sea", add={"level_m_bs": "1"}), "'1' is not a number"),  # type: ignore[dict-item]
        (Change("ferry-aktau", set={"both_ways": "false"}), "'false' is neither true nor false"),
        (Change("ferry-aktau", set={"policy": 1.0}), "1.0 is not text"),
        (Change("ferry-aktau", set={"policy": "hourly"}), "'hourly' is not one of the permitted words"),
        (Change("ferry-aktau", set={"policy": ""}), "is empty"),
        (Change("KZAAU", set={"name": "Ak\x1b[31mtau"}), "holds the control character \\x1b"),
        (Change("ferry-aktau", set={"unit_loads": "TEU;barrel"}), "'barrel' is not one of the permitted words"),
        (Change("ferry-aktau", set={"fleet": "asco-fery"}), "'asco-fery' is no id of fleets"),
        (Change("KZAAU.wind", set={"correlated_with": "KZKUR;KZKUK"}), "'KZKUK' is no id of places"),
        (Change("alat-ramp", set={"effective_from": "1 July"}), "'1 July' is not a date"),
        (Change("alat-ramp", set={"effective_from": "20240701"}), "'20240701' is not a date"),
        (Change("xian-poti", set={"year": "soon"}), "'soon' is not a year"),
        (Change("xian-poti", set={"year": "203"}), "'203' is not a year"),
        (Change("xian-poti", set={"year": 2030.5}), "2030.5 is not text"),
    ],
)
def test_a_value_must_fit_its_column(base, change, what):
    problem = the_problem(base, change)
    assert problem.type == "scenario.value"
    assert what in problem.what


def test_the_nearest_id_is_offered_for_a_dangling_one(base):
    assert "asco-ferries" in the_problem(base, Change("ferry-aktau", set={"fleet": "asco-fery"})).mend


@pytest.mark.parametrize("target", ["sea", "xian-poti", "rail-teu", "asco-ferries", "alat-ramp"])
def test_what_carries_nothing_by_itself_cannot_be_closed(base, target):
    problem = the_problem(base, Change(target, close=True))
    assert (problem.type, problem.where[-11:]) == ("scenario.close", "field close")


def test_a_plan_is_moved_by_its_own_dates_not_by_the_changes(base):
    problem = the_problem(base, Change("alat-ramp", since=day(3), set={"effective_from": "2024-09-01"}))
    assert problem.type == "scenario.period"
    assert "set effective_from" in problem.mend


def test_each_mistake_of_one_change_is_told(base):
    change = Change("sea", set={"id": "ocean", "levl": 1.0}, scale={"note": 2}, close=True)
    kinds = [problem.type.removeprefix("scenario.") for problem in problems_of(base, change)]
    assert kinds == ["close", "column", "unknown_column", "column"]


def test_a_change_carries_its_origin_and_its_claims(base):
    changed = apply(base, asking(Change("sea", set={"level_m_bs": -30}, claims=("sea/level/1a2b",))))
    (row_change,) = changed.changes
    assert row_change.origin == "scenario:question, change 1"
    assert row_change.claims == ("sea/level/1a2b",)


def test_a_set_quantity_is_exact_and_a_scaled_one_keeps_its_range(base):
    rail = "KZHOR-KZAAU.rail"
    scaled = apply(base, asking(Change(rail, scale={"capacity_t_per_day": 1.5})))
    value = quantity(scaled, rail, "capacity_t_per_day")
    assert (value.low, value.mid, value.high) == (24_000, 30_000, 36_000)
    exact = quantity(apply(base, asking(Change(rail, set={"capacity_t_per_day": 1}))), rail, "capacity_t_per_day")
    assert (exact.low, exact.mid, exact.high) == (1, 1, 1)
