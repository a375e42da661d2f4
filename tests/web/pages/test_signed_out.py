"""Who signed out is told so and sees the reference once, whoever uses the device next does not."""

from __future__ import annotations

import pytest

from chalicelib.web.cookies import SIGNED_OUT, Cookie
from chalicelib.web.response import Response
from chalicelib.web.views import routes
from tests.web.pages.desk import Desk, request
from tests.web.pages.reading import read

REFERENCE = "7Q4K2M9X8N"


def asked(cookies: dict[str, str]) -> Response:
    return routes.handlers["/signed-out"]["GET"](Desk(), request("/signed-out", cookies=cookies))


def test_the_reference_is_shown_and_its_cookie_taken_away() -> None:
    reply = asked({SIGNED_OUT: REFERENCE})
    page = read(reply.body)

    assert page.one("p", class_="number").text == "7Q4K-2M9X-8N"
    assert "ログアウトしました" in page.one("h1").text
    (copy,) = [b for b in page.all("button") if b.attributes.get("data-copy")]
    assert (copy["data-copy"], "hidden" in copy.attributes) == ("7Q4K-2M9X-8N", True)
    assert Cookie(SIGNED_OUT, None) in reply.cookies


def test_the_next_time_it_is_not() -> None:
    reply = asked({})

    assert (reply.status, reply.cookies, "7Q4K" in reply.body) == (200, (), False)
    assert "ログアウトしました" in read(reply.body).one("h1").text


@pytest.mark.parametrize("planted", ["7Q4K2M9X8X", "<b>", "0" * 4000])
def test_what_is_no_reference_is_not_shown_as_one(planted: str) -> None:
    reply = asked({SIGNED_OUT: planted})

    assert reply.status == 200
    assert read(reply.body).all("p", class_="number") == []
