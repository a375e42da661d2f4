"""When a registration is due: the next moment at which the sweeper should look at it."""

from __future__ import annotations

from datetime import datetime

from chalicelib.clock import MINUTE
from chalicelib.identity.ownership import UNFINISHED_FOR
from chalicelib.verification import transitions
from chalicelib.verification.model import Attempt, AttemptState, Registration

LATE = 2 * MINUTE
"""How long a job may take before it is thought to be lost."""
AGAIN = 10 * MINUTE
"""The least time between two looks: a queue that is long must not be made longer. What a sweeper
that dies between noting its look and queueing the jobs costs."""
QUEUED_AHEAD = 5 * MINUTE
"""How long before its time the job of a resting mail is put on the queue."""
UNSENT = 20 * MINUTE
"""How long a code's mail may be on its way to SES, which the queue tries by itself, before it is
put on the queue again."""
LOST_AGAIN = 10 * MINUTE
"""How long a new code may be on its way to us before the sweeper has yet another asked for: longer
than ``IN_TRANSIT``, so that a job that waits for that is not joined by a second one."""


def due(registration: Registration) -> datetime | None:
    """The earliest moment at which something may have to be mended.

    ``None`` when nothing is left to do. Not twice within ``AGAIN``.
    """
    swept_at = registration.swept_at
    found = (_due(attempt, swept_at) for attempt in registration.attempts.values())
    first = min((moment for moment in found if moment is not None), default=None)
    return max(first, swept_at + AGAIN) if first and swept_at else first


def _due(attempt: Attempt, swept_at: datetime | None) -> datetime | None:
    match attempt.state:
        case AttemptState.QUEUED | AttemptState.AWAITING_CODE if attempt.is_refused:
            return attempt.asked_last + UNFINISHED_FOR
        case AttemptState.QUEUED:
            return _turn(attempt, attempt.expected_at or attempt.asked_at)
        case AttemptState.AWAITING_CODE if attempt.expected_at is not None:
            return _turn(attempt, attempt.expected_at)
        case AttemptState.AWAITING_CODE:
            return _code(attempt, swept_at)
        case AttemptState.VERIFIED:
            return (attempt.verified_at or attempt.asked_at) + UNFINISHED_FOR
        case AttemptState.VOID:
            return attempt.asked_at
        case AttemptState.COMPLETED if not attempt.known_finished:
            return (attempt.verified_at or attempt.asked_at) + LATE
        case _:
            return None


def _turn(attempt: Attempt, expected_at: datetime) -> datetime:
    return expected_at - QUEUED_AHEAD if attempt.resting else expected_at + LATE


def _code(attempt: Attempt, swept_at: datetime | None) -> datetime:
    """Of one whose code was asked for, and no mail is waiting for its turn."""
    given_up = attempt.asked_last + UNFINISHED_FOR
    asked_at = attempt.code_asked_at or attempt.asked_at
    if attempt.code_expires_at is None:
        return min(asked_at + (LOST_AGAIN if attempt.reissued_at else MINUTE), given_up)
    if is_unsent(attempt):
        tried_at = max(asked_at, attempt.mail_asked_at, swept_at or asked_at)
        if tried_at + UNSENT < attempt.code_expires_at:
            return tried_at + UNSENT
    return given_up


def is_unsent(attempt: Attempt) -> bool:
    """Whether the newest mail with the code was not handed over to SES."""
    return attempt.handed_over < transitions.newest_mail_due(attempt)
