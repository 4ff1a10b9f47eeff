"""What each row can carry, holds, costs and owes, step by step: the numbers of the linear program.

Units: flows kt/d, stocks kt, money USD/t. An infinite number is no limit. Figures of a step of several days are means
of its days, so a month with ten closed days has two thirds of the capacity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from transcaspian.oil.dated import DatedTables, DayTables, Floats
from transcaspian.oil.network import OilNetwork
from transcaspian.oil.shuttles import Shuttles

KT_PER_D = 1000.0 / 365.0  # of one Mt a year
DAYS_PER_MONTH = 365.0 / 12.0
INF = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One row per step (or per day), one column per row of the table: shape (n_steps, n_rows)."""

    production: Floats  # potential of each field
    turn_down: Floats  # least rate, share of the potential
    ramp_up: Floats  # rise a day after a shut-down, share of the potential
    link_cap: Floats  # for the oil of the model
    link_other: Floats  # other oil on the link
    link_cost: Floats
    mooring_cap: Floats  # in calm weather
    store_cap: Floats
    store_min: Floats
    demand: Floats  # of refineries; of markets the most they take
    price: Floats  # of each sale
    short_cost: Floats  # of a tonne a refinery does not get
    nomination: Floats
    nominated: Floats  # 1 where a route is nominated
    lag: Floats  # days
    ramp: Floats  # kt/d per day
    ship_or_pay: Floats
    contract_cap: Floats
    quality: Floats  # property less its limit, of each (limit, grade): shape (n_steps, n_limits * n_grades)
    ships: Floats  # of each fleet, less repairs and other work
    lift_days: Floats  # ship-days for each kt of each lift
    lift_calls: Floats  # calls for each kt
    freight: Floats  # of each lift
    berth_hours: Floats  # berth-hours a day
    berth_call: Floats  # berth-hours a call
    berth_cap: Floats

    @property
    def steps(self) -> int:
        """How many rows it has."""
        return int(self.production.shape[0])


GROUPS = tuple(field.name for field in fields(Series))
_PER_KT = ("lift_days", "lift_calls", "berth_call")


@dataclass(frozen=True, slots=True)
class Settings:
    """The one row of `oil_settings`, as on the first day of the run."""

    price_usd_per_t: float
    discount_percent_per_year: float
    restart_usd_per_t: float
    foreign_value_usd_per_t: float
    stock_usd_per_t_day: float


class SeriesReader:
    """Reads days of one corridor, each stretch between two changes once."""

    def __init__(self, dated: DatedTables, network: OilNetwork, start: dt.date, end: dt.date) -> None:
        self.dated = dated
        self.network = network
        self.days = [start + dt.timedelta(days=number) for number in range((end - start).days)]
        breaks = dated.change_days(start, end)
        self._first_days = [start, *breaks]
        ordinals = np.array([day.toordinal() for day in self._first_days])
        own = np.array([day.toordinal() for day in self.days])
        self._stretch = np.searchsorted(ordinals, own, side="right") - 1
        self._shuttles = Shuttles(network)
        self._read: dict[tuple[int, frozenset[int]], dict[str, Floats]] = {}

    def on_days(self, numbers: Sequence[int], events: Sequence[frozenset[int]]) -> Series:
        """The series of some days of the run, each with its own events in force."""
        rows = [
            self._values(int(self._stretch[number]), acting) for number, acting in zip(numbers, events, strict=True)
        ]
        return Series(**{group: np.stack([row[group] for row in rows]) for group in GROUPS})

    def actual(self) -> Series:
        """Every day of the run with the events that are under way."""
        events = [self.acting(day) for day in self.days]
        return self.on_days(range(len(self.days)), events)

    def without_events(self) -> Series:
        """Every day of the run as if no dated change were made."""
        return self.on_days(range(len(self.days)), [frozenset[int]()] * len(self.days))

    def acting(self, day: dt.date) -> frozenset[int]:
        """The events under way on a day."""
        return frozenset(number for number, event in enumerate(self.dated.events) if event.covers(day))

    def settings(self) -> Settings:
        """The settings as on the first day."""
        tables = self.dated.on(self.days[0], self.acting(self.days[0]))
        row = tables.state["oil_settings"].get_row("oil")
        names = [field.name for field in fields(Settings)]
        return Settings(**{name: float(tables.floats("oil_settings", name, empty=0.0)[row]) for name in names})

    def first_stock_kt(self) -> Floats:
        """What stands in each tank farm on the first day, kt."""
        tables = self.dated.on(self.days[0], self.acting(self.days[0]))
        return 1000.0 * tables.floats("oil_storage", "stock_mt", empty=0.0)

    def _values(self, stretch: int, acting: frozenset[int]) -> dict[str, Floats]:
        key = (stretch, acting)
        if key not in self._read:
            tables = self.dated.on(self._first_days[stretch], acting)
            self._read[key] = _day_values(tables, self.network, self._shuttles)
        return self._read[key]


def mean_of_steps(daily: Series, days: Floats) -> Series:
    """Steps of several days: the mean of their days."""
    if daily.steps == days.size:
        return daily
    starts = np.concatenate(([0], np.cumsum(days)[:-1])).astype(int)
    found = {group: np.add.reduceat(getattr(daily, group), starts, axis=0) / days[:, None] for group in GROUPS}
    for group in _PER_KT:  # what a step carries is the mean of what its days carry, so the need of a kt is harmonic
        with np.errstate(divide="ignore"):
            found[group] = days[:, None] / np.add.reduceat(1.0 / getattr(daily, group), starts, axis=0)
    return Series(**found)


def _day_values(tables: DayTables, network: OilNetwork, shuttles: Shuttles) -> dict[str, Floats]:
    read: Callable[..., Floats] = tables.floats

    def flow(table: str, column: str, empty: float) -> Floats:
        return read(table, column, empty=empty) * KT_PER_D

    values = {
        "production": np.where(tables.open("oil_fields"), flow("oil_fields", "production_mt_per_year", 0.0), 0.0),
        "turn_down": read("oil_fields", "turn_down_share", empty=0.0),
        "ramp_up": read("oil_fields", "ramp_up_share_per_day", empty=1.0),
        "link_other": flow("oil_links", "other_mt_per_year", 0.0),
        "link_cost": read("oil_links", "cost_usd_per_t", empty=0.0),
        "mooring_cap": _moorings(tables),
        "store_cap": np.where(tables.open("oil_storage"), 1000 * read("oil_storage", "capacity_mt", empty=INF), 0.0),
        "store_min": 1000 * read("oil_storage", "stock_min_mt", empty=0.0),
        "short_cost": read("oil_markets", "shortfall_usd_per_t", empty=0.0),
        "lag": read("oil_routes", "nomination_lag_days", empty=0.0),
        "ship_or_pay": read("oil_routes", "shortfall_usd_per_t", empty=0.0),
        "contract_cap": np.where(tables.open("oil_contracts"), flow("oil_contracts", "cap_mt_per_year", INF), 0.0),
        "quality": _quality(tables, network),
    }
    values["link_cap"] = _links(tables, network, values["link_other"])
    values |= _markets(tables, network)
    values |= _nominations(tables)
    values |= shuttles.values(tables)
    return values


def _links(tables: DayTables, network: OilNetwork, other: Floats) -> Floats:
    """Capacity that is left for the oil of the model.

    A closed node closes all its links; a closed place is a port without ships, so pipes and trains go on.
    """
    cap = tables.floats("oil_links", "capacity_mt_per_year", empty=INF) * KT_PER_D
    cap *= tables.floats("oil_links", "availability_share", empty=1.0)
    is_open = tables.open("oil_links")
    closed = tables.state.closed
    if closed:
        places = tables.state["oil_nodes"].texts("place")
        kinds = tables.state["oil_links"].texts("kind")
        shut = np.array([node in closed for node in network.node_id], dtype=bool)
        stormbound = np.array([place in closed for place in places], dtype=bool)
        by_ship = np.array([kind in {"sea", "loading"} for kind in kinds], dtype=bool)
        is_open &= ~(shut[network.link_from] | shut[network.link_to])
        is_open &= ~(by_ship & (stormbound[network.link_from] | stormbound[network.link_to]))
        for route, row_id in enumerate(network.route_id):
            is_open[network.route_link[route]] &= row_id not in closed
    return np.where(is_open, np.maximum(0.0, cap - other), 0.0)


def _moorings(tables: DayTables) -> Floats:
    servers = tables.floats("oil_moorings", "servers", empty=INF)
    used = np.minimum(servers, tables.floats("oil_moorings", "servers_in_use", empty=INF))
    rate = tables.floats("oil_moorings", "rate_mt_per_day", empty=INF)
    return np.where(tables.open("oil_moorings"), used * rate * 1000.0, 0.0)


def _markets(tables: DayTables, network: OilNetwork) -> dict[str, Floats]:
    settings = tables.state["oil_settings"].get_row("oil")
    benchmark = tables.floats("oil_settings", "price_usd_per_t", empty=0.0)[settings]
    foreign = tables.floats("oil_settings", "foreign_value_usd_per_t", empty=0.0)[settings]
    grade = tables.floats("oil_grades", "value_difference_usd_per_t", empty=0.0)
    market = tables.floats("oil_markets", "differential_usd_per_t", empty=0.0)
    grades = network.pair_grade[network.sale_pair]
    price = np.where(network.grade_home[grades], benchmark + market[network.sale_market] + grade[grades], foreign)
    empty = np.where(network.market_refinery, 0.0, INF)
    demand = tables.floats("oil_markets", "demand_mt_per_year", empty=np.nan) * KT_PER_D
    demand = np.where(np.isnan(demand), empty, demand)
    return {"price": price, "demand": np.where(tables.open("oil_markets"), demand, 0.0)}


def _nominations(tables: DayTables) -> dict[str, Floats]:
    nomination = tables.floats("oil_routes", "nomination_mt_per_year", empty=np.nan) * KT_PER_D
    nominated = ~np.isnan(nomination)
    # A rise of the monthly volume by R over a month is R / month / month a day, each day.
    ramp = 1000 * tables.floats("oil_routes", "ramp_mt_per_month", empty=INF) / DAYS_PER_MONTH**2
    return {
        "nomination": np.where(nominated, nomination, 0.0),
        "nominated": nominated.astype(np.float64),
        "ramp": np.where(nominated, ramp, INF),
    }


def _quality(tables: DayTables, network: OilNetwork) -> Floats:
    """Property of each grade less the limit of each blend, percent; 0 where there is no limit."""
    table = tables.state["oil_quality"]
    limit = tables.floats("oil_quality", "max_percent", empty=INF)
    sulphur = tables.floats("oil_grades", "sulphur_percent", empty=np.nan)
    home = np.where(network.grade_home, 100.0, 0.0)
    found = np.zeros((len(table), len(network.grade_id)))
    is_open = tables.open("oil_quality")
    for row, kind in enumerate(table.texts("property")):
        if is_open[row] and np.isfinite(limit[row]):
            found[row] = (home if kind == "kazakh_share" else sulphur) - limit[row]
    return found.ravel()
