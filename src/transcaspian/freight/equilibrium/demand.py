"""Demand for assignment: how much of which class wants from where to where.

Takes: plain arrays.  Gives: `Demand`, checked, and its groups for the kernels.  Never knows: places, commodities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight.equilibrium._search_kernel import Trips
from transcaspian.freight.equilibrium.network import Network, Numbering

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Pairs of nodes with what is to be carried between them; read-only columns of shape (n_pairs,)."""

    origin: Ints  # node
    destination: Ints  # node; that of the origin: stays where it is, and is not loaded
    amount: Floats  # flow, in the unit of the links' capacity
    kind: Ints  # class of traffic

    def __len__(self) -> int:
        return int(self.amount.size)

    @property
    def local(self) -> float:
        """What begins and ends at one node, and so uses no link."""
        return float(self.amount[self.origin == self.destination].sum())


def make_demand(
    network: Network,
    origin: npt.ArrayLike,
    destination: npt.ArrayLike,
    amount: npt.ArrayLike,
    *,
    kind: npt.ArrayLike = 0,
) -> Demand:
    """Check the arrays and make a demand of them.

    Parameters
    ----------
    network
        Where the pairs are.
    origin, destination
        Node numbers, shape (n_pairs,).
    amount
        What is to be carried, not negative, shape (n_pairs,), in the unit of the links' capacity. Where classes use
        capacity differently, count all in one unit, such as tonnes or train paths.
    kind
        Class of each pair, shape (n_pairs,) or one number; 0 by default.

    Returns
    -------
    Demand
        Own copies, read-only, in the order given.

    Raises
    ------
    InputError
        With every problem: shapes that do not fit, nodes or classes that are not there, amounts below 0.
    """
    columns = [np.atleast_1d(np.asarray(column)) for column in (origin, destination, amount, kind)]
    if columns[3].size == 1:
        columns[3] = np.broadcast_to(columns[3], columns[2].shape)
    names = ("origin", "destination", "amount", "kind")
    problems = [
        _bad(name, f"shape {column.shape} is not {columns[2].shape}", "give one entry for each pair.")
        for name, column in zip(names, columns, strict=True)
        if column.shape != columns[2].shape or column.ndim != 1
    ]
    if problems:
        raise InputError(problems)
    limits = (network.n_nodes, network.n_nodes, np.inf, network.n_classes)
    for name, column, limit in zip(names, columns, limits, strict=True):
        asked = "a finite number of at least 0" if name == "amount" else f"a number from 0 to {limit - 1:g}"
        problems += [
            _bad(f"{name}, pair {pair}", f"{column[pair]:g} is not {asked}", "correct the number.")
            for pair in np.flatnonzero(~((column >= 0) & (column < limit)))
        ]
    if problems:
        raise InputError(problems)
    made = Demand(
        columns[0].astype(np.int32),
        columns[1].astype(np.int32),
        columns[2].astype(np.float64),
        columns[3].astype(np.int32),
    )
    for column in (made.origin, made.destination, made.amount, made.kind):
        column.flags.writeable = False
    return made


def group_trips(demand: Demand, numbering: Numbering) -> tuple[Trips, npt.NDArray[np.int64]]:
    """The pairs that use links, sorted by class, origin and destination, and their rows in `demand`."""
    moving = np.flatnonzero((demand.amount > 0.0) & (demand.origin != demand.destination))
    keys = (demand.destination[moving], demand.origin[moving], demand.kind[moving])
    rows = moving[np.lexsort(keys)]
    kind, origin = demand.kind[rows], demand.origin[rows]
    fresh = np.ones(rows.size, np.bool_)
    fresh[1:] = (kind[1:] != kind[:-1]) | (origin[1:] != origin[:-1])
    starts = np.flatnonzero(fresh)
    return Trips(
        np.append(starts, rows.size).astype(np.int32),
        numbering.begins[origin[starts]],
        kind[starts].copy(),
        numbering.ends[demand.destination[rows]],
        demand.amount[rows],
        np.zeros(rows.size),
    ), rows


def _bad(where: str, what: str, mend: str) -> Problem:
    return Problem("equilibrium.demand", where, what, mend)
