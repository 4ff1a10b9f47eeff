"""The tables of a simulation's report: throughput, facilities, journeys, vessels, days lost, assumptions.

Figures are those of `simulation_json`, so that page and `--json` never disagree.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation.bands import commodity_title, facility_title
from transcaspian.web.figures import NO_FIGURE, THIN_SPACE, days_text, plain
from transcaspian.web.journey_plots import CAUSES

THROUGHPUT = {
    "caspian_t": ("Cargo between Kazakh and Azerbaijani seaports, without tare", "t"),
    "caspian_gross_t": ("The same with the tare of wagons, vehicles and containers", "t"),
    "caspian_teu": ("Containers Aktau–Alat, full and empty", "TEU"),
    "alat_teu": ("Containers at Alat, all shores", "TEU"),
    "alat_wagons": ("Wagons at Alat, all shores", "wagons"),
    "alat_vehicles": ("Road vehicles at Alat, all shores", "vehicles"),
    "alat_gross_t": ("Everything at Alat, with tare", "t"),
    "kuryk_ferry_calls": ("Calls of ferries at Kuryk", "calls"),
    "crude_baku_t": ("Crude oil from Kazakhstan to Azerbaijan", "t"),
    "crude_makhachkala_t": ("Crude oil from Kazakhstan to Makhachkala", "t"),
    "block_trains": ("Block trains received at Absheron", "trains"),
}
_NUMBER = ' class="number"'
_GROWS = '<span class="hot">grows</span>'


def throughput_table(rows: Mapping[str, Mapping[str, float]], *, days: int, replications: int) -> str:
    """A row for each figure of `result.throughput`, which is that of a year, whatever was run."""
    body = []
    for name, spread in rows.items():
        words, unit = THROUGHPUT.get(name, (name.replace("_", " "), ""))
        cells = _cells(
            ("Mean", f"<b>{rounded(spread['mean'])}</b>"),
            ("10th–90th percentile", span_text(spread)),
            ("Unit", unit),
        )
        body.append(_row(f"{escape(words)} <small><code>{escape(name)}</code></small>", cells))
    heads = ("Throughput of a year", "Mean", "10th–90th percentile", "Unit")
    caption = "Means over replications; percentiles between them" if replications > 1 else "One replication"
    scaled = "" if 365 <= days <= 366 else f"; scaled to a year from the {days} days that were run"
    return _table(heads, body, caption + scaled)


def lost_days_table(rows: Sequence[Mapping[str, Any]], corridor: Corridor) -> str:
    """Days of the window for which each port was shut."""
    body = [
        _row(
            escape(place_title(row["id"], corridor)),
            _cells(("Mean", _short(row["mean"])), ("10th–90th percentile", span_text(row))),
        )
        for row in sorted(rows, key=lambda row: -row["mean"])
        if row["p90"] > 0
    ]
    return _table(
        ("Port", "Days shut, mean", "10th–90th percentile"),
        body,
        "Days for which a port was shut, of all days that were run",
    )


def facilities_table(rows: Sequence[Mapping[str, Any]], corridor: Corridor, *, words: str) -> str:
    """Utilisation, waits and queues, the busiest first; a wait that grows without end is not averaged."""
    body = []
    for row in sorted(rows, key=lambda row: (-row["utilisation"], row["id"])):
        wait, queue = row["wait_h"], row["queue"]
        hot = ' class="hot"' if row["utilisation"] > 0.85 else ""
        grows = (
            f"{_GROWS} {_short(queue.get('growth_per_day', 0.0))} a day" if row["starving"] else _short(queue["mean"])
        )
        cells = _cells(
            ("Utilisation", f"<span{hot}>{100 * row['utilisation']:.0f} %</span>"),
            ("Jobs a year", rounded(row["jobs"])),
            ("Wait, mean", _hours(wait["mean"]) if wait else NO_FIGURE),
            ("Wait, p50", _hours(wait["p50"]) if wait else NO_FIGURE),
            ("Wait, p90", _hours(wait["p90"]) if wait else NO_FIGURE),
            ("Queue, mean", grows),
            ("Queue, longest", rounded(queue["max"])),
        )
        name = f"{escape(facility_title(row['id'], corridor))} <small><code>{escape(row['id'])}</code></small>"
        body.append(_row(name, cells))
    heads = ("Facility", "Utilisation", "Jobs a year", "Wait, mean", "Wait, p50", "Wait, p90", "Queue, mean",
             "Queue, longest")  # fmt: skip
    return _details(f"{len(body)} {words}", _table(heads, body, "Means over replications"))


def journeys_table(rows: Sequence[Mapping[str, Any]], corridor: Corridor) -> str:
    """Door-to-door times of every journey, those of most unit loads first."""
    body = []
    for row in sorted(rows, key=lambda row: -row["n"]):
        time_h, causes = row["time_h"], row["by_cause_h"]
        longest = sorted(causes.items(), key=lambda item: -item[1])[:2]
        told = ", ".join(f"{CAUSES[cause][0].lower()} {days_text(hours)}" for cause, hours in longest if hours > 0)
        figures = [(f"p{n}", days_text(time_h[f"p{n}"]) if time_h else _GROWS) for n in (10, 50, 90)]
        cells = _cells(
            ("Unit loads a year", rounded(row["n"])),
            ("Days, p10", figures[0][1]),
            ("Days, p50", f"<b>{figures[1][1]}</b>"),
            ("Days, p90", figures[2][1]),
            ("Longest parts, days", escape(told)),
        )
        ends = f"{place_title(row['origin'], corridor)} → {place_title(row['destination'], corridor)}"
        body.append(_row(f"{escape(ends)} <small>{escape(commodity_title(row['commodity'], corridor))}</small>", cells))
    heads = ("Journey", "Unit loads a year", "Days, p10", "Days, p50", "Days, p90", "Longest parts, days")
    return _details(f"{len(body)} journeys", _table(heads, body, "Unit loads; bulk and crude in tonnes"))


def vessels_table(rows: Sequence[Mapping[str, Any]], corridor: Corridor) -> str:
    """Trips, loads and time of each ship, by service."""
    vessels = corridor["vessels"]
    body = []
    for row in rows:
        name = vessels.text(vessels.get_row(row["id"]), "name") if row["id"] in vessels else row["id"]
        trips, deck, mass, time = row["trips"], row["deck_share"], row["payload_share"], row["time_share"]
        ends = f"{place_title(trips['from'], corridor)} – {place_title(trips['to'], corridor)}"
        waiting = time["idle"] + time["called"] + time["queued"] + time["held"]
        load = [f"{100 * max(deck[way], mass[way]):.0f} %" for way in ("out", "back")]
        cells = _cells(
            ("Service", escape(ends)),
            ("Trips out, back", f"{rounded(trips['out'])}, {rounded(trips['back'])}"),
            ("Hours a trip", _short(row["hours_per_trip"]) if row["hours_per_trip"] else NO_FIGURE),
            ("Full out, back", f"{load[0]}, {load[1]}"),
            ("Cargo, t", rounded(row["cargo_t"]["out"] + row["cargo_t"]["back"])),
            ("Sailing", f"{100 * time['sailing']:.0f} %"),
            ("Waiting", f"{100 * waiting:.0f} %"),
        )
        body.append(_row(f"{escape(name)} <small><code>{escape(row['id'])}</code></small>", cells))
    heads = ("Ship", "Service", "Trips out, back", "Hours a trip", "Full out, back", "Cargo, t", "Sailing", "Waiting")
    return _details(f"{len(body)} ships", _table(heads, body, "Of a year; full: the larger share of deck and payload"))


def assumptions_table(defaults: Sequence[Mapping[str, object]], corridor: Corridor) -> str:
    """Every default with its range and reason; those of a cell are looked up in its provenance."""
    body = []
    for default in defaults:
        name = str(default["name"])
        low, high, reason = default.get("low"), default.get("high"), default.get("reason")
        if reason is None and name.count(".") >= 2:
            table, _, rest = name.partition(".")
            row, _, column = rest.rpartition(".")
            origin = corridor.provenance.find(table, row, column)
            if origin is not None:
                low, high, reason = origin.low, origin.high, origin.reason
        spread = (
            "–".join(_amount(bound) for bound in (low, high)) if low is not None and high is not None else NO_FIGURE
        )
        cells = _cells(
            ("Value", _amount(default.get("value"))),
            ("Low–high", spread),
            ("Reason", escape(str(reason or ""))),
            plain_columns=("Reason",),
        )
        body.append(_row(f"<code>{escape(name)}</code>", cells))
    heads = ("Assumption", "Value", "Low–high", "Reason")
    table = _table(heads, body, "What nobody publishes: a judgement with a range", plain_columns=("Reason",))
    return _details(f"{len(body)} assumptions and defaults, with ranges and reasons", table)


def place_title(place: str, corridor: Corridor) -> str:
    """The name of a place, or its id."""
    places = corridor["places"]
    return places.text(places.get_row(place), "name").split(" (")[0] if place in places else place


def rounded(value: float) -> str:
    """Three figures, thousands set apart."""
    if abs(value) < 10:
        return _short(value)
    step = 10 ** max(0, len(str(int(abs(value)))) - 4)
    return f"{round(value / step) * step:,.0f}".replace(",", THIN_SPACE)


def _amount(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return NO_FIGURE if math.isnan(value) else plain(value)
    return "" if value is None else escape(str(value))


def _short(value: float) -> str:
    return (
        f"{value:.0f}"
        if abs(value) >= 10 or value == round(value)
        else f"{value:.1f}"
        if abs(value) >= 0.1
        else f"{value:.2f}"
    )


def span_text(spread: Mapping[str, float]) -> str:
    """10th to 90th percentile, or a dash when there is no spread."""
    low, high = rounded(spread["p10"]), rounded(spread["p90"])
    return f"{low}–{high}" if low != high else NO_FIGURE


def _hours(hours: float) -> str:
    return f"{hours / 24:.1f} d" if hours >= 48 else f"{hours:.1f} h"


def _details(words: str, table: str) -> str:
    return f"<details><summary>{escape(words)}</summary>{table}</details>"


def _cells(*pairs: tuple[str, str], plain_columns: Sequence[str] = ("Service", "Unit", "Longest parts, days")) -> str:
    return "".join(
        f'<td role="cell"{"" if label in plain_columns else _NUMBER} '
        f'data-label="{escape(label, quote=True)}">{content}</td>'
        for label, content in pairs
    )


def _row(name: str, cells: str) -> str:
    return f'<tr role="row"><th role="rowheader" scope="row">{name}</th>{cells}</tr>'


def _table(
    heads: Sequence[str],
    body: Sequence[str],
    caption: str,
    *,
    plain_columns: Sequence[str] = ("Service", "Unit", "Longest parts, days"),
) -> str:
    cells = "".join(
        f'<th role="columnheader" scope="col"{"" if not at or head in plain_columns else _NUMBER}>{escape(head)}</th>'
        for at, head in enumerate(heads)
    )
    return (
        f'<table role="table"><caption>{escape(caption)}</caption><thead role="rowgroup"><tr role="row">{cells}</tr>'
        f'</thead><tbody role="rowgroup">{"".join(body)}</tbody></table>'
    )
