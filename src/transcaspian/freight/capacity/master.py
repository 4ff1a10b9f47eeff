"""The master programme in HiGHS: which of the known paths carry how much, and what the limits in sight are worth.

Written as a packing problem: each path of demand d saves `unmet price of d - cost of the path` per unit of flow,

    minimise   sum over paths (cost - unmet) * flow
    subject to sum over the paths of d  flow         <= amount of d      (demand rows, first)
               sum over all paths       usage * flow <= capacity of r    (capacity rows, added when first broken)
               flow >= 0,

so that no flow at all is a feasible start, demand rows need no columns of their own, and every dual has one sign.
All quantities are the scaled ones of `PathSearch`. Nothing is presolved away: the basis is kept from round to round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from transcaspian.freight.capacity._search_kernel import Floats, Longs
from transcaspian.freight.capacity.paths import Columns, PathSearch

Flags = npt.NDArray[np.bool_]
_INFINITE = highspy.kHighsInf
_BASIC = highspy.HighsBasisStatus.kBasic
_TOLERANCE = 1e-9  # primal and dual, in scaled units where a demand is about 1 and the dearest unmet price 1000
_BROKEN = 1e-9  # a row counts as broken from this much over capacity, relative and absolute


class SolverFailure(RuntimeError):
    """HiGHS gave up on the master programme; not the fault of the input."""


@dataclass(frozen=True, slots=True, eq=False)
class MasterAnswer:
    """Optimum over the known paths and the rows in sight; an answer to the whole problem if no row is broken."""

    objective: float  # unmet demand included
    flow: Floats  # (n_columns,)
    row_price: Floats  # (n_rows,) at least 0, and 0 for rows not in sight
    demand_price: Floats  # (n_demands,) at least 0: what one more unit of this demand would save if it were carried
    broken: Longs  # rows out of sight that this flow breaks


class Master:
    """Grows by columns and rows; every solve starts from the last basis."""

    def __init__(self, search: PathSearch) -> None:
        self.search = search
        self.capacity = search.capacity.copy()
        self.columns, _ = _no_columns(search)
        self.iterations = 0
        self._known: set[tuple[int, int]] = set()
        self._place = np.full(search.n_rows, -1, np.int64)  # of each row: its number in HiGHS
        self._rows = np.empty(0, np.int64)  # of each capacity row in HiGHS: its row
        self._highs = _new_highs()
        none = np.empty(0, np.int32)
        n = search.n_demands
        starts = np.zeros(n, np.int32)
        self._highs.addRows(n, np.full(n, -_INFINITE), search.amount, 0, starts, none, np.empty(0))

    @property
    def rows(self) -> Longs:
        """The capacity rows in the programme, in its order."""
        return self._rows

    @property
    def rows_in_sight(self) -> int:
        """Number of capacity rows in the programme."""
        return int(self._rows.size)

    def add_columns(self, found: Columns) -> int:
        """Add those of the columns that are new; gives their number."""
        fresh = []
        for number, key in enumerate(zip(found.demand.tolist(), found.mark.tolist(), strict=True)):
            if key not in self._known:
                self._known.add(key)
                fresh.append(number)
        if not fresh:
            return 0
        new = found.pick(np.array(fresh, np.int64))
        self.columns = self.columns.joined(new)
        seen = self._place[new.row] >= 0
        owner = new.column_of_entry()[seen]
        count = len(new)
        # Of each column the demand row comes first, then its capacity rows in sight.
        column = np.concatenate([np.arange(count), owner])
        order = np.argsort(column, kind="stable")
        index = np.concatenate([new.demand, self._place[new.row[seen]]])[order].astype(np.int32)
        value = np.concatenate([np.ones(count), new.usage[seen]])[order]
        start = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=count))[:-1]]).astype(np.int32)
        gain = new.cost - self.search.unmet[new.demand]
        self._highs.addCols(count, gain, np.zeros(count), np.full(count, _INFINITE), index.size, start, index, value)
        return count

    def add_rows(self, rows: Longs) -> None:
        """Bring capacity rows into sight, for all known columns."""
        if not rows.size:
            return
        local = np.full(self.search.n_rows, -1, np.int64)
        local[rows] = np.arange(rows.size)
        entry = local[self.columns.row] >= 0
        row = local[self.columns.row[entry]]
        order = np.argsort(row, kind="stable")
        index = self.columns.column_of_entry()[entry][order].astype(np.int32)
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows.size))[:-1]]).astype(np.int32)
        value = self.columns.usage[entry][order]
        below = np.full(rows.size, -_INFINITE)
        self._highs.addRows(rows.size, below, self.capacity[rows], index.size, start, index, value)
        self._place[rows] = self.search.n_demands + self._rows.size + np.arange(rows.size)
        self._rows = np.concatenate([self._rows, rows])

    def basis(self) -> tuple[Flags, Flags, Flags]:
        """What is basic: columns, slacks of the capacity rows in sight, slacks of the demand rows."""
        if not len(self.columns):  # HiGHS keeps no basis of a programme without columns: all slacks
            return np.empty(0, bool), np.ones(self._rows.size, bool), np.ones(self.search.n_demands, bool)
        basis = self._highs.getBasis()
        column = np.array([status == _BASIC for status in basis.col_status], bool)
        row = np.array([status == _BASIC for status in basis.row_status], bool)
        return column, row[self.search.n_demands :], row[: self.search.n_demands]

    def set_basis(self, column: Flags, row: Flags, demand: Flags) -> None:
        """Start the next solve from these basic columns and slacks; as many as there are rows."""
        if not column.size:
            return
        basis, status = highspy.HighsBasis(), highspy.HighsBasisStatus
        basis.col_status = [_BASIC if one else status.kLower for one in column]
        basis.row_status = [_BASIC if one else status.kUpper for one in np.concatenate([demand, row])]
        basis.valid = True
        self._highs.setBasis(basis)

    def set_capacity(self, row: int, capacity: float) -> None:
        """Change one capacity (scaled); the basis stays."""
        if self._place[row] < 0:
            self.add_rows(np.array([row], np.int64))
        self.capacity[row] = capacity
        self._highs.changeRowBounds(int(self._place[row]), -_INFINITE, capacity)

    def solve(self) -> MasterAnswer:
        """Optimum over the known columns and the rows in sight."""
        self._run()
        solution = self._highs.getSolution()
        flow = np.maximum(np.array(solution.col_value), 0.0)
        load = self.columns.load(flow, self.search.n_rows)
        over = load > self.capacity * (1.0 + _BROKEN) + _BROKEN
        dual = np.maximum(-np.array(solution.row_dual), 0.0)
        row_price = np.zeros(self.search.n_rows)
        row_price[self._rows] = dual[self.search.n_demands :]
        saved = self._highs.getInfo().objective_function_value
        objective = float(self.search.amount @ self.search.unmet) + saved
        broken = np.flatnonzero(over & (self._place < 0))
        return MasterAnswer(objective, flow, row_price, dual[: self.search.n_demands], broken)

    def direction(self, row: int) -> Floats:
        """How the column flows (n_columns,) move per unit more capacity of a row in sight, while the basis holds."""
        unit = np.zeros(self.search.n_demands + self._rows.size)
        unit[self._place[row]] = 1.0
        _, moved = self._highs.getBasisSolve(unit)
        _, basic = self._highs.getBasicVariables()
        basic = np.asarray(basic)
        column = basic >= 0  # the others are rows, numbered from -1 downwards
        flow = np.zeros(len(self.columns))
        flow[basic[column]] = np.asarray(moved)[column]
        return flow

    def _run(self) -> None:
        for attempt in range(2):
            self._highs.run()
            self.iterations += self._highs.getInfo().simplex_iteration_count
            if self._highs.getModelStatus() in {
                highspy.HighsModelStatus.kOptimal,
                highspy.HighsModelStatus.kModelEmpty,
            }:
                return  # empty: no path at all is worth its price
            if attempt == 0:  # a bad basis: once more from nothing
                self._highs.clearSolver()
        status = self._highs.modelStatusToString(self._highs.getModelStatus())
        raise SolverFailure(f"HiGHS ended the master programme with status {status}")


def _new_highs() -> Any:
    make: Any = highspy.Highs  # highspy leaves its constructor without types
    highs = make()
    settings = {
        "output_flag": False,
        "presolve": "off",
        "solver": "simplex",
        "threads": 1,
        "random_seed": 1,
        "primal_feasibility_tolerance": _TOLERANCE,
        "dual_feasibility_tolerance": _TOLERANCE,
    }
    for name, value in settings.items():
        highs.setOptionValue(name, value)
    return highs


def _no_columns(search: PathSearch) -> tuple[Columns, Floats]:
    """An empty set of columns."""
    least, columns = search.cheapest(np.zeros(search.n_rows), np.full(search.n_demands, -np.inf))
    return columns, least
