"""Kernels: waits of limits at their utilisation, without integrals; and a small linear system. No checks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import types

from transcaspian._jit import njit
from transcaspian.freight.equilibrium._delay_kernel import DELAY_COLUMNS, FLOATS, DelayColumns, delay_at

Floats = npt.NDArray[np.float64]

MATRIX = types.Array(types.float64, 2, "C")


@njit((DELAY_COLUMNS, FLOATS))
def waits_at(delays: DelayColumns, utilisation: Floats) -> tuple[Floats, Floats]:
    """Wait and its slope at every limit; each of shape (n_limits,)."""
    wait, slope = np.empty(utilisation.size), np.empty(utilisation.size)
    for limit in range(utilisation.size):
        wait[limit], slope[limit], _ = delay_at(delays, limit, utilisation[limit])
    return wait, slope


@njit((MATRIX, FLOATS))
def solve_small(matrix: Floats, right: Floats) -> bool:
    """Solve in place by elimination with row pivots; `right` becomes the answer. False for a singular matrix.

    A hundred unknowns: a library that wakes its threads for them takes longer than the sums.
    """
    n = right.size
    for column in range(n):
        pivot = column
        for row in range(column + 1, n):
            if abs(matrix[row, column]) > abs(matrix[pivot, column]):
                pivot = row
        if matrix[pivot, column] == 0.0:
            return False
        if pivot != column:
            for place in range(column, n):
                matrix[column, place], matrix[pivot, place] = matrix[pivot, place], matrix[column, place]
            right[column], right[pivot] = right[pivot], right[column]
        for row in range(column + 1, n):
            factor = matrix[row, column] / matrix[column, column]
            if factor != 0.0:
                for place in range(column, n):
                    matrix[row, place] -= factor * matrix[column, place]
                right[row] -= factor * right[column]
    for row in range(n - 1, -1, -1):
        for place in range(row + 1, n):
            right[row] -= matrix[row, place] * right[place]
        right[row] /= matrix[row, row]
    return True
