"""An address in a mail domain that does not exist: nobody is signed up, and the page says why."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.clock import japan_day
from chalicelib.jobs import JobKind
from chalicelib.limits.counters import MAILS
from chalicelib.registration.view import View
from chalicelib.trail.delivery import Delivery, Step
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import START, World

REMOVE = JobKind.REMOVE_USER
EMAIL = "taro@nowhere.example.com"
TOLD = Delivery(
    "rejected",
    (Step("rejected", START),),
    "no-such-domain",
    ("check-address", "try-another-address"),
)


def refused(world: World, **more: str) -> str:
    world.dns.missing = {"nowhere.example.com"}
    token = world.ask(EMAIL, **more)
    world.run()
    return token


def without_names(view: View) -> dict[str, object]:
    fields = {field: getattr(view, field) for field in View.__dataclass_fields__}
    return {field: value for field, value in fields.items() if field not in ("reference", "label")}


def test_nobody_is_signed_up_no_mail_leaves_and_the_reason_is_told(world: World) -> None:
    token = refused(world)
    assert (world.pool.users, world.pool.calls, world.mails) == ({}, [], [])
    view = world.view(token)
    assert (view.state, view.delivery, view.expected_at) == ("queued", TOLD, None)


def test_nothing_of_the_days_budget_is_taken(world: World) -> None:
    refused(world)
    assert world.counters.read(MAILS, japan_day(world.now)).placed == 0


def test_a_job_before_its_time_is_refused_all_the_same(world: World) -> None:
    """Whether its place has come does not matter: no mail will ever leave."""
    refused(world)
    token = world.ask(EMAIL)
    expected = world.view(token).expected_at
    assert expected is not None
    assert expected > world.now
    world.work(world.queue.waiting.pop()[1])
    assert world.view(token).delivery.reason == "no-such-domain"


def test_the_address_can_be_corrected(world: World) -> None:
    token = refused(world)
    world.correct(token, "taro@example.ed.jp")
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED
    assert len(world.lookup.registration(token).attempts) == 1


def test_the_corrected_address_may_be_in_no_domain_either(world: World) -> None:
    token = world.ask()
    world.run()
    world.dns.missing = {"nowhere.example.com"}
    world.correct(token, EMAIL)
    world.run()
    assert world.view(token).delivery == TOLD


def test_asking_again_asks_the_dns_again(world: World) -> None:
    token = refused(world)
    world.now += timedelta(minutes=1)
    world.send_again(token)
    assert world.view(token).delivery.state == "waiting"
    world.run()
    assert world.view(token).delivery.reason == "no-such-domain"
    assert world.pool.users == {}

    world.now += timedelta(minutes=1)
    world.dns.missing = set()
    world.send_again(token)
    world.run()
    assert world.view(token).delivery.reason is None
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_another_asks_a_moment_later_and_the_domain_is_there(world: World) -> None:
    """That it was not there is remembered nowhere but in the one registration."""
    refused(world)
    world.dns.missing = set()
    world.now += timedelta(minutes=1)
    token = world.ask(EMAIL)
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_dns_that_does_not_answer_refuses_nobody(world: World) -> None:
    world.dns.down = True
    token = world.ask(EMAIL)
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_who_may_have_been_signed_up_is_never_refused(world: World) -> None:
    """The answer to SignUp was lost, and the mail with its code is under way."""
    token = world.ask(EMAIL)
    world.pool.busy = 1
    world.run()
    assert world.lookup.registration(token).attempt.signup_at is not None
    world.dns.missing = {"nowhere.example.com"}
    world.adapters.provider_cache.kept.clear()
    world.wait(minutes=2)
    assert world.lookup.registration(token).attempt.state is AttemptState.AWAITING_CODE
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_the_sweeper_leaves_it_alone_and_forgets_it_after_a_week(world: World) -> None:
    refused(world)
    world.wait(hours=1)
    assert world.sweep() == 0
    world.now += timedelta(days=7)
    world.sweep()
    world.run()
    assert world.table.registrations == {}


def test_the_sweeper_leaves_it_alone_also_when_it_comes_for_another_address(world: World) -> None:
    token = world.ask()
    world.run()
    world.dns.missing = {"nowhere.example.com"}
    world.correct(token, EMAIL)
    world.queue.waiting = [(at, job) for at, job in world.queue.waiting if job.kind is not REMOVE]
    world.run()
    world.now += timedelta(hours=1)
    world.sweep()
    assert [job.kind for _, job in world.queue.waiting] == [REMOVE]


def test_the_same_job_once_more_mails_nothing_that_nobody_asked_for(world: World) -> None:
    world.dns.missing = {"nowhere.example.com"}
    token = world.ask(EMAIL)
    (_, job) = world.queue.waiting[0]
    world.run()
    world.dns.missing = set()
    world.work(job)
    world.deliver()
    assert world.mails == []
    world.now += timedelta(minutes=1)
    world.send_again(token)
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_lost_job_of_asking_again_is_found_by_the_sweeper(world: World) -> None:
    token = refused(world)
    world.dns.missing = set()
    world.now += timedelta(minutes=1)
    world.send_again(token)
    world.queue.waiting.clear()
    world.now += timedelta(minutes=3)
    world.sweep()
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_an_address_with_an_account_is_refused_alike(world: World) -> None:
    world.registered(EMAIL)
    world.now += timedelta(days=2)
    known = refused(world)
    lookups = len(world.pool.lookups)
    unknown = world.ask("hana@nowhere.example.com")
    world.run()
    one, other = world.view(known), world.view(unknown)
    assert {**without_names(one), "email": "x"} == {**without_names(other), "email": "x"}
    assert one.delivery.reason == "no-such-domain"
    assert len(world.pool.lookups) == lookups, "nobody asks the pool who holds the address"
