"""Ask for a registration, or correct its address. Accept at once; the queue does the rest.

One path for every address, known or not: limits, one durable record, one job. No call to
Cognito, SES or DNS is made here.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.clock import Clock
from chalicelib.errors import Conflict, FieldFault, Invalid, Raced, TryLater
from chalicelib.identity.address import Address, parse_address
from chalicelib.identity.interfaces import Owners
from chalicelib.identity.reference import draw_label, draw_reference
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.limits.interfaces import Mailboxes
from chalicelib.limits.mailbox import give_back, take_place
from chalicelib.limits.network import NetworkLimit
from chalicelib.limits.network_key import network_key
from chalicelib.locales import LOCALES
from chalicelib.verification import transitions
from chalicelib.verification.interfaces import TRIES, Registrations, Seen
from chalicelib.verification.lookup import Lookup, draw_token, registration_id
from chalicelib.verification.model import OPEN, Attempt, AttemptState, Registration

TWINS = timedelta(minutes=10)
"""How long a request with the same name is the same request."""


@dataclass(frozen=True)
class StartedRegistration:
    """The registration, and the token for the cookie of the browser that asked."""

    token: str
    registration: Registration


@dataclass(frozen=True, kw_only=True)
class StartRegistration:
    """``POST /registrations`` and ``PUT /registrations/current/email``."""

    registrations: Registrations
    mailboxes: Mailboxes
    owners: Owners
    jobs: Jobs
    gate: NetworkLimit
    lookup: Lookup
    clock: Clock
    pepper: bytes
    draw: Callable[[], transitions.Drawn] = lambda: transitions.Drawn(
        draw_reference(), draw_label()
    )

    def __call__(
        self,
        email: str,
        *,
        locale: str,
        as_typed: bool,
        token: str | None,
        once: str | None,
        client: str,
        altcha: str | None,
        patient: bool,
    ) -> StartedRegistration:
        """Begin, or go on where this browser already is.

        ``once`` names the request: two with the same name and address are one. Raises
        ``Invalid``, ``EmailTypo``, ``ChallengeRequired``, ``Wait``, ``TryLater``.
        """
        if locale not in LOCALES:
            raise Invalid(FieldFault("locale", "unknown-locale"))
        address = parse_address(email, as_typed=as_typed)
        key = address.key(self.pepper)
        if token and (seen := self.lookup.seen(token)):
            attempt = seen.registration.attempt
            if attempt.address == key and self._goes_on(attempt):
                return StartedRegistration(token, seen.registration)
            if attempt.state in OPEN:
                moved = self._correct(token, address, locale, client, altcha, patient)
                return StartedRegistration(token, moved)
        named = once and self._token(once, key)
        if named and (seen := self.registrations.get(registration_id(named))):
            if self._is_twin(seen.registration, client):
                return StartedRegistration(named, seen.registration)
            named = None
        token = named or draw_token()
        return StartedRegistration(
            token, self._begin(token, address, locale, client, altcha, patient)
        )

    def correct(
        self,
        token: str | None,
        email: str,
        *,
        as_typed: bool,
        client: str,
        locale: str | None = None,
        altcha: str | None = None,
        patient: bool = False,
    ) -> Registration:
        """Another address in the same registration, before verification.

        ``locale``: its mails are in this language from here on, if the applicant chose one.
        Raises ``Invalid``, ``EmailTypo``, ``NoRegistration``, ``Conflict`` and what ``ask`` does.
        """
        registration = self.lookup.registration(token)
        address = parse_address(email, as_typed=as_typed)
        if registration.attempt.state not in OPEN:
            raise Conflict("verified already")
        if registration.attempt.address == address.key(self.pepper):
            return registration
        return self._correct(token or "", address, locale, client, altcha, patient)

    def _begin(
        self,
        token: str,
        address: Address,
        locale: str,
        client: str,
        altcha: str | None,
        patient: bool,
    ) -> Registration:
        now = self.clock()
        network = network_key(client, self.pepper)
        earliest = self.gate.passed(network, now, altcha, patient=patient)
        id = registration_id(token)
        for _ in range(TRIES):
            drawn = self.draw()
            mailbox = self.mailboxes.get(address.limit_key(self.pepper))
            granted, at = take_place(
                mailbox.mailbox, f"{drawn.reference}.1", network, now, earliest
            )
            attempt = transitions.new_attempt(drawn, address, self.pepper, now, at)
            fresh = Registration(
                id=id,
                locale=locale,
                network=network,
                created_at=now,
                current=attempt.reference,
                attempts={attempt.reference: attempt},
            )
            try:
                self.registrations.save(fresh, None, mailbox.becoming(granted))
            except Raced:
                twin = self.registrations.get(id)
                if twin is not None:
                    return twin.registration
                continue
            queue_or_leave(self.jobs, Job(JobKind.SIGN_UP, attempt.reference), at)
            return fresh
        raise TryLater(1)

    def _correct(
        self,
        token: str,
        address: Address,
        locale: str | None,
        client: str,
        altcha: str | None,
        patient: bool,
    ) -> Registration:
        now = self.clock()
        network = network_key(client, self.pepper)
        earliest = self.gate.passed(network, now, altcha, patient=patient)
        for _ in range(TRIES):
            seen = self.lookup.seen(token)
            if seen is None or seen.registration.attempt.state not in OPEN:
                raise Conflict("verified or cancelled meanwhile")
            if seen.registration.attempt.address == address.key(self.pepper):
                return seen.registration
            try:
                return self._move(seen, address, locale, network, now, earliest)
            except Raced:
                continue
        raise TryLater(1)

    def _move(
        self,
        seen: Seen,
        address: Address,
        locale: str | None,
        network: str,
        now: datetime,
        earliest: datetime,
    ) -> Registration:
        old = seen.registration.attempt
        drawn = self.draw()
        before = self.mailboxes.get(old.limit)
        returned = give_back(before.mailbox, old.reference, now)
        boxes = []
        mailbox = before
        if address.limit_key(self.pepper) != old.limit:
            if returned is not before.mailbox:
                boxes.append(before.becoming(returned))
            mailbox = self.mailboxes.get(address.limit_key(self.pepper))
            returned = mailbox.mailbox
        granted, at = take_place(returned, f"{drawn.reference}.1", network, now, earliest)
        attempt = transitions.new_attempt(drawn, address, self.pepper, now, at)
        moved = transitions.speaking(transitions.corrected(seen.registration, attempt), locale)
        self.registrations.save(moved, seen, mailbox.becoming(granted), *boxes)
        queue_or_leave(self.jobs, Job(JobKind.SIGN_UP, attempt.reference), at)
        if old.reference in moved.attempts:
            queue_or_leave(self.jobs, Job(JobKind.REMOVE_USER, old.reference), now)
        return moved

    def _goes_on(self, attempt: Attempt) -> bool:
        """Whether its browser is led back to it. Not where another proved the address later:
        then it begins anew, with a code of its own."""
        if attempt.state is AttemptState.VERIFIED:
            return not transitions.displaced(self.owners.get(attempt.address), attempt)
        return attempt.state is not AttemptState.COMPLETED

    def _is_twin(self, registration: Registration, client: str) -> bool:
        """Whether a request with the same name may be the same request.

        A name may be guessed or read in a log, and it yields the cookie: so it does only for a
        moment, from the same network, and never once the cookie is worth something.
        """
        return (
            registration.attempt.state in OPEN
            and self.clock() < registration.created_at + TWINS
            and registration.network == network_key(client, self.pepper)
        )

    def _token(self, once: str, key: str) -> str:
        """The token that a named request gets however often it comes.

        Only who knows the name (a random number in the form) can ask for it again.
        """
        return hmac.new(self.pepper, f"once:{key}:{once}".encode(), "sha256").hexdigest()
