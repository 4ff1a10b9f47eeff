"""`transcaspian equilibrium`: the user equilibrium of a network and a demand in TNTP files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from transcaspian.errors import InputError, Problem

if TYPE_CHECKING:
    from transcaspian.freight.equilibrium import Demand, Equilibrium, Network
    from transcaspian.freight.equilibrium.tntp import TntpNet

_GAP = 1e-6
_NAMED = 25  # pairs without a path that an error names; all of them stand in the result of --allow-unmet


def register(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    example = "Example: transcaspian equilibrium --net NET.tntp --trips TRIPS.tntp --gap 1e-8 --out FLOWS.tntp"
    app.command("equilibrium", epilog=example)(equilibrium)


def equilibrium(
    net: Annotated[Path, typer.Option("--net", help="Network: a TNTP file.")],
    trips: Annotated[Path, typer.Option("--trips", help="Demand: a TNTP file.")],
    toll_factor: Annotated[float, typer.Option("--toll-factor", help="Time per unit of toll.")] = 0.0,
    distance_factor: Annotated[float, typer.Option("--distance-factor", help="Time per unit of length.")] = 0.0,
    gap: Annotated[float, typer.Option("--gap", help="Relative gap to be reached, (TSTT - SPTT) / TSTT.")] = _GAP,
    out: Annotated[Path | None, typer.Option("--out", help="Write the link flows: a TNTP file.")] = None,
    allow_unmet: Annotated[
        bool, typer.Option("--allow-unmet", help="Go on where nothing connects a pair, and name it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Assign a demand to a network so that nobody finds a cheaper path: cost = time + tolls + distance."""
    # The solvers load numba: only a command that assigns pays for it.
    from transcaspian.cli.output import emit, print_problems
    from transcaspian.freight.equilibrium import user_equilibrium
    from transcaspian.freight.equilibrium.tntp import demand_of, network_of, read_net, read_trips

    net_file, trips_file = read_net(net), read_trips(trips)
    network = network_of(net_file, toll_factor=toll_factor, distance_factor=distance_factor)
    demand = demand_of(network, trips_file)
    found = user_equilibrium(network, demand, gap=gap)
    unmet = _unmet(demand, found)
    if unmet and not allow_unmet:
        raise InputError(_unconnected(trips, unmet))
    print_problems([*trips_file.notes, *([_warning(trips, unmet)] if unmet else [])])
    if out is not None:
        _write(out, net_file, network, found)
    result = _result(network, demand, found, unmet, out)
    problems = [] if found.converged else [_not_reached(found, gap)]
    if as_json:
        defaults = [_default(gap)] if gap == _GAP else []
        emit(result, defaults_used=defaults, ok=not problems, errors=problems or None)
    else:
        _show(result, net_file)
        print_problems(problems)
    if problems:
        raise typer.Exit(1)


def _result(
    network: Network, demand: Demand, found: Equilibrium, unmet: list[dict[str, Any]], out: Path | None
) -> dict[str, Any]:
    """The keys of the JSON; nothing but `seconds` depends on the clock."""
    return {
        "objective": found.objective,
        "relative_gap": found.relative_gap,
        "iterations": found.iterations,
        "seconds": round(found.seconds, 4),
        "flows": str(out) if out is not None else None,
        "converged": found.converged,
        "total_cost": found.total_cost,
        "links": network.n_links,
        "nodes": network.n_nodes,
        "demand": float(demand.amount.sum()),
        "intrazonal_demand": demand.local,
        "unmet_demand": float(found.unmet.sum()),
        "unmet": unmet,
        "paths": len(found.paths),
        "convergence": [
            {"iteration": one.iteration, "relative_gap": one.relative_gap, "objective": one.objective}
            for one in found.rounds
        ],
    }


def _unmet(demand: Demand, found: Equilibrium) -> list[dict[str, Any]]:
    """The pairs that nothing connects, with the numbers their files give them."""
    return [
        {
            "origin": int(demand.origin[pair]) + 1,
            "destination": int(demand.destination[pair]) + 1,
            "demand": float(found.unmet[pair]),
        }
        for pair in found.unmet.nonzero()[0]
    ]


def _unconnected(trips: Path, unmet: list[dict[str, Any]]) -> list[Problem]:
    mend = "add the missing links, or go on without these trips: --allow-unmet."
    problems = [
        Problem(
            "equilibrium.unconnected",
            f"{trips}, origin {pair['origin']}, destination {pair['destination']}",
            f"no path carries the demand of {pair['demand']:g}",
            mend,
        )
        for pair in unmet[:_NAMED]
    ]
    if len(unmet) > _NAMED:
        what = f"{len(unmet) - _NAMED} more pairs have no path"
        problems.append(Problem("equilibrium.unconnected", str(trips), what, mend))
    return problems


def _warning(trips: Path, unmet: list[dict[str, Any]]) -> Problem:
    total = sum(pair["demand"] for pair in unmet)
    what = f"no path carries the demand of {total:g} of {len(unmet)} pairs"
    mend = "--json names them under `unmet`."
    return Problem("equilibrium.unconnected", str(trips), what, mend, severity="warning")


def _not_reached(found: Equilibrium, gap: float) -> Problem:
    what = f"after {found.iterations} iterations the relative gap is {found.relative_gap:.3g}, not {gap:g}"
    return Problem("equilibrium.not_reached", "--gap", what, "ask for a wider gap; rounding ends near 1e-15.")


def _write(out: Path, net: TntpNet, network: Network, found: Equilibrium) -> None:
    from transcaspian.freight.equilibrium.tntp import TntpFlows, write_flows

    write_flows(out, TntpFlows(net.tail, net.head, found.flow, found.time + network.fixed[0]))


def _default(gap: float) -> dict[str, Any]:
    why = "fine enough for flows that are shown with four figures"
    return {"name": "relative_gap", "value": gap, "basis": "default", "reason": why}


def _show(result: dict[str, Any], net: TntpNet) -> None:
    """The result and its convergence for people."""
    from rich.table import Table

    from transcaspian.cli.output import console, err_console

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("iteration", "relative gap", "objective"):
        table.add_column(name, justify="right")
    for one in result["convergence"]:
        table.add_row(str(one["iteration"]), f"{one['relative_gap']:.2e}", f"{one['objective']:,.3f}")
    screen = console()
    screen.print(table)
    screen.print(
        f"\n{net.n_zones:,} zones, {result['nodes']:,} nodes, {result['links']:,} links; "
        f"demand {result['demand']:,.1f}, of which {result['intrazonal_demand']:,.1f} stays in its zone "
        f"and {result['unmet_demand']:,.1f} finds no path."
    )
    screen.print(f"Objective (Beckmann) {result['objective']:,.6f}, total cost {result['total_cost']:,.3f}.")
    if result["flows"]:
        screen.print(f"Flows: {result['flows']}")
    err_console().print(f"{result['seconds']:.3f} s on {result['paths']:,} paths.")
