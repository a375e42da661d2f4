"""What ``aws/`` provides, in memory: the real services run on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from chalicelib.clock import Clock
from chalicelib.config import Config, Route
from chalicelib.factory import Services
from chalicelib.jobs import Job, MailAgain
from tests.in_memory.courier import (
    CodesInMemory,
    MailDomains,
    Outbox,
    PlainCodes,
    ProvidersInMemory,
)
from tests.in_memory.mail_records import MailRecordsInMemory
from tests.in_memory.tables import Boxes, CountersInMemory, DueInMemory, OwnersInMemory, Table
from tests.in_memory.user_pool import Pool

PEPPER = b"pepper for tests, thirty-two byt"
# Far ahead: the proof of work's library also compares its expiry with the wall clock.
START = datetime(2126, 1, 24, 1, 0, tzinfo=UTC)

CONFIG = Config(
    stack="test",
    region="ap-northeast-1",
    base_url="https://entry.example.lg.jp",
    origins=("https://form.example.lg.jp",),
    pepper=PEPPER,
    service_name={"ja": "高校出願登録", "ja-easy": "高校出願登録", "en": "Application"},
    help_contact="045-000-0000",
    pool_id="",
    client_id="",
    client_secret="",
    jobs_queue="",
    resends_queue="",
    key_arn="",
    routes=(Route("primary", "ap-northeast-1", "c", "no-reply@mail.example.lg.jp"),),
    mail_budget_per_day=1000,
    shortest_password=8,
    build="2027-01-24",
)


class Queues:
    """``Jobs`` that keep what is put there."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.waiting: list[tuple[datetime, Job]] = []
        self.again: list[MailAgain] = []
        self.error: Exception | None = None
        """Raised by ``put``, as long as it is set."""

    def put(self, job: Job, at: datetime | None = None) -> None:
        if self.error:
            raise self.error
        self.waiting.append((at or self.clock(), job))

    def put_all(self, jobs: Sequence[tuple[Job, datetime | None]]) -> list[Job]:
        if self.error:
            return [job for job, _ in jobs]
        for job, at in jobs:
            self.put(job, at)
        return []

    def send_again(self, mail: MailAgain) -> None:
        self.again.append(mail)


class AdaptersInMemory:
    """The same attributes as ``aws.adapters.Adapters``."""

    def __init__(self, clock: Clock) -> None:
        self.registrations = Table()
        self.due_index = DueInMemory(self.registrations)
        self.mailboxes = Boxes(self.registrations)
        self.owners = OwnersInMemory()
        self.counters = CountersInMemory()
        self.jobs = Queues(clock)
        self.users = Pool(clock)
        self.mail_records = MailRecordsInMemory()
        self.kept_codes = CodesInMemory()
        self.provider_cache = ProvidersInMemory()
        self.code_decryption = PlainCodes()
        self.mailer = Outbox()


def services_in_memory(
    clock: Clock, config: Config = CONFIG, mx: MailDomains | None = None
) -> tuple[Services, AdaptersInMemory]:
    """Real services, and the memory that they run on."""
    services = Services(config, clock=clock, mx=mx or MailDomains())
    adapters = AdaptersInMemory(clock)
    services.adapters = cast(Any, adapters)
    return services, adapters
