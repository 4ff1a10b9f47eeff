"""Locomotives and wagons as limits: how many vehicle-days a railway has, and how many a tonne takes.

A railway's locomotives pull the trains on its lines, its wagons carry the wagonloads there. A train takes a locomotive
for the hours of its run; an engine pulls for a part of the day only, a wagon rolls for a part of its turnaround. What
domestic trains take of the lines they take of the vehicles too, for want of anything better. Wagons of one country run
on the lines of another in truth; here each railway's lines are served by its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from transcaspian.freight.flows.cargo import HOURS_PER_DAY
from transcaspian.freight.flows.limits import CapacityLimit, Group
from transcaspian.freight.flows.months import Floats
from transcaspian.freight.simulation.settings import Assumption

AT_WORK = {
    "locomotive": Assumption(
        "locomotive_at_work", 0.5, 0.35, 0.7, "share of a day in which an engine pulls a train; the rest is shunting, "
        "waiting and repair, and half of Kazakhstan's engines are worn"
    ),
    "wagon": Assumption(
        "wagon_rolling", 0.25, 0.15, 0.4, "share of a wagon's turnaround in which it rolls; loading, waiting and "
        "sorting take the rest"
    ),
}  # fmt: skip


def vehicle_limits(group: Group) -> Iterator[CapacityLimit]:
    """A limit for each fleet of locomotives or wagons whose number is known, over all lines of its railway."""
    network, cargo = group.network, group.cargo
    fleets, links = network.corridor["fleets"], network.corridor["links"]
    parties = [set(_names(links.text(row, "operator"))) for row in range(len(links))]
    for row, fleet in enumerate(fleets):
        kind = fleets.text(row, "kind")
        units = group.column("fleets", row, "units")
        if kind not in AT_WORK or np.isnan(units).all():
            continue
        railway = _names(fleets.text(row, "operator"))[0]
        arcs = np.array(
            [arc for arc in range(network.n_arcs)
             if network.link[arc] >= 0 and network.service[arc] < 0 and railway in parties[network.link[arc]]
             and links.text(int(network.link[arc]), "mode") == "rail"], np.int32,
        )  # fmt: skip
        joint = np.array([1.0 / len(parties[network.link[arc]]) for arc in arcs])
        days = network.time_h[1][cargo.row][:, arcs] / HOURS_PER_DAY * joint
        if kind == "locomotive":
            each = np.nan_to_num(cargo.per_tonne(1.0 / cargo.per_train), nan=0.0)
        else:
            each = cargo.per_tonne([float(name == "wagon") for name in cargo.unit_load]) * (1.0 + cargo.empties)
        usage = np.where(network.allowed[cargo.row][:, arcs], days * each[:, None], 0.0)
        left = 1.0 - _domestic_share(group, railway)
        work = AT_WORK[kind]
        yield group.limit(
            fleet, "fleet", f"{kind}-day", table="fleets", place="", per_day=units * work.value * left,
            open_share=group.open_share(fleet), arcs=arcs, usage=usage,
            basis=f"units × {work.value:g} of the day × {float(np.mean(left)):.2f} left by domestic trains",
            columns=["units"],
        )  # fmt: skip


def _names(operator: str) -> list[str]:
    """`KTZ and others` → KTZ; `ADY/GR` → ADY, GR."""
    plain = operator.replace(" and ", ";").replace("/", ";")
    return [name.strip() for name in plain.split(";") if name.strip()] or [""]


def _domestic_share(group: Group, railway: str) -> Floats:
    """Mean over the railway's lines where it is known, weighted by length, in each month."""
    links = group.network.corridor["links"]
    rows = [row for row in range(len(links)) if railway in _names(links.text(row, "operator"))]
    share = np.array([group.column("links", row, "domestic_share") for row in rows]).reshape(len(rows), -1)
    length = np.array([group.column("links", row, "length_km") for row in rows]).reshape(len(rows), -1)
    known = ~np.isnan(share) & ~np.isnan(length)
    weight = np.where(known, length, 0.0).sum(axis=0)
    total = np.where(known, share * length, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, weight, out=np.zeros_like(total), where=weight > 0))
