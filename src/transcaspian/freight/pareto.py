"""Pareto-optimal paths: every way that no other beats in all criteria at once.

Answers: which ways are worth a look for somebody who minds time, cost and emissions at once?
Takes: a `Graph` and one row of criteria per arc.  Gives: arc numbers in travel order, with cost vectors.
Never knows: what the criteria mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight._pareto_kernel import WIDTH, pareto
from transcaspian.freight._tree_kernel import whole_tree
from transcaspian.freight.shortest import LARGEST, Floats, Graph, Ints, check_ends, usable_cost

MOST_LABELS = 10_000_000  # about one gigabyte; a corridor needs a few thousand


@dataclass(frozen=True, slots=True, eq=False)
class ParetoPaths:
    """Paths none of which is beaten by another, by ascending cost: first criterion first, then the second, ..."""

    arcs: tuple[Ints, ...]  # arc numbers of each path, in travel order
    cost: Floats  # (n_paths, n_criteria) sums of the arcs' criteria, added in travel order
    n_labels: int  # ways looked at: the measure of the effort

    def __len__(self) -> int:
        return len(self.arcs)


def pareto_paths(
    graph: Graph,
    criteria: npt.ArrayLike,
    origin: int,
    destination: int,
    *,
    blocked: npt.ArrayLike | None = None,
    epsilon: float | npt.ArrayLike = 0.0,
    label_limit: int = MOST_LABELS,
) -> ParetoPaths:
    """All Pareto-optimal cost vectors between two nodes, with one loopless path each.

    Label setting after Martins (1984) with exact lower bounds per criterion, as in NAMOA* (Mandow and Pérez de la
    Cruz, 2010). Of several paths with equal vectors the first one met is given; equal input gives equal output.
    Vectors that differ by no more than rounding (about 1e-15 relative) may be taken as one.

    Parameters
    ----------
    graph
        Network of n nodes and m arcs; parallel arcs are told apart.
    criteria
        One to four additive criteria per arc, not negative (zero is allowed), shape (n_arcs, n_criteria). The
        units may differ from column to column.
    origin, destination
        Two different node numbers.
    blocked
        Arcs that carry nothing: flags, shape (n_arcs,).
    epsilon
        Relative tolerance, one number or one per criterion, at least 0. With 0 the set is complete. Otherwise
        every Pareto-optimal path p is represented: some path given costs at most (1 + epsilon) times as much as p
        in every criterion. The tolerance is applied once, at the destination, and does not add up along the way.
    label_limit
        Most ways to look at before giving up with an error; the set is never cut short silently.

    Returns
    -------
    ParetoPaths
        In lexicographic order of the cost vectors; empty if nothing connects the two nodes.

    Raises
    ------
    InputError
        If a criterion is negative or not finite, a shape does not fit, a node is not in `graph`, the two nodes
        are the same, or the search would need more than `label_limit` labels.
    """
    check_ends(graph, origin, destination)
    price = usable_cost(graph, criteria, blocked, name="criteria", axes=2)
    if not 1 <= price.shape[1] <= WIDTH:
        raise _bad("criteria", f"{price.shape[1]} columns are not 1 to {WIDTH}.", "give one column per criterion")
    slack = 1.0 + _tolerances(epsilon, price.shape[1])
    if not 1 <= label_limit < LARGEST // 2:
        raise _bad("label_limit", f"{label_limit} labels cannot be allowed.", "give a number of at least 1")
    lower, tree_arc = _lower_bounds(graph, price, destination)
    if not np.isfinite(lower[origin, 0]):
        return ParetoPaths((), np.empty((0, price.shape[1])), 0)
    scale = _scale(graph, price, tree_arc, origin, destination)
    starts, flat, total, n_labels = pareto(
        graph.out_first,
        graph.out_head,
        graph.out_arc,
        _rows_of_four(price[graph.out_arc]),
        _rows_of_four(lower),
        tree_arc,
        _rows_of_four(np.stack([scale, slack])),
        origin,
        destination,
        label_limit,
    )
    if n_labels > label_limit:
        raise _too_many(label_limit)
    order = np.lexsort(total.T[::-1])
    arcs = tuple(flat[starts[path] : starts[path + 1]] for path in order)
    return ParetoPaths(arcs, np.ascontiguousarray(total[order, : price.shape[1]]), int(n_labels))


def _rows_of_four(columns: Floats) -> Floats:
    """The same columns, followed by zeros."""
    rows = np.zeros((columns.shape[0], WIDTH))
    rows[:, : columns.shape[1]] = columns
    return rows


def _lower_bounds(graph: Graph, price: Floats, destination: int) -> tuple[Floats, Ints]:
    """Least cost from each node (n_nodes, n_criteria), and the arcs of these ways (n_criteria, n_nodes)."""
    lower = np.empty((graph.n_nodes, price.shape[1]))
    arc = np.empty((price.shape[1], graph.n_nodes), np.int32)
    for criterion in range(price.shape[1]):
        lower[:, criterion], arc[criterion] = whole_tree(
            graph.in_first, graph.in_tail, graph.in_arc, price[graph.in_arc, criterion], destination
        )
    return lower, arc


def _scale(graph: Graph, price: Floats, tree_arc: Ints, origin: int, destination: int) -> Floats:
    """One over the dearest single-criterion optimum, per criterion: all units weigh alike in the queue."""
    dearest = np.zeros(price.shape[1])
    for way in tree_arc:
        node, arcs = origin, []
        while node != destination:
            arcs.append(way[node])
            node = int(graph.head[way[node]])
        dearest = np.maximum(dearest, price[arcs].sum(axis=0))
    scale: Floats = np.divide(1.0, dearest, out=np.ones_like(dearest), where=dearest > 0.0)
    return scale


def _tolerances(epsilon: float | npt.ArrayLike, n_criteria: int) -> Floats:
    given = np.asarray(epsilon, np.float64)
    if given.shape not in ((), (n_criteria,)) or not (np.isfinite(given) & (given >= 0.0)).all():
        raise _bad(
            "epsilon",
            f"{given} is not a tolerance of at least 0 for {n_criteria} criteria.",
            "give one number, or one per criterion",
        )
    return np.broadcast_to(given, (n_criteria,))


def _too_many(label_limit: int) -> InputError:
    return InputError(
        Problem(
            "graph.labels",
            "label_limit",
            f"the full Pareto set needs more than {label_limit} labels.",
            "raise the limit, give an epsilon such as 0.01, or ask for fewer criteria",
        )
    )


def _bad(where: str, what: str, mend: str) -> InputError:
    return InputError(Problem("graph.input", where, what, mend))
