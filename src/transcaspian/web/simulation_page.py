"""The report of a simulation: pictures, tables, assumptions and sources on one self-contained page.

Start reading at `write_simulation_pages`, which puts the report and the animated map into a run's folder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from transcaspian.corridor import Corridor
from transcaspian.corridor.files import replace_file, write_text
from transcaspian.freight.simulation.bands import queue_title
from transcaspian.freight.simulation.film import make_film
from transcaspian.freight.simulation.result import SimulationResult
from transcaspian.freight.simulation.result_json import simulation_json
from transcaspian.freight.simulation.world import run_world
from transcaspian.web.journey_plots import journeys_svg
from transcaspian.web.ledger_claims import claim_rows
from transcaspian.web.queue_plots import HEIGHT, queue_groups, reading
from transcaspian.web.self_contained import asset, content_policy
from transcaspian.web.simulation_map import write_simulation_map
from transcaspian.web.simulation_tables import (
    THROUGHPUT,
    assumptions_table,
    facilities_table,
    journeys_table,
    lost_days_table,
    rounded,
    span_text,
    throughput_table,
    vessels_table,
)
from transcaspian.web.source_list import source_list
from transcaspian.web.svg import picture
from transcaspian.web.utilisation_plot import utilisation_svg

REPORT, MAP = "report.html", "map.html"
PAGE = "simulation_page.html"
STYLES = ("route_page.css", "simulation_page.css")
RIDGES = (
    "Ridges: how the times of one journey spread, on an axis that doubles at equal steps; equal areas are equal shares "
    "of the cargo. Tick: median; line: 10th to 90th percentile. The journeys with most tonnes, the quickest first."
)
BARS = (
    "Busy hours over hours of all servers (× 2: two berths or gangs). Whisker: 10th to 90th percentile between "
    "replications. Above 85 % a small rise in demand lengthens the queue much."
)
_WIDE, _NARROW = 1120.0, 362.0  # px: a picture is drawn for both, and the page shows the one that fits


def write_simulation_pages(
    folder: Path,
    result: SimulationResult,
    corridor: Corridor,
    *,
    defaults: Sequence[Mapping[str, object]],
    claims: Iterable[str],
    title: str = "",
) -> tuple[Path, Path]:
    """Write `report.html` and `map.html` into a folder; the map shows replication 0, run once more with a trace.

    Parameters
    ----------
    folder
        Exists.
    result, corridor
        What was simulated, and the tables for names, positions and provenance.
    defaults
        As `defaults_used` of the JSON envelope.
    claims
        Ids of the claims that the answer rests on.
    title
        Heading of both pages; the days of the run when empty.

    Returns
    -------
    paths
        Of the report and of the map.

    Raises
    ------
    InputError
        If a file cannot be written.
    """
    title = title or _title(result)
    world = run_world(result.plan, seed=result.seed, replication=0, trace=True)
    film = make_film(result.plan, world, corridor)
    source = f"{_basis(result, corridor)}, replication 0"
    write_simulation_map(folder / MAP, film, title=title, generated_from=source, report=REPORT)
    write_simulation_page(
        folder / REPORT, result, corridor, defaults=defaults, claims=claims, title=title, map_page=MAP
    )
    return folder / REPORT, folder / MAP


def write_simulation_page(
    path: Path,
    result: SimulationResult,
    corridor: Corridor,
    *,
    defaults: Sequence[Mapping[str, object]],
    claims: Iterable[str],
    title: str = "",
    map_page: str = "",
) -> None:
    """Write the report, whole or not at all; `map_page` is the address of the map beside it, empty for none.

    The other parameters are those of `write_simulation_pages`.
    """
    page = render_simulation_page(
        result, corridor, defaults=defaults, claims=claims, title=title or _title(result), map_page=map_page
    )
    replace_file(path, lambda made: write_text(made, page))


def render_simulation_page(
    result: SimulationResult,
    corridor: Corridor,
    *,
    defaults: Sequence[Mapping[str, object]],
    claims: Iterable[str],
    title: str,
    map_page: str = "",
) -> str:
    """The report as one HTML text, without scripts; about 1 MB."""
    answer = simulation_json(result)
    cited = list(dict.fromkeys(claims))
    plan = result.plan
    runs = f"{result.replications} replications" if result.replications > 1 else "one replication"
    starving = [queue_title(row["id"], result, corridor) for row in answer["starving"]]
    sections = _sections(result, corridor, answer, defaults)
    return asset(PAGE).format(
        policy=content_policy(),
        title=escape(title),
        subtitle=escape(f"{_day(plan.since)} to {_day(plan.until)}, {runs}, seed {result.seed}"),
        generated_from=escape(_basis(result, corridor)),
        style="\n".join(asset(name) for name in STYLES),
        verdict=_verdict(answer["throughput"], starving, sections, map_page),
        sections="".join(f'<section id="{name}"><h2>{head}</h2>{body}</section>' for name, head, body in sections),
        sources=source_list({claim: number for number, claim in enumerate(cited, start=1)}, claim_rows(cited)),
    )


def _sections(
    result: SimulationResult,
    corridor: Corridor,
    answer: Mapping[str, Any],
    defaults: Sequence[Mapping[str, object]],
) -> tuple[tuple[str, str, str], ...]:
    """Id, heading and body of each section."""
    throughput = throughput_table(answer["throughput"], days=result.plan.days, replications=result.replications)
    journeys = _note(RIDGES) + _picture(partial(journeys_svg, result, corridor))
    utilisation = _note(BARS) + _picture(partial(utilisation_svg, result, corridor))
    fixed = facilities_table(answer["facilities"], corridor, words="berths, borders, terminals and yards")
    links = facilities_table(answer["links"], corridor, words="stretches of railway")
    return (
        ("throughput", "Throughput", throughput),
        ("queues", "Queues, day by day", _queues(result, corridor) + lost_days_table(answer["lost_days"], corridor)),
        ("journeys", "Door to door", journeys + journeys_table(answer["journeys"], corridor)),
        ("facilities", "Utilisation", utilisation + fixed + links),
        ("vessels", "Ships", vessels_table(answer["vessels"], corridor)),
        ("assumptions", "Assumptions", assumptions_table(defaults, corridor)),
    )


def _day(when: dt.datetime) -> str:
    return f"{when.day} {when:%B %Y}"


def _title(result: SimulationResult) -> str:
    first, last = result.plan.since.year, (result.plan.until - dt.timedelta(days=1)).year
    return f"The Caspian crossing, {first}" + (f"–{last}" if last > first else "")


def _basis(result: SimulationResult, corridor: Corridor) -> str:
    return f"Transcaspian simulation, corridor state {corridor.fingerprint()}, seed {result.seed}"


def _verdict(
    throughput: Mapping[str, Mapping[str, float]],
    starving: Sequence[str],
    sections: Sequence[tuple[str, str, str]],
    map_page: str,
) -> str:
    told = []
    for name in ("caspian_t", "caspian_teu", "alat_wagons", "kuryk_ferry_calls"):
        spread, (words, unit) = throughput[name], THROUGHPUT[name]
        span = f" [{span_text(spread)}]" if spread["p10"] != spread["p90"] else ""
        figures = f"<b>{rounded(spread['mean'])} {unit}</b>{span}"
        told.append(f"{escape(words)}: {figures}.")
    text = f'<p class="said">{" ".join(told)}</p>'
    if starving:
        names = "; ".join(escape(name) for name in starving)
        text += (
            f'<p class="warning"><b>Demand is above capacity.</b> These queues grow without end: {names}. '
            "Mean waits there mean nothing and are not given.</p>"
        )
    if map_page:
        text += f'<a class="to-map" href="{escape(map_page, quote=True)}">Watch one replication on the map</a>'
    links = "".join(f'<li><a href="#{name}">{head}</a></li>' for name, head, _ in sections)
    return f'{text}<ul class="contents">{links}<li><a href="#sources">Sources</a></li></ul>'


def _queues(result: SimulationResult, corridor: Corridor) -> str:
    parts = [_note(reading(result))]
    for group in queue_groups(result, corridor):
        charts = "".join(
            picture([chart], width=group.width, height=HEIGHT, title=f"{group.title}: a queue over the year")
            for chart in group.charts
        )
        parts.append(f'<h3>{escape(group.title)}</h3><div class="charts">{charts}</div>')
        parts.append(_note(group.note) if group.note else "")
    return "".join(parts)


def _picture(draw: Callable[..., str]) -> str:
    wide = draw(width=_WIDE).replace("<svg ", '<svg class="wide" ', 1)
    narrow = draw(width=_NARROW).replace("<svg ", '<svg class="narrow" ', 1)
    return f'<figure class="picture">{wide}{narrow}</figure>'


def _note(words: str) -> str:
    return f'<p class="note">{escape(words)}</p>'
