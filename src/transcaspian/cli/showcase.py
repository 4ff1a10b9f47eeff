"""`transcaspian showcase`: the packaged shipments, answered one after another, and one page with them all."""

from __future__ import annotations

import csv
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

EXAMPLE = "Example: transcaspian showcase --out out"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(epilog=EXAMPLE)(showcase)
    app.command("warm-up", epilog="Example: transcaspian warm-up")(warm_up)


def showcase(
    out: Annotated[Path, typer.Option("--out", help="Folder for the page.")] = Path("out"),
    corridor: Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Answer a handful of real shipments and write one page with map and tables."""
    # The solvers load numba: only a command that searches pays for it.
    from rich.progress import track
    from rich.text import Text

    from transcaspian.cli.output import console, emit, err_console
    from transcaspian.cli.route_tables import print_quotes
    from transcaspian.freight.answers import answer_question
    from transcaspian.freight.quote_json import quote_json
    from transcaspian.web.route_map import write_map

    answers, asked = [], shipments()
    for shipment in track(asked, description="Shipments", console=err_console()):
        answers.append(
            answer_question(
                shipment["origin"],
                shipment["destination"],
                load_text=shipment["load"],
                by=shipment["by"],
                count=int(shipment["alternatives"]),
                folder=corridor,
            )
        )
    page = out / "showcase.html"
    write_map(page, answers, title="The Middle Corridor and its rivals, door to door")
    if as_json:
        result: dict[str, Any] = {
            "page": str(page),
            "shipments": [
                {
                    "origin": answer.origin,
                    "destination": answer.destination,
                    "load": answer.loads[0].text,
                    "alternatives": [quote_json(quote) for quote in answer.quotes],
                }
                for answer in answers
            ],
        }
        emit(result)
        return
    for answer, shipment in zip(answers, asked, strict=True):
        print_quotes(answer, shipment["by"], legs=0)
        console().print()
    said = f"{len(answers)} shipments with maps, legs and sources: "
    console().print(Text.assemble(said, (page.resolve().as_uri(), "bold")), soft_wrap=True)


def shipments() -> list[dict[str, str]]:
    """The packaged questions: origin, destination, load, criterion and number of alternatives."""
    path = Path(__file__).resolve().parent.parent / "data" / "shipments.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def warm_up() -> None:
    """Compile the numerical kernels once, so that the first question is as fast as the next."""
    from transcaspian.cli.output import err_console
    from transcaspian.corridor import build_network, load_corridor
    from transcaspian.freight import find_alternatives, find_pareto, parse_load
    from transcaspian.freight.capacity.synthetic import plain_problem
    from transcaspian.freight.simulation import BarePort, waits_h

    plain_problem(12, 40, 4, 2, n_ports=2)  # solves itself once to find its capacities
    import_module("transcaspian.freight.equilibrium")  # its kernels have signatures: importing compiles them
    corridor = load_corridor()
    network = build_network(corridor)
    loads = parse_load(corridor, "1 FEU")
    find_alternatives(network, loads, "CNXAG", "ROCND")
    find_pareto(network, loads, "CNXAG", "ROCND")
    waits_h(BarePort(1.0, 1.0, 1), 24.0, replications=1, seed=1)
    err_console().print("Kernels are compiled.")
