"""Pareto-optimal paths: closed forms, brute force on small networks, a plain-Python twin on larger ones."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.errors import InputError
from transcaspian.freight.pareto import pareto_paths
from transcaspian.freight.shortest import graph_from_arcs, shortest_tree

from .brute_force import all_paths


def plain_sum(criteria, arcs):
    total = np.zeros(np.shape(criteria)[1])
    for arc in arcs:
        total = total + criteria[arc]
    return tuple(total.tolist())


def best_of(vectors):
    """The vectors that no other one beats, in lexicographic order."""
    kept = set(vectors)
    return sorted(
        one
        for one in kept
        if not any(other != one and all(a <= b for a, b in zip(other, one, strict=True)) for other in kept)
    )


def as_tuples(rows):
    return [tuple(row) for row in rows.tolist()]


def assert_real_paths(paths, tail, head, criteria, origin, destination):
    """Each path runs from origin to destination, visits no node twice, and costs its plain sum."""
    tail, head = np.asarray(tail), np.asarray(head)
    for arcs, total in zip(paths.arcs, as_tuples(paths.cost), strict=True):
        assert tail[arcs[0]] == origin
        assert head[arcs[-1]] == destination
        np.testing.assert_array_equal(head[arcs[:-1]], tail[arcs[1:]])
        assert len({origin, *head[arcs].tolist()}) == len(arcs) + 1
        assert total == plain_sum(criteria, arcs)


@st.composite
def networks(draw):
    """Up to six nodes, fourteen arcs, one to four criteria: parallel arcs, self-loops, zeros; costs in quarters."""
    n_nodes, n_criteria = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    node = st.integers(0, n_nodes - 1)
    arcs = draw(st.lists(st.tuples(node, node), max_size=14))
    size = len(arcs) * n_criteria
    quarters = draw(st.lists(st.integers(0, 6), min_size=size, max_size=size))
    tail, head = zip(*arcs, strict=True) if arcs else ((), ())
    return n_nodes, list(tail), list(head), np.array(quarters, float).reshape(len(arcs), n_criteria) / 4


def layered(n_layers, width, n_criteria, seed):
    """Layers of `width` nodes, all of one joined to all of the next, and a few ways back: tail, head, criteria."""
    rng = np.random.default_rng(seed)
    pairs = [
        (layer * width + a, (layer + 1) * width + b)
        for layer in range(n_layers - 1)
        for a in range(width)
        for b in range(width)
    ]
    pairs += [(head, tail) for tail, head in pairs[::5]]
    tail, head = np.array(pairs).T
    return tail, head, rng.integers(0, 40, (len(pairs), n_criteria)).astype(float)


#   (0) ── rail: 2 h, 9 USD ──┐            ┌── ferry: 5 h, 1 USD ──┐
#     └─── road: 1 h, 20 USD ─┴── (1) ─────┴── plane: 1 h, 30 USD ─┴── (2)      all four sums are worth a look,
#     └──────────── pipe: 8 h, 10 USD ────────────────────────────────┘          the pipe is beaten by rail + ferry
CHOICE = ([0, 0, 1, 1, 0], [1, 1, 2, 2, 2], [[2.0, 9.0], [1.0, 20.0], [5.0, 1.0], [1.0, 30.0], [8.0, 10.0]])


def test_a_way_beaten_in_every_criterion_is_left_out():
    tail, head, criteria = CHOICE
    paths = pareto_paths(graph_from_arcs(tail, head, 3), criteria, 0, 2)
    assert [arcs.tolist() for arcs in paths.arcs] == [[1, 3], [0, 3], [1, 2], [0, 2]]
    np.testing.assert_array_equal(paths.cost, [[2.0, 50.0], [3.0, 39.0], [6.0, 21.0], [7.0, 10.0]])


def test_a_blocked_arc_carries_nothing():
    tail, head, criteria = CHOICE
    graph = graph_from_arcs(tail, head, 3)
    paths = pareto_paths(graph, criteria, 0, 2, blocked=[True, False, False, True, False])
    assert [arcs.tolist() for arcs in paths.arcs] == [[1, 2], [4]]
    assert len(pareto_paths(graph, criteria, 0, 2, blocked=[True, True, False, False, True])) == 0


def test_nothing_connects_what_is_not_connected():
    tail, head, criteria = CHOICE
    paths = pareto_paths(graph_from_arcs(tail, head, 3), criteria, 2, 0)
    assert len(paths) == 0
    assert paths.cost.shape == (0, 2)


def test_of_equal_vectors_one_path_is_given_and_always_the_same():
    graph = graph_from_arcs([0, 0, 0], [1, 1, 1], 2)
    answers = [pareto_paths(graph, [[1.0, 2.0]] * 3, 0, 1) for _ in range(3)]
    assert [[arcs.tolist() for arcs in paths.arcs] for paths in answers] == [[[0]]] * 3


#   (0) ═ (1) ═ (2) … each step either (1, 0) or (0, 1): every split of the steps is optimal
def test_a_chain_of_exchanges_keeps_one_path_per_split():
    steps = 40
    tail = np.repeat(np.arange(steps), 2)
    criteria = np.tile([[1.0, 0.0], [0.0, 1.0]], (steps, 1))
    paths = pareto_paths(graph_from_arcs(tail, tail + 1, steps + 1), criteria, 0, steps)
    split = np.arange(steps + 1.0)
    np.testing.assert_array_equal(paths.cost, np.column_stack([split, split[::-1]]))


#   the same chain with (2^i, 0) or (0, 2^i): all 2^n paths are optimal (Hansen, 1980)
def test_hansens_chain_keeps_every_path():
    steps = 10
    tail = np.repeat(np.arange(steps), 2)
    weight = 2.0 ** np.repeat(np.arange(steps), 2)
    criteria = np.tile([[1.0, 0.0], [0.0, 1.0]], (steps, 1)) * weight[:, None]
    paths = pareto_paths(graph_from_arcs(tail, tail + 1, steps + 1), criteria, 0, steps)
    np.testing.assert_array_equal(paths.cost[:, 0], np.arange(2.0**steps))


@settings(deadline=None, max_examples=400)
@given(network=networks())
def test_the_set_equals_brute_force(network):
    n_nodes, tail, head, criteria = network
    graph = graph_from_arcs(tail, head, n_nodes)
    for origin, destination in itertools.permutations(range(n_nodes), 2):
        paths = pareto_paths(graph, criteria, origin, destination)
        assert_real_paths(paths, tail, head, criteria, origin, destination)
        brute = [plain_sum(criteria, arcs) for arcs in all_paths(tail, head, origin, destination)]
        assert as_tuples(paths.cost) == best_of(brute)


@settings(deadline=None, max_examples=150)
@given(network=networks(), percent=st.integers(0, 100))
def test_every_optimal_path_is_represented_within_the_tolerance(network, percent):
    n_nodes, tail, head, criteria = network
    graph = graph_from_arcs(tail, head, n_nodes)
    given_paths = pareto_paths(graph, criteria, 0, 1, epsilon=percent / 100)
    assert_real_paths(given_paths, tail, head, criteria, 0, 1)
    assert as_tuples(given_paths.cost) == best_of(as_tuples(given_paths.cost))
    for vector in pareto_paths(graph, criteria, 0, 1).cost:
        limit = (1.0 + percent / 100) * vector * (1.0 + 1e-12)
        assert np.any(np.all(given_paths.cost <= limit, axis=1))


def twin_pareto(tail, head, criteria, origin, destination, n_nodes):
    """Label correcting without any bound or order: the plain-Python twin of the kernel."""
    fronts = [[] for _ in range(n_nodes)]
    fronts[origin] = [(0.0,) * criteria.shape[1]]
    waiting = [(origin, fronts[origin][0])]
    while waiting:
        node, vector = waiting.pop()
        if vector not in fronts[node]:
            continue
        for arc in np.flatnonzero(tail == node).tolist():
            new = tuple((np.array(vector) + criteria[arc]).tolist())
            front = fronts[head[arc]]
            if any(all(a <= b for a, b in zip(old, new, strict=True)) for old in front):
                continue
            front[:] = [old for old in front if not all(a >= b for a, b in zip(old, new, strict=True))] + [new]
            waiting.append((int(head[arc]), new))
    return sorted(fronts[destination])


@pytest.mark.parametrize("n_criteria", [1, 2, 3, 4])
def test_the_set_equals_its_twin_on_layers(n_criteria):
    tail, head, criteria = layered(7, 4, n_criteria, seed=n_criteria)
    paths = pareto_paths(graph_from_arcs(tail, head, 28), criteria, 0, 27)
    assert_real_paths(paths, tail, head, criteria, 0, 27)
    assert as_tuples(paths.cost) == twin_pareto(tail, head, criteria, 0, 27, 28)


@pytest.mark.parametrize("seed", range(3))
def test_the_set_holds_the_optimum_of_every_criterion(seed):
    tail, head, criteria = layered(12, 5, 4, seed)
    graph = graph_from_arcs(tail, head, 60)
    paths = pareto_paths(graph, criteria, 0, 59)
    for column in range(4):
        assert paths.cost[:, column].min() == shortest_tree(graph, criteria[:, column], 0).cost[59]


def test_a_criterion_that_is_nothing_everywhere_changes_nothing():
    tail, head, criteria = layered(8, 4, 2, 3)
    graph = graph_from_arcs(tail, head, 32)
    two = pareto_paths(graph, criteria, 0, 31)
    three = pareto_paths(graph, np.column_stack([criteria, np.zeros(tail.size)]), 0, 31)
    np.testing.assert_array_equal(two.cost, three.cost[:, :2])


def test_the_unit_of_a_criterion_does_not_matter():
    tail, head, criteria = layered(9, 4, 3, 8)
    graph = graph_from_arcs(tail, head, 36)
    units = np.array([1024.0, 1.0, 1 / 4096])
    plain, scaled = pareto_paths(graph, criteria, 0, 35), pareto_paths(graph, criteria * units, 0, 35)
    np.testing.assert_array_equal(scaled.cost, plain.cost * units)


def test_runs_repeat_to_the_byte():
    tail, head, criteria = layered(10, 5, 4, 1)
    first, second = (pareto_paths(graph_from_arcs(tail, head, 50), criteria % 7, 0, 49) for _ in range(2))
    assert first.cost.tobytes() == second.cost.tobytes()
    assert [arcs.tobytes() for arcs in first.arcs] == [arcs.tobytes() for arcs in second.arcs]


def test_too_many_labels_is_an_error_and_never_a_short_answer():
    tail, head, criteria = layered(12, 5, 4, 1)
    graph = graph_from_arcs(tail, head, 60)
    whole = pareto_paths(graph, criteria, 0, 59)
    assert whole.n_labels > 2000  # the tables have grown more than once
    assert len(pareto_paths(graph, criteria, 0, 59, label_limit=whole.n_labels)) == len(whole)
    with pytest.raises(InputError, match="more than 1000 labels") as caught:
        pareto_paths(graph, criteria, 0, 59, label_limit=1000)
    assert caught.value.problems[0].type == "graph.labels"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"criteria": [[1.0, -1.0]] * 5}, "criteria, arc 0"),
        ({"criteria": [[1.0, np.nan]] * 5}, "criteria, arc 0"),
        ({"criteria": [1.0] * 5}, "criteria"),
        ({"criteria": np.ones((5, 5))}, "criteria"),
        ({"criteria": np.ones((5, 0))}, "criteria"),
        ({"criteria": np.ones((4, 2))}, "criteria"),
        ({"origin": 3}, "origin"),
        ({"destination": -1}, "destination"),
        ({"destination": 0}, "destination"),
        ({"blocked": [True]}, "blocked"),
        ({"epsilon": -0.1}, "epsilon"),
        ({"epsilon": np.inf}, "epsilon"),
        ({"epsilon": [0.1, 0.1, 0.1]}, "epsilon"),
        ({"label_limit": 0}, "label_limit"),
    ],
)
def test_bad_questions_are_refused_with_place_and_remedy(change, where):
    question = {"criteria": CHOICE[2], "origin": 0, "destination": 2} | change
    with pytest.raises(InputError) as caught:
        pareto_paths(graph_from_arcs(CHOICE[0], CHOICE[1], 3), **question)
    (problem,) = caught.value.problems
    assert problem.where == where
    assert problem.mend
