"""What fits: each state on a small phone, with large text, and its signs in both lights."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.locales import LOCALES
from tests.web.pages.scenes import SCENES

every_scene = pytest.mark.parametrize("scene", SCENES)
code_scenes = pytest.mark.parametrize(
    "scene", [s for s in SCENES if s.startswith("code, ") and "account exists" not in s]
)

LARGEST = """() => {
  document.documentElement.style.fontSize = "200%";
  document.documentElement.classList.add("js");
  document.querySelectorAll("details").forEach((e) => (e.open = true));
  document.querySelectorAll("button[hidden]").forEach((e) => (e.hidden = false));
}"""

# Words whose letters lie on two lines. What cannot fit may break: an address, a number to keep.
CUT = r"""() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode()); ) {
    const place = text.parentElement;
    if (!place.checkVisibility() || place.closest(".unseen, .skip, .mono, .number")) continue;
    for (const run of text.data.matchAll(/\S+/g)) {
      if (/[@/]|\w[.:]\w/.test(run[0])) continue;
      for (const word of run[0].matchAll(/\p{Script=Latin}+/gu)) {
        const lines = new Set();
        for (let n = 0; n < word[0].length; n++) {
          const letter = document.createRange(), at = run.index + word.index + n;
          letter.setStart(text, at);
          letter.setEnd(text, at + 1);
          const box = [...letter.getClientRects()].pop();
          if (box) lines.add(Math.round(box.bottom));
        }
        if (lines.size > 1) found.push(word[0]);
      }
    }
  }
  return found;
}"""

CLIPPED = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter((e) => e.checkVisibility() && !e.closest(".unseen, .skip"))
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
  .map((e) => e.outerHTML)"""

CONTRAST = """(selector) => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const c = part / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const sign = getComputedStyle(document.querySelector(selector), "::before");
  const [a, b] = [light(sign.color), light(sign.backgroundColor)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""


@pytest.fixture(scope="module")
def screen(browser: Browser) -> Iterator[Page]:
    """One page for all: each state replaces the one before."""
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.route("**/*", lambda route: route.abort())
    yield page
    page.close()


def show(page: Page, scene: str, locale: str, width: int = 360) -> None:
    """Put a state before the browser, as it is before any script runs."""
    page.set_viewport_size({"width": width, "height": 640})
    page.set_content(SCENES[scene].reply(locale).body)


@every_scene
def test_large_text_on_the_smallest_screen_cuts_no_word(screen: Page, scene: str) -> None:
    for locale in LOCALES:
        show(screen, scene, locale, 320)
        screen.evaluate(LARGEST)

        assert screen.evaluate(CUT) == [], locale
        assert screen.evaluate("document.documentElement.scrollWidth") <= 320, locale
        assert screen.evaluate(CLIPPED) == [], locale


def test_easy_japanese_breaks_at_its_spaces(screen: Page) -> None:
    show(screen, "code, sent", "ja-easy")

    expect(screen.locator("body")).to_have_css("word-break", "keep-all")


@code_scenes
def test_what_happened_and_what_to_do_are_seen_without_scrolling(screen: Page, scene: str) -> None:
    """The heading and the one banner; then the banner's action, or the field that is at fault."""
    shown = SCENES[scene]
    refused = shown.error is not None and shown.posted.endswith("/verification")
    over = shown.shown is not None and shown.shown.state == "expired"
    for locale in LOCALES:
        show(screen, scene, locale)
        banner = screen.locator("main > .banner, main > #mail-now > .banner")
        action = screen.locator("main > #mail-now > .banner > a, main > .button").first
        wanted = [screen.locator("h1"), banner]
        if action.count():
            wanted.append(action)
        elif over:
            wanted.append(screen.locator("form[action$='/code'] button"))
        if refused and not over:
            wanted.append(screen.locator("#code"))

        expect(banner).to_have_count(1)
        for element in wanted:
            box = element.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 640, (locale, element)
        heading, told = screen.locator("h1").bounding_box(), banner.bounding_box()
        assert heading is not None
        assert told is not None
        assert 0 <= told["y"] - heading["y"] - heading["height"] <= 16


@code_scenes
def test_beside_a_refusal_the_mail_is_a_plain_line(screen: Page, scene: str) -> None:
    show(screen, scene, "en")
    line = screen.locator(".card .banner")

    expect(line).to_have_count(1 if SCENES[scene].error else 0)
    if SCENES[scene].error:
        expect(line).to_have_css("border-top-width", "0px")
        expect(line.locator(".button:visible")).to_have_count(0)
        assert line.evaluate("e => getComputedStyle(e, '::before').display") == "none"


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        ("code, sent", "info"),
        ("code, delivered", "good"),
        ("code, delayed", "warn"),
        ("code, bounced", "bad"),
        ("code, wrong", "bad"),
        ("code, too many", "warn"),
    ],
)
def test_the_banners_sign_is_seen_in_both_lights_and_read_by_nobody(
    screen: Page, scene: str, kind: str, light: str
) -> None:
    screen.emulate_media(color_scheme=light)  # type: ignore[arg-type]
    show(screen, scene, "en")
    sign = {"info": "i", "good": "✓", "warn": "!", "bad": "×"}[kind]
    banner = f".banner.{kind}"
    content = screen.evaluate(
        f"getComputedStyle(document.querySelector('{banner}'), '::before').content"
    )
    rules = screen.locator("style").first.evaluate("e => e.textContent")

    assert content == f'"{sign}" / ""'
    assert rules.count(f'content:"{sign}";content:"{sign}" / ""') == 1
    assert screen.evaluate(CONTRAST, banner) >= 4.5
    screen.emulate_media(color_scheme="light")


def test_the_field_of_the_code_ends_where_its_button_ends(screen: Page) -> None:
    for width in (320, 360, 600, 1280):
        show(screen, "code, sent", "en", width)
        field, button = (
            screen.locator(at).bounding_box() for at in ("#code", "form:has(#code) button")
        )
        assert field is not None
        assert button is not None
        assert field["x"] + field["width"] == pytest.approx(button["x"] + button["width"])
