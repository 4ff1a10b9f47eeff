"""What the pictures of a simulation show: queues by day, spread of journeys, utilisation, each over the replications.

Answers: which figures stand behind each picture?  Takes: `SimulationResult`.  Gives: frozen rows, ready to be drawn.
Low and high are the 10th and the 90th percentile between replications; one replication has no spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation._world import CAUSES, Floats
from transcaspian.freight.simulation.replication import JOURNEY_COLUMNS, journey_edges
from transcaspian.freight.simulation.result import SimulationResult
from transcaspian.freight.simulation.result_json import line_end_ids, starved_journeys, starving_queues
from transcaspian.freight.simulation.starving import Growth

FULL = 0.85  # from here on a small rise in demand lengthens the queue much
_LEAST = {"ships": 0.5, "containers": 1.0, "wagons and lorries": 1.0, "t": 100.0}  # mean on the worst day: a queue
UNITS_OF_KIND = {"feeder": "containers", "rail_ferry": "wagons and lorries", "ropax": "wagons and lorries"}


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A line with its spread over replications, each of shape (n,)."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class QueueBand:
    """The length of one queue, once a day."""

    id: str
    title: str
    detail: str  # what waits, and for what
    unit: str  # "ships", "containers", "wagons and lorries", "t"
    port: str
    line: Band
    starving: bool
    closed: Floats  # (days,) share of the day for which the port was shut, mean over replications


@dataclass(frozen=True, slots=True, eq=False)
class JourneySpread:
    """Door-to-door times of one origin, destination and commodity; hours."""

    title: str
    commodity: str
    units: float  # unit loads per replication
    unit: str
    edges_h: Floats  # (n + 1,)
    share: Floats  # (n,) of unit loads in each bin
    mean_h: float
    p10_h: float
    p50_h: float
    p90_h: float
    by_cause_h: tuple[tuple[str, float], ...]  # mean, adds up to `mean_h`
    starving: bool  # a queue on its way grows without end: its times mean nothing


@dataclass(frozen=True, slots=True)
class UtilisationBand:
    """Busy hours over server-hours of one facility."""

    id: str
    title: str
    kind: str  # "berth", "rail", "border", "gauge_change", "terminal", "yard"
    servers: float
    mean: float
    low: float
    high: float
    wait_mean_h: float
    full: bool  # above FULL
    starving: bool
    growth_per_day: float  # of its queue


def band_of(values: np.ndarray) -> Band:
    """Mean, 10th and 90th percentile over the first axis."""
    low, high = np.percentile(values, (10, 90), axis=0)
    return Band(values.mean(axis=0), low, high)


def closed_share(result: SimulationResult) -> dict[str, Floats]:
    """Port -> share of each day of the window for which it was shut, mean over replications, shape (days,)."""
    closed = result.arrays["closed"].mean(axis=0, dtype=np.float64)
    return {gate: closed[:, number] for number, gate in enumerate(result.plan.gate_ids)}


def ship_queues(result: SimulationResult, corridor: Corridor) -> list[QueueBand]:
    """Ships that wait for each group of berths, the longest queue first; queues that never formed are left out."""
    closed = closed_share(result)
    starving, found = starving_queues(result), []
    for column, berth in enumerate(result.plan.berth_ids):
        series = result.arrays["queue_ships"][:, :, column].astype(np.float64)
        port, _, kind = berth.partition(".")
        title = f"{_name(corridor, port)}, {_words(kind)}"
        found.append(_queue(series, berth, title, "ships waiting for a berth", "ships", port, starving[berth], closed))
    return _longest_first(found)


def cargo_queues(result: SimulationResult, corridor: Corridor) -> list[QueueBand]:
    """Cargo that waits for a ship at each end of each line, the longest queue first; by what is counted."""
    plan, closed, starving, ids = result.plan, closed_share(result), starving_queues(result), line_end_ids(result)
    found = []
    for column, port in enumerate(plan.end_ports):
        unit = unit_of_line(result, corridor, column // 2)
        series = result.arrays["queue_units"][:, :, column].astype(np.float64)
        other = plan.end_ports[column ^ 1]
        title = f"{_name(corridor, port)} → {_name(corridor, other)}"
        words = {"t": "t waiting for a ship"}.get(unit, f"{unit} waiting for a ship")
        ships = kind_of_line(result, corridor, column // 2).replace("_", " ")
        words = f"{words} ({ships})"
        found.append(_queue(series, ids[column], title, words, unit, port, starving[ids[column]], closed))
    return _longest_first(found)


def kind_of_line(result: SimulationResult, corridor: Corridor, line: int) -> str:
    """Kind of the ships on a line, as in the table of vessels."""
    vessels, ships = corridor["vessels"], result.plan.ships
    rows = np.flatnonzero(ships["line"] == line)
    if rows.size == 0:
        return "ship"
    return vessels.text(vessels.get_row(result.plan.ship_ids[rows[0]]), "kind")


def unit_of_line(result: SimulationResult, corridor: Corridor, line: int) -> str:
    """What is counted where cargo waits for the ships of a line."""
    return UNITS_OF_KIND.get(kind_of_line(result, corridor, line), "t")


def journey_spreads(result: SimulationResult, corridor: Corridor, *, most: int = 14) -> list[JourneySpread]:
    """The journeys with most cargo, at most so many, in the order of their median time.

    Cargo is counted in tonnes, so that containers and bulk stand in one list. Quantiles are those of each replication,
    averaged; shares are pooled over replications.
    """
    plan, keys = result.plan, result.journey_keys
    row_of = {key: number for number, key in enumerate(keys)}
    cargo_t = np.zeros(len(keys))
    units: dict[int, set[str]] = {}
    shipped = result.arrays["arrived"].sum(axis=1).mean(axis=0)
    for number, flow in enumerate(plan.flow_info):
        if not flow.empty:
            row = row_of[flow.origin, flow.destination, flow.commodity]
            cargo_t[row] += float(shipped[number] * plan.flows["cargo_t"][number])
            units.setdefault(row, set()).add(flow.unit_load)
    table = result.arrays["journeys"]
    bins = result.arrays["journey_bins"].sum(axis=0, dtype=np.float64)
    held = starved_journeys(result, starving_queues(result))
    chosen = [row for row in np.argsort(-cargo_t, kind="stable")[:most] if bins[row].sum() > 0]
    spreads = [
        _spread(table[:, row], bins[row], keys[row], units[row], corridor, starving=keys[row] in held) for row in chosen
    ]
    return sorted(spreads, key=lambda spread: spread.p50_h)


def _spread(
    rows: np.ndarray, bins: Floats, key: tuple[str, str, str], units: set[str], corridor: Corridor, *, starving: bool
) -> JourneySpread:
    some = rows[rows[:, 0] > 0]  # a replication without such a journey says nothing about its time
    weights = some[:, 0] / some[:, 0].sum()
    figures = dict(zip(JOURNEY_COLUMNS, (some * weights[:, None]).sum(axis=0).tolist(), strict=True))
    quantiles = dict(zip(JOURNEY_COLUMNS, some.mean(axis=0).tolist(), strict=True))
    origin, destination, commodity = key
    return JourneySpread(
        title=f"{_name(corridor, origin)} → {_name(corridor, destination)}",
        commodity=commodity_title(commodity, corridor),
        units=float(rows[:, 0].mean()),
        unit=next(iter(units)) if len(units) == 1 else "unit loads",
        edges_h=journey_edges(),
        share=bins / bins.sum(),
        mean_h=figures["mean_h"],
        p10_h=quantiles["p10_h"],
        p50_h=quantiles["p50_h"],
        p90_h=quantiles["p90_h"],
        by_cause_h=tuple((cause, figures[f"{cause}_h"]) for cause in CAUSES),
        starving=starving,
    )


def utilisation_bands(result: SimulationResult, corridor: Corridor) -> list[UtilisationBand]:
    """Each facility that was used, the busiest first."""
    plan, table = result.plan, result.arrays["facilities"]
    bands = band_of(result.utilisation)
    n_stations, n_berths = len(plan.station_ids), len(plan.berth_ids)
    starving, found = starving_queues(result), []
    for row, facility in enumerate(result.facility_ids):
        if bands.mean[row] <= 0:
            continue
        growth = starving.get(facility, Growth(False, 0.0, 0.0))
        kind = "berth" if n_stations <= row < n_stations + n_berths else _kind(facility)
        found.append(
            UtilisationBand(
                id=facility,
                title=facility_title(facility, corridor),
                kind=kind,
                servers=float(result.facility_servers[row]),
                mean=float(bands.mean[row]),
                low=float(bands.low[row]),
                high=float(bands.high[row]),
                wait_mean_h=float(table[:, row, 1].mean()),
                full=bool(bands.mean[row] > FULL),
                starving=growth.starving,
                growth_per_day=growth.per_day,
            )
        )
    return sorted(found, key=lambda band: (-band.mean, band.id))


def queue_title(queue: str, result: SimulationResult, corridor: Corridor) -> str:
    """A queue in words: of a facility, or of cargo that waits for the ships of a line at one of its ends."""
    service, _, port = queue.partition("@")
    if not port:
        return facility_title(queue, corridor)
    line = result.plan.line_ids.index(service)
    one, other = result.plan.end_ports[2 * line : 2 * line + 2]
    kind = kind_of_line(result, corridor, line).replace("_", " ")
    ends = f"{_name(corridor, port)} → {_name(corridor, other if port == one else one)}"
    return f"{ends}, {unit_of_line(result, corridor, line)} ({kind})"


def facility_title(facility: str, corridor: Corridor) -> str:
    """A facility or a stretch of line in words: "Kuryk, rail ferry", "Baku → Tbilisi, rail"."""
    own, _, back = facility.partition(":")
    where, _, kind = own.partition(".")
    start, _, end = where.partition("-")
    if not end:
        name = _name(corridor, where)
        return name if name.endswith(_words(kind)) else f"{name}, {_words(kind)}"
    start, end = (end, start) if back else (start, end)
    return f"{_name(corridor, start)} → {_name(corridor, end)}, {_words(kind)}"


def commodity_title(commodity: str, corridor: Corridor) -> str:
    """The name of a commodity, or its id in words."""
    commodities = corridor["commodities"]
    known = commodity in commodities
    return commodities.text(commodities.get_row(commodity), "name") if known else _words(commodity)


def _kind(facility: str) -> str:
    kind = facility.partition(":")[0].partition(".")[2]
    return "rail" if kind.startswith("rail") and "-" in facility else kind


def _queue(
    series: Floats,
    queue: str,
    title: str,
    detail: str,
    unit: str,
    port: str,
    growth: Growth,
    closed: dict[str, Floats],
) -> QueueBand:
    shut = closed.get(port, np.zeros(series.shape[1]))
    return QueueBand(queue, title, detail, unit, port, band_of(series), growth.starving, shut)


def _longest_first(queues: Sequence[QueueBand]) -> list[QueueBand]:
    formed = [queue for queue in queues if queue.line.mean.max() >= _LEAST[queue.unit]]
    order = {unit: number for number, unit in enumerate(dict.fromkeys(queue.unit for queue in formed))}
    return sorted(formed, key=lambda queue: (order[queue.unit], -float(queue.line.mean.mean()), queue.id))


def _name(corridor: Corridor, place: str) -> str:
    places = corridor["places"]
    return places.text(places.get_row(place), "name").split(" (")[0] if place in places else place


def _words(slug: str) -> str:
    return slug.replace("_", " ")
