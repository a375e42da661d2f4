"""Another address in the same registration."""

from datetime import timedelta

import pytest

from chalicelib.clock import japan_day
from chalicelib.errors import (
    CodeMismatch,
    Conflict,
    TryLater,
)
from chalicelib.jobs import Job, JobKind
from chalicelib.limits.counters import Tally, network
from chalicelib.limits.network_key import network_key
from tests.in_memory.world import PEPPER, World

MINUTE = timedelta(minutes=1)


def test_the_first_addresss_code_never_proves_the_corrected_one(world: World) -> None:
    token = world.ask()
    world.run()
    old = world.code(token)
    old_reference = world.lookup.registration(token).current
    world.correct(token, "hana@example.ed.jp")
    world.run()
    with pytest.raises(CodeMismatch):
        world.verify(token, old)
    world.wait(minutes=1)
    assert old_reference not in world.pool.users, "the first address's user is gone"
    world.verify(token, world.code(token))
    (user,) = world.pool.users.values()
    assert user.email == "hana@example.ed.jp"


def test_correcting_while_queued_sends_nothing_to_the_first_address(world: World) -> None:
    token = world.ask()
    world.correct(token, "hana@example.ed.jp")
    world.wait(minutes=2)
    assert [u.email for u in world.pool.users.values()] == ["hana@example.ed.jp"]


def test_correcting_while_cognito_is_busy_leaves_no_user_behind(world: World) -> None:
    token = world.ask()
    reference = world.lookup.registration(token).current
    real = world.pool.sign_up

    def slow(reference: str, email: str) -> None:
        world.correct(token, "hana@example.ed.jp")
        world.work(Job(JobKind.REMOVE_USER, reference))
        world.pool.sign_up = real  # type: ignore[method-assign]
        real(reference, email)

    world.pool.sign_up = slow  # type: ignore[method-assign]
    world.run()
    world.wait(minutes=2)
    assert reference not in world.pool.users
    assert [u.email for u in world.pool.users.values()] == ["hana@example.ed.jp"]


def test_posting_another_address_in_the_same_browser_corrects(world: World) -> None:
    token = world.ask()
    assert world.ask("hana@example.ed.jp", token=token) == token
    assert world.view(token).email == "hana@example.ed.jp"


@pytest.mark.parametrize("other", ["hana@example.ed.jp", "taro+2@gmail.com"])
def test_a_correction_gives_the_place_of_a_mail_that_has_not_left_to_the_next(
    world: World, other: str
) -> None:
    """Of its own mailbox too, where the other spelling is of the same."""
    for _ in range(5):
        world.ask("taro@gmail.com")
        world.wait(minutes=1)
    token = world.ask("taro@gmail.com")
    turn = world.view(token).expected_at
    assert turn is not None
    assert turn > world.now + 50 * MINUTE
    world.correct(token, other)
    same = other.endswith("gmail.com")
    assert world.view(token if same else world.ask("taro@gmail.com")).expected_at == turn


def test_two_identical_corrections_are_one(world: World) -> None:
    token = world.ask()
    for _ in range(2):
        world.correct(token, "hana@example.ed.jp")
    world.wait(minutes=2)
    assert len(world.mails) == 1


def test_after_verification_the_address_stays(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    with pytest.raises(Conflict):
        world.correct(token, "hana@example.ed.jp")


def test_a_browser_that_finished_can_register_a_sister(world: World) -> None:
    token = world.registered()
    sister = world.ask("hana@example.ed.jp", token=token)
    assert sister != token
    assert world.view(token).state == "completed"


def test_what_a_correction_costs_is_paid_by_the_network_that_it_came_from(world: World) -> None:
    """Else a cookie from a school's network is worth that network's share, from anywhere."""
    school, home = (network_key(client, PEPPER) for client in ("192.0.2.1", "203.0.113.9"))
    day = japan_day(world.now)
    token = world.ask("mine@own.example.com", client="192.0.2.1")
    world.run()
    world.correct(token, "taro@other.example.jp", client="203.0.113.9")
    world.run()
    world.now += MINUTE
    world.send_again(token)
    world.run()
    world.verify(token, world.code(token))
    reference = world.lookup.registration(token).current
    assert {r.network for r in world.adapters.mail_records.of(reference)} == {home}
    assert world.counters.read(network(school), day) == Tally(asked=1, placed=1)
    assert world.counters.read(network(home), day) == Tally(asked=1, confirmed=1, placed=2)


def test_a_correction_that_is_cancelled_gives_its_place_back_to_its_own_network(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, day = network(network_key("203.0.113.9", PEPPER)), japan_day(world.now)
    token = world.ask("mine@own.example.com", client="192.0.2.1")
    world.run()

    def busy(reference: str, email: str) -> None:
        raise TryLater(7)

    monkeypatch.setattr(world.pool, "sign_up", busy)
    world.correct(token, "taro@other.example.jp", client="203.0.113.9")
    world.run()
    assert world.counters.read(home, day).placed == 1
    world.cancel(token)
    world.wait(minutes=10)
    assert world.counters.read(home, day).placed == 0
