"""`transcaspian oil` and `oil target`: Kazakhstan's crude on its way out, and what a route's volume takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from transcaspian.errors import InputError, Problem

if TYPE_CHECKING:
    from transcaspian.corridor import Corridor
    from transcaspian.oil.planning import Period
    from transcaspian.oil.solve import Foresight, OilResult
    from transcaspian.scenario import Change, Scenario

_Scenario = Annotated[
    list[str] | None, typer.Option("--scenario", help="A scenario's name or file; again, or A+B, for several.")
]
_Corridor = Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Out = Annotated[Path | None, typer.Option("--out", help="Write tables and pictures into this folder.")]
_BEFORE, _AFTER = 14, 45  # days shown around a scenario's changes when no dates are given
_LONGEST_BY_DAY = 200  # longer runs go by the month unless told otherwise
_LONGEST_DATED = 400  # but a dated change is lived through by the day: the month's mean would hide an outage
_RATED = dt.date(2022, 1, 1), dt.date(2028, 1, 1)  # the days that `oil_rates` is meant to cover
_EXAMPLE = "Example: transcaspian oil --scenario cpc-mooring-lost-30-days-no-spare --from 2024-01-15 --until 2024-03-15"

app = typer.Typer(invoke_without_command=True, rich_markup_mode="rich", epilog=_EXAMPLE)


def register(main: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    main.add_typer(app, name="oil")


@app.callback()
def oil(
    context: typer.Context,
    scenario: _Scenario = None,
    since: Annotated[str | None, typer.Option("--from", help="First day of the run, such as 2024-01-15.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="First day no longer in it.")] = None,
    step: Annotated[str | None, typer.Option("--step", help="day or month; by day up to 200 days.")] = None,
    foresight: Annotated[
        str, typer.Option("--foresight", help="perfect, or the days by which changes and storms are known before.")
    ] = "perfect",
    horizon: Annotated[
        int, typer.Option("--horizon", help="Days that a plan looks ahead, with --foresight DAYS.")
    ] = 30,
    belief: Annotated[
        str, typer.Option("--belief", help="What is under way lasts until its end, or as_long_again as it has.")
    ] = "until",
    replications: Annotated[
        int | None, typer.Option("--replications", help="Draw storms and first stocks this often: means and bands.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the draws.")] = 0,
    workers: Annotated[int | None, typer.Option("--workers", help="Processes; by default one a core.")] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", help="A Dask scheduler, tcp://HOST:PORT.")] = None,
    corridor: _Corridor = None,
    as_json: _Json = False,
    out: _Out = None,
) -> None:
    """Solve flows, stocks and cuts of Kazakhstan's oil, beside the same dates without the scenario."""
    if context.invoked_subcommand is not None:
        return
    from transcaspian.cli.oil_tables import print_oil
    from transcaspian.cli.output import emit
    from transcaspian.cli.progress import progress_bar
    from transcaspian.oil.oil_json import mean_json, result_json
    from transcaspian.oil.replications import replicate
    from transcaspian.oil.solve import solve

    state, period = _asked(corridor, scenario, since, until, step)
    knows = _foresight(foresight, horizon, belief)
    solved: OilResult | None = None
    if replications is None:
        solved = solve(state, period, knows)
        result = result_json(solved)
    else:
        with progress_bar("draws of storms and stocks", quiet=as_json) as tell:
            draws = replicate(
                state, period, knows, replications=replications, seed=seed, workers=workers, cluster=cluster,
                progress=tell,
            )  # fmt: skip
        result = mean_json(draws)
        result["replications"] = replications
        if out is not None:  # the daily table and the pictures show the run in calm weather
            solved = solve(state, period, knows)
    if out is not None and solved is not None:
        result["daily"] = _write(out, solved, result)
    if as_json:
        emit(result, defaults_used=_defaults(period, knows, since, step, replications, seed), claims=_claims(state))
    else:
        print_oil(result, " and ".join(scenario or ()))


@app.command("target", epilog="Example: transcaspian oil target --route aktau-btc --volume 7 --by 2027")
def target(
    route: Annotated[str, typer.Option("--route", help="A route, such as aktau-btc.")],
    volume: Annotated[float, typer.Option("--volume", help="Mt a year.")],
    by: Annotated[str, typer.Option("--by", help="Year, or first day of the year that is asked about.")],
    scenario: _Scenario = None,
    corridor: _Corridor = None,
    as_json: _Json = False,
    out: _Out = None,
) -> None:
    """Say which caps forbid a route a volume, the tightest first, and what must be added."""
    from transcaspian.cli.oil_tables import print_target
    from transcaspian.cli.output import emit, print_problems
    from transcaspian.corridor import load_corridor
    from transcaspian.oil.target import solve_target
    from transcaspian.oil.target_json import target_json
    from transcaspian.scenario import apply_with_notes

    start = _year_or_day(by)
    state = load_corridor(corridor)
    found = _scenario(scenario)
    if found is not None:
        applied = apply_with_notes(state, found, start=start, end=start.replace(year=start.year + 1))
        state = applied.corridor
        print_problems(applied.notes)
    answer = solve_target(state, route, volume_mt=volume, by=start)
    result = target_json(answer)
    if out is not None:
        from transcaspian.web.oil_caps import caps_svg

        result["files"] = _write_files(out, {"caps.svg": caps_svg(result)})
    if as_json:
        why = "ships carry full cargoes for their own cap; the water's is the cap `draught`"
        emit(result, defaults_used=[{"name": "ships", "value": "full", "basis": "default", "reason": why}],
             claims=_claims(state))  # fmt: skip
    else:
        print_target(result)


def _asked(
    folder: Path | None, scenario: list[str] | None, since: str | None, until: str | None, step: str | None
) -> tuple[Corridor, Period]:
    """The corridor with its scenario, and the run."""
    from transcaspian.cli.output import print_problems
    from transcaspian.corridor import BASE_YEAR, load_corridor
    from transcaspian.oil.planning import STEPS, Period
    from transcaspian.scenario import apply_with_notes

    if step is not None and step not in STEPS:
        raise InputError(Problem("oil.step", "--step", f"{step!r} is no step", "give day or month."))
    found = _scenario(scenario)
    first, last = _day("--from", since), _day("--until", until)
    if first is None:
        first = _first_day(found, BASE_YEAR) if last is None else dt.date(last.year, 1, 1)
    if last is None:
        last = _last_day(found, first) if since is None else _new_year(first)
    dated = found is not None and any(change.since or change.until for change in found.changes)
    by_day = (last - first).days <= (_LONGEST_DATED if dated else _LONGEST_BY_DAY)
    period = Period(first, last, step or ("day" if by_day else "month"))
    state = load_corridor(folder)
    if found is None:
        return state, period
    applied = apply_with_notes(state, found, start=first, end=last)
    notes = list(applied.notes)
    if dated and period.step == "month":
        what = "months hide outages of days: nothing may be shut in where a daily run shuts in much"
        notes.append(Problem("oil.coarse", "--step", what, "give --step day.", severity="warning"))
    print_problems(notes)
    return applied.corridor, period


def _scenario(names: list[str] | None) -> Scenario | None:
    from transcaspian.scenario import asked_scenario

    return asked_scenario(names)


def _changes(scenario: Scenario | None) -> Sequence[Change]:
    from transcaspian.scenario import every_change

    return every_change(scenario) if scenario else ()


def _first_day(scenario: Scenario | None, year: int) -> dt.date:
    days = [change.since for change in _changes(scenario) if change.since]
    return min(days) - dt.timedelta(days=_BEFORE) if days else dt.date(year, 1, 1)


def _last_day(scenario: Scenario | None, first: dt.date) -> dt.date:
    days = [change.until for change in _changes(scenario) if change.until]
    a_year = dt.date(first.year + 1, first.month, min(first.day, 28))
    return min(max(days) + dt.timedelta(days=_AFTER), a_year) if days else a_year


def _new_year(first: dt.date) -> dt.date:
    """The first day of the next year."""
    if first.year == dt.MAXYEAR:
        raise InputError(Problem("oil.dates", "--from", f"{first} is the calendar's last year", "give an earlier day."))
    return dt.date(first.year + 1, 1, 1)


def _day(option: str, text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        what = f"{text[:40]!r} is not a date"
        raise InputError(Problem("oil.dates", option, what, "write it as 2024-01-15.")) from None


def _year_or_day(text: str) -> dt.date:
    day = _day("--by", f"{text}-01-01" if text.isdecimal() and len(text) == 4 else text)
    assert day is not None
    if not 2000 <= day.year <= 2100:
        raise InputError(Problem("oil.dates", "--by", f"{text} lies outside 2000-2100", "give a year such as 2027."))
    return day if (day.month, day.day) != (2, 29) else day.replace(day=28)


def _foresight(text: str, horizon: int, belief: str) -> Foresight:
    from transcaspian.oil.solve import PERFECT, Foresight

    if text == PERFECT:
        return Foresight(None, horizon, belief)
    try:
        return Foresight(int(text), horizon, belief)
    except ValueError:
        what = f"{text[:40]!r} is neither perfect nor a number of days"
        raise InputError(Problem("oil.foresight", "--foresight", what, "give perfect, or days such as 3.")) from None


def _write(folder: Path, solved: OilResult, result: dict[str, Any]) -> str:
    """Write the daily table and the pictures; the path of the table."""
    import csv
    import io
    import json

    from transcaspian.oil.oil_json import daily_rows
    from transcaspian.web.oil_page import oil_page
    from transcaspian.web.oil_sankey import sankey_svg
    from transcaspian.web.oil_stock import stock_svg

    header, rows = daily_rows(solved)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    table = folder / "daily.csv"
    sankey, stock = sankey_svg(result), stock_svg(header, rows)
    _write_files(
        folder,
        {
            "daily.csv": text.getvalue(),
            "result.json": json.dumps({**result, "daily": str(table)}, ensure_ascii=False, indent=2) + "\n",
            "sankey.svg": sankey,
            "stock.svg": stock,
            "report.html": oil_page(result, [sankey, stock]),
        },
    )
    return str(table)


def _write_files(folder: Path, files: dict[str, str]) -> list[str]:
    """Write all files or none; where they stand is said on stderr."""
    from transcaspian.cli.output import err_console
    from transcaspian.corridor.files import replace_folder, write_text

    def fill(made: Path) -> None:
        for name, text in files.items():
            write_text(made / name, text)

    replace_folder(folder, fill)
    err_console().print(f"Written to {folder.resolve()}: {', '.join(files)}", markup=False)
    return [str(folder / name) for name in files]


def _defaults(
    period: Period, knows: Foresight, since: str | None, step: str | None, replications: int | None, seed: int
) -> list[dict[str, Any]]:
    """What the answer took without being told."""
    rows: list[dict[str, Any]] = []

    def add(name: str, value: object, reason: str) -> None:
        rows.append({"name": name, "value": value, "basis": "default", "reason": reason})

    if since is None:
        why = "no --from was given: a fortnight before the scenario's first change, or the base year"
        add("from", period.start.isoformat(), why)
    if step is None:
        add("step", period.step, "no --step was given: by day up to 200 days, longer runs by the month")
    if knows.days is None:
        add("foresight", "perfect", "everything is known from the first day")
    if replications is None:
        add("weather", "calm", "no --replications: moorings load at their measured rate, storms included in it")
    else:
        add("seed", seed, "of the draws")
    if period.start < _RATED[0] or period.end > _RATED[1]:
        years = f"{_RATED[0].year}-{_RATED[1].year - 1}"
        add("rates", "base year", f"oil_rates covers {years}; days outside take the rows of the base year")
    from transcaspian.oil import program

    add("booked_at_the_well", program.BOOKED_AT_THE_WELL, "a cut comes as late as tanks permit; breaks ties only")
    add(
        "apportion_usd_per_t",
        program.APPORTION_USD_PER_T,
        "shippers of one line lose alike; no money is counted for it",
    )
    add(
        "end_margin_usd_per_t",
        program.END_MARGIN_USD_PER_T,
        "runs end as full as they began; no money is counted for it",
    )
    return rows


def _claims(state: Corridor) -> list[str]:
    """The claims under all oil tables."""
    from transcaspian.oil.network import TABLES

    origins = state.provenance.origins
    return list(state.provenance.claims_of(cell for cell in origins if cell[0] in TABLES))
