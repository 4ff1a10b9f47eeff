"""`transcaspian validate`: published figures beside the twin's ranges, with the misses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.text import Text

    from transcaspian.freight.flows.comparison import FlowComparison
    from transcaspian.freight.simulation.comparison import CountComparison
    from transcaspian.freight.validation import Comparison

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

    from transcaspian.cli.output import console, emit
    from transcaspian.corridor import load_corridor
    from transcaspian.evidence.conflicts import TOLERANCE
    from transcaspian.freight.flows.comparison import compare_flows, comparisons_json
    from transcaspian.freight.simulation.comparison import compare_counts, counts_json
    from transcaspian.freight.validation import compare

    state = load_corridor(corridor)
    comparisons = list(compare(state))
    counts = compare_counts(state)
    flows = compare_flows(state)
    if as_json:
        rows: list[dict[str, Any]] = [
            {
                "id": c.published.id,
                "measure": c.published.measure,
                "published": {"low": c.published.low, "high": c.published.high},
                "ours": c.ours.as_json() if c.ours else None,
                "gap_percent": round(c.gap_percent, 1),
                "agrees": c.agrees,
                "mid_off_percent": round(c.mid_off_percent, 3) if c.ours else None,
                "mid_agrees": c.mid_agrees,
                "is_input": c.is_input,
                "route": c.label,
                "claims": list(c.published.claims),
                "note": c.published.note,
            }
            for c in comparisons
        ]
        claims = {claim for c in comparisons for claim in c.published.claims}
        claims |= {claim for one in counts for claim in one.count.claims}
        claims |= {claim for one in flows for claim in one.count.claims}
        body = {"comparisons": rows, "crossing": counts_json(counts), "flows": comparisons_json(flows)}
        emit(body, claims=sorted(claims))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("figure", "published", "ours", "ranges", "mid", "route"):
        table.add_column(name)
    for c in comparisons:
        unit = c.published.measure.rsplit("_", 1)[1]
        low, high = f"{c.published.low:,g}", f"{c.published.high:,g}"
        published = (low if low == high else f"{low}–{high}") + f" {unit}"
        form = ".1f" if unit == "d" else ",.0f"
        ours = f"{c.ours.mid:{form}} ({c.ours.low:{form}}–{c.ours.high:{form}})" if c.ours else "no such route"
        table.add_row(c.published.note, published, ours, *_verdicts(c), c.label)
    console().print(table)
    independent = [c for c in comparisons if not c.is_input]
    overlapping = sum(c.agrees for c in independent)
    inside = sum(c.mid_agrees for c in independent)
    console().print(
        f"\nOf {len(independent)} published figures that no answer rests on, {overlapping} overlap our ranges; "
        f"the mid is inside or at most {100 * TOLERANCE:.0f} % outside in {inside}. "
        f"{len(comparisons) - len(independent)} more are inputs of the twin.\n"
    )
    _print_counts(counts)
    _print_flows(flows)


def _print_counts(counts: Sequence[CountComparison]) -> None:
    """The crossing of 2024, simulated, beside what was counted."""
    from rich.table import Table
    from rich.text import Text

    from transcaspian.cli.output import console

    table = Table(title="The crossing in 2024", title_justify="left", title_style="bold", box=None, pad_edge=False,
                  header_style="bold")  # fmt: skip
    for name in ("count", "published", "simulated (between years)", "use", "mean"):
        table.add_column(name)
    words = {"fit": "fitted", "input": "an input", "compare": "compared"}
    for one in counts:
        form = ",.0f" if one.count.high >= 1000 else ".3g"
        ends = (f"{one.count.low:{form}}", f"{one.count.high:{form}}")
        published = ends[0] if ends[0] == ends[1] else "–".join(ends)
        off = round(one.off_percent, 1)
        colour = "green" if abs(off) <= 5 else "red"
        verdict = Text(f"{off:+.1f} %" if off else "inside", "yellow" if one.count.use == "input" else colour)
        ours = f"{one.mean:{form}} ({one.p10:{form}}–{one.p90:{form}})"
        table.add_row(one.count.name, published, ours, words[one.count.use], verdict)
    console().print(table)


def _print_flows(flows: Sequence[FlowComparison]) -> None:
    """The equilibrium of 2024 beside what was counted."""
    from rich.table import Table
    from rich.text import Text

    from transcaspian.cli.output import console
    from transcaspian.freight.flows.comparison import NOT_ANSWERED

    table = Table(title="The flows of 2024", title_justify="left", title_style="bold", box=None, pad_edge=False,
                  header_style="bold")  # fmt: skip
    for name in ("target", "count", "published", "equilibrium", "use", "off"):
        table.add_column(name)
    words = {"fit": "fitted", "input": "an input", "compare": "compared"}
    for one in flows:
        form = ",.0f" if one.count.high >= 1000 else ".3g"
        ends = (f"{one.count.low:{form}}", f"{one.count.high:{form}}")
        published = ends[0] if ends[0] == ends[1] else "–".join(ends)
        off = round(one.off_percent, 1)
        colour = "yellow" if one.count.use == "input" else "green" if abs(off) <= 5 else "red"
        table.add_row(one.count.target, one.count.name, published, f"{one.ours:{form}}", words[one.count.use],
                      Text(f"{off:+.1f} %" if off else "inside", colour))  # fmt: skip
    console().print()
    console().print(table)
    console().print("Not answered by flows: " + "; ".join(f"{name} {why}" for name, why in NOT_ANSWERED.items()) + ".")


def _verdicts(comparison: Comparison) -> tuple[Text, Text]:
    """What is said of the ranges and of our mid."""
    from rich.text import Text

    if comparison.ours is None:
        return Text("miss", "red"), Text("miss", "red")
    ranges = Text("overlap", "green") if comparison.agrees else Text(f"miss {comparison.gap_percent:+.0f} %", "red")
    off = comparison.mid_off_percent
    mid = Text(f"{off:+.0f} %" if round(off) else "inside", "green" if comparison.mid_agrees else "red")
    return (Text("an input", "yellow"), Text("an input", "yellow")) if comparison.is_input else (ranges, mid)
