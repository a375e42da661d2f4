"""Transitions of a registration: plain functions from registration to registration.

They are all safe to apply twice: what has happened already stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.clock import CLOCKS_APART, DAY, MINUTE
from chalicelib.errors import Conflict
from chalicelib.identity.address import Address
from chalicelib.identity.ownership import UNFINISHED_FOR, MaybeOwner, owns
from chalicelib.identity.reference import draw_label, draw_reference
from chalicelib.jobs import rests
from chalicelib.limits.domain_key import domain_key
from chalicelib.verification.model import OPEN, Attempt, AttemptState, Registration, TriedCode

if TYPE_CHECKING:
    from chalicelib.limits.network import Admitted

AT_ONCE = timedelta(seconds=2)
"""A mail that may leave this soon leaves now."""


LONG_DEAD = 2 * MINUTE
"""How long ago a code is said to have died: before whatever runs just now has read its own clock,
which is up to a minute ago and a few seconds apart."""


class AddressKeys(Struct, frozen=True):
    """What an address is known by, and what its limits and its domain's are counted by."""

    identity: str
    limit: str
    domain: str


@dataclass(frozen=True)
class Drawn:
    """What chance gave to a new attempt."""

    reference: str
    label: str

    @property
    def first_mail(self) -> str:
        """What a mailbox calls the attempt's first mail."""
        return f"{self.reference}.1"


def draw_attempt() -> Drawn:
    """A reference and a label at random."""
    return Drawn(draw_reference(), draw_label())


def address_keys(address: Address, pepper: bytes) -> AddressKeys:
    """The keys of an address."""
    return AddressKeys(
        address.key(pepper), address.limit_key(pepper), domain_key(address.domain, pepper)
    )


def new_attempt(
    drawn: Drawn,
    email: str,
    keys: AddressKeys,
    now: datetime,
    mail_at: datetime,
    network: str = "",
    *,
    unworked: bool = False,
) -> Attempt:
    """An attempt whose first mail may leave at ``mail_at``."""
    return Attempt(
        resting=rests(mail_at, now),
        reference=drawn.reference,
        label=drawn.label,
        email=email,
        address=keys.identity,
        limit=keys.limit,
        domain=keys.domain,
        network=network,
        unworked=unworked,
        state=AttemptState.QUEUED,
        asked_at=now,
        expected_at=mail_at,
        mail_asked_at=mail_at,
    )


def begun_anew(attempt: Attempt, drawn: Drawn, now: datetime) -> Attempt:
    """Another attempt for the same address, whose mail leaves now."""
    keys = AddressKeys(attempt.address, attempt.limit, attempt.domain)
    return new_attempt(
        drawn, attempt.email, keys, now, now, attempt.network, unworked=attempt.unworked
    )


def corrected(registration: Registration, attempt: Attempt) -> Registration:
    """The registration with a new address; the old one's code proves nothing any more.

    Raises ``Conflict`` after verification.
    """
    if registration.attempt.state not in OPEN:
        raise Conflict("verified already")
    return replaced(registration, attempt)


def replaced(registration: Registration, attempt: Attempt) -> Registration:
    """The registration with ``attempt`` instead of its current one, whose user is to go."""
    old = registration.attempt
    voided = registration.with_attempt(replace(old, state=AttemptState.VOID, expected_at=None))
    moved = replace(voided.with_attempt(attempt), current=attempt.reference)
    # Without either there is no user and never will be, and no place to give back.
    return moved if old.signup_at or old.placed else moved.without(old.reference)


def mail_asked(
    registration: Registration, admitted: Admitted, mail_at: datetime, now: datetime
) -> Registration:
    """One more mail with the code was asked for; it may leave at ``mail_at``."""
    attempt = registration.attempt
    attempt = replace(
        attempt,
        mails=attempt.mails + 1,
        network=admitted.network if admitted.network != registration.network else "",
        unworked=admitted.unworked,
        no_such_domain_at=None,
        placing_at=None,
    )
    return registration.with_attempt(waiting(attempt, mail_at, now))


def waiting(attempt: Attempt, until: datetime, now: datetime) -> Attempt:
    """The attempt whose newest mail may leave at ``until``."""
    return replace(attempt, mail_asked_at=until, expected_at=until, resting=rests(until, now))


def with_locale(registration: Registration, locale: str | None) -> Registration:
    """Mails from here on in ``locale``, one of ``LOCALES``; ``None`` leaves it as it is."""
    return replace(registration, locale=locale) if locale else registration


def send_again_at(attempt: Attempt) -> datetime:
    """When another mail may be asked for: a minute after the one before, or after its turn."""
    asked = attempt.mail_asked_at
    return max(asked, attempt.expected_at or asked, attempt.asked_again_at or asked) + MINUTE


def is_to_come(attempt: Attempt, now: datetime) -> bool:
    """Whether the newest mail has not left and still will: to ask for one more is to ask for it.

    It never will where its code has died before it could, or the domain does not exist.
    """
    if attempt.no_such_domain_at is not None or attempt.handed_over >= attempt.mails:
        return False
    expires = attempt.code_expires_at
    return expires is None or now < expires or attempt.mail_asked_at >= expires


def asked_again(registration: Registration, now: datetime) -> Registration:
    """The newest mail, which has not left yet, was asked for once more."""
    return registration.with_attempt(replace(registration.attempt, asked_again_at=now))


def signing_up(
    registration: Registration,
    reference: str,
    provider: str | None,
    now: datetime,
    *,
    anew: bool = True,
) -> Registration:
    """From here on the user may exist, whatever becomes of the answer. Not ``anew``: it does."""
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.state is not AttemptState.QUEUED:
        return registration
    signup_at = now if anew else attempt.signup_at or now
    return registration.with_attempt(
        replace(attempt, provider=provider, signup_at=signup_at, no_such_domain_at=None)
    )


def signed_up(registration: Registration, reference: str, now: datetime) -> Registration:
    """The user exists and its code is on the way. A void attempt only notes that."""
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.signed_up_at is not None:
        return registration
    noted = replace(attempt, signed_up_at=now)
    if attempt.state is AttemptState.QUEUED:
        noted = replace(noted, state=AttemptState.AWAITING_CODE, expected_at=None)
    return registration.with_attempt(noted)


def reissuing(registration: Registration, before: Attempt, now: datetime) -> Registration:
    """A new code is asked for: the one before is dead from here on.

    Unless one has just come that still works, or was just asked for: that must not be killed.
    """
    reference = before.reference
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.reissued_at != before.reissued_at:
        return registration
    if attempt.code_expires_at is not None and attempt.code_expires_at > now:
        return registration
    # A mail that was asked for meanwhile has a time of its own.
    waits = attempt.expected_at if attempt.mails != before.mails else None
    return _changed(
        registration, reference, reissued_at=now, code_expires_at=None, expected_at=waits
    )


def not_reissued(registration: Registration, before: Attempt, asked_at: datetime) -> Registration:
    """The pool was too busy for the new code that was asked for then: none is on its way. A code is
    missing, for whoever comes next and for the sweeper."""
    attempt = registration.attempts.get(before.reference)
    if attempt is None or attempt.reissued_at != asked_at:
        return registration
    return _changed(
        registration,
        before.reference,
        reissued_at=before.reissued_at,
        expected_at=attempt.expected_at or before.expected_at,
    )


def mail_handed_on(registration: Registration, reference: str) -> Registration:
    """The mail that was waiting has been handed on."""
    return _changed(registration, reference, expected_at=None)


def mail_handed_over(registration: Registration, reference: str, n: int) -> Registration:
    """SES took mail ``n``, or will never take it."""
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.handed_over >= n:
        return registration
    return registration.with_attempt(replace(attempt, handed_over=n))


def newest_mail_due(attempt: Attempt) -> int:
    """The number of the newest mail whose turn has come: one may still be waiting."""
    waiting = attempt.state is AttemptState.AWAITING_CODE and attempt.expected_at is not None
    return attempt.mails - 1 if waiting else attempt.mails


def code_brings_newest_mail(attempt: Attempt) -> bool:
    """Whether the newest mail is the newest code's own, and no mail with it once more."""
    if attempt.reissued_at is None:
        return attempt.mails == 1
    # Asked for by the API's clock, reissued by the worker's.
    return attempt.reissued_at + AT_ONCE + CLOCKS_APART >= attempt.mail_asked_at


def code_issued(
    registration: Registration, reference: str, expires: datetime, tail: str
) -> Registration:
    """Cognito issued a code, which its mails say with ``tail``; it works until ``expires``."""
    return _changed(registration, reference, code_expires_at=expires, code_tail=tail)


def code_tried(registration: Registration, now: datetime) -> Registration:
    """One code is about to be tried; a right one is forgiven by ``verified``."""
    recent = tuple(t for t in registration.wrong if t > now - DAY)
    return replace(registration, wrong=(*recent, now))


def code_trying(registration: Registration, proof: str, now: datetime) -> Registration:
    """Cognito is about to be asked about a code; its answer may be lost."""
    attempt = replace(registration.attempt, trying=TriedCode(proof, now))
    return registration.with_attempt(attempt)


def code_answered(registration: Registration, reference: str, proof: str) -> Registration:
    """Cognito has said what it thinks of the code that was being tried."""
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.trying is None or attempt.trying.proof != proof:
        return registration
    return registration.with_attempt(replace(attempt, trying=None))


def code_forgiven(registration: Registration, tried: datetime) -> Registration:
    """The code that was tried then was not looked at."""
    remaining = list(registration.wrong)
    if tried in remaining:
        remaining.remove(tried)
    return replace(registration, wrong=tuple(remaining))


def code_died(
    registration: Registration, reference: str, expires: datetime, now: datetime
) -> Registration:
    """The code that was to work until ``expires`` works no longer: the next mail brings a new one.

    Nothing is said of another one that has come meanwhile, or was asked for.
    """
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.code_expires_at != expires:
        return registration
    return _changed(registration, reference, code_expires_at=min(expires, now - LONG_DEAD))


def verified(registration: Registration, reference: str, now: datetime) -> Registration:
    """The address is proven by this browser.

    Raises ``Conflict`` when the attempt was corrected or cancelled meanwhile.
    """
    attempt = registration.attempts.get(reference)
    if attempt is None or reference != registration.current or attempt.state is AttemptState.VOID:
        raise Conflict("corrected meanwhile")
    if attempt.state not in OPEN:
        return registration
    return replace(registration, wrong=()).with_attempt(
        replace(
            attempt, state=AttemptState.VERIFIED, verified_at=now, expected_at=None, trying=None
        )
    )


def completed(registration: Registration, reference: str, now: datetime) -> Registration:
    """The account is made."""
    attempt = registration.attempts[reference]
    if attempt.state is AttemptState.COMPLETED:
        return registration
    return registration.with_attempt(
        replace(attempt, state=AttemptState.COMPLETED, completed_at=now)
    )


def known_finished(registration: Registration, reference: str) -> Registration:
    """The user pool knows that the account is made."""
    return _changed(registration, reference, known_finished=True)


def cancelled(registration: Registration) -> Registration:
    """Forgotten by its browser; what is left of it waits for the worker."""
    attempt = registration.attempt
    if attempt.state is AttemptState.COMPLETED:
        return registration
    return registration.with_attempt(replace(attempt, state=AttemptState.VOID, expected_at=None))


def shown_state(attempt: Attempt, now: datetime) -> AttemptState:
    """The state as an applicant sees it: ``expired`` once the code's time is up."""
    expires = attempt.code_expires_at
    waiting = attempt.state is AttemptState.AWAITING_CODE and attempt.expected_at is None
    return AttemptState.EXPIRED if waiting and expires and now >= expires else attempt.state


def address_refused(registration: Registration, reference: str) -> Registration:
    """The user pool will not take this address: no code can ever come."""
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.state not in OPEN:
        return registration
    return registration.with_attempt(replace(attempt, refused=True))


def no_such_domain(registration: Registration, reference: str, now: datetime) -> Registration:
    """Nobody takes mail for the address's domain: nothing waits, until a mail is asked for."""
    attempt = registration.attempts.get(reference)
    if attempt is None or attempt.state is not AttemptState.QUEUED or attempt.signup_at:
        return registration
    return registration.with_attempt(
        replace(attempt, no_such_domain_at=now, expected_at=None, resting=False)
    )


def _changed(registration: Registration, reference: str, **changes: Any) -> Registration:
    """``registration`` with its attempt changed; as it is when that one was corrected away
    meanwhile, or says so already."""
    attempt = registration.attempts.get(reference)
    if attempt is None or (changed := replace(attempt, **changes)) == attempt:
        return registration
    return registration.with_attempt(changed)


def outlived(attempt: Attempt, now: datetime) -> bool:
    """Whether an address stayed unproven, or without a password, for longer than it may."""
    match attempt.state:
        case AttemptState.QUEUED | AttemptState.AWAITING_CODE:
            return now >= attempt.asked_last + UNFINISHED_FOR
        case AttemptState.VERIFIED:
            return now >= (attempt.verified_at or attempt.asked_at) + UNFINISHED_FOR
        case _:
            return False


def displaced(owner: MaybeOwner, attempt: Attempt) -> bool:
    """Whether a proven attempt's address is another's by now: it cannot get a password."""
    return attempt.state is AttemptState.VERIFIED and not owns(owner, attempt.reference)
