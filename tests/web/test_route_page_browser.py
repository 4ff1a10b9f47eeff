"""What a person does with the page: open it, choose a route, read its legs and sources, zoom, print."""

import os
import shutil

import pytest
from invented_shipments import CLAIMS, PLACES, shipments

from transcaspian.web import render_page

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = [
    pytest.mark.browser,
    # In CI a missing browser is a failure of the set-up, not a reason to look away.
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "CI needs chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, tmp_path):
    """Opens the page from a file; afterwards no error stands in the console and nothing was fetched."""
    file = tmp_path / "routes.html"
    file.write_text(
        render_page(
            shipments(), PLACES, CLAIMS, title="Invented shipments", subtitle="A test page.", generated_from="tests"
        ),
        encoding="utf-8",
    )
    troubles, requests, contexts = [], [], []

    def open_page(width=1400, height=900, scheme="light", fragment=""):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(file.as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []
    assert {url.partition("#")[0] for url in requests} == {file.as_uri()}


def picture(page, tmp_path, name):
    file = tmp_path / name
    page.screenshot(path=file, full_page=True)
    assert file.stat().st_size > 20_000


def visible_alternatives(page):
    return page.eval_on_selector_all("section.alternative", "all => all.filter(e => e.offsetParent).map(e => e.id)")


def test_a_forwarder_chooses_an_alternative_and_sees_its_legs(open_page, tmp_path):
    page = open_page()
    assert visible_alternatives(page) == ["shipment-1-alternative-1"]
    page.click("text=Middle by Kuryk, Alat and Baku–Tbilisi–Kars >> visible=true")
    assert visible_alternatives(page) == ["shipment-1-alternative-2"]
    section = page.locator("#shipment-1-alternative-2")
    assert section.locator("table.legs tbody tr").count() == len(shipments()[0]["alternatives"][1]["legs"])
    assert section.locator("table.legs").is_visible()
    assert page.locator(".route.chosen").get_attribute("data-id") == "shipment-1-alternative-2"
    page.click("[data-map=route]")
    assert "Akhalkalaki" in page.locator(".names").text_content()
    picture(page, tmp_path, "alternative.png")


def test_the_map_zooms_by_button_wheel_and_key_and_comes_back(open_page, tmp_path):
    page = open_page()

    def zoom():
        return float(page.locator("g.world").get_attribute("transform").split("scale(")[1].rstrip(")"))

    start = zoom()
    page.click("[data-map=in]")
    assert zoom() > start
    by_button = zoom()
    page.locator("#map-drawing").click(position={"x": 700, "y": 330})
    page.mouse.wheel(0, -300)
    page.wait_for_function(
        f"() => +document.querySelector('g.world').getAttribute('transform').match(/scale\\((.*)\\)/)[1] > {by_button}"
    )
    by_wheel = zoom()
    page.locator("#map-drawing").press("-")
    assert zoom() < by_wheel
    page.click("[data-map=fit]")
    assert zoom() == pytest.approx(start, rel=1e-3)
    picture(page, tmp_path, "map.png")


def test_the_wheel_belongs_to_the_page_until_the_map_is_clicked(open_page):
    page = open_page()
    before = page.locator("g.world").get_attribute("transform")
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY > 100")
    assert page.locator("g.world").get_attribute("transform") == before


def test_a_counter_opens_the_list_of_its_claims(open_page):
    page = open_page()
    counter = page.locator("#shipment-1-alternative-1-leg-4 a.counter")
    assert counter.text_content() == "2"
    counter.click()
    dialog = page.locator("#claims-dialog")
    assert dialog.locator("li").count() == 2
    assert "Invented Railway" in dialog.text_content()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_all_of_it_works_from_the_keyboard(open_page):
    page = open_page()
    page.locator("#tab-1").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#shipment-2").is_visible()
    assert not page.locator("#shipment-1").is_visible()
    page.locator("#shipment-2 .choose").nth(1).press("Enter")
    assert visible_alternatives(page) == ["shipment-2-alternative-2"]
    leg = page.locator(".hit[tabindex]")
    assert leg.count() == 1
    page.locator("[data-map=fit]").focus()
    page.keyboard.press("Shift+Tab")
    leg.focus()
    assert "Pipeline" in page.locator(".map-tip").text_content()


def test_pointing_at_a_leg_tells_its_figures(open_page):
    page = open_page(fragment="#show=shipment-2-alternative-1")
    x, y = page.eval_on_selector(
        ".hit[tabindex]",
        "line => { const p = line.getPointAtLength(line.getTotalLength() / 3).matrixTransform(line.getScreenCTM()); "
        "return [p.x, p.y]; }",
    )
    page.mouse.move(x, y)
    tip = page.locator(".map-tip")
    assert tip.is_visible()
    assert "26 h [21–42]" in tip.text_content()
    assert page.locator("#shipment-2-alternative-1-leg-2.lit").count() == 1


def test_the_address_keeps_what_is_shown(open_page):
    page = open_page(fragment="#show=shipment-1-alternative-3")
    assert visible_alternatives(page) == ["shipment-1-alternative-3"]
    page.locator("#shipment-1 .choose").nth(3).click()
    assert page.url.endswith("#show=shipment-1-alternative-4")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_all_without_scrolling_sideways(open_page, tmp_path, scheme):
    page = open_page(width=390, height=844, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#shipment-1 .choose").nth(3).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    names = page.locator(".names").text_content()
    assert "Xi'an" in names
    assert "Constanța" in names
    picture(page, tmp_path, f"phone-{scheme}.png")


def test_names_on_the_map_do_not_lie_on_each_other(open_page):
    page = open_page()
    page.click("[data-map=route]")
    boxes = page.eval_on_selector_all(
        ".names text",
        "all => all.map(e => { const b = e.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; })",
    )
    assert len(boxes) > 15
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            assert width < 4 or height < 4


def test_paper_shows_every_alternative_of_the_shipment_in_view(open_page, tmp_path):
    page = open_page()
    page.emulate_media(media="print")
    assert len(visible_alternatives(page)) == 4
    assert not page.locator(".map-buttons").is_visible()
    file = tmp_path / "routes.pdf"
    page.pdf(path=file, format="A4", print_background=True)
    assert file.read_bytes().startswith(b"%PDF")
