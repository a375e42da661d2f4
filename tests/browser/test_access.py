"""Every page in every state for everybody: axe, small screens, large text, keys, own colours.

Pages are rendered here and handed to the browser at their own address with their own policy,
so that each state is looked at, also those that are hard to reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chalicelib.locales import LOCALES
from chalicelib.web.pages.manifest import ASSETS, FOLDER, read_manifest
from tests.web.pages.scenes import SCENES

HOST = "http://127.0.0.1:1"
AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

every_scene = pytest.mark.parametrize("scene", SCENES)
every_locale = pytest.mark.parametrize("locale", LOCALES)

TARGETS = """() => [...document.querySelectorAll("a, button, summary, input")]
  .filter((e) => !e.closest("details:not([open]) > :not(summary)") && !e.matches(".skip"))
  .filter((e) => e.checkVisibility())
  .map((e) => [e.getBoundingClientRect(), e.outerHTML])
  .filter(([box]) => box.width < 44 || box.height < 44)
  .map(([box, html]) => `${box.width} x ${box.height}: ${html}`)"""

UNSEEN = """() => {
  const e = document.activeElement, style = getComputedStyle(e);
  if (e === document.body) return "";  // the browser's own buttons, between end and start
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return outlined ? "" : e.outerHTML;
}"""


@pytest.fixture(scope="module")
def screen(browser: Browser) -> Iterator[Page]:
    """One page for all: each state replaces the one before."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def forced(browser: Browser) -> Iterator[Page]:
    """The same for somebody with colours of their own, who wants nothing to move."""
    context = browser.new_context(forced_colors="active", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def show(page: Page, scene: str, locale: str) -> None:
    """Put a state before the browser, with its scripts and its policy."""
    reply = SCENES[scene].reply(locale)

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(f"{HOST}/assets/")
        if route.request.url == f"{HOST}/":
            headers = {"Content-Type": reply.content_type, **reply.headers}
            route.fulfill(status=reply.status, headers=headers, body=reply.body)
        elif name in read_manifest().assets:
            body = (FOLDER / ASSETS / name).read_text("utf-8")
            route.fulfill(headers={"Content-Type": "text/javascript"}, body=body)
        else:
            route.fulfill(status=404, json={})

    page.unroute("**/*")
    page.route("**/*", answer)
    page.goto(f"{HOST}/")


@every_locale
@every_scene
def test_everybody_can_read_and_press_everything(screen: Page, scene: str, locale: str) -> None:
    show(screen, scene, locale)

    assert found_by_axe(screen) == []
    assert screen.evaluate(TARGETS) == []
    # WCAG 1.4.10: a screen of 1280 px at 400 %. WCAG 1.4.4: text alone at twice its size.
    screen.set_viewport_size({"width": 320, "height": 256})
    assert screen.evaluate("document.documentElement.scrollWidth") <= 320
    screen.set_viewport_size({"width": 360, "height": 740})
    screen.evaluate("document.documentElement.style.fontSize = '200%'")
    assert screen.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.fixture(scope="module")
def dark(browser: Browser) -> Iterator[Page]:
    """The same in the evening."""
    context = browser.new_context(color_scheme="dark")
    yield context.new_page()
    context.close()


@every_scene
def test_in_the_dark_everything_can_be_read(dark: Page, scene: str) -> None:
    show(dark, scene, "ja")

    assert dark.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(26, 26, 26)"
    assert found_by_axe(dark) == []


@every_scene
def test_readings_are_in_no_name_and_read_by_nobody_twice(screen: Page, scene: str) -> None:
    """As the browser computes what a screen reader is given, and as the standard does."""
    show(screen, scene, "ja-easy")
    # What is counted down would be another text a second later.
    screen.evaluate(
        "document.querySelectorAll('[data-seconds]').forEach((e) => delete e.dataset.seconds)"
    )
    with_readings = (names_of(screen), screen.locator("body").aria_snapshot())
    screen.evaluate("document.querySelectorAll('rt, rp').forEach((e) => e.remove())")

    assert with_readings == (names_of(screen), screen.locator("body").aria_snapshot())


def names_of(page: Page) -> list[str]:
    """Of every heading, button, link and field."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    named = ("heading", "button", "link", "textbox", "DisclosureTriangle")
    return [
        str(node["name"]["value"])
        for node in nodes
        if not node["ignored"] and node["role"]["value"] in named
    ]


@every_locale
def test_the_languages_stand_beside_the_name(screen: Page, locale: str) -> None:
    show(screen, "start", locale)
    own = {"ja": "日本語", "ja-easy": "やさしい日本語", "en": "English"}
    links = screen.locator("nav a")

    expect(links).to_have_text([name for code, name in own.items() if code != locale])
    name, *beside = (
        box for at in [screen.locator("header p"), *links.all()] if (box := at.bounding_box())
    )
    for box in beside:
        assert name["y"] <= box["y"] + box["height"] / 2 <= name["y"] + name["height"]
        assert box["x"] >= name["x"] + name["width"]


@pytest.mark.parametrize("scene", ["address, slip", "code, account exists", "nothing there"])
def test_words_keep_off_the_outline_of_what_has_the_focus(screen: Page, scene: str) -> None:
    show(screen, scene, "ja")
    problem = screen.locator("#problem")

    expect(problem).to_be_focused()
    for side in ("top", "right", "bottom", "left"):
        assert problem.evaluate(f"e => parseFloat(getComputedStyle(e)['padding-{side}'])") >= 8


def found_by_axe(page: Page) -> list[tuple[str, list[str]]]:
    """The rules that are broken, and where."""
    page.evaluate(AXE)
    found: Any = page.evaluate(
        "(tags) => axe.run({runOnly: tags, resultTypes: ['violations']})", RULES
    )
    return [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]]


@every_scene
def test_the_keyboard_reaches_everything_and_shows_where_it_is(screen: Page, scene: str) -> None:
    show(screen, scene, "en")
    stops = screen.locator(
        "a[href], button:not([hidden]), summary, input:not([type=hidden]):not([hidden])"
    ).evaluate_all("found => found.filter((e) => e.checkVisibility()).length")
    screen.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(stops + 2):
        screen.keyboard.press("Tab")
        assert screen.evaluate(UNSEEN) == ""
        reached.add(
            screen.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
        )

    assert len(reached) >= stops


@every_scene
def test_with_forced_colours_what_can_be_pressed_has_an_edge(forced: Page, scene: str) -> None:
    show(forced, scene, "ja")

    for button in forced.locator("button, .button, input:not([type=hidden])").all():
        if button.is_visible():
            expect(button).not_to_have_css("border-top-width", "0px")
            expect(button).not_to_have_css("border-top-style", "none")
    for dot in forced.locator(".way li").all():
        edge = dot.evaluate("e => getComputedStyle(e, '::before').borderTopWidth")
        assert edge != "0px"
    assert forced.evaluate("document.getAnimations().length") == 0
