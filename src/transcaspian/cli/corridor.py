"""`transcaspian init`, `check`, `export` and `places`: the corridor's tables, to edit, judge, hand on and search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from transcaspian.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from rich.table import Table as ScreenTable

    from transcaspian.corridor import Corridor
    from transcaspian.corridor.coverage import Cells, Coverage

_FORMATS = ("gmns", "geojson", "gpkg")

_Corridor = Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("init", epilog="Example: transcaspian init my")(init)
    app.command("check", epilog="Example: transcaspian check my")(check)
    app.command("export", epilog="Example: transcaspian export --format geojson corridor.geojson")(export)
    app.command("places", epilog="Example: transcaspian places Актау")(places)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write to.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the tables in a folder that is not empty.")] = False,
    as_json: _Json = False,
) -> None:
    """Write our tables, their schema and their provenance into a folder, for you to edit."""
    from transcaspian.cli.output import console, emit
    from transcaspian.corridor.own_copy import write_own_copy

    names = write_own_copy(folder, force=force)
    if as_json:
        emit({"folder": str(folder), "files": names})
        return
    screen = console()
    screen.print(f"{len(names)} files written to {folder}.", markup=False)
    screen.print(f"Read {folder / 'README.md'}, edit, then: transcaspian check {folder}", markup=False)


def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A folder of tables; without it, those we ship.")
    ] = None,
    corridor: _Corridor = None,
    as_json: _Json = False,
) -> None:
    """Say line by line what is wrong with the tables, and how many of their numbers have a source."""
    from transcaspian.cli.output import emit
    from transcaspian.corridor.coverage import coverage

    loaded = _load(_one_folder(folder, corridor))
    problems = loaded.check()
    errors = [problem for problem in problems if problem.severity == "error"]
    warnings = [problem for problem in problems if problem.severity != "error"]
    found = coverage(loaded)
    if as_json:
        result = _check_json(found, warnings)
        emit(result, claims=_claims(loaded), ok=not errors, errors=errors)
    else:
        _print_check(found, errors, warnings)
    if errors:
        raise typer.Exit(2)


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A file; for gmns a folder.")],
    file_format: Annotated[str, typer.Option("--format", help="gmns, geojson or gpkg.")],
    corridor: _Corridor = None,
    as_json: _Json = False,
) -> None:
    """Write places and links for other tools: GMNS for transport models, GeoJSON or GeoPackage for maps."""
    from transcaspian.cli.output import console, emit

    if file_format not in _FORMATS:
        mend = did_you_mean(file_format, _FORMATS) or f"Use {', '.join(_FORMATS)}."
        raise InputError(Problem("export.format", "--format", f"{file_format!r} is no format we write", mend))
    loaded = _load(corridor)
    from transcaspian.corridor.export import EXPORTS

    EXPORTS[file_format](loaded, out)
    counts = {"places": len(loaded["places"]), "links": len(loaded["links"])}
    if as_json:
        emit({"out": str(out), "format": file_format, **counts})
        return
    console().print(f"{counts['places']} places and {counts['links']} links written to {out}.", markup=False)


def places(
    query: Annotated[
        str | None, typer.Argument(help="Part of a name in English or Russian, a code, or a country such as KZ.")
    ] = None,
    corridor: _Corridor = None,
    as_json: _Json = False,
) -> None:
    """List the places, or those that a word fits."""
    from transcaspian.cli.output import console, emit

    loaded = _load(corridor)
    found = _matching_places(loaded, query)
    if as_json:
        emit({"query": query, "places": found})
        return
    table = _screen_table("id", "name", "name_ru", "country", "kind", "modes")
    for place in found:
        modes = ", ".join(place["modes"])
        table.add_row(place["id"], place["name"], place["name_ru"], place["country"], place["kind"], modes)
    console().print(table)


def _load(folder: Path | None) -> Corridor:
    # NumPy and the tables wait until a command needs them, so that --help stays quick.
    from transcaspian.corridor import load_corridor

    return load_corridor(folder)


def _one_folder(argument: Path | None, option: Path | None) -> Path | None:
    if argument is not None and option is not None and argument != option:
        what = f"the folder is given twice, as {argument} and as {option}"
        raise InputError(Problem("check.folder", "--corridor", what, "give it once."))
    return argument or option


def _claims(corridor: Corridor) -> list[str]:
    return sorted({claim for origin in corridor.provenance.origins.values() for claim in origin.claims})


def _check_json(found: Coverage, warnings: Sequence[Problem]) -> dict[str, Any]:
    cells = found.all.as_json()
    return {
        "tables": dict(found.rows),
        "cells": {name: cells[name] for name in ("total", "claimed", "derived", "assumed")},
        "share_claimed_or_derived": cells["share_claimed_or_derived"],
        "coverage": found.as_json(),
        "warnings": [problem.as_json() for problem in warnings],
    }


def _print_check(found: Coverage, errors: Sequence[Problem], warnings: Sequence[Problem]) -> None:
    from transcaspian.cli.output import console, print_problems

    table = _screen_table("table", "rows", "numbers", "claimed", "derived", "assumed", "sourced")
    table.columns[0].no_wrap = False  # on a narrow screen the long labels wrap, not the numbers
    for column in table.columns[1:]:
        column.justify, column.no_wrap = "right", True
    for name, rows in found.rows.items():
        table.add_row(name, f"{rows}", *_cells_row(found.tables[name]))
    table.add_section()
    table.add_row("all tables", f"{sum(found.rows.values())}", *_cells_row(found.all), style="bold")
    table.add_row("China's border to the Black Sea: through ways", "", *_cells_row(found.through))
    table.add_row("China's border to the Black Sea: all modes", "", *_cells_row(found.region))
    screen = console()
    screen.print(table)
    modes = ", ".join(f"{mode.replace('_', ' ')} {count}" for mode, count in found.links_by_mode.items())
    screen.print(
        "China's border to the Black Sea: lengths, speeds, times and capacities of links, operations, facilities."
    )
    screen.print(f"Links by mode and gauge: {modes}.")
    print_problems([*errors, *warnings])
    screen.print(f"{_counted(len(errors), 'error')}, {_counted(len(warnings), 'warning')}.")


def _cells_row(cells: Cells) -> tuple[str, ...]:
    share = f"{100 * cells.share:.0f} %" if cells.total else "–"
    return (f"{cells.total}", f"{cells.claimed}", f"{cells.derived}", f"{cells.assumed}", share)


def _counted(count: int, word: str) -> str:
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"


def _screen_table(*columns: str) -> ScreenTable:
    from rich import box
    from rich.table import Table

    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    table.columns[0].no_wrap = True
    return table


def _matching_places(corridor: Corridor, query: str | None) -> list[dict[str, Any]]:
    from transcaspian.corridor.names import folded

    rows = corridor["places"]
    modes = _modes(corridor)
    word = folded(query) if query else ""
    found: list[dict[str, Any]] = []
    known: list[str] = []
    for row, place in enumerate(rows):
        names = (place, rows.text(row, "name"), rows.text(row, "name_ru"), *rows.items(row, "aliases"))
        known += [name for name in names if name]
        country = rows.text(row, "country")
        if query and country != query.upper() and not (word and any(word in folded(name) for name in names)):
            continue
        found.append(
            {
                "id": place,
                "name": names[1],
                "name_ru": names[2],
                "aliases": list(names[3:]),
                "country": country,
                "kind": rows.text(row, "kind"),
                "latitude_deg": float(rows.floats("latitude_deg")[row]),
                "longitude_deg": float(rows.floats("longitude_deg")[row]),
                "modes": modes.get(place, []),
            }
        )
    if not found:
        mend = did_you_mean(query or "", known) or "`transcaspian places` lists every place."
        raise InputError(Problem("place.unknown", query or "", "no place is called so", mend))
    return found


def _modes(corridor: Corridor) -> dict[str, list[str]]:
    """By place: the modes of its links, rail with its gauge, sorted."""
    links = corridor["links"]
    found: dict[str, set[str]] = {}
    for row in range(len(links)):
        gauge = links.estimate(row, "gauge_mm")
        mode = f"{links.text(row, 'mode')} {gauge.mid:.0f}" if gauge else links.text(row, "mode")
        for end in ("from_place", "to_place"):
            found.setdefault(links.text(row, end), set()).add(mode)
    return {place: sorted(modes) for place, modes in found.items()}
