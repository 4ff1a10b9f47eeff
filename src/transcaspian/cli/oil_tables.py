"""The tables of `transcaspian oil`, readable at 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table as Screen
from rich.text import Text

from transcaspian.cli.output import console

_SHOWN_LIMITS = 8
_LEAST_MT = 5e-4


def print_oil(result: Mapping[str, Any], scenario: str | None) -> None:
    """Print totals, routes, fields that are cut, full tanks and the dearest limits."""
    screen, totals, period = console(), result["totals"], result["period"]
    what = f"Kazakhstan's oil, {period['from']} until {period['until']}, by {period['step']}"
    screen.print(Text(f"{what}{f', {scenario}' if scenario else ''}", style="bold"))
    if "replications" in result:
        screen.print(Text(f"Means of {result['replications']} draws of storms and first stocks", style="dim"))
    cost = f"{totals['cost_usd'] / 1e6:,.1f} million USD"
    screen.print(
        f"Produced {totals['production_mt']:.2f} Mt, exported {totals['exports_mt']:.2f}, shut in "
        f"{totals['shut_in_mt']:.3f}, rerouted {totals['rerouted_mt']:.3f}; cost {cost}"
    )
    screen.print()
    rows = [[r["id"], f"{r['mt']:.3f}", f"{r['baseline_mt']:.3f}", _change(r["change_mt"])] for r in result["routes"]]
    _table(("route, Mt", "", "without", "change"), rows)
    cut = [f for f in [*result["fields"], *result["foreign"]] if f["shut_in_mt"] > _LEAST_MT]
    if cut:
        screen.print()
        fields = [
            [f["id"], f"{f['production_mt']:.3f}", f"{f['shut_in_mt']:.3f}", f["first_cut_date"] or "–"] for f in cut
        ]
        _table(("field, Mt", "produced", "shut in", "first cut"), fields)
    full = [f"{store['id']} on {store['full_on']}" for store in result["storage"] if store["full_on"]]
    if full:
        screen.print(f"\nFull: {', '.join(full)}")
    if result["binding"]:
        screen.print()
        limits = [
            [one["id"], one["limit"].replace("_", " "), f"{one['dual_usd_per_t']:,.1f}", f"{one['days']:.0f}"]
            for one in result["binding"][:_SHOWN_LIMITS]
        ]
        _table(("limit", "kind", "USD a tonne", "days"), limits, left=2)
    foresight = result["foresight"]
    if foresight["days"] != "perfect":
        gap = f"{foresight['gap_usd'] / 1e6:,.1f} million USD and {foresight['gap_production_mt']:.3f} Mt"
        screen.print(f"\nPerfect foresight would have saved {gap}.")
    if result["daily"]:
        screen.print(f"\nDay by day: {result['daily']}")


def print_target(result: Mapping[str, Any]) -> None:
    """Print whether the volume is reached and each cap, those that bind first."""
    screen = console()
    asked = f"{result['route']} in {result['year']}: {result['asked_mt']:g} Mt asked"
    if result["reached"]:
        screen.print(Text(f"{asked}, and nothing binds.", style="bold"))
    else:
        screen.print(Text(f"{asked}, {result['volume_mt']:.2f} Mt carried as things stand.", style="bold"))
    screen.print()
    rows = [[cap["id"], cap["name"], f"{cap['cap_mt']:.2f}", _need(cap)] for cap in result["caps"]]
    _table(("cap", "kind", "Mt a year", "to add"), rows, left=2)
    text = "\nEach cap alone. In brackets the range, from the low and high of payloads, round trips and depths."
    screen.print(Text(text, style="dim"))


def _need(cap: Mapping[str, Any]) -> str:
    if not cap["binds"]:
        return "–"
    low, high = cap["to_add_range"]["low"], cap["to_add_range"]["high"]
    span = f" [{low:g} to {high:g}]" if low != high else ""
    return f"{cap['to_add']:.3g}{span} {cap['unit']}"


def _change(value: float) -> str:
    return f"{value:+.3f}" if abs(value) >= _LEAST_MT else "–"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> None:
    table = Screen(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, word in enumerate(header):
        table.add_column(word, no_wrap=number >= left, justify="left" if number < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)
