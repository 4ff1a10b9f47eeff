"""The result as the keys of the JSON envelope."""

from __future__ import annotations

from typing import Any

import numpy as np

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._world import Floats
from transcaspian.freight.simulation.replication import JOURNEY_COLUMNS, VESSEL_COLUMNS
from transcaspian.freight.simulation.result import SimulationResult
from transcaspian.freight.simulation.starving import Growth, growth_of

_FIRST_CAUSE = JOURNEY_COLUMNS.index(f"{w.CAUSES[0]}_h")
_FIRST_STATE = VESSEL_COLUMNS.index(f"{w.SHIP_STATES[0]}_h")


def simulation_json(result: SimulationResult) -> dict[str, Any]:
    """Everything under `result` but `seconds` and `folder`.

    Means are over replications; quantiles of throughput and lost days are between replications, those of waits and
    journeys inside a replication, averaged.
    """
    starving = starving_queues(result)
    return {
        "since": result.plan.since.date().isoformat(),
        "until": result.plan.until.date().isoformat(),
        "replications": result.replications,
        "seed": result.seed,
        "throughput": {name: spread(values) for name, values in result.throughput.items()},
        "monthly": {
            "months": list(result.plan.months),
            **{name: [_number(v) for v in values.mean(axis=0)] for name, values in result.monthly_throughput.items()},
        },
        "facilities": _facilities(result, starving, links=False),
        "links": _facilities(result, starving, links=True),
        "lines": _lines(result, starving),
        "journeys": _journeys(result, starving),
        "vessels": _vessels(result),
        "lost_days": [
            {"id": gate, **spread(result.arrays["lost_days"][:, number])}
            for number, gate in enumerate(result.plan.gate_ids)
        ],
        "laid_up": [note.where for note in result.plan.notes if note.type == "simulate.laid_up"],
        "starving": [{"id": name, "growth_per_day": _number(growth.per_day), "at_end": _number(growth.at_end)}
                     for name, growth in starving.items() if growth.starving],
    }  # fmt: skip


def spread(values: Floats) -> dict[str, float]:
    """Mean and quantiles between replications."""
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
    return {"mean": _number(values.mean()), "p10": _number(low), "p50": _number(middle), "p90": _number(high)}


def _number(value: float) -> float:
    """Six significant digits: more is noise, and equal bytes read better."""
    return float(f"{float(value):.6g}")


def starving_queues(result: SimulationResult) -> dict[str, Growth]:
    """Every queue by the id of its station, its berth, or `SERVICE@PORT` for cargo that waits for ships."""
    plan, arrays = result.plan, result.arrays
    busy = result.utilisation.mean(axis=0)
    found: dict[str, Growth] = {}
    for name, ids, counted in (("queue_jobs", plan.station_ids, "jobs"), ("queue_ships", plan.berth_ids, "ships")):
        series = arrays[name].mean(axis=0)
        first = 0 if name == "queue_jobs" else len(plan.station_ids)
        found |= {
            row_id: growth_of(series[:, number], counted, utilisation=float(busy[first + number]))
            for number, row_id in enumerate(ids)
        }
    series = arrays["queue_units"].mean(axis=0)
    for number, line in enumerate(line_end_ids(result)):
        bulk = bool(np.isinf(plan.room[plan.ships["line"] == number // 2]).any())
        found[line] = growth_of(series[:, number], "t" if bulk else "units")
    return found


def line_end_ids(result: SimulationResult) -> list[str]:
    """`SERVICE@PORT` of each end of each line."""
    plan = result.plan
    return [f"{plan.line_ids[number // 2]}@{port}" for number, port in enumerate(plan.end_ports)]


def starved_journeys(result: SimulationResult, starving: dict[str, Growth]) -> set[tuple[str, str, str]]:
    """Origin, destination and commodity of what boards where the queue grows without end: its time means nothing."""
    plan = result.plan
    starved = {line for line in line_end_ids(result) if starving[line].starving}
    return {
        (flow.origin, flow.destination, flow.commodity)
        for flow in plan.flow_info
        if flow.service
        and f"{flow.service}@{plan.end_ports[2 * plan.line_ids.index(flow.service) + flow.side]}" in starved
    }


def _facilities(result: SimulationResult, starving: dict[str, Growth], *, links: bool) -> list[dict[str, Any]]:
    table = result.arrays["facilities"].mean(axis=0)
    busy = result.utilisation.mean(axis=0)
    rows = []
    for number, row_id in enumerate(result.facility_ids):
        is_link = "-" in row_id.partition(".")[0]  # FROM-TO.rail, while PORT.rail_ferry is a berth
        if is_link != links or (links and not result.arrays["facilities"][:, number, 0].any()):
            continue
        grows = starving.get(row_id, Growth(False, 0.0, 0.0))
        own = table[number]
        wait = {"mean": _number(own[1]), "p50": _number(own[2]), "p90": _number(own[3])}
        unserved = own[0] == 0 and own[4] > 0  # shut all the time: who waits still waits
        row: dict[str, Any] = {
            "id": row_id,
            "utilisation": _number(busy[number]),
            "jobs": _number(own[0] * result.per_year),
            "wait_h": None if grows.starving or unserved else wait,
            "queue": {"mean": _number(own[4]), "max": _number(result.arrays["facilities"][:, number, 5].max())},
            "starving": grows.starving,
        }
        if own[7] > 0:
            row["calls"] = _number(own[7] * result.per_year)
            row["handling_h"] = _number(own[8] / own[7])
        if grows.starving:
            row["queue"]["growth_per_day"] = _number(grows.per_day)
        rows.append(row)
    return rows


def _lines(result: SimulationResult, starving: dict[str, Growth]) -> list[dict[str, Any]]:
    plan, queues = result.plan, result.arrays["queue_units"]
    rows = []
    for number, line in enumerate(line_end_ids(result)):
        series, grows = queues[:, :, number], starving[line]
        rows.append(
            {
                "id": line,
                "service": plan.line_ids[number // 2],
                "port": plan.end_ports[number],
                "waiting_units": {"mean": _number(series.mean()), "p90": _number(np.quantile(series, 0.9)),
                                  "max": _number(series.max())},
                "starving": grows.starving,
                "growth_per_day": _number(grows.per_day) if grows.starving else 0.0,
            }
        )  # fmt: skip
    return rows


def _journeys(result: SimulationResult, starving: dict[str, Growth]) -> list[dict[str, Any]]:
    held = starved_journeys(result, starving)
    table = result.arrays["journeys"]
    rows = []
    for number, key in enumerate(result.journey_keys):
        ran = table[:, number, 0] > 0
        if not ran.any():
            continue
        own = table[ran, number].mean(axis=0)
        times = {"p10": own[2], "p50": own[3], "p90": own[4], "mean": own[1]}
        rows.append(
            {
                "origin": key[0],
                "destination": key[1],
                "commodity": key[2],
                "n": _number(table[:, number, 0].mean() * result.per_year),
                "time_h": None if key in held else {name: _number(value) for name, value in times.items()},
                "by_cause_h": {cause: _number(own[_FIRST_CAUSE + n]) for n, cause in enumerate(w.CAUSES)},
                "starving": key in held,
            }
        )
    return rows


def _vessels(result: SimulationResult) -> list[dict[str, Any]]:
    plan = result.plan
    hours = plan.window_h[1] - plan.window_h[0]
    rows = []
    for number, ship in enumerate(plan.ship_ids):
        own = result.arrays["vessels"][:, number].mean(axis=0)
        line = int(plan.ships["line"][number])
        trips = own[0] + own[1]
        rows.append(
            {
                "id": ship,
                "service": plan.line_ids[line],
                "trips": {"from": plan.end_ports[2 * line], "to": plan.end_ports[2 * line + 1],
                          "out": _number(own[0] * result.per_year), "back": _number(own[1] * result.per_year)},
                "hours_per_trip": _number(hours / trips) if trips > 0 else None,
                "cargo_t": {"out": _number(own[2] * result.per_year), "back": _number(own[3] * result.per_year)},
                "deck_share": {"out": _number(own[4]), "back": _number(own[5])},
                "payload_share": {"out": _number(own[6]), "back": _number(own[7])},
                "time_share": {state: _number(own[_FIRST_STATE + n] / hours) for n, state in enumerate(w.SHIP_STATES)},
            }
        )  # fmt: skip
    return rows
