"""Whose an address is."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.clock import CLOCKS_APART
from chalicelib.errors import (
    AccountExists,
    CodeMismatch,
    Conflict,
    Displaced,
    OutcomeUnknown,
    TryLater,
)
from chalicelib.identity import ownership
from chalicelib.identity.ownership import Owner
from chalicelib.jobs import Job, JobKind
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import START, World

MINUTE = timedelta(minutes=1)


def test_an_address_with_an_account_makes_the_same_calls_and_gets_no_code(world: World) -> None:
    world.registered()
    world.run()
    calls, lookups = len(world.pool.calls), len(world.pool.lookups)
    world.now += MINUTE
    token = world.ask(client="198.51.100.7")
    world.run()
    assert world.pool.calls[calls:] == ["sign_up"]
    assert world.pool.lookups[lookups:] == ["taro@example.ed.jp"]
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


def two_browsers(world: World) -> tuple[str, str]:
    """The first has proven the address and set no password; the second has its code."""
    first = world.ask()
    world.run()
    world.verify(first, world.code(first))
    world.now += MINUTE
    second = world.ask(client="198.51.100.7")
    world.run()
    return first, second


def test_who_closed_the_browser_before_the_password_starts_over(world: World) -> None:
    first, second = two_browsers(world)
    world.verify(second, world.code(second))
    assert (
        world.complete(second, "correct horse").registration.attempt.state is AttemptState.COMPLETED
    )
    with pytest.raises(Conflict):
        world.complete(first, "other horse")
    world.wait(minutes=1)
    assert [u.password for u in world.pool.users.values()] == ["correct horse"]


def test_a_takeover_that_died_halfway_is_finished_by_the_same_code(world: World) -> None:
    _, second = two_browsers(world)
    real = world.pool.confirm

    def dies(reference: str, code: str, *, take_over: bool) -> None:
        if take_over:
            raise KeyboardInterrupt
        real(reference, code, take_over=take_over)

    world.pool.confirm = dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        world.verify(second, world.code(second))
    world.pool.confirm = real  # type: ignore[method-assign]
    assert world.verify(second, world.code(second)).attempt.state is AttemptState.VERIFIED


def test_nobody_takes_over_while_a_password_is_being_set(world: World) -> None:
    first, second = two_browsers(world)
    world.pool.lose_answers = 1
    with pytest.raises(TryLater):
        world.complete(first, "correct horse")
    with pytest.raises(TryLater):
        world.verify(second, world.code(second))
    world.complete(first, "correct horse")
    with pytest.raises(AccountExists):
        world.verify(second, world.code(second))


def displaced(world: World) -> str:
    """Proven by a browser, and later by another one. Returns the first one's token."""
    first = world.ask()
    world.run()
    world.verify(first, world.code(first))
    second = world.ask(client="192.0.2.2")
    world.wait(minutes=2)
    world.verify(second, world.code(second))
    return first


def test_whom_another_displaced_is_told_so_also_after_the_user_was_removed(world: World) -> None:
    first = displaced(world)
    reference = world.lookup.registration(first).current
    world.wait(minutes=5)
    assert reference not in world.pool.users
    assert world.view(first).state == "verified"
    with pytest.raises(Conflict):
        world.complete(first, "correct horse")


def test_whom_another_displaced_may_ask_for_the_same_address_anew(world: World) -> None:
    first = displaced(world)
    token = world.ask(token=first)
    assert token != first
    world.wait(minutes=2)
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED
    assert (
        world.complete(token, "correct horse").registration.attempt.state is AttemptState.COMPLETED
    )


def test_a_displaced_registration_is_forgotten_after_its_week(world: World) -> None:
    first = displaced(world)
    world.now += timedelta(days=8)
    world.sweep()
    world.run()
    assert world.lookup.seen(first) is None


def test_whose_proof_was_lost_and_then_displaced_is_no_longer_asked_for_a_code(
    world: World,
) -> None:
    """Its answer was lost, another browser proved the address, its own code cannot be read."""
    first = world.ask()
    world.run()
    attempt = world.lookup.registration(first).attempt
    world.pool.lose_answers = 1
    with pytest.raises(OutcomeUnknown):
        world.verify(first, world.code(first))
    second = world.ask(client="192.0.2.2")
    world.wait(minutes=2)
    world.verify(second, world.code(second))
    code = attempt.code_expires_at
    world.work(Job(JobKind.REISSUE_UNREADABLE, attempt.reference, code=code))
    world.wait(minutes=2)
    assert world.view(first).state == "verified"
    with pytest.raises(Conflict):
        world.complete(first, "correct horse")


def test_whose_proof_is_overtaken_before_it_is_noted_is_displaced(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Confirmed by the pool, and a moment later another was: the record follows the later one."""
    first = world.ask()
    second = world.ask(client="192.0.2.2")
    world.wait(minutes=2)
    real = world.pool.confirm

    def overtaken(reference: str, code: str, *, take_over: bool) -> None:
        monkeypatch.undo()
        real(reference, code, take_over=take_over)
        world.verify(second, world.code(second))

    monkeypatch.setattr(world.pool, "confirm", overtaken)
    with pytest.raises(Displaced):
        world.verify(first, world.code(first))
    with pytest.raises(Displaced):
        world.complete(first, "three quiet herons")
    world.complete(second, "three quiet herons")
    world.wait(minutes=1)
    assert [u.password for u in world.pool.users.values()] == ["three quiet herons"]


def test_whose_proof_is_noted_late_ends_no_takeover_that_is_under_way() -> None:
    """The record named somebody whose account is gone."""
    at = START
    gone = Owner("GONE", at, finished=True)
    leased = Owner("GONE", at, candidate="LATER", candidate_at=at)
    noted = ownership.proven(leased, "FIRST", at)
    assert (noted.reference, noted.candidate, noted.candidate_at) == ("FIRST", "LATER", at)
    with pytest.raises(TryLater):
        ownership.completing(noted, "FIRST", at)
    assert ownership.proven(gone, "FIRST", at) == Owner("FIRST", at)
    assert ownership.proven(leased, "LATER", at) == Owner("LATER", at)


def test_who_has_lost_the_address_is_named_no_more_and_no_lease_ends_by_it() -> None:
    at = START
    leased = Owner("FIRST", at, completing_at=at, candidate="LATER", candidate_at=at)
    assert ownership.without(leased, "FIRST") == Owner(
        ownership.NOBODY, at, candidate="LATER", candidate_at=at
    )
    for kept in (None, Owner("LATER", at), Owner("FIRST", at, finished=True)):
        assert ownership.without(kept, "FIRST") is kept


def test_whose_answer_was_lost_and_then_displaced_may_begin_anew(world: World) -> None:
    first = world.ask()
    second = world.ask(client="192.0.2.2")
    world.wait(minutes=2)
    code = world.code(first)
    world.pool.lose_answers = 1
    with pytest.raises(OutcomeUnknown):
        world.verify(first, code)
    world.verify(second, world.code(second))
    with pytest.raises(Displaced):
        world.verify(first, code)
    assert world.view(first).state == "verified"
    anew = world.ask(token=first)
    assert anew != first
    world.wait(minutes=2)
    world.verify(anew, world.code(anew))
    world.complete(anew, "three quiet herons")


def test_a_lease_outlasts_whatever_holds_it(root: Path) -> None:
    functions = json.loads((root / ".chalice" / "config.json").read_text())["lambda_functions"]
    runs = timedelta(seconds=functions["api_handler"]["lambda_timeout"])
    assert runs + CLOCKS_APART <= ownership.LEASE


def test_a_wrong_code_takes_nothing_from_who_has_not_finished(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether Cognito looks at the code before it says that another has the alias is not known."""
    first, second = two_browsers(world)
    real = world.pool.confirm

    def alias_first(reference: str, code: str, *, take_over: bool) -> None:
        if not take_over:
            raise AccountExists()
        real(reference, code, take_over=take_over)

    monkeypatch.setattr(world.pool, "confirm", alias_first)
    with pytest.raises(CodeMismatch):
        world.verify(second, "000000")
    world.complete(first, "three quiet herons")


def test_a_takeover_that_never_came_to_its_end_takes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two_browsers(world)
    real = world.pool.confirm

    def dies(reference: str, code: str, *, take_over: bool) -> None:
        if take_over:
            raise KeyboardInterrupt
        real(reference, code, take_over=take_over)

    monkeypatch.setattr(world.pool, "confirm", dies)
    with pytest.raises(KeyboardInterrupt):
        world.verify(second, world.code(second))
    with pytest.raises(TryLater):
        world.complete(first, "three quiet herons")
    world.now += timedelta(seconds=30)
    world.complete(first, "three quiet herons")
    monkeypatch.undo()
    with pytest.raises(AccountExists):
        world.verify(second, world.code(second))


def test_who_lost_the_alias_sets_no_password_though_the_record_was_not_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The takeover got through in the pool, and its process died before it wrote so."""
    first, second = two_browsers(world)
    world.pool.dies_after = "confirm forced"
    with pytest.raises(KeyboardInterrupt):
        world.verify(second, world.code(second))
    world.now += timedelta(seconds=30)
    with pytest.raises(Displaced):
        world.complete(first, "four quiet herons")
    assert [u.password for u in world.pool.users.values()] == [None, None]
    world.run()
    world.verify(second, world.code(second))
    world.complete(second, "three quiet herons")
    world.wait(minutes=1)
    assert [u.password for u in world.pool.users.values()] == ["three quiet herons"]


def is_taken_over_by_one_who_dies(world: World) -> None:
    """By another, killed when the pool has moved the alias, who never comes back."""
    taker = world.ask(client="198.51.100.7")
    world.wait(minutes=2)
    world.pool.dies_after = "confirm forced"
    with pytest.raises(KeyboardInterrupt):
        world.verify(taker, world.code(taker))
    world.wait(minutes=1)


def ends_with_an_account_when_asked_for_anew(world: World, first: str) -> None:
    assert world.view(first).state == "verified", "the page that says so and leads on"
    reference = world.lookup.registration(first).current
    anew = world.ask(token=first)
    assert anew != first
    world.wait(minutes=5)
    assert reference not in world.pool.users
    world.verify(anew, world.code(anew))
    world.complete(anew, "three quiet herons")


def test_whom_one_who_died_displaced_may_begin_anew_after_the_password(world: World) -> None:
    first = world.ask()
    world.run()
    world.verify(first, world.code(first))
    is_taken_over_by_one_who_dies(world)
    with pytest.raises(Displaced):
        world.complete(first, "three quiet herons")
    ends_with_an_account_when_asked_for_anew(world, first)


@pytest.mark.parametrize("learnt_by", ["code", "reissue"])
def test_whom_one_who_died_displaced_may_begin_anew_after_a_code(
    world: World, monkeypatch: pytest.MonkeyPatch, learnt_by: str
) -> None:
    """Its own process died, too, with the owner's record written and the registration not."""
    first = world.ask()
    world.run()
    code, real = world.code(first), world.owners.change

    def dies(*arguments: Any) -> None:
        real(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(world.owners, "change", dies)
        with pytest.raises(KeyboardInterrupt):
            world.verify(first, code)
    is_taken_over_by_one_who_dies(world)
    if learnt_by == "code":
        with pytest.raises(Displaced):
            world.verify(first, code)
    else:
        world.now += timedelta(days=1)
        world.send_again(first)
        world.wait(minutes=2)
    ends_with_an_account_when_asked_for_anew(world, first)


def test_two_who_take_over_at_once_wait_for_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.ask()
    world.run()
    world.verify(first, world.code(first))
    tokens = [world.ask(client=f"198.51.100.{n}") for n in (7, 8)]
    world.wait(minutes=5)
    real = world.pool.confirm

    def meets(reference: str, code: str, *, take_over: bool) -> None:
        if take_over:
            monkeypatch.undo()
            with pytest.raises(TryLater):
                world.verify(tokens[1], world.code(tokens[1]))
        real(reference, code, take_over=take_over)

    monkeypatch.setattr(world.pool, "confirm", meets)
    assert world.verify(tokens[0], world.code(tokens[0])).attempt.state is AttemptState.VERIFIED
