"""Client networks and the budget of mails."""

from datetime import timedelta
from typing import Any

import altcha
import pytest

from chalicelib.errors import (
    ChallengeRequired,
    Wait,
)
from chalicelib.limits.network_key import network_key
from chalicelib.verification.model import AttemptState
from tests.in_memory.world import PEPPER, START, World

MINUTE = timedelta(minutes=1)


def test_past_a_thousand_an_hour_a_network_works_for_it(world: World) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.asked[network] = 999
    world.ask("a@example.ed.jp")
    with pytest.raises(ChallengeRequired):
        world.ask("b@example.ed.jp")
    solution = solved(world)
    world.ask("b@example.ed.jp", solution=solution)
    with pytest.raises(ChallengeRequired):
        world.ask("c@example.ed.jp", solution=solution)


def test_a_form_without_script_is_served_later_instead(world: World) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.asked[network] = 1000
    token = world.ask("b@example.ed.jp", can_solve=False)
    assert world.view(token).expected_at == START + MINUTE


NETWORK = network_key("192.0.2.1", PEPPER)
"""Where ``World.ask`` asks from."""


def solved(world: World, network: str = NETWORK) -> str:
    from altcha import Challenge, Payload, solve_challenge

    challenge = Challenge.from_dict(world.challenges.new(network))
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()


@pytest.mark.parametrize("altcha", ["", "nonsense", "e30=", "A" * 5000])
def test_nonsense_solves_no_challenge(world: World, altcha: str) -> None:
    assert not world.challenges.solved(altcha, NETWORK, world.now)


def test_an_old_challenge_is_no_longer_solved(world: World) -> None:
    solution = solved(world)
    assert not world.challenges.solved(solution, NETWORK, world.now + timedelta(minutes=21))


def test_what_one_network_solved_another_cannot_spend(world: World) -> None:
    """A farm of machines elsewhere does not work for the networks that are limited."""
    elsewhere = solved(world, network_key("198.51.100.7", PEPPER))
    assert not world.challenges.solved(elsewhere, NETWORK, world.now)
    assert world.challenges.solved(solved(world), NETWORK, world.now)


def test_the_library_is_not_given_the_pepper(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    real = altcha.create_challenge

    def create(*arguments: Any, **more: Any) -> Any:
        given.append(more["hmac_secret"])
        return real(*arguments, **more)

    monkeypatch.setattr(altcha, "create_challenge", create)
    world.challenges.new(NETWORK)
    world.challenges.new("another")
    assert len(set(given)) == 2
    assert not [secret for secret in given if PEPPER.hex() in secret]


def test_a_network_whose_mails_bounce_works_then_waits(world: World) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.sent_mails[network], world.counters.bounced_mails[network] = 20, 5
    with pytest.raises(ChallengeRequired):
        world.ask("b@example.ed.jp")
    world.counters.sent_mails[network], world.counters.bounced_mails[network] = 40, 9
    world.ask("b@example.ed.jp", solution=solved(world))
    with pytest.raises(Wait) as raised:
        world.ask("c@example.ed.jp", solution=solved(world))
    assert raised.value.until == START + MINUTE


@pytest.mark.parametrize(("sent", "bounced"), [(19, 19), (20, 4)])
def test_few_or_rare_bounces_ask_nothing(world: World, sent: int, bounced: int) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.sent_mails[network], world.counters.bounced_mails[network] = sent, bounced
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
    assert world.verify(token, world.code(token)).attempt.state is AttemptState.VERIFIED


def test_leaving_the_work_out_gains_nothing(world: World) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.asked[network] = 1000
    tokens = [world.ask(f"a{n}@example.ed.jp", can_solve=False) for n in range(3)]
    expected = [world.view(token).expected_at for token in tokens]
    assert expected == [START + MINUTE + n * timedelta(seconds=5) for n in range(3)]


def test_the_slow_lane_ends_somewhere(world: World) -> None:
    world.ask()
    (network,) = world.counters.asked
    world.counters.asked[network] = 1000
    world.counters.lanes[network] = START + timedelta(minutes=31)
    with pytest.raises(Wait) as raised:
        world.ask("b@example.ed.jp", can_solve=False)
    assert raised.value.until == START + MINUTE
