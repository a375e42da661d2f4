"""Examples of the OpenAPI description: bodies, answers and problems.

A test validates each against the schema that it is an example of.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from chalicelib.limits.challenge import COST, LIFE, new_challenge
from chalicelib.registration.view import View
from chalicelib.trail.delivery import Delivery, Step
from chalicelib.web.field_messages import CODE, EMAIL, PASSWORD
from chalicelib.web.problem_docs import MEMBERS_OF
from chalicelib.web.problem_types import PATH, PROBLEM_TYPES

_ASKED: Final = datetime(2027, 1, 24, 1, 5, tzinfo=UTC)
_SENT: Final = _ASKED + timedelta(seconds=2)


def _challenge() -> dict[str, Any]:
    """One as it is answered, with the same nonce, salt and signature whenever it is asked for."""
    made = new_challenge("example", COST, _ASKED + LIFE)
    always = {"nonce": "8f2c" * 8, "salt": "51d0" * 8}
    return {"parameters": made["parameters"] | always, "signature": "c0ffee00" * 8}


def _registration(state: Any, delivery: Delivery, **changes: Any) -> View:
    shown: dict[str, Any] = {
        "reference": "7Q4K-2M9X-8T",
        "label": "K7",
        "state": state,
        "email": "taro@docomo.ne.jp",
        "provider": "docomo",
        "expected_at": None,
        "code_expires_at": _SENT + timedelta(hours=24),
        "resend_available_at": _ASKED + timedelta(seconds=60),
        "attempts_left": 5,
        "delivery": delivery,
    }
    return View(**(shown | changes))


_WAITING: Final = Delivery("waiting", (), None, ("wait",))
_DELIVERED: Final = Delivery(
    "delivered",
    (Step("waiting", _ASKED), Step("sent", _SENT), Step("delivered", _SENT)),
    None,
    ("check-spam", "allow-domain:docomo"),
)
_BOUNCED: Final = Delivery(
    "bounced",
    (Step("waiting", _ASKED), Step("sent", _SENT), Step("bounced", _SENT)),
    "no-such-mailbox",
    ("check-address", "allow-domain:docomo", "try-another-address"),
)
_PROVEN: Final = {
    "email": "t***@docomo.ne.jp",
    "code_expires_at": None,
    "resend_available_at": None,
    "attempts_left": None,
}

_EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "Address": {
        "an address": {"email": "taro@docomo.ne.jp", "locale": "ja"},
        "right although it looks like a slip": {"email": "taro@gmai.com", "as_typed": True},
    },
    "NewAddress": {"another address": {"email": "hanako@icloud.com"}},
    "SendAgain": {"as a rule": {}},
    "Code": {"six digits": {"code": "123456"}},
    "Password": {"three words": {"password": "three quiet herons"}},
    "View": {
        "the code will be sent": _registration(
            "queued",
            _WAITING,
            provider=None,
            expected_at=_SENT,
            code_expires_at=None,
        ),
        "the mail was accepted": _registration("awaiting_code", _DELIVERED),
        "the mail came back": _registration("awaiting_code", _BOUNCED),
        "the address is proven": _registration("verified", _DELIVERED, **_PROVEN),
        "the account exists": _registration("completed", _DELIVERED, **_PROVEN),
    },
    "Session": {"signed in": {"reference": "7Q4K-2M9X-8T", "email": "t***@docomo.ne.jp"}},
    "Health": {"well": {"status": "ok", "build": "2027-01-24"}},
}
"""By the name of the schema."""

_SHOWN: Final = {
    "ask": ("the code will be sent",),
    "resend": ("the code will be sent", "the mail was accepted"),
    "correct": ("the code will be sent",),
    "verify": ("the address is proven",),
    "complete": ("the account exists",),
}
"""Which registrations a call answers, by its id; the others, any."""

_FIELD_AT_FAULT: Final = {
    "invalid": ("email", "two-ats", EMAIL["two-ats"]),
    "email-typo": ("email", "typo", EMAIL["typo"]),
    "unknown-ending": ("email", "typo", EMAIL["typo"]),
    "code-mismatch": ("code", "mismatch", CODE["mismatch"]),
    "code-expired": ("code", "expired", CODE["expired"]),
    "password-refused": ("password", "too-common", PASSWORD["too-common"]),
}
_MEMBERS: Final[dict[str, Any]] = {
    "suggestion": "taro@gmail.com",
    "ending": "gmailcom",
    "attempts_left": 4,
    "retry_after": 42,
    "retry_at": "2027-01-24T01:06:00Z",
    "challenge": _challenge(),
    "allow": ["GET", "HEAD", "OPTIONS"],
    "hint": "the body is no JSON",
}


def examples(kind: type, operation: str = "") -> dict[str, Any]:
    """Examples of ``kind``, a body or an answer of ``operation``, as OpenAPI has them."""
    found = _EXAMPLES[kind.__name__]
    names = _SHOWN.get(operation, tuple(found)) if kind is View else tuple(found)
    return {
        name.replace(" ", "-"): {"summary": name, "value": msgspec.to_builtins(found[name])}
        for name in names
    }


def problem_example(name: str, service: str) -> dict[str, Any]:
    """A problem of this type as ``service`` answers it in English."""
    kind = PROBLEM_TYPES[name]
    value: dict[str, Any] = {
        "type": f"{service}{PATH}{name}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.detail % _MEMBERS if "%(" in kind.detail else kind.detail,
    }
    for member in MEMBERS_OF.get(name, ()):
        if member == "errors":
            field, code, detail = _FIELD_AT_FAULT[name]
            value[member] = [{"field": field, "code": code, "detail": detail}]
        else:
            value[member] = _MEMBERS[member]
    return {"value": value}
