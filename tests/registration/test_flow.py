"""From an address to an account, and every way it can go astray."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import (
    AccountExists,
    ChallengeRequired,
    CodeExpired,
    CodeMismatch,
    Conflict,
    NoRegistration,
    OutcomeUnknown,
    PasswordRefused,
    TooManyAttempts,
    TryLater,
    Wait,
)
from chalicelib.registration.interfaces import Job
from chalicelib.registration.model import Registration, State
from tests.registration.world import START, World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    return World()


def test_an_applicant_registers(world: World) -> None:
    token = world.ask()
    assert world.view(token).state == "queued"
    assert world.pool.calls == [], "the request makes no call to the user pool"
    world.run()
    assert world.view(token).state == "awaiting_code"
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED
    done = world.complete(token, "correct horse")
    assert done.tokens.access == "access"
    assert world.view(token).state == "completed"


def test_the_page_shows_one_masked_address_and_when_it_may_ask_again(world: World) -> None:
    view = world.view(world.ask())
    assert (view.email, view.attempts_left) == ("t***@example.ed.jp", 5)
    assert view.resend_available_at == START + MINUTE


def test_asking_again_in_the_same_browser_changes_nothing(world: World) -> None:
    token = world.ask()
    assert world.ask(token=token) == token
    world.run()
    assert len(world.mails) == 1


def test_two_identical_posts_with_one_form_are_one(world: World) -> None:
    first, second = world.ask(once="form-1"), world.ask(once="form-1")
    world.wait(minutes=5)
    assert first == second
    assert len(world.mails) == 1


def test_two_identical_posts_at_the_same_moment_are_one(world: World) -> None:
    world.table.races.append(lambda: world.ask(once="form-1"))
    world.ask(once="form-1")
    world.wait(minutes=5)
    assert len(world.table.registrations) == 1
    assert len(world.mails) == 1


def test_a_form_used_for_another_address_is_another_registration(world: World) -> None:
    assert world.ask(once="form-1") != world.ask("hana@example.ed.jp", once="form-1")


def test_a_guessed_form_name_yields_no_token_of_another_address(world: World) -> None:
    mine = world.ask(once="form-1")
    assert world.ask("other@example.ed.jp", once="form-1") != mine


def test_two_browsers_asking_at_once_for_one_address_both_get_a_place(world: World) -> None:
    world.table.races.append(lambda: world.ask())
    token = world.ask()
    assert world.view(token).expected_at == START + MINUTE
    world.wait(minutes=2)
    assert len(world.mails) == 2


def test_a_job_done_twice_signs_up_once(world: World) -> None:
    token = world.ask()
    job = Job("issue", world.lookup.registration(token).current)
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
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


def test_a_worker_that_died_after_sign_up_resumes_where_it_was(world: World) -> None:
    token = world.ask()
    reference = world.lookup.registration(token).current
    world.pool.dies_after = "sign_up"
    with pytest.raises(KeyboardInterrupt):
        world.work(Job("issue", reference))
    world.work(Job("issue", reference))
    world.deliver()
    assert world.pool.calls.count("sign_up") == 1
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


def test_a_busy_user_pool_is_asked_again_as_soon_as_it_said(world: World) -> None:
    token = world.ask()
    world.pool.busy = 1
    world.work(world.queue.waiting.pop()[1])
    ((at, job),) = world.queue.waiting
    assert (at - START, job.tries) == (timedelta(seconds=7), 1)
    world.now = at
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


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
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


def test_a_refused_address_is_said_and_can_be_corrected(world: World) -> None:
    world.pool.refuse = True
    token = world.ask()
    world.run()
    view = world.view(token)
    assert view.delivery.state == "rejected"
    assert "try-another-address" in view.delivery.advice
    world.pool.refuse = False
    world.ask_for.correct(token, "taro@example.com", as_typed=False, client="192.0.2.1")
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


# Resending


def test_a_resend_is_the_same_code(world: World) -> None:
    token = world.ask()
    world.wait(minutes=1)
    for _ in range(2):
        world.resend(token)
        world.wait(minutes=1)
    codes = {code for _, code in world.mails}
    assert (len(world.mails), len(codes)) == (3, 1)
    assert world.verify(token, codes.pop()).attempt.state is State.VERIFIED


def test_inside_the_minute_a_resend_waits(world: World) -> None:
    token = world.ask()
    world.run()
    world.now += timedelta(seconds=59)
    with pytest.raises(Wait) as raised:
        world.resend(token)
    assert raised.value.until == START + MINUTE


def test_after_expiry_a_resend_brings_a_new_code(world: World) -> None:
    token = world.ask()
    world.run()
    old = world.code(token)
    world.now += timedelta(days=1)
    assert world.view(token).state == "expired"
    with pytest.raises(CodeExpired):
        world.verify(token, old)
    world.resend(token)
    world.run()
    assert world.view(token).state == "awaiting_code"
    assert world.code(token) != old
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


def test_resends_count_against_the_address(world: World) -> None:
    token = world.ask()
    for _ in range(4):
        world.wait(minutes=1)
        world.resend(token)
    world.wait(minutes=1)
    world.resend(token)
    view = world.view(token)
    assert view.expected_at is not None
    assert view.expected_at >= START + timedelta(hours=1)
    with pytest.raises(Wait):
        world.resend(token)


def test_after_verification_there_is_nothing_to_resend(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    world.now += MINUTE
    with pytest.raises(Conflict):
        world.resend(token)


# Correcting


def test_the_first_addresss_code_never_proves_the_corrected_one(world: World) -> None:
    token = world.ask()
    world.run()
    old = world.code(token)
    old_reference = world.lookup.registration(token).current
    world.ask_for.correct(token, "hana@example.ed.jp", as_typed=False, client="192.0.2.1")
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
    world.ask_for.correct(token, "hana@example.ed.jp", as_typed=False, client="192.0.2.1")
    world.wait(minutes=2)
    assert [u.email for u in world.pool.users.values()] == ["hana@example.ed.jp"]


def test_correcting_while_cognito_is_busy_leaves_no_user_behind(world: World) -> None:
    token = world.ask()
    reference = world.lookup.registration(token).current
    real = world.pool.sign_up

    def slow(reference: str, email: str) -> None:
        world.ask_for.correct(token, "hana@example.ed.jp", as_typed=False, client="192.0.2.1")
        world.work(Job("remove", reference))
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
    assert world.view(token).email == "h***@example.ed.jp"


def test_two_identical_corrections_are_one(world: World) -> None:
    token = world.ask()
    for _ in range(2):
        world.ask_for.correct(token, "hana@example.ed.jp", as_typed=False, client="192.0.2.1")
    world.wait(minutes=2)
    assert len(world.mails) == 1


def test_after_verification_the_address_stays(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    with pytest.raises(Conflict):
        world.ask_for.correct(token, "hana@example.ed.jp", as_typed=False, client="192.0.2.1")


def test_a_browser_that_finished_can_register_a_sister(world: World) -> None:
    token = world.registered()
    sister = world.ask("hana@example.ed.jp", token=token)
    assert sister != token
    assert world.view(token).state == "completed"


# Codes


def test_five_wrong_codes_then_a_wait(world: World) -> None:
    token = world.ask()
    world.run()
    left = []
    for _ in range(5):
        with pytest.raises(CodeMismatch) as mismatch:
            world.verify(token, "000000")
        left.append(mismatch.value.attempts_left)
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(TooManyAttempts) as raised:
        world.verify(token, world.code(token))
    assert raised.value.until == START + MINUTE
    world.now += MINUTE
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


def test_what_is_no_code_costs_no_attempt(world: World) -> None:
    token = world.ask()
    world.run()
    for _ in range(20):
        with pytest.raises(Exception, match="not-six-digits"):
            world.verify(token, "12345")
    assert world.view(token).attempts_left == 5


def test_a_new_address_brings_no_new_attempts(world: World) -> None:
    token = world.ask()
    world.run()
    for _ in range(5):
        with pytest.raises(CodeMismatch):
            world.verify(token, "000000")
    world.ask_for.correct(token, "hana@example.ed.jp", as_typed=False, client="192.0.2.1")
    with pytest.raises(TooManyAttempts):
        world.verify(token, "000000")


def test_a_stranger_cannot_use_up_an_owners_attempts(world: World) -> None:
    strangers = [world.ask(client=f"198.51.100.{n}") for n in range(4)]
    world.wait(minutes=10)
    for stranger in strangers:
        for _ in range(15):
            with pytest.raises((CodeMismatch, TooManyAttempts)):
                world.verify(stranger, "000000")
            world.now += timedelta(minutes=16)
    owner = world.ask(client="192.0.2.9")
    world.wait(minutes=60)
    assert world.verify(owner, world.code(owner)).attempt.state is State.VERIFIED


def test_fifty_codes_a_day_over_all_registrations_of_an_address(world: World) -> None:
    tokens = [world.ask(client=f"198.51.100.{n}") for n in range(5)]
    world.wait(minutes=10)
    tried = 0
    for token in tokens:
        for _ in range(20):
            try:
                world.verify(token, "000000")
            except CodeMismatch:
                tried += 1
            except TooManyAttempts:
                pass
            world.now += timedelta(minutes=5)
    assert tried <= 50 + 5


def test_verifying_twice_is_verified(world: World) -> None:
    token = world.ask()
    world.run()
    code = world.code(token)
    world.verify(token, code)
    assert world.verify(token, code).attempt.state is State.VERIFIED


def test_a_lost_answer_to_a_right_code_is_no_dead_end(world: World) -> None:
    token = world.ask()
    world.run()
    world.pool.lose_answers = 1
    with pytest.raises(OutcomeUnknown):
        world.verify(token, world.code(token))
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


# Owners


def test_an_address_with_an_account_makes_the_same_calls_and_gets_no_code(world: World) -> None:
    world.registered()
    before = len(world.pool.calls)
    world.now += MINUTE
    token = world.ask(client="198.51.100.7")
    world.run()
    assert world.pool.calls[before:] == ["sign_up"]
    assert world.mails[-1][1] == "account"
    view = world.view(token)
    assert (view.state, view.attempts_left) == ("awaiting_code", 5)


def test_account_exists_is_said_only_after_a_right_code(world: World) -> None:
    world.registered()
    world.now += MINUTE
    token = world.ask(client="198.51.100.7")
    world.run()
    with pytest.raises(CodeMismatch):
        world.verify(token, "000000")
    right = world.pool.users[world.lookup.registration(token).current].code
    with pytest.raises(AccountExists):
        world.verify(token, right)
    assert "confirm forced" not in world.pool.calls, "the alias never leaves a finished owner"


def test_who_closed_the_browser_before_the_password_starts_over(world: World) -> None:
    first = world.ask()
    world.run()
    world.verify(first, world.code(first))
    world.now += MINUTE
    second = world.ask(client="198.51.100.7")
    world.run()
    world.verify(second, world.code(second))
    assert world.complete(second, "correct horse").registration.attempt.state is State.COMPLETED
    with pytest.raises(Conflict):
        world.complete(first, "other horse")
    world.wait(minutes=1)
    assert [u.password for u in world.pool.users.values()] == ["correct horse"]


def test_a_takeover_that_died_halfway_is_finished_by_the_same_code(world: World) -> None:
    first = world.ask()
    world.run()
    world.verify(first, world.code(first))
    world.now += MINUTE
    second = world.ask(client="198.51.100.7")
    world.run()
    real = world.pool.confirm

    def dies(reference: str, code: str, *, take_over: bool) -> None:
        if take_over:
            raise KeyboardInterrupt
        real(reference, code, take_over=take_over)

    world.pool.confirm = dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        world.verify(second, world.code(second))
    world.pool.confirm = real  # type: ignore[method-assign]
    assert world.verify(second, world.code(second)).attempt.state is State.VERIFIED


def test_nobody_takes_over_while_a_password_is_being_set(world: World) -> None:
    first = world.ask()
    world.run()
    world.verify(first, world.code(first))
    world.now += MINUTE
    second = world.ask(client="198.51.100.7")
    world.run()
    world.pool.lose_answers = 1
    with pytest.raises(TryLater):
        world.complete(first, "correct horse")
    with pytest.raises(TryLater):
        world.verify(second, world.code(second))
    world.complete(first, "correct horse")
    with pytest.raises(AccountExists):
        world.verify(second, world.code(second))


# Passwords


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short12", "too-short"),
        ("x" * 257, "too-long"),
        ("password123", "too-common"),
        ("12345678", "too-common"),
        ("aaaaaaaa", "too-common"),
        ("taro.yamada!", "contains-address"),
        ("my todoku 1", "contains-service-name"),
        ("school-life", "contains-service-name"),
    ],
)
def test_a_bad_password_is_refused_with_its_reason(
    world: World, password: str, reason: str
) -> None:
    token = world.ask("taro.yamada@example.ed.jp")
    world.run()
    world.verify(token, world.code(token))
    with pytest.raises(PasswordRefused) as raised:
        world.complete(token, password)
    assert raised.value.reason == reason


def test_the_code_comes_before_the_password(world: World) -> None:
    token = world.ask()
    world.run()
    with pytest.raises(Conflict):
        world.complete(token, "correct horse")


def test_a_completed_registration_takes_no_second_password(world: World) -> None:
    token = world.registered()
    with pytest.raises(NoRegistration):
        world.complete(token, "another horse")


# Cancelling


def test_cancelling_forgets_everything(world: World) -> None:
    token = world.ask()
    world.run()
    world.cancel(token)
    with pytest.raises(NoRegistration):
        world.lookup.registration(token)
    world.wait(minutes=1)
    assert (world.pool.users, world.table.registrations) == ({}, {})


def test_cancelling_a_proven_address_leaves_it_to_nobody(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    world.cancel(token)
    world.wait(minutes=1)
    assert (world.pool.users, world.owners.owners) == ({}, {})


def test_forgetting_a_finished_registration_keeps_the_account(world: World) -> None:
    token = world.registered()
    world.cancel(token)
    world.wait(minutes=1)
    assert len(world.pool.users) == 1


# Sweeping


def test_a_lost_job_is_found_by_the_sweeper(world: World) -> None:
    token = world.ask()
    world.queue.waiting.clear()
    world.wait(minutes=3)
    world.sweep()
    world.run()
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


def test_a_lost_code_is_asked_for_again_once(world: World) -> None:
    token = world.ask()
    world.work(world.queue.waiting.pop()[1])
    world.pool.events.clear()
    for _ in range(5):
        world.now += MINUTE
        world.sweep()
        world.run()
    assert world.pool.calls.count("reissue") == 1
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


def test_a_code_that_comes_while_it_is_asked_for_again_is_not_killed(world: World) -> None:
    token = world.ask()
    world.work(world.queue.waiting.pop()[1])
    world.now += MINUTE
    world.sweep()
    (_, job) = world.queue.waiting.pop()
    real = world.table.change

    def overtaken(reference: str, decide: Callable[[Registration], Registration]) -> Any:
        world.table.change = real  # type: ignore[method-assign]
        world.deliver()
        return real(reference, decide)

    world.table.change = overtaken  # type: ignore[method-assign]
    world.work(job)
    assert "reissue" not in world.pool.calls
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


def test_a_code_that_cannot_be_read_any_more_is_renewed(world: World) -> None:
    token = world.ask()
    world.run()
    old = world.code(token)
    world.now += 2 * MINUTE
    world.queue.put(Job("renew", world.lookup.registration(token).current))
    world.run()
    assert world.code(token) != old
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED


def test_a_late_code_that_was_reissued_is_not_mailed(world: World) -> None:
    token = world.ask()
    world.work(world.queue.waiting.pop()[1])
    late = world.pool.events.pop()
    world.now += MINUTE
    world.sweep()
    world.run()
    world.pool.events.append(late)
    world.deliver()
    assert [code for _, code in world.mails] == [world.code(token)]
    assert world.verify(token, world.mails[0][1]).attempt.state is State.VERIFIED


def test_never_confirmed_is_gone_after_seven_days(world: World) -> None:
    token = world.ask()
    world.run()
    world.now += timedelta(days=7, minutes=1)
    world.sweep()
    world.run()
    assert (world.pool.users, world.table.registrations) == ({}, {})
    with pytest.raises(NoRegistration):
        world.lookup.registration(token)


def test_proven_without_a_password_is_gone_after_seven_days(world: World) -> None:
    token = world.ask()
    world.run()
    world.verify(token, world.code(token))
    world.now += timedelta(days=7, minutes=1)
    world.sweep()
    world.run()
    assert (world.pool.users, world.owners.owners) == ({}, {})


def test_an_account_is_never_swept(world: World) -> None:
    world.registered()
    world.now += timedelta(days=400)
    world.sweep()
    world.run()
    assert len(world.pool.users) == 1


# Networks and budgets


def test_past_a_thousand_an_hour_a_network_works_for_it(world: World) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.asked[network] = 999
    world.ask("a@example.ed.jp")
    with pytest.raises(ChallengeRequired):
        world.ask("b@example.ed.jp")
    solution = solved(world)
    world.ask("b@example.ed.jp", altcha=solution)
    with pytest.raises(ChallengeRequired):
        world.ask("c@example.ed.jp", altcha=solution)


def test_a_form_without_script_is_served_later_instead(world: World) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.asked[network] = 1000
    token = world.ask("b@example.ed.jp", patient=True)
    assert world.view(token).expected_at == START + MINUTE


def solved(world: World) -> str:
    from altcha import Challenge, Payload, solve_challenge

    challenge = Challenge.from_dict(world.challenges.new())
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()


@pytest.mark.parametrize("altcha", ["", "nonsense", "e30=", "A" * 5000])
def test_nonsense_solves_no_challenge(world: World, altcha: str) -> None:
    assert not world.challenges.solved(altcha, world.now)


def test_an_old_challenge_is_no_longer_solved(world: World) -> None:
    solution = solved(world)
    assert not world.challenges.solved(solution, world.now + timedelta(minutes=21))


def test_a_network_whose_mails_bounce_works_then_waits(world: World) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.sent[network], world.counters.bounced[network] = 20, 5
    with pytest.raises(ChallengeRequired):
        world.ask("b@example.ed.jp")
    world.counters.sent[network], world.counters.bounced[network] = 40, 9
    world.ask("b@example.ed.jp", altcha=solved(world))
    with pytest.raises(Wait) as raised:
        world.ask("c@example.ed.jp", altcha=solved(world))
    assert raised.value.until == START + MINUTE


@pytest.mark.parametrize(("sent", "bounced"), [(19, 19), (20, 4)])
def test_few_or_rare_bounces_ask_nothing(world: World, sent: int, bounced: int) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.sent[network], world.counters.bounced[network] = sent, bounced
    world.ask("b@example.ed.jp")


def test_a_used_up_budget_says_when_the_mail_goes(world: World) -> None:
    world.counters.mails = world.budget
    token = world.ask()
    world.run()
    assert world.pool.calls == [], "no SignUp for a mail that may not go"
    expected = world.view(token).expected_at
    assert expected is not None
    assert expected.hour == expected.minute == 0
    world.counters.mails = 0
    world.wait(hours=24)
    assert world.verify(token, world.code(token)).attempt.state is State.VERIFIED
