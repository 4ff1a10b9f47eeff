"""TNTP files: what is read, what is written, and every problem with its line and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from transcaspian.errors import InputError
from transcaspian.freight.equilibrium import user_equilibrium
from transcaspian.freight.equilibrium.tntp import (
    TntpFlows,
    demand_of,
    network_of,
    read_flows,
    read_net,
    read_trips,
    write_flows,
)

# Braess's network (1968) as a file: 3 of 4 nodes may not be told apart from zones, none is closed.
NET = """<NUMBER OF ZONES> 4
<NUMBER OF NODES> 4
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 5
<ORIGINAL HEADER>~ Init Term Capacity Length FFT B Power Speed Toll Type ;
<END OF METADATA>


~\tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\tlink_type\t;
\t1\t3\t1\t100\t1e-8\t1e9\t1\t0\t0\t1\t;
\t1\t4\t1\t100\t50\t0.02\t1\t0\t0\t1\t;
\t3\t2\t1\t100\t50\t0.02\t1\t0\t0\t1\t;
\t3\t4\t1\t10\t10\t0.1\t1\t0\t7\t1\t;
\t4\t2\t1\t100\t1e-8\t1e9\t1\t0\t0\t1\t;
"""
TRIPS = """<NUMBER OF ZONES> 4
<TOTAL OD FLOW> 6.0
<END OF METADATA>

Origin \t1
    1 :      0.0;     2 :     6.0;

Origin 2
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(read, path: Path) -> list[tuple[str, str]]:  # type: ignore[no-untyped-def]
    """Type and place of every problem; each names the file."""
    with pytest.raises(InputError) as caught:
        read(path)
    found = caught.value.problems
    assert all(problem.where.startswith(str(path)) and problem.what and problem.mend for problem in found)
    return [(one.type, one.where.removeprefix(str(path)).removeprefix(", ")) for one in found]


def test_a_network_and_its_trips_are_read_and_solved(tmp_path: Path) -> None:
    net, trips = read_net(write(tmp_path, "net", NET)), read_trips(write(tmp_path, "trips", TRIPS))
    assert (net.n_zones, net.n_nodes, net.first_thru_node) == (4, 4, 1)
    np.testing.assert_array_equal(net.toll, [0, 0, 0, 7, 0])
    assert trips.notes == ()
    network = network_of(net)
    found = user_equilibrium(network, demand_of(network, trips), gap=1e-12)
    np.testing.assert_allclose(found.flow, [4, 2, 2, 2, 4], atol=1e-6)


def test_tolls_and_distance_are_paid_in_time(tmp_path: Path) -> None:
    net, trips = read_net(write(tmp_path, "net", NET)), read_trips(write(tmp_path, "trips", TRIPS))
    network = network_of(net, toll_factor=2.0, distance_factor=0.1)
    np.testing.assert_allclose(network.fixed, [[10, 10, 10, 15, 10]])
    # The bridge costs 25 + x, 10 + 5 of them fixed beside the others' way: nobody takes it.
    found = user_equilibrium(network, demand_of(network, trips), gap=1e-12)
    assert found.flow[3] < 2.0


def test_zones_below_the_first_through_node_are_closed(tmp_path: Path) -> None:
    net = read_net(write(tmp_path, "net", NET.replace("NODE> 1", "NODE> 4")))
    np.testing.assert_array_equal(network_of(net).no_through, [True, True, True, False])


def test_capacity_does_not_matter_where_the_delay_is_constant(tmp_path: Path) -> None:
    text = NET.replace("\t1\t100\t50\t0.02\t1\t", "\t0\t100\t50\t0\t4\t", 1).replace("10\t10\t0.1\t1", "10\t10\t0.1\t0")
    text = text.replace("\t3\t4\t1\t", "\t3\t4\t0\t")
    delays = network_of(read_net(write(tmp_path, "net", text))).delays
    np.testing.assert_allclose(delays.time(5.0)[[1, 3]], [50.0, 11.0])


def test_flows_come_back_as_they_were_written(tmp_path: Path) -> None:
    flows = TntpFlows(np.array([1, 2]), np.array([2, 1]), np.array([1 / 3, 4e-17]), np.array([np.pi, 0.0]))
    write_flows(tmp_path / "flows.tntp", flows)
    again = read_flows(tmp_path / "flows.tntp")
    for name in ("tail", "head", "volume", "cost"):
        np.testing.assert_array_equal(getattr(again, name), getattr(flows, name))
    assert [path.name for path in tmp_path.iterdir()] == ["flows.tntp"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<NUMBER OF NODES> 4", "<NUMBER OF NODE> 4", [("tntp.metadata", "")]),
        ("<NUMBER OF NODES> 4", "<NUMBER OF NODES> four", [("tntp.metadata", "line 2, <NUMBER OF NODES>")]),
        ("<NUMBER OF ZONES> 4", "<NUMBER OF ZONES> 9", [("tntp.metadata", "<NUMBER OF ZONES>")]),
        ("<END OF METADATA>", "", [("tntp.metadata", "")]),
        ("<NUMBER OF LINKS> 5", "<NUMBER OF LINKS> 6", [("tntp.links", "<NUMBER OF LINKS>")]),
        ("\t3\t4\t1\t10", "\t3\t9\t1\t10", [("tntp.node", "line 13, column term_node")]),
        ("\t3\t4\t1\t10", "\t3.5\t4\t1\t10", [("tntp.node", "line 13, column init_node")]),
        ("\t3\t4\t1\t10", "\t3\t4\t-1\t10", [("tntp.capacity", "line 13, column capacity")]),
        ("\t3\t4\t1\t10", "\t3\t4\t0\t10", [("tntp.capacity", "line 13, column capacity")]),
        ("\t3\t4\t1\t10", "\t3\t4\tx\t10", [("tntp.number", "line 13, column capacity")]),
        ("\t3\t4\t1\t10", "\t3\t4\tinf\t10", [("tntp.number", "line 13, column capacity")]),
        ("\t3\t4\t1\t10", "\t3\t4\t10", [("tntp.row", "line 13")]),
        ("\t10\t10\t0.1\t1\t", "\t-10\t-10\t-0.1\t0.5\t", [
            ("tntp.length", "line 13, column length"), ("tntp.free_flow_time", "line 13, column free_flow_time"),
            ("tntp.b", "line 13, column b"), ("tntp.power", "line 13, column power")]),
        ("\t10\t10\t0.1\t1\t0\t7", "\t10\t10\t0.1\t1\t0\tnan", [("tntp.number", "line 13, column toll")]),
    ],
)  # fmt: skip
def test_every_problem_of_a_network_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, found: list[tuple[str, str]]
) -> None:
    assert old in NET
    assert problems(read_net, write(tmp_path, "bad_net.tntp", NET.replace(old, new))) == found


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<NUMBER OF ZONES> 4", "", [("tntp.metadata", "")]),
        ("2 :     6.0", "9 :     6.0", [("tntp.zone", "line 6, entry 2")]),
        ("2 :     6.0", "2 :    -6.0", [("tntp.trips", "line 6, entry 2")]),
        ("2 :     6.0", "2 :     nan", [("tntp.trips", "line 6, entry 2")]),
        ("2 :     6.0", "2 :     six", [("tntp.number", "line 6, entry 2")]),
        ("2 :     6.0", "2       6.0", [("tntp.row", "line 6, entry 2")]),
        ("2 :     6.0", "1 :     6.0", [("tntp.twice", "line 6, entry 2")]),
        ("Origin \t1", "Origin \tone", [("tntp.zone", "line 5, column Origin")]),
        ("Origin \t1", "", [("tntp.zone", "line 6, entry 1"), ("tntp.zone", "line 6, entry 2")]),
    ],
)  # fmt: skip
def test_every_problem_of_the_trips_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, found: list[tuple[str, str]]
) -> None:
    assert old in TRIPS
    assert problems(read_trips, write(tmp_path, "bad_trips.tntp", TRIPS.replace(old, new))) == found


def test_a_total_unlike_the_sum_is_a_warning(tmp_path: Path) -> None:
    (note,) = read_trips(write(tmp_path, "trips", TRIPS.replace("6.0\n<END", "7.0\n<END"))).notes
    assert (note.type, note.severity) == ("tntp.total", "warning")


def test_many_problems_of_one_kind_are_counted_not_listed(tmp_path: Path) -> None:
    rows = "\t1\t2\t-1\t1\t1\t1\t4\t0\t0\t1\t;\n" * 40
    text = NET[: NET.index("~\tinit")].replace("LINKS> 5", "LINKS> 40") + rows
    found = problems(read_net, write(tmp_path, "net", text))
    assert len(found) == 26
    with pytest.raises(InputError, match="15 more of this kind"):
        read_net(tmp_path / "net")


def test_files_that_are_not_there_or_no_flows_are_said(tmp_path: Path) -> None:
    for read in (read_net, read_trips, read_flows):
        assert problems(read, tmp_path / "nowhere.tntp") == [("tntp.file", "")]
    text = "From To Volume Cost\n1 2 x 3\n"
    assert problems(read_flows, write(tmp_path, "flows", text)) == [("tntp.number", "line 2, column Volume")]


@pytest.mark.parametrize(("factor", "kind"), [(float("nan"), "tntp.factor"), (-10.0, "tntp.cost")])
def test_factors_that_make_no_cost_are_refused(tmp_path: Path, factor: float, kind: str) -> None:
    net = read_net(write(tmp_path, "net", NET))
    with pytest.raises(InputError) as caught:
        network_of(net, toll_factor=factor)
    assert {problem.type for problem in caught.value.problems} == {kind}


def test_trips_between_zones_the_network_lacks_are_refused(tmp_path: Path) -> None:
    net = read_net(write(tmp_path, "net", NET))
    trips = read_trips(write(tmp_path, "trips", TRIPS.replace("ZONES> 4", "ZONES> 9").replace("2 :  ", "8 :  ")))
    with pytest.raises(InputError) as caught:
        demand_of(network_of(net), trips)
    assert [(problem.type, problem.where) for problem in caught.value.problems] == [("tntp.zone", "zone 8")]
