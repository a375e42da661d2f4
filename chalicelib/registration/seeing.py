"""What an applicant sees of a registration now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from chalicelib.registration import attempts, limits
from chalicelib.registration.address import masked
from chalicelib.registration.interfaces import Clock
from chalicelib.registration.model import OPEN, Attempt, Registration
from chalicelib.registration.reference import grouped
from chalicelib.registration.view import ShownState, View
from chalicelib.trail.view import Delivery, Step


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Joins the registration and its mails' trail. Reads only."""

    delivery_of: Callable[[str | None, datetime], Delivery]
    """By reference: where its mails are now; ``None``: none can have been made yet."""
    clock: Clock

    def __call__(self, registration: Registration) -> View:
        """Every key always there; ``None`` where there is nothing to say."""
        now, attempt = self.clock(), registration.attempt
        is_open = attempt.state in OPEN
        # No mail before SignUp: the answer to a registration need not read the trail.
        delivery = self.delivery_of(attempt.reference if attempt.signup_at else None, now)
        if is_open:
            delivery = _with_the_one_to_come(delivery, attempt, now)
        if attempt.refused:
            delivery = replace(
                delivery,
                state="rejected",
                history=(*delivery.history, Step("rejected", attempt.signup_at or now)),
                advice=("check-address", "try-another-address"),
            )
        return View(
            reference=grouped(attempt.reference),
            label=attempt.label,
            state=cast(ShownState, attempts.shown_state(attempt, now).value),
            email=masked(attempt.email),
            provider=attempt.provider,
            expected_at=attempt.expected_at if is_open else None,
            code_expires_at=attempt.code_expires_at if is_open else None,
            resend_available_at=attempts.resend_at(attempt) if is_open else None,
            attempts_left=limits.codes_left(registration.wrong, now) if is_open else None,
            delivery=delivery,
        )


def _with_the_one_to_come(delivery: Delivery, attempt: Attempt, now: datetime) -> Delivery:
    """``delivery`` with the mail that was asked for last, while it has no row in the trail yet.

    Without it, the state of the mail before would be told as if nothing were under way.
    """
    begun = [step.at for step in delivery.history if step.state == "waiting"]
    asked = attempt.mail_asked_at
    if not begun or begun[-1] + attempts.AT_ONCE >= asked or now > asked + attempts.PATIENCE:
        return delivery
    history = delivery.history if asked > now else (*delivery.history, Step("waiting", asked))
    return Delivery("waiting", history, None, ("wait",))
