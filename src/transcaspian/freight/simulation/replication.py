"""One replication as a handful of small arrays: what is kept of a world when it has run.

Everything a report needs and nothing that grows with the number of events, so that a thousand replications fit into
memory and the tables of each can be put together in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation._world import Floats, Ints, World
from transcaspian.freight.simulation.plan import HOURS_PER_DAY, Plan
from transcaspian.freight.simulation.world import run_world, shut_intervals

QUANTILES = (0.1, 0.5, 0.9)
FACILITY_COLUMNS = ("jobs", "wait_mean_h", "wait_p50_h", "wait_p90_h", "queue_mean", "queue_max", "busy_h", "calls",
                    "handling_h")  # fmt: skip
# Journeys are kept for pictures in coarser bins: four of the kernel's in one, from 2**FIRST_KEPT hours (16 h)
# to 2**LAST_KEPT (341 d); what is shorter or longer falls into the first or the last.
FIRST_KEPT, LAST_KEPT, KEPT_PER_OCTAVE = 4, 13, 16
JOURNEY_COLUMNS = ("units", "mean_h", "p10_h", "p50_h", "p90_h", *(f"{cause}_h" for cause in w.CAUSES))
VESSEL_COLUMNS = ("trips_out", "trips_back", "cargo_out_t", "cargo_back_t", "deck_out", "deck_back", "mass_out",
                  "mass_back", *(f"{state}_h" for state in w.SHIP_STATES))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Replicate:
    """A picklable piece of work: run replication number r of a plan; with `pairs`, r = 2 k + 1 mirrors r = 2 k."""

    plan: Plan
    seed: int
    pairs: bool = False

    def __call__(self, replication: int) -> Mapping[str, np.ndarray]:
        """The arrays of one replication, see `arrays_of`."""
        if self.pairs:
            number, mirrored = divmod(replication, 2)
            world = run_world(self.plan, seed=self.seed, replication=number, antithetic=bool(mirrored))
            return self._arrays(world, number)
        return self._arrays(run_world(self.plan, seed=self.seed, replication=replication), replication)

    def _arrays(self, world: World, replication: int) -> Mapping[str, np.ndarray]:
        return arrays_of(self.plan, world, lost_days=lost_days(self.plan, seed=self.seed, replication=replication),
                         groups=self.groups)  # fmt: skip

    @cached_property
    def groups(self) -> Ints:
        """By flow: the number of its journey (origin, destination, commodity)."""
        return journey_groups(self.plan)[0]


def journey_groups(plan: Plan) -> tuple[Ints, tuple[tuple[str, str, str], ...]]:
    """By flow the number of its journey, and the journeys: origin, destination, commodity, in order of the flows.

    Unit loads that go back empty belong to no journey (-1): nobody waits for them at the other end.
    """
    keys: dict[tuple[str, str, str], int] = {}
    numbers = []
    for flow in plan.flow_info:
        if flow.empty:
            numbers.append(-1)
        else:
            numbers.append(keys.setdefault((flow.origin, flow.destination, flow.commodity), len(keys)))
    return np.array(numbers, dtype=np.int64), tuple(keys)


def arrays_of(plan: Plan, world: World, *, lost_days: Floats, groups: Ints) -> dict[str, np.ndarray]:
    """What is kept of a world that has run.

    Returns
    -------
    arrays
        `shipped`, `arrived`, `created` (M, F) unit loads; `trains` (M, n_services); `calls` (M, B); `facilities`
        (n_stations + B + n_yards, columns of FACILITY_COLUMNS); `journeys` (G, JOURNEY_COLUMNS); `journey_bins`
        (G, n), unit loads between the hours of `journey_edges`; `vessels` (S, VESSEL_COLUMNS); `lost_days` (n_gates,);
        `closed` (days, n_gates), share of the day; `queue_ships` (days, B), `queue_units` (days, n_ends),
        `queue_jobs` (days, n_stations).
    """
    return {
        "shipped": world.shipped,
        "arrived": world.arrived,
        "created": world.created,
        "trains": world.trains.astype(np.float64),
        "calls": world.calls.astype(np.float64),
        "facilities": _facilities(plan, world),
        "journeys": _journeys(world, groups),
        "journey_bins": _journey_bins(world, groups),
        "vessels": _vessels(world),
        "lost_days": lost_days,
        "closed": _closed(plan, world),
        "queue_ships": world.queue_ships.astype(np.float32),
        "queue_units": world.queue_units.astype(np.float32),
        "queue_jobs": world.queue_jobs.astype(np.float32),
    }


def lost_days(plan: Plan, *, seed: int, replication: int) -> Floats:
    """Days of the window for which each gate was shut."""
    since_h, until_h = plan.window_h
    days = np.zeros(len(plan.gate_ids))
    for gate, intervals in shut_intervals(plan, seed=seed, replication=replication).items():
        hours = sum(max(0.0, min(end, until_h) - max(start, since_h)) for start, end in intervals)
        days[gate] = hours / HOURS_PER_DAY
    return days


def _closed(plan: Plan, world: World) -> np.ndarray:
    days_h = plan.window_h[0] + HOURS_PER_DAY * np.arange(plan.days)
    closed = np.zeros((plan.days, len(plan.gate_ids)))
    for gate, record in enumerate(world.gates):
        for interval in range(record["first_interval"], record["last_interval"]):
            ends_h = np.minimum(world.shut_until_h[interval], days_h + HOURS_PER_DAY)
            closed[:, gate] += np.maximum(0.0, ends_h - np.maximum(world.shut_from_h[interval], days_h))
    return (closed / HOURS_PER_DAY).astype(np.float32)


def _facilities(plan: Plan, world: World) -> Floats:
    hours = plan.window_h[1] - plan.window_h[0]
    stations, berths, yards = world.stations, world.berths, world.yards
    table = np.zeros((stations.size + berths.size + yards.size, len(FACILITY_COLUMNS)))
    first = 0
    for rows in (stations, berths, yards):
        part = table[first : first + rows.size]
        jobs = rows["jobs"]
        part[:, 0] = jobs
        part[:, 1] = np.divide(rows["wait_h"], jobs, out=np.zeros(rows.size), where=jobs > 0)
        part[:, 4] = rows["queue_h"] / hours
        part[:, 5] = rows["longest"]
        part[:, 6] = rows["used_h"] if rows is yards else rows["busy_h"]
        first += rows.size
    quantiles = bin_quantiles(world.wait_bins, (0.5, 0.9))
    table[:, 2:4] = quantiles
    mine = slice(stations.size, stations.size + berths.size)
    table[mine, 7], table[mine, 8] = berths["calls"], berths["handling_h"]
    return table


def _journeys(world: World, groups: Ints) -> Floats:
    n_groups = int(groups.max(initial=-1)) + 1
    loaded = groups >= 0
    sums = np.zeros((n_groups, world.journeys.shape[1]))
    np.add.at(sums, groups[loaded], world.journeys[loaded])
    bins = _grouped_bins(world, groups)
    table = np.zeros((n_groups, len(JOURNEY_COLUMNS)))
    units = sums[:, 0]
    table[:, 0] = units
    some = units > 0
    table[some, 1] = sums[some, 1] / units[some]
    table[:, 2:5] = bin_quantiles(bins, QUANTILES)
    table[some, 5:] = sums[some, 2:] / units[some, None]
    return table


def _grouped_bins(world: World, groups: Ints) -> Floats:
    bins = np.zeros((int(groups.max(initial=-1)) + 1, w.N_BINS))
    loaded = groups >= 0
    np.add.at(bins, groups[loaded], world.journey_bins[loaded])
    return bins


def _journey_bins(world: World, groups: Ints) -> np.ndarray:
    bins = _grouped_bins(world, groups)
    first, last = (1 + (octave - w.FIRST_OCTAVE) * w.BINS_PER_OCTAVE for octave in (FIRST_KEPT, LAST_KEPT))
    kept = bins[:, first:last].reshape(bins.shape[0], -1, w.BINS_PER_OCTAVE // KEPT_PER_OCTAVE).sum(axis=2)
    kept[:, 0] += bins[:, :first].sum(axis=1)
    kept[:, -1] += bins[:, last:].sum(axis=1)
    counts: np.ndarray = kept.astype(np.float32)
    return counts


def journey_edges() -> Floats:
    """Hours at the bounds of `journey_bins`, shape (n + 1,)."""
    first, last = (1 + (octave - w.FIRST_OCTAVE) * w.BINS_PER_OCTAVE for octave in (FIRST_KEPT, LAST_KEPT))
    edges: Floats = bin_edges()[first : last + 1 : w.BINS_PER_OCTAVE // KEPT_PER_OCTAVE]
    return edges


def _vessels(world: World) -> Floats:
    ships = world.ships
    trips = np.maximum(ships["trips"], 1)
    return np.column_stack(
        (ships["trips"], ships["carried_t"], ships["deck_sum"] / trips, ships["mass_sum"] / trips, ships["state_h"])
    ).astype(np.float64)


def bin_edges() -> Floats:
    """Hours at the bounds of the bins, shape (N_BINS + 1,)."""
    octaves = np.repeat(2.0 ** (w.FIRST_OCTAVE + np.arange(w.OCTAVES)), w.BINS_PER_OCTAVE)
    steps = np.tile(1.0 + np.arange(w.BINS_PER_OCTAVE) / w.BINS_PER_OCTAVE, w.OCTAVES)
    return np.concatenate(([0.0], octaves * steps, [2.0 ** (w.FIRST_OCTAVE + w.OCTAVES)]))


_EDGES = bin_edges()


def bin_quantiles(bins: np.ndarray, shares: tuple[float, ...]) -> Floats:
    """Quantiles of binned times, shape (n, n_shares): straight lines inside a bin; 0 where nothing was counted.

    Parameters
    ----------
    bins
        Counts, shape (n, N_BINS); bin 0 is taken as no time at all.
    shares
        Between 0 and 1.
    """
    total = bins.sum(axis=1)
    running = np.cumsum(bins, axis=1)
    found = np.zeros((bins.shape[0], len(shares)))
    for column, share in enumerate(shares):
        wanted = share * total
        place = np.argmax(running >= wanted[:, None], axis=1)
        rows = np.arange(bins.shape[0])
        inside = bins[rows, place]
        before = running[rows, place] - inside
        part = np.divide(wanted - before, inside, out=np.zeros(len(rows)), where=inside > 0)
        value = _EDGES[place] + part * (_EDGES[place + 1] - _EDGES[place])
        found[:, column] = np.where((total > 0) & (place > 0), value, 0.0)
    return found
