"""What the tests of this room compare by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from transcaspian.runs import write_table


def tables(folder: Path, results: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """The bytes of two tables, written as a command would: a row per replication, and a row per ship."""
    means = {"replication": np.arange(len(results)), "mean_wait_h": [result["mean_wait_h"] for result in results]}
    ships = {name: np.concatenate([result[name] for result in results]) for name in ("ship", "wait_h")}
    paths = [write_table(folder, "berths", means), write_table(folder, "ships", ships)]
    return {path.name: path.read_bytes() for path in paths}
