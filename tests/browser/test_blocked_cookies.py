"""A browser whose settings block all cookies, and with them all storage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserType, Request, expect

from chalicelib.locales import LOCALES
from local.server import LocalServer
from tests.browser.applicant import Applicant
from tests.browser.conftest import PHONE

BLOCKED = {"profile": {"default_content_setting_values": {"cookies": 2}}}
"""Chromium's preferences."""
SAID = {"ja": "Cookieが使えません", "ja-easy": "クッキー（Cookie）", "en": "Cookies are blocked"}
LANGUAGE = {"ja": "ja-JP", "ja-easy": "ja-easy", "en": "en-GB"}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_says_so_keeps_what_was_typed_and_does_not_go_in_circles(
    engine: BrowserType,
    launch: dict[str, Any],
    machine: LocalServer,
    tmp_path: Path,
    locale: str,
    scripts: bool,
) -> None:
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(BLOCKED))
    with engine.launch_persistent_context(
        tmp_path,
        **launch,
        java_script_enabled=scripts,
        viewport=PHONE,
        base_url=machine.url,
        extra_http_headers={"Accept-Language": LANGUAGE[locale]},
    ) as phone:
        taro = Applicant(phone.new_page(), machine, locale)
        page, asked = taro.page, list[Request]()
        page.on("request", lambda request: asked.append(request))
        taro.opens()

        for posts in (1, 2):
            asked.clear()
            if posts == 1:
                taro.field.fill(taro.address)
            taro.go.click()
            taro.machine.wait_for_mail(taro.address)
            expect(page.locator("#problem h1")).to_contain_text(SAID[locale])
            expect(taro.field).to_have_value(taro.address)
            assert taro.address not in page.url
            assert len([request for request in asked if request.is_navigation_request()]) <= 2
        assert phone.cookies() == []
        assert taro.mails() == 1
        assert taro.complaints == []
