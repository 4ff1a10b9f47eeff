"""Keys of streams: the same everywhere, of their own for each cause and replication."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from transcaspian.errors import InputError
from transcaspian.runs import antithetic, stream_key


def test_a_key_is_the_same_in_every_release_and_on_every_machine() -> None:
    # Written down once: another number here means that every seed has become another world.
    assert stream_key(1, 0, "weather.KZAAU") == 0xC459DC120E0C068E
    assert stream_key(1, 0, "weather.KZAAU").dtype == np.uint64


def test_a_key_is_the_same_in_another_process() -> None:
    code = "from transcaspian.runs.streams import stream_key; print(stream_key(5, 3, 'Aqtaý'))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(out.stdout) == int(stream_key(5, 3, "Aqtaý"))


def test_seed_replication_and_cause_each_make_another_key() -> None:
    keys = {
        int(stream_key(seed, replication, name))
        for seed in (-1, 0, 1, 11, 2**70)
        for replication in (0, 1, 10, 111)
        for name in ("1", "1/1", "weather", "Weather")
    }
    assert len(keys) == 5 * 4 * 4


def test_the_twin_has_the_lowest_bit_and_is_its_twins_twin() -> None:
    key, twin = stream_key(1, 0, "ships"), stream_key(1, 0, "ships", antithetic=True)
    assert (int(key) & 1, int(twin) & 1) == (0, 1)
    assert antithetic(key) == twin
    assert antithetic(twin) == key


@pytest.mark.parametrize(("replication", "name"), [(-1, "ships"), (0, "")])
def test_no_stream_is_without_a_name_or_before_the_first_replication(replication: int, name: str) -> None:
    with pytest.raises(InputError) as caught:
        stream_key(1, replication, name)
    assert [problem.type for problem in caught.value.problems] == ["runs.stream"]
