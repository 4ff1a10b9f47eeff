"""Plans of the packaged crossing that several tests share; plans are frozen, so one of each serves all."""

from __future__ import annotations

import datetime as dt

import pytest

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.settings import CrossingQuestion

BASE_YEAR = CrossingQuestion(dt.date(2024, 1, 1), dt.date(2025, 1, 1))


@pytest.fixture(scope="session")
def base_year(packaged: Corridor) -> Plan:
    """The crossing of 2024."""
    return build_plan(packaged, BASE_YEAR)


@pytest.fixture(scope="session")
def spring(packaged: Corridor) -> Plan:
    """Sixty days of it."""
    return build_plan(packaged, CrossingQuestion(dt.date(2024, 3, 1), dt.date(2024, 4, 30)))
