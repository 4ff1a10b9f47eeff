"""Choice sets: the cheapest loopless paths, what is closed to them, and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from transcaspian.errors import InputError
from transcaspian.freight.equilibrium import choice_sets, make_demand, make_network, path_sizes, user_equilibrium
from transcaspian.freight.equilibrium.delays import constant

from .networks import random_problem, two_links


def paths_of(sets, pair: int) -> list[tuple[int, ...]]:  # type: ignore[no-untyped-def]
    return [tuple(links.tolist()) for _, links in sets.of_pair(pair)]


#    0 ─1─▶ 1 ─1─▶ 3, 0 ─2─▶ 2 ─2─▶ 3, 0 ─9─▶ 3
def test_the_cheapest_come_first_and_closed_nodes_and_links_are_left_out() -> None:
    ends = ([0, 1, 0, 2, 0], [1, 3, 2, 3, 3])
    times = constant([1.0, 1.0, 2.0, 2.0, 9.0])
    network = make_network(4, *ends, times)
    demand = make_demand(network, [0, 3, 1, 0], [3, 0, 1, 1], [1.0, 1.0, 1.0, 0.0])
    sets = choice_sets(network, demand, 2)
    assert paths_of(sets, 0) == [(0, 1), (2, 3)]
    assert [paths_of(sets, pair) for pair in (1, 2, 3)] == [[], [], []]
    assert paths_of(choice_sets(network, demand, 9), 0) == [(0, 1), (2, 3), (4,)]
    closed = make_network(4, *ends, times, no_through=[True, True, False, True])
    assert paths_of(choice_sets(closed, demand, 9), 0) == [(2, 3), (4,)]
    barred = make_network(4, *ends, times, fixed=[0.0, 0.0, np.inf, 0.0, 0.0])
    assert paths_of(choice_sets(barred, demand, 9), 0) == [(0, 1), (4,)]


def test_the_paths_of_an_equilibrium_join_without_standing_twice() -> None:
    network, demand = random_problem(6, load=5.0)
    used = user_equilibrium(network, demand).paths
    sets = choice_sets(network, demand, 2, also=used)
    for pair in range(len(demand)):
        found = paths_of(sets, pair)
        assert len(found) == len(set(found))
        assert set(paths_of(used, pair)) <= set(found)


def test_path_sizes_lie_between_one_over_n_and_one() -> None:
    network, demand = random_problem(6)
    sets = choice_sets(network, demand, 5)
    sizes = path_sizes(sets, network.delays.free)
    count = np.repeat(np.diff(sets.first), np.diff(sets.first))
    assert np.all(sizes <= 1.0 + 1e-12)
    assert np.all(sizes >= 1.0 / count - 1e-12)
    assert path_sizes(choice_sets(network, make_demand(network, [0], [0], [1.0]), 2), network.delays.free).size == 0


def test_bad_questions_are_refused() -> None:
    network, demand = two_links(1.0, 2.0)
    with pytest.raises(InputError) as caught:
        choice_sets(network, demand, 0)
    assert caught.value.problems[0].type == "equilibrium.count"
    sets = choice_sets(network, demand, 2)
    for length in ([1.0], [0.0, 1.0], [-1.0, 1.0], [np.nan, 1.0]):
        with pytest.raises(InputError) as caught:
            path_sizes(sets, length)
        assert caught.value.problems[0].type == "equilibrium.length"
