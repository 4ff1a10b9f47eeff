import pytest

from transcaspian.corridor import Corridor
from transcaspian.testing import tiny_corridor


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Corridor:
    return tiny_corridor(tmp_path_factory.mktemp("tiny"))
