"""Logistics centres on the corridor: chosen, refused, and never at a loss."""

from __future__ import annotations

import pytest

from transcaspian.corridor import Corridor
from transcaspian.errors import InputError
from transcaspian.freight.flows.hub_sites import choose_hubs

PLACES = ("KZALA", "KZAAU", "AZALA", "GETBS", "GEPTI")


def test_more_centres_never_cost_more(packaged: Corridor) -> None:
    savings = [choose_hubs(packaged, count, candidates=PLACES).saving_usd for count in (1, 2, 3)]
    assert savings == sorted(savings)
    assert savings[1] > 0


def test_a_deeper_discount_saves_more(packaged: Corridor) -> None:
    savings = [
        choose_hubs(packaged, 2, candidates=PLACES, trunk_factor=factor).saving_usd for factor in (1.0, 0.9, 0.7)
    ]
    assert savings == sorted(savings)
    assert savings[0] < 0.5 * savings[2]


def test_a_centre_that_costs_more_than_it_saves_is_not_built(packaged: Corridor) -> None:
    assert choose_hubs(packaged, 2, candidates=PLACES, opening_usd_per_year=1e12).chosen == ()


def test_nobody_pays_more_than_for_the_straight_way(packaged: Corridor) -> None:
    found = choose_hubs(packaged, 3, candidates=PLACES)
    assert (found.plan.cost_usd_per_t <= found.straight_usd * (1 + 1e-9)).all()
    assert set(found.chosen) <= set(PLACES)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"candidates": ("KZALB",)}, "KZALB"),
        ({"unit_load": "FEUS"}, "FEUS"),
        ({"trunk_factor": -1.0}, "trunk-factor"),
    ],
)
def test_what_cannot_be_used_is_said(packaged: Corridor, settings: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        choose_hubs(packaged, 2, **settings)  # type: ignore[arg-type]


def test_centres_for_cargo_that_nobody_sends_are_refused(packaged: Corridor) -> None:
    with pytest.raises(InputError) as caught:
        choose_hubs(packaged, 1, unit_load="TEU", growth=0.0, candidates=("KZALA",), trunk_factor=0.8)
    assert [problem.type for problem in caught.value.problems] == ["hubs.demand"]
