"""The oil pictures: what they show stands in them, to scale, and they fetch nothing."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from transcaspian.web.oil_caps import caps_svg
from transcaspian.web.oil_draw import nice_top
from transcaspian.web.oil_page import oil_page
from transcaspian.web.oil_sankey import HOME, sankey_svg
from transcaspian.web.oil_stock import stock_svg

RESULT: dict[str, Any] = {
    "period": {"from": "2024-01-01", "until": "2024-02-01", "step": "day"},
    "totals": {"production_mt": 7.0, "exports_mt": 5.5, "shut_in_mt": 0.5, "rerouted_mt": 0.1, "cost_usd": 3e8},
    "fields": [
        {"id": "field.tengiz", "production_mt": 5.0, "shut_in_mt": 0.4, "first_cut_date": "2024-01-05"},
        {"id": "field.<b>", "production_mt": 2.0, "shut_in_mt": 0.1, "first_cut_date": None},
    ],
    "routes": [
        {"id": "cpc", "mt": 5.0, "baseline_mt": 5.5, "change_mt": -0.5},
        {"id": "samara", "mt": 0.5, "baseline_mt": 0.4, "change_mt": 0.1},
    ],
    "netbacks": [
        {"id": "field.tengiz|cpc", "field": "field.tengiz", "mt": 5.0, "usd_per_t": 580.0},
        {"id": "field.<b>|samara", "field": "field.<b>", "mt": 0.5, "usd_per_t": 570.0},
    ],
    "binding": [{"id": "cpc.moorings", "limit": "mooring_loading", "dual_usd_per_t": 500.0, "days": 9.0}],
}
HEADER = ["date", "group", "id", "kt", "baseline_kt"]
ROWS = [
    row
    for day in range(1, 6)
    for row in (
        [f"2024-01-0{day}", "stock", "cpc.storage", f"{400 + 100 * day}", "400"],
        [f"2024-01-0{day}", "production", "field.tengiz", "60" if day == 3 else "80", "80"],
    )
]
TARGET: dict[str, Any] = {
    "route": "aktau-btc", "year": 2027, "asked_mt": 7.0, "reached": False, "volume_mt": 1.9,
    "caps": [
        {"id": "ships", "cap_mt": 2.8, "to_add": 9.0, "unit": "ships", "binds": True,
         "to_add_range": {"low": 6.0, "mid": 9.0, "high": 14.0}},
        {"id": "btc.pipe", "cap_mt": 50.0, "to_add": 0.0, "unit": "Mt/yr", "binds": False,
         "to_add_range": {"low": 0.0, "mid": 0.0, "high": 0.0}},
    ],
}  # fmt: skip
PICTURES = {
    "sankey": sankey_svg(RESULT),
    "stock": stock_svg(HEADER, ROWS),
    "caps": caps_svg(TARGET),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_sound_and_fetches_nothing(name: str) -> None:
    image = ElementTree.fromstring(PICTURES[name])
    assert image.find("{http://www.w3.org/2000/svg}title") is not None
    assert not re.search(r"<script|href=|url\(|@import", PICTURES[name])
    assert "nan" not in PICTURES[name]


def test_bands_of_the_sankey_are_as_thick_as_their_flows() -> None:
    heights = {
        words: float(height)
        for height, words in re.findall(r'height="([\d.]+)" fill="#4a5568"/>\n<text[^>]*>(\w+)', PICTURES["sankey"])
    }
    assert heights["cpc"] / heights["samara"] == pytest.approx(10.0, rel=0.02)
    assert HOME in PICTURES["sankey"]  # what went by no route
    assert "field.&lt;b&gt;" in PICTURES["sankey"] or "&lt;b&gt;" in PICTURES["sankey"]
    assert "(-0.50)" in PICTURES["sankey"]


def test_the_stock_picture_sums_what_is_shut_in() -> None:
    assert "tengiz  20 kt" in PICTURES["stock"]
    calm = [row if row[1] == "stock" else [*row[:3], "80", "80"] for row in ROWS]
    assert "nothing is shut in" in stock_svg(HEADER, calm)


def test_the_ladder_says_what_must_be_added_and_marks_what_is_asked() -> None:
    assert "add 9 (6–14) ships" in PICTURES["caps"]
    assert "7 Mt" in PICTURES["caps"]
    assert "50.00 →" in PICTURES["caps"]


def test_the_page_holds_figures_and_pictures() -> None:
    page = oil_page(RESULT, list(PICTURES.values()))
    assert page.count("<svg") == 3
    assert "mooring loading" in page
    assert "300.0" in page


@pytest.mark.parametrize(
    ("value", "top"), [(0.0, 1.0), (0.7, 1.0), (1.0, 1.0), (11.2, 20.0), (230.0, 250.0), (999.0, 1000.0)]
)
def test_scales_end_at_round_numbers(value: float, top: float) -> None:
    assert nice_top(value) == pytest.approx(top)
