"""`transcaspian sea` and `payload`: the level of the Caspian, the water at its berths, and what a ship takes then."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from transcaspian.errors import InputError, Problem

if TYPE_CHECKING:
    from transcaspian.corridor import Corridor
    from transcaspian.corridor.sea import Payload, SeaLevel

_Level = Annotated[
    float | None, typer.Option("--level", help="Level of the sea, m in the Baltic system, such as -29.8.")
]
_Year = Annotated[int | None, typer.Option("--year", help="Level and dredging of a year instead.")]
_Projection = Annotated[
    str | None, typer.Option("--projection", help="For later years: a projection, or a publisher for all of its own.")
]
_Scenario = Annotated[
    list[str] | None, typer.Option("--scenario", help="A scenario's name or file; again, or A+B, for several.")
]
_Corridor = Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Plot = Annotated[
    Path | None, typer.Option("--plot", help="Draw payload against level for each class of ship: FILE.svg or .html.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("sea", epilog="Example: transcaspian sea --year 2030 --projection kazhydromet")(sea)
    example = "Example: transcaspian payload --vessel kmtf-astana --from KZAAU --to AZSAN --level -29.28"
    app.command("payload", epilog=example)(payload)


def sea(
    year: _Year = None,
    level: _Level = None,
    projection: _Projection = None,
    scenario: _Scenario = None,
    corridor: _Corridor = None,
    as_json: _Json = False,
    plot: _Plot = None,
) -> None:
    """Show the level of the Caspian, and depth and permitted draught at each of its berths."""
    from transcaspian.cli.output import emit
    from transcaspian.cli.sea_tables import print_sea
    from transcaspian.corridor.sea import berth_depths
    from transcaspian.corridor.sea.dredging import dredged_by_scenario
    from transcaspian.corridor.sea.sea_json import sea_json

    state, found = _asked(corridor, scenario, year=year, level=level, projection=projection)
    berths = [berth for berth in berth_depths(state, found.level_m_bs) if berth.on_the_caspian]
    cuts = dredged_by_scenario(state)
    _draw(plot, state, found, None)
    if not as_json:
        print_sea(state, found, berths, cuts)
        return
    cells = [*found.cells, *(cell for berth in berths for cell in berth.cells), *(c for cut in cuts for c in cut.cells)]
    claims = state.provenance.claims_of(cells)
    emit(sea_json(state, found, berths, cuts), defaults_used=_defaults(state, found, projection), claims=claims)


def payload(
    vessel: Annotated[str, typer.Option("--vessel", help="Id of a ship, such as kmtf-astana.")],
    origin: Annotated[str, typer.Option("--from", help="Port where it loads: name or UN/LOCODE.")],
    destination: Annotated[str, typer.Option("--to", help="Port where it unloads.")],
    level: _Level = None,
    year: _Year = None,
    projection: _Projection = None,
    amount: Annotated[float | None, typer.Option("--amount", help="Tonnes to carry: how many voyages?")] = None,
    scenario: _Scenario = None,
    corridor: _Corridor = None,
    as_json: _Json = False,
    plot: _Plot = None,
) -> None:
    """Show how much cargo a ship takes on a voyage at a level of the sea, and what binds it."""
    from transcaspian.cli.output import emit
    from transcaspian.cli.sea_tables import print_payload
    from transcaspian.corridor import find_place
    from transcaspian.corridor.sea import units_aboard, voyage_payload, voyages
    from transcaspian.corridor.sea.sea_json import model_defaults, payload_json, range_json

    state, at_level = _asked(corridor, scenario, year=year, level=level, projection=projection)
    start, end = find_place(state, origin), find_place(state, destination)
    found = voyage_payload(state, vessel, start, end, at_level.level_m_bs)
    units = units_aboard(state, vessel, found.payload_t)
    trips = voyages(amount, found.payload_t) if amount is not None else None
    _draw(plot, state, at_level, found)
    if not as_json:
        print_payload(state, at_level, found, units, amount, trips)
        return
    result = payload_json(state, at_level, found, units)
    if amount is not None:
        result |= {"amount_t": amount, "voyages": range_json(trips, 0) if trips else None}
    cells = [*at_level.cells, *found.cells, *(cell for one in units for cell in one.cells)]
    defaults = [*_defaults(state, at_level, projection), *model_defaults()]
    emit(result, defaults_used=defaults, claims=state.provenance.claims_of(cells))


def _asked(
    folder: Path | None, scenario: list[str] | None, *, year: int | None, level: float | None, projection: str | None
) -> tuple[Corridor, SeaLevel]:
    """The corridor as asked for, in the middle of the year, and the level of the sea."""
    # NumPy and the tables wait until a command needs them, so that --help stays quick.
    from transcaspian.cli.output import print_problems
    from transcaspian.corridor import BASE_YEAR, load_corridor
    from transcaspian.corridor.sea import sea_level
    from transcaspian.scenario import apply_asked

    state = load_corridor(folder)
    sea_level(state, year=year, level_m_bs=level, projection=projection)  # a wrong year is said before it makes a date
    notes: list[Problem] = []
    if scenario:
        last_year = max(BASE_YEAR, year or BASE_YEAR)
        applied = apply_asked(state, scenario, start=dt.date(BASE_YEAR, 1, 1), end=dt.date(last_year + 1, 1, 1))
        state, notes = applied.corridor, list(applied.notes)
        if year is None and any(change.since or change.until for change in state.changes):
            what = "some changes have dates, and without a year they are not in force"
            notes.append(Problem("scenario.dated", "+".join(scenario), what, "give --year.", severity="warning"))
    print_problems(notes)
    if year is not None:
        state = state.at(dt.date(year, 7, 1))
    return state, sea_level(state, year=year, level_m_bs=level, projection=projection)


def _defaults(state: Corridor, found: SeaLevel, projection: str | None) -> list[dict[str, Any]]:
    """What the answer took without being told."""
    from transcaspian.corridor import BASE_YEAR

    rows: list[dict[str, Any]] = []
    if found.basis == "base_year":
        value = round(found.level_m_bs.mid, 4)
        why = "no --level and no --year was given"
        rows.append({"name": "level_m_bs", "value": value, "basis": "default", "reason": why})
    day = state.day or dt.date(BASE_YEAR, 1, 1)
    why = "the middle of the year" if state.day else "the base, for no --year was given"
    rows.append({"name": "state_of", "value": day.isoformat(), "basis": "default", "reason": why})
    sea_row = state["sea"].get_row("sea")
    if found.basis == "projected" and not (projection or state["sea"].text(sea_row, "projection")):
        why = "no --projection was given: median and span of those whose next named year is the nearest"
        rows.append({"name": "projection", "value": list(found.projections), "basis": "default", "reason": why})
    return rows


def _draw(path: Path | None, state: Corridor, level: SeaLevel, asked: Payload | None) -> None:
    """Write the plot, if one is wanted."""
    if path is None:
        return
    if path.suffix.lower() not in {".svg", ".html"}:
        what = f"{path.suffix or path.name!r} is no picture we draw"
        raise InputError(Problem("sea.plot", "--plot", what, "name a file that ends in .svg or .html."))
    from transcaspian.cli.output import err_console
    from transcaspian.web.payload_plot import write_payload_plot

    write_payload_plot(path, state, level, asked)
    err_console().print(f"Plot: {path.resolve()}", markup=False)
