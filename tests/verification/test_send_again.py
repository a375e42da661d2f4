"""One more mail with the same code."""

from datetime import timedelta

import pytest

from chalicelib.clock import DAY, japan_day
from chalicelib.errors import (
    ChallengeRequired,
    CodeExpired,
    Conflict,
    Wait,
)
from chalicelib.identity.codes import IN_TRANSIT
from chalicelib.jobs import Job, JobKind
from chalicelib.limits import counters as holders
from chalicelib.limits.counters import MAILS, Tally
from chalicelib.limits.network_key import network_key
from chalicelib.verification import transitions
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import PEPPER, START, World

MINUTE = timedelta(minutes=1)


def test_sending_again_is_the_same_code(world: World) -> None:
    token = world.ask()
    world.wait(minutes=1)
    for _ in range(2):
        world.send_again(token)
        world.wait(minutes=1)
    codes = {code for _, code in world.mails}
    assert (len(world.mails), len(codes)) == (3, 1)
    assert world.verify(token, codes.pop()).attempt.state is AttemptState.VERIFIED


def test_no_new_code_is_asked_for_while_the_first_one_is_on_its_way(world: World) -> None:
    """It would be dead when it comes."""
    token = world.ask()
    world.work(world.queue.waiting.pop()[1])
    world.now += MINUTE
    world.send_again(token)
    world.work(world.queue.waiting.pop()[1])
    assert "reissue" not in world.pool.calls
    world.deliver()
    world.wait(minutes=10)
    assert len({code for _, code in world.mails}) == 1
    world.verify(token, world.code(token))


def test_inside_the_minute_sending_again_waits(world: World) -> None:
    token = world.ask()
    world.run()
    world.now += timedelta(seconds=59)
    with pytest.raises(Wait) as raised:
        world.send_again(token)
    assert raised.value.until == START + MINUTE


def test_after_expiry_sending_again_brings_a_new_code(world: World) -> None:
    token = world.ask()
    world.run()
    old = world.code(token)
    world.now += timedelta(days=1)
    assert world.view(token).state == "expired"
    with pytest.raises(CodeExpired):
        world.verify(token, old)
    world.send_again(token)
    world.run()
    assert world.view(token).state == "awaiting_code"
    assert world.code(token) != old
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


NETWORK = holders.network(network_key("192.0.2.1", PEPPER))


def test_each_mail_more_is_outstanding_until_a_code_is_entered(world: World) -> None:
    """27 networks with twenty registrations each used up a day's mails without any work."""
    token, day = world.ask("taro@own.example.com"), japan_day(world.now)
    own = holders.domain(world.lookup.registration(token).attempt.domain)
    for _ in range(3):
        world.wait(minutes=1)
        world.send_again(token)
    world.run()
    for holder in (NETWORK, own):
        tally = world.counters.read(holder, day)
        assert (tally.asked, tally.outstanding) == (4, 4)
    world.verify(token, world.code(token))
    for holder in (NETWORK, own):
        tally = world.counters.read(holder, day)
        assert (tally.confirmed, tally.outstanding) == (1, 0)


def test_a_press_for_a_mail_to_come_is_no_further_one(world: World) -> None:
    token = world.ask()
    world.now += 2 * MINUTE
    world.send_again(token)
    assert world.counters.read(NETWORK, japan_day(world.now)).asked == 1


def test_of_the_day_before_nothing_is_outstanding_any_more(world: World) -> None:
    token = world.ask()
    for _ in range(3):
        world.wait(minutes=1)
        world.send_again(token)
    world.wait(hours=23)
    world.verify(token, world.code(token))
    assert world.counters.read(NETWORK, japan_day(world.now)) == Tally(confirmed=1)


def test_the_own_resend_neither_works_nor_waits(world: World) -> None:
    tokens = [world.ask(f"x{n}@gmail.com") for n in range(20)]
    world.wait(minutes=2)
    for token in tokens:
        world.send_again(token)
        world.run()
        assert world.view(token).expected_at is None
    world.wait(minutes=2)
    for token in tokens:
        with pytest.raises(ChallengeRequired):
            world.send_again(token)


def test_a_resend_without_work_is_of_the_networks_share_and_the_own_as_the_first_mail() -> None:
    world = World(1000)
    tokens = [world.ask(f"x{n}@gmail.com", can_solve=False) for n in range(21)]
    world.wait(minutes=2)
    unworked = [world.lookup.registration(token).attempt.unworked for token in tokens]
    assert unworked == 20 * [False] + [True]
    assert [world.send_again(token).attempt.unworked for token in tokens] == unworked
    world.wait(minutes=2)
    assert world.send_again(tokens[0], can_solve=False).attempt.unworked


def test_a_mail_that_another_network_asks_for_is_that_ones(world: World) -> None:
    """Else whoever takes a cookie home asks on in the name of the school."""
    token, day = world.ask(), japan_day(world.now)
    home = holders.network(network_key("203.0.113.9", PEPPER))
    world.wait(minutes=1)
    world.send_again(token, client="203.0.113.9")
    world.run()
    assert world.counters.read(NETWORK, day) == Tally(asked=1, placed=1)
    assert world.counters.read(home, day) == Tally(asked=1, placed=1)


def test_a_job_of_the_mail_before_takes_nothing_from_the_next(world: World) -> None:
    """It took its turn, and the next mail was twenty minutes late."""
    token = world.ask()
    reference = world.lookup.registration(token).current
    for _ in range(2):
        world.wait(minutes=1)
        world.send_again(token)
    world.work(Job(JobKind.SEND_AGAIN, reference, 2))
    assert world.view(token).expected_at is not None
    world.run()
    assert len(world.mails) == 3


def test_mails_sent_again_count_against_the_address(world: World) -> None:
    token = world.ask()
    for _ in range(4):
        world.wait(minutes=1)
        world.send_again(token)
    world.wait(minutes=1)
    world.send_again(token)
    view = world.view(token)
    assert view.expected_at is not None
    assert view.expected_at >= START + timedelta(hours=1)
    with pytest.raises(Wait):
        world.send_again(token)


def test_a_mail_that_has_not_left_is_asked_for_and_not_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each press once a minute; it takes nothing of what the address may have in an hour."""
    token = world.ask()
    world.now += MINUTE
    for n in range(8):
        world.send_again(token, locale="en" if n == 7 else None)
        with pytest.raises(Wait) as raised:
            world.send_again(token)
        assert raised.value.until == world.now + MINUTE
        world.now += MINUTE
    world.run()
    assert len(world.mails) == 1
    assert world.adapters.mailer.mails[0].subject.isascii()
    world.send_again(token)
    world.run()
    assert len(world.mails) == 2


def test_after_verification_there_is_nothing_to_send_again(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    world.now += MINUTE
    with pytest.raises(Conflict):
        world.send_again(token)


def test_a_mail_that_must_wait_for_a_new_code_takes_nothing_of_the_budget(
    world: World,
) -> None:
    """The new code was asked for and has not come; its own mail may be on its way."""
    token = world.ask()
    world.run()
    attempt = world.lookup.registration(token).attempt
    world.now += 2 * MINUTE
    code = attempt.code_expires_at
    world.work(Job(JobKind.REISSUE_UNREADABLE, attempt.reference, code=code))
    world.pool.events.clear()
    asked_at = world.now
    world.now += MINUTE
    assert world.send_again(token).attempt.mails == 2
    world.work(world.queue.waiting.pop()[1])
    assert world.placed == 1
    ((until, job),) = world.queue.waiting
    assert (until, job.kind) == (asked_at + IN_TRANSIT, JobKind.SEND_AGAIN)


def test_a_mail_whose_write_lost_a_race_is_counted_once(world: World) -> None:
    token = world.ask()
    world.wait(minutes=2)
    reference = world.lookup.registration(token).current
    world.table.races.append(
        lambda: world.table.change(reference, lambda r: transitions.with_locale(r, "en"))
    )
    assert world.send_again(token).attempt.mails == 2
    assert world.counters.read(NETWORK, japan_day(world.now)).asked == 2


@pytest.mark.parametrize("ends", ["cancel", "verify"])
def test_tomorrows_place_of_a_mail_that_is_not_needed_is_given_back(ends: str) -> None:
    world = World(2)
    tokens = [world.ask(f"a@d{n}.example{n}.com", client=f"198.51.{n}.1") for n in range(2)]
    world.run()
    world.now += MINUTE
    world.send_again(tokens[0])
    world.run()
    tomorrow = japan_day(world.now) + DAY
    assert world.counters.read(MAILS, tomorrow).placed == 1
    if ends == "cancel":
        world.cancel(tokens[0])
    else:
        world.verify(tokens[0], world.code(tokens[0]))
    world.wait(minutes=10)
    assert world.counters.read(MAILS, tomorrow).placed == 0
