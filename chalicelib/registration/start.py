"""Start a registration: accept an address at once; the queue does the rest.

One path for every address, known or not: limits, one durable record, one job. No call to
Cognito, SES or DNS is made here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.clock import Clock
from chalicelib.errors import RACE_TRIES, Invalid, InvalidField, Raced, TryLater
from chalicelib.identity.address import parse_address
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.limits.mailbox import Mailboxes, take_place
from chalicelib.limits.network import NetworkLimit, Visitor
from chalicelib.locales import LOCALES
from chalicelib.registration.correct import CorrectAddress
from chalicelib.verification import transitions
from chalicelib.verification.cookie_token import (
    RegistrationWithToken,
    Token,
    draw_token,
    opens,
    token_of_request,
)
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.model import OPEN, Attempt, AttemptState, Registration, Registrations
from chalicelib.verification.transitions import AddressKeys, Drawn, draw_attempt

if TYPE_CHECKING:
    from chalicelib.identity.ownership import Owners

IDEMPOTENT_FOR = timedelta(minutes=10)
"""How long a request with the same idempotency key is the same request."""


@dataclass(frozen=True, kw_only=True)
class StartRegistration:
    """``POST /registrations``."""

    registrations: Registrations
    mailboxes: Mailboxes
    owners: Owners
    jobs: Jobs
    network_limit: NetworkLimit
    lookup: Lookup
    correct: CorrectAddress
    clock: Clock
    pepper: bytes
    draw: Callable[[], Drawn] = draw_attempt

    def __call__(
        self,
        email: str,
        *,
        locale: str,
        as_typed: bool,
        token: str | None,
        idempotency_key: str | None,
        visitor: Visitor,
    ) -> RegistrationWithToken:
        """Begin, or go on where this browser already is.

        Two requests with the same ``idempotency_key`` and address are one. Raises ``Invalid``,
        ``EmailTypo``, ``ChallengeRequired``, ``Wait``, ``TryLater``.
        """
        if locale not in LOCALES:
            raise Invalid(InvalidField("locale", "unknown-locale"))
        address = parse_address(email, as_typed=as_typed)
        keys = transitions.address_keys(address, self.pepper)
        if token and (seen := self.lookup.seen(token)):
            attempt = seen.registration.attempt
            if attempt.address == keys.identity and self._goes_on(attempt):
                return RegistrationWithToken(seen.registration, token)
            if attempt.state in OPEN:
                return self.correct.to(address, token, locale, visitor, idempotency_key)
        if again := self.correct.again(token, address, visitor, idempotency_key):
            return again
        drawn = draw_token()
        if idempotency_key:
            named = token_of_request(self.pepper, f"once:{keys.identity}:{idempotency_key}")
            seen = self.registrations.get(named.id)
            if seen and self._is_same_request(seen.registration, named, visitor):
                return RegistrationWithToken(seen.registration, str(named))
            drawn = drawn if seen else named
        return self._begin(drawn, address.text, keys, locale, visitor)

    def _begin(
        self, token: Token, email: str, keys: AddressKeys, locale: str, visitor: Visitor
    ) -> RegistrationWithToken:
        now = self.clock()
        admitted = self.network_limit.admit(visitor, keys.domain, now)
        for _ in range(RACE_TRIES):
            drawn = self.draw()
            mailbox = self.mailboxes.get(keys.limit)
            taken, at = take_place(
                mailbox.mailbox, drawn.first_mail, admitted.network, now, admitted.earliest
            )
            attempt = transitions.new_attempt(
                drawn, email, keys, now, at, unworked=admitted.unworked
            )
            fresh = Registration(
                id=token.id,
                locale=locale,
                network=admitted.network,
                created_at=now,
                current=attempt.reference,
                attempts={attempt.reference: attempt},
                token=token.hash,
            )
            try:
                self.registrations.save(fresh, None, mailbox.becoming(taken))
            except Raced:
                twin = self.registrations.get(fresh.id)
                if twin and self._is_same_request(twin.registration, token, visitor):
                    return RegistrationWithToken(twin.registration, str(token))
                if twin:
                    token = draw_token()
                continue
            queue_or_leave(self.jobs, Job(JobKind.SIGN_UP, attempt.reference), now, at)
            return RegistrationWithToken(fresh, str(token))
        raise TryLater(1)

    def _goes_on(self, attempt: Attempt) -> bool:
        """Whether its browser is led back to it. Not where another proved the address later:
        then it begins anew, with a code of its own."""
        if attempt.state is AttemptState.VERIFIED:
            return not transitions.displaced(self.owners.get(attempt.address), attempt)
        return attempt.state is not AttemptState.COMPLETED

    def _is_same_request(self, registration: Registration, token: Token, visitor: Visitor) -> bool:
        """Whether a request with the same key may be the same request.

        A key may be guessed or read in a log, and it yields the cookie: so it does only for a
        moment, from the same network, and never once the cookie is worth something.
        """
        return (
            opens(registration, token)
            and registration.attempt.state in OPEN
            and self.clock() < registration.created_at + IDEMPOTENT_FOR
            and registration.network == self.network_limit.network_of(visitor)
        )
