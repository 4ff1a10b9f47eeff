"""`transcaspian hubs`: where to put logistics centres."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from transcaspian.errors import InputError, Problem

if TYPE_CHECKING:
    from transcaspian.corridor import Corridor
    from transcaspian.freight.flows.hub_sites import HubSites


def register(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command("hubs", epilog="Example: transcaspian hubs --count 2")(hubs)


def hubs(
    count: Annotated[int, typer.Option("--count", help="How many centres at most.")] = 2,
    scenario: Annotated[str | None, typer.Option("--scenario", help="A scenario's name or file.")] = None,
    year: Annotated[int, typer.Option("--year", help="Upgrades of a year; demand of 2024.")] = 2024,
    growth: Annotated[float, typer.Option("--growth", help="Factor on all demand.")] = 1.0,
    close: Annotated[list[str] | None, typer.Option("--close", help="What is shut, by id or name.")] = None,
    unit_load: Annotated[str, typer.Option("--unit-load", help="What the centres handle.")] = "FEU",
    candidate: Annotated[
        list[str] | None, typer.Option("--candidate", help="Place that could have one; by default all with a terminal.")
    ] = None,
    trunk_factor: Annotated[
        float, typer.Option("--trunk-factor", help="Cost between two centres against single boxes.")
    ] = 0.8,
    opening: Annotated[float, typer.Option("--opening-usd", help="What a centre costs a year, USD.")] = 0.0,
    corridor: Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Where to put logistics centres: the places through which all cargo together travels cheapest."""
    if count < 1:
        raise InputError(Problem("hubs.count", "--count", f"{count} centres cannot be placed", "ask for 1 or more."))
    if not growth > 0:
        raise InputError(
            Problem("flows.growth", "--growth", f"{growth:g} is not above 0", "give a factor such as 1.5.")
        )
    import datetime as dt

    from transcaspian.cli.output import emit, print_problems
    from transcaspian.freight.flows.hub_sites import TRUNK_FACTOR, choose_hubs
    from transcaspian.freight.flows.questions import read_question

    started = time.perf_counter()
    question = read_question(scenario=scenario, year=year, close=close or (), folder=corridor)
    print_problems(question.notes)
    state = question.corridor.at(dt.date(year, 7, 1))
    found = choose_hubs(
        state, count, unit_load=unit_load, growth=growth, candidates=candidate, trunk_factor=trunk_factor,
        opening_usd_per_year=opening,
    )  # fmt: skip
    seconds = time.perf_counter() - started
    if not as_json:
        _print(found, state)
        return
    plan = found.plan
    body = {
        "scenario": question.scenario, "year": year, "growth": growth, "unit_load": unit_load,
        "hubs": [
            {"id": found.candidates[site], "name": _name(state, found.candidates[site]),
             "t_per_year": found.through_t(int(site)), "worth_usd_per_year": _finite(float(worth))}
            for site, worth in zip(plan.sites.tolist(), plan.worth_usd.tolist(), strict=True)
        ],
        "cargo": [
            {"demand": want, "t_per_year": float(tonnes), "first_hub": _site(found, int(first)),
             "second_hub": _site(found, int(second)), "cost_usd_per_unit_load": float(cost),
             "straight_usd_per_unit_load": float(straight)}
            for want, tonnes, first, second, cost, straight in zip(
                found.wants, found.amount_t, plan.first_hub, plan.second_hub, plan.cost_usd_per_t,
                found.straight_usd, strict=True)
        ],
        "candidates": list(found.candidates), "saving_usd_per_year": found.saving_usd,
        "relative_gap": plan.relative_gap, "seconds": round(seconds, 3),
    }  # fmt: skip
    cells = [("demand", want, "teu_per_year") for want in found.wants]
    emit(body, defaults_used=[dict(TRUNK_FACTOR.as_json())], claims=state.provenance.claims_of(cells))


def _finite(value: float) -> float | None:
    return value if value < float("inf") else None


def _site(found: HubSites, number: int) -> str | None:
    return found.candidates[number] if number >= 0 else None


def _name(corridor: Corridor, place: str) -> str:
    places = corridor["places"]
    return places.text(places.get_row(place), "name")


def _print(found: HubSites, corridor: Corridor) -> None:
    from rich.table import Table

    from transcaspian.cli.output import console

    screen = console()
    plan = found.plan
    if not plan.sites.size:
        screen.print("No place is worth a logistics centre: all cargo travels cheaper straight.")
        return
    table = Table(
        title=f"Logistics centres, out of {len(found.candidates)} places",
        title_justify="left",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    table.add_column("place")
    table.add_column("name")
    table.add_column("t a year", justify="right")
    table.add_column("worth, USD a year", justify="right")
    for site, worth in zip(plan.sites.tolist(), plan.worth_usd.tolist(), strict=True):
        place = found.candidates[site]
        table.add_row(place, _name(corridor, place), f"{found.through_t(site):,.0f}", f"{worth:,.0f}")
    screen.print(table)
    served = float(found.amount_t[plan.first_hub >= 0].sum())
    whole = float(found.amount_t.sum())
    screen.print(f"They save {found.saving_usd:,.0f} USD a year; {served:,.0f} t of {whole:,.0f} t pass them.")
