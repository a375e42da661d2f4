"""What an applicant sees of the mail that was asked for last."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.registration.view import ViewRegistration
from chalicelib.trail.view import Delivery, Step
from tests.in_memory.world import START, World

MINUTE = timedelta(minutes=1)
BOUNCED = Delivery(
    "bounced", (Step("waiting", START), Step("bounced", START)), "policy", ("ask-help-desk",)
)


def seen(world: World, token: str, delivery: Delivery = BOUNCED) -> Delivery:
    viewer = ViewRegistration(delivery_of=lambda _reference, _now: delivery, clock=world.clock)
    return viewer(world.lookup.registration(token)).delivery


def resent(world: World) -> str:
    token = world.ask()
    world.run()
    world.now += MINUTE
    world.resend(token)
    return token


def test_the_first_mail_is_told_as_it_is(world: World) -> None:
    token = world.ask()
    world.run()
    assert seen(world, token) == BOUNCED


def test_a_resend_without_a_row_yet_is_waiting_and_not_what_became_of_the_mail_before(
    world: World,
) -> None:
    told = seen(world, resent(world))
    assert (told.state, told.reason, told.advice) == ("waiting", None, ("wait",))
    assert told.history == (*BOUNCED.history, Step("waiting", START + MINUTE))


def test_a_resend_that_waits_for_its_turn_has_no_step_in_the_time_to_come(world: World) -> None:
    token = world.ask()
    world.run()
    for n in range(4):
        world.now += MINUTE
        world.ask(client=f"192.0.2.{n + 2}")
    world.now += timedelta(seconds=30)
    world.resend(token)
    assert world.view(token).expected_at > world.now  # type: ignore[operator]
    told = seen(world, token)
    assert (told.state, told.history) == ("waiting", BOUNCED.history)


def test_its_own_row_is_what_is_told(world: World) -> None:
    token = resent(world)
    again = Step("waiting", START + MINUTE - timedelta(seconds=1))
    arrived = Delivery("delivered", (*BOUNCED.history, again), None, ())
    assert seen(world, token, arrived) == arrived


def test_a_mail_that_never_came_to_be_is_not_waited_for_for_ever(world: World) -> None:
    token = resent(world)
    world.now += timedelta(minutes=6)
    assert seen(world, token) == BOUNCED
