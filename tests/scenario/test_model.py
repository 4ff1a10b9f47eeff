import math
import pickle

import pytest

from transcaspian.scenario import Change, Scenario

STORM = Change("KZAAU", set={"latitude_deg": 43}, claims=("port:aktau/closed_days/1a2b",))


def test_a_change_keeps_its_own_copy_of_what_it_was_given():
    values = {"level_m_bs": -30.1}
    change = Change("sea", set=values)
    values["level_m_bs"] = 0.0
    assert dict(change.set) == {"level_m_bs": -30.1}
    with pytest.raises(TypeError):
        change.set["level_m_bs"] = 0.0  # type: ignore[index]


def test_whole_numbers_are_quantities_too():
    value = STORM.set["latitude_deg"]
    assert value == 43.0
    assert isinstance(value, float)
    assert Change("service", set={"both_ways": True}).set["both_ways"] is True


def test_a_number_beyond_all_floats_becomes_infinite_with_its_sign():
    assert Change("sea", add={"level_m_bs": -(10**400)}).add["level_m_bs"] == -math.inf


def test_a_scenario_travels_to_a_worker_and_stays_the_same():
    scenario = Scenario("storm", 2024, changes=(STORM,))
    copy = pickle.loads(pickle.dumps(scenario))
    assert copy == scenario
    assert hash(copy) == hash(scenario)


def test_the_file_a_scenario_came_from_makes_it_no_other_scenario():
    assert Scenario("storm", 2024, source="a.toml", lines=({"": 1},)) == Scenario("storm", 2024, source="b.toml")


def test_a_change_that_only_names_its_target_is_empty():
    assert Change("KZAAU", claims=("a/b/c",)).empty
    assert not Change("KZAAU", close=True).empty
