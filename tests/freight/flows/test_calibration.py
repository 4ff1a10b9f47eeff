"""Constants fitted to shares: what they hold, what is refused, and where they are written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from transcaspian.corridor import Corridor, RowChange, load_corridor
from transcaspian.errors import InputError
from transcaspian.freight.flows import comparison
from transcaspian.freight.flows.calibration import Calibration, calibrate, write_calibration


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return load_corridor()


@pytest.fixture(scope="module")
def found(corridor: Corridor) -> Calibration:
    return calibrate(corridor)


def test_every_share_is_met_and_the_main_way_of_a_class_bears_nothing(found: Calibration) -> None:
    assert found.converged
    assert found.worst_residual < 1e-4
    for one in {fit.choice_class for fit in found.fits}:
        counted = [fit for fit in found.fits if fit.choice_class == one and fit.counted and fit.way != "btk"]
        main = max(counted, key=lambda fit: fit.target_share)
        assert main.constant_usd_per_t == pytest.approx(0.0, abs=1e-9)


def test_ways_without_a_count_share_one_constant_and_the_assumed_share(found: Calibration) -> None:
    unseen = [fit for fit in found.fits if not fit.counted]
    assert unseen
    for class_id in {fit.choice_class for fit in unseen}:
        own = [fit for fit in unseen if fit.choice_class == class_id]
        assert len({fit.constant_usd_per_t for fit in own}) == 1
        share = next(one.unseen_share for one in found.classes if one.id == class_id)
        assert own[0].target_share == share


def test_the_packaged_constants_need_no_further_fitting(corridor: Corridor, found: Calibration) -> None:
    table = corridor["choice_constants"]
    for fit in found.fits:
        packaged = float(table.floats("constant_usd_per_t")[table.get_row(f"{fit.choice_class}.{fit.way}")])
        assert fit.constant_usd_per_t == pytest.approx(packaged, abs=2.0)


def test_demand_counted_on_a_way_that_does_not_exist_is_refused(corridor: Corridor) -> None:
    wrong = RowChange("demand", "sugar-batumi-baku", "set", "counted_on", "ocean")
    with pytest.raises(InputError) as caught:
        calibrate(corridor.with_changes([wrong]))
    assert caught.value.problems[0].type == "flows.counted_on"
    assert "sugar-batumi-baku" in caught.value.problems[0].where


def test_constants_go_into_tables_only(corridor: Corridor, found: Calibration, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_calibration(corridor, found, tmp_path)
    assert caught.value.problems[0].type == "flows.folder"


def test_a_count_of_what_flows_do_not_measure_is_refused(corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    count = replace(comparison.flow_counts()[0], measure="moods.KZ")
    monkeypatch.setattr(comparison, "flow_counts", lambda: (count,))
    with pytest.raises(InputError) as caught:
        comparison.compare_flows(corridor)
    assert caught.value.problems[0].type == "flows.measure"
