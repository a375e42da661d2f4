"""Begin anew: another user and another code for the same address, in the same registration.

For an attempt whose user is of no more use: confirmed by nobody knows which browser, or gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.clock import Clock
from chalicelib.errors import RACE_TRIES, Raced, TryLater
from chalicelib.jobs import Job, JobKind, Jobs, queue_or_leave
from chalicelib.verification import transitions
from chalicelib.verification.model import AttemptState, Registrations
from chalicelib.verification.transitions import Drawn, draw_attempt


@dataclass(frozen=True, kw_only=True)
class BeginAnew:
    """Puts a new attempt in the place of one that waits for its code, or for a password."""

    registrations: Registrations
    jobs: Jobs
    clock: Clock
    draw: Callable[[], Drawn] = draw_attempt

    def __call__(self, reference: str, state: AttemptState) -> None:
        """Do it if the attempt is its registration's current one and in ``state``."""
        now = self.clock()
        for _ in range(RACE_TRIES):
            seen = self.registrations.find(reference)
            if seen is None or seen.registration.current != reference:
                return
            old = seen.registration.attempt
            if old.state is not state or old.is_refused:
                return
            fresh = transitions.begun_anew(old, self.draw(), now)
            try:
                self.registrations.save(transitions.replaced(seen.registration, fresh), seen)
            except Raced:
                continue
            queue_or_leave(self.jobs, Job(JobKind.SIGN_UP, fresh.reference), now)
            queue_or_leave(self.jobs, Job(JobKind.REMOVE_USER, reference), now)
            return
        raise TryLater(1)
