"""What counts down where something must wait, second by second."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.test_access import show


@pytest.mark.parametrize(
    ("scene", "locale", "last"),
    [
        ("code, delivered", "en", ["You can resend in 2 seconds.", "You can resend in 1 second."]),
        ("code, delivered", "ja", ["あと2秒で再送信できます。", "あと1秒で再送信できます。"]),
        (
            "code, delivered",
            "ja-easy",
            ["あと 2びょうで もう いちど おくれます。", "あと 1びょうで もう いちど おくれます。"],
        ),
        (
            "password, wait",
            "en",
            ["You can press this in 2 seconds.", "You can press this in 1 second."],
        ),
        ("password, wait", "ja", ["あと2秒で押せます。", "あと1秒で押せます。"]),
        ("password, wait", "ja-easy", ["あと 2びょうで おせます。", "あと 1びょうで おせます。"]),
    ],
)
def test_the_last_second_is_one(browser: Browser, scene: str, locale: str, last: list[str]) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    show(page, scene, locale)
    hint = page.locator("[data-seconds]")
    seconds = int(hint.get_attribute("data-seconds") or "")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 2"))
    page.clock.run_for((seconds - 6) * 1000)
    told = []
    for _ in range(6):
        if hint.count():
            told.append(hint.text_content())
        page.clock.run_for(1000)
    context.close()

    assert told[-2:] == last
