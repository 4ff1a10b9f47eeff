"""`transcaspian flows` and `calibrate`: who goes which way, where it jams, and the constants behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from transcaspian.errors import InputError, Problem

if TYPE_CHECKING:
    from transcaspian.freight.flows.questions import FlowQuestion
    from transcaspian.freight.flows.result import FlowResult

FLOWS_EXAMPLE = "Example: transcaspian flows --close northern --growth 1.2"
CALIBRATE_EXAMPLE = "Example: transcaspian calibrate --json"


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("flows", epilog=FLOWS_EXAMPLE)(flows)
    app.command("calibrate", epilog=CALIBRATE_EXAMPLE)(calibrate)


def flows(
    scenario: Annotated[str | None, typer.Option("--scenario", help="A scenario's name or file.")] = None,
    year: Annotated[int, typer.Option("--year", help="Upgrades and changes of a year; demand of 2024.")] = 2024,
    method: Annotated[
        str, typer.Option("--method", help="equilibrium, capacity (hard limits), or loop (with the simulation).")
    ] = "equilibrium",
    growth: Annotated[float, typer.Option("--growth", help="Factor on all demand, 1.5 for half as much more.")] = 1.0,
    close: Annotated[
        list[str] | None,
        typer.Option("--close", help="Place, link, service, facility, country, or a corridor such as northern."),
    ] = None,
    tariff: Annotated[Path | None, typer.Option("--tariff", help="A file with through tariffs and discounts.")] = None,
    corridor: Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Keep the answer in a new folder: tables, page.")] = None,
    map_file: Annotated[Path | None, typer.Option("--map", help="Write a page with map and tables here.")] = None,
) -> None:
    """Assign a year's cargo to the corridors: flows, what is full, what waits, and what stays behind."""
    from transcaspian.cli.flows_tables import print_flows
    from transcaspian.cli.output import emit, err_console, print_problems
    from transcaspian.freight.flows.flow_json import flow_json
    from transcaspian.freight.flows.questions import read_question

    _check(method, growth)
    question = read_question(scenario=scenario, year=year, close=close or (), folder=corridor)
    print_problems(question.notes)
    result = _solved(question, method, growth, tariff)
    defaults = _defaults(result, question)
    claims = question.corridor.provenance.claims_of(result.cells)
    inputs = {"scenario": question.scenario, "year": year, "method": method, "growth": growth,
              "close": list(close or ()), "tariff": str(tariff) if tariff else None}  # fmt: skip
    if out is not None or map_file is not None:
        from transcaspian.web.flow_page import write_flow_folder, write_flow_page  # drawing loads the base map

        if out is not None:
            write_flow_folder(out, result, question.corridor, inputs=inputs, defaults=defaults, claims=claims)
        if map_file is not None:
            write_flow_page(map_file, result, question.corridor, inputs=inputs, claims=claims)
    if as_json:
        body = {**inputs, "folder": str(out) if out else None, **flow_json(result)}
        emit(body, defaults_used=defaults, claims=claims)
        return
    print_flows(result)
    for path in (out / "report.html" if out else None, map_file):
        if path is not None:
            err_console().print(f"Page: {path.resolve().as_uri()}", markup=False, soft_wrap=True)


def calibrate(
    corridor: Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")] = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="Put the fitted constants into the tables of this folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fit the constants of choice to the shares of 2024, and show what is left."""
    from transcaspian.cli.flows_tables import print_calibration
    from transcaspian.cli.output import emit
    from transcaspian.corridor import load_corridor
    from transcaspian.freight.flows.calibration import calibrate as fit
    from transcaspian.freight.flows.calibration import write_calibration

    state = load_corridor(corridor)
    found = fit(state)
    written = write_calibration(state, found, write) if write is not None else []
    if as_json:
        rows: list[dict[str, Any]] = [
            {"class": one.choice_class, "way": one.way, "target_share": round(one.target_share, 6),
             "model_share": round(one.model_share, 6), "residual_share": round(one.model_share - one.target_share, 8),
             "constant_usd_per_t": round(one.constant_usd_per_t, 3), "target_t_per_year": round(one.target_t),
             "basis": "counted" if one.counted else "assumed"}
            for one in found.fits
        ]  # fmt: skip
        body = {"rounds": found.rounds, "converged": found.converged, "worst_residual": found.worst_residual,
                "constants": rows, "written": written}  # fmt: skip
        cells = [cell for one in found.classes for cell in one.cells] + list(found.assigned.prepared.wants.cells)
        emit(body, claims=state.provenance.claims_of(cells))
    else:
        print_calibration(found, written)
    if not found.converged:
        raise typer.Exit(1)


def _check(method: str, growth: float) -> None:
    problems = []
    if method not in ("equilibrium", "capacity", "loop"):
        mend = "use equilibrium, capacity or loop."
        problems.append(Problem("flows.method", "--method", f"{method!r} is no method", mend))
    if not 0.0 < growth < 1000.0:
        mend = "give a factor such as 1.5 for half as much more."
        problems.append(Problem("flows.growth", "--growth", f"{growth:g} is not above 0 and below 1000", mend))
    if problems:
        raise InputError(problems)


def _solved(question: FlowQuestion, method: str, growth: float, tariff: Path | None) -> FlowResult:
    change = None
    if tariff is not None:
        from transcaspian.freight.flows.tariffs import load_tariff_policy

        change = load_tariff_policy(tariff, question.corridor).change_cost
    if method == "equilibrium":
        from transcaspian.freight.flows.assignment import solve_equilibrium

        return solve_equilibrium(question.corridor, year=question.year, growth=growth, change_cost=change)[0]
    if method == "capacity":
        from transcaspian.freight.flows.capacity_answer import solve_capacity

        return solve_capacity(question.corridor, year=question.year, growth=growth, change_cost=change)
    from transcaspian.freight.flows.loop import solve_loop

    return solve_loop(question.corridor, year=question.year, growth=growth, change_cost=change)


def _defaults(result: FlowResult, question: FlowQuestion) -> list[dict[str, Any]]:
    """Assumptions of the method, then the cells of the tables that are assumptions."""
    rows: list[dict[str, Any]] = [dict(default) for default in result.defaults]
    assumed: Sequence[tuple[str, str, str]] = question.corridor.provenance.assumed(result.cells)
    rows += [{"name": ".".join(cell), "basis": "assumption"} for cell in assumed]
    return rows
