"""Which corridor a route belongs to, and what it is called."""

from __future__ import annotations

import pytest

from transcaspian.freight import find_alternatives, make_quote, parse_load
from transcaspian.freight.corridors import CORRIDOR_DOORS, TITLES, doors_except, signatures


def quotes(network, origin, destination, **settings):
    loads = parse_load(network.corridor, "1 FEU")
    return [make_quote(route) for route in find_alternatives(network, loads, origin, destination, **settings)]


@pytest.mark.parametrize(
    ("origin", "destination", "corridor", "words"),
    [
        ("CNXAG", "DEDUI", "northern", "Northern by rail through Russia and Belarus"),
        ("CNXAG", "ROCND", "middle", "Middle by Aktau–Alat and Baku–Tbilisi–Kars"),
        ("CNSHG", "NLRTM", "ocean", "Ocean by Shanghai–Rotterdam by Suez"),
        ("CNSHG", "NLRTM", "ocean", "Ocean by Shanghai–Rotterdam by the Cape"),
        ("KZAST", "GETBS", "russia_caucasus", "Russia–Caucasus by rail through Russia and Azerbaijan"),
        ("KZALA", "TRMER", "southern", "Southern by Van–Tatvan"),
        ("KZHOR", "KZAAU", "regional", "Regional by rail"),
    ],
)
def test_well_known_ways_are_called_by_their_names(packaged_network, origin, destination, corridor, words):
    found = {quote.label: quote.corridor for quote in quotes(packaged_network, origin, destination)}
    assert words in found
    assert found[words] == corridor


def test_every_corridor_has_a_title(packaged_network):
    for origin, destination in (("CNXAG", "ROCND"), ("CNSHG", "NLRTM"), ("KZALA", "TRMER"), ("IRTHR", "RUMOW")):
        for quote in quotes(packaged_network, origin, destination):
            assert quote.corridor in TITLES
            assert quote.label.startswith(TITLES[quote.corridor])


@pytest.mark.parametrize("kind", CORRIDOR_DOORS)
def test_the_doors_of_the_other_corridors_are_told_from_ones_own(packaged_network, kind):
    doors = signatures(packaged_network).doors
    shut = doors_except(packaged_network, kind)
    for arc in shut.nonzero()[0].tolist():
        assert doors[arc].kind in CORRIDOR_DOORS
        assert doors[arc].kind != kind
    assert not any(shut[arc] for arc, door in doors.items() if door.kind == kind)
