"""The film of a replication: every voyage and train of the window, on paths that join their ports."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.freight.simulation._world import N_MOVES, N_VOYAGES, World
from transcaspian.freight.simulation.build import build_plan
from transcaspian.freight.simulation.film import TICKS_PER_HOUR, Film, make_film
from transcaspian.freight.simulation.plan import Plan
from transcaspian.freight.simulation.settings import CrossingQuestion, GivenClosure
from transcaspian.freight.simulation.world import run_world


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return load_corridor()


@pytest.fixture(scope="module")
def plan(corridor: Corridor) -> Plan:
    closure = GivenClosure("KZKUR", dt.date(2024, 6, 5), 3.0)
    return build_plan(corridor, CrossingQuestion(dt.date(2024, 6, 1), dt.date(2024, 7, 1), closures=(closure,)))


@pytest.fixture(scope="module")
def world(plan: Plan) -> World:
    return run_world(plan, seed=3, replication=0, trace=True)


@pytest.fixture(scope="module")
def film(plan: Plan, world: World, corridor: Corridor) -> Film:
    return make_film(plan, world, corridor)


def test_every_voyage_of_the_window_is_there_and_none_from_outside(plan: Plan, world: World, film: Film) -> None:
    voyages = world.voyages[: int(world.counters[N_VOYAGES])]
    since_h, until_h = plan.window_h
    under_way = (voyages[:, 3] > since_h) & (voyages[:, 2] < until_h)
    assert len(film.voyages["ship"]) == under_way.sum() > 100
    hours = np.array(film.voyages["lasts"]) / TICKS_PER_HOUR
    assert hours.sum() == pytest.approx((voyages[under_way, 3] - voyages[under_way, 2]).sum(), abs=0.1 * hours.size)


def test_a_ship_is_never_in_two_places(film: Film) -> None:
    trips: dict[int, list[tuple[int, int, int]]] = {}
    columns = (film.voyages[name] for name in ("ship", "departs", "lasts", "side"))
    for ship, departs, lasts, side in zip(*columns, strict=True):
        trips.setdefault(ship, []).append((departs, departs + lasts, side))
    for own in trips.values():
        for (_, arrives, side), (departs, _, other) in itertools.pairwise(sorted(own)):
            assert departs >= arrives
            assert other != side  # it leaves from where it arrived


def test_a_path_begins_and_ends_at_the_ports_of_the_line(plan: Plan, film: Film) -> None:
    at = {port["id"]: port["at"] for port in film.ports}
    for number, ship in enumerate(film.ships):
        line = int(plan.ships["line"][number])
        path = film.paths[ship["path"]]["at"]
        assert [path[0], path[-1]] == [at[port] for port in plan.end_ports[2 * line : 2 * line + 2]]


def test_trains_run_on_every_railway_stage_and_lorries_are_left_out(plan: Plan, world: World, film: Film) -> None:
    moves = world.moves[: int(world.counters[N_MOVES])]
    since_h, until_h = plan.window_h
    drawn = [
        bool((links := plan.stage_links.get(int(stage))) and not links[0].endswith(".road")) for stage in moves[:, 0]
    ]
    under_way = (moves[:, 2] > since_h) & (moves[:, 1] < until_h)
    assert len(film.moves["path"]) == (np.array(drawn) & under_way).sum() > 100
    assert {path["mode"] for path in film.paths} == {"rail", "sea"}


def test_a_train_begins_where_its_stage_begins(plan: Plan, film: Film, corridor: Corridor) -> None:
    places = corridor["places"]
    starts = {tuple(path["at"][0]) for path in film.paths if path["mode"] == "rail"}
    known = {
        (round(float(lon), 3), round(float(lat), 3))
        for lon, lat in zip(places.floats("longitude_deg"), places.floats("latitude_deg"), strict=True)
    }
    assert starts <= known
    khorgos = places.get_row("KZHOR")
    at = (
        round(float(places.floats("longitude_deg")[khorgos]), 3),
        round(float(places.floats("latitude_deg")[khorgos]), 3),
    )
    assert any(tuple(path["at"][-1]) == at for path in film.paths)  # from Xi'an
    assert any(tuple(path["at"][0]) == at for path in film.paths)  # on to Aktau


def test_the_given_closure_is_in_the_film(film: Film) -> None:
    [kuryk] = [port for port in film.ports if port["id"] == "KZKUR"]
    day = 24 * TICKS_PER_HOUR
    assert any(start <= 4 * day and until >= 7 * day for start, until in kuryk["shut"])
    for port in film.ports:
        assert all(0 <= start < until <= 30 * day for start, until in port["shut"])


def test_queues_are_those_of_the_world(plan: Plan, world: World, film: Film) -> None:
    assert np.array([queue["by_day"] for queue in film.ship_queues]).T.tolist() == world.queue_ships.tolist()
    assert len(film.cargo_queues) == len(plan.end_ports)


def test_departures_as_steps_add_up_again(film: Film) -> None:
    shown = film.as_json()
    assert np.cumsum(shown["moves"]["departs"]).tolist() == list(film.moves["departs"])
    assert min(shown["moves"]["departs"][1:]) >= 0
    assert shown["hours"] == 720.0
