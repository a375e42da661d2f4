"""What an applicant sees of the mail that was asked for last."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from chalicelib.identity.codes import IN_TRANSIT
from chalicelib.trail.delivery import Delivery, Step
from chalicelib.trail.delivery_states import StateChange, StateChanges
from chalicelib.trail.mail_record import MailRecord
from tests.in_memory.world import START, World

MINUTE = timedelta(minutes=1)
BOUNCED = Delivery(
    "bounced",
    (Step("waiting", START), Step("bounced", START)),
    "policy",
    ("try-another-address", "ask-help-desk"),
)


def mail(n: int, **states: StateChange) -> MailRecord:
    """Mail ``n`` of an attempt, and what became of it."""
    known = cast(StateChanges, states)
    at = known["waiting"].at
    return MailRecord("R", f"m.{n}", "sign-up", "example.ed.jp", "primary", "net", at, known)


FIRST = mail(1, waiting=StateChange(START), bounced=StateChange(START, "policy"))


def seen(world: World, token: str, *more: MailRecord) -> Delivery:
    """What is told of the mails, the first of which came back."""
    registration = world.lookup.registration(token)
    kept = {(registration.current, it.mail): it for it in (FIRST, *more)}
    world.adapters.mail_records.kept = kept
    return world.services.registration.view(registration).delivery


def again(world: World) -> str:
    token = world.ask()
    world.run()
    world.now += MINUTE
    world.send_again(token)
    return token


def test_the_first_mail_is_told_as_it_is(world: World) -> None:
    token = world.ask()
    world.run()
    assert seen(world, token) == BOUNCED


def test_sending_again_without_a_record_yet_is_waiting_and_not_what_became_of_the_mail_before(
    world: World,
) -> None:
    told = seen(world, again(world))
    assert (told.state, told.reason, told.advice) == ("waiting", None, ("wait",))
    assert told.history == (*BOUNCED.history, Step("waiting", START + MINUTE))


def test_a_mail_that_waits_for_its_turn_has_no_step_in_the_time_to_come(
    world: World,
) -> None:
    token = world.ask()
    world.run()
    for _ in range(4):
        world.now += MINUTE
        world.ask()
    world.now += timedelta(seconds=30)
    world.send_again(token)  # at once: it is its own
    world.wait(minutes=1)
    world.send_again(token)
    assert world.view(token).expected_at > world.now  # type: ignore[operator]
    told = seen(world, token)
    assert (told.state, told.history) == ("waiting", BOUNCED.history)


def test_its_own_row_is_what_is_told(world: World) -> None:
    token = again(world)
    at = START + MINUTE - timedelta(seconds=1)
    told = seen(world, token, mail(2, waiting=StateChange(at), delivered=StateChange(at)))
    assert (told.state, told.reason) == ("delivered", None)
    assert told.history == (*BOUNCED.history, Step("waiting", at), Step("delivered", at))


def test_a_mail_that_never_came_to_be_is_not_waited_for_for_ever(world: World) -> None:
    token = again(world)
    world.now += IN_TRANSIT + MINUTE
    assert seen(world, token) == BOUNCED
