"""Rolling foresight: each day a plan over the horizon is made, and its first day is carried out.

The program is built once. Each day its bounds are moved to the days ahead as they are then known (`knowledge.py`), with
the stocks, the warmth of the fields and the nominations that the days before have left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from transcaspian.errors import InputError, Problem
from transcaspian.oil.dated import Floats
from transcaspian.oil.knowledge import Knowledge, believed_events, believed_weather
from transcaspian.oil.matrix import Program, Solution
from transcaspian.oil.network import OilNetwork
from transcaspian.oil.planning import Run, eased, end_values, stops
from transcaspian.oil.program import INF, Columns, Window

HORIZON_DAYS = 30
_ABOVE_KT = 0.1
_SPARE_DAYS = 5  # a plan must reach beyond the longest lag, or nothing could ever be asked for


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What was carried out, day by day: variables (days, columns) and the duals of each day's own plan."""

    columns: Columns
    values: Floats
    reduced: Floats
    duals: dict[str, Floats]

    def of(self, group: slice) -> Floats:
        """One group of variables, shape (days, n)."""
        return self.values[:, group]


def horizon_of(lags: Floats, horizon_days: int) -> int:
    """The horizon, lengthened where a nomination takes longer than that.

    Raises
    ------
    InputError
        If the horizon is less than a day.
    """
    if horizon_days < 1:
        what = f"a horizon of {horizon_days} days has no day"
        raise InputError(Problem("oil.horizon", "--horizon", what, "give 1 or more days."))
    longest = int(np.max(lags, initial=0.0))
    return max(horizon_days, longest + _SPARE_DAYS)


def solve_rolling(
    run: Run,
    *,
    horizon_days: int,
    knows: Knowledge,
    weather: Floats,
    expected: Floats,
    share: Floats,
    usual: Floats,
) -> Carried:
    """Carry out the first day of each day's plan.

    Parameters
    ----------
    run
        Read for at least `horizon_days` beyond its end, in steps of a day.
    horizon_days
        Days each plan looks ahead, see `horizon_of`.
    knows
        What is known of changes and storms.
    weather, expected
        Share of each day on which moorings load, as it comes and as it is expected, shape (days read, moorings).
    share
        Foreign oil for each Kazakh tonne, for every day read, shape (days read, fields).
    usual
        The same without the scenario.
    """
    total = run.days.size
    state = _State(run, horizon_days, total)
    program: Program | None = None
    values, reduced, duals = [], [], []
    for today in range(total):
        believed = believed_weather(weather, expected, today, horizon_days, knows)
        window = _window(run, today, horizon_days, knows, believed, (share, usual), state)
        if program is None:
            program = Program(window)
        else:
            program.move(window)
        solution = program.solve()
        state.advance(window, solution, today)
        values.append(solution.values[0])
        reduced.append(solution.reduced[0])
        duals.append({name: dual[0] for name, dual in solution.duals.items()})
    assert program is not None  # a run has at least one day
    return Carried(
        program.columns,
        np.stack(values),
        np.stack(reduced),
        {name: np.stack([dual[name] for dual in duals]) for name in program.row_ids},
    )


class _State:
    """What one day leaves to the next: stocks, warmth, extra flow, and what is asked for of the days ahead."""

    def __init__(self, run: Run, horizon: int, total: int) -> None:
        self.stock = run.stock
        self.ready = run.normal[0]
        self.after_stop = False  # a stop lies before, and its oil still stands in the tanks
        self.extra = np.zeros(len(run.network.route_id))
        # Shippers lose alike over the run, not over each plan: what they lost and could have made is remembered.
        self.shipper = run.network.field_shipper
        self.lost = self.past = np.zeros(int(self.shipper.sum()))
        # Days within the lag carry no more above the nomination than was asked for in time.
        self.asked = np.zeros((total + horizon + 1, len(run.network.route_id)))

    def advance(self, window: Window, solution: Solution, today: int) -> None:
        """Carry out the first day of a plan and ask for what it wants at the end of the lag."""
        columns = solution.columns
        self.stock = np.maximum(0.0, solution.of(columns.stock)[0])
        self.ready = solution.of(columns.ready)[0]
        self.lost = np.maximum(0.0, solution.of(columns.lost)[0])
        self.past = self.past + window.series.production[0, self.shipper]
        extra = np.maximum(0.0, solution.of(columns.extra))
        self.extra = extra[0]
        lag = np.ceil(window.series.lag[0]).astype(int)
        routes = np.arange(lag.size)
        inside = np.minimum(lag, window.steps - 1)
        self.asked[today + inside, routes] = extra[inside, routes]


def _window(
    run: Run, today: int, horizon: int, knows: Knowledge, weather: Floats, shares: tuple[Floats, Floats], state: _State
) -> Window:
    net, period = run.network, run.period
    days = run.reader.days[today : today + horizon]
    events = believed_events(run.dated.events, days[0], days, knows, period.start)
    series = run.reader.on_days(range(today, today + horizon), events)
    ahead = np.arange(horizon)
    committed = np.where(ahead[:, None] < np.ceil(series.lag[0]), state.asked[today : today + horizon], INF)
    held = _held(net, state.stock)
    share, usual = (one[today : today + horizon] for one in shares)
    after = state.after_stop and bool((held > run.first_stock + _ABOVE_KT).any())
    state.after_stop = after or bool(stops(net, series, share, weather, usual)[0].any())
    plan = run.plain_window
    return replace(
        plan,
        series=series,
        days=np.ones(horizon),
        since_start=np.asarray(ahead + 0.5, dtype=np.float64),
        normal=run.normal[today : today + horizon],
        normal_before=run.normal[max(0, today - 1)],
        weather=weather,
        committed=np.where(series.nominated > 0, committed, INF),
        share=eased(net, series, share, weather, usual=usual, after=after),
        stock=state.stock,
        ready=state.ready,
        extra=state.extra,
        lost=state.lost,
        past=state.past,
        end_value=end_values(net, series, -1, run.discount_after(float(horizon))),
    )


def _held(net: OilNetwork, stock: Floats) -> Floats:
    """What stands in each tank farm, kt."""
    held = np.zeros(len(net.store_id))
    np.add.at(held, net.stock_store, stock)
    return held
