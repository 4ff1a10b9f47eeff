"""The contract of the JSON, built without a command."""

from __future__ import annotations

import json

from transcaspian.corridor import Corridor
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea import berth_depths, sea_level, units_aboard, voyage_payload
from transcaspian.corridor.sea.sea_json import model_defaults, payload_json, sea_json


def test_a_port_tells_its_deepest_berth_of_each_kind(packaged: Corridor) -> None:
    level = sea_level(packaged, level_m_bs=-29.28)
    body = sea_json(packaged, level, berth_depths(packaged, level.level_m_bs), ())
    aktau = next(port for port in body["ports"] if port["id"] == "KZAAU")
    assert set(aktau["permitted_draught_m"]) == {"oil_berth", "dry_berth", "container_berth", "ferry_berth"}
    dry = [berth["permitted_draught_m"]["mid"] for berth in aktau["berths"] if berth["kind"] == "dry_berth"]
    assert aktau["permitted_draught_m"]["dry_berth"]["mid"] == max(dry)
    assert len(body["season_m"]) == 12


def test_a_payload_that_may_be_nothing_has_no_cost_per_tonne(packaged: Corridor) -> None:
    level = sea_level(packaged, level_m_bs=-33.4)
    found = voyage_payload(packaged, "kmtf-astana", "KZAAU", "AZSAN", exact(-33.4))
    body = payload_json(packaged, level, found, units_aboard(packaged, "kmtf-astana", found.payload_t))
    assert found.payload_t.low == 0
    assert body["cost_per_t_factor"] is None
    json.dumps(body, allow_nan=False)


def test_assumptions_outside_the_tables_are_told_with_their_ranges() -> None:
    for row in model_defaults():
        assert row["low"] < row["value"] < row["high"]
        assert row["reason"]
