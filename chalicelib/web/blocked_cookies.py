"""Blocked cookies: how a form's post shows that its browser keeps none.

The page of the address form sets a cookie, and the form says so in a field: a post that has the
field and no cookie of ours comes from a browser that keeps none. It is answered by a page, so that
what was typed stands there without script, storage or address bar. A post from a form elsewhere
says nothing of the kind: there the page that it leads to sees whether the cookie came along.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.config import Config
from chalicelib.identity.keyed_hash import keyed_hash
from chalicelib.web import cookies, forms, origins
from chalicelib.web.cookies import ACCESS, LANGUAGE, PROBE, REFRESH, REGISTRATION, Cookie
from chalicelib.web.request import Request
from chalicelib.web.response import HTML, Response

if TYPE_CHECKING:
    from chalicelib.factory import Services

FIELD = "_cookies"
SET = "set"
"""``FIELD`` of a form whose page sets a cookie."""
TRY = "try"
"""``FIELD`` of a form that is to be sent again once cookies are allowed: its page's cookies were
refused, so it is the answer that sets one, and asks for the same post once more (307)."""
MARK = "begun"
"""In the query where an answer has just set a cookie: when that was, signed."""
MARK_AGE = timedelta(minutes=5)
"""How long the mark says anything: an address gets about, into browsers that were set none."""


def keeps(request: Request) -> bool:
    """Whether this browser has brought any cookie of ours."""
    return not {REGISTRATION, LANGUAGE, PROBE, ACCESS, REFRESH}.isdisjoint(request.cookies)


def probe(request: Request) -> tuple[Cookie, ...]:
    """The cookie that the form's page sets, where none of ours has come yet."""
    return () if keeps(request) else (Cookie(PROBE, "1", cookies.PROBE_AGE),)


def refused(services: Services, request: Request) -> bool:
    """Whether the cookie was refused that the form's page, or the answer before this, has set."""
    return not keeps(request) and bool(_field(request) or _is_marked(services, request))


def came(request: Request) -> bool:
    """Whether the cookie came along that the answer before this has set: the mark has served."""
    return MARK in request.query and keeps(request)


def tried_again(services: Services, request: Request) -> Response | None:
    """What a form with ``TRY`` is answered at first: a cookie, and to come again with it."""
    if keeps(request) or _is_marked(services, request) or _field(request) != TRY:
        return None
    where = f"{request.prefix}{request.path}?{MARK}={signed(services.config, services.clock())}"
    return Response(307, "", HTML, headers={"Location": where}, cookies=probe(request))


def mark(services: Services, request: Request) -> str:
    """The query for the page to which a form of another origin leads, which said nothing of
    cookies: a browser sends none with it, whether it keeps them or not."""
    if not origins.is_elsewhere(request.headers, services.config) or keeps(request):
        return ""
    return f"?{MARK}={signed(services.config, services.clock())}"


def signed(config: Config, now: datetime) -> str:
    """What ``MARK`` is ``now``."""
    at = str(int(now.timestamp()))
    return f"{at}.{keyed_hash(config.pepper, MARK, at)}"


def _is_marked(services: Services, request: Request) -> bool:
    value = request.query.get(MARK, "")
    at = value.partition(".")[0]
    if not value.isascii() or not at.isdigit():
        return False
    now = services.clock()
    if not 0 <= now.timestamp() - float(at) <= MARK_AGE.total_seconds():
        return False
    return hmac.compare_digest(value, f"{at}.{keyed_hash(services.config.pepper, MARK, at)}")


def _field(request: Request) -> str:
    return forms.parse(request.body).get(FIELD, "") if request.body else ""
