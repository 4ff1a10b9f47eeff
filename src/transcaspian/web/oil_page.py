"""A page of an oil run: its figures and its pictures, in one file that fetches nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_STYLE = (
    "body{margin:24px auto;max-width:940px;padding:0 16px;color:#1f2933;font-family:system-ui,'Segoe UI',Roboto,"
    "sans-serif}svg{width:100%;height:auto;margin:12px 0}table{border-collapse:collapse;margin:12px 0}"
    "td,th{padding:3px 14px 3px 0;text-align:right}td:first-child,th:first-child{text-align:left}"
)


def oil_page(result: Mapping[str, Any], pictures: Sequence[str]) -> str:
    """The page as HTML, from the keys of `transcaspian oil --json` and finished SVG images."""
    totals, period = result["totals"], result["period"]
    title = f"Kazakhstan's oil, {period['from']} until {period['until']}"
    head = ["produced", "exported", "shut in", "rerouted", "cost, million USD"]
    keys = ("production_mt", "exports_mt", "shut_in_mt", "rerouted_mt")
    figures = [f"{totals[key]:.3f} Mt" for key in keys] + [f"{totals['cost_usd'] / 1e6:,.1f}"]
    routes = [
        [route["id"], f"{route['mt']:.3f}", f"{route['baseline_mt']:.3f}", f"{route['change_mt']:+.3f}"]
        for route in result["routes"]
    ]
    limits = [
        [one["id"], one["limit"].replace("_", " "), f"{one['dual_usd_per_t']:,.1f}", f"{one['days']:.0f}"]
        for one in result["binding"][:12]
    ]
    body = [
        f"<h1>{escape(title)}</h1>",
        _table(head, [figures]),
        *pictures,
        "<h2>Routes, Mt</h2>",
        _table(["route", "", "without the scenario", "change"], routes),
        "<h2>Dearest limits</h2>",
        _table(["limit", "kind", "USD a tonne", "days"], limits),
    ]
    head_part = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head_part}</head><body>\n{chr(10).join(body)}\n</body></html>\n'


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"

    return f"<table>{row(head, 'th')}{''.join(row(cells, 'td') for cells in rows)}</table>"
