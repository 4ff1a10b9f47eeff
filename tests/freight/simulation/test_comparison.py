"""The simulated 2024 beside what was counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transcaspian.corridor import load_corridor
from transcaspian.errors import InputError
from transcaspian.evidence import load_ledger
from transcaspian.freight.simulation import comparison
from transcaspian.freight.simulation.comparison import CountComparison, compare_counts, published_counts


@pytest.fixture(scope="module")
def compared() -> dict[str, CountComparison]:
    return {one.count.id: one for one in compare_counts(load_corridor(), replications=6)}


def test_every_count_rests_on_claims_of_the_ledger() -> None:
    ledger = load_ledger()
    for count in published_counts():
        assert [ledger.get_claim(claim).id for claim in count.claims] == list(count.claims)


@pytest.mark.parametrize("name", [count.id for count in published_counts() if count.use == "fit"])
def test_what_was_fitted_is_met_within_the_tolerance_of_the_calibration(
    name: str, compared: dict[str, CountComparison]
) -> None:
    # The proposed tolerance of the calibration: 5 % for counts of a year.
    assert abs(compared[name].off_percent) <= 5


def test_what_lies_inside_is_not_off_and_what_lies_outside_is_off_from_the_nearer_end() -> None:
    count = replace(published_counts()[0], low=10.0, high=20.0)
    assert CountComparison(count, 15.0, 14.0, 16.0).off_percent == 0
    assert CountComparison(count, 8.0, 7.0, 9.0).off_percent == pytest.approx(-20)
    assert CountComparison(count, 22.0, 21.0, 23.0).off_percent == pytest.approx(10)


def test_a_measure_that_nobody_measures_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(published_counts()[0], measure="beauty.KZAAU")
    monkeypatch.setattr(comparison, "published_counts", lambda: (wrong,))
    with pytest.raises(InputError) as caught:
        compare_counts(load_corridor(), replications=1)
    assert [problem.type for problem in caught.value.problems] == ["simulate.measure"]


def test_the_wind_of_november_and_december_is_a_share(compared: dict[str, CountComparison]) -> None:
    assert 0 < compared["kuryk-shut"].mean < 1
    assert np.isfinite(compared["kuryk-shut"].p90)
