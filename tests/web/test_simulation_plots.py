"""The pictures of a simulation show its figures, fetch nothing, and say what starves."""

from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ET

import pytest
from simulated import corridor, result, starving_result

from transcaspian.freight.simulation.bands import journey_spreads, ship_queues, utilisation_bands
from transcaspian.freight.simulation.result_json import simulation_json
from transcaspian.web import svg
from transcaspian.web.figures import days_text
from transcaspian.web.journey_plots import journeys_svg
from transcaspian.web.queue_plots import queue_groups, queues_svg
from transcaspian.web.utilisation_plot import utilisation_svg

NAME = "{http://www.w3.org/2000/svg}"
PICTURES = (queues_svg, journeys_svg, utilisation_svg)


def words_of(image: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(image).iter(f"{NAME}text")]


@pytest.mark.parametrize("draw", PICTURES)
@pytest.mark.parametrize("width", [1120, 362])
def test_a_picture_is_whole_and_fetches_nothing(draw, width):
    image = draw(result(), corridor(), width=width)
    assert float(ET.fromstring(image).attrib["width"]) == width
    assert "http" not in image.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in image
    assert "nan" not in image.lower().replace("finance", "")


@pytest.mark.parametrize("draw", PICTURES)
def test_equal_results_give_equal_pictures(draw):
    assert draw(result(), corridor()) == draw(result(), corridor())


def test_every_queue_that_formed_has_a_chart_or_is_named_below():
    [group] = [group for group in queue_groups(result(), corridor()) if group.title == "Ships waiting for a berth"]
    told = "".join(group.charts) + group.note
    for queue in ship_queues(result(), corridor()):
        assert queue.title in told


def test_a_chart_tells_the_mean_of_its_queue():
    queue = ship_queues(result(), corridor())[0]
    column = result().plan.berth_ids.index(queue.id)
    mean = result().arrays["queue_ships"][:, :, column].mean()
    chart = next(
        chart for group in queue_groups(result(), corridor()) for chart in group.charts if queue.title in chart
    )
    told = float(re.search(r"mean ([\d.]+)", chart).group(1))  # type: ignore[union-attr]
    assert told == pytest.approx(mean, rel=0.03)


def test_a_closed_port_is_marked_below_its_charts():
    [chart] = [
        chart
        for group in queue_groups(result(), corridor())
        for chart in group.charts
        if "Aktau → Alat" in chart and "feeder" in chart
    ]
    assert f'fill="{svg.ORANGE}"' in chart


def test_one_replication_has_no_shade():
    alone = dataclasses.replace(result(), arrays={name: array[:1] for name, array in result().arrays.items()})
    assert 'fill-opacity="0.2"' in queues_svg(result(), corridor())
    image = queues_svg(alone, corridor())
    assert f'fill="{svg.BLUE}" fill-opacity="0.2"' not in image
    assert "one replication" in image


def test_ridges_tell_the_quantiles_of_the_answer():
    answers = {
        (row["origin"], row["destination"], row["commodity"]): row for row in simulation_json(result())["journeys"]
    }
    words = words_of(journeys_svg(result(), corridor()))
    row = answers["KZAAU", "AZSAN", "crude"]["time_h"]
    told = f"{days_text(row['p50'])} [{days_text(row['p10'])}–{days_text(row['p90'])}] d"
    assert words[words.index("Aktau → Sangachal") + 2] == told


def test_the_bar_of_causes_is_as_long_as_the_mean_time():
    image = ET.fromstring(journeys_svg(result(), corridor()))
    lengths = [float(box.attrib["width"]) for box in image.iter(f"{NAME}rect") if box.find(f"{NAME}title") is not None]
    spreads = journey_spreads(result(), corridor())
    for spread in spreads:
        assert sum(hours for _, hours in spread.by_cause_h) == pytest.approx(spread.mean_h, rel=1e-6)
    # The axis ends at 20 or 40 days; pieces shorter than a third of a pixel are not drawn.
    per_hour = sum(lengths) / sum(spread.mean_h for spread in spreads)
    assert max(spread.mean_h for spread in spreads) * per_hour < 330
    assert len(lengths) >= 3 * len(spreads)


def test_bars_of_utilisation_tell_the_figures_of_the_answer_in_order():
    answer = simulation_json(result())
    busy = {row["id"]: row["utilisation"] for row in (*answer["facilities"], *answer["links"])}
    image = ET.fromstring(utilisation_svg(result(), corridor()))
    tips = [tip.text for tip in image.iter(f"{NAME}title")][1:]
    shares = []
    for tip in tips:
        facility, share = re.match(r"(\S+): (\d+) %", tip).groups()  # type: ignore[union-attr]
        assert float(share) == pytest.approx(100 * busy[facility], abs=0.51)
        shares.append(int(share))
    assert shares == sorted(shares, reverse=True)
    assert len(tips) == 24


def test_a_queue_that_grows_without_end_is_marked_and_its_wait_is_not_told():
    bands = {band.id: band for band in utilisation_bands(starving_result(), corridor())}
    assert bands["KZKUR.rail_ferry"].starving
    words = words_of(utilisation_svg(starving_result(), corridor(), most=100))
    at = words.index("Kuryk, rail ferry")
    assert words[at + 3] == "▲ queue grows"
    assert words[at + 2] == "+7 a week"
    assert "▲ grows without end, to 125" in queues_svg(starving_result(), corridor())
    assert "▲" not in queues_svg(result(), corridor())


def test_words_are_escaped_and_cut_to_their_room():
    assert (
        svg.text(0, 0, "<b>&") == '<text x="0.0" y="0.0" font-size="11" fill="var(--ink,#1e2a33)">&lt;b&gt;&amp;</text>'
    )
    assert "&lt;i&gt;" in svg.picture([], width=1, height=1, title="<i>")
    assert svg.shortened("Absheron terminal", 60).endswith("…")
    assert svg.shortened("Alat", 60) == "Alat"


def test_level_stretches_are_drawn_with_their_ends_only():
    assert svg.path([(0, 1), (1, 1), (2, 1), (3, 2)]).count("L") == 2
