"""The result as tidy tables, one row for each replication and thing, for Parquet and for whoever reads on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from transcaspian.freight.simulation.replication import FACILITY_COLUMNS, JOURNEY_COLUMNS, VESSEL_COLUMNS
from transcaspian.freight.simulation.result import SimulationResult

Columns = Mapping[str, npt.ArrayLike]


def result_tables(result: SimulationResult) -> dict[str, Columns]:
    """All tables by name.

    Returns
    -------
    tables
        `throughput` (by month), `shipments` (unit loads over the crossing by month and flow), `facilities`,
        `journeys`, `vessels`, `lost_days`: columns of one length, `replication` first; `queues`: by day and place
        the mean over replications with its 10th and 90th percentile.
    """
    plan = result.plan
    return {
        "throughput": _throughput(result),
        "shipments": _shipments(result),
        "facilities": _rows(result, "facilities", {"id": result.facility_ids}, FACILITY_COLUMNS),
        "journeys": _rows(
            result,
            "journeys",
            {
                name: [key[n] for key in result.journey_keys]
                for n, name in enumerate(("origin", "destination", "commodity"))
            },
            JOURNEY_COLUMNS,
        ),
        "vessels": _rows(result, "vessels", {"id": plan.ship_ids, "service": _services(result)}, VESSEL_COLUMNS),
        "lost_days": _rows(result, "lost_days", {"id": plan.gate_ids}, ("lost_days",)),
        "queues": _queues(result),
    }


def _services(result: SimulationResult) -> list[str]:
    return [result.plan.line_ids[int(line)] for line in result.plan.ships["line"]]


def _throughput(result: SimulationResult) -> Columns:
    monthly = result.monthly_throughput
    n, months = result.replications, result.plan.months
    names = list(monthly)
    return {
        "replication": np.repeat(np.arange(n), len(months) * len(names)),
        "month": np.tile(np.repeat(months, len(names)), n),
        "name": np.tile(names, n * len(months)),
        "value": np.stack([monthly[name] for name in names], axis=2).reshape(-1),
    }


def _shipments(result: SimulationResult) -> Columns:
    plan, n = result.plan, result.replications
    flows = plan.flow_info
    block = len(plan.months) * len(flows)
    return {
        "replication": np.repeat(np.arange(n), block),
        "month": np.tile(np.repeat(plan.months, len(flows)), n),
        "flow": np.tile([flow.id for flow in flows], n * len(plan.months)),
        "service": np.tile([flow.service for flow in flows], n * len(plan.months)),
        "commodity": np.tile([flow.commodity for flow in flows], n * len(plan.months)),
        "unit_load": np.tile([flow.unit_load for flow in flows], n * len(plan.months)),
        "units": result.arrays["shipped"].reshape(-1),
    }


def _rows(result: SimulationResult, name: str, keys: Mapping[str, object], columns: tuple[str, ...]) -> Columns:
    """An array of shape (R, n, columns) with its keys of length n."""
    array = result.arrays[name]
    array = array.reshape(result.replications, -1, len(columns))
    n = array.shape[1]
    table: dict[str, npt.ArrayLike] = {"replication": np.repeat(np.arange(result.replications), n)}
    table |= {key: np.tile(np.array(values, dtype=np.str_), result.replications) for key, values in keys.items()}
    return table | {column: array[:, :, number].reshape(-1) for number, column in enumerate(columns)}


def _queues(result: SimulationResult) -> Columns:
    plan = result.plan
    parts = []
    ends = [f"{plan.line_ids[n // 2]}@{port}" for n, port in enumerate(plan.end_ports)]
    for name, ids in (("queue_ships", plan.berth_ids), ("queue_units", ends), ("queue_jobs", plan.station_ids)):
        array = result.arrays[name].astype(np.float64)  # (R, days, n)
        days, n = array.shape[1:]
        parts.append(
            (np.repeat(np.arange(days), n), np.tile(np.array(ids, dtype=np.str_), days), array.mean(axis=0).reshape(-1),
             np.quantile(array, 0.1, axis=0).reshape(-1), np.quantile(array, 0.9, axis=0).reshape(-1))
        )  # fmt: skip
    joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    return dict(zip(("day", "id", "mean", "p10", "p90"), joined, strict=True))
