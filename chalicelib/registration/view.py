"""View of a registration: what an applicant sees of it now.

The rules are imported where they are asked: every cold start needs the types, for OpenAPI.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast

from chalicelib.clock import Clock, ZonedTime
from chalicelib.trail.delivery import NO_SUCH_ADDRESS, Delivery, Step, delivery
from chalicelib.verification.model import OPEN, Attempt, Registration

if TYPE_CHECKING:
    from chalicelib.trail.mail_record import MailRecords


@dataclass(frozen=True, kw_only=True)
class ViewRegistration:
    """Joins the registration and its mails' trail. Reads only."""

    records: MailRecords
    clock: Clock

    def __call__(self, registration: Registration) -> View:
        """Every key always there; ``None`` where there is nothing to say."""
        from chalicelib.identity.display import masked, shown
        from chalicelib.identity.reference import grouped
        from chalicelib.limits.code_attempts import codes_left
        from chalicelib.verification import transitions

        now, attempt = self.clock(), registration.attempt
        is_open = attempt.state in OPEN
        # No mail before SignUp: the answer to a registration need not read the trail.
        records = self.records.of(attempt.reference) if attempt.signup_at else ()
        told = delivery(records, now)
        if is_open:
            told = _with_mail_to_come(told, attempt, now)
        if attempt.refused:
            told = replace(
                told,
                state="rejected",
                history=(*told.history, Step("rejected", attempt.signup_at or now)),
                advice=NO_SUCH_ADDRESS,
            )
        if at := attempt.no_such_domain_at:
            told = Delivery("rejected", (Step("rejected", at),), "no-such-domain", NO_SUCH_ADDRESS)
        return View(
            reference=grouped(attempt.reference),
            label=attempt.label,
            state=cast(ShownState, transitions.shown_state(attempt, now).value),
            # Whoever typed it sees a slip before the @ only there. Once it is proven there is none.
            email=shown(attempt.email) if is_open else masked(attempt.email),
            provider=attempt.provider,
            expected_at=attempt.expected_at if is_open else None,
            code_expires_at=attempt.code_expires_at if is_open else None,
            resend_available_at=transitions.send_again_at(attempt) if is_open else None,
            attempts_left=codes_left(registration.wrong, now) if is_open else None,
            delivery=told,
        )


def _with_mail_to_come(delivery: Delivery, attempt: Attempt, now: datetime) -> Delivery:
    """``delivery`` with the mail that was asked for last, while the trail has no record of it yet.

    Without it, the state of the mail before would be told as if nothing were under way.
    """
    begun = [step.at for step in delivery.history if step.state == "waiting"]
    if not begun:
        return delivery
    from chalicelib.identity.codes import IN_TRANSIT
    from chalicelib.verification.transitions import AT_ONCE

    asked = attempt.mail_asked_at
    if begun[-1] + AT_ONCE >= asked or now > asked + IN_TRANSIT:
        return delivery
    history = delivery.history if asked > now else (*delivery.history, Step("waiting", asked))
    return Delivery("waiting", history, None, ("wait",))


ShownState = Literal["queued", "awaiting_code", "verified", "completed", "expired"]


@dataclass(frozen=True)
class View:
    """The registration, every key always there. Times are UTC."""

    reference: str
    label: str
    state: ShownState
    email: str
    provider: str | None
    expected_at: ZonedTime | None
    code_expires_at: ZonedTime | None
    resend_available_at: ZonedTime | None
    attempts_left: int | None
    delivery: Delivery
