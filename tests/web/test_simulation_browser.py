"""What a person does with the animated map: play, pause, drag the clock, zoom, use keys, turn the phone."""

import os
import shutil

import pytest
from simulated import DEFAULTS, SINCE, corridor, film, result

from transcaspian.web.simulation_map import render_simulation_map
from transcaspian.web.simulation_page import render_simulation_page

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
HOUR = "document.getElementById('clock').dateTime"
INK = "document.getElementById('moving').toDataURL()"

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


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    pages = {
        "map.html": render_simulation_map(film(), title="A test", generated_from="tests", report="report.html"),
        "report.html": render_simulation_page(
            result(), corridor(), defaults=DEFAULTS, claims=(), title="A test", map_page="map.html"
        ),
    }
    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8")
    return folder


@pytest.fixture
def open_page(browser, folder):
    """Opens a page from its file; afterwards no error stands in the console and nothing else was fetched."""
    troubles, requests, contexts = [], [], []

    def open_page(name="map.html", width=1400, height=900, scheme="light", fragment="", motion="no-preference"):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion=motion
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto((folder / name).as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []
    ours = {(folder / name).as_uri() for name in ("map.html", "report.html")}
    assert {url.partition("#")[0] for url in requests} <= ours


def picture(page, tmp_path, name):
    file = tmp_path / name
    page.screenshot(path=file, full_page=True)
    assert file.stat().st_size > 20_000


def test_the_clock_stands_until_it_is_started_and_stops_when_it_is_paused(open_page, tmp_path):
    page = open_page()
    assert page.evaluate(HOUR) == f"{SINCE}T00:00Z"
    play = page.locator("#play")
    assert (play.text_content(), play.get_attribute("aria-pressed")) == ("Play", "false")
    before = page.evaluate(INK)
    play.click()
    assert (play.text_content(), play.get_attribute("aria-pressed")) == ("Pause", "true")
    page.wait_for_function(f"() => {HOUR} > '{SINCE}T05:00Z'")
    play.click()
    stopped = page.evaluate(HOUR)
    assert page.evaluate(INK) != before
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(HOUR) == stopped
    picture(page, tmp_path, "map.png")


def test_a_higher_speed_passes_more_hours(open_page):
    page = open_page()
    page.select_option("#speed", "168")
    page.click("#play")
    page.wait_for_function(f"() => {HOUR} > '2024-07-31'")
    page.click("#play")
    assert int(page.input_value("#time")) > 100


def test_dragging_the_clock_shows_ships_ports_and_what_waits_on_that_day(open_page):
    page = open_page()
    day = 70
    page.locator("#time").fill(str(24 * day + 6))
    assert page.evaluate(HOUR) == "2024-10-04T06:00Z"
    shown = film().voyages
    now = (24 * day + 6) * 10
    under_way = sum(
        departs <= now < departs + lasts for departs, lasts in zip(shown["departs"], shown["lasts"], strict=True)
    )
    assert page.text_content("#counts").startswith(f"{under_way} ships at sea")
    assert "Aktau" in page.text_content("#counts").partition("shut:")[2]  # the closure that was asked for
    row = page.locator("table.ports tbody tr", has_text="Aktau").first
    assert row.locator("em").is_visible()
    column = [film().ports[int(queue["port"])]["id"] for queue in film().cargo_queues]
    containers = sum(
        queue["by_day"][day]
        for queue, port in zip(film().cargo_queues, column, strict=True)
        if port == "KZAAU" and queue["unit"] == "containers"
    )
    shown_containers = row.locator('[data-unit="containers"] span').text_content()
    assert shown_containers.replace("\u202f", "") == str(containers)


def test_steps_of_a_day_go_forth_and_back_and_never_leave_the_run(open_page):
    page = open_page()
    page.click("#on")
    page.click("#on")
    assert page.input_value("#time") == "48"
    page.click("#back")
    assert page.input_value("#time") == "24"
    for _ in range(3):
        page.click("#back")
    assert page.input_value("#time") == "0"
    page.locator("#time").fill(page.get_attribute("#time", "max"))
    page.click("#on")
    assert page.evaluate(HOUR) == "2024-11-28T23:00Z"


def test_after_the_end_it_plays_again_from_the_beginning(open_page):
    page = open_page()
    page.locator("#time").fill(page.get_attribute("#time", "max"))
    page.click("#play")
    page.wait_for_function(f"() => {HOUR} < '2024-08-01'")


def test_the_keyboard_is_enough(open_page):
    page = open_page()
    page.locator("#time").focus()
    page.keyboard.press("ArrowRight")
    assert page.input_value("#time") == "1"
    assert page.get_attribute("#time", "aria-valuetext") == "26 July 2024, 01:00"
    page.keyboard.press("Space")
    assert page.text_content("#play") == "Pause"
    page.keyboard.press("Space")
    assert page.text_content("#play") == "Play"
    page.locator("#play").focus()
    page.keyboard.press("Enter")
    assert page.text_content("#play") == "Pause"
    page.keyboard.press("Space")
    assert page.text_content("#play") == "Play"
    page.locator("#map-drawing").focus()
    before = page.locator("g.world").get_attribute("transform")
    page.keyboard.press("+")
    assert page.locator("g.world").get_attribute("transform") != before
    page.keyboard.press("0")
    assert page.locator("g.world").get_attribute("transform") == before


def test_the_whole_corridor_and_the_sea_are_a_click_apart(open_page, tmp_path):
    page = open_page(fragment="#h=500")

    def zoom():
        return float(page.locator("g.world").get_attribute("transform").split("scale(")[1].rstrip(")"))

    start = zoom()
    page.click("[data-map=all]")
    assert zoom() < start
    assert "Xi'an" in page.locator("#names").text_content()
    picture(page, tmp_path, "corridor.png")
    page.click("[data-map=sea]")
    assert zoom() == pytest.approx(start)


def test_pointing_at_a_ship_tells_its_name_and_load(open_page):
    page = open_page(fragment="#h=500")
    assert page.evaluate(HOUR) == "2024-08-15T20:00Z"
    names = {ship["name"] for ship in film().ships}
    box = page.locator("#map-drawing").bounding_box()
    tip = page.locator(".map-tip")
    for x in range(int(box["width"] * 0.35), int(box["width"] * 0.65), 14):
        for y in range(20, int(box["height"]) - 20, 14):
            page.locator("#map-drawing").dispatch_event(
                "pointermove", {"clientX": box["x"] + x, "clientY": box["y"] + y}
            )
            if tip.is_visible():
                assert tip.locator("strong").text_content() in names
                assert "% loaded" in tip.text_content()
                return
    pytest.fail("no ship was found on the sea")


def test_with_reduced_motion_the_picture_changes_in_steps(open_page):
    page = open_page(motion="reduce")
    page.evaluate(
        "() => { window.seen = new Set(); new MutationObserver(() => "
        "window.seen.add(document.getElementById('clock').dateTime))"
        ".observe(document.getElementById('clock'), { childList: true }); }"
    )
    page.click("#play")
    page.wait_for_function("() => window.seen.size >= 2")
    hours = page.evaluate("() => [...window.seen]")
    assert hours[0] == "2024-07-26T12:00Z"  # a second's worth at once
    assert hours[1] == "2024-07-27T00:00Z"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["map.html", "report.html"])
def test_a_phone_shows_it_all_without_scrolling_sideways(open_page, tmp_path, scheme, name):
    page = open_page(name, width=390, height=844, scheme=scheme)
    page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, tmp_path, f"phone-{scheme}.png")
    if name == "map.html":
        for port in ("Aktau", "Kuryk", "Alat", "Turkmenbashi"):
            box = page.locator("#names text", has_text=port).first.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390


def test_the_report_shows_the_pictures_that_fit_and_leads_to_the_map_and_back(open_page, tmp_path):
    page = open_page("report.html")
    assert page.locator("#journeys svg.wide").is_visible()
    assert not page.locator("#journeys svg.narrow").is_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.locator("#journeys svg.narrow").is_visible()
    page.set_viewport_size({"width": 1400, "height": 900})
    picture(page, tmp_path, "report.png")
    page.click(".to-map")
    page.wait_for_selector("#clock")
    page.click("text=Report of all replications")
    page.wait_for_selector("#journeys")


def test_names_on_the_map_do_not_lie_on_each_other(open_page):
    page = open_page()
    boxes = page.eval_on_selector_all(
        "#names text",
        "all => all.map(e => { const b = e.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; })",
    )
    assert len(boxes) > 10
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            assert width < 4 or height < 4
