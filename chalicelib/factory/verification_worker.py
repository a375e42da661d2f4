"""The wiring of ``verification``, first part: what the worker's jobs are done by."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.verification.begin_anew import BeginAnew
    from chalicelib.verification.mail_turn import MailTurn
    from chalicelib.verification.reconcile_owner import ReconcileOwner
    from chalicelib.verification.reissue import Reissue
    from chalicelib.verification.remove_user import RemoveUser
    from chalicelib.verification.send_again import SendAgainJob
    from chalicelib.verification.sign_up import SignUp


class VerificationWorker:
    """The steps that ``triggers.do_job`` takes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock

    @cached_property
    def sign_up(self) -> SignUp:
        """Have a code issued for a new attempt."""
        from chalicelib.verification.sign_up import SignUp

        return SignUp(
            registrations=self._services.adapters.registrations,
            turn=self._turn,
            users=self._services.adapters.users,
            clock=self._clock,
            provider=self._services.courier.provider,
            reconcile_owner=self._reconcile_owner,
        )

    @cached_property
    def send_again_job(self) -> SendAgainJob:
        """Hand on a mail that was asked for again, when its turn has come."""
        from chalicelib.verification.send_again import SendAgainJob

        return SendAgainJob(
            registrations=self._services.adapters.registrations,
            turn=self._turn,
            reconcile_owner=self._reconcile_owner,
            reissue=self.reissue,
            jobs=self._services.adapters.jobs,
            clock=self._clock,
        )

    @cached_property
    def reissue(self) -> Reissue:
        """A new code."""
        from chalicelib.verification.reissue import Reissue

        adapters = self._services.adapters
        return Reissue(
            registrations=adapters.registrations,
            owners=adapters.owners,
            users=adapters.users,
            jobs=adapters.jobs,
            clock=self._clock,
            begin_anew=self.begin_anew,
        )

    @cached_property
    def remove_user(self) -> RemoveUser:
        """Take a user away that nobody needs any more."""
        from chalicelib.verification.remove_user import RemoveUser

        adapters = self._services.adapters
        return RemoveUser(
            registrations=adapters.registrations,
            owners=adapters.owners,
            users=adapters.users,
            reconcile_owner=self._reconcile_owner,
            turn=self._turn,
            clock=self._clock,
        )

    @cached_property
    def begin_anew(self) -> BeginAnew:
        """Another user and another code for the same address."""
        from chalicelib.verification.begin_anew import BeginAnew

        adapters = self._services.adapters
        return BeginAnew(
            registrations=adapters.registrations, jobs=adapters.jobs, clock=self._clock
        )

    @cached_property
    def _reconcile_owner(self) -> ReconcileOwner:
        from chalicelib.verification.reconcile_owner import ReconcileOwner

        adapters = self._services.adapters
        return ReconcileOwner(owners=adapters.owners, users=adapters.users, clock=self._clock)

    @cached_property
    def _turn(self) -> MailTurn:
        from chalicelib.verification.mail_turn import MailTurn

        return MailTurn(
            registrations=self._services.adapters.registrations,
            budget=self._services.limits.budget,
        )
