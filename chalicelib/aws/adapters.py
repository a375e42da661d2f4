"""Adapters: what ``aws/`` provides to the rooms, each made when it is first needed.

Imports stay inside the properties: a function pays at its cold start only for what it uses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from chalicelib.clock import Clock
from chalicelib.config import Config

if TYPE_CHECKING:
    from chalicelib.aws.code_decryption import KmsCodeDecryption
    from chalicelib.aws.cognito import CognitoUsers
    from chalicelib.aws.counters import CounterTable
    from chalicelib.aws.due_index import DueTable
    from chalicelib.aws.queue import SqsJobs
    from chalicelib.aws.ses import SesMailer
    from chalicelib.aws.tables import (
        KeptCodeTable,
        MailboxTable,
        MailRecordTable,
        OwnerTable,
        ProviderCacheTable,
        RegistrationTable,
    )


class Adapters:
    """Each property provides the ``Protocol`` of the room that its docstring names."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock

    @cached_property
    def clients(self) -> Callable[..., Any]:
        """botocore's clients by service and region."""
        from chalicelib.aws.clients import Clients

        return Clients(self._config.region)

    @cached_property
    def registrations(self) -> RegistrationTable:
        """``verification.model.Registrations``."""
        from chalicelib.aws.tables import RegistrationTable

        return RegistrationTable(
            self._dynamodb, self._config.table("registrations"), self._config.table("addresses")
        )

    @cached_property
    def due_index(self) -> DueTable:
        """``verification.sweep.DueIndex``."""
        from chalicelib.aws.due_index import DueTable

        return DueTable(self._dynamodb, self._config.table("registrations"))

    @cached_property
    def mailboxes(self) -> MailboxTable:
        """``limits.mailbox.Mailboxes``."""
        from chalicelib.aws.tables import MailboxTable

        return MailboxTable(self._dynamodb, self._config.table("addresses"))

    @cached_property
    def owners(self) -> OwnerTable:
        """``identity.ownership.Owners``."""
        from chalicelib.aws.tables import OwnerTable

        return OwnerTable(self._dynamodb, self._config.table("addresses"))

    @cached_property
    def counters(self) -> CounterTable:
        """``limits.counters.Counters`` and ``trail.network_bounces.NetworkCounters``."""
        from chalicelib.aws.counters import CounterTable

        return CounterTable(self._dynamodb, self._config.table("counters"), self._clock)

    @cached_property
    def jobs(self) -> SqsJobs:
        """``jobs.Jobs``."""
        from chalicelib.aws.queue import SqsJobs

        return SqsJobs(
            partial(self.clients, "sqs"),
            self._config.jobs_queue,
            self._config.resends_queue,
            self._clock,
        )

    @cached_property
    def users(self) -> CognitoUsers:
        """``identity.user_pool.Users`` and ``accounts.session.Accounts``."""
        from chalicelib.aws.cognito import CognitoUsers

        return CognitoUsers(
            client=partial(self.clients, "cognito-idp"),
            pool=self._config.pool_id,
            client_id=self._config.client_id,
            secret=self._config.client_secret,
        )

    @cached_property
    def mail_records(self) -> MailRecordTable:
        """``trail.mail_record.MailRecords``."""
        from chalicelib.aws.tables import MailRecordTable

        return MailRecordTable(self._dynamodb, self._config.table("trail"))

    @cached_property
    def kept_codes(self) -> KeptCodeTable:
        """``verification.model.KeptCodes``."""
        from chalicelib.aws.tables import KeptCodeTable

        return KeptCodeTable(self._dynamodb, self._config.table("trail"))

    @cached_property
    def provider_cache(self) -> ProviderCacheTable:
        """``courier.provider.ProviderCache``."""
        from chalicelib.aws.tables import ProviderCacheTable

        return ProviderCacheTable(self._dynamodb, self._config.table("domains"))

    @cached_property
    def code_decryption(self) -> KmsCodeDecryption:
        """``verification.model.CodeDecryption``."""
        from chalicelib.aws.code_decryption import KmsCodeDecryption

        return KmsCodeDecryption(partial(self.clients, "kms"), self._config.key_arn)

    @cached_property
    def mailer(self) -> SesMailer:
        """``courier.sender.Mailer``."""
        from chalicelib.aws.ses import SesMailer

        return SesMailer(partial(self.clients, "sesv2"))

    def close(self) -> None:
        """Close the connections that were opened."""
        made = self.__dict__.get("clients")
        if made is not None:
            made.close()

    @property
    def _dynamodb(self) -> Callable[[], Any]:
        return partial(self.clients, "dynamodb")
