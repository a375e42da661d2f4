"""The wiring of ``jobs``: the worker's steps, and which does which kind."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.factory import Services
    from chalicelib.jobs import JobHandler
    from chalicelib.verification.mail_turn import MailTurn
    from chalicelib.verification.reissue import Reissue
    from chalicelib.verification.remove_user import RemoveUser
    from chalicelib.verification.send_again import SendAgainJob
    from chalicelib.verification.sign_up import SignUp


class JobServices:
    """What the worker does."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock

    @cached_property
    def handle(self) -> JobHandler:
        """One job from the queue."""
        from chalicelib.jobs import JobHandler, JobKind

        sign_up, send_again = self._sign_up, self._send_again
        reissue, remove_user = self._reissue, self._remove_user
        return JobHandler(
            {
                JobKind.SIGN_UP: lambda job: sign_up(job.reference),
                JobKind.SEND_AGAIN: lambda job: send_again(job.reference, job.n),
                JobKind.REISSUE_LOST: lambda job: reissue(job.reference),
                JobKind.REISSUE_UNREADABLE: lambda job: reissue.unreadable(job.reference),
                JobKind.REMOVE_USER: lambda job: remove_user(job.reference),
            },
            self._services.adapters.jobs,
            self._clock,
        )

    @cached_property
    def _sign_up(self) -> SignUp:
        from chalicelib.verification.sign_up import SignUp

        return SignUp(
            registrations=self._services.adapters.registrations,
            turn=self._turn,
            users=self._services.adapters.users,
            clock=self._clock,
            provider=self._services.courier.provider,
        )

    @cached_property
    def _send_again(self) -> SendAgainJob:
        from chalicelib.verification.send_again import SendAgainJob

        return SendAgainJob(
            registrations=self._services.adapters.registrations,
            turn=self._turn,
            reissue=self._reissue,
            jobs=self._services.adapters.jobs,
            clock=self._clock,
        )

    @cached_property
    def _reissue(self) -> Reissue:
        from chalicelib.verification.reissue import Reissue

        adapters = self._services.adapters
        return Reissue(
            registrations=adapters.registrations,
            record_proof=self._services.verification.record_proof,
            users=adapters.users,
            jobs=adapters.jobs,
            clock=self._clock,
        )

    @cached_property
    def _remove_user(self) -> RemoveUser:
        from chalicelib.verification.remove_user import RemoveUser

        adapters = self._services.adapters
        return RemoveUser(
            registrations=adapters.registrations,
            owners=adapters.owners,
            users=adapters.users,
            clock=self._clock,
        )

    @cached_property
    def _turn(self) -> MailTurn:
        from chalicelib.verification.mail_turn import MailTurn

        return MailTurn(
            registrations=self._services.adapters.registrations,
            counters=self._services.adapters.counters,
            mail_budget=self._services.config.mail_budget_per_day,
        )
