"""One self-contained page: shipments, their alternatives on a map and in tables, and every source.

The page opens from a file, asks no outside address (its content policy forbids it), and can be read without scripts:
Python writes all tables; the scripts in `assets/` draw the map and show one shipment and one alternative at a time.
Start reading at `render_page`.  The same input gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from transcaspian.web.alternative_section import alternative_section, leg_kind, leg_title
from transcaspian.web.figures import co2_parts, cost_parts, distance_text, in_words, time_parts
from transcaspian.web.self_contained import asset, content_policy, joined_script, packaged, safe_json
from transcaspian.web.shipments import Alternative, Claims, Leg, Places, Shipment
from transcaspian.web.source_list import number_claims, source_list
from transcaspian.web.summary_table import COLOURS, alternative_id, summary_table, verdict

PAGE = "route_page.html"
STYLES = ("route_page.css", "route_map.css")
SCRIPTS = ("basemap.js", "map_view.js", "map_labels.js", "map_routes.js", "route_page.js")
MODES = ("rail", "sea", "road", "pipeline")


def render_page(
    shipments: Sequence[Shipment],
    places: Places,
    claims: Claims,
    *,
    title: str,
    subtitle: str,
    generated_from: str,
) -> str:
    """The whole page as one HTML text.

    Parameters
    ----------
    shipments
        The questions with their alternatives, in the order of the page's tabs; keys as in `route … --json`.
        A leg's `path` holds [longitude, latitude] in degrees; without one, its two places are joined.
    places
        Place id -> name, position, country and kind, at least for the places named in `shipments`.
    claims
        Claim id -> the published figure; ids cited but missing here are listed and said to be missing.
    title, subtitle
        Heading of the page and the line below it.
    generated_from
        What the figures rest on, e.g. "corridor tables of 1 January 2024, version 0.1.0".

    Returns
    -------
    str
        HTML with style, scripts and map inlined; about 0.35 MB plus the tables.
    """
    numbers = number_claims(shipments)
    script = joined_script(SCRIPTS)
    return asset(PAGE).format(
        policy=content_policy(script),
        title=escape(title),
        subtitle=escape(subtitle),
        generated_from=escape(generated_from),
        style="\n".join(asset(name) for name in STYLES),
        tabs=_tabs(shipments),
        legend=_legend(),
        panels="".join(_panel(each, number, places, numbers) for number, each in enumerate(shipments, start=1)),
        about=_about(shipments, numbers, claims),
        sources=source_list(numbers, claims),
        basemap=safe_json(json.loads(packaged("transcaspian.data", "map/basemap.topo.json"))),
        routes=safe_json(_map_data(shipments, places)),
        script=script,
    )


def _tabs(shipments: Sequence[Shipment]) -> str:
    return "".join(
        f'<button type="button" role="tab" id="tab-{number}" aria-controls="shipment-{number}" '
        f'aria-selected="false">{escape(each["title"])}</button>'
        for number, each in enumerate(shipments, start=1)
    )


def _panel(shipment: Shipment, number: int, places: Places, claim_numbers: Mapping[str, int]) -> str:
    sections = "".join(
        alternative_section(each, at, alternative_id(number, at), places=places, claim_numbers=claim_numbers)
        for at, each in enumerate(shipment["alternatives"], start=1)
    )
    return (
        f'<section class="shipment" id="shipment-{number}" aria-label="{escape(shipment["title"], quote=True)}">'
        f"<h2>{escape(shipment['question'])}</h2>{verdict(shipment)}"
        f'<div class="map-slot"></div>{summary_table(shipment, number)}{sections}</section>'
    )


def _legend() -> str:
    return "".join(
        f'<li><svg class="line {mode}" viewBox="0 0 24 8" aria-hidden="true"><path d="M1 4H23"/></svg>'
        f"{mode.capitalize()}</li>"
        for mode in MODES
    )


def _about(shipments: Sequence[Shipment], numbers: Mapping[str, int], claims: Claims) -> str:
    """How to read the ranges, and how much of the page rests on published figures."""
    legs = [leg for each in shipments for alternative in each["alternatives"] for leg in alternative["legs"]]
    cited = sum(1 for leg in legs if leg["claims"])
    assumed = {
        item["cell"]
        for each in shipments
        for alternative in each["alternatives"]
        for item in alternative["assumptions"]
    }
    publishers = {claims[claim_id]["publisher"] for claim_id in numbers if claim_id in claims}
    share = f"{100 * cited / len(legs):.0f} %" if legs else "–"
    return (
        '<section id="about"><h2>About these numbers</h2><div class="columns">'
        "<p><b>Every figure is a range.</b> 31 d [22–47] reads: 31 days is the middle estimate; published figures and "
        "stated assumptions leave room for 22 to 47. The totals of an alternative are combined from its legs with a "
        "stated correlation: they are not the sum of all lows or of all highs.</p>"
        "<p><b>Claims.</b> A claim is one published figure with publisher, date and address. Where publishers "
        "disagree, both stay and the range holds both. "
        f"This page cites {len(numbers)} claims from {len(publishers)} publishers; "
        f"{share} of its legs and operations cite at least one.</p>"
        "<p><b>Assumptions.</b> Where nothing is published, a figure is a judgement with a reason, a low and a high. "
        f"{len(assumed)} such cells stand behind this page; each alternative lists its own.</p>"
        "<p><b>Spread of time</b> measures reliability: how far door-to-door time may vary. "
        "A short spread is a dependable route, even when it is not the fastest.</p></div></section>"
    )


def _map_data(shipments: Sequence[Shipment], places: Places) -> dict[str, Any]:
    """What the map draws: lines with tooltips, and the places that any leg touches."""
    used = {
        place
        for shipment in shipments
        for alternative in shipment["alternatives"]
        for leg in alternative["legs"]
        for place in (leg["from"], leg["to"])
    }
    return {
        "places": {
            each: {
                "name": places[each]["name"],
                "at": [places[each]["lon"], places[each]["lat"]],
                "kind": places[each]["kind"],
            }
            for each in sorted(used)
            if each in places
        },
        "shipments": [
            {
                "id": f"shipment-{number}",
                "alternatives": [
                    _drawn(alternative, at, alternative_id(number, at), places)
                    for at, alternative in enumerate(shipment["alternatives"], start=1)
                ],
            }
            for number, shipment in enumerate(shipments, start=1)
        ],
    }


def _drawn(alternative: Alternative, number: int, dom_id: str, places: Places) -> dict[str, Any]:
    legs = [
        {
            "id": f"{dom_id}-leg-{at}",
            "kind": leg["kind"],
            "operation": leg["operation"],
            "mode": leg["mode"],
            "from": leg["from"],
            "to": leg["to"],
            "path": [[round(lon, 3), round(lat, 3)] for lon, lat in _path(leg, places)],
            "tip": _tip(leg, places),
        }
        for at, leg in enumerate(alternative["legs"], start=1)
    ]
    return {
        "id": dom_id,
        "number": number,
        "colour": (number - 1) % COLOURS + 1,
        "label": alternative["label"],
        "legs": legs,
    }


def _path(leg: Leg, places: Places) -> list[list[float]]:
    if leg["kind"] == "operation":
        return []
    ends = [places[each] for each in (leg["from"], leg["to"]) if each in places]
    return leg.get("path") or [[place["lon"], place["lat"]] for place in ends]


def _tip(leg: Leg, places: Places) -> list[str]:
    """The lines of a leg's tooltip, plain text: the script sets them as text, never as HTML."""
    gauge = f"{leg['gauge_mm']} mm" if leg["gauge_mm"] else ""
    figures = [
        in_words(time_parts(leg["time_h"])) if leg["time_h"] else "",
        in_words(cost_parts(leg["cost_usd"])) if leg["cost_usd"] and leg["cost_usd"]["high"] else "",
        f"{in_words(co2_parts(leg['co2_kg']))} CO₂" if leg["co2_kg"] and leg["co2_kg"]["high"] else "",
        f"{distance_text(leg['distance_km'])} km" if leg["distance_km"] else "",
    ]
    about = " · ".join(part for part in (leg_kind(leg), gauge, leg["operator"] or "") if part)
    return [leg_title(leg, places), about, *(line for line in figures if line)]
