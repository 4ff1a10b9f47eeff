"""The tables of `transcaspian route`: one of alternatives, then the legs of each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table as Screen
from rich.text import Text

from transcaspian.cli.output import console
from transcaspian.corridor import Corridor, Estimate3
from transcaspian.freight.answers import Answer
from transcaspian.freight.quotes import LEG_CORRELATION, Leg, Quote

ALL_COLUMNS_FROM = 120  # characters; a narrower terminal shows fewer columns instead of broken ones
_WORDS = {
    "load": "load",
    "unload": "unload",
    "tranship": "tranship",
    "change_gauge": "change gauge",
    "cross_border": "cross border",
    "clear_customs": "clear customs",
    "wait": "wait to leave",
}


def print_quotes(answer: Answer, by: str, *, legs: int) -> None:
    """Print the answer as a forwarder would like to read it."""
    screen = console()
    loads = " or ".join(dict.fromkeys(str(quote.route.load) for quote in answer.quotes))
    title = (f"{answer.origin_name} → {answer.destination_name}", "bold")
    screen.print(Text.assemble(title, f", {loads}, ranked by {by}\n"))
    narrow = screen.width < ALL_COLUMNS_FROM
    screen.print(_summary(answer.quotes, narrow=narrow))
    for number, quote in enumerate(answer.quotes[:legs], start=1):
        screen.print(Text.assemble((f"\n{number}. {quote.label}", "bold"), (f"  {quote.route.load}", "dim")))
        screen.print(_legs(answer.corridor, quote, narrow=narrow))
        screen.print(Text(_footing(quote), style="dim"))
    if 0 < legs < len(answer.quotes):
        screen.print(
            Text(f"\nLegs of all of them: --legs {len(answer.quotes)}, --json or --map FILE.html.", style="dim")
        )
    if legs:
        note = f"\nMid [low–high]. Totals combine the legs' ranges with a correlation of {LEG_CORRELATION}."
        screen.print(Text(note, style="dim"))


def _summary(quotes: Sequence[Quote], *, narrow: bool) -> Screen:
    table = Screen(box=None, pad_edge=False, header_style="bold")
    table.add_column("", justify="right")
    table.add_column("way", overflow="fold")
    for name in ("days", "USD", "km"):
        table.add_column(name, justify="right", no_wrap=True)
    if not narrow:
        for name in ("CO2, t", "borders", "gauge changes", "claims", "assumed"):
            table.add_column(name, justify="right", no_wrap=True)
    several = len({quote.route.load.unit_load for quote in quotes}) > 1
    for number, quote in enumerate(quotes, start=1):
        label = f"{quote.label}, {quote.route.load}" if several else quote.label
        gauge_changes = sum(leg.operation == "change_gauge" for leg in quote.legs)
        row = [str(number), label, _days(quote.time_h), _money(quote.cost_usd), f"{quote.distance_km:,.0f}"]
        further = [_span(quote.co2_kg.scaled(1e-3), ".1f"), str(len(quote.borders)), str(gauge_changes)]
        further += [str(len(quote.claims)), str(len(quote.assumptions))]
        table.add_row(*row, *([] if narrow else further))
    return table


def _legs(corridor: Corridor, quote: Quote, *, narrow: bool) -> Screen:
    table = Screen(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("leg", overflow="fold")
    table.add_column("by", overflow="fold")
    for name in ("km", "days", "USD"):
        table.add_column(name, justify="right", no_wrap=True)
    calendar = any(leg.ready_at for leg in quote.legs)
    if not narrow:
        table.add_column("CO2, t", justify="right", no_wrap=True)
    if calendar:
        table.add_column("done", no_wrap=True)
    for leg in quote.legs:
        row = [_what(corridor, leg), _how(leg), f"{leg.distance_km:,.0f}" if leg.distance_km else ""]
        row += [_days(leg.time_h), _money(leg.cost_usd) if leg.cost_usd.high else ""]
        if not narrow:
            row.append(_span(leg.co2_kg.scaled(1e-3), ".1f") if leg.co2_kg.high else "")
        if calendar:
            row.append(leg.done_at.strftime("%d %b %H:%M") if leg.done_at else "")
        table.add_row(*row, style="" if not leg.operation else "dim")
    return table


def _what(corridor: Corridor, leg: Leg) -> str:
    places = corridor["places"]
    start, end = (places.text(places.get_row(place), "name").split(" (")[0] for place in (leg.start, leg.end))
    return f"{start} → {end}" if not leg.operation else f"  {start}: {_WORDS[leg.operation]}"


def _how(leg: Leg) -> str:
    if leg.operation:
        return leg.service
    gauge = f" {leg.gauge_mm}" if leg.gauge_mm else ""
    return f"{leg.mode}{gauge} {leg.service or leg.operator}".strip()


def _footing(quote: Quote) -> str:
    borders = ", ".join(f"{border.from_country}→{border.to_country}" for border in quote.borders)
    return (
        f"Borders: {borders or 'none'}. Rests on {len(quote.claims)} claims and {len(quote.assumptions)} assumptions."
    )


def _days(hours: Estimate3) -> str:
    days = hours.scaled(1 / 24)
    form = ".0f" if days.mid >= 10 else ".1f"
    return _span(days, form)


def _money(value: Estimate3) -> str:
    return _span(value, ",.0f")


def _span(value: Estimate3, form: str) -> str:
    mid, low, high = (format(number, form) for number in (value.mid, value.low, value.high))
    return mid if low == high else f"{mid} [{low}–{high}]"
