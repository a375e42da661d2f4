"""Every page in every state it can be in, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib import errors
from chalicelib.errors import EmailErrorCode, InvalidField, TodokuError
from chalicelib.registration.view import View
from chalicelib.web import blocked_cookies, problems
from chalicelib.web.errors import TooLarge
from chalicelib.web.pages.form_errors import form_with_errors
from chalicelib.web.response import Response
from chalicelib.web.views import routes
from tests.web.pages.desk import CONFIG, NOW, REGISTERED, Desk, mail, request, view

LATER = NOW + timedelta(minutes=12)
BEGUN = {blocked_cookies.MARK: blocked_cookies.signed(CONFIG, NOW)}
DOCOMO = {"provider": "docomo", "email": "taro.yamada@docomo.ne.jp"}


NO_SUCH_DOMAIN = view(
    state="queued",
    email="taro@a-school-with-a-long-name.nowhere.example.com",
    provider=None,
    code_expires_at=None,
    delivery=mail(
        "rejected", reason="no-such-domain", advice=("check-address", "try-another-address")
    ),
)


@dataclass(frozen=True)
class Scene:
    """A registration (or none) and a page that is asked for, or a form that was refused."""

    path: str
    shown: View | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=lambda: REGISTERED)
    error: TodokuError | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    posted: str = ""
    wrong: int = 0
    """Codes that were tried ten seconds ago and did not fit."""
    route: str = ""
    """Where ``path`` holds a parameter."""
    exists: bool = False
    displaced: bool = False

    def reply(self, locale: str, prefix: str = "") -> Response:
        desk = Desk(
            self.shown,
            wrong=(NOW - timedelta(seconds=10),) * self.wrong,
            exists=self.exists,
            displaced=self.displaced,
        )
        asked = request(
            self.posted or self.path, locale, prefix=prefix, query=self.query, cookies=self.cookies
        )
        if self.error is None:
            return routes.handlers[self.route or self.path]["GET"](desk, asked)
        problem = problems.problem_for(self.error, locale, desk)
        return form_with_errors(desk, asked, self.path, problem, dict(self.typed))


def _address(code: EmailErrorCode, typed: str) -> Scene:
    return Scene(
        "/register", error=errors.Invalid(InvalidField("email", code)), typed={"email": typed}
    )


def _mail(*states: str, **more: object) -> Scene:
    changes = {"reason": None, "advice": ()} | more
    delivery = mail(*states, **changes)  # type: ignore[arg-type]
    return Scene("/register/code", view(**DOCOMO, delivery=delivery))


def _code(error: TodokuError, shown: View | None = None, wrong: int = 0) -> Scene:
    """The form of the code, refused."""
    posted = "/api/v1/registrations/current/verification"
    return Scene("/register/code", shown or view(), error=error, posted=posted, wrong=wrong)


def _again(shown: View) -> Scene:
    """Another mail was asked for too soon."""
    posted = "/api/v1/registrations/current/code"
    error = errors.Wait(NOW + timedelta(seconds=42))
    return Scene("/register/code", shown, error=error, posted=posted)


BOUNCED = view(
    **DOCOMO,
    delivery=mail(
        *("waiting", "sent", "delivered", "waiting", "sent", "bounced"),
        reason="policy",
        advice=("allow-domain:docomo", "try-another-address", "ask-help-desk"),
    ),
)
EXPIRED = view(state="expired")
BOUNCED_EXPIRED = view(**DOCOMO, state="expired", delivery=BOUNCED.delivery)


SCENES: dict[str, Scene] = {
    "start": Scene("/", cookies={}),
    "start, under way": Scene("/", view()),
    "start, completed": Scene("/", view(state="completed")),
    "address": Scene("/register", cookies={}),
    "address, another person": Scene("/register", view(state="completed"), {"new": "1"}),
    "address, correcting": Scene("/register", view(), {"change": "1"}),
    "address, correcting one in no domain": Scene("/register", NO_SUCH_DOMAIN, {"change": "1"}),
    "address, empty": _address("empty", ""),
    "address, carrier's dots": _address("carrier-dots", "a..b@docomo.ne.jp"),
    "address, slip": Scene(
        "/register",
        error=errors.EmailTypo("taro@gmail.com"),
        typed={"email": "taro@gmai.com"},
    ),
    "address, ending unknown": Scene(
        "/register", error=errors.UnknownEnding("xyzzy"), typed={"email": "taro@school.xyzzy"}
    ),
    "address, slip while correcting": Scene(
        "/register",
        view(),
        error=errors.EmailTypo("taro@gmail.com"),
        typed={"email": "taro@gmai.com"},
        posted="/api/v1/registrations/current/email",
    ),
    "address, challenge": Scene(
        "/register", error=errors.ChallengeRequired("net", 1), typed={"email": "taro@gmail.com"}
    ),
    "address, wait": Scene(
        "/register", error=errors.Wait(LATER), typed={"email": "taro@gmail.com"}
    ),
    "address, busy": Scene(
        "/register", error=errors.TryLater(5), typed={"email": "taro@gmail.com"}
    ),
    "address, cookies blocked": Scene("/register/code", query=BEGUN, cookies={}),
    "code, being prepared": _mail(advice=("wait",)),
    "code, waiting for its turn": Scene(
        "/register/code",
        view(state="queued", provider=None, expected_at=LATER, delivery=mail()),
    ),
    "code, sent": _mail("waiting", "sent", advice=("wait",)),
    "code, delivered": Scene("/register/code", view()),
    "code, delayed": _mail("waiting", "sent", "delayed", reason="server-down", advice=("wait",)),
    "code, bounced": Scene("/register/code", BOUNCED),
    "code, bounced, wrong": _code(errors.CodeMismatch(3), BOUNCED),
    "code, bounced, asked for again too soon": _again(BOUNCED),
    "code, bounced, time is over": Scene("/register/code", BOUNCED_EXPIRED),
    "code, bounced, expired": _code(errors.CodeExpired(), BOUNCED_EXPIRED),
    "code, bounced, mailbox is full": _mail(
        *("waiting", "sent", "bounced"),
        reason="other",
        advice=("check-address", "free-space", "try-another-address"),
    ),
    "code, no such mailbox, wrong": _code(
        errors.CodeMismatch(3),
        view(
            **DOCOMO,
            delivery=mail(
                *("waiting", "sent", "bounced"),
                reason="no-such-mailbox",
                advice=("check-address", "try-another-address"),
            ),
        ),
    ),
    "code, rejected": _mail("waiting", "rejected", advice=("ask-help-desk",)),
    "code, no such domain": Scene("/register/code", NO_SUCH_DOMAIN),
    "code, no such domain, wrong": _code(errors.CodeMismatch(3), NO_SUCH_DOMAIN),
    "code, long address": Scene(
        "/register/code",
        view(email="taro.yamada.2009@students.nishi-high-school.example-prefecture.ed.jp"),
    ),
    "code, time is over": Scene("/register/code", EXPIRED),
    "code, wrong": _code(errors.CodeMismatch(3)),
    "code, the last one wrong": _code(errors.CodeMismatch(0), view(attempts_left=0), wrong=5),
    "code, after too many": Scene("/register/code", view(attempts_left=0), wrong=5),
    "code, no digits": _code(errors.Invalid(InvalidField("code", "not-six-digits"))),
    "code, expired": _code(errors.CodeExpired(), EXPIRED),
    "code, too many": _code(errors.TooManyAttempts(NOW + timedelta(minutes=5))),
    "code, asked for again too soon": _again(view()),
    "code, account exists": Scene("/register/code", view(), exists=True),
    "code, too large": _code(TooLarge()),
    "code, busy": _code(errors.TryLater(5)),
    "help": Scene("/register/code/help", cookies={}),
    "help, docomo": Scene("/register/code/help", view(**DOCOMO)),
    "help, no such domain": Scene("/register/code/help", NO_SUCH_DOMAIN),
    "password": Scene("/register/password", view(state="verified")),
    "password, short": Scene(
        "/register/password",
        view(state="verified"),
        error=errors.PasswordRefused("too-short"),
    ),
    "password, wait": Scene("/register/password", view(state="verified"), error=errors.Wait(LATER)),
    "password, proven elsewhere later": Scene(
        "/register/password", view(state="verified"), error=errors.Displaced()
    ),
    "password, proven elsewhere later, loaded again": Scene(
        "/register/password", view(state="verified"), displaced=True
    ),
    "done, another password": Scene(
        "/register/password", view(state="completed"), error=errors.AlreadyCompleted()
    ),
    "done": Scene("/register/done", view(state="completed")),
    "done, signed in": Scene(
        "/register/done", view(state="completed"), cookies={**REGISTERED, "todoku_access": "x"}
    ),
    "signed out": Scene("/signed-out", cookies={"todoku_signed_out": "7Q4K2M9X8N"}),
    "signed out, later": Scene("/signed-out", cookies={}),
    "privacy": Scene("/privacy", cookies={}),
    "address, too large": Scene(
        "/register", error=TooLarge(), typed={"email": "taro" * 80}, cookies={}
    ),
    "no registration": Scene("/register/code", error=errors.NoRegistration()),
    **{
        f"problem type, {name}": Scene(f"/problems/{name}", cookies={}, route="/problems/{name}")
        for name in ("wait", "email-typo", "unsupported-media-type", "no-registration")
    },
    "nothing there": Scene("/nowhere", error=errors.NoRegistration()),
}

NO_ERROR = frozenset(
    {
        "address, slip",
        "address, ending unknown",
        "address, slip while correcting",
        "password, proven elsewhere later",
    }
)
"""A question, or where somebody stands: answers to a form that call nothing an error."""
