"""Client networks: who is admitted at once, who works for it, who is served later."""

from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import pytest

from chalicelib.clock import japan_day
from chalicelib.errors import ChallengeRequired
from chalicelib.limits import counters as holders
from chalicelib.limits.counters import MAILS, Tally
from chalicelib.limits.domain_key import domain_key
from chalicelib.limits.network import (
    Standing,
    bounces_slowly,
    goes_slowly,
    next_in_lane,
    share_of_domain,
    share_of_network,
    work_for,
)
from chalicelib.limits.network_key import network_key
from tests.in_memory.world import PEPPER, START, World
from tests.proof_of_work import solved

MINUTE = timedelta(minutes=1)
BUDGET = 45_000
NOON = datetime(2026, 1, 24, 3, tzinfo=UTC)
"""In Japan."""


def standing(
    network: Tally | None = None,
    domain: Tally | None = None,
    together: Tally | None = None,
    mails: Tally | None = None,
) -> Standing:
    each = (it or Tally() for it in (network, domain, together, mails))
    return Standing(*each)


def test_a_network_works_for_what_is_beyond_its_share_and_ever_more() -> None:
    share = share_of_network(BUDGET)
    assert share == 225
    work = [
        work_for(standing(Tally(asked=asked)), BUDGET, NOON)
        for n in range(8)
        for asked in (n * share, n * share + 1)
    ]
    assert work == [0, 0, 0, 1, 1, 2, 2, 4, 4, 8, 8, 8, 8, 8, 8, 8]


def test_who_confirms_may_have_as_much_outstanding_again() -> None:
    """15,000 pupils of one board's domain within ten minutes, each a few minutes behind."""
    board = Tally(asked=15_000, confirmed=10_500)
    assert work_for(standing(domain=board), BUDGET, NOON) == 0
    assert work_for(standing(domain=Tally(asked=4_500)), BUDGET, NOON) == 8
    school = Tally(asked=1_500, confirmed=1_000)
    assert work_for(standing(school), BUDGET, NOON) == 0
    assert work_for(standing(Tally(asked=500)), BUDGET, NOON) == 2


def test_a_school_that_confirms_has_no_more_outstanding_than_its_share() -> None:
    school = Tally(asked=3_000, confirmed=2_800)
    assert work_for(standing(school), BUDGET, NOON) == 0
    assert not goes_slowly(standing(school), BUDGET)


def test_who_confirms_yesterdays_mails_has_nothing_outstanding() -> None:
    assert Tally(asked=1, confirmed=4).outstanding == 0


def test_a_mail_domain_works_and_goes_slowly_like_a_network() -> None:
    share = share_of_domain(BUDGET)
    assert share == 900
    assert work_for(standing(domain=Tally(asked=share)), BUDGET, NOON) == 0
    assert work_for(standing(domain=Tally(asked=share + 1)), BUDGET, NOON) == 1
    assert not goes_slowly(standing(domain=Tally(asked=5 * share)), BUDGET)
    assert goes_slowly(standing(domain=Tally(asked=5 * share + 1)), BUDGET)


@pytest.mark.parametrize(
    ("sent", "bounced", "work", "slowly"),
    [
        (19, 19, 0, False),
        (20, 4, 0, False),
        (20, 5, 1, False),
        (39, 39, 1, False),
        (40, 8, 0, False),
        (40, 9, 1, True),
    ],
)
def test_mails_of_a_network_to_a_domain_that_bounce(
    sent: int, bounced: int, work: int, slowly: bool
) -> None:
    here = standing(together=Tally(sent=sent, bounced=bounced))
    assert (work_for(here, BUDGET, NOON), bounces_slowly(here)) == (work, slowly)


@pytest.mark.parametrize(
    ("placed", "bounced", "work"), [(99, 99, 0), (100, 5, 0), (100, 6, 1), (2000, 101, 1)]
)
def test_when_of_all_mails_more_than_a_twentieth_bounces_everybody_works(
    placed: int, bounced: int, work: int
) -> None:
    here = standing(mails=Tally(placed=placed, bounced=bounced))
    assert work_for(here, BUDGET, NOON) == work


def test_when_the_budget_burns_faster_than_the_day_passes_everybody_works() -> None:
    for hour, share in ((0, 0.1), (6, 0.35), (12, 0.6), (18, 0.85)):
        now = datetime(2026, 1, 23, 15, tzinfo=UTC) + timedelta(hours=hour)
        most = int(BUDGET * share)
        assert work_for(standing(mails=Tally(placed=most)), BUDGET, now) == 0, hour
        assert work_for(standing(mails=Tally(placed=most + 1)), BUDGET, now) == 1, hour


def test_the_slow_lane_is_as_long_as_a_day_and_no_longer() -> None:
    slots = [NOON]
    for _ in range(3_000):
        slots.append(next_in_lane(slots[-1], NOON))
    assert slots[1] - slots[0] == timedelta(seconds=5)
    assert slots[361] - slots[360] == MINUTE
    assert slots[-1] - NOON == timedelta(days=1)


def has(world: World, holder: str, **counts: int) -> None:
    world.counters.add(holder, japan_day(world.now), **counts)


def busy(world: World, times: int = 1) -> None:
    """The network that ``World.ask`` asks from has so many shares outstanding."""
    has(world, holders.network(NETWORK), asked=times * share_of_network(world.budget))


def test_past_its_share_a_network_works_for_it(world: World) -> None:
    busy(world)
    with pytest.raises(ChallengeRequired):
        world.ask("b@example.ed.jp")
    solution = worked(world)
    world.ask("b@example.ed.jp", solution=solution)
    with pytest.raises(ChallengeRequired):
        world.ask("c@example.ed.jp", solution=solution)


def test_who_is_asked_to_work_is_not_counted(world: World) -> None:
    busy(world)
    for _ in range(50):
        with pytest.raises(ChallengeRequired) as asked:
            world.ask("b@example.ed.jp")
    assert asked.value.work == 1


def test_easy_work_is_not_enough_where_more_is_asked_for(world: World) -> None:
    busy(world, 3)
    with pytest.raises(ChallengeRequired) as asked:
        world.ask("b@example.ed.jp", solution=worked(world))
    assert asked.value.work == 4
    world.ask("b@example.ed.jp", solution=worked(world, work=4))


def test_past_five_shares_who_has_worked_is_accepted_and_told_a_later_time(world: World) -> None:
    busy(world, 5)
    token = world.ask("b@example.ed.jp", solution=worked(world, work=8))
    assert world.view(token).expected_at == START + MINUTE


def test_leaving_the_work_out_2000_times_keeps_nobody_waiting_who_works(world: World) -> None:
    busy(world)
    for n in range(2_000):
        world.ask(f"a{n}@example.com", can_solve=False)
    token = world.ask("b@example.ed.jp", solution=worked(world, work=8))
    assert world.view(token).expected_at == START + MINUTE


def test_who_works_waits_for_half_an_hour_at_most(world: World) -> None:
    busy(world, 5)
    for n in range(400):
        world.ask(f"a{n}@example.com", solution=worked(world, work=8))
    token = world.ask("b@example.ed.jp", solution=worked(world, work=8))
    assert world.view(token).expected_at == START + 31 * MINUTE


def test_a_form_without_script_is_served_later_instead(world: World) -> None:
    busy(world)
    token = world.ask("b@example.ed.jp", can_solve=False)
    assert world.view(token).expected_at == START + MINUTE


def test_leaving_the_work_out_gains_nothing(world: World) -> None:
    busy(world)
    tokens = [world.ask(f"a{n}@example{n}.ed.jp", can_solve=False) for n in range(3)]
    expected = [world.view(token).expected_at for token in tokens]
    assert expected == [START + MINUTE + n * timedelta(seconds=5) for n in range(3)]


def test_nor_does_it_from_all_the_networks_of_a_line_of_ipv6(world: World) -> None:
    clients = [f"2001:db8:1:{n:x}::1" for n in range(3)]
    has(world, holders.network(network_key(clients[0], PEPPER)), asked=500)
    tokens = [world.ask(f"a@d{n}.ed.jp", client=c, can_solve=False) for n, c in enumerate(clients)]
    expected = [world.view(token).expected_at for token in tokens]
    assert expected == [START + MINUTE + n * timedelta(seconds=5) for n in range(3)]


def test_bounces_are_counted_for_all_the_networks_of_a_line_of_ipv6(world: World) -> None:
    one, other = (network_key(f"2001:db8:1:{n}::1", PEPPER) for n in (1, 2))
    assert holders.network_to_domain(one, "d") == holders.network_to_domain(other, "d")


def test_nobody_is_refused_however_long_the_lane_is(world: World) -> None:
    busy(world)
    last = [world.ask(f"a{n}@example.ed.jp", can_solve=False) for n in range(2_500)][-1]
    expected = world.view(last).expected_at
    assert expected == START + timedelta(days=1) + MINUTE


def test_mails_that_bounce_cost_only_their_network_and_domain(world: World) -> None:
    domain = domain_key("made-up.example.com", PEPPER)
    has(world, holders.network_to_domain(NETWORK, domain), sent=40, bounced=40)
    has(world, holders.network(NETWORK), bounced=40)
    with pytest.raises(ChallengeRequired):
        world.ask("a@made-up.example.com")
    late = world.ask("a@other.example.com", solution=worked(world))
    assert world.view(late).expected_at == START + MINUTE
    pupil = world.ask("taro@school.ed.jp")
    assert world.view(pupil).expected_at == START
    elsewhere = world.ask("b@made-up.example.com", client="198.51.100.1")
    assert world.view(elsewhere).expected_at == START


def test_each_domain_whose_mails_bounce_has_a_lane_of_its_own(world: World) -> None:
    names = [f"made-up{n}.example{n}.com" for n in range(2)]
    for name in names:
        domain = domain_key(name, PEPPER)
        has(world, holders.network_to_domain(NETWORK, domain), sent=40, bounced=40)
        has(world, holders.network(NETWORK), bounced=40)
    for name in names:
        tokens = [world.ask(f"{n}@{name}", solution=worked(world)) for n in range(3)]
        expected = [world.view(token).expected_at for token in tokens]
        assert expected == [START + MINUTE + n * timedelta(seconds=5) for n in range(3)]


def asked_of_a_board(world: World, confirming: bool) -> None:
    """A domain's share of pupils, each at home, ask; and enter their codes or do not."""
    for n in range(share_of_domain(world.budget)):
        token = world.ask(f"p{n}@board.ed.jp", client=f"203.0.113.{n}")
        world.run()
        if confirming:
            world.verify(token, world.code(token))


def test_a_mail_domain_whose_share_is_outstanding_works() -> None:
    world = World(1000)
    asked_of_a_board(world, confirming=False)
    with pytest.raises(ChallengeRequired):
        world.ask("taro@board.ed.jp")
    world.ask("taro@other.ed.jp")


def test_a_mail_domain_whose_codes_are_entered_is_relieved_of_work() -> None:
    world = World(1000)
    asked_of_a_board(world, confirming=True)
    token = world.ask("taro@board.ed.jp")
    assert world.view(token).expected_at == world.now


def test_a_mail_providers_domain_has_no_share_that_strangers_could_use_up(world: World) -> None:
    for name in ("gmail.com", "docomo.ne.jp", "h.vodafone.ne.jp"):
        has(world, holders.domain(domain_key(name, PEPPER)), asked=10_000)
        world.ask(f"taro@{name}", client="198.51.100.2")
        world.run()
    assert world.counters.read(MAILS, japan_day(world.now)).heavy == 0


NETWORK = network_key("192.0.2.1", PEPPER)
"""Where ``World.ask`` asks from."""


def worked(world: World, network: str = NETWORK, work: int = 1) -> str:
    return solved(world.challenges.new(network, work))


@pytest.mark.parametrize("altcha", ["", "nonsense", "e30=", "A" * 5000])
def test_nonsense_solves_no_challenge(world: World, altcha: str) -> None:
    assert not world.challenges.solved(altcha, NETWORK, world.now)


def test_an_old_challenge_is_no_longer_solved(world: World) -> None:
    solution = worked(world)
    assert not world.challenges.solved(solution, NETWORK, world.now + timedelta(minutes=21))


def test_what_one_network_solved_another_cannot_spend(world: World) -> None:
    """A farm of machines elsewhere does not work for the networks that are limited."""
    elsewhere = worked(world, network_key("198.51.100.7", PEPPER))
    assert not world.challenges.solved(elsewhere, NETWORK, world.now)
    assert world.challenges.solved(worked(world), NETWORK, world.now)


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
    for pepper in (PEPPER.hex(), PEPPER.decode()):
        assert not [secret for secret in given if pepper in secret]
