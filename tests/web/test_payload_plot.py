"""The charts of payload against level: one for each class, whole, and without anything to fetch."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea import sea_level, vessel_classes, voyage_payload
from transcaspian.web.payload_plot import payload_svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return load_corridor()


def test_every_class_has_a_chart_and_the_asked_voyage_comes_first(corridor: Corridor) -> None:
    asked = voyage_payload(corridor, "asco-lachin", "KZAAU", "RUMCX", exact(-29.28))
    image = ET.fromstring(payload_svg(corridor, sea_level(corridor, level_m_bs=-29.28), asked))
    charts = image.findall(f"{SVG}g")
    assert len(charts) == 1 + len(vessel_classes(corridor))
    words = [text.text for text in charts[0].iter(f"{SVG}text")]
    assert words[:2] == ["Lachin", "tanker, Aktau → Makhachkala"]


def test_the_line_never_rises_as_the_sea_falls(corridor: Corridor) -> None:
    image = ET.fromstring(payload_svg(corridor, sea_level(corridor)))
    for chart in image.findall(f"{SVG}g"):
        heights = []
        for line in chart.findall(f"{SVG}polyline"):
            points = [point.split(",") for point in line.attrib["points"].split()]
            heights += [float(y) for _, y in points]
        assert heights == sorted(heights)  # y grows downwards
        assert len(heights) > 60


def test_it_fetches_nothing_and_escapes_names(corridor: Corridor) -> None:
    text = payload_svg(corridor, sea_level(corridor))
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in text
