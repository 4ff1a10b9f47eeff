"""Solve a run: the corridor with its scenario beside the same dates without it.

With perfect foresight one program holds all steps; otherwise each day is planned anew (`rolling.py`), and the perfect
plan is solved too, so that the price of not knowing is reported.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.errors import InputError, Problem
from transcaspian.oil.accounts import Netback, Outcome, Plan, netbacks, outcome_of, stock_values
from transcaspian.oil.dated import Floats
from transcaspian.oil.knowledge import BELIEFS, UNTIL_END, Knowledge
from transcaspian.oil.limits import Binding, Worth, bindings, worths
from transcaspian.oil.matrix import Program
from transcaspian.oil.network import OilNetwork
from transcaspian.oil.planning import Period, Run, foreign_share, wanting_window
from transcaspian.oil.rolling import HORIZON_DAYS, horizon_of, solve_rolling

PERFECT = "perfect"


@dataclass(frozen=True, slots=True)
class Foresight:
    """`days` ahead that changes and storms are known, or `None` for all of them from the first day."""

    days: int | None = None
    horizon_days: int = HORIZON_DAYS
    belief: str = UNTIL_END

    def __post_init__(self) -> None:
        problems = []
        if self.days is not None and self.days < 0:
            problems.append(
                Problem(
                    "oil.foresight", "--foresight", f"{self.days} days lie behind us", "give 0 or more, or perfect."
                )
            )
        if self.belief not in BELIEFS:
            mend = f"give {' or '.join(BELIEFS)}."
            problems.append(Problem("oil.belief", "--belief", f"{self.belief!r} is no belief", mend))
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, eq=False)
class OilResult:
    """What came of a run and of the same dates without its scenario. Arrays (T, n): kt in a step, stocks at its end."""

    period: Period
    foresight: Foresight
    network: OilNetwork
    days: Floats  # (T,)
    outcome: Outcome
    baseline: Outcome
    perfect: Outcome  # of the run with perfect foresight; the outcome itself when it is that
    potential_kt: Floats  # (T, fields)
    link_capacity_kt: Floats  # (T, links), with the oil of others
    store_capacity_kt: Floats  # (T, stores)
    first_stock_kt: Floats  # (stores,), before the first step
    bindings: tuple[Binding, ...]
    worths: tuple[Worth, ...]
    netbacks: tuple[Netback, ...]
    horizon_days: int

    @property
    def shut_in_kt(self) -> Floats:
        """Production below the baseline, (T, fields)."""
        return np.maximum(0.0, self.baseline.production_kt - self.outcome.production_kt)

    @property
    def cost_usd(self) -> float:
        """What the scenario takes from the worth of Kazakhstan's oil, against the baseline."""
        cost = self.baseline.value_usd - self.outcome.value_usd
        # Two optima may differ in the last digits of sums of thousands of millions.
        return cost if abs(cost) > 1e-9 * max(1.0, abs(self.baseline.value_usd)) else 0.0

    @property
    def foresight_gap_usd(self) -> float:
        """What perfect foresight would have saved."""
        return self.perfect.value_usd - self.outcome.value_usd


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A run and its baseline, read once; replications draw weather and stocks on it."""

    run: Run
    base: Run
    program: Program  # of the whole run, moved to whatever is asked
    foresight: Foresight
    horizon_days: int
    share: Floats  # of foreign oil, for every day read, (days, fields)
    base_share: Floats
    unchanged: bool


def prepare(corridor: Corridor, period: Period, foresight: Foresight) -> Case:
    """Read a corridor for a run.

    Raises
    ------
    InputError
        With what is wrong with the tables, or if rolling plans are asked for in steps of a month.
    """
    if foresight.days is not None and period.step != "day":
        mend = "give --step day, or --foresight perfect."
        raise InputError(Problem("oil.step", "--step", "plans are made day by day, not by the month", mend))
    probe = Run(corridor, period)
    plain = replace(corridor, changes=())
    if foresight.days is None:
        base = Run(plain, period) if corridor.changes else probe
        program = Program(wanting_window(base))
        base_share, share = _shares(base, probe, program)
        program.keep_basis()
        return Case(probe, base, program, foresight, foresight.horizon_days, share, base_share, base is probe)
    horizon = horizon_of(probe.series.lag, foresight.horizon_days)
    run = Run(corridor, period, extra_days=horizon)
    base = Run(plain, period, extra_days=horizon) if corridor.changes else run
    # Plans of the last days look beyond the end, so what wants to pass must be known there too.
    longer = Period(period.start, period.end + dt.timedelta(days=horizon))
    long_run = Run(corridor, longer)
    long_base = Run(plain, longer) if corridor.changes else long_run
    base_share, share = _shares(long_base, long_run, Program(wanting_window(long_base)))
    program = Program(base.window())
    program.solve()
    program.keep_basis()
    return Case(run, base, program, foresight, horizon, share, base_share, base is run)


def _shares(base: Run, run: Run, program: Program) -> tuple[Floats, Floats]:
    """Foreign oil for each Kazakh tonne, without and with the scenario; `program` holds the base's wanting window."""
    base_share = foreign_share(base, program.solve())
    if base is run:
        return base_share, base_share
    program.move(wanting_window(run))
    return base_share, foreign_share(run, program.solve())


def solve(corridor: Corridor, period: Period, foresight: Foresight | None = None) -> OilResult:
    """The flows of a run, what its scenario changes, and what each limit is worth.

    Parameters
    ----------
    corridor
        With its scenario, if any, applied for these dates.
    period
        Days and steps.
    foresight
        Perfect unless set.

    Returns
    -------
    result
        Frozen; see `OilResult`.

    Raises
    ------
    InputError
        With what is wrong with the tables or the settings.
    """
    return solve_case(prepare(corridor, period, foresight or Foresight()))


def solve_case(
    case: Case, *, weather: Floats | None = None, expected: Floats | None = None, stock: Floats | None = None
) -> OilResult:
    """Solve a prepared case, in calm weather with the first stocks of the tables unless others are given.

    `weather` and `expected` are shares of each day read, shape (days, moorings); `stock` the first stock of each tank
    farm, kt.
    """
    run, base = case.run, case.base
    if stock is not None:
        run, base = run.with_stock(stock), base.with_stock(stock)
    read = len(run.reader.days)
    calm = np.ones((read, len(run.network.mooring_id)))
    weather = calm if weather is None else weather
    expected = calm if expected is None else expected
    inside = _steps_of(weather, run.days)
    program = case.program
    program.restore_basis()
    program.move(base.window(weather=inside, share=case.base_share))
    base_plan: Plan = program.solve()
    plan: Plan = base_plan
    if not case.unchanged:
        program.move(run.window(weather=inside, share=case.share, usual=case.base_share))
        plan = program.solve()
    # The same tonne left in a tank has one value in all accounts: what such oil earns without the scenario.
    worth = stock_values(base, base_plan, base.series)
    perfect = outcome_of(run, plan, run.series, worth)
    discount = _discount(run)
    if case.foresight.days is not None:
        knows = Knowledge(case.foresight.days, case.foresight.belief)
        rolled = [
            solve_rolling(
                one,
                horizon_days=case.horizon_days,
                knows=knows,
                weather=weather,
                expected=expected,
                share=share,
                usual=case.base_share,
            )
            for one, share in ((base, case.base_share), (run, case.share))[: 1 if case.unchanged else 2]
        ]
        base_plan, plan = rolled[0], rolled[-1]
        discount = np.full(run.days.size, discount[0])
    outcome = outcome_of(run, plan, run.series, worth)
    series = run.series
    days = run.days[:, None]
    return OilResult(
        period=run.period,
        foresight=case.foresight,
        network=run.network,
        days=run.days,
        outcome=outcome,
        baseline=outcome if case.unchanged else outcome_of(base, base_plan, base.series, worth),
        perfect=perfect,
        potential_kt=series.production * days,
        link_capacity_kt=(series.link_cap + series.link_other) * days,
        store_capacity_kt=series.store_cap,
        first_stock_kt=run.first_stock,
        bindings=tuple(bindings(run, plan, series, base.series, discount)),
        worths=tuple(worths(run, plan, series)),
        netbacks=tuple(netbacks(run, plan, series)),
        horizon_days=case.horizon_days,
    )


def first_day(result: OilResult, steps: np.typing.NDArray[np.bool_]) -> dt.date | None:
    """The first day of the first step that is marked."""
    return result.period.firsts[int(np.argmax(steps))] if steps.any() else None


def _steps_of(daily: Floats, days: Floats) -> Floats:
    starts = np.concatenate(([0], np.cumsum(days)[:-1])).astype(int)
    return np.asarray(np.add.reduceat(daily[: int(days.sum())], starts, axis=0) / days[:, None])


def _discount(run: Run) -> Floats:
    middle = np.cumsum(run.days) - run.days / 2
    return np.asarray((1 + run.settings.discount_percent_per_year / 100) ** (-middle / 365))
