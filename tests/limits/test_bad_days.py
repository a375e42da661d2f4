"""Days on which strangers do what they can: whom they cost what, in simulated time.

A stranger may cost work, time and money, bounded and told of; he silences no owner and no school.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.clock import DAY, HOUR, MINUTE
from chalicelib.errors import ChallengeRequired, CodeMismatch, TryLater
from chalicelib.limits import counters as holders
from chalicelib.limits.budget import MailBudget
from chalicelib.limits.network_key import network_key
from chalicelib.trail.delivery_states import StateChange
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import PEPPER, START, World
from tests.proof_of_work import solved


def asks(world: World, email: str, client: str) -> str:
    """As a page does: whoever is asked to work, works."""
    try:
        return world.ask(email, client=client)
    except ChallengeRequired as asked:
        network = network_key(client, PEPPER)
        return world.ask(
            email, client=client, solution=solved(world.challenges.new(network, asked.work))
        )


def leaves(world: World, token: str) -> timedelta:
    """How far off a registration's mail is, once the worker has looked at it."""
    world.run()
    expected = world.view(token).expected_at
    return expected - world.now if expected else timedelta(0)


def bounce(world: World, token: str) -> None:
    reference = world.lookup.registration(token).current
    (record,) = world.adapters.mail_records.of(reference)
    told = StateChange(world.now, "no-such-mailbox")
    world.services.trail.recorder.reached(record, "bounced", told)


def mailbox_of(world: World, token: str) -> str:
    return world.lookup.registration(token).attempt.limit


def turn_away(
    world: World, call: str, monkeypatch: pytest.MonkeyPatch, times: int = 8, seconds: int = 7
) -> None:
    """The next calls of ``pool.holder``, for example."""
    name, method = call.split(".")
    owner = world.adapters.mailer if name == "mailer" else getattr(world, name)
    left = count(-times)
    real = getattr(owner, method)

    def busy(*args: object) -> object:
        if next(left) < 0:
            raise TryLater(seconds)
        return real(*args)

    monkeypatch.setattr(owner, method, busy)


def pupil(world: World, client: str | None = None) -> timedelta:
    """How long somebody waits who has to do with none of it."""
    n = next(world.numbers)
    home = client or f"203.0.{n // 250}.{n % 250}"
    return leaves(world, asks(world, f"pupil{n}@school{n}.ed.jp", home))


class TestASchoolBehindOneAddress:
    SCHOOL = "192.0.2.1"

    def test_41_bounces_in_a_pupils_own_domain_keep_nobody_of_the_school_waiting(self) -> None:
        """All behind that address were refused until nine in the morning."""
        world = World()
        for n in range(41):
            token = asks(world, f"x{n}@own.example.com", self.SCHOOL)
            world.wait(seconds=90)
            bounce(world, token)
        assert [pupil(world, self.SCHOOL) for _ in range(30)] == [timedelta(0)] * 30
        slow = asks(world, "another@own.example.com", self.SCHOOL)
        assert leaves(world, slow) == MINUTE

    def test_41_bounces_in_41_domains_keep_nobody_waiting(self) -> None:
        world = World()
        for n in range(41):
            token = asks(world, f"x@own{n}.example{n}.com", self.SCHOOL)
            world.wait(seconds=90)
            bounce(world, token)
        assert [pupil(world, self.SCHOOL) for _ in range(30)] == [timedelta(0)] * 30

    def test_a_school_of_400_whose_own_server_returned_ten_mails_waits_half_an_hour_at_most(
        self,
    ) -> None:
        """All at once, each having worked for it."""
        world = World()
        for n in range(40):
            token = asks(world, f"early{n}@school.ed.jp", self.SCHOOL)
            world.run()
            if n % 4 == 0:
                bounce(world, token)
        tokens = [asks(world, f"p{n}@school.ed.jp", self.SCHOOL) for n in range(400)]
        assert max(leaves(world, token) for token in tokens) <= 31 * MINUTE

    def test_200_pupils_of_a_school_have_their_codes_within_15_minutes_of_asking(self) -> None:
        """Ten a minute, each entering the code a minute later; that is a fifth of the budget."""
        world, entered = World(), 0
        waiting: list[tuple[datetime, str]] = []
        for n in range(200):
            waiting.append((world.now, asks(world, f"p{n}@school.ed.jp", self.SCHOOL)))
            world.wait(seconds=6)
            while waiting and waiting[0][0] + MINUTE <= world.now:
                asked_at, token = waiting[0]
                if leaves(world, token) > timedelta(0):
                    assert world.now - asked_at < 15 * MINUTE
                    break
                world.verify(token, world.code(token))
                entered += 1
                waiting.pop(0)
        world.wait(minutes=15)
        for _, token in waiting:
            world.verify(token, world.code(token))
            entered += 1
        assert entered == 200

    def test_ten_networks_leave_30_pupils_of_one_room_their_codes_of_the_day(self) -> None:
        """The ten ask in the school's name and in domains of their own, and enter the codes where
        they can; the room is behind one address. A pupil at home has his resend, too."""
        world = World(1000)
        for n in range(1_500):
            name = "school.ed.jp" if n % 3 else f"own{n % 5}.example.com"
            token = asks(world, f"x{n}@{name}", f"198.51.100.{n % 10}")
            if leaves(world, token) <= timedelta(0) and "own" in name:
                world.verify(token, world.code(token))
        room = [asks(world, f"p{n}@school.ed.jp", self.SCHOOL) for n in range(30)]
        world.wait(minutes=45)
        assert all(leaves(world, token) <= timedelta(0) for token in room)
        home = asks(world, "taro@school.ed.jp", "203.0.113.5")
        world.wait(minutes=45)
        world.send_again(home)
        world.run()
        assert world.view(home).expected_at is None


class TestTheDaysBudget:
    @pytest.mark.parametrize("confirming", [False, True])
    @pytest.mark.parametrize("budget", [60, 400])
    def test_ten_networks_with_three_domains_leave_half_of_each_of_three_days(
        self, budget: int, confirming: bool
    ) -> None:
        """They ask all day for addresses in domains that take everything, work when they are asked
        to, and enter the codes or do not."""
        world = World(budget)
        for _ in range(3):
            for round_ in range(budget // 5):
                for n in range(10):
                    email = f"x{next(world.numbers)}@catchall{(round_ + n) % 3}.example{n % 3}.com"
                    token = asks(world, email, f"198.51.100.{n}")
                    if confirming and leaves(world, token) <= timedelta(0):
                        world.verify(token, world.code(token))
            world.run()
            assert world.placed <= budget / 2
            assert pupil(world) == timedelta(0)
            world.wait(hours=12)
            assert pupil(world) == timedelta(0)
            world.wait(hours=12)

    def test_two_networks_and_a_catch_all_domain_take_14_of_60_and_no_pupil_waits(
        self,
    ) -> None:
        """They took it all without any work, and a pupil had a mail on the third day."""
        world = World(60)
        for n in range(200):
            asks(world, f"x{n}@catchall.example.com", f"198.51.100.{n % 2}")
            world.run()
        assert world.placed <= 14
        assert [pupil(world) for _ in range(40)] == 40 * [timedelta(0)]

    def test_what_is_postponed_keeps_its_order_and_goes_first_next_day(self) -> None:
        world = World(60)
        tokens = [asks(world, f"x{n}@d{n}.example{n}.com", f"198.51.{n}.1") for n in range(70)]
        world.run()
        late = [world.view(token).expected_at for token in tokens[60:]]
        assert late == sorted(late, key=lambda at: at or START)
        midnight = datetime(2126, 1, 24, 15, tzinfo=START.tzinfo)
        assert all(at and midnight < at < midnight + 7 * timedelta(seconds=1) for at in late)
        while world.now < midnight + 2 * MINUTE:
            world.sweep()
            world.wait(minutes=1)
        order = [reference for reference, _ in world.mails[60:70]]
        assert order == [world.lookup.registration(token).current for token in tokens[60:]]
        assert world.placed == 10

    @pytest.mark.parametrize("busy", ["pool.holder", "pool.sign_up", "table.change"])
    def test_eight_tries_of_one_mail_under_throttling_take_one_place(
        self, monkeypatch: pytest.MonkeyPatch, busy: str
    ) -> None:
        """Before the place is taken or after it."""
        world = World()
        token = world.ask()
        turn_away(world, busy, monkeypatch)
        world.wait(minutes=20)
        assert (world.placed, len(world.mails)) == (1, 1)
        assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED

    def test_eight_tries_of_a_mail_sent_again_take_one_place(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World()
        token = world.ask()
        world.wait(minutes=2)
        turn_away(world, "queue.send_again", monkeypatch)
        world.send_again(token)
        world.wait(minutes=20)
        assert (world.placed, len(world.mails)) == (2, 2)

    def test_eight_tries_of_a_code_issued_again_take_one_place(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World()
        token = world.ask()
        world.run()
        world.now += DAY + MINUTE
        turn_away(world, "pool.reissue", monkeypatch)
        world.send_again(token)
        for _ in range(90):
            world.sweep()
            world.wait(minutes=1)
        assert (world.placed, len(world.mails)) == (1, 2)

    @pytest.mark.parametrize("busy", ["pool.sign_up", "mailer.send"])
    def test_forty_presses_of_a_button_while_a_service_is_away_take_one_place(
        self, monkeypatch: pytest.MonkeyPatch, busy: str
    ) -> None:
        world = World()
        token = world.ask()
        turn_away(world, busy, monkeypatch, times=1000)
        for _ in range(40):
            world.now += MINUTE
            world.send_again(token)
            with suppress(TryLater):
                world.run()
        assert (world.placed, world.mails) == (1, [])
        assert len(world.queue.waiting) <= 6

    def test_a_worker_killed_before_it_takes_a_place_mails_and_is_not_counted(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World()
        token = world.ask()

        def killed(*args: object, **options: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as while_killed:
            while_killed.setattr(MailBudget, "take", killed)
            with pytest.raises(KeyboardInterrupt):
                world.run()
        assert world.mails == []
        world.now += timedelta(minutes=6)
        world.sweep()
        world.wait(minutes=2)
        assert world.placed == 0
        assert len(world.mails) == 1
        assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED

    def test_a_place_for_tomorrow_is_given_back_by_who_cancels(self) -> None:
        world = World(60)
        tokens = [asks(world, f"x{n}@d{n}.example{n}.com", f"198.51.{n}.1") for n in range(62)]
        world.run()
        for token in tokens[60:]:
            world.cancel(token)
        world.wait(minutes=10)
        world.now += 24 * HOUR
        assert world.placed == 0

    def test_a_code_whose_mail_was_postponed_has_its_whole_life(self) -> None:
        """It counted from when the place was taken, and was dead when its mail came."""
        world = World(60)
        tokens = [asks(world, f"x{n}@d{n}.example{n}.com", f"198.51.{n}.1") for n in range(130)]
        world.run()
        late = tokens[-1]
        with pytest.raises(CodeMismatch):
            world.verify(late, "000000")
        while world.view(late).state == "queued":
            world.sweep()
            world.wait(minutes=1)
        assert world.now > START + timedelta(days=1)
        expires = world.view(late).code_expires_at
        assert expires
        assert expires > world.now + 23 * HOUR
        assert world.counters.read(holders.codes(mailbox_of(world, late)), None).tried == 0
        for _ in range(5):
            world.sweep()
            world.wait(minutes=1)
        assert world.pool.calls.count("reissue") == 0
        assert world.verify(late, world.code(late)).attempt.state is AttemptState.VERIFIED

    def test_a_place_is_not_given_back_while_its_mail_may_still_leave(self) -> None:
        """Cancelled when the code has come and its mail is being sent."""
        world = World()
        token = world.ask()
        world.work(world.queue.waiting.pop()[1])
        send = world.adapters.mailer.send
        cancelled: list[bool] = []

        def cancel(*mail: Any) -> str:
            if not cancelled:
                cancelled.append(True)
                world.cancel(token)
                world.now += MINUTE
                world.run()
            return send(*mail)

        world.adapters.mailer.send = cancel  # type: ignore[method-assign, assignment]
        world.deliver()
        world.wait(minutes=5)
        assert (len(world.mails), world.placed) == (1, 1)

    def test_a_place_that_could_not_be_taken_is_not_given_back(self) -> None:
        world = World()
        token = world.ask()
        world.counters.error = TryLater()
        world.run()
        world.counters.error = None
        world.cancel(token)
        world.wait(minutes=10)
        assert world.placed == 0

    def test_a_mail_that_left_gives_nothing_back(self) -> None:
        world = World()
        token = world.ask()
        world.run()
        world.cancel(token)
        world.wait(minutes=10)
        assert world.placed == 1

    def test_an_address_that_the_pool_refuses_gives_its_place_back(self) -> None:
        world = World()
        world.pool.refuse = True
        world.ask()
        world.run()
        assert world.placed == 0


class TestTheOwnersMails:
    OWNER, EMAIL = "203.0.113.9", "taro@docomo.ne.jp"

    def test_twelve_asks_of_a_stranger_leave_the_owners_own_resend_at_once(self) -> None:
        world = World()
        owner = world.ask(self.EMAIL, client=self.OWNER)
        world.wait(minutes=2)
        for _ in range(12):
            world.ask(self.EMAIL, client="198.51.100.1")
        world.wait(minutes=1)
        before = len(world.mails)
        world.send_again(owner)
        world.run()
        assert world.view(owner).expected_at is None
        assert len(world.mails) == before + 1

    def test_65_networks_never_refuse_the_66th(self) -> None:
        world = World()
        for n in range(65):
            world.ask(self.EMAIL, client=f"198.51.{n}.1")
        owner = world.ask(self.EMAIL, client=self.OWNER)
        assert leaves(world, owner) <= 26 * HOUR
        for _ in range(26 * 60 + 5):
            world.sweep()
            world.wait(minutes=1)
        assert world.verify(owner, world.code(owner)).attempt.state is AttemptState.VERIFIED
