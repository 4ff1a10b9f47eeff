"""What an arc takes and costs for each unit load, with the table cells that say so.

Time of a move: length over commercial speed, slower for wagonload trains. Cost: the tariff's fixed part, plus its
part by distance, plus its part by time. Emissions: factor × cargo × length. Waiting for a departure: half the
headway on average, at worst a whole headway or the longest wait of a ship that sails when full.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.ranges import ZERO, product, quotient, total
from transcaspian.corridor.standards import own_or_standard
from transcaspian.corridor.tables import Estimate3
from transcaspian.corridor.tariffs import Tariffs

HOURS_PER_WEEK = 168.0
HOURS_PER_DAY = 24.0
GRAMS_PER_KG = 1000.0


@dataclass(frozen=True, slots=True)
class Priced:
    """One arc for one unit load."""

    time_h: Estimate3
    cost_usd: Estimate3
    co2_kg: Estimate3
    cells: tuple[Cell, ...]


class ArcValues:
    """Time, cost and emissions of every kind of arc, read from one corridor's tables."""

    def __init__(self, corridor: Corridor) -> None:
        self._corridor = corridor
        self._tariffs = Tariffs(corridor["tariffs"])
        self.unit_loads: tuple[str, ...] = tuple(corridor["unit_loads"])

    def move(self, link: int, service: str, unit_loads: Iterable[str]) -> dict[str, Priced]:
        """A move over `link`, by `service` (empty: by any train or truck)."""
        moves = {u: self._move(link, service, u) for u in unit_loads if u in self.unit_loads}
        return {unit_load: priced for unit_load, priced in moves.items() if priced is not None}

    def _move(self, link: int, service: str, unit_load: str) -> Priced | None:
        links = self._corridor["links"]
        link_id = str(links.mid["id"][link])
        mode = links.text(link, "mode")
        length, found = links.estimate(link, "length_km"), own_or_standard(self._corridor.tables, "links", link)
        row = self._tariffs.find_move(service, link_id, links.text(link, "operator"), mode, unit_load)
        if length is None or found is None or row is None:
            return None  # no price is no offer; the checks name the missing tariff
        speed, speed_cell = found
        cells: list[Cell] = [("links", link_id, "length_km"), speed_cell]
        if mode == "rail":
            speed = product(speed, self._rail_factor(unit_load, cells))
        time_h = quotient(length, speed)
        cost = total(
            (
                self._tariffs.part(row, "fixed_usd_per_unit_load", cells),
                product(self._tariffs.part(row, "cost_usd_per_unit_load_km", cells), length),
                product(
                    self._tariffs.part(row, "cost_usd_per_unit_load_day", cells),
                    time_h.scaled(1 / HOURS_PER_DAY),
                ),
            ),
            correlation=0.0,
        )
        co2 = self._emissions(links.text(link, "emission_factor"), unit_load, length, cells)
        return Priced(time_h, cost, co2, tuple(cells))

    def _rail_factor(self, unit_load: str, cells: list[Cell]) -> Estimate3:
        loads = self._corridor["unit_loads"]
        factor = loads.estimate(loads.get_row(unit_load), "rail_speed_factor")
        if factor is None:
            return Estimate3(1.0, 1.0, 1.0)
        cells.append(("unit_loads", unit_load, "rail_speed_factor"))
        return factor

    def _emissions(self, factor_id: str, unit_load: str, length: Estimate3, cells: list[Cell]) -> Estimate3:
        factors, loads = self._corridor["emission_factors"], self._corridor["unit_loads"]
        factor = factors.estimate(factors.get_row(factor_id), "co2_g_per_tkm") or ZERO
        cargo = loads.estimate(loads.get_row(unit_load), "cargo_t") or ZERO
        cells += [("emission_factors", factor_id, "co2_g_per_tkm"), ("unit_loads", unit_load, "cargo_t")]
        # The tonnes are the shipper's own figure, so only length and factor carry doubt.
        return product(length, factor).scaled(cargo.mid / GRAMS_PER_KG)

    def wait(self, service: int, unit_loads: Iterable[str]) -> dict[str, Priced]:
        """Waiting for a departure of `service`, when nothing is known of the day of arrival."""
        services = self._corridor["services"]
        service_id = str(services.mid["id"][service])
        departures = services.estimate(service, "departures_per_week")
        # Where a service keeps its frequency, a ship's longest wait for cargo is not one of the cargo for a ship.
        fills = services.text(service, "policy") == "when_full"
        longest = services.estimate(service, "longest_wait_h") if fills else None
        cells: list[Cell] = []
        headway = ZERO
        if departures is not None:
            headway = quotient(Estimate3(HOURS_PER_WEEK, HOURS_PER_WEEK, HOURS_PER_WEEK), departures)
            cells.append(("services", service_id, "departures_per_week"))
        worst = headway.high
        if longest is not None:
            cells.append(("services", service_id, "longest_wait_h"))
            worst = max(worst, longest.high)
        time_h = Estimate3(0.0, headway.mid / 2, max(worst, headway.mid / 2))
        priced = Priced(time_h, ZERO, ZERO, tuple(cells))
        return {unit_load: priced for unit_load in unit_loads if unit_load in self.unit_loads}

    def operation(self, row: int, country: str) -> dict[str, Priced]:
        """An operation row, for each unit load it handles."""
        rows = self._corridor["operations"]
        found = own_or_standard(self._corridor.tables, "operations", row)
        if found is None:
            return {}  # the checks name the missing time
        time_h, time_cell = found
        offers: dict[str, Priced] = {}
        for unit_load in rows.items(row, "unit_loads"):
            tariff = self._tariffs.find_operation(
                rows.text(row, "operation"), rows.text(row, "place"), country, unit_load
            )
            if tariff is None or unit_load not in self.unit_loads:
                continue
            cells: list[Cell] = [time_cell]
            by_day = self._tariffs.part(tariff, "cost_usd_per_unit_load_day", cells)
            cost = total(
                (
                    self._tariffs.part(tariff, "fixed_usd_per_unit_load", cells),
                    product(by_day, time_h.scaled(1 / HOURS_PER_DAY)),
                ),
                correlation=0.0,
            )
            offers[unit_load] = Priced(time_h, cost, ZERO, tuple(cells))
        return offers
