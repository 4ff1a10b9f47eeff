"""The packaged corridor's equilibrium: conservation, directions, and what the constants hold."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from transcaspian.corridor import Corridor, RowChange, load_corridor
from transcaspian.errors import InputError
from transcaspian.freight.flows.assignment import Assigned, solve_equilibrium
from transcaspian.freight.flows.comparison import compare_flows
from transcaspian.freight.flows.questions import closings, read_question
from transcaspian.freight.flows.result import FlowResult


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return load_corridor()


@pytest.fixture(scope="module")
def base(corridor: Corridor) -> tuple[FlowResult, Assigned]:
    return solve_equilibrium(corridor)


def closed(corridor: Corridor, *words: str) -> FlowResult:
    return solve_equilibrium(corridor.with_changes(closings(corridor, words)))[0]


def changed(corridor: Corridor, rows: Sequence[RowChange]) -> FlowResult:
    return solve_equilibrium(corridor.with_changes(rows))[0]


def boxes(result: FlowResult, corridor: str, market: str = "china-europe") -> float:
    return sum(row.teu_per_year for row in result.markets if row.id == market and row.corridor == corridor)


def tonnes(result: FlowResult, corridor: str) -> float:
    return sum(row.t_per_year for row in result.corridors if row.id == corridor)


def assert_conserved(result: FlowResult, *, gap: float = 1e-10) -> None:
    assert result.carried_t + result.unmet_t == pytest.approx(result.demand_t, rel=1e-9)
    assert sum(row.share for row in result.corridors) == pytest.approx(1.0)
    assert result.convergence.relative_gap <= gap
    for path in result.paths:
        assert path.t_per_year >= 0.0
        assert path.time_h > 0.0


def test_all_that_is_wanted_in_2024_is_carried_and_adds_up(base: tuple[FlowResult, Assigned]) -> None:
    result, _ = base
    assert_conserved(result)
    assert result.unmet == ()
    markets = sum(row.t_per_year for row in result.markets)
    assert markets == pytest.approx(sum(row.t_per_year for row in result.corridors))


def test_every_path_is_a_chain_of_arcs_from_its_origin_to_its_destination(base: tuple[FlowResult, Assigned]) -> None:
    _, assigned = base
    wants = assigned.prepared.wants
    for period in assigned.flows:
        network, sets = period.sets.network, period.sets
        for path in range(sets.n_paths):
            arcs = sets.arcs[sets.arc_first[path] : sets.arc_first[path + 1]]
            assert (network.head[arcs[:-1]] == network.tail[arcs[1:]]).all()
            want = int(sets.want[path])
            assert network.nodes[network.tail[arcs[0]]].place == wants.origin[want]
            assert network.nodes[network.head[arcs[-1]]].place == wants.destination[want]


def test_what_the_constants_were_fitted_to_they_hold(corridor: Corridor) -> None:
    fitted = [one for one in compare_flows(corridor) if one.count.use == "fit"]
    assert len(fitted) == 7
    for one in fitted:
        assert abs(one.off_percent) < 2.0, one.count.id


def test_closing_the_northern_route_sends_its_boxes_to_sea_and_over_the_caspian(
    corridor: Corridor, base: tuple[FlowResult, Assigned]
) -> None:
    result = closed(corridor, "northern")
    assert_conserved(result)
    assert boxes(result, "northern") == 0.0
    assert boxes(result, "middle") > 1.3 * boxes(base[0], "middle")
    assert boxes(result, "ocean") > boxes(base[0], "ocean") + 300_000


def test_dear_ocean_rates_help_all_who_go_by_land_and_cheap_ones_hurt_them(
    corridor: Corridor, base: tuple[FlowResult, Assigned]
) -> None:
    tariffs = corridor["tariffs"]
    ocean = [row for number, row in enumerate(tariffs) if tariffs.text(number, "link").endswith(("-suez", "-cape"))]
    assert ocean
    found = {}
    for factor in (0.5, 2.0):
        changes = [RowChange("tariffs", row, "scale", "fixed_usd_per_unit_load", factor) for row in ocean]
        found[factor] = changed(corridor, changes)
        assert_conserved(found[factor])
    for way in ("northern", "middle"):
        assert boxes(found[0.5], way) < boxes(base[0], way) < boxes(found[2.0], way)


def test_without_aktau_cargo_that_starts_there_stays_and_the_rest_goes_round(corridor: Corridor) -> None:
    result = closed(corridor, "KZAAU")
    assert_conserved(result)
    assert {row.demand for row in result.unmet} >= {"crude-aktau-sangachal", "grain-aktau-amirabad"}
    assert all("KZAAU" in row.demand or "aktau" in row.demand for row in result.unmet)
    assert all("KZAAU" in row.reason or "Aktau" in row.reason or row.reason for row in result.unmet)


def test_without_kuryk_everything_still_arrives(corridor: Corridor, base: tuple[FlowResult, Assigned]) -> None:
    result = closed(corridor, "KZKUR")
    assert_conserved(result)
    assert result.unmet_t == 0.0
    assert tonnes(result, "middle") < tonnes(base[0], "middle")


def test_a_quicker_border_draws_cargo(corridor: Corridor) -> None:
    operations = corridor["operations"]
    rows = [row for number, row in enumerate(operations)
            if operations.text(number, "operation") == "cross_border"
            and operations.text(number, "place") in ("AZ_BOYUKKESIK", "GEGAR")]  # fmt: skip
    slow, quick = (changed(corridor, [RowChange("operations", row, "set", "time_h", hours) for row in rows])
                   for hours in (20.0, 2.0))  # fmt: skip
    assert boxes(quick, "middle") > boxes(slow, "middle")
    assert quick.mean_time_h < slow.mean_time_h + 1.0


def test_more_room_on_the_railway_to_kars_never_repels(corridor: Corridor) -> None:
    lines = ("GE_MARABDA-GEZAI.rail", "GEZAI-GE_KARTSAKHI.rail", "GE_KARTSAKHI-TRKSY.rail", "TRKSY-TR_DIVRIGI.rail")
    found = []
    for mt in (1.0, 5.0):
        result = changed(
            corridor, [RowChange("links", line, "set", "capacity_t_per_day", mt * 1e6 / 730) for line in lines]
        )
        found.append(sum(path.t_per_year for path in result.paths if "btk" in path.gateway))
    assert found[1] > found[0] > 0.0


def test_unmet_demand_never_falls_when_demand_grows(corridor: Corridor) -> None:
    state = corridor.with_changes(closings(corridor, ["KZAAU"]))
    start, left = None, []
    for growth in (0.5, 1.0, 1.5, 3.0):
        result, start = solve_equilibrium(state, growth=growth, start=start)
        # At three times the demand, Aktau closed, the other crossings are asked for twice what they can do, and the
        # fixed point stops short: the answer has to say so.
        assert_conserved(result, gap=1e-10 if growth < 3 else 1e-2)
        if not result.convergence.converged:
            assert any("stopped at a residual" in note for note in result.notes)
        left.append(result.unmet_t)
    assert left == sorted(left)


def test_more_than_fits_is_said(corridor: Corridor) -> None:
    result, _ = solve_equilibrium(corridor, growth=3.0)
    assert any("More is sent than fits" in note for note in result.notes)
    assert result.binding


def test_a_warm_start_from_a_neighbour_gives_the_same_flows(
    corridor: Corridor, base: tuple[FlowResult, Assigned]
) -> None:
    warm, _ = solve_equilibrium(corridor, growth=1.1, start=base[1])
    cold, _ = solve_equilibrium(corridor, growth=1.1)
    for one, other in zip(warm.corridors, cold.corridors, strict=True):
        assert one.t_per_year == pytest.approx(other.t_per_year, rel=1e-6)


def test_the_base_is_not_touched_by_what_a_scenario_closes(corridor: Corridor) -> None:
    before = corridor.fingerprint()
    closed(corridor, "KZKUR")
    assert corridor.fingerprint() == before


@pytest.mark.parametrize("curve", ["bpr", "conical", "davidson"])
def test_other_delay_curves_reach_an_equilibrium_too(corridor: Corridor, curve: str) -> None:
    result, _ = solve_equilibrium(corridor, facilities=curve, links=curve)  # type: ignore[arg-type]
    assert result.convergence.relative_gap <= 1e-8


def test_an_unknown_curve_growth_closing_or_year_is_refused_with_a_way_to_mend_it(corridor: Corridor) -> None:
    with pytest.raises(InputError) as curve:
        solve_equilibrium(corridor, facilities="cubic")  # type: ignore[arg-type]
    with pytest.raises(InputError) as growth:
        solve_equilibrium(corridor, growth=0.0)
    with pytest.raises(InputError) as close:
        read_question(close=["Akt4u"])
    with pytest.raises(InputError) as year:
        read_question(year=1999)
    types = [error.value.problems[0].type for error in (curve, growth, close, year)]
    assert types == ["flows.curve", "flows.growth", "flows.close", "flows.year"]
    assert all(error.value.problems[0].mend for error in (curve, growth, close, year))
