"""Write the generated pages of `docs/`: the commands, the tables, and published figures beside ours.

`--check` writes nothing and exits with 1 when a page is out of date.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from life_of_a_container import life_page
from oil_model import oil_model_page
from oil_validation import oil_validation_page
from scenario_page import scenarios_page

from transcaspian.corridor import load_corridor
from transcaspian.corridor.coverage import coverage
from transcaspian.corridor.schema import TableSchema, packaged_schema
from transcaspian.evidence import Ledger, load_ledger
from transcaspian.freight.flows.comparison import NOT_ANSWERED

DOCS = Path(__file__).resolve().parents[2] / "docs"


def commands_page() -> str:
    """`docs/cli.md`, by Typer's own generator."""
    return subprocess.run(
        [sys.executable, "-m", "typer", "transcaspian.cli.main", "utils", "docs", "--name", "transcaspian"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def tables_page() -> str:
    """`docs/tables.md`: every table and column, with the share of cells that are not assumptions."""
    corridor = load_corridor()
    total = corridor.provenance.count()
    stretch = coverage(corridor)
    lines = [
        "# The tables of the corridor",
        "",
        "Written by `make docs` from `datapackage.json` and `provenance.csv`. Units close the column names.",
        "",
        f"{total.total():,} quantities: {total['claim']:,} claimed, {total['derived']:,} derived from claims, "
        f"{total['assumption']:,} assumed.",
        "",
        "Between China's border and the Black Sea the share claimed or derived is "
        f"{100 * stretch.through.share:.0f} % on the shortest through ways by rail and sea (60 % is the aim) and "
        f"{100 * stretch.region.share:.0f} % in the five countries.",
        "",
    ]
    for schema in packaged_schema().values():
        rows = len(corridor[schema.name]) if schema.name in corridor.tables else total.total()
        lines += _table(schema, rows, corridor.provenance.count(schema.name))
    return "\n".join(lines) + "\n"


def _table(schema: TableSchema, rows: int, count: dict[str, int]) -> list[str]:
    cells = sum(count.values())
    share = f", {cells:,} quantities of which {count['assumption']:,} assumed" if cells else ""
    lines = [
        f"## {schema.name}",
        "",
        f"{schema.title}: {rows:,} rows{share}.",
        "",
        "| column | type | what |",
        "|---|---|---|",
    ]
    for field in schema.fields:
        kind = f"list of {field.type}" if field.separator else field.type
        words = f" One of: {', '.join(word for word in field.words if word)}." if field.words else ""
        refers = f" Refers to {', '.join(field.references)}." if field.references else ""
        kind += "" if field.required else ", may be empty"
        lines.append(f"| `{field.name}` | {kind} | {field.description}{words}{refers} |")
    return [*lines, ""]


VALIDATION_HEAD = """# Published figures beside ours

Written by `make docs` from `transcaspian validate --json`, for the packaged corridor. No procedure fits
anything to these figures, but those who chose the assumptions knew many of them, so this is no blind test.

- *Published* is what the claims say, from the lowest to the highest.
- *Ours* is the mid of the quickest route that fits, with its range. `haul` leaves out loading, unloading and customs at
  the two ends; `door` counts all.
- *Ranges* says whether the two ranges overlap. Ours are wide, so this is a weak test.
- *Mid* is the stronger one: how far our mid lies outside what is published, in per cent of the nearer end; a miss where
  it is more than 5 %, which is what sources round away.
- *Input*: our answer itself rests on the published claim, so that agreement proves nothing. It is not counted.
"""


CROSSING_HEAD = """## The crossing in 2024, simulated

Twenty replications of 2024 beside what was counted: mean, and from the tenth to the ninetieth percentile between years.
Demand and one time were **fitted** to the first six counts and to nothing else (`docs/demand-2024.md`); the others
are only compared. How many days the wind shuts a port is an assumption: no count exists but one press report of
Kuryk, which the assumption of 15 to 45 days a year cannot meet.
"""


FLOWS_HEAD = """## The flows of 2024

The stochastic equilibrium of 2024 beside what was counted. *Fitted*: constants of choice (`transcaspian calibrate`) or
rows of demand were fitted to the count; *input*: the demand itself; *compared*: nothing was fitted to it. A miss of
more than 5 % is printed bold.
"""


def validation_page() -> str:
    """`docs/validation.md`: every published figure beside our range, misses and inputs called so."""
    printed = subprocess.run(
        [str(Path(sys.executable).with_name("transcaspian")), "validate", "--json"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    result = json.loads(printed)["result"]
    comparisons = result["comparisons"]
    independent = [c for c in comparisons if not c["is_input"]]
    misses = [c for c in independent if not c["agrees"]]
    off = [c for c in independent if not c["mid_agrees"]]
    ledger = load_ledger()
    lines = [
        VALIDATION_HEAD,
        f"{len(independent)} figures that no answer rests on; {len(comparisons) - len(independent)} more are inputs.",
        "",
        f"- Missed by the range, {len(misses)}: {_named(misses)}.",
        f"- Missed by the mid, {len(off)}: {_named(off)}.",
        "",
        "| figure | published | ours | ranges | mid | our route | who says so |",
        "|---|---|---|---|---|---|---|",
        *(_compared(c, ledger) for c in comparisons),
        "",
        CROSSING_HEAD,
        "| count | published | simulated | use | mean | who says so |",
        "|---|---|---|---|---|---|",
        *(_counted(count, ledger) for count in result["crossing"]),
        "",
        FLOWS_HEAD,
        "| target | count | published | equilibrium | use | off | who says so |",
        "|---|---|---|---|---|---|---|",
        *(_assigned(count, ledger) for count in result["flows"]),
        "",
        "Not answered by a flow model: " + "; ".join(f"{name} {why}" for name, why in NOT_ANSWERED.items()) + ".",
    ]
    return "\n".join(lines) + "\n"


def _counted(count: Mapping[str, Any], ledger: Ledger) -> str:
    """One published count of the crossing beside the simulated years."""
    form = ",.0f" if count["published"]["high"] >= 1000 else ".3g"
    low, high = (f"{count['published'][end]:{form}}" for end in ("low", "high"))
    ours = {name: f"{value:{form}}" for name, value in count["ours"].items()}
    use = {"fit": "fitted", "input": "input", "compare": "compared"}[count["use"]]
    off = f"{count['off_percent']:+.1f} %" if count["off_percent"] else "inside"
    off = f"**{off}**" if count["use"] == "compare" and abs(count["off_percent"]) > 5 else off
    sources = [ledger.source_of(ledger.get_claim(claim)) for claim in count["claims"]]
    who = "; ".join(dict.fromkeys(f"[{source.label()}]({source.url})" for source in sources))
    name = f"{count['name']}, {count['note']}" if count["note"] else count["name"]
    published = low if low == high else f"{low}–{high}"
    return f"| {name} | {published} | {ours['mean']} ({ours['p10']}–{ours['p90']}) | {use} | {off} | {who} |"


def _assigned(count: Mapping[str, Any], ledger: Ledger) -> str:
    """One count beside the equilibrium."""
    form = ",.0f" if count["published"]["high"] >= 1000 else ".3g"
    low, high = (f"{count['published'][end]:{form}}" for end in ("low", "high"))
    use = {"fit": "fitted", "input": "input", "compare": "compared"}[count["use"]]
    off = f"{count['off_percent']:+.1f} %" if count["off_percent"] else "inside"
    off = f"**{off}**" if abs(count["off_percent"]) > 5 else off
    sources = [ledger.source_of(ledger.get_claim(claim)) for claim in count["claims"]]
    who = "; ".join(dict.fromkeys(f"[{source.label()}]({source.url})" for source in sources))
    name = f"{count['name']}; {count['note']}" if count["note"] else count["name"]
    published = low if low == high else f"{low}–{high}"
    return f"| {count['target']} | {name} | {published} | {count['ours']:{form}} | {use} | {off} | {who} |"


def _compared(comparison: Mapping[str, Any], ledger: Ledger) -> str:
    measure, unit = comparison["measure"].rsplit("_", 1)
    form = ",.1f" if unit == "d" else ",.0f"
    low, high = (f"{comparison['published'][end]:,g}" for end in ("low", "high"))
    published = f"{low if low == high else f'{low}–{high}'} {unit}"
    ours, ranges, mid = "no such route", "**miss**", "**miss**"
    if comparison["ours"]:
        values = {end: f"{value:{form}}" for end, value in comparison["ours"].items()}
        ours = f"{values['mid']} ({values['low']}–{values['high']})"
        ranges = "overlap" if comparison["agrees"] else f"**miss {comparison['gap_percent']:+.0f} %**"
        off = comparison["mid_off_percent"]
        mid = f"{off:+.0f} %" if off else "inside"
        mid = mid if comparison["mid_agrees"] else f"**{mid}**"
    if comparison["is_input"]:
        ranges, mid = "input", "input"
    sources = [ledger.source_of(ledger.get_claim(claim)) for claim in comparison["claims"]]
    who = "; ".join(dict.fromkeys(f"[{source.label()}]({source.url})" for source in sources))
    figure = f"{comparison['note']} ({measure})"
    return f"| {figure} | {published} | {ours} | {ranges} | {mid} | {comparison['route']} | {who} |"


def _named(comparisons: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(comparison["note"] for comparison in comparisons) or "none"


PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": commands_page,
    "life-of-a-container.md": life_page,
    "oil-model.md": oil_model_page,
    "oil-validation.md": oil_validation_page,
    "scenarios.md": scenarios_page,
    "tables.md": tables_page,
    "validation.md": validation_page,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, make in PAGES.items():
        path, page = DOCS / name, make()
        if check and (not path.exists() or path.read_text(encoding="utf-8") != page):
            stale.append(name)
        elif not check:
            path.write_text(page, encoding="utf-8")
    if stale:
        print(f"out of date: {', '.join(stale)}; run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
