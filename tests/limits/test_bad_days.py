"""Days on which strangers do what they can: whom they cost what, in simulated time.

A stranger may cost work, time and money, bounded and told of; he silences no owner and no school.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest

from chalicelib.clock import HOUR, MINUTE
from chalicelib.errors import ChallengeRequired, TryLater
from chalicelib.identity.user_pool import AliasHolder
from chalicelib.limits.network_key import network_key
from chalicelib.trail.delivery_states import StateChange
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import PEPPER, START, World


def solved(world: World, network: str, work: int) -> str:
    from altcha import Challenge, Payload, solve_challenge

    challenge = Challenge.from_dict(world.challenges.new(network, work))
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()


def asks(world: World, email: str, client: str) -> str:
    """As a page does: whoever is asked to work, works."""
    try:
        return world.ask(email, client=client)
    except ChallengeRequired as asked:
        network = network_key(client, PEPPER)
        return world.ask(email, client=client, solution=solved(world, network, asked.work))


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
        assert pupil(world, self.SCHOOL) == timedelta(0)
        slow = asks(world, "another@own.example.com", self.SCHOOL)
        assert leaves(world, slow) == MINUTE

    def test_41_bounces_in_41_domains_keep_nobody_waiting(self) -> None:
        world = World()
        for n in range(41):
            token = asks(world, f"x@own{n}.example{n}.com", self.SCHOOL)
            world.wait(seconds=90)
            bounce(world, token)
        assert pupil(world, self.SCHOOL) == timedelta(0)

    def test_250_pupils_of_a_school_have_their_codes_within_15_minutes_of_asking(self) -> None:
        """Ten a minute, each entering the code a minute later; that is a quarter of the budget."""
        world, entered = World(), 0
        waiting: list[tuple[datetime, str]] = []
        for n in range(250):
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
        assert entered == 250

    def test_200_networks_in_the_name_of_a_school_keep_no_pupil_at_home_waiting(self) -> None:
        """Two thousand times, and never a code: they have to work for it eight-fold, and use up
        what a domain has of the day; the pupil's own network has a mail to it all the same."""
        world = World(10_000)
        for n in range(2_000):
            asks(world, f"x{n}@school.ed.jp", f"198.51.{n % 200}.1")
            world.run()
        waits = leaves(world, asks(world, "taro@school.ed.jp", "203.0.113.5"))
        assert waits <= MINUTE


class TestTheDaysBudget:
    @pytest.mark.parametrize("confirming", [False, True])
    @pytest.mark.parametrize("budget", [60, 400])
    def test_ten_networks_and_three_domains_leave_half_of_each_of_three_days(
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

    def test_two_networks_and_a_catch_all_domain_take_a_quarter_of_60_and_no_pupil_waits(
        self,
    ) -> None:
        """They took it all without any work, and a pupil had a mail on the third day."""
        world = World(60)
        for n in range(200):
            asks(world, f"x{n}@catchall.example.com", f"198.51.100.{n % 2}")
            world.run()
        assert world.placed <= 18
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

    def test_eight_tries_of_one_mail_under_throttling_take_one_place(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whichever of the pool's calls is turned away."""
        world = World()
        holder, sign_up, left = world.pool.holder, world.pool.sign_up, count(-16)

        def busy(email: str) -> AliasHolder | None:
            if next(left) < -8:
                raise TryLater(7)
            return holder(email)

        def busy_too(reference: str, email: str) -> None:
            if next(left) < 0:
                raise TryLater(7)
            sign_up(reference, email)

        monkeypatch.setattr(world.pool, "holder", busy)
        monkeypatch.setattr(world.pool, "sign_up", busy_too)
        token = world.ask()
        world.wait(minutes=20)
        assert world.placed == 1
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
