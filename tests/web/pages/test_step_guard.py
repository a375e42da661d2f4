"""A page that does not fit the registration leads to the one that does."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import TryLater
from chalicelib.web.response import Response
from chalicelib.web.views import routes
from tests.web.pages.desk import Desk, request, view

PLACES = {
    "queued": "/register/code",
    "awaiting_code": "/register/code",
    "expired": "/register/code",
    "verified": "/register/password",
    "completed": "/register/done",
}
STEPS = ("/register", "/register/code", "/register/password", "/register/done")


def visit(path: str, desk: Desk, **more: Any) -> Response:
    return routes.handlers[path]["GET"](desk, request(path, **more))


@pytest.mark.parametrize("path", STEPS)
@pytest.mark.parametrize("state", PLACES)
def test_only_the_page_of_the_next_step_is_shown(state: str, path: str) -> None:
    reply = visit(path, Desk(view(state=state)), prefix="/dev")

    if PLACES[state] == path:
        assert reply.status == 200
    else:
        assert (reply.status, reply.headers["Location"]) == (303, "/dev" + PLACES[state])


@pytest.mark.parametrize("path", STEPS)
def test_without_a_registration_the_way_begins_at_the_address(path: str) -> None:
    reply = visit(path, Desk(None))

    assert reply.status == (200 if path == "/register" else 303)
    assert reply.headers.get("Location", "/register") == "/register"


@pytest.mark.parametrize("path", ["/", "/register", "/register/code/help"])
def test_without_the_cookie_no_service_is_asked(path: str) -> None:
    desk = Desk(None)

    assert visit(path, desk, cookies={}).status == 200
    assert desk.asked == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("state", PLACES)
def test_a_link_of_another_site_to_the_start_page_leads_to_the_step_under_way(
    state: str, site: str
) -> None:
    reply = visit("/", Desk(view(state=state)), headers={"sec-fetch-site": site})

    if state == "completed":
        assert reply.status == 200
    else:
        assert (reply.status, reply.headers["Location"]) == (303, PLACES[state])


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_link_to_the_start_page_shows_it(site: str) -> None:
    assert visit("/", Desk(view()), headers={"sec-fetch-site": site}).status == 200


def test_a_link_of_another_site_shows_the_start_page_where_nothing_is_under_way() -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert visit("/", Desk(None), headers=headers).status == 200


@pytest.mark.parametrize("state", ["queued", "awaiting_code", "expired"])
def test_the_address_can_be_changed_until_it_is_verified(state: str) -> None:
    reply = visit("/register", Desk(view(state=state)), query={"change": "1"})

    assert reply.status == 200
    assert 'action="/api/v1/registrations/current/email"' in reply.body


def test_a_verified_address_is_changed_no_more() -> None:
    reply = visit("/register", Desk(view(state="verified")), query={"change": "1"})

    assert reply.headers["Location"] == "/register/password"


def test_another_person_can_register_on_the_same_device() -> None:
    done = Desk(view(state="completed"))

    assert visit("/register", done).headers["Location"] == "/register/done"
    assert 'action="/api/v1/registrations"' in visit("/register", done, query={"new": "1"}).body


def test_a_registration_under_way_is_not_begun_anew_by_its_link() -> None:
    reply = visit("/register", Desk(view()), query={"new": "1"})

    assert reply.headers["Location"] == "/register/code"


@pytest.mark.parametrize("state", ["verified", "completed"])
def test_help_with_the_code_is_over_once_it_was_entered(state: str) -> None:
    reply = visit("/register/code/help", Desk(view(state=state)))

    assert reply.headers["Location"] == PLACES[state]


def test_a_language_chosen_on_the_wrong_page_is_kept() -> None:
    reply = visit("/register", Desk(view()), query={"lang": "en", "other": "x"})

    assert reply.headers["Location"] == "/register/code?lang=en"
    assert [(c.name, c.value) for c in reply.cookies] == [("lang", "en")]


def test_a_page_remembers_the_language_only_when_it_was_chosen() -> None:
    assert visit("/", Desk()).cookies == ()
    assert visit("/", Desk(), query={"lang": "fr"}).cookies == ()
    (cookie,) = visit("/", Desk(), query={"lang": "ja-easy"}).cookies
    assert (cookie.name, cookie.value) == ("lang", "ja-easy")


def test_the_language_switch_keeps_page_and_query() -> None:
    body = visit("/register", Desk(view()), prefix="/dev", query={"change": "1"}).body

    assert 'href="/dev/register?change=1&amp;lang=ja-easy"' in body


def test_a_service_that_cannot_answer_is_not_taken_for_no_registration() -> None:
    with pytest.raises(TryLater):
        visit("/register", Desk(view(), broken=TryLater()))
