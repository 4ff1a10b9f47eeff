"""Wagons, lorries and boxes aboard, voyages for an amount, and the classes of ship."""

from __future__ import annotations

import collections

import pytest

from transcaspian.corridor import Corridor, Estimate3
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea import units_aboard, vessel_classes, voyages
from transcaspian.corridor.sea.voyages import usual_voyage
from transcaspian.errors import InputError


def by_load(corridor: Corridor, vessel: str, payload_t: float) -> dict[str, tuple[float, str]]:
    return {one.unit_load: (one.units.mid, one.limited_by) for one in units_aboard(corridor, vessel, exact(payload_t))}


def test_wagons_are_limited_by_slots_and_then_by_mass(packaged: Corridor) -> None:
    # A wagon weighs 88.5 t and a lorry 35 t; the ship has 56 and 50 slots.
    assert by_load(packaged, "asco-zarifa-aliyeva", 5534) == {"wagon": (56, "slots"), "truck": (50, "slots")}
    assert by_load(packaged, "asco-zarifa-aliyeva", 2000) == {"wagon": (22, "mass"), "truck": (50, "slots")}
    assert by_load(packaged, "asco-zarifa-aliyeva", 1000) == {"wagon": (11, "mass"), "truck": (28, "mass")}


def test_cargo_is_without_tare(packaged: Corridor) -> None:
    wagons = next(one for one in units_aboard(packaged, "asco-zarifa-aliyeva", exact(1000)))
    assert wagons.cargo_t.mid == 11 * 65


def test_a_tanker_has_no_slots(packaged: Corridor) -> None:
    assert units_aboard(packaged, "kmtf-astana", exact(10_000)) == ()


def test_voyages_are_whole_and_grow_as_the_payload_shrinks() -> None:
    assert voyages(100_000, Estimate3(8_000, 9_900, 12_000)) == Estimate3(9, 11, 13)
    assert voyages(100_000, Estimate3(0, 100, 200)) is None
    with pytest.raises(InputError) as error:
        voyages(0, exact(1))
    assert error.value.problems[0].type == "sea.amount"


def test_every_fleet_has_as_many_open_ships_as_it_counts(packaged: Corridor) -> None:
    vessels, fleets = packaged["vessels"], packaged["fleets"]
    open_ships = [vessels.text(row, "fleet") for row in range(len(vessels)) if vessels.text(row, "status") == "open"]
    ships = collections.Counter(open_ships)
    for fleet, count in ships.items():
        units = fleets.estimate(fleets.get_row(fleet), "units")
        if units is not None:
            assert count == units.mid, fleet


def test_every_ship_of_the_caspian_has_a_hull_and_its_sisters_in_one_class(packaged: Corridor) -> None:
    classes = {one.vessel_id: one for one in vessel_classes(packaged)}
    assert classes["kmtf-astana"].ships == 3
    assert (classes["kmtf-astana"].origin, classes["kmtf-astana"].destination) == ("KZAAU", "AZSAN")
    assert {one.kind for one in classes.values()} == {"tanker", "dry_cargo", "feeder", "rail_ferry", "ropax"}
    assert usual_voyage(packaged, "asco-rasul-rza") is None  # it sails the Black Sea
