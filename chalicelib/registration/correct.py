"""Correct the address of a registration before it is verified: a new attempt takes its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.clock import Clock
from chalicelib.errors import RACE_TRIES, Conflict, Raced, TryLater
from chalicelib.identity.address import Address, parse_address
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.limits.mailbox import Mailboxes, give_back, take_place
from chalicelib.limits.network import Admitted, NetworkLimit, Visitor
from chalicelib.verification import transitions
from chalicelib.verification.lookup import Lookup
from chalicelib.verification.model import OPEN, Registration, Registrations, Seen
from chalicelib.verification.transitions import Drawn, draw_attempt


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
    ) -> Registration:
        """Another address in the same registration, before verification.

        ``locale``: its mails are in this language from here on, if the applicant chose one.
        Raises ``Invalid``, ``EmailTypo``, ``NoRegistration``, ``Conflict`` and what ``to`` does.
        """
        registration = self.lookup.registration(token)
        address = parse_address(email, as_typed=as_typed)
        if registration.attempt.state not in OPEN:
            raise Conflict("verified already")
        if registration.attempt.address == address.key(self.pepper):
            return registration
        return self.to(address, token or "", locale, visitor)

    def to(
        self, address: Address, token: str, locale: str | None, visitor: Visitor
    ) -> Registration:
        """The registration of ``token`` with ``address`` from here on.

        Raises ``Conflict``, ``ChallengeRequired``, ``Wait``, ``TryLater``.
        """
        now = self.clock()
        admitted = self.network_limit.admit(visitor, now)
        for _ in range(RACE_TRIES):
            seen = self.lookup.seen(token)
            if seen is None or seen.registration.attempt.state not in OPEN:
                raise Conflict("verified or cancelled meanwhile")
            if seen.registration.attempt.address == address.key(self.pepper):
                return seen.registration
            try:
                return self._move(seen, address, locale, admitted, now)
            except Raced:
                continue
        raise TryLater(1)

    def _move(
        self, seen: Seen, address: Address, locale: str | None, admitted: Admitted, now: datetime
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
        taken, at = take_place(returned, drawn.first_mail, admitted.network, now, admitted.earliest)
        attempt = transitions.new_attempt(drawn, address, self.pepper, now, at)
        moved = transitions.with_locale(transitions.corrected(seen.registration, attempt), locale)
        self.registrations.save(moved, seen, mailbox.becoming(taken), *boxes)
        queue_or_leave(self.jobs, Job(JobKind.SIGN_UP, attempt.reference), at)
        if old.reference in moved.attempts:
            queue_or_leave(self.jobs, Job(JobKind.REMOVE_USER, old.reference), now)
        return moved
