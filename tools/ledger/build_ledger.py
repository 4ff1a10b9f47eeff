"""Build the packaged ledger from the facts files and the added claims.

    python tools/ledger/build_ledger.py --facts DIR [--check]

Reads `DIR/*.csv` and `tools/ledger/added_claims.csv`, writes `claims.csv` and `sources.csv` of `data/ledger`. Same
input, same bytes. `--check` writes nothing and fails when the packaged tables differ.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from transcaspian.evidence.claims import CLAIM_COLUMNS, KINDS, SOURCE_COLUMNS
from transcaspian.evidence.ledger import PACKAGED_LEDGER
from transcaspian.evidence.periods import parse_period
from transcaspian.evidence.units import canonical_unit, parse_unit

HERE = Path(__file__).parent
COLUMNS = (
    "subject", "quantity", "value", "low", "high", "unit", "period", "kind",
    "source_title", "source_publisher", "source_date", "source_url", "note",
)  # fmt: skip
# What makes two rows of one subject and quantity the same claim (ids hash it in this order).
IDENTITY = ("value", "low", "high", "unit", "period", "kind", "source_url", "source_title")
# Addresses that hold many data sets of different bodies: there the title tells sources apart.
CONTAINERS = ("github.com",)
Row = dict[str, str]


class Built(NamedTuple):
    """The tables as text, and what was counted on the way."""

    claims: str
    sources: str
    counts: dict[str, int]


def main() -> int:
    """Build or check; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--facts", type=Path, required=True, help="folder with the facts files")
    parser.add_argument("--check", action="store_true", help="compare with the packaged tables, write nothing")
    options = parser.parse_args()
    if not list(options.facts.glob("*.csv")):
        print(f"{options.facts}: no facts files there.\n  Mend: give the folder that holds them.", file=sys.stderr)
        return 2
    built = build(options.facts)
    print(", ".join(f"{number} {what}" for what, number in built.counts.items()))
    targets = {PACKAGED_LEDGER / "claims.csv": built.claims, PACKAGED_LEDGER / "sources.csv": built.sources}
    if options.check:
        stale = [path for path, text in targets.items() if not path.exists() or path.read_text("utf-8") != text]
        for path in stale:
            print(f"{path.name} differs from what the facts give.\n  Mend: run without --check.", file=sys.stderr)
        return 1 if stale else 0
    for path, text in targets.items():
        path.write_text(text, encoding="utf-8", newline="")
    return 0


def build(facts: Path) -> Built:
    """The two tables for a folder of facts."""
    read = [row for path in [*sorted(facts.glob("*.csv")), HERE / "added_claims.csv"] for row in read_rows(path)]
    groups = group_claims(read)
    rows = [row for group in groups.values() for row in group]
    sources, members = group_sources(rows)
    claims = sorted(([claim_cells(row, sources) for row in rows]), key=lambda cells: cells[0])
    table = sorted((source_cells(ident, rows) for ident, rows in members.items()), key=lambda cells: cells[0])
    counts = {
        "rows read": len(read),
        "claims": len(claims),
        "copies merged": len(read) - len(claims),
        "subjects": len({row["subject"] for row in rows}),
        "citations": len({tuple(row[name] for name in COLUMNS[8:12]) for row in rows}),
        "sources": len(table),
        "of them primary": sum(cells[5] == "true" for cells in table),
        "press naming a primary body": sum(cells[6] != "" for cells in table),
    }
    return Built(as_csv(CLAIM_COLUMNS, claims), as_csv(SOURCE_COLUMNS, table), counts)


def read_rows(path: Path) -> list[Row]:
    """The rows of one facts file, stripped and checked, with the file's name."""
    rows = []
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise SystemExit(f"{path.name}: columns are not {', '.join(COLUMNS)}.")
        for line, raw in enumerate(reader, start=2):
            row = {name: (raw[name] or "").strip() for name in COLUMNS}
            if row["kind"] not in KINDS or not row["subject"] or not row["quantity"] or not row["unit"]:
                raise SystemExit(f"{path.name}, row {line}: subject, quantity, unit or kind is missing or unknown.")
            parse_unit(row["unit"])
            rows.append({**row, "file": path.stem.removesuffix("_claims")})
    return rows


def group_claims(read: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Rows by subject and quantity: exact copies joined, each row with its id."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in read:
        row["hash"] = hashlib.sha1("|".join(row[name] for name in IDENTITY).encode()).hexdigest()
        group = groups[(row["subject"], row["quantity"])]
        copy = next((known for known in group if known["hash"] == row["hash"]), None)
        if copy is None:
            group.append(row)
        else:
            copy["file"] = ";".join(sorted({*copy["file"].split(";"), row["file"]}))
            copy["note"] = copy["note"] or row["note"]
    for (subject, quantity), group in groups.items():
        digits = 4
        while len({row["hash"][:digits] for row in group}) < len(group):
            digits += 2
        for row in group:
            row["id"] = f"{subject}/{quantity}/{row['hash'][:digits]}"
    return groups


def group_sources(rows: list[Row]) -> tuple[dict[int, str], dict[str, list[Row]]]:
    """One source per page: rows joined by address, by title, publisher and date, or by a long title on one day."""
    parent = list(range(len(rows)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    first: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(rows):
        for key in source_keys(row):
            one, other = root(first.setdefault(key, place)), root(place)
            parent[max(one, other)] = min(one, other)
    together: dict[int, list[Row]] = defaultdict(list)
    for place, row in enumerate(rows):
        together[root(place)].append(row)
    return name_sources(together)


def name_sources(together: dict[int, list[Row]]) -> tuple[dict[int, str], dict[str, list[Row]]]:
    """Stable ids: publisher, date and a short hash of the address or title."""
    drafts = {}
    for place, rows in together.items():
        best = representative(rows)
        key = min(identity(row) for row in rows)
        stem = f"{slug(publisher(best))}-{best['source_date'] or 'nd'}"
        drafts[place] = (stem, hashlib.sha1(key.encode()).hexdigest())
    digits = 4
    while len({(stem, code[:digits]) for stem, code in drafts.values()}) < len(drafts):
        digits += 2
        if digits > 40:
            raise SystemExit("Two sources have the same citation. Mend: tell them apart by title.")
    ids = {place: f"{stem}-{code[:digits]}" for place, (stem, code) in drafts.items()}
    of_row = {id(row): ids[place] for place, rows in together.items() for row in rows}
    return of_row, {ids[place]: rows for place, rows in together.items()}


def identity(row: Row) -> str:
    """What names a page for good: its address, with the title where the address holds many; else its citation."""
    address = page_address(row)
    if not address:
        return "|".join(row[name] for name in ("source_title", "source_publisher", "source_date"))
    return f"{address}|{row['source_title']}" if address.startswith(CONTAINERS) else address


def source_keys(row: Row) -> list[tuple[str, ...]]:
    """Everything by which a row may be joined to another row's source."""
    title, day = plain(row["source_title"]), row["source_date"]
    keys: list[tuple[str, ...]] = [("page", title, plain(row["source_publisher"]), day, "")]
    address = page_address(row)
    if address:
        keys.append(("address", address, title if address.startswith(CONTAINERS) else ""))
        keys[0] = ("page", title, plain(row["source_publisher"]), day, address if not day else "")
    if len(title.split()) >= 5 and len(day) == 10:
        keys.append(("press release", title, day))
    return keys


def page_address(row: Row) -> str:
    """The address without what does not tell pages apart; empty when none is known."""
    url = row["source_url"]
    if url.startswith("seed:"):
        return url.removesuffix(".txt")
    if not re.match(r"https?://", url):
        return ""
    bare = re.sub(r"^https?://(www\.)?", "", url).split("#")[0]
    host, _, path = bare.partition("/")
    host = host.lower().removesuffix(":443").removesuffix(":80").rstrip(".")
    return f"{host}/{path.rstrip('/')}"


def representative(rows: list[Row]) -> Row:
    """The row that names a source: the fullest date, then the fullest publisher and title."""
    return min(
        rows,
        key=lambda r: (
            -len(r["source_date"]), -len(r["source_publisher"]), -len(r["source_title"]), r["source_date"],
            r["source_publisher"], r["source_title"], r["source_url"],
        ),
    )  # fmt: skip


def source_cells(ident: str, rows: list[Row]) -> list[str]:
    """One row of sources.csv."""
    best = representative(rows)
    url = best["source_url"] if re.match(r"https?://", best["source_url"]) else page_address(best)
    name = publisher(best)
    primary, quotes = trust(name)
    return [ident, best["source_title"], name, best["source_date"], url, "true" if primary else "false", quotes]


def claim_cells(row: Row, sources: dict[int, str]) -> list[str]:
    """One row of claims.csv: canonical numbers, and what was stated where that differs."""
    unit, factor = canonical_unit(row["unit"])
    numbers = [scaled(row[name], factor) for name in ("value", "low", "high")]
    parse_period(row["period"])
    stated = ["", ""]
    if unit != row["unit"]:
        stated = [row["value"] or "..".join((row["low"], row["high"])), row["unit"]]
    head = [row["id"], row["subject"], row["quantity"], *numbers, unit, *stated]
    return [*head, row["period"], row["kind"], sources[id(row)], row["file"], row["note"]]


def scaled(text: str, factor: float) -> str:
    """A number times a power of ten, exactly, as a plain number."""
    if not text:
        return ""
    number = (Decimal(text) * Decimal(int(factor))).normalize()
    return f"{number:f}"


def publisher(row: Row) -> str:
    """The publisher without remarks on where a copy of the page lay."""
    return re.sub(r"\s*\(index id [^)]*\)", "", row["source_publisher"])


def trust(name: str) -> tuple[bool, str]:
    """Whether the publisher is primary, and which primary body it quotes if it is press.

    Primary is who counted, built, runs, measured or researched the thing itself; the list stands in
    `primary_publishers.csv`. What stands in brackets, or before `via`, is quoted: press that copies it.
    """
    quoted = " ".join(re.findall(r"\(([^)]*)\)", name))
    outlet = re.sub(r"\s*\([^)]*\)", "", name)
    if " via " in outlet and not re.search(r"via (pypsa|OSeMOSYS)", outlet):
        quoted, outlet = f"{outlet.split(' via ')[0]} {quoted}".strip(), outlet.split(" via ")[-1]
    elif re.match(r"\S+\.\w+ / ", outlet):  # a site and the body whose words it prints
        outlet, _, behind = outlet.partition(" / ")
        quoted = f"{behind.strip()} {quoted}".strip()
    if PRIMARY.search(outlet):
        return True, ""
    return False, quoted if PRIMARY.search(quoted) else ""


def _patterns() -> re.Pattern[str]:
    with (HERE / "primary_publishers.csv").open(newline="", encoding="utf-8") as file:
        return re.compile("|".join(row["pattern"] for row in csv.DictReader(file)), re.IGNORECASE)


PRIMARY = _patterns()


def plain(text: str) -> str:
    """Lower case words only, for comparing titles."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def slug(text: str) -> str:
    """At most three words of a name, as part of an id; Cyrillic and accents become plain letters where they can."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_text.casefold())[:3]
    return "-".join(words) or "source"


def as_csv(header: Iterable[str], rows: Iterable[list[str]]) -> str:
    """A table as text with plain line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
