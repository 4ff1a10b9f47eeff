"""Distances on the sphere against closed forms."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.corridor.geometry import EARTH_RADIUS_KM, great_circle_km, great_circle_line

points = st.tuples(st.floats(-179, 179), st.floats(-85, 85))
QUARTER_KM = math.pi / 2 * EARTH_RADIUS_KM


@pytest.mark.parametrize(
    ("start", "end", "length_km"),
    [
        ((0, 0), (90, 0), QUARTER_KM),  # along the equator
        ((30, 0), (30, 90), QUARTER_KM),  # from the equator to the pole
        ((0, 90), (123, 90), 0),  # the pole has no longitude
        ((0, 0), (180, 0), 2 * QUARTER_KM),  # antipodes
        ((179.5, 0), (-179.5, 0), QUARTER_KM / 90),  # over the date line
    ],
)
def test_great_circles_of_known_length(start: tuple[float, float], end: tuple[float, float], length_km: float) -> None:
    assert great_circle_km(start, end) == pytest.approx(length_km, abs=1e-6)


def test_along_a_parallel_the_circle_is_shorter_than_the_parallel() -> None:
    # From (0, 60) to (90, 60): cos(angle) = sin²60 + cos²60·cos 90 = 0.75.
    assert great_circle_km((0, 60), (90, 60)) == pytest.approx(math.acos(0.75) * EARTH_RADIUS_KM)


@settings(deadline=None, derandomize=True)
@given(points, points)
def test_there_is_as_far_as_back(a: tuple[float, float], b: tuple[float, float]) -> None:
    assert great_circle_km(a, b) == pytest.approx(great_circle_km(b, a), abs=1e-9)


@settings(deadline=None, derandomize=True)
@given(points, points, points)
def test_no_detour_is_shorter(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    assert great_circle_km(a, c) <= great_circle_km(a, b) + great_circle_km(b, c) + 1e-6


@settings(deadline=None, derandomize=True)
@given(points, points)
def test_a_line_keeps_its_ends_its_length_and_its_step(a: tuple[float, float], b: tuple[float, float]) -> None:
    length_km = great_circle_km(a, b)
    if length_km > 2 * QUARTER_KM - 100:
        return  # near the antipode every direction is as good
    line = great_circle_line(a, b, step_km=500)
    steps = [great_circle_km(p, q) for p, q in pairwise(line)]
    assert great_circle_km(line[0], a) < 1e-3
    assert great_circle_km(line[-1], b) < 1e-3
    assert sum(steps) == pytest.approx(length_km, abs=1e-2)
    assert max(steps) <= 500 + 1e-2
