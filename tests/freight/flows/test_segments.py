"""Parts of demand by loyalty: the closed form against a drawn logit, and the surcharges it leads to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcaspian.corridor import Corridor, Network
from transcaspian.freight.flows.capacity import arc_costs
from transcaspian.freight.flows.cargo import read_demand
from transcaspian.freight.flows.segments import DOORS, WAYS, cut_demand, door_kinds, loyalty_usd_per_t


def test_half_of_those_on_a_way_leave_at_the_median_of_a_drawn_logit() -> None:
    scale, utilities = 0.03, np.array([10.0, 0.0, -20.0])
    drawn = utilities + np.random.default_rng(1).gumbel(size=(200_000, 3)) / scale
    chosen = drawn[drawn[:, 0] == drawn.max(axis=1)]
    advantage = chosen[:, 0] - chosen[:, 1:].max(axis=1)
    share = float(np.exp(scale * utilities[0]) / np.exp(scale * utilities).sum())
    for quantile in (0.125, 0.5, 0.875):
        expected = loyalty_usd_per_t(share, scale, quantile)
        assert float(np.quantile(advantage, quantile)) == pytest.approx(expected, rel=0.02)


@given(st.floats(0.0, 0.99), st.floats(0.001, 1.0), st.floats(0.0, 0.99))
def test_loyalty_is_never_below_zero_and_grows_with_share(share: float, scale: float, quantile: float) -> None:
    here = loyalty_usd_per_t(share, scale, quantile)
    assert here >= -1e-9
    assert loyalty_usd_per_t((1 + share) / 2, scale, quantile) >= here - 1e-9


def test_shares_of_the_parts_of_every_row_make_one(packaged: Corridor, packaged_network: Network) -> None:
    cargo, wants = read_demand([packaged] * 12, growth=1.0)
    found = cut_demand(packaged, packaged_network, arc_costs(packaged_network, cargo), cargo, wants)
    sums = np.bincount(found.want, found.share, minlength=len(wants.id))
    assert np.allclose(sums, 1.0)
    assert (found.surcharge >= 0.0).all()


def test_no_surcharge_stands_on_the_doors_of_the_own_way(packaged: Corridor, packaged_network: Network) -> None:
    cargo, wants = read_demand([packaged] * 12, growth=1.0)
    found = cut_demand(packaged, packaged_network, arc_costs(packaged_network, cargo), cargo, wants)
    counted_on = packaged["demand"].texts("counted_on")
    for want, fee in zip(found.want.tolist(), found.surcharge, strict=True):
        own = [DOORS.index(door) for door in WAYS.get(counted_on[want], ())]
        assert not fee[own].any()


def test_entries_by_sea_are_doors_too(packaged_network: Network) -> None:
    kinds = door_kinds(packaged_network)
    entries = packaged_network.tail[kinds == DOORS.index("russia")]
    sides = {packaged_network.nodes[node].side for node in entries}
    assert "sea" in sides
    assert "rail_1520" in sides
