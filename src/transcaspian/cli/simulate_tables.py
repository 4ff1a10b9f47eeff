"""What `transcaspian simulate` prints, readable at 80 columns: throughput, queues, journeys, ships, closed days."""

from __future__ import annotations

from typing import Any

from rich.table import Table as Screen
from rich.text import Text

from transcaspian.cli.output import console
from transcaspian.corridor import Corridor
from transcaspian.freight.simulation import SimulationResult
from transcaspian.freight.simulation.result_json import simulation_json

_WORDS = {
    "caspian_t": "Kazakh–Azeri ports, cargo, t",
    "caspian_gross_t": "the same with tare, t",
    "caspian_teu": "Aktau–Alat, TEU",
    "alat_teu": "Alat, TEU",
    "alat_wagons": "Alat, wagons",
    "alat_vehicles": "Alat, road vehicles",
    "alat_gross_t": "Alat with tare, t",
    "kuryk_ferry_calls": "Kuryk, ferry calls",
    "crude_baku_t": "crude to Baku, t",
    "crude_makhachkala_t": "crude to Makhachkala, t",
    "block_trains": "block trains from China",
}
_BUSIEST, _LONGEST = 14, 16  # rows shown; --json and --out have them all


def print_simulation(result: SimulationResult, corridor: Corridor, seconds: float) -> None:
    """Print the answer; rows are chosen, columns are not."""
    screen = console()
    told = simulation_json(result)
    days = f"{told['since']} to {told['until']}"
    screen.print(
        Text(f"{days}, {result.replications} replications, seed {result.seed}, {seconds:.1f} s\n", style="dim")
    )
    for row in told["starving"]:
        words = f"{row['id']} starves: its queue grows by {row['growth_per_day']:.3g} a day, to {row['at_end']:.4g}"
        screen.print(Text(f"{words}; waits behind it mean nothing.", style="bold yellow"))
    screen.print(_throughput(told))
    screen.print(_facilities(told))
    screen.print(_journeys(told, corridor))
    screen.print(_closed(told, corridor))
    screen.print(Text("\nRanges: 10th to 90th percentile. All rows: --json, or --out DIR for tables.", style="dim"))


def _table(title: str, *columns: str) -> Screen:
    table = Screen(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False,
                   padding=(0, 2, 0, 0), header_style="dim")  # fmt: skip
    table.add_column(columns[0], overflow="fold")
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _throughput(told: dict[str, Any]) -> Screen:
    table = _table("Throughput a year", "", "mean", "between years")
    for name, value in told["throughput"].items():
        table.add_row(_WORDS[name], f"{value['mean']:,.0f}", f"{value['p10']:,.0f} to {value['p90']:,.0f}")
    return table


def _facilities(told: dict[str, Any]) -> Screen:
    table = _table("\nWhere it queues", "", "busy", "wait, h", "p50–p90", "longest queue")
    rows = [row for row in (*told["facilities"], *told["links"]) if row["jobs"] > 0]
    rows.sort(key=lambda row: -(row["wait_h"]["mean"] if row["wait_h"] else float("inf")))
    for row in rows[:_BUSIEST]:
        wait = row["wait_h"]
        middle = f"{wait['p50']:.0f}–{wait['p90']:.0f}" if wait else "grows"
        table.add_row(row["id"], f"{row['utilisation']:.0%}", f"{wait['mean']:.1f}" if wait else "–", middle,
                      f"{row['queue']['max']:.0f}")  # fmt: skip
    return table


def _journeys(told: dict[str, Any], corridor: Corridor) -> Screen:
    table = _table("\nDoor to door, days", "", "p10", "p50", "p90", "waits for ship or train")
    rows = sorted((row for row in told["journeys"] if row["time_h"]), key=lambda row: -row["n"])
    rows = [row for row in rows if row["commodity"] != "crude"]
    for row in rows[:_LONGEST]:
        names = f"{_name(corridor, row['origin'])}–{_name(corridor, row['destination'])}, {row['commodity']}"
        times = [f"{row['time_h'][key] / 24:.1f}" for key in ("p10", "p50", "p90")]
        table.add_row(names, *times, f"{row['by_cause_h']['departure'] / 24:.1f}")
    return table


def _closed(told: dict[str, Any], corridor: Corridor) -> Screen:
    table = _table("\nPorts shut, days", "", "mean", "between years")
    for row in told["lost_days"]:
        if row["mean"] > 0 and row["id"] in corridor["places"]:
            table.add_row(_name(corridor, row["id"]), f"{row['mean']:.1f}", f"{row['p10']:.0f} to {row['p90']:.0f}")
    return table


def _name(corridor: Corridor, place: str) -> str:
    places = corridor["places"]
    return places.text(places.get_row(place), "name")
