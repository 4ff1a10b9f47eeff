"""What the oil tests share: runs of toys, and assertions that hold for every solution."""

from __future__ import annotations

import datetime as dt

import numpy as np

from transcaspian.corridor import Corridor, RowChange
from transcaspian.oil.dated import Floats
from transcaspian.oil.matrix import Program, Solution
from transcaspian.oil.planning import Period, Run
from transcaspian.oil.program import Window

START = dt.date(2024, 1, 1)
# Mass is kept to a gram a day of some kt; prices are sums of some 1e7 kUSD with 16 digits.
MASS_KT = 1e-9
MONEY = 1e-9


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def toy_run(corridor: Corridor, days: int, step: str = "day") -> Run:
    return Run(corridor, Period(START, day(days), step))


def changed(corridor: Corridor, table: str, row: str, column: str, value: float | str, since: int | None = None,
            until: int | None = None) -> Corridor:  # fmt: skip
    first, last = (None if number is None else day(number) for number in (since, until))
    act = ("close", "", 0.0) if column == "close" else ("set", column, value)
    return corridor.with_changes([RowChange(table, row, *act, since=first, until=last, origin="test")])


def solved(window: Window) -> tuple[Program, Solution]:
    program = Program(window)
    solution = program.solve()
    assert_mass_is_kept(window, solution)
    assert_strong_duality(program, solution)
    return program, solution


def assert_mass_is_kept(window: Window, solution: Solution) -> None:
    """In - out + made - sold = change of stock, at every node, for every grade, in every step."""
    net, columns = window.network, solution.columns
    balance = np.zeros((window.steps, net.pair_node.size))
    flow, stock = solution.of(columns.flow), solution.of(columns.stock)
    for arc in range(net.arc_link.size):
        balance[:, net.arc_to[arc]] += flow[:, arc]
        balance[:, net.arc_from[arc]] -= flow[:, arc]
    for field, pair in enumerate(net.field_pair):
        balance[:, pair] += solution.of(columns.make)[:, field]
    for sale, pair in enumerate(net.sale_pair):
        balance[:, pair] -= solution.of(columns.sale)[:, sale]
    change = np.diff(np.vstack((window.stock, stock)), axis=0) / window.days[:, None]
    for number, pair in enumerate(net.stock_pair):
        balance[:, pair] -= change[:, number]
    assert np.abs(balance).max() <= MASS_KT


def assert_strong_duality(program: Program, solution: Solution) -> None:
    """The dual's value is the primal's."""
    gap = abs(program.dual_objective() - solution.objective)
    assert gap <= MONEY * max(1.0, abs(solution.objective))


def link_flow(solution: Solution, run: Run, link: str) -> Floats:
    """All oil on a link, kt/d, shape (T,)."""
    row = run.network.link_id.index(link)
    flow: Floats = solution.of(solution.columns.flow)[:, run.network.arc_link == row].sum(axis=1)
    return flow
