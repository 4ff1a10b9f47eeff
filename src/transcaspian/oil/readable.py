"""The same linear program, written with linopy as it stands in the docs: for reading, and to check the fast path.

Every constraint has the name of its function in `constraints_*.py`, and is written anew from its equation, so that an
error in one is not an error in both; a test solves the two on toys and compares objectives, rows and duals. Variables
are those listed in `program.py`. It is many times slower than `matrix.py` and meant for small cases.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from transcaspian.oil.program import (
    APPORTION_USD_PER_T,
    BOOKED_AT_THE_WELL,
    END_MARGIN_USD_PER_T,
    INF,
    WAITING_USD_PER_T_DAY,
    Window,
    end_discount,
)


def build_model(window: Window) -> Any:
    """A `linopy.Model` of a window; `model.solve("highs")` gives the objective of the fast path, kUSD."""
    return _Readable(window).model


class _Readable:
    """Variables first, then a method for each constraint, then the objective."""

    def __init__(self, window: Window) -> None:
        import linopy  # with its pandas and xarray it takes a second, and only readers of the model need it
        import xarray

        self.window, self.net, self.series = window, window.network, window.series
        self.array = xarray.DataArray
        self.model = linopy.Model()
        self.steps = np.arange(window.steps)
        self.days = self.per_step(window.days)
        self.variables()
        for constraint in (
            self.balance, self.link_capacity, self.mooring_loading, self.storage, self.stock_level, self.market_demand,
            self.fleet, self.shuttle_payload, self.berth_time, self.berth_tonnes, self.nomination, self.nomination_ramp,
            self.contract, self.quality, self.pro_rata, self.losses, self.apportion, self.turn_down, self.readiness,
            self.ramp_up,
        ):  # fmt: skip
            constraint()
        self.objective()

    # -- arrays with names ---------------------------------------------------------------------------

    def per_step(self, values: Any) -> Any:
        """Values of each step."""
        return self.array(np.asarray(values, dtype=float), dims=["step"], coords={"step": self.steps})

    def table(self, values: Any, dim: str) -> Any:
        """Values of each step and row."""
        own = np.asarray(values, dtype=float)
        return self.array(own, dims=["step", dim], coords={"step": self.steps, dim: np.arange(own.shape[1])})

    def row(self, values: Any, dim: str) -> Any:
        """Values of each row."""
        own = np.asarray(values, dtype=float)
        return self.array(own, dims=[dim], coords={dim: np.arange(own.size)})

    def joins(self, belongs: Any, rows: str, columns: str) -> Any:
        """1 where a column belongs to a row."""
        own = np.asarray(belongs, dtype=float)
        coords = {rows: np.arange(own.shape[0]), columns: np.arange(own.shape[1])}
        return self.array(own, dims=[rows, columns], coords=coords)

    def member(self, of: Any, count: int, rows: str, columns: str) -> Any:
        """1 where `of` names the row."""
        return self.joins(np.arange(count)[:, None] == np.asarray(of)[None, :], rows, columns)

    @staticmethod
    def before(variable: Any) -> Any:
        """The variable of the step before; nothing in the first step, whose start is on the right-hand side."""
        return variable.shift(step=1).fillna(0)

    def add(self, name: str, expression: Any, sign: str, right: Any) -> None:
        """Add rows; those without a limit are left out."""
        if not right.size:
            return  # nothing of this kind in the tables
        finite = np.isfinite(right)
        self.model.add_constraints(expression, sign, right.where(finite, 0.0), name=name, mask=finite)

    # -- variables -----------------------------------------------------------------------------------

    def variable(self, name: str, dim: str, count: int, upper: Any = None) -> Any:
        """A non-negative variable of each step and row."""
        top = self.table(np.full((self.window.steps, count), INF) if upper is None else upper, dim)
        return self.model.add_variables(lower=0.0, upper=top, name=name)

    def variables(self) -> None:
        """All variables of `program.py`."""
        net, series, window = self.net, self.series, self.window
        fields, stores, routes = len(net.field_id), len(net.store_id), len(net.route_id)
        self.flow = self.variable("flow", "arc", net.arc_link.size)
        self.make = self.variable("make", "field", fields, series.production)
        self.deep = self.variable("deep", "field", fields)
        self.ready = self.variable("ready", "field", fields)
        self.sale = self.variable("sale", "sale", net.sale_pair.size)
        self.stock = self.variable("stock", "stock", net.stock_pair.size)
        self.under = self.variable("under", "store", stores)
        self.extra = self.variable("extra", "route", routes, window.committed)
        self.missed = self.variable("missed", "route", routes, series.nomination)
        possible = np.where(np.isfinite(series.lift_days), INF, 0.0)
        self.lift = self.variable("lift", "lift", net.lift_tanker.size, possible)
        self.short = self.variable("short", "market", len(net.market_id),
                                   np.where(net.market_refinery, series.demand, 0.0))  # fmt: skip
        self.shippers = np.flatnonzero(net.field_shipper)
        self.lost = self.variable("lost", "shipper", self.shippers.size)
        self.worst = self.variable("worst", "line", int(self.shippers.size > 0),
                                   np.ones((window.steps, int(self.shippers.size > 0))))  # fmt: skip

    # -- where oil goes ------------------------------------------------------------------------------

    def balance(self) -> None:
        """In - out + make - sale - (stock - stock before) / days = 0."""
        net, pairs = self.net, self.net.pair_node.size
        held = self.member(net.stock_pair, pairs, "pair", "stock")
        flows = (
            (self.member(net.arc_to, pairs, "pair", "arc") * self.flow).sum("arc")
            - (self.member(net.arc_from, pairs, "pair", "arc") * self.flow).sum("arc")
            + (self.member(net.field_pair, pairs, "pair", "field") * self.make).sum("field")
            - (self.member(net.sale_pair, pairs, "pair", "sale") * self.sale).sum("sale")
        )
        change = (held * (1.0 / self.days) * self.stock).sum("stock")
        earlier = (held * (1.0 / self.days) * self.before(self.stock)).sum("stock")
        right = np.zeros((self.window.steps, pairs))
        np.subtract.at(right[0], net.stock_pair, self.window.stock / self.window.days[0])
        self.add("balance", flows - change + earlier, "=", self.table(right, "pair"))

    def link_capacity(self) -> None:
        """Sum of grades <= capacity."""
        links = self.member(self.net.arc_link, len(self.net.link_id), "link", "arc")
        self.add("link_capacity", (links * self.flow).sum("arc"), "<=", self.table(self.series.link_cap, "link"))

    def mooring_loading(self) -> None:
        """Sum of grades <= rate x moorings x open share."""
        on = self.joins(self.net.mooring_link[:, None] == self.net.arc_link[None, :], "mooring", "arc")
        cap = np.where(self.window.weather > 0, self.series.mooring_cap * np.maximum(self.window.weather, 1e-12), 0.0)
        self.add("mooring_loading", (on * self.flow).sum("arc"), "<=", self.table(cap, "mooring"))

    def storage(self) -> None:
        """Least <= sum of grades <= capacity."""
        net = self.net
        inside = (self.member(net.stock_store, len(net.store_id), "store", "stock") * self.stock).sum("stock")
        held = np.zeros(len(net.store_id))
        np.add.at(held, net.stock_store, self.window.stock)
        least = np.minimum(self.series.store_min, np.minimum(held, self.series.store_cap))
        self.add("storage", inside, "<=", self.table(np.maximum(self.series.store_cap, held), "store"))
        self.add("storage_least", inside, ">=", self.table(least, "store"))

    def stock_level(self) -> None:
        """Sum of grades + under >= level."""
        net = self.net
        inside = (self.member(net.stock_store, len(net.store_id), "store", "stock") * self.stock).sum("stock")
        level = np.broadcast_to(self.window.level, (self.window.steps, len(net.store_id)))
        self.add("stock_level", inside + self.under, ">=", self.table(level, "store"))

    def market_demand(self) -> None:
        """Refineries: sale + short = demand; markets: sale <= demand."""
        net = self.net
        taken = (self.member(net.sale_market, len(net.market_id), "market", "sale") * self.sale).sum(
            "sale"
        ) + self.short
        demand = self.series.demand
        self.add("market_demand", taken, "<=", self.table(demand, "market"))
        least = np.where(net.market_refinery, demand, -INF)
        self.add("refinery_demand", taken, ">=", self.table(least, "market"))

    # -- ships ---------------------------------------------------------------------------------------

    def fleet(self) -> None:
        """Sum of lift x round trip / payload <= ships."""
        net = self.net
        own = self.member(net.lift_tanker, len(net.tanker_id), "tanker", "lift")
        need = self.table(np.where(np.isfinite(self.series.lift_days), self.series.lift_days, 1.0), "lift")
        self.add("fleet", (own * need * self.lift).sum("lift"), "<=", self.table(self.series.ships, "tanker"))

    def shuttle_payload(self) -> None:
        """What crosses the sea = what ships carry."""
        net = self.net
        on = self.joins(net.shuttle_link[:, None] == net.arc_link[None, :], "shuttle", "arc")
        by = self.member(net.lift_shuttle, len(net.shuttle_id), "shuttle", "lift")
        nothing = self.table(np.zeros((self.window.steps, len(net.shuttle_id))), "shuttle")
        self.add("shuttle_payload", (on * self.flow).sum("arc") - (by * self.lift).sum("lift"), "=", nothing)

    def _at_berths(self) -> Any:
        net = self.net
        berths = np.arange(len(net.berth_id))[:, None]
        ends = (net.shuttle_from[net.lift_shuttle] == berths) | (net.shuttle_to[net.lift_shuttle] == berths)
        return self.joins(ends, "berth", "lift")

    def berth_time(self) -> None:
        """Sum of calls x hours <= berth-hours."""
        calls = self.table(np.where(np.isfinite(self.series.lift_calls), self.series.lift_calls, 1.0), "lift")
        hours = self.table(self.series.berth_call, "berth")
        used = (self._at_berths() * calls * hours * self.lift).sum("lift")
        self.add("berth_time", used, "<=", self.table(self.series.berth_hours, "berth"))

    def berth_tonnes(self) -> None:
        """Sum of lifts <= rating."""
        used = (self._at_berths() * self.lift).sum("lift")
        self.add("berth_tonnes", used, "<=", self.table(self.series.berth_cap, "berth"))

    # -- what is agreed ------------------------------------------------------------------------------

    def _on_routes(self) -> Any:
        net = self.net
        return (net.route_link[:, None] == net.arc_link[None, :]) & net.grade_home[net.arc_grade][None, :]

    def nomination(self) -> None:
        """Route flow - extra + missed = nomination."""
        carried = (self.joins(self._on_routes(), "route", "arc") * self.flow).sum("arc")
        asked = np.where(self.series.nominated > 0, self.series.nomination, INF)
        self.add("nomination", carried - self.extra + self.missed, "=", self.table(asked, "route"))

    def nomination_ramp(self) -> None:
        """Extra - extra before <= ramp x days from middle to middle."""
        days = self.window.days
        gap = np.concatenate(([days[0]], (days[1:] + days[:-1]) / 2))
        right = self.series.ramp * gap[:, None]
        right[0] += self.window.extra
        self.add("nomination_ramp", self.extra - self.before(self.extra), "<=", self.table(right, "route"))

    def contract(self) -> None:
        """Kazakh oil of its routes <= cap."""
        net = self.net
        bound = net.contract_route.astype(int) @ self._on_routes().astype(int)
        carried = (self.joins(bound, "contract", "arc") * self.flow).sum("arc")
        self.add("contract", carried, "<=", self.table(self.series.contract_cap, "contract"))

    def quality(self) -> None:
        """Sum of (property - limit) x flow <= 0."""
        net, steps = self.net, self.window.steps
        on = net.quality_link[:, None] == net.arc_link[None, :]
        gap = self.series.quality.reshape(steps, len(net.quality_id), len(net.grade_id))[:, :, net.arc_grade]
        coords = {"step": self.steps, "limit": np.arange(on.shape[0]), "arc": np.arange(on.shape[1])}
        weight = self.array(gap * on, dims=["step", "limit", "arc"], coords=coords)
        nothing = self.table(np.zeros((steps, len(net.quality_id))), "limit")
        self.add("quality", (weight * self.flow).sum("arc"), "<=", nothing)

    def pro_rata(self) -> None:
        """Foreign make >= share x Kazakh flow."""
        net = self.net
        own = np.flatnonzero(net.field_pro_rata >= 0)
        pick = self.joins(own[:, None] == np.arange(len(net.field_id))[None, :], "foreign", "field")
        home = net.grade_home[net.arc_grade][None, :]
        on = self.joins((net.field_pro_rata[own][:, None] == net.arc_link[None, :]) & home, "foreign", "arc")
        share = self.table(self.window.share[:, own], "foreign")
        nothing = self.table(np.zeros((self.window.steps, own.size)), "foreign")
        gap = (pick * self.make).sum("field") - (on * share * self.flow).sum("arc")
        self.add("pro_rata", gap, ">=", nothing)

    def losses(self) -> None:
        """Lost = lost before + days x (potential - make)."""
        own = self.shippers
        pick = self.joins(own[:, None] == np.arange(len(self.net.field_id))[None, :], "shipper", "field")
        potential = self.series.production[:, own] * self.window.days[:, None]
        potential[0] += self.window.lost
        change = self.lost - self.before(self.lost) + (pick * self.days * self.make).sum("field")
        self.add("losses", change, "=", self.table(potential, "shipper"))

    def apportion(self) -> None:
        """Lost at the end <= worst x potential of the run."""
        own = self.shippers
        if not own.size:
            return
        ahead = (self.series.production[:, own] * self.window.days[:, None]).sum(axis=0)
        whole = self.row(self.window.past + ahead, "shipper")
        right = np.full((self.window.steps, own.size), INF)
        right[-1] = 0.0
        self.add("apportion", self.lost - (whole * self.worst).sum("line"), "<=", self.table(right, "shipper"))

    # -- fields --------------------------------------------------------------------------------------

    def turn_down(self) -> None:
        """Make + deep >= turn-down x potential."""
        least = self.table(self.series.turn_down * self.series.production, "field")
        self.add("turn_down", self.make + self.deep, ">=", least)

    def _restart_days(self) -> Any:
        return np.maximum(1e-3, (1.0 - self.series.turn_down) / np.maximum(self.series.ramp_up, 1e-6))

    def readiness(self) -> None:
        """Ready = a x ready before + (1 - a) x make."""
        keep = np.exp(-self.window.days[:, None] / self._restart_days())
        right = np.zeros_like(keep)
        right[0] = keep[0] * self.window.ready
        a = self.table(keep, "field")
        self.add("readiness", self.ready - a * self.before(self.ready) - (1 - a) * self.make, "=",
                 self.table(right, "field"))  # fmt: skip

    def ramp_up(self) -> None:
        """Make <= ready before + what a cold field can do + new wells."""
        window = self.window
        within = 1.0 + (window.days[:, None] - 1.0) / (2.0 * self._restart_days())
        rise = np.maximum(0.0, np.diff(np.vstack((window.normal_before, window.normal)), axis=0))
        right = (1.0 - self.series.turn_down) * window.normal * within + rise
        right[0] += window.ready
        self.add("ramp_up", self.make - self.before(self.ready), "<=", self.table(right, "field"))

    # -- money ---------------------------------------------------------------------------------------

    def objective(self) -> None:
        """As in `program.objective`."""
        net, series, window = self.net, self.series, self.window
        settings = window.settings
        disc = self.per_step((1 + settings.discount_percent_per_year / 100) ** (-window.since_start / 365))
        well = BOOKED_AT_THE_WELL * np.where(net.grade_home, settings.price_usd_per_t, settings.foreign_value_usd_per_t)
        tariff = np.where(net.grade_home[net.arc_grade], series.link_cost[:, net.arc_link], 0.0)
        departs = self.table(np.where(series.nominated > 0, series.ship_or_pay, 0.0), "route")
        earned = self.table(series.price - well[net.pair_grade[net.sale_pair]], "sale")
        daily = (
            (self.table(tariff, "arc") * self.flow).sum("arc")
            + (self.table(series.freight, "lift") * self.lift).sum("lift")
            - (disc * earned * self.sale).sum("sale")
            - (disc * self.row(well[net.field_grade], "field") * self.make).sum("field")
            + (settings.restart_usd_per_t * self.deep).sum("field")
            + (self.table(series.short_cost, "market") * self.short).sum("market")
            + (departs * self.extra).sum("route")
            + (self.table(series.ship_or_pay, "route") * self.missed).sum("route")
            + (settings.stock_usd_per_t_day * self.under).sum("store")
            + (self.row(WAITING_USD_PER_T_DAY * self._links_to_go(), "stock") * self.stock).sum("stock")
        )
        last = int(self.steps[-1])
        left = window.end_value - end_discount(window) * well[net.pair_grade[net.stock_pair]] - END_MARGIN_USD_PER_T
        end = -(self.row(left, "stock") * self.stock.sel(step=last)).sum() \
            + (2 * END_MARGIN_USD_PER_T * self.under.sel(step=last)).sum()  # fmt: skip
        if self.shippers.size:
            ahead = float((series.production * window.days[:, None])[:, self.shippers].sum())
            whole = float(window.past.sum()) + ahead
            end = end + (APPORTION_USD_PER_T * whole * self.worst.sel(step=last)).sum()
        self.model.add_objective((self.days * daily).sum() + end)

    def _links_to_go(self) -> Any:
        """Links from each stock to the nearest market, breadth first."""
        net = self.net
        hops = {int(pair): 0 for pair in net.sale_pair}
        edge = list(hops)
        while edge:
            ahead = [int(net.arc_from[arc]) for pair in edge for arc in np.flatnonzero(net.arc_to == pair)]
            distance = hops[edge[0]] + 1
            edge = [pair for pair in dict.fromkeys(ahead) if pair not in hops]
            hops |= dict.fromkeys(edge, distance)
        return np.array([hops.get(int(pair), len(net.link_id)) for pair in net.stock_pair], dtype=float)
