"""Static meets dynamic: arrivals from assigned flows, waits from the simulated year, and an honest end."""

from __future__ import annotations

import pytest

from transcaspian.corridor import Corridor
from transcaspian.errors import InputError
from transcaspian.freight.flows.assignment import solve_equilibrium
from transcaspian.freight.flows.loop import LoopResult, crossing_shares, run_loop, with_arrivals
from transcaspian.freight.simulation.demand_flows import route_demands


@pytest.fixture(scope="module")
def two_rounds(packaged: Corridor) -> LoopResult:
    return run_loop(packaged, rounds=2, replications=1)


def test_the_assigned_tonnes_are_the_arrivals_of_the_simulation(packaged: Corridor) -> None:
    _, assigned = solve_equilibrium(packaged)
    share = crossing_shares(packaged, assigned)
    arrivals, simulated_t = with_arrivals(packaged, share, assigned, growth=1.0)
    carried = sum(route.units_per_year * route.cargo_t for route in route_demands(arrivals))
    wants = assigned.prepared.wants
    tonnes = {want: float(wants.amount_t[row].sum()) for row, want in enumerate(wants.id)}
    assert carried == pytest.approx(simulated_t, rel=0.02)  # the simulation counts whole boxes
    assert simulated_t == pytest.approx(sum(part * tonnes[want] for (want, _), part in share.items()), rel=0.05)


def test_waits_come_nearer_and_what_does_not_agree_is_said(two_rounds: LoopResult) -> None:
    first, second = two_rounds.rounds
    assert second.wait_gap_h < first.wait_gap_h
    assert not two_rounds.converged
    assert any("did not come to agree in 2 rounds" in note for note in two_rounds.flows.notes)
    assert two_rounds.flows.method == "loop"
    assert not two_rounds.flows.convergence.converged
    assert len(two_rounds.flows.convergence.rounds) == 2


def test_the_same_seed_gives_the_same_table(packaged: Corridor, two_rounds: LoopResult) -> None:
    assert run_loop(packaged, rounds=2, replications=1).rounds == two_rounds.rounds


def test_one_round_shows_nothing(packaged: Corridor) -> None:
    with pytest.raises(InputError) as caught:
        run_loop(packaged, rounds=1)
    assert [problem.type for problem in caught.value.problems] == ["flows.rounds"]
