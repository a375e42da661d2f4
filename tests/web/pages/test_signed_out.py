"""Who signed out is told so and sees the reference for some minutes, or until they leave."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.web.cookies import SIGNED_OUT, Cookie
from chalicelib.web.response import Response
from chalicelib.web.views import routes
from tests.web.pages.desk import Desk, request
from tests.web.pages.reading import read

REFERENCE = "7Q4K2M9X8N"


def asked(cookies: dict[str, str], path: str = "/signed-out", **more: Any) -> Response:
    return routes.handlers[path]["GET"](Desk(), request(path, cookies=cookies, **more))


def test_the_reference_is_shown_as_long_as_its_cookie_lives() -> None:
    reply = asked({SIGNED_OUT: REFERENCE})
    page = read(reply.body)

    assert page.one("p", class_="number").text == "7Q4K-2M9X-8N"
    assert "ログアウトしました" in page.one("h1").text
    (copy,) = [b for b in page.all("button") if b.attributes.get("data-copy")]
    assert (copy["data-copy"], "hidden" in copy.attributes) == ("7Q4K-2M9X-8N", True)
    assert reply.cookies == ()
    assert "5分間" in page.one("main").text


def test_another_language_shows_it_too() -> None:
    reply = asked({SIGNED_OUT: REFERENCE}, locale="en", query={"lang": "en"})

    assert read(reply.body).one("p", class_="number").text == "7Q4K-2M9X-8N"
    assert [cookie.name for cookie in reply.cookies] == ["lang"]


def test_the_start_page_takes_it_away() -> None:
    assert Cookie(SIGNED_OUT, None) in asked({SIGNED_OUT: REFERENCE}, "/").cookies
    assert asked({}, "/").cookies == ()


def test_without_the_cookie_it_is_not() -> None:
    reply = asked({})

    assert (reply.status, reply.cookies, "7Q4K" in reply.body) == (200, (), False)
    assert "ログアウトしました" in read(reply.body).one("h1").text


@pytest.mark.parametrize("planted", ["7Q4K2M9X8X", "<b>", "0" * 4000])
def test_what_is_no_reference_is_not_shown_as_one(planted: str) -> None:
    reply = asked({SIGNED_OUT: planted})

    assert reply.status == 200
    assert read(reply.body).all("p", class_="number") == []
