"""``SendCode`` and ``SendKeptCode`` killed between every two calls, then run again.

Against moto and real envelopes: whatever happens, the code that works is mailed and no other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import pytest

from chalicelib.aws.code_decryption import KmsCodeDecryption
from chalicelib.aws.ses import SesMailer
from chalicelib.aws.tables import KeptCodeTable, MailRecordTable
from chalicelib.courier.sender import MailSender
from chalicelib.jobs import MailAgain
from chalicelib.trail.delivery_states import DeliveryState
from chalicelib.trail.network_bounces import NetworkBounces
from chalicelib.trail.recorder import Trail
from tests.aws.stack import Killer, Stack, stack
from tests.in_memory.adapters import Queues
from tests.in_memory.courier import trigger
from tests.in_memory.mail_records import Told
from tests.in_memory.post import (
    ASKED,
    LIFE,
    MAIL_SETTINGS,
    REFERENCE,
    ROUTE,
    Clock,
    OneAttempt,
    mailing,
)

_numbers = itertools.count()
RESEND = "CustomEmailSender_ResendCode"


class Mailing:
    """One process that mails codes: what it keeps in memory dies with it."""

    def __init__(self, aws: Stack, table: str, one: OneAttempt, told: Told) -> None:
        clock = Clock()
        self.jobs = Queues(clock)
        self.records = MailRecordTable(lambda: aws.dynamodb, table)
        sender = MailSender(
            trail=Trail(self.records, [NetworkBounces(told, clock)]),
            mailer=SesMailer(lambda _: aws.ses),
            routes=(ROUTE,),
            settings=MAIL_SETTINGS,
            clock=clock,
        )
        self.send_code, self.send_kept_code = mailing(
            registrations=one.table,
            owners=one.owners,
            codes=KeptCodeTable(lambda: aws.dynamodb, table),
            code_decryption=KmsCodeDecryption(lambda: aws.kms, aws.key),
            sender=sender,
            jobs=self.jobs,
            clock=clock,
        )


class World:
    """A table and an outbox of its own, in the AWS that all of these tests share."""

    def __init__(self, aws: Stack, killer: Killer, moment: str, n: int) -> None:
        self.aws = aws
        self.table = aws.table("TrailTable", of=f"world-{next(_numbers)}")
        self.one = OneAttempt()
        self.told = Told()
        self.first_mail = len(aws.outbox)
        self.killer, self.moment, self.n = killer, moment, n

    def kill(self, work: Callable[[], object]) -> bool:
        """Run ``work`` until this world's call; whether it got as far."""
        return self.killer.at(self.moment, self.n, work)

    def process(self) -> Mailing:
        return Mailing(self.aws, self.table, self.one, self.told)

    def again(self) -> Mailing:
        """Send the code as mail 2."""
        process = self.process()
        process.send_kept_code(MailAgain(REFERENCE, 2))
        return process

    def mailed(self) -> list[str]:
        """The codes of all mails that SES took."""
        mails = self.aws.outbox[self.first_mail :]
        texts = [mail["Content"]["Simple"]["Body"]["Text"]["Data"] for mail in mails]
        return [code for text in texts for code in re.findall(r"^\d{6}$", text, re.MULTILINE)]

    def states(self) -> list[DeliveryState]:
        records = MailRecordTable(lambda: self.aws.dynamodb, self.table).of(REFERENCE)
        return [record.state for record in sorted(records, key=lambda record: record.mail)]


@pytest.fixture(scope="module")
def aws() -> Iterator[Stack]:
    with stack() as made:
        yield made


@pytest.fixture(scope="module")
def killer(aws: Stack) -> Killer:
    return Killer(aws)


@pytest.fixture(params=["before-call", "after-call"])
def every_kill(
    request: pytest.FixtureRequest, aws: Stack, killer: Killer
) -> Callable[[Callable[[World], bool]], int]:
    """Play in a fresh world for each call there is; how many kills there were."""

    def kill_everywhere(play: Callable[[World], bool]) -> int:
        for n in range(1, 50):
            if not play(World(aws, killer, request.param, n)):
                return n - 1
        raise AssertionError("it never ends")

    return kill_everywhere


EveryKill = Callable[[Callable[[World], bool]], int]


def test_a_killed_send_code_mails_its_code_when_it_runs_again(every_kill: EveryKill) -> None:
    def play(world: World) -> bool:
        event = trigger(world.aws.seal("123456"))
        killed = world.kill(lambda: world.process().send_code(event))
        # The one gap that nobody can close: SES took the mail and we died before writing so.
        twice = bool(world.mailed()) and world.states() != ["sent"]
        for _ in range(2):
            world.process().send_code(event)
        assert world.mailed() == ["123456"] * (2 if twice else 1)
        assert world.states() == ["sent"]
        assert world.one.attempt.code_expires_at == ASKED + LIFE
        return killed

    assert every_kill(play) >= 6


def test_a_killed_send_again_mails_the_same_code_when_it_runs_again(every_kill: EveryKill) -> None:
    def play(world: World) -> bool:
        world.process().send_code(trigger(world.aws.seal("123456")))
        killed = world.kill(world.again)
        twice = len(world.mailed()) == 2 and world.states() != ["sent"] * 2
        for _ in range(2):
            assert world.again().jobs.waiting == []
        assert world.mailed() == ["123456"] * (3 if twice else 2)
        assert world.states() == ["sent", "sent"]
        return killed

    assert every_kill(play) >= 5


def test_a_reissue_after_a_crash_leaves_one_working_code(every_kill: EveryKill) -> None:
    """The sign-up's invocation dies; a new code is asked for; then both events come again."""

    def play(world: World) -> bool:
        sign_up = trigger(world.aws.seal("111111"))
        killed = world.kill(lambda: world.process().send_code(sign_up))
        before = len(world.mailed())
        world.one.become(reissued_at=ASKED, code_expires_at=None)
        reissued = trigger(world.aws.seal("222222"), RESEND)
        for event in (sign_up, reissued, sign_up, reissued):
            world.process().send_code(event)
        assert world.mailed()[before:] == ["222222"]
        world.again()
        assert world.mailed()[before:] == ["222222", "222222"]
        return killed

    assert every_kill(play) >= 6


def test_a_reissue_asked_for_at_any_point_of_a_send_code_wins_or_loses_whole(
    every_kill: EveryKill,
) -> None:
    """Killed, overtaken by a reissue, run again: nothing of the dead code is ever mailed then,
    nor kept to be sent again."""

    def play(world: World) -> bool:
        sign_up = trigger(world.aws.seal("111111"))
        killed = world.kill(lambda: world.process().send_code(sign_up))
        before = len(world.mailed())
        world.one.become(reissued_at=ASKED, code_expires_at=None)
        world.process().send_code(sign_up)
        assert world.again().jobs.waiting == []
        assert world.mailed()[before:] == []
        return killed

    assert every_kill(play) >= 6
