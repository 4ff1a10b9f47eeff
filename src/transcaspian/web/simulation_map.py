"""One replication as an animated map: ships, trains, queues and closed ports, with a clock to play and to drag.

The page opens from a file and asks no outside address. `freight.simulation.film` says what moves where; the scripts in
`assets/` only place it at the hour that the clock shows. Start reading at `render_simulation_map`.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from transcaspian.corridor.files import replace_file, write_text
from transcaspian.freight.simulation.film import Film
from transcaspian.web.self_contained import asset, content_policy, joined_script, packaged, safe_json

PAGE = "simulation_map.html"
STYLES = ("route_page.css", "route_map.css", "simulation_map.css")
SCRIPTS = ("basemap.js", "map_view.js", "map_labels.js", "film.js", "simulation_marks.js", "simulation_map.js",
           "simulation_player.js")  # fmt: skip
KINDS = {"feeder": "Feeder", "rail_ferry": "Rail ferry", "ropax": "Ro-pax ferry", "tanker": "Tanker",
         "dry_cargo": "Dry cargo ship"}  # fmt: skip
UNITS = ("ships", "containers", "wagons and lorries", "t")


def write_simulation_map(path: Path, film: Film, *, title: str, generated_from: str, report: str = "") -> None:
    """Write the page of one replication, whole or not at all.

    Parameters
    ----------
    path
        The file; replaced when it exists.
    film
        What moves, from `make_film`.
    title, generated_from
        Heading, and what the figures rest on.
    report
        Address of the report beside it, relative to the page; empty for none.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    page = render_simulation_map(film, title=title, generated_from=generated_from, report=report)
    replace_file(path, lambda made: write_text(made, page))


def render_simulation_map(film: Film, *, title: str, generated_from: str, report: str = "") -> str:
    """The whole page as one HTML text; about 0.3 MB and a further 0.75 MB for each year."""
    script = joined_script(SCRIPTS)
    back = f'<a href="{escape(report, quote=True)}">Report of all replications</a>' if report else ""
    return asset(PAGE).format(
        policy=content_policy(script),
        title=escape(title),
        generated_from=escape(generated_from),
        style="\n".join(asset(name) for name in STYLES),
        back=back,
        kinds=_kinds(film),
        rows=_rows(film),
        basemap=safe_json(json.loads(packaged("transcaspian.data", "map/basemap.topo.json"))),
        film=safe_json(film.as_json()),
        script=script,
    )


def _kinds(film: Film) -> str:
    """The legend of ships; the script draws each mark into its canvas."""
    seen = dict.fromkeys(str(ship["kind"]) for ship in film.ships)
    return "".join(
        f'<li><canvas class="mark-of" data-kind="{escape(kind, quote=True)}" width="36" height="36" aria-hidden="true">'
        f"</canvas>{escape(KINDS.get(kind, kind.replace('_', ' ').capitalize()))}</li>"
        for kind in seen
    )


def _rows(film: Film) -> str:
    """A row for each port with ships, a cell for each thing that may wait there; the script fills in the figures."""
    units_of: dict[int, set[str]] = {}
    for queue in film.ship_queues:
        units_of.setdefault(int(queue["port"]), set()).add("ships")
    for queue in film.cargo_queues:
        if any(queue["by_day"]):
            units_of.setdefault(int(queue["port"]), set()).add(str(queue["unit"]))
    rows = []
    for port in sorted(units_of, key=lambda row: (-len(units_of[row]), row)):
        cells = "".join(
            f'<td role="cell" class="waits" data-unit="{unit}" data-label="{_label(unit)}"><span></span><i></i></td>'
            if unit in units_of[port]
            else '<td role="cell" class="waits nil"></td>'
            for unit in UNITS
        )
        name = escape(str(film.ports[port]["name"]))
        rows.append(
            f'<tr role="row" data-port="{port}"><th role="rowheader" scope="row">{name} <em hidden>shut</em></th>'
            f"{cells}</tr>"
        )
    return "".join(rows)


def _label(unit: str) -> str:
    return {"ships": "Ships", "containers": "Containers", "wagons and lorries": "Wagons, lorries", "t": "Tonnes"}[unit]
