"""Mails that bounced, counted for who asked and for all, and what comes of it."""

from __future__ import annotations

import pytest

from chalicelib.clock import japan_day
from chalicelib.errors import ChallengeRequired
from chalicelib.limits import counters as holders
from chalicelib.limits.counters import MAILS, Tally
from tests.in_memory.world import World
from tests.limits.test_bad_days import bounce


def asked_and_bounced(world: World, every: int) -> None:
    """A hundred networks ask, each for a domain of its own; of so many one bounces."""
    for n in range(100):
        token = world.ask(f"x@own{n}.example{n}.com", client=f"203.0.113.{n}")
        world.wait(minutes=5)
        if n % every == 0:
            bounce(world, token)


@pytest.mark.parametrize(("every", "works"), [(24, False), (10, True)])
def test_where_of_all_mails_more_than_a_twentieth_bounced_everybody_works(
    every: int, works: bool
) -> None:
    world = World()
    asked_and_bounced(world, every)
    if works:
        with pytest.raises(ChallengeRequired):
            world.ask("taro@example.ed.jp", client="198.51.100.1")
    else:
        world.ask("taro@example.ed.jp", client="198.51.100.1")


def test_a_bounce_is_counted_once_for_all_for_the_network_and_for_what_it_sent_there(
    world: World,
) -> None:
    token = world.ask()
    world.run()
    bounce(world, token)
    bounce(world, token)
    attempt, day = world.lookup.registration(token).attempt, japan_day(world.now)
    network = world.lookup.registration(token).network
    together = holders.network_to_domain(network, attempt.domain)
    assert world.counters.read(MAILS, day).bounced == 1
    assert world.counters.read(holders.network(network), day).bounced == 1
    assert world.counters.read(together, day) == Tally(sent=1, bounced=1)
