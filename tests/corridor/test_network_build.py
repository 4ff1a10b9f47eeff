"""The virtual network of the tiny corridor: walls have doors, closures close, directions and parallels are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from transcaspian.corridor import ArcKind, Corridor, Network, RowChange, build_network
from transcaspian.testing import COASTER, tiny_corridor


@pytest.fixture(scope="module")
def corridor(tmp_path_factory: pytest.TempPathFactory) -> Corridor:
    return tiny_corridor(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def network(corridor: Corridor) -> Network:
    return build_network(corridor)


def ends(network: Network, arc: int) -> tuple[object, object]:
    return network.nodes[network.tail[arc]], network.nodes[network.head[arc]]


def country(corridor: Corridor, place: str) -> str:
    places = corridor["places"]
    return places.text(places.get_row(place), "country")


def closing(corridor: Corridor, table: str, row_id: str) -> Network:
    return build_network(corridor.with_changes([RowChange(table, row_id, "close")]))


def test_shapes_agree_and_nothing_is_negative(network: Network) -> None:
    shape = (3, len(network.unit_loads), network.n_arcs)
    for values in (network.time_h, network.cost_usd, network.co2_kg):
        assert values.shape == shape
        assert np.all(values >= 0)
        assert np.all(values[0] <= values[1] + 1e-9)
        assert np.all(values[1] <= values[2] + 1e-9)
    assert network.allowed.shape == shape[1:]
    assert not network.time_h.flags.writeable


def test_two_gauges_meet_only_in_a_gauge_change(network: Network) -> None:
    crossings = []
    for arc in range(network.n_arcs):
        tail, head = network.nodes[network.tail[arc]], network.nodes[network.head[arc]]
        if {tail.side, head.side} == {"rail_1520", "rail_1435"}:
            crossings.append((ArcKind(network.kind[arc]), tail.place, tail.side, head.side))
    assert sorted(set(crossings), key=crossings.index) == [
        (ArcKind.CHANGE_GAUGE, "KZHOR", "rail_1435", "rail_1520"),
        (ArcKind.CHANGE_GAUGE, "KZHOR", "rail_1520", "rail_1435"),
    ]


def test_who_enters_a_country_stands_before_its_border(corridor: Corridor, network: Network) -> None:
    for arc in range(network.n_arcs):
        tail, head = network.nodes[network.tail[arc]], network.nodes[network.head[arc]]
        left, entered = country(corridor, tail.place), country(corridor, head.place)
        if left != entered:
            assert network.kind[arc] == ArcKind.MOVE
            assert head.stage == f"from {left}"
        if tail.stage.startswith("from "):  # the only way on is over the border
            assert network.kind[arc] == ArcKind.CROSS_BORDER
            assert tail.place == head.place


def test_every_border_that_is_reached_can_be_crossed(network: Network) -> None:
    waiting = {node for node in network.nodes if node.stage.startswith("from ")}
    crossed = {network.nodes[t] for t in network.tail[network.kind == ArcKind.CROSS_BORDER]}
    assert waiting == crossed
    assert len(waiting) == 7  # Khorgos twice, Aktau, Kuryk, Alat by sea and by rail, Tbilisi


def test_every_link_runs_both_ways_and_a_planned_one_not_at_all(corridor: Corridor, network: Network) -> None:
    for row, link in enumerate(corridor["links"]):
        ways = {tuple(n.place for n in ends(network, arc)) for arc in np.flatnonzero(network.link == row)}  # type: ignore[attr-defined]
        start, end = corridor["links"].text(row, "from_place"), corridor["links"].text(row, "to_place")
        assert ways == (set() if link == "GETBS-GEPTI.road" else {(start, end), (end, start)})


def test_a_one_way_link_has_no_way_back(tmp_path: Path) -> None:
    one_way = {"links": [{"id": "AZALA-GETBS.rail", "direction": "one_way"}]}
    network = build_network(tiny_corridor(tmp_path, rows=one_way))
    link = 5
    assert {ends(network, arc)[0].place for arc in np.flatnonzero(network.link == link)} == {"AZALA"}  # type: ignore[attr-defined]


def test_ferry_and_feeder_over_one_link_stay_two_arcs(corridor: Corridor, network: Network) -> None:
    row = corridor["links"].get_row("KZAAU-AZALA.sea")
    eastbound = [
        arc for arc in np.flatnonzero(network.link == row) if network.nodes[network.tail[arc]].place == "KZAAU"
    ]
    assert sorted(int(network.service[arc]) for arc in eastbound) == [0, 1]


def test_two_tracks_between_two_stations_stay_two_arcs(tmp_path: Path) -> None:
    second = {"id": "AZALA-GETBS.rail_new", "from_place": "AZALA", "to_place": "GETBS", "mode": "rail"}
    second |= {"gauge_mm": 1520, "unit_loads": "TEU", "length_km": 490, "speed_km_per_h": 70}
    second |= {"emission_factor": "rail_mixed"}
    network = build_network(tiny_corridor(tmp_path, rows={"links": [second]}))
    pairs = [
        (network.tail[arc], network.head[arc])
        for arc in range(network.n_arcs)
        if network.link[arc] >= 0 and network.nodes[network.tail[arc]].place == "AZALA"
    ]
    assert len(pairs) > len(set(pairs))


def test_a_wagon_has_no_arc_through_china(corridor: Corridor, network: Network) -> None:
    wagon = network.unit_loads.index("wagon")
    rows = corridor["links"]
    for arc in np.flatnonzero(network.allowed[wagon] & (network.link >= 0)):
        assert "wagon" in rows.items(int(network.link[arc]), "unit_loads")
    assert not network.allowed[wagon, network.link == rows.get_row("CNXAG-KZHOR.rail")].any()


def test_moves_take_length_over_speed(corridor: Corridor, network: Network) -> None:
    teu, wagon = network.unit_loads.index("TEU"), network.unit_loads.index("wagon")
    arcs = [
        arc
        for arc in np.flatnonzero(network.link == corridor["links"].get_row("KZHOR-KZAAU.rail"))
        if network.nodes[network.tail[arc]].place == "KZHOR"
    ]
    assert {network.nodes[network.tail[arc]].stage for arc in arcs} == {"stand", "regauged", "out"}
    arc = arcs[0]
    assert network.time_h[:, teu, arc] == pytest.approx([50, 60, 75])
    assert network.time(wagon, arc).mid == pytest.approx(120)  # wagonload trains run at half the speed
    assert network.cost(teu, arc).mid == pytest.approx(50 + 0.2 * 3000)  # the operator's own tariff
    assert network.co2(teu, arc).mid == pytest.approx(25 * 14 * 3000 / 1000)


def test_waiting_takes_half_a_headway_and_at_worst_a_whole_one(corridor: Corridor, network: Network) -> None:
    waits = np.flatnonzero(network.kind == ArcKind.WAIT)
    teu = network.unit_loads.index("TEU")
    by_service = {list(corridor["services"])[network.service[arc]]: network.time(teu, arc) for arc in waits}
    assert by_service["ferry-aktau"].as_json() == pytest.approx({"low": 0, "mid": 12, "high": 24})
    assert by_service["ferry-kuryk"].as_json() == pytest.approx({"low": 0, "mid": 24, "high": 72})


# --- closures: a property over every id -----------------------------------------------------------------------------


def test_closing_any_link_leaves_no_arc_over_it(corridor: Corridor) -> None:
    for row, link in enumerate(corridor["links"]):
        assert not np.any(closing(corridor, "links", link).link == row)


def test_closing_any_facility_leaves_no_arc_that_uses_it(corridor: Corridor, network: Network) -> None:
    for row, facility in enumerate(corridor["facilities"]):
        closed = closing(corridor, "facilities", facility)
        assert not np.any(closed.facility == row)
        assert closed.n_arcs <= network.n_arcs - np.count_nonzero(network.facility == row)


def test_closing_any_place_leaves_no_arc_at_it(corridor: Corridor) -> None:
    for place in corridor["places"]:
        closed = closing(corridor, "places", place)
        assert all(place not in {n.place for n in ends(closed, arc)} for arc in range(closed.n_arcs))  # type: ignore[attr-defined]


def test_closing_any_service_leaves_no_arc_of_it(corridor: Corridor) -> None:
    for row, service in enumerate(corridor["services"]):
        closed = closing(corridor, "services", service)
        assert not np.any(closed.service == row)
        assert not any(service in node.stage for node in closed.nodes)


def test_closing_any_operation_leaves_no_arc_of_it(corridor: Corridor) -> None:
    for row, operation in enumerate(corridor["operations"]):
        assert not np.any(closing(corridor, "operations", operation).operation == row)


def test_closing_a_place_passed_on_the_way_closes_the_link(tmp_path: Path) -> None:
    corridor = tiny_corridor(tmp_path, rows={"links": [{"id": "KZAAU-AZALA.sea", "via": "KZKUR", "length_km": 500}]})
    row = corridor["links"].get_row("KZAAU-AZALA.sea")
    assert np.any(build_network(corridor).link == row)
    assert not np.any(closing(corridor, "places", "KZKUR").link == row)


def test_closing_changes_nothing_in_the_corridor_that_was_given(corridor: Corridor, network: Network) -> None:
    before = corridor.fingerprint()
    for link in corridor["links"]:
        closing(corridor, "links", link)
    assert corridor.fingerprint() == before
    again = build_network(corridor)
    assert again is build_network(corridor)
    assert np.array_equal(again.time_h, network.time_h)


# --- ships with several calls ---------------------------------------------------------------------------------------


def test_who_stays_aboard_at_a_call_still_crosses_the_border_where_he_lands(tmp_path: Path) -> None:
    network = build_network(tiny_corridor(tmp_path, rows=COASTER))
    landings = {
        (tail.stage, head.stage)
        for arc in range(network.n_arcs)
        for tail, head in [(network.nodes[network.tail[arc]], network.nodes[network.head[arc]])]
        if network.kind[arc] == ArcKind.MOVE and (tail.place, head.place) == ("AZBAK", "AZALA")
    }
    assert landings == {
        ("aboard coaster", "quay_in"),  # boarded in Baku: a domestic voyage
        ("aboard coaster from KZ", "from KZ"),
    }


def test_a_ship_is_waited_for_once_at_each_call(tmp_path: Path) -> None:
    network = build_network(tiny_corridor(tmp_path, rows=COASTER))
    waits = [arc for arc in np.flatnonzero(network.kind == ArcKind.WAIT) if network.service[arc] == 3]
    assert sorted(network.nodes[network.tail[arc]].place for arc in waits) == ["AZALA", "AZBAK", "KZAAU"]


def test_closing_the_second_leg_leaves_the_first(tmp_path: Path) -> None:
    network = closing(tiny_corridor(tmp_path, rows=COASTER), "links", "AZBAK-AZALA.sea")
    coaster = [arc for arc in range(network.n_arcs) if network.service[arc] == 3 and network.link[arc] >= 0]
    assert {n.place for arc in coaster for n in ends(network, arc)} == {"KZAAU", "AZBAK"}  # type: ignore[attr-defined]


def test_a_border_that_knows_one_country_for_some_loads_lets_the_general_row_do_the_rest(tmp_path: Path) -> None:
    rows = {
        "operations": [
            {"id": "AZALA.cross_sea_kz", "place": "AZALA", "operation": "cross_border", "from_side": "sea",
             "from_country": "KZ", "unit_loads": "TEU", "time_h": 1},
        ]
    }  # fmt: skip
    corridor = tiny_corridor(tmp_path, rows=rows)
    network = build_network(corridor)
    before = network.find_node("AZALA", "sea", "from KZ")
    arcs = np.flatnonzero(network.tail == before)
    found = {
        list(corridor["operations"])[network.operation[arc]]: {
            unit_load for number, unit_load in enumerate(network.unit_loads) if network.allowed[number, arc]
        }
        for arc in arcs
    }
    assert found == {"AZALA.cross_sea": {"FEU", "wagon"}, "AZALA.cross_sea_kz": {"TEU"}}
