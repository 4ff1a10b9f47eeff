"""The equilibrium of 2024 beside what was counted: the calibration table, with its misses.

`data/flow_counts.csv` says of each count whether constants or demand were fitted to it, whether it is an input, or
whether it is only compared. Counts that a flow model cannot answer are named in `NOT_ANSWERED` with the reason.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Corridor
from transcaspian.corridor.network import ArcKind
from transcaspian.errors import InputError, Problem
from transcaspian.freight.flows.assignment import Assigned, solve_equilibrium
from transcaspian.freight.flows.months import Floats
from transcaspian.freight.flows.result import FlowResult
from transcaspian.freight.flows.summary import PeriodFlows

FITTED, INPUT, COMPARED = "fit", "input", "compare"
NOT_ANSWERED: Mapping[str, str] = {
    "C2": "counts some 1.2 Mt that did not cross the Caspian, and no source says what they were",
    "C3": "is a share within C2",
    "C8": "counts trains sent and received; the simulation has them",
    "C11": "is a service time of a berth; the simulation has it",
    "C15": "is mostly gateway cargo of Georgia, Armenia and Azerbaijan, which no row of demand has",
    "C19": "is a rate: an input of the tariffs, compared in the first table",
    "C20": "is a rate: an input of the tariffs, compared in the first table",
    "C22": "includes Azerbaijan's own trade by all modes, which no row of demand has",
}


@dataclass(frozen=True, slots=True)
class FlowCount:
    """One published count."""

    id: str
    target: str  # number in the list of calibration targets; empty for none
    name: str
    measure: str
    low: float
    high: float
    use: str  # fit, input or compare
    claims: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class FlowComparison:
    """A count beside the model."""

    count: FlowCount
    ours: float

    @property
    def off_percent(self) -> float:
        """How far the model lies outside the count, in per cent of its nearer end; 0 inside."""
        nearer = min(max(self.ours, self.count.low), self.count.high)
        return 100.0 * (self.ours / nearer - 1.0)


@cache
def flow_counts() -> tuple[FlowCount, ...]:
    """The packaged counts, in the order of the file."""
    path = Path(__file__).resolve().parents[2] / "data" / "flow_counts.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            FlowCount(row["id"], row["target"], row["name"], row["measure"], float(row["low"]), float(row["high"]),
                      row["use"], tuple(claim for claim in row["claims"].split(";") if claim), row["note"])
            for row in csv.DictReader(file)
        )  # fmt: skip


def compare_flows(corridor: Corridor) -> list[FlowComparison]:
    """The base year's equilibrium beside every count that a flow model can answer.

    Raises
    ------
    InputError
        If a count names a measure that is none.
    """
    result, assigned = solve_equilibrium(corridor)
    return [FlowComparison(count, _measured(result, assigned, count)) for count in flow_counts()]


def comparisons_json(comparisons: list[FlowComparison]) -> list[dict[str, object]]:
    """Rows for the JSON envelope."""
    return [
        {
            "id": one.count.id,
            "target": one.count.target,
            "name": one.count.name,
            "measure": one.count.measure,
            "use": one.count.use,
            "published": {"low": one.count.low, "high": one.count.high},
            "ours": float(f"{one.ours:.5g}"),
            "off_percent": round(one.off_percent, 1),
            "claims": list(one.count.claims),
            "note": one.count.note,
        }
        for one in comparisons
    ]


def _measured(result: FlowResult, assigned: Assigned, count: FlowCount) -> float:
    kind, _, name = count.measure.partition(".")
    first, _, second = name.rpartition(".")
    chinese = ("china-europe", "china-caucasus")
    paths = result.paths
    if kind == "crossing_t":
        return sum(p.t_per_year for p in paths if p.corridor == "middle" and name in p.gateway)
    if kind == "demand_t":
        return sum(p.t_per_year for p in paths if p.demand == name)
    if kind == "corridor_teu":
        return sum(p.teu_per_year for p in paths if p.corridor == first and second in p.gateway)
    if kind == "china_teu":
        return sum(p.teu_per_year for p in paths if p.corridor == name and p.market in chinese)
    if kind == "china_rail_share":
        rail = sum(p.teu_per_year for p in paths if p.corridor != "ocean" and p.market in chinese)
        return 100.0 * sum(p.teu_per_year for p in paths if p.corridor == name and p.market in chinese) / rail
    if kind == "market_time_d":
        own = [p for p in paths if p.market == first and p.corridor == second]
        return sum(p.time_h * p.t_per_year for p in own) / sum(p.t_per_year for p in own) / 24.0
    if kind == "facility_units":
        return sum(_used(period, first, second) for period in assigned.flows)
    measures = {"ports_t": _ports_t, "port_units": _port_units, "rail_transit_t": _rail_transit_t,
                "rail_teu": _rail_teu,
                "border_transit_t": _border_transit_t, "westbound_teu": _westbound_teu}  # fmt: skip
    if kind not in measures:
        what = f"{count.measure!r} is nothing that the flows measure"
        mend = f"use {', '.join(sorted(measures))} or another measure of comparison.py."
        raise InputError(Problem("flows.measure", f"flow_counts.csv, {count.id}", what, mend))
    return sum(measures[kind](assigned, period, name) for period in assigned.flows)


def _used(period: PeriodFlows, facility: str, unit: str) -> float:
    """Units that pass a limit of a facility, empty ones included."""
    return sum(float(used) for limit, used in zip(period.limits, period.used, strict=True)
               if limit.row == facility and limit.measure == unit)  # fmt: skip


def _touching(period: PeriodFlows, arcs: Floats) -> Floats:
    """Tonnes of each path that uses one of the arcs, 0 for others; shape (n_paths,)."""
    sets = period.sets
    owner = np.repeat(np.arange(sets.n_paths), np.diff(sets.arc_first))
    touched = np.zeros(sets.n_paths, bool)
    touched[owner[arcs[sets.arcs] > 0]] = True
    return np.where(touched, period.flow_t, 0.0)


def _arcs(period: PeriodFlows, side: str, places: tuple[str, ...] = (), countries: tuple[str, ...] = ()) -> Floats:
    """1 for moves by a mode that begin or end at one of the places, or in one of the countries."""
    network = period.sets.network
    there = np.array([node.place in places or node.place[:2] in countries for node in network.nodes])
    mode = np.array([node.side.startswith(side) for node in network.nodes])
    moves = (network.kind == ArcKind.MOVE) & mode[network.tail]
    return np.asarray(moves & (there[network.tail] | there[network.head]), float)


def _ports_t(assigned: Assigned, period: PeriodFlows, name: str) -> float:
    return float(_touching(period, _arcs(period, "sea", tuple(name.split(";")))).sum())


def _port_units(assigned: Assigned, period: PeriodFlows, name: str) -> float:
    """Unit loads over the quays of a port, with those that go back empty; tonnes of bulk."""
    port, _, unit_load = name.partition(".")
    cargo, wants = assigned.prepared.cargo, assigned.prepared.wants
    tonnes = _touching(period, _arcs(period, "sea", (port,)))
    kind = wants.cargo[period.sets.want]
    own = np.array([cargo.unit_load[number] == unit_load for number in kind])
    return float((tonnes / cargo.cargo_t[kind] * (1.0 + cargo.empties[kind]))[own].sum())


def _foreign(assigned: Assigned, period: PeriodFlows, country: str) -> npt.NDArray[np.bool_]:
    wants = assigned.prepared.wants
    ends = [(wants.origin[want][:2], wants.destination[want][:2]) for want in period.sets.want]
    return np.array([country not in pair for pair in ends])


def _rail_transit_t(assigned: Assigned, period: PeriodFlows, name: str) -> float:
    tonnes = _touching(period, _arcs(period, "rail", countries=(name,)))
    return float(tonnes[_foreign(assigned, period, name)].sum())


def _rail_teu(assigned: Assigned, period: PeriodFlows, name: str) -> float:
    cargo, wants = assigned.prepared.cargo, assigned.prepared.wants
    kind = wants.cargo[period.sets.want]
    tonnes = _touching(period, _arcs(period, "rail", countries=(name,)))
    return float((tonnes / cargo.cargo_t[kind] * cargo.teu[kind]).sum())


def _border_transit_t(assigned: Assigned, period: PeriodFlows, name: str) -> float:
    tonnes = _touching(period, _arcs(period, "rail", tuple(name.split(";"))))
    wants = assigned.prepared.wants
    chinese = np.array(["CN" in (wants.origin[w][:2], wants.destination[w][:2]) for w in period.sets.want])
    return float(tonnes[chinese & _foreign(assigned, period, "KZ")].sum())


def _westbound_teu(assigned: Assigned, period: PeriodFlows, name: str) -> float:
    """Boxes from China by one corridor, loaded."""
    cargo, wants, sets = assigned.prepared.cargo, assigned.prepared.wants, period.sets
    kind = wants.cargo[sets.want]
    own = np.array([corridor == name and wants.origin[want][:2] == "CN"
                    for corridor, want in zip(sets.corridor, sets.want, strict=True)])  # fmt: skip
    return float((period.flow_t / cargo.cargo_t[kind] * cargo.teu[kind])[own].sum())
