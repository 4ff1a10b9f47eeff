"""Queues that grow without end are told from those that storms and seasons make long."""

from __future__ import annotations

import numpy as np
import pytest

from transcaspian.freight.simulation.starving import growth_of

DAYS = np.arange(366.0)
SEASON = np.sin(2 * np.pi * DAYS / 366)


@pytest.mark.parametrize(
    ("series", "starves"),
    [
        (20 + 2.0 * DAYS, True),
        (200 - 60 * SEASON + 0.6 * DAYS, True),  # less demand in spring: it shrinks for months, and never clears
        (np.full(366, 200.0), False),
        (np.maximum(0.0, 60 * SEASON), False),
        (np.maximum(0.0, -60 * SEASON), False),
        (np.where((DAYS > 350) & (DAYS < 366), 80.0, 0.0), False),  # a storm at the end
        (200 - 60 * SEASON, False),  # long, and no longer at the end than at the beginning
        (np.full(366, 1.0) + DAYS / 100, False),
    ],
)
def test_a_queue_that_only_grows_starves(series: np.ndarray, starves: bool) -> None:
    assert growth_of(series, "jobs").starving is starves


def test_a_short_run_says_nothing() -> None:
    assert not growth_of(10.0 * DAYS[:100], "jobs").starving
    assert growth_of(np.array([3.0]), "jobs").at_end == 3.0
