"""What can be wrong with a problem, all of it said at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem
from transcaspian.freight.capacity.problem import FlowNetwork, FlowProblem, Limits


def check_problem(problem: FlowProblem) -> None:
    """Raise one `InputError` with everything that is wrong; shapes first, for values of a wrong shape mean nothing."""
    found = list(_shapes(problem))
    if not found:
        found = [*_network(problem.network), *_limits(problem.limits), *_demand(problem)]
    if found:
        raise InputError(found)


def _shapes(problem: FlowProblem) -> Iterator[Problem]:
    network, limits, demand = problem.network, problem.limits, problem.demand
    n_arcs, n_limits, n_uses, n_wants = network.tail.size, len(limits.id), limits.limit.size, len(demand.id)
    if demand.amount.ndim != 2 or network.cost.ndim != 3:
        yield _bad("demand.amount, network.cost", "have not two and three axes", "see problem.py for the shapes")
        return
    n_periods, n_classes = demand.amount.shape[1], network.cost.shape[0]
    n_cost = network.cost.shape[1] if network.cost.shape[1] in {1, n_periods} else n_periods
    wanted: dict[str, tuple[npt.NDArray[np.generic], tuple[int, ...]]] = {
        "network.head": (network.head, (n_arcs,)),
        "network.lag": (network.lag, (n_arcs,)),
        "network.cost": (network.cost, (n_classes, n_cost, n_arcs)),
        "limits.capacity": (limits.capacity, (n_limits, n_periods)),
        "limits.pooled": (limits.pooled, (n_limits,)),
        "limits.arc": (limits.arc, (n_uses,)),
        "limits.usage": (limits.usage, (n_classes, n_uses)),
        "demand.cargo": (demand.cargo, (n_wants,)),
        "demand.origin": (demand.origin, (n_wants,)),
        "demand.destination": (demand.destination, (n_wants,)),
        "demand.amount": (demand.amount, (n_wants, n_periods)),
        "demand.unmet_usd": (demand.unmet_usd, (n_wants, n_periods)),
    }
    for where, (array, shape) in wanted.items():
        if array.shape != shape:
            yield _bad(where, f"has shape {array.shape}, not {shape}", "give one value for each row it describes")
    if len(limits.unit) != n_limits:
        yield _bad("limits.unit", f"names {len(limits.unit)} units for {n_limits} limits", "give one for each limit")
    if n_periods == 0 or n_classes == 0:
        yield _bad("demand.amount, network.cost", "have no period or no class", "give at least one of each")


def _network(network: FlowNetwork) -> Iterator[Problem]:
    yield from _numbers("network.tail", network.tail, network.n_nodes, "node")
    yield from _numbers("network.head", network.head, network.n_nodes, "node")
    yield from _rows("network.lag", network.lag < 0, "is below 0: cargo would arrive before it left", "give 0 or more")
    loops = (network.tail == network.head) & (network.lag == 0)
    yield from _rows("network.lag", loops, "is 0 on an arc from a node to itself", "stock takes a lag of 1")
    wrong = np.isnan(network.cost) | (network.cost == -np.inf)
    yield from _rows("network.cost", wrong.any(axis=(0, 1)), "is no number", "give USD, infinite where not allowed")


def _limits(limits: Limits) -> Iterator[Problem]:
    yield from _twice("limits.id", limits.id)
    yield from _numbers("limits.limit", limits.limit, len(limits.id), "limit")
    wrong = np.isnan(limits.capacity) | (limits.capacity < 0.0)
    where = [limits.id[row] for row in np.flatnonzero(wrong.any(axis=1))]
    for one in where:
        yield _bad(f"limits.capacity, {one}", "is below 0 or no number", "give 0 or more, infinite for no limit")
    mixed = limits.pooled & (np.isinf(limits.capacity).any(axis=1) & np.isfinite(limits.capacity).any(axis=1))
    for one in [limits.id[row] for row in np.flatnonzero(mixed)]:
        yield _bad(f"limits.capacity, {one}", "is pooled and infinite in some periods only", "give all or none")
    wrong_use = ~np.isfinite(limits.usage) | (limits.usage < 0.0)
    yield from _rows("limits.usage", wrong_use.any(axis=0), "is below 0 or no number", "give units per unit of flow")


def _demand(problem: FlowProblem) -> Iterator[Problem]:
    demand, network = problem.demand, problem.network
    yield from _twice("demand.id", demand.id)
    yield from _numbers("demand.cargo", demand.cargo, network.n_classes, "class")
    yield from _numbers("demand.origin", demand.origin, network.n_nodes, "node")
    yield from _numbers("demand.destination", demand.destination, network.n_nodes, "node")
    yield from _numbers("limits.arc", problem.limits.arc, network.n_arcs, "arc")
    amount, unmet = demand.amount, demand.unmet_usd
    asked = np.nan_to_num(amount) > 0.0
    said = (
        (demand.origin == demand.destination, "starts where it ends", "give two different nodes, or delete the row"),
        ((~np.isfinite(amount) | (amount < 0.0)).any(axis=1), "has an amount below 0 or no number", "give 0 or more"),
        ((asked & np.isnan(unmet)).any(axis=1), "has demand without a price of leaving it", _PRICE),
        ((asked & ((unmet < 0.0) | np.isinf(unmet))).any(axis=1), "has an impossible price of leaving it", _PRICE),
    )
    for flags, what, mend in said:
        for row in np.flatnonzero(flags):
            kind = "flow.unmet_price" if mend == _PRICE else "flow.input"
            yield Problem(kind, f"demand, {demand.id[row]}", f"{what}.", f"{mend}.")


_PRICE = "give unmet_usd: what it costs per unit of flow to leave it, finite and at least 0"


def _numbers(where: str, numbers: npt.NDArray[np.int32], count: int, noun: str) -> Iterator[Problem]:
    if not np.issubdtype(numbers.dtype, np.integer):
        yield _bad(where, f"holds {numbers.dtype}", f"give {noun} numbers as whole numbers")
        return
    outside = (numbers < 0) | (numbers >= count)
    yield from _rows(where, outside, f"names no {noun}", f"give numbers from 0 to {count - 1}")


def _rows(where: str, wrong: Any, what: str, mend: str) -> Iterator[Problem]:
    rows = np.flatnonzero(wrong)
    if rows.size:
        more = f" and {rows.size - 5} more" if rows.size > 5 else ""
        yield _bad(f"{where}, row {', '.join(str(row) for row in rows[:5])}{more}", what, mend)


def _twice(where: str, ids: tuple[str, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield _bad(f"{where}, {one}", "comes twice", "give every row its own id")
        seen.add(one)


def _bad(where: str, what: str, mend: str) -> Problem:
    return Problem("flow.input", where, f"{what}.", f"{mend}.")
