"""One alternative in full: where its time goes, its legs, borders, gauge changes, assumptions and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from transcaspian.web.countries import country_name
from transcaspian.web.figures import (
    NO_FIGURE,
    Range,
    co2_parts,
    cost_parts,
    distance_text,
    in_words,
    plain,
    time_parts,
)
from transcaspian.web.shipments import Alternative, Leg, Places, gauge_changes, place_name
from transcaspian.web.summary_table import badge, colour_class, figure, range_bar

OPERATIONS = {
    "load": "Load",
    "unload": "Unload",
    "tranship": "Tranship",
    "change_gauge": "Change of gauge",
    "cross_border": "Border crossing",
    "clear_customs": "Customs clearance",
    "wait": "Wait for departure",
}
MODES = {"rail": "Rail", "sea": "Sea", "road": "Road", "pipeline": "Pipeline"}

# Where time goes: class of the strip's segment -> its name; a leg falls into the first that fits.
TIME_KINDS = {
    "rail": "Rail",
    "sea": "Sea",
    "road": "Road",
    "pipeline": "Pipeline",
    "wait": "Waiting",
    "border": "Borders and customs",
    "handling": "Handling",
}
BORDER_OPERATIONS = ("cross_border", "clear_customs")


def leg_title(leg: Leg, places: Places) -> str:
    """Where the leg runs, or where the operation is done (plain text)."""
    start, end = place_name(places, leg["from"]), place_name(places, leg["to"])
    return start if start == end else f"{start} → {end}"


def leg_kind(leg: Leg) -> str:
    """Mode or operation in words (plain text)."""
    if leg["kind"] == "operation":
        operation = leg["operation"] or "operation"
        return OPERATIONS.get(operation, operation.replace("_", " ").capitalize())
    mode = leg["mode"] or "move"
    return MODES.get(mode, mode.capitalize())


def source_counter(claims: Sequence[str], numbers: Mapping[str, int], *, words: str = "") -> str:
    """A link that counts the claims and opens their list; a dash when there are none."""
    if not claims:
        return f'<span class="none" title="No published figure: see the assumptions">{NO_FIGURE}</span>'
    listed = sorted({numbers[claim] for claim in claims})
    count = len(listed)
    return (
        f'<a class="counter" href="#claim-{listed[0]}" data-claims="{" ".join(map(str, listed))}" '
        f'aria-label="{count} {"source" if count == 1 else "sources"}">{count}{words}</a>'
    )


def alternative_section(
    each: Alternative, number: int, dom_id: str, *, places: Places, claim_numbers: Mapping[str, int]
) -> str:
    """The section of one alternative, all of it readable without any script."""
    facts = " · ".join(
        (
            in_words(time_parts(each["time_h"])),
            in_words(cost_parts(each["cost_usd"])),
            f"{in_words(co2_parts(each['co2_kg']))} CO₂",
            f"{distance_text(each['distance_km'])} km",
        )
    )
    return (
        f'<section class="alternative {colour_class(number)}" id="{dom_id}" aria-labelledby="{dom_id}-title">'
        f'<h3 id="{dom_id}-title">{badge(number)} {escape(each["label"])}</h3>'
        f'<p class="facts">{escape(facts)}</p>'
        f"{_time_strip(each)}{_legs_table(each, dom_id, places, claim_numbers)}"
        f'<div class="notes">{_borders(each, places)}{_gauge_changes(each, places)}'
        f"{_sources(each, claim_numbers)}</div>{_assumptions(each)}</section>"
    )


def _time_strip(each: Alternative) -> str:
    """A strip of segments, one per leg, as long as its mid time; the totals by kind beneath."""
    hours = [(leg["time_h"]["mid"] if leg["time_h"] else 0.0, leg) for leg in each["legs"]]
    total = sum(h for h, _ in hours)
    if total <= 0:
        return ""
    by_kind: dict[str, float] = {}
    segments = []
    for time_h, leg in hours:
        if time_h > 0:
            kind = _time_kind(leg)
            by_kind[kind] = by_kind.get(kind, 0.0) + time_h
            segments.append(f'<i class="t-{kind}" style="flex-grow:{100 * time_h / total:.3f}"></i>')
    key = "".join(
        f'<li><i class="t-{kind}"></i>{escape(TIME_KINDS[kind])} <b>{escape(_mid_time(by_kind[kind]))}</b></li>'
        for kind in TIME_KINDS
        if kind in by_kind
    )
    return (
        '<figure class="strip"><figcaption>Where the time goes: mid times of the legs, in order</figcaption>'
        f'<div class="segments" aria-hidden="true">{"".join(segments)}</div><ul class="key">{key}</ul></figure>'
    )


def _time_kind(leg: Leg) -> str:
    if leg["kind"] != "operation":
        return leg["mode"] if leg["mode"] in MODES else "rail"
    if leg["operation"] == "wait":
        return "wait"
    return "border" if leg["operation"] in BORDER_OPERATIONS else "handling"


def _mid_time(time_h: float) -> str:
    return time_parts({"low": time_h, "mid": time_h, "high": time_h})[0]


def _legs_table(each: Alternative, dom_id: str, places: Places, claim_numbers: Mapping[str, int]) -> str:
    longest_h = max((leg["time_h"]["high"] for leg in each["legs"] if leg["time_h"]), default=1.0) or 1.0
    titles = (
        ("Leg", ""),
        ("Mode or operation", ""),
        ("Gauge, mm", ""),
        ("Operator", ""),
        ("Time", ' class="ranged"'),
        ("Cost", ' class="figures"'),
        ("CO₂", ' class="figures"'),
        ("km", ' class="number"'),
        ("Sources", ' class="number"'),
    )
    head = "".join(f'<th role="columnheader" scope="col"{kind}>{title}</th>' for title, kind in titles)
    rows = "".join(
        _leg_row(leg, f"{dom_id}-leg-{at}", longest_h, places, claim_numbers)
        for at, leg in enumerate(each["legs"], start=1)
    )
    return (
        '<table class="legs" role="table"><caption>Legs and operations in order: mid [low–high]</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _leg_row(leg: Leg, row_id: str, longest_h: float, places: Places, claim_numbers: Mapping[str, int]) -> str:
    is_move = leg["kind"] != "operation"
    gauge = str(leg["gauge_mm"] or "")
    mark = (
        f'<svg class="line {escape(leg["mode"] or "", quote=True)}" viewBox="0 0 24 8" aria-hidden="true">'
        '<path d="M1 4H23"/></svg>'
        if is_move
        else ""
    )
    return (
        f'<tr role="row" id="{row_id}" class="{"move" if is_move else "operation"}">'
        f'<th role="rowheader" scope="row">{escape(leg_title(leg, places))}</th>'
        f'<td role="cell" class="mode">{mark}{escape(leg_kind(leg))}</td>'
        f"{_cell('Gauge', gauge, kind='gauge')}"
        f"{_cell('Operator', escape(leg['operator'] or ''), kind='operator')}"
        f"{_cell('Time', _time(leg['time_h'], longest_h), kind='ranged')}"
        f"{_cell('Cost', _money(leg['cost_usd']), kind='figures')}"
        f"{_cell('CO₂', _emission(leg['co2_kg']), kind='figures')}"
        f"{_cell('km', distance_text(leg['distance_km']), kind='number')}"
        f"{_cell('Sources', source_counter(leg['claims'], claim_numbers), kind='number')}</tr>"
    )


def _cell(label: str, content: str, *, kind: str) -> str:
    """A cell that knows its column's name, for narrow screens; `nil` marks one without a figure."""
    nil = " nil" if content in ("", NO_FIGURE) or content.startswith('<span class="none"') else ""
    return f'<td role="cell" class="{kind}{nil}" data-label="{label}">{content}</td>'


def _time(time_h: Range | None, longest_h: float) -> str:
    if not time_h:
        return NO_FIGURE
    return f'<div class="pair">{range_bar(time_h, longest_h)}<span>{figure(time_parts(time_h))}</span></div>'


def _known(estimate: Range | None) -> bool:
    return estimate is not None and estimate["high"] > 0


def _money(cost_usd: Range | None) -> str:
    return figure(cost_parts(cost_usd)) if cost_usd and _known(cost_usd) else NO_FIGURE


def _emission(co2_kg: Range | None) -> str:
    return figure(co2_parts(co2_kg)) if co2_kg and _known(co2_kg) else NO_FIGURE


def _borders(each: Alternative, places: Places) -> str:
    if not each["borders"]:
        return "<div><h4>Borders</h4><p>None: the route stays in one country.</p></div>"
    items = "".join(
        f"<li>{escape(country_name(border['from_country']))} → {escape(country_name(border['to_country']))} "
        f"<span>at {escape(place_name(places, border['place']))}</span></li>"
        for border in each["borders"]
    )
    return f'<div><h4>Borders, in order</h4><ol class="borders">{items}</ol></div>'


def _gauge_changes(each: Alternative, places: Places) -> str:
    items = "".join(
        f"<li>{escape(place_name(places, leg['from']))}: {before or '?'} → {after or '?'} mm "
        f"<span>{escape(in_words(time_parts(leg['time_h']))) if leg['time_h'] else ''}</span></li>"
        for leg, before, after in gauge_changes(each)
    )
    return f"<div><h4>Gauge changes</h4>{f'<ul>{items}</ul>' if items else '<p>None.</p>'}</div>"


def _sources(each: Alternative, claim_numbers: Mapping[str, int]) -> str:
    legs = each["legs"]
    cited = sum(1 for leg in legs if leg["claims"])
    count = len(set(each["claims"]))
    link = source_counter(each["claims"], claim_numbers, words=" published claims") if count else "No claims"
    return (
        f"<div><h4>Sources</h4><p>{link}; {cited} of {len(legs)} legs and operations cite at least one. "
        f"{len(each['assumptions'])} figures are assumptions, each with its range below.</p></div>"
    )


def _assumptions(each: Alternative) -> str:
    if not each["assumptions"]:
        return ""
    rows = "".join(
        f'<tr role="row"><th role="rowheader" scope="row"><code>{escape(item["cell"])}</code></th>'
        f'<td role="cell" class="number" data-label="Low–high">{_span(item["low"], item["high"])}</td>'
        f'<td role="cell" data-label="Reason">{escape(item["reason"])}</td></tr>'
        for item in each["assumptions"]
    )
    count = len(each["assumptions"])
    return (
        f"<details><summary>{count} assumption{'' if count == 1 else 's'}, with ranges and reasons</summary>"
        '<table class="assumptions" role="table"><thead role="rowgroup"><tr role="row">'
        '<th role="columnheader" scope="col">Cell</th>'
        '<th role="columnheader" scope="col" class="number">Low–high</th>'
        '<th role="columnheader" scope="col">Reason</th></tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table></details>'
    )


def _span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return NO_FIGURE
    return plain(low) if low == high else f"{plain(low)}–{plain(high)}"
