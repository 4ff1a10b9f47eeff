"""A run and its plans: what stands at its start, and the one window that knows everything.

`Run` holds what does not depend on the method: the days, the true series, the baseline's potential, the first stocks.
"""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Corridor
from transcaspian.errors import InputError, Problem
from transcaspian.oil.dated import DatedTables, Floats
from transcaspian.oil.matrix import Program, Solution
from transcaspian.oil.network import OilNetwork, build_network
from transcaspian.oil.program import INF, Window
from transcaspian.oil.series import Series, SeriesReader, Settings, mean_of_steps

STEPS = ("day", "month")
_LONGEST_YEARS = 30
# After a stop, when the line and its moorings can take all again, Kazakh shippers may send so much more than they make,
# or their tanks would never empty. At other times foreign oil is cut exactly as theirs.
SURGE = 1.05
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Period:
    """The days [start, end) of a run and its steps."""

    start: dt.date
    end: dt.date
    step: str = "day"

    def __post_init__(self) -> None:
        problems = []
        if self.step not in STEPS:
            problems.append(Problem("oil.step", "--step", f"{self.step!r} is no step", "give day or month."))
        if self.end <= self.start:
            what = f"the run from {self.start} until {self.end} has no day: until is the first day no longer in it"
            problems.append(Problem("oil.dates", "--from, --until", what, "let it end after it begins."))
        elif (self.end - self.start).days > 366 * _LONGEST_YEARS:
            what = f"the run from {self.start} until {self.end} is longer than {_LONGEST_YEARS} years"
            problems.append(Problem("oil.dates", "--from, --until", what, "let it end earlier."))
        if problems:
            raise InputError(problems)

    @property
    def firsts(self) -> list[dt.date]:
        """The first day of each step."""
        days = [self.start + dt.timedelta(days=number) for number in range((self.end - self.start).days)]
        return days if self.step == "day" else [day for day in days if day.day == 1 or day == self.start]

    @property
    def lengths(self) -> Floats:
        """Days of each step."""
        ends = [*self.firsts[1:], self.end]
        return np.array([(end - first).days for first, end in zip(self.firsts, ends, strict=True)], dtype=np.float64)


class Run:
    """One corridor over one period; `extra_days` are read beyond its end for plans that look ahead."""

    def __init__(self, corridor: Corridor, period: Period, *, extra_days: int = 0) -> None:
        self.corridor = corridor
        self.period = period
        self.network: OilNetwork = build_network(corridor)
        self.dated = DatedTables(corridor)
        self._read_until = period.end + dt.timedelta(days=extra_days)
        self.reader = SeriesReader(self.dated, self.network, period.start, self._read_until)
        self.days = period.lengths
        self.settings: Settings = self.reader.settings()
        self._check_stock()

    @cached_property
    def daily(self) -> Series:
        """What is true on every day of the run and of the days read beyond it."""
        return self.reader.actual()

    @cached_property
    def series(self) -> Series:
        """What is true in every step of the run."""
        inside = _rows(self.daily, slice(0, int(self.days.sum())))
        return mean_of_steps(inside, self.days)

    @cached_property
    def normal(self) -> Floats:
        """Potential of the fields without any scenario, for every day read, kt/d."""
        plain = replace(self.corridor, changes=())
        if not self.corridor.changes:
            return self.daily.production
        reader = SeriesReader(DatedTables(plain), self.network, self.period.start, self._read_until)
        return reader.actual().production

    @cached_property
    def stock(self) -> Floats:
        """First stock of every grade in every tank farm, kt: shared like the production of the grades."""
        net = self.network
        made = np.zeros(len(net.grade_id))
        np.add.at(made, net.field_grade, self.normal[0])
        grade = net.pair_grade[net.stock_pair]
        weight = np.maximum(made[grade], 1e-9)
        whole = np.zeros(len(net.store_id))
        np.add.at(whole, net.stock_store, weight)
        return np.asarray(self.first_stock[net.stock_store] * weight / whole[net.stock_store])

    @cached_property
    def first_stock(self) -> Floats:
        """First stock of every tank farm, kt."""
        return self.reader.first_stock_kt()

    def with_stock(self, stock_kt: Floats) -> Run:
        """The same run with another first stock in each tank farm; what was read is shared."""
        other = copy.copy(self)
        for name in ("stock", "plain_window"):
            other.__dict__.pop(name, None)
        other.__dict__["first_stock"] = stock_kt
        return other

    def discount_after(self, days: float) -> float:
        """What money is worth so many days before it comes."""
        return float((1 + self.settings.discount_percent_per_year / 100) ** (-days / 365))

    @cached_property
    def plain_window(self) -> Window:
        """The whole run as one window in calm weather; rolling plans take what never changes from it."""
        return self.window()

    def window(
        self,
        *,
        weather: Floats | None = None,
        share: Floats | None = None,
        usual: Floats | None = None,
        series: Series | None = None,
    ) -> Window:
        """The whole run as one window, with everything known from the first day; `usual` is the baseline's share."""
        net = self.network
        steps = self.days.size
        own = self.series if series is None else series
        weather = np.ones((steps, len(net.mooring_id))) if weather is None else weather
        middle = np.cumsum(self.days) - self.days / 2
        inside = self.normal[: int(self.days.sum())]
        starts = np.concatenate(([0], np.cumsum(self.days)[:-1])).astype(int)
        normal = np.add.reduceat(inside, starts, axis=0) / self.days[:, None]
        # Nothing can be asked for sooner than the lag allows; the nomination itself runs from the first day.
        committed = np.where(middle[:, None] < own.lag, 0.0, INF)
        committed = np.where(own.nominated > 0, committed, INF)
        return Window(
            network=net,
            settings=self.settings,
            series=own,
            days=self.days,
            since_start=middle,
            normal=normal,
            normal_before=normal[0],
            weather=weather,
            committed=committed,
            share=np.zeros((steps, len(net.field_id)))
            if share is None
            else eased(net, own, share[:steps], weather, usual=None if usual is None else usual[:steps]),
            level=self.first_stock,
            stock=self.stock,
            ready=normal[0],
            extra=np.zeros(len(net.route_id)),
            lost=np.zeros(int(net.field_shipper.sum())),
            past=np.zeros(int(net.field_shipper.sum())),
            end_value=end_values(net, own, -1, self.discount_after(float(self.days.sum()))),
        )

    def _check_stock(self) -> None:
        tables = self.dated.on(self.period.start, self.reader.acting(self.period.start))
        full = 1000 * tables.floats("oil_storage", "capacity_mt", empty=INF)
        problems = [
            Problem(
                "oil.stock",
                f"oil_storage, {store}",
                f"stock_mt {held / 1000:g} is more than capacity_mt {cap / 1000:g}",
                "set stock_mt too, no higher than capacity_mt.",
            )
            for store, held, cap in zip(self.network.store_id, self.reader.first_stock_kt(), full, strict=True)
            if held > cap
        ]
        if problems:
            raise InputError(problems)


def solve_plan(run: Run, *, weather: Floats | None = None, share: Floats | None = None) -> Solution:
    """The best plan of a run when everything is known from the first day."""
    return Program(run.window(weather=weather, share=share)).solve()


def wanting_window(run: Run) -> Window:
    """The run if the links with which foreign oil is cut, and all behind them, had no limit and no tanks."""
    own = run.network.field_pro_rata
    series = without_limits(run.network, run.series, own[own >= 0])
    nothing = np.zeros_like(series.store_cap)
    window = run.window(series=replace(series, store_cap=nothing, store_min=nothing))
    return replace(window, level=nothing[0], stock=np.zeros(run.stock.size))


def foreign_share(run: Run, wanting: Solution) -> Floats:
    """Foreign oil for each Kazakh tonne that wants to pass the line with which it is cut, shape (T, fields).

    What wants to pass is the Kazakh flow in the solution of `wanting_window`. Where none wants to, the foreign oil is
    cut by itself.
    """
    net = run.network
    share = np.zeros((run.days.size, len(net.field_id)))
    flow = wanting.of(wanting.columns.flow)
    home = net.grade_home[net.arc_grade]
    for field in np.flatnonzero(net.field_pro_rata >= 0):
        wanted = flow[:, (net.arc_link == net.field_pro_rata[field]) & home].sum(axis=1)
        wants = wanted > 1e-6
        share[wants, field] = run.series.production[wants, field] / wanted[wants]
    return share


def eased(
    net: OilNetwork,
    series: Series,
    share: Floats,
    weather: Floats,
    *,
    usual: Floats | None = None,
    after: bool = False,
) -> Floats:
    """The foreign share, eased after a stop on days without one; `after` tells that a stop lies before the first."""
    found = share.copy()
    stopped = stops(net, series, share, weather, usual)
    for field in np.flatnonzero(net.field_pro_rata >= 0):
        roomy = ~_short_of_room(net, series, share, weather, int(field))
        later = np.logical_or.accumulate(stopped[:, field]) | after
        found[roomy & later, field] /= SURGE
    return found


def stops(
    net: OilNetwork, series: Series, share: Floats, weather: Floats, usual: Floats | None
) -> npt.NDArray[np.bool_]:
    """Steps on which a foreign field's line is stopped, shape (T, fields).

    The line or what lies behind it cannot take all that wants to pass, or less Kazakh oil comes to it than by the
    `usual` share, as when the way to it is closed.
    """
    found = np.zeros(share.shape, dtype=bool)
    for field in np.flatnonzero(net.field_pro_rata >= 0):
        found[:, field] = _short_of_room(net, series, share, weather, int(field))
        if usual is not None:
            made = series.production[:, field]
            found[:, field] |= _for_share(made, share[:, field]) < (1 - _SAME) * _for_share(made, usual[:, field])
    return found


def _short_of_room(
    net: OilNetwork, series: Series, share: Floats, weather: Floats, field: int
) -> npt.NDArray[np.bool_]:
    """Steps on which the line of a foreign field, and all behind it, could not take a surge, shape (T,)."""
    behind = _behind(net, net.field_pro_rata[field : field + 1])
    links = series.link_cap[:, behind].min(axis=1, initial=INF)
    moored = behind[net.mooring_link]
    loads = np.where(weather[:, moored] > 0, series.mooring_cap[:, moored] * weather[:, moored], 0.0)
    made = series.production[:, field]
    wanted = made + _for_share(made, share[:, field])
    return np.asarray(np.minimum(links, loads.min(axis=1, initial=INF)) < SURGE * wanted)


def _for_share(made: Floats, share: Floats) -> Floats:
    """Kazakh oil beside which foreign oil has this share; none where it has none."""
    return np.divide(made, share, out=np.zeros_like(made), where=share > 0)


def without_limits(net: OilNetwork, series: Series, links: npt.NDArray[np.int32]) -> Series:
    """The same series, but no limit on some links and on all that lies behind them."""
    behind = _behind(net, links)
    return replace(
        series,
        link_cap=np.where(behind, INF, series.link_cap),
        mooring_cap=np.where(behind[net.mooring_link], INF, series.mooring_cap),
    )


def _behind(net: OilNetwork, links: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Some links and all that lie behind them."""
    behind = np.zeros(len(net.link_id), dtype=bool)
    behind[links] = True
    for _ in range(len(net.link_id)):
        more = np.isin(net.link_from, net.link_to[behind]) | behind
        if np.array_equal(more, behind):
            break
        behind = more
    return behind


def end_values(net: OilNetwork, series: Series, step: int, discount: float) -> Floats:
    """What a tonne left in a tank will earn, USD/t, shape (stocks,): a discounted price less the way to it, at best."""
    worth = np.full(net.pair_node.size, -INF)
    np.maximum.at(worth, net.sale_pair, discount * series.price[step])
    cost = np.where(net.grade_home[net.arc_grade], series.link_cost[step, net.arc_link], 0.0)
    for _ in range(len(net.node_id)):
        before = worth.copy()
        np.maximum.at(worth, net.arc_from, worth[net.arc_to] - cost)
        if np.array_equal(before, worth):
            break
    values = worth[net.stock_pair]
    return np.where(np.isfinite(values), values, 0.0)


def _rows(series: Series, rows: slice) -> Series:
    return Series(**{name: getattr(series, name)[rows] for name in Series.__slots__})
