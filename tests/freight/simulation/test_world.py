"""One replication of the packaged crossing: nothing is lost, nothing made, and the same numbers give the same bytes."""

from __future__ import annotations

import numpy as np
import pytest

from transcaspian.freight.simulation import _world as w
from transcaspian.freight.simulation import world as world_module
from transcaspian.freight.simulation._world import Floats, World
from transcaspian.freight.simulation._year_kernel import run_year
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.replication import bin_edges
from transcaspian.freight.simulation.world import run_world

from .helpers import counted_from_the_start, interval
from .oracle import Crossing


def lots_under_way(world: World) -> np.ndarray:
    """Rows of the lots that still exist: those in no list of free places."""
    used = np.ones(world.lots.size, dtype=bool)
    lot = int(world.counters[w.FREE_LOT])
    while lot >= 0:
        used[lot] = False
        lot = int(world.lots[lot]["next"])
    return world.lots[used]


def list_from(rows: np.ndarray, first: int) -> list[int]:
    found = []
    while first >= 0:
        found.append(int(first))
        first = rows[first]["next"]
    return found


@pytest.fixture(scope="module")
def whole(spring: Plan) -> tuple[Plan, World]:
    """A run in which everything is counted from hour 0."""
    plan = counted_from_the_start(spring)
    return plan, run_world(plan, seed=3, replication=0)


@pytest.fixture(scope="module")
def year(base_year: Plan) -> World:
    return run_world(base_year, seed=1, replication=0)


# -- conservation ------------------------------------------------------------------------------------------


def units_by_flow(plan: Plan, lots: np.ndarray) -> Floats:
    return np.bincount(lots["flow"], weights=lots["units"], minlength=len(plan.flow_info))


def test_unit_loads_are_made_only_where_they_come_and_end_only_where_they_arrive(whole: tuple[Plan, World]) -> None:
    """Created = arrived + under way, for every flow and through every split.

    The kernel lets go of a lot when nothing is left to wait for; where it is then, the independent model says.
    """
    plan, world = whole
    crossing = Crossing(plan, seed=3, replication=0).run()
    on_last_way = np.zeros(len(plan.flow_info))
    for lot in crossing.under_way:
        kinds = plan.stages["kind"][lot.stage :]
        left = kinds[: np.argmax(kinds == w.END)]
        if left[0] in (w.TRAVEL, w.SERVE) and np.all(left[1:] == w.TRAVEL):
            on_last_way[lot.flow] += lot.units
    under_way = units_by_flow(plan, lots_under_way(world))
    own = plan.rate.sum(axis=0) > 0  # empties are made when loaded units arrive
    created, arrived = world.created.sum(axis=0), world.arrived.sum(axis=0)
    np.testing.assert_allclose(created[own], world.flows["number"][own] * world.flows["lot_units"][own])
    np.testing.assert_allclose((arrived + under_way + on_last_way)[own], created[own], rtol=1e-9)
    np.testing.assert_allclose(arrived, crossing.finished, rtol=1e-9)
    empties = np.array([flow.empty for flow in plan.flow_info])
    np.testing.assert_allclose(
        (arrived + under_way + on_last_way)[empties], crossing.created[empties], rtol=1e-9, atol=1e-9
    )


def test_wagons_boxes_and_lorries_stay_whole(whole: tuple[Plan, World]) -> None:
    _, world = whole
    lots = lots_under_way(world)
    pieces = world.flows["bulk"][lots["flow"]] == 0
    assert pieces.any()
    assert np.array_equal(lots["units"][pieces], np.round(lots["units"][pieces]))
    assert np.all(lots["units"] > 0)
    assert len(lots) == world.counters[w.N_LOTS]
    assert len(np.unique(lots["key"])) == len(lots)  # no two lots draw the same numbers


def test_a_ship_is_always_in_one_place(year: World) -> None:
    ships = year.ships
    places: list[int] = []
    for end in year.ends:
        places += list_from(ships, end["idle_first"])
    for berth in year.berths:
        waiting = list_from(ships, berth["first"])
        assert len(waiting) == berth["waiting"]
        places += waiting
    for gate in year.gates:
        places += list_from(ships, gate["first"])
    states = ships["state"]
    places += list(np.flatnonzero(np.isin(states, [w.ABSENT, w.DISCHARGING, w.LOADING_CARGO, w.SAILING, w.REPAIR])))
    assert sorted(places) == list(range(ships.size))
    moored = [year.ship_berth[n, ships["side"][n]] for n in np.flatnonzero(ships["at_berth"])]
    assert np.array_equal(np.bincount(moored, minlength=year.berths.size), year.berths["taken"])
    assert np.all(year.berths["taken"] <= year.berths["servers"])


def test_every_hour_of_every_ship_is_counted_once(base_year: Plan, year: World) -> None:
    since_h, until_h = base_year.window_h
    np.testing.assert_allclose(year.ships["state_h"].sum(axis=1), until_h - since_h, rtol=1e-12)


def test_what_waits_at_the_quays_is_the_sum_of_its_lots(year: World) -> None:
    for number, end in enumerate(year.ends):
        rows = list_from(year.lots, end["first"])
        units = np.zeros(year.waiting.shape[1])
        gross_t = 0.0
        for row in rows:
            flow = year.flows[year.lots[row]["flow"]]
            units[flow["unit_load"]] += year.lots[row]["units"]
            gross_t += year.lots[row]["units"] * flow["gross_t"]
        np.testing.assert_allclose(year.waiting[number], units, atol=1e-6)
        assert end["gross_t"] == pytest.approx(gross_t, abs=1e-3)


def test_no_ship_carries_more_than_its_deck_or_its_payload(year: World) -> None:
    """The payload is that of the hour of loading."""
    voyages = year.voyages[: year.counters[w.N_VOYAGES]]
    assert np.all(voyages[:, 3] > voyages[:, 2])
    assert np.all((voyages[:, 4:] >= 0) & (voyages[:, 4:] <= 1 + 1e-6))
    assert voyages[:, 4:].max() > 0.9


def test_causes_add_up_to_the_time_from_door_to_door(year: World) -> None:
    np.testing.assert_allclose(year.journeys[:, 2:].sum(axis=1), year.journeys[:, 1], rtol=1e-9, atol=1e-6)
    assert np.all(year.journeys >= -1e-6)


# -- Little's law -------------------------------------------------------------------------------------------


def test_littles_law_holds_on_every_queue(base_year: Plan, year: World) -> None:
    """Hours in the queue inside the year against waits of those who came inside it.

    They differ by those who stand in line when the year begins or ends: at most the longest queue times the longest
    wait, at each of the two ends.
    """
    longest_h = bin_edges()[1:][[np.max(np.flatnonzero(row), initial=0) for row in year.wait_bins]]
    first = 0
    for rows in (year.stations, year.berths, year.yards):
        edge = 2 * rows["longest"] * longest_h[first : first + rows.size] + 1e-6
        assert np.all(np.abs(rows["queue_h"] - rows["wait_h"]) <= edge)
        first += rows.size
    assert (year.stations["jobs"] > 0).all()
    waited = np.concatenate((year.stations["wait_h"], year.berths["wait_h"]))
    assert waited.sum() > 1000


def test_littles_law_holds_for_berths_that_are_looked_at_once_a_day(base_year: Plan) -> None:
    """Mean number of ships that wait at midnight = arrivals × mean wait, within the 99.9 % interval.

    A look is another measurement than adding up waits. Not so for stations: trains leave by the clock, and a queue that
    forms at six is gone at midnight.
    """
    hours = base_year.window_h[1] - base_year.window_h[0]
    worlds = [run_world(base_year, seed=4, replication=n) for n in range(10)]
    seen = np.array([world.queue_ships.mean(axis=0) for world in worlds])
    come = np.array([world.berths["jobs"] / hours for world in worlds])
    wait_h = np.array([world.berths["wait_h"] / np.maximum(world.berths["jobs"], 1) for world in worlds])
    compared = np.flatnonzero(seen.mean(axis=0) > 0.02)
    assert compared.size >= 5
    for berth in compared:
        low, high = interval(seen[:, berth] - (come * wait_h)[:, berth])
        assert low <= 0 <= high, f"{base_year.berth_ids[berth]}: {low:.3f} to {high:.3f}"
        assert high - low < 0.5 * seen[:, berth].mean() + 0.05


# -- the same numbers, the same bytes ------------------------------------------------------------------------


def test_one_seed_gives_one_world_to_the_byte(spring: Plan) -> None:
    one, same, other, next_one = (
        run_world(spring, seed=seed, replication=n) for seed, n in ((1, 0), (1, 0), (2, 0), (1, 1))
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one, same, strict=True))
    assert one.voyages.tobytes() != other.voyages.tobytes() != next_one.voyages.tobytes()


def test_a_trace_changes_nothing_but_the_moves(spring: Plan) -> None:
    plain, traced = run_world(spring, seed=1, replication=0), run_world(spring, seed=1, replication=0, trace=True)
    assert traced.counters[w.N_MOVES] > 1000
    for name in ("voyages", "journeys", "arrived", "wait_bins", "queue_ships"):
        assert np.array_equal(getattr(plain, name), getattr(traced, name))


def test_a_run_leaves_its_plan_as_it_was(spring: Plan) -> None:
    names = ("flows", "stages", "stations", "services", "ends", "ships", "berths", "yards")
    before = {name: getattr(spring, name).tobytes() for name in names}
    run_world(spring, seed=9, replication=0)
    assert before == {name: getattr(spring, name).tobytes() for name in names}


def test_a_year_of_the_base_is_run_once(base_year: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays that prove too small are made larger and the year is run again: right, but twice the time."""
    runs = []

    def counted(table: int) -> int:
        runs.append(run_year(table))
        return runs[-1]

    monkeypatch.setattr(world_module, "run_year", counted)
    for replication in range(4):
        run_world(base_year, seed=1, replication=replication)
    assert runs == [w.DONE] * 4


def test_a_run_that_outgrows_its_arrays_ends_as_if_it_had_not(spring: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = run_world(spring, seed=1, replication=0)
    small = {w.MORE_LOTS: 64, w.MORE_EVENTS: 64, w.MORE_STARTS: 2, w.MORE_VOYAGES: 16, w.MORE_MOVES: 0}
    monkeypatch.setattr(world_module, "_FIRST_SIZES", small)
    grown = run_world(spring, seed=1, replication=0)
    count = usual.counters[w.N_VOYAGES]
    assert count == grown.counters[w.N_VOYAGES]
    assert usual.voyages[:count].tobytes() == grown.voyages[:count].tobytes()
    for name in ("journeys", "journey_bins", "wait_bins", "arrived", "queue_jobs", "stations", "berths", "ships"):
        assert getattr(usual, name).tobytes() == getattr(grown, name).tobytes()
