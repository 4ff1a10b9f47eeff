"""The page is whole, safe and self-contained; drawn from invented shipments."""

import copy
import json
import re
from html.parser import HTMLParser

import pytest
from invented_shipments import CLAIMS, PLACES, shipments

from transcaspian.web import render_page

TEXTS = {"title": "Invented shipments", "subtitle": "A test page.", "generated_from": "invented figures"}
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u2028"
LOADING = {"src", "srcset", "data", "poster", "action", "formaction", "background", "ping", "xlink:href"}


class Page(HTMLParser):
    """Collects tags, ids and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self.text: list[str] = []
        self._script: str | None = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._script = dict(attrs).get("id") or "code" if tag == "script" else None

    def handle_endtag(self, tag):
        if tag == "script":
            self._script = None

    def handle_data(self, data):
        if self._script:
            self.scripts[self._script] = self.scripts.get(self._script, "") + data
        else:
            self.text.append(data)

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]


@pytest.fixture(scope="module")
def html() -> str:
    return render_page(shipments(), PLACES, CLAIMS, **TEXTS)


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def test_nothing_is_loaded_from_an_outside_address(html, page):
    for tag, attrs in page.tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img", "video", "audio"}
        assert not LOADING & attrs.keys(), (tag, attrs)
        if "href" in attrs:
            assert tag == "a"
            assert attrs["href"].startswith(("#", "https://example.org/claims/"))
    without_sources = re.sub(r'<a href="https://example\.org/claims/\d+"', "", html)
    assert not re.search(r"https?:|\burl\(|@import|//[a-z0-9-]+\.[a-z]", without_sources)


def test_the_content_policy_forbids_all_loading_and_every_script_but_ours(page):
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)


def test_every_alternative_and_every_leg_has_its_place_on_the_page(page):
    text = "".join(page.text)
    for s, shipment in enumerate(shipments(), start=1):
        assert shipment["question"] in text
        for a, alternative in enumerate(shipment["alternatives"], start=1):
            assert f"shipment-{s}-alternative-{a}" in page.ids
            assert alternative["label"] in text
            for n, leg in enumerate(alternative["legs"], start=1):
                assert f"shipment-{s}-alternative-{a}-leg-{n}" in page.ids
                assert PLACES[leg["from"]]["name"] in text


def test_the_map_draws_every_move_and_no_operation(page):
    drawn = json.loads(page.scripts["routes"])
    for given, shown in zip(shipments(), drawn["shipments"], strict=True):
        for alternative, routes in zip(given["alternatives"], shown["alternatives"], strict=True):
            for leg, line in zip(alternative["legs"], routes["legs"], strict=True):
                assert line["path"] == (leg["path"] if leg["kind"] == "move" else [])
                assert line["tip"]
    assert set(drawn["places"]) <= set(PLACES)


def test_every_cited_claim_stands_once_in_the_list_of_sources_and_every_counter_points_into_it(page):
    cited = {c for s in shipments() for a in s["alternatives"] for c in a["claims"]}
    listed = [each for each in page.ids if re.fullmatch(r"claim-\d+", each)]
    assert len(listed) == len(set(listed)) == len(cited)
    for _, attrs in page.tags:
        for number in (attrs.get("data-claims") or "").split():
            assert f"claim-{number}" in listed


def test_ids_are_unique(page):
    assert len(page.ids) == len(set(page.ids))


def test_the_same_input_gives_the_same_bytes(html):
    assert render_page(copy.deepcopy(shipments()), dict(PLACES), dict(CLAIMS), **TEXTS) == html


def test_hostile_names_stay_text():
    bad_shipments, bad_places, bad_claims = shipments(), copy.deepcopy(PLACES), copy.deepcopy(CLAIMS)
    for place in bad_places.values():
        place["name"] = place["kind"] = HOSTILE
    for claim in bad_claims.values():
        claim.update(
            text=HOSTILE, publisher=HOSTILE, date=HOSTILE, unit=HOSTILE, period=HOSTILE, url="javascript:" + HOSTILE
        )
    for shipment in bad_shipments:
        shipment.update(id=HOSTILE, title=HOSTILE, question=HOSTILE, load=HOSTILE)
        for alternative in shipment["alternatives"]:
            alternative.update(label=HOSTILE, corridor=HOSTILE)
            alternative["assumptions"][0].update(cell=HOSTILE, reason=HOSTILE)
            alternative["borders"][0].update(from_country=HOSTILE, place=HOSTILE)
            for leg in alternative["legs"]:
                leg["operator"] = HOSTILE
                leg["mode"] = leg["mode"] and HOSTILE
                leg["operation"] = leg["operation"] and HOSTILE
    page = Page(
        render_page(bad_shipments, bad_places, bad_claims, title=HOSTILE, subtitle=HOSTILE, generated_from=HOSTILE)
    )
    assert sum(tag == "script" for tag, _ in page.tags) == 3
    for tag, attrs in page.tags:
        assert tag != "img"
        assert not any(name.startswith("on") for name in attrs)
        assert not (attrs.get("href") or "").startswith("javascript")
    assert json.loads(page.scripts["routes"])["shipments"][0]["alternatives"][0]["label"] == HOSTILE
    assert HOSTILE in page.text


def test_a_claim_that_is_missing_from_the_table_is_named_and_said_to_be_missing():
    text = "".join(Page(render_page(shipments(), PLACES, {}, **TEXTS)).text)
    assert "invented:10/transit_time/000a (not in the table of sources)" in text


def test_a_shipment_without_a_route_says_so():
    nothing = {**shipments()[0], "alternatives": []}
    assert "No route was found" in render_page([nothing], PLACES, CLAIMS, **TEXTS)


def test_a_single_alternative_wins_no_title():
    only = {**shipments()[0], "alternatives": shipments()[0]["alternatives"][:1]}
    text = "".join(Page(render_page([only], PLACES, CLAIMS, **TEXTS)).text)
    assert "One way to carry 2 FEU" in text
    assert "steadiest" not in text


def test_figures_that_are_not_known_show_a_dash():
    [shipment, *_] = shipments()
    leg = shipment["alternatives"][0]["legs"][0]
    leg.update(time_h=None, cost_usd=None, co2_kg=None, distance_km=None, operator=None)
    row = (
        render_page([shipment], PLACES, CLAIMS, **TEXTS)
        .split('id="shipment-1-alternative-1-leg-1"')[1]
        .split("</tr>")[0]
    )
    assert row.count("–") == 5


def test_a_gauge_change_names_both_gauges(page):
    text = "".join(page.text)
    assert "Altynkol: 1435 → 1520 mm" in text
    assert "Akhalkalaki: 1520 → 1435 mm" in text
    assert "Małaszewicze: 1520 → 1435 mm" in text


def test_the_base_map_shows_the_caspian_as_water_and_absheron_as_land(page):
    topology = json.loads(page.scripts["basemap"])
    scale = topology["transform"]["scale"][0]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arcs.append([(x := x + dx, y := y + dy) for dx, dy in steps])

    def country_at(lon: float, lat: float) -> str | None:
        for country in topology["objects"]["countries"]["geometries"]:
            crossings = 0
            for ring in (ring for polygon in country["arcs"] for ring in polygon):
                points = [p for n in ring for p in (arcs[n] if n >= 0 else arcs[~n][::-1])]
                for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
                    if (y0 > lat / scale) != (y1 > lat / scale):
                        crossings += lon / scale < (x1 - x0) * (lat / scale - y0) / (y1 - y0) + x0
            if crossings % 2:
                return country["properties"]["name"]
        return None

    assert country_at(50.9, 41.6) is None  # the middle of the Caspian
    assert country_at(53.3, 41.3) is None  # Kara-Bogaz-Gol
    assert country_at(49.4, 40.9) is None  # north of Absheron
    assert country_at(50.1, 40.45) == "Azerbaijan"  # on Absheron
    assert country_at(52.0, 43.8) == "Kazakhstan"
    assert country_at(63.3, 45.8) == "Kazakhstan"  # Baikonur
    assert country_at(30.0, 36.9) == "Türkiye"
    assert country_at(34.3, 45.2) == "Ukraine"
    assert country_at(34.3, 43.2) is None  # the Black Sea


def test_the_page_stays_small(html, page):
    assert len(page.scripts["basemap"].encode()) < 600_000
    assert len(html.encode()) < 1_000_000
