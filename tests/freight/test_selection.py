"""What is shown of all that is found: different routes, none hopeless, none that turns back."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from transcaspian.freight import CRITERIA, find_alternatives, lower_bound, parse_load
from transcaspian.freight.selection import HOPELESS, WORST_RATIO, arrives_once, crosses_once, most_different


@pytest.fixture(scope="module")
def found(packaged_network):
    loads = parse_load(packaged_network.corridor, "1 FEU")
    return find_alternatives(packaged_network, loads, "CNXAG", "ROCND", count=30)


@pytest.mark.parametrize("by", CRITERIA)
@pytest.mark.parametrize("count", [1, 3, 7])
def test_the_chosen_are_the_best_and_differ(found, by, count):
    column = CRITERIA.index(by)
    chosen = most_different(found, by, count)
    assert len(chosen) == count
    values = [route.values[column] for route in chosen]
    assert values == sorted(values)
    assert values[0] == min(route.values[column] for route in found)
    assert len({route.variant for route in chosen}) == count


def test_more_asked_for_never_loses_a_corridor(found):
    fewer, more = (most_different(found, "time", count) for count in (4, 8))
    assert {route.corridor for route in fewer} <= {route.corridor for route in more}


def test_nothing_shown_is_too_bad_or_beaten_twice_over_in_everything(found):
    best = min(route.value("time") for route in found)
    assert all(route.value("time") <= WORST_RATIO * best for route in found)
    for one, other in permutations(found, 2):
        assert not np.all(HOPELESS * one.values <= other.values)


def test_only_the_best_may_cross_the_caspian_twice_or_enter_its_goal_twice(found):
    assert all(crosses_once(route) and arrives_once(route) for route in found[1:])


def test_the_best_is_shown_even_if_it_enters_its_goal_twice(packaged_network):
    loads = parse_load(packaged_network.corridor, "1 FEU")
    best = find_alternatives(packaged_network, loads, "AZBAK", "RU_SAMARA", by="time")[0]
    assert not arrives_once(best)
    assert best.value("time") == pytest.approx(lower_bound(packaged_network, loads[0], "AZBAK", "RU_SAMARA", by="time"))
