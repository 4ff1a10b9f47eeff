"""Queues that grow without end are told from those that are long for a season."""

from __future__ import annotations

import numpy as np
import pytest

from transcaspian.freight.simulation.starving import LEAST, SHORTEST_DAYS, growth_of

DAYS = np.arange(366.0)


@pytest.mark.parametrize("counted", sorted(LEAST))
def test_a_queue_that_rises_to_the_end_starves(counted: str) -> None:
    found = growth_of(DAYS * LEAST[counted] / 50, counted)
    assert found.starving
    assert found.per_day == pytest.approx(LEAST[counted] / 50)
    assert found.at_end == pytest.approx(362 * LEAST[counted] / 50)


def test_a_queue_that_never_clears_starves_though_the_season_bends_it() -> None:
    """Less comes in spring, so that it shrinks for months, and the thirds do not rise one after the other."""
    season = 60 * np.sin(2 * np.pi * DAYS / 366)
    assert growth_of(200 - season + 0.6 * DAYS, "jobs").starving
    assert not growth_of(200 - season, "jobs").starving
    assert not growth_of(np.maximum(0.0, -season), "jobs").starving


@pytest.mark.parametrize(
    "series",
    [
        np.full(366, 500.0),
        300 * np.exp(-0.5 * ((DAYS - 300) / 20) ** 2),  # an autumn peak that is over when the year ends
        DAYS[::-1] * 10,
        DAYS * 0.01,  # rises, but nobody would call it a queue
        np.zeros(366),
    ],
)
def test_a_queue_that_is_long_small_or_over_does_not(series: np.ndarray) -> None:
    assert not growth_of(series, "units").starving


def test_a_short_run_cannot_tell() -> None:
    assert not growth_of(DAYS[: SHORTEST_DAYS - 1] * 1000, "units").starving
    assert growth_of(np.zeros(0), "units").at_end == 0
    assert growth_of(np.array([7.0]), "units").at_end == 7
