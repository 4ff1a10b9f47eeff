"""Networks and demand given as arrays: what is checked, and how nodes are numbered for the search."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from transcaspian.errors import InputError
from transcaspian.freight.equilibrium import make_demand, make_network
from transcaspian.freight.equilibrium.delays import constant
from transcaspian.freight.equilibrium.demand import group_trips
from transcaspian.freight.equilibrium.network import number_for_search

from .networks import two_links

ONE = constant([1.0])


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: make_network(2, [0, 1], [1], ONE), 1),
        (lambda: make_network(2, [5], [-1], ONE), 2),
        (lambda: make_network(2, [0], [1], ONE, fixed=[[0.0, 0.0]]), 1),
        (lambda: make_network(2, [0], [1], ONE, fixed=[[-2.0], [np.nan], [-0.5]]), 2),
        (lambda: make_network(2, [0], [1], ONE, no_through=[True]), 1),
    ],
)
def test_arrays_that_make_no_network_are_refused_with_every_problem(make: Callable[[], object], found: int) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert [problem.type for problem in caught.value.problems] == ["equilibrium.network"] * found


@pytest.mark.parametrize(
    ("columns", "kind", "found"),
    [
        (([0, 0], [1], [1.0]), 0, 1),
        (([0, 7], [9, 1], [-1.0, np.inf]), 0, 4),
        (([0], [1], [1.0]), 3, 1),
        (([0], [1], [np.nan]), 0, 1),
    ],
)
def test_arrays_that_make_no_demand_are_refused_with_every_problem(columns, kind: int, found: int) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError) as caught:
        make_demand(two_links(1.0, 2.0)[0], *columns, kind=kind)
    assert [problem.type for problem in caught.value.problems] == ["equilibrium.demand"] * found


def test_what_is_given_is_copied_and_cannot_be_written() -> None:
    tail = np.array([0])
    network = make_network(2, tail, [1], ONE)
    tail[0] = 1
    assert network.tail[0] == 0
    for column in (network.tail, network.head, network.fixed, network.no_through, network.delays.free):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1


#    0 ⇄ 1 ⇄ 2 ⇄ 3, and 1 ⇄ 3: 0 is a dead end; 2 is closed
def test_dead_ends_and_closed_nodes_are_never_searched_through() -> None:
    ends = np.array([(0, 1), (1, 2), (2, 3), (1, 3)])
    both = np.vstack([ends, ends[:, ::-1]])
    network = make_network(4, *both.T, constant(np.ones(8)), no_through=[False, False, True, False])
    numbering = number_for_search(network)
    star = numbering.star
    assert star.n_inner == 2
    assert sorted(numbering.ends[[1, 3]]) == [0, 1]
    assert np.all(star.first[numbering.ends[[0, 2]]] == star.first[numbering.ends[[0, 2]] + 1])  # nothing leads on
    for link in range(8):
        place = int(np.flatnonzero(numbering.link == link)[0])
        assert star.tail[place] == numbering.begins[network.tail[link]]
        assert star.head[place] == numbering.ends[network.head[link]]


def test_pairs_are_grouped_by_class_and_origin() -> None:
    network = make_network(3, [0, 1, 2], [1, 2, 0], constant(np.ones(3)), fixed=np.zeros((2, 3)))
    demand = make_demand(network, [2, 0, 0, 1, 0], [0, 2, 1, 1, 1], [1, 2, 3, 4, 0], kind=[1, 0, 0, 0, 1])
    trips, rows = group_trips(demand, number_for_search(network))
    assert rows.tolist() == [2, 1, 0]  # the pair within one node and the one without demand use no link
    assert trips.first.tolist() == [0, 2, 3]
    assert trips.kind.tolist() == [0, 1]
