"""The tables of `transcaspian sea` and `payload`, readable at 80 columns."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Sequence

from rich.table import Table as Screen
from rich.text import Text

from transcaspian.cli.output import console
from transcaspian.corridor import Corridor, Estimate3
from transcaspian.corridor.sea import BerthDepth, Payload, SeaLevel
from transcaspian.corridor.sea.dredging import Dredging
from transcaspian.corridor.sea.payload import BY_SHIP
from transcaspian.corridor.sea.sea_json import cost_factor_json, lost_with_next_step_t
from transcaspian.corridor.sea.voyages import UnitsAboard

_BASIS = {
    "given": "as given",
    "base_year": "the mean of the base year",
    "measured": "measured",
    "projected": "projected",
}


def print_sea(corridor: Corridor, level: SeaLevel, berths: Sequence[BerthDepth], cuts: Sequence[Dredging]) -> None:
    """Print the level, a row for each berth, and what a scenario's dredging takes."""
    screen = console()
    screen.print(_level(level))
    screen.print(Text(_season(corridor), style="dim"))
    table = Screen(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("port", no_wrap=True)
    table.add_column("berth", no_wrap=True)
    table.add_column("depth, m", justify="right", no_wrap=True)
    table.add_column("permitted draught, m", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    port = ""
    for berth in berths:
        name = _place(corridor, berth.place)
        depth = "–" if berth.states_draught else _span(berth.depth_m, ".1f")
        note = "dry" if berth.dry else ""
        own = berth.facility.partition(".")[2].replace("_", " ")
        table.add_row("" if name == port else name, own, depth, _span(berth.permitted_draught_m, ".1f"), note)
        port = name
    screen.print()
    screen.print(table)
    for cut in cuts:
        screen.print(Text(_cut(cut)))
    note = "\nMid [low to high]. A dash: the port states a permitted draught, which falls with the sea."
    screen.print(Text(note, style="dim"))


def print_payload(
    corridor: Corridor,
    level: SeaLevel,
    found: Payload,
    units: Sequence[UnitsAboard],
    amount_t: float | None,
    trips: Estimate3 | None,
) -> None:
    """Print what a ship takes, what it leaves behind and why."""
    vessels = corridor["vessels"]
    name = vessels.text(vessels.get_row(found.vessel_id), "name")
    start, end = _place(corridor, found.origin.place), _place(corridor, found.destination.place)
    screen = console()
    screen.print(Text.assemble((name, "bold"), f" ({found.vessel_id}), {start} → {end}"))
    screen.print(_level(level))
    table = Screen(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, text in _payload_rows(corridor, found):
        table.add_row(label, text)
    for one in units:
        of = f"of {one.slots.mid:,.0f} slots, limited by {one.limited_by}"
        words = {"wagon": "or wagons", "truck": "or lorries", "TEU": "or TEU"}
        table.add_row(words.get(one.unit_load, one.unit_load), f"{_span(one.units, ',.0f')} {of}")
    if amount_t is not None:
        text = _span(trips, ",.0f") if trips else "the ship may have to stay empty"
        table.add_row(f"voyages for {amount_t:,.0f} t", text)
    screen.print()
    screen.print(table)
    screen.print(Text("\nMid [low to high].", style="dim"))


def _payload_rows(corridor: Corridor, found: Payload) -> list[tuple[str, str]]:
    full = found.full_payload_t.mid
    share = f", {100 * found.payload_t.mid / full:.0f} % of a full ship" if full else ""
    binds = "its own draught" if found.limited_by == BY_SHIP else f"the water at {found.limited_by}"
    rows = [
        ("payload", f"{_span(found.payload_t, ',.0f')} t{share}"),
        ("full ship", f"{_span(found.full_payload_t, ',.0f')} t"),
        ("limited by", binds),
        ("draught", f"{_span(found.sailing_draught_m, '.2f')} m"),
    ]
    rows += [
        (f"permitted at {berth.place}", f"{_span(berth.permitted_draught_m, '.2f')} m, {berth.facility}")
        for berth in (found.origin, found.destination)
    ]
    step = lost_with_next_step_t(corridor, found)
    rows.append(("another 10 cm of fall", "leaves a berth dry" if step is None else f"−{step:,.0f} t"))
    factor = cost_factor_json(found)
    if factor is not None:
        text = _span(Estimate3(factor["low"], factor["mid"], factor["high"]), ".2f")
        rows.append(("cost per tonne", f"{text} times that of a full ship"))
    return rows


def _level(level: SeaLevel) -> str:
    year = f" {level.year}" if level.year else ""
    basis = _BASIS[level.basis]
    if level.projections:
        names = level.projections
        basis = f"projected by {', '.join(names)}" if len(names) <= 4 else f"projected, {len(names)} projections"
    moved = ", changed by the scenario" if level.by_scenario else ""
    return f"Caspian{year}: {_span(level.level_m_bs, '.2f')} m BS, {basis}{moved}"


def _season(corridor: Corridor) -> str:
    table = corridor["sea_season"]
    if not len(table):
        return "No seasonal cycle is known."
    anomaly = table.floats("anomaly_m")
    ends = [(int(table.text(int(row), "month")), float(anomaly[row])) for row in (anomaly.argmax(), anomaly.argmin())]
    return "Season: " + ", ".join(f"{value:+.2f} m in {month_name[month]}" for month, value in ends) + "."


def _cut(cut: Dredging) -> str:
    if cut.volume_m3 is None:
        return f"{cut.depth_id}: {cut.cut_m:.2f} m deeper; its area is not known, so neither is the cost."
    cost = f", {_span(cut.cost_usd.scaled(1e-6), ',.1f')} million USD" if cut.cost_usd else ""
    return f"{cut.depth_id}: {cut.cut_m:.2f} m deeper, {_span(cut.volume_m3.scaled(1e-6), ',.2f')} million m³{cost}."


def _place(corridor: Corridor, place: str) -> str:
    places = corridor["places"]
    return places.text(places.get_row(place), "name").split(" (")[0]


def _span(value: Estimate3, form: str) -> str:
    mid, low, high = (format(number, form) for number in (value.mid, value.low, value.high))
    return mid if low == high else f"{mid} [{low} to {high}]"
