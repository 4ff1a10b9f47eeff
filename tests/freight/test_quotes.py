"""Quotes of the packaged corridor: sources, assumptions, lines on the map, waiting for a departure."""

from __future__ import annotations

import datetime as dt

import pytest

from transcaspian.corridor.geometry import great_circle_km
from transcaspian.evidence import load_ledger
from transcaspian.freight import find_alternatives, make_quote, parse_load


@pytest.fixture(scope="module")
def quotes(packaged_network):
    loads = parse_load(packaged_network.corridor, "2 FEU")
    return [make_quote(route) for route in find_alternatives(packaged_network, loads, "CNXAG", "ROCND", count=8)]


def test_every_claim_of_a_quote_stands_in_the_ledger(quotes):
    ledger = load_ledger()
    for quote in quotes:
        assert quote.claims
        for claim in quote.claims:
            assert ledger.get_claim(claim).id == claim


def test_every_cell_behind_a_leg_has_an_origin(packaged, quotes):
    for quote in quotes:
        for leg in quote.legs:
            for cell in leg.cells:
                assert packaged.provenance.find(*cell) is not None, cell


def test_a_leg_is_drawn_from_its_start_to_its_end(packaged, quotes):
    places = packaged["places"]
    for quote in quotes:
        for leg in quote.legs:
            if leg.operation:
                assert not leg.path
                continue
            for place, drawn in ((leg.start, leg.path[0]), (leg.end, leg.path[-1])):
                row = places.get_row(place)
                where = (places.floats("longitude_deg")[row], places.floats("latitude_deg")[row])
                assert great_circle_km(where, drawn) < 1


def test_the_lengths_of_the_links_add_up_to_the_distance(packaged, quotes):
    links = packaged["links"]
    for quote in quotes:
        total = sum(links.floats("length_km")[links.get_row(link)] for leg in quote.legs for link in leg.links)
        assert quote.distance_km == pytest.approx(total)


def test_a_timetable_is_waited_for_to_the_day(packaged_network):
    service = "train-poti-baku"
    loads = parse_load(packaged_network.corridor, "2 FEU")
    ways = find_alternatives(packaged_network, loads, "GEPTI", "AZBAK", by="cost", count=8)
    way = next(way for way in ways if any(leg.service == service for leg in make_quote(way).legs))
    for day in range(1, 29):
        quote = make_quote(way, depart=dt.datetime(2024, 6, day, 8))
        (wait,) = (leg for leg in quote.legs if leg.operation == "wait" and leg.service == service)
        assert wait.done_at is not None
        assert wait.done_at.strftime("%a") in {"Tue", "Sat"}
