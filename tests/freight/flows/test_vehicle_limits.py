"""Locomotives and wagons as limits."""

from __future__ import annotations

import pytest

from transcaspian.corridor import Corridor
from transcaspian.corridor.changes import RowChange
from transcaspian.freight.flows.capacity import solve_capacity_year
from transcaspian.freight.flows.cargo import read_demand
from transcaspian.freight.flows.limits import Group
from transcaspian.freight.flows.months import make_year
from transcaspian.freight.flows.vehicle_limits import AT_WORK, vehicle_limits


def test_a_train_takes_a_locomotive_for_the_hours_of_its_run(packaged: Corridor) -> None:
    made = make_year(packaged, 2024)
    cargo, _ = read_demand(made.states, growth=1.0)
    network, months = made.groups()[0]
    found = {one.row: one for one in vehicle_limits(Group(made, network, months, cargo))}
    one = found["ady-locomotives"]
    assert one.per_day[0] == pytest.approx(40 * AT_WORK["locomotive"].value * 0.7)  # 30 % of its lines are domestic
    number = cargo.unit_load.index("FEU")
    ids = network.corridor["links"].mid["id"]
    place = next(k for k, arc in enumerate(one.arcs) if ids[network.link[arc]] == "AZALA-AZ_BOYUKKESIK.rail")
    hours = network.time_h[1, cargo.row[number], one.arcs[place]]
    assert one.usage[number, place] == pytest.approx(hours / 24 / 55 / cargo.cargo_t[number])


def test_a_railway_without_engines_is_the_bottleneck(packaged: Corridor) -> None:
    few = RowChange("fleets", "ady-locomotives", "set", "units", 4.0, origin="test")
    solved = solve_capacity_year(packaged.with_changes([few]))
    month = solved.months[0]
    row = next(k for k, one in enumerate(month.limits) if one.row == "ady-locomotives")
    assert month.flow.price_usd[row, 0] > 0
    assert solved.unmet_t.sum() > 0
