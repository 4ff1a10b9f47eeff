"""`transcaspian bottlenecks`: what binds in a year, and what the next unit of it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from transcaspian.errors import InputError, Problem

if TYPE_CHECKING:
    from transcaspian.corridor import Corridor
    from transcaspian.freight.flows.bottlenecks import Bottleneck
    from transcaspian.freight.flows.capacity import CapacityYear
    from transcaspian.freight.flows.tariffs import Revenue

_SHOWN = 15  # operators with the largest change
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def register(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command("bottlenecks", epilog="Example: transcaspian bottlenecks --growth 1.5 --top 5")(bottlenecks)


def bottlenecks(
    scenario: Annotated[str | None, typer.Option("--scenario", help="A scenario's name or file.")] = None,
    year: Annotated[int, typer.Option("--year", help="Upgrades and sea of a year; demand of 2024.")] = 2024,
    growth: Annotated[float, typer.Option("--growth", help="Factor on all demand.")] = 1.0,
    close: Annotated[
        list[str] | None,
        typer.Option("--close", help="A place, link, service, facility, country or corridor that is shut."),
    ] = None,
    tariff: Annotated[Path | None, typer.Option("--tariff", help="A TOML file with a tariff policy.")] = None,
    level: Annotated[
        float | None, typer.Option("--level", help="Mean level of the sea, m in the Baltic system.")
    ] = None,
    unmet_ratio: Annotated[
        float, typer.Option("--unmet-ratio", help="Cargo stays where its way costs so many times the usual.")
    ] = 3.0,
    top: Annotated[int, typer.Option("--top", help="How many to show, and to work out ranges for.")] = 15,
    corridor: Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What the next unit is worth: berths, slots, ships and lines that bind, and their shadow prices."""
    if top < 1:
        raise InputError(Problem("bottlenecks.top", "--top", f"{top} rows cannot be shown", "ask for 1 or more."))
    from transcaspian.cli.output import emit, print_problems
    from transcaspian.freight.flows.bottlenecks import bottleneck_json, find_bottlenecks
    from transcaspian.freight.flows.capacity import solve_capacity_year
    from transcaspian.freight.flows.capacity_answer import capacity_defaults
    from transcaspian.freight.flows.questions import read_question

    question = read_question(scenario=scenario, year=year, close=close or (), folder=corridor)
    state = question.corridor
    print_problems(question.notes)
    policy = None
    if tariff is not None:
        from transcaspian.freight.flows.tariffs import load_tariff_policy

        policy = load_tariff_policy(tariff, state)
    solved = solve_capacity_year(
        state, year=year, growth=growth, level_m_bs=level, unmet_ratio=unmet_ratio, ranges=top,
        change_cost=policy.change_cost if policy else None,
    )  # fmt: skip
    found = find_bottlenecks(solved)
    earned = None
    if policy is not None:
        from transcaspian.freight.flows.tariffs import revenues

        before = solve_capacity_year(state, year=year, growth=growth, level_m_bs=level, unmet_ratio=unmet_ratio)
        earned = revenues(before, solved)
    if not as_json:
        _print(found[:top], len(found), solved)
        if earned is not None:
            _print_revenues(earned, policy.name if policy else "")
        return
    unmet = float(solved.unmet_t.sum())
    body: dict[str, Any] = {
        "scenario": scenario, "year": year, "growth": growth,
        "bottlenecks": [bottleneck_json(one) for one in found[:top]], "binding": len(found), "unmet_t": unmet,
        "objective_usd": solved.objective_usd, "note": _verdict(len(found)),
        "seconds": {"build": round(solved.build_s, 3), "solve": round(solved.solve_s, 3)},
    }  # fmt: skip
    if earned is not None:
        body["revenues"] = [
            {
                "operator": one.operator,
                "before_usd": one.before_usd,
                "after_usd": one.after_usd,
                "gain_usd": one.gain_usd,
            }
            for one in earned
        ]
    cells = [cell for one in found for cell in one.cells]
    emit(body, defaults_used=_defaults(state, capacity_defaults(), cells), claims=state.provenance.claims_of(cells))


def _verdict(count: int) -> str:
    return f"{count} limits bind" if count else "nothing binds: one more unit of anything is worth nothing"


def _defaults(
    state: Corridor, own: list[dict[str, Any]], cells: Sequence[tuple[str, str, str]]
) -> list[dict[str, Any]]:
    rows = state.provenance.assumed(tuple(cells))
    return [*own, *({"name": ".".join(cell), "basis": "assumption"} for cell in rows)]


def _print(found: Sequence[Bottleneck], count: int, solved: CapacityYear) -> None:
    from rich.table import Table

    from transcaspian.cli.output import console, err_console

    screen = console()
    unmet = float(solved.unmet_t.sum())
    if not found:
        screen.print("Nothing binds: every limit has room, and one more unit of anything is worth nothing.")
    else:
        table = Table(
            title="What the next unit is worth", title_justify="left", box=None, pad_edge=False, header_style="bold"
        )
        table.add_column("limit", overflow="fold")
        table.add_column("unit")
        for name in ("units a day", "USD a unit", "USD a tonne", "USD a year of one more a day", "holds, units a day"):
            table.add_column(name, justify="right")
        table.add_column("months")
        for one in found:
            table.add_row(
                _name(one), one.measure, f"{one.capacity_per_day:,.4g}", f"{one.usd_per_unit:,.0f}",
                f"{one.usd_per_t:,.1f}", f"{one.usd_per_year:,.0f}", _range(one), _months(one.months),
            )  # fmt: skip
        screen.print(table)
        ships = [one for one in found if one.usd_per_ship_year]
        for one in ships:
            screen.print(f"One more ship on {_name(one)}: {one.usd_per_ship_year:,.0f} USD a year ({one.measure}).")
        if count > len(found):
            screen.print(f"… and {count - len(found)} more; --top {count} shows them.")
    screen.print(f"Unmet: {unmet:,.0f} t of {float(solved.wants.amount_t.sum()):,.0f} t.")
    err_console().print(f"Built in {solved.build_s:.2f} s, solved in {solved.solve_s:.2f} s.")


def _print_revenues(earned: Sequence[Revenue], name: str) -> None:
    from rich.table import Table

    from transcaspian.cli.output import console

    table = Table(
        title=f"Who gains and who loses: {name}", title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    table.add_column("who")
    for head in ("before, USD a year", "after", "change"):
        table.add_column(head, justify="right")
    for one in earned[:_SHOWN]:
        table.add_row(one.operator, f"{one.before_usd:,.0f}", f"{one.after_usd:,.0f}", f"{one.gain_usd:+,.0f}")
    console().print(table)
    paid = sum(one.gain_usd for one in earned)
    console().print(f"Shippers pay {paid:+,.0f} USD a year.")


def _name(one: Bottleneck) -> str:
    return f"{one.row} from {one.place}" if " from " in one.id else one.row


def _range(one: Bottleneck) -> str:
    if not one.settled:
        return "kink"
    low = f"{one.holds_from_per_day:,.4g}" if one.holds_from_per_day is not None else "0"
    high = f"{one.holds_until_per_day:,.4g}" if one.holds_until_per_day is not None else "∞"
    return f"{low}–{high}"


def _months(months: Sequence[int]) -> str:
    """Jan–Dec, or the runs of months."""
    runs: list[list[int]] = []
    for month in months:
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(
        _MONTHS[run[0] - 1] if len(run) == 1 else f"{_MONTHS[run[0] - 1]}–{_MONTHS[run[-1] - 1]}" for run in runs
    )
