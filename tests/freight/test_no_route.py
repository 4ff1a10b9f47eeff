"""Why there is no route: the reason is named, and it is the right one."""

from __future__ import annotations

import pytest

from transcaspian.corridor import RowChange, build_network
from transcaspian.errors import NoRoute
from transcaspian.freight import find_alternatives, parse_load


def reason(corridor, origin, destination, load="1 FEU"):
    with pytest.raises(NoRoute) as error:
        find_alternatives(build_network(corridor), parse_load(corridor, load), origin, destination)
    (problem,) = error.value.problems
    return problem


def test_a_place_without_a_terminal_is_named(packaged):
    problem = reason(packaged, "KZ_ZHETYGEN", "GEPTI")
    assert "KZ_ZHETYGEN does not handle FEU loads" in problem.what


def test_what_is_closed_is_named_but_not_without_end(packaged):
    shut = packaged.with_changes(
        [RowChange("places", place, "close") for place in packaged["places"] if place.startswith(("AZ", "RU", "IR"))]
    )
    problem = reason(shut, "KZAAU", "GEPTI", "10 wagons")
    assert "closed or avoided" in problem.what
    assert " more)" in problem.what
    assert problem.what.count(",") < 6


def test_where_the_network_ends_is_said(packaged):
    """Wagons do not start in China, and no wagon gets from the Kazakh network to Shanghai."""
    problem = reason(packaged, "KZAAU", "CNXAG", "10 wagons")
    assert "wagon" in problem.what
    assert problem.mend
