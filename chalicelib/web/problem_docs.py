"""Problem types for developers: what a client does about each, and what else its JSON holds.

The page of a problem type shows it in the reader's language, the OpenAPI description in English.
What stands in backticks is literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, get_args

from chalicelib.errors import PasswordReason
from chalicelib.locales import _
from chalicelib.web.field_messages import ANY, BY_FIELD

_SHOW: Final = _(
    "Show what `errors` says about each field, and send the request again with what was corrected."
)
_LATER: Final = _(
    "Wait for `retry_after` seconds, and then send the same request again. "
    "Whoever comes sooner is refused again."
)
_COOKIES: Final = _(
    "Send the cookies that this service has set. "
    'In a browser that is `fetch(…, {credentials: "include"})`.'
)

WHAT_TO_DO: Final[dict[str, tuple[str, ...]]] = {
    "malformed": (
        _("Correct the request: `hint` says what could not be read. Do not repeat it as it is."),
    ),
    "not-signed-in": (
        _COOKIES,
        _("There is no session before a registration is completed, nor after signing out."),
    ),
    "foreign-origin": (
        _(
            "Send it from a page of this service, or ask its operator to name the origin of your "
            "form in `Origins`."
        ),
        _(
            "A page under `Referrer-Policy: no-referrer` or `same-origin` sends `Origin: null`, "
            'which names none: give it `<meta name="referrer" content="strict-origin">`.'
        ),
    ),
    "cross-site-fetch": (
        _(
            'Send it by a plain form: `<form method="post">`. Or call from a host with the same '
            "registered domain, whose origin is named in `Origins`."
        ),
    ),
    "not-found": (_("Check the path: `/api/v1/openapi.json` lists all that there are."),),
    "no-registration": (
        _COOKIES,
        _("Without such cookies, begin with `POST /api/v1/registrations`."),
    ),
    "method-not-allowed": (_("Use one of the methods in `allow`."),),
    "conflict": (
        _("Ask `GET /api/v1/registrations/current` for the state, and go on from there."),
    ),
    "other-registration": (
        _("Only forms get this. Show the registration that there is now, and ask again."),
    ),
    "account-exists": (
        _("Tell the applicant to sign in. This address needs no other registration."),
    ),
    "too-large": (_("Send at most 16 KB in one request."),),
    "unsupported-media-type": (
        _(
            "Say in the header `Content-Type` what you send: `application/json` or "
            "`application/x-www-form-urlencoded`."
        ),
    ),
    "invalid": (_SHOW,),
    "email-typo": (
        _(
            "Ask the applicant which address is right. Send the one in `suggestion`, or the first "
            "one again with `as_typed`."
        ),
    ),
    "unknown-ending": (
        _(
            "Ask the applicant whether the address is right. Send another one, or the same one "
            "again with `as_typed`."
        ),
    ),
    "code-mismatch": (
        _SHOW,
        _("After `attempts_left` more wrong codes, none is accepted for a while."),
    ),
    "code-expired": (_("Ask for a new code with `POST /api/v1/registrations/current/code`."),),
    "password-refused": (_SHOW,),
    "wait": (_LATER,),
    "too-many-attempts": (_LATER,),
    "challenge-required": (
        _(
            "Solve `challenge` with a library for ALTCHA, and send the same request again with the "
            "solution in `altcha`. Each solution is accepted once."
        ),
    ),
    "internal": (
        _(
            "Send the same request again after a minute. If it fails again, tell the operator at "
            "what time it failed."
        ),
    ),
    "try-later": (_LATER,),
}
"""By problem type, sentences; ids of the catalogue."""

MEMBERS: Final[dict[str, str]] = {
    "errors": _("Each field at fault, why as a stable `code`, and a sentence for the applicant."),
    "suggestion": _("The address that was probably meant."),
    "ending": _("The ending that does not exist, without its dot."),
    "attempts_left": _("How many more codes may be tried before a pause."),
    "retry_after": _("How many seconds to wait; the header `Retry-After` says the same."),
    "retry_at": _("The same as a time (RFC 3339, UTC)."),
    "challenge": _("The ALTCHA challenge to solve."),
    "allow": _("The methods that this path has."),
    "hint": _("What is wrong with the request, in English."),
}
"""What a problem may hold besides ``type``, ``title``, ``status`` and ``detail``."""

_RETRY: Final = ("retry_after", "retry_at")

MEMBERS_OF: Final[dict[str, tuple[str, ...]]] = {
    "malformed": ("hint",),
    "method-not-allowed": ("allow",),
    "invalid": ("errors",),
    "email-typo": ("errors", "suggestion"),
    "unknown-ending": ("errors", "ending"),
    "code-mismatch": ("errors", "attempts_left"),
    "code-expired": ("errors",),
    "password-refused": ("errors",),
    "wait": _RETRY,
    "too-many-attempts": _RETRY,
    "challenge-required": ("challenge",),
    "try-later": _RETRY,
}
"""Which of them each problem type holds; nothing for the others."""

ANY_FIELD: Final = ""
"""Stands in ``CODES_OF`` for whatever field there is."""

_OWN_CODES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "email-typo": {"email": ("typo",)},
    "unknown-ending": {"email": ("typo",)},
    "code-mismatch": {"code": ("mismatch",)},
    "code-expired": {"code": ("expired",)},
    "password-refused": {"password": get_args(PasswordReason)},
}


def _of_invalid(field: str, codes: Iterable[str]) -> tuple[str, ...]:
    others = {code for own in _OWN_CODES.values() for code in own.get(field, ())}
    return tuple(code for code in codes if code not in others)


CODES_OF: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "invalid": {
        **{field: _of_invalid(field, codes) for field, codes in BY_FIELD.items()},
        ANY_FIELD: tuple(ANY),
    },
    **_OWN_CODES,
}
"""By problem type and field, the codes that its ``errors`` hold."""
