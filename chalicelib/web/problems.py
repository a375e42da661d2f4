"""Problems (RFC 9457): the one mapping of errors to HTTP, in the applicant's language.

What each is called and says is in ``problem_types.py``, what is said of a field in
``field_messages.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib import errors
from chalicelib.errors import FieldErrorCode, TodokuError
from chalicelib.locales import words
from chalicelib.web import (
    field_messages,
    times,
)
from chalicelib.web.errors import (
    CrossSiteFetch,
    ForeignOrigin,
    Malformed,
    MethodNotAllowed,
    NotFound,
    OtherRegistration,
    TooLarge,
    UnsupportedMediaType,
)
from chalicelib.web.problem_types import COMPLETED, DISPLACED, PATH, PROBLEM_TYPES
from chalicelib.web.response import PROBLEM, Response

if TYPE_CHECKING:
    from chalicelib.factory import Services


@dataclass(frozen=True)
class FieldError:
    """One field at fault: ``code`` is stable, ``detail`` is for the applicant."""

    field: str
    code: FieldErrorCode
    detail: str


@dataclass(frozen=True)
class Problem:
    """One problem, localised. ``type`` is the name alone."""

    status: int
    type: str
    title: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    """Members of its own: suggestion, ending, attempts_left, retry_after, retry_at, challenge,
    allow, and hint: for developers, in English, quoting nothing that was sent."""


_NAMES: dict[type[TodokuError], str] = {
    errors.NoRegistration: "no-registration",
    errors.ChallengeRequired: "challenge-required",
    errors.AccountExists: "account-exists",
    errors.Conflict: "conflict",
    errors.NotSignedIn: "not-signed-in",
    ForeignOrigin: "foreign-origin",
    CrossSiteFetch: "cross-site-fetch",
    OtherRegistration: "other-registration",
    NotFound: "not-found",
    TooLarge: "too-large",
    UnsupportedMediaType: "unsupported-media-type",
}
"""Errors that carry nothing more than their name."""


def problem_for(error: TodokuError, locale: str, services: Services) -> Problem:
    """What ``error`` is in HTTP. An error that is new to this mapping is ``internal_problem``."""
    match error:
        case errors.Invalid():
            return _problem(
                "invalid",
                locale,
                errors=tuple(
                    _field_error(f.field, f.code, locale, services, f.sign) for f in error.fields
                ),
            )
        case errors.EmailTypo():
            return _problem(
                "email-typo",
                locale,
                errors=(_field_error("email", "typo", locale, services),),
                suggestion=error.suggestion,
            )
        case errors.UnknownEnding():
            return _problem(
                "unknown-ending",
                locale,
                errors=(_field_error("email", "typo", locale, services),),
                ending=error.ending,
            )
        case errors.PasswordRefused():
            field_error = _field_error("password", error.reason, locale, services)
            return _problem("password-refused", locale, errors=(field_error,))
        case errors.Displaced() | errors.AlreadyCompleted():
            told = DISPLACED if isinstance(error, errors.Displaced) else COMPLETED
            return replace(_problem("conflict", locale), detail=words(locale).gettext(told))
        case errors.CodeMismatch():
            return _mismatch(error.attempts_left, locale, services)
        case errors.CodeExpired():
            return _problem(
                "code-expired", locale, errors=(_field_error("code", "expired", locale, services),)
            )
        case errors.Wait():
            return _later("wait", error.until, locale, services.clock)
        case errors.TooManyAttempts():
            return _later("too-many-attempts", error.until, locale, services.clock)
        case errors.TryLater():
            return _busy(error.seconds, locale, services.clock)
        case errors.OutcomeUnknown() | errors.Raced():
            # Each use case settles these itself; one that could not has changed nothing it
            # cannot find again.
            return _busy(errors.TryLater().seconds, locale, services.clock)
        case errors.ChallengeRequired():
            challenge = services.limits.challenge.new(error.network, error.work)
            return _problem("challenge-required", locale, challenge=challenge)
        case Malformed():
            return _problem("malformed", locale, hint=error.what)
        case MethodNotAllowed():
            return _problem("method-not-allowed", locale, allow=list(error.allow))
        case _:
            return _problem(_NAMES.get(type(error), "internal"), locale)


def internal_problem(locale: str) -> Problem:
    """What an exception that nobody expected looks like from outside: nothing of it."""
    return _problem("internal", locale)


def problem_response(problem: Problem, service: str) -> Response:
    """``problem`` as ``application/problem+json``.

    ``service`` is where this service is, without a slash at the end, so that ``type`` leads to its
    page about the problem; if that is not known, nothing: a relative reference (RFC 9457 section
    3.1.1).
    """
    body: dict[str, Any] = {
        "type": f"{service}{PATH}{problem.type}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = problem.errors
    text = msgspec.json.encode(body | problem.extra).decode()
    return Response(problem.status, text, PROBLEM, headers=problem_headers(problem))


def problem_headers(problem: Problem) -> dict[str, str]:
    """The headers that belong to ``problem``, whether it is told as JSON or as a page."""
    more = {}
    if "retry_after" in problem.extra:
        more["Retry-After"] = str(problem.extra["retry_after"])
    if "challenge" in problem.extra:
        # The work may be done at once, and it is a 429 all the same.
        more["Retry-After"] = "0"
    if "allow" in problem.extra:
        more["Allow"] = ", ".join(problem.extra["allow"])
    return more


def _problem(
    name: str, locale: str, *, errors: tuple[FieldError, ...] = (), **extra: Any
) -> Problem:
    kind = PROBLEM_TYPES[name]
    text = words(locale)
    detail = text.gettext(kind.detail)
    if said := {"suggestion", "ending"} & extra.keys():
        detail = detail % {name: extra[name] for name in said}
    return Problem(kind.status, name, text.gettext(kind.title), detail, errors, extra)


def _field_error(
    name: str, code: FieldErrorCode, locale: str, services: Services, sign: str = ""
) -> FieldError:
    told = field_messages.field_message(name, code, locale, services.config, sign)
    return FieldError(name, code, told)


def _mismatch(left: int, locale: str, services: Services) -> Problem:
    text = words(locale)
    if left:
        tries = text.ngettext(
            "You can try %(count)d more time.", "You can try %(count)d more times.", left
        )
        said = tries % {"count": left}
    else:
        pause = PROBLEM_TYPES["too-many-attempts"].detail
        said = text.gettext(pause)
    field_error = _field_error("code", "mismatch", locale, services)
    problem = _problem("code-mismatch", locale, errors=(field_error,), attempts_left=left)
    return _and(problem, said, locale)


def _later(name: str, until: datetime, locale: str, clock: Callable[[], datetime]) -> Problem:
    seconds = max(1, math.ceil((until - clock()).total_seconds()))
    return _and(_problem(name, locale, **_retry(seconds, until)), _again(seconds, locale), locale)


def _busy(seconds: int, locale: str, clock: Callable[[], datetime]) -> Problem:
    until = clock() + timedelta(seconds=seconds)
    return _problem("try-later", locale, **_retry(max(1, seconds), until))


def _and(problem: Problem, sentence: str, locale: str) -> Problem:
    # Japanese writes no space between sentences; easy Japanese, which spaces its words, does.
    between = "" if locale == "ja" else " "
    return replace(problem, detail=f"{problem.detail}{between}{sentence}")


def _retry(seconds: int, until: datetime) -> dict[str, Any]:
    at = times.rounded_up(until)
    return {"retry_after": seconds, "retry_at": at.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _again(seconds: int, locale: str) -> str:
    """When to come back, in the unit that tells it well."""
    text = words(locale)
    minutes = math.ceil(seconds / 60)
    hours = math.ceil(minutes / 60)
    if seconds <= 90:
        return text.ngettext(
            "Try again in %(seconds)d second.", "Try again in %(seconds)d seconds.", seconds
        ) % {"seconds": seconds}
    if minutes <= 90:
        return text.ngettext(
            "Try again in %(minutes)d minute.", "Try again in %(minutes)d minutes.", minutes
        ) % {"minutes": minutes}
    return text.ngettext("Try again in %(hours)d hour.", "Try again in %(hours)d hours.", hours) % {
        "hours": hours
    }
