"""`transcaspian simulate`: a year on the Caspian, event by event, replicated; or one bare port, for checks."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from transcaspian.errors import InputError, Problem

if TYPE_CHECKING:
    from transcaspian.corridor import Corridor
    from transcaspian.freight.simulation import CrossingQuestion, SimulationResult
    from transcaspian.freight.simulation.settings import GivenClosure

_BARE = "With --model port: "
_YEARS = (1900, 2200)  # that a date may lie in


def register(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    example = "Example: transcaspian simulate --close Aktau:2024-11-03:10 --replications 20"
    app.command("simulate", epilog=example)(simulate)


def simulate(
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help="A scenario's name or file; again, or A+B, for several.")
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", help="Sea, fleet and upgrades of a year; demand of 2024.")
    ] = None,
    growth: Annotated[float, typer.Option("--growth", help="Factor on all demand.")] = 1.0,
    replications: Annotated[int, typer.Option("--replications", "-n", help="How many years to draw.")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="Equal seeds meet equal storms.")] = 1,
    since: Annotated[str | None, typer.Option("--from", help="First day, 2024-10-01.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="First day no longer in the run.")] = None,
    close: Annotated[
        list[str] | None, typer.Option("--close", help="PORT:YYYY-MM-DD:DAYS, a port that is shut.")
    ] = None,
    replay: Annotated[bool, typer.Option("--replay", help="The --close list is the weather until its end.")] = False,
    level: Annotated[
        float | None, typer.Option("--level", help="Mean level of the sea, m in the Baltic system.")
    ] = None,
    projection: Annotated[str | None, typer.Option("--projection", help="Of the sea, for later years.")] = None,
    antithetic: Annotated[bool, typer.Option("--antithetic", help="Replications in mirrored pairs.")] = False,
    workers: Annotated[int | None, typer.Option("--workers", help="Processes; by default one a core.")] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", help="A Dask scheduler, tcp://HOST:PORT.")] = None,
    corridor: Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Keep the run in a folder: tables, report, map.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    model: Annotated[str, typer.Option("--model", help="crossing, or port: one bare port.")] = "crossing",
    arrivals: Annotated[float | None, typer.Option("--arrivals-per-day", help=f"{_BARE}ships a day.")] = None,
    service: Annotated[float | None, typer.Option("--service-h", help=f"{_BARE}mean hours at a berth.")] = None,
    berths: Annotated[int | None, typer.Option("--berths", help=f"{_BARE}berths.")] = None,
    distribution: Annotated[
        str | None,
        typer.Option("--distribution", help=f"{_BARE}exponential, deterministic, lognormal or lognormal:CV."),
    ] = None,
    hours: Annotated[float | None, typer.Option("--hours", help=f"{_BARE}hours that are counted.")] = None,
) -> None:
    """Simulate the Caspian crossing: waits, queues, ships and door-to-door times as distributions."""
    bare = {"--arrivals-per-day": arrivals, "--service-h": service, "--berths": berths, "--distribution": distribution,
            "--hours": hours}  # fmt: skip
    if model == "port":
        asked = {"--scenario": scenario, "--year": year, "--from": since, "--until": until, "--close": close,
                 "--level": level, "--projection": projection, "--cluster": cluster, "--corridor": corridor,
                 "--growth": None if growth == 1.0 else growth, "--out": out, "--resume": resume or None,
                 "--replay": replay or None, "--antithetic": antithetic or None}  # fmt: skip
        _check_bare(asked)
        _port(bare, replications, seed, as_json=as_json)
        return
    _check_model(model, bare)
    from transcaspian.cli.output import emit, err_console, print_problems
    from transcaspian.cli.progress import progress_bar
    from transcaspian.cli.simulate_tables import print_simulation
    from transcaspian.freight.simulation import CrossingQuestion
    from transcaspian.freight.simulation import simulate as run
    from transcaspian.freight.simulation.result_json import simulation_json

    started = time.perf_counter()
    if replay and not close:
        what = "there is no --close, so no weather to replay"
        raise InputError(
            Problem("simulate.run", "--replay", what, "give the closures as --close PORT:YYYY-MM-DD:DAYS.")
        )
    first, last = _days(year, since, until)
    question = CrossingQuestion(
        since=first, until=last, growth=growth, level_m_bs=level, projection=projection,
        closures=tuple(_closure(text) for text in close or ()), storms=not replay,
    )  # fmt: skip
    state, name, notes = _corridor(corridor, scenario, first, last)
    print_problems(notes)
    with progress_bar("years on the Caspian", quiet=as_json) as tell:
        result = run(
            state, question, replications=replications, seed=seed, antithetic=antithetic, workers=workers,
            cluster=cluster, folder=out, resume=resume, inputs={"scenario": name}, progress=tell,
        )  # fmt: skip
    print_problems(result.plan.notes)
    defaults = _defaults(result, question, state, since=since, year=year)
    claims = state.provenance.claims_of(result.plan.cells)
    if out is not None:
        from transcaspian.web.simulation_page import write_simulation_pages  # drawing loads what no table needs

        write_simulation_pages(out, result, state, defaults=defaults, claims=claims, title=name or "")
    seconds = round(time.perf_counter() - started, 3)
    if as_json:
        body = {"seconds": seconds, "folder": str(out) if out else None, "scenario": name, **simulation_json(result)}
        emit(body, defaults_used=defaults, claims=claims)
        return
    print_simulation(result, state, seconds)
    if out is not None:
        err_console().print(f"Report: {(out / 'report.html').resolve().as_uri()}", markup=False, soft_wrap=True)


def _days(year: int | None, since: str | None, until: str | None) -> tuple[dt.date, dt.date]:
    """The days [first, last) of the run; a year when only the first is given."""
    if year is not None and (since or until):
        what = "--year and --from or --until say the days twice"
        raise InputError(Problem("simulate.run", "--year", what, "give one of them."))
    if year is not None and not 1993 <= year <= 2100:
        what = f"{year} is no year we know the sea of"
        raise InputError(Problem("simulate.run", "--year", what, "give a year from 1993 to 2100."))
    first = _day("--from", since) if since else dt.date(year or (_day("--until", until).year if until else 2024), 1, 1)
    if until:
        return first, _day("--until", until)
    try:
        return first, first.replace(year=first.year + 1)
    except ValueError:  # 29 February
        return first, dt.date(first.year + 1, 3, 1)


def _day(option: str, text: str | None) -> dt.date:
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        what = f"{text!r} is no date"
        raise InputError(Problem("simulate.date", option, what, "write it like 2024-11-03.")) from None
    if not _YEARS[0] <= day.year <= _YEARS[1]:  # the warm-up goes before it, a year may follow
        what = f"{day} is far from any sea we know"
        raise InputError(Problem("simulate.date", option, what, f"give a day of {_YEARS[0]} to {_YEARS[1]}."))
    return day


def _closure(text: str) -> GivenClosure:
    """PORT:DATE:DAYS."""
    from transcaspian.freight.simulation.settings import GivenClosure

    port, _, rest = text.partition(":")
    day, _, days = rest.partition(":")
    where = f"--close {text}"
    try:
        number = float(days)
    except ValueError:
        what = f"{text!r} is no closure"
        raise InputError(Problem("simulate.closure", where, what, "write it like Aktau:2024-11-03:10.")) from None
    return GivenClosure(port, _day(where, day), number)


def _corridor(
    folder: Path | None, scenario: list[str] | None, first: dt.date, last: dt.date
) -> tuple[Corridor, str | None, Sequence[Problem]]:
    from transcaspian.corridor import load_corridor
    from transcaspian.scenario import apply_asked

    state = load_corridor(folder)
    if not scenario:
        return state, None, ()
    applied = apply_asked(state, scenario, start=first, end=last)
    return applied.corridor, applied.scenario.name, applied.notes


def _defaults(
    result: SimulationResult, question: CrossingQuestion, state: Corridor, *, since: str | None, year: int | None
) -> list[dict[str, Any]]:
    """What the answer took without being told: assumptions of the model, and cells that are assumptions."""
    rows: list[dict[str, Any]] = [dict(default) for default in result.plan.defaults]
    if year is None and since is None:
        rows.append({"name": "year", "value": question.since.year, "basis": "default", "reason": "no --year was given"})
    for table, row, column in state.provenance.assumed(result.plan.cells):
        rows.append({"name": f"{table}.{row}.{column}", "basis": "assumption"})
    return rows


def _check_model(model: str, bare: dict[str, Any]) -> None:
    if model != "crossing":
        what = f"{model!r} is no model"
        raise InputError(Problem("simulate.model", "--model", what, "use crossing or port."))
    given = [option for option, value in bare.items() if value is not None]
    if given:
        what = "belongs to the bare port"
        raise InputError([Problem("simulate.model", option, what, "give --model port too.") for option in given])


def _check_bare(asked: dict[str, Any]) -> None:
    """Options of the crossing mean nothing at a bare port."""
    given = [option for option, value in asked.items() if value]
    if given:
        what = "belongs to the crossing, not to the bare port"
        raise InputError([Problem("simulate.model", option, what, "leave it out.") for option in given])


def _port(bare: dict[str, Any], replications: int, seed: int, *, as_json: bool) -> None:
    """One bare port."""
    from transcaspian.cli.output import console, emit
    from transcaspian.freight.simulation.bare_port import BarePort, mean_wait_h

    missing = [option for option, value in bare.items() if value is None and option != "--distribution"]
    if missing:
        what = "is needed for a bare port"
        raise InputError([Problem("simulate.port", option, what, "give it.") for option in missing])
    started = time.perf_counter()
    port = BarePort(
        bare["--arrivals-per-day"], bare["--service-h"], bare["--berths"], bare["--distribution"] or "exponential"
    )
    found = mean_wait_h(port, bare["--hours"], replications=replications, seed=seed)
    wait = {"mean": found.mean, "low": found.low, "high": found.high}
    if as_json:
        default = {"name": "warm_up_h", "value": port.warm_up_h(bare["--hours"]), "basis": "assumption",
                   "reason": "the port begins empty; so many hours run before any is counted"}  # fmt: skip
        body = {"seconds": round(time.perf_counter() - started, 3), "folder": None, "wait_h": wait, "load": port.load,
                "replications": replications, "seed": seed}  # fmt: skip
        emit(body, defaults_used=[default])
        return
    interval = "" if found.low is None else f"  (95 % interval {found.low:.4g} to {found.high:.4g})"
    console().print(f"Mean wait before service: {found.mean:.4g} h{interval}")
