"""A ledger of a handful of claims, written as files and read back like the packaged one."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from transcaspian.evidence import Ledger, load_ledger
from transcaspian.evidence.claims import CLAIM_COLUMNS, SOURCE_COLUMNS

SMALL_TABLES = {
    "aliases.csv": "what,subject,name,same_as,relation\nquantity,*,volume,throughput,same\n",
    "counts.csv": "subject,quantity,who,pattern,counts\n",
    "gaps.csv": "subject,quantity,period,text\n",
}
SOURCES = (
    ("ministry", "Yearbook", "Ministry", "2024-05-01", "", "true", ""),
    ("press", "Article", "Gazette", "2025-05-01", "", "false", ""),
    ("press-old", "Older article", "Courier", "2023-05-01", "", "false", ""),
    ("quoting", "Report", "Herald (Ministry)", "2024-06-01", "", "false", "Ministry"),
    ("bank", "Rates", "Bank", "2024-01-01", "", "true", ""),
)

MakeLedger = Callable[[Sequence[dict[str, Any]]], Ledger]


@pytest.fixture
def make_ledger(tmp_path: Path) -> MakeLedger:
    """Claims given as keyword dictionaries become a ledger; what is left out has a plain default."""

    def make(claims: Sequence[dict[str, Any]]) -> Ledger:
        defaults = dict.fromkeys(CLAIM_COLUMNS, "") | {
            "subject": "port:x",
            "quantity": "throughput",
            "unit": "t",
            "period": "2024",
            "kind": "actual",
            "source": "press",
        }
        with (tmp_path / "claims.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, CLAIM_COLUMNS)
            writer.writeheader()
            for place, claim in enumerate(claims):
                writer.writerow(defaults | {"id": f"claim-{place}"} | claim)
        with (tmp_path / "sources.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([SOURCE_COLUMNS, *SOURCES])
        for name, text in SMALL_TABLES.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        load_ledger.cache_clear()
        return load_ledger(tmp_path)

    return make
