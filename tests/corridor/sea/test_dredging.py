"""Dredging: volume and cost, and the cuts of a scenario."""

from __future__ import annotations

import pytest

from transcaspian.corridor import Corridor, Estimate3, RowChange
from transcaspian.corridor.sea import dredge, dredging_cost
from transcaspian.corridor.sea.dredging import dredged_by_scenario
from transcaspian.errors import InputError


def test_volume_is_area_times_cut_and_cost_goes_with_it() -> None:
    volume, cost = dredging_cost(Estimate3(900, 1000, 1100), 1.5, Estimate3(30, 30, 30))
    assert volume == Estimate3(1350, 1500, 1650)
    assert cost.mid == 45_000


def test_ten_centimetres_at_aktau(packaged: Corridor) -> None:
    # Published: 1.63 million m3 over 115.1 ha at some 31 USD/m3, so 115,000 m3 and 3.5 million USD for each 10 cm.
    cut = dredge(packaged, "KZAAU.oil_berths.depth", 0.1)
    assert cut.volume_m3 is not None
    assert cut.cost_usd is not None
    assert cut.volume_m3.mid == pytest.approx(115_100)
    assert cut.cost_usd.mid == pytest.approx(3.5e6, rel=0.02)


def test_an_unknown_area_leaves_the_cost_open(packaged: Corridor) -> None:
    cut = dredge(packaged, "KZKUR.rail_ferry.depth", 1)
    assert (cut.volume_m3, cut.cost_usd) == (None, None)


@pytest.mark.parametrize("cut_m", [0, -1, float("nan")])
def test_a_cut_is_above_nothing(packaged: Corridor, cut_m: float) -> None:
    with pytest.raises(InputError) as error:
        dredge(packaged, "KZAAU.oil_berths.depth", cut_m)
    assert error.value.problems[0].type == "sea.cut"


def test_the_cuts_of_a_scenario_are_told_beyond_what_is_built_without_it(packaged: Corridor) -> None:
    assert dredged_by_scenario(packaged) == ()
    deeper = packaged.with_changes([RowChange("depths", "KZAAU.oil_berths.depth", "add", "depth_m", 1.5)])
    (cut,) = dredged_by_scenario(deeper)
    assert (cut.depth_id, cut.cut_m) == ("KZAAU.oil_berths.depth", pytest.approx(1.5))
