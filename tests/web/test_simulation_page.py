"""Report and map of a simulation: whole, safe, self-contained, with the figures of the answer."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from simulated import DEFAULTS, corridor, film, result, starving_result
from test_route_page import HOSTILE, LOADING, Page

from transcaspian.errors import InputError
from transcaspian.evidence import load_ledger
from transcaspian.freight.simulation.result_json import simulation_json
from transcaspian.web.simulation_map import render_simulation_map, write_simulation_map
from transcaspian.web.simulation_page import render_simulation_page, write_simulation_pages
from transcaspian.web.simulation_tables import THROUGHPUT, rounded

CLAIMS = ("border:dostyk-alashankou/container_trains_per_day_max/d609",)


@pytest.fixture(scope="module")
def report() -> str:
    return render_simulation_page(
        result(), corridor(), defaults=DEFAULTS, claims=CLAIMS, title="A test", map_page="map.html"
    )


@pytest.fixture(scope="module")
def animated() -> str:
    return render_simulation_map(film(), title="A test", generated_from="tests", report="report.html")


@pytest.fixture(params=["report", "animated"])
def html(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def test_nothing_is_loaded_from_an_outside_address(html):
    claim = load_ledger().get_source(load_ledger().get_claim(CLAIMS[0]).source)
    for tag, attrs in Page(html).tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img", "video", "audio"}
        assert not LOADING & attrs.keys(), (tag, attrs)
        if "href" in attrs:
            assert tag == "a"
            assert attrs["href"] in {"report.html", "map.html", claim.url} or attrs["href"].startswith("#")
    plain = html.replace("http://www.w3.org/2000/svg", "").replace(claim.url, "")
    assert not re.search(r"https?:|\burl\(|@import", plain)


def test_the_report_runs_no_script_and_the_map_only_its_own(report, animated):
    def policy(html):
        return next(a["content"] for _, a in Page(html).tags if a.get("http-equiv") == "Content-Security-Policy")

    assert "script-src 'none'" in policy(report)
    assert "<script" not in report
    assert policy(animated).startswith("default-src 'none'; script-src 'sha256-")
    for html in (report, animated):
        assert not any(name.startswith("on") for _, attrs in Page(html).tags for name in attrs)


def test_ids_are_unique(html):
    ids = Page(html).ids
    assert len(ids) == len(set(ids))


def test_the_throughput_is_that_of_the_answer(report):
    text = "".join(Page(report).text)
    answer = simulation_json(result())["throughput"]
    assert set(answer) == set(THROUGHPUT)
    for name, spread in answer.items():
        assert name in text
        assert rounded(spread["mean"]) in text
        assert f"{rounded(spread['p10'])}–{rounded(spread['p90'])}" in text


def test_every_facility_journey_ship_and_port_has_its_row(report):
    page, answer = Page(report), simulation_json(result())
    text = "".join(page.text)
    for kind in ("facilities", "links", "vessels"):
        assert all(row["id"] in text for row in answer[kind])
    assert f"{len(answer['journeys'])} journeys" in text
    assert f"{len(answer['vessels'])} ships" in text


def test_assumptions_show_range_and_reason_also_those_of_cells(report):
    text = "".join(Page(report).text)
    origin = corridor().provenance.find("commodities", "cotton", "load_t_per_teu")
    assert origin is not None
    assert origin.reason in text
    assert "0.1–0.4" in text
    assert "scatter & <b>" in text
    assert "scatter &amp; &lt;b&gt;" in report


def test_the_claims_are_listed_with_their_publisher(report):
    ledger = load_ledger()
    assert ledger.get_source(ledger.get_claim(CLAIMS[0]).source).publisher in "".join(Page(report).text)


def test_a_starving_system_says_so_at_the_top():
    html = render_simulation_page(starving_result(), corridor(), defaults=(), claims=(), title="A test")
    text = "".join(Page(html).text)
    assert "Demand is above capacity" in text
    assert text.index("Kuryk, rail ferry") < text.index("Throughput of a year")
    assert "Watch one replication" not in text


def test_hostile_words_stay_words():
    port = dict(film().ports[0]) | {"name": HOSTILE}
    ship = dict(film().ships[0]) | {"name": HOSTILE, "kind": HOSTILE}
    hostile = dataclasses.replace(film(), ports=(port, *film().ports[1:]), ships=(ship, *film().ships[1:]))
    for html in (
        render_simulation_map(hostile, title=HOSTILE, generated_from=HOSTILE, report=HOSTILE),
        render_simulation_page(
            result(), corridor(), defaults=[{"name": HOSTILE, "value": HOSTILE, "reason": HOSTILE}], claims=(HOSTILE,),
            title=HOSTILE, map_page=HOSTILE,
        ),
    ):  # fmt: skip
        page = Page(html)
        assert not any(tag == "img" for tag, _ in page.tags)
        assert "alert" not in page.scripts.get("code", "")
        assert sum(tag == "script" for tag, _ in page.tags) in {0, 3}


def test_the_map_carries_the_film_and_stays_small(animated):
    shown = json.loads(Page(animated).scripts["film"])
    assert shown["voyages"]["ship"] == list(film().voyages["ship"])
    assert len(shown["moves"]["path"]) == len(film().moves["path"])
    assert len(animated) < 1_000_000


def test_equal_films_and_results_give_equal_pages(report, animated):
    again = render_simulation_page(
        result(), corridor(), defaults=DEFAULTS, claims=CLAIMS, title="A test", map_page="map.html"
    )
    assert again == report
    assert render_simulation_map(film(), title="A test", generated_from="tests", report="report.html") == animated


def test_both_pages_are_written_into_the_folder(tmp_path):
    report, animated = write_simulation_pages(tmp_path, result(), corridor(), defaults=DEFAULTS, claims=CLAIMS)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["map.html", "report.html"]
    assert "The Caspian crossing, 2024" in report.read_text(encoding="utf-8")
    assert json.loads(Page(animated.read_text(encoding="utf-8")).scripts["film"]) == film().as_json()


def test_a_page_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path):
    with pytest.raises(InputError):
        write_simulation_map(tmp_path / "missing" / "map.html", film(), title="", generated_from="")
    assert list(tmp_path.iterdir()) == []
