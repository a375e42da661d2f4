"""Status codes that servers give: enhanced ones (RFC 3463, registry of RFC 5248) and plain replies.

Not every server means what the registry says. A number counts as far as servers are known to
agree on it.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import NamedTuple

from chalicelib.trail.reason import Reason


class StatusCode(NamedTuple):
    """``5.1.1`` taken apart. A plain reply (``550``) is one whose subject is 0."""

    kind: int
    """4: not now. 5: never."""
    subject: int
    detail: int


class Trust(Enum):
    """What a number is worth beside words."""

    SETTLED = auto()
    """Whatever the words are."""
    PRESUMED = auto()
    """Unless the words say something else; more than SES's guess."""
    VAGUE = auto()
    """Servers use it for everything: only where there are no words."""


_CODE = re.compile(
    # Not of what the server is called: "Exim 4.96.2".
    r"(?<!exim )(?<!postfix )(?<!sendmail )"
    r"(?<![\d.])(?P<kind>[45])\.(?P<subject>\d{1,3})\.(?P<detail>\d{1,3})(?!\.?\d)"
    r"""|(?:^|[;:>'"]\s*|\bsaid\s+)(?P<reply>[45])[0-5]\d(?![^\s=:-])""",
    re.IGNORECASE,
)

_GAVE_UP = (4, 7)
"""Delivery time expired: who reports it only says that nobody tries any more."""


def codes_in(text: str | None) -> list[StatusCode]:
    """Every status code in what a server said, in order."""
    return [
        StatusCode(int(m["reply"] or m["kind"]), int(m["subject"] or 0), int(m["detail"] or 0))
        for m in _CODE.finditer(text or "")
    ]


def believed(status: str | None, diagnostic: str | None) -> StatusCode | None:
    """The status code that a bounce is judged by.

    Who reports a bounce often only passes on what another server said, under a status of its own
    (``5.0.0 … said: 550 5.1.1``). What was said last is from the server that knows.
    """
    said, reported = codes_in(diagnostic), codes_in(status)
    for code in reversed(said):
        if code.subject:
            return code
    own = reported[0] if reported else None
    if said and own and own[1:] != _GAVE_UP:
        return own._replace(kind=said[-1].kind)
    return said[-1] if said else own


def tells_failure(status: str | None, diagnostic: str | None) -> bool:
    """Whether a number says that a mail failed: a server's reply, or a status other than ``5.0.0``,
    which may stand on a report of anything."""
    own = codes_in(status)
    return bool(codes_in(diagnostic) or (own and own[0].subject))


def meaning(code: StatusCode | None) -> tuple[Reason | None, Trust]:
    """What a status code says, and how much that is worth."""
    match code:
        case (_, 2, 2):
            return "mailbox-full", Trust.SETTLED
        case (_, 2, 3) | (_, 3, 4):
            return "too-large", Trust.SETTLED
        case (5, 1, 7 | 8):  # the sender's own address is refused
            return "policy", Trust.SETTLED
        case (5, 7, 13):  # the user's account is disabled
            return "no-such-mailbox", Trust.PRESUMED
        case (5, 7, 17):  # the mailbox's owner has changed; vpopmail's for an unknown user
            return "policy", Trust.VAGUE
        case (kind, 7, detail) if detail > 1:
            return "policy" if kind == 5 else "deferred", Trust.SETTLED
        case (5, 1, 1 | 3 | 6 | 10):
            return "no-such-mailbox", Trust.PRESUMED
        case (5, 1, 2):
            return "no-such-domain", Trust.PRESUMED
        case (5, 6, _):  # something about the message itself
            return "policy", Trust.PRESUMED
        case (5, 2, 1):
            return "no-such-mailbox", Trust.VAGUE
        case (5, 4, 4):  # unable to route
            return "no-such-domain", Trust.VAGUE
        case (5, 7, _):
            return "policy", Trust.VAGUE
        case (_, 3 | 4, _):
            return "server-down", Trust.VAGUE
        case (4, _, _):
            return "deferred", Trust.VAGUE
        case _:
            return None, Trust.VAGUE
