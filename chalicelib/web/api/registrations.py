"""``/registrations``: from an address to an account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.registration.view import View
from chalicelib.trail.delivery import Delivery, Step
from chalicelib.verification.model import Registration
from chalicelib.web import blocked_cookies, cookies, forms, origins, times
from chalicelib.web.bodies import Address, Code, NewAddress, Nothing, Password, SendAgain
from chalicelib.web.cookies import Cookie
from chalicelib.web.errors import Malformed
from chalicelib.web.request import Request
from chalicelib.web.response import Response, json, see_other
from chalicelib.web.routes import Routes

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.limits.network import Visitor


routes = Routes("/api/v1")
LONGEST_KEY = 200
SHORTEST_KEY = 16
"""Whoever knows a request's idempotency key may be taken for its sender: it must not be guessed."""


@routes.operation(
    "POST",
    "/registrations",
    operation_id="ask",
    takes=Address,
    answers={202: View},
    problems=("email-typo", "challenge-required", "wait", "try-later"),
    reads=(cookies.REGISTRATION,),
    page="/register?new=1",
    typed=("email",),
)
def start(services: Services, request: Request, body: Address) -> Response:
    """Register with an address; the code is mailed to it.

    An address that has an account is answered alike: only its mail says so.
    """
    locale = body.locale or request.locale
    if request.html and (first := blocked_cookies.tried_again(services, request)):
        return first
    started = services.registration.start(
        body.email,
        locale=locale,
        as_typed=body.as_typed,
        token=_token(request),
        idempotency_key=_idempotency_key(request),
        visitor=_visitor(request, body.altcha),
    )
    # Another site's form names a language and knows nothing of the one that was chosen here: no
    # cookie comes with it. The page that it leads to knows.
    elsewhere = origins.is_elsewhere(request.headers, services.config)
    chosen = () if elsewhere or request.chosen else (cookies.language(locale),)
    kept = (_cookie(started.token), *chosen)
    if request.html and blocked_cookies.refused(services, request):
        return _cookies_blocked(services, replace(request, locale=locale), kept)
    if request.html:
        page = f"{request.prefix}/register/code{blocked_cookies.mark(services, request)}"
        return see_other(page, cookies=kept)
    where = {"Location": f"{request.prefix}/api/v1/registrations/current"}
    return json(_shown(services, started.registration), 202, headers=where, cookies=kept)


@routes.operation(
    "GET",
    "/registrations/current",
    answers={200: View},
    problems=("no-registration",),
    reads=(cookies.REGISTRATION,),
)
def current(services: Services, request: Request, body: Nothing) -> Response:
    """The registration of this browser, and where its mail is."""
    return json(_shown(services, services.verification.lookup.registration(_token(request))))


@routes.operation(
    "POST",
    "/registrations/current/code",
    operation_id="resend",
    takes=SendAgain,
    answers={202: View},
    problems=("no-registration", "challenge-required", "wait", "conflict", "try-later"),
    reads=(cookies.REGISTRATION,),
    page="/register/code",
)
def send_again(services: Services, request: Request, body: SendAgain) -> Response:
    """Mail the same code again; any code that was mailed for this registration works."""
    registration = services.verification.send_again(
        _token(request), visitor=_visitor(request, body.altcha), locale=request.chosen
    )
    if request.html:
        return see_other(f"{request.prefix}/register/code")
    return json(_shown(services, registration), 202)


@routes.operation(
    "PUT",
    "/registrations/current/email",
    takes=NewAddress,
    answers={202: View},
    problems=(
        "email-typo",
        "no-registration",
        "challenge-required",
        "conflict",
        "wait",
        "try-later",
    ),
    reads=(cookies.REGISTRATION,),
    page="/register?change=1",
    typed=("email",),
)
def correct(services: Services, request: Request, body: NewAddress) -> Response:
    """Another address instead, before one is verified. Codes mailed to the first are void."""
    corrected = services.registration.correct(
        _token(request),
        body.email,
        as_typed=body.as_typed,
        visitor=_visitor(request, body.altcha),
        locale=request.chosen,
        idempotency_key=_idempotency_key(request),
    )
    kept = (_cookie(corrected.token),)
    if request.html:
        return see_other(f"{request.prefix}/register/code", cookies=kept)
    return json(_shown(services, corrected.registration), 202, cookies=kept)


@routes.operation(
    "POST",
    "/registrations/current/verification",
    takes=Code,
    answers={200: View},
    problems=(
        "no-registration",
        "code-mismatch",
        "code-expired",
        "account-exists",
        "too-many-attempts",
        "conflict",
        "try-later",
    ),
    reads=(cookies.REGISTRATION,),
    page="/register/code",
)
def verify(services: Services, request: Request, body: Code) -> Response:
    """Prove the address with the code that was mailed to it."""
    verified = services.verification.verify(_token(request), body.code)
    kept = (_cookie(verified.token),)
    if request.html:
        return see_other(f"{request.prefix}/register/password", cookies=kept)
    return json(_shown(services, verified.registration), cookies=kept)


@routes.operation(
    "POST",
    "/registrations/current/account",
    takes=Password,
    answers={201: View},
    problems=("no-registration", "password-refused", "conflict", "try-later"),
    reads=(cookies.REGISTRATION,),
    page="/register/password",
)
def complete(services: Services, request: Request, body: Password) -> Response:
    """Set the password: the account is made, and this browser is signed in."""
    completed = services.registration.complete(_token(request), body.password)
    tokens = completed.tokens
    session = (
        Cookie(cookies.ACCESS, tokens.access, tokens.expires_in),
        Cookie(cookies.REFRESH, tokens.refresh, cookies.REFRESH_AGE),
    )
    if request.html:
        return see_other(f"{request.prefix}/register/done", cookies=session)
    return json(_shown(services, completed.registration), 201, cookies=session)


@routes.operation(
    "DELETE",
    "/registrations/current",
    answers={204: None},
    problems=("no-registration", "try-later"),
    reads=(cookies.REGISTRATION,),
    page="/register/code",
)
def cancel(services: Services, request: Request, body: Nothing) -> Response:
    """Forget the registration; its codes are void."""
    services.registration.cancel(_token(request))
    gone = (Cookie(cookies.REGISTRATION, None),)
    if request.html:
        return see_other(f"{request.prefix}/", cookies=gone)
    return Response(204, cookies=gone)


def _cookies_blocked(services: Services, request: Request, kept: tuple[Cookie, ...]) -> Response:
    """The page that says so. The cookies are sent all the same: they may be allowed by now."""
    # Here: no JSON call needs the pages.
    from chalicelib.web.pages import steps

    sent = forms.parse(request.body)
    typed = {name: sent[name] for name in sent if name in {"email", "as_typed", "_once"}}
    shown = steps.cookies_blocked(services, request, typed)
    return replace(shown, cookies=kept)


def _cookie(token: str) -> Cookie:
    return Cookie(cookies.REGISTRATION, token, cookies.REGISTRATION_AGE)


def _token(request: Request) -> str | None:
    return request.cookies.get(cookies.REGISTRATION)


def _visitor(request: Request, solution: str | None) -> Visitor:
    """Who asks. A form without script cannot solve a challenge; the page's script says that it can
    by the field ``altcha``, empty at first."""
    # Here: no other call needs the limits.
    from chalicelib.limits.network import Visitor

    without_script = request.html and "altcha" not in forms.parse(request.body)
    return Visitor(request.client, solution, can_solve=not without_script)


def _idempotency_key(request: Request) -> str | None:
    """What makes two identical posts one: a form's ``_once``, else ``Idempotency-Key``."""
    key = request.headers.get("idempotency-key", "")
    if request.content_type == forms.FORM:
        key = forms.parse(request.body).get("_once", "") or key
    if key and not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise Malformed("the idempotency key must be a random text of 16 to 200 characters")
    return key or None


def _shown(services: Services, registration: Registration) -> View:
    """The registration as JSON has it: moments in whole seconds, none of them too early."""
    view = services.registration.view(registration)
    delivery = view.delivery
    # Built anew, not by replace(), which is slow and this is asked for every few seconds.
    return View(
        reference=view.reference,
        label=view.label,
        state=view.state,
        email=view.email,
        provider=view.provider,
        expected_at=view.expected_at and times.rounded_up(view.expected_at),
        code_expires_at=view.code_expires_at and times.rounded_down(view.code_expires_at),
        resend_available_at=view.resend_available_at and times.rounded_up(view.resend_available_at),
        attempts_left=view.attempts_left,
        delivery=Delivery(
            delivery.state,
            tuple(Step(step.state, times.rounded_down(step.at)) for step in delivery.history),
            delivery.reason,
            delivery.advice,
        ),
    )
