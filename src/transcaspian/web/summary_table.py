"""The table that sets a shipment's alternatives side by side, every range drawn to a common scale."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from transcaspian.web.figures import (
    Range,
    co2_parts,
    cost_parts,
    distance_text,
    in_words,
    nice_end,
    time_parts,
)
from transcaspian.web.shipments import Alternative, Shipment, gauge_changes

COLOURS = 8  # classes c1 … c8 in the style sheet; further alternatives begin again and keep their number

Parts = Callable[[Range], tuple[str, str]]


def alternative_id(shipment_number: int, alternative_number: int) -> str:
    """The DOM id of an alternative's section, also used in the address after `#`."""
    return f"shipment-{shipment_number}-alternative-{alternative_number}"


def colour_class(alternative_number: int) -> str:
    """The class that gives an alternative its colour."""
    return f"c{(alternative_number - 1) % COLOURS + 1}"


def badge(alternative_number: int) -> str:
    """The alternative's number in its colour."""
    return f'<span class="badge {colour_class(alternative_number)}">{alternative_number}</span>'


def range_bar(estimate: Range, axis_end: float) -> str:
    """A whisker from low to high with a mark at mid, on an axis from zero to `axis_end`."""
    low, mid, high = (100 * min(1.0, max(0.0, estimate[key] / axis_end)) for key in ("low", "mid", "high"))
    return (
        f'<span class="bar" aria-hidden="true" style="--low:{low:.2f}%;--mid:{mid:.2f}%;--high:{high:.2f}%">'
        '<i class="whisker"></i><i class="mid"></i></span>'
    )


def figure(parts: tuple[str, str]) -> str:
    """Mid in strong, range beside it."""
    mid, span = parts
    return f"<b>{escape(mid)}</b>" + (f' <span class="span">[{escape(span)}]</span>' if span else "")


def verdict(shipment: Shipment) -> str:
    """One sentence: how many alternatives, and which is quickest, cheapest and cleanest."""
    alternatives = shipment["alternatives"]
    if not alternatives:
        return "<p class='verdict'>No route was found for this shipment.</p>"
    load = escape(shipment["load"])
    if len(alternatives) == 1:
        [only] = alternatives
        figures = (time_parts(only["time_h"]), cost_parts(only["cost_usd"]), co2_parts(only["co2_kg"]))
        told = escape(", ".join(in_words(parts) for parts in figures))
        return f"<p class='verdict'>One way to carry {load}: {badge(1)} {escape(only['label'])}, {told} CO₂.</p>"
    best = _best(alternatives)
    fastest, cheapest, cleanest = best["fastest"], best["cheapest"], best["least CO₂"]
    winners = (
        ("Fastest", fastest, time_parts(alternatives[fastest]["time_h"])),
        ("Cheapest", cheapest, cost_parts(alternatives[cheapest]["cost_usd"])),
        ("Least CO₂", cleanest, co2_parts(alternatives[cleanest]["co2_kg"])),
    )
    sentences = " ".join(
        f"{word}: {badge(at + 1)} {escape(alternatives[at]['label'])}, {escape(in_words(parts))}."
        for word, at, parts in winners
    )
    return f"<p class='verdict'>{len(alternatives)} ways to carry {load}. {sentences}</p>"


def summary_table(shipment: Shipment, shipment_number: int) -> str:
    """The comparison of alternatives; each row's button shows its alternative."""
    alternatives = shipment["alternatives"]
    if not alternatives:
        return ""
    ends = {
        "time_h": 24 * nice_end(max(a["time_h"]["high"] for a in alternatives) / 24),
        "cost_usd": nice_end(max(a["cost_usd"]["high"] for a in alternatives)),
        "co2_kg": nice_end(max(a["co2_kg"]["high"] for a in alternatives)),
        "spread_h": 24 * nice_end(max(a["reliability"]["spread_h"] for a in alternatives) / 24),
    }
    scales = {key: _scale(key, end) for key, end in ends.items()}
    head = "".join(
        f'<th role="columnheader" scope="col"{kind}>{title}{scale}</th>'
        for title, kind, scale in (
            ("Alternative", "", ""),
            ("Time", ' class="ranged"', scales["time_h"]),
            ("Cost", ' class="ranged"', scales["cost_usd"]),
            ("CO₂", ' class="ranged"', scales["co2_kg"]),
            ("Spread of time", ' class="ranged"', scales["spread_h"]),
            ("km", ' class="number"', ""),
            ("Borders", ' class="number"', ""),
            ("Gauge changes", ' class="number"', ""),
        )
    )
    best = _best(alternatives)
    rows = "".join(
        _row(each, alternative_id(shipment_number, at + 1), at, ends, [w for w, i in best.items() if i == at])
        for at, each in enumerate(alternatives)
    )
    return (
        '<table class="summary" role="table"><caption>Alternatives compared: low, mid and high, drawn to one '
        f'scale per column</caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>'
    )


def _row(each: Alternative, dom_id: str, at: int, ends: dict[str, float], titles: list[str]) -> str:
    number = at + 1
    spread_h = each["reliability"]["spread_h"]
    spread: Range = {"low": 0.0, "mid": spread_h, "high": spread_h}
    won = "".join(f'<span class="won">{escape(title)}</span>' for title in titles)
    name = (
        f'<button type="button" class="choose" data-show="{dom_id}" aria-pressed="false">{badge(number)}'
        f'<span class="label">{escape(each["label"])}</span></button>'
        f'<span class="kind">{escape(each["corridor"].replace("_", "–"))}{won}</span>'
    )
    ranged = (
        ("Time", each["time_h"], time_parts(each["time_h"]), "time_h"),
        ("Cost", each["cost_usd"], cost_parts(each["cost_usd"]), "cost_usd"),
        ("CO₂", each["co2_kg"], co2_parts(each["co2_kg"]), "co2_kg"),
        ("Spread of time", spread, (time_parts(spread)[0], ""), "spread_h"),
    )
    cells = "".join(
        f'<td role="cell" class="ranged{" spread" if key == "spread_h" else ""}" data-label="{title}">'
        f"{range_bar(estimate, ends[key])}<span>{figure(parts)}</span></td>"
        for title, estimate, parts, key in ranged
    )
    counts = (
        ("km", distance_text(each["distance_km"])),
        ("Borders", str(len(each["borders"]))),
        ("Gauge changes", str(len(gauge_changes(each)))),
    )
    cells += "".join(f'<td role="cell" class="number" data-label="{title}">{text}</td>' for title, text in counts)
    return (
        f'<tr role="row" class="{colour_class(number)}" data-show="{dom_id}">'
        f'<th role="rowheader" scope="row">{name}</th>{cells}</tr>'
    )


def _best(alternatives: list[Alternative]) -> dict[str, int]:
    """Which row wins each title, by mid; the first of equals. One row alone wins nothing."""
    rows = range(len(alternatives))
    if len(rows) < 2:
        return {}
    return {
        "fastest": min(rows, key=lambda i: alternatives[i]["time_h"]["mid"]),
        "cheapest": min(rows, key=lambda i: alternatives[i]["cost_usd"]["mid"]),
        "least CO₂": min(rows, key=lambda i: alternatives[i]["co2_kg"]["mid"]),
        "steadiest": min(rows, key=lambda i: alternatives[i]["reliability"]["spread_h"]),
    }


def _scale(key: str, end: float) -> str:
    """The axis of a column: zero on the left, its end on the right."""
    estimate: Range = {"low": end, "mid": end, "high": end}
    parts: Parts = {"cost_usd": cost_parts, "co2_kg": co2_parts}.get(key, time_parts)
    return f'<span class="scale" aria-hidden="true"><i>0</i><i>{escape(parts(estimate)[0])}</i></span>'
