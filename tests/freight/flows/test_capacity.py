"""The year within hard limits: hand sums on the tiny corridor, optimality and prices on the packaged one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transcaspian.corridor import Corridor
from transcaspian.corridor.changes import RowChange
from transcaspian.errors import InputError
from transcaspian.freight.capacity import solve_capacity_flow
from transcaspian.freight.capacity.arc_model import solve_arc_model
from transcaspian.freight.flows.bottlenecks import find_bottlenecks
from transcaspian.freight.flows.capacity import CapacityYear, solve_capacity_year
from transcaspian.freight.flows.capacity_answer import capacity_result, solve_capacity

JANUARY_DAYS, YEAR_DAYS = 31, 366


@pytest.fixture(scope="module")
def crowded(tiny: Corridor) -> CapacityYear:
    return solve_capacity_year(tiny, growth=10.0, ranges=10)


@pytest.fixture(scope="module")
def usual(packaged: Corridor) -> CapacityYear:
    return solve_capacity_year(packaged, growth=1.0, ranges=6)


@pytest.fixture(scope="module")
def grown(packaged: Corridor, usual: CapacityYear) -> CapacityYear:
    return solve_capacity_year(packaged, growth=1.5, start=usual)


def closed(corridor: Corridor, *row_ids: str) -> Corridor:
    return corridor.with_changes(
        [RowChange(corridor.get_table(row_id), row_id, "close", origin="test") for row_id in row_ids]
    )


def test_what_two_lines_cannot_carry_stays_behind(crowded: CapacityYear) -> None:
    wanted = 10 * (600_000 + 140_000) * JANUARY_DAYS / YEAR_DAYS
    room = (20_000 + 10_000) * 0.5 * JANUARY_DAYS  # half of both lines to the sea is left by domestic trains
    assert crowded.wants.amount_t[:, 0].sum() == pytest.approx(wanted)
    assert crowded.unmet_t[:, 0].sum() == pytest.approx(wanted - room, rel=1e-9)


def test_every_tonne_is_carried_while_there_is_room(tiny: Corridor) -> None:
    solved = solve_capacity_year(tiny, growth=1.0)
    assert solved.unmet_t.sum() == 0.0
    assert find_bottlenecks(solved) == []
    assert capacity_result(solved).notes[0].startswith("no limit binds")


def test_the_arc_model_in_plain_highs_has_the_same_objective_and_prices(crowded: CapacityYear) -> None:
    flow = crowded.months[0].flow
    answer = solve_arc_model(flow.problem)
    assert flow.objective_usd == pytest.approx(answer.objective_usd, rel=1e-9)
    capacity = np.nan_to_num(flow.problem.limits.capacity, posinf=0.0)
    assert (flow.price_usd * capacity).sum() == pytest.approx((answer.price_usd * capacity).sum(), rel=1e-6)


def test_what_binds_is_full_and_what_has_room_is_worth_nothing(usual: CapacityYear, grown: CapacityYear) -> None:
    for month in (*usual.months, *grown.months):
        use, capacity = month.flow.limit_use[:, 0], month.flow.problem.limits.capacity[:, 0]
        assert np.all(use <= capacity * (1 + 1e-7) + 1e-6)
        priced = month.flow.price_usd[:, 0] > 1e-9
        assert np.allclose(use[priced], capacity[priced], rtol=1e-7)


def test_flow_is_conserved_at_every_node(usual: CapacityYear) -> None:
    for month in usual.months:
        flow, network = month.flow, month.network
        net = np.zeros(network.n_nodes)
        np.add.at(net, network.tail[flow.flow_arc], flow.flow)
        np.add.at(net, network.head[flow.flow_arc], -flow.flow)
        demand = flow.problem.demand
        carried = demand.amount[:, 0] - flow.unmet[:, 0]
        np.add.at(net, demand.origin, -carried)
        np.add.at(net, demand.destination, carried)
        assert np.abs(net).max() <= 1e-6 * carried.sum()


def test_every_month_is_proven(usual: CapacityYear) -> None:
    assert all(month.flow.convergence.proven for month in usual.months)
    assert capacity_result(usual).convergence.relative_gap <= 1e-9


def test_one_more_unit_changes_the_objective_by_its_price_within_the_range(usual: CapacityYear) -> None:
    checked = 0
    for month in (usual.months[0], usual.months[10]):
        for one in month.flow.ranges:
            if not one.settled:
                continue
            room = min(one.holds_until - one.capacity, 0.01 * one.capacity)
            if room <= 1e-6 * one.capacity or not np.isfinite(room):
                continue
            problem = month.flow.problem
            capacity = problem.limits.capacity.copy()
            capacity[one.limit, 0] += room
            more = solve_capacity_flow(
                replace(problem, limits=replace(problem.limits, capacity=capacity)), ranges=0, start=month.flow
            )
            saved = month.flow.objective_usd - more.objective_usd
            # The objective is some billions: its rounding is what remains of a saving of thousands.
            assert saved == pytest.approx(room * one.gain_usd, rel=1e-5, abs=1e-9 * month.flow.objective_usd)
            checked += 1
    assert checked >= 3


def test_unmet_demand_never_falls_when_demand_grows(tiny: Corridor) -> None:
    unmet = [solve_capacity_year(tiny, growth=growth).unmet_t.sum() for growth in (1.0, 5.0, 8.0, 10.0, 20.0)]
    assert unmet == sorted(unmet)


def test_a_closed_port_carries_nothing(packaged: Corridor) -> None:
    result = solve_capacity(closed(packaged, "KZAAU"))
    assert not [one for one in result.facilities if one.id.startswith("KZAAU.") and one.flow_t > 0]
    reasons = {one.demand: one.reason for one in result.unmet}
    assert "crude-aktau-sangachal" in reasons
    assert reasons["crude-aktau-sangachal"].startswith("no route")
    assert result.carried_t + result.unmet_t == pytest.approx(result.demand_t)


def test_a_closure_of_ten_days_takes_ten_days_of_capacity(tiny: Corridor) -> None:
    import datetime as dt

    shut = RowChange("links", "KZHOR-KZAAU.rail", "close", since=dt.date(2024, 1, 5), until=dt.date(2024, 1, 15))
    usual_days = solve_capacity_year(tiny, growth=10.0)
    solved = solve_capacity_year(tiny.with_changes([shut]), growth=10.0)
    lost = solved.unmet_t[:, 0].sum() - usual_days.unmet_t[:, 0].sum()
    assert lost == pytest.approx(10 * 10_000, rel=1e-6)
    assert solved.unmet_t[:, 1].sum() == pytest.approx(usual_days.unmet_t[:, 1].sum(), rel=1e-6)


def test_a_start_from_a_neighbour_changes_nothing_but_time(packaged: Corridor, grown: CapacityYear) -> None:
    again = solve_capacity_year(packaged, growth=1.5, start=grown)
    assert again.objective_usd == pytest.approx(grown.objective_usd, rel=1e-9)


def test_the_loyal_stay_where_they_were_counted_while_nothing_binds(packaged: Corridor) -> None:
    result = solve_capacity(packaged, growth=0.3)
    shares = {one.corridor: one.teu_per_year for one in result.markets if one.id == "china-europe"}
    demand = packaged["demand"]
    counted: dict[str, float] = {}
    for row in range(len(demand)):
        if demand.text(row, "market") == "china-europe":
            way = demand.text(row, "counted_on").partition(".")[0]
            counted[way] = counted.get(way, 0.0) + 0.3 * float(demand.floats("teu_per_year")[row])
    assert set(shares) == set(counted)
    for way, teu in counted.items():
        assert shares[way] == pytest.approx(teu, rel=1e-6)


def test_policy_enters_by_the_cells_that_are_there(packaged: Corridor, usual: CapacityYear) -> None:
    """An operation's hours, a facility's slots and a fleet's units, as a scenario changes them."""
    policy = [
        RowChange("facilities", "KZAAU.container_terminal", "scale", "capacity_units_per_day", 2.0, origin="test"),
        RowChange("fleets", "asco-rail-ferries", "scale", "units", 2.0, origin="test"),
        RowChange("operations", "GEGAR.border", "set", "time_h", 2.0, origin="test"),
    ]
    kept = [change for change in policy if change.row_id in packaged[change.table]]
    solved = solve_capacity_year(packaged.with_changes(kept))
    assert solved.objective_usd < usual.objective_usd
    rows = {one.id for one in find_bottlenecks(solved)}
    assert "KZAAU.container_terminal (TEU)" not in rows
    before, after = (
        next(one for one in year.months[0].limits if one.id == "railferry-aktau-alat from KZAAU (voyage)")
        for year in (usual, solved)
    )
    assert after.capacity[0] == pytest.approx(2.0 * before.capacity[0])


def test_bottlenecks_are_ranked_by_rent_and_say_their_range(usual: CapacityYear) -> None:
    found = find_bottlenecks(usual)
    rents = [one.rent_usd for one in found]
    assert rents == sorted(rents, reverse=True)
    for one in found:
        assert one.months
        assert one.usd_per_unit > 0
        if one.settled and one.holds_from_per_day is not None and one.holds_until_per_day is not None:
            assert one.holds_from_per_day <= one.capacity_per_day * (1 + 1e-9)
            assert one.holds_until_per_day >= one.capacity_per_day * (1 - 1e-9)


@pytest.mark.parametrize(("growth", "ratio"), [(0.0, 3.0), (float("nan"), 3.0), (1.0, 0.0)])
def test_impossible_numbers_are_refused(tiny: Corridor, growth: float, ratio: float) -> None:
    with pytest.raises(InputError):
        solve_capacity_year(tiny, growth=growth, unmet_ratio=ratio)
