"""`transcaspian validate`: published figures beside the twin's ranges, with the misses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

EXAMPLE = "Example: transcaspian validate --json"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(epilog=EXAMPLE)(validate)


def validate(
    corridor: Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare with published times and distances; a miss is shown as a miss and does not fail."""
    # The solvers load numba: only a command that searches pays for it.
    from rich.table import Table
    from rich.text import Text

    from transcaspian.cli.output import console, emit
    from transcaspian.corridor import load_corridor
    from transcaspian.freight.validation import compare

    comparisons = list(compare(load_corridor(corridor)))
    if as_json:
        rows: list[dict[str, Any]] = [
            {
                "id": c.published.id,
                "measure": c.published.measure,
                "published": {"low": c.published.low, "high": c.published.high},
                "ours": c.ours.as_json() if c.ours else None,
                "gap_percent": round(c.gap_percent, 1),
                "agrees": c.agrees,
                "is_input": c.is_input,
                "route": c.label,
                "claims": list(c.published.claims),
                "note": c.published.note,
            }
            for c in comparisons
        ]
        emit({"comparisons": rows}, claims=sorted({claim for c in comparisons for claim in c.published.claims}))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("figure", "published", "ours", "", "route"):
        table.add_column(name)
    for c in comparisons:
        unit = c.published.measure.rsplit("_", 1)[1]
        low, high = f"{c.published.low:,g}", f"{c.published.high:,g}"
        published = (low if low == high else f"{low}–{high}") + f" {unit}"
        form = ".1f" if unit == "d" else ",.0f"
        ours = f"{c.ours.mid:{form}} ({c.ours.low:{form}}–{c.ours.high:{form}})" if c.ours else "no such route"
        inside = Text("inside, but an input", "yellow") if c.is_input else Text("inside", "green")
        verdict = inside if c.agrees else Text(f"miss {c.gap_percent:+.0f} %", "red")
        table.add_row(c.published.note, published, ours, verdict, c.label)
    console().print(table)
    independent = [c for c in comparisons if not c.is_input]
    agreed = sum(c.agrees for c in independent)
    console().print(
        f"\n{agreed} of {len(independent)} published figures that no answer rests on lie inside our ranges; "
        f"{len(comparisons) - len(independent)} more are inputs of the twin."
    )
