"""Correct the address of a registration before it is verified: a new attempt takes its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.clock import Clock
from chalicelib.errors import RACE_TRIES, Conflict, NoRegistration, Raced, TryLater
from chalicelib.identity.address import Address, parse_address
from chalicelib.identity.keyed_hash import keyed_hash
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.limits.mailbox import Mailboxes, SeenMailbox, give_back, take_place
from chalicelib.limits.network import Admitted, NetworkLimit, Visitor
from chalicelib.verification import transitions
from chalicelib.verification.cookie_token import (
    EXCHANGED_FOR,
    RegistrationWithToken,
    exchanged,
    parse_token,
    renewed,
)
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.model import OPEN, Registration, Registrations
from chalicelib.verification.transitions import AddressKeys, Drawn, draw_attempt

AT_ONCE = timedelta(seconds=10)
"""How far apart two corrections without a key may be that are one: a double tap, a browser's own
second try."""


@dataclass(frozen=True, kw_only=True)
class CorrectAddress:
    """``PUT /registrations/current/email``."""

    registrations: Registrations
    mailboxes: Mailboxes
    jobs: Jobs
    network_limit: NetworkLimit
    lookup: Lookup
    clock: Clock
    pepper: bytes
    draw: Callable[[], Drawn] = draw_attempt

    def __call__(
        self,
        token: str | None,
        email: str,
        *,
        as_typed: bool,
        visitor: Visitor,
        locale: str | None = None,
        idempotency_key: str | None = None,
    ) -> RegistrationWithToken:
        """Another address in the same registration, before verification, under a new token.

        ``locale``: its mails are in this language from here on, if the applicant chose one.
        The same once more with the same ``idempotency_key`` has the same answer. Raises
        ``Invalid``, ``EmailTypo``, ``NoRegistration``, ``Conflict`` and what ``to`` does.
        """
        seen = self.lookup.seen(token)
        if token is None or (seen is None and self.lookup.renewed(token) is None):
            raise NoRegistration()
        address = parse_address(email, as_typed=as_typed)
        if seen is None:
            if again := self.again(token, address, visitor, idempotency_key):
                return again
            raise NoRegistration()
        registration = seen.registration
        if registration.attempt.state not in OPEN:
            raise Conflict("verified already")
        if registration.attempt.address == address.key(self.pepper):
            return RegistrationWithToken(registration, token)
        return self.to(address, token, locale, visitor, idempotency_key)

    def again(
        self,
        token: str | None,
        address: Address,
        visitor: Visitor,
        idempotency_key: str | None,
    ) -> RegistrationWithToken | None:
        """The answer to a correction that was made, and whose answer was lost: without a key only
        for seconds and in the network that it came from, since somebody else may know the address.
        """
        before, seen = parse_token(token), self.lookup.renewed(token)
        if before is None or seen is None:
            return None
        network = seen.registration.network_of(seen.registration.attempt)
        if not idempotency_key and network != self.network_limit.network_of(visitor):
            return None
        proof = self._proof(address, idempotency_key)
        now = exchanged(seen.registration, before, proof, self.pepper, self.clock())
        return RegistrationWithToken(seen.registration, str(now)) if now else None

    def to(
        self,
        address: Address,
        token: str,
        locale: str | None,
        visitor: Visitor,
        idempotency_key: str | None = None,
    ) -> RegistrationWithToken:
        """The registration of ``token`` with ``address`` from here on.

        Raises ``Conflict``, ``ChallengeRequired``, ``Wait``, ``TryLater``.
        """
        now = self.clock()
        keys = transitions.address_keys(address, self.pepper)
        admitted = self.network_limit.admit(visitor, keys.domain, now)
        proof = self._proof(address, idempotency_key)
        lasts = EXCHANGED_FOR if idempotency_key else AT_ONCE
        for _ in range(RACE_TRIES):
            before, seen = parse_token(token), self.lookup.seen(token)
            if before is None or seen is None or seen.registration.attempt.state not in OPEN:
                if again := self.again(token, address, visitor, idempotency_key):
                    return again
                raise Conflict("verified, corrected or cancelled meanwhile")
            moved, boxes = self._moved(seen.registration, address.text, keys, admitted, now)
            moved = transitions.with_locale(moved, locale)
            moved = renewed(moved, before, proof, self.pepper, now, lasts)
            try:
                self.registrations.save(moved, seen, *boxes)
            except Raced:
                continue
            self._queue(moved, seen.registration.attempt.reference, now)
            after = exchanged(moved, before, proof, self.pepper, now)
            return RegistrationWithToken(moved, str(after))
        raise TryLater(1)

    def _proof(self, address: Address, idempotency_key: str | None) -> str:
        what = f"{address.key(self.pepper)}:{idempotency_key or ''}"
        return keyed_hash(self.pepper, "correction", what)

    def _moved(
        self,
        registration: Registration,
        email: str,
        keys: AddressKeys,
        admitted: Admitted,
        now: datetime,
    ) -> tuple[Registration, list[SeenMailbox]]:
        """The registration with the new address; the places of both in their mailboxes."""
        old = registration.attempt
        drawn = self.draw()
        before = self.mailboxes.get(old.limit)
        returned = give_back(before.mailbox, old.reference, now)
        boxes = []
        mailbox = before
        if keys.limit != old.limit:
            if returned is not before.mailbox:
                boxes.append(before.becoming(returned))
            mailbox = self.mailboxes.get(keys.limit)
            returned = mailbox.mailbox
        taken, at = take_place(returned, drawn.first_mail, admitted.network, now, admitted.earliest)
        elsewhere = admitted.network if admitted.network != registration.network else ""
        attempt = transitions.new_attempt(
            drawn, email, keys, now, at, elsewhere, unworked=admitted.unworked
        )
        moved = transitions.corrected(registration, attempt)
        return moved, [mailbox.becoming(taken), *boxes]

    def _queue(self, moved: Registration, old: str, now: datetime) -> None:
        attempt = moved.attempt
        at = attempt.expected_at or now
        queue_or_leave(self.jobs, Job(JobKind.SIGN_UP, attempt.reference), now, at)
        if old in moved.attempts:
            queue_or_leave(self.jobs, Job(JobKind.REMOVE_USER, old), now)
