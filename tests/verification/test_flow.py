"""From an address to an account, and what can go astray on the way."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.errors import (
    TryLater,
)
from chalicelib.jobs import Job, JobKind
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import START, World

MINUTE = timedelta(minutes=1)


def test_an_applicant_registers(world: World) -> None:
    token = world.ask()
    assert world.view(token).state == "queued"
    assert world.pool.calls == [], "the request makes no call to the user pool"
    world.run()
    assert world.view(token).state == "awaiting_code"
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED
    done = world.complete(token, "correct horse")
    assert done.tokens.access == "access"
    assert world.view(token).state == "completed"


def test_the_page_shows_the_address_as_typed_and_when_it_may_ask_again(world: World) -> None:
    view = world.view(world.ask("Taro@学校.ed.jp"))
    assert (view.email, view.attempts_left) == ("Taro@学校.ed.jp", 5)
    assert view.resend_available_at == START + MINUTE


def test_asking_again_in_the_same_browser_changes_nothing(world: World) -> None:
    token = world.ask()
    assert world.ask(token=token) == token
    world.run()
    assert len(world.mails) == 1


def test_two_identical_posts_with_one_form_are_one(world: World) -> None:
    first, second = world.ask(idempotency_key="form-1"), world.ask(idempotency_key="form-1")
    world.wait(minutes=5)
    assert first == second
    assert len(world.mails) == 1


def test_two_identical_posts_at_the_same_moment_are_one(world: World) -> None:
    world.table.races.append(lambda: world.ask(idempotency_key="form-1"))
    world.ask(idempotency_key="form-1")
    world.wait(minutes=5)
    assert len(world.table.registrations) == 1
    assert len(world.mails) == 1


def test_who_guesses_a_forms_name_at_the_same_moment_elsewhere_gets_another(world: World) -> None:
    """The twin that is found at the write is held to the same rule as one found before it."""
    owners: list[str] = []
    world.table.races.append(lambda: owners.append(world.ask(idempotency_key="form-1")))
    guessed = world.ask(idempotency_key="form-1", client="198.51.100.7")
    assert owners != [guessed]
    assert len(world.table.registrations) == 2
    world.wait(minutes=5)
    assert world.view(guessed).reference != world.view(owners[0]).reference
    assert len(world.mails) == 2


def test_a_form_used_for_another_address_is_another_registration(world: World) -> None:
    assert world.ask(idempotency_key="form-1") != world.ask(
        "hana@example.ed.jp", idempotency_key="form-1"
    )


def test_a_guessed_form_name_yields_no_token_of_another_address(world: World) -> None:
    mine = world.ask(idempotency_key="form-1")
    assert world.ask("other@example.ed.jp", idempotency_key="form-1") != mine


def test_who_guesses_a_forms_name_gets_no_proven_registration(world: World) -> None:
    mine = world.ask(idempotency_key="form-1")
    world.run()
    world.verify(mine, world.code(mine))
    assert world.ask(idempotency_key="form-1") != mine


def test_who_guesses_a_forms_name_elsewhere_or_later_gets_another(world: World) -> None:
    mine = world.ask(idempotency_key="form-1")
    assert world.ask(idempotency_key="form-1", client="198.51.100.7") != mine
    world.now += timedelta(minutes=10)
    assert world.ask(idempotency_key="form-1") != mine


def test_two_browsers_asking_at_once_for_one_address_both_get_a_place(world: World) -> None:
    world.table.races.append(lambda: world.ask())
    token = world.ask()
    assert world.view(token).expected_at == START + MINUTE
    world.wait(minutes=2)
    assert len(world.mails) == 2


def test_a_job_done_twice_signs_up_once(world: World) -> None:
    token = world.ask()
    job = Job(JobKind.SIGN_UP, world.lookup.registration(token).current)
    world.run()
    world.work(job)
    world.work(job)
    assert world.pool.calls.count("sign_up") == 1


def test_a_lost_answer_to_sign_up_is_found_again_not_repeated(world: World) -> None:
    token = world.ask()
    world.pool.lose_answers = 1
    world.run()
    assert world.pool.calls.count("sign_up") == 1
    assert world.view(token).state == "awaiting_code"
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_worker_that_died_after_sign_up_resumes_where_it_was(world: World) -> None:
    token = world.ask()
    reference = world.lookup.registration(token).current
    world.pool.dies_after = "sign_up"
    with pytest.raises(KeyboardInterrupt):
        world.work(Job(JobKind.SIGN_UP, reference))
    world.work(Job(JobKind.SIGN_UP, reference))
    world.deliver()
    assert world.pool.calls.count("sign_up") == 1
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_busy_user_pool_is_asked_again_as_soon_as_it_said(world: World) -> None:
    token = world.ask()
    world.pool.busy = 1
    world.work(world.queue.waiting.pop()[1])
    ((at, job),) = world.queue.waiting
    assert (at - START, job.tries) == (timedelta(seconds=7), 1)
    world.now = at
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_pool_that_stays_busy_ends_with_the_dead_letters(world: World) -> None:
    world.ask()
    job = replace(world.queue.waiting.pop()[1], tries=20)
    world.pool.busy = 1
    with pytest.raises(TryLater):
        world.work(job)


def test_a_busy_user_pool_costs_no_attempt(world: World) -> None:
    token = world.ask()
    world.run()
    for _ in range(9):
        world.pool.busy = 1
        with pytest.raises(TryLater):
            world.verify(token, world.code(token))
    assert world.view(token).attempts_left == 5
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_a_refused_address_is_said_and_can_be_corrected(world: World) -> None:
    world.pool.refuse = True
    token = world.ask()
    world.run()
    view = world.view(token)
    assert view.delivery.state == "rejected"
    assert "try-another-address" in view.delivery.advice
    world.pool.refuse = False
    world.correct(token, "taro@example.com")
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED
