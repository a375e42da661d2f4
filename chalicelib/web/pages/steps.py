"""Pages, step by step: from what is known to what the template is given."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.errors import AccountExists, Displaced
from chalicelib.identity.reference import grouped, parse_reference
from chalicelib.limits.code_attempts import next_code
from chalicelib.web import blocked_cookies, cookies, times
from chalicelib.web.cookies import Cookie
from chalicelib.web.pages import delivery_status, provider_help, step_guard
from chalicelib.web.pages.render import page
from chalicelib.web.pages.step_guard import CurrentRegistration
from chalicelib.web.problems import Problem, problem_for
from chalicelib.web.request import Request
from chalicelib.web.response import Response

if TYPE_CHECKING:
    from chalicelib.factory import Services


API = "/api/v1/registrations"


def address(
    services: Services,
    request: Request,
    seen: CurrentRegistration | None,
    problem: Problem | None = None,
    typed: Mapping[str, str] | None = None,
    *,
    another: bool = False,
) -> Response:
    """Step 1. With a registration under way it corrects that one's address; ``another`` begins one
    on a device where one was completed."""
    told = problem.extra if problem else {}
    is_question = "suggestion" in told or "ending" in told
    path = f"{API}/current/email" if seen else API
    fields = _problem(problem)
    if is_question:
        # It is asked about, and stands in no field that would be at fault.
        fields["invalid"] = frozenset()
    shown = page(
        services,
        request,
        "typo.html" if is_question else "address.html",
        path=step_guard.ADDRESS,
        query={"change": "1"} if seen else {"new": "1"} if another else {},
        **fields,
        **_registration(services, seen),
        correcting=seen is not None,
        action=request.prefix + path,
        once=secrets.token_urlsafe(16),
        typed={"email": seen.view.email if seen else "", **(typed or {})},
        suggestion=told.get("suggestion"),
        ending=told.get("ending"),
        challenge=_challenge(problem),
        domain=provider_help.senders(services.config)[1],
    )
    return replace(shown, cookies=(*shown.cookies, *blocked_cookies.probe(request)))


def cookies_blocked(
    services: Services, request: Request, typed: Mapping[str, str] | None = None
) -> Response:
    """Instead of step 2, where the browser keeps no cookies; ``typed`` is the form that was sent.

    The form here is the same request once more (``_once``), so it leads to the registration
    that has begun, and the code that has come for it works.
    """
    sent = dict(typed or {})
    email = sent.pop("email", "")
    hidden = {"_once": secrets.token_urlsafe(16), "locale": request.locale, **sent}
    return page(
        services,
        request,
        "cookies.html",
        path=step_guard.ADDRESS,
        action=request.prefix + API,
        email=email,
        hidden={**hidden, blocked_cookies.FIELD: blocked_cookies.TRY},
    )


def code(
    services: Services, request: Request, seen: CurrentRegistration, problem: Problem | None = None
) -> Response:
    """Step 2, with the delivery status of the mail."""
    now = services.clock()
    again = seen.view.resend_available_at
    exists = problem is None and seen.registration.attempt.account_exists
    if exists:
        problem = _as_page(problem_for(AccountExists(), request.locale, services))
    fields = _problem(problem)
    locked = problem is not None and problem.type == "too-many-attempts"
    code_at = fields["retry_at"] if locked else next_code(seen.registration.wrong, now)
    return page(
        services,
        request,
        "exists.html" if exists else "code.html",
        path=step_guard.CODE,
        **fields,
        **_registration(services, seen),
        again_after=_seconds(again, now),
        again_at=again,
        code_after=_seconds(code_at, now),
        code_at=code_at,
        long_code=bool(seen.registration.attempt.code_tail),
        code_refused=problem is not None
        and problem.type != "other-registration"
        and request.path.endswith("/current/verification"),
        challenge=_challenge(problem),
    )


def _challenge(problem: Problem | None) -> str | None:
    """What the page's script is to solve."""
    challenge = problem.extra.get("challenge") if problem else None
    return msgspec.json.encode(challenge).decode() if challenge else None


def password(
    services: Services, request: Request, seen: CurrentRegistration, problem: Problem | None = None
) -> Response:
    """Step 3. The whole address stands there for password managers: it is proven.

    A conflict here means that another browser proved the address later: nothing to type helps.
    """
    if problem is None and services.registration.complete.is_displaced(seen.registration):
        problem = _as_page(problem_for(Displaced(), request.locale, services))
    from chalicelib.identity.display import shown

    displaced = problem is not None and problem.type == "conflict"
    return page(
        services,
        request,
        "displaced.html" if displaced else "password.html",
        path=step_guard.PASSWORD,
        **_problem(problem),
        **_registration(services, seen),
        username=shown(seen.registration.attempt.email),
        names=" ".join(("todoku", *services.config.service_name.values())),
        shortest=services.config.shortest_password,
    )


def _as_page(problem: Problem) -> Problem:
    """What was a refusal of a form, where a page is asked for that says the same."""
    return replace(problem, status=200)


def done(
    services: Services,
    request: Request,
    seen: CurrentRegistration,
    problem: Problem | None = None,
) -> Response:
    """The end of the way; a ``problem`` is another password, which does not count."""
    return page(
        services,
        request,
        "done.html",
        path=step_guard.DONE,
        **_problem(problem),
        **_registration(services, seen),
        signed_in=step_guard.signed_in(request),
    )


def signed_out(services: Services, request: Request) -> Response:
    """What is left to write down, as long as the cookie lives that brings the reference: the page
    may be loaded again, come back to, read in another language."""
    reference = parse_reference(request.cookies.get(cookies.SIGNED_OUT, ""))
    return page(
        services,
        request,
        "signed_out.html",
        reference=grouped(reference) if reference else None,
        minutes=cookies.SIGNED_OUT_AGE // 60,
    )


def problems_with_the_code(
    services: Services, request: Request, seen: CurrentRegistration | None
) -> Response:
    """What to do when the code does not come; useful before one was asked for, too."""
    sender, domain = provider_help.senders(services.config)
    return page(
        services,
        request,
        "help.html",
        **_registration(services, seen),
        providers=(
            provider_help.provider_help(seen.view.provider, seen.view.email.rpartition("@")[2])
            if seen
            else provider_help.provider_help(None)
        ),
        sender=sender,
        domain=domain,
    )


def start(services: Services, request: Request, seen: CurrentRegistration | None) -> Response:
    """What is needed and how it goes, and the way back to where one was. Whoever comes here from
    the page after signing out has left it: its reference goes."""
    reply = page(
        services,
        request,
        "start.html",
        **_registration(services, seen),
        next=step_guard.page_for(seen),
        domain=provider_help.senders(services.config)[1],
    )
    left = [Cookie(cookies.SIGNED_OUT, None)] if cookies.SIGNED_OUT in request.cookies else []
    return replace(reply, cookies=(*reply.cookies, *left))


def error(services: Services, request: Request, problem: Problem, back: str) -> Response:
    """A problem that belongs to no step; ``back`` is where to go on."""
    return page(services, request, "error.html", path=back, **_problem(problem), back=back)


def _seconds(until: datetime | None, now: datetime) -> int:
    """Whole ones, none too few."""
    return max(0, math.ceil((until - now).total_seconds())) if until else 0


def _registration(services: Services, seen: CurrentRegistration | None) -> dict[str, Any]:
    if seen is None:
        return {"registration": None, "where": None}
    where = delivery_status.delivery_status(
        seen.view,
        seen.registration.attempt.asked_at,
        services.clock(),
        help_desk=bool(services.config.help_contact),
    )
    shown = {field: getattr(seen.view, field) for field in seen.view.__dataclass_fields__}
    moving = where.news and seen.view.state in ("queued", "awaiting_code")
    return {"registration": {**shown, "key": key(seen), "moving": moving}, "where": where}


def key(seen: CurrentRegistration) -> str:
    """Changes when the page has news to show; the scripts make the same of the API's JSON.

    It begins with the reference: of another one, nothing on the page is right any more."""
    view = seen.view
    moments = (_moment(view.expected_at), _moment(view.resend_available_at))
    delivery = view.delivery
    counts = (str(len(delivery.history)), str(len(delivery.advice)))
    return ",".join((view.reference, view.state, *moments, delivery.state, *counts))


def _moment(at: datetime | None) -> str:
    return times.rounded_up(at).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _problem(problem: Problem | None) -> dict[str, Any]:
    if problem is None:
        return {"problem": None, "invalid": {}, "retry_after": 0, "retry_at": None, "status": 200}
    # Who is busy says "a few seconds", and refuses nobody until then: that holds no button.
    held = problem.extra if problem.type != "try-later" else {}
    at = held.get("retry_at")
    return {
        "problem": problem,
        "invalid": {error.field for error in problem.errors},
        "retry_after": held.get("retry_after", 0),
        "retry_at": datetime.fromisoformat(at) if at else None,
        "status": problem.status,
    }
