"""The round of ships without cargo: machine repair in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation.world import run_world

from .helpers import assert_mean, tiny_plan

HOURS = 40_000.0


def palm(ships: int, berths: int, service_h: float, away_h: float) -> tuple[float, float]:
    """Mean wait, hours, and mean berths in use when `ships` come back exponential hours after each service.

    The chance that k of N are at the berths is that of a birth-and-death chain (Palm, 1947); away times of any
    distribution give the same (Baskett, Chandy, Muntz and Palacios, 1975), here two passages.
    """
    weight = [1.0]
    for k in range(1, ships + 1):
        weight.append(weight[-1] * (ships - k + 1) * service_h / away_h / min(k, berths))
    chance = np.array(weight) / sum(weight)
    busy = float(chance @ np.minimum(np.arange(ships + 1), berths))
    return ships * service_h / busy - away_h - service_h, busy


@pytest.mark.parametrize(("ships", "berths", "service_h"), [(1, 1, 5.0), (5, 1, 4.0), (8, 2, 10.0), (12, 1, 3.0)])
def test_ships_wait_for_berths_as_machines_for_repair(ships: int, berths: int, service_h: float) -> None:
    plan = tiny_plan(ships=ships, berths=berths, service_h=service_h, sail_h=10.0, hours=HOURS)
    worlds = [run_world(plan, seed=1, replication=n) for n in range(16)]
    wait_h, busy = palm(ships, berths, service_h, 20.0)
    quays = [world.berths[0] for world in worlds]
    if ships > berths:
        assert_mean([quay["wait_h"] / quay["jobs"] for quay in quays], wait_h)
    else:
        assert all(quay["wait_h"] == 0 for quay in quays)
    assert_mean([quay["busy_h"] / HOURS for quay in quays], busy)
    assert_mean([quay["jobs"] for quay in quays], busy / service_h * HOURS)


def test_palm_gives_erlangs_repair_shop() -> None:
    """Two machines, one repairman, equal rates: weights 1, 2, 2, so it works four fifths of the time."""
    assert palm(2, 1, 1.0, 1.0) == pytest.approx((2 / 0.8 - 2, 0.8))


def test_every_hour_of_every_ship_is_counted_once() -> None:
    plan = tiny_plan(ships=6, berths=2, service_h=8.0, sail_h=10.0, hours=3_000.0)
    world = run_world(plan, seed=2, replication=0)
    np.testing.assert_allclose(world.ships["state_h"].sum(axis=1), 3_000.0, rtol=1e-12)
    sailing_h = world.ships["state_h"][:, w.SAILING].sum()
    assert sailing_h > 0
    assert world.ships["state_h"][:, [w.ABSENT, w.REPAIR, w.LOADING_CARGO, w.HELD]].sum() == 0


def test_a_ship_leaves_each_side_in_turn() -> None:
    plan = tiny_plan(ships=4, berths=1, service_h=5.0, sail_h=10.0, hours=1_000.0)
    world = run_world(plan, seed=3, replication=0)
    voyages = world.voyages[: world.counters[w.N_VOYAGES]]
    for ship in range(4):
        own = voyages[voyages[:, 0] == ship]
        assert np.array_equal(own[:, 1], np.arange(len(own)) % 2)
        assert np.all(own[1:, 2] >= own[:-1, 3])  # it is there before it leaves again
