"""Write the generated pages of `docs/`: the commands from their help, the tables from the schema.

`--check` writes nothing and exits with 1 when a page is out of date.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from transcaspian.corridor import load_corridor
from transcaspian.corridor.schema import TableSchema, packaged_schema

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
    lines = [
        "# The tables of the corridor",
        "",
        "Written by `make docs` from `datapackage.json` and `provenance.csv`. Units close the column names.",
        "",
        f"{total.total():,} quantities: {total['claim']:,} claimed, {total['derived']:,} derived from claims, "
        f"{total['assumption']:,} assumed.",
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, page in (("cli.md", commands_page()), ("tables.md", tables_page())):
        path = DOCS / name
        if check and (not path.exists() or path.read_text(encoding="utf-8") != page):
            stale.append(name)
        elif not check:
            path.write_text(page, encoding="utf-8")
    if stale:
        print(f"out of date: {', '.join(stale)}; run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
