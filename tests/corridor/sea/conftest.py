"""The packaged corridor, and two berths that fit on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.testing import tiny_corridor

#   KZAAU ferry: 6 m at −28, ratio 1.10 ══ asco-alfa: 5,000 t at 4.5 m, 24 t/cm ══ AZALA ferry: 7 m at −28, ratio 1.10


@pytest.fixture(scope="session")
def packaged() -> Corridor:
    return load_corridor()


@pytest.fixture
def tiny(tmp_path: Path) -> Corridor:
    return tiny_corridor(tmp_path, rows={"vessels": [{"id": "asco-alfa", "kind": "ferry", "immersion_t_per_cm": 24}]})
