"""``/session``: who is signed in, and out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from chalicelib.verification.model import AttemptState
from chalicelib.web import cookies
from chalicelib.web.bodies import Nothing
from chalicelib.web.cookies import Cookie
from chalicelib.web.request import Request
from chalicelib.web.response import Response, json, see_other
from chalicelib.web.routes import Routes, registration_of

if TYPE_CHECKING:
    from chalicelib.factory import Services


routes = Routes("/api/v1")


class Session(msgspec.Struct):
    """Who is signed in. ``email`` is masked."""

    reference: str
    email: str


@routes.operation(
    "GET",
    "/session",
    answers={200: Session},
    problems=("not-signed-in", "try-later"),
    reads=(cookies.ACCESS,),
)
def who(services: Services, request: Request, body: Nothing) -> Response:
    """Who is signed in with this browser."""
    found = services.accounts.session.who(request.cookies.get(cookies.ACCESS))
    return json(Session(found.reference, found.email))


@routes.operation(
    "DELETE",
    "/session",
    answers={204: None},
    problems=("try-later",),
    reads=(cookies.ACCESS, cookies.REFRESH),
    page="/register/done",
)
def sign_out(services: Services, request: Request, body: Nothing) -> Response:
    """Sign out: the session's tokens work no longer. Without a session nothing happens."""
    services.accounts.session.sign_out(
        request.cookies.get(cookies.ACCESS), request.cookies.get(cookies.REFRESH)
    )
    session = (Cookie(cookies.ACCESS, None), Cookie(cookies.REFRESH, None))
    reference = _finished(services, request)
    gone = (*session, *([Cookie(cookies.REGISTRATION, None)] if reference else []))
    if request.html:
        # In the next page's address the reference would stay in the browser's history, on a
        # device that others use too.
        shown = Cookie(cookies.SIGNED_OUT, reference, cookies.SIGNED_OUT_AGE) if reference else None
        kept = (*gone, shown) if shown else gone
        return see_other(f"{request.prefix}/signed-out", cookies=kept)
    return Response(204, cookies=gone)


def _finished(services: Services, request: Request) -> str | None:
    """The reference of this browser's registration once it is completed. Its cookie goes too:
    whoever uses this device next must not be shown the reference. One under way belongs to
    somebody who still needs it."""
    registration = registration_of(services, request)
    if registration is None or registration.attempt.state is not AttemptState.COMPLETED:
        return None
    return registration.attempt.reference
