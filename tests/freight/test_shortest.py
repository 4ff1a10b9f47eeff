"""Shortest trees and k shortest loopless paths: closed forms, other people's code, brute force, twins."""

from __future__ import annotations

import heapq
import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra, yen

from transcaspian.errors import InputError
from transcaspian.freight.shortest import graph_from_arcs, k_shortest_paths, shortest_tree

from .brute_force import all_paths

EXACT = 1e-12  # relative: sums of the same numbers, added in another order


def plain_sum(cost, arcs):
    total = 0.0
    for arc in arcs:
        total += cost[arc]
    return total


def assert_real_paths(paths, tail, head, cost, origin, destination):
    """Each path runs from origin to destination, visits no node twice, comes once, and costs its plain sum."""
    tail, head = np.asarray(tail), np.asarray(head)
    for arcs, total in zip(paths.arcs, paths.cost, strict=True):
        assert tail[arcs[0]] == origin
        assert head[arcs[-1]] == destination
        np.testing.assert_array_equal(head[arcs[:-1]], tail[arcs[1:]])
        assert len({origin, *head[arcs].tolist()}) == len(arcs) + 1
        assert total == plain_sum(cost, arcs)
    assert len({tuple(arcs.tolist()) for arcs in paths.arcs}) == len(paths)
    assert np.all(np.diff(paths.cost) >= 0.0)


def road_grid(side, seed):
    """A grid with some streets missing, both ways, every street of its own length: tail, head, cost."""
    rng = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    streets = np.vstack(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    streets = streets[rng.random(len(streets)) > 0.12]
    cost = rng.uniform(0.7, 1.6, len(streets))
    return (
        np.concatenate([streets[:, 0], streets[:, 1]]),
        np.concatenate([streets[:, 1], streets[:, 0]]),
        np.concatenate([cost, cost]),
    )


@st.composite
def networks(draw):
    """Up to six nodes and fourteen arcs: parallel arcs, self-loops, zero costs, dead ends; costs in quarters."""
    n_nodes = draw(st.integers(2, 6))
    node = st.integers(0, n_nodes - 1)
    arcs = draw(st.lists(st.tuples(node, node, st.integers(0, 8)), max_size=14))
    tail, head, quarters = zip(*arcs, strict=True) if arcs else ((), (), ())
    return n_nodes, list(tail), list(head), [quarter / 4 for quarter in quarters]


#        ┌─ 1: cost 2 ─┐            arcs 0, 1 parallel from node 0 to node 1
#   (0) ─┤             ├─ (1) ── 3 ── (2)      arc 2 from 1 to 2
#        └─ 0: cost 1 ─┘              │
#     └────────── 6: arc 3 ───────────┘
FORK = ([0, 0, 1, 0], [1, 1, 2, 2], [1.0, 2.0, 3.0, 6.0])


def test_parallel_arcs_give_two_paths():
    tail, head, cost = FORK
    paths = k_shortest_paths(graph_from_arcs(tail, head, 3), cost, 0, 2, 10)
    assert [arcs.tolist() for arcs in paths.arcs] == [[0, 2], [1, 2], [3]]
    np.testing.assert_array_equal(paths.cost, [4.0, 5.0, 6.0])


def test_a_blocked_arc_carries_nothing():
    tail, head, cost = FORK
    graph = graph_from_arcs(tail, head, 3)
    paths = k_shortest_paths(graph, cost, 0, 2, 10, blocked=[True, False, False, False])
    assert [arcs.tolist() for arcs in paths.arcs] == [[1, 2], [3]]
    tree = shortest_tree(graph, cost, 0, blocked=[False, False, True, True])
    np.testing.assert_array_equal(tree.cost, [0.0, 1.0, np.inf])
    np.testing.assert_array_equal(tree.arc, [-1, 0, -1])


def test_nothing_connects_what_is_not_connected():
    tail, head, cost = FORK
    paths = k_shortest_paths(graph_from_arcs(tail, head, 3), cost, 2, 0, 3)
    assert len(paths) == 0
    assert paths.cost.shape == (0,)
    assert len(k_shortest_paths(graph_from_arcs([], [], 2), [], 0, 1, 3)) == 0


#   Yen's example as it is usually drawn:  C─3─D─4─F     C─2─E   E─1─D
#                                          E─2─F         E─3─G   F─2─G   F─1─H   G─2─H
YEN = ("CD CE DF ED EF EG FG FH GH", [3, 2, 4, 1, 2, 3, 2, 1, 2])


def test_the_three_shortest_paths_of_the_textbook_network():
    letters = [("CDEFGH".index(pair[0]), "CDEFGH".index(pair[1])) for pair in YEN[0].split()]
    tail, head = zip(*letters, strict=True)
    paths = k_shortest_paths(graph_from_arcs(tail, head, 6), YEN[1], 0, 5, 3)
    np.testing.assert_array_equal(paths.cost, [5.0, 7.0, 8.0])
    assert ["C" + "".join("CDEFGH"[head[arc]] for arc in arcs) for arcs in paths.arcs[:2]] == ["CEFH", "CEGH"]


#   (0) ⇄ (1) ⇄ … ⇄ (n-1): one path, however many are asked for
def test_a_single_line_has_one_path_each_way():
    n_nodes = 400
    line = np.arange(n_nodes - 1)
    graph = graph_from_arcs(np.append(line, line + 1), np.append(line + 1, line), n_nodes)
    there = k_shortest_paths(graph, np.ones(graph.n_arcs), 0, n_nodes - 1, 5)
    assert [len(arcs) for arcs in there.arcs] == [n_nodes - 1]
    np.testing.assert_array_equal(there.cost, [n_nodes - 1.0])


#   (0) ═2═ (1) ═2═ (2) … each step has two parallel arcs of cost 0 and 1: binomially many paths of each cost
def test_a_chain_of_parallel_arcs_counts_like_the_binomial():
    steps = 12
    tail = np.repeat(np.arange(steps), 2)
    cost = np.tile([0.0, 1.0], steps)
    paths = k_shortest_paths(graph_from_arcs(tail, tail + 1, steps + 1), cost, 0, steps, 5000)
    assert len(paths) == 2**steps
    assert np.bincount(paths.cost.astype(int)).tolist() == [1, 12, 66, 220, 495, 792, 924, 792, 495, 220, 66, 12, 1]


@settings(deadline=None, max_examples=300)
@given(network=networks(), k=st.integers(1, 30))
def test_the_k_shortest_are_the_first_k_of_all_loopless_paths(network, k):
    n_nodes, tail, head, cost = network
    graph = graph_from_arcs(tail, head, n_nodes)
    for origin, destination in itertools.permutations(range(n_nodes), 2):
        paths = k_shortest_paths(graph, cost, origin, destination, k)
        assert_real_paths(paths, tail, head, cost, origin, destination)
        brute = sorted(plain_sum(cost, arcs) for arcs in all_paths(tail, head, origin, destination))
        assert paths.cost.tolist() == brute[:k]


@settings(deadline=None, max_examples=100)
@given(network=networks(), data=st.data())
def test_blocking_arcs_equals_leaving_them_out(network, data):
    n_nodes, tail, head, cost = network
    blocked = np.array(data.draw(st.lists(st.booleans(), min_size=len(tail), max_size=len(tail))), bool)
    open_arcs = np.flatnonzero(~blocked)
    whole = graph_from_arcs(tail, head, n_nodes)
    part = graph_from_arcs(np.array(tail, int)[open_arcs], np.array(head, int)[open_arcs], n_nodes)
    with_flags = k_shortest_paths(whole, cost, 0, 1, 20, blocked=blocked)
    without = k_shortest_paths(part, np.array(cost)[open_arcs], 0, 1, 20)
    assert [arcs.tolist() for arcs in with_flags.arcs] == [open_arcs[arcs].tolist() for arcs in without.arcs]
    np.testing.assert_array_equal(with_flags.cost, without.cost)
    assert not any(blocked[arcs].any() for arcs in with_flags.arcs)


@pytest.mark.parametrize("seed", range(5))
def test_costs_equal_networkx_and_scipy_on_a_road_grid(seed):
    tail, head, cost = road_grid(14, seed)
    graph = graph_from_arcs(tail, head, 196)
    roads = nx.DiGraph()
    roads.add_weighted_edges_from(zip(tail.tolist(), head.tolist(), cost.tolist(), strict=True))
    matrix = csr_matrix((cost, (tail, head)), shape=(196, 196))
    for origin, destination in np.random.default_rng(seed).choice(sorted(roads), (4, 2), replace=False).tolist():
        paths = k_shortest_paths(graph, cost, origin, destination, 15)
        assert_real_paths(paths, tail, head, cost, origin, destination)
        np.testing.assert_allclose(paths.cost, yen(matrix, origin, destination, 15), rtol=EXACT)
        others = itertools.islice(nx.shortest_simple_paths(roads, origin, destination, "weight"), 15)
        lengths = [nx.path_weight(roads, nodes, "weight") for nodes in others]
        np.testing.assert_allclose(paths.cost, lengths, rtol=EXACT)


def twin_tree(tail, head, cost, root):
    """Dijkstra with a standard-library heap: the plain-Python twin of the tree kernel."""
    n_nodes = int(max(tail.max(), head.max())) + 1
    best = [np.inf] * n_nodes
    best[root] = 0.0
    queue = [(0.0, root)]
    while queue:
        so_far, node = heapq.heappop(queue)
        if so_far > best[node]:
            continue
        for arc in np.flatnonzero(tail == node).tolist():
            if so_far + cost[arc] < best[head[arc]]:
                best[head[arc]] = so_far + cost[arc]
                heapq.heappush(queue, (best[head[arc]], int(head[arc])))
    return np.array(best)


def twin_yen(tail, head, cost, origin, destination, k):
    """Yen (1971) word by word, over arcs: the plain-Python twin of the paths kernel."""

    def cheapest(start, closed_nodes, closed_arcs):
        queue = [(0.0, start, ())]
        done = set(closed_nodes)
        while queue:
            so_far, node, arcs = heapq.heappop(queue)
            if node == destination:
                return arcs
            if node in done:
                continue
            done.add(node)
            for arc in np.flatnonzero(tail == node).tolist():
                if arc not in closed_arcs and head[arc] not in done:
                    heapq.heappush(queue, (so_far + cost[arc], int(head[arc]), (*arcs, arc)))
        return None

    found, waiting = [cheapest(origin, set(), set())], []
    while len(found) < k:
        path = found[-1]
        nodes = [origin, *(int(head[arc]) for arc in path)]
        for place in range(len(path)):
            closed = {other[place] for other in found if other[:place] == path[:place] and len(other) > place}
            rest = cheapest(nodes[place], set(nodes[:place]), closed)
            if rest is not None and (whole := path[:place] + rest) not in [arcs for _, arcs in waiting]:
                heapq.heappush(waiting, (plain_sum(cost, whole), whole))
        if not waiting:
            break
        found.append(heapq.heappop(waiting)[1])
    return found


def test_the_tree_equals_its_twin_and_scipy():
    tail, head, cost = road_grid(12, 7)
    graph = graph_from_arcs(tail, head, 144)
    matrix = csr_matrix((cost, (tail, head)), shape=(144, 144))
    for root in (0, 71, 143):
        tree = shortest_tree(graph, cost, root)
        np.testing.assert_array_equal(tree.cost, twin_tree(tail, head, cost, root))
        np.testing.assert_allclose(tree.cost, dijkstra(matrix, indices=root), rtol=EXACT)
        towards = shortest_tree(graph, cost, root, towards=True)
        np.testing.assert_allclose(towards.cost, dijkstra(matrix.T.tocsr(), indices=root), rtol=EXACT)


def test_the_arcs_of_a_tree_lead_to_its_root_at_its_cost():
    tail, head, cost = road_grid(8, 3)
    graph = graph_from_arcs(tail, head, 64)
    for towards, start, end in ((False, head, tail), (True, tail, head)):
        tree = shortest_tree(graph, cost, 9, towards=towards)
        for node in np.flatnonzero(np.isfinite(tree.cost)):
            if node == 9:
                assert tree.arc[node] == -1
                continue
            assert start[tree.arc[node]] == node
            assert tree.cost[node] == tree.cost[end[tree.arc[node]]] + cost[tree.arc[node]]


def test_the_paths_equal_their_twin():
    tail, head, cost = road_grid(7, 11)
    graph = graph_from_arcs(tail, head, 49)
    paths = k_shortest_paths(graph, cost, 0, 48, 25)
    assert [tuple(arcs.tolist()) for arcs in paths.arcs] == twin_yen(tail, head, cost, 0, 48, 25)


def test_equal_costs_come_in_the_same_order_every_time():
    tail, head, _ = road_grid(9, 5)
    cost = np.ones(tail.size)  # nearly everything ties
    first, second = (k_shortest_paths(graph_from_arcs(tail, head, 81), cost, 0, 80, 200) for _ in range(2))
    assert [arcs.tobytes() for arcs in first.arcs] == [arcs.tobytes() for arcs in second.arcs]
    assert_real_paths(first, tail, head, cost, 0, 80)


def test_more_paths_than_the_first_tables_hold():
    tail, head, cost = road_grid(20, 2)
    paths = k_shortest_paths(graph_from_arcs(tail, head, 400), cost, 0, 399, 3000)
    assert len(paths) == 3000
    assert_real_paths(paths, tail, head, cost, 0, 399)


def test_neighbours_need_ways_far_longer_than_the_first():
    tail, head, cost = road_grid(12, 4)
    matrix = csr_matrix((cost, (tail, head)), shape=(144, 144))
    paths = k_shortest_paths(graph_from_arcs(tail, head, 144), cost, int(tail[0]), int(head[0]), 40)
    assert paths.cost[-1] > 3.0 * paths.cost[0]
    np.testing.assert_allclose(paths.cost, yen(matrix, int(tail[0]), int(head[0]), 40), rtol=EXACT)


def test_the_graph_and_the_costs_stay_as_they_were():
    cost = np.array(FORK[2])
    graph = graph_from_arcs(FORK[0], FORK[1], 3)
    k_shortest_paths(graph, cost, 0, 2, 3, blocked=np.array([True, False, False, False]))
    np.testing.assert_array_equal(cost, FORK[2])
    with pytest.raises(ValueError, match="read-only"):
        graph.tail[0] = 2


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"cost": [1.0, -2.0, 3.0, 6.0]}, "cost, arc 1"),
        ({"cost": [1.0, 2.0, np.nan, 6.0]}, "cost, arc 2"),
        ({"cost": [np.inf, 2.0, 3.0, 6.0]}, "cost, arc 0"),
        ({"cost": [1.0, 2.0]}, "cost"),
        ({"cost": 1.0}, "cost"),
        ({"cost": [[1.0], [2.0], [3.0], [6.0]]}, "cost"),
        ({"origin": -1}, "origin"),
        ({"destination": 3}, "destination"),
        ({"destination": 0}, "destination"),
        ({"k": 0}, "k"),
        ({"blocked": [True]}, "blocked"),
        ({"blocked": [0, 1, 0, 0]}, "blocked"),
    ],
)
def test_bad_questions_are_refused_with_place_and_remedy(change, where):
    question = {"cost": FORK[2], "origin": 0, "destination": 2, "k": 2, "blocked": None} | change
    with pytest.raises(InputError) as caught:
        k_shortest_paths(graph_from_arcs(FORK[0], FORK[1], 3), **question)
    (problem,) = caught.value.problems
    assert problem.where == where
    assert problem.mend


@pytest.mark.parametrize(
    ("tail", "head", "n_nodes", "where"),
    [
        ([0, 1], [1], 2, "head"),
        ([0, 2], [1, 0], 2, "tail, arc 1"),
        ([0], [-1], 2, "head, arc 0"),
        ([0.5], [1.0], 2, "tail"),
        ([[0]], [[1]], 2, "tail"),
        ([], [], 0, "n_nodes"),
    ],
)
def test_bad_networks_are_refused(tail, head, n_nodes, where):
    with pytest.raises(InputError) as caught:
        graph_from_arcs(tail, head, n_nodes)
    assert caught.value.problems[0].where == where


def test_a_tree_needs_a_root_of_the_network():
    with pytest.raises(InputError, match="root"):
        shortest_tree(graph_from_arcs(FORK[0], FORK[1], 3), FORK[2], 3)
