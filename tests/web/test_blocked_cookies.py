"""What the address says after a form elsewhere: that this browser was set a cookie just now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.web import blocked_cookies
from chalicelib.web.response import Response
from chalicelib.web.views import routes
from tests.web.pages.desk import CONFIG, NOW, Desk, request, view

FRESH = blocked_cookies.signed(CONFIG, NOW)
BLOCKED = "Cookies are blocked"


def asked(begun: str, cookies: dict[str, str], desk: Desk | None = None) -> Response:
    query = {"begun": begun, "lang": "en"}
    got = request("/register/code", "en", query=query, cookies=cookies)
    return routes.handlers["/register/code"]["GET"](desk or Desk(), got)


def test_without_the_cookie_the_page_says_that_cookies_are_blocked() -> None:
    begun = blocked_cookies.signed(CONFIG, NOW - blocked_cookies.MARK_AGE)
    for mark in (FRESH, begun):
        reply = asked(mark, {})
        assert reply.status == 200
        assert BLOCKED in reply.body


@pytest.mark.parametrize(
    "old",
    [
        "1",
        "",
        ".",
        "1" * 5000,
        "\N{SUPERSCRIPT ONE}.1",
        "1.\N{SUPERSCRIPT ONE}",
        FRESH[:-1],
        str(int(FRESH.partition(".")[0]) - 1) + FRESH[FRESH.index(".") :],
        blocked_cookies.signed(CONFIG, NOW - blocked_cookies.MARK_AGE - timedelta(seconds=1)),
        blocked_cookies.signed(CONFIG, NOW + timedelta(seconds=1)),
    ],
)
def test_a_link_that_was_sent_on_says_nothing_of_cookies(old: str) -> None:
    reply = asked(old, {})
    assert (reply.status, reply.headers["Location"]) == (303, "/register?lang=en")


@pytest.mark.parametrize("begun", ["1", FRESH])
def test_where_the_cookie_came_the_mark_leaves_the_address(begun: str) -> None:
    registered = {"todoku_registration": "x"}
    reply = asked(begun, registered, Desk(view()))
    assert (reply.status, reply.headers["Location"]) == (303, "/register/code?lang=en")
