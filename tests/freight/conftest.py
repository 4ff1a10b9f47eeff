"""One tiny corridor and one packaged corridor for all tests of the room."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcaspian.corridor import Corridor, Network, build_network, load_corridor
from transcaspian.testing import tiny_corridor


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Corridor:
    return tiny_corridor(Path(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="session")
def tiny_network(tiny: Corridor) -> Network:
    return build_network(tiny)


@pytest.fixture(scope="session")
def packaged() -> Corridor:
    return load_corridor()


@pytest.fixture(scope="session")
def packaged_network(packaged: Corridor) -> Network:
    return build_network(packaged)
