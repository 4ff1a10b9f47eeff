"""Shortest trees and the k shortest loopless paths of a directed network given as plain arrays.

Answers: what is the cheapest way, and what are the next cheapest?  Start reading at `k_shortest_paths`.
Takes: arcs as tail and head node numbers, one cost per arc.  Gives: arc numbers in path order, with costs.
Never knows: places, modes, units of the cost.

Two arcs between the same nodes are two different arcs: a path is a sequence of arcs, so parallel arcs give
different paths. Loopless means that no node comes twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight._paths_kernel import k_shortest
from transcaspian.freight._tree_kernel import whole_tree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

LARGEST = np.iinfo(np.int32).max  # nodes and arcs are counted in 32 bits


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A directed network of numbered nodes and arcs, sorted once for searches both ways; read-only arrays.

    Arcs of node v are the places `out_first[v]:out_first[v + 1]` of `out_arc` and `out_head`, those into it the
    places `in_first[v]:in_first[v + 1]` of `in_arc` and `in_tail`, both by ascending arc number.
    """

    n_nodes: int
    tail: Ints  # (n_arcs,) node where the arc starts
    head: Ints  # (n_arcs,) node where it ends
    out_first: Ints  # (n_nodes + 1,)
    out_arc: Ints  # (n_arcs,)
    out_head: Ints  # (n_arcs,)
    in_first: Ints  # (n_nodes + 1,)
    in_arc: Ints  # (n_arcs,)
    in_tail: Ints  # (n_arcs,)

    @property
    def n_arcs(self) -> int:
        """Number of arcs."""
        return int(self.tail.size)


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Shortest ways from one root to every node, or from every node to the root."""

    cost: Floats  # (n_nodes,) infinite where there is no way
    arc: Ints  # (n_nodes,) arc next to the node on that way; -1 at the root and where there is none


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Paths by ascending cost."""

    arcs: tuple[Ints, ...]  # arc numbers of each path, in travel order
    cost: Floats  # (n_paths,) sums of the arcs' costs, added in travel order

    def __len__(self) -> int:
        return len(self.arcs)


def graph_from_arcs(tail: npt.ArrayLike, head: npt.ArrayLike, n_nodes: int) -> Graph:
    """Sort arcs into a network that can be searched from either end.

    Parameters
    ----------
    tail, head
        Node numbers 0 to `n_nodes` - 1 where each arc starts and ends, shape (n_arcs,). Parallel arcs and
        self-loops are allowed.
    n_nodes
        Number of nodes, at least 1.

    Returns
    -------
    Graph
        Own copies, read-only.

    Raises
    ------
    InputError
        If the two arrays differ in length, are not whole numbers, or name a node that is not there.
    """
    if not 1 <= n_nodes < LARGEST:
        raise _bad("n_nodes", f"{n_nodes} nodes are not between 1 and {LARGEST}.", "give the number of nodes")
    start, end = _nodes(tail, "tail", n_nodes), _nodes(head, "head", n_nodes)
    if start.size != end.size:
        raise _bad("head", f"{end.size} heads for {start.size} tails.", "give one tail and one head for each arc")
    out_first, out_arc = _sorted_by(start, n_nodes)
    in_first, in_arc = _sorted_by(end, n_nodes)
    columns = (start, end, out_first, out_arc, end[out_arc], in_first, in_arc, start[in_arc])
    for column in columns:
        column.flags.writeable = False
    return Graph(n_nodes, *columns)


def shortest_tree(
    graph: Graph, cost: npt.ArrayLike, root: int, *, towards: bool = False, blocked: npt.ArrayLike | None = None
) -> Tree:
    """Cheapest way from one node to all others, or from all others to it.

    Dijkstra (1959). Of equally cheap ways the first one met is kept, nodes being settled by (cost, number): equal
    input gives equal output.

    Parameters
    ----------
    graph
        Network of n nodes and m arcs.
    cost
        Cost of each arc, not negative, shape (n_arcs,), any additive unit.
    root
        Node number.
    towards
        False: ways that start at the root; true: ways that end there.
    blocked
        Arcs that carry nothing: flags, shape (n_arcs,).

    Returns
    -------
    Tree
        Cost in the unit of `cost`, and the arc beside each node: into it, or with `towards` out of it.

    Raises
    ------
    InputError
        If a cost is negative or not finite, an array has the wrong shape, or the root is no node of `graph`.
    """
    price = usable_cost(graph, cost, blocked)
    check_node(graph, root, "root")
    if towards:
        total, arc = whole_tree(graph.in_first, graph.in_tail, graph.in_arc, price[graph.in_arc], root)
    else:
        total, arc = whole_tree(graph.out_first, graph.out_head, graph.out_arc, price[graph.out_arc], root)
    return Tree(total, arc)


def k_shortest_paths(
    graph: Graph,
    cost: npt.ArrayLike,
    origin: int,
    destination: int,
    k: int,
    *,
    blocked: npt.ArrayLike | None = None,
) -> Paths:
    """The k cheapest loopless paths, fewer if there are no more.

    Yen (1971) with Lawler's partition (1972), parts searched only when their lower bound comes up (after Kurz and
    Mutzel, 2016). Exact: sums agree with a plain re-summation to the byte; which of several paths comes first whose
    costs agree to about 1e-15 is arbitrary, but the same in every run.

    Parameters
    ----------
    graph
        Network of n nodes and m arcs.
    cost
        Cost of each arc, not negative (zero is allowed), shape (n_arcs,), any additive unit.
    origin, destination
        Two different node numbers.
    k
        How many paths at most, at least 1.
    blocked
        Arcs that carry nothing: flags, shape (n_arcs,).

    Returns
    -------
    Paths
        By ascending cost; empty if nothing connects the two nodes. Parallel arcs give different paths.

    Raises
    ------
    InputError
        If a cost is negative or not finite, an array has the wrong shape, a node is not in `graph`, the two nodes
        are the same, or k is below 1.
    """
    price = usable_cost(graph, cost, blocked)
    check_ends(graph, origin, destination)
    if not 1 <= k < LARGEST:
        raise _bad("k", f"{k} paths cannot be asked for.", "ask for at least one path")
    starts, flat, total = k_shortest(
        graph.out_first,
        graph.out_head,
        graph.out_arc,
        price[graph.out_arc],
        graph.in_first,
        graph.in_tail,
        graph.in_arc,
        price[graph.in_arc],
        price,
        origin,
        destination,
        k,
    )
    # Sums along a path and lower bounds round differently, so neighbours may come swapped by the last bit.
    order = np.argsort(total, kind="stable")
    return Paths(tuple(flat[starts[path] : starts[path + 1]] for path in order), total[order])


def usable_cost(
    graph: Graph, cost: npt.ArrayLike, blocked: npt.ArrayLike | None, *, name: str = "cost", axes: int = 1
) -> Floats:
    """The checked cost of each arc, shape (n_arcs,) or with two axes (n_arcs, n_criteria), infinite where blocked."""
    price = np.array(cost, np.float64, order="C")  # a copy: blocked arcs are marked in it
    if price.ndim != axes or price.shape[0] != graph.n_arcs:
        wanted = f"({graph.n_arcs},)" if axes == 1 else f"({graph.n_arcs}, criteria)"
        raise _bad(name, f"shape {price.shape} is not {wanted}.", "give one row for each arc")
    wrong = ~(np.isfinite(price) & (price >= 0.0))
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise _bad(
            f"{name}, arc {place[0]}",
            f"{price[place]} is not a finite number of at least 0.",
            "correct the number, or block the arc",
        )
    if blocked is not None:
        price[_flags(graph, blocked)] = np.inf
    return price


def check_ends(graph: Graph, origin: int, destination: int) -> None:
    """Refuse ends that are no nodes of the graph, or the same node."""
    check_node(graph, origin, "origin")
    check_node(graph, destination, "destination")
    if origin == destination:
        raise _bad("destination", f"node {origin} is also the origin.", "give two different nodes")


def check_node(graph: Graph, node: int, name: str) -> None:
    """Refuse a number that is no node of the graph."""
    if not 0 <= node < graph.n_nodes:
        raise _bad(
            name,
            f"node {node} is not one of the {graph.n_nodes} nodes.",
            f"give a number from 0 to {graph.n_nodes - 1}",
        )


def _flags(graph: Graph, blocked: npt.ArrayLike) -> Flags:
    flags = np.asarray(blocked)
    if flags.dtype != np.bool_ or flags.shape != (graph.n_arcs,):
        raise _bad(
            "blocked",
            f"{flags.dtype} of shape {flags.shape} are not flags for {graph.n_arcs} arcs.",
            "give true or false for each arc",
        )
    return flags


def _nodes(numbers: npt.ArrayLike, name: str, n_nodes: int) -> Ints:
    given = np.asarray(numbers)
    if given.ndim != 1 or (given.size > 0 and given.dtype.kind not in "iu"):
        raise _bad(name, f"{given.dtype} of shape {given.shape} are not node numbers.", "give whole numbers")
    if given.size >= LARGEST:
        raise _bad(name, f"{given.size} arcs are too many.", f"stay below {LARGEST}")
    wrong = (given < 0) | (given >= n_nodes)
    if wrong.any():
        arc = int(np.argmax(wrong))
        raise _bad(
            f"{name}, arc {arc}",
            f"node {given[arc]} is not one of the {n_nodes} nodes.",
            f"give a number from 0 to {n_nodes - 1}",
        )
    return given.astype(np.int32)


def _sorted_by(node: Ints, n_nodes: int) -> tuple[Ints, Ints]:
    """First place of each node, and arcs by node; stable, so that arcs of a node keep their order."""
    first = np.zeros(n_nodes + 1, np.int32)
    np.cumsum(np.bincount(node, minlength=n_nodes), out=first[1:])
    return first, np.argsort(node, kind="stable").astype(np.int32)


def _bad(where: str, what: str, mend: str) -> InputError:
    return InputError(Problem("graph.input", where, what, mend))
