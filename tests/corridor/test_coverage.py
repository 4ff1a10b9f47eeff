"""Cells by basis: every non-empty quantity counts once, keys and empty cells never."""

from __future__ import annotations

from pathlib import Path

from transcaspian.corridor.coverage import Cells, coverage, through_links
from transcaspian.testing import tiny_corridor


def test_cells_add_up_over_tables_and_bases(tmp_path: Path) -> None:
    found = coverage(tiny_corridor(tmp_path))
    assert found.all.total == sum(cells.total for cells in found.tables.values())
    for cells in (*found.tables.values(), found.all, found.region):
        assert cells.total == cells.claimed + cells.derived + cells.assumed
    assert found.all.share == 0  # every figure of the tiny corridor is invented


def test_years_are_keys_and_empty_cells_are_no_cells(tmp_path: Path) -> None:
    found = coverage(tiny_corridor(tmp_path))
    assert found.tables["sea_levels"].total == 2  # two levels; their years do not count
    assert found.tables["fleets"].total == 2
    assert found.rows["fleets"] == 2


def test_the_region_begins_behind_china_and_holds_lengths_times_and_capacities(tmp_path: Path) -> None:
    corridor = tiny_corridor(tmp_path)
    found = coverage(corridor)
    # Xi'an is no border station, so the line from there is not in it: seven of eight links are.
    assert found.region_columns["links.length_km"].total == 7
    assert found.region_columns["links.capacity_t_per_day"].total == 4
    assert found.region_columns["operations.time_h"].total == 36
    assert found.region_columns["facilities.capacity_t_per_day"].total == 1
    assert found.region.total == 7 + 7 + 4 + 36 + 1


def test_a_line_from_a_chinese_border_station_belongs_to_the_region(tmp_path: Path) -> None:
    corridor = tiny_corridor(tmp_path, rows={"places": [{"id": "CNXAG", "kind": "border_station"}]})
    assert coverage(corridor).region_columns["links.length_km"].total == 8


def test_the_through_ways_go_over_both_crossings_and_no_road(tmp_path: Path) -> None:
    rows = {"places": [{"id": "CNXAG", "kind": "border_station"}]}
    corridor = tiny_corridor(tmp_path, rows=rows)
    links = list(corridor["links"])
    assert {links[row] for row in through_links(corridor)} == set(links) - {"GETBS-GEPTI.road"}
    found = coverage(corridor)
    # Gauge change and border at Khorgos, two ports with tranship and border each, Alat, Tbilisi, Poti, Xi'an.
    assert found.through_columns["operations.time_h"].total == 1 + 2 + 2 + 1 + 1 + 1 + 2 + 2 + 1 + 1


def test_a_detour_is_not_on_the_through_ways(tmp_path: Path) -> None:
    detour = {
        "id": "AZALA-GETBS.rail_old",
        "from_place": "AZALA",
        "to_place": "GETBS",
        "mode": "rail",
        "gauge_mm": 1520,
    }
    detour |= {"unit_loads": "TEU", "length_km": 700, "speed_km_per_h": 50, "emission_factor": "rail_mixed"}
    rows = {"places": [{"id": "CNXAG", "kind": "border_station"}], "links": [detour]}
    corridor = tiny_corridor(tmp_path, rows=rows)
    assert corridor["links"].get_row("AZALA-GETBS.rail_old") not in through_links(corridor)


def test_without_a_chinese_border_station_there_is_no_through_way(tmp_path: Path) -> None:
    assert coverage(tiny_corridor(tmp_path)).through.total == 0


def test_links_are_counted_by_mode_and_gauge(tmp_path: Path) -> None:
    modes = {"rail_1435": 1, "rail_1520": 4, "road": 1, "sea": 2}
    assert dict(coverage(tiny_corridor(tmp_path)).links_by_mode) == modes


def test_the_share_counts_claimed_and_derived() -> None:
    assert Cells(10, 3, 2, 5).share == 0.5
    assert Cells(0, 0, 0, 0).share == 1
