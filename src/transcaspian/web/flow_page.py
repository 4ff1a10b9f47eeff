"""A year's flows on one self-contained page: a map with lines as thick as their tonnes, and what is full.

The page opens from a file, runs no script and asks no outside address. Start reading at `render_flow_page`;
`write_flow_folder` puts it into a folder together with tables and a manifest.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from transcaspian import __version__
from transcaspian.corridor import Corridor
from transcaspian.corridor.files import replace_file, replace_folder, write_text
from transcaspian.corridor.lines import link_line, place_point
from transcaspian.freight.corridors import TITLES
from transcaspian.freight.flows.flow_json import flow_json, flow_tables
from transcaspian.freight.flows.result import FlowResult, LimitFlow
from transcaspian.web.self_contained import asset, content_policy, packaged
from transcaspian.web.svg import BLUE, GREEN, INK, LINE, MUTED, OCHRE, ORANGE, SOFT, path, picture, text

WIDTH, HEIGHT = 1240.0, 620.0
WEST, EAST, SOUTH, NORTH = -12.0, 124.0, -2.0, 62.0  # of the map, degrees
_THICKEST_PX, _THINNEST_PX = 16.0, 0.8
_SHOWN = 30  # rows of a table of limits
_NAMED = ("CNXAG", "KZHOR", "KZAAU", "AZALA", "TMKRW", "GEPTI", "TRIST", "DEDUI", "CNSHG", "UZTAS")
_COLOURS = {"rail": BLUE, "sea": GREEN, "road": OCHRE, "pipeline": MUTED}
Points = list[tuple[float, float]]


def write_flow_page(
    path_: Path, result: FlowResult, corridor: Corridor, *, inputs: Mapping[str, Any], claims: Iterable[str]
) -> None:
    """Write the page, whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    page = render_flow_page(result, corridor, inputs=inputs, claims=claims)
    replace_file(path_, lambda made: write_text(made, page))


def write_flow_folder(
    folder: Path, result: FlowResult, corridor: Corridor, *, inputs: Mapping[str, Any],
    defaults: Sequence[Mapping[str, Any]], claims: Iterable[str],
) -> None:  # fmt: skip
    """Write `manifest.json`, a Parquet file for every table, and `report.html`.

    Raises
    ------
    InputError
        If the folder cannot be made or written.
    """
    import pandas as pd  # takes longer to import than the equilibrium takes to solve

    known = tuple(claims)
    manifest = {
        "command": "flows",
        "version": __version__,
        "inputs": {**inputs, "corridor": corridor.fingerprint()},
        "convergence": flow_json(result)["convergence"],
        "defaults_used": [dict(one) for one in defaults],
        "claims": list(known),
    }

    def fill(made: Path) -> None:
        write_text(made / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
        for name, rows in flow_tables(result).items():
            pd.DataFrame(rows).to_parquet(made / f"{name}.parquet", index=False)
        write_text(made / "report.html", render_flow_page(result, corridor, inputs=inputs, claims=known))

    replace_folder(folder, fill)


def render_flow_page(
    result: FlowResult, corridor: Corridor, *, inputs: Mapping[str, Any], claims: Iterable[str]
) -> str:
    """The whole page as one HTML text."""
    title = f"Flows of {result.year}: {result.method}"
    asked = ", ".join(f"{name} {_word(value)}" for name, value in inputs.items() if value and name != "method")
    style = "\n".join(asset(name) for name in ("route_page.css", "simulation_page.css"))
    unmet = "".join(f"<li>{escape(one.demand)}: {one.t_per_year / 1e3:,.1f} kt not carried: {escape(one.reason)}</li>"
                    for one in result.unmet)  # fmt: skip
    notes = "".join(f'<p class="warning">{escape(note)}</p>' for note in result.notes)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{content_policy()}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f'<style>{style}</style></head><body class="report">'
        f'<main><h1>{escape(title)}</h1><p>{escape(asked)}</p><p class="said">{escape(_said(result))}</p>{notes}'
        f'<div class="picture">{flow_map(result, corridor)}</div>'
        f"<section><h2>Corridors</h2>{_corridors(result)}</section>"
        f"<section><h2>Markets</h2>{_markets(result)}</section>"
        f"<section><h2>What is full</h2>{_limits(result)}</section>"
        + (f"<section><h2>Not carried</h2><ul>{unmet}</ul></section>" if unmet else "")
        + f'<section><h2>Sources</h2><p class="note">{len(tuple(claims))} claims stand behind these figures; '
        "<code>transcaspian flows --json</code> lists them with every default, <code>transcaspian facts</code> tells "
        "what each says.</p></section></main></body></html>\n"
    )


def flow_map(result: FlowResult, corridor: Corridor) -> str:
    """Links as lines, thick with tonnes and red where they are nearly full, over coasts and borders."""
    flows = [one for one in result.links if one.flow_t > 0]
    most = max((one.flow_t for one in flows), default=1.0)
    links = corridor["links"]
    drawn = []
    for one in sorted(flows, key=lambda one: one.flow_t):
        row = links.get_row(one.id)
        width = max(_THINNEST_PX, _THICKEST_PX * math.sqrt(one.flow_t / most))
        full = one.utilisation is not None and one.utilisation >= 0.9
        colour = ORANGE if full else _COLOURS.get(links.text(row, "mode"), INK)
        tip = f"{one.id}: {one.flow_t / 1e3:,.0f} kt" + (
            f", {100 * one.utilisation:.0f} % full" if one.utilisation else ""
        )
        points = [_at(point) for point in link_line(corridor, row)]
        line = path(points, stroke=colour, more=f'stroke-width="{width:.1f}" stroke-opacity="0.75" '
                    'stroke-linecap="round" stroke-linejoin="round"')  # fmt: skip
        drawn.append(f"<g>{line.replace('/>', f'><title>{escape(tip)}</title></path>')}</g>")
    base = [path([_at(p) for p in arc], stroke=LINE, more='stroke-width="1"') for arc in _base_lines("coast")]
    base += [path([_at(p) for p in arc], stroke=SOFT, more='stroke-width="1"') for arc in _base_lines("borders")]
    names = _names(corridor)
    clip = (f'<clipPath id="frame"><rect width="{WIDTH:g}" height="{HEIGHT:g}"/></clipPath>'
            f'<g clip-path="url(#frame)">{"".join(base)}{"".join(drawn)}</g>')  # fmt: skip
    key = [text(16, HEIGHT - 16 - 18 * number, word, size=12, fill=colour, weight=600)
           for number, (word, colour) in enumerate((("pipeline", MUTED), ("road", OCHRE), ("sea", GREEN),
                                                    ("rail", BLUE),
                                                    ("nearly full", ORANGE)))]  # fmt: skip
    key.append(text(16, HEIGHT - 16 - 18 * 5, f"thickest: {most / 1e6:,.2f} Mt a year", size=12, fill=INK))
    return picture([clip, *names, *key], width=WIDTH, height=HEIGHT, title="Tonnes on every link")


def _names(corridor: Corridor) -> list[str]:
    """Words at the gates that a reader looks for."""
    places = corridor["places"]
    words = []
    for place in _NAMED:
        if place in places:
            x, y = _at(place_point(places, place))
            name = places.text(places.get_row(place), "name").split(" (")[0].split(",")[0]
            anchor = "end" if x > WIDTH - 90 else "start"  # no name leaves the picture
            words.append(text(x + 5, y - 8, name, size=11, fill=INK, weight=600, anchor=anchor))
    return words


@cache
def _base_lines(name: str) -> tuple[Points, ...]:
    """Lines of the packaged base map, longitude and latitude in degrees."""
    topology = json.loads(packaged("transcaspian.data", "map/basemap.topo.json"))
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for group in topology["objects"][name]["arcs"]:
        line: Points = []
        for number in group:
            x = y = 0
            arc: Points = []
            for dx, dy in topology["arcs"][number if number >= 0 else ~number]:
                x, y = x + dx, y + dy
                arc.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
            line += arc if number >= 0 else arc[::-1]
        if any(WEST - 5 < lon < EAST + 5 and SOUTH - 5 < lat < NORTH + 5 for lon, lat in line):
            lines.append(line)
    return tuple(lines)


def _at(point: tuple[float, float]) -> tuple[float, float]:
    """Where a point of the Earth stands on the picture."""
    lon, lat = point
    return (lon - WEST) / (EAST - WEST) * WIDTH, (NORTH - lat) / (NORTH - SOUTH) * HEIGHT


def _said(result: FlowResult) -> str:
    binding = f"Nearly full or full: {', '.join(result.binding)}." if result.binding else "Nothing is nearly full."
    return (
        f"{result.carried_t / 1e6:,.2f} of {result.demand_t / 1e6:,.2f} Mt are carried, at "
        f"{result.mean_cost_usd_per_t:,.0f} USD a tonne and in {result.mean_time_h / 24:,.1f} days on average. "
        f"{binding}"
    )


def _corridors(result: FlowResult) -> str:
    rows = [(TITLES.get(one.id, one.id), f"{one.t_per_year / 1e3:,.1f}", f"{one.teu_per_year / 1e3:,.2f}",
             f"{100 * one.share:.2f} %") for one in result.corridors]  # fmt: skip
    return _table(("corridor", "kt", "thousand TEU", "share of all tonnes"), rows)


def _markets(result: FlowResult) -> str:
    rows = [(one.id, TITLES.get(one.corridor, one.corridor), f"{one.t_per_year / 1e3:,.1f}",
             f"{one.teu_per_year / 1e3:,.2f}", f"{100 * one.share:.2f} %")
            for one in result.markets if one.share >= 5e-4]  # fmt: skip
    return _table(("market", "corridor", "kt", "thousand TEU", "share of the market"), rows)


def _limits(result: FlowResult) -> str:
    limits: list[LimitFlow] = [*result.facilities, *result.links, *result.fleets]
    limits.sort(key=lambda one: (-(one.utilisation or 0.0), one.id))
    rows = [
        (one.id, f"{100 * (one.utilisation or 0.0):.0f} %", f"{one.delay_h:,.1f} h", f"{one.flow_t / 1e3:,.0f}",
         "" if one.shadow_price_usd_per_t is None else f"{one.shadow_price_usd_per_t:,.2f}")
        for one in limits[:_SHOWN]
    ]  # fmt: skip
    return _table(("limit", "full", "wait of a passage", "kt", "USD for room for one more tonne"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(word)}</th>' for word in head)
    body = "".join(
        "<tr>"
        + f'<th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _word(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
