"""Delay functions of links and facilities: how long a passage takes, given the flow.

Answers: what does one more train, ship or lorry do to all others?  Start reading at `bpr` and `queue`.
Takes: capacities and times in any unit, as long as all links of a network share it.  Gives: `Delays`, one row per link.
Never knows: networks, demand.

Every function is `free + scale * g(flow / capacity)`; `_delay_kernel.py` computes value, slope, curvature and integral.
A queue would take for ever at full capacity. Static flows may exceed capacity for a while on the way to an equilibrium,
so beyond a utilisation called *knee* the delay goes on as its tangent, with the same value and slope at the knee
(as Taylor, 1984, did for Davidson's function). Delays beyond the knee say "too full", not how long it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight.equilibrium._delay_kernel import CONICAL, POWER, QUEUE, DelayColumns, delays_at

Floats = npt.NDArray[np.float64]

KNEE = 0.95  # utilisation beyond which a queue's delay is its tangent; an assumption, sensible from 0.9 to 0.99


@dataclass(frozen=True, slots=True, eq=False)
class Delays:
    """Delay functions, one row per link: read-only columns of shape (n_links,). Made by the functions below."""

    shape: npt.NDArray[np.int8]  # which g
    free: Floats  # time on an empty link
    scale: Floats  # time per unit of g
    capacity: Floats  # flow; infinite where the delay is constant
    exponent: Floats
    knee: Floats  # utilisation

    def __post_init__(self) -> None:
        for column in fields(self):
            value = np.array(getattr(self, column.name), np.int8 if column.name == "shape" else np.float64)
            value.flags.writeable = False
            object.__setattr__(self, column.name, value)

    def __len__(self) -> int:
        return int(self.free.size)

    def time(self, flow: npt.ArrayLike) -> Floats:
        """Time on each link at its flow, shape (n_links,)."""
        return self._at(flow)[0]

    def slope(self, flow: npt.ArrayLike) -> Floats:
        """Change of the time per unit of flow."""
        return self._at(flow)[1]

    def curvature(self, flow: npt.ArrayLike) -> Floats:
        """Change of the slope per unit of flow."""
        return self._at(flow)[2]

    def integral(self, flow: npt.ArrayLike) -> Floats:
        """Integral of the time from no flow to `flow`: the terms of Beckmann's objective (1956)."""
        return self._at(flow)[3]

    def columns(self) -> DelayColumns:
        """Writable copies for the kernels."""
        per_capacity = 1.0 / self.capacity
        return DelayColumns(
            self.shape.copy(), self.free.copy(), self.scale.copy(), per_capacity, self.exponent.copy(), self.knee.copy()
        )

    def _at(self, flow: npt.ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
        given = np.ascontiguousarray(np.broadcast_to(np.asarray(flow, np.float64), self.free.shape)).copy()
        found: tuple[Floats, Floats, Floats, Floats] = delays_at(self.columns(), given)
        return found


def constant(free: npt.ArrayLike) -> Delays:
    """A time that no flow changes.

    Parameters
    ----------
    free
        Time, not negative, shape (n_links,) or one number.

    Raises
    ------
    InputError
        If a time is negative or not finite.
    """
    return _made(POWER, {"free": free}, scale=0.0, capacity=np.inf, exponent=1.0, knee=np.inf)


def bpr(free: npt.ArrayLike, capacity: npt.ArrayLike, *, b: npt.ArrayLike = 0.15, power: npt.ArrayLike = 4.0) -> Delays:
    """`free * (1 + b * (flow / capacity) ** power)`: the Bureau of Public Roads (1964).

    Where `b`, `free` or `power` is 0 the time is constant, `free * (1 + b)` with a power of 0, and the capacity
    does not matter, not even one of 0.

    Parameters
    ----------
    free
        Time at no flow, not negative, shape (n_links,) or one number, as are the others.
    capacity
        Flow, above 0.
    b
        Relative delay at capacity, not negative; the Bureau's 0.15.
    power
        0, or at least 1: with a power between them the slope at no flow would be infinite.

    Raises
    ------
    InputError
        If a number is out of its bounds.
    """
    free, capacity, b, power = _rows(free, capacity, b, power)
    still = (b == 0.0) | (power == 0.0) | (free == 0.0)
    problems = [
        *_outside("free", free, free >= 0.0, "at least 0"),
        *_outside("b", b, b >= 0.0, "at least 0"),
        *_outside("power", power, (power == 0.0) | (power >= 1.0), "0 or at least 1"),
        *_outside("capacity", capacity, (capacity > 0.0) | still, "above 0"),
    ]
    if problems:
        raise InputError(problems)
    free_time = np.where(power == 0.0, free * (1.0 + b), free)
    scale, room = np.where(still, 0.0, free * b), np.where(still, np.inf, capacity)
    return Delays(_shapes(POWER, free), free_time, scale, room, np.where(still, 1.0, power), np.full(free.size, np.inf))


def conical(free: npt.ArrayLike, capacity: npt.ArrayLike, *, alpha: npt.ArrayLike = 4.0) -> Delays:
    """`free * (2 + sqrt(alpha² (1 - rho)² + beta²) - alpha (1 - rho) - beta)`, twice `free` at capacity: Spiess (1990).

    With `beta = (2 alpha - 1) / (2 alpha - 2)` and rho the flow over the capacity. Its slope stays below
    `2 alpha free / capacity`, so that no flow is punished beyond reason.

    Parameters
    ----------
    free, capacity
        As in `bpr`.
    alpha
        Steepness, above 1; Spiess takes 2 to 12 where `bpr` has powers.

    Raises
    ------
    InputError
        If a number is out of its bounds.
    """
    free, capacity, alpha = _rows(free, capacity, alpha)
    problems = [
        *_outside("free", free, free >= 0.0, "at least 0"),
        *_outside("capacity", capacity, capacity > 0.0, "above 0"),
        *_outside("alpha", alpha, alpha > 1.0, "above 1"),
    ]
    if problems:
        raise InputError(problems)
    return Delays(_shapes(CONICAL, free), free, free, capacity, alpha, np.full(free.size, np.inf))


def davidson(
    free: npt.ArrayLike, capacity: npt.ArrayLike, *, j: npt.ArrayLike = 0.1, knee: npt.ArrayLike = KNEE
) -> Delays:
    """`free * (1 + j * rho / (1 - rho))` up to the knee: Davidson (1966), extended by its tangent (Taylor, 1984).

    Parameters
    ----------
    free, capacity
        As in `bpr`.
    j
        Davidson's parameter, not negative: 0 where passages do not disturb each other.
    knee
        Utilisation above 0 and below 1 where the tangent begins.

    Raises
    ------
    InputError
        If a number is out of its bounds.
    """
    free, capacity, j, knee = _rows(free, capacity, j, knee)
    problems = [
        *_outside("free", free, free >= 0.0, "at least 0"),
        *_outside("capacity", capacity, capacity > 0.0, "above 0"),
        *_outside("j", j, j >= 0.0, "at least 0"),
        *_outside("knee", knee, (knee > 0.0) & (knee < 1.0), "above 0 and below 1"),
    ]
    if problems:
        raise InputError(problems)
    return Delays(_shapes(QUEUE, free), free, free * j, capacity, np.ones(free.size), knee)


def queue(
    free: npt.ArrayLike,
    capacity: npt.ArrayLike,
    *,
    service: npt.ArrayLike,
    servers: npt.ArrayLike = 1,
    variability: npt.ArrayLike = 1.0,
    knee: npt.ArrayLike = KNEE,
) -> Delays:
    """`free` and the mean wait before one of several servers: berths, border tracks, gauge-change slots.

    Sakasegawa (1977): the wait is `variability * service * rho ** (sqrt(2 (servers + 1)) - 1) / (servers (1 - rho))`.
    Exact for one server with Poisson arrivals (M/M/1 and, by Pollaczek and Khinchine, M/G/1); for more, an
    approximation of M/M/c, scaled for other variability as Allen and Cunneen do (Allen, 1990).

    Parameters
    ----------
    free
        Time without a wait, service included where it counts; not negative, shape (n_links,) or one number, as are
        the others.
    capacity
        Flow that keeps all servers busy, above 0: `servers / service` in the unit of the flow.
    service
        Mean time of one service, not negative, in the unit of `free`.
    servers
        Number of servers, at least 1.
    variability
        `(ca² + cs²) / 2`, of the coefficients of variation of arrivals and of services; 1 for M/M/c, 0.5 for M/D/c.
    knee
        As in `davidson`.

    Raises
    ------
    InputError
        If a number is out of its bounds.
    """
    free, capacity, service, servers, variability, knee = _rows(free, capacity, service, servers, variability, knee)
    problems = [
        *_outside("free", free, free >= 0.0, "at least 0"),
        *_outside("capacity", capacity, capacity > 0.0, "above 0"),
        *_outside("service", service, service >= 0.0, "at least 0"),
        *_outside("servers", servers, servers >= 1.0, "at least 1"),
        *_outside("variability", variability, variability >= 0.0, "at least 0"),
        *_outside("knee", knee, (knee > 0.0) & (knee < 1.0), "above 0 and below 1"),
    ]
    if problems:
        raise InputError(problems)
    exponent = np.sqrt(2.0 * (servers + 1.0)) - 1.0
    return Delays(_shapes(QUEUE, free), free, variability * service / servers, capacity, exponent, knee)


def join_delays(parts: Sequence[Delays]) -> Delays:
    """The rows of several, one after another: a network of links and facilities with different functions."""
    return Delays(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Delays)))


def _made(shape: int, given: dict[str, npt.ArrayLike], **same: float) -> Delays:
    (free,) = _rows(given["free"])
    if problems := _outside("free", free, free >= 0.0, "at least 0"):
        raise InputError(problems)
    columns = {name: np.full(free.size, value) for name, value in same.items()}
    return Delays(_shapes(shape, free), free, **columns)


def _shapes(shape: int, free: Floats) -> npt.NDArray[np.int8]:
    return np.full(free.size, shape, np.int8)


def _rows(*given: npt.ArrayLike) -> list[Floats]:
    """All numbers as columns of one length."""
    try:
        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(column, np.float64)) for column in given))
    except ValueError as error:
        what = f"the columns do not fit together: {error}"
        raise InputError(
            Problem("equilibrium.delay", "delays", what, "give one number, or one for each link.")
        ) from None
    if columns[0].ndim != 1:
        what = f"shape {columns[0].shape} is no column"
        raise InputError(Problem("equilibrium.delay", "delays", what, "give one number, or one for each link."))
    return [np.array(column) for column in columns]


def _outside(name: str, column: Floats, fits: npt.NDArray[np.bool_], bounds: str) -> list[Problem]:
    """What is wrong with a column: every row out of its bounds or not finite."""
    return [
        Problem("equilibrium.delay", f"{name}, link {row}", f"{column[row]:g} is not {bounds}", "correct the number.")
        for row in np.flatnonzero(~(np.isfinite(column) & fits))
    ]
