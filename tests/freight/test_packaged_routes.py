"""What the packaged corridor must show: pairs that connect, the right physics, published figures in range."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest

from transcaspian.corridor import ArcKind, RowChange, build_network
from transcaspian.corridor.geometry import great_circle_km
from transcaspian.errors import NoRoute
from transcaspian.freight import CRITERIA, find_alternatives, lower_bound, make_quote, parse_load
from transcaspian.freight.validation import compare

PAIRS = [
    ("CNXAG", "ROCND", "2 FEU"),
    ("CNCQI", "GEPTI", "2 FEU"),
    ("KZALA", "TRMER", "2 FEU"),
    ("UZTAS", "GEBUS", "2 FEU"),
    ("CNURM", "DEDUI", "2 FEU"),
    ("KZSHY", "TRIST", "2 FEU"),
    ("KZPWQ", "AZBAK", "500 t aluminium"),
    ("KZAAU", "AZBAK", "3 wagons"),
    ("KZAAU", "AZBAK", "2 FEU"),
    ("KZAAU", "AZBAK", "12000 t crude"),
    ("UZTAS", "TRIST", "2 FEU"),
    ("TMKRW", "BGBOJ", "2 FEU"),
    ("KZAST", "GETBS", "1000 t wheat"),
]


def routes(network, origin, destination, load, **settings):
    return find_alternatives(network, parse_load(network.corridor, load), origin, destination, **settings)


@pytest.mark.parametrize(("origin", "destination", "load"), PAIRS)
def test_each_pair_is_connected_in_at_least_three_ways(packaged_network, origin, destination, load):
    assert len(routes(packaged_network, origin, destination, load, count=6)) >= 3


def test_shanghai_rotterdam_goes_by_suez_by_the_cape_and_by_land(packaged_network):
    found = routes(packaged_network, "CNSHG", "NLRTM", "2 FEU", count=10)
    labels = " | ".join(make_quote(route).label for route in found)
    assert "Suez" in labels
    assert "Cape" in labels
    assert len(found) >= 3


def test_xian_constanta_shows_five_genuinely_different_ways(packaged_network):
    quotes = [make_quote(route) for route in routes(packaged_network, "CNXAG", "ROCND", "2 FEU", count=10)]
    assert {"middle", "northern", "ocean"} <= {quote.corridor for quote in quotes}
    labels = " | ".join(quote.label for quote in quotes)
    for gate in ("Poti", "Baku–Tbilisi–Kars", "Turkmenbashi"):
        assert gate in labels


@pytest.mark.parametrize(("origin", "destination", "load"), PAIRS)
def test_the_physics_of_every_alternative(packaged_network, origin, destination, load):
    places = packaged_network.corridor["places"]
    country = {place: places.text(row, "country") for row, place in enumerate(places)}
    for route in routes(packaged_network, origin, destination, load, count=6):
        quote = make_quote(route)
        moves = [leg for leg in quote.legs if not leg.operation]
        for one, other in pairwise(moves):
            if one.mode == other.mode == "rail" and one.gauge_mm != other.gauge_mm:
                between = quote.legs[quote.legs.index(one) + 1 : quote.legs.index(other)]
                assert any(leg.operation == "change_gauge" for leg in between)
        chain = [country[leg.start] for leg in moves[:1]] + [country[leg.end] for leg in moves]
        changes = [(one, other) for one, other in pairwise(chain) if one != other]
        assert [(border.from_country, border.to_country) for border in quote.borders] == changes
        for leg in moves:
            if leg.mode == "sea":
                ends = [places.get_row(place) for place in (leg.start, leg.end)]
                points = [(places.floats("longitude_deg")[r], places.floats("latitude_deg")[r]) for r in ends]
                assert leg.distance_km >= great_circle_km(points[0], points[1])


@pytest.mark.parametrize("by", CRITERIA)
@pytest.mark.parametrize(("origin", "destination", "load"), PAIRS[:5])
def test_no_alternative_beats_the_lower_bound(packaged_network, origin, destination, load, by):
    (asked,) = parse_load(packaged_network.corridor, load)
    bound = lower_bound(packaged_network, asked, origin, destination, by=by)
    for route in routes(packaged_network, origin, destination, load, by=by, count=8):
        assert route.value(by) >= bound * (1 - 1e-12)


def test_aktau_kuryk_and_alat_are_three_ports_with_three_distances(packaged):
    links = packaged["links"]
    lengths = {
        frozenset((links.text(row, "from_place"), links.text(row, "to_place"))): links.floats("length_km")[row]
        for row in range(len(links))
        if links.text(row, "mode") == "sea"
    }
    aktau, kuryk, turkmenbashi = (lengths[frozenset((port, "AZALA"))] for port in ("KZAAU", "KZKUR", "TMKRW"))
    assert len({aktau, kuryk, turkmenbashi}) == 3


def closable(corridor):
    route_ids = {"links": 40, "places": 25, "services": 12, "facilities": 12}
    for table, count in route_ids.items():
        ids = list(corridor[table])
        yield from ((table, row_id) for row_id in ids[:: max(1, len(ids) // count)])


def test_whatever_is_closed_carries_nothing(packaged):
    """A sample of every table: the network of the closed corridor has no arc that uses it."""
    for table, row_id in closable(packaged):
        network = build_network(packaged.with_changes([RowChange(table, row_id, "close")]))
        row = packaged[table].get_row(row_id)
        if table == "places":
            sides = {n for n, node in enumerate(network.nodes) if node.place == row_id and node.stage != "origin"}
            moves = network.kind == ArcKind.MOVE
            touched = {*network.tail[moves].tolist(), *network.head[moves].tolist()}
            assert not sides & touched, row_id
        else:
            used = {"links": network.link, "services": network.service, "facilities": network.facility}[table]
            assert row not in used, row_id


def test_with_the_caspian_ports_of_azerbaijan_closed_the_middle_corridor_is_gone(packaged):
    shut = packaged.with_changes(
        [RowChange("places", place, "close") for place in packaged["places"] if place.startswith("AZ")]
    )
    found = routes(build_network(shut), "CNXAG", "ROCND", "2 FEU", count=8)
    assert "middle" not in {route.corridor for route in found}
    with pytest.raises(NoRoute, match="closed or avoided"):
        routes(build_network(shut), "KZAAU", "AZBAK", "2 FEU")


MUST_AGREE = {
    "altynkol-aktau",
    "altynkol-poti",
    "xian-absheron",
    "xian-constanta",
    "shanghai-rotterdam-suez",
    "shanghai-rotterdam-cape",
}


def test_published_figures_fall_inside_the_ranges(packaged):
    comparisons = {comparison.published.id: comparison for comparison in compare(packaged)}
    misses = {name for name in MUST_AGREE if not comparisons[name].agrees}
    assert not misses


FAR_APART = (
    "CNXAG",
    "KZAAU",
    "KZAST",
    "UZTAS",
    "TMKRW",
    "AZALA",
    "AZGAN",
    "GEPTI",
    "TRIST",
    "ROCND",
    "RU_SAMARA",
    "NLRTM",
)


@pytest.mark.parametrize("load", ["1 FEU", "1 truck", "10 wagons"])
def test_the_best_does_not_depend_on_how_many_are_asked_for(packaged_network, load):
    asked = parse_load(packaged_network.corridor, load)
    for origin, destination in permutations(FAR_APART, 2):
        try:
            ten = find_alternatives(packaged_network, asked, origin, destination, count=10)
        except NoRoute:
            assert lower_bound(packaged_network, asked[0], origin, destination, by="time") == float("inf")
            continue
        (one,) = find_alternatives(packaged_network, asked, origin, destination, count=1)
        assert one.value("time") == pytest.approx(ten[0].value("time"))


@pytest.mark.parametrize("load", ["1 FEU", "1 truck", "10 wagons"])
def test_nothing_is_handled_twice_on_the_spot(packaged_network, load):
    asked = parse_load(packaged_network.corridor, load)
    for origin, destination in permutations(FAR_APART, 2):
        try:
            found = find_alternatives(packaged_network, asked, origin, destination, by="cost")
        except NoRoute:
            continue
        for route in found:
            legs = make_quote(route).legs
            for one, other in pairwise(legs):
                assert {one.operation, other.operation} - {"tranship", "load", "unload"} or one.start != other.start
                assert (one.operation, other.operation) != ("change_gauge", "change_gauge")
