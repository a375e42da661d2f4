from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.clock import DAY, HOUR, MINUTE
from chalicelib.errors import Wait
from chalicelib.limits.mailbox import Mailbox, give_back, take_place
from chalicelib.limits.network_key import network_key

NOW = datetime(2026, 1, 24, 1, 0, tzinfo=UTC)


def ask(
    mailbox: Mailbox, mail: str, at: datetime, network: str = "school"
) -> tuple[Mailbox, float]:
    """Returns the mailbox and how many minutes the mail has to wait."""
    mailbox, when = take_place(mailbox, mail, network, at)
    return mailbox, (when - at) / MINUTE


def test_one_a_minute_five_an_hour_ten_a_day() -> None:
    mailbox, waits = Mailbox(), []
    for n in range(11):
        mailbox, wait = ask(mailbox, f"a.{n}", NOW)
        waits.append(wait)
    assert waits == [0, 1, 2, 3, 4, 60, 61, 62, 63, 64, 24 * 60]


@pytest.mark.parametrize(("seconds", "wait"), [(59, 1 / 60), (60, 0), (61, 0)])
def test_the_minute_ends_after_sixty_seconds(seconds: int, wait: float) -> None:
    mailbox, _ = ask(Mailbox(), "a.1", NOW)
    _, found = ask(mailbox, "b.1", NOW + timedelta(seconds=seconds))
    assert found == pytest.approx(wait)


def test_the_same_mail_asked_twice_takes_one_place() -> None:
    mailbox, _ = ask(Mailbox(), "a.1", NOW)
    again, wait = ask(mailbox, "a.1", NOW)
    assert (again, wait) == (mailbox, 0)


def test_a_stranger_cannot_silence_the_owner() -> None:
    mailbox = Mailbox()
    for n in range(10):
        mailbox, _ = ask(mailbox, f"stranger.{n}", NOW, "stranger")
    mailbox, wait = ask(mailbox, "owner.1", NOW, "home")
    assert wait <= 10
    mailbox, wait = ask(mailbox, "other.1", NOW, "mobile")
    assert wait <= 10
    _, wait = ask(mailbox, "stranger.99", NOW, "stranger")
    assert wait > 60


def test_a_home_with_many_networks_is_one_stranger() -> None:
    """Any IPv6 line has hundreds of networks /64."""

    def network(client: str) -> str:
        return network_key(client, b"p" * 32)

    mailbox = Mailbox()
    for n in range(30):
        mailbox, _ = ask(mailbox, f"stranger.{n}", NOW, network(f"2001:db8:1:{n}::1"))
    assert sum(g.kept and not g.slow for g in mailbox.places) == 2
    assert sum(g.slow for g in mailbox.places) <= 1
    mailbox, wait = ask(mailbox, "owner.1", NOW, network("2001:db8:2::1"))
    assert wait <= 10
    mailbox, wait = ask(mailbox, "owner.2", NOW, network("192.0.2.1"))
    assert wait <= 10


def test_a_crowd_of_networks_brings_63_mails_a_day_at_most() -> None:
    """10 by the limits, 5 kept for who had not asked, one each half hour in the slow lane."""
    mailbox, waits = Mailbox(), []
    for n in range(200):
        mailbox, wait = ask(mailbox, f"n{n}.1", NOW, f"{n:016}network")
        waits.append(wait)
    assert sum(wait < 24 * 60 for wait in waits) == 63


@pytest.mark.parametrize(("times", "hours"), [(1, 26), (3, 33)])
def test_65_networks_never_refuse_the_66th_and_its_mail_goes_within_33_hours(
    times: int, hours: int
) -> None:
    mailbox = Mailbox()
    for n in range(65 * times):
        mailbox, _ = ask(mailbox, f"n{n}.1", NOW, f"{n % 65:016}network")
    _, wait = ask(mailbox, "owner.1", NOW, "home")
    assert 0 < wait <= hours * 60


def test_nine_strangers_who_ask_ten_times_keep_an_owner_waiting_for_five_hours_at_most() -> None:
    mailbox = Mailbox()
    for network in range(9):
        for n in range(10):
            mailbox, _ = ask(mailbox, f"{network}.{n}", NOW, f"{network:016}network")
    _, wait = ask(mailbox, "owner.1", NOW, "home")
    assert wait <= 300


def test_no_mail_is_promised_for_a_time_when_its_registration_is_forgotten() -> None:
    """960 networks fill the slow lane of 20 days."""
    mailbox = Mailbox()
    for n in range(975):
        mailbox, wait = ask(mailbox, f"{n}.1", NOW, f"{n:016}network")
        assert wait <= 20 * 24 * 60
    with suppress(Wait):
        for n in range(975, 1200):
            mailbox, _ = ask(mailbox, f"{n}.1", NOW, f"{n:016}network")
    with pytest.raises(Wait):
        ask(mailbox, "owner.1", NOW, "home")


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.integers(0, 180)), max_size=120))
@settings(deadline=None)
def test_whatever_21_networks_ask_and_cancel_a_fresh_one_has_its_mail_within_12_hours(
    asked: list[tuple[int, bool, int]],
) -> None:
    mailbox, now = Mailbox(), NOW
    for n, (network, cancelled, seconds) in enumerate(asked):
        now += timedelta(seconds=seconds)
        mailbox, _ = ask(mailbox, f"m{n}.1", now, f"{network:016}network")
        if cancelled:
            mailbox = give_back(mailbox, f"m{n}", now)
    _, wait = ask(mailbox, "owner.1", now, f"{'owner':16}network")
    assert wait <= 12 * 60


def test_who_asks_and_cancels_a_thousand_times_moves_nobodys_place() -> None:
    mailbox = Mailbox()
    for n in range(16):
        mailbox, _ = ask(mailbox, f"{n}.1", NOW, f"{max(0, n - 9):016}network")
    _, before = ask(mailbox, "owner.1", NOW, f"{'owner':16}network")
    for n in range(1000):
        mailbox, _ = ask(mailbox, f"x{n}.1", NOW, f"{'another':16}network")
        mailbox = give_back(mailbox, f"x{n}", NOW)
    _, after = ask(mailbox, "owner.1", NOW, f"{'owner':16}network")
    assert after == before


def test_the_first_resend_of_a_registration_goes_at_once_whoever_asked_before() -> None:
    """Twelve asks of a stranger, and the owner's own resend was for the next day."""
    mailbox, _ = ask(Mailbox(), "owner.1", NOW, "home")
    for n in range(12):
        mailbox, _ = ask(mailbox, f"stranger.{n}", NOW + MINUTE, "stranger")
    mailbox, at = take_place(mailbox, "owner.2", "home", NOW + 2 * MINUTE, own=True)
    assert at == NOW + 2 * MINUTE
    _, at = take_place(mailbox, "owner.3", "home", NOW + 2 * MINUTE)
    assert at > NOW + 2 * MINUTE, "the third waits for those who asked before"


def flooded(networks: int, *, after: Mailbox) -> Mailbox:
    """Each of them asks until it is refused, and its mails are promised for as far as they can."""
    for network in range(networks):
        with suppress(Wait):
            for n in range(250):
                after, _ = ask(after, f"{network}.{n}", NOW + MINUTE, f"{network:016}network")
    return after


@pytest.mark.parametrize(("networks", "hours"), [(1, 1), (4, 3), (10, 6), (40, 21)])
def test_an_owners_third_mail_goes_within_hours_however_often_strangers_ask(
    networks: int, hours: int
) -> None:
    """195 asks of one network put it off for twenty days."""
    mailbox, _ = ask(Mailbox(), "owner.1", NOW, "home")
    mailbox = flooded(networks, after=mailbox)
    mailbox, _ = take_place(mailbox, "owner.2", "home", NOW + 2 * MINUTE, own=True)
    _, wait = ask(mailbox, "owner.3", NOW + 10 * MINUTE, "home")
    assert wait <= hours * 60


@pytest.mark.parametrize("networks", [6, 10, 20, 40])
def test_who_came_after_the_flood_has_a_third_mail_within_a_day_of_the_first(
    networks: int,
) -> None:
    """Of six networks the first mail took the slow lane, and the third was for the 20th day."""
    mailbox = flooded(networks, after=Mailbox())
    mailbox, first = take_place(mailbox, "owner.1", "home", NOW + MINUTE)
    assert first - NOW < timedelta(hours=21)
    then = first + 10 * MINUTE
    mailbox, _ = take_place(mailbox, "owner.2", "home", then, own=True)
    _, third = take_place(mailbox, "owner.3", "home", then + MINUTE)
    assert third - first <= DAY + HOUR


def test_the_next_mail_by_the_slow_lane_is_a_day_after_the_one_before() -> None:
    mailbox = flooded(10, after=Mailbox())
    mailbox, first = take_place(mailbox, "owner.1", "home", NOW + MINUTE)
    assert first - NOW < timedelta(hours=6)
    mailbox, second = take_place(mailbox, "another.1", "home", first + MINUTE)
    assert second == first + DAY


def test_a_second_registration_from_home_goes_within_an_hour_of_195_asks_elsewhere() -> None:
    mailbox, _ = ask(Mailbox(), "owner.1", NOW, "home")
    mailbox = flooded(1, after=mailbox)
    mailbox, wait = ask(mailbox, "again.1", NOW + 10 * MINUTE, "home")
    assert wait <= 60
    for n in range(3):
        mailbox, wait = ask(mailbox, f"more{n}.1", NOW + 11 * MINUTE, "home")
        assert wait <= 25 * 60


def test_one_mail_a_day_goes_by_the_slow_lane_however_often_a_network_asks() -> None:
    mailbox = flooded(40, after=Mailbox())
    slow = [p for p in mailbox.places if p.slow]
    assert len(slow) == len({p.network for p in slow})
    for day in range(1, 4):
        then = NOW + 3 * day * DAY
        mailbox, wait = ask(mailbox, f"later{day}.1", then, f"{0:016}network")
        assert wait <= 60


def test_own_resends_count_against_the_mails_to_come() -> None:
    mailbox = Mailbox()
    for n in range(5):
        mailbox, _ = take_place(mailbox, f"a{n}.2", "home", NOW + n * MINUTE, own=True)
    _, wait = ask(mailbox, "b.1", NOW + 5 * MINUTE, "home")
    assert wait == 55


def test_what_was_not_sent_is_given_back() -> None:
    mailbox, _ = ask(Mailbox(), "a.1", NOW)
    mailbox, _ = ask(mailbox, "b.1", NOW)
    mailbox = give_back(mailbox, "b", NOW)
    _, wait = ask(mailbox, "c.1", NOW)
    assert wait == 1
    assert give_back(mailbox, "a", NOW) is mailbox, "it has left already"


def test_who_has_asked_before_is_told_a_time_farther_and_farther_ahead() -> None:
    mailbox, before = Mailbox(), -1.0
    for n in range(40):
        mailbox, wait = ask(mailbox, f"a.{n}", NOW)
        assert before < wait <= 20 * 24 * 60
        before = wait


@pytest.mark.parametrize(("networks", "accepted"), [(2000, 1000), (1, 40)])
def test_only_past_a_thousand_networks_or_40_requests_of_one_is_one_refused(
    networks: int, accepted: int
) -> None:
    mailbox = Mailbox()
    for n in range(accepted):
        mailbox, _ = ask(mailbox, f"a.{n}", NOW, f"network {n % networks}")
    refused = 0
    for n in range(accepted, accepted * 6 // 5):
        try:
            mailbox, _ = ask(mailbox, f"a.{n}", NOW, f"network {n % networks}")
        except Wait:
            refused += 1
    assert refused


def test_a_record_stays_small_whatever_is_asked() -> None:
    mailbox = Mailbox()
    for n in range(400):
        with suppress(Wait):
            mailbox, _ = ask(mailbox, f"a.{n}", NOW)
    assert len(mailbox.places) < 250


def test_a_stranger_who_comes_back_for_more_cannot_silence_the_owner_either() -> None:
    mailbox, now = Mailbox(), NOW
    for n in range(60):
        with suppress(Wait):
            mailbox, _ = ask(mailbox, f"stranger.{n}", now, "stranger")
        now += timedelta(minutes=7)
    _, wait = ask(mailbox, "owner.1", now, "home")
    assert wait <= 10


@given(
    st.lists(st.tuples(st.integers(0, 3600), st.sampled_from(["a", "b", "c", "d"])), max_size=40)
)
def test_no_window_ever_holds_more_than_it_may(asked: list[tuple[int, str]]) -> None:
    mailbox, now = Mailbox(), NOW
    times = []
    for n, (seconds, network) in enumerate(asked):
        now += timedelta(seconds=seconds)
        try:
            mailbox, at = take_place(mailbox, f"m.{n}", network, now)
        except Wait:
            continue
        assert at >= now
        times.append((at, next(g for g in mailbox.places if g.mail == f"m.{n}").kept))
    everything = sorted(t for t, _ in times)
    assert all(b - a >= MINUTE for a, b in pairwise(everything))
    plain = sorted(t for t, kept in times if not kept)
    for start in plain:
        assert sum(start <= t < start + HOUR for t in plain) <= 5
        assert sum(start <= t < start + DAY for t in plain) <= 10
