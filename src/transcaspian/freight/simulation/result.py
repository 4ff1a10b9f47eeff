"""The answer of the simulation: a year of the crossing, replicated.

Frozen arrays with the replication first; the tables and the JSON are views of them. Figures are means over
replications with the 10th, 50th and 90th percentile between years. Block trains are China's boxes landed at Alat,
over the boxes of one train: both railway and port count trains of that size.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation._world import Floats
from transcaspian.freight.simulation.plan import HOURS_PER_DAY, Plan
from transcaspian.freight.simulation.replication import journey_groups

THROUGHPUT = (
    "caspian_t", "caspian_gross_t", "caspian_teu", "alat_teu", "alat_wagons", "alat_vehicles", "alat_gross_t",
    "kuryk_ferry_calls", "crude_baku_t", "crude_makhachkala_t", "block_trains",
)  # fmt: skip
ALAT, AKTAU, KURYK, MAKHACHKALA = "AZALA", "KZAAU", "KZKUR", "RUMCX"


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """R replications of a plan. `arrays` as in `replication.arrays_of`, each with a first axis of length R."""

    plan: Plan
    seed: int
    arrays: Mapping[str, np.ndarray]
    countries: Mapping[str, str]  # by port, and by origin of a flow
    teu_per_train: float

    @property
    def replications(self) -> int:
        """R."""
        return int(self.arrays["shipped"].shape[0])

    @cached_property
    def per_year(self) -> float:
        """What turns a count of the window into one of a year of its length."""
        days = 366 if calendar.isleap(self.plan.since.year) else 365
        return days * HOURS_PER_DAY / (self.plan.window_h[1] - self.plan.window_h[0])

    @cached_property
    def throughput(self) -> Mapping[str, Floats]:
        """Each figure of THROUGHPUT per year, shape (R,)."""
        monthly = self.monthly_throughput
        return {name: monthly[name].sum(axis=1) * self.per_year for name in THROUGHPUT}

    @cached_property
    def monthly_throughput(self) -> Mapping[str, Floats]:
        """Each figure of THROUGHPUT by month of the window, shape (R, M)."""
        plan = self.plan
        shipped = self.arrays["shipped"]  # (R, M, F)
        cargo, gross = plan.flows["cargo_t"], plan.flows["gross_t"]
        teu = np.array([{"TEU": 1.0, "FEU": 2.0}.get(flow.unit_load, 0.0) for flow in plan.flow_info])
        is_unit = {unit: np.array([flow.unit_load == unit for flow in plan.flow_info]) for unit in ("wagon", "truck")}
        ends = [self._ends(flow.service) for flow in plan.flow_info]
        kazakh_azeri = np.array([{self.countries.get(port) for port in pair} == {"KZ", "AZ"} for pair in ends])
        aktau_alat = np.array([set(pair) == {AKTAU, ALAT} for pair in ends])
        alat = np.array([ALAT in pair for pair in ends])
        crude = np.array([flow.commodity == "crude" for flow in plan.flow_info])
        makhachkala = np.array([MAKHACHKALA in pair for pair in ends])
        from_kazakhstan = np.array(["KZ" in {self.countries.get(port) for port in pair} for pair in ends])
        weights = {
            "caspian_t": cargo * kazakh_azeri,
            "caspian_gross_t": gross * kazakh_azeri,
            "caspian_teu": teu * aktau_alat,
            "alat_teu": teu * alat,
            "alat_wagons": is_unit["wagon"] * alat,
            "alat_vehicles": is_unit["truck"] * alat,
            "alat_gross_t": gross * alat,
            "crude_baku_t": cargo * kazakh_azeri * crude,
            "crude_makhachkala_t": cargo * crude * makhachkala * from_kazakhstan,
        }
        found = {name: shipped @ weight.astype(np.float64) for name, weight in weights.items()}
        ferries = [n for n, berth in enumerate(plan.berth_ids) if berth.startswith(f"{KURYK}.")]
        found["kuryk_ferry_calls"] = self.arrays["calls"][:, :, ferries].sum(axis=2)
        from_china = np.array([self.countries.get(flow.origin) == "CN" for flow in plan.flow_info])
        found["block_trains"] = shipped @ (teu * (alat & from_china) / self.teu_per_train).astype(np.float64)
        return found

    def _ends(self, service: str) -> tuple[str, ...]:
        if service not in self.plan.line_ids:
            return ()
        line = self.plan.line_ids.index(service)
        return self.plan.end_ports[2 * line : 2 * line + 2]

    @cached_property
    def journey_keys(self) -> tuple[tuple[str, str, str], ...]:
        """Origin, destination and commodity of each row of `arrays["journeys"]`."""
        return journey_groups(self.plan)[1]

    @cached_property
    def facility_ids(self) -> tuple[str, ...]:
        """Ids of the rows of `arrays["facilities"]`: stations, berths, yards."""
        return (*self.plan.station_ids, *self.plan.berth_ids, *self.plan.yard_ids)

    @cached_property
    def facility_servers(self) -> Floats:
        """Servers of each facility at the beginning of the window; the room of a yard."""
        period = int(np.argmax(self.plan.period_month >= 0)) if (self.plan.period_month >= 0).any() else 0
        return np.concatenate(
            (self.plan.servers[period], self.plan.berth_servers[period], self.plan.yards["room"])
        ).astype(np.float64)

    @cached_property
    def utilisation(self) -> Floats:
        """Busy hours over server-hours, shape (R, n_facilities)."""
        hours = self.plan.window_h[1] - self.plan.window_h[0]
        busy: Floats = self.arrays["facilities"][:, :, 6] / (hours * np.maximum(self.facility_servers, 1e-12))
        return busy

    def kpis(self) -> dict[str, float]:
        """Means of the throughput per year."""
        return {name: float(values.mean()) for name, values in self.throughput.items()}


def make_result(
    plan: Plan, corridor: Corridor, seed: int, rows: Sequence[Mapping[str, np.ndarray]]
) -> SimulationResult:
    """Put the replications together, in their order.

    Parameters
    ----------
    plan, corridor, seed
        What was run.
    rows
        One mapping per replication, from `Replicate`.
    """
    arrays = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    for array in arrays.values():
        array.setflags(write=False)
    places, loads = corridor["places"], corridor["unit_loads"]
    named = (*plan.end_ports, *(flow.origin for flow in plan.flow_info))
    countries = {place: places.text(places.get_row(place), "country") for place in dict.fromkeys(named)}
    per_train = loads.estimate(loads.get_row("TEU"), "units_per_train") if "TEU" in loads else None
    return SimulationResult(plan, seed, arrays, countries, per_train.mid if per_train else 1.0)
