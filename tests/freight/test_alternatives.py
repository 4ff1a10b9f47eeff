"""The tiny corridor has two ways over the Caspian: Aktau and Kuryk. See its drawing in `transcaspian.testing`."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.corridor import ArcKind, RowChange, build_network
from transcaspian.errors import InputError, NoRoute
from transcaspian.freight import CRITERIA, find_alternatives, find_pareto, lower_bound, make_quote, parse_load
from transcaspian.freight._distinct_kernel import distinct_walks
from transcaspian.freight.corridors import signatures
from transcaspian.freight.shortest import graph_from_arcs, shortest_tree


def routes(network, *, load="2 FEU", **settings):
    return find_alternatives(network, parse_load(network.corridor, load), "CNXAG", "GEPTI", **settings)


def test_two_ways_over_the_caspian_are_two_alternatives(tiny_network):
    ports = [{network_end(tiny_network, arc) for arc in route.arcs} for route in routes(tiny_network)]
    assert len(ports) == 2
    assert "KZAAU" in ports[0]
    assert "KZKUR" not in ports[0]
    assert "KZKUR" in ports[1]


def network_end(network, arc):
    return network.nodes[network.head[arc]].place


def test_a_route_is_a_chain_from_shipper_to_consignee(tiny_network):
    for route in routes(tiny_network):
        for one, other in pairwise(route.arcs):
            assert tiny_network.head[one] == tiny_network.tail[other]
        assert tiny_network.nodes[tiny_network.tail[route.arcs[0]]].stage == "origin"
        assert tiny_network.nodes[tiny_network.head[route.arcs[-1]]].stage == "import"


@pytest.mark.parametrize("by", CRITERIA)
def test_no_alternative_beats_the_lower_bound_and_the_first_one_meets_it(tiny_network, by):
    (load,) = parse_load(tiny_network.corridor, "2 FEU")
    found = routes(tiny_network, by=by)
    bound = lower_bound(tiny_network, load, "CNXAG", "GEPTI", by=by)
    values = [route.value(by) for route in found]
    assert values == sorted(values)
    assert values[0] == pytest.approx(bound, rel=1e-12)


def test_every_gauge_meeting_and_every_border_is_in_the_quote(tiny_network):
    for route in routes(tiny_network):
        quote = make_quote(route)
        gauges = [leg.gauge_mm for leg in quote.legs if leg.gauge_mm]
        changes = sum(leg.operation == "change_gauge" for leg in quote.legs)
        assert changes == sum(one != other for one, other in pairwise(gauges))
        crossed = [(border.from_country, border.to_country) for border in quote.borders]
        assert crossed == [("CN", "KZ"), ("KZ", "AZ"), ("AZ", "GE")]


def test_the_legs_add_up_to_the_quote(tiny_network):
    for route in routes(tiny_network):
        quote = make_quote(route)
        assert quote.time_h.mid == pytest.approx(sum(leg.time_h.mid for leg in quote.legs))
        assert quote.cost_usd.mid == pytest.approx(sum(leg.cost_usd.mid for leg in quote.legs))
        assert sum(leg.time_h.low for leg in quote.legs) <= quote.time_h.low <= quote.time_h.mid
        assert quote.time_h.mid <= quote.time_h.high <= sum(leg.time_h.high for leg in quote.legs)
        assert quote.time_h.mid == pytest.approx(route.value("time"))
        assert quote.cost_usd.mid == pytest.approx(route.value("cost"))
        assert quote.co2_kg.mid == pytest.approx(route.value("co2"))
        assert quote.spread_h == pytest.approx(route.value("reliability"))


def test_twice_the_boxes_cost_twice_and_take_as_long(tiny_network):
    one, two = (make_quote(routes(tiny_network, load=load)[0]) for load in ("1 FEU", "2 FEU"))
    assert two.cost_usd.mid == pytest.approx(2 * one.cost_usd.mid)
    assert two.time_h == one.time_h


def test_pareto_routes_do_not_beat_one_another(tiny_network):
    loads = parse_load(tiny_network.corridor, "1 FEU")
    values = np.array([route.values for route in find_pareto(tiny_network, loads, "CNXAG", "GEPTI")])
    for one in values:
        beaten = np.all(values <= one, axis=1) & np.any(values < one, axis=1)
        assert not beaten.any()


def test_a_closed_port_leaves_the_other_way_and_both_closed_leave_none(tiny):
    shut = tiny.with_changes([RowChange("places", "KZAAU", "close")])
    (route,) = routes(build_network(shut))
    assert "KZKUR" in {network_end(route.network, arc) for arc in route.arcs}
    both = shut.with_changes([RowChange("places", "KZKUR", "close")])
    with pytest.raises(NoRoute, match=r"closed or avoided \(KZAAU, KZKUR\)"):
        routes(build_network(both))


def test_a_load_that_no_terminal_handles_says_so(tiny_network):
    with pytest.raises(NoRoute) as error:
        routes(tiny_network, load="3 trucks")
    assert "truck" in error.value.problems[0].what


@pytest.mark.parametrize(("settings", "says"), [({"by": "beauty"}, "no criterion"), ({"count": 0}, "cannot be shown")])
def test_wrong_wishes_are_input_errors(tiny_network, settings, says):
    with pytest.raises(InputError, match=says):
        routes(tiny_network, **settings)


def test_origin_and_destination_must_differ(tiny_network):
    with pytest.raises(InputError, match="both GEPTI"):
        find_alternatives(tiny_network, parse_load(tiny_network.corridor, "1 FEU"), "GEPTI", "GEPTI")


def test_the_day_of_departure_puts_the_legs_on_the_calendar(tiny_network):
    depart = dt.datetime(2024, 6, 3, 8)
    quote = make_quote(routes(tiny_network)[0], depart=depart)
    assert quote.legs[0].ready_at == depart
    for one, other in pairwise(quote.legs):
        assert one.done_at == other.ready_at
    last = quote.legs[-1].done_at
    assert last is not None
    assert (last - depart).total_seconds() / 3600 == pytest.approx(quote.time_h.mid)


def test_answers_repeat_to_the_byte(tiny_network):
    assert [route.arcs for route in routes(tiny_network)] == [route.arcs for route in routes(tiny_network)]


def test_signs_stand_only_on_sea_moves_modes_and_the_two_great_neighbours(tiny_network):
    for arc, door in signatures(tiny_network).doors.items():
        kind = ArcKind(tiny_network.kind[arc])
        assert kind in {ArcKind.MOVE, ArcKind.LOAD, ArcKind.TRANSHIP, ArcKind.CROSS_BORDER}
        assert door.kind in {"caspian", "sea", "mode", "ocean", "russia", "iran"}


# -- the kernel against brute force ----------------------------------------------------------------------

arcs_strategy = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=22
)


def every_walk(arcs, origin, destination):
    """All loopless paths as (cost, symbols)."""
    found = []

    def go(node, seen, cost, symbols):
        if node == destination:
            found.append((cost, symbols))
            return
        for tail, head, price, symbol in arcs:
            if tail == node and head not in seen:
                go(head, seen | {head}, cost + price, (*symbols, symbol) if symbol else symbols)

    go(origin, {origin}, 0, ())
    return found


@settings(max_examples=150, deadline=None)
@given(arcs=arcs_strategy, k=st.integers(1, 4))
def test_the_best_of_each_signature_is_found_on_small_networks(arcs, k):
    """Loops can hide an answer (see docs/decisions/0002), so the network is cut to arcs that go upwards."""
    arcs = [(tail, head, price, symbol) for tail, head, price, symbol in arcs if tail < head]
    if not arcs:
        return
    tail, head, price, symbol = (np.array(column) for column in zip(*arcs, strict=True))
    graph = graph_from_arcs(tail, head, 7)
    cost = price.astype(float)
    bound = shortest_tree(graph, cost, 6, towards=True).cost
    parent, via, found = distinct_walks(
        graph.out_first, graph.out_head, graph.out_arc, cost[graph.out_arc], bound,
        symbol.astype(np.int64), np.arange(7, dtype=np.int32), 0, 6, k, 1e9,
    )  # fmt: skip
    answers = []
    for last in found:
        walk, label = [], int(last)
        while parent[label] >= 0:
            walk.append(int(via[label]))
            label = int(parent[label])
        answers.append(sum(price[arc] for arc in walk))
    best: dict[tuple[int, ...], float] = {}
    for total, symbols in every_walk(arcs, 0, 6):
        best[symbols] = min(best.get(symbols, np.inf), total)
    assert answers == sorted(best.values())[:k]
