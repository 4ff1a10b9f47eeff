"""Figures behind the pictures: they add up, and agree with the arrays they come from."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.freight.simulation.bands import (
    band_of,
    cargo_queues,
    closed_share,
    facility_title,
    journey_spreads,
    queue_title,
    ship_queues,
    utilisation_bands,
)
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.replication import Replicate, journey_edges
from transcaspian.freight.simulation.result import SimulationResult, make_result
from transcaspian.freight.simulation.result_json import simulation_json
from transcaspian.freight.simulation.settings import CrossingQuestion


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return load_corridor()


@pytest.fixture(scope="module")
def result(corridor: Corridor) -> SimulationResult:
    plan = build_plan(corridor, CrossingQuestion(dt.date(2024, 11, 1), dt.date(2024, 12, 1)))
    work = Replicate(plan, 5)
    return make_result(plan, corridor, 5, [work(number) for number in range(3)])


def test_closed_days_add_up_to_the_days_lost(result: SimulationResult) -> None:
    shares = closed_share(result)
    for number, gate in enumerate(result.plan.gate_ids):
        assert shares[gate].sum() == pytest.approx(result.arrays["lost_days"][:, number].mean(), abs=1e-4)
        assert shares[gate].min() >= 0
        assert shares[gate].max() <= 1.0 + 1e-6


def test_coarse_bins_hold_every_unit_load_of_a_journey(result: SimulationResult) -> None:
    counted = result.arrays["journey_bins"].sum(axis=2)
    np.testing.assert_allclose(counted, result.arrays["journeys"][:, :, 0], rtol=1e-5)
    edges = journey_edges()
    assert edges.size == result.arrays["journey_bins"].shape[2] + 1
    assert np.all(np.diff(edges) > 0)
    assert (edges[0], edges[-1]) == (16.0, 8192.0)


def test_the_median_lies_where_half_of_the_cargo_has_arrived(result: SimulationResult, corridor: Corridor) -> None:
    for spread in journey_spreads(result, corridor):
        assert spread.share.sum() == pytest.approx(1.0)
        assert sum(hours for _, hours in spread.by_cause_h) == pytest.approx(spread.mean_h, rel=1e-6)
        assert spread.p10_h <= spread.p50_h <= spread.p90_h
    [longest] = [s for s in journey_spreads(result, corridor) if s.title == "Aktau → Makhachkala"]
    running = np.cumsum(longest.share)
    middle = longest.edges_h[1:][np.searchsorted(running, 0.5)]
    assert middle == pytest.approx(longest.p50_h, rel=0.15)  # pooled against the mean of three medians


def test_bands_enclose_their_middle_and_one_replication_has_none() -> None:
    band = band_of(np.array([[0.0, 5.0], [10.0, 5.0]]))
    assert band.mean.tolist() == [5.0, 5.0]
    assert band.low.tolist() == [1.0, 5.0]
    assert band.high.tolist() == [9.0, 5.0]
    alone = band_of(np.array([[3.0]]))
    assert alone.low == alone.mean == alone.high == [3.0]


def test_queues_come_longest_first_by_what_waits(result: SimulationResult, corridor: Corridor) -> None:
    ships = [float(queue.line.mean.mean()) for queue in ship_queues(result, corridor)]
    assert ships == sorted(ships, reverse=True)
    assert {queue.unit for queue in cargo_queues(result, corridor)} == {"containers", "wagons and lorries", "t"}


def test_busy_facilities_are_marked(result: SimulationResult, corridor: Corridor) -> None:
    arrays = dict(result.arrays)
    facilities = arrays["facilities"].copy()
    row = result.facility_ids.index("KZKUR.rail_ferry")
    facilities[:, row, 6] = 0.99 * 30 * 24 * result.facility_servers[row]
    busy = dataclasses.replace(result, arrays=arrays | {"facilities": facilities})
    first = utilisation_bands(busy, corridor)[0]
    assert (first.id, first.full, first.starving) == ("KZKUR.rail_ferry", True, False)
    assert first.mean == pytest.approx(0.99)
    shares = [band.mean for band in utilisation_bands(busy, corridor)]
    assert shares == sorted(shares, reverse=True)


def test_queues_are_named_in_words(result: SimulationResult, corridor: Corridor) -> None:
    assert queue_title("feeder-aktau-alat@AZALA", result, corridor) == "Alat → Aktau, containers (feeder)"
    assert queue_title("tanker-aktau-sangachal@KZAAU", result, corridor) == "Aktau → Sangachal, t (tanker)"
    assert queue_title("KZKUR.rail_ferry", result, corridor) == "Kuryk, rail ferry"


def test_facilities_are_named_in_words(corridor: Corridor) -> None:
    assert facility_title("KZKUR.rail_ferry", corridor) == "Kuryk, rail ferry"
    assert facility_title("GETBS-GESTD.rail", corridor) == "Tbilisi → Samtredia, rail"
    assert facility_title("GETBS-GESTD.rail:back", corridor) == "Samtredia → Tbilisi, rail"
    assert facility_title("AZ_ABSHERON.terminal", corridor) == "Absheron terminal"


def test_berths_of_rail_ferries_are_facilities_and_stretches_of_railway_are_links(result: SimulationResult) -> None:
    answer = simulation_json(result)
    facilities, links = ({row["id"] for row in answer[name]} for name in ("facilities", "links"))
    assert {"KZKUR.rail_ferry", "AZALA.rail_ferry", *result.plan.berth_ids} <= facilities
    assert {"GETBS-GESTD.rail", "GETBS-GESTD.rail:back"} <= links
    assert not facilities & links
