"""Whether demand can be carried as the tables say: its months, its crossings, and the ships that sail them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from transcaspian.corridor.model import Corridor
from transcaspian.corridor.provenance_checks import cell_place
from transcaspian.corridor.tables import Table
from transcaspian.errors import Problem

_ONE_TOLERANCE = 0.005  # of a mean or a sum that is 1: cells are written with four digits
# Where a ship's room for a unit load stands; bulk is weighed.
_ROOM = {
    "TEU": "capacity_teu",
    "FEU": "capacity_teu",
    "wagon": "capacity_wagons",
    "truck": "capacity_trucks",
    "t": "deadweight_t",
}
_POLICY = ("full_share", "longest_wait_h")  # without them a ship never knows when to sail


def check_seasons(corridor: Corridor) -> Iterator[Problem]:
    """Seasons whose months do not average to 1, so that a year would carry more or less than its demand."""
    seasons = corridor.base["seasons"]
    for row, season in enumerate(seasons):
        months = [column for column in seasons.schema.columns if column.endswith("_weight")]
        mean = float(np.mean([seasons.floats(month)[row] for month in months]))
        if abs(mean - 1) > _ONE_TOLERANCE:
            what = f"the months of {season} average to {mean:.4g}, not 1"
            mend = "divide each month by this mean."
            yield Problem("corridor.season", cell_place(seasons, row, months[0]), what, mend)


def check_demand_routes(corridor: Corridor) -> Iterator[Problem]:
    """Routes over something that is no ship or does not carry the unit load, and shares that do not sum to 1."""
    routes, demand = corridor.base["demand_routes"], corridor.base["demand"]
    services = corridor.base["services"]
    rows_of: dict[str, list[int]] = {}
    for row, route in enumerate(routes):
        rows_of.setdefault(routes.text(row, "demand"), []).append(row)
        service = services.get_row(routes.text(row, "service"))
        unit_load = demand.text(demand.get_row(routes.text(row, "demand")), "unit_load")
        where = cell_place(routes, row, "service")
        if services.text(service, "kind") == "block_train":
            what = f"{route} crosses the sea by the train {routes.text(row, 'service')}"
            yield Problem("corridor.demand_route", where, what, "name the ships' service that it takes.")
        elif unit_load not in services.items(service, "unit_loads"):
            what = (
                f"{routes.text(row, 'service')} carries no {unit_load}, in which {routes.text(row, 'demand')} travels"
            )
            mend = f"name a service that carries {unit_load}, or mend the unit_load of the demand."
            yield Problem("corridor.demand_route", where, what, mend)
    for demand_id, rows in rows_of.items():
        total = float(sum(routes.floats("share")[rows]))
        if abs(total - 1) > _ONE_TOLERANCE:
            what = f"the shares of {demand_id} sum to {total:.4g}, not 1"
            mend = f"mend the {len(rows)} rows of it."
            yield Problem("corridor.demand_route", cell_place(routes, rows[0], "share"), what, mend)


def check_fleet(corridor: Corridor) -> Iterator[Problem]:
    """Ships without room for anything that their service carries, and services that never let a ship sail."""
    vessels, services = corridor.base["vessels"], corridor.base["services"]
    sailed: dict[str, str] = {}
    for row, vessel in enumerate(vessels):
        service_id = vessels.text(row, "service")
        if not service_id:
            continue
        sailed.setdefault(service_id, vessel)
        carried = services.items(services.get_row(service_id), "unit_loads")
        if not any(_has_room(vessels, row, unit_load) for unit_load in carried):
            columns = ", ".join(dict.fromkeys(_ROOM[unit_load] for unit_load in carried))
            what = f"{vessel} has no room for {' or '.join(carried)}, which {service_id} carries"
            mend = f"give its {columns}, or name another service."
            yield Problem("corridor.vessel", cell_place(vessels, row, "service"), what, mend)
    for service_id, vessel in sailed.items():
        row = services.get_row(service_id)
        for column in _POLICY:
            if services.estimate(row, column) is None:
                what = f"{service_id} has ships, such as {vessel}, but no {column}"
                mend = "give it, or take the ships out of the service."
                yield Problem("corridor.service", cell_place(services, row, column), what, mend)


def _has_room(vessels: Table, row: int, unit_load: str) -> bool:
    room = vessels.estimate(row, _ROOM[unit_load])
    return room is not None and room.mid > 0
