"""`transcaspian route`: alternatives from door to door, for a forwarder to read or a program to parse."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from transcaspian.errors import InputError, Problem

DEFAULT_LOAD = "1 FEU"
EXAMPLE = 'Example: transcaspian route "Xi\'an" Constanța --load "2 FEU" --by cost'


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(epilog=EXAMPLE)(route)


def route(
    origin: Annotated[str, typer.Argument(help="Where it starts: name in English or Russian, or UN/LOCODE.")],
    destination: Annotated[str, typer.Argument(help="Where it goes.")],
    load: Annotated[
        str | None, typer.Option("--load", help='What: "2 FEU", "40 TEU", "3 wagons", "5 trucks", "500 t wheat".')
    ] = None,
    depart: Annotated[
        str | None, typer.Option("--depart", help="Day of departure, YYYY-MM-DD: timetables are waited for.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Rank by time, cost, co2 or reliability.")] = "time",
    alternatives: Annotated[int, typer.Option("--alternatives", "-n", help="How many different ways at most.")] = 10,
    legs: Annotated[int, typer.Option("--legs", min=0, help="For how many of them to print the legs.")] = 3,
    avoid: Annotated[
        list[str] | None,
        typer.Option("--avoid", help="Id of a place, link, service or facility, or a country such as RU. Repeatable."),
    ] = None,
    pareto: Annotated[
        bool, typer.Option("--pareto", help="Every way that none beats in time, cost, CO2 and reliability at once.")
    ] = False,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help="A scenario's name or file; again, or A+B, for several.")
    ] = None,
    corridor: Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    map_file: Annotated[Path | None, typer.Option("--map", help="Write a page with map and legs to this file.")] = None,
) -> None:
    """Show different ways from door to door, with legs, borders, gauge changes, time, cost, CO2 and sources."""
    # The solvers load numba: only a command that searches pays for it.
    from transcaspian.cli.output import emit, err_console, print_problems
    from transcaspian.cli.route_tables import print_quotes
    from transcaspian.freight.answers import answer_question
    from transcaspian.freight.quote_json import defaults_json, quote_json

    day = read_day(depart)
    answer = answer_question(
        origin,
        destination,
        load_text=DEFAULT_LOAD if load is None else load,
        by=by,
        count=alternatives,
        avoid=avoid or [],
        pareto=pareto,
        day=day,
        scenario=scenario,
        folder=corridor,
    )
    print_problems(answer.notes)
    if map_file is not None:
        from transcaspian.web.route_map import write_map  # reads the base map

        write_map(map_file, [answer], title=f"{answer.origin_name} → {answer.destination_name}")
        err_console().print(f"Map: {map_file.resolve()}", markup=False)
    if as_json:
        quotes = [quote_json(quote) for quote in answer.quotes]
        defaults = defaults_json(answer.loads, load_given=load is not None, day="" if day else answer.state_of)
        result: dict[str, Any] = {
            "origin": answer.origin,
            "destination": answer.destination,
            "by": by,
            "load": DEFAULT_LOAD if load is None else load,
            "alternatives": quotes,
            "notes": [note.as_json() for note in answer.notes],
        }
        emit(result, defaults_used=defaults, claims=sorted({claim for quote in quotes for claim in quote["claims"]}))
        return
    print_quotes(answer, by, legs=legs)


def read_day(text: str | None) -> dt.date | None:
    """The date in `text`, `None` for none.

    Raises
    ------
    InputError
        If it is no date of the calendar.
    """
    if text is None:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        what = f"{text!r} is not a day of the calendar ({error})"
        raise InputError(Problem("option.date", "--depart", what, "write it as YYYY-MM-DD.")) from None
    if day.isoformat() != text or not 1990 <= day.year <= 2100:
        what = f"{text!r} is not a day between 1990 and 2100"
        raise InputError(Problem("option.date", "--depart", what, "write it as YYYY-MM-DD."))
    return day
