"""The wiring: adapters into services, each made when first needed, once per process.

Imports stay inside the properties on purpose: a function pays at its cold start only for what it
uses (the Encryption SDK is half a cold start's floor; only the mail functions need it).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib import config as configuration
from chalicelib.clock import Clock, wall_clock
from chalicelib.config import Config

if TYPE_CHECKING:
    from chalicelib.accounts.session import Keys, Sessions
    from chalicelib.aws.adapters import Adapters
    from chalicelib.aws.queue import SqsJobs
    from chalicelib.courier.send_again import SendAgain
    from chalicelib.courier.send_code import SendCode
    from chalicelib.courier.sender import MailSender
    from chalicelib.limits.challenge import Challenges
    from chalicelib.limits.network import NetworkLimit
    from chalicelib.registration.cancel import CancelRegistration
    from chalicelib.registration.complete import CompleteRegistration
    from chalicelib.registration.correct import CorrectAddress
    from chalicelib.registration.start import StartRegistration
    from chalicelib.registration.view import ViewRegistration
    from chalicelib.trail.recorder import Trail
    from chalicelib.verification.job_handler import JobHandler
    from chalicelib.verification.lookup import Lookup
    from chalicelib.verification.proof import Proofs
    from chalicelib.verification.recipients import RegistrationRecipients
    from chalicelib.verification.send_again import RequestSendAgain
    from chalicelib.verification.sign_up import CodeIssuer
    from chalicelib.verification.sweep import Sweeper
    from chalicelib.verification.verify import VerifyCode


class Services:
    """Everything the service does, wired for one deployment.

    ``mx`` looks up a domain's mail hosts; ``keys_url`` is where the user pool publishes its
    keys. The local server brings its own of both.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock = wall_clock,
        mx: Callable[[str], list[str]] | None = None,
        keys_url: str | None = None,
    ) -> None:
        self.config = config
        self.clock = clock
        self._mx = mx
        self._keys_url = keys_url

    @cached_property
    def adapters(self) -> Adapters:
        """What ``aws/`` provides."""
        from chalicelib.aws.adapters import Adapters

        return Adapters(self.config, self.clock)

    # What the web calls.

    @cached_property
    def ask(self) -> StartRegistration:
        """Begin a registration; ``ask.correct`` changes its address."""
        from chalicelib.registration.start import StartRegistration

        return StartRegistration(
            registrations=self.adapters.registrations,
            mailboxes=self.adapters.mailboxes,
            owners=self.adapters.owners,
            jobs=self.adapters.jobs,
            network_limit=self._network_limit,
            lookup=self._lookup,
            correct=self.correct,
            clock=self.clock,
            pepper=self.config.pepper,
        )

    @cached_property
    def correct(self) -> CorrectAddress:
        """Another address in the same registration."""
        from chalicelib.registration.correct import CorrectAddress

        return CorrectAddress(
            registrations=self.adapters.registrations,
            mailboxes=self.adapters.mailboxes,
            jobs=self.adapters.jobs,
            network_limit=self._network_limit,
            lookup=self._lookup,
            clock=self.clock,
            pepper=self.config.pepper,
        )

    @cached_property
    def current(self) -> Callable[..., Any]:
        """The registration behind a cookie."""
        return self._lookup.registration

    @cached_property
    def resend(self) -> RequestSendAgain:
        """The same code again."""
        from chalicelib.verification.send_again import RequestSendAgain

        return RequestSendAgain(
            registrations=self.adapters.registrations,
            mailboxes=self.adapters.mailboxes,
            jobs=self.adapters.jobs,
            lookup=self._lookup,
            clock=self.clock,
        )

    @cached_property
    def verify(self) -> VerifyCode:
        """A code becomes a proof."""
        from chalicelib.verification.verify import VerifyCode

        return VerifyCode(
            registrations=self.adapters.registrations,
            owners=self.adapters.owners,
            proofs=self._proofs,
            counters=self.adapters.counters,
            users=self.adapters.users,
            jobs=self.adapters.jobs,
            lookup=self._lookup,
            clock=self.clock,
        )

    @cached_property
    def complete(self) -> CompleteRegistration:
        """A password makes the account."""
        from chalicelib.registration.complete import CompleteRegistration

        return CompleteRegistration(
            registrations=self.adapters.registrations,
            owners=self.adapters.owners,
            users=self.adapters.users,
            lookup=self._lookup,
            clock=self.clock,
            service_names=tuple(self.config.service_name.values()),
            shortest_password=self.config.shortest_password,
        )

    @cached_property
    def cancel(self) -> CancelRegistration:
        """Forget the registration."""
        from chalicelib.registration.cancel import CancelRegistration

        return CancelRegistration(
            registrations=self.adapters.registrations,
            mailboxes=self.adapters.mailboxes,
            jobs=self.adapters.jobs,
            lookup=self._lookup,
            clock=self.clock,
        )

    @cached_property
    def view(self) -> ViewRegistration:
        """What an applicant sees."""
        from chalicelib.registration.view import ViewRegistration
        from chalicelib.trail.delivery import delivery

        records = self.adapters.mail_records
        return ViewRegistration(
            delivery_of=lambda reference, now: delivery(
                records.of(reference) if reference else (), now
            ),
            clock=self.clock,
        )

    @cached_property
    def challenge(self) -> Callable[[], dict[str, Any]]:
        """A fresh proof of work."""
        return self._challenges.new

    @cached_property
    def who(self) -> Callable[..., Any]:
        """Who is signed in."""
        return self._sessions.who

    @cached_property
    def sign_out(self) -> Callable[..., None]:
        """End a session."""
        return self._sessions.sign_out

    # What the triggers call.

    @cached_property
    def work(self) -> JobHandler:
        """One job from the queue."""
        from chalicelib.verification.job_handler import JobHandler
        from chalicelib.verification.remove_user import RemoveUser

        remove = RemoveUser(
            registrations=self.adapters.registrations,
            owners=self.adapters.owners,
            users=self.adapters.users,
            clock=self.clock,
        )
        return JobHandler(
            issue=self._issue, remove=remove, jobs=self.adapters.jobs, clock=self.clock
        )

    @cached_property
    def sweep(self) -> Sweeper:
        """The minute's round."""
        from chalicelib.verification.sweep import Sweeper

        return Sweeper(
            registrations=self.adapters.registrations, jobs=self.adapters.jobs, clock=self.clock
        )

    @cached_property
    def send_code(self) -> SendCode:
        """A code that Cognito issued becomes a mail."""
        from chalicelib.courier.send_code import SendCode

        return SendCode(
            recipients=self.recipients,
            codes=self.adapters.kept_codes,
            sender=self._sender,
            code_life=self.config.code_life,
            clock=self.clock,
        )

    @cached_property
    def send_again(self) -> SendAgain:
        """The same code once more."""
        from chalicelib.courier.send_again import SendAgain

        return SendAgain(
            recipients=self.recipients,
            codes=self.adapters.kept_codes,
            sender=self._sender,
            clock=self.clock,
        )

    @cached_property
    def trail(self) -> Trail:
        """What becomes of each mail."""
        from chalicelib.trail.recorder import Trail

        return Trail(self.adapters.mail_records, self.adapters.counters)

    @property
    def jobs(self) -> SqsJobs:
        """The queue, for triggers that put something back."""
        return self.adapters.jobs

    @cached_property
    def recipients(self) -> RegistrationRecipients:
        """Whom codes are for."""
        from chalicelib.verification.recipients import RegistrationRecipients

        return RegistrationRecipients(
            registrations=self.adapters.registrations, owners=self.adapters.owners
        )

    # What they are made of.

    @cached_property
    def _lookup(self) -> Lookup:
        from chalicelib.verification.lookup import Lookup

        return Lookup(registrations=self.adapters.registrations)

    @cached_property
    def _challenges(self) -> Challenges:
        from chalicelib.limits.challenge import Challenges

        return Challenges(
            secret=self.config.pepper, counters=self.adapters.counters, clock=self.clock
        )

    @cached_property
    def _network_limit(self) -> NetworkLimit:
        from chalicelib.limits.network import NetworkLimit

        return NetworkLimit(
            counters=self.adapters.counters,
            challenges=self._challenges,
            pepper=self.config.pepper,
        )

    @cached_property
    def _issue(self) -> CodeIssuer:
        from chalicelib.verification.sign_up import CodeIssuer

        return CodeIssuer(
            registrations=self.adapters.registrations,
            proofs=self._proofs,
            counters=self.adapters.counters,
            users=self.adapters.users,
            jobs=self.adapters.jobs,
            clock=self.clock,
            provider_of=self._provider_of,
            mail_budget=self.config.mail_budget_per_day,
        )

    @cached_property
    def _proofs(self) -> Proofs:
        from chalicelib.verification.proof import Proofs

        return Proofs(
            registrations=self.adapters.registrations, owners=self.adapters.owners, clock=self.clock
        )

    @cached_property
    def _provider_of(self) -> Callable[[str], str | None]:
        from chalicelib.courier.mx import MxLookup
        from chalicelib.courier.provider import ProviderLookup

        return ProviderLookup(
            self.adapters.provider_cache, self._mx or MxLookup(), self.clock
        ).provider_of

    @cached_property
    def _sender(self) -> MailSender:
        from chalicelib.courier.sender import MailSender, MailSettings

        return MailSender(
            trail=self.trail,
            code_decryption=self.adapters.code_decryption,
            mailer=self.adapters.mailer,
            routes=self.config.routes,
            settings=MailSettings(self.config.service_name, self.config.help_contact),
            clock=self.clock,
        )

    @cached_property
    def _sessions(self) -> Sessions:
        from chalicelib.accounts.session import Sessions

        pool = self.config.pool_id
        issuer = f"https://cognito-idp.{self.config.region}.amazonaws.com/{pool}"
        return Sessions(
            accounts=self.adapters.users,
            key_of=self._keys(self._keys_url or f"{issuer}/.well-known/jwks.json"),
            issuer=issuer,
            client_id=self.config.client_id,
        )

    def _keys(self, url: str) -> Keys:
        from chalicelib.accounts.session import published_keys

        return published_keys(url)


_installed: list[Services] = []


def services() -> Services:
    """The process's services, made from its environment at the first call."""
    if not _installed:
        install(Services(configuration.load()))
    return _installed[0]


def install(made: Services) -> None:
    """Use ``made`` from now on: what the local server and tests call."""
    _installed[:] = [made]
