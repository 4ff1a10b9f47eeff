"""`docs/life-of-a-container.md`: the text of `life_of_a_container.md` with the figures of the packaged corridor."""

from __future__ import annotations

from pathlib import Path
from string import Template

from transcaspian.corridor import Corridor, Estimate3, Network, build_network
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.standards import own_or_standard
from transcaspian.errors import NoRoute
from transcaspian.evidence import load_ledger
from transcaspian.freight import Quote, lower_bound
from transcaspian.freight.answers import Answer, answer_question
from transcaspian.freight.quotes import LEG_CORRELATION
from transcaspian.freight.routes import layer_of

TEXT = Path(__file__).with_suffix(".md")
LOAD = "1 FEU"
# What leaves the way by rail and feeder over Aktau and Alat, which the timetables promise in twelve days.
AVOID = ("RU", "IR", "TM", "AZALA-AZGAN.road")
LINK = "KZ_BEYNEU-KZ_MANGYSTAU.rail"


def life_page() -> str:
    """The page, with every figure worked out anew."""
    answer = asked(AVOID)
    quote = answer.quotes[0]
    words = {
        "command": f'transcaspian route KZHOR GEPTI --load "{LOAD}" ' + " ".join(f"--avoid {word}" for word in AVOID),
        **_claim(answer.corridor),
        **_arc(quote),
        **_search(quote),
        **_totals(quote),
        "legs": "\n".join(_leg_row(answer.corridor, quote)),
        "shut": _shut(),
    }
    return Template(TEXT.read_text(encoding="utf-8")).substitute(words)


def asked(avoid: tuple[str, ...]) -> Answer:
    """The ways from Altynkol to Poti, the quickest first."""
    return answer_question("KZHOR", "GEPTI", load_text=LOAD, avoid=avoid)


def _claim(corridor: Corridor) -> dict[str, str]:
    ledger = load_ledger()
    rows = []
    _, speed_cell = own_speed(corridor)
    for cell in (("links", LINK, "length_km"), speed_cell):
        origin = corridor.provenance.origins[cell]
        what = ", ".join(f"`{claim}`" for claim in origin.claims) + (f", `{origin.formula}`" if origin.formula else "")
        rows.append(f"| `{'/'.join(cell)}` | {origin.basis} | {what} | {origin.low:g}–{origin.high:g} |")
    claim = ledger.get_claim(corridor.provenance.origins["links", LINK, "length_km"].claims[0])
    return {
        "claim_value": f"{claim.value:g} {claim.unit}",
        "claim_id": claim.id,
        "claim_source": ledger.source_of(claim).label(),
        "n_claims": f"{len(ledger.claims):,}",
        "n_sources": f"{len(ledger.sources):,}",
        "link_id": LINK,
        "cells": "\n".join(rows),
        "n_quantities": f"{corridor.provenance.count().total():,}",
    }


def own_speed(corridor: Corridor) -> tuple[Estimate3, Cell]:
    """The speed on the link of the page, its own or the standard one, with the cell that says so."""
    found = own_or_standard(corridor.tables, "links", corridor["links"].get_row(LINK))
    assert found is not None, "every packaged link has a speed"
    return found


def _arc(quote: Quote) -> dict[str, str]:
    network, unit_load = quote.route.network, quote.route.unit_load
    links = network.corridor["links"]
    row = links.get_row(LINK)
    arc = next(arc for arc in quote.route.arcs if network.link[arc] == row)
    tariff = next(row_id for table, row_id, _ in network.cells[unit_load][arc] if table == "tariffs")
    return {
        "n_arcs": f"{network.n_arcs:,}",
        "n_nodes": f"{network.n_nodes:,}",
        "km": f"{links.floats('length_km')[row]:g}",
        "speed": f"{own_speed(network.corridor)[0].mid:g}",
        "time": span(network.time(unit_load, arc), 1),
        "price_usd": span(network.cost(unit_load, arc), 0),
        "tariff": tariff,
    }


def _search(quote: Quote) -> dict[str, str]:
    route = quote.route
    # The bound of the whole network, without what is avoided here.
    bound = lower_bound(_open_network(), route.load, "KZHOR", "GEPTI", by="time")
    return {
        "load": LOAD,
        "cargo": f"{route.load.cargo_t:g}",
        "n_layer": f"{len(layer_of(route.network, route.load.unit_load).arc):,}",
        "bound_h": f"{bound:.0f}",
        "route_h": f"{route.value('time'):.0f}",
        "n_route": str(len(route.arcs)),
    }


def _open_network() -> Network:
    return build_network(asked(()).corridor)


def _totals(quote: Quote) -> dict[str, str]:
    return {
        "borders": ", ".join(f"{border.from_country}→{border.to_country}" for border in quote.borders),
        "sum_low": f"{sum(leg.time_h.low for leg in quote.legs):.0f}",
        "sum_high": f"{sum(leg.time_h.high for leg in quote.legs):,.0f}",
        "correlation": f"{LEG_CORRELATION:g}",
        "total": span(quote.time_h, 0),
        "days": span(quote.time_h.scaled(1 / 24), 1),
        "n_quote_claims": str(len(quote.claims)),
        "n_assumptions": str(len(quote.assumptions)),
    }


def _leg_row(corridor: Corridor, quote: Quote) -> list[str]:
    places = corridor["places"]
    rows = []
    for leg in quote.legs:
        start, end = (places.text(places.get_row(place), "name") for place in (leg.start, leg.end))
        what = leg.operation.replace("_", " ") or f"{leg.mode} {leg.gauge_mm or ''}".strip()
        by = leg.service or leg.operator
        arcs = max(1, len(leg.links))
        to = "" if leg.operation else end
        rows.append(
            f"| {what}{f', {by}' if by else ''} | {start} | {to} | {arcs} | {span(leg.time_h, 1)} "
            f"| {span(leg.cost_usd, 0) if leg.cost_usd.high else ''} |"
        )
    return rows


def _shut() -> str:
    try:
        found = asked((*AVOID, "KZAAU")).quotes[0]
    except NoRoute:
        return "there is no way left"
    return f"the next way is {found.label}, {span(found.time_h.scaled(1 / 24), 1)} days"


def span(value: Estimate3, digits: int) -> str:
    """Mid with its range, as the terminal shows it."""
    mid, low, high = (f"{number:,.{digits}f}" for number in (value.mid, value.low, value.high))
    return mid if low == high else f"{mid} [{low}–{high}]"
