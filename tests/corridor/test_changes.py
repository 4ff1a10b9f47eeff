"""What stands on a day: upgrades from their date on, dated changes within their half-open period."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.corridor import Corridor, RowChange
from transcaspian.corridor.changes import changed_estimate
from transcaspian.corridor.tables import Estimate3
from transcaspian.testing import tiny_corridor

JULY = dt.date(2024, 7, 1)
days = st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31))


@pytest.fixture(scope="module")
def corridor(tmp_path_factory: pytest.TempPathFactory) -> Corridor:
    return tiny_corridor(tmp_path_factory.mktemp("tiny"))


def ramps(corridor: Corridor) -> float:
    rows = corridor["facilities"]
    return float(rows.floats("servers")[rows.get_row("AZALA.ferry_berths")])


def test_an_upgrade_in_service_acts_from_its_day_on(corridor: Corridor) -> None:
    assert ramps(corridor) == 1
    assert ramps(corridor.at(JULY - dt.timedelta(days=1))) == 1
    assert ramps(corridor.at(JULY)) == 2
    assert ramps(corridor.at(dt.date(2030, 1, 1))) == 2


def test_a_plan_never_acts_by_itself(corridor: Corridor) -> None:
    links = corridor.at(dt.date(2050, 1, 1))["links"]
    assert links.text(links.get_row("GETBS-GEPTI.road"), "status") == "planned"


@settings(deadline=None, derandomize=True)
@given(days)
def test_the_base_is_never_touched_and_a_day_is_a_pure_question(day: dt.date) -> None:
    corridor = _TINY
    before = corridor.fingerprint()
    assert corridor.at(day).fingerprint() == corridor.at(day).fingerprint()
    assert corridor.fingerprint() == before
    assert ramps(corridor.at(day)) == (2 if day >= JULY else 1)


@settings(deadline=None, derandomize=True)
@given(st.one_of(st.none(), days), st.one_of(st.none(), days), days)
def test_a_period_holds_its_first_day_and_not_its_last(
    since: dt.date | None, until: dt.date | None, day: dt.date
) -> None:
    change = RowChange("places", "KZAAU", "close", since=since, until=until)
    assert change.in_force(day) == ((since is None or since <= day) and (until is None or day < until))
    assert ("KZAAU" in _TINY.with_changes([change]).at(day).closed) == change.in_force(day)


def test_changes_of_one_cell_act_in_the_order_set_scale_add(corridor: Corridor) -> None:
    cell = ("links", "KZHOR-KZAAU.rail")
    changes = [
        RowChange(*cell, "add", "capacity_t_per_day", 100.0),
        RowChange(*cell, "scale", "capacity_t_per_day", 2.0),
        RowChange(*cell, "set", "capacity_t_per_day", 1000.0),
    ]
    for order in (changes, changes[::-1]):
        links = corridor.with_changes(order)["links"]
        assert links.floats("capacity_t_per_day")[links.get_row(cell[1])] == 2100


def test_scaling_keeps_the_range_and_setting_makes_a_value_exact() -> None:
    base = Estimate3(8, 10, 14)
    assert changed_estimate(base, RowChange("t", "r", "scale", "c", 1.5)) == Estimate3(12, 15, 21)
    assert changed_estimate(base, RowChange("t", "r", "scale", "c", -1.0)) == Estimate3(-14, -10, -8)
    assert changed_estimate(base, RowChange("t", "r", "add", "c", 2.0)) == Estimate3(10, 12, 16)
    assert changed_estimate(base, RowChange("t", "r", "set", "c", 7.0)) == Estimate3(7, 7, 7)
    with pytest.raises(ValueError, match="has no c to scale"):
        changed_estimate(None, RowChange("t", "r", "scale", "c", 2.0))


def test_the_days_of_change_lie_within_the_asked_period(corridor: Corridor) -> None:
    storm = RowChange("places", "KZAAU", "close", since=dt.date(2024, 11, 10), until=dt.date(2024, 11, 20))
    changing = corridor.with_changes([storm])
    assert changing.change_days(dt.date(2024, 1, 1), dt.date(2025, 1, 1)) == [JULY, storm.since, storm.until]
    assert changing.change_days(JULY, dt.date(2024, 11, 20)) == [JULY, storm.since]
    assert changing.change_days(dt.date(2024, 7, 2), dt.date(2024, 11, 10)) == []


@pytest.fixture(scope="module", autouse=True)
def _tiny_for_properties(tmp_path_factory: pytest.TempPathFactory) -> None:
    # Hypothesis runs a test body many times and wants no function-scoped fixture.
    global _TINY  # noqa: PLW0603
    _TINY = tiny_corridor(tmp_path_factory.mktemp("tiny"))


_TINY: Corridor


def test_the_fingerprint_moves_with_every_change(corridor: Corridor, tmp_path: Path) -> None:
    prints = {
        corridor.fingerprint(),
        corridor.at(JULY).fingerprint(),
        corridor.with_changes([RowChange("places", "KZAAU", "close")]).fingerprint(),
        corridor.with_changes([RowChange("sea", "sea", "set", "level_m_bs", -30.1)]).fingerprint(),
    }
    assert len(prints) == 4
    assert tiny_corridor(tmp_path).fingerprint() == corridor.fingerprint()
