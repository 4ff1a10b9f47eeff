"""A network for assignment: links with delay functions, and what each class of traffic pays besides.

Answers: nothing yet; it is the question.  Takes: plain arrays.  Gives: `Network`, checked.  Never knows: places, modes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight.equilibrium._search_kernel import Star
from transcaspian.freight.equilibrium.delays import Delays

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Directed links between numbered nodes; read-only arrays. Made by `make_network`."""

    n_nodes: int
    tail: Ints  # (n_links,) node where the link begins
    head: Ints  # (n_links,) node where it ends
    delays: Delays  # (n_links,) shared by all classes
    fixed: Floats  # (n_classes, n_links) cost besides the delay, in units of time; infinite: not for this class
    no_through: Flags  # (n_nodes,) nodes that trips may begin and end at, but not pass

    @property
    def n_links(self) -> int:
        """Number of links."""
        return int(self.tail.size)

    @property
    def n_classes(self) -> int:
        """Number of classes of traffic."""
        return int(self.fixed.shape[0])


def make_network(
    n_nodes: int,
    tail: npt.ArrayLike,
    head: npt.ArrayLike,
    delays: Delays,
    *,
    fixed: npt.ArrayLike | None = None,
    no_through: npt.ArrayLike | None = None,
) -> Network:
    """Check the arrays and make a network of them.

    Parameters
    ----------
    n_nodes
        Number of nodes, at least 1.
    tail, head
        Node numbers from 0 where each link begins and ends, shape (n_links,). Parallel links are allowed.
    delays
        One row per link; its times set the unit of all costs.
    fixed
        What a unit of each class pays on each link besides the delay, in units of time: money over the class's value
        of time. Shape (n_classes, n_links), or (n_links,) for a single class; 0 by default, infinite where a class
        may not go. May be negative as long as no link costs less than nothing when it is empty.
    no_through
        Nodes that may not be passed, flags of shape (n_nodes,); none by default.

    Returns
    -------
    Network
        Own copies, read-only.

    Raises
    ------
    InputError
        With every problem: shapes that do not fit, nodes that are not there, links that cost less than nothing.
    """
    start, end = np.asarray(tail), np.asarray(head)
    extra = np.zeros((1, len(delays))) if fixed is None else np.atleast_2d(np.array(fixed, np.float64))
    closed = np.zeros(n_nodes, np.bool_) if no_through is None else np.array(no_through)
    wanted = (len(delays),)
    problems = [
        _bad(name, f"shape {array.shape} is not {shape}", "give one entry for each link, or for each node.")
        for name, array, shape in (
            ("tail", start, wanted),
            ("head", end, wanted),
            ("fixed", extra[0], wanted),
            ("no_through", closed, (n_nodes,)),
        )
        if array.shape != shape
    ]
    if problems:
        raise InputError(problems)
    problems = [
        _bad(f"{name}, link {link}", f"node {array[link]} is not there", f"give a number from 0 to {n_nodes - 1}.")
        for name, array in (("tail", start), ("head", end))
        for link in np.flatnonzero((array < 0) | (array >= n_nodes))
    ]
    least = delays.free + extra
    problems += [
        _bad(
            f"fixed, class {kind}, link {link}",
            f"the empty link costs {least[kind, link]:g}",
            "make it 0 or more: with links that pay, a detour could pay for ever.",
        )
        for kind, link in np.argwhere(~(least >= 0.0))
    ]
    if problems:
        raise InputError(problems)
    columns = (start.astype(np.int32), end.astype(np.int32), np.ascontiguousarray(extra), closed.astype(np.bool_))
    for column in columns:
        column.flags.writeable = False
    return Network(n_nodes, columns[0], columns[1], delays, columns[2], columns[3])


@dataclass(frozen=True, slots=True, eq=False)
class Numbering:
    """The kernels' own numbers of nodes and links."""

    star: Star
    link: Ints  # (n_links,) the network's number of each of the star's links
    begins: Ints  # (n_nodes,) the star's number of a node where trips begin
    ends: Ints  # (n_nodes,) and where they end


def number_for_search(network: Network) -> Numbering:
    """Number links by their tail, and nodes so that those which traffic may pass come first.

    A node whose links all lead to and from one neighbour is never passed by a cheapest way, so it need not be searched
    through: in road networks the zones' centroids are such nodes, whether or not their file forbids to pass them.
    """
    closed = network.no_through | _dead_ends(network)
    n_inner, n_closed = int(np.sum(~closed)), int(np.sum(closed))
    inner, outer = np.cumsum(~closed) - 1, np.cumsum(closed) - 1
    ends = np.where(closed, n_inner + outer, inner).astype(np.int32)
    begins = np.where(closed, n_inner + n_closed + outer, inner).astype(np.int32)
    tail = begins[network.tail]
    link = np.argsort(tail, kind="stable").astype(np.int32)  # stable: equal costs resolve in the order of the links
    first = np.zeros(n_inner + 2 * n_closed + 1, np.int32)
    np.cumsum(np.bincount(tail, minlength=first.size - 1), out=first[1:])
    return Numbering(Star(first, ends[network.head[link]], tail[link], n_inner), link, begins, ends)


def renumbered(delays: Delays, link: Ints) -> Delays:
    """The rows of `delays` in the order of `link`."""
    return Delays(*(getattr(delays, name)[link] for name in Delays.__slots__))


def _dead_ends(network: Network) -> Flags:
    """Nodes with one neighbour at most."""
    apart = network.tail != network.head
    tail, head = network.tail[apart], network.head[apart]
    least, most = np.full(network.n_nodes, network.n_nodes), np.full(network.n_nodes, -1)
    for node, neighbour in ((tail, head), (head, tail)):
        np.minimum.at(least, node, neighbour)
        np.maximum.at(most, node, neighbour)
    return np.asarray(least >= most)


def _bad(where: str, what: str, mend: str) -> Problem:
    return Problem("equilibrium.network", where, what, mend)
